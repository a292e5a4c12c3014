"""The library's rules on whole arrays, as a chapter would display them: proved or checked, and planted errors seen."""

import re
from pathlib import Path

import pytest

from book.proofs.prover import prove_text
from optlib import rules
from optlib.grammar import read

TEXT = (Path(__file__).parent / "fixtures" / "array_rules.md").read_text()
HEAD = TEXT.split("---")[1]
BLOCKS = re.findall(r"```\{math\}\n:label: (eq-[\w-]+)\n(.*?)```\n((?:%[^\n]*\n)*)", TEXT, re.S)
NAMES = [n for n in rules.__all__ if n not in rules.ELEMENTWISE and n != "sophia"]


def page(rule, here="", there=""):
    """The blocks of one rule, with one change."""
    prefix = f"eq-{rule.replace('_', '-')}"
    found = "".join(f"```{{math}}\n:label: {b[0]}\n{b[1]}```\n{b[2]}\n" for b in BLOCKS if b[0].startswith(prefix))
    assert here in found, (here, found)
    return f"---{HEAD}---\n" + found.replace(here, there, 1)


def equations(text):
    return [e for r in prove_text(text) for e in r.equations]


@pytest.mark.parametrize("rule", NAMES)
def test_every_line_is_proved_or_checked(rule):
    found = equations(page(rule))
    assert {"theta", *read(getattr(rules, rule)).state} - {"start"} <= {e.name for e in found}
    for e in found:
        assert re.match(r"proved|checked on \d\d+ samples", e.verdict), e
    matrices = {"muon", "shampoo", "soap", "adafactor", "adagrad_full"}
    assert rule in matrices or sum(e.verdict.startswith("proved") for e in found) >= len(found) - 1


@pytest.mark.parametrize(
    "rule, here, there",
    [
        ("lars", r"+ \lambda \lVert \theta_{t-1} \rVert}", "}"),
        ("lars", r"\text{if } \lVert \theta_{t-1} \rVert > 0 \\ 1", r"\text{if } \lVert \theta_{t-1} \rVert > 0 \\ 0"),
        ("lars", r"\eta\, r_t\,", r"r_t\,"),
        ("lamb", r"\\ 1 & \text{otherwise}", r"\\ 0 & \text{otherwise}"),
        ("lamb", r"\rVert \lVert u_t \rVert > 0", r"\rVert > 0"),
        ("lamb", r"+ \lambda \theta_{t-1}", ""),
        ("lamb", r"{\lVert u_t \rVert}", r"{\lVert m_t \rVert}"),
        ("muon", r"g_t + \mu b_t", "b_t"),
        ("muon", r"b_t, \epsilon)", r"b_t, \lambda)"),
        ("muon", r"\operatorname{orthogonalize}(g_t + \mu b_t, \epsilon)", r"g_t + \mu b_t"),
        ("muon", r"(\sigma u_t", "(u_t"),
        ("shampoo", r"g_t g_t^\top", r"g_t^\top g_t"),
        ("shampoo", r"^{-1/4}\, g_t", r"^{-1/2}\, g_t"),
        ("shampoo", r"(L_t + \epsilon I)", r"(L_t + \epsilon)"),
        ("adagrad_full", r"g_t g_t^\top", r"g_t^\top g_t"),
        ("adagrad_full", r"^{1/2}", ""),
        ("adagrad_full", r"+ \epsilon I \right)^{-1} g_t", r"+ \epsilon I \right)^{-1} \theta_{t-1}"),
        ("adafactor", r"+ \epsilon, 1)", r"+ \epsilon, 0)"),
        ("adafactor", r"+ \epsilon, 1)", ", 1)"),
        ("adafactor", r"\odot 1/2", r"\odot 1"),
        ("adafactor", r"1 - t^", r"1 - 2 t^"),
        ("soap", r"(P_t^\top g_t Q_t)^{\odot 2}", r"g_t^{\odot 2}"),
        ("soap", r"\sqrt{v_t} + \epsilon", r"(v_t + \epsilon)^{\odot 1/2}"),
        ("soap", r"% where t > 1", ""),
        ("soap", r"(L_{t-1}, P_{t-1}, t", r"(L_t, P_{t-1}, t"),
        ("schedule_free_sgd", r"c_t = \frac{\eta^2}{w_t}", r"c_t = \frac{\eta}{w_t}"),
        ("schedule_free_sgd", r"% where w_t > 0", ""),
        ("schedule_free_sgd", r"\beta_1 x_t", r"\beta_1 x_{t-1}"),
        ("schedule_free_adamw", r"\lambda \theta_{t-1}", r"\lambda z_{t-1}"),
        ("prodigy", r"d_{t-1}^2 g_t^2", "d_{t-1} g_t^2"),
        ("prodigy", r"+ d_t \epsilon", r"+ d_{t-1} \epsilon"),
        ("prodigy", r"\theta_0 - \theta_{t-1}", r"\theta_{t-1} - \theta_0"),
        ("prodigy", r"r_t / \lVert s_t \rVert_1", r"r_t / \lVert s_t \rVert"),
    ],
)
def test_a_planted_error_is_seen(rule, here, there):
    found = equations(page(rule, here, there))
    assert any(e.verdict == "FAILED" for e in found), [e.verdict for e in found]


def test_words_take_what_they_take():
    found = equations(page("muon", r"b_t, \epsilon)", r"b_t, \epsilon, \mu)"))
    assert any("orthogonalize takes at most 2 arguments" in e.detail for e in found)


def test_a_rule_on_matrices_may_choose_between_numbers():
    quotient = r"\frac{\sqrt{1-\beta_2^{t-1}}}{1-\beta_1^{t-1}}"
    cases = rf"\begin{{cases}} {quotient} & \text{{if }} t > 1 \\ 0 & \text{{otherwise}} \end{{cases}}"
    assert not any(e.verdict == "FAILED" for e in equations(page("soap", quotient, cases)))
    assert any(e.verdict == "FAILED" for e in equations(page("soap", quotient, cases.replace("t > 1", "t > 2"))))
