"""K-FAC on a small network: what its damping and the age of its inverses do to the loss and to the step."""

import math
from itertools import pairwise

import numpy as np
import traitlets

from optlib import Problem, minimize
from optlib.methods import kfac
from optlib.models import mlp, softmax
from optlib.rules import sgd
from optlib.widgets import still
from optlib.widgets.page import PageWidget, between
from optlib.widgets.signals import uniform
from optlib.widgets.source import module_source

SIZES, TOP = (2, 8, 3), 1000.0
RANGES = {"damping": (1e-6, 10), "lr": (0.01, 2), "plain": (0.01, 2)}
RANGES |= {"every": (1, 50), "steps": (20, 200), "at": (1, 200)}


class Kronecker(PageWidget):
    """K-FAC and gradient descent on three arms of a spiral, with a network of 2 inputs, 8 units and 3 classes.

    damping: 1e-6 to 10.  every: the steps from one inversion to the next, 1 to 50.  lr, plain: the rates of K-FAC and
    of gradient descent, 0.01 to 2.  steps: 20 to 200.  at: the step whose numbers are shown.  name: in links, for a
    second one.  Raises ValueError on a number out of range.
    """

    module = "kronecker.js"
    _esm = module_source(module)
    damping = traitlets.Float(0.01).tag(sync=True)
    every = traitlets.Int(5).tag(sync=True)
    lr = traitlets.Float(0.3).tag(sync=True)
    plain = traitlets.Float(0.3).tag(sync=True)
    steps = traitlets.Int(100).tag(sync=True)
    at = traitlets.Int(100).tag(sync=True)
    _ranges = between(**RANGES)

    def losses(self):
        """{"kfac" or "sgd": the loss after each step, at most 1000, shape (steps,)}, from the library's own rules."""
        made, theta = spiral(), start()
        quiet = dict(steps=self.steps, progress=False)
        with np.errstate(all="ignore"):
            runs = {
                "kfac": minimize(made, theta, kfac, lr=self.lr, damping=self.damping, every=self.every, rho=0, **quiet),
                "sgd": minimize(made, theta, sgd, lr=self.plain, **quiet),
            }
        return {name: _held(run.losses[1:], self.steps) for name, run in runs.items()}

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.kronecker(self)


def examples():
    """X (60, 2) and Y (60, 3), the same as those of front/factored.js: three arms of a spiral."""
    draw, X = uniform(3), []
    for k in range(60):
        r = 0.2 + 0.8 * (k // 3) / 19
        angle = 2 * math.pi * (k % 3) / 3 + 2 * r + 0.4 * (next(draw) - 0.5)
        X.append((4 * r * math.cos(angle) + 2, r * math.sin(angle)))
    return np.array(X), softmax.one_hot(np.arange(60) % 3, 3)


def start():
    """The first weights, the same as those of front/factored.js."""
    draw, theta = uniform(5), {}
    for k, (n, m) in enumerate(pairwise(SIZES), start=1):
        reach = 2 * math.sqrt(6 / (n + m))
        theta[f"W{k}"] = np.array([[reach * (next(draw) - 0.5) for _ in range(m)] for _ in range(n)])
        theta[f"b{k}"] = np.zeros(m)
    return theta


def spiral():
    """The network's Problem on all points, with f, grad and factors."""
    X, Y = examples()
    return Problem(
        lambda theta: mlp.loss(theta, X, Y, "tanh"),
        grad=lambda theta: mlp.gradient(theta, X, Y, "tanh"),
        factors=lambda theta: mlp.factors(theta, X, "tanh"),
    )


def _held(losses, steps):
    """The losses, at most TOP; from the first that is not below it on, that."""
    out = np.full(steps, TOP)
    below = ~(np.asarray(losses) < TOP)
    end = int(np.argmax(below)) if below.any() else len(losses)
    out[:end] = losses[:end]
    return out
