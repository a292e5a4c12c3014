"""Median and an interval for it that assumes nothing but independent runs."""

import math
from typing import NamedTuple


class Interval(NamedTuple):
    """median: of the values.  low, high: two of the values.  level: the chance that they enclose the true median.

    The chance is exact for every continuous distribution, and larger where values can be equal.
    """

    median: float
    low: float
    high: float
    level: float


def median(values):
    """The middle value, or the mean of the two in the middle: 0 where these are -inf and inf."""
    values = sorted(values)
    low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
    return low if low == high else 0.0 if low == -high else (low + high) / 2


def rank(n, level):
    """How far from the ends the interval of n values can stand: (k, chance), from the k-th lowest to the k-th highest.

    The number of values below the true median is that of heads in n tosses of a fair coin.
    Raises ValueError where even the range of n values covers the median less often than asked.
    """
    k, outside, chance = 0, 0, 0.0
    while True:
        outside += math.comb(n, k)
        if 1 - 2 * outside / 2**n < level:
            break
        k, chance = k + 1, 1 - 2 * outside / 2**n
    if not k:
        least = math.ceil(1 - math.log2(1 - level))
        raise ValueError(f"seeds must be at least {least} for an interval of {level:.0%}, got {n}")
    return k, chance


def interval(values, level=0.95):
    """The Interval of the k-th lowest and the k-th highest value, the narrowest whose chance is at least `level`.

    values: of independent runs; inf for those that diverged.  Raises ValueError for too few.
    Source: David and Nagaraja (2003), Order Statistics, section 7.1.
    """
    k, chance = rank(len(values), level)
    ordered = sorted(values)
    return Interval(median(values), ordered[k - 1], ordered[-k], chance)


def paired(a, b, level=0.95):
    """The Interval of a - b, pair by pair; a pair in which both diverged counts as equal."""
    return interval([0.0 if x == y else x - y for x, y in zip(a, b)], level)
