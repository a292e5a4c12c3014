"""What is compared in the tests: a module of its own, so that other processes can import it in no time."""

import numpy as np

from optlib import Problem
from optlib.problems import digits_softmax

CURVATURES = np.array([1.0, 10.0])
SMALL = dict(trials=4, tuning=2, seeds=6, cache=False)


def valley(seed):
    """A quadratic whose best constant rate in the long run is 2 / (1 + 10)."""
    problem = Problem(lambda x: 0.5 * x @ (CURVATURES * x), grad=lambda x: CURVATURES * x)
    return problem, np.random.default_rng(seed).normal(size=2)


def images(seed):
    """Softmax regression on 60 digits, in batches that the seed orders."""
    problem = digits_softmax(batch=20, seed=seed, size=60)
    return problem, problem.start


def farthest_coordinate(problem, theta):
    return abs(theta).max()
