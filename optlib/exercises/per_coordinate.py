"""Exercises of chapter 06, Per-coordinate steps: Rprop, AdaGrad, RMSProp, AdaDelta."""

import math
from functools import cache, partial

import numpy as np

from optlib import rules
from optlib.exercises.kinds import choice, expression, function, number

adagrad = partial(rules.adagrad, eps=0.0)


def distance_of_three():
    theta, G = 0.0, 0.0
    for _ in range(3):
        theta, G = adagrad(theta, 1.0, G, lr=1.0)
    return -theta


def length_after(signs=(1.0, 1.0, 1.0, -1.0)):
    theta, state = 0.0, (0.0, 0.0, 0.0)
    for t, g in enumerate(signs, start=1):
        theta, *state = rules.rprop(theta, g, *state, t, lr=0.1)
    return state[1]


def step_inside(g=1e-4, eps=1e-8):
    return g / math.sqrt(g**2 + eps)


def steps_to_forget():
    """v is 1, and s**-2 in the end; the old share rho**n (1 - s**-2) is three times the new value when v is four."""
    import sympy

    rho, s, share = sympy.symbols("rho s share", positive=True)
    (share,) = sympy.solve(sympy.Eq(share + (1 - share) / s**2, 4 / s**2), share)
    return sympy.log(share) / sympy.log(rho)


@cache
def images():
    from optlib.problems.digits import digits

    rng = np.random.default_rng(4)
    theta, G = rng.normal(size=640), rng.uniform(0.0, 2.0, 640)
    cases = []
    for k, eps in ((3, 1e-10), (40, 1e-10), (7, 0.5)):
        pixels = np.flatnonzero(digits().X[k])
        rows = 10 * pixels + digits().y[k]  # the weights of one class at the lit pixels
        cases.append((rows, -rng.uniform(0.2, 0.9) * digits().X[k][pixels], eps))
    return theta, G, cases


def gradients():
    theta, G, cases = images()
    made = []
    for rows, g, eps in cases:
        made.append(dict(theta=theta.copy(), G=G.copy(), rows=rows.copy(), g=g.copy(), lr=0.1, eps=eps))
    return made


def touch(theta, G, rows, g, lr, eps):
    """AdaGrad on a whole gradient that is zero elsewhere."""
    whole = np.zeros_like(theta)
    whole[rows] = g
    return rules.adagrad(theta, whole, G, lr=lr, eps=eps)


def mistaken(step):
    """A mistake at the touched entries: `step(theta, G, g, lr, eps)` gives their new values."""

    def wrong(theta, G, rows, g, lr, eps):
        theta, G = theta.copy(), G.copy()
        theta[rows], G[rows] = step(theta[rows], G[rows], g, lr, eps)
        return theta, G

    return wrong


def everywhere(theta, G, rows, g, lr, eps):
    _, G_new = touch(theta, G, rows, g, lr, eps)
    return rules.adagrad(theta, np.ones_like(theta) * g.mean(), G, lr=lr, eps=eps)[0], G_new


def unit():
    """The exponents of meter and joule of theta / (g / sqrt(g**2)), with g in joules per meter."""
    meter, joule = np.array([1, 0]), np.array([0, 1])
    g = joule - meter
    left = tuple(meter - (g - g))
    return {(1, 0): "a", (2, -1): "b", (1, -1): "c", (0, 0): "d"}[left]


