"""Each rule in the words of other libraries: which optimizer with which settings is the same.

`REFERENCES` lists (rule, library, settings in words, run); `run(theta, gradients, lrs, hyper)` returns the parameters
after each step as float64.  The first entry of a rule is the one whose runs are stored in tests/reference.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

jax.config.update("jax_enable_x64", True)
VERSIONS = {"torch": torch.__version__.split("+")[0], "optax": optax.__version__, "jax": jax.__version__}


def torch_run(make, theta, gradients, lrs, hyper, dtype=torch.float64):
    """make: function (parameters, lr, **hyper) -> torch optimizer."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)  # NAdam keeps its product of momenta in the default dtype
    try:
        p = torch.tensor(theta, dtype=dtype, requires_grad=True)
        optimizer, path = make([p], lr=float(lrs[0]), **hyper), []
        for g, lr in zip(gradients, lrs):
            optimizer.param_groups[0]["lr"] = float(lr)
            p.grad = torch.tensor(g, dtype=dtype)
            optimizer.step()
            path.append(p.detach().numpy().copy())
    finally:
        torch.set_default_dtype(before)
    return np.array(path, float)


def optax_run(make, theta, gradients, lrs, hyper):
    """make: function (schedule, **hyper) -> optax gradient transformation."""
    rates = jnp.asarray(lrs)
    optimizer, path = make(lambda count: rates[count], **hyper), []
    p = jnp.asarray(theta)
    state = optimizer.init(p)
    for g in gradients:
        update, state = optimizer.update(jnp.asarray(g), state, p)
        p = optax.apply_updates(p, update)
        path.append(np.array(p))
    return np.array(path, float)


def torch_nesterov(p, lr, momentum):
    return torch.optim.SGD(p, lr=lr, momentum=momentum, nesterov=True)


def torch_rmsprop(p, lr, rho, eps):
    return torch.optim.RMSprop(p, lr=lr, alpha=rho, eps=eps)


def torch_betas(optimizer, p, lr, beta1, beta2, eps, **more):
    return optimizer(p, lr=lr, betas=(beta1, beta2), eps=eps, **more)


def optax_betas(optimizer, lr, beta1, beta2, eps):
    return optimizer(lr, b1=beta1, b2=beta2, eps=eps)


def optax_inside(lr, momentum):
    return optax.chain(optax.scale_by_learning_rate(lr), optax.trace(momentum))


def optax_average(lr, momentum):
    return optax.chain(optax.ema(momentum, debias=False), optax.scale_by_learning_rate(lr))


on_torch, on_optax = partial(partial, torch_run), partial(partial, optax_run)

REFERENCES = [
    ("sgd", "torch", "SGD(lr)", on_torch(torch.optim.SGD)),
    ("sgd", "optax", "sgd(lr)", on_optax(optax.sgd)),
    ("momentum", "torch", "SGD(lr, momentum)", on_torch(torch.optim.SGD)),
    ("momentum", "optax", "sgd(lr, momentum)", on_optax(optax.sgd)),
    ("momentum_inside", "optax", "chain(scale_by_learning_rate(lr), trace(momentum))", on_optax(optax_inside)),
    (
        "momentum_ema",
        "optax",
        "chain(ema(momentum, debias=False), scale_by_learning_rate(lr))",
        on_optax(optax_average),
    ),
    ("nesterov", "torch", "SGD(lr, momentum, nesterov=True)", on_torch(torch_nesterov)),
    ("nesterov", "optax", "sgd(lr, momentum, nesterov=True)", on_optax(partial(optax.sgd, nesterov=True))),
    ("adagrad", "torch", "Adagrad(lr, eps)", on_torch(torch.optim.Adagrad)),
    ("rmsprop", "torch", "RMSprop(lr, alpha=rho, eps)", on_torch(torch_rmsprop)),
    (
        "rmsprop",
        "optax",
        "rmsprop(lr, decay=rho, eps, eps_in_sqrt=False)",
        on_optax(lambda lr, rho, eps: optax.rmsprop(lr, decay=rho, eps=eps, eps_in_sqrt=False)),
    ),
    ("adam", "torch", "Adam(lr, betas, eps)", on_torch(partial(torch_betas, torch.optim.Adam))),
    ("adam", "optax", "adam(lr, b1, b2, eps)", on_optax(partial(optax_betas, optax.adam))),
    ("adamax", "torch", "Adamax(lr, betas, eps)", on_torch(partial(torch_betas, torch.optim.Adamax))),
    ("adamax", "optax", "adamax(lr, b1, b2, eps)", on_optax(partial(optax_betas, optax.adamax))),
    ("nadam", "optax", "nadam(lr, b1, b2, eps)", on_optax(partial(optax_betas, optax.nadam))),
    (
        "nadam",
        "torch",
        "NAdam(lr, betas, eps, momentum_decay=1e9), default dtype float64",
        on_torch(partial(torch_betas, torch.optim.NAdam, momentum_decay=1e9)),
    ),
]
