"""For each exercise: right answers, and one wrong answer for every hint it can give (the last for the fall-back)."""

import importlib
import math
from pathlib import Path

import numpy as np
import sympy

eta, h, g, mu, beta2, t = sympy.symbols("eta h g mu beta2 t")


# ---------------------------------------------------------------- descent-step-4
def softmax_gradient(axis=1, stable=True, divide=None, normalize=True, labels=1, sign=1):
    def gradient(W, X, Y):
        Z = X @ W
        P = np.exp(Z - Z.max(axis=axis, keepdims=True) if stable else Z)
        if normalize:
            P = P / P.sum(axis=axis, keepdims=True)
        return sign * X.T @ (P - labels * Y) / (len(X) if divide is None else divide(X, Y))

    return gradient


# ---------------------------------------------------------------- momentum-5 and 7
def look_ahead(thetas, buffers, lr, momentum):
    return np.array([a - lr * momentum * b for a, b in zip(thetas, buffers)])


def ball(update, extra=0, fresh=True):
    def heavy_ball(grad, theta, lr, momentum, steps):
        b = 0 * theta
        first = grad(theta)
        for _ in range(steps + extra):
            g = grad(theta) if fresh else first
            theta, b = update(theta, g, b, lr, momentum)
        return theta

    return heavy_ball


def right_ball(theta, g, b, lr, mu):
    b = mu * b + g
    return theta - lr * b, b


# ---------------------------------------------------------------- adam-7
def adam_step(correct=True, late=0, sign=1, swap=False, hats=False, eps_at="outside", root=True, square=True):
    def step(theta, g, m, v, t, lr, beta1, beta2, eps):
        if swap:
            beta1, beta2 = beta2, beta1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * (g * g if square else g)
        a = m / (1 - beta1 ** (t + late)) if correct else m
        b = v / (1 - beta2 ** (t + late)) if correct else v
        with np.errstate(all="ignore"):
            below = {
                "outside": (np.sqrt(b) if root else b) + eps,
                "inside": np.sqrt(b + eps),
                "early": (np.sqrt(v) + eps) / np.sqrt(1 - beta2**t),
                "nowhere": np.sqrt(b),
            }[eps_at]
        theta = theta - sign * lr * a / below
        return (theta, a, b) if hats else (theta, m, v)

    return step


