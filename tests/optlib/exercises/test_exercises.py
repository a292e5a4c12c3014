"""Each exercise: the starter is open, right answers pass, every mistake gets its own hint, and nothing raises."""

import inspect
import sys
import threading
import time

import numpy as np
import pytest
import sympy

from optlib.exercises import CHAPTERS, check, exercises, guard
from tests.optlib.exercises.wrong_answers import RIGHT, SECRETS, WRONG

ALL = {name: judge for chapter in CHAPTERS for name, judge in exercises(chapter).items()}


def kind(name):
    return ALL[name].__qualname__.split(".")[0]


def parts(name):
    """(sentences that the exercise can give for a certain mistake, the fall-back) as its constructor got them."""
    made = inspect.getclosurevars(ALL[name]).nonlocals
    hints = made["hints"]
    special = list(hints.values()) if isinstance(hints, dict) else [s for _, s in hints]
    return special + ([made["infinite"]] if made.get("infinite") else []), made.get("otherwise")


def test_every_exercise_is_here_and_each_chapter_has_its_kinds():
    assert set(ALL) == set(RIGHT) == set(WRONG)
    for chapter in CHAPTERS:
        names = [n for n in ALL if n.startswith(chapter)]
        assert names == [f"{chapter}-{i + 1}" for i in range(len(names))] and len(names) >= 4
        assert {"expression", "function"} <= {kind(n) for n in names}
        assert len({kind(n) for n in names}) >= 3


@pytest.mark.parametrize("name", ALL)
def test_the_starter_is_not_answered_yet(name):
    def starter(*args):
        return ...

    def pair(*args):
        return ..., ...

    open_answers = [..., [...], [1, ...], (..., 2), np.array([1, ...], dtype=object), "...", {"a": ...}]
    for answer in open_answers + ([starter, pair] if kind(name) == "function" else []):
        verdict = check(name, answer)
        assert (verdict.right, verdict.answered, verdict.message) == (False, False, "Not answered yet.")


@pytest.mark.parametrize("name", ALL)
def test_right_answers_pass(name):
    for answer in RIGHT[name]:
        assert check(name, answer).message == "Right."


@pytest.mark.parametrize("name", ALL)
def test_every_wrong_answer_has_its_own_hint_and_every_hint_its_answer(name):
    verdicts = [check(name, answer) for answer in WRONG[name]]
    hints = [v.hint for v in verdicts]
    assert not any(v.right for v in verdicts) and all(v.answered for v in verdicts)
    special, otherwise = parts(name)
    assert len(set(special)) == len(special) >= 2
    assert set(special) <= set(hints)
    assert otherwise is None or otherwise in hints
    # two answers may share a sentence only where it names no mistake
    shared = {s for s in hints if hints.count(s) > 1}
    assert not shared & {*special, otherwise}


@pytest.mark.parametrize("name", SECRETS)
def test_no_hint_names_the_answer(name):
    special, otherwise = parts(name)
    hints = [check(name, a).hint for a in WRONG[name]] + special + [otherwise or ""]
    said = " ".join(h for h in hints if not h.startswith("One of these words"))
    for secret in SECRETS[name]:
        assert secret not in said and secret.replace(" ", "") not in said.replace(" ", "")


class Hostile:
    """An object whose every conversion raises."""

    def __float__(self):
        raise RuntimeError("no")

    __array__ = __str__ = __repr__ = __eq__ = __len__ = __iter__ = __float__
    __hash__ = None


class Endless:
    def __float__(self):
        while True:
            pass


def recursive():
    a = []
    a.append(a)
    return a


def raises(*_):
    raise ValueError("a reason\nof two lines " + "x" * 500)


def leaves(*_):
    sys.exit(0)


def no_return(*_):
    pass


class Quiet(Exception):
    def __str__(self):
        raise RuntimeError


def raises_quietly(*_):
    raise Quiet


