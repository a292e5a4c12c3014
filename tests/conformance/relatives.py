"""The later elementwise rules in the words of other libraries; `REFERENCES` is as in libraries.py.

Where a library knows only some settings of a rule, `HYPER` has a list of its own for (rule, library).
"""

from functools import partial

import numpy as np
import optax
import pytorch_optimizer as po
import torch

from tests.conformance.runners import on_optax, on_torch, optax_betas, torch_betas

BETAS = [
    dict(beta1=0.9, beta2=0.999, eps=1e-8),
    dict(beta1=0.5, beta2=0.9, eps=1e-8),
    dict(beta1=0.9, beta2=0.99, eps=0.5),
    dict(beta1=0.0, beta2=0.999, eps=1e-3),
]
DECAYING = [hyper | dict(weight_decay=decay) for hyper, decay in zip(BETAS, (0.01, 0.3, 0.1, 0.0))]
RHOS = [dict(rho=0.9, eps=1e-6), dict(rho=0.95, eps=1e-6), dict(rho=0.5, eps=0.5)]
BOUNDED = [dict(final_lr=0.1, gamma=1e-3), dict(final_lr=0.02, gamma=0.1), dict(final_lr=1.0, gamma=0.5)]
HYPER = {
    "rmsprop_centered": [dict(rho=0.9, eps=1e-8), dict(rho=0.99, eps=1e-6), dict(rho=0.5, eps=0.5)],
    "adadelta": RHOS,
    "adam_l2": DECAYING,
    "adamw": DECAYING,
    "amsgrad": [hyper | dict(corrected=1) for hyper in BETAS],
    ("amsgrad", "optax"): [hyper | dict(corrected=0) for hyper in BETAS],
    "radam": [hyper | dict(threshold=5) for hyper in BETAS],
    ("radam", "pytorch_optimizer"): [hyper | dict(threshold=4) for hyper in BETAS],
    "adabound": [hyper | bounds for hyper, bounds in zip(BETAS, BOUNDED)],
    "yogi": [BETAS[0] | dict(eps=1e-3), *BETAS[1:]],
    "adabelief": [BETAS[0] | dict(eps=1e-16), *BETAS[1:]],
    "adopt": [dict(beta1=0.9, beta2=0.9999, eps=1e-6), dict(beta1=0.5, beta2=0.9, eps=0.5)],
    "adan": [
        dict(beta1=0.98, beta2=0.92, beta3=0.99, eps=1e-8, weight_decay=0.0),
        dict(beta1=0.5, beta2=0.9, beta3=0.9, eps=0.5, weight_decay=0.1),
    ],
    "ademamix": [
        dict(beta1=0.9, beta2=0.999, beta3=0.9999, alpha=5.0, eps=1e-8, weight_decay=0.0),
        dict(beta1=0.5, beta2=0.9, beta3=0.99, alpha=8.0, eps=0.5, weight_decay=0.1),
    ],
    "signsgd": [{}],
    "lion": [dict(beta1=0.9, beta2=0.99, weight_decay=0.0), dict(beta1=0.5, beta2=0.9, weight_decay=0.1)],
    "rprop": [
        dict(up=1.2, down=0.5, low=1e-6, high=50.0, retract=0.0),
        dict(up=3.0, down=0.2, low=0.05, high=0.25, retract=0.0),
    ],
    "sophia": [
        dict(beta1=0.96, beta2=0.99, gamma=0.01, eps=1e-12, every=3, weight_decay=0.2),
        dict(beta1=0.5, beta2=0.9, gamma=2.0, eps=0.5, every=1, weight_decay=0.0),
    ],
}


def torch_rmsprop_centered(p, lr, rho, eps):
    return torch.optim.RMSprop(p, lr=lr, alpha=rho, eps=eps, centered=True)


def optax_rmsprop_centered(lr, rho, eps):
    return optax.rmsprop(lr, decay=rho, eps=eps, centered=True, eps_in_sqrt=False)


