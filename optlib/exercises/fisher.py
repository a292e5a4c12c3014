"""Exercises of chapter 11: Fisher matrices by hand, divergences, natural steps, and a matrix from drawn labels."""

from functools import cache

import numpy as np

from optlib import families
from optlib.exercises.kinds import array, choice, expression, function, number

CHANCE = 0.2


def coin():
    return families.bernoulli.fisher(np.array([CHANCE]))[0, 0]


def coin_logit():
    return families.bernoulli_logit.fisher(np.log([CHANCE / (1 - CHANCE)]))[0, 0]


def bell():
    """The mean squares of both scores, exactly, at twenty points of Gauss and Hermite."""
    z, share = np.polynomial.hermite_e.hermegauss(20)
    scores = np.array([z, z**2 - 1]) / 2.0
    return scores**2 @ (share / share.sum())


def apart():
    return families.gaussian.kl(np.array([0.0, 1.0]), np.array([0.1, 1.0]))


def counts():
    """F^-1 times the slope of r - y log r, with F the mean of the squared score of a Poisson of mean r."""
    import sympy

    r, y = sympy.symbols("r y", positive=True)
    x = sympy.Symbol("x")
    score = sympy.diff(x * sympy.log(r) - r, r)
    fisher = sympy.expand(score**2).subs(x**2, r + r**2).subs(x, r)  # E x = r, E x^2 = r + r^2
    return sympy.simplify(sympy.diff(r - y * sympy.log(r), r) / sympy.simplify(fisher))


@cache
def tumors():
    from optlib.problems.cancer import cancer

    X, y, _, _ = cancer()
    return np.column_stack([X[:, :4], np.ones(len(X))]), y


def draws():
    A, _ = tumors()
    cases = []
    for seed, theta in enumerate(([0.0, 0.0, 0.0, 0.0, 0.0], [-1.0, 0.5, 0.3, -2.0, 0.4])):
        p = families.chance(A @ np.array(theta))
        labels = (np.random.default_rng(seed).random((20, len(A))) < p).astype(float)
        cases.append(dict(theta=np.array(theta), X=A.copy(), labels=labels))
    return cases


def drawn(square=True, centered=False, scaled=True, averaged=False, rows=True, data=False):
    """The matrix of drawn labels, with one of its parts gone wrong."""

    def matrix(theta, X, labels):
        y = np.array([tumors()[1]]) if data else labels
        p = families.chance(X @ theta)
        if not square:
            return X.T @ X / len(X)
        if averaged:  # the mean gradient of each draw
            S = np.array([X.T @ (row - p) / len(X) for row in y])
        else:
            S = np.concatenate([miss[:, None] * X for miss in y - p])
        out = S.T @ S
        if centered:
            out = out - len(S) * np.outer(S.mean(axis=0), S.mean(axis=0))
        return out / (len(S) if scaled else len(y) if rows else len(X))

    return matrix


def hessian(theta, X, labels):
    p = families.chance(X @ theta)
    return (X.T * (p * (1 - p))) @ X / len(X)


def large_batch():
    """Mean squared gradient of a parameter with slope 0.5 and noise of variance 1, a large batch."""
    means = {"square": 0.25, "fisher": 1.25, "variance": 1.0, "zero": 0.0}
    seen = (0.5 + np.random.default_rng(0).standard_normal(1000) / 1e4**0.5) ** 2
    return min(means, key=lambda name: abs(means[name] - seen.mean()))


EXERCISES = {
    "fisher-1": number(
        coin,
        [
            (0.16, "That is the variance of a toss; the less a toss varies, the more it tells about theta."),
            (5.0, "That is 1/theta alone: tails have a score, too."),
            (2.5, "The root: the matrix is the mean of the square."),
            (25.0, "That is the squared score of heads; heads are rare, so take the mean."),
            (1.25, "That is the score of tails, without sign; square both scores and take the mean."),
        ],
        otherwise="The scores are 1/theta and -1/(1 - theta); take the mean of their squares.",
    ),
    "fisher-2": number(
        coin_logit,
        [
            (6.25, "That is the information in theta; the slope of theta by the logit enters twice."),
            (1.0, "The slope of theta by the logit enters once for each side: twice."),
            (0.8, "That is one of the two factors of the slope; it is theta (1 - theta), and squared here."),
            (0.0256, "That is the square of the slope of theta by the logit; multiply the information in theta by it."),
        ],
        otherwise="Multiply the information in theta by the square of the slope of theta by its logit.",
    ),
    "fisher-3": array(
        bell,
        [
            ([0.25, 0.25], "The second score is (z^2 - 1)/sigma; the mean of its square is not 1/sigma^2."),
            ([0.5, 0.5], "The first score is z/sigma with z of variance one."),
            ([0.5, 0.25], "The two are in the other order: that of the mean first."),
            ([0.25, 0.125], "In the second the mean square is halved; (z^2 - 1)^2 has the mean 2."),
            ([0.25, 1 / 32], "That is the second for the variance as parameter; here it is sigma."),
            ([0.25, 0.75], "The mean of z^4 is 3; the square of z^2 - 1 has two more terms."),
            ([0.25, 2.0], "That is the second for log sigma; here it is sigma."),
            ([4.0, 2.0], "That is one over each; a narrow bell has the larger matrix."),
            ([1.0, 2.0], "That is sigma = 1; both go like one over the variance."),
        ],
        otherwise="Write the scores with z = (x - m)/sigma, whose powers 2 and 4 have the means 1 and 3.",
    ),
    "fisher-4": number(
        apart,
        [
            (0.01, "That is the square of the distance; there is a half before it."),
            (0.05, "The distance enters as its square."),
            (0.1, "That is the distance of the means."),
        ],
        otherwise="Take the mean, under the first bell, of the difference of the two logarithms; the widths cancel.",
    ),
    "fisher-5": expression(
        counts,
        {"r": (0.5, 4), "y": (0.5, 4)},
        [
            ("1 - y/r", "That is the gradient; divide it by the Fisher information of r."),
            ("(1 - y/r)/r", "That multiplies by the Fisher information; divide by it."),
            ("y - r", "That is minus the direction: the step will subtract it."),
            ("(r - y)*r", "The Fisher information is the mean of (x/r - 1)^2, and the variance of x is r."),
            ("y*(r - y)/r", "The Fisher information is a mean under the model; no y of the data is in it."),
        ],
        otherwise="The score is x/r - 1, and the variance of a count is its mean r: take the mean of its square.",
    ),
    "fisher-6": function(
        draws,
        drawn(),
        [
            (hessian, "That is the exact matrix; here the labels that were drawn decide."),
            (drawn(data=True), "Those are the labels of the data; use the drawn ones."),
            (drawn(averaged=True), "Take the outer product for each row first, and the mean after it."),
            (drawn(centered=True), "The mean score is zero under the model, so nothing is taken off."),
            (drawn(scaled=False), "Divide by the number of rows, too, not by the number of draws alone."),
            (drawn(scaled=False, rows=False), "Divide by the number of draws, too."),
            (drawn(square=False), "The residual of each label is missing from the score."),
        ],
        otherwise="Each row and draw has the score (label - p) x; average the outer products over both.",
    ),
    "fisher-7": choice(
        large_batch,
        ("fisher", "variance", "square", "zero"),
        {
            "fisher": "That would be the mean of squares of single examples; Adam squares the mean of the batch.",
            "variance": "The variance of a batch's mean falls like one over B.",
            "zero": "Away from a minimum the slope itself stays, however large the batch.",
        },
    ),
}  # fmt: skip
