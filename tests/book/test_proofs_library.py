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

# rule: what its page says -> what it says instead
PLANTED = r"""
lars: + \lambda \lVert \theta_{t-1} \rVert} -> }
lars: \text{if } \lVert \theta_{t-1} \rVert > 0 \\ 1 -> \text{if } \lVert \theta_{t-1} \rVert > 0 \\ 0
lars: \eta\, r_t\, -> r_t\,
lamb: \\ 1 & \text{otherwise} -> \\ 0 & \text{otherwise}
lamb: \rVert \lVert u_t \rVert > 0 -> \rVert > 0
lamb: + \lambda \theta_{t-1} ->
lamb: {\lVert u_t \rVert} -> {\lVert m_t \rVert}
muon: g_t + \mu b_t -> b_t
muon: b_t, \epsilon) -> b_t, \lambda)
muon: \operatorname{orthogonalize}(g_t + \mu b_t, \epsilon) -> g_t + \mu b_t
muon: (\sigma u_t -> (u_t
shampoo: g_t g_t^\top -> g_t^\top g_t
shampoo: ^{-1/4}\, g_t -> ^{-1/2}\, g_t
shampoo: (L_t + \epsilon I) -> (L_t + \epsilon)
adagrad_full: g_t g_t^\top -> g_t^\top g_t
adagrad_full: ^{1/2} ->
adagrad_full: + \epsilon I \right)^{-1} g_t -> + \epsilon I \right)^{-1} \theta_{t-1}
adafactor: + \epsilon, 1) -> + \epsilon, 0)
adafactor: + \epsilon, 1) -> , 1)
adafactor: \odot 1/2 -> \odot 1
adafactor: 1 - t^ -> 1 - 2 t^
soap: (P_t^\top g_t Q_t)^{\odot 2} -> g_t^{\odot 2}
soap: \sqrt{v_t} + \epsilon -> (v_t + \epsilon)^{\odot 1/2}
soap: % where t > 1 ->
soap: (L_{t-1}, P_{t-1}, t -> (L_t, P_{t-1}, t
schedule_free_sgd: c_t = \frac{\eta^2}{w_t} -> c_t = \frac{\eta}{w_t}
schedule_free_sgd: % where w_t > 0 ->
schedule_free_sgd: \beta_1 x_t -> \beta_1 x_{t-1}
schedule_free_adamw: \lambda \theta_{t-1} -> \lambda z_{t-1}
prodigy: d_{t-1}^2 g_t^2 -> d_{t-1} g_t^2
prodigy: + d_t \epsilon -> + d_{t-1} \epsilon
prodigy: \theta_0 - \theta_{t-1} -> \theta_{t-1} - \theta_0
prodigy: r_t / \lVert s_t \rVert_1 -> r_t / \lVert s_t \rVert
"""


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


@pytest.mark.parametrize("line", PLANTED.split("\n")[1:-1])
def test_a_planted_error_is_seen(line):
    rule, change = line.split(": ", 1)
    found = equations(page(rule, *map(str.strip, change.split("->"))))
    assert any(e.verdict == "FAILED" for e in found), [e.verdict for e in found]


def test_words_take_what_they_take():
    found = equations(page("muon", r"b_t, \epsilon)", r"b_t, \epsilon, \mu)"))
    assert any("orthogonalize takes at most 2 arguments" in e.detail for e in found)


def test_a_rule_on_matrices_may_choose_between_numbers():
    quotient = r"\frac{\sqrt{1-\beta_2^{t-1}}}{1-\beta_1^{t-1}}"
    cases = rf"\begin{{cases}} {quotient} & \text{{if }} t > 1 \\ 0 & \text{{otherwise}} \end{{cases}}"
    assert not any(e.verdict == "FAILED" for e in equations(page("soap", quotient, cases)))
    assert any(e.verdict == "FAILED" for e in equations(page("soap", quotient, cases.replace("t > 1", "t > 2"))))
