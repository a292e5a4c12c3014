"""Steps for sums of squares, J = |residual|^2 / 2: they see the parts of the sum, and so most of its Hessian.

With A the jacobian of the residual r, the gradient is A^T r and the Hessian is A^T A plus a sum of r_k times the
curvature of r_k.  Both methods drop that sum.
"""

import numpy as np

from optlib.grammar import Model

FLAT = 1e-14  # of the largest singular value: below it, rounding decides
ENOUGH = 1e-4  # of the decrease that the model promised: a step with less is not taken
ROUNDING = 1e-14  # of the loss: a smaller change is none
LEAST = 1e-12  # times the curvature: with less, rounding would drift where the residuals stand still
MOST = 1e15  # times the curvature: so damped, a step is rounding


def gauss_newton(theta: Model, residual, jacobian, *, lr=1.0, damping=0.0):
    """Newton's step without the curvature of the residuals: the linear least-squares problem seen from theta.

    theta: one vector or number, n numbers.  residual: function theta -> (m,).  jacobian: function theta -> (m, n).
    lr: the share of the step that is taken.  damping: added to the diagonal of A^T A.
    Returns theta.  Raises ArithmeticError where residual or jacobian is not finite, and, without damping, where the
    residuals do not change in some direction.  Source: Nocedal and Wright (2006), section 10.3.
    """
    r, A = _seen(theta, residual, jacobian)
    p, rank = _solve(A, r, np.full(A.shape[1], damping) ** 0.5)
    if not damping and rank < A.shape[1]:
        raise ArithmeticError(
            f"jacobian must have independent columns where nothing is damped, got rank {rank} of {A.shape[1]}: "
            "in some direction the residuals stand still; take damping > 0 or levenberg_marquardt"
        )
    return theta + lr * _like(p, theta)


def levenberg_marquardt(
    theta: Model, residual, jacobian, size=0, factor: float = 1.0, *, damping=1e-3, up=10.0, down=10.0
):
    """Gauss-Newton, damped as much as it takes for the loss to fall: gradient descent far away, Gauss-Newton near.

    size: the largest norm so far of each column of A; what is added to the diagonal of A^T A is damping * factor * its
    square, so that the units of theta do not matter.  damping: of the first step.  factor: divided by `down` where the
    loss fell as the model said (by more than 3/4 of it), multiplied by `up` where it fell by less than 1/4, and again
    until it falls.
    Returns theta, size, factor; the same theta where its gradient is zero or the loss cannot fall beyond rounding.
    Raises ArithmeticError where residual or jacobian is not finite at theta, or no damping helps; ValueError for
    settings out of range.  Source: Marquardt (1963), with the largest norms of Moré (1978) and the gain ratio of
    Nocedal and Wright (2006), chapter 4.
    """
    if not (damping > 0 and up > 1 and down >= 1):
        raise ValueError(f"damping must be positive, up above 1 and down at least 1, got {damping}, {up} and {down}")
    r, A = _seen(theta, residual, jacobian)
    if not np.any(A.T @ r):
        return theta, size, factor
    largest = np.maximum(np.ravel(size), np.sqrt((A * A).sum(axis=0)))
    size = _like(largest, theta)
    loss, hoped, first = r @ r / 2, None, factor
    while damping * factor <= MOST:
        p, _ = _solve(A, r, (damping * factor) ** 0.5 * largest)
        new = theta + _like(p, theta)
        promised = -(A.T @ r) @ p - (A @ p) @ (A @ p) / 2
        hoped = promised if hoped is None else hoped
        fallen = loss - _loss(residual, new)
        if hoped <= ROUNDING * loss and fallen >= -ROUNDING * loss:
            return new, size, factor  # so near the end the loss cannot tell a good step
        gain = fallen / promised if promised > 0 else 0.0
        if gain > ENOUGH:
            less = max(factor / down, min(factor, LEAST / damping))
            return new, size, less if gain > 0.75 else factor * up if gain < 0.25 else factor
        factor = factor * up
    if hoped <= 100 * ROUNDING * loss:
        return theta, size, first
    raise ArithmeticError(
        f"no damping up to {MOST:g} lowers the loss {loss:.3g}, though the model promised {hoped:.2g}: "
        "residual and jacobian do not belong together"
    )


def _seen(theta, residual, jacobian):
    """r (m,) and A (m, n), finite."""
    r = np.ravel(np.asarray(residual(theta), float))
    A = np.asarray(jacobian(theta), float).reshape(len(r), np.size(theta))
    for name, a in (("residual", r), ("jacobian", A)):
        if not np.isfinite(a).all():
            raise ArithmeticError(f"{name} must be finite, got {a[~np.isfinite(a)][0]}")
    return r, A


def _solve(A, r, damp):
    """The p with the smallest |A p + r|^2 + |damp p|^2, and the rank.  Not by A^T A, whose condition is the square.

    Where many p are as good, the shortest: a coordinate on which nothing depends stays.
    """
    stacked = np.vstack([A, np.diag(damp)]) if damp.any() else A
    p, _, rank, _ = np.linalg.lstsq(stacked, -np.append(r, np.zeros(len(stacked) - len(r))), rcond=FLAT * max(A.shape))
    return p, rank


def _like(p, theta):
    return p.reshape(np.shape(theta)) if np.ndim(theta) else float(p[0])


def _loss(residual, theta):
    """Half the sum of squares, infinite where it has no value."""
    try:
        with np.errstate(all="ignore"):
            r = np.ravel(residual(theta))
            value = r @ r / 2
    except ArithmeticError:
        return np.inf
    return value if np.isfinite(value) else np.inf
