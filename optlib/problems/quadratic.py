"""Quadratics with a chosen spectrum, and the piecewise quadratic on which heavy ball runs in circles."""

import math

import numpy as np

from optlib.ops import where
from optlib.problem import Problem


def spectrum(kappa, n):
    """n eigenvalues from 1 to kappa, evenly spaced on a log scale.  Returns shape (n,).  ValueError for kappa < 1."""
    if not 1 <= kappa < math.inf:
        raise ValueError(f"kappa, the largest eigenvalue over the smallest, must be at least 1, got {kappa}")
    return np.logspace(0, math.log10(kappa), n)


def quadratic(eigenvalues=(1, 100), angle=0.0, seed=None, start=None):
    """J = theta^T H theta / 2 with the given eigenvalues of H.

    eigenvalues: n numbers.  angle: how far two of them are turned, in radians, counterclockwise.  seed: of a random
    rotation in any dimension; None leaves the axes alone.  start: n numbers, all ones unless given.
    Returns a Problem of arrays of shape (n,) with f, grad and hess; f also takes (n, k), k points at once.  The minimum
    is at 0, except where an eigenvalue is negative: then J has none.
    Raises ValueError for eigenvalues that are not a list of finite numbers, and for an angle with n != 2 or a seed.
    """
    h = np.array(eigenvalues, dtype=float)
    if h.ndim != 1 or h.size == 0 or not np.isfinite(h).all():
        raise ValueError(f"eigenvalues must be one or more finite numbers in a row, got {eigenvalues!r}")
    if angle and (h.size != 2 or seed is not None):
        raise ValueError(f"angle turns two eigenvalues and goes without seed, got {h.size} eigenvalues and seed {seed}")
    Q = _turn(angle) if angle else np.eye(h.size) if seed is None else _random_rotation(h.size, seed)
    H = (Q * h) @ Q.T
    H = (H + H.T) / 2  # symmetric to the last bit
    H.setflags(write=False)
    theta0 = np.ones(h.size) if start is None else np.array(start, dtype=float)
    if theta0.shape != h.shape:
        raise ValueError(f"start must have as many numbers as eigenvalues, {h.size}, got shape {theta0.shape}")

    def f(theta):
        return (theta * (H @ theta)).sum(axis=0) / 2

    def grad(theta):
        return H @ theta

    def hess(theta):
        return H

    bounded = bool((h >= 0).all())
    facts = dict(minimum=np.zeros(h.size), lowest=0.0) if bounded else {}
    return Problem(f, grad=grad, hess=hess, name="quadratic", start=theta0, **facts)


def _turn(angle):
    """The rotation of the plane by `angle`."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s], [s, c]])


def _random_rotation(n, seed):
    """An orthogonal matrix drawn evenly from all, up to the signs of its columns, which H does not see.

    Source: Mezzadri (2007).
    """
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0]


def lessard():
    """The loss of one number on which heavy ball, tuned for quadratics, circles for ever.

    Slope 25 theta below 1, theta + 24 from 1 to 2, 25 theta - 24 from 2 on: strongly convex with m = 1, smooth with
    L = 25.  From 3.3, lr = 1/9 and momentum = 4/9 end in the cycle 2592/1225, 792/1225, -2208/1225.
    Returns a Problem of one number; f and grad take an array as well, one loss an element, to draw the curve.
    Source: Lessard, Recht and Packard (2016).
    """

    def f(theta):
        outer = 12.5 * theta**2 - 24 * theta + 36
        return where(theta < 1, 12.5 * theta**2, where(theta < 2, theta**2 / 2 + 24 * theta - 12, outer))

    def grad(theta):
        return where(theta < 1, 25 * theta, where(theta < 2, theta + 24, 25 * theta - 24))

    return Problem(f, grad=grad, name="lessard", start=3.3, minimum=0.0, lowest=0.0)
