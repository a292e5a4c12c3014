"""Whatever comes as an answer, a check says what is wrong in a sentence, soon, and leaves the rest as it was."""

import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from optlib.exercises import CHAPTERS, check, exercises, guard
from tests.optlib.exercises import hostile
from tests.optlib.exercises.wrong_answers import RIGHT

ALL = {name: judge for chapter in CHAPTERS for name, judge in exercises(chapter).items()}
KIND = {name: judge.__qualname__.split(".")[0] for name, judge in ALL.items()}
FUNCTIONS = [name for name in ALL if KIND[name] == "function"]
ONE_OF_EACH = {kind: name for name, kind in reversed(KIND.items())}


def fitting(name):
    """Of the hostile answers those that come nearest to what is asked, and some others, each exercise its own."""
    if name in ONE_OF_EACH.values():
        return hostile.TEXTS + hostile.OBJECTS + hostile.FUNCTIONS
    k = list(ALL).index(name)
    some = hostile.TEXTS[k % 9 :: 9] + hostile.OBJECTS[k % 9 :: 9]
    nearest = {
        "function": hostile.FUNCTIONS,
        "expression": hostile.TEXTS[k % 2 :: 2],
        "choice": hostile.TEXTS[k % 4 :: 4],
    }
    return some + nearest.get(KIND[name], hostile.OBJECTS[k % 3 :: 3])


def is_kind(verdict):
    """Whether a verdict is a sentence that can be shown."""
    shown = repr(verdict)
    return (
        len(shown) < 500
        and "\n" not in shown
        and "Traceback" not in shown
        and "This answer cannot be read" not in shown
    )


