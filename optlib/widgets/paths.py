"""The paths of a widget's state, in NumPy: for the still figure, and for the rates nobody has chosen."""

import numpy as np

from optlib import rules
from optlib.grammar import call, read, start
from optlib.problems.landscapes import gradient

RATES = 10 ** (-3.5 + 0.1 * np.arange(41))
SHARED = {"momentum": "momentum", "beta1": "momentum", "beta2": "beta2", "rho": "beta2"}  # hyperparameter: slider
FAR = 50  # as in front/run.js: beyond this the run has diverged


def hyper(rule, settings, lr):
    """The hyperparameters that the sliders set for the rule of this name: {name: value}."""
    takes = read(getattr(rules, rule)).hyper
    return {"lr": lr} | {name: settings[slider] for name, slider in SHARED.items() if name in takes}


def path(rule, f, point, settings, steps):
    """`steps` steps of the rule of this name on f from `point`.

    settings: momentum, beta2 and lr; lr a number or an array of shape (n,), which runs n paths at once.
    Returns an array of shape (steps + 1, 2) or (steps + 1, 2, n); it holds NaN from where a path has left for good.
    """
    step = getattr(rules, rule)
    signature = read(step)
    keywords = hyper(rule, settings, settings["lr"])
    theta = np.array(point, dtype=float)
    if np.ndim(settings["lr"]):
        theta = np.repeat(theta[:, None], len(settings["lr"]), axis=1)
    state, points = start(signature, theta), [theta]
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            theta, *state = call(step, signature, theta, [gradient(f, theta)], state, t, keywords)
            theta = np.where((np.abs(theta) < FAR).all(axis=0), theta, np.nan)
            points.append(theta)
    return np.array(points)


def tune(rule, f, lowest, point, settings):
    """The rate of 41 whose path of 200 steps has the lowest mean log gap: speed and depth both count."""
    points = path(rule, f, point, settings | {"lr": RATES}, 200)
    with np.errstate(invalid="ignore"):
        cost = np.log(f(points[:, 0], points[:, 1]) - lowest + 1e-6).sum(axis=0)
    best = RATES[np.where(np.isnan(cost), np.inf, cost).argmin()]
    return float(f"{best:.3g}")
