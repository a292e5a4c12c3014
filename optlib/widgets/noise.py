"""Examples with a bowl each, batches of them, and the path of SGD: the same numbers as front/noise.js."""

import math

import numpy as np

from optlib.rules import sgd
from optlib.widgets.signals import uniform

H = np.array([1.0, 4.0])  # curvatures along x and y, the same in every bowl
EXAMPLES = 64
STEPS = 400


def centers():
    """The lowest points of the bowls, shape (64, 2); their mean is 0, the minimum of the mean of all bowls."""
    draw = uniform(7)
    normal = [math.sqrt(-2 * math.log(1 - next(draw))) * math.cos(2 * math.pi * next(draw)) for _ in range(128)]
    u, v = np.reshape(normal, (EXAMPLES, 2)).T
    dots = np.column_stack([0.8 * u, 0.35 * u + 0.45 * v])
    return dots - dots.mean(axis=0)


def gap(point):
    """The loss above its lowest value at (..., 2)."""
    return (H * np.square(point)).sum(axis=-1) / 2


def path(start, lr, batch, seed, steps):
    """`steps` steps of SGD from start (2,), each on `batch` examples drawn with repeats: shape (steps + 1, 2)."""
    draw, dots, points = uniform(seed), centers(), [np.array(start, dtype=float)]
    for _ in range(steps):
        rows = [math.floor(EXAMPLES * next(draw)) for _ in range(batch)]
        points.append(sgd(points[-1], H * (points[-1] - dots[rows].mean(axis=0)), lr=lr))
    return np.array(points)


def long_run(lr, batch):
    """The covariance (2, 2) of the error in the long run.

    It solves S = A S A + lr^2 H C H / batch, with A = 1 - lr H and C the covariance of the examples' minima.
    """
    C = centers().T @ centers() / EXAMPLES
    return lr * np.outer(H, H) * C / (batch * (H[:, None] + H - lr * np.outer(H, H)))