@pytest.mark.parametrize("name", ALL)
def test_no_answer_makes_it_raise_or_pass_or_leave_a_trace(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = hostile.state()
    for k, answer in enumerate(fitting(name)):
        verdict = check(name, answer)
        assert (verdict.state, bool(verdict.hint)) == ("wrong", True) and is_kind(verdict), (k, type(answer), verdict)
    assert hostile.state() == before
    assert not Path("ran").exists()
    assert len(capsys.readouterr().out) < 50_000
    assert all(check(name, answer).right for answer in RIGHT[name])


@pytest.mark.parametrize(
    "answer", [hostile.meddles, hostile.Meddles(), hostile.prints], ids=["call", "object", "print"]
)
@pytest.mark.parametrize("name", ["momentum-7", "momentum-6", "momentum-1"])
def test_it_leaves_no_trace_where_there_are_no_alarms(name, answer, monkeypatch, capsys):
    monkeypatch.setattr(guard, "_may_alarm", lambda: False)
    before = hostile.state()
    assert check(name, answer).state == "wrong"
    assert hostile.state() == before
    assert len(capsys.readouterr().out) < 50_000


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
            a = 1
            a = a + 1
            a = a + 2
            a = a + 3
            a = a + 4
            a = a + 5
            a = a + 6
            a = a + 7
        except:  # noqa: E722
            pass


class Wordless(Exception):
    def __str__(self):
        loops()


def has_no_last_word(*_):
    raise Wordless


class Endless:
    def __float__(self):
        loops()

    @property
    def __class__(self):
        loops()


LOOPS = [loops, loops_and_holds_on, loops_and_holds_everything, has_no_last_word]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_endless_loop_is_stopped(name, monkeypatch):
    monkeypatch.setattr(guard, "SECONDS", 0.01)
    for function in LOOPS:
        assert check(name, function).hint.endswith(
            "still running after 0.01 seconds and was stopped: does its loop end?"
        )
    for result in (Endless(), (Endless(),) * 4):
        assert check(name, lambda *_, result=result: result).state == "wrong"


@pytest.mark.parametrize("name", ["adam-1", "descent-step-2", "momentum-6", "momentum-8"])
def test_an_object_that_never_becomes_a_number_is_let_go(name, monkeypatch):
    monkeypatch.setattr(guard, "SECONDS", 0.02)
    assert check(name, hostile.TOWER).state == "wrong"
    assert (
        "something of type Endless came" in check(name, Endless()).hint
        or "One of these words" in check(name, Endless()).hint
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_cases_of_a_function_share_the_time_of_one(name, monkeypatch):
    def slow(*arguments):
        time.sleep(0.02)
        return RIGHT[name][0](*arguments)

    monkeypatch.setattr(guard, "SECONDS", 0.03)
    assert "still running after 0.03 seconds" in check(name, slow).hint


def test_so_does_what_it_returns(monkeypatch):
    read = []

    class Slow:
        def __init__(self, value):
            self.value = value

        def __array__(self, *_, **__):
            read.append(time.sleep(0.02))
            return self.value

    monkeypatch.setattr(guard, "SECONDS", 0.03)
    verdict = check("adam-7", lambda *a: tuple(map(Slow, RIGHT["adam-7"][0](*a))))
    assert verdict.state == "wrong" and len(read) < 4


@pytest.mark.parametrize("function", LOOPS)
def test_an_endless_loop_is_stopped_where_there_are_no_alarms(function, monkeypatch):
    monkeypatch.setattr(guard, "SECONDS", 0.1)
    verdicts, before = [], hostile.state()
    thread = threading.Thread(target=lambda: verdicts.append(check("momentum-7", function)), daemon=True)
    thread.start()
    thread.join(20)
    assert "still running after 0.1 seconds" in verdicts[0].hint
    assert hostile.state() == before


def test_an_alarm_set_before_still_rings(monkeypatch):
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


def test_two_checks_that_overlap_leave_the_streams_as_they_were():
    streams = sys.stdout, sys.stderr
    inside, go = ([threading.Event(), threading.Event()] for _ in range(2))

    def answer(k):
        def waits(*_):
            inside[k].set()
            go[k].wait(5)

        return waits

    threads = [threading.Thread(target=check, args=("momentum-7", answer(k))) for k in (0, 1)]
    for k in (0, 1):
        threads[k].start()
        inside[k].wait(5)
    for k in (0, 1):
        go[k].set()
        threads[k].join()
    assert (sys.stdout, sys.stderr) == streams


def test_a_stream_that_a_function_keeps_goes_on(capsys):
    kept = []

    def keeps(*_):
        kept.append(sys.stdout)
        hostile.prints()

    check("momentum-7", keeps)
    assert len(capsys.readouterr().out) < 11_000
    print("afterwards", file=kept[0])
    assert capsys.readouterr().out == "afterwards\n"


def test_an_interrupt_of_the_student_is_theirs():
    def interrupted(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("momentum-7", interrupted)


symbols = st.sampled_from(
    ["eta", "h", "g", "mu", "beta2", "t", "c", "r", "y", "x", "lam", "s", "rho", "sigma", "e", "q"]
)
numbers = st.one_of(st.integers(), st.integers(-20, 20), st.floats(), st.integers(10**300, 10**400), st.fractions())
formulas = st.recursive(
    symbols | st.integers(0, 99).map(str) | st.floats(0, 1e300).map(str),
    lambda inner: (
        st.tuples(st.sampled_from(["({}+{})", "{}-{}", "({})*({})", "({})/({})", "({})**({})"]), inner, inner).map(
            lambda made: made[0].format(*made[1:])
        )
        | st.tuples(st.sampled_from(["sqrt", "exp", "log", "abs", "-", ""]), inner).map("{0[0]}({0[1]})".format)
    ),
    max_leaves=8,
)
kinds = arrays.scalar_dtypes() | arrays.unicode_string_dtypes()
pieces = numbers | st.text() | formulas | st.booleans() | st.none() | st.binary()
answers = (
    pieces
    | st.complex_numbers()
    | formulas
    | arrays.arrays(kinds, arrays.array_shapes(min_dims=0, max_dims=3, max_side=4))
    | st.recursive(
        pieces, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    )
    | st.tuples(numbers, numbers)
    | st.tuples(numbers, numbers, numbers)
)


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(list(ALL)), answers, st.booleans())
def test_random_answers_get_a_verdict(name, answer, returned):
    verdict = check(name, (lambda *_: answer) if returned else answer)
    assert verdict.state in ("right", "wrong", "open") and is_kind(verdict)
    assert bool(verdict.hint) == (verdict.state == "wrong")
