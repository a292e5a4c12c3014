"""A schedule of three parts and what it does on a noisy bowl: the same numbers as front/composed.js."""

import math
from functools import partial

import numpy as np

from optlib import schedules
from optlib.rules import sgd
from optlib.widgets.signals import uniform

H = np.array([1.0, 0.05])  # curvatures; the noise of the gradient has variance 1 along both
START = 3.0
STEPS = 300

# {name in links: (words, body of n steps that begins at the peak)}
BODIES = {
    "constant": ("constant", lambda peak, n: partial(schedules.constant, peak=peak)),
    "linear": ("straight line", lambda peak, n: partial(schedules.polynomial, peak=peak, steps=n)),
    "cosine": ("cosine", lambda peak, n: partial(schedules.cosine, peak=peak, steps=n)),
    "exponential": ("exponential", lambda peak, n: partial(schedules.exponential, peak=peak, factor=0.01, every=n)),
    "root": ("inverse square root", lambda peak, n: partial(schedules.inverse_sqrt, peak=peak)),
    "step": ("steps of a tenth", lambda peak, n: partial(schedules.step, peak=peak, every=math.ceil(n / 3))),
    "restarts": ("three cosines", lambda peak, n: partial(schedules.sgdr, peak=peak, period=math.ceil(n / 3))),
}


def rates(warmup, body, tail, peak):
    """The rates of all steps: `warmup` steps up to the peak, the body, `tail` steps down to zero."""
    n = STEPS - warmup - tail
    middle = BODIES[body][1](peak, n)
    parts = [(middle, n)]
    if warmup:
        parts.insert(0, (partial(schedules.linear_warmup, peak=peak, warmup=warmup), warmup))
    if tail:
        parts.append((partial(schedules.polynomial, peak=float(middle(n)), steps=tail), tail))
    schedule = schedules.join(*zip(*parts))
    return np.array([schedule(t) for t in range(1, STEPS + 1)])


def expected(lrs):
    """The mean gap before the first step and after each, by the recursion of the mean squares."""
    squares = [np.full(2, START**2)]
    for lr in lrs:
        squares.append((1 - lr * H) ** 2 * squares[-1] + lr**2)
    return np.array(squares) @ H / 2


def walk(lrs, seed):
    """The gap of one run, whose noise does not depend on the rates."""
    draw, e = uniform(seed), np.full(2, START)
    gaps = [H @ e**2 / 2]
    for lr in lrs:
        size, angle = math.sqrt(-2 * math.log(1 - next(draw))), 2 * math.pi * next(draw)
        e = sgd(e, H * e + size * np.array([math.cos(angle), math.sin(angle)]), lr=lr)
        gaps.append(H @ e**2 / 2)
    return np.array(gaps)
