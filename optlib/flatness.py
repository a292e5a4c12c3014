"""How sharply a loss is curved at a point: the largest eigenvalue of its Hessian, without the Hessian."""

import numpy as np

from optlib import trees


def sharpness(grad, theta, *, steps=20, seed=0):
    """The largest eigenvalue of the Hessian at theta, from differences of gradients.

    grad: function theta -> gradient.  theta: an array, or a list or dict of arrays.  steps: directions in which the
    gradient is differenced, two gradients each; with as many as parameters the value is exact up to rounding, with
    fewer it is a lower bound, and close where the largest eigenvalue stands apart.  seed: of the first direction.
    Returns a float.  Raises ValueError for steps that are no positive whole number.
    Source: Lanczos (1950), with every direction made orthogonal to all before it.
    """
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps must be a whole number, at least 1, got {steps!r}")
    parts = [np.asarray(a, dtype=float) for a in trees.leaves(theta)]
    point = trees.ravel(parts)
    h = 1e-5 * (1 + np.linalg.norm(point))

    def slope(vector):
        return trees.ravel(trees.leaves(grad(trees.like(theta, trees.unravel(vector, parts))), theta))

    basis, images = [], []
    w = np.random.default_rng(seed).standard_normal(point.size)
    for _ in range(min(steps, point.size)):
        before = np.linalg.norm(w)
        for q in basis + basis:  # twice, because once leaves the rounding of the first
            w = w - (q @ w) * q
        length = np.linalg.norm(w)
        if length <= 1e-8 * before:  # the directions so far hold all that the Hessian makes of the first
            break
        q = w / length
        w = (slope(point + h * q) - slope(point - h * q)) / (2 * h)
        basis.append(q)
        images.append(w)
    T = np.array(basis) @ np.array(images).T
    return float(np.linalg.eigvalsh((T + T.T) / 2)[-1])
