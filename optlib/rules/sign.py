"""Rules that look at the sign of the gradient: steepest descent in the largest coordinate's norm."""

from optlib.ops import maximum, minimum, sign, where


def signsgd(theta, g, *, lr=1e-3):
    """signSGD: every coordinate moves by lr, against the sign of its gradient.

    theta, g: same shape.  lr: units of theta; no primary default.  A coordinate whose gradient is zero rests.
    Returns the new theta.  Source: Bernstein et al. (2018), Algorithm 1.
    """
    theta = theta - lr * sign(g)
    return theta


def lion(theta, g, m=0, *, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
    """Lion: the sign of an average of gradients, in which the newest weighs more than in the average that is kept.

    m: fading average of g, in units of the gradient.  The decay is multiplied by lr (so in all libraries).
    Default decay 0 as in the authors' code; 1e-3 in optax.
    Returns theta, m.  Source: Chen et al. (2023), Algorithm 2.
    """
    c = beta1 * m + (1 - beta1) * g
    theta = theta - lr * (sign(c) + weight_decay * theta)
    m = beta2 * m + (1 - beta2) * g
    return theta, m


def rprop(theta, g, g_old=0, delta=0, d=0, t=1, *, lr=0.1, up=1.2, down=0.5, low=1e-6, high=50.0, retract=1.0):
    """Rprop: each coordinate has a step of its own, longer while the sign of its gradient stays, shorter when it turns.

    g_old: the last gradient, zero after a turn, so that no turn is punished twice.  delta: the length of the step, in
    units of theta; lr is the first one.  d: the last move.  low, high: bounds of delta.  For full batches.
    retract: what part of the last move is taken back at a turn: 1 in the paper; 0 is PyTorch's variant (iRprop-, Igel
    and Huesken 2003), in which the coordinate rests, and PyTorch's lr is 1e-2.
    Returns theta, g_old, delta, d.  Source: Riedmiller and Braun (1993), with its defaults.
    """
    s = sign(g) * sign(g_old)
    before = where(t > 1, delta, lr + 0 * g)  # 0 * g: lr in the shape and dtype of g
    delta = where(s > 0, minimum(up * before, high), where(s < 0, maximum(down * before, low), before))
    d = where(s < 0, -retract * d, -sign(g) * delta)
    g_old = where(s < 0, 0.0, g)
    theta = theta + d
    return theta, g_old, delta, d
