"""Exercises of chapter 05, Learning-rate schedules."""

import functools
import itertools
import math
from functools import cache, partial

import numpy as np

from optlib import schedules
from optlib.exercises.kinds import array, choice, expression, function, number
from optlib.models import softmax


def quarter_of_a_cosine():
    """At step 101 of 401 a quarter of the way is done."""
    return schedules.cosine(101, peak=1.0, steps=401)


def rate_of_epoch_65():
    """Epochs counted from 0, as in PyTorch's example."""
    return schedules.step(66, peak=0.1, every=30, factor=0.1)


def half_life():
    """By bisection on the schedule itself."""
    low, high = 1.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        rate = schedules.exponential(1 + middle, peak=1.0, factor=0.95)
        low, high = (middle, high) if rate > 0.5 else (low, middle)
    return low


def ends_of_cosines():
    """The steps after which the rate is at its peak again, less one."""
    rate = partial(schedules.sgdr, peak=1.0, period=10, growth=2)
    ends = (t for t in itertools.count(1) if rate(t + 1) == 1.0 and rate(t) < 0.5)
    return list(itertools.islice(ends, 3))


def best_rate():
    """Where the derivative of (1 - eta h)^2 v + eta^2 sigma^2 by eta is zero."""
    import sympy

    eta, h, v, sigma = sympy.symbols("eta h v sigma", positive=True)
    (root,) = sympy.solve(sympy.diff((1 - eta * h) ** 2 * v + eta**2 * sigma**2, eta), eta)
    return root


def gradient(W, rows):
    """The gradient of the mean cross-entropy of these images of the digits at W (64, 10)."""
    X, Y = images()
    return softmax.gradient(W, X[rows], Y[rows])


@cache
def images():
    from optlib.problems.digits import digits

    return digits().X[:200], softmax.one_hot(digits().y[:200], 10)


def runs():
    out = []
    for steps, warmup, peak in ((24, 6, 1.0), (9, 1, 0.5), (15, 14, 2.0)):
        batches = np.random.default_rng(steps).integers(200, size=(steps, 16))
        out.append(dict(W=np.zeros((64, 10)), gradient=gradient, batches=batches, peak=peak, warmup=warmup))
    return out


def train(W, gradient, batches, peak, warmup, rate=schedules.warmup_cosine):
    T = len(batches)
    rates = [rate(t + 1, peak=peak, steps=T, warmup=warmup) for t in range(T)]
    return functools.reduce(lambda W, step: W - step[0] * gradient(W, step[1]), zip(rates, batches), W)


def from_zero(t, *, peak, steps, warmup):
    """Steps counted from 0: the first one has the rate 0."""
    return schedules.warmup_cosine(t - 1, peak=peak, steps=steps, warmup=warmup) if t > 1 else 0.0


def no_warmup(t, *, peak, steps, warmup):
    return schedules.cosine(t, peak=peak, steps=steps)


def no_cosine(t, *, peak, steps, warmup):
    return schedules.linear_warmup(t, peak=peak, warmup=warmup)


def straight(t, *, peak, steps, warmup):
    return schedules.wsd(t, peak=peak, steps=steps, warmup=warmup, decay=steps - warmup)


def whole_cosine(t, *, peak, steps, warmup):
    """The cosine counted from the first step of the run instead of the end of the warm-up."""
    return schedules.linear_warmup(t, peak=1.0, warmup=warmup) * schedules.cosine(t, peak=peak, steps=steps)


def unhalved(t, *, peak, steps, warmup):
    return schedules.warmup_cosine(t, peak=2 * peak if t > warmup else peak, steps=steps, warmup=warmup)


def rate_of_no_schedule(W, gradient, batches, peak, warmup):
    return train(W, gradient, batches, peak, warmup, lambda t, peak, steps, warmup: peak)


def uphill(W, gradient, batches, peak, warmup):
    return train(W, gradient, batches, -peak, warmup, lambda t, peak, **k: -schedules.warmup_cosine(t, peak=-peak, **k))


def where_it_hurts():
    """The mean loss on a bowl, best constant rate against best cosine, in the four situations."""
    h, peaks = np.array([1.0, 0.1]), np.geomspace(0.001, 1.9, 60)[:, None]

    def lowest(shape, noise):
        v = np.ones((60, 2))
        for lr in shape:
            v = (1 - peaks * lr * h) ** 2 * v + noise * (peaks * lr) ** 2
        return (v @ h).min()

    cosine = schedules.cosine(np.arange(1, 101), peak=1.0, steps=100)
    return "a" if lowest(cosine, 0.0) > lowest(np.ones(100), 0.0) else "b"


