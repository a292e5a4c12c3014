"""A valley whose floor is a hyperbola: one lowest value, and every sharpness from 2 up."""

import numpy as np

from optlib.problem import Problem


def valley(start=(4.0, 0.5)):
    """J = (x y - 1)^2 / 2, the loss of a chain of two weights that should multiply to one.

    start: two numbers.  Returns a Problem of arrays of shape (2,) with f, grad and hess; f and grad also take (2, k),
    k points at once.  All points with x y = 1 are lowest, so none is named as the minimum.
    Raises ValueError for a start that is not two finite numbers.
    """
    theta0 = np.array(start, dtype=float)
    if theta0.shape != (2,) or not np.isfinite(theta0).all():
        raise ValueError(f"start must be two finite numbers, got {start!r}")

    def f(theta):
        x, y = theta
        return (x * y - 1) ** 2 / 2

    def grad(theta):
        x, y = theta
        return (x * y - 1) * np.array([y, x])

    def hess(theta):
        x, y = theta
        return np.array([[y * y, 2 * x * y - 1], [2 * x * y - 1, x * x]])

    return Problem(f, grad=grad, hess=hess, name="valley", start=theta0, lowest=0.0)