def optax_adam_l2(lr, weight_decay, **betas):
    return optax.chain(optax.add_decayed_weights(weight_decay), optax_betas(optax.adam, lr, **betas))


def torch_amsgrad(p, lr, corrected, **betas):
    assert corrected == 1
    return torch_betas(torch.optim.Adam, p, lr, amsgrad=True, **betas)


def optax_amsgrad(lr, corrected, **betas):
    assert corrected == 0
    scale = partial(optax.scale_by_amsgrad, bias_correction_mu=False, bias_correction_nu=False)
    return optax.chain(optax_betas(lambda _, **b: scale(**b), lr, **betas), optax.scale_by_learning_rate(lr))


def torch_radam(p, lr, threshold, **betas):
    assert threshold == 5
    return torch_betas(torch.optim.RAdam, p, lr, **betas)


def po_radam(p, lr, threshold, **betas):
    return torch_betas(po.RAdam, p, lr, n_sma_threshold=threshold, degenerated_to_sgd=True, **betas)


class SteadyAdaBound(po.AdaBound):
    """Without the rescaling of final_lr by lr / (first lr), and without the 1e-15 added to v under the root."""

    def apply_ams_bound(self, ams_bound, exp_avg_sq, max_exp_avg_sq, eps):
        return exp_avg_sq.sqrt().add_(eps)

    def step(self, closure=None):
        for group in self.param_groups:
            group["lr"] = max(group["lr"], 1e-300)  # at 0 the library has no ratio to undo
        self.base_lrs = [group["lr"] for group in self.param_groups]
        return super().step(closure)


def optax_adabelief(lr, eps, **betas):
    return optax_betas(partial(optax.adabelief, eps_root=eps), lr, eps=eps, **betas)


def po_adan(p, lr, beta1, beta2, beta3, **more):
    return po.Adan(p, lr=lr, betas=(beta1, beta2, beta3), **more)


def po_ademamix(p, lr, beta1, beta2, beta3, **more):
    return po.AdEMAMix(p, lr=lr, betas=(beta1, beta2, beta3), weight_decouple=True, **more)


def optax_ademamix(lr, beta3, **more):
    return optax_betas(partial(optax.contrib.ademamix, b3=beta3), lr, **more)


def torch_lion(p, lr, beta1, beta2, weight_decay):
    return po.Lion(p, lr=lr, betas=(beta1, beta2), weight_decay=weight_decay)


def optax_lion(lr, beta1, beta2, weight_decay):
    return optax.lion(lr, b1=beta1, b2=beta2, weight_decay=weight_decay)


def torch_rprop(p, lr, up, down, low, high, retract):
    assert retract == 0
    return torch.optim.Rprop(p, lr=lr, etas=(down, up), step_sizes=(low, high))


def sophia_run(theta, gradients, lrs, hyper):
    """SophiaH told the Hessian: the stream of gradients read backwards, at the first of every few steps."""
    gamma, eps, every, decay = (hyper[k] for k in ("gamma", "eps", "every", "weight_decay"))
    p = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    betas = (hyper["beta1"], hyper["beta2"])
    # its lr is ours / gamma, and its decay and eps meet that lr
    optimizer = po.SophiaH(
        [p], betas=betas, p=gamma, eps=eps / gamma, weight_decay=decay * gamma, update_period=len(gradients) + 1
    )
    path = []
    for t, (g, lr) in enumerate(zip(gradients, lrs), start=1):
        optimizer.param_groups[0]["lr"] = lr / gamma
        p.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step(hessian=[torch.tensor(gradients[-t])] if (t - 1) % every == 0 else None)
        path.append(p.detach().numpy().copy())
    return np.array(path)


