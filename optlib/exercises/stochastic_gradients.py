"""Exercises of chapter 02, Stochastic gradients and mini-batches."""

import itertools
import math
from functools import cache

import numpy as np

from optlib import rules
from optlib.exercises.kinds import choice, expression, function, number
from optlib.models import softmax
from optlib.problems.batches import minibatches


def steps_in_a_pass():
    """Until the batches of one epoch have brought every image."""
    draw, seen = minibatches(1437, 50), set()
    for t in itertools.count(1):
        seen.update(draw(t).tolist())
        if len(seen) == 1437:
            return t


def variance_without_repeats(sigma2=4, n=100, size=25):
    """The square of a sum of B deviations: B squares, and B (B - 1) products of two that cannot be the same."""
    product = -sigma2 / (n - 1)
    return (size * sigma2 + size * (size - 1) * product) / size**2


def settles(eta=0.1, h=2.0, variance=0.25):
    s = 0.0
    for _ in range(2000):
        s = (1 - eta * h) ** 2 * s + eta**2 * variance
    return s


def edge_without_floor():
    """The positive rate at which E[(1 - eta h_i)^2] is one: two curvatures h - tau and h + tau, equally likely."""
    import sympy

    eta, h, tau = sympy.symbols("eta h tau", positive=True)
    factor = ((1 - eta * (h - tau)) ** 2 + (1 - eta * (h + tau)) ** 2) / 2
    return next(root for root in sympy.solve(factor - 1, eta) if root != 0)


def gradient(W, X, Y):
    """The gradient of the mean cross-entropy of the rows X (n, 64) with labels Y (n, 10) at W (64, 10)."""
    return softmax.gradient(W, X, Y)


@cache
def images():
    from optlib.problems.digits import digits

    W = 0.1 * np.random.default_rng(1).standard_normal((64, 10))
    return W, digits().X[:300], softmax.one_hot(digits().y[:300], 10)


def passes():
    W, X, Y = images()
    return [
        dict(W=W.copy(), X=X[:n].copy(), Y=Y[:n].copy(), gradient=gradient, lr=lr, size=size)
        for n, lr, size in ((300, 0.5, 32), (100, 0.1, 7), (60, 0.2, 20))
    ]


def one_pass(W, X, Y, gradient, lr, size):
    cuts = range(size, len(X), size)
    for x, labels in zip(np.split(X, cuts), np.split(Y, cuts)):
        W = rules.sgd(W, gradient(W, x, labels), lr=lr)
    return W


def stale(W, X, Y, gradient, lr, size):
    return W - lr * sum(gradient(W, X[k : k + size], Y[k : k + size]) for k in range(0, len(X), size))


def whole(W, X, Y, gradient, lr, size):
    return W - lr * gradient(W, X, Y)


def dropped(W, X, Y, gradient, lr, size):
    n = len(X) // size * size
    return one_pass(W, X[:n], Y[:n], gradient, lr, size)


def summed(W, X, Y, gradient, lr, size):
    return one_pass(W, X, Y, lambda W, X, Y: len(X) * gradient(W, X, Y), lr, size)


def by_size(W, X, Y, gradient, lr, size):
    return one_pass(W, X, Y, lambda W, X, Y: gradient(W, X, Y) / size, lr, size)


def uphill(W, X, Y, gradient, lr, size):
    return one_pass(W, X, Y, gradient, -lr, size)


def singly(W, X, Y, gradient, lr, size):
    return one_pass(W, X, Y, gradient, lr, 1)


def first_only(W, X, Y, gradient, lr, size):
    return one_pass(W, X[:size], Y[:size], gradient, lr, size)


def allowed_rate():
    """The one whose exponent makes the sum of the rates infinite and that of their squares finite."""
    exponents = {"a": 0.5, "b": 1.0, "c": 0.0, "d": 2.0}  # rate about t ** -exponent
    return next(name for name, p in exponents.items() if p <= 1 < 2 * p)


