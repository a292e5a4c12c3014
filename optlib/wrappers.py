"""Wrappers: functions from step to step, and SAM, a function from problem to problem."""

import inspect

import numpy as np

from optlib import trees
from optlib.grammar import Tensor, call, read, same
from optlib.ops import norm, ratio, where

POSITIONAL, KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY


def extends(base, scope=None, **states):
    """Decorator: the wrapper declares what `base` declares, and `states` after its own.

    scope: what the wrapper must see of theta where `base` is content with one element.
    Raises TypeError where `base` has a state of that name already.
    """

    def decorate(function):
        parameters = list(inspect.signature(base).parameters.values())
        hyper = [p for p in parameters if p.kind is KEYWORD]
        theta, *inner = [p for p in parameters if p.kind is not KEYWORD and p.name != "t"]
        if scope and theta.annotation is theta.empty:
            theta = theta.replace(annotation=scope)
        taken = states.keys() & {p.name for p in inner}
        if taken:
            raise TypeError(f"{function.__name__} keeps a state {taken.pop()!r}, and {read(base).name} has one already")
        more = [inspect.Parameter(n, POSITIONAL, default=v) for n, v in states.items()]
        time = inspect.Parameter("t", POSITIONAL, default=1)
        function.__signature__ = inspect.Signature([theta, *inner, *more, time, *hyper])
        function.__name__ = f"{function.__name__}({read(base).name})"
        return function

    return decorate


def _split(base, rest, own):
    """What a wrapper of `base` was called with: what was asked, the states of base, the wrapper's `own`, and t."""
    asks = len(read(base).asks)
    states = len(read(base).state)
    return rest[:asks], rest[asks : asks + states], rest[asks + states : asks + states + own], rest[-1]


def lookahead(base, *, every=5, alpha=0.5):
    """A slow copy that every `every` steps moves `alpha` of the way to the fast one, which starts again from there.

    Gradients are taken at the fast one, which is also the answer; after a multiple of `every` steps both are the same.
    The state of `base` goes on.  alpha = 1 is `base`.  Returns a step whose last state is `slow`.
    Raises ValueError for settings of no use.  Source: Zhang et al. (2019), Algorithm 1.
    """
    _whole("every", every)
    _between("alpha", alpha)
    signature = read(base)

    @extends(base, slow=same)
    def lookahead(theta, *rest, **hyper):
        asked, state, (slow,), t = _split(base, rest, 1)
        fast, *state = call(base, signature, theta, asked, state, t, hyper)
        if t % every:
            return fast, *state, slow
        slow = slow + alpha * (fast - slow)
        return slow, *state, slow

    return lookahead


def _averaging(name, base, blend):
    """`base`, which goes on undisturbed, and a last state `average`: blend(average, theta, t) after each step."""
    signature = read(base)

    def averaging(theta, *rest, **hyper):
        asked, state, (average,), t = _split(base, rest, 1)
        theta, *state = call(base, signature, theta, asked, state, t, hyper)
        return theta, *state, blend(average, theta, t)

    averaging.__name__ = name
    return extends(base, average=same)(averaging)


def polyak_average(base):
    """The plain average of all iterates after the start is the answer; the base step goes on undisturbed.

    Returns a step whose last state is `average`.  Source: Polyak and Juditsky (1992).
    """
    return _averaging("polyak_average", base, lambda average, theta, t: average + (theta - average) / t)


def swa(base, *, begin, every=1):
    """The plain average of the iterates of steps begin, begin + every, ... is the answer; before, the iterate is.

    The base step goes on undisturbed; a cyclical or a high constant rate makes the iterates differ.
    Returns a step whose last state is `average`.  Raises ValueError for settings of no use.
    Source: Izmailov et al. (2018), stochastic weight averaging.
    """
    _whole("begin", begin)
    _whole("every", every)

    def blend(average, theta, t):
        if t <= begin:
            return theta
        return average if (t - begin) % every else average + (theta - average) / ((t - begin) // every + 1)

    return _averaging("swa", base, blend)


def ema_weights(base, *, decay=0.999):
    """A fading average of the iterates is the answer; the base step goes on undisturbed.

    average = decay * average + (1 - decay) * theta, from theta_0 on; that of PyTorch starts at the first iterate it is
    shown.  Returns a step whose last state is `average`.  Raises ValueError for a decay of no use.
    Source: Polyak and Juditsky (1992) with fading weights.
    """
    _between("decay", decay)
    return _averaging("ema_weights", base, lambda average, theta, t: decay * average + (1 - decay) * theta)


def cautious(base):
    """Only those elements move whose step goes against the gradient; they move further, by n / (their number + 1).

    n: elements of the array.  A decay inside `base` belongs to the step; the paper masks the step without it.
    The authors' code divides by the share of elements that move instead, at least 0.001.
    Returns a step.  Raises TypeError where `base` does not ask g.  Source: Liang et al. (2024), Algorithm 1.
    """
    signature = read(base)
    if "g" not in signature.asks:
        raise TypeError(f"cautious needs a step that asks g; {signature.name} asks {', '.join(signature.asks)}")

    @extends(base, scope=Tensor)
    def cautious(theta, *rest, **hyper):
        asked, state, _, t = _split(base, rest, 0)
        new, *state = call(base, signature, theta, asked, state, t, hyper)
        step = new - theta
        moves = step * asked[signature.asks.index("g")] < 0
        further = np.size(moves) / (float(np.sum(moves)) + 1)
        return theta + where(moves, further * step, 0.0), *state

    return cautious


def sam(problem, *, radius=0.05):
    """The problem whose gradient is taken `radius` uphill of theta: any step that asks the gradient becomes SAM.

    Both gradients see the same batch; the norm is over all parts of theta.  The loss stays the problem's own.
    Source: Foret et al. (2021).
    """
    if not radius >= 0:
        raise ValueError(f"radius must be at least 0, got {radius}")

    def grad(theta, *batch):
        g = problem.grad(theta, *batch)
        parts = trees.leaves(g)
        scale = radius * ratio(1.0, sum(norm(a) ** 2 for a in parts) ** 0.5, 0.0)
        up = [a + scale * b for a, b in zip(trees.leaves(theta), parts)]
        return problem.grad(trees.like(theta, up), *batch)

    return problem.replace(grad=grad)


def _whole(name, value):
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")


def _between(name, value):
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be between 0 and 1, got {value!r}")
