"""One run of one setting from one seed, and which settings are tried."""

import math
import time
from dataclasses import dataclass, field

import numpy as np

from optlib.drivers.bind import bind, checked_theta
from optlib.drivers.minimize import minimize
from optlib.problem import as_problem


@dataclass(frozen=True)
class Ran:
    """What a run came to.

    score: at its end, inf where it diverged.  curve: the scores at the marks.  steps, evaluations: how many it used.
    seconds: of the run itself, without the scores.
    """

    score: float
    curve: tuple
    steps: int
    evaluations: int
    seconds: float = field(compare=False)


def draw(ranges, trials, seed):
    """`trials` settings {name: value}, log-uniform in each range (low, high).

    A range is cut into as many logarithmic slices as there are trials, and each slice is drawn from once, the slices of
    different names in an order of their own.  Equal ranges give equal settings, whoever asks.  Values have three
    digits, so that what is printed is what was run.  Without ranges there is one setting, {}.
    """
    if not ranges:
        return [{}]
    rng, columns = np.random.default_rng(seed), []
    for k, (low, high) in enumerate(ranges.values()):
        slices = np.arange(trials) if k == 0 else rng.permutation(trials)
        values = low * (high / low) ** ((slices + rng.uniform(size=trials)) / trials)
        columns.append([min(max(float(f"{v:.3g}"), low), high) for v in values])
    return [dict(zip(ranges, row)) for row in zip(*columns)]


def once(problem, step, hyper, seed, *, budget, unit, marks=(), score=None):
    """Run `step` with the hyperparameters `hyper` on problem(seed) until the budget is used; returns Ran.

    unit: "step" or "evaluation", what the budget and the marks count.  marks: increasing, beginning with 0, where the
    curve is wanted.  score: function (problem, theta) -> number; None for the full loss.
    """
    made, theta = problem(seed)
    whole = as_problem(made)
    used = [0]
    run_on = whole if _asks_loss(step, theta, hyper) else whole.replace(f=None)  # no loss on the way, no time for it
    if unit == "evaluation":
        run_on = run_on.replace(**{name: _counted(f, used) for name, f in run_on.can.items()})
    curve, aside = [], 0.0

    def measure(theta):
        with np.errstate(all="ignore"):  # an overflow is seen in the score
            try:
                value = float(score(whole, theta) if score else whole.full(theta))
            except OverflowError:
                value = math.inf
        return value if math.isfinite(value) else math.inf

    def watch(t, theta, loss):
        nonlocal aside
        now, began = t if unit == "step" else used[0], time.perf_counter()
        if len(curve) < len(marks) and marks[len(curve)] <= now:
            value = measure(theta)
            while len(curve) < len(marks) and marks[len(curve)] <= now:
                curve.append(value)
        aside += time.perf_counter() - began
        return now >= budget

    first = measure(theta)
    if marks:
        curve.append(first)
    began = time.perf_counter()
    run = minimize(run_on, theta, step, steps=budget, callback=watch, seed=seed, progress=False, **hyper)
    seconds = time.perf_counter() - began - aside
    last = measure(run.theta)
    if run.ended == "diverged" and not last < first:  # a search that broke off at the bottom has not diverged
        last = math.inf
    curve += [last] * (len(marks) - len(curve))
    return Ran(last, tuple(curve), run.t, sum(run.evaluations.values()), seconds)


def _asks_loss(step, theta, hyper):
    """Whether the step, or a schedule that remembers, must be told the loss."""
    bound = bind(step, checked_theta(theta), hyper)
    return not {"f", "loss"}.isdisjoint(bound.asks) or any(h.remembering for h in bound.hypers)


def _counted(function, used):
    def counting(*args):
        used[0] += 1
        return function(*args)

    return counting
