"""Adam and its nearest relatives: a fading average of gradients over a scale learned from their squares."""

from optlib.ops import abs, maximum, ratio, sqrt


def adam(theta, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam: average gradient over root of average square, both corrected for their start at zero.

    m, v: fading averages of g and g**2.  eps stands outside the root, after the correction.
    Returns theta, m, v.  Source: Kingma and Ba (2015), Algorithm 1, with its defaults.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (sqrt(v_hat) + eps)
    return theta, m, v


def adamax(theta, g, m=0, u=0, t=1, *, lr=2e-3, beta1=0.9, beta2=0.999, eps=0.0):
    """Adamax: Adam with the fading maximum of |g| in place of the root of the average square.

    u: fading maximum, needs no correction.  While every gradient has been zero, the step is zero.
    eps: 0 in the paper; 1e-8 inside the maximum in PyTorch and optax.
    Returns theta, m, u.  Source: Kingma and Ba (2015), section 7, with its defaults.
    """
    m = beta1 * m + (1 - beta1) * g
    u = maximum(beta2 * u, abs(g) + eps)
    theta = theta - lr / (1 - beta1**t) * ratio(m, u, 0)
    return theta, m, u


def nadam(theta, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Nadam: Adam with next step's share of the momentum used now; the gradient stays at theta.

    Constant beta1, as in optax; PyTorch lets it rise with t and Dozat's text has a further factor beta2 on v_hat.
    Returns theta, m, v.  Source: Dozat (2016).
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (sqrt(v_hat) + eps)
    return theta, m, v
