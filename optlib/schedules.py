"""Learning rates as pure functions of the step t = 1, 2, ...; past their end they stay where they ended."""

import math


def constant(t, *, peak):
    """The same rate at every step."""
    return peak


def cosine(t, *, peak, steps, floor=0.0):
    """Half a cosine from `peak` at the first step to `floor` at the last of `steps`.

    Returns the rate of step t.  Source: Loshchilov and Hutter (2017).
    """
    done = min(t - 1, steps - 1) / max(steps - 1, 1)
    return floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2


def reduce_on_plateau(t, loss, lr: float, best=math.inf, bad=0, *, factor=0.1, patience=10, threshold=1e-4):
    """Multiply the rate by `factor` when the loss has not improved for more than `patience` steps.

    A schedule that remembers: it returns lr, best, bad.  An improvement is a loss below best * (1 - threshold).
    Source: the plateau rule described by He et al. (2016); factor, patience and threshold as in PyTorch.
    """
    better = loss < best - threshold * abs(best) if math.isfinite(best) else True
    bad = 0 if better else bad + 1
    best = min(best, loss)
    return (lr * factor, best, 0) if bad > patience else (lr, best, bad)
