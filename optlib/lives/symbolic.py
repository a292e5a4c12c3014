"""A rule in SymPy: run once on symbols, it says what every name is worth.

    trace(adam).values["m_hat"]   ->   (beta1*m + g*(1 - beta1))/(1 - beta1**t)

Arrays are NumPy object arrays of symbols, so that elementwise code stays elementwise (SymPy's own matrices would turn
`g**2` into the matrix power).
"""

from dataclasses import dataclass

import numpy as np
import sympy as sp

from optlib.grammar import Model, Tensor, read
from optlib.lives import over, telling


def each(function, count):
    """`function` of `count` numbers, also for object arrays, element by element."""
    on_arrays = np.frompyfunc(function, count, 1)
    return lambda *a: on_arrays(*a) if any(isinstance(x, np.ndarray) for x in a) else function(*a)


def different(a, b):
    """a is not b, said as `a > b` where a cannot be less: SymPy then sees that two conditions are one."""
    a = sp.sympify(a)
    return sp.Gt(a, b) if b == 0 and a.is_nonnegative else sp.Ne(a, b)


def total(a):
    return sum(a.flat) if isinstance(a, np.ndarray) else a


def dot(a, b):
    return total(a * b)


def norm(a):
    return sp.sqrt(total(a**2)) if isinstance(a, np.ndarray) else sp.Abs(a)


def norm1(a):
    return total(each(sp.Abs, 1)(a))


def rms(a):
    return norm(a) / sp.sqrt(np.size(a))


def mean(a, axis=None):
    if not isinstance(a, np.ndarray):
        return a
    if axis is None:
        return total(a) / sp.Integer(a.size)
    return a.sum(axis=axis, keepdims=True) / sp.Integer(a.shape[axis])


# the words of optlib.ops
WORDS = {
    "pi": sp.pi,
    "sqrt": each(sp.sqrt, 1),
    "exp": each(sp.exp, 1),
    "log": each(sp.log, 1),
    "sin": each(sp.sin, 1),
    "cos": each(sp.cos, 1),
    "abs": each(sp.Abs, 1),
    "sign": each(sp.sign, 1),
    "maximum": each(sp.Max, 2),
    "minimum": each(sp.Min, 2),
    "where": each(lambda condition, a, b: sp.Piecewise((a, condition), (b, True)), 3),
    "ratio": each(lambda a, b, otherwise: sp.Piecewise((a / b, different(b, 0)), (otherwise, True)), 3),
    "norm": norm,
    "norm1": norm1,
    "rms": rms,
    "dot": dot,
    "mean": mean,
    "outer": np.multiply.outer,
}
PLACES = {"prox": 2}  # what a function takes that takes more than theta: a place and a rate
# words that look at more than one element
WHOLE = {"norm", "norm1", "rms", "dot", "mean", "outer", "eye", "solve", "root"}


@dataclass(frozen=True)
class Trace:
    """What a step does to symbols.

    inputs: {argument: symbol, object array of symbols, or SymPy function}.  values: {name: its last value}, arguments
    that were never assigned included.
    """

    inputs: dict
    values: dict


def shape_of(step, shape=(2, 3), length=3):
    """The shape of theta to trace a step on: () for elementwise steps, `shape` for tensors, (length,) for models.

    A step that sees the whole model but uses only elementwise words is traced on one element.
    """
    scope = read(step).scope
    if scope is None or (scope is Model and not WHOLE & set(step.__code__.co_names)):
        return ()
    if scope is Tensor:
        return shape
    if scope is Model:
        return (length,)
    raise TypeError(f"{step.__name__} sees {scope.__name__}: SymPy traces steps on elements, Tensor and Model")


def state_shapes(step, shape):
    """{state: its shape} where theta has `shape`; a state that starts as a function of theta has that value's shape."""
    signature = read(step)
    return {
        name: () if name in signature.numbers else np.shape(start(np.zeros(shape))) if callable(start) else shape
        for name, start in signature.state.items()
    }


def symbols(name, shape, **assumptions):
    """One symbol, or an object array of them named name_11, name_12, ..."""
    if shape == ():
        return sp.Symbol(name, **assumptions)
    array = np.empty(shape, object)
    for index in np.ndindex(shape):
        array[index] = sp.Symbol(name + "_" + "".join(str(i + 1) for i in index), **assumptions)
    return array


def symbolic_inputs(step, nonnegative=()):
    """A symbol for every argument of `step`.

    Hyperparameters are positive (nonnegative where the default is 0), t is a positive integer.  Values that it asks are
    symbols, functions are opaque.  nonnegative: names of states that are known to be so.
    """
    signature, shape = read(step), shape_of(step)
    theta = next(iter(step.__code__.co_varnames))
    inputs = {theta: symbols(theta, shape, real=True)}
    for name in signature.asks:
        known = name in signature.values
        count = PLACES.get(name, 1)
        inputs[name] = symbols(name, shape, real=True) if known else each(sp.Function(name, real=True), count)
    for name, its_shape in state_shapes(step, shape).items():
        inputs[name] = symbols(name, its_shape, **({"nonnegative": True} if name in nonnegative else {"real": True}))
    if signature.timed:
        inputs["t"] = sp.Symbol("t", integer=True, positive=True)
    for name, default in signature.hyper.items():  # a default of 0 says that 0 is allowed
        inputs[name] = sp.Symbol(name, **({"nonnegative": True} if default == 0 else {"positive": True}))
    return inputs


def trace(step, inputs=None):
    """Run `step` once on symbols (`inputs`, default `symbolic_inputs(step)`); return its Trace.

    Raises TypeError for a step that must see a Matrix, and for words that have no symbolic form.
    """
    inputs = symbolic_inputs(step) if inputs is None else inputs
    return Trace(inputs, over(telling(step), WORDS)(**inputs))
