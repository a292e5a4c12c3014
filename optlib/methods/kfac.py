"""K-FAC: natural-gradient steps of a network, with two small matrices a layer for its large Fisher matrix."""

import math

import numpy as np

from optlib import trees


def kfac(
    theta: list, g, factors, A=(), S=(), A_inverse=(), S_inverse=(), t=1,
    *, lr=1e-1, damping=1e-2, rho=0.95, every=1,
):  # fmt: skip
    """K-FAC: each layer's gradient is multiplied by the inverses of two matrices, one for inputs, one for units.

    theta: the layers of `optlib.models.mlp` in order, each a matrix (inputs, units) and a vector of biases.
    factors: function of theta -> [(A, S), ...], see `mlp.factors`; asked at the steps 1, 1 + every, ... alone.
    A, S: fading means of its answers.  A_inverse, S_inverse: of the damped means, kept until they are asked again.
    damping: what is added to the product of the two; see `damped`.  rho: the most that a mean keeps of its past.
    The paper renews the means at every step and the inverses every 20th, and chooses lr, a momentum and the damping
    anew by a quadratic model; here they are given, without momentum.  No primary default of lr and damping.
    Returns theta, A, S, A_inverse, S_inverse.  Raises ValueError where theta has no such layers, ArithmeticError where
    a damped matrix cannot be inverted.  Source: Martens and Grosse (2015), sections 3, 6.3 and 8.
    """
    leaves, slopes = layers(theta), trees.leaves(g, theta)
    if (t - 1) % every == 0:
        keep, new = min(1 - 1 / ((t - 1) // every + 1), rho), factors(theta)
        A = faded(A, [a for a, _ in new], keep)
        S = faded(S, [s for _, s in new], keep)
        inverses = [damped(*pair, damping, k) for k, pair in enumerate(zip(A, S), 1)]
        A_inverse, S_inverse = zip(*inverses)
    out = []
    for k, (W, b) in enumerate(leaves):
        G = np.vstack([slopes[2 * k], slopes[2 * k + 1]])
        u = A_inverse[k] @ G @ S_inverse[k]
        out += [W - lr * u[:-1], b - lr * u[-1]]
    return trees.like(theta, out), A, S, A_inverse, S_inverse


def faded(means, new, keep):
    """keep times the old means plus the rest of the new matrices; the new ones where there are no means yet."""
    return tuple(keep * a + (1 - keep) * b for a, b in zip(means or [0.0] * len(new), new))


def damped(A, S, damping, layer=1):
    """The inverses of A + p r I and S + r / p I with r = sqrt(damping): factored Tikhonov damping.

    Their product is that of A and S, plus damping, plus two terms whose traces are equal by the choice of p.
    A, S: symmetric, without negative eigenvalues.  layer: a number for the message.
    Returns both.  Raises ValueError for a negative damping, ArithmeticError where one has no inverse, as it
    happens without damping when an input is always zero.
    Source: Martens and Grosse (2015), section 6.3.
    """
    if not damping >= 0:
        raise ValueError(f"damping must be at least 0, got {damping:g}")
    mean_a, mean_s = (float(np.trace(m)) / len(m) for m in (A, S))
    p, r = math.sqrt(mean_a / mean_s) if mean_a > 0 < mean_s else 1.0, math.sqrt(damping)
    return _inverse(A, p * r, "inputs", damping, layer), _inverse(S, r / p, "units", damping, layer)


def layers(theta):
    """[(W, b), ...] of a network's theta; ValueError where it is not a matrix and its biases, again and again."""
    leaves = trees.leaves(theta)
    pairs = list(zip(leaves[::2], leaves[1::2]))
    if len(leaves) % 2 or not all(np.ndim(W) == 2 and np.shape(b) == np.shape(W)[1:] for W, b in pairs):
        shapes = ", ".join(str(np.shape(a)) for a in leaves)
        raise ValueError(f"kfac takes layers, each a matrix and a vector of its biases; theta has the shapes {shapes}")
    return pairs


def _inverse(matrix, shift, what, damping, layer):
    values, vectors = np.linalg.eigh(matrix)
    values = values + shift
    if not values[0] > len(values) * np.finfo(values.dtype).eps * values[-1]:
        raise ArithmeticError(
            f"the matrix of the {what} of layer {layer} has no inverse at damping {damping:g}; take a larger damping"
        )
    return vectors / values @ vectors.T
