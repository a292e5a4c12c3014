"""Transforms of the gradient, in the grammar of the rules: transform(g, <theta, t, rng>, *, <settings>) -> g."""

from optlib import trees
from optlib.grammar import Model, read


def transform(function, g, theta, t, rng):
    """The gradient g after `function`; annotated Model, it sees all leaves as one vector.

    Raises TypeError when the transform asks for something other than theta, t and rng.
    """
    signature = read(function)
    unknown = [n for n in signature.asks if n not in ("theta", "rng")]
    if unknown:
        raise TypeError(f"a transform may ask theta, t and rng; {signature.name} asks {unknown[0]}")
    time = (t,) if signature.timed else ()
    parts = trees.leaves(g)

    def asked(theta):
        return [{"theta": theta, "rng": rng}[n] for n in signature.asks]

    if signature.scope is Model and isinstance(g, (dict, list, tuple)):
        new = function(trees.ravel(parts), *asked(trees.ravel(trees.leaves(theta))), *time)
        return trees.like(g, trees.unravel(new, parts))
    return trees.like(g, [function(a, *asked(b), *time) for a, b in zip(parts, trees.leaves(theta))])
