"""Steps of every kind that the grammar allows, small enough to check by hand."""

from functools import partial

import numpy as np

from optlib.grammar import Matrix, Model, Tensor, same
from optlib.ops import norm


def newton(theta: Model, grad, hess):
    theta = theta - np.linalg.solve(hess(theta), grad(theta))
    return theta


def float_state(theta, g, prod: float = 1.0, *, lr=0.1, beta1=0.9):
    prod = prod * beta1
    theta = theta - lr * g * (1 - prod)
    return theta, prod


def from_start(theta, g, origin=same, *, lr=0.1, pull=0.01):
    theta = theta - lr * (g + pull * (theta - origin))
    return theta, origin


def schedule_free(theta, g, z=same, average=same, t=1, *, lr=0.1, beta1=0.9):
    z = z - lr * g
    average = average + (z - average) / t
    theta = (1 - beta1) * z + beta1 * average
    return theta, z, average


def normalized(theta: Tensor, g, *, lr=0.1):
    theta = theta - lr * g / norm(g)
    return theta


def whitened(theta: Matrix, g, L=0, *, lr=0.1):
    L = L + g @ g.T
    theta = theta - lr * np.linalg.solve(L + np.eye(len(L)), g)
    return theta, L


def global_normalized(theta: Model, g, *, lr=0.1):
    theta = theta - lr * g / norm(g)
    return theta


def random_search(theta: Model, f, rng, *, sigma=0.5):
    new = theta + sigma * rng.standard_normal(theta.shape)
    return new if f(new) < f(theta) else theta


def second_estimate(theta, g, h_new, h=0, *, lr=0.1):
    h = 0.9 * h + 0.1 * h_new
    theta = theta - lr * g / (h + 1)
    return theta, h


def layers(theta: list, g, *, lr=0.1):
    return [a - lr * (i + 1) * b for i, (a, b) in enumerate(zip(theta, g))]


partial_half = partial(float_state, lr=0.5)
