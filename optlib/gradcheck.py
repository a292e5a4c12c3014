"""Is this the gradient of that?  Two values of the loss around a point answer, one coordinate at a time."""

from typing import NamedTuple

import numpy as np

from optlib import trees


class GradCheck(NamedTuple):
    """What `gradcheck` found.

    error: the largest relative error.  worst: the coordinate where it is, as one would type it.  given: what grad says
    there.  measured: what the differences say.  leaves: {name of a leaf: its relative error}.
    """

    error: float
    worst: str
    given: float
    measured: float
    leaves: dict

    def __repr__(self):
        return f"relative error {self.error:.1e}, worst at {self.worst}: {self.given:.6g}, measured {self.measured:.6g}"


def gradcheck(f, grad, theta, *, eps=None, samples=None, seed=0):
    """Compare grad with central differences of f at theta.

    f: function theta -> loss.  grad: function theta -> gradient, in the structure of theta.
    theta: a number, an array, or a list or dict of them.
    eps: step of the differences, relative to max(1, |coordinate|).  By default the cube root of the machine's epsilon,
    6e-6 in double precision: the formula's error grows as eps**2, that of rounding as 1/eps, and there they meet.
    samples: how many coordinates of each leaf to look at, drawn with `seed`; None looks at all.
    Returns a GradCheck.  Errors are relative to the largest entry of the leaf, or, where that is below eps times the
    largest of all, to the latter.  A right gradient in double precision is below 1e-6, unless theta is stationary.
    Raises ValueError where grad and theta differ in structure or shape, or a value is not finite; TypeError where theta
    is not real or f does not return one number.
    """
    parts = [_real(a, name) for a, name in zip(trees.leaves(theta), trees.names(theta))]
    gradient = [np.asarray(g) for g in _matching(grad(theta), theta, parts)]
    rng, found = np.random.default_rng(seed), []
    for k, (name, a) in enumerate(zip(trees.names(theta), parts)):
        size = np.cbrt(np.finfo(a.dtype).eps) if eps is None else eps
        places = range(a.size) if samples is None else rng.choice(a.size, min(samples, a.size), replace=False)
        for flat in places:
            index = np.unravel_index(flat, a.shape)
            h = size * max(1, abs(a[index]))
            measured = (_at(f, theta, parts, k, index, h) - _at(f, theta, parts, k, index, -h)) / (2 * h)
            found.append((k, _coordinate(name, index), float(gradient[k][index]), float(measured), size))
    return _judge(found, trees.names(theta))


def _judge(found, names):
    """Errors relative to the scale of each leaf, and the worst of them."""
    scale, leaves, results = [0.0] * len(names), dict.fromkeys(names, 0.0), []
    for k, _, g, d, _ in found:
        scale[k] = max(scale[k], abs(g), abs(d))
    for k, where, g, d, size in found:
        against = scale[k] if scale[k] > size * max(scale) else max(scale)
        error = abs(g - d) / against if against else 0.0
        leaves[names[k]] = max(leaves[names[k]], error)
        results.append((error, where, g, d))
    return GradCheck(*max(results, key=lambda r: r[0]), leaves)


def _at(f, theta, parts, k, index, h):
    """f with coordinate `index` of leaf k moved by h; theta itself stays."""
    moved = parts[k].copy()
    moved[index] += h
    moved = moved if isinstance(trees.leaves(theta)[k], np.ndarray) else moved.item()
    value = f(trees.like(theta, [moved if j == k else a for j, a in enumerate(trees.leaves(theta))]))
    if np.size(value) != 1 or np.iscomplexobj(value):
        raise TypeError(f"f must return one real number, got shape {np.shape(value)} of {type(value).__name__}")
    if not np.isfinite(value):
        raise ValueError(f"f must be finite around theta, got {value} near {_coordinate(trees.names(theta)[k], index)}")
    return float(np.asarray(value).reshape(()))


def _real(a, name):
    a = np.asarray(a)
    if a.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold real numbers, got dtype {a.dtype}")
    if not a.size or not np.isfinite(a).all():
        raise ValueError(f"{name} must hold finite numbers, at least one, got {'a nan or inf' if a.size else 'none'}")
    return a if a.dtype.kind == "f" else a.astype(float)


def _matching(g, theta, parts):
    """The leaves of the gradient g in the order of theta's."""
    if isinstance(theta, dict):
        if not isinstance(g, dict) or set(g) != set(theta):
            has = f"keys {', '.join(map(str, g))}" if isinstance(g, dict) else type(g).__name__
            raise ValueError(f"grad must return a dict with the keys {', '.join(map(str, theta))}, got {has}")
        g = {key: g[key] for key in theta}
    elif isinstance(theta, list | tuple) and (not isinstance(g, list | tuple) or len(g) != len(theta)):
        has = f"{len(g)} of them" if isinstance(g, list | tuple) else type(g).__name__
        raise ValueError(f"grad must return a list of {len(theta)}, one for each part of theta, got {has}")
    elif not isinstance(theta, list | tuple) and isinstance(g, dict | list | tuple):
        raise ValueError(f"grad must return an array of shape {np.shape(theta)} like theta, got a {type(g).__name__}")
    for name, a, b in zip(trees.names(theta, "grad(theta)"), trees.leaves(g), parts):
        if np.shape(a) != b.shape:
            raise ValueError(f"{name} must have shape {b.shape} like theta, got {np.shape(a)}")
        if not np.isfinite(a).all():
            raise ValueError(f"{name} must be finite, got a nan or inf")
    return trees.leaves(g)


def _coordinate(name, index):
    return f"{name}[{', '.join(map(str, index))}]" if index else name