def in_place(theta, g, m, v, t, lr, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * g
    return adam_step()(theta, g, m, v, t, lr, beta1, beta2, eps)


def in_place_ball(grad, theta, lr, momentum, steps):
    b = 0 * theta
    for _ in range(steps):
        b = momentum * b + grad(theta)
        theta -= lr * b
    return theta


GRADIENT = dict(eta=0.1, mu=0.9)

RIGHT = {
    "descent-step-1": [0.02, 2 / 100, sympy.Rational(1, 50), np.float64(0.02), np.array(0.02)],
    "descent-step-2": [[2 / 101, 99 / 101], (0.0198, 0.9802), np.array([0.01980, 0.98019])],
    "descent-step-3": [
        "-eta*g**2 + eta**2*h*g**2/2",
        "-η g²".replace(" ", "*") + " + h*(eta*g)^2/2",
        -eta * g**2 * (1 - eta * h / 2),
    ],
    "descent-step-4": [softmax_gradient()],
    "descent-step-5": [[-1, 1], (-1.0, 1.0), np.array([-1, 1])],
    "descent-step-6": ["y", " Y "],
    "momentum-1": [0.1, 0.01 / (1 - 0.9)],
    "momentum-2": [0.038, 2 * 1.9 / 100],
    "momentum-3": [0.669, 0.6694, (9 / 11) ** 2],
    "momentum-4": [0.651, 0.6513, 1 - 0.9**10],
    "momentum-5": [look_ahead, lambda a, b, lr, mu: a - lr * mu * b],
    "momentum-6": ["(1 - sqrt(eta*h))**2", 1 - 2 * sympy.sqrt(eta * h) + eta * h, "1 + eta*h - 2*(eta*h)**0.5"],
    "momentum-7": [ball(right_ball)],
    "momentum-8": ["momentum_inside"],
    "adam-1": [math.sqrt(10), 3.1623, 3.162],
    "adam-2": [12, 12.0, np.int64(12)],
    "adam-3": [1 / 19, 0.0526, 0.053 - 0.0004],
    "adam-4": [90.48, 100 * 0.999**100],
    "adam-5": [2000],
    "adam-6": ["1 - beta2**t", "1 - β2^t", 1 - beta2**t, "1-beta_2**t"],
    "adam-7": [adam_step()],
    "adam-8": ["a", "A"],
}

WRONG = {
    "descent-step-1": [2, 0.01, 200, 2 / 101, 1, 50, -0.02, 0.0203, 7],
    "descent-step-2": [
        [99 / 101, 2 / 101],
        [2 / 101, (99 / 101) ** 2],
        [2 / 101, 0.99],
        [2 / 101, -99 / 101],
        [2 / 101, 0.5],
        [0.02, 1],
        [0.01, 0.99],
        [0.1, 0.9],
        [3, 4],
    ],
    "descent-step-3": [
        "-eta*g**2",
        "-eta*g**2 + eta**2*h*g**2",
        -eta * g**2 - eta**2 * h * g**2 / 2,
        "eta*g**2 - eta**2*h*g**2/2",
        "-eta*g**2 + eta*h*g**2/2",
        "-eta*g + eta**2*h*g**2/2",
        "-eta*g**2 + eta**2*g**2/2",
        "eta**2*h*g**2/2",
        "eta",
        "-eta*theta**2",
        "-eta g",
        "J = -eta*g**2",
        "__import__('os').getcwd()",
        "9**9**9**9",
        "1/(eta - eta)",
        "[eta]",
        "eta + 12345678901234567890",
        "eta+" * 300 + "eta",
    ],
    "descent-step-4": [
        softmax_gradient(sign=-1),
        softmax_gradient(divide=lambda X, Y: 1),
        softmax_gradient(divide=lambda X, Y: Y.size),
        softmax_gradient(normalize=False, stable=False),
        lambda W, X, Y: X.T @ (X @ W - Y) / len(X),
        softmax_gradient(labels=0),
        softmax_gradient(axis=0),
        softmax_gradient(stable=False),
        softmax_gradient(divide=lambda X, Y: 7),
        lambda W, X, Y: softmax_gradient()(W, X, Y).T,
    ],
    "descent-step-5": [(-0.6, 0.8), (1, -1), (0, 1), (-3, 4), (-0.75, 1), (1, 1), (-1, -1), (5, 5), (-1, 1, 0)],
    "descent-step-6": ["x", "equal", "z"],
    "momentum-1": [0.01, 10, 0.001, 0.01 / 0.9, 0.019, 0.009, -0.1, 0.1001, 3],
    "momentum-2": [0.02, 0.002, 0.2, 0.04, 0.019, 3.8, 0.01, -0.038, 0.0383, 5],
    "momentum-3": [9 / 11, 99 / 101, (99 / 101) ** 2, 0.9, 0.81, 11 / 9, 1.494, -0.669, 0.675, 0.3],
    "momentum-4": [0.9**10, 1 - 0.9**9, 1 - 0.9**11, 6.513, 0.1, 65.1, 1, -0.651, 0.66, 0.3],
    "momentum-5": [
        lambda a, b, lr, mu: a,
        lambda a, b, lr, mu: a + lr * mu * b,
        lambda a, b, lr, mu: a - mu * b,
        lambda a, b, lr, mu: a - lr * b,
        lambda a, b, lr, mu: a - lr * mu * np.concatenate([b[:1], b[:-1]]),
        lambda a, b, lr, mu: 2 * a,
        lambda a, b, lr, mu: look_ahead(a, b, lr, mu)[1:],
    ],
    "momentum-6": [
        "(1 + sqrt(eta*h))**2",
        "1 - sqrt(eta*h)",
        "(1 - eta*h)**2",
        "(1 - sqrt(h))**2",
        "(1 - sqrt(eta))**2",
        "(1 - eta*h)**2/4",
        "1 - eta*h",
        0,
        mu,
    ],
    "momentum-7": [
        ball(lambda theta, g, b, lr, mu: (theta - lr * g, b)),
        ball(lambda theta, g, b, lr, mu: (theta + lr * (mu * b + g), mu * b + g)),
        ball(lambda theta, g, b, lr, mu: (theta - lr * (mu * b + (1 - mu) * g), mu * b + (1 - mu) * g)),
        ball(lambda theta, g, b, lr, mu: (theta - lr * (g + mu * (mu * b + g)), mu * b + g)),
        ball(right_ball, extra=-1),
        ball(right_ball, extra=1),
        ball(right_ball, fresh=False),
        ball(lambda theta, g, b, lr, mu: (theta - lr * g / 3, b)),
        in_place_ball,
    ],
    "momentum-8": ["momentum", "momentum_ema", "nesterov"],
    "adam-1": [1, 100, 31.62, 0.3162, 0.1, 0.9, 0.5623, -3.1623, 3.17, 7],
    "adam-2": [1, 10, 1000, 11, 13, 2, 5],
    "adam-3": [-1 / 19, 0.01, 0.2237, 1.177, 1, 0.1, 0, -1, 0.0531, 7],
    "adam-4": [1, 100, 0.002656, 90.57, 90.39, 95.12, 0.1, 3.167, -90.48, 90.7, 7],
    "adam-5": [1000, 3000, 4000, 2001, 2, 1002, 5000, -2000, 1999, 7],
    "adam-6": [
        "1",
        "beta2**t",
        "1 - beta2**(t-1)",
        "1 - beta2**(t+1)",
        "(1 - beta2**t)/(1 - beta2)",
        "(1 - beta2)**t",
        "t*(1 - beta2)",
        "beta2*(1 - beta2**t)",
        "beta2",
        sympy.Sum((1 - beta2) * beta2 ** (t - h), (h, 1, t)),
    ],
    "adam-7": [
        adam_step(correct=False),
        adam_step(late=1),
        adam_step(sign=-1),
        adam_step(swap=True),
        adam_step(hats=True),
        adam_step(eps_at="inside"),
        adam_step(root=False),
        adam_step(eps_at="nowhere"),
        adam_step(eps_at="early"),
        adam_step(square=False),
        lambda theta, g, m, v, t, lr, beta1, beta2, eps: (theta - lr * g, m, v),
        lambda *case: adam_step()(*case)[0],
        in_place,
    ],
    "adam-8": ["b", "c", "d", "e"],
}

# what must not stand in any hint of the exercise
SECRETS = {
    "descent-step-1": ["0.02", "1/50", "2/100"],
    "descent-step-2": ["2/101", "0.0198", "99/101", "0.980"],
    "descent-step-5": ["-1, 1", "(-1"],
    "descent-step-6": ['is "y"', "y is larger"],
    "momentum-1": ["0.1"],
    "momentum-2": ["0.038", "3.8"],
    "momentum-3": ["0.669", "9/11"],
    "momentum-4": ["0.65", "0.34"],
    "momentum-6": ["(1 - sqrt(eta", "sqrt(eta h)"],
    "momentum-8": ["momentum_inside"],
    "adam-1": ["3.16", "sqrt(10)"],
    "adam-2": ["12"],
    "adam-3": ["0.052", "1/19"],
    "adam-4": ["90.", "0.999"],
    "adam-5": ["2000", "2,000"],
    "adam-6": ["1 - beta2^t", "1 - beta2**t"],
}


# the other chapters: wrong_<slug>.py beside this file, with the same three names
for _file in sorted(Path(__file__).parent.glob("wrong_*.py")):
    if _file.stem != Path(__file__).stem:
        _chapter = importlib.import_module(f"tests.optlib.exercises.{_file.stem}")
        RIGHT |= _chapter.RIGHT
        WRONG |= _chapter.WRONG
        SECRETS |= _chapter.SECRETS
