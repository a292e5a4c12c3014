"""Each exercise: the starter is open, right answers pass, and every mistake gets its own hint."""

import functools
import inspect
import re
import sys

import numpy as np
import pytest

from optlib.exercises import CHAPTERS, check, exercises, guard
from tests.optlib.exercises.hostile import leaves, no_return, raises
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
        kinds = {kind(n) for n in names}
        assert {"expression", "function", "choice"} <= kinds and len(kinds) >= 4


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


@functools.cache
def verdicts(name):
    """Those on the right answers and on the wrong ones."""
    return [check(name, answer) for answer in RIGHT[name]], [check(name, answer) for answer in WRONG[name]]


@pytest.mark.parametrize("name", ALL)
def test_right_answers_pass(name):
    assert {verdict.message for verdict in verdicts(name)[0]} == {"Right."}


@pytest.mark.parametrize("name", ALL)
def test_the_verdicts_are_the_same_where_there_are_no_alarms(name, monkeypatch):
    alarmed = verdicts(name)
    monkeypatch.setattr(guard, "_may_alarm", lambda: False)  # as in the browser and on Windows
    assert verdicts.__wrapped__(name) == alarmed


@pytest.mark.parametrize("name", ALL)
def test_every_wrong_answer_has_its_own_hint_and_every_hint_its_answer(name):
    wrong = verdicts(name)[1]
    hints = [v.hint for v in wrong]
    assert {v.state for v in wrong} == {"wrong"}
    special, otherwise = parts(name)
    assert len(set(special)) == len(special) >= 2
    assert set(special) <= set(hints)
    assert otherwise is None or otherwise in hints
    assert len(set(hints) - {otherwise}) >= 3
    # two answers may share a sentence only where it names no mistake
    shared = {s for s in hints if hints.count(s) > 1}
    assert not shared & {*special, otherwise}


@pytest.mark.parametrize("name", SECRETS)
def test_no_hint_names_the_answer(name):
    special, otherwise = parts(name)
    hints = [v.hint for v in verdicts(name)[1]] + special + [otherwise or ""]
    said = " ".join(h for h in hints if not h.startswith("One of these words"))
    for secret in SECRETS[name]:
        assert secret not in said and secret.replace(" ", "") not in said.replace(" ", "")


@pytest.mark.parametrize("name", ["descent-step-4", "momentum-5", "momentum-7", "adam-7"])
def test_kind_words_for_functions_that_break(name):
    assert "stopped with ValueError: a reason of two lines" in check(name, raises).hint
    assert "stopped with SystemExit" in check(name, leaves).hint
    assert "returns None: is its `return` missing?" in check(name, no_return).hint
    assert "stopped with TypeError" in check(name, lambda: 0).hint
    assert "without parentheses" in check(name, 3.0).hint


NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?: ?/ ?\d+(?:\.\d+)?)?")


@pytest.mark.parametrize("name", [name for name in ALL if kind(name) in ("number", "array")])
def test_no_hint_holds_the_number(name):
    wanted = np.atleast_1d(inspect.getclosurevars(ALL[name]).nonlocals["reference"]())
    telling = [w for w in wanted if w != round(w) or abs(w) > 10]  # small whole numbers are everywhere
    special, otherwise = parts(name)
    for hint in [*special, otherwise]:
        for said in NUMBER.findall(hint):
            above, _, below = said.replace(",", "").partition("/")
            value = float(above) / float(below or 1)
            assert not any(abs(value - w) <= 2e-3 * abs(w) for w in telling), hint


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
