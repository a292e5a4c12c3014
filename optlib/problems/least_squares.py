"""Sums of squares, with the parts of the sum known to the step, and one measured curve to fit."""

import numpy as np

from optlib.problem import Problem

# substrate in ppm, and counts per minute squared, for enzyme treated with puromycin
CONCENTRATION = np.array([0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10])
VELOCITY = np.array([76.0, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200])


def least_squares(residual, jacobian, **facts):
    """J = |residual(theta)|^2 / 2 as a Problem of arrays or numbers, with f, grad, residual and jacobian.

    residual: function theta -> (m,).  jacobian: function theta -> (m, n), n numbers in theta.
    facts: name, start, minimum, lowest, or further functions such as hess, as in Problem.
    """

    def f(theta):
        r = residual(theta)
        return float(np.vdot(r, r)) / 2

    def grad(theta):
        r = np.ravel(residual(theta))
        g = r @ np.reshape(jacobian(theta), (len(r), -1))
        return g.reshape(np.shape(theta)) if np.ndim(theta) else float(g[0])

    return Problem(f, grad=grad, residual=residual, jacobian=jacobian, **{"name": "least_squares"} | facts)


def puromycin():
    """How fast an enzyme works at twelve concentrations c: theta_1 c / (theta_2 + c), after Michaelis and Menten.

    Returns a Problem of shape (2,) with f, grad, residual, jacobian and hess.
    Source: Treloar (1974), in Bates and Watts (1988), where the minimizer is (212.7, 0.0641).
    """
    c, y = CONCENTRATION, VELOCITY

    def residual(theta):
        return theta[0] * c / (theta[1] + c) - y

    def jacobian(theta):
        share = c / (theta[1] + c)
        return np.column_stack([share, -theta[0] * share / (theta[1] + c)])

    def hess(theta):
        r, A, d = residual(theta), jacobian(theta), theta[1] + c
        mixed = -r @ (c / d**2)
        return A.T @ A + np.array([[0.0, mixed], [mixed, r @ (2 * theta[0] * c / d**3)]])

    return least_squares(residual, jacobian, hess=hess, name="puromycin", start=np.array([200.0, 0.1]))
