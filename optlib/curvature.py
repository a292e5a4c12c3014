"""Curvature without the Hessian: its product with a vector, and its diagonal from such products."""

import numpy as np

from optlib import trees
from optlib.ops import norm


def hessian_vector(grad, theta, v, *, eps=None):
    """H v by two gradients, one on each side of theta: the slope of the gradient along v.

    grad: function theta -> gradient.  theta, v: a number, an array, or a list or dict of them, of one structure.
    eps: length of the way to each side; by default the cube root of the machine's epsilon times max(1, |theta|), where
    the error of the formula, which grows as eps^2, meets that of rounding, which grows as 1/eps.
    Returns H v in the structure of theta, zeros for v = 0.  Exact to rounding for quadratics.
    """
    place, way = trees.leaves(theta), trees.leaves(v, theta)
    length = sum(norm(a) ** 2 for a in way) ** 0.5
    if not length:
        return v
    if eps is None:
        eps = np.finfo(float).eps ** (1 / 3) * max(1.0, sum(norm(a) ** 2 for a in place) ** 0.5)
    step = eps / length
    ahead, behind = (
        trees.leaves(grad(trees.like(theta, [a + s * b for a, b in zip(place, way)])), theta) for s in (step, -step)
    )
    return trees.like(theta, [(a - b) / (2 * step) for a, b in zip(ahead, behind)])


def hutchinson(product, theta, rng, *, samples=1):
    """An estimate of the Hessian's diagonal: the mean of z * (H z) over random signs z.

    product: function v -> H v, both in the structure of theta.  rng: a NumPy Generator.  samples: how many z.
    Unbiased; the variance of coordinate i is the sum of H_ij^2 over all other j, divided by samples.
    Returns the estimate in the structure of theta.  Raises ValueError for samples below 1.
    Source: Hutchinson (1989), whose trace is the sum of it; Bekas, Kokiopoulou and Saad (2007) for the diagonal.
    """
    if not isinstance(samples, int) or samples < 1:
        raise ValueError(f"samples must be a whole number, at least 1, got {samples!r}")
    total = [0.0 * a for a in trees.leaves(theta)]
    for _ in range(samples):
        z = [rng.choice([-1.0, 1.0], np.shape(a)) if np.ndim(a) else float(rng.choice([-1.0, 1.0])) for a in total]
        Hz = trees.leaves(product(trees.like(theta, z)), theta)
        total = [s + a * b / samples for s, a, b in zip(total, z, Hz)]
    return trees.like(theta, total)
