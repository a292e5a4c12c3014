"""Methods: steps that ask for functions (f, grad, hess, ...) instead of one gradient.  They may branch and loop."""

from optlib.methods.line_search import backtracking
from optlib.methods.nesterov import nesterov_lookahead

__all__ = ["backtracking", "nesterov_lookahead"]
