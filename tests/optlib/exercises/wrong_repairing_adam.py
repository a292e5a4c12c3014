"""Right and wrong answers to the exercises of chapter 08."""

import numpy as np
import sympy

c, beta2 = sympy.symbols("c beta2")


def step(largest="running", divide="largest", sign=1, root=True, eps="outside"):
    def run(theta, g, m, v, v_max, lr, beta1, beta2, eps_value):
        before = v
        m = m * beta1 + g * (1 - beta1)
        v = v * beta2 + g * g * (1 - beta2)
        kept = {
            "running": np.where(v > v_max, v, v_max),
            "two": np.where(v > before, v, before),
            "squares": np.maximum(v_max, g * g),
            "none": v,
            "smallest": np.minimum(v, v_max),
        }[largest]
        under = kept if divide == "largest" else v
        if not root:
            down = under + eps_value
        elif eps == "outside":
            down = under**0.5 + eps_value
        else:
            down = (under + eps_value) ** 0.5
        return theta - sign * lr * m / down, m, v, kept

    return lambda theta, g, m, v, v_max, lr, beta1, beta2, eps: run(theta, g, m, v, v_max, lr, beta1, beta2, eps)


def in_place(theta, g, m, v, v_max, lr, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v)
    return theta - lr * m / (np.sqrt(v_max) + eps), m, v, v_max


RIGHT = {
    "repairing-adam-1": [-1, -1.0],
    "repairing-adam-2": [[9, 1], np.array([9.0, 1.0])],
    "repairing-adam-3": ["(c**2 + beta2)/(1 + beta2)", (c**2 + beta2) / (1 + beta2)],
    "repairing-adam-4": [1999, 2 / (1 - 0.999) - 1],
    "repairing-adam-5": [[5, 6]],
    "repairing-adam-6": [step()],
    "repairing-adam-7": ["adabound", " AdaBound "],
}

WRONG = {
    "repairing-adam-1": [1, 0, -3, 0.5],
    "repairing-adam-2": [[9, 9], [1, 1], [1, 9], [3, 1], [9, 5]],
    "repairing-adam-3": [
        "(beta2*c**2 + 1)/(1 + beta2)",
        "(c**2 + beta2 + beta2**2)/(1 + beta2 + beta2**2)",
        "(c**2 + 1)/2",
        "(1 - beta2)*c**2",
        "(1 - beta2)*c**2 + beta2",
        "sqrt((c**2 + beta2)/(1 + beta2))",
        "(c + beta2)/(1 + beta2)",
        "c",
    ],
    "repairing-adam-4": [1000, 2000, 2001, 999, 1998, 7],
    "repairing-adam-5": [[4, 5], [5, 5], [6, 5], [4, 6], [5, 7]],
    "repairing-adam-6": [
        step(largest="two"),
        step(largest="squares"),
        step(divide="newest"),
        step(largest="none"),
        step(largest="smallest"),
        step(sign=-1),
        step(root=False),
        step(eps="inside"),
        lambda theta, g, m, v, v_max, lr, beta1, beta2, eps: (theta, m, v, v_max),
        in_place,
    ],
    "repairing-adam-7": ["adam", "both", "neither", "sgd"],
}

SECRETS = {
    "repairing-adam-1": ["-1"],
    "repairing-adam-2": ["9, 1", "[9"],
    "repairing-adam-3": ["c**2 + beta2", "c^2 + beta2"],
    "repairing-adam-4": ["1999", "1,999"],
    "repairing-adam-5": ["5, 6", "[5"],
    "repairing-adam-7": ["AdaBound", "adabound"],
}
