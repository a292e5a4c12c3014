"""The rules that see whole arrays or keep an average, in the words of other libraries.

`REFERENCES` lists (rule, library, settings in words, run) as in libraries.py, and `CASES[rule]` says on which streams,
with which hyperparameters and rates.  The first entry of a rule is the one whose runs are stored in tests/reference.
Muon in bfloat16 agrees with nothing to more than three digits: torch's own code runs here without that cast.
SOAP's power iteration is cast to float32 by pytorch_optimizer: a subclass does it in double and, as in the paper,
without sorting.
"""

import contextlib
import importlib.metadata
import io
import math
from functools import partial

import numpy as np
import optax
import pytorch_optimizer
import schedulefree
import torch
from prodigyopt import Prodigy

from tests.conformance.runners import MADE_BY, VERSIONS, optax_run, torch_run

PACKAGES = MADE_BY | {"schedulefree": ("schedulefree", "torch"), "prodigyopt": ("prodigyopt", "torch")}
STEPS = 10
CONSTANT = [0.1] * STEPS
CHANGING = [0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.2, 0.2, 0.0, 0.05]
RISING = [0.01, 0.02, 0.05, 0.1, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3]  # where a falling rate is weighed in another way
LARGE = [30.0, 30.0, 100.0, 100.0, 300.0, 300.0, 300.0, 30.0, 30.0, 10.0]  # Prodigy's own rate starts at 1e-6


def streams(seed=21):
    """Gradients of every kind on matrices, a vector and a number, and places to start."""
    rng = np.random.default_rng(seed)

    def draw(*shape, scale=1.0, middle=0.0):
        return dict(theta=rng.standard_normal(shape), g=scale * rng.standard_normal((STEPS, *shape)) + middle)

    zeros, spike, asleep, origin = draw(3, 3), draw(2, 3), draw(4, 3), draw(3, 2)
    zeros["g"][3] = 0  # one step without any slope
    spike["g"][4, 0, 1] = 1e6
    asleep["g"][:2, 0] = 0  # a row that wakes up late
    asleep["g"][:, :, 1] = 0  # and a column that never does
    origin["theta"] *= 0  # norms of zero
    made = dict(square=draw(3, 3), tall=draw(4, 2), wide=draw(2, 5), zeros=zeros, spike=spike, asleep=asleep)
    made |= dict(origin=origin, small=draw(2, 2, scale=1e-6), downhill=draw(3, 2, middle=1.5))
    made |= dict(number=draw(), vector=draw(4), spiky=draw(3))
    made["spiky"]["g"][4, 1] = 1e6
    return {name: {k: np.asarray(v).tolist() for k, v in s.items()} for name, s in made.items()}


MATRICES = ["square", "tall", "wide", "zeros", "spike", "asleep", "origin", "small"]
ANY = [*MATRICES, "number", "vector", "spiky"]
STATISTICS = ["square", "tall", "wide", "zeros", "small"]  # full rank and no entry that drowns the others in rounding
CASES = {  # rule: (streams, hyperparameters, rates)
    "lars": (
        MATRICES,
        [
            dict(momentum=0.9, weight_decay=0.0, trust=1e-3),
            dict(momentum=0.5, weight_decay=0.1, trust=0.5),
            dict(momentum=0.0, weight_decay=3.0, trust=0.02),
        ],
        [CONSTANT],
    ),
    "lamb": (
        ["square", "wide", "zeros", "asleep", "origin", "number", "spiky"],
        [
            dict(beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.01),
            dict(beta1=0.5, beta2=0.9, eps=0.5, weight_decay=0.0),
            dict(beta1=0.0, beta2=0.99, eps=1e-3, weight_decay=1.0),
        ],
        [CONSTANT, CHANGING],
    ),
    "adafactor": (
        MATRICES,
        [
            dict(decay=0.8, eps_scale=1e-3, clip=1.0),
            dict(decay=0.5, eps_scale=0.5, clip=1.0),
            dict(decay=1.0, eps_scale=3.0, clip=2.0),
        ],
        [CONSTANT, CHANGING],
    ),
    "muon": (
        [m for m in MATRICES if m != "asleep"],
        [
            dict(momentum=0.95, weight_decay=0.0, eps=1e-300),
            dict(momentum=0.5, weight_decay=0.1, eps=1e-300),
            dict(momentum=0.0, weight_decay=1.0, eps=1e-300),
        ],
        [CONSTANT, CHANGING],
    ),
    "shampoo": (STATISTICS, [dict(eps=1e-4), dict(eps=1e-6), dict(eps=0.5)], [CONSTANT, CHANGING]),
    "adagrad_full": (
        ["vector"],
        [dict(eps=0.0, eps_root=1e-6), dict(eps=0.0, eps_root=1e-2), dict(eps=0.0, eps_root=0.5)],
        [CONSTANT, CHANGING],
    ),
    "soap": (
        ["square", "zeros", "small"],
        [
            dict(beta1=0.95, beta2=0.95, eps=1e-8, every=1),
            dict(beta1=0.5, beta2=0.9, eps=1e-3, every=3),
            dict(beta1=0.9, beta2=0.99, eps=0.5, every=10),
        ],
        [CONSTANT, CHANGING],
    ),
    "schedule_free_sgd": (
        ANY,
        [dict(beta1=0.9, weight_decay=0.0), dict(beta1=0.5, weight_decay=0.1), dict(beta1=0.98, weight_decay=1.0)],
        [CONSTANT, RISING],
    ),
    "schedule_free_adamw": (
        ANY,
        [
            dict(beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0),
            dict(beta1=0.5, beta2=0.9, eps=0.5, weight_decay=0.1),
            dict(beta1=0.98, beta2=0.99, eps=1e-3, weight_decay=1.0),
        ],
        [CONSTANT, RISING],
    ),
    "prodigy": (
        [*ANY, "downhill"],
        [
            dict(beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0),
            dict(beta1=0.5, beta2=0.9, eps=0.5, weight_decay=0.0),
            dict(beta1=0.3, beta2=0.99, eps=1e-3, weight_decay=0.01),
        ],
        [[1.0] * STEPS, LARGE],
    ),
}
THROUGH_EIGENVECTORS = {"shampoo", "soap", "adagrad_full"}  # 1e-8 instead of 1e-12


