"""Least squares with a penalty that makes weights zero, on the diabetes data packaged with scikit-learn."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from optlib.problem import Problem
from optlib.prox import group_threshold, soft_threshold


class Diabetes(NamedTuple):
    """X: (442, 10), each column with mean 0 and mean square 1.  y: (442,), mean 0.  names: of the columns."""

    X: np.ndarray
    y: np.ndarray
    names: tuple


@lru_cache(maxsize=1)
def diabetes():
    """Ten measurements of 442 patients, and how far their disease had gone a year later, less its mean of 152.

    A weight is then points of y per standard deviation of its measurement.
    Returns Diabetes, read-only arrays.  Raises ImportError without scikit-learn.
    Source: Efron, Hastie, Johnstone and Tibshirani (2004), Least Angle Regression.
    """
    try:
        from sklearn.datasets import load_diabetes
    except ImportError as e:
        raise ImportError("the diabetes data come with the package scikit-learn, which is not installed") from e
    data = load_diabetes()
    X = data.data - data.data.mean(axis=0)
    X, y = X / np.sqrt((X**2).mean(axis=0)), data.target - data.target.mean()
    for a in (X, y):
        a.setflags(write=False)
    return Diabetes(X, y, tuple(data.feature_names))


def lasso(weight=1.0, X=None, y=None):
    """J = |X theta - y|^2 / 2n + weight * |theta|_1, scikit-learn's Lasso without intercept.

    weight: at least 0.  X, y: (n, p) and (n,); None for the diabetes data.
    Returns a Problem, started at zero, with f (all of J), grad (of the squares alone), hess (of the squares),
    prox(z, lr) of the penalty, and along(theta, k), which puts coordinate k at its minimizer.
    Raises ValueError for a negative weight, arrays that do not fit, or a column of zeros.
    """
    X, y, c, G = _moments(weight, X, y)

    def along(theta, k):
        theta = np.array(theta, dtype=float)
        rest = c[k] - G[k] @ theta + G[k, k] * theta[k]
        theta[k] = soft_threshold(rest, weight) / G[k, k]
        return theta

    return _problem("lasso", X, y, c, G, lambda theta: weight * np.abs(theta).sum(), along=along,
                    prox=lambda z, lr: soft_threshold(z, lr * weight))  # fmt: skip


def group_lasso(weight, groups, X=None, y=None):
    """J = |X theta - y|^2 / 2n + weight * the sum of the 2-norms of theta on each group.

    groups: lists of column numbers.  X, y: as in `lasso`; along(theta, k) puts group k at its minimizer, in closed
    form, which needs columns that are orthogonal within each group with mean square 1.
    Returns a Problem as `lasso` does.  Raises ValueError as `lasso` does, and where a group's columns are not so.
    """
    X, y, c, G = _moments(weight, X, y)
    for rows in groups:
        if not np.allclose(G[np.ix_(rows, rows)], np.eye(len(rows)), atol=1e-9):
            raise ValueError(f"columns {list(rows)} must be orthogonal to each other with mean square 1")

    def along(theta, k):
        theta, rows = np.array(theta, dtype=float), groups[k]
        theta[rows] = group_threshold(c[rows] - G[rows] @ theta + theta[rows], weight, [range(len(rows))])
        return theta

    return _problem("group lasso", X, y, c, G,
                    lambda theta: weight * sum(np.linalg.norm(theta[rows]) for rows in groups), along=along,
                    prox=lambda z, lr: group_threshold(z, lr * weight, groups))  # fmt: skip


def lasso_path(weights, X=None, y=None, *, tol=1e-10, sweeps=10_000):
    """The lasso's minimizers for many weights, each by coordinate descent from the one before.

    weights: any order; they are taken from large to small.  X, y: as in `lasso`.  tol: a sweep that moves no
    coordinate further than this ends a weight.  sweeps: at most.
    Returns thetas, shape (len(weights), p), in the order given.
    Raises ArithmeticError where the sweeps do not suffice.  Source: Friedman, Hastie and Tibshirani (2010).
    """
    from optlib.methods import coordinate_descent

    weights = np.asarray(weights, dtype=float)
    thetas, theta = [None] * len(weights), None
    for i in np.argsort(-weights):
        problem = lasso(weights[i], X, y)
        theta = problem.start if theta is None else theta
        for _ in range(sweeps):
            before = theta
            theta = coordinate_descent(before, problem.along, parts=len(theta))
            if np.abs(theta - before).max() <= tol:
                break
        else:
            raise ArithmeticError(f"coordinate descent still moves after {sweeps} sweeps at weight {weights[i]:g}")
        thetas[i] = theta
    return np.array(thetas)


def _moments(weight, X, y):
    """X, y, and what of them the squares need: X^T y / n and X^T X / n."""
    if not weight >= 0:
        raise ValueError(f"weight must be at least 0, got {weight}")
    if (X is None) != (y is None):
        raise ValueError("X and y must be given together, or neither")
    X, y = (diabetes().X, diabetes().y) if X is None else (np.asarray(X, float), np.asarray(y, float))
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError(f"X must be (n, p) and y (n,), got shapes {X.shape} and {y.shape}")
    c, G = X.T @ y / len(y), X.T @ X / len(y)
    if not np.all(np.diag(G) > 0):
        raise ValueError(f"column {int(np.argmin(np.diag(G)))} of X is zero")
    return X, y, c, G


def _problem(name, X, y, c, G, penalty, **oracles):
    half = y @ y / (2 * len(y))

    def f(theta):
        return float(half - c @ theta + theta @ G @ theta / 2 + penalty(theta))

    return Problem(f, grad=lambda theta: G @ theta - c, hess=lambda theta: G, start=np.zeros(X.shape[1]), name=name,
                   **oracles)  # fmt: skip
