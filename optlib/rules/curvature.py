"""Elementwise rules that see an estimate of the curvature beside the gradient."""

from optlib.ops import maximum, minimum, where


def sophia(theta, g, h_new, m=0, h=0, t=1, *, lr=1e-4, beta1=0.96, beta2=0.99, gamma=0.01, eps=1e-12, every=10,
           weight_decay=0.2):  # fmt: skip
    """Sophia: an average gradient over an average curvature, clipped to one, so that a wrong curvature cannot hurt.

    h_new: an estimate of the Hessian's diagonal at theta, such as z * (H z) with random signs z; like g a value of
    theta's shape, no function.  It enters h at the steps 1, 1 + every, ... and is not looked at between them, where any
    array of that shape will do for `Optimizer.step`; `minimize` asks the problem's function h_new at every step.
    m: fading average of g.  h: fading average of h_new.  Nothing is corrected for its start at zero.
    optax corrects m and uses h one step late; pytorch_optimizer's lr is lr * gamma here.  lr: no primary default.
    Returns theta, m, h.  Source: Liu et al. (2024), Algorithm 3, with the Hutchinson estimator's gamma.
    """
    m = beta1 * m + (1 - beta1) * g
    h = where((t - 1) % every < 1, beta2 * h + (1 - beta2) * h_new, h)
    u = minimum(maximum(m / maximum(gamma * h, eps), -1.0), 1.0)
    theta = theta - lr * (u + weight_decay * theta)
    return theta, m, h
