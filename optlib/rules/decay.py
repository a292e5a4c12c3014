"""Adam with weights that fade: through the gradient, or beside it."""

from optlib.ops import sqrt


def adam_l2(theta, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2):
    """Adam with an L2 penalty: weight_decay * theta joins the gradient and is divided by the same scale.

    Equal to `adam` after the transform `weight_decay_l2`; PyTorch's Adam(weight_decay).  m, v: as in `adam`, of g_l2.
    weight_decay: units of the loss over theta squared; no primary default, that of `adamw` here.
    Returns theta, m, v.  Source: the baseline of Loshchilov and Hutter (2019), Algorithm 2.
    """
    g_l2 = g + weight_decay * theta
    m = beta1 * m + (1 - beta1) * g_l2
    v = beta2 * v + (1 - beta2) * g_l2**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (sqrt(v_hat) + eps)
    return theta, m, v


def adamw(theta, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2):
    """AdamW: Adam, and each weight shrinks by the factor 1 - lr * weight_decay, whatever its gradient.

    m, v: as in `adam`.  The decay acts on the old theta and is multiplied by lr, as in PyTorch and optax.  The paper
    multiplies it by its schedule alone: weight_decay here is the paper's divided by its initial rate alpha.
    Default 1e-2 as in PyTorch; 1e-4 in optax.  Without decay it is `adam`.
    Returns theta, m, v.  Source: Loshchilov and Hutter (2019), Algorithm 2.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * theta)
    return theta, m, v
