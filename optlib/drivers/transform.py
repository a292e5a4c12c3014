"""Transforms of the gradient, in the grammar of the rules: transform(g, <theta, t, rng>, *, <settings>) -> g."""

from optlib import trees
from optlib.grammar import Model, read


def checked_transforms(transforms):
    """The transforms as a tuple; TypeError where they are no list of functions."""
    if callable(transforms) or not all(map(callable, transforms)):
        raise TypeError(f"transforms must be a list of functions of the gradient, got {transforms!r}")
    return tuple(transforms)


def transform(function, g, theta, t, rng):
    """The gradient g after `function`; annotated Model, it sees all leaves as one vector.

    Raises TypeError when the transform asks for something other than theta, t and rng.
    """
    signature = read(function)
    unknown = [n for n in signature.asks if n not in ("theta", "rng")]
    if unknown:
        raise TypeError(f"a transform may ask theta, t and rng; {signature.name} asks {unknown[0]}")
    time = (t,) if signature.timed else ()
    parts, places = trees.leaves(g, theta), trees.leaves(theta)

    def asked(theta):
        return [{"theta": theta, "rng": rng}[n] for n in signature.asks]

    if signature.scope is Model and isinstance(g, (dict, list, tuple)):
        new = function(trees.ravel(parts), *asked(trees.ravel(places)), *time)
        cut = trees.unravel(new, parts)
        return trees.like(theta, [float(b) if isinstance(a, float) else b for a, b in zip(parts, cut)])
    return trees.like(theta, [function(a, *asked(b), *time) for a, b in zip(parts, places)])
