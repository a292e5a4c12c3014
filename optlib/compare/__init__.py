"""Fair comparisons: every method tuned on the same budget, measured on fresh seeds, and never called better by chance.

from optlib.compare import compare
found = compare(problem, {"sgd": sgd, "adam": adam}, steps=300)
print(found)
print(found.verdict("adam", "sgd"))
found.plot(alt="...", caption="...")
"""

import functools
import math
import pickle
from dataclasses import replace

from optlib.compare import asked
from optlib.compare import cache as on_disk
from optlib.compare.result import Comparison, Outcome
from optlib.compare.runs import draw, once
from optlib.compare.statistics import Interval, interval, median, paired, rank
from optlib.drivers.progress import Progress

APART = 1000  # tuning seeds begin so far after the first reported one, at least
POINTS = 24  # of a curve, besides its start


def compare(
    problem, methods, *, steps=None, evaluations=None, lr=(1e-4, 1.0), trials=16, tuning=3, seeds=10, seed=0,
    score=None, level=0.95, executor=None, cache=None, progress=None,
):  # fmt: skip
    """Tune each method on the same budget, run the chosen settings on fresh seeds, and return the Comparison.

    problem: function seed -> (problem, theta0), so that data, start and batches can vary; one seed is the same for all.
    methods: {name: method}.  A method is a step, whose lr is searched in the range `lr`, unless a partial has set it;
    or (step, {hyperparameter: (low, high)}); or (step, ranges, hyper), where hyper(**drawn) returns the
    hyperparameters, such as a schedule with a drawn peak.
    steps or evaluations: the budget of a run, in steps, or in functions asked (a run ends with the step that gets
    there).  trials: settings tried for each method, log-uniform in its ranges.  tuning: seeds each is tried on; the
    lowest median score is chosen.  seeds: fresh ones that the chosen setting is measured on, beginning with `seed`.
    score: function (problem, theta) -> number, lower is better; None for the loss on all data.
    level: what an interval should cover at least.
    executor: any concurrent.futures.Executor; None runs here.  The numbers are the same (seconds are not).
    cache: a folder that keeps the outcomes; None for the user's cache (not where CI or DESCENT_CACHE=0 is set), False
    for none.  `optlib.compare.cache_folder()` says where it is.  progress: as in `minimize`.

    A run has diverged when its score is not finite, or when it broke off no lower than it began.  It counts as inf.
    Raises TypeError or ValueError, in one sentence, when these do not fit together.

    >>> import numpy as np
    >>> from optlib.problems import quadratic
    >>> from optlib.rules import momentum, sgd
    >>> def valley(seed):
    ...     return quadratic((1, 100)), np.random.default_rng(seed).normal(size=2)
    >>> found = compare(valley, {"sgd": sgd, "momentum": momentum}, steps=300, lr=(1e-3, 0.1), cache=False)
    >>> found.outcomes["sgd"].setting
    {'lr': 0.0175}
    >>> found.verdict("momentum", "sgd").partition(":")[0]
    'The full loss of momentum is lower than that of sgd'
    """
    unit, budget = asked.budget(steps, evaluations)
    asked.counts(trials=trials, tuning=tuning, seeds=seeds)
    if not (isinstance(level, float) and 0.5 <= level < 1):
        raise ValueError(f"level must be from 0.5 to below 1, got {level!r}")
    rank(seeds, level)
    if executor is not None and not hasattr(executor, "submit"):
        raise TypeError(f"executor must be a concurrent.futures.Executor or None, got {executor!r}")
    plans = asked.plans(methods, lr)
    asked.problem(problem, score, seed)
    first = seed + max(seeds, APART)
    reported, tuned = range(seed, seed + seeds), range(first, first + tuning)
    place = on_disk.folder(cache)
    marks = tuple(sorted({round(k * budget / POINTS) for k in range(POINTS + 1)}))
    settings = {name: draw(ranges, trials, seed) for name, (_, ranges, _) in plans.items()}
    work = {name: seeds + (len(s) * tuning if len(s) > 1 else 0) for name, s in settings.items()}
    bar = Progress(sum(work.values()), progress, "runs")
    outcomes, done = {}, 0
    try:
        for name, (step, ranges, hyper) in plans.items():
            question = [problem, step, ranges, hyper, settings[name], unit, budget, marks, reported, tuned, score]
            file = on_disk.entry(place, question)
            outcomes[name] = _restored(file)
            if outcomes[name] is None:
                run = functools.partial(once, problem, step, budget=budget, unit=unit, score=score)
                run_all = functools.partial(_run_all, executor, bar, done)
                outcome = _outcome(run, run_all, hyper, settings[name], tuned, reported, marks)
                outcomes[name] = Outcome(rule=asked.name(step), ranges=ranges, **outcome)
                if file and on_disk.store(file, vars(outcomes[name])):
                    outcomes[name] = replace(outcomes[name], kept=file)
            done += work[name]
    finally:
        bar.close()
    measure = "full loss" if score is None else getattr(score, "__name__", "score").replace("_", " ")
    return Comparison(outcomes, measure, unit, budget, marks, reported, tuned, level)


def cache_folder():
    """Where `compare` keeps its outcomes when it is not told; None where it keeps none.  It may be deleted any time."""
    return on_disk.folder()


def _outcome(run, run_all, hyper, settings, tuned, reported, marks):
    """Choose a setting on the tuning seeds and run it on the reported ones; the fields of an Outcome."""
    tried, setting = (), settings[0]
    if len(settings) > 1:
        tasks = [functools.partial(run, hyper(**s), k) for s in settings for k in tuned]
        scores = [ran.score for ran in run_all(tasks)]
        n = len(tuned)
        tried = tuple((s, tuple(scores[i * n : (i + 1) * n])) for i, s in enumerate(settings))
        setting = min(tried, key=lambda one: (median(one[1]), one[1].count(math.inf)))[0]
    ran = run_all([functools.partial(run, hyper(**setting), k, marks=marks) for k in reported], len(tried) * len(tuned))
    return dict(
        tried=tried, setting=setting, scores=tuple(r.score for r in ran), curves=tuple(r.curve for r in ran),
        steps=tuple(r.steps for r in ran), evaluations=tuple(r.evaluations for r in ran),
        seconds=tuple(r.seconds for r in ran),
    )  # fmt: skip


def _run_all(executor, bar, done, tasks, before=0):
    """The results of the tasks, in their order, wherever they ran."""
    results, futures = [], []
    try:
        if executor is not None:
            futures = [executor.submit(task) for task in tasks]
        for k, task in enumerate(tasks):
            results.append(futures[k].result() if futures else task())
            bar.update(done + before + k + 1, results[-1].score)
    except (pickle.PicklingError, AttributeError, TypeError) as e:
        if futures and "pickle" in str(e):
            raise TypeError(
                "this executor cannot send the problem or a method to another process; define them at the top of a "
                f"module, without lambda ({e})"
            ) from e
        raise
    finally:
        for future in futures:
            future.cancel()
    return results


def _restored(file):
    """The Outcome in a file, or None."""
    data = on_disk.load(file) if file else None
    try:
        return data and Outcome(**{name: _tuples(value) for name, value in data.items()} | {"kept": file})
    except (AttributeError, TypeError):  # written by somebody else
        return None


def _tuples(value):
    """JSON's lists as the tuples that they were."""
    if isinstance(value, dict):
        return {k: _tuples(v) for k, v in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


__all__ = ["Comparison", "Interval", "Outcome", "cache_folder", "compare", "interval", "median", "paired"]
