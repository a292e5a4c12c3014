"""Parameters are an array, a number, or a list or dict of arrays.  These few functions see them as a list of leaves."""

import numpy as np


def leaves(tree, like=None):
    """The arrays (or numbers) of a parameter structure, in its order, or in that of the dict `like`."""
    if isinstance(tree, dict):
        return [tree[k] for k in like] if isinstance(like, dict) else list(tree.values())
    return list(tree) if isinstance(tree, (list, tuple)) else [tree]


def like(tree, new):
    """The list `new` in the structure of `tree`."""
    if isinstance(tree, dict):
        return dict(zip(tree, new, strict=True))
    return list(new) if isinstance(tree, (list, tuple)) else new[0]


def names(tree, root="theta"):
    """A name for each leaf, for messages: theta, theta['W'], theta[0]."""
    if isinstance(tree, dict):
        return [f"{root}[{k!r}]" for k in tree]
    return [f"{root}[{i}]" for i in range(len(tree))] if isinstance(tree, (list, tuple)) else [root]


def ravel(parts):
    """All leaves as one vector."""
    return np.concatenate([np.ravel(a) for a in parts])


def unravel(vector, parts):
    """The vector cut into arrays of the shapes of `parts`."""
    ends = np.cumsum([np.size(a) for a in parts])
    return [vector[e - np.size(a) : e].reshape(np.shape(a)) for a, e in zip(parts, ends)]


def copy(tree):
    """The same structure with fresh arrays; numbers stay numbers."""
    return like(tree, [a.copy() if isinstance(a, np.ndarray) else a for a in leaves(tree)])
