"""The landscapes as problems: theta is an array of two numbers."""

from functools import lru_cache

import numpy as np

from optlib.problem import Problem
from optlib.problems.landscapes import LANDSCAPES, gradient, hessian, minima


def surface(name):
    """The landscape of this name as a Problem of arrays of shape (2,) with f, grad and hess.

    f and grad also take shape (2, k), k points at once.  grad is exact to the last digits, hess to eleven.
    start, lowest and, where only one point is lowest, minimum are known.  Raises ValueError for an unknown name.
    """
    if name not in LANDSCAPES:
        raise ValueError(f"name must be one of {', '.join(LANDSCAPES)}, got {name!r}")
    landscape = LANDSCAPES[name]

    def f(theta):
        return landscape.f(theta[0], theta[1])

    def grad(theta):
        return gradient(landscape.f, theta)

    def hess(theta):
        return hessian(grad, theta)

    (value, *point), *others = _minima(name)
    alone = not others or others[0][0] > value
    return Problem(
        f,
        grad=grad,
        hess=hess,
        name=name,
        start=np.array(landscape.start, dtype=float),
        lowest=float(landscape.f(*point)),
        minimum=np.array(point) if alone else None,
    )


def rosenbrock():
    """Rosenbrock's valley.  A Problem of shape (2,); see `surface`.  Source: Rosenbrock (1960)."""
    return surface("rosenbrock")


def two_wells():
    """Two wells behind a ridge, the left one deeper.  A Problem of shape (2,); see `surface`."""
    return surface("two_wells")


def saddle():
    """A saddle at 0 between two equal wells, so no minimum is named.  A Problem of shape (2,); see `surface`."""
    return surface("saddle")


@lru_cache
def _minima(name):
    return minima(LANDSCAPES[name].f, LANDSCAPES[name].window)