EXERCISES = {
    "per-coordinate-1": number(
        distance_of_three,
        [
            (3, "That is sign descent: each step one long. Here the sum under the root grows."),
            (math.sqrt(3), "That is close to 3 over the last root; add the three steps, each with its own root."),
            (1 / math.sqrt(3), "That is the third step alone."),
            (1 + 1 / 2 + 1 / 3, "The root is missing: the step divides by the root of the sum."),
            (
                1 / math.sqrt(2) + 1 / math.sqrt(3) + 1 / 2,
                "The new gradient counts before the step: at the first step G is 1 already.",
            ),
            (-distance_of_three(), "The size is right; asked is how far it has moved, a positive number."),
        ],
        digits=5,
        otherwise="Write G after each gradient, then add up the three steps 1 / sqrt(G).",
    ),
    "per-coordinate-2": number(
        length_after,
        [
            (0.1 * 1.2**3 * 0.5, "The first gradient has nothing to be compared with; count the factors again."),
            (0.1 * 1.2**3, "The first gradient changes nothing, and the fourth one turns."),
            (0.1 * 1.2**2, "That is the length before the turn."),
            (0.1 * 1.2 * 0.5, "Between three equal signs there are two comparisons."),
            (0.1 + 0.2 + 0.2 - 0.5, "The factors multiply the length; they are not added to it."),
            (0.05, "The growth while the sign stayed is missing."),
            (0.1, "The length changes at each comparison of two signs."),
        ],
        otherwise="Compare neighbors: an equal sign multiplies by 1.2, a turn by 0.5; the first step has no neighbor.",
    ),
    "per-coordinate-3": number(
        step_inside,
        [
            (1e-4 / (1e-4 + 1e-8), "That is epsilon outside the root; put it under it, beside v."),
            (0.5, "Squares add up under the root: v is 1e-8, not 1e-4."),
            (math.sqrt(2), "Turned upside down: the step is g over the root."),
            (step_inside() * 1e-4, "That is the step times g once more; divide by the gradient's size."),
        ],
        digits=4,
        otherwise="The step over eta is g / sqrt(g^2 + epsilon).",
    ),
    "per-coordinate-4": expression(
        steps_to_forget,
        {"rho": (0.5, 0.99), "s": (3, 50)},
        [
            ("2*log(s/2)/log(1/rho)", "Nearly: the new gradients have entered v as well, with the weight 1 - rho^n."),
            (
                "2*log(s)/log(1/rho)",
                "That brings the old part of v down to its final value and leaves the new one out.",
            ),
            ("log(s**2 - 1)/log(1/rho)", "The root is to be twice its final value; so how large is v?"),
            ("log(s - 1)/log(1/rho)", "v averages squares: the final value of v is 1/s^2."),
            ("log((s**2 - 1)/3)/log(rho)", "The sign is turned: log(rho) is negative, and n is not."),
            ("log(s**2 - 1)/(3*log(1/rho))", "The 3 belongs under the logarithm."),
            ("1/(1 - rho)", "That is how far back the average looks; it does not know how large the change is."),
        ],
        otherwise="After n steps v is rho^n + (1 - rho^n)/s^2; set it to four times 1/s^2.",
    ),
    "per-coordinate-5": function(
        gradients,
        touch,
        [
            (lambda theta, G, **_: (theta, G), "theta and G came back as they went in."),
            (everywhere, "Entries outside `rows` have no gradient and must stay as they are."),
            (
                mistaken(lambda theta, G, g, lr, eps: (theta - lr * g / (np.sqrt(G) + eps), G + g**2)),
                "The new gradient belongs into G before the step divides by its root.",
            ),
            (
                mistaken(lambda theta, G, g, lr, eps: (theta - lr * g / np.sqrt(G + g**2 + eps), G + g**2)),
                "Epsilon stands outside the root here.",
            ),
            (
                mistaken(lambda theta, G, g, lr, eps: (theta - lr * g / (G + g**2 + eps), G + g**2)),
                "The root over G is missing.",
            ),
            (
                mistaken(lambda theta, G, g, lr, eps: (theta + lr * g / (np.sqrt(G + g**2) + eps), G + g**2)),
                "The sign is turned: this climbs.",
            ),
            (
                mistaken(lambda theta, G, g, lr, eps: (theta - lr * g / (np.sqrt(G + abs(g)) + eps), G + abs(g))),
                "G sums the squares of the gradients.",
            ),
            (
                mistaken(lambda theta, G, g, lr, eps: (theta - lr * g / (np.sqrt(G + g**2) + eps), G)),
                "theta is right, but the new G did not come back.",
            ),
            (
                mistaken(lambda theta, G, g, lr, eps: (theta - lr * g, G + g**2)),
                "That is a plain gradient step; divide by the root of G.",
            ),
        ],
        otherwise="Copy both arrays, add g**2 to G at `rows`, then step theta at `rows` with the new G.",
    ),
    "per-coordinate-6": choice(
        unit,
        ("a", "b", "c", "d"),
        {
            "b": "Those are gradient descent's; AdaGrad divides by the root of squared gradients.",
            "c": "Joules are in g and in the root of G; what is left of them?",
            "d": "The quotient g / sqrt(G) has no unit, but the step must have that of theta.",
        },
    ),
}
