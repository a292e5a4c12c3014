"""The grammar of a step, read off its signature.

    step(theta, <what it asks>, <state = its start>, t, *, <hyperparameters>) -> theta, *state

A positional name without a default is *asked* of the problem: `g` is the gradient at theta, `grad` the function.
A positional name with a default is *state*; the default is where it starts, a number or a function of theta.
`t` counts steps from 1.  Keyword-only names are *hyperparameters*.  The annotation of theta says how much the step
must see: nothing means one element at a time.
"""

import functools
import inspect
from dataclasses import dataclass, replace


class Tensor:
    """Annotation of theta: the step must see a whole array."""


class Matrix:
    """Annotation of theta: the step must see a whole two-dimensional array."""


class Model:
    """Annotation of theta: the step must see all arrays, as one vector."""


# asked as functions of theta, also by steps on one element; `rng` and `loss` are no functions of it
FUNCTIONS = ("f", "grad", "hess", "prox", "residual", "jacobian")


def same(theta):
    """The start of a state that begins at theta_0."""
    return theta


@dataclass(frozen=True)
class Signature:
    """What a step declares.

    name: str, for messages.  scope: None, Tensor, Matrix, Model or list.  asks: names without default, in order.
    state: {name: start}.  numbers: the states that are one float each.  timed: whether it takes t.
    hyper: {name: default}; a hyperparameter without default holds `inspect.Parameter.empty`.
    """

    name: str
    scope: type | None
    asks: tuple
    state: dict
    numbers: frozenset
    timed: bool
    hyper: dict

    @property
    def values(self):
        """What it asks as values at theta: g, and where it sees one element every other estimate, such as h_new."""
        apart = {*FUNCTIONS, "rng", "loss"}
        return tuple(n for n in self.asks if n == "g" or (self.scope is None and n not in apart))

    @property
    def average(self):
        """The position among the states of the one that is the answer, or None."""
        return list(self.state).index("average") if "average" in self.state else None


def read(step):
    """The Signature of a step; `functools.partial` presets hyperparameters."""
    if isinstance(step, functools.partial):
        inner = read(step.func)
        return replace(inner, hyper=inner.hyper | step.keywords)
    return _read(step)


@functools.cache
def _read(step):
    empty = inspect.Parameter.empty
    parameters = list(inspect.signature(step).parameters.values())
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    inner = [p for p in positional[1:] if p.name != "t"]
    return Signature(
        name=step.__name__,
        scope=None if positional[0].annotation is empty else positional[0].annotation,
        asks=tuple(p.name for p in inner if p.default is empty),
        state={p.name: p.default for p in inner if p.default is not empty},
        numbers=frozenset(p.name for p in inner if p.annotation is float),
        timed=any(p.name == "t" for p in positional),
        hyper={p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY},
    )


def check_hyper(signature, hyper):
    """Raise TypeError when `hyper` names something the step does not take or leaves out what it needs."""
    for name in hyper:
        if name not in signature.hyper:
            known = ", ".join(signature.hyper) or "none"
            raise TypeError(f"{signature.name} has no hyperparameter {name!r}; it takes {known}")
    missing = [n for n, v in (signature.hyper | hyper).items() if v is inspect.Parameter.empty]
    if missing:
        raise TypeError(f"{signature.name} needs a value for {' and '.join(missing)}")


def start(signature, theta):
    """The states before the first step, for one array (or number) theta."""
    return [v(theta) if callable(v) else v for v in signature.state.values()]


def call(step, signature, theta, asked, state, t, hyper):
    """One call of `step`; always a tuple (theta, *state)."""
    time = (t,) if signature.timed else ()
    out = step(theta, *asked, *state, *time, **hyper)
    return out if type(out) is tuple else (out,)
