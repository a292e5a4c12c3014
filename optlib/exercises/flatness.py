"""Exercises of chapter 13, Flat minima and wrappers: SAM, Lookahead, noise."""

from functools import cache, partial

import numpy as np

from optlib import Problem, minimize
from optlib.exercises.kinds import array, choice, expression, function, number
from optlib.flatness import sharpness
from optlib.rules import adamw, sgd
from optlib.transforms import gradient_noise
from optlib.wrappers import lookahead, sam


def displaced(g=(3.0, 4.0), radius=0.05):
    """How far from zero SAM asks for its second gradient on a plane of this slope."""
    asked = []

    def grad(theta):
        asked.append(theta)
        return np.array(g)

    sam(Problem(grad=grad), radius=radius).grad(np.zeros(2))
    return asked[1]


def gradients(steps=10):
    asked = []

    def grad(theta):
        asked.append(1)
        return theta

    minimize(sam(Problem(grad=grad)), np.ones(2), lookahead(adamw, every=5), steps=steps)
    return len(asked)


def smallest():
    """The minimum of x^2 + y^2 where x y = c."""
    import sympy

    x, c = sympy.symbols("x c", positive=True)
    width = x**2 + (c / x) ** 2
    return sympy.simplify(width.subs(x, sympy.solve(sympy.diff(width, x), x)[0]))


def forth_and_back():
    """Where Lookahead is after four steps."""
    step = lookahead(sgd, every=2, alpha=0.5)
    return minimize(Problem(grad=lambda theta: theta), 1.0, step, steps=4, lr=0.5).theta


def variance(t=100):
    """That of the noise, from its standard deviation at the first step and at t with the same draw."""
    first, now = (gradient_noise(0.0, np.random.default_rng(0), k, variance=1.0) for k in (1, t))
    return (now / first) ** 2


@cache
def images():
    from optlib.problems.digits import digits_softmax

    problem = digits_softmax(size=300)
    return problem, 0.3 * np.random.default_rng(2).standard_normal((65, 10))


def cases():
    """On the digits; on a bowl; and at its bottom, where there is no slope."""
    problem, theta = images()
    bowl = partial(np.multiply, 2.0)
    return [
        dict(grad=problem.grad, theta=theta.copy(), radius=0.5),
        dict(grad=bowl, theta=np.array([3.0, -4.0]), radius=0.1),
        dict(grad=bowl, theta=np.zeros(3), radius=0.1),
    ]


def uphill(grad, theta, radius):
    return sam(Problem(grad=grad), radius=radius).grad(theta)


def variant(sign=1, long=np.linalg.norm, give=lambda grad, up, g: grad(up), guard=True):
    """SAM's gradient with one of its parts exchanged."""

    def wrong(grad, theta, radius):
        g = grad(theta)
        length = long(g)
        unit = g / np.where(length == 0, 1, length) if guard else g / length
        return give(grad, theta + sign * radius * unit, g)

    return wrong


def kept():
    """What does not change when one layer's weights grow tenfold and the next one's shrink."""
    from optlib.problems.digits import digits_mlp

    net = digits_mlp((8,), size=100)
    theta, before, after = net.start, {}, {}
    scaled = {**theta, "W1": 10 * theta["W1"], "b1": 10 * theta["b1"], "W2": theta["W2"] / 10}
    for seen, at in ((before, theta), (after, scaled)):
        seen["sharpness"] = sharpness(net.grad, at)
        seen["loss"] = net.f(at)
        seen["gradient"] = sum((a**2).sum() for a in net.grad(at).values())
        seen["length"] = sum((a**2).sum() for a in at.values())
    (same,) = (name for name in before if np.isclose(before[name], after[name], rtol=1e-6))
    return same


