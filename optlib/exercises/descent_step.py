"""Exercises of chapter 01, The descent step."""

import itertools

import numpy as np

from optlib.exercises.kinds import array, choice, expression, function, number
from optlib.exercises.search import lowest, threshold
from optlib.models import softmax

H = np.array([1.0, 100.0])


def factor(eta):
    return np.max(np.abs(1 - eta * H))


def best_rate():
    eta = lowest(factor, 0, 1)
    return eta, factor(eta)


def change_of_loss():
    import sympy

    eta, h, g, theta = sympy.symbols("eta h g theta")
    loss = h * theta**2 / 2
    slope = sympy.diff(loss, theta)
    return sympy.expand((loss.subs(theta, theta - eta * slope) - loss).subs(theta, g / h))


def larger_coordinate():
    x, y = np.abs((1 - 0.0199 * H) ** 100)
    return "x" if x > y else "y"


def steepest():
    return min(itertools.product((-1, -0.5, 0, 0.5, 1), repeat=2), key=lambda p: 3 * p[0] - 4 * p[1])


def trials():
    from optlib.problems.digits import digits

    X, Y = digits().X[:300], softmax.one_hot(digits().y[:300], 10)
    W = np.random.default_rng(1).standard_normal((64, 10))
    return [dict(W=0.1 * W, X=X.copy(), Y=Y.copy()), dict(W=1000 * W, X=X[:40].copy(), Y=Y[:40].copy())]


def gradient(W, X, Y):
    return softmax.gradient(W, X, Y)


def unnormalized(W, X, Y):
    return X.T @ (np.exp(X @ W) - Y) / len(X)


def over_rows(W, X, Y):
    return X.T @ (softmax.softmax((X @ W).T).T - Y) / len(X)


def near(a, b):
    return abs(a - b) <= 1e-3 * abs(b)


def first_is_best(answer):
    return near(answer[0], best_rate()[0])


EXERCISES = {
    "descent-step-1": number(
        lambda: threshold(lambda eta: factor(eta) <= 1, 0, 1),
        [
            (2, "That is the bound for curvature 1 alone; which curvature is violated first as eta grows?"),
            (1 / H[1], "There the steepest direction is solved in one step; it still converges beyond."),
            (2 * H[1], "That is the reciprocal way round: a larger curvature should allow a smaller eta."),
            (2 / H.sum(), "That is the eta of the fastest worst case, not yet the last one that converges."),
            (1, "There the direction of curvature 1 is solved in one step; look at what the other one does."),
            (H[1] / 2, "Turned upside down: a larger curvature should allow a smaller eta."),
        ],
        otherwise="A direction of curvature h multiplies its error by 1 - eta h: when does none of them grow?",
    ),
    "descent-step-2": array(
        best_rate,
        [
            (
                lambda a: np.allclose(a, best_rate()[::-1], rtol=1e-3),
                "Both numbers are there, in the other order: eta comes first.",
            ),
            (
                lambda a: first_is_best(a) and near(a[1], factor(a[0]) ** 2),
                "eta is right; that factor is the loss's, asked is the error's.",
            ),
            (
                lambda a: first_is_best(a) and near(a[1], (H[1] - 1) / H[1]),
                "eta is right; its factor is not that of eta = 1/100.",
            ),
            (lambda a: first_is_best(a) and a[1] < 0, "eta is right; give the factor's size, without its sign."),
            (
                lambda a: first_is_best(a),
                "eta is right; put it into the factors of both curvatures and take the larger size.",
            ),
            (lambda a: near(a[0], 2 / H[1]), "With that eta the steepest direction only swings and never shrinks."),
            (
                lambda a: near(a[0], 1 / H[1]),
                "That eta solves the steepest direction at once and leaves the flat one slower than need be.",
            ),
            (lambda a: near(a[0], 1 / np.sqrt(H[1])), "That eta is past the bound of the steepest direction."),
        ],
        digits=4,
        otherwise="At the best eta the two directions shrink equally fast: set |1 - eta| equal to |1 - 100 eta|.",
    ),
    "descent-step-3": expression(
        change_of_loss,
        dict(eta=(0.1, 2.0), h=(0.1, 3.0), g=(-2.0, 2.0)),
        [
            ("-eta*g**2", "That is the linear model's promise; the curvature takes some of it back."),
            ("-eta*g**2 + eta**2*h*g**2", "Nearly: the second-order term of a Taylor series carries a factor."),
            ("-eta*g**2 - eta**2*h*g**2/2", "Nearly: does positive curvature help the step or spoil it?"),
            ("eta*g**2 - eta**2*h*g**2/2", "The sign is turned: the change is the new loss minus the old one."),
            (
                "-eta*g**2 + eta*h*g**2/2",
                "Nearly: the second-order term holds the step squared, and the step is -eta g.",
            ),
            (
                "-eta*g + eta**2*h*g**2/2",
                "Nearly: the first-order term is slope times step, and the step holds the slope again.",
            ),
            ("-eta*g**2 + eta**2*g**2/2", "Nearly: the second-order term needs the curvature."),
            ("eta**2*h*g**2/2", "That is the second-order term alone; the first-order one is missing."),
        ],
        otherwise="Put theta - eta g into h theta^2 / 2, subtract h theta^2 / 2, and replace h theta by g.",
    ),
    "descent-step-4": function(
        trials,
        gradient,
        [
            (
                lambda W, X, Y: -gradient(W, X, Y),
                "The sign is turned: this points downhill, the gradient points uphill.",
            ),
            (
                lambda W, X, Y: len(X) * gradient(W, X, Y),
                "This is the gradient of the summed loss; the loss is the mean over the rows.",
            ),
            (
                lambda W, X, Y: gradient(W, X, Y) / 10,
                "Divided by rows and classes; the loss is the mean over the rows alone.",
            ),
            (unnormalized, "The exponentials are not divided by their sum in each row."),
            (
                lambda W, X, Y: X.T @ (X @ W - Y) / len(X),
                "This is the gradient of a squared error; the scores should become probabilities first.",
            ),
            (lambda W, X, Y: gradient(W, X, 0 * Y), "The labels do not enter."),
            (over_rows, "The probabilities sum to one over the rows; they should do so over the ten classes."),
        ],
        tolerance=1e-6,
        infinite="Large scores overflow: take each row's largest one away first; the probabilities stay.",
        otherwise="Start from one row and one weight, write the chain rule, and test it against a finite difference.",
    ),
    "descent-step-5": array(
        steepest,
        [
            (
                (-0.6, 0.8),
                "That is the steepest direction of the 2-norm; in the max norm both coordinates have their own limit.",
            ),
            ((1, -1), "The sign is turned: that is where the model rises most."),
            ((0, 1), "That is the steepest direction of the 1-norm, which spends everything on one coordinate."),
            ((-3, 4), "That is -g, whose max norm is larger than allowed."),
            ((-0.75, 1), "That is -g shrunk until it fits; the first coordinate has room left."),
            ((1, 1), "Look at the sign of the first coordinate: does it lower g @ p?"),
            ((-1, -1), "Look at the sign of the second coordinate: does it lower g @ p?"),
        ],
        otherwise="The max norm lets every coordinate move by up to 1 on its own: what does each do to lower g @ p?",
    ),
    "descent-step-6": choice(
        larger_coordinate,
        ("x", "y", "equal"),
        {
            "x": "Compare the sizes of 1 - eta and 1 - 100 eta: the flat direction is not always the slow one.",
            "equal": "They would be equal for the best eta; this one is larger.",
        },
    ),
}
