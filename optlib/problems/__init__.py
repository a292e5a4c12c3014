"""What the book minimizes: each function returns a Problem."""

from optlib.problems.batches import minibatches
from optlib.problems.digits import digits, digits_mlp, digits_softmax
from optlib.problems.quadratic import lessard, quadratic, spectrum
from optlib.problems.surfaces import rosenbrock, saddle, surface, two_wells

__all__ = [
    "digits",
    "digits_mlp",
    "digits_softmax",
    "lessard",
    "minibatches",
    "quadratic",
    "rosenbrock",
    "saddle",
    "spectrum",
    "surface",
    "two_wells",
]
