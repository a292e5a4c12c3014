"""A step length found by trying: Armijo's rule, and gradient descent that uses it."""

import math

import numpy as np

from optlib.grammar import Model
from optlib.ops import dot

SMALLEST = 1e-12  # of the first step: below it, rounding decides and not the loss


def armijo(f, theta, direction, derivative, *, lr=1.0, shrink=0.5, slope=1e-4):
    """The first step of lr, lr * shrink, lr * shrink**2, ... that brings a fair share of the decrease it promised.

    f: function theta -> loss.  direction: shaped like theta.  derivative: of f along direction at theta, negative.
    slope: the share, f(new) <= f(theta) + slope * step * derivative.  A loss that is not finite counts as too high.
    Returns step, new: the length, and theta + step * direction.
    Raises ArithmeticError where derivative is not negative, f(theta) not finite, or no step is short enough;
    ValueError for lr, shrink or slope out of range.  Source: Armijo (1966).
    """
    if not (0 < lr < math.inf and 0 < shrink < 1 and 0 < slope < 1):
        raise ValueError(f"lr must be positive, shrink and slope between 0 and 1, got {lr}, {shrink} and {slope}")
    if not derivative < 0:
        raise ArithmeticError(f"direction must go downhill: its derivative must be negative, got {derivative:.3g}")
    here, step = f(theta), lr
    if not math.isfinite(here):
        raise ArithmeticError(f"f must be finite where the search starts, got {here}")
    while step >= SMALLEST * lr:
        new = theta + step * direction
        if _value(f, new) <= here + slope * step * derivative:
            return step, new
        step = step * shrink
    raise ArithmeticError(
        f"no step from {lr:g} down to {step:.1g} lowers f as its derivative {derivative:.3g} promises: "
        "derivative and f do not belong together, or lr is far too large"
    )


def backtracking(theta: Model, f, grad, *, lr=1.0, shrink=0.5, slope=1e-4):
    """Gradient descent whose every step starts at lr and shrinks until Armijo's rule holds.

    theta: one vector or number.  f, grad: functions of theta.  shrink, slope: see `armijo`.
    Returns the new theta; the same one where the gradient is zero.  Raises what `armijo` raises.
    Source: Armijo (1966).
    """
    g = grad(theta)
    if not np.any(g):
        return theta
    _, theta = armijo(f, theta, -g, -dot(g, g), lr=lr, shrink=shrink, slope=slope)
    return theta


def _value(f, theta):
    """f(theta), infinite where it overflows."""
    try:
        with np.errstate(all="ignore"):
            value = f(theta)
    except OverflowError:
        return math.inf
    return value if value > -math.inf else math.inf
