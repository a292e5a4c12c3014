"""What the book minimizes: each function returns a Problem."""

from optlib.problems.basins import basins, lattice
from optlib.problems.batches import minibatches
from optlib.problems.cancer import cancer, cancer_logistic
from optlib.problems.digits import digits, digits_mlp, digits_softmax
from optlib.problems.fields import critical_point, random_field
from optlib.problems.lasso import diabetes, group_lasso, lasso, lasso_path
from optlib.problems.least_squares import least_squares, puromycin
from optlib.problems.mgh import mgh
from optlib.problems.quadratic import lessard, quadratic, spectrum
from optlib.problems.reddi import reddi, reddi_random
from optlib.problems.slices import slice_plane
from optlib.problems.surfaces import rosenbrock, saddle, surface, two_wells
from optlib.problems.valley import valley

__all__ = [
    "basins",
    "cancer",
    "cancer_logistic",
    "critical_point",
    "diabetes",
    "digits",
    "digits_mlp",
    "digits_softmax",
    "group_lasso",
    "lasso",
    "lasso_path",
    "lattice",
    "least_squares",
    "lessard",
    "mgh",
    "minibatches",
    "puromycin",
    "quadratic",
    "random_field",
    "reddi",
    "reddi_random",
    "rosenbrock",
    "saddle",
    "slice_plane",
    "spectrum",
    "surface",
    "two_wells",
    "valley",
]
