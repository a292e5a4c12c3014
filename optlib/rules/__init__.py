"""The rules: pure functions of theta, the gradient g and a few states.  One line is one equation.

An argument holds the value at t-1, the name after its assignment the value at t.  No `if`, no loop, nothing in place.
"""

from optlib.grammar import read
from optlib.rules.adam import adam, adamax, nadam
from optlib.rules.averages import schedule_free_adamw, schedule_free_sgd
from optlib.rules.curvature import sophia
from optlib.rules.decay import adam_l2, adamw
from optlib.rules.diagonal import adadelta, adagrad, rmsprop, rmsprop_centered
from optlib.rules.euclid import momentum, momentum_ema, momentum_inside, nesterov, sgd
from optlib.rules.layers import lamb, lars
from optlib.rules.matrices import adafactor, adagrad_full, muon, shampoo, soap
from optlib.rules.momenta import adan, ademamix
from optlib.rules.parameter_free import prodigy
from optlib.rules.repairs import adabelief, adabound, adopt, amsgrad, radam, yogi
from optlib.rules.sign import lion, rprop, signsgd

__all__ = [
    "adabelief",
    "adabound",
    "adadelta",
    "adafactor",
    "adagrad",
    "adagrad_full",
    "adam",
    "adam_l2",
    "adamax",
    "adamw",
    "adan",
    "ademamix",
    "adopt",
    "amsgrad",
    "lamb",
    "lars",
    "lion",
    "momentum",
    "momentum_ema",
    "momentum_inside",
    "muon",
    "nadam",
    "nesterov",
    "prodigy",
    "radam",
    "rmsprop",
    "rmsprop_centered",
    "rprop",
    "schedule_free_adamw",
    "schedule_free_sgd",
    "sgd",
    "shampoo",
    "signsgd",
    "soap",
    "sophia",
    "yogi",
]


def _elementwise(name):
    """Whether the rule sees one element and its gradient alone, and starts from numbers."""
    signature = read(globals()[name])
    return (signature.scope, signature.asks) == (None, ("g",)) and not any(map(callable, signature.state.values()))


ELEMENTWISE = [name for name in __all__ if _elementwise(name)]
