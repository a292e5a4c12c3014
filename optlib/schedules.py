"""Learning rates as pure functions of the step t = 1, 2, ...; past their end they stay where they ended.

schedule(1, ...) is the rate of the first step, schedule(steps, ...) that of the last of `steps`.  Libraries count steps
from 0 and reach the end one step later: their count is t - 1 here, and their number of steps is one less than ours.
t may be an array.  Like a rule, each line is one equation; `reduce_on_plateau` looks at the loss and branches.
"""

import functools
import inspect
import math
from numbers import Integral, Real

import numpy as np

from optlib.ops import abs, cos, log, maximum, minimum, pi, ratio, sqrt


def whole(a):
    return isinstance(a, Integral) and a >= 1


def rate(a):
    return isinstance(a, Real) and 0 <= a < math.inf


def positive(a):
    return isinstance(a, Real) and 0 < a < math.inf


def share(a):
    return isinstance(a, Real) and 0 < a < 1


# the schedules that are functions of t alone
TIMED = [
    "constant",
    "cosine",
    "exponential",
    "inverse_sqrt",
    "linear_warmup",
    "one_cycle",
    "one_cycle_momentum",
    "polynomial",
    "sgdr",
    "step",
    "triangular",
    "warmup_cosine",
    "wsd",
]

ACCEPTED = {
    **dict.fromkeys(("steps", "every", "period", "warmup", "decay", "growth"), (whole, "a whole number, at least 1")),
    **dict.fromkeys(("peak", "floor", "threshold", "patience"), (rate, "a number, at least 0")),
    **dict.fromkeys(("factor", "power", "start", "final"), (positive, "a number above 0")),
    **dict.fromkeys(("rise", "fall", "high", "low"), (share, "a number between 0 and 1")),
}


def checked(schedule):
    """Decorator: ValueError, in one sentence, for a t below 1 and for settings of no use."""
    parameters = inspect.signature(schedule).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is not p.empty}

    @functools.wraps(schedule)
    def checking(t, *memory, **settings):
        if (t if isinstance(t, int) else np.min(t)) < 1:
            raise ValueError(f"t counts steps from 1, got {t}")
        for name, value in settings.items():
            fits, words = ACCEPTED.get(name, (None, None))
            if fits and not fits(value):
                raise ValueError(f"{name} of {schedule.__name__} must be {words}, got {value!r}")
        now = defaults | settings
        parts, steps = now.get("warmup", 0) + now.get("decay", 0), now.get("steps", math.inf)
        if parts > steps:
            raise ValueError(f"steps of {schedule.__name__} must be at least {parts}, for all its parts, got {steps}")
        rise, fall = now.get("rise", 0), now.get("fall", 1)
        if rise >= fall:
            raise ValueError(f"rise of {schedule.__name__} must be below fall, got {rise} and {fall}")
        return schedule(t, *memory, **settings)

    return checking


@checked
def constant(t, *, peak):
    """The same rate at every step."""
    lr = peak
    return lr


@checked
def step(t, *, peak, every, factor=0.1):
    """`peak` for the first `every` steps, `factor` times that for the next, and so on.

    Returns the rate of step t.  Source: the ImageNet example of PyTorch divides by 10 every 30 epochs.
    """
    lr = peak * factor ** ((t - 1) // every)
    return lr


@checked
def exponential(t, *, peak, factor, every=1):
    """From `peak` at the first step on, the rate is multiplied by `factor` in the course of `every` steps.

    Returns the rate of step t.  A factor above 1 grows: `range_test` sweeps the rate so.
    """
    lr = peak * factor ** ((t - 1) / every)
    return lr


@checked
def polynomial(t, *, peak, steps, floor=0.0, power=1.0):
    """From `peak` at the first step to `floor` at the last of `steps`: a straight line, or a power of one.

    Returns the rate of step t.  Source: Devlin et al. (2019) train BERT with power 1.
    """
    done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1)
    lr = floor + (peak - floor) * (1 - done) ** power
    return lr


@checked
def inverse_sqrt(t, *, peak, warmup=1):
    """A straight line up to `peak` at step `warmup`, then `peak` times sqrt(warmup / t), without end.

    Returns the rate of step t; warmup 1 is none.
    Source: Vaswani et al. (2017); without warm-up, the rate of the regret bound of online gradient descent.
    """
    lr = peak * minimum(t / warmup, sqrt(warmup / t))
    return lr


@checked
def cosine(t, *, peak, steps, floor=0.0):
    """Half a cosine from `peak` at the first step to `floor` at the last of `steps`.

    Returns the rate of step t.  Source: Loshchilov and Hutter (2017).
    """
    done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1)
    lr = floor + (peak - floor) * (1 + cos(pi * done)) / 2
    return lr


@checked
def sgdr(t, *, peak, period, growth=1, floor=0.0):
    """Cosines one after the other, each `growth` times as long as the one before; the first has `period` steps.

    Each is a `cosine`: `peak` at its first step, `floor` at its last.  In the paper and in PyTorch `floor` would be
    reached one step later, where the next one starts.  Returns the rate of step t.
    Source: Loshchilov and Hutter (2017), stochastic gradient descent with warm restarts.
    """
    # whole cosines before step t; half a step into it, so that rounding cannot move a restart
    before = ratio(log(1 + (growth - 1) * (t - 0.5) / period), log(growth), (t - 0.5) / period) // 1
    begin = period * ratio(growth**before - 1, growth - 1, before)
    done = (t - 1 - begin) / maximum(period * growth**before - 1, 1)
    lr = floor + (peak - floor) * (1 + cos(pi * done)) / 2
    return lr


