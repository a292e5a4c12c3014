"""Schedule-free rules: the gradient is taken at theta, and the average is the answer."""

from optlib.grammar import same
from optlib.ops import ratio, sqrt


def schedule_free_sgd(theta, g, z=same, average=same, w: float = 0.0, *, lr=1.0, beta1=0.9, weight_decay=0.0):
    """Schedule-free SGD: plain steps of z, their average as the answer, and gradients taken between the two.

    theta: the point between (y in the paper), where g was taken.  z: where plain steps lead.
    average: the answer (x), a mean of z in which step t weighs lr**2.  w: the sum of these weights.
    The authors' package weighs with the largest lr so far; the two are the same until lr falls.
    Returns theta, z, average, w.  Source: Defazio et al. (2024); lr as in the authors' package.
    """
    w = w + lr**2
    c = ratio(lr**2, w, 0.0)
    z = z - lr * (g + weight_decay * theta)
    average = (1 - c) * average + c * z
    theta = (1 - beta1) * z + beta1 * average
    return theta, z, average, w


def schedule_free_adamw(
    theta, g, z=same, average=same, v=0, w: float = 0.0, t=1,
    *, lr=2.5e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0,
):  # fmt: skip
    """Schedule-free AdamW: schedule-free SGD whose steps are divided as in Adam; no first moment is needed.

    v: fading average of g**2; the other states as in `schedule_free_sgd`.  The decay acts at theta.
    Returns theta, z, average, v, w.  Source: Defazio et al. (2024), Algorithm 1; defaults of the authors' package.
    """
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = v / (1 - beta2**t)
    w = w + lr**2
    c = ratio(lr**2, w, 0.0)
    z = z - lr * (g / (sqrt(v_hat) + eps) + weight_decay * theta)
    average = (1 - c) * average + c * z
    theta = (1 - beta1) * z + beta1 * average
    return theta, z, average, v, w
