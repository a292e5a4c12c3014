"""The rules: pure functions of theta, the gradient g and a few states.  One line is one equation.

An argument holds the value at t-1, the name after its assignment the value at t.  No `if`, no loop, nothing in place.
"""

from optlib.grammar import read
from optlib.rules.adam import adam, adamax, nadam
from optlib.rules.curvature import sophia
from optlib.rules.decay import adam_l2, adamw
from optlib.rules.diagonal import adadelta, adagrad, rmsprop, rmsprop_centered
from optlib.rules.euclid import momentum, momentum_ema, momentum_inside, nesterov, sgd
from optlib.rules.momenta import adan, ademamix
from optlib.rules.repairs import adabelief, adabound, adopt, amsgrad, radam, yogi
from optlib.rules.sign import lion, rprop, signsgd

__all__ = [
    "adabelief",
    "adabound",
    "adadelta",
    "adagrad",
    "adam",
    "adam_l2",
    "adamax",
    "adamw",
    "adan",
    "ademamix",
    "adopt",
    "amsgrad",
    "lion",
    "momentum",
    "momentum_ema",
    "momentum_inside",
    "nadam",
    "nesterov",
    "radam",
    "rmsprop",
    "rmsprop_centered",
    "rprop",
    "sgd",
    "signsgd",
    "sophia",
    "yogi",
]

# those that look at one element and its gradient alone
ELEMENTWISE = [n for n in __all__ if (read(globals()[n]).scope, read(globals()[n]).asks) == (None, ("g",))]
