"""Rules that give each array a step in proportion to its own length, so that large batches can take large rates."""

from optlib.grammar import Tensor
from optlib.ops import norm, ratio, sqrt, where


def lars(theta: Tensor, g, b=0, *, lr=1.0, momentum=0.9, weight_decay=5e-4, trust=1e-3):
    """LARS: momentum whose rate in each array is a share of norm(theta) / norm(g).

    b: the last step with its sign turned; the rate stands inside the buffer, as in the paper and in optax
    (pytorch_optimizer: outside).  r: the array's own rate; 1 while theta is zero or nothing pulls.
    trust: that share.  lr has no primary default.  optax divides by norm(g + weight_decay * theta).
    Returns theta, b.  Source: You, Gitman and Ginsburg (2017), Algorithm 1, with its values for AlexNet.
    """
    r = where(norm(theta) > 0, ratio(trust * norm(theta), norm(g) + weight_decay * norm(theta), 1), 1)
    b = momentum * b + lr * r * (g + weight_decay * theta)
    theta = theta - b
    return theta, b


def lamb(theta: Tensor, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=1e-2):
    """LAMB: the step of AdamW, stretched in each array to lr times norm(theta).

    m, v: fading averages of g and g**2.  u: AdamW's direction.  r: the stretch, 1 where theta or u is zero.
    Returns theta, m, v.  Source: You et al. (2020), Algorithm 2, with the identity for phi; the same in optax.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    u = m_hat / (sqrt(v_hat) + eps) + weight_decay * theta
    r = where(norm(theta) > 0, ratio(norm(theta), norm(u), 1), 1)
    theta = theta - lr * r * u
    return theta, m, v
