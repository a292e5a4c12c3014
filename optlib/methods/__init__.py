"""Methods: steps that ask for functions (f, grad, hess, ...) instead of one gradient.  They may branch and loop."""

from optlib.methods.nesterov import nesterov_lookahead

__all__ = ["nesterov_lookahead"]
