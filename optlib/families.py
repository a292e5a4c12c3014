"""Families of distributions p(x; theta): the slope of log p, the Fisher matrix and the divergence, in closed form.

theta is a vector.  One distribution in two parametrizations is two families: bernoulli and bernoulli_logit, gaussian
and gaussian_log, categorical and softmax.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Family(NamedTuple):
    """What is known of one family with a parameter vector of length k.

    score: (x, theta) -> the gradient of log p(x; theta) by theta, (n, k) for x of shape (n,).
    fisher: theta -> the mean of score score' under p, (k, k).
    kl: (theta, other) -> KL(p_theta || p_other), the mean under p_theta of log p_theta - log p_other, a number.
    draw: (theta, rng, n) -> n draws, (n,); of a categorical, the numbers of the categories from 0.
    """

    score: Callable
    fisher: Callable
    kl: Callable
    draw: Callable


def _entropic(p, q):
    """The sum of p log(p / q); what has no probability under p adds nothing."""
    seen = p > 0
    with np.errstate(divide="ignore"):
        return float((p[seen] * np.log(p[seen] / q[seen])).sum())


# -- one toss: p(1) = theta, or 1 / (1 + exp(-theta))
def _both(theta):
    return np.array([1 - theta[0], theta[0]])


bernoulli = Family(
    score=lambda x, theta: ((x - theta[0]) / (theta[0] * (1 - theta[0])))[:, None],
    fisher=lambda theta: np.array([[1 / (theta[0] * (1 - theta[0]))]]),
    kl=lambda theta, other: _entropic(_both(theta), _both(other)),
    draw=lambda theta, rng, n: (rng.random(n) < theta[0]).astype(int),
)


def chance(theta):
    """The probability of a one whose logit is theta: 1 / (1 + exp(-theta)).  Any shape."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(theta)))  # no exponent overflows


bernoulli_logit = Family(
    score=lambda x, theta: (x - chance(theta[0]))[:, None],
    fisher=lambda theta: np.array([[chance(theta[0]) * chance(-theta[0])]]),
    kl=lambda theta, other: _entropic(_both(chance(theta)), _both(chance(other))),
    draw=lambda theta, rng, n: bernoulli.draw(chance(theta), rng, n),
)


# -- a bell: theta = (mu, sigma), or (mu, log sigma)
def _gaussian_score(x, theta):
    mu, sigma = theta
    z = (x - mu) / sigma
    return np.stack([z / sigma, (z**2 - 1) / sigma], axis=1)


def _gaussian_kl(theta, other):
    (mu, sigma), (nu, tau) = theta, other
    return float(np.log(tau / sigma) + (sigma**2 + (mu - nu) ** 2) / (2 * tau**2) - 0.5)


def _plain(theta):
    return np.array([theta[0], np.exp(theta[1])])


gaussian = Family(
    score=_gaussian_score,
    fisher=lambda theta: np.diag([1.0, 2.0]) / theta[1] ** 2,
    kl=_gaussian_kl,
    draw=lambda theta, rng, n: theta[0] + theta[1] * rng.standard_normal(n),
)
gaussian_log = Family(
    score=lambda x, theta: _gaussian_score(x, _plain(theta)) * [1, np.exp(theta[1])],
    fisher=lambda theta: np.diag([np.exp(-2 * theta[1]), 2.0]),
    kl=lambda theta, other: _gaussian_kl(_plain(theta), _plain(other)),
    draw=lambda theta, rng, n: gaussian.draw(_plain(theta), rng, n),
)


# -- k categories: theta = the first k - 1 probabilities, or k logits
def _all(theta):
    return np.append(theta, 1 - np.sum(theta))


def _categorical_score(x, theta):
    p, k = _all(theta), len(theta)
    hit = np.eye(k + 1)[x] / p
    return hit[:, :k] - hit[:, k:]


def _probabilities(theta):
    weights = np.exp(theta - np.max(theta))
    return weights / weights.sum()


def _softmax_fisher(theta):
    p = _probabilities(theta)
    return np.diag(p) - np.outer(p, p)


categorical = Family(
    score=_categorical_score,
    fisher=lambda theta: np.diag(1 / np.asarray(theta)) + 1 / (1 - np.sum(theta)),
    kl=lambda theta, other: _entropic(_all(theta), _all(other)),
    draw=lambda theta, rng, n: rng.choice(len(theta) + 1, size=n, p=_all(theta)),
)
softmax = Family(  # its Fisher matrix is singular: adding one number to all logits changes no probability
    score=lambda x, theta: np.eye(len(theta))[x] - _probabilities(theta),
    fisher=_softmax_fisher,
    kl=lambda theta, other: _entropic(_probabilities(theta), _probabilities(other)),
    draw=lambda theta, rng, n: rng.choice(len(theta), size=n, p=_probabilities(theta)),
)
