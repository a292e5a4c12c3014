"""Right and wrong answers to the exercises of chapter 02."""

import math

import sympy

h, tau = sympy.symbols("h tau")


def one_pass(mean=1, sign=1, fresh=True, last=True, rows=None, until=None):
    def run(W, X, Y, gradient, lr, size):
        size = rows or size
        end = len(X) if last else len(X) // size * size
        first, W = W, W.copy()
        for k in range(0, min(end, until(size) if until else end), size):
            x, y = X[k : k + size], Y[k : k + size]
            scale = mean(len(x)) if callable(mean) else mean
            W = W - sign * lr * scale * gradient(W if fresh else first, x, y)
        return W

    return run


def in_place(W, X, Y, gradient, lr, size):
    for k in range(0, len(X), size):
        W -= lr * gradient(W, X[k : k + size], Y[k : k + size])
    return W


def divided_by_size(W, X, Y, gradient, lr, size):
    return one_pass()(W, X, Y, lambda *a: gradient(*a) / size, lr, size)


RIGHT = {
    "stochastic-gradients-1": [29, 29.0, math.ceil(1437 / 50)],
    "stochastic-gradients-2": [4 / 25 * 75 / 99, 4 / 33],
    "stochastic-gradients-3": [0.1 / (2 * 1.8 * 4), 0.00694, 0.00695],
    "stochastic-gradients-4": ["2*h/(h**2 + tau**2)", 2 * h / (h**2 + tau**2), "2/(h + tau^2/h)", "2*h/(h² + τ²)"],
    "stochastic-gradients-5": [one_pass()],
    "stochastic-gradients-6": ["b", " B "],
}

WRONG = {
    "stochastic-gradients-1": [28.74, 28, 1437, 50, 71850, 36],
    "stochastic-gradients-2": [0.16, 4, 0.12, 75 / 99, 4 * 75 / 99, 0.3481553, 4 / 25 * 74 / 99, 1.7],
    "stochastic-gradients-3": [0.02778, 0.01316, 0.01389, 0.0125, 0.00625, 0.08333, 0.0025, 0.5],
    "stochastic-gradients-4": [
        "2/h",
        "2/(h + tau)",
        "h/(h**2 + tau**2)",
        "2*h/tau**2",
        "2/(h**2 + tau**2)",
        "2*h/(h**2 + tau)",
        "2*h/(h + tau)**2",
        "1/tau",
    ],
    "stochastic-gradients-5": [
        lambda W, X, Y, gradient, lr, size: W.copy(),
        one_pass(fresh=False),
        lambda W, X, Y, gradient, lr, size: W - lr * gradient(W, X, Y),
        one_pass(last=False),
        one_pass(mean=lambda n: n),
        divided_by_size,
        one_pass(sign=-1),
        one_pass(rows=1),
        one_pass(until=lambda size: 1),
        one_pass(mean=2),
        in_place,
    ],
    "stochastic-gradients-6": ["a", "c", "d", "e"],
}

SECRETS = {
    "stochastic-gradients-1": ["29"],
    "stochastic-gradients-2": ["0.1212", "4/33"],
    "stochastic-gradients-3": ["0.0069"],
    "stochastic-gradients-4": ["h^2 + tau^2", "h**2 + tau**2"],
    "stochastic-gradients-6": ["1/(10"],
}
