"""Exercises of chapter 12, Structure-aware steps."""

import itertools
from functools import cache, partial

import numpy as np

from optlib import rules
from optlib.exercises.kinds import array, choice, expression, function, number
from optlib.grammar import read, start
from optlib.methods.kfac import damped


def counts(n=3, m=4):
    """The numbers in a matrix over all weights of a layer, and in two, over its rows and over its columns."""
    sides = (list(itertools.product(range(n), range(m))), range(n), range(m))
    whole, left, right = (sum(1 for _ in itertools.product(side, side)) for side in sides)
    return [whole, left + right]


def stretched():
    """The length of LAMB's first step, from one whose direction has length four."""
    theta = np.full(16, 0.5)  # length 2; Adam's first direction is 16 signs, so its length is 4
    new, *_ = rules.lamb(theta, np.ones(16), lr=0.1, weight_decay=0.0, eps=0.0)
    return np.linalg.norm(theta - new)


def signs():
    """What Lion takes from theta, over its rate, for a given mixture."""
    c = np.array([0.3, -2.0, 0.0])
    new, _ = rules.lion(np.zeros(3), c, 0.0, lr=1.0)
    return -new


def balance():
    """Where the two terms, whose product does not depend on q, are equal."""
    import sympy

    n, m, s, a, q = sympy.symbols("n m s a q", positive=True)
    (root,) = sympy.solve(sympy.Eq(q * n * s, m * a / q), q)
    return root


def kept(p=1000):
    theta = np.zeros(p)
    return sum(np.size(state + 0 * theta) for state in start(read(rules.lion), theta))


@cache
def layers():
    from optlib.problems import digits_mlp

    net = digits_mlp(hidden=(12,), size=300)
    g = net.grad(net.start)
    return [(np.vstack([g[f"W{k}"], g[f"b{k}"]]), A, S) for k, (A, S) in enumerate(net.factors(net.start), start=1)]


def directions():
    return [
        dict(G=G.copy(), A=A.copy(), S=S.copy(), damping=damping) for G, A, S in layers() for damping in (0.5, 1e-3)
    ]


def direction(G, A, S, damping):
    P, Q = damped(A, S, damping)
    return P @ G @ Q


def direction_with(balance=lambda a, s: np.sqrt(a / s), mean=True, root=True, turned=False, swapped=False):
    """The direction with one of its parts changed."""

    def made(G, A, S, damping):
        n, m = (len(A), len(S)) if mean else (1, 1)
        q, r = balance(np.trace(A) / n, np.trace(S) / m), damping**0.5 if root else damping
        left, right = (r / q, q * r) if swapped else (q * r, r / q)
        A, S = A + left * np.eye(len(A)), S + right * np.eye(len(S))
        return A @ G @ S if turned else np.linalg.inv(A) @ G @ np.linalg.inv(S)

    return made


def exactly_damped(G, A, S, damping):
    """What the damping would be on the whole product, which is then no product."""
    a, U = np.linalg.eigh(A)
    s, V = np.linalg.eigh(S)
    return U @ (U.T @ G @ V / (np.outer(a, s) + damping)) @ V.T


def grown():
    """A first step from weights times ten on gradients divided by ten, over the step without that."""
    theta, g = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([[0.3, -0.1], [0.2, 0.4]])
    layers = {
        "sgd": rules.sgd,
        "adam": partial(rules.adam, eps=0.0),
        "lamb": partial(rules.lamb, eps=0.0, weight_decay=0.0),
        "lion": rules.lion,
    }

    def moved(rule, weights, gradient):
        new = rule(weights, gradient, lr=0.01)
        return np.linalg.norm((new if type(new) is np.ndarray else new[0]) - weights)

    longer = {name: moved(rule, 10 * theta, g / 10) / moved(rule, theta, g) for name, rule in layers.items()}
    return next(name for name, times in longer.items() if abs(times - 10) < 1e-6)


