"""Schedules as chapter 5 displays them: every one is proved, and every planted error is seen."""

import re
from pathlib import Path

import pytest

from book.proofs.code import Code, known_steps, settings_of
from book.proofs.prover import prove_text, rule_of
from optlib import rules, schedules

TEXT = (Path(__file__).parents[2] / "chapters" / "05_schedules.md").read_text(encoding="utf-8")
HEAD = TEXT.split("---")[1]
BLOCKS = re.findall(r"```\{math\}\n:label: (eq-(?!ch05)[\w-]+)\n(.*?)```\n((?:%[^\n]*\n)*)", TEXT, re.S)


def page(name, here="", there=""):
    """The blocks of one schedule, with one change."""
    mine = [b for b in BLOCKS if rule_of(b[0], known_steps(), "05") == name]
    found = "".join(f"```{{math}}\n:label: {label}\n{body}```\n{notes}\n" for label, body, notes in mine)
    assert here in found, (here, found)
    return f"---{HEAD}---\n" + found.replace(here, there, 1)


@pytest.mark.parametrize("name", schedules.TIMED)
def test_every_schedule_is_on_the_page(name):
    found = [e for r in prove_text(page(name)) for e in r.equations]
    assert {e.name for e in found} >= {"momentum" if name == "one_cycle_momentum" else "lr"}
    for e in found:
        assert re.match(r"proved|checked on \d\d+ samples", e.verdict), e


@pytest.mark.parametrize(
    "name, here, there",
    [
        ("constant", r"\eta_t = \eta_0", r"\eta_t = 2 \eta_0"),
        ("step", r"(t-1)", "t"),
        ("step", r"\lfloor (t-1) / K \rfloor", "(t-1) / K"),
        ("exponential", "(t-1)", "t"),
        ("polynomial", r"\min(t, T) - 1", "t - 1"),
        ("polynomial", "% where T > 1\n", ""),
        ("polynomial", "^q", ""),
        ("inverse_sqrt", r"\sqrt{\frac{T_w}{t}}", r"\frac{T_w}{t}"),
        ("cosine", r"\min(t, T) - 1", r"\min(t, T)"),
        ("cosine", "{2}", "{3}"),
        ("sgdr", r"t - \frac12", "t"),
        ("sgdr", "P c^{n_t} - 1", "P c^{n_t}"),
        ("triangular", "2 d_t", "d_t"),
        ("linear_warmup", r", 1\right)", r", 2\right)"),
        ("warmup_cosine", "- T_w, 0", ", 0"),
        ("wsd", "(T - T_d)", "T_d"),
        ("one_cycle", r"{D F}", r"{F}"),
        ("one_cycle_momentum", r"\mu_{\max} -", r"\mu_{\min} -"),
    ],
)
def test_a_planted_error_is_seen(name, here, there):
    assert any(r.verdict == "FAILED" for r in prove_text(page(name, here, there)))


def test_settings_that_count_steps_are_whole():
    assert settings_of(rules.sgd) == {}
    code = Code(known_steps()["warmup_cosine"], {})
    assert all(inputs[name] == int(inputs[name]) for inputs, _ in code.points for name in ("steps", "warmup", "t"))
    assert {float(inputs["peak"]).is_integer() for inputs, _ in code.points} == {True, False}
