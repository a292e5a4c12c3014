"""Newton's method: the minimizer of the second-order model, plain, damped, or made safe for any Hessian."""

import math

import numpy as np

from optlib.grammar import Model
from optlib.methods.wolfe import wolfe
from optlib.ops import eye, solve

SINGULAR = np.finfo(float).eps


def newton(theta: Model, grad, hess, *, damping=0.0):
    """The step that minimizes g^T p + p^T (H + damping I) p / 2 where that matrix is positive definite.

    theta: one vector or number.  grad, hess: functions of theta.  damping: 0 is Newton's step; a large one a short step
    of gradient descent, at the rate 1 / damping.  Where H has negative eigenvalues the step leads to a stationary point
    of the model that is no minimum: see `newton_search`.
    Returns theta.  Raises ArithmeticError where H + damping I is singular or not finite.
    Source: Nocedal and Wright (2006), section 3.3.
    """
    g = grad(theta)
    if not np.any(g):
        return theta
    H = hess(theta) + damping * eye(theta)
    check_regular(H)
    theta = theta - solve(H, g)
    return theta


def newton_search(theta: Model, f, grad, hess):
    """Newton's method that goes downhill for any Hessian: modified Cholesky, then a strong Wolfe search from step 1.

    theta: one vector or number.  f, grad, hess: functions of theta.
    Returns theta; the same one where the gradient is zero.  Raises what `wolfe` raises, and ArithmeticError where the
    Hessian is not finite.  Source: Nocedal and Wright (2006), sections 3.4 and 3.5.
    """
    g = grad(theta)
    if not np.any(g):
        return theta
    L, d = modified_cholesky(np.atleast_2d(hess(theta)))
    p = -np.linalg.solve(L.T, np.linalg.solve(L, np.atleast_1d(g)) / d)
    _, theta = wolfe(f, grad, theta, p if np.ndim(theta) else float(p[0]))
    return theta


def modified_cholesky(H):
    """Factors of H + E, positive definite: L with ones on its diagonal and d > 0, H + E = L diag(d) L^T.

    H: symmetric matrix (p, p).  E is diagonal, not negative, and zero where H is safely positive definite.
    Returns L, d.  Raises ArithmeticError where H is not finite.
    Source: Gill, Murray and Wright (1981), as in Nocedal and Wright (2006), section 3.4.
    """
    if not np.isfinite(H).all():
        raise ArithmeticError("hess must be finite, it holds nan or inf")
    n = len(H)
    diagonal = np.abs(np.diag(H)).max()
    beside = np.abs(H - np.diag(np.diag(H))).max()
    least = math.sqrt(SINGULAR) * max(diagonal + beside, 1e-300)
    bound = max(diagonal, beside / math.sqrt(max(n * n - 1, 1)), SINGULAR)
    L, d, C = np.eye(n), np.zeros(n), H.astype(float)
    for j in range(n):
        below = C[j + 1 :, j]
        largest = np.abs(below).max(initial=0.0)
        d[j] = max(abs(C[j, j]), largest**2 / bound, least)
        L[j + 1 :, j] = below / d[j]
        C[j + 1 :, j + 1 :] -= np.outer(below, below) / d[j]
    return L, d


def check_regular(H):
    """Raise ArithmeticError where H is not finite, or singular, also where only rounding hides that it is."""
    if not np.isfinite(H).all():
        raise ArithmeticError("hess must be finite, it holds nan or inf")
    sizes = np.abs(np.linalg.eigvalsh(np.atleast_2d(H)))
    if not sizes.min() > len(sizes) * SINGULAR * sizes.max():
        raise ArithmeticError("hess is singular: along a flat direction no step solves H p = -g; give damping > 0")
