"""Nesterov's method with the gradient at the look-ahead point."""

from optlib.grammar import Model


def nesterov_lookahead(theta: Model, grad, b=0, *, lr=1e-2, momentum=0.9):
    """Nesterov's acceleration as it is usually drawn: first coast, then take the gradient where the coasting ends.

    theta: one vector.  grad: function of theta.  b: fading sum of those gradients.
    Returns theta, b.  Source: Nesterov (1983), in the form of Sutskever et al. (2013).
    """
    b = momentum * b + grad(theta - lr * momentum * b)
    theta = theta - lr * b
    return theta, b
