"""The strong Wolfe conditions: a step that lowers the loss enough and ends where its slope has become small."""

import math
from typing import NamedTuple

import numpy as np

from optlib.methods.line_search import SMALLEST, _value
from optlib.ops import dot

TRIALS = 60
LONGEST = 1e10  # times the first step: a loss that still falls there has no minimum along this line
ROUNDING = 1e-14  # of the loss: a smaller difference of two losses is noise, and the slopes decide


class _End(NamedTuple):
    step: float
    value: float
    derivative: float | None = None


def wolfe(f, grad, theta, direction, *, lr=1.0, slope=1e-4, flat=0.9):
    """A step length with f(new) <= f(theta) + slope * step * d and |d_new| <= flat * |d|.

    d, d_new: the derivatives along direction at theta and at new = theta + step * direction.
    f, grad: functions of theta.  direction: shaped like theta.  lr: the step that is tried first.
    A loss or derivative that is not finite counts as too high.  The gradient is asked only where f is low enough.
    Returns step, new; where no step has a slope that small, as at a kink, the longest one that lowers f enough; and
    0, theta where rounding hides whatever the direction could bring.
    Raises ArithmeticError where direction does not go downhill, f is not finite at theta, f falls without end or does
    not fall at all; ValueError for settings out of range.  Source: Nocedal and Wright (2006), section 3.5.
    """
    if not (0 < lr < math.inf and 0 < slope < flat < 1):
        raise ValueError(f"lr must be positive and 0 < slope < flat < 1, got {lr}, {slope} and {flat}")
    here, derivative = f(theta), dot(grad(theta), direction)
    if not math.isfinite(here):
        raise ArithmeticError(f"f must be finite where the search starts, got {here}")
    if not derivative < 0:
        raise ArithmeticError(f"direction must go downhill: its derivative must be negative, got {derivative:.3g}")
    noise = ROUNDING * abs(here)
    low, before, high, step = _End(0.0, here, derivative), None, None, lr
    for _ in range(TRIALS):
        new = theta + step * direction
        end = _End(step, _value(f, new))
        if end.value <= min(here + slope * step * derivative, low.value) + noise:
            end = end._replace(derivative=_derivative(grad, new, direction))
            if abs(end.derivative) <= -flat * derivative:
                return step, new
            if end.derivative < 0:
                low, before = end, low
            else:
                high = end
        else:
            high = end
        if high is None and low.step > LONGEST * lr:
            raise ArithmeticError(f"f still falls at step {low.step:.1g} along direction: it has no minimum there")
        if high is not None and high.step - low.step < SMALLEST * high.step:
            break
        step = _between(low, high) if high is not None else _beyond(before, low)
        if step < SMALLEST * SMALLEST * lr:
            break
    if low.value >= here:
        if -lr * derivative <= noise:
            return 0.0, theta
        raise ArithmeticError(
            f"no step from {lr:g} down to {step:.1g} lowers f as its derivative {derivative:.3g} promises: "
            "f and grad do not belong together, or lr is far too large"
        )
    return low.step, theta + low.step * direction


def _between(low, high):
    """The minimizer of the curve through both ends, kept away from them: a cubic where both slopes are known."""
    width = high.step - low.step
    if not math.isfinite(high.value) or not math.isfinite(high.derivative or 0):
        return low.step + 0.1 * width
    at = _cubic(low, high) if high.derivative is not None else _parabola(low, high)
    return low.step + width * min(max(at, 0.1), 0.9) if at == at else low.step + 0.5 * width


def _beyond(before, low):
    """Past `low`, where the cubic through the last two ends is lowest: at least 1.1, at most 4 of their distance on."""
    at = _cubic(before, low)
    at = min(max(at, 2.1), 5.0) if at > 1 else 5.0
    return before.step + at * (low.step - before.step)


def _cubic(a, b):
    """Where the cubic with the values and slopes of a and b is lowest, as a share of the way; nan where nowhere."""
    width = b.step - a.step
    p, q, rise = a.derivative * width, b.derivative * width, b.value - a.value
    middle = p + q - 3 * rise
    root = middle * middle - p * q
    if not root >= 0:
        return math.nan
    root = math.sqrt(root)
    bottom = q - p + 2 * root
    return (root - p - middle) / bottom if bottom else math.nan


def _parabola(a, b):
    """The same for the parabola with both values and the slope of a."""
    p = a.derivative * (b.step - a.step)
    curve = b.value - a.value - p
    return -p / (2 * curve) if curve > 0 else math.nan


def _derivative(grad, theta, direction):
    """The slope along direction, infinite where the gradient is not finite."""
    with np.errstate(all="ignore"):
        value = dot(grad(theta), direction)
    return value if math.isfinite(value) else math.inf
