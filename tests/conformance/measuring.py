"""Runs of the rules and of other libraries on one problem, and the difference between them.

Twelve parameters, eight steps at lr = 0.1, gradients and start drawn from N(0, 1).
"""

import numpy as np

from tests.conformance.conftest import TABLES
from tests.conformance.runners import optax_run, torch_run
from tests.reference.replay import replay

TABLE = TABLES.setdefault(
    "not the same: largest |difference| of the parameters after 8 steps",
    [("rule", "against", "difference", "why")],
)
LR = [0.1] * 8
DROP = [0.1] * 3 + [0.01] * 5
ADAM = dict(beta1=0.9, beta2=0.999, eps=1e-8)


def inputs():
    rng = np.random.default_rng(0)
    return rng.standard_normal((4, 3)), rng.standard_normal((8, 4, 3))


def ours(rule, lrs=LR, **hyper):
    return replay(rule, *inputs(), lrs, hyper)


def on_torch(make, lrs=LR, **hyper):
    return torch_run(make, *inputs(), lrs, hyper)


def on_optax(make, lrs=LR, **hyper):
    return optax_run(make, *inputs(), lrs, hyper)


def measure(rule, against, why, a, b):
    difference = np.abs(a - b).max(axis=(1, 2))
    TABLE.append((rule, against, f"{difference[-1]:.1e}", why))
    return difference
