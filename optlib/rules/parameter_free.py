"""Rules that estimate their own learning rate."""

from optlib.grammar import Model, same
from optlib.ops import dot, maximum, norm1, ratio, sqrt


def prodigy(
    theta: Model, g, m=0, v=0, s=0, start=same, r: float = 0.0, d: float = 1e-6,
    *, lr=1.0, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0,
):  # fmt: skip
    """Prodigy: Adam whose rate is lr times d, a growing lower bound on the distance from the start to a minimizer.

    m, v: Adam's moments of d * g.  s, r: fading sums of gradients and of their work against the way from the start.
    d: that bound, one number for all arrays; it starts at 1e-6 and never falls.  a: the rate of this step.
    eps is multiplied by the new d, as in the authors' code, optax and pytorch_optimizer (the paper: the old d).
    No correction of m and v; optax always corrects, which is lr * sqrt(1 - beta2**t) / (1 - beta1**t) here.
    Returns theta, m, v, s, start, r, d.  Source: Mishchenko and Defazio (2024), the version for Adam.
    """
    a = lr * d
    m = beta1 * m + (1 - beta1) * d * g
    v = beta2 * v + (1 - beta2) * d**2 * g**2
    s = sqrt(beta2) * s + (1 - sqrt(beta2)) * a * d * g
    r = sqrt(beta2) * r + (1 - sqrt(beta2)) * a * d * dot(g, start - theta)
    d = maximum(d, ratio(r, norm1(s), 0.0))
    theta = theta - a * (m / (sqrt(v) + d * eps) + weight_decay * theta)
    return theta, m, v, s, start, r, d
