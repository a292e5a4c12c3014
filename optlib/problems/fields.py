"""Random landscapes in many dimensions, and the points where their slope is zero."""

from itertools import permutations

import numpy as np

from optlib.problem import Problem


def random_field(n, seed=0):
    """A random polynomial of n parameters: linear, quadratic and cubic with normal coefficients, held in by |theta|^4.

    J = c'theta + theta'A theta/2 + T(theta, theta, theta)/6 + |theta|^4/(4n).  c has the standard deviation 1/4; the
    eigenvalues of A fill [-2, 2] and those of the cubic's second derivative grow like |theta|/sqrt(n), for any n.
    Returns a Problem of shape (n,) with f, grad and hess.
    """
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((n, n))
    A = (A + A.T) / np.sqrt(2 * n)
    T = rng.standard_normal((n, n, n))
    T = sum(np.transpose(T, axes) for axes in permutations(range(3))) / (n * np.sqrt(6))

    c = rng.standard_normal(n) / 4

    def f(theta):
        return c @ theta + theta @ A @ theta / 2 + theta @ (T @ theta) @ theta / 6 + (theta @ theta) ** 2 / (4 * n)

    def grad(theta):
        return c + A @ theta + (T @ theta) @ theta / 2 + (theta @ theta) * theta / n

    def hess(theta):
        return A + T @ theta + ((theta @ theta) * np.eye(n) + 2 * np.outer(theta, theta)) / n

    return Problem(f, grad=grad, hess=hess, name="random_field", start=np.zeros(n))


def critical_point(problem, theta, reach=0.3, steps=60):
    """A point where the gradient is zero, by Newton's method, which a saddle attracts as much as a minimum does.

    problem: with grad and hess, of shape (n,).  theta: where the search begins.  reach: longest step over sqrt(n).
    Returns the point, to within 1e-8, or None where the search does not settle in so many steps.
    """
    theta = np.array(theta, dtype=float)
    longest = reach * np.sqrt(theta.size)
    for _ in range(steps):
        try:
            step = np.linalg.solve(problem.hess(theta), problem.grad(theta))
        except np.linalg.LinAlgError:
            return None
        size = np.linalg.norm(step)
        if not np.isfinite(size):
            return None
        theta = theta - step * min(1.0, longest / max(size, longest))
        if size < 1e-8:
            return theta
    return None
