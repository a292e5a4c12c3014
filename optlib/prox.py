"""Proximal operators in closed form: the point that is near x and also has a small penalty.

Each returns argmin over z of |z - x|^2 / 2 + r(z).  A proximal step of length lr on a penalty of weight w asks
for r = lr * w times the norm, so `width` below is lr * w.  For a set, r is 0 inside and infinite outside.
"""

import math

import numpy as np


def soft_threshold(x, width):
    """The prox of width times the 1-norm: every number moves toward zero by width and stops there.

    x: array or number.  width: at least 0, a number or shaped like x.  Returns a float array shaped like x.
    Raises ValueError for a negative width.  Source: Donoho (1995); Beck and Teboulle (2009).
    """
    _check_width(width)
    return np.sign(x) * np.maximum(np.abs(x) - width, 0)


def group_threshold(x, width, groups=None):
    """The prox of width times the sum of the 2-norms of groups: each group shrinks in length by width, or is gone.

    groups: lists of indices into x, which has one axis; None makes a group of each row along the last axis.  What
    belongs to no group stays.  width: at least 0.  Returns an array shaped like x.
    Raises ValueError for a negative width.  Source: Yuan and Lin (2006).
    """
    _check_width(width)
    x = np.asarray(x, dtype=float)
    if groups is None:
        return x * _shrink(np.linalg.norm(x, axis=-1, keepdims=True), width)
    z = x.copy()
    for rows in groups:
        z[rows] = x[rows] * _shrink(np.linalg.norm(x[rows]), width)
    return z


def box(x, low=0.0, high=math.inf):
    """The nearest point whose numbers lie from low to high: the prox of that constraint.

    low, high: numbers or shaped like x.  Returns an array shaped like x.  Raises ValueError where low exceeds high.
    """
    if np.any(np.asarray(low) > np.asarray(high)):
        raise ValueError(f"low must not exceed high, got {low} and {high}")
    return np.clip(x, low, high)


def simplex(x, total=1.0):
    """The nearest point whose numbers are at least 0 and add up to total: the prox of that constraint.

    x: shape (n,).  total: positive.  Returns shape (n,).  Raises ValueError for a total that is not positive, or an x
    with more than one axis.
    All numbers fall by the same amount and stop at zero; sorting finds the amount.  Source: Duchi et al. (2008).
    """
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not x.size:
        raise ValueError(f"x must be one row of numbers, got shape {x.shape}")
    if not 0 < total < math.inf:
        raise ValueError(f"total must be a positive number, got {total}")
    largest = np.sort(x)[::-1]
    falls = (np.cumsum(largest) - total) / np.arange(1, x.size + 1)  # if the k largest stay above zero
    k = np.flatnonzero(largest > falls)[-1]
    return np.maximum(x - falls[k], 0)


def _shrink(length, width):
    """The factor max(0, 1 - width / length), zero where the length is."""
    return np.maximum(0, 1 - width / np.where(length > 0, length, np.inf)) * (length > 0)


def _check_width(width):
    if not np.all(np.asarray(width) >= 0):
        raise ValueError(f"width must be at least 0, got {width}")
