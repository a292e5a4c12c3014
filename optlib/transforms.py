"""Transforms of the gradient, pure functions in the grammar of the rules."""

from optlib.grammar import Model
from optlib.ops import minimum, norm, ratio


def clip_global_norm(g: Model, *, max_norm):
    """The gradient, shortened to `max_norm` when it is longer; the direction is kept over all arrays together.

    Source: Pascanu, Mikolov and Bengio (2013).
    """
    return g * minimum(1.0, ratio(max_norm, norm(g), 1.0))


def weight_decay_l2(g, theta, *, weight_decay):
    """The gradient of the loss plus weight_decay / 2 times the squared 2-norm of theta."""
    return g + weight_decay * theta


def gradient_noise(g, rng, t, *, variance=0.01, decay=0.55):
    """The gradient plus normal noise of variance `variance` / t**decay.

    Source: Neelakantan et al. (2015), who count t from 0 and write (1 + t).
    """
    return g + rng.standard_normal(g.shape) * (variance / t**decay) ** 0.5
