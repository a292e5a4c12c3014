"""Hyperparameters at step t: numbers, functions of t, and schedules that remember."""

import functools
import inspect
import math

from optlib.grammar import check_hyper


class Hyper:
    """The hyperparameters of one step: what is fixed, what moves with t, and what the moving ones remember.

    `at(t, loss, memory)` returns ({name: value}, memory).  A schedule is a function of t; one that also has a
    parameter `loss` remembers: schedule(t, loss, *memory, **settings) -> value, *memory, its first memory being the
    value itself.
    """

    def __init__(self, signature, hyper):
        check_hyper(signature, hyper)
        given = {k: v for k, v in (signature.hyper | hyper).items() if k in hyper or callable(v)}
        self.fixed = {k: checked(k, v) for k, v in given.items() if not callable(v)}
        self.moving = {k: v for k, v in given.items() if callable(v)}
        self.remembering = {k: _settings(k, v) for k, v in self.moving.items() if _asks_loss(v)}

    def start(self):
        """The memories before the first step, {name: list}."""
        return {k: list(memory) for k, (_, memory, _) in self.remembering.items()}

    def at(self, t, loss=math.nan, memory=None):
        if not self.moving:
            return self.fixed, memory
        now, memory = dict(self.fixed), dict(memory or {})
        for name, schedule in self.moving.items():
            if name in self.remembering:
                function, _, settings = self.remembering[name]
                value, *rest = function(t, loss, *memory[name], **settings)
                memory[name] = [value, *rest]
            else:
                value = schedule(t)
            now[name] = checked(name, value, f" from the schedule at step {t}")
        return now, memory


def checked(name, value, origin=""):
    """A hyperparameter as a Python number, so that it is weak beside float32; ValueError where it is no use."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise TypeError(f"{name} must be a number or a function of t, got {value!r}{origin}") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {number}{origin}")
    if name == "lr" and number < 0:
        raise ValueError(f"lr must be at least 0, got {number:g}{origin}")
    return number


def _asks_loss(schedule):
    try:
        return "loss" in inspect.signature(schedule).parameters
    except ValueError:  # a builtin without a signature is a plain function of t
        return False


def _settings(name, schedule):
    """(function, start of its memory, keyword settings) of a schedule that remembers."""
    preset = dict(schedule.keywords) if isinstance(schedule, functools.partial) else {}
    function = schedule.func if isinstance(schedule, functools.partial) else schedule
    parameters = [p for p in inspect.signature(function).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    memory = []
    for p in parameters[2:]:
        value = preset.pop(p.name, p.default)
        if value is p.empty:
            raise TypeError(f"the schedule of {name} needs a start: partial({function.__name__}, {p.name}=...)")
        memory.append(value)
    return function, memory, preset
