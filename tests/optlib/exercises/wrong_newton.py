"""Right and wrong answers to the exercises of chapter 10."""

import numpy as np


def newton(weights="p(1-p)", slope=True, curved=True, over="n", away=False, added=True):
    def step(theta, A, y, l2):
        p = 1 / (1 + np.exp(-A @ theta))
        n = len(y)
        w = {"p(1-p)": p * (1 - p), "one": np.ones(n), "p": p}[weights]
        g = A.T @ (p - y) / (n if over in ("n", "g") else 1) + slope * l2 * theta
        H = A.T @ np.diag(w) @ A / (n if over in ("n", "H") else 1) + curved * l2 * np.eye(theta.size)
        move = np.linalg.solve(H, g)
        return added * theta + (move if away else -move)

    return step


def in_place(theta, A, y, l2):
    theta[:] = newton()(theta, A, y, l2)
    return theta


def dense(turned=False, scaled=True, exchanged=False, transposed=False, full=True, form="product"):
    def product(S, Y, scale, g):
        H = np.eye(g.size) * (scale if scaled else 1)
        pairs = list(zip(S, Y))
        for s, y in reversed(pairs) if turned else pairs:
            s, y = (y, s) if exchanged else (s, y)
            if form == "sum":
                Hy = H @ y
                H = H + (s @ y + y @ Hy) / (s @ y) ** 2 * np.outer(s, s) - (np.outer(Hy, s) + np.outer(s, Hy)) / (s @ y)
                continue
            V = np.eye(g.size) - np.outer(y, s) / (s @ y)
            H = (V @ H @ V.T if transposed else V.T @ H @ V) + full * np.outer(s, s) / (s @ y)
        return H @ g

    return product


RIGHT = {
    "newton-1": [0.8, 4 / 5],
    "newton-2": ["h*r/(1-r)", "h/(1/r - 1)"],
    "newton-3": [1 / 3, 2 / 6],
    "newton-4": [2e7, 20_000_000],
    "newton-5": ["c", "C"],
    "newton-6": [newton()],
    "newton-7": [dense(), dense(form="sum")],
    "newton-8": [0.45, 9 / 20],
}

WRONG = {
    "newton-1": [0.2, 2 / 3, 0, 5 / 6, 0.5],
    "newton-2": ["h*r", "h*(1-r)/r", "h/(1-r)", "h/r", "r/(1-r)", "h + r"],
    "newton-3": [3, 5, 5 + 1 / 3, 12, 0.4],
    "newton-4": [1e7, 4e7, 1e12, 1e6, 8e7, 1e5],
    "newton-5": ["a", "b", "d", "e"],
    "newton-6": [
        newton(weights="one"), newton(slope=False, curved=False), newton(curved=False), newton(slope=False),
        newton(over="g"), newton(over="H"), newton(away=True), newton(added=False), newton(weights="p"), in_place,
    ],
    "newton-7": [
        dense(turned=True), dense(scaled=False), dense(exchanged=True), dense(transposed=True), dense(full=False),
        lambda S, Y, scale, g: scale * g,
    ],
    "newton-8": [0.5, 0.05, 0.9, 0.375, 1.0],
}  # fmt: skip

SECRETS = {
    "newton-1": ["0.8", "4/5"],
    "newton-2": ["h*r/(1-r)", "h r/(1 - r)"],
    "newton-3": ["1/3", "0.333"],
    "newton-4": ["2e7", "20,000,000"],
    "newton-8": ["0.45"],
}
