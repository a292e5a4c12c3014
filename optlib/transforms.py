"""Transforms of the gradient, pure functions in the grammar of the rules.

A transform without annotation sees one element, `Tensor` an array, `Model` all arrays as one vector.
"""

import numpy as np

from optlib.grammar import Model, Tensor
from optlib.ops import maximum, mean, minimum, norm, ratio


def clip_value(g, *, limit):
    """The gradient with every component brought into [-limit, limit]; this turns its direction.

    Raises ValueError for a negative limit.
    """
    _not_negative("limit", limit)
    return minimum(maximum(g, -limit), limit)


def clip_norm(g: Tensor, *, max_norm):
    """Each array of the gradient, shortened to `max_norm` when it is longer, whatever the others are.

    Raises ValueError for a negative max_norm.  Source: Pascanu, Mikolov and Bengio (2013), array by array.
    """
    _not_negative("max_norm", max_norm)
    return g * minimum(1.0, ratio(max_norm, norm(g), 1.0))


def clip_global_norm(g: Model, *, max_norm):
    """The gradient, shortened to `max_norm` when it is longer; the direction is kept over all arrays together.

    PyTorch adds 1e-6 to the norm.  Raises ValueError for a negative max_norm.
    Source: Pascanu, Mikolov and Bengio (2013).
    """
    _not_negative("max_norm", max_norm)
    return g * minimum(1.0, ratio(max_norm, norm(g), 1.0))


def weight_decay_l2(g, theta, *, weight_decay):
    """The gradient of the loss plus weight_decay / 2 times the squared 2-norm of theta.

    Raises ValueError for a negative weight_decay.
    """
    _not_negative("weight_decay", weight_decay)
    return g + weight_decay * theta


def gradient_noise(g, rng, t, *, variance=0.01, decay=0.55):
    """The gradient plus normal noise of variance `variance` / t**decay.

    Raises ValueError for a negative variance.
    Source: Neelakantan et al. (2015), who count t from 0 and write (1 + t).
    """
    _not_negative("variance", variance)
    noise = rng.standard_normal(g.shape).astype(g.dtype) if isinstance(g, np.ndarray) else rng.standard_normal()
    return g + noise * (variance / t**decay) ** 0.5


def centralize(g: Tensor, *, axis=0):
    """The gradient of a weight matrix less its mean over the inputs, so that each output's weights keep their sum.

    axis: the inputs; 0 for the layout (inputs, outputs) of the paper and of this book, (1, ..., n) for that of PyTorch.
    Arrays of fewer than two dimensions stay as they are.  Source: Yong et al. (2020), gradient centralization.
    """
    return g - mean(g, axis) if np.ndim(g) > 1 else g


def _not_negative(name, value):
    if not value >= 0:
        raise ValueError(f"{name} must be at least 0, got {value!r}")
