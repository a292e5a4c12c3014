"""A slice through the loss of a network: the plane through its weights along two random directions."""

import numpy as np


def filter_normalized(direction, theta):
    """A direction whose every column of weights is as long as that of theta; biases do not move.

    direction, theta: dicts of arrays of the same shapes, matrices (inputs, units) and biases.  A column holds what one
    unit listens to, so scaling units up and down does not change how far a step of length one goes.
    Returns a dict like theta.  Source: Li, Xu, Taylor, Studer and Goldstein (2018).
    """
    out = {}
    for name, w in theta.items():
        d = np.asarray(direction[name], float)
        if np.ndim(w) == 2:
            lengths = np.linalg.norm(d, axis=0)
            out[name] = d * (np.linalg.norm(w, axis=0) / np.where(lengths > 0, lengths, 1))
        else:
            out[name] = np.zeros_like(d)
    return out


def slice_plane(f, theta, box=(-1, 1, -1, 1), points=21, seed=0, normalize=True):
    """The loss on a plane through theta, smooth between `points` by `points` places where it is computed.

    f: function of a dict of arrays -> loss.  theta: the dict at the origin of the plane.  box: (left, right, bottom,
    top).  seed: of the two random directions, which are `filter_normalized` unless normalize is False.
    Returns a function of x and y, arrays of one shape, to draw level curves of; exact at the computed places.
    Raises ImportError without SciPy.
    """
    from scipy.interpolate import RectBivariateSpline

    rng = np.random.default_rng(seed)
    pair = [{name: rng.standard_normal(np.shape(w)) for name, w in theta.items()} for _ in range(2)]
    if normalize:
        pair = [filter_normalized(d, theta) for d in pair]
    left, right, bottom, top = box
    xs, ys = np.linspace(left, right, points), np.linspace(bottom, top, points)
    z = [[f({k: w + a * pair[0][k] + b * pair[1][k] for k, w in theta.items()}) for b in ys] for a in xs]
    return RectBivariateSpline(xs, ys, np.array(z)).ev
