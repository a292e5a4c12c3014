"""The vocabulary of the rules: Python numbers in, Python numbers out; arrays in, arrays out.

Python numbers are weak: they take the dtype of the array they meet.  `np.sqrt(2.0)` is a strong float64
and would turn float32 parameters into float64, so each word looks at what it was given first.
"""

import builtins
import math

import numpy as np


def _weak(on_arrays, on_numbers):
    """A word that uses `on_numbers` when every argument is a Python number, else `on_arrays`."""

    def word(*args):
        for a in args:
            if type(a) is not float and type(a) is not int:
                return on_arrays(*args)
        return on_numbers(*args)

    return word


# words that look at one element: every rule may use them
sqrt = _weak(np.sqrt, math.sqrt)
exp = _weak(np.exp, math.exp)
sin = _weak(np.sin, math.sin)
cos = _weak(np.cos, math.cos)
abs = _weak(np.abs, builtins.abs)
sign = _weak(np.sign, lambda a: (a > 0) - (a < 0))
maximum = _weak(np.maximum, max)
minimum = _weak(np.minimum, min)


def where(condition, a, b):
    """`a` where the condition holds, `b` elsewhere; both are computed."""
    return (a if condition else b) if isinstance(condition, bool) else np.where(condition, a, b)


def ratio(a, b, otherwise):
    """a / b, and `otherwise` where b is zero, without dividing by it."""
    if isinstance(b, (int, float)) and isinstance(a, (int, float)):
        return a / b if b else otherwise
    b = np.asarray(b)
    zero = b == 0
    return np.where(zero, otherwise, a / np.where(zero, 1, b)).astype(np.result_type(a, b), copy=False)


# words that look at more than one element: only steps whose theta is annotated may use them
def norm(a):
    """The 2-norm of all elements, as a Python number."""
    return math.sqrt(np.vdot(a, a))


def dot(a, b):
    """The sum of the products of all elements, as a Python number."""
    return float(np.vdot(a, b))


def mean(a, axis=None):
    """The mean of all elements as a Python number, or along `axis`, which is kept with length one."""
    return float(np.mean(a)) if axis is None else np.mean(a, axis=axis, keepdims=True)


def outer(a, b):
    """The matrix of all products a_i b_j."""
    return np.multiply.outer(a, b)


def eye(a):
    """The identity matrix with as many rows as `a`, in its dtype."""
    return np.eye(len(a), dtype=a.dtype)


def solve(A, b):
    """The x with A x = b."""
    return np.linalg.solve(A, b)
