"""Right and wrong answers to the exercises of chapter 11."""

import numpy as np

from optlib.problems.cancer import cancer


def matrix(labels_of="drawn", centered=False, divide="all", averaged=False, residual=True):
    def run(theta, X, labels):
        p = 1 / (1 + np.exp(-X @ theta))
        y = np.array([cancer()[1]]) if labels_of == "data" else labels
        total, count = np.zeros((X.shape[1],) * 2), 0
        rows = []
        for draw in y:
            S = (draw - p)[:, None] * X if residual else X
            if averaged:
                S = S.mean(axis=0, keepdims=True)
            total, count = total + S.T @ S, count + len(S)
            rows.append(S)
        if centered:
            m = np.concatenate(rows).mean(axis=0)
            total = total - count * np.outer(m, m)
        return total / {"all": count, "draws": len(y), "rows": len(X)}[divide]

    return run


def exact(theta, X, labels):
    p = 1 / (1 + np.exp(-X @ theta))
    return X.T @ np.diag(p * (1 - p)) @ X / len(X)


RIGHT = {
    "fisher-1": [6.25, 25 / 4],
    "fisher-2": [0.16, 4 / 25],
    "fisher-3": [[0.25, 0.5], (1 / 4, 1 / 2)],
    "fisher-4": [0.005, 1 / 200],
    "fisher-5": ["r - y", "(1 - y/r) * r"],
    "fisher-6": [matrix()],
    "fisher-7": ["square", "Square"],
}

WRONG = {
    "fisher-1": [0.16, 5, 2.5, 25, 1.25, 1],
    "fisher-2": [6.25, 1, 0.8, 0.0256, 2],
    "fisher-3": [
        [0.25, 0.25], [0.5, 0.5], [0.5, 0.25], [0.25, 0.125], [0.25, 1 / 32], [0.25, 0.75], [0.25, 2], [4, 2], [1, 2],
        [3, 3],
    ],
    "fisher-4": [0.01, 0.05, 0.1, 3],
    "fisher-5": ["1 - y/r", "(1 - y/r)/r", "y - r", "(r - y)*r", "y*(r - y)/r", "r + y"],
    "fisher-6": [
        exact, matrix("data"), matrix(averaged=True), matrix(centered=True), matrix(divide="draws"),
        matrix(divide="rows"), matrix(residual=False), lambda theta, X, labels: np.eye(len(theta)),
    ],
    "fisher-7": ["fisher", "variance", "zero", "all"],
}  # fmt: skip

SECRETS = {
    "fisher-1": ["6.25"],
    "fisher-2": ["0.16"],
    "fisher-3": ["0.25"],
    "fisher-4": ["0.005"],
    "fisher-5": ["r - y"],
}
