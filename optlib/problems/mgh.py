"""Ten sums of squares on which minimizers are compared, from Moré, Garbow and Hillstrom (1981).

Each is written once, as its residuals.  They are analytic, so their derivatives come from complex steps and are exact
to the last digits.  Numbers in comments are those of the paper.
"""

from math import pi
from typing import NamedTuple

import numpy as np

from optlib.problem import Problem
from optlib.problems.landscapes import hessian


def rosenbrock(x):  # 1
    return [10 * (x[1] - x[0] ** 2), 1 - x[0]]


def beale(x):  # 5
    return [y - x[0] * (1 - x[1] ** k) for k, y in ((1, 1.5), (2, 2.25), (3, 2.625))]


def helical_valley(x):  # 7
    turn = np.arctan(x[1] / x[0]) / (2 * pi) + (0.5 if x[0].real < 0 else 0)
    return [10 * (x[2] - 10 * turn), 10 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]]


def bard(x):  # 8
    y = np.array([14, 18, 22, 25, 29, 32, 35, 39, 37, 58, 73, 96, 134, 210, 439]) / 100
    u = np.arange(1, 16)
    v = 16 - u
    return y - (x[0] + u / (v * x[1] + np.minimum(u, v) * x[2]))


def box(x):  # 12
    t = np.arange(1, 11) / 10
    return np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def powell_singular(x):  # 13
    return [x[0] + 10 * x[1], 5**0.5 * (x[2] - x[3]), (x[1] - 2 * x[2]) ** 2, 10**0.5 * (x[0] - x[3]) ** 2]


def wood(x):  # 14
    return [
        10 * (x[1] - x[0] ** 2), 1 - x[0], 90**0.5 * (x[3] - x[2] ** 2), 1 - x[2],
        10**0.5 * (x[1] + x[3] - 2), (x[1] - x[3]) / 10**0.5,
    ]  # fmt: skip


def kowalik_osborne(x):  # 15
    y = np.array([1957, 1947, 1735, 1600, 844, 627, 456, 342, 323, 235, 246]) / 1e4
    u = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
    return y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])


def brown_dennis(x):  # 16
    t = np.arange(1, 21) / 5
    return (x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2


def variably_dimensioned(x):  # 25
    tilt = np.arange(1, len(x) + 1) @ (x - 1)
    return [*(x - 1), tilt, tilt**2]


class Squares(NamedTuple):
    """residuals: x -> the numbers whose squares are added.  start: where the paper starts.  lowest: the least sum."""

    residuals: object
    start: tuple
    lowest: float


MGH = {
    "rosenbrock": Squares(rosenbrock, (-1.2, 1), 0),
    "beale": Squares(beale, (1, 1), 0),
    "helical_valley": Squares(helical_valley, (-1, 0, 0), 0),
    "bard": Squares(bard, (1, 1, 1), 8.21487e-3),
    "box": Squares(box, (0, 10, 20), 0),
    "powell_singular": Squares(powell_singular, (3, -1, 0, 1), 0),
    "wood": Squares(wood, (-3, -1, -3, -1), 0),
    "kowalik_osborne": Squares(kowalik_osborne, (0.25, 0.39, 0.415, 0.39), 3.07505e-4),
    "brown_dennis": Squares(brown_dennis, (25, 5, -5, -1), 85822.2),
    "variably_dimensioned": Squares(variably_dimensioned, tuple(1 - k / 10 for k in range(1, 11)), 0),
}


def mgh(name):
    """The standard problem of this name: J is the sum of the squares of its residuals.

    Returns a Problem of arrays of shape (p,) with f, grad, hess, residual (m,) and jacobian (m, p); start and lowest
    are those of the paper.  grad is exact to the last digits, hess to eleven.  Raises ValueError for an unknown name.
    Source: Moré, Garbow and Hillstrom (1981).
    """
    if name not in MGH:
        raise ValueError(f"name must be one of {', '.join(MGH)}, got {name!r}")
    squares = MGH[name]
    tiny = 1e-30j * np.eye(len(squares.start))

    def residual(theta):
        return np.asarray(squares.residuals(theta))

    def jacobian(theta):
        return np.column_stack([residual(theta + e).imag for e in tiny]) * 1e30

    def f(theta):
        r = residual(theta)
        return float(r @ r)

    def grad(theta):
        return 2 * residual(theta) @ jacobian(theta)

    def hess(theta):
        return hessian(grad, theta)

    start = np.array(squares.start, dtype=float)
    oracles = dict(grad=grad, hess=hess, residual=residual, jacobian=jacobian)
    return Problem(f, name=name, start=start, lowest=float(squares.lowest), **oracles)
