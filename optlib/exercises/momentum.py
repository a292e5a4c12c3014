"""Exercises of chapter 04, Momentum and Nesterov acceleration."""

import cmath
import math
from functools import cache, partial

import numpy as np

from optlib import rules
from optlib.exercises.kinds import choice, expression, function, number
from optlib.exercises.search import lowest, threshold
from optlib.methods import nesterov_lookahead


def radius(eta_h, mu):
    """The size of the larger root of heavy ball's characteristic polynomial."""
    p = 1 + mu - eta_h
    root = cmath.sqrt(p * p - 4 * mu)
    return max(abs(p + root), abs(p - root)) / 2


def worst(eta, mu, low=1.0, high=100.0):
    return max(radius(eta * low, mu), radius(eta * high, mu))


def best_momentum():
    def rate(mu):
        eta = lowest(lambda e: worst(e, mu), 0, 0.05, 60)
        return worst(eta, mu)

    return lowest(rate, 0, 1, 40)


def buffer(steps, mu=0.9):
    b = 0.0
    for _ in range(steps):
        _, b = rules.momentum(0.0, 1.0, b, momentum=mu)
    return b


def final_step():
    return -rules.momentum(0.0, 1.0, buffer(600), lr=0.01, momentum=0.9)[0]


def double_root():
    import sympy

    eta, h = sympy.symbols("eta h", positive=True)
    z, mu = sympy.symbols("z mu")
    roots = sympy.solve(sympy.discriminant(z**2 - (1 + mu - eta * h) * z + mu, z), mu)
    return min(roots, key=lambda r: r.subs({eta: 0.25, h: 1}))


@cache
def digits():
    """The gradient of softmax regression on 300 digits, and weights to begin with, (65, 10)."""
    from optlib.problems.digits import digits_softmax

    return digits_softmax(size=300).grad, 0.1 * np.random.default_rng(1).standard_normal((65, 10))


def runs():
    out, (grad, start) = [], digits()
    for lr, mu in ((0.5, 0.9), (0.05, 0.5)):
        points = [(start, np.zeros_like(start))]
        for _ in range(6):
            theta, b = points[-1]
            points.append(nesterov_lookahead(theta, grad, b, lr=lr, momentum=mu))
        thetas, buffers = map(np.array, zip(*points))
        out.append(dict(thetas=thetas, buffers=buffers, lr=lr, momentum=mu))
    return out


def as_libraries(thetas, buffers, lr, momentum):
    theta, b = thetas[0], 0
    points = [theta]
    for _ in thetas[1:]:
        theta, b = rules.nesterov(theta, digits()[0](theta), b, lr=lr, momentum=momentum)
        points.append(theta)
    return np.array(points)


def starts():
    return [
        dict(grad=digits()[0], theta=digits()[1].copy(), lr=lr, momentum=mu, steps=steps)
        for lr, mu, steps in ((0.5, 0.9, 10), (0.05, 0.5, 3))
    ]


def run(rule, grad, theta, lr, momentum, steps):
    state = ()
    for _ in range(steps):
        theta, *state = rule(theta, grad(theta), *state, lr=lr, momentum=momentum)
    return theta


def plain(theta, g, *, lr, momentum):
    return (rules.sgd(theta, g, lr=lr),)


def uphill(grad, theta, lr, momentum, steps):
    return run(rules.momentum, grad, theta, -lr, momentum, steps)


def late(grad, theta, lr, momentum, steps, by):
    return run(rules.momentum, grad, theta, lr, momentum, steps + by)


def stale(grad, theta, **hyper):
    first = grad(theta)
    return run(rules.momentum, lambda _: first, theta, **hyper)


def keeps_old_velocity():
    """The convention whose step right after the drop, at a zero gradient, is momentum times the step before."""

    def kept(rule):
        b = 0.0
        for _ in range(600):
            before, b = rule(0.0, 1.0, b, lr=0.1, momentum=0.9)
        after, _ = rule(0.0, 0.0, b, lr=0.01, momentum=0.9)
        return after / before

    return next(name for name in CONVENTIONS if math.isclose(kept(getattr(rules, name)), 0.9))


CONVENTIONS = ("momentum", "momentum_inside", "momentum_ema")

