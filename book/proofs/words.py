"""Three vocabularies: SymPy symbols (proofs), numbers of 30 digits (samples), NumPy matrices of doubles.

Each has the words of `optlib.ops`, so that a rule runs in it, and those that a page needs beside them.
"""

import functools
import operator
from collections import Counter

import mpmath
import numpy as np
import sympy as sp

from book.proofs.tokens import MathError
from optlib import ops
from optlib.lives import symbolic
from optlib.lives.symbolic import different, dot, each, mean, total

DIGITS = 30
mp = mpmath.mp.clone()
mp.dps = DIGITS
mp.mpf.__floordiv__ = lambda a, b: mp.floor(a / b)  # mpmath has none, and schedules count whole periods
mp.mpf.__rfloordiv__ = lambda a, b: mp.floor(b / a)


class Undefined(ArithmeticError):
    """An expression without a real value."""


class Undecided(ArithmeticError):
    """What this vocabulary cannot say."""


def undecided(*_):
    raise Undecided


# -- SymPy
def piecewise(rows):
    """Rows (condition, value), both called when needed; the last condition is None."""
    rows = [(sp.true if condition is None else condition(), value()) for condition, value in rows]
    if len(rows) == 2 and isinstance(rows[0][0], sp.Eq):  # as `ratio` says it
        rows = [(different(*rows[0][0].args), rows[1][1]), (sp.true, rows[0][1])]
    return sp.Piecewise(*[(value, condition) for condition, value in rows])


def symbolic_power(a, exponent):
    return np.array(sp.Matrix(a) ** exponent, object) if exponent.is_Integer else undecided()


SYMBOLS = symbolic.WORDS | {
    "number": sp.Rational,
    "pi": sp.pi,
    "ln": each(sp.log, 1),
    "floor": each(sp.floor, 1),
    "ceil": each(sp.ceiling, 1),
    "power": lambda a, exponent: a**exponent,
    "cases": piecewise,
    "matrix_power": symbolic_power,
    "=": sp.Eq,
    r"\ne": different,
    "<": sp.Lt,
    ">": sp.Gt,
    r"\le": sp.Le,
    r"\ge": sp.Ge,
    "and": lambda conditions: sp.And(*conditions),
}


# -- numbers
class Choices:
    """Which branches were entered: `entered[place, branch]` counts, and `places` knows the branches of each place.

    A place is the name of a side ("code", "page") and the number of the choice in the order of its calls.
    """

    def __init__(self):
        self.entered, self.places, self.side, self.count = Counter(), {}, "", 0

    def begin(self, side):
        self.side, self.count = side, 0

    def next(self, kind, branches):
        self.count += 1
        place = (self.side, self.count)
        self.places[place] = (kind, branches)
        return place

    def rare(self, least=5):
        """(side, kind, branch, how often) of each branch entered less than `least` times."""
        return [
            (place[0], kind, branch, self.entered[place, branch])
            for place, (kind, branches) in self.places.items()
            for branch in branches
            if self.entered[place, branch] < least
        ]


def finite(function):
    """`function`, with an error where its value is no finite real number."""

    def word(*a):
        value = function(*a)
        if isinstance(value, mp.mpc) or not mp.isfinite(value):
            raise Undefined
        return value

    return word


def numeric_power(a, exponent):
    """A power of a square matrix; a broken one of a symmetric matrix."""
    matrix = mp.matrix(a.tolist())
    if exponent == int(exponent):
        out = matrix ** int(exponent)
    elif not (np.abs(a - a.T) < 1e-20).all():
        raise MathError("a broken power of a matrix that is not symmetric")
    else:
        values, vectors = mp.eigsy(matrix)
        out = vectors * mp.diag([finite(mp.power)(v, exponent) for v in values]) * vectors.T
    return np.array(out.tolist(), object)


COMPARE = {
    "=": each(operator.eq, 2),
    r"\ne": each(operator.ne, 2),
    "<": each(operator.lt, 2),
    ">": each(operator.gt, 2),
    r"\le": each(operator.le, 2),
    r"\ge": each(operator.ge, 2),
    "and": lambda conditions: functools.reduce(operator.and_, conditions),
}


def norm(a):
    return mp.sqrt(total(a**2)) if isinstance(a, np.ndarray) else abs(a)


def numeric_words(choices):
    """The vocabulary on numbers of 30 digits; every choice it makes is entered in `choices`."""

    def choosing(kind, branches, choose, count=2):
        place = None

        def one(*a):
            branch, value = choose(*a)
            choices.entered[place, branch] += 1
            return value

        on_arrays = each(one, count)

        def word(*a):
            nonlocal place
            place = choices.next(kind, branches)
            return on_arrays(*a)

        return word

    def cases(rows):
        place = choices.next("cases", range(1, len(rows) + 1))
        first = choices.count
        for i, (condition, value) in enumerate(rows, 1):
            choices.count = first + 100 * i  # a choice inside a row keeps its place whichever row is taken
            holds = condition is None or condition()
            if isinstance(holds, np.ndarray):
                raise MathError("cases of arrays: this reader chooses between numbers")
            if holds:
                choices.entered[place, i] += 1
                chosen = value()
                choices.count = first + 100 * (len(rows) + 1)
                return chosen

    return COMPARE | {
        "number": mp.mpf,
        "pi": mp.pi,
        "sqrt": each(finite(mp.sqrt), 1),
        "exp": each(mp.exp, 1),
        "ln": each(finite(lambda a: mp.ln(a) if a else mp.inf), 1),
        "log": each(finite(lambda a: mp.ln(a) if a else mp.inf), 1),
        "sin": each(mp.sin, 1),
        "cos": each(mp.cos, 1),
        "abs": each(abs, 1),
        "sign": each(mp.sign, 1),
        "floor": each(mp.floor, 1),
        "ceil": each(mp.ceil, 1),
        "maximum": choosing("max", (1, -1), lambda a, b: ((a > b) - (a < b), a if a > b else b)),
        "minimum": choosing("min", (1, -1), lambda a, b: ((a < b) - (a > b), a if a < b else b)),
        "where": choosing("where", (True, False), lambda condition, a, b: (bool(condition), a if condition else b), 3),
        "ratio": choosing("ratio", (True, False), lambda a, b, c: (True, a / b) if b else (False, c), 3),
        "power": each(finite(lambda a, exponent: a**exponent), 2),
        "cases": cases,
        "norm": norm,
        "norm1": lambda a: total(abs(a)),
        "rms": lambda a: norm(a) / mp.sqrt(np.size(a)),
        "dot": dot,
        "mean": mean,
        "outer": np.multiply.outer,
        "matrix_power": numeric_power,
    }


# -- matrices of doubles
def double_power(a, exponent):
    if exponent == int(exponent):
        return np.linalg.matrix_power(a, int(exponent))
    values, vectors = np.linalg.eigh(a)
    return vectors * values**exponent @ vectors.T


def first_case(rows):
    return next(value() for condition, value in rows if condition is None or condition())


MATRICES = (
    {name: word for name, word in vars(ops).items() if callable(word) and not name.startswith("_")}
    | COMPARE
    | {"number": float, "pi": np.pi, "ln": np.log, "floor": np.floor, "ceil": np.ceil}
    | {"power": lambda a, exponent: a**exponent, "matrix_power": double_power, "cases": first_case}
)
