"""A step meets the structure of theta: which leaves it sees, where its states start, how it is called."""

import functools
import math
from dataclasses import dataclass

import numpy as np

from optlib import trees
from optlib.drivers.hyper import Hyper
from optlib.grammar import FUNCTIONS, Matrix, Model, call, read, start

PER_MODEL = (Model, list)
TOO_LARGE = "a number grew beyond the range of floating point"  # what Python says is two numbers and no sentence


@dataclass(frozen=True)
class Bound:
    """A step bound to a structure.

    steps, signatures, hypers: one a part (a part is a leaf, or the whole model).  asks: what all parts ask, in order.
    flat: whether the step sees one vector while theta is a structure or has several axes.
    parts(theta) -> what each part sees of it.
    apply(theta, asked, state, t, now) -> (theta, state), pure; asked maps names to values, state and now hold the
    states and the hyperparameters of each part.
    """

    steps: list
    signatures: list
    hypers: list
    asks: tuple
    flat: bool
    parts: object
    apply: object

    def start(self, theta):
        """The states before the first step, a list a part."""
        return [start(s, a) for s, a in zip(self.signatures, self.parts(theta))]

    @functools.cached_property
    def steady(self):
        """The hyperparameters of each part where none of them moves, else None."""
        return None if any(h.moving for h in self.hypers) else tuple(h.fixed for h in self.hypers)

    @functools.cached_property
    def _averages(self):
        """The place of the state named `average` in each part, None where no part has one."""
        places = [s.average for s in self.signatures]
        return None if all(p is None for p in places) else places

    def answer(self, theta, state):
        """Where the loss is reported: the states named `average` where a part has one, theta elsewhere."""
        places = self._averages
        if places is None:
            return theta
        if len(places) == 1 and not isinstance(theta, (dict, list, tuple)):
            return state[0][places[0]]
        parts = [a if p is None else s[p] for a, s, p in zip(trees.leaves(theta), state, places)]
        return trees.like(theta, parts)


def bind(step, theta, hyper):
    """The Bound of `step`, one step or a dict or list of rules with one for each leaf of theta.

    Raises TypeError where the step, its hyperparameters and theta do not fit together.
    """
    if isinstance(step, (dict, list)):
        return _bind_leaves(_partition(step, theta), theta, hyper)
    if not callable(step):
        raise TypeError(f"the step must be a function such as optlib.rules.adam, got {step!r}")
    signature = read(step)
    structured = isinstance(theta, (dict, list, tuple))
    if signature.scope in PER_MODEL or not structured:
        return _bind_whole(step, signature, theta, hyper)
    functions = [n for n in signature.asks if n in FUNCTIONS]
    if functions:
        raise TypeError(
            f"{signature.name} asks the function {functions[0]}, so it must see all of theta at once: "
            "annotate its theta as Model"
        )
    return _bind_leaves([step] * len(trees.leaves(theta)), theta, hyper)


def _partition(steps, theta):
    """The steps in the order of theta's leaves."""
    keys = list(steps) if isinstance(steps, dict) else list(range(len(steps)))
    wanted = list(theta) if isinstance(theta, dict) else list(range(len(trees.leaves(theta))))
    if sorted(map(str, keys)) != sorted(map(str, wanted)):
        raise TypeError(f"the steps are for {keys}, theta has {wanted}: give one step for each")
    return [steps[k] for k in wanted]


def _bind_whole(step, signature, theta, hyper):
    """theta is one array or number, or the step sees all leaves at once."""
    flat = signature.scope is Model and (isinstance(theta, (dict, list, tuple)) or np.ndim(theta) > 1)
    _check_matrix(signature, [theta], ["theta"])
    scalar_array = isinstance(theta, np.ndarray) and theta.ndim == 0

    def parts(theta):
        return [trees.ravel(trees.leaves(theta)) if flat else theta]

    def apply(theta, asked, state, t, now):
        values = [asked[n] for n in signature.asks]
        if flat:
            values = [trees.ravel(trees.leaves(v, theta)) if _shaped_like(v, theta) else v for v in values]
            new, *state = _straight(call(step, signature, *parts(theta), values, state[0], t, now[0]))
            return trees.like(theta, trees.unravel(new, trees.leaves(theta))), [state]
        new, *state = _straight(call(step, signature, theta, values, state[0], t, now[0]))
        return np.asarray(new, theta.dtype) if scalar_array else new, [state]

    return Bound([step], [signature], [Hyper(signature, hyper)], signature.asks, flat, parts, apply)