EXERCISES = {
    "stochastic-gradients-1": number(
        steps_in_a_pass,
        [
            (1437 / 50, "A pass has a whole number of steps; what becomes of the images that are left?"),
            (1437 // 50, "That leaves out the batch with the images that are left."),
            (1437, "That is one image a step; here a step sees 50."),
            (50, "That is how many images a step sees."),
            (1437 * 50, "More steps than images: divide."),
        ],
        otherwise="How many batches of 50 fit into 1,437, and is anything left over?",
    ),
    "stochastic-gradients-2": number(
        variance_without_repeats,
        [
            (4 / 25, "That is the variance with repeats; without, the draws know of each other."),
            (4, "That is the variance of a single gradient."),
            (4 / 25 * 75 / 100, "Close: count again what the N examples leave for the second draw."),
            (75 / 99, "That is the factor against drawing with repeats, not yet the variance."),
            (4 * 75 / 99, "The mean of a batch is still to be taken: where is 1/B?"),
            (math.sqrt(4 / 25 * 75 / 99), "That is the standard deviation; asked is its square."),
            (4 / 25 * 74 / 99, "Close, but a batch of all N must have variance zero; try your formula there."),
        ],
        otherwise="Take the variance with repeats, and the factor that is one at B = 1 and zero at B = N.",
    ),
    "stochastic-gradients-3": number(
        settles,
        [
            (0.1 / (2 * 1.8), "That is for batches of one."),
            (0.1 / (1.9 * 4), "That is for curvature 1; here h = 2."),
            (0.1 / (1.8 * 4), "The denominator has another h: what does the noise do where the bowl is steeper?"),
            (0.1 / (2 * 4), "That leaves out half of the denominator, 2 - eta h."),
            (0.1 / (2 * 2 * 4), "That is the limit for small rates; keep the term with eta h."),
            (math.sqrt(settles()), "That is the root of the mean square."),
            (0.01 * 0.25, "That is what one step adds; it adds up over many steps."),
        ],
        digits=3,
        otherwise="The mean square that settles reproduces itself: s = (1 - eta h)^2 s + eta^2 sigma^2 / B.",
    ),
    "stochastic-gradients-4": expression(
        edge_without_floor,
        {"h": (0.5, 3), "tau": (0.2, 3)},
        [
            ("2/h", "That is the edge without noise; spread-out curvatures lower it."),
            ("2/(h + tau)", "That treats the curvature h + tau as the only one; take the mean of the square instead."),
            ("h/(h**2 + tau**2)", "That is where the factor is smallest; asked is where it reaches one."),
            ("2*h/tau**2", "The mean of h_i^2 is not tau^2 alone."),
            ("2/(h**2 + tau**2)", "The units do not fit: a rate is one over a curvature. Check the middle term."),
            ("2*h/(h**2 + tau)", "tau is a standard deviation: its square is the variance."),
            ("2*h/(h + tau)**2", "The mean of h_i^2 is not the square of h + tau."),
        ],
        otherwise="The factor is the mean of (1 - eta h_i)^2; expand it and use mean and variance of h_i.",
    ),
    "stochastic-gradients-5": function(
        passes,
        one_pass,
        [
            (lambda W, **_: W, "W came back as it went in: is each step's result kept?"),
            (stale, "All gradients are taken at the first W; each step should use the newest."),
            (whole, "That is one step along the full gradient; here each batch makes a step."),
            (dropped, "The rows left over after the full batches are missing."),
            (summed, "That adds the gradients of a batch up; `gradient` has taken the mean already, keep it."),
            (by_size, "`gradient` has taken the mean already; yours divides once more."),
            (uphill, "The sign is turned: this climbs."),
            (singly, "Each row makes its own step here; a step sees `size` rows."),
            (first_only, "Only the first batch is used; a pass sees all rows."),
        ],
        otherwise="Cut the rows at 0, size, 2 size, ...; for each piece one step along minus its gradient.",
    ),
    "stochastic-gradients-6": choice(
        allowed_rate,
        ("a", "b", "c", "d"),
        {
            "a": "Its squares are 1/t, whose sum has no bound.",
            "c": "The squares of a constant add up without bound.",
            "d": "Its sum is finite: it may stop before it arrives.",
        },
    ),
}
