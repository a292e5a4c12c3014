"""L-BFGS: the quasi-Newton step from the last few pairs, without a matrix."""

import numpy as np

from optlib.grammar import Model
from optlib.methods.quasi_newton import curved, first_step
from optlib.methods.wolfe import wolfe
from optlib.ops import dot


def none(theta):
    """The start of a memory that is empty."""
    return ()


def lbfgs(theta: Model, f, grad, pairs=none, *, memory=10):
    """A quasi-Newton step with a strong Wolfe search that remembers only the last `memory` steps.

    theta: one vector or number.  f, grad: functions of theta.  pairs: ((s, y), ...), the newest last: each a step and
    the change of the gradient along it.  memory: how many pairs are kept.
    Returns theta, pairs; theta stays where the gradient is zero.  Raises what `wolfe` raises, ValueError
    for memory < 1.
    Source: Liu and Nocedal (1989).
    """
    if memory < 1:
        raise ValueError(f"memory must be at least 1, got {memory}")
    g = grad(theta)
    if not np.any(g):
        return theta, pairs
    lr = 1.0 if pairs else first_step(g)
    _, new = wolfe(f, grad, theta, -two_loop(pairs, g), lr=lr)
    s, y = new - theta, grad(new) - g
    return new, (*pairs, (s, y))[-int(memory) :] if curved(s, y) else pairs


def two_loop(pairs, g):
    """H g for the H that BFGS would have made of these pairs from a multiple of the identity: about 6 m p products.

    pairs: ((s, y), ...) with s^T y > 0, the newest last.  g: shaped like each of them.
    The multiple is s^T y / y^T y of the newest pair; without pairs it is 1.
    Source: Nocedal (1980), as in Nocedal and Wright (2006), algorithm 7.4.
    """
    q, shares = g, []
    for s, y in reversed(pairs):
        share = dot(s, q) / dot(s, y)
        q = q - share * y
        shares.append(share)
    if pairs:
        s, y = pairs[-1]
        q = dot(s, y) / dot(y, y) * q
    for (s, y), share in zip(pairs, reversed(shares)):
        q = q + (share - dot(y, q) / dot(s, y)) * s
    return q