PO = "pytorch_optimizer"
REFERENCES = [
    ("rmsprop_centered", "torch", "RMSprop(lr, alpha=rho, eps, centered=True)", on_torch(torch_rmsprop_centered)),
    (
        "rmsprop_centered",
        "optax",
        "rmsprop(lr, decay=rho, eps, centered=True, eps_in_sqrt=False)",
        on_optax(optax_rmsprop_centered),
    ),
    ("adadelta", "torch", "Adadelta(lr, rho, eps)", on_torch(torch.optim.Adadelta)),
    ("adadelta", "optax", "adadelta(lr, rho, eps)", on_optax(optax.adadelta)),
    ("adam_l2", "torch", "Adam(lr, betas, eps, weight_decay)", on_torch(partial(torch_betas, torch.optim.Adam))),
    ("adam_l2", "optax", "chain(add_decayed_weights(weight_decay), adam(...))", on_optax(optax_adam_l2)),
    ("adamw", "torch", "AdamW(lr, betas, eps, weight_decay)", on_torch(partial(torch_betas, torch.optim.AdamW))),
    ("adamw", "optax", "adamw(lr, b1, b2, eps, weight_decay)", on_optax(partial(optax_betas, optax.adamw))),
    ("adamw", PO, "AdamW(lr, betas, eps, weight_decay)", on_torch(partial(torch_betas, po.AdamW))),
    ("amsgrad", "torch", "Adam(..., amsgrad=True) is corrected=1", on_torch(torch_amsgrad)),
    ("amsgrad", "optax", "scale_by_amsgrad(..., bias_correction_*=False) is corrected=0", on_optax(optax_amsgrad)),
    ("radam", "torch", "RAdam(lr, betas, eps) is threshold=5", on_torch(torch_radam)),
    ("radam", PO, "RAdam(..., n_sma_threshold=4, degenerated_to_sgd=True)", on_torch(po_radam)),
    (
        "adabound",
        PO,
        "AdaBound(...), base_lrs kept at lr, v without the added 1e-15",
        on_torch(partial(torch_betas, SteadyAdaBound, foreach=False)),
    ),
    ("yogi", "optax", "yogi(lr, b1, b2, eps)", on_optax(partial(optax_betas, optax.yogi))),
    ("yogi", PO, "Yogi(lr, betas, eps)", on_torch(partial(torch_betas, po.Yogi))),
    ("adabelief", "optax", "adabelief(lr, b1, b2, eps, eps_root=eps)", on_optax(optax_adabelief)),
    ("adabelief", PO, "AdaBelief(lr, betas, eps)", on_torch(partial(torch_betas, po.AdaBelief))),
    ("adopt", "optax", "contrib.adopt(lr, b1, b2, eps)", on_optax(partial(optax_betas, optax.contrib.adopt))),
    (
        "adopt",
        PO,
        "ADOPT(lr, betas, eps, clip_lambda=(t - 1)**0.25)",
        on_torch(partial(torch_betas, po.ADOPT, clip_lambda=lambda t: (t - 1) ** 0.25)),
    ),
    ("adan", PO, "Adan(lr, betas, eps, weight_decay)", on_torch(po_adan)),
    ("ademamix", "optax", "contrib.ademamix(lr, b1, b2, b3, alpha, eps, weight_decay)", on_optax(optax_ademamix)),
    ("ademamix", PO, "AdEMAMix(lr, betas, alpha, eps, weight_decay, weight_decouple=True)", on_torch(po_ademamix)),
    ("signsgd", "optax", "sign_sgd(lr)", on_optax(optax.sign_sgd)),
    ("signsgd", PO, "SignSGD(lr, momentum=0)", on_torch(partial(po.SignSGD, momentum=0.0))),
    ("lion", "optax", "lion(lr, b1, b2, weight_decay)", on_optax(optax_lion)),
    ("lion", PO, "Lion(lr, betas, weight_decay)", on_torch(torch_lion)),
    ("rprop", "torch", "Rprop(lr, etas=(down, up), step_sizes=(low, high)) is retract=0", on_torch(torch_rprop)),
    ("sophia", PO, "SophiaH(lr/gamma, betas, gamma*weight_decay, p=gamma, eps=eps/gamma)", sophia_run),
]
