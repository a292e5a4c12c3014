"""Chapter 03: right answers, a wrong one for every hint (the last for the fall-back), and what no hint may say."""

import math

import numpy as np
import sympy

eta, h, mu = sympy.symbols("eta h mu")


def size(a, axis=0):
    return np.sqrt((a * a).sum(axis=axis, keepdims=True))


def in_place(d, W):
    d *= size(W) / size(d)
    return d


RIGHT = {
    "landscapes-1": ["saddle", " Saddle "],
    "landscapes-2": [1319, np.int64(1319), math.ceil(math.log(5e5) / math.log(1.01))],
    "landscapes-3": [1, 1.0],
    "landscapes-4": [lambda d, W: d / size(d) * size(W), lambda d, W: np.stack([
        u * math.dist(w, 0 * w) / math.dist(u, 0 * u) for u, w in zip(d.T, W.T)], axis=1)],
    "landscapes-5": [
        "(1 + mu + eta*h + sqrt((1 + mu + eta*h)**2 - 4*mu))/2",
        (1 + mu + eta * h) / 2 + sympy.sqrt((1 + mu + eta * h) ** 2 / 4 - mu),
    ],
    "landscapes-6": [100, 100.0, sympy.Integer(100)],
    "landscapes-7": [0.525, 105 / 200],
}  # fmt: skip

WRONG = {
    "landscapes-1": ["minimum", "maximum", "flat"],
    "landscapes-2": [1318, 1318.8, 1312, 1334, 570, 131, 1388, 20],
    "landscapes-3": [0, 2, 3, 4],
    "landscapes-4": [
        lambda d, W: d * np.linalg.norm(W) / np.linalg.norm(d),
        lambda d, W: d * size(W, 1) / size(d, 1),
        lambda d, W: d / size(d),
        lambda d, W: d * size(W),
        lambda d, W: W * size(d) / size(W),
        lambda d, W: d,
        lambda d, W: W,
        lambda d, W: None,
        lambda d, W: d.T,
        in_place,
    ],
    "landscapes-5": [
        (1 + mu + eta * h - sympy.sqrt((1 + mu + eta * h) ** 2 - 4 * mu)) / 2,
        "(1 + mu - eta*h + sqrt((1 + mu - eta*h)**2 - 4*mu))/2",
        "1 + eta*h",
        "1 + eta*h/(1 - mu)",
        "1 + mu + eta*h",
        "sqrt(mu)",
        "1 + mu + eta*h + sqrt((1 + mu + eta*h)**2 - 4*mu)",
        "mu",
    ],
    "landscapes-6": [1, 10, 50.5, 10000, 101, 99, 99 / 101, 7],
    "landscapes-7": [0.475, 105, 52.5, 0.47, 0.9],
}

SECRETS = {
    "landscapes-1": ['is "saddle"', "a saddle"],
    "landscapes-2": ["1319", "1,319"],
    "landscapes-3": ["is 1", "exactly one"],
    "landscapes-5": ["sqrt((1 + mu + eta"],
    "landscapes-6": ["100", "unchanged", "the same"],
    "landscapes-7": ["0.525", "105"],
}
