"""The mutation run sees a gap in the tests, and what is listed as equal without being so."""

import inspect

import pytest

from optlib import rules
from optlib.ops import abs, sign
from tests import mutants
from tests.optlib import test_conformance, test_rules


def planted(theta, g, *, lr=0.5):
    """Gradient descent, the long way round: the sign of the step is that of g."""
    step = lr * g
    theta = theta - abs(step) * sign(g)
    return theta


LINE, EQUAL = "theta = theta - abs(step) * sign(g)", "theta = theta - abs(step) * sign(step)"


def thorough(rule):
    assert [rule(1.0, g) for g in (3.0, 0.0, -4.0)] == [-0.5, 1.0, 3.0]
    assert rule(1.0, 3.0, lr=0.25) == 0.25


def one_sided(rule):
    assert [rule(1.0, 3.0), rule(1.0, 3.0, lr=0.25)] == [-0.5, 0.25]


@pytest.fixture(autouse=True)
def among_the_rules(monkeypatch):
    monkeypatch.setattr(rules, "planted", planted, raising=False)


def left(*checks):
    count, found = mutants.survivors("planted", [(check, 5.0) for check in checks])
    assert count == len(list(mutants.mutants(planted))) > 20
    return found


def test_what_no_check_can_notice_is_left():
    assert [(m.rule, m.line, m.change) for m in left(thorough)] == [("planted", LINE, EQUAL)]


def test_a_gap_in_the_checks_is_seen():
    missed = {m.change for m in left(one_sided)}
    assert {EQUAL, "theta = theta - step * sign(g)", "theta = theta - abs(step)"} < missed
    assert "theta = theta + abs(step) * sign(g)" not in missed and "lr=1.0" not in missed


def test_only_what_survives_may_be_listed_and_must_be():
    found, entry = left(thorough), dict(rule="planted", line=LINE, change=EQUAL, reason="lr is positive.")
    assert mutants.judge(found, [entry], ["planted"]) == []
    (missing,) = mutants.judge(found, [], ["planted"])
    assert missing.startswith("survives and is not listed: planted") and EQUAL in missing
    (stale,) = mutants.judge(found, [entry, dict(entry, change="theta = g")], ["planted"])
    assert stale.startswith("is listed, and noticed or gone") and "theta = g" in stale
    assert mutants.judge([], [entry], ["adam"]) == []  # a run over some rules judges these alone


def decaying(theta, g, m=1, t=1, *, lr=0.1, beta1=0.9):
    """A rule with something of everything."""
    m = (t > 1) * beta1**t * m + g / -lr
    theta = theta - lr * m
    return theta, m


def test_every_kind_of_change_is_made():
    made = {(m.line, m.change) for m in mutants.mutants(decaying)}
    for now in ["(t >= 1) * beta1 ** t * m + g / -lr", "(t > 2) * beta1 ** t * m + g / -lr", "(t > 1) * beta1 ** t * m",
                "(t + 1 > 1) * beta1 ** t * m + g / -lr", "(t > 1) * beta1 ** t * m - g / -lr",
                "(t > 1) * lr ** t * m + g / -lr", "(t > 1) * beta1 ** t * m + g / lr", "(t > 1) * t * m + g / -lr",
                "(t > 1) * beta1 ** t * m + -lr / g", "(t > 1) * (beta1 * t) * m + g / -lr"]:  # fmt: skip
        assert ("m = (t > 1) * beta1 ** t * m + g / -lr", f"m = {now}") in made
    assert {("m=1", "m=2"), ("m=1", "m=0"), ("t=1", "t=2"), ("lr=0.1", "lr=0.2"), ("beta1=0.9", "beta1=1.8")} <= made
    assert ("return (theta, m)", "return (m, m)") in made and ("theta = theta - lr * m", "m = theta - lr * m") in made
    with_marks = {(m.line, m.change) for m in mutants.mutants(rules.shampoo)}
    assert {("theta: Matrix", "theta"), ("theta: Matrix", "theta: Model"), ("L=left", "L=right")} <= with_marks
    assert ("return 0 * theta @ theta.T", "return 0 * theta @ theta") in with_marks  # of `left`, where L starts


def test_a_mutant_can_be_read_like_any_function():
    (twice,) = [m for m in mutants.mutants(planted) if m.change == "lr=1.0"]
    assert mutants.build(twice)(1.0, 3.0) == -2.0 and "lr=1.0" in inspect.getsource(mutants.build(twice))


def test_what_does_not_end_counts_as_noticed():
    def endless(rule):
        while True:
            try:
                sum(range(1000))
            except Exception:
                pass

    assert mutants.notices(endless, planted, 0.05) == "TooLong"
    assert mutants.notices(thorough, planted, 5.0) is None


def test_the_checks_of_a_rule_are_those_that_run_it():
    found = mutants.checks("lion", [test_conformance, test_rules])
    assert next(iter(found)).startswith(mutants.FIRST)
    assert "test_lion_without_memory_is_signsgd " in found and "test_the_factor_of_radam " not in found
    (seen,) = [what for what in found if "does_not_see_the_size" in what]
    assert found[seen](rules.lion) is None and mutants.notices(found[seen], rules.adam, 5.0)
    with pytest.raises(RuntimeError, match="lion itself does not pass a plan: ZeroDivisionError"):
        mutants.timed("lion", {"a plan": lambda rule: 1 / 0})
