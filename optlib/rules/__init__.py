"""The rules: pure functions of theta, the gradient g and a few states.  One line is one equation.

An argument holds the value at t-1, the name after its assignment the value at t.  No `if`, no loop, nothing in place.
"""

from optlib.rules.adam import adam, adamax, nadam
from optlib.rules.diagonal import adagrad, rmsprop
from optlib.rules.euclid import momentum, momentum_ema, momentum_inside, nesterov, sgd

__all__ = [
    "adagrad",
    "adam",
    "adamax",
    "momentum",
    "momentum_ema",
    "momentum_inside",
    "nadam",
    "nesterov",
    "rmsprop",
    "sgd",
]
