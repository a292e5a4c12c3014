"""Steps with one curvature for each coordinate: its inverse is that coordinate's rate."""

from optlib.ops import abs, ratio, where


def diagonal_newton(theta, g, h_new, *, lr=1.0, eps=1e-8):
    """Newton's step with the diagonal of the Hessian alone, its sign dropped so that the step goes downhill.

    h_new: the diagonal of the Hessian or an estimate of it; like g a value of theta's shape.
    eps: keeps the rate finite in flat directions; the paper's mu.
    Returns theta.  Source: Becker and LeCun (1988); LeCun et al. (1998), who average h_new over steps.
    """
    theta = theta - lr * g / (abs(h_new) + eps)
    return theta


def vsgd(theta, g, h_new, m=0, v=0, h=0, tau=1, t=1, *, warmup=10, caution=1.0):
    """vSGD: the rate that is best for the next step on a noisy parabola, estimated for each coordinate.

    h_new: an estimate of the Hessian's diagonal on the same example or batch; like g a value of theta's shape.
    m, v, h: fading averages of g, g^2 and |h_new|.  tau: how many steps they look back; it grows while the gradients
    are noise and shrinks when they agree.  The rate is m^2 / (h v), zero where h or v is.
    warmup: steps in which nothing moves and the averages are plain; at least 2, as with one gradient all seems certain.
    The paper takes a thousandth of the examples.  caution: what the first v is multiplied by; the paper takes a tenth
    of the number of parameters.  The paper has no `lr`, and neither has this.
    Returns theta, m, v, h, tau.  Source: Schaul, Zhang and LeCun (2013), Algorithm 1 with its slow start.
    """
    m = (1 - 1 / tau) * m + g / tau
    v = (1 - 1 / tau) * v + where(t <= warmup, caution, 1.0) * g**2 / tau
    h = (1 - 1 / tau) * h + abs(h_new) / tau
    eta = ratio(m**2, h * v, 0.0)
    theta = where(t > warmup, theta - eta * g, theta)
    tau = where(t > warmup, (1 - ratio(m**2, v, 0.0)) * tau + 1, where(t < warmup, tau + 1, tau))
    return theta, m, v, h, tau
