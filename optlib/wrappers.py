"""Wrappers: functions from step to step, and SAM, a function from problem to problem."""

import inspect

from optlib import trees
from optlib.grammar import call, read, same
from optlib.ops import norm, ratio

POSITIONAL, KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY


def extends(base, **states):
    """Decorator: the wrapper declares what `base` declares, and `states` after its own."""

    def decorate(function):
        parameters = list(inspect.signature(base).parameters.values())
        hyper = [p for p in parameters if p.kind is KEYWORD]
        inner = [p for p in parameters if p.kind is not KEYWORD and p.name != "t"]
        more = [inspect.Parameter(n, POSITIONAL, default=v) for n, v in states.items()]
        time = inspect.Parameter("t", POSITIONAL, default=1)
        function.__signature__ = inspect.Signature([*inner, *more, time, *hyper])
        function.__name__ = f"{function.__name__}({read(base).name})"
        return function

    return decorate


def lookahead(base, *, every=5, alpha=0.5):
    """A slow copy that every `every` steps moves `alpha` of the way to the fast one, which starts again from there.

    Returns a step whose last state is `slow`.  Source: Zhang et al. (2019).
    """
    signature = read(base)

    @extends(base, slow=same)
    def lookahead(theta, *rest, **hyper):
        asked, (*state, slow, t) = rest[: len(signature.asks)], rest[len(signature.asks) :]
        fast, *state = call(base, signature, theta, asked, state, t, hyper)
        if t % every:
            return fast, *state, slow
        slow = slow + alpha * (fast - slow)
        return slow, *state, slow

    return lookahead


def polyak_average(base):
    """The plain average of all iterates is the answer; the base step goes on undisturbed.

    Returns a step whose last state is `average`.  Source: Polyak and Juditsky (1992).
    """
    signature = read(base)

    @extends(base, average=same)
    def polyak_average(theta, *rest, **hyper):
        asked, (*state, average, t) = rest[: len(signature.asks)], rest[len(signature.asks) :]
        theta, *state = call(base, signature, theta, asked, state, t, hyper)
        return theta, *state, average + (theta - average) / t

    return polyak_average


def sam(problem, *, radius=0.05):
    """The problem whose gradient is taken `radius` uphill of theta: any step that asks the gradient becomes SAM.

    Both gradients see the same batch; the norm is over all parts of theta.  The loss stays the problem's own.
    Source: Foret et al. (2021).
    """
    if radius < 0:
        raise ValueError(f"radius must be at least 0, got {radius}")

    def grad(theta, *batch):
        g = problem.grad(theta, *batch)
        parts = trees.leaves(g)
        scale = radius * ratio(1.0, sum(norm(a) ** 2 for a in parts) ** 0.5, 0.0)
        up = [a + scale * b for a, b in zip(trees.leaves(theta), parts)]
        return problem.grad(trees.like(theta, up), *batch)

    return problem.replace(grad=grad)
