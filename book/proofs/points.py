"""Where free symbols take their values: coarse grids that make zeros and ties, and numbers between."""

import functools
import re

import numpy as np

from book.proofs.tokens import MathError
from book.proofs.words import mp

NUMBER = r"\s*([^,\s]+)\s*"


def size(text):
    """(rows, columns) of "3" or "2x3"."""
    rows, _, columns = text.partition("x")
    return int(rows), int(columns or 1)


class Domain:
    """A set of values.  text: real | nonnegative | positive | (a, b) | a..b | R^n | R^nxm | Sym^n | SPD^n."""

    def __init__(self, text):
        self.text, self.low, self.high, self.kind, self.shape = text, None, None, text, ()
        if found := re.fullmatch(rf"\({NUMBER},{NUMBER}\)", text):
            self.kind, self.low, self.high = "between", number(found[1]), number(found[2])
        elif found := re.fullmatch(r"(-?\d+)\s*\.\.\s*(-?\d+)", text):
            self.kind, self.low, self.high = "whole", int(found[1]), int(found[2])
        elif found := re.fullmatch(r"(R|Sym|SPD)\^\{?(\d+(?:x\d+)?)\}?", text):
            rows, columns = size(found[2])
            self.kind, self.shape = found[1], (rows, columns if found[1] == "R" else rows)
        elif text not in ("real", "positive", "nonnegative", "function"):
            raise MathError(f"`{text}` is none of real, positive, (a, b), a..b, R^3, R^2x3, Sym^3, SPD^3")
        if self.low is not None and not self.low < self.high:
            raise MathError(f"`{text}` is empty")

    def draw(self, random, coarse):
        """One value; coarse values meet zeros and each other."""
        if self.shape:
            return self.array(random, coarse)
        if self.kind == "whole":
            return mp.mpf(random.randint(self.low, self.high))
        if self.kind == "between":
            part = mp.mpf(random.choice((1, 2, 3)) if coarse else random.randint(1, 3999) / 1000) / 4
            return self.low + (self.high - self.low) * part
        if coarse:
            grid = {"real": (-2, -1, -0.5, 0, 0, 0.5, 1, 2), "nonnegative": (0, 0, 0.5, 1, 2), "positive": (0.5, 1, 2)}
            return mp.mpf(random.choice(grid[self.kind]))
        return mp.mpf(random.randint(-2500 if self.kind == "real" else 1, 2500)) / 1000

    def array(self, random, coarse):
        array, real = np.empty(self.shape, object), Domain("real")
        for index in np.ndindex(self.shape):
            array[index] = real.draw(random, coarse)
        if self.kind == "Sym":
            return array + array.T
        if self.kind == "SPD":
            return array @ array.T + np.diag([mp.mpf(1) / 4] * len(array))
        return array

    def assumptions(self):
        """What SymPy may assume of a symbol of this domain."""
        if self.kind == "whole":
            return {"integer": True, "positive": True} if self.low > 0 else {"integer": True}
        if self.kind == "between":
            return {"positive": True} if self.low >= 0 else {"real": True}
        return {"positive": True} if self.kind == "positive" else {"real": True}


@functools.cache
def domain_of(text):
    """The Domain of a text, read once."""
    return Domain(text)


def number(text):
    """A number of a range: 2, 0.5, 1/3."""
    top, _, bottom = text.partition("/")
    try:
        return mp.mpf(top) / mp.mpf(bottom or 1)
    except ValueError:
        raise MathError(f"`{text}` is no number") from None


def agree(a, b, tolerance=1e-20):
    """Whether two values (numbers or arrays of one shape) are equal up to rounding."""
    if np.shape(a) != np.shape(b):
        return False
    return all(abs(x - y) <= tolerance * (1 + abs(x) + abs(y)) for x, y in zip(np.ravel(a), np.ravel(b)))


def show(value, digits=6):
    """A value for a message."""
    if isinstance(value, np.ndarray):
        return "[" + ", ".join(show(v, 4) for v in value.flat) + "]"
    return mp.nstr(mp.mpf(value), digits).removesuffix(".0")