def cases(rule, inputs):
    """(stream, hyperparameters, rates): all hyperparameters at the first rates, the first of them at the others."""
    names, hypers, rates = CASES[rule]
    for name in inputs if inputs.keys().isdisjoint(names) else names:
        for hyper in hypers:
            yield name, hyper, rates[0]
        for lrs in rates[1:]:
            yield name, hypers[0], lrs


def scaled(hyper, theta):
    """Muon's scale is that of torch, for weights (out, in)."""
    return hyper | ({"scale": math.sqrt(max(1, theta.shape[0] / theta.shape[1]))} if "momentum" in hyper else {})


def run_muon(theta, gradients, lrs, hyper):
    """torch's own Muon without its cast to bfloat16."""

    def make(p, lr, momentum, weight_decay, eps):
        return torch.optim.Muon(p, lr=lr, momentum=momentum, weight_decay=weight_decay, eps=eps)

    narrow = torch.Tensor.bfloat16
    torch.Tensor.bfloat16 = torch.Tensor.clone
    try:
        return torch_run(make, theta, gradients, lrs, hyper)
    finally:
        torch.Tensor.bfloat16 = narrow


class DoubleSOAP(pytorch_optimizer.SOAP):
    """pytorch_optimizer's SOAP with its power iteration in double precision and in the order of the paper."""

    def get_orthogonal_matrix_qr(self, state, max_precondition_dim=10000, merge_dims=False):
        return [torch.linalg.qr(m @ q)[0] for m, q in zip(state["GG"], state["Q"])]


def soap(p, lr, beta1, beta2, eps, every, kind=DoubleSOAP):
    return kind(p, lr=lr, betas=(beta1, beta2), eps=eps, precondition_frequency=every, weight_decay=0.0)


def adafactor(p, lr, decay, eps_scale, clip):
    return torch.optim.Adafactor(p, lr=lr, beta2_decay=-decay, eps=(None, eps_scale), d=clip)


def optax_adafactor(lr, decay, eps_scale, clip):
    """optax: its rate is the relative step, it factors from 128 rows and columns on, it rounds t**-decay to float32."""
    return optax.chain(
        optax.scale_by_factored_rms(
            min_dim_size_to_factor=1, decay_rate_fn=lambda count, _: 1 - (count + 1.0) ** -decay
        ),
        optax.clip_by_block_rms(clip),
        optax.scale_by_learning_rate(lambda count: np.minimum(lr(count), 1 / np.sqrt(count + 1.0))),
        optax.scale_by_param_block_rms(eps_scale),
    )


def po_lars(p, lr, momentum, weight_decay, trust):
    return pytorch_optimizer.LARS(p, lr=lr, momentum=momentum, weight_decay=weight_decay, trust_coefficient=trust)


def optax_lamb(lr, beta1, beta2, eps, weight_decay):
    return optax.lamb(lr, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay)


def po_shampoo(p, lr, eps):
    return pytorch_optimizer.Shampoo(p, lr=lr, matrix_eps=eps)


def order_one(p, lr, eps, eps_root):
    return pytorch_optimizer.Shampoo(p, lr=lr, matrix_eps=eps_root)


