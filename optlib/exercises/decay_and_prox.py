"""Exercises of chapter 09, Regularization inside the step."""

import itertools
from functools import cache

import numpy as np

from optlib import rules
from optlib.exercises.kinds import array, choice, expression, function, number
from optlib.exercises.search import threshold
from optlib.prox import soft_threshold

X0, WIDTH = np.array([-1.0, 0.2, 0.5]), 0.3


def shrunk():
    return soft_threshold(X0, WIDTH)


def shrunk_group():
    """The length at which (length - 5)^2 / 2 + length stops falling, along the direction of the group."""
    group = np.array([3.0, 4.0])
    whole = np.linalg.norm(group)
    return group / whole * threshold(lambda length: length - whole + 1 < 0, 0, whole)


def half_life(lr=1e-3, decay=0.1):
    """AdamW itself on gradients of zero, from one."""
    theta, m, v = 1.0, 0.0, 0.0
    for t in itertools.count(1):
        theta, m, v = rules.adamw(theta, 0.0, m, v, 1, lr=lr, weight_decay=decay)
        if theta <= 0.5:
            return t


def coefficient(lr=0.1, share=0.001):
    """The penalty whose step along its own gradient takes that share of a weight."""
    return share / (1.0 - rules.sgd(1.0, 1.0, lr=lr))


def elastic_net():
    """The zero of the slope of (z - x)^2 / (2 eta) + lam z + mu z^2 / 2."""
    import sympy

    z, x, eta, lam, mu = sympy.symbols("z x eta lam mu", positive=True)
    loss = (z - x) ** 2 / (2 * eta) + lam * z + mu * z**2 / 2
    return sympy.solve(sympy.diff(loss, z), z)[0]


@cache
def patients():
    from optlib.problems.lasso import diabetes

    X, y, _ = diabetes()
    return X * np.linspace(0.5, 2.0, 10), y, 20 * np.random.default_rng(1).standard_normal(10)


def sweeps():
    X, y, theta = patients()
    return [dict(theta=theta.copy(), X=X.copy(), y=y.copy(), weight=weight) for weight in (0.0, 2.0, 15.0)]


def sweep_with(fresh=True, divided="last", mean=True, thresholded=True, own=True, order=1):
    """A sweep on products of columns made beforehand, with one of its parts left out."""

    def sweep(theta, X, y, weight):
        n, new = len(y) if mean else 1, theta.copy()
        G, pull = X.T @ X / n, X.T @ y / n
        for k in range(len(new))[::order]:
            at = new if fresh else theta
            c = pull[k] - G[k] @ at + own * G[k, k] * at[k]
            if divided == "first":
                new[k] = soft_threshold(c / G[k, k], weight)
            else:
                z = soft_threshold(c, weight) if thresholded else c
                new[k] = z / (G[k, k] if divided else 1)
        return new

    return sweep


def fastest():
    """Each weight under the rule, with the mean over a hundred seeds."""
    noise = np.random.default_rng(0).standard_normal((500, 100))
    ends = {}
    for name, sigma in {"loud": 1.0, "middle": 0.1, "quiet": 0.001}.items():
        theta, m, v = np.ones(100), 0, 0
        for t, xi in enumerate(noise, start=1):
            theta, m, v = rules.adam_l2(theta, sigma * xi, m, v, t, lr=1e-3, weight_decay=0.1)
        ends[name] = np.abs(theta).mean()
    return min(ends, key=ends.get)


