"""Adam with its scale repaired: kept from falling, trusted later, bounded, or taken before the gradient is seen."""

from optlib.ops import maximum, minimum, ratio, sign, sqrt, where


def amsgrad(theta, g, m=0, v=0, v_max=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, corrected=0):
    """AMSGrad: Adam over the largest average square so far, so that no rate ever rises again.

    m, v: as in `adam`.  v_max: the largest v so far.  corrected: 0 as in the paper; 1 divides m and v_max by
    1 - beta**t, as PyTorch does (optax corrects v before it takes the maximum).  eps: none in the paper.
    Returns theta, m, v, v_max.  Source: Reddi, Kale and Kumar (2018), Algorithm 2.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = maximum(v_max, v)
    m_hat = m / (1 - corrected * beta1**t)
    v_hat = v_max / (1 - corrected * beta2**t)
    theta = theta - lr * m_hat / (sqrt(v_hat) + eps)
    return theta, m, v, v_max


def radam(theta, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, threshold=4):
    """RAdam: momentum alone until the average square rests on enough gradients, then Adam times a rising factor.

    m, v: as in `adam`.  rho: how many gradients v rests on; r: the factor, at most 1, from the variance of 1 / sqrt(v).
    threshold: 4 in the paper; 5 in the authors' code and PyTorch, which start one step later.
    eps is added to the root of v before its correction (authors' code, PyTorch; after it in optax).
    Returns theta, m, v.  Source: Liu et al. (2020), Algorithm 2.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    r = sqrt(maximum(ratio((rho - 4) * (rho - 2) * rho_inf, (rho_inf - 4) * (rho_inf - 2) * rho, 0.0), 0.0))
    d = where(rho > threshold, r * m_hat * sqrt(1 - beta2**t) / (sqrt(v) + eps), m_hat)
    theta = theta - lr * d
    return theta, m, v


def adabound(theta, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, final_lr=0.1, gamma=1e-3):
    """AdaBound: Adam whose rate for each coordinate lies between two bounds that close on final_lr.

    m, v: as in `adam`.  eta: the rate of a coordinate.  gamma: how fast the bounds close.
    The authors' code, which corrects m and v; the paper does not, and divides eta by sqrt(t).  Their code multiplies
    final_lr by lr / (first lr); here it stays, and can be given as a function of t.
    Returns theta, m, v.  Source: Luo et al. (2019), Algorithm 2, and the authors' code for the defaults.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lower = final_lr * (1 - 1 / (gamma * t + 1))
    upper = final_lr * (1 + 1 / (gamma * t))
    eta = lr * sqrt(1 - beta2**t) / (1 - beta1**t) / (sqrt(v) + eps)
    theta = theta - minimum(maximum(eta, lower), upper) * m
    return theta, m, v


def yogi(theta, g, m=1e-6, v=1e-6, t=1, *, lr=1e-2, beta1=0.9, beta2=0.999, eps=1e-3):
    """Yogi: the average square moves toward g**2 by a share of g**2, so it can fall only slowly.

    m, v: as in `adam`, but both start at 1e-6 and are then corrected as if they had started at zero (authors' code,
    optax).  The paper starts m at zero, v at the squares of a large batch, and corrects nothing.
    Returns theta, m, v.  Source: Zaheer et al. (2018), Algorithm 2, with its defaults.
    """
    m = beta1 * m + (1 - beta1) * g
    v = v - (1 - beta2) * sign(v - g**2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (sqrt(v_hat) + eps)
    return theta, m, v


def adabelief(theta, g, m=0, s=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-16):
    """AdaBelief: Adam over the root of the average square of g - m, how far the gradient is from what was expected.

    m: as in `adam`.  s: fading average of (g - m)**2.  eps joins s at every step, and its root once more.
    eps 1e-16 as in the authors' later code and optax; 1e-8 in the paper.
    Returns theta, m, s.  Source: Zhuang et al. (2020), Algorithm 2.
    """
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    theta = theta - lr * m_hat / (sqrt(s_hat) + eps)
    return theta, m, s


def adopt(theta, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.9999, eps=1e-6):
    """ADOPT: the gradient is divided by the scale of the gradients before it, clipped, and then averaged.

    m: fading average of the divided gradients, without units.  v: fading average of g**2, started at the first.  The
    clip (t - 1)**0.25 is zero at t = 1: the first step only measures.  pytorch_optimizer clips at t**0.25.
    Returns theta, m, v.  Source: Taniguchi et al. (2024), Algorithm 2, with its defaults.
    """
    clip = (t - 1) ** 0.25
    c = minimum(maximum(g / maximum(sqrt(v), eps), -clip), clip)
    m = beta1 * m + (1 - beta1) * c
    theta = theta - lr * m
    v = where(t > 1, beta2 * v + (1 - beta2) * g**2, g**2)
    return theta, m, v
