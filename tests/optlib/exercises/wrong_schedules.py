"""Right and wrong answers to the exercises of chapter 05."""

import math

import sympy

h, v, sigma = sympy.symbols("h v sigma")


def train(rate, sign=1):
    def run(W, gradient, batches, peak, warmup):
        W, T = W.copy(), len(batches)
        for t, rows in enumerate(batches, start=1):
            W = W - sign * rate(t, T, peak, warmup) * gradient(W, rows)
        return W

    return run


def half(x):
    return (1 + math.cos(math.pi * x)) / 2


def right(t, T, peak, w):
    return peak * t / w if t <= w else peak * half((t - w) / (T - w))


def in_place(W, gradient, batches, peak, warmup):
    for t, rows in enumerate(batches, start=1):
        W -= right(t, len(batches), peak, warmup) * gradient(W, rows)
    return W


RIGHT = {
    "schedules-1": [0.8536, (2 + math.sqrt(2)) / 4],
    "schedules-2": [0.001, 1e-3],
    "schedules-3": [13.51, math.log(0.5) / math.log(0.95)],
    "schedules-4": [[10, 30, 70]],
    "schedules-5": ["h*v/(h**2*v + sigma**2)", 1 / (h + sigma**2 / (h * v)), "h·v/(h²·v + σ²)"],
    "schedules-6": [train(right)],
    "schedules-7": ["a", " A "],
}

WRONG = {
    "schedules-1": [0.75, 0.7071, 0.9619, 0.5, 0.1464, 0.2],
    "schedules-2": [0.01, 0.0001, 0.1 * 0.1 ** (65 / 30), 0.08, 1],
    "schedules-3": [20, 14.51, 0.6931, 19.50, 7],
    "schedules-4": [[10, 20, 40], [10, 20, 30], [10, 30, 50], [20, 60, 140], [11, 31, 71], [1, 2, 3]],
    "schedules-5": [
        "1/h",
        "v/(h**2*v + sigma**2)",
        "h*v/(h**2*v + sigma)",
        "h*v/(h*v + sigma**2)",
        "2*h*v/(h**2*v + sigma**2)",
        "h*v/(h**2*v - sigma**2)",
        "sigma**2*v/(h**2*v + sigma**2)",
        "h*v",
    ],
    "schedules-6": [
        lambda W, gradient, batches, peak, warmup: W.copy(),
        train(lambda t, T, peak, w: right(t - 1, T, peak, w)),
        train(lambda t, T, peak, w: peak * half((t - 1) / (T - 1))),
        train(lambda t, T, peak, w: peak * min(t / w, 1)),
        train(lambda t, T, peak, w: peak * min(t / w, 1 - (t - w) / (T - w))),
        train(lambda t, T, peak, w: peak * min(t / w, 1) * half((t - 1) / (T - 1))),
        train(lambda t, T, peak, w: right(t, T, peak, w) * (2 if t > w else 1)),
        train(lambda t, T, peak, w: peak),
        train(right, sign=-1),
        train(lambda t, T, peak, w: right(t, T, peak, w) / 3),
        in_place,
    ],
    "schedules-7": ["b", "c", "d"],
}

SECRETS = {
    "schedules-1": ["0.8536", "0.854"],
    "schedules-2": ["0.001"],
    "schedules-3": ["13.5"],
    "schedules-4": ["30, 70"],
    "schedules-5": ["h*v/(h**2*v + sigma**2)"],
    "schedules-6": ["min("],
    "schedules-7": ["the noise is zero"],
}
