"""What an equation is worth: the reader's tuples, evaluated with any vocabulary of words.py."""

import functools

import numpy as np

from book.proofs.tokens import MathError
from optlib.lives.symbolic import total


def transpose(a):
    return a.T if isinstance(a, np.ndarray) else a


def scalar(a):
    """A matrix of one element is a number."""
    return a.item() if isinstance(a, np.ndarray) and a.shape == (1, 1) else a


def elementwise(tree):
    """Whether an operation says by its own sign that it works element by element, so that a number may be added."""
    kind, *parts = tree
    return kind in ("odot", "odot^", "oslash", "sqrt", "abs") or (kind in ("+", "-") and any(map(elementwise, parts)))


class Identity:
    """A multiple of the identity matrix, as large as what it is added to."""

    def __init__(self, scale):
        self.scale = scale

    def __mul__(self, factor):
        return factor * self.scale if isinstance(factor, np.ndarray) else Identity(factor * self.scale)

    __rmul__ = __mul__

    def __add__(self, matrix):
        return matrix + self.scale * np.eye(len(matrix), dtype=matrix.dtype)

    __radd__ = __add__
    __array_ufunc__ = None


class Values:
    """Evaluates trees.

    words: a vocabulary.  lookup(name, indices) and apply(name, indices, arguments) say what symbols are worth; indices
    are trees.  linear: juxtaposed arrays are matrix products, else elementwise.  ranges: {index: (low, high)}.
    """

    def __init__(self, words, lookup, apply, linear=False, ranges=None):
        self.words, self.lookup, self.apply, self.linear = words, lookup, apply, linear
        self.ranges, self.bound = ranges or {}, {}

    def __call__(self, tree):
        words, kind = self.words, tree[0]
        match tree:
            case ("num", digits):
                return words["number"](digits)
            case ("constant", "pi"):
                return +words["pi"]
            case ("constant", "e"):
                return words["exp"](words["number"](1))
            case ("name", name, ()) if name in self.bound:
                return self.bound[name]
            case ("name", "I", ()) if self.linear:
                return Identity(words["number"](1))
            case ("name", name, indices):
                return self.lookup(name, indices)
            case ("apply", name, indices, arguments):
                return self.apply(name, indices, [self(a) for a in arguments])
            case ("neg", a):
                return -self(a)
            case ("+", a, b):
                return self.add(self(a), self(b), elementwise(a) or elementwise(b))
            case ("-", a, b):
                return self.add(self(a), -1 * self(b), elementwise(a) or elementwise(b))
            case ("*", a, b):
                return self.multiply(self(a), self(b))
            case ("otimes", a, b) if self.linear:
                return np.kron(self(a), self(b))
            case ("stack", a) if self.linear:
                return self(a).reshape(-1, 1)
            case ("tr", a) if self.linear:
                return np.trace(self(a))
            case ("odot", a, b):
                return self(a) * self(b)
            case ("/" | "oslash", a, b):
                return self.divide(kind, self(a), self(b))
            case ("^", ("constant", "e"), b):
                return words["exp"](self(b))
            case ("^", a, b):
                return self.raised(self(a), self(b))
            case ("odot^", a, b):
                return words["power"](self(a), self(b))
            case ("T", a):
                if not self.linear:
                    raise MathError("this rule's products are elementwise: write \\langle a, b \\rangle, not a^\\top b")
                return transpose(self(a))
            case ("dot", a, b):
                return words["dot"](self(a), self(b))
            case ("norm", a, order):
                return self.norm(self(a), order)
            case ("max" | "min", *parts):
                return functools.reduce(words[kind + "imum"], [self(p) for p in parts])
            case ("over", what, index, low, high, body):
                return self.over_index(what, index, low, high, body)
            case ("cases", rows):
                return words["cases"]([(self.later(self.holds, c), self.later(self, v)) for v, c in rows])
            case ("matrix", rows):
                return self.matrix([[self(x) for x in row] for row in rows])
            case ("mean", a, ("num", axis)):
                return words["mean"](self(a), int(axis))
            case (_, *parts) if kind in words:
                return words[kind](*map(self, parts))
        raise MathError(f"`{kind}` has no meaning here")

    def later(self, function, tree):
        """`function(tree)` when it is called; None for a condition that always holds."""
        return None if tree is True else functools.partial(function, tree)

    def holds(self, relation):
        """Whether a chain of relations holds."""
        _, relations, sides = relation
        values = [self(side) for side in sides]
        return self.words["and"]([self.words[r](a, b) for r, a, b in zip(relations, values, values[1:])])

    def add(self, a, b, elementwise=False):
        arrays = [x.shape for x in (a, b) if isinstance(x, np.ndarray)]
        if self.linear and not isinstance(a, Identity) and not isinstance(b, Identity):
            if (len(arrays) == 1 and not elementwise) or (len(arrays) == 2 and arrays[0] != arrays[1]):
                raise MathError(f"a sum of things of different shapes, {(*arrays, ())[:2]}")
        return a + b

    def multiply(self, a, b):
        if self.linear and isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            if a.shape[1] != b.shape[0]:
                raise MathError(f"a product of shapes {a.shape} and {b.shape}")
            return scalar(a @ b)
        return a * b

    def divide(self, kind, a, b):
        if self.linear and kind == "/" and isinstance(b, np.ndarray):
            raise MathError("a quotient by a matrix: write \\oslash or ^{-1}")
        return a / b

    def raised(self, a, b):
        if self.linear and isinstance(a, np.ndarray):
            if a.shape[0] != a.shape[1]:
                raise MathError(f"a power of a matrix of shape {a.shape}: elementwise is ^{{\\odot 2}}")
            return self.words["matrix_power"](a, b)
        return self.words["power"](a, b)

    def matrix(self, rows):
        if any(isinstance(x, np.ndarray) for row in rows for x in row):
            raise MathError("the entries of a pmatrix are numbers")
        return np.array(rows, object)

    def norm(self, a, order):
        if self.linear and isinstance(a, np.ndarray) and a.shape[1] != 1:
            raise MathError("the norm of a matrix has more than one meaning")
        if order == "2" or not isinstance(a, np.ndarray):
            return self.words["norm"](a)
        sizes = self.words["abs"](a)
        return total(sizes) if order == "1" else functools.reduce(self.words["maximum"], sizes.flat)

    def integer(self, tree):
        value = self(tree)
        if value != int(value):
            raise MathError("an index or limit that is no whole number")
        return int(value)

    def over_index(self, kind, index, low, high, body):
        if low is None and index not in self.ranges:
            raise MathError(f"the range of the index {index} is not known: % for {index} in 1..3")
        low, high = self.ranges[index] if low is None else (self.integer(low), self.integer(high))
        outer, terms = self.bound, []
        for i in range(low, high + 1):
            self.bound = outer | {index: self.words["number"](i)}
            terms.append(self(body))
        self.bound = outer
        if kind in ("max", "min"):
            return functools.reduce(self.words[kind + "imum"], terms)
        if not terms:
            return self.words["number"](0 if kind == "sum" else 1)
        return functools.reduce(self.add if kind == "sum" else self.multiply, terms)