EXERCISES = {
    "schedules-1": number(
        quarter_of_a_cosine,
        [
            (0.75, "That is the straight line; the cosine stays higher at first."),
            (math.sqrt(0.5), "That is the cosine itself; it runs from 1 to -1 and must be brought to 1 to 0."),
            ((1 + math.cos(math.pi / 8)) / 2, "The angle goes from 0 to pi, not to pi / 2."),
            (0.5, "That is the middle of the run."),
            (1 - (1 + math.cos(math.pi / 4)) / 2, "That is how much has been lost."),
        ],
        digits=4,
        otherwise="Put d = 1/4 into the cosine's equation.",
    ),
    "schedules-2": number(
        rate_of_epoch_65,
        [
            (0.01, "That is from epoch 30 on; a second drop has come since."),
            (0.0001, "A third drop would come at epoch 90."),
            (0.1 * 0.1 ** (65 / 30), "That is the exponential; steps keep the rate between two drops."),
            (0.1 - 2 * 0.01, "The rate is multiplied at each drop, nothing is subtracted."),
        ],
        otherwise="How many whole times does 30 go into 65, and what does each do to the rate?",
    ),
    "schedules-3": number(
        half_life,
        [
            (20, "That is where a straight line that falls by 0.05 a step is at zero."),
            (math.log(0.5) / math.log(0.95) + 1, "Count the steps after the first one."),
            (math.log(2), "That is the half-life times ln(1/0.95)."),
            (1 / math.log(1 / 0.95), "That is the time to 1/e; asked is a half."),
        ],
        digits=4,
        otherwise="Solve 0.95**n = 1/2 with logarithms.",
    ),
    "schedules-4": array(
        ends_of_cosines,
        [
            ([10, 20, 40], "Those are the lengths; the ends add up."),
            ([10, 20, 30], "The second cosine is twice as long as the first."),
            ([10, 30, 50], "The third cosine is twice as long as the second."),
            ([20, 60, 140], "The first cosine has 10 steps."),
            ([11, 31, 71], "Those are the first steps of the next cosines; asked are the last steps of these."),
        ],
        otherwise="Write down the lengths of the three cosines: after how many steps in all does each end?",
    ),
    "schedules-5": expression(
        best_rate,
        {"h": (0.5, 3), "v": (0.2, 3), "sigma": (0.3, 2)},
        [
            ("1/h", "That is the best rate without noise."),
            ("v/(h**2*v + sigma**2)", "Check the units: a rate is one over a curvature. A factor is missing."),
            ("h*v/(h**2*v + sigma)", "sigma is a standard deviation; its square enters."),
            ("h*v/(h*v + sigma**2)", "The derivative of (1 - eta h)^2 has two factors h in the term with eta."),
            ("2*h*v/(h**2*v + sigma**2)", "At twice the best rate nothing has been gained; check the factor 2."),
            ("h*v/(h**2*v - sigma**2)", "A sign: both squares grow with eta in the end."),
            ("sigma**2*v/(h**2*v + sigma**2)", "That is the square that is left; asked is the rate."),
        ],
        otherwise="Differentiate (1 - eta h)^2 v + eta^2 sigma^2 by eta and solve for eta.",
    ),
    "schedules-6": function(
        runs,
        train,
        [
            (lambda W, **_: W, "W came back as it went in: is each step's result kept?"),
            (partial(train, rate=from_zero), "Steps are counted from 1: the first rate is peak / warmup, not 0."),
            (partial(train, rate=no_warmup), "The warm-up is missing."),
            (partial(train, rate=no_cosine), "After the warm-up the rate should come down."),
            (partial(train, rate=straight), "That comes down in a straight line; asked is half a cosine."),
            (partial(train, rate=whole_cosine), "The cosine begins where the warm-up ends, at its peak."),
            (partial(train, rate=unhalved), "1 + cos goes from 2 to 0: where is its half?"),
            (rate_of_no_schedule, "The rate stays at its peak."),
            (uphill, "The sign is turned: this climbs."),
        ],
        otherwise="At step t: the rate of warmup_cosine with floor 0, then one step of SGD on the rows of that step.",
    ),
    "schedules-7": choice(
        where_it_hurts,
        ("a", "b", "c", "d"),
        {
            "b": "There the floor of a constant rate is what a low last rate removes.",
            "c": "That is noise with a variance four times as large: the more floor to remove.",
            "d": "A long run has time to reach its floor, and then a lower rate is all that helps.",
        },
    ),
}