@checked
def triangular(t, *, peak, period, floor=0.0):
    """Straight up from `floor` at the first step to `peak` half a period later, straight down, and again, without end.

    period: steps from one low point to the next, twice the "stepsize" of the paper.  Returns the rate of step t.
    Source: Smith (2017), cyclical learning rates.
    """
    done = (t - 1) / period - (t - 1) // period
    lr = floor + (peak - floor) * (1 - abs(2 * done - 1))
    return lr


@checked
def one_cycle(t, *, peak, steps, start=25.0, final=1e4, rise=0.45, fall=0.9):
    """Three straight lines: from peak / start up to `peak`, down again, and on to peak / (start * final).

    rise, fall: the shares of `steps` after which the first and the second line end; equally long ones as in the paper.
    start, final: the values that PyTorch and optax use.  `one_cycle_momentum` is what the momentum does meanwhile.
    Returns the rate of step t.  Source: Smith and Topin (2017).
    """
    done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1)
    low = peak / start
    up = minimum(done / rise, (fall - done) / (fall - rise))
    tail = (done - fall) / (1 - fall)
    lr = low + (peak - low) * maximum(up, 0) - (low - low / final) * maximum(tail, 0)
    return lr


@checked
def one_cycle_momentum(t, *, steps, high=0.95, low=0.85, rise=0.45, fall=0.9):
    """The momentum beside `one_cycle`: down from `high` to `low` where the rate peaks, up again, then `high`.

    Returns the momentum of step t.  Source: Smith (2018), who found 0.95 and 0.85 good.
    """
    done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1)
    up = minimum(done / rise, (fall - done) / (fall - rise))
    momentum = high - (high - low) * maximum(up, 0)
    return momentum


@checked
def linear_warmup(t, *, peak, warmup):
    """A straight line from peak / warmup at the first step to `peak` at step `warmup`, where it stays.

    Returns the rate of step t.  Source: Goyal et al. (2017).
    """
    lr = peak * minimum(t / warmup, 1)
    return lr


@checked
def warmup_cosine(t, *, peak, steps, warmup, floor=0.0):
    """`linear_warmup` to `peak` at step `warmup`, then half a cosine to `floor` at the last of `steps`.

    Returns the rate of step t; warmup 1 is none.  Source: Goyal et al. (2017) and Loshchilov and Hutter (2017); the
    recipe of Touvron et al. (2023): 2000 steps of warm-up, a floor of a tenth.
    """
    done = maximum(minimum(t, steps) - warmup, 0) / maximum(steps - warmup, 1)
    lr = minimum(t / warmup, 1) * (floor + (peak - floor) * (1 + cos(pi * done)) / 2)
    return lr


@checked
def wsd(t, *, peak, steps, warmup, decay, floor=0.0):
    """Warm up, stay, decay: `peak` from step `warmup` on; a straight line to `floor` over the last `decay` of `steps`.

    Returns the rate of step t.  Source: Hu et al. (2024); their decay is an exponential, a straight line is common.
    """
    done = maximum(minimum(t, steps) - (steps - decay), 0) / decay
    lr = minimum(t / warmup, 1) * (floor + (peak - floor) * (1 - done))
    return lr


@checked
def reduce_on_plateau(t, loss, lr: float, best=math.inf, bad=0, *, factor=0.1, patience=10, threshold=1e-4, floor=0.0):
    """Multiply the rate by `factor`, down to `floor`, when the loss has not improved for more than `patience` steps.

    A schedule that remembers: it returns lr, best, bad.  An improvement is a loss below best - threshold * |best|, and
    only an improvement is a new best.
    Source: the plateau rule described by He et al. (2016); factor, patience and threshold as in PyTorch.
    """
    if loss < best - (threshold * abs(best) if best < math.inf else 0):
        return lr, loss, 0
    if bad + 1 > patience:
        return max(lr * factor, floor), best, 0
    return lr, best, bad + 1


def join(schedules, lengths):
    """The schedule that follows schedules[0] for lengths[0] steps, then schedules[1] from its first step, and so on.

    schedules: functions of t, or numbers, which are rates that stay.  Past the end it stays where it ended.
    Returns a function of t.  Raises ValueError where the two lists do not fit.
    """
    if len(schedules) != len(lengths) or not schedules:
        raise ValueError(f"join needs one length a schedule, got {len(schedules)} schedules and {len(lengths)} lengths")
    for length in lengths:
        if not whole(length):
            raise ValueError(f"lengths of join must be whole numbers, at least 1, got {length!r}")
    return functools.partial(joined, parts=tuple(zip(schedules, lengths)))


def joined(t, *, parts):
    """What `join` returns, for one t; parts: pairs (schedule, length)."""
    first, *later = parts
    while later and t > first[1]:
        t, (first, *later) = t - first[1], later
    schedule, length = first
    return schedule(min(t, length)) if callable(schedule) else schedule
