"""Exercises of chapter 03, Loss landscapes: ravines, saddles, plateaus."""

import math
from functools import cache

import numpy as np

from optlib import rules
from optlib.exercises.kinds import choice, expression, function, number

INDEFINITE = np.array([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])


def kind(hessian):
    """minimum, maximum or saddle, from the signs of the eigenvalues."""
    h = np.linalg.eigvalsh(hessian)
    return "minimum" if (h > 0).all() else "maximum" if (h < 0).all() else "saddle"


def steps_away(eta=0.01, h=-1.0, start=1e-6, end=0.5):
    e, t = start, 0
    while abs(e) < end:
        e, t = e - eta * h * e, t + 1
    return t


@cache
def layers():
    """Weights of two layers, (64, 32) and (32, 10), ten steps into reading digits, with a direction for each."""
    from optlib import minimize
    from optlib.problems.digits import digits_mlp

    problem = digits_mlp((32,), size=200)
    theta = minimize(problem, problem.start, rules.sgd, steps=10, lr=0.1, progress=False).theta
    rng = np.random.default_rng(5)
    return [(rng.standard_normal(theta[name].shape), theta[name]) for name in ("W1", "W2")]


def directions():
    return [dict(d=d.copy(), W=W.copy()) for d, W in layers()]


def lengths(a, axis=0):
    return np.linalg.norm(a, axis=axis, keepdims=True)


def column_by_column(d, W):
    return np.stack([u * (math.hypot(*w) / math.hypot(*u)) for u, w in zip(d.T, W.T)], axis=1)


def growth():
    import sympy

    eta, h, mu, z = sympy.symbols("eta h mu z", positive=True)
    roots = sympy.solve(z**2 - (1 + mu + eta * h) * z + mu, z)
    return max(roots, key=lambda r: r.subs({eta: 0.1, h: 1, mu: 0.5}))


def rescaled():
    """The ratio of the eigenvalues of H, with its diagonal scaled to one."""
    beside = (100 - 1) / (100 + 1)  # off the diagonal, so the eigenvalues are one plus and minus it
    return (1 + beside) / (1 - beside)


@cache
def share():
    from optlib.problems.basins import basins

    return float((basins("two_wells", rules.sgd, two_hundred(), steps=400, lr=0.05) == 0).mean())


def two_hundred():
    return np.random.default_rng(7).uniform(-1.4, 1.4, (2, 200))


KINDS = ("minimum", "maximum", "saddle")

EXERCISES = {
    "landscapes-1": choice(
        lambda: kind(np.diag([6.0 * -1, 2.0])),
        KINDS,
        {
            "minimum": "Along y the loss curves upward there; look along x as well.",
            "maximum": "Along x the loss curves downward there; look along y as well.",
        },
    ),
    "landscapes-2": number(
        steps_away,
        [
            (1318, "After that many steps the error is still a little below 0.5."),
            (np.log(5e5) / np.log(1.01), "That is where the formula crosses; asked is the first whole step after it."),
            (
                lambda got: 1311.5 < got < 1313.5,
                "That takes x for ln(1 + x); the factor is 1 + eta |h|, and over many steps the difference counts.",
            ),
            (1334, "That is the run on the saddle with the quartic term, which slows the end; here there is none."),
            (570, "That mixes a decimal logarithm with a natural one."),
            (131, "That is for a rate ten times larger."),
            (1388, "That waits until the error is 1."),
        ],
        otherwise="The error is multiplied by 1 + eta |h| at each step; how often until 1e-6 has become 0.5?",
    ),
    "landscapes-3": number(
        lambda: (np.linalg.eigvalsh(INDEFINITE) < 0).sum(),
        [
            (0, "A positive diagonal is not enough: look at the upper left block along the direction (1, -1, 0)."),
            (2, "The determinant is negative, so the number of negative eigenvalues is odd."),
            (3, "The trace is positive, so not all eigenvalues are negative."),
        ],
        otherwise="The matrix has three eigenvalues; count those below zero.",
    ),
    "landscapes-4": function(
        directions,
        column_by_column,
        [
            (
                lambda d, W: d * lengths(W, None) / lengths(d, None),
                "The whole direction has the length of the whole matrix now; each column should have its own.",
            ),
            (
                lambda d, W: d * lengths(W, 1) / lengths(d, 1),
                "These are the rows; what one unit listens to is a column.",
            ),
            (lambda d, W: d / lengths(d), "The columns have length one; they should be as long as those of W."),
            (lambda d, W: d * lengths(W), "The direction's own lengths are still in it; divide by them first."),
            (
                lambda d, W: W * lengths(d) / lengths(W),
                "That is W with the lengths of d; asked is d with the lengths of W.",
            ),
            (lambda d, W: d, "This is the direction as it came."),
        ],
        otherwise="Each column should point like that of d and be as long as that of W: which of the two fails?",
    ),
    "landscapes-5": expression(
        growth,
        dict(eta=(0.01, 0.5), h=(0.1, 2.0), mu=(0.05, 0.95)),
        [
            (
                "(1 + mu + eta*h - sqrt((1 + mu + eta*h)**2 - 4*mu))/2",
                "That is the other root; it is below one and dies out.",
            ),
            (
                "(1 + mu - eta*h + sqrt((1 + mu - eta*h)**2 - 4*mu))/2",
                "That is for a valley of curvature h; at the ridge the gradient is minus h times the error.",
            ),
            ("1 + eta*h", "That is gradient descent; the last step is not in it."),
            ("1 + eta*h/(1 - mu)", "That is what the factor tends to for small eta; asked is the exact one."),
            ("1 + mu + eta*h", "That is the sum of the two roots."),
            ("sqrt(mu)", "That is the size of complex roots; here the discriminant is positive."),
            ("(1 + mu + eta*h + sqrt((1 + mu + eta*h)**2 - 4*mu))", "A factor 1/2 got lost in the quadratic formula."),
        ],
        otherwise="Put e_t = z^t into the recurrence, divide by z^(t-2), and solve the quadratic equation for z.",
    ),
    "landscapes-6": number(
        rescaled,
        [
            (1, "That would be so if the long axes lay along the coordinates; they are turned by 45 degrees."),
            (10, "The square root of it belongs to momentum; no root is taken here."),
            (50.5, "That is the diagonal entry before the scaling."),
            (10000, "That is the square; each eigenvalue is scaled once."),
            (101, "That is the sum of the eigenvalues."),
            (99, "That is their difference."),
            (
                99 / 101,
                "That is the entry off the diagonal after the scaling; the eigenvalues are one plus and minus it.",
            ),
        ],
        otherwise="At 45 degrees both diagonal entries are equal; what does dividing by them do to the eigenvalues?",
    ),
    "landscapes-7": number(
        share,
        [
            (
                lambda got: abs(got - (1 - share())) < 1e-9,
                "That is the share of the other well; the lower one has x < 0.",
            ),
            (lambda got: abs(got - 200 * share()) < 1e-6, "That is the number of starts; asked is their share."),
            (lambda got: abs(got - 100 * share()) < 1e-6, "That looks like percent; give the share itself."),
            (
                lambda got: abs(got - _near_side()) < 1e-9,
                "That counts the starts with x < 0; let them run first, the border is not there.",
            ),
        ],
        digits=3,
        otherwise="Run all 200 columns at once with lr = 0.05, and count the ends with x < 0.",
    ),
}


def _near_side():
    return float((two_hundred()[0] < 0).mean())
