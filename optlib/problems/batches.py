"""Which examples a step sees."""

from functools import lru_cache, partial

import numpy as np


def minibatches(n, size, seed=0, *, repeats=False):
    """Batches of `size` of n examples: every epoch sees each example once, in an order of its own.

    repeats: draw each example of each batch on its own instead, from all n; then no two draws know of each other.
    Returns a function t -> indices for step t = 1, 2, ...; the last batch of an epoch is shorter where size does not
    divide n.  t alone decides, so a resumed run sees what an unbroken one would have seen.
    Raises ValueError for a size that is no whole number from 1 to n.
    """
    if not isinstance(size, int | np.integer) or not 1 <= size <= n:
        raise ValueError(f"batch must be a whole number from 1 to {n}, the number of examples, got {size!r}")
    return partial(_draw if repeats else _batch, n, size, seed)


def _batch(n, size, seed, t):
    _check(t)
    epoch, k = divmod(t - 1, -(-n // size))
    return _order(n, seed, epoch)[k * size : (k + 1) * size]


def _draw(n, size, seed, t):
    _check(t)
    return np.random.default_rng((seed, t)).integers(n, size=size)


def _check(t):
    if t < 1:
        raise ValueError(f"t counts steps from 1, got {t}")


@lru_cache(maxsize=64)
def _order(n, seed, epoch):
    """The order of one epoch; kept, because its steps ask one after the other, also when many seeds take turns."""
    order = np.random.default_rng((seed, epoch)).permutation(n)
    order.setflags(write=False)
    return order