ADVERSARIAL = [
    None, True, False, float("nan"), float("inf"), -float("inf"), 10**400, 1e300, 1j, "text", "1", b"1", "(" * 300,
    "\x00", "lambda: 0", "9" * 400, [], {}, {1}, object(), Hostile(), type, np.nan, range(10**9), recursive(),
    np.array([]), np.array(["a"]), np.array([1j, 1]), np.array([True, False]), np.full((64, 10), np.nan),
    np.zeros((2000, 2000)), [[1], [1, 2]], [np.nan, np.nan], [10**400, 1], np.ma.masked, np.datetime64("2020-01-01"),
    sympy.Symbol("q"), sympy.oo, sympy.zoo, sympy.nan, sympy.Integer(7) ** 999, sympy.Matrix([1, 2]),
    raises, leaves, no_return, raises_quietly, lambda: 0, lambda *a: "text", lambda *a: np.zeros(3),
    lambda *a: [1, [2, 3]], lambda *a: a[0] * np.nan, lambda *a: a, lambda *a: (np.nan,) * 3, lambda *a: Hostile(),
    lambda *a: (i for i in a), lambda *a: recursive(), lambda *a: range(10**9), np.linalg.norm, print,
]  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_no_answer_makes_it_raise_or_pass(name):
    for answer in ADVERSARIAL:
        verdict = check(name, answer)
        assert verdict.state == "wrong" and verdict.hint, (name, type(answer))
        assert len(verdict.hint) < 400 and "\n" not in repr(verdict) and "Traceback" not in verdict.message
        assert "cannot be read." not in verdict.message or isinstance(answer, Hostile)


@pytest.mark.parametrize("name", ["descent-step-4", "momentum-5", "momentum-7", "adam-7"])
def test_kind_words_for_functions_that_break(name):
    assert "stopped with ValueError: a reason of two lines" in check(name, raises).hint
    assert "stopped with SystemExit" in check(name, leaves).hint
    assert "returns None: is its `return` missing?" in check(name, no_return).hint
    assert "stopped with TypeError" in check(name, lambda: 0).hint
    assert "without parentheses" in check(name, 3.0).hint


def loops(*_):
    while True:
        pass


def loops_and_holds_on(*_):
    while True:
        try:
            sum(range(100))
        except Exception:
            pass


def loops_and_holds_everything(*_):
    while True:
        try:
            sum(range(100))
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("function", [loops, loops_and_holds_on, loops_and_holds_everything])
def test_an_endless_loop_is_stopped(function, monkeypatch):
    monkeypatch.setattr(guard, "SECONDS", 0.1)
    assert "still running after 0.1 seconds" in check("momentum-7", function).hint
    assert "one number" in check("adam-1", Endless()).hint


@pytest.mark.parametrize("function", [loops, loops_and_holds_on, loops_and_holds_everything])
def test_an_endless_loop_is_stopped_where_there_are_no_alarms(function, monkeypatch):
    monkeypatch.setattr(guard, "SECONDS", 0.1)
    verdicts, before = [], sys.gettrace()
    thread = threading.Thread(target=lambda: verdicts.append(check("momentum-7", function)), daemon=True)
    thread.start()
    thread.join(20)
    assert "still running after 0.1 seconds" in verdicts[0].hint
    assert sys.gettrace() is before


def test_an_alarm_set_before_still_rings(monkeypatch):
    import signal

    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        assert guard.limited(lambda: 7) == 7
        while not rung and signal.getitimer(signal.ITIMER_REAL)[0]:
            time.sleep(0.01)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert rung


def test_arguments_must_stay_as_they_were():
    assert "changes its argument m in place" in check("adam-7", WRONG["adam-7"][-1]).hint
    assert "changes its argument theta in place" in check("momentum-7", WRONG["momentum-7"][-1]).hint


@pytest.mark.parametrize("name", ["momentum-99", "", "adam", None, 3, ["adam-1"], "x" * 1000])
def test_an_unknown_exercise_says_what_there_is(name):
    verdict = check(name, 1)
    assert not verdict.right
    for there in ("descent-step-1 to descent-step-6", "momentum-1 to momentum-8", "adam-1 to adam-8"):
        assert there in verdict.message


def test_what_a_notebook_shows_is_stable_and_readable_without_color():
    verdict = check("momentum-2", 0.02)
    assert repr(verdict) == ("✗ momentum-2: Not right yet. That is the bound without momentum; heavy ball allows more.")
    assert verdict._repr_html_() == (
        '<p class="descent-verdict" data-state="wrong"><span aria-hidden="true">✗</span> '
        "<strong>momentum-2: Not right yet.</strong> That is the bound without momentum; heavy ball allows more.</p>"
    )
    assert repr(check("momentum-2", 0.038)) == "✓ momentum-2: Right."
    assert repr(check("momentum-2", ...)) == "○ momentum-2: Not answered yet."
    assert "<b>" not in check("<b>x", 1)._repr_html_()
    assert "<b>" not in check("momentum-7", lambda *a: {}["<b>"])._repr_html_()


def test_importing_it_loads_neither_sympy_nor_scikit_learn():
    import subprocess

    code = "import sys; from optlib.exercises import check; check('x', 1); print({'sympy', 'sklearn'} & {*sys.modules})"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"
