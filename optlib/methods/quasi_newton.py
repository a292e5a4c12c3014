"""BFGS and SR1: a Hessian learned from the differences of gradients."""

import numpy as np

from optlib.grammar import Model
from optlib.methods.line_search import SMALLEST
from optlib.methods.trust_region import trust_region
from optlib.methods.wolfe import ROUNDING, wolfe
from optlib.ops import dot, eye, norm, outer

CURVED = 1e-10  # of |s| |y|: below it a pair says nothing about curvature


def bfgs(theta: Model, f, grad, H=eye, t=1):
    """A quasi-Newton step with a strong Wolfe search; the gradients at its ends then correct H.

    theta: one vector or number.  f, grad: functions of theta.  H: estimate of the inverse Hessian, (p, p).
    Returns theta, H; theta stays where the gradient is zero.  Raises what `wolfe` raises.
    Source: Nocedal and Wright (2006), algorithm 6.1.
    """
    g = grad(theta)
    if not np.any(g):
        return theta, H
    lr = 1.0 if t > 1 else first_step(g)
    _, new = wolfe(f, grad, theta, -np.dot(H, g), lr=lr)
    s, y = new - theta, grad(new) - g
    return new, bfgs_update(H, s, y)


def bfgs_update(H, s, y):
    """The H nearest to the old one, in a weighted norm, that is symmetric and maps y to s.

    H: (p, p) symmetric, the inverse of a Hessian.  s, y: (p,) a step and the change of the gradient along it.
    Returns the old H where s^T y is not positive: no positive definite matrix maps y to s then.
    Source: Broyden, Fletcher, Goldfarb and Shanno (1970).
    """
    if not curved(s, y):
        return H
    sy, Hy = dot(s, y), np.dot(H, y)
    return H + (sy + dot(y, Hy)) / sy**2 * outer(s, s) - (outer(Hy, s) + outer(s, Hy)) / sy


def sr1(theta: Model, f, grad, B=eye, radius: float = 1.0):
    """Symmetric rank one in a trust region: B may have negative eigenvalues, as the Hessian may.

    theta: one vector or number.  f, grad: functions of theta.  B: estimate of the Hessian, (p, p).
    radius: how far the model is trusted.
    Returns theta, B, radius; theta stays where the step did not lower f, or the gradient is zero.
    Raises ArithmeticError where f or the gradient is not finite at theta, or the radius has shrunk to nothing.
    Source: Nocedal and Wright (2006), algorithm 6.2.
    """
    g, here = grad(theta), f(theta)
    if not np.any(g):
        return theta, B, radius
    if not np.isfinite(here) or not np.isfinite(g).all():
        raise ArithmeticError(f"f and its gradient must be finite at theta, got f = {here}")
    p = trust_region(B, g, radius)
    new = theta + p
    promised = -dot(g, p) - dot(p, np.dot(B, p)) / 2
    gained, noise = here - f(new), ROUNDING * abs(here)
    B = sr1_update(B, p, grad(new) - g)
    if not gained + noise >= 0.1 * promised:
        radius = 0.5 * norm(p)
        if radius <= SMALLEST * norm(theta):
            raise ArithmeticError("no step lowers f, however short: f and grad do not belong together")
    elif gained + noise > 0.75 * promised and norm(p) > 0.8 * radius:
        radius = 2 * radius
    return (new if gained + noise >= 1e-4 * promised else theta), B, radius


def sr1_update(B, s, y):
    """The one symmetric matrix that maps s to y and differs from B by rank one; B itself where there is none.

    B: (p, p) symmetric.  s, y: (p,) a step and the change of the gradient along it; its sign does not matter.
    Source: Nocedal and Wright (2006), section 6.2.
    """
    miss = y - np.dot(B, s)
    if not np.isfinite(miss).all() or abs(dot(miss, s)) <= 1e-8 * norm(miss) * norm(s):
        return B
    return B + outer(miss, miss) / dot(miss, s)


def first_step(g):
    """The length tried first when nothing is known about the curvature: theta moves by at most 1."""
    return min(1.0, 1 / norm(g))


def curved(s, y):
    """Whether the gradient grew along the step by more than rounding."""
    return bool(dot(s, y) > CURVED * norm(s) * norm(y))
