"""Adam with more than one momentum: a difference of gradients, or a second and slower average."""

from optlib.ops import sqrt, where


def adan(theta, g, m=0, v=0, n=0, g_old=0, t=1, *, lr=1e-3, beta1=0.98, beta2=0.92, beta3=0.99, eps=1e-8,
         weight_decay=0.0):  # fmt: skip
    """Adan: Nesterov's momentum without a second gradient; averages of gradients and of their differences, rescaled.

    m, v: fading averages of g and of d = g - g_old.  n: fading average of (g + beta2 * d)**2.  g_old: the last g.
    beta: what is kept at a step, 1 minus the paper's.  All averages are corrected for their start at zero, as in the
    authors' code (the paper starts them at the first gradient).  The decay divides, so it is an implicit step.
    optax puts 1 - beta2 where beta2 belongs.
    Returns theta, m, v, n, g_old.  Source: Xie et al. (2024), Algorithm 1, and the authors' code.
    """
    d = where(t > 1, g - g_old, 0 * g)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * d
    n = beta3 * n + (1 - beta3) * (g + beta2 * d) ** 2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    n_hat = n / (1 - beta3**t)
    theta = (theta - lr * (m_hat + beta2 * v_hat) / (sqrt(n_hat) + eps)) / (1 + lr * weight_decay)
    g_old = g
    return theta, m, v, n, g_old


def ademamix(theta, g, m=0, m_slow=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, beta3=0.9999, alpha=5.0, eps=1e-8,
             weight_decay=0.0):  # fmt: skip
    """AdEMAMix: Adam, to whose average a second one is added that remembers ten thousand gradients.

    m, v: as in `adam`.  m_slow: fading average of g with beta3, not corrected.  alpha: its weight.  The paper lets
    alpha and beta3 rise from 0 and beta1; give them as functions of t.  The decay is that of `adamw`.
    Returns theta, m, m_slow, v.  Source: Pagliardini et al. (2024), Algorithm 1, with its defaults.
    """
    m = beta1 * m + (1 - beta1) * g
    m_slow = beta3 * m_slow + (1 - beta3) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * ((m_hat + alpha * m_slow) / (sqrt(v_hat) + eps) + weight_decay * theta)
    return theta, m, m_slow, v