EXERCISES = {
    "structure-1": array(
        counts,
        [
            ([12, 25], "The first is the number of weights; each pair of them has an entry."),
            ([144, 12], "The two small matrices are square: one over rows, one over columns."),
            ([144, 7], "Those are the sides of the two; count their entries."),
            ([144, 144], "Two factors stand for the large matrix, they are not written out."),
            ([25, 144], "The other order: the full matrix first."),
            ([78, 16], "That counts each pair once; count all entries, as in the text."),
        ],
        otherwise="Twelve weights make pairs; three rows make pairs, four columns make pairs.",
    ),
    "structure-2": number(
        stretched,
        [
            (0.1, "That is the rate; LAMB multiplies it by a length."),
            (0.4, "That is the length of the step without the trust ratio."),
            (0.05, "That is rate times trust ratio; the step multiplies them by u, which has a length."),
            (0.8, "The ratio is turned: the length of theta is above."),
            (2.0, "The rate is missing."),
        ],
        otherwise="The step is the rate times the trust ratio times u: how long are the three together?",
    ),
    "structure-3": array(
        signs,
        [
            ([0.3, -2, 0], "Lion takes the sign, not the value."),
            ([-1, 1, 0], "These are the signs of the change; asked is what eta multiplies, before it is subtracted."),
            ([1, -1, 1], "The sign of zero is zero: that coordinate rests."),
            ([1, -1, -1], "Zero is neither above nor below: its coordinate does not move."),
            ([1, 1, 0], "A negative number has a negative sign."),
        ],
        otherwise="One sign for each number; zero has none.",
    ),
    "structure-4": expression(
        balance,
        {"a": (0.5, 3), "s": (0.5, 3), "n": (2, 9), "m": (2, 9)},
        [
            ("m*a/(n*s)", "That is the square of q."),
            ("sqrt(n*s/(m*a))", "That is one over it: which of the two terms is divided by q?"),
            ("sqrt(a/s)", "n and m are missing: they stand beside s and a in the sum."),
            ("sqrt(n*a/(m*s))", "n and m have changed places: which of them stands beside q in the sum?"),
            ("2*sqrt(n*m*a*s)", "That is the sum at its lowest; asked is where."),
            ("1", "That would leave all to chance: move q from there and the sum falls, unless both terms are equal."),
        ],
        otherwise="Set the derivative of q n s + m a / q by q to zero.",
    ),
    "structure-5": function(
        directions,
        direction,
        [
            (lambda G, **_: G, "That is the gradient itself."),
            (exactly_damped, "That damps the whole product; K-FAC damps each factor."),
            (direction_with(balance=lambda a, s: 1.0), "q is one there: split the damping by the traces."),
            (direction_with(mean=False), "q compares mean eigenvalues: divide each trace by the size of its matrix."),
            (direction_with(root=False), "Each factor gets the root of the damping; the two multiply."),
            (direction_with(turned=True), "The factors multiply there; they have to be inverted."),
            (direction_with(swapped=True), "The two shares are exchanged: A gets q times the root."),
            (direction_with(balance=lambda a, s: a / s), "q is the root of that ratio."),
            (
                lambda G, A, S, damping: np.linalg.pinv(A) @ G @ np.linalg.pinv(S),
                "The damping is not used; without it neither matrix has an inverse.",
            ),
        ],
        otherwise="Damp A by q r and S by r / q, invert both, and put G between them.",
    ),
    "structure-6": number(
        kept,
        [
            (2000, "That is Adam: two averages. Lion keeps no squares."),
            (0, "Lion has a memory: the average m."),
            (1, "One number for each weight."),
            (3000, "c is made anew in each step and theta is not counted."),
        ],
        otherwise="Which of its three lines carries something to the next step?",
    ),
    "structure-7": choice(
        grown,
        ("sgd", "adam", "lamb", "lion"),
        {
            "sgd": "Its steps go with the gradient, which has become smaller.",
            "adam": "It divides the gradient by its own size, so its steps are as long as before.",
            "lion": "It takes signs, which have not changed.",
        },
    ),
}
