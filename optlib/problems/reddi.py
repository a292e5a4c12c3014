"""Losses that are lines: on each of them Adam is told the truth, and on their sum it walks the wrong way."""

from functools import partial

import numpy as np

from optlib.problem import Problem


def reddi(C=3.0, period=3):
    """The losses C theta, -theta, -theta, ... on [-1, 1], again and again; each period has one C and sums to uphill.

    C: the slope at steps 1, 1 + period, ...; at all others it is -1.  theta is a number or an array.
    Returns a Problem whose batch is the slope of step t; full is the mean loss of a period, lowest at -1.  Whoever runs
    it keeps theta in [-1, 1].  Raises ValueError unless C is above period - 1, and for a period below 2.
    Source: Reddi, Kale and Kumar (2018), Theorem 1, with period 3.
    """
    if not isinstance(period, int | np.integer) or period < 2:
        raise ValueError(f"period must be a whole number, at least 2, got {period!r}")
    if not period - 1 < C < np.inf:
        raise ValueError(f"C must be finite and above {period - 1}, so that a period leads downhill to -1, got {C!r}")
    return _lines(partial(_regular, float(C), period), (C - period + 1) / period, "reddi")


def reddi_random(C=3.0, gain=0.2, seed=0, runs=None):
    """The same losses in an order left to chance: C theta with a probability such that the mean loss is gain * theta.

    C: as in `reddi`.  gain: the mean slope, above 0 and below C.  seed: of the draws.  runs: how many series side by
    side; then a slope has shape (runs,).  Returns a Problem as `reddi`.  Raises ValueError for C or gain out of range.
    Source: Reddi, Kale and Kumar (2018), Theorem 3: the probability is (1 + gain) / (C + 1).
    """
    if not 0 < C < np.inf:
        raise ValueError(f"C must be finite and above 0, got {C!r}")
    if not 0 < gain < C:
        raise ValueError(f"gain must be above 0 and below C = {C!r}, got {gain!r}")
    return _lines(partial(_random, float(C), (1 + gain) / (C + 1), seed, runs), gain, "reddi_random")


def _lines(slope, mean, name):
    def f(theta, batch=mean):
        return batch * theta

    def grad(theta, batch=mean):
        return batch + 0 * theta

    return Problem(f, grad=grad, batches=slope, full=f, name=name, start=0.0, minimum=-1.0, lowest=-mean)


def _regular(C, period, t):
    return C if t % period == 1 else -1.0


def _random(C, share, seed, runs, t):
    draw = np.random.default_rng((seed, t)).random(runs) < share
    return np.where(draw, C, -1.0) if runs else (C if draw else -1.0)
