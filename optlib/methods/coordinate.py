"""Coordinate descent: minimize along one coordinate, or one block of them, while the others hold still."""

from optlib.grammar import Model


def coordinate_descent(theta: Model, along, *, parts):
    """One sweep: each coordinate or block in its order goes to its minimizer, given the newest of the others.

    theta: one vector.  along: function (theta, k) -> theta with part k where the loss is lowest along it, the others
    unchanged.  parts: how many coordinates or blocks there are.
    Returns theta.  Source: Tseng (2001); for the lasso Friedman, Hastie and Tibshirani (2010).
    """
    for k in range(parts):
        theta = along(theta, k)
    return theta


def coordinate_descent_random(theta: Model, along, rng, *, parts):
    """As many moves as a sweep has, each of a coordinate or block drawn anew from all of them.

    Arguments as in `coordinate_descent`; rng: a NumPy generator.  Returns theta.  Source: Wright (2015), Algorithm 1.
    """
    for k in rng.integers(parts, size=parts):
        theta = along(theta, int(k))
    return theta
