"""Logistic regression on the breast-cancer data packaged with scikit-learn: 569 tumors, 30 measurements each."""

from functools import lru_cache

import numpy as np

from optlib.families import chance
from optlib.problem import Problem
from optlib.problems.batches import minibatches

TEST = 114  # tumors kept aside, one in five


@lru_cache(maxsize=1)
def cancer():
    """The tumors, shuffled once and for all, each measurement with mean 0 and variance 1 over those to train on.

    Returns X (455, 30), y (455,) with 1 for benign, X_test (114, 30), y_test, read-only arrays.  Raises ImportError
    without scikit-learn.  Source: Street, Wolberg and Mangasarian (1993), UCI repository.
    """
    try:
        from sklearn.datasets import load_breast_cancer
    except ImportError as e:
        raise ImportError("the tumors come with the package scikit-learn, which is not installed") from e
    X, y = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    X, y = X[order], y[order]
    X = (X - X[:-TEST].mean(axis=0)) / X[:-TEST].std(axis=0)
    data = X[:-TEST], y[:-TEST], X[-TEST:], y[-TEST:]
    for a in data:
        a.setflags(write=False)
    return data


def cancer_logistic(features=30, *, units=1.0, l2=0.0, batch=None, seed=0):
    """Logistic regression: p(y = 1 | x) = 1 / (1 + exp(-x'theta)), theta of shape (features + 1,), the last a bias.

    features: how many of the 30 to use, the first ones.  units: a number or (features,), which multiply them.
    l2: adds l2/2 times the sum of all squares.  batch: examples a step, None for all.  seed: of the batches.
    Returns a Problem with f (mean loss), grad, hess, fisher (the Fisher matrix, without l2), logit_jacobian (n, 2, p)
    of the logits (0, z), probabilities (n, 2) and labels (n, 2) as `optlib.fisher` takes them, and accuracy (share of
    the 114 others read right), starting at zero.  All but accuracy take a batch.  Raises ValueError for features.
    """
    X, y, X_test, y_test = cancer()
    if not isinstance(features, int | np.integer) or not 1 <= features <= X.shape[1]:
        raise ValueError(f"features must be a whole number from 1 to {X.shape[1]}, got {features!r}")
    A, A_test = (np.column_stack([Z[:, :features] * units, np.ones(len(Z))]) for Z in (X, X_test))
    Y, ridge = np.eye(2)[y], l2 * np.eye(features + 1)

    def rows(batch):
        return (A, y) if batch is None else (A[batch], y[batch])

    def f(theta, batch=None):
        a, b = rows(batch)
        z = a @ theta
        return float((np.logaddexp(0, z) - b * z).mean() + l2 / 2 * theta @ theta)

    def grad(theta, batch=None):
        a, b = rows(batch)
        return a.T @ (chance(a @ theta) - b) / len(a) + l2 * theta

    def curvature(theta, batch=None):
        a, _ = rows(batch)
        z = a @ theta
        return (a.T * (chance(z) * chance(-z))) @ a / len(a)

    def hess(theta, batch=None):
        return curvature(theta, batch) + ridge

    def logit_jacobian(theta, batch=None):
        a, _ = rows(batch)
        return np.stack([np.zeros_like(a), a], axis=1)

    def probabilities(theta, batch=None):
        z = rows(batch)[0] @ theta
        return np.column_stack([chance(-z), chance(z)])

    def labels(theta, batch=None):
        return Y if batch is None else Y[batch]

    def accuracy(theta, batch=None):
        return float(((A_test @ theta > 0) == y_test).mean())

    return Problem(
        f, grad=grad, hess=hess, fisher=curvature, logit_jacobian=logit_jacobian, probabilities=probabilities,
        labels=labels, accuracy=accuracy, batches=None if batch is None else minibatches(len(A), batch, seed), full=f,
        name="cancer_logistic", start=np.zeros(features + 1),
    )  # fmt: skip


__all__ = ["cancer", "cancer_logistic"]