EXERCISES = {
    "momentum-1": number(
        final_step,
        [
            (0.01, "That is eta itself; the buffer holds more than the newest gradient."),
            (10, "That is what the buffer multiplies g by; the learning rate is still to come."),
            (0.001, "That multiplies eta by 1 - mu, which is what the averaging convention would do."),
            (0.01 / 0.9, "Divided by mu; add up the weights 1, mu, mu^2, ... instead."),
            (0.019, "That is the second step; the buffer goes on growing."),
            (0.009, "That is the weight of the gradient one step ago; all of them add up."),
        ],
        otherwise="A buffer that no longer changes satisfies b = mu b + g; solve for b.",
    ),
    "momentum-2": number(
        lambda: threshold(lambda eta: radius(100 * eta, 0.9) <= 1, 1e-6, 1),
        [
            (2 / 100, "That is the bound without momentum; heavy ball allows more."),
            (2 * 0.1 / 100, "That is the plain bound times 1 - mu; the bound grows with momentum."),
            (
                2 / 0.1 / 100,
                "That is the plain bound over 1 - mu; at the bound a root sits at z = -1, not where steps add up.",
            ),
            (4 / 100, "That is the limit for mu going to 1."),
            (1.9 / 100, "A factor is missing: put z = -1 into the polynomial again."),
            (3.8, "That is the bound on eta L; asked is the one on eta."),
            (1 / 100, "That is 1/L, where plain descent solves the steepest direction at once."),
        ],
        otherwise="The last stable eta has a root at z = -1; put it into z^2 - (1 + mu - eta L) z + mu = 0.",
    ),
    "momentum-3": number(
        best_momentum,
        [
            (9 / 11, "That is the factor per step that results; mu is another power of it."),
            (99 / 101, "That is the factor of plain gradient descent at its best eta."),
            ((99 / 101) ** 2, "That has kappa where its square root belongs."),
            (0.9, "That is the usual setting; asked is the best one for kappa = 100."),
            (81.0 / 100, "That is the border for the curvature 1 at eta = 1/100; eta is free too."),
            (11 / 9, "Larger than one: such a buffer grows by itself."),
            ((11 / 9) ** 2, "Larger than one, turned upside down: such a buffer grows by itself."),
        ],
        digits=3,
        otherwise="At the best pair the smallest and the largest curvature both have a double root; what follows?",
    ),
    "momentum-4": number(
        lambda: buffer(10) / buffer(2000),
        [
            (0.9**10, "That is the share of all the older ones."),
            (1 - 0.9**9, "That counts one gradient too few: the newest has weight mu^0."),
            (1 - 0.9**11, "That counts one gradient too many: the newest has weight mu^0."),
            (buffer(10), "That is the sum of the ten weights, not yet their share of the whole."),
            (0.1, "That is the newest one's share alone."),
            (65.1, "That looks like percent; give the share itself."),
            (1, "The older ones fade but never vanish."),
        ],
        digits=3,
        otherwise="The weights are 1, mu, mu^2, ...; divide the sum of the first ten by the sum of all.",
    ),
    "momentum-5": function(
        runs,
        as_libraries,
        [
            (
                lambda thetas, buffers, lr, momentum: thetas,
                "These are the thetas as they came; the gradient is taken further on.",
            ),
            (
                lambda thetas, buffers, lr, momentum: thetas + lr * momentum * buffers,
                "These points lie behind: coasting goes on in the direction of the last step.",
            ),
            (
                lambda thetas, buffers, lr, momentum: thetas - momentum * buffers,
                "The learning rate is missing: the buffer is in units of the gradient.",
            ),
            (
                lambda thetas, buffers, lr, momentum: thetas - lr * buffers,
                "The momentum is missing: only a part of the last step is coasted on.",
            ),
            (
                lambda thetas, buffers, lr, momentum: (
                    thetas - lr * momentum * np.concatenate([buffers[:1], buffers[:-1]])
                ),
                "One step late: the point after theta_t uses the buffer b_t that has just been made.",
            ),
        ],
        tolerance=1e-12,
        otherwise="Where would theta_t go next if no further gradient came? Take that step.",
    ),
    "momentum-6": expression(
        double_root,
        dict(eta=(0.05, 0.95), h=(0.05, 0.95)),
        [
            ("(1 + sqrt(eta*h))**2", "That is the other double root, where mu is above 1."),
            ("1 - sqrt(eta*h)", "That is the size of the root z there; mu is the product of the two roots."),
            ("(1 - eta*h)**2", "A square root got lost when the discriminant was solved."),
            ("(1 - sqrt(h))**2", "The eta got lost on the way."),
            ("(1 - sqrt(eta))**2", "The h got lost on the way."),
            ("(1 - eta*h)**2/4", "With mu left out of the middle coefficient; it is 1 + mu - eta h."),
            ("1 - eta*h", "There the roots are not equal: set the discriminant to zero."),
        ],
        otherwise="Set the discriminant (1 + mu - eta h)^2 - 4 mu to zero and keep the solution below 1.",
    ),
    "momentum-7": function(
        starts,
        partial(run, rules.momentum),
        [
            (partial(run, plain), "This is gradient descent without momentum: does the buffer reach the next step?"),
            (uphill, "This climbs: the buffer is to be taken away from theta."),
            (
                partial(run, rules.momentum_ema),
                "This averages the gradients: the new gradient enters the buffer whole, not with 1 - momentum.",
            ),
            (
                partial(run, rules.nesterov),
                "This is Nesterov's method in the libraries' form; heavy ball moves by the buffer itself.",
            ),
            (partial(late, by=-1), "One step too few."),
            (partial(late, by=1), "One step too many."),
            (stale, "The gradient should be asked anew at every theta."),
        ],
        otherwise="Do two steps on J = theta^2 / 2 by hand and by your function, and see where they part.",
    ),
    "momentum-8": choice(
        keeps_old_velocity,
        CONVENTIONS,
        {
            "momentum": "There the smaller learning rate multiplies the whole buffer, old gradients too.",
            "momentum_ema": "There, too, the learning rate multiplies the finished buffer; averaging only scales it.",
        },
    ),
}
