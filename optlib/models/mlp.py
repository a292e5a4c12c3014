"""A fully connected network: linear layers with a bend between them, and its gradient by backpropagation.

theta: a dict W1 (inputs, width), b1 (width,), W2, b2, ...; layer k maps a to bend(a @ Wk + bk), the last
one to a @ Wk + bk.
"""

import math
from itertools import pairwise

import numpy as np

from optlib.models.softmax import cross_entropy, cross_entropy_gradient, softmax, with_ones


def relu(z):
    """z where positive, else 0."""
    return np.maximum(z, 0)


# name: (bend of z, its slope as a function of the bent a, variance of a weight's start for fan in and fan out)
ACTIVATIONS = {
    "relu": (relu, lambda a: a > 0, lambda n_in, n_out: 2 / n_in),
    "tanh": (np.tanh, lambda a: 1 - a**2, lambda n_in, n_out: 2 / (n_in + n_out)),
}


def start(sizes, activation="relu", seed=0):
    """Random weights that keep the size of the signal from layer to layer, and biases zero.

    sizes: widths from input to output, such as (64, 32, 10).  activation: "relu" or "tanh".
    Returns theta.  Raises ValueError for a width that is no positive whole number or another activation.
    Source: He et al. (2015) for relu, Glorot and Bengio (2010) for tanh.
    """
    if not all(isinstance(n, int | np.integer) and n > 0 for n in sizes):
        raise ValueError(f"widths of layers must be positive whole numbers, got {sizes!r}")
    _, _, variance = _bend(activation)
    rng, theta = np.random.default_rng(seed), {}
    for k, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        theta[f"W{k}"] = math.sqrt(variance(n_in, n_out)) * rng.standard_normal((n_in, n_out))
        theta[f"b{k}"] = np.zeros(n_out)
    return theta


def forward(theta, X, activation="relu"):
    """What each layer hands on: the list X, a1, a2, ..., logits."""
    bend, _, _ = _bend(activation)
    layers, a = len(theta) // 2, [X]
    for k in range(1, layers + 1):
        z = a[-1] @ theta[f"W{k}"] + theta[f"b{k}"]
        a.append(bend(z) if k < layers else z)
    return a


def loss(theta, X, Y, activation="relu"):
    """The mean cross-entropy of the logits.  X: (n, inputs).  Y: (n, classes), one 1 a row.  Returns a number."""
    return cross_entropy(forward(theta, X, activation)[-1], Y)


def gradient(theta, X, Y, activation="relu"):
    """Backpropagation: the gradient of `loss`, a dict like theta.

    d is the gradient with respect to what a layer put out before its bend.  It starts at the logits and is carried
    through one layer after the other, last to first; each layer's share falls out on the way.
    Source: Rumelhart, Hinton and Williams (1986).
    """
    _, slope, _ = _bend(activation)
    a = forward(theta, X, activation)
    g = {}
    d = cross_entropy_gradient(a[-1], Y)
    for k in range(len(theta) // 2, 0, -1):
        g[f"W{k}"] = a[k - 1].T @ d
        g[f"b{k}"] = d.sum(axis=0)
        if k > 1:
            d = (d @ theta[f"W{k}"].T) * slope(a[k - 1])
    return {name: g[name] for name in theta}


def signals(theta, X, activation="relu"):
    """What meets in each layer's weights: the values that come in, and the slopes that come back from every class.

    Returns [(a, d), ...], a pair a layer.  a: (n, inputs + 1), with a 1 for the bias.  d: (n, classes, units), the
    gradient of -log p of each class with respect to what the layer put out before its bend, times the root of that p.
    So a sum over the classes of products of two d is a mean over labels drawn from the model itself.
    """
    _, slope, _ = _bend(activation)
    a = forward(theta, X, activation)
    P = softmax(a[-1])
    d, out = np.sqrt(P)[:, :, None] * (P[:, None, :] - np.eye(P.shape[1])), []
    for k in range(len(theta) // 2, 0, -1):
        out.append((with_ones(a[k - 1]), d))
        if k > 1:
            d = (d @ theta[f"W{k}"].T) * slope(a[k - 1])[:, None, :]
    return out[::-1]


def factors(theta, X, activation="relu"):
    """The two matrices of each layer whose Kronecker product stands for the layer's Fisher matrix, [(A, S), ...].

    A: (inputs + 1, inputs + 1), the mean of a a^T.  S: (units, units), the mean of d d^T with labels drawn from the
    model; nothing is sampled, every class is counted with its probability.  See `signals` for a and d.
    Source: Martens and Grosse (2015), section 3.
    """
    pairs = [(a, d.reshape(-1, d.shape[2])) for a, d in signals(theta, X, activation)]
    return [(a.T @ a / len(X), d.T @ d / len(X)) for a, d in pairs]


def predict(theta, X, activation="relu"):
    """The class with the largest logit, shape (n,)."""
    return forward(theta, X, activation)[-1].argmax(axis=1)


def _bend(activation):
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be {' or '.join(map(repr, ACTIVATIONS))}, got {activation!r}")
    return ACTIVATIONS[activation]
