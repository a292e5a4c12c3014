"""Right and wrong answers to the exercises of chapter 12."""

import numpy as np


def step(split="traces", root=True, mean=True, order="A G S", copy=True):
    def run(G, A, S, damping):
        a, s = np.trace(A), np.trace(S)
        if mean:
            a, s = a / A.shape[0], s / S.shape[0]
        q = {"traces": (a / s) ** 0.5, "none": 1.0, "square": a / s}[split]
        r = damping**0.5 if root else damping
        left, right = A + q * r * np.eye(len(A)), S + r / q * np.eye(len(S))
        if order == "exchanged":
            left, right = A + r / q * np.eye(len(A)), S + q * r * np.eye(len(S))
        if order == "products":
            return left @ G @ right
        out = np.linalg.solve(left, np.linalg.solve(right, G.T).T)
        if not copy:
            G[:] = out
        return out

    return run


def whole(G, A, S, damping):
    F = np.kron(A, S) + damping * np.eye(G.size)
    return np.linalg.solve(F, G.ravel()).reshape(G.shape)


RIGHT = {
    "structure-1": [[144, 25], (12**2, 3**2 + 4**2)],
    "structure-2": [0.2, 0.1 * 2 / 4 * 4],
    "structure-3": [[1, -1, 0], np.sign([0.3, -2, 0])],
    "structure-4": ["sqrt(m*a/(n*s))", "sqrt(a/n)*sqrt(m/s)", "sqrt((a*m)/(s*n))"],
    "structure-5": [step()],
    "structure-6": [1000, 1000.0],
    "structure-7": ["lamb", "LAMB"],
}

WRONG = {
    "structure-1": [[12, 25], [144, 12], [144, 7], [144, 144], [25, 144], [78, 16], [1, 2]],
    "structure-2": [0.1, 0.4, 0.05, 0.8, 2.0, 7],
    "structure-3": [[0.3, -2, 0], [-1, 1, 0], [1, -1, 1], [1, -1, -1], [1, 1, 0], [0, 0, 0]],
    "structure-4": [
        "m*a/(n*s)", "sqrt(n*s/(m*a))", "sqrt(a/s)", "sqrt(n*a/(m*s))", "2*sqrt(n*m*a*s)", "1", "a + s",
    ],
    "structure-5": [
        lambda G, A, S, damping: G.copy(), whole, step(split="none"), step(mean=False), step(root=False),
        step(order="products"), step(order="exchanged"), step(split="square"),
        lambda G, A, S, damping: np.linalg.pinv(A) @ G @ np.linalg.pinv(S),
        lambda G, A, S, damping: 2 * step()(G, A, S, damping), step(copy=False),
    ],
    "structure-6": [2000, 0, 1, 3000, 17],
    "structure-7": ["sgd", "adam", "lion", "all"],
}  # fmt: skip

SECRETS = {
    "structure-1": ["144", "25"],
    "structure-2": ["0.2"],
    "structure-3": ["1, -1, 0"],
    "structure-4": ["sqrt(m*a/(n*s))", "sqrt(a*m/(s*n))"],
    "structure-6": ["1000"],
}
