"""Each rule in the words of other libraries: which optimizer with which settings is the same.

`REFERENCES` lists (rule, library, settings in words, run); `run(theta, gradients, lrs, hyper)` returns the parameters
after each step as float64.  The first entry of a rule is the one whose runs are stored in tests/reference.
"""

from functools import partial

import optax
import torch

from tests.conformance import relatives
from tests.conformance.runners import VERSIONS, on_optax, on_torch, optax_betas, optax_run, torch_betas, torch_run

__all__ = ["REFERENCES", "VERSIONS", "optax_inside", "optax_run", "torch_betas", "torch_nesterov", "torch_run"]


def torch_nesterov(p, lr, momentum):
    return torch.optim.SGD(p, lr=lr, momentum=momentum, nesterov=True)


def torch_rmsprop(p, lr, rho, eps):
    return torch.optim.RMSprop(p, lr=lr, alpha=rho, eps=eps)


def optax_inside(lr, momentum):
    return optax.chain(optax.scale_by_learning_rate(lr), optax.trace(momentum))


def optax_average(lr, momentum):
    return optax.chain(optax.ema(momentum, debias=False), optax.scale_by_learning_rate(lr))


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
REFERENCES += relatives.REFERENCES
