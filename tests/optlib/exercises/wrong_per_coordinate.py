"""Chapter 06: right answers, a wrong one for every hint (the last for the fall-back), and what no hint may say."""

import math

import numpy as np
import sympy

rho, s = sympy.symbols("rho s")


def lazy(sign=1, inside=False, root=np.sqrt, square=np.square, old=False, keep=True):
    def run(theta, G, rows, g, lr, eps):
        theta, new = theta.copy(), G.copy()
        new[rows] += square(g)
        used = G[rows] if old else new[rows]
        theta[rows] -= sign * lr * g / (root(used + eps) if inside else root(used) + eps)
        return theta, new if keep else G.copy()

    return run


def dense(theta, G, rows, g, lr, eps):
    whole = np.full_like(theta, g.mean())
    _, new = lazy()(theta, G, rows, g, lr, eps)
    return theta - lr * whole / (np.sqrt(G + whole**2) + eps), new


def plain(theta, G, rows, g, lr, eps):
    _, new = lazy()(theta, G, rows, g, lr, eps)
    theta = theta.copy()
    theta[rows] -= lr * g
    return theta, new


def in_place(theta, G, rows, g, lr, eps):
    G[rows] += g**2
    theta[rows] -= lr * g / (np.sqrt(G[rows]) + eps)
    return theta, G


RIGHT = {
    "per-coordinate-1": [1 + 2**-0.5 + 3**-0.5, 2.2845, 2.2844],
    "per-coordinate-2": [0.072, 0.1 * 1.2 * 1.2 / 2],
    "per-coordinate-3": [0.7071, 0.5**0.5],
    "per-coordinate-4": [
        "log((s**2 - 1)/3)/log(1/rho)",
        -sympy.log((s**2 - 1) / 3) / sympy.log(rho),
        "log(3/(s^2 - 1))/log(rho)",
        "log((s² − 1)/3)/log(1/ρ)",
    ],
    "per-coordinate-5": [lazy()],
    "per-coordinate-6": ["a", " A "],
}

WRONG = {
    "per-coordinate-1": [3, math.sqrt(3), 0.57735, 1.83333, 1.78446, -2.28446, 7.5],
    "per-coordinate-2": [0.0864, 0.1728, 0.144, 0.06, 0.0, 0.05, 0.1, 0.2],
    "per-coordinate-3": [0.9999, 0.5, 1.41421, 7.07107e-5, 0.3],
    "per-coordinate-4": [
        "2*log(s/2)/log(1/rho)",
        "2*log(s)/log(1/rho)",
        "log(s**2 - 1)/log(1/rho)",
        "log(s - 1)/log(1/rho)",
        "log((s**2 - 1)/3)/log(rho)",
        "log(s**2 - 1)/(3*log(1/rho))",
        "1/(1 - rho)",
        "s*rho",
    ],
    "per-coordinate-5": [
        lambda theta, G, rows, g, lr, eps: (theta.copy(), G.copy()),
        lambda theta, G, rows, g, lr, eps: tuple(a[rows] for a in lazy()(theta, G, rows, g, lr, eps)),
        dense,
        lazy(old=True),
        lazy(inside=True),
        lazy(root=lambda x: x),
        lazy(sign=-1),
        lazy(square=np.abs),
        lazy(keep=False),
        plain,
        lazy(sign=2),
        in_place,
    ],
    "per-coordinate-6": ["b", "c", "d", "e"],
}

SECRETS = {
    "per-coordinate-1": ["2.28"],
    "per-coordinate-2": ["0.072"],
    "per-coordinate-3": ["0.707"],
    "per-coordinate-4": ["(s^2 - 1)/3", "(s**2 - 1)/3"],
    "per-coordinate-6": ["meters"],
}
