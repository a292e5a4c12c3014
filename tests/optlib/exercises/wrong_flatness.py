"""Right and wrong answers to the exercises of chapter 13."""

import numpy as np
import sympy

c = sympy.Symbol("c")


def ahead(sign=1, length=lambda g: (g * g).sum() ** 0.5, give="second", guard=True):
    def sam_gradient(grad, theta, radius):
        g = grad(theta)
        size = length(g)
        if guard:
            size = np.where(size == 0, 1.0, size)
        with np.errstate(all="ignore"):
            up = theta + sign * radius * g / size
        return {"second": lambda: grad(up), "point": lambda: up, "first": lambda: g, "both": lambda: g + grad(up)}[
            give
        ]()

    return sam_gradient


def in_place(grad, theta, radius):
    g = grad(theta)
    theta += radius * g / max(np.linalg.norm(g), 1e-300)
    return grad(theta)


RIGHT = {
    "flatness-1": [[0.03, 0.04], np.array([0.15, 0.2]) / 5],
    "flatness-2": [20, 2 * 10],
    "flatness-3": ["2*c", 2 * c, "c + c"],
    "flatness-4": [25 / 64, 0.390625],
    "flatness-5": [0.0794, 100**-0.55],
    "flatness-6": [ahead()],
    "flatness-7": ["loss", " Loss "],
}

WRONG = {
    "flatness-1": [[0.15, 0.2], [-0.03, -0.04], [0.6, 0.8], [0.05, 0.05], [0.15 / 7, 0.2 / 7], [1, 2]],
    "flatness-2": [10, 12, 22, 40, 7],
    "flatness-3": ["2", "c", "2*sqrt(c)", "2*c**2", "1 + c**2", "4*c", "c**3"],
    "flatness-4": [1 / 16, 0.625, 0.53125, 0.15625, 0.75**4, 0.7],
    "flatness-5": [100**-0.275, 0.01, 0.1, 0.55**100, 0.0055, 3.0],
    "flatness-6": [
        ahead(sign=-1),
        ahead(length=lambda g: 1.0),
        ahead(length=lambda g: (g * g).sum(axis=0) ** 0.5),
        ahead(length=lambda g: (g * g).sum()),
        ahead(give="point"),
        ahead(give="first"),
        ahead(give="both"),
        ahead(guard=False),
        lambda grad, theta, radius: 0 * theta,
        in_place,
    ],
    "flatness-7": ["sharpness", "gradient", "length", "size"],
}

SECRETS = {
    "flatness-1": ["0.03", "0.04"],
    "flatness-2": ["20"],
    "flatness-3": ["2*c", "2c"],
    "flatness-4": ["0.39", "25/64"],
    "flatness-5": ["0.0794", "0.079"],
    "flatness-7": ["loss"],
}
