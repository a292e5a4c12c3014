"""The vocabulary of the rules: Python numbers in, Python numbers out; arrays in, arrays out.

Python numbers are weak: they take the dtype of the array they meet.  `np.sqrt(2.0)` is a strong float64
and would turn float32 parameters into float64, so each word looks at what it was given first.
"""

import builtins
import math

import numpy as np

pi = math.pi


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
log = _weak(np.log, math.log)
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


def norm1(a):
    """The sum of the sizes of all elements, as a Python number."""
    return float(np.sum(np.abs(a)))


def rms(a):
    """The root of the mean square of all elements, as a Python number."""
    return norm(a) / math.sqrt(np.size(a))


def outer(a, b):
    """The matrix of all products a_i b_j; for numbers, their product."""
    return np.multiply.outer(a, b) if np.ndim(a) else a * b


def eye(a):
    """The identity matrix with as many rows as `a`, in its dtype; for a number, 1."""
    return np.eye(len(a), dtype=a.dtype) if np.ndim(a) else 1.0


def solve(A, b):
    """The x with A x = b."""
    return np.linalg.solve(A, b) if np.ndim(b) else b / A


def root(a):
    """The symmetric square root of a symmetric matrix without negative eigenvalues; for a number, its root."""
    if not np.ndim(a):
        return sqrt(a)
    values, vectors = np.linalg.eigh(a)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T  # rounding may have made a zero negative


def inverse_root(a, p):
    """The symmetric matrix a**(-1/p).

    a: symmetric, without negative eigenvalues.  One that is below the rounding of the largest counts as that.
    """
    values, vectors = np.linalg.eigh(a)
    values = np.maximum(values, np.finfo(values.dtype).eps * values[-1])
    return vectors * values ** (-1 / p) @ vectors.T


def orthogonalize(a, eps=1e-7, steps=5):
    """The matrix with the singular vectors of `a` and singular values near 1 (0.68 to 1.14), without finding them.

    `steps` rounds of Newton and Schulz on a / (norm(a) + eps); zero stays zero.  Raises ValueError for other shapes.
    Source: Jordan et al. (2024), with their coefficients; they compute in bfloat16, this keeps the dtype.
    """
    if np.ndim(a) != 2:
        raise ValueError(f"orthogonalize takes matrices (two-dimensional arrays), got shape {np.shape(a)}")
    x = a / (norm(a) + eps) if norm(a) else a
    x = x.T if a.shape[0] > a.shape[1] else x  # the smaller of the two products x x^T, x^T x costs less
    for _ in range(steps):
        x = newton_schulz(x)
    return x.T if a.shape[0] > a.shape[1] else x


def newton_schulz(x):
    """One round: each singular value s of x becomes 3.4445 s - 4.7750 s**3 + 2.0315 s**5."""
    y = x @ x.T
    return 3.4445 * x + (-4.7750 * y + 2.0315 * y @ y) @ x


def eigenbasis(a, basis, t, every):
    """An orthonormal basis that follows the eigenvectors of the symmetric matrix `a`.

    Step 1: `basis`, as there is no `a` yet.  Step 2: the eigenvectors, those of large eigenvalues first.  From then on
    every `every` steps one round of power iteration from `basis`; `basis` itself between.
    """
    if t == 2:
        return np.linalg.eigh(a)[1][:, ::-1]
    return np.linalg.qr(a @ basis)[0] if t > 2 and (t - 2) % every == 0 else basis
