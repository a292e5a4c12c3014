"""Rules that measure the step in the 2-norm: gradient descent, the three conventions of momentum, Nesterov."""


def sgd(theta, g, *, lr=1e-2):
    """Gradient descent, stochastic when g comes from a batch: against the gradient, lr times its length.

    theta, g: same shape.  lr: units of theta squared over units of the loss; no primary default, 1e-2 here.
    Returns the new theta.  Source: Cauchy (1847); with noise, Robbins and Monro (1951).
    """
    theta = theta - lr * g
    return theta


def momentum(theta, g, b=0, *, lr=1e-2, momentum=0.9):
    """Heavy ball, learning rate outside the buffer (the convention of PyTorch and of this book).

    b: the fading sum of past gradients, in units of the gradient.  A constant gradient ends at b = g / (1 - momentum).
    Returns theta, b.  Source: Polyak (1964).
    """
    b = momentum * b + g
    theta = theta - lr * b
    return theta, b


def momentum_inside(theta, g, b=0, *, lr=1e-2, momentum=0.9):
    """Heavy ball, learning rate inside the buffer: b is the last step with its sign turned, in units of theta.

    Same path as `momentum` while lr is constant; after a drop of lr the old velocity keeps its length.
    Returns theta, b.  Source: Polyak (1964), in the form of Sutskever et al. (2013).
    """
    b = momentum * b + lr * g
    theta = theta - b
    return theta, b


def momentum_ema(theta, g, b=0, *, lr=1e-1, momentum=0.9):
    """Heavy ball whose buffer is an average: equals `momentum` at (1 - momentum) times the learning rate.

    b: the fading average of past gradients, in units of the gradient.  A constant gradient ends at b = g.
    The default lr is ten times that of `momentum`, so that both make the same steps.  Returns theta, b.
    Source: Polyak (1964) with the weights of an exponential moving average.
    """
    b = momentum * b + (1 - momentum) * g
    theta = theta - lr * b
    return theta, b


def nesterov(theta, g, b=0, *, lr=1e-2, momentum=0.9):
    """Nesterov's acceleration in the form of the libraries: the gradient is taken at theta itself.

    theta is the look-ahead point of `methods.nesterov_lookahead`: the same algorithm seen from another place.
    Returns theta, b.  Source: Nesterov (1983); this form as in PyTorch's SGD(nesterov=True).
    """
    b = momentum * b + g
    theta = theta - lr * (g + momentum * b)
    return theta, b
