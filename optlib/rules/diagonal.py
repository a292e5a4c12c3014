"""Rules that divide each coordinate by a scale learned from its squared gradients."""

from optlib.ops import maximum, sqrt


def adagrad(theta, g, G=0, *, lr=1e-2, eps=1e-10):
    """AdaGrad, diagonal: each coordinate's rate falls with the root of its summed squares.

    G: sum of squared gradients.  eps stands outside the root (Duchi et al.; PyTorch, whose defaults these are).
    Returns theta, G.  Source: Duchi, Hazan and Singer (2011).
    """
    G = G + g**2
    theta = theta - lr / (sqrt(G) + eps) * g
    return theta, G


def rmsprop(theta, g, v=0, *, lr=1e-2, rho=0.9, eps=1e-8):
    """RMSProp: AdaGrad with a fading average in place of the sum.

    v: fading average of squared gradients.  rho as in the lecture; eps outside the root (PyTorch; none in the lecture).
    Returns theta, v.  Source: Tieleman and Hinton (2012), lecture 6e.
    """
    v = rho * v + (1 - rho) * g**2
    theta = theta - lr * g / (sqrt(v) + eps)
    return theta, v


def rmsprop_centered(theta, g, m=0, v=0, *, lr=1e-2, rho=0.9, eps=1e-8):
    """Centered RMSProp: the scale is the fading standard deviation of the gradient, not its root mean square.

    m, v: fading averages of g and g**2.  v - m**2 can round below zero, so it is held there.  Under a steady gradient
    the deviation fades and the step grows toward lr * g / eps.
    eps outside the root as in `rmsprop` (PyTorch); Graves has rho 0.95, 1e-4 under the root and momentum on top.
    Returns theta, m, v.  Source: Graves (2013), equations 38 to 41.
    """
    m = rho * m + (1 - rho) * g
    v = rho * v + (1 - rho) * g**2
    theta = theta - lr * g / (sqrt(maximum(v - m**2, 0)) + eps)
    return theta, m, v


def adadelta(theta, g, v=0, u=0, *, lr=1.0, rho=0.95, eps=1e-6):
    """AdaDelta: RMSProp whose rate is the root mean square of its own past steps, so that a step has units of theta.

    v: fading average of g**2.  u: fading average of squared steps.  eps under both roots: it is what starts the motion.
    lr: a factor, 1 in the paper; rho is 0.9 in PyTorch and optax.
    Returns theta, v, u.  Source: Zeiler (2012), Algorithm 1, with the rho of its experiments.
    """
    v = rho * v + (1 - rho) * g**2
    d = sqrt(u + eps) / sqrt(v + eps) * g
    theta = theta - lr * d
    u = rho * u + (1 - rho) * d**2
    return theta, v, u
