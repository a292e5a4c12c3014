"""Which learning rates are worth trying: one short run in which the rate grows until the loss leaves."""

import functools
import math

import numpy as np

from optlib.drivers.minimize import minimize
from optlib.schedules import exponential

LOST = 3.0  # a loss that rose by 3 times its first value says nothing more about larger rates


def range_test(problem, theta, step, *, low=1e-6, high=10.0, steps=100, smoothing=0.9, seed=0, **hyper):
    """Run `step` once while lr grows by a constant factor from `low` to `high`; see where the loss falls and where not.

    problem, theta, step, seed, hyper: as for `minimize`, without lr.  smoothing: weight of the past in a fading average
    of the losses, corrected for its start; 0 is none.
    Returns (rates, losses), two arrays of equal length: the rate of each step and the smoothed loss after it.  They end
    early when the smoothed loss has risen above the first by 3 times its size, or when the run diverges.
    Raises ValueError for arguments of no use, and what `minimize` raises.
    Source: Smith (2017), who raises the rate in a straight line and watches the accuracy.
    """
    if not 0 < low < high < math.inf:
        raise ValueError(f"low and high must satisfy 0 < low < high, got {low} and {high}")
    if not isinstance(steps, int) or steps < 2:
        raise ValueError(f"steps must be a whole number, at least 2, got {steps!r}")
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1, got {smoothing}")
    if "lr" in hyper:
        raise TypeError("range_test chooses lr itself; give it low and high")
    average, smoothed = 0.0, []

    def watch(t, theta, loss):
        nonlocal average
        average = smoothing * average + (1 - smoothing) * loss
        smoothed.append(average / (1 - smoothing**t))
        return smoothed[-1] > smoothed[0] + LOST * abs(smoothed[0])

    lr = functools.partial(exponential, peak=low, factor=(high / low) ** (1 / (steps - 1)))
    minimize(problem, theta, step, steps, callback=watch, seed=seed, lr=lr, **hyper)
    return np.array([lr(t + 1) for t in range(len(smoothed))]), np.array(smoothed)
