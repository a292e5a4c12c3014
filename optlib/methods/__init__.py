"""Methods: steps that ask for functions (f, grad, hess, ...) instead of one gradient.  They may branch and loop."""

from optlib.methods.coordinate import coordinate_descent, coordinate_descent_random
from optlib.methods.line_search import backtracking
from optlib.methods.nesterov import nesterov_lookahead
from optlib.methods.proximal import fista, ista

__all__ = ["backtracking", "coordinate_descent", "coordinate_descent_random", "fista", "ista", "nesterov_lookahead"]