EXERCISES = {
    "decay-and-prox-1": array(
        shrunk,
        [
            ([-0.7, -0.1, 0.2], "The middle number crosses zero; thresholding stops there."),
            ([-1.3, 0.0, 0.2], "The negative number moves away from zero; all move toward it."),
            ([-0.7, 0.2, 0.2], "A number smaller than the threshold does not stay as it is."),
            ([-1.0, 0.0, 0.5], "That keeps what is above the threshold as it is; soft thresholding lowers it, too."),
            ([0.7, 0.0, 0.2], "The signs of what is left are those of x."),
            (X0 / 1.3, "That is the prox of a squared penalty, which divides."),
        ],
        otherwise="Move each number toward zero by the threshold, and stop at zero.",
    ),
    "decay-and-prox-2": array(
        shrunk_group,
        [
            ([2.0, 3.0], "That thresholds each number; a group is shortened as a whole."),
            ([1.5, 2.0], "That divides; the length falls by one."),
            ([0.6, 0.8], "That is the direction, of length one; how long is what is left?"),
            ([3 * 24 / 25, 4 * 24 / 25], "Divide by the length, not by its square."),
        ],
        otherwise="The direction stays and the length, here 5, falls by one.",
    ),
    "decay-and-prox-3": number(
        half_life,
        [
            (6931, "After that many steps a little more than half is left."),
            (6931.47, "Steps come whole: after which one is it at most half?"),
            (693, "That is too fast by ten: what is eta times lambda?"),
            (7, "That is lambda alone; the factor per step has eta in it."),
            (5000, "The share is taken of what is left, not of the start."),
            (10000, "That is 1 / (eta lambda), when a third is left."),
        ],
        otherwise="The factor per step is 1 - eta lambda; which power of it falls to one half?",
    ),
    "decay-and-prox-4": number(
        coefficient,
        [
            (1e-4, "That multiplies by eta; the penalty's gradient is itself multiplied by eta in the step."),
            (1e-3, "The step multiplies the penalty's gradient by eta; allow for that."),
            (0.02, "The half in the penalty is used up by the derivative of the square."),
        ],
        otherwise="The step takes eta lambda theta from theta; that shall be theta / 1000.",
    ),
    "decay-and-prox-5": expression(
        elastic_net,
        {"x": (3, 5), "eta": (0.1, 0.5), "lam": (0.2, 1), "mu": (0.2, 2)},
        [
            ("x - eta*lam", "That is the 1-norm alone; the square also has a slope."),
            ("x/(1 + eta*mu)", "That is the square alone; the 1-norm also has a slope."),
            ("(x - lam)/(1 + mu)", "The distance is divided by 2 eta: where is eta?"),
            ("x/(1 + eta*mu) - eta*lam", "Those are the two one after the other; solve for both at once."),
            ("(x - eta*lam)/(1 + 2*eta*mu)", "The half belongs to the square, so its slope is mu z."),
            ("(x + eta*lam)/(1 + eta*mu)", "The sign of the threshold is turned: the result is nearer to zero than x."),
            ("(x - eta*lam)*(1 - eta*mu)", "That is right to first order in mu; solve the equation exactly."),
        ],
        otherwise="For z > 0 set (z - x)/eta + lam + mu z to zero.",
    ),
    "decay-and-prox-6": function(
        sweeps,
        sweep_with(),
        [
            (lambda theta, **_: theta, "theta came back as it went in."),
            (sweep_with(fresh=False), "All coordinates look at the first theta; each should see the newest."),
            (sweep_with(divided=""), "Columns differ in size: divide by the mean square of the column."),
            (sweep_with(divided="first"), "Threshold first, then divide by the mean square of the column."),
            (sweep_with(mean=False), "The squares are divided by n in this loss, the penalty is not."),
            (sweep_with(thresholded=False), "The penalty is missing: that is least squares, coordinate by coordinate."),
            (sweep_with(own=False), "The residual should leave out the coordinate itself: add its own part back."),
            (sweep_with(order=-1), "The order is turned: begin with the first coordinate."),
        ],
        otherwise="For each j: the residual without j, its mean product with column j, soft threshold, divide.",
    ),
    "decay-and-prox-7": choice(
        fastest,
        ("loud", "middle", "quiet", "none"),
        {
            "loud": "Its divisor is large, and so little is left of the penalty.",
            "middle": "Its noise is as large as the penalty's own gradient, and enlarges the divisor.",
            "none": "They would under AdamW; here the penalty is divided by the scale of each weight.",
        },
    ),
}  # fmt: skip
