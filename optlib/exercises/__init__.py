"""Exercises that answer at once: `check("momentum-2", answer)` says right, not answered yet, or what went wrong.

Answers are read under a time limit and nothing in them can make `check` raise.  See README.md beside this file.
"""

import importlib
import warnings

import numpy as np

from optlib.exercises import progress
from optlib.exercises.kinds import Hint
from optlib.exercises.verdict import Verdict, unanswered

CHAPTERS = (
    "descent-step",
    "stochastic-gradients",
    "landscapes",
    "momentum",
    "schedules",
    "per-coordinate",
    "adam",
    "repairing-adam",
    "decay-and-prox",
    "newton",
    "fisher",
    "structure",
    "flatness",
)

__all__ = ["CHAPTERS", "Verdict", "check", "exercises"]


def exercises(chapter):
    """The exercises of one chapter, {id: function answer -> None or ...}; raises Hint with a sentence otherwise."""
    return importlib.import_module(f"optlib.exercises.{chapter.replace('-', '_')}").EXERCISES


def check(name, answer):
    """The verdict on an answer.

    name: the exercise's id, as "momentum-2".  answer: what its starter asks for; `...` means not answered yet.
    Returns a Verdict, which Jupyter shows; in a folder that `start` made, it is kept in progress.json.
    Raises nothing but KeyboardInterrupt.
    """
    known = {key: judge for chapter in CHAPTERS for key, judge in exercises(chapter).items()}
    if type(name) is not str or name not in known:
        there = ", ".join(f"{c}-1 to {c}-{len(exercises(c))}" for c in CHAPTERS)
        said = repr(name[:40]) if type(name) is str else "whose name is no text"
        return Verdict("check", "wrong", f"There is no exercise {said}; there are {there}.")
    if unanswered(answer):
        return Verdict(name, "open")
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            verdict = Verdict(name, "right" if known[name](answer) is None else "open")
    except Hint as hint:
        verdict = Verdict(name, "wrong", str(hint))
    except ImportError as missing:
        return Verdict(name, "wrong", f"This exercise cannot be checked here: {missing}.")
    except KeyboardInterrupt:
        raise
    except BaseException:  # an object made to be unreadable
        verdict = Verdict(name, "wrong", "This answer cannot be read.")
    return progress.record(verdict)