def _bind_leaves(steps, theta, hyper):
    """One step for each leaf; what is asked is split the same way, functions and numbers are shared."""
    signatures = [read(s) for s in steps]
    _check_matrix(signatures, trees.leaves(theta), trees.names(theta))
    asks = tuple(dict.fromkeys(n for s in signatures for n in s.asks))

    count = len(steps)

    def apply(theta, asked, state, t, now):
        # what is asked, for each leaf: split like theta, or shared
        split = {
            n: trees.leaves(v, theta) if isinstance(v, (dict, list, tuple)) else [v] * count for n, v in asked.items()
        }
        new, states = [], []
        for i, a in enumerate(trees.leaves(theta)):
            values = [split[n][i] for n in signatures[i].asks]
            moved, *kept = _straight(call(steps[i], signatures[i], a, values, state[i], t, now[i]))
            new.append(moved)
            states.append(kept)
        return trees.like(theta, new), states

    return Bound(steps, signatures, [Hyper(s, hyper) for s in signatures], asks, False, trees.leaves, apply)


def _straight(arrays):
    """The arrays in C order: products of matrices round by their layout, and a saved run has lost it."""
    return [a if not isinstance(a, np.ndarray) or a.flags.c_contiguous else np.ascontiguousarray(a) for a in arrays]


def _shaped_like(value, theta):
    """Whether `value` is a structure, or an array that comes in the shape of theta and not as a vector."""
    return isinstance(value, (dict, list, tuple)) or (np.ndim(value) > 1 and np.shape(value) == np.shape(theta))


def _check_matrix(signatures, leaves, names):
    if not isinstance(signatures, list):
        signatures = [signatures] * len(leaves)
    for s, a, name in zip(signatures, leaves, names):
        if s.scope is Matrix and np.ndim(a) != 2:
            raise ValueError(f"{s.name} takes matrices (two-dimensional arrays); {name} has shape {np.shape(a)}")


def checked_theta(theta):
    """theta with Python integers made floats; TypeError or ValueError where it is nothing to optimize over."""
    if not trees.leaves(theta):
        raise ValueError(f"theta must hold at least one number, got {theta!r}")
    out = []
    for a, name in zip(trees.leaves(theta), trees.names(theta)):
        if isinstance(a, (int, float)) and not isinstance(a, (bool, np.generic)):
            a = float(a)
        elif not isinstance(a, (np.ndarray, np.floating)):
            raise TypeError(f"{name} must be an array or a number, got {type(a).__name__}")
        elif not np.issubdtype(a.dtype, np.floating):
            raise TypeError(f"{name} must hold floating-point numbers, got {a.dtype}; write {name}.astype(float)")
        if not np.size(a):
            raise ValueError(f"{name} must hold at least one number, got shape {np.shape(a)}")
        if not (math.isfinite(a) if isinstance(a, float) else np.isfinite(a).all()):
            raise ValueError(f"{name} must be finite, got {_first_bad(a)}")
        out.extend(_straight([a]))
    return trees.like(theta, out)


def check_like(value, theta, name):
    """Raise unless `value` has the structure and shapes of theta and is real floating point."""
    if type(value) is type(theta) is np.ndarray and value.dtype.kind == "f" and value.shape == theta.shape:
        return  # the usual case needs no list of parts
    if isinstance(theta, dict) and (not isinstance(value, dict) or value.keys() != theta.keys()):
        got = list(value) if isinstance(value, dict) else type(value).__name__
        raise TypeError(f"{name} must be a dict with the keys {list(theta)}, got {got}")
    if len(trees.leaves(value)) != len(trees.leaves(theta)):
        raise ValueError(f"{name} must have {len(trees.leaves(theta))} parts, got {len(trees.leaves(value))}")
    ordered = trees.leaves(value, theta)
    for a, b, part in zip(ordered, trees.leaves(theta), trees.names(theta, name)):
        kind = np.asarray(a).dtype
        if not np.issubdtype(kind, np.floating) and not isinstance(a, int):
            raise TypeError(f"{part} must hold floating-point numbers, got {kind}")
        if np.shape(a) != np.shape(b):
            raise ValueError(f"{part} must have theta's shape {np.shape(b)}, got {np.shape(a)}")


def _first_bad(a):
    a = np.asarray(a)
    return f"{a[~np.isfinite(a)].flat[0]}" if a.ndim else f"{a}"


def flat_oracle(function, theta):
    """The function of a structure seen as a function of one vector, and the same for what it returns."""
    parts = trees.leaves(theta)

    def of_vector(vector, *rest):
        out = function(trees.like(theta, trees.unravel(vector, parts)), *rest)
        return trees.ravel(trees.leaves(out, theta)) if _shaped_like(out, theta) else out

    return of_vector
