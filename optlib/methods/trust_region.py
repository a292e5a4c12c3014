"""The best step of a quadratic model within a ball."""

import math

import numpy as np

from optlib.ops import norm


def trust_region(B, g, radius):
    """The p with |p| <= radius that minimizes g^T p + p^T B p / 2, for any symmetric B.

    B: (p, p), or a number.  g: (p,), or a number.  radius: positive.
    Returns p, shaped like g.  It solves (B + shift I) p = -g with the smallest shift >= 0 for which B + shift I has no
    negative eigenvalue and p fits.  Source: Nocedal and Wright (2006), section 4.3.
    """
    h, Q = np.linalg.eigh(np.atleast_2d(B))
    c = Q.T @ np.atleast_1d(g)
    least = max(0.0, -h[0])

    def step(shift):
        return -_divide(c, h + shift)

    p = step(least)
    short = radius - norm(p)
    if short >= 0:
        if least > 0:  # no slope along the lowest direction: go along it to the edge
            p[0] += math.sqrt(max(radius**2 - norm(p) ** 2, 0.0))
    else:
        low, high = least, least + norm(c) / radius
        for _ in range(100):  # |p| falls as the shift grows
            middle = (low + high) / 2
            low, high = (middle, high) if norm(step(middle)) > radius else (low, middle)
        p = step(high)
    return Q @ p if np.ndim(g) else float((Q @ p)[0])


def _divide(c, h):
    """c / h, with 0 / 0 = 0 and c / 0 as large as numbers go."""
    return np.where(c == 0, 0.0, c / np.where(h > 0, h, 1e-300))