EXERCISES = {
    "flatness-1": array(
        displaced,
        [
            ([0.15, 0.2], "That is the radius times the gradient; divide by its length."),
            ([-0.03, -0.04], "That is downhill; the worst point lies the other way."),
            ([0.6, 0.8], "That has length 1; it should be as long as the radius."),
            ([0.05, 0.05], "That is the worst corner of a square; here the length of the displacement is limited."),
            ([0.05 * 3 / 7, 0.05 * 4 / 7], "Divide by the 2-norm, not by the sum of the sizes."),
        ],
        otherwise="Divide the gradient by its length and multiply by the radius.",
    ),
    "flatness-2": number(
        gradients,
        [
            (10, "That is without SAM: how many gradients does one of its steps ask?"),
            (12, "Lookahead asks no gradient for its slow weights; SAM asks more than one a step."),
            (22, "Lookahead moves its slow weights without asking a gradient."),
            (40, "AdamW takes one gradient a step, however many arrays it keeps; only SAM adds to that."),
        ],
        otherwise="Count the gradients of one step, and what each of the two wrappers adds to it.",
    ),
    "flatness-3": expression(
        smallest,
        {"c": (0.2, 5.0)},
        [
            ("2", "That is for c = 1."),
            ("c", "That is x squared at the best point; the sharpness has another part."),
            ("2*sqrt(c)", "That is x + y there; the sharpness is the sum of the squares."),
            ("2*c**2", "At the best point x is not c: the product of x and y is."),
            ("1 + c**2", "That is the sharpness at (1, c); another point of the floor is flatter."),
            ("4*c", "That is the square of x + y, which counts the product twice too often."),
        ],
        otherwise="On the floor the sharpness is the sum of the squares; put c/x for y and look where it is lowest.",
    ),
    "flatness-4": number(
        forth_and_back,
        [
            (0.0625, "That is SGD alone; every two steps Lookahead goes half of the way back."),
            (0.625, "That is after two steps; two more begin there."),
            (0.53125, "That looks back once, after four steps; here it does so after every two."),
            (0.15625, "That is where the fast weights are after step 4; they still go half of the way back."),
            (0.31640625, "Half of each step is Lookahead with k = 1; here it looks back after two."),
        ],
        otherwise="Take two fast steps, go half of the way from the slow weights to them, and do it again from there.",
    ),
    "flatness-5": number(
        variance,
        [
            (0.281838, "That is the standard deviation; the variance is asked."),
            (0.01, "The variance falls like a power of t with exponent 0.55, not with exponent 1."),
            (0.1, "The exponent is 0.55, not one half."),
            (0.55**100, "t is the base and 0.55 the exponent, not the other way round."),
            (0.0055, "The variance is divided by a power of t; 0.55 is the exponent."),
        ],
        digits=3,
        otherwise="Divide the first variance by t to the power of 0.55.",
    ),
    "flatness-6": function(
        cases,
        uphill,
        [
            (variant(sign=-1), "The second gradient is taken downhill."),
            (variant(long=lambda g: 1.0), "The gradient is not divided by its length."),
            (variant(long=lambda g: np.linalg.norm(g, axis=0)), "Each column is divided by a length of its own."),
            (variant(long=lambda g: np.sum(g**2)), "The length is a root of the sum of squares."),
            (variant(give=lambda grad, up, g: up), "You return the displaced point; the gradient there is asked."),
            (variant(give=lambda grad, up, g: g), "You return the gradient at theta itself."),
            (variant(give=lambda grad, up, g: g + grad(up)), "Both gradients are added; only the second is wanted."),
        ],
        infinite="Where the gradient is zero your function divides zero by zero.",
        otherwise="Gradient, divided by its 2-norm, times the radius; add that to theta, and ask the gradient there.",
    ),
    "flatness-7": choice(
        kept,
        ("sharpness", "loss", "gradient", "length"),
        {
            "sharpness": "A second derivative by a weight that is ten times smaller is a hundred times larger.",
            "gradient": "The derivative by a weight that is ten times smaller is ten times larger.",
            "length": "Some weights grow by ten, the others shrink by ten; their squares do not make up for it.",
        },
    ),
}
