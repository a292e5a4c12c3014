"""Right and wrong answers to the exercises of chapter 09."""

import numpy as np


def soft(c, w):
    return np.sign(c) * max(abs(c) - w, 0)


def sweep(order=1, newest=True, divide="after", n=None, penalty=1.0, own=1.0):
    def run(theta, X, y, weight):
        size = n or len(y)
        first, theta = theta, theta.copy()
        for j in list(range(len(theta)))[::order]:
            now = theta if newest else first
            others = y - X @ now + own * X[:, j] * now[j]
            c, h = X[:, j] @ others / size, X[:, j] @ X[:, j] / size
            if divide == "before":
                theta[j] = soft(c / h, weight)
            else:
                theta[j] = soft(c, penalty * weight) / (h if divide == "after" else 1)
        return theta

    return run


def in_place(theta, X, y, weight):
    theta[:] = sweep()(theta, X, y, weight)
    return theta


RIGHT = {
    "decay-and-prox-1": [[-0.7, 0, 0.2], np.array([-0.7, 0.0, 0.2])],
    "decay-and-prox-2": [[2.4, 3.2], (12 / 5, 16 / 5)],
    "decay-and-prox-3": [6932, 6932.0],
    "decay-and-prox-4": [0.01, 1 / 100],
    "decay-and-prox-5": [
        "(x - eta*lam)/(1 + eta*mu)",
        "(x/eta - lam)/(1/eta + mu)",
        "(x - η*λ)/(1 + η*\u00b5)",
        "(x - eta*lambda)/(1 + eta*mu)",
    ],
    "decay-and-prox-6": [sweep()],
    "decay-and-prox-7": ["quiet", "Quiet"],
}

WRONG = {
    "decay-and-prox-1": [
        [-0.7, -0.1, 0.2], [-1.3, 0, 0.2], [-0.7, 0.2, 0.2], [-1, 0, 0.5], [0.7, 0, 0.2],
        [-1 / 1.3, 0.2 / 1.3, 0.5 / 1.3], [0, 0, 0],
    ],
    "decay-and-prox-2": [[2, 3], [1.5, 2], [0.6, 0.8], [2.88, 3.84], [4, 3]],
    "decay-and-prox-3": [6931, 6931.47, 693, 7, 5000, 10000, 100],
    "decay-and-prox-4": [1e-4, 1e-3, 0.02, 1.0],
    "decay-and-prox-5": [
        "x - eta*lam", "x/(1 + eta*mu)", "(x - lam)/(1 + mu)", "x/(1 + eta*mu) - eta*lam",
        "(x - eta*lam)/(1 + 2*eta*mu)", "(x + eta*lam)/(1 + eta*mu)", "(x - eta*lam)*(1 - eta*mu)", "x",
    ],
    "decay-and-prox-6": [
        lambda theta, X, y, weight: theta.copy(), sweep(newest=False), sweep(divide=""), sweep(divide="before"),
        sweep(n=1), sweep(penalty=0.0), sweep(own=0.0), sweep(order=-1), sweep(penalty=0.5), in_place,
    ],
    "decay-and-prox-7": ["loud", "middle", "none", "all"],
}  # fmt: skip

SECRETS = {
    "decay-and-prox-1": ["-0.7"],
    "decay-and-prox-2": ["2.4", "3.2"],
    "decay-and-prox-3": ["6932"],
    "decay-and-prox-4": ["0.01"],
    "decay-and-prox-5": ["(x - eta*lam)/(1 + eta*mu)", "(x - eta lam)/(1 + eta mu)"],
}
