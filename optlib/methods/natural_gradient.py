"""Natural gradient descent: the steepest step where distance is measured between distributions."""

import numpy as np

from optlib.grammar import Model
from optlib.ops import eye


def natural_gradient(theta: Model, grad, fisher, *, lr=1.0, damping=0.0):
    """Solve (F + damping * I) step = gradient, and take lr of the step.

    theta: one vector (p,) or number.  grad, fisher: functions of theta; fisher
    returns the Fisher matrix (p, p).  damping: at least 0.
    Returns theta.  Raises ArithmeticError where the damped matrix is singular, not
    positive definite or not finite.  Source: Amari (1998).
    """
    F = fisher(theta)
    g = grad(theta)
    step = solve_definite(F + damping * eye(F), g)
    theta = theta - lr * step
    return theta


def solve_definite(F, g):
    """The x with F x = g, for F symmetric and positive definite (p, p), g (p,); or for two numbers.

    Raises ArithmeticError for any other F.
    """
    if np.ndim(F) == 0:
        return float(solve_definite(np.array([[F]]), np.array([g]))[0])
    if not np.isfinite(F).all():
        raise ArithmeticError("the Fisher matrix must be finite, got nan or infinity")
    scale = np.sqrt(np.abs(np.diag(F)))  # seen in these units the matrix has ones on its diagonal
    scale[scale == 0] = 1
    even = F / np.outer(scale, scale)
    limit = 100 * len(F) * np.finfo(float).eps
    try:
        lower = np.linalg.cholesky(even)
        sound = (np.diag(lower) ** 2).min() > limit
    except np.linalg.LinAlgError:
        sound = False
    if not sound:
        low = np.linalg.eigvalsh(even)[0]
        raise ArithmeticError(
            "the Fisher matrix is singular: some direction changes no probability; "
            "add damping, or leave a parameter out"
            if low > -limit
            else f"the Fisher matrix must be positive definite, got an eigenvalue of {np.linalg.eigvalsh(F)[0]:.2g}"
        )
    return np.linalg.solve(lower.T, np.linalg.solve(lower, g / scale)) / scale
