"""A rule on the arrays of another library: torch, jax.numpy, CuPy, and with them on a GPU.

step = on(adam, torch)
theta, m, v = step(theta, g, m, v, t, lr=1e-3)      tensors in, tensors out, on the device where they are
"""

import functools
import inspect

from optlib import ops
from optlib.lives import over

ONE_BY_ONE = ("sqrt", "exp", "sin", "cos", "abs", "sign", "maximum", "minimum")
WORDS = (*ONE_BY_ONE, "where", "ratio", "dot", "norm")


def on(step, namespace):
    """`step` with the words of `namespace` in place of NumPy's; a partial keeps its settings.

    namespace: a module with the names of NumPy, such as torch, jax.numpy or cupy.
    Python numbers stay Python numbers and take the dtype of the arrays they meet.  Raises TypeError for a step with a
    word that looks at a whole matrix: those are NumPy's alone.
    """
    if isinstance(step, functools.partial):
        return functools.partial(on(step.func, namespace), **step.keywords)

    used = {n for n in step.__code__.co_names if n in step.__globals__ and step.__globals__[n] is getattr(ops, n, None)}
    unknown = sorted(used - set(WORDS))
    if unknown:
        raise TypeError(f"{step.__name__} uses {unknown[0]}, which is known to NumPy alone")

    @functools.wraps(step)
    def twin(theta, *rest, **hyper):
        return over(step, words(namespace, theta))(theta, *rest, **hyper)

    twin.__signature__ = inspect.signature(step)
    return twin


def words(xp, like):
    """The vocabulary of `optlib.ops` over the module xp; like: the array whose dtype and place numbers take."""

    def array(a):
        return xp.full_like(like, a) if isinstance(a, (int, float)) else a

    def word(name):
        """One function of xp for arrays, that of optlib for Python numbers."""
        on_numbers, on_arrays = getattr(ops, name), getattr(xp, name)

        def both(*arguments):
            if all(isinstance(a, (int, float)) for a in arguments):
                return on_numbers(*arguments)
            return on_arrays(*map(array, arguments))

        return both

    def where(condition, a, b):
        return (a if condition else b) if isinstance(condition, bool) else xp.where(condition, array(a), array(b))

    def ratio(a, b, otherwise):
        if isinstance(a, (int, float)) and isinstance(b, (int, float)):
            return ops.ratio(a, b, otherwise)
        a, b = array(a), array(b)
        return xp.where(b == 0, array(otherwise), a / xp.where(b == 0, array(1.0), b))

    def dot(a, b):
        return (a * b).sum()

    def norm(a):
        return dot(a, a) ** 0.5

    return {name: word(name) for name in ONE_BY_ONE} | {"where": where, "ratio": ratio, "dot": dot, "norm": norm}
