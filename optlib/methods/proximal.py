"""Proximal gradient: a gradient step on the smooth part, then the prox of the penalty; plain and accelerated."""

from optlib.grammar import Model, same
from optlib.ops import sqrt


def ista(theta: Model, grad, prox, *, lr):
    """A gradient step on the smooth part of the loss, then a proximal step on the rest.

    theta: one vector.  grad: function of theta, of the smooth part.  prox: function (z, lr) -> the minimizer over x of
    |x - z|^2 / (2 lr) + r(x).  lr: at most 1 over the largest curvature for a decrease at each step.
    Returns theta.  Source: Beck and Teboulle (2009), section 1; with r = 0 it is gradient descent.
    """
    theta = prox(theta - lr * grad(theta), lr)
    return theta


def fista(theta: Model, grad, prox, z=same, k: float = 1.0, *, lr):
    """ISTA from a point z that lies ahead, along the last move: Nesterov's acceleration for a penalty.

    z: where the gradient is taken.  k: a number that grows by about a half each step.  The rest as in `ista`.
    Returns theta, z, k.  Source: Beck and Teboulle (2009), section 4, whose x, y, t are theta, z, k.
    """
    p = prox(z - lr * grad(z), lr)
    a = (1 + sqrt(1 + 4 * k**2)) / 2
    z = p + (k - 1) / a * (p - theta)
    theta = p
    k = a
    return theta, z, k