def trained(optimizer):
    """A schedule-free optimizer, told that training has begun: its parameters are then where gradients are taken."""
    optimizer.train()
    return optimizer


def sf_sgd(p, lr, beta1, weight_decay):
    return trained(schedulefree.SGDScheduleFree(p, lr=lr, momentum=beta1, weight_decay=weight_decay))


def sf_adamw(p, lr, beta1, beta2, eps, weight_decay):
    return trained(schedulefree.AdamWScheduleFree(p, lr, (beta1, beta2), eps, weight_decay))


def optax_sf_sgd(lr, beta1, weight_decay):
    return optax.contrib.schedule_free(
        optax.chain(optax.add_decayed_weights(weight_decay), optax.sgd(0.1)), learning_rate=0.1, b1=beta1
    )


def optax_sf_adamw(lr, beta1, beta2, eps, weight_decay):
    return optax.contrib.schedule_free_adamw(0.1, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay)


def prodigy(make, p, lr, beta1, beta2, eps, weight_decay):
    with contextlib.redirect_stdout(io.StringIO()):  # prodigyopt prints which decay it uses
        return make(p, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)


def corrected(theta, gradients, lrs, hyper):
    """optax always corrects Prodigy's moments: at these rates that is undone."""
    t = np.arange(1, len(lrs) + 1)
    undone = np.asarray(lrs) * (1 - hyper["beta1"] ** t) / np.sqrt(1 - hyper["beta2"] ** t)

    def make(lr, beta1, beta2, eps, weight_decay):
        return optax.contrib.prodigy(lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)

    return optax_run(make, theta, gradients, undone, hyper)


on_torch, on_optax = partial(partial, torch_run), partial(partial, optax_run)
po_prodigy = partial(prodigy, pytorch_optimizer.Prodigy)

REFERENCES = [
    ("lars", "pytorch_optimizer", "LARS(lr, momentum, weight_decay, trust_coefficient=trust)", on_torch(po_lars)),
    ("lamb", "optax", "lamb(lr, b1, b2, eps, weight_decay=weight_decay)", on_optax(optax_lamb)),
    ("adafactor", "torch", "Adafactor(lr, beta2_decay=-decay, eps=(None, eps_scale), d=clip)", on_torch(adafactor)),
    ("adafactor", "optax", "its parts, factored from size 1 on", on_optax(optax_adafactor)),
    ("muon", "torch", "Muon(lr, weight_decay, momentum, eps=1e-300) without its cast to bfloat16", run_muon),
    ("shampoo", "pytorch_optimizer", "Shampoo(lr, matrix_eps=eps)", on_torch(po_shampoo)),
    ("adagrad_full", "pytorch_optimizer", "Shampoo(lr, matrix_eps=eps_root) on a vector", on_torch(order_one)),
    ("soap", "pytorch_optimizer", "SOAP(lr, betas, eps, weight_decay=0), QR in double, unsorted", on_torch(soap)),
    ("schedule_free_sgd", "schedulefree", "SGDScheduleFree(lr, momentum=beta1, weight_decay)", on_torch(sf_sgd)),
    ("schedule_free_adamw", "schedulefree", "AdamWScheduleFree(lr, betas, eps, weight_decay)", on_torch(sf_adamw)),
    ("prodigy", "prodigyopt", "Prodigy(lr, betas, eps, weight_decay)", on_torch(partial(prodigy, Prodigy))),
    ("prodigy", "pytorch_optimizer", "Prodigy(lr, betas, eps, weight_decay)", on_torch(po_prodigy)),
    ("prodigy", "optax", "prodigy(lr * (1 - b1**t) / sqrt(1 - b2**t), betas, eps, weight_decay)", corrected),
]


def run_all(run, rule, inputs):
    """The stored form of all cases of a rule."""
    out = []
    for name, hyper, lrs in cases(rule, inputs):
        theta, gradients = np.array(inputs[name]["theta"], float), np.array(inputs[name]["g"], float)
        path = run(theta, gradients, lrs, hyper)
        hyper = scaled(hyper, theta) if rule == "muon" else hyper
        out.append(dict(stream=name, hyper=hyper, lr=lrs, theta=path.tolist()))
    return out


def stored():
    """{file name: content} of the files in tests/reference that belong to these rules."""
    inputs = streams()
    out = {"streams_arrays": inputs}
    for rule, library, settings, run in REFERENCES:
        if rule not in out:
            versions = {k: VERSIONS.get(k) or importlib.metadata.version(k) for k in PACKAGES[library]}
            out[rule] = dict(made_by=versions, library=library, settings=settings, cases=run_all(run, rule, inputs))
    return out
