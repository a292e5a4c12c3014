"""Rules that divide each coordinate by a scale learned from its squared gradients."""

from optlib.ops import sqrt


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
