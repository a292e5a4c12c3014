"""Basins of attraction: which minimum a rule reaches from each of many starts."""

import numpy as np

from optlib.grammar import call, read, start
from optlib.problems.landscapes import LANDSCAPES, gradient, minima

FAR = 50  # a run this far from 0 has left for good


def lattice(window, columns, rows):
    """The middles of cells that fill (left, right, bottom, top): shape (2, rows, columns), the bottom row first."""
    left, right, bottom, top = window
    xs = left + (right - left) * (np.arange(columns) + 0.5) / columns
    ys = bottom + (top - bottom) * (np.arange(rows) + 0.5) / rows
    return np.stack(np.meshgrid(xs, ys))


def basins(name, rule, starts, steps=500, near=0.1, **hyper):
    """The minimum that a rule reaches on a landscape from each start, all starts at once.

    name: of a landscape.  rule: one that sees one element at a time.  starts: (2, ...).  hyper: numbers for the rule.
    near: how far from a minimum a run may end to count as having reached it.
    Returns whole numbers, shape starts.shape[1:]: 0 for the lowest minimum in the window, 1 for the next, -1 for none.
    Raises ValueError for an unknown landscape, TypeError for a rule that must see more than one element.
    """
    if name not in LANDSCAPES:
        raise ValueError(f"name must be one of {', '.join(LANDSCAPES)}, got {name!r}")
    signature = read(rule)
    if signature.scope or signature.asks != ("g",):
        raise TypeError(f"{signature.name} must be a rule that sees one element and asks g alone")
    place, theta = LANDSCAPES[name], np.array(starts, dtype=float)
    state = start(signature, theta)
    with np.errstate(all="ignore"):  # a run that has left is not a number from then on
        for t in range(1, steps + 1):
            theta, *state = call(rule, signature, theta, [gradient(place.f, theta)], state, t, hyper)
            theta = np.where((np.abs(theta) < FAR).all(axis=0), theta, np.nan)
        wells = np.array([xy for _, *xy in minima(place.f, place.window)])
        away = np.array([np.hypot(theta[0] - x, theta[1] - y) for x, y in wells])
        return np.where((away < near).any(axis=0), away.argmin(axis=0), -1)
