"""What `compare` may be asked; every refusal is one sentence."""

import functools
import math

from optlib.grammar import check_hyper, read
from optlib.problem import as_problem


def budget(steps, evaluations):
    """(unit, how many) of a run."""
    if (steps is None) == (evaluations is None):
        raise TypeError(f"give steps or evaluations, one of the two; got steps={steps!r}, evaluations={evaluations!r}")
    unit, value = ("evaluation", evaluations) if steps is None else ("step", steps)
    counts(**{f"{unit}s": value})
    return unit, value


def counts(**named):
    for name, value in named.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")


def plans(methods, lr):
    """{name: (step, ranges, hyper)} of methods in any of their forms; see `compare`."""
    if not isinstance(methods, dict) or not methods:
        raise TypeError(f"methods must be a dict {{name: method}} with at least one method, got {methods!r}")
    return {name: _plan(f"methods[{name!r}]", method, lr) for name, method in methods.items()}


def _plan(where, method, lr):
    parts = method if isinstance(method, tuple) else (method,)
    step, ranges, hyper = (*parts, *(None, None, dict)[len(parts) :])[:3]
    if len(parts) > 3 or not (callable(step) or isinstance(step, dict | list)) or not callable(hyper):
        raise TypeError(f"{where} must be a step, (step, ranges) or (step, ranges, hyper), got {method!r}")
    preset = step.keywords if isinstance(step, functools.partial) else {}
    if ranges is None:
        ranges = {"lr": lr} if callable(step) and "lr" in read(step).hyper and "lr" not in preset else {}
    if not isinstance(ranges, dict):
        raise TypeError(f"{where} must have a dict of ranges {{hyperparameter: (low, high)}}, got {ranges!r}")
    checked = {key: _range(f"the range of {key} in {where}", pair) for key, pair in ranges.items()}
    if callable(step) and hyper is dict:
        check_hyper(read(step), dict.fromkeys(ranges))
    return step, checked, hyper


def _range(where, pair):
    try:
        low, high = map(float, pair)
    except (TypeError, ValueError):
        raise TypeError(f"{where} must be a pair (low, high), got {pair!r}") from None
    if not 0 < low <= high < math.inf:
        raise ValueError(f"{where} must have 0 < low <= high, both finite, got ({low:g}, {high:g})")
    return low, high


def problem(problem, score, seed):
    """Ask for one problem and one score of its start, so that what does not fit is known before anything runs."""
    if not callable(problem):
        raise TypeError(f"problem must be a function seed -> (problem, theta0), got {type(problem).__name__}")
    made = problem(seed)
    if not isinstance(made, tuple) or len(made) != 2:
        raise TypeError(f"problem(seed) must return a pair (problem, theta0), got {type(made).__name__}")
    whole = as_problem(made[0])
    if score is None and whole.full is None:
        raise ValueError("the problem must have a loss on all data, full= or f=, or a score must be given")
    if score is not None and not callable(score):
        raise TypeError(f"score must be a function (problem, theta) -> number, got {score!r}")
    value = whole.full(made[1]) if score is None else score(whole, made[1])
    try:
        float(value)
    except (TypeError, ValueError):
        raise TypeError(f"the score must be one number, got {value!r}") from None


def name(step):
    """What a step is called; a dict or list of steps by its first."""
    if isinstance(step, dict | list):
        return name(next(iter(step.values() if isinstance(step, dict) else step)))
    return read(step).name
