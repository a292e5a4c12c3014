"""Methods: steps that ask for functions (f, grad, hess, ...) instead of one gradient.  They may branch and loop."""

from optlib.methods.coordinate import coordinate_descent, coordinate_descent_random
from optlib.methods.diagonal import diagonal_newton, vsgd
from optlib.methods.kfac import kfac
from optlib.methods.lbfgs import lbfgs
from optlib.methods.least_squares import gauss_newton, levenberg_marquardt
from optlib.methods.line_search import backtracking
from optlib.methods.natural_gradient import natural_gradient
from optlib.methods.nesterov import nesterov_lookahead
from optlib.methods.newton import newton, newton_search
from optlib.methods.proximal import fista, ista
from optlib.methods.quasi_newton import bfgs, sr1

__all__ = [
    "backtracking",
    "bfgs",
    "coordinate_descent",
    "coordinate_descent_random",
    "diagonal_newton",
    "fista",
    "gauss_newton",
    "ista",
    "kfac",
    "lbfgs",
    "levenberg_marquardt",
    "natural_gradient",
    "nesterov_lookahead",
    "newton",
    "newton_search",
    "sr1",
    "vsgd",
]
