"""Displayed updates: the right ones are proved, every kind of wrong one is seen, with place and counterexample."""

import json
import re
from pathlib import Path

import pytest

from book.proofs import prove
from book.proofs.__main__ import main
from book.proofs.chapter import NOTATION, book_notation
from book.proofs.prover import prove_text
from optlib.ops import maximum, where

ROOT = Path(__file__).resolve().parents[2]
RULES = Path(__file__).parent / "fixtures" / "ten_rules.md"
TEXT = RULES.read_text()


def failures(text, steps=None):
    """[(line, label, message)] of what fails."""
    return [(e.at, r.label, e.detail) for r in prove_text(text, steps) for e in r.equations if e.verdict == "FAILED"]


def only(label, text=TEXT):
    """The blocks of one rule."""
    blocks = text.split("```{math}\n:label: ")[1:]
    return "".join("```{math}\n:label: " + b for b in blocks if b.startswith(label))


def test_a_condition_that_cannot_be_read_fails_where_it_stands():
    text = TEXT.split("---")
    block = "```{math}\n:label: eq-sgd-theta\n\\theta_t = \\theta_{t-1} - \\eta g_t\n```\n% where \\frac{\n"
    ((_, label, message),) = failures(f"---{text[1]}---\n{block}")
    assert label == "eq-sgd-theta" and "expected a quantity" in message


def test_the_ten_rules_and_the_look_ahead_are_proved():
    results = prove(RULES)
    equations = [e for r in results for e in r.equations]
    assert {e.verdict for e in equations} == {"proved", "proved with eps = 0", "proved where u_t > 0"}
    assert len(equations) == 28
    assert {r.rule for r in results} == {
        *("sgd", "momentum", "momentum_inside", "momentum_ema", "nesterov", "nesterov_lookahead"),
        *("adagrad", "rmsprop", "adam", "adamax", "nadam"),
    }


def test_a_result_points_at_the_chapter_and_at_the_code():
    for result in prove(RULES):
        assert TEXT.splitlines()[result.at] == f":label: {result.label}"
        code = (ROOT / result.file).read_text().splitlines()
        for e in result.equations:
            assert code[e.line - 1].startswith(f"    {e.name} = ")
        assert result.line == result.equations[-1].line
    moments = next(r for r in prove(RULES) if r.label == "eq-adam-moments")
    assert moments.name == "m, v" and str(moments.file) == "optlib/rules/adam.py"


# one wrong thing a line: what it is, what stands there, what is planted, where it is seen, what the message says
WRONG = [
    ("constant", r"+ (1-\beta_2)\, g_t^2", r"+ (2-\beta_2)\, g_t^2", "eq-adam-moments", "code .*, page"),
    ("sign", r"\theta_{t-1} - \eta\, g_t", r"\theta_{t-1} + \eta\, g_t", "eq-sgd-theta", "at theta = "),
    ("factor missing", r"(1-\mu)\, g_t", "g_t", "eq-momentum-ema-b", "code .*, page"),
    ("subscript", r"g_t + \mu b_t ", r"g_t + \mu b_{t-1} ", "eq-nesterov", "code .*, page"),
    ("old in place of new", r"\frac{m_t}{1-\beta_1^t}, ", r"\frac{m_{t-1}}{1-\beta_1^t}, ", "eq-adam-hats", "page"),
    ("epsilon inside the root", r"\sqrt{G_t} + \epsilon", r"\sqrt{G_t + \epsilon}", "eq-adagrad-theta", "eps = "),
    ("epsilon before the correction", r"\sqrt{v_t} + \epsilon", r"\sqrt{v_t + \epsilon^2}", "eq-rmsprop", "eps = "),
    ("betas swapped", r"\frac{m_t}{1-\beta_1^t},", r"\frac{m_t}{1-\beta_2^t},", "eq-adam-hats", "beta1 = .*, beta2 = "),
    ("hat dropped", r"\frac{\hat m_t}{\sqrt{\hat v_t}", r"\frac{m_t}{\sqrt{\hat v_t}", "eq-adam-theta", "t = "),
    ("t+1 -> t", r"\beta_1^{t+1}", r"\beta_1^{t}", "eq-nadam", "t = "),
    ("extra g", r"- \eta\, b_t" + "\n```", r"- \eta\, b_t g_t" + "\n```", "eq-momentum-ema-theta", "g = "),
    ("look-ahead without eta", r"\eta \mu b_{t-1})", r"\mu b_{t-1})", "eq-nesterov-lookahead", "lr = "),
    ("rate inside", r"\mu b_{t-1} + g_t, \\", r"\mu b_{t-1} + \eta g_t, \\", "eq-momentum", "lr = "),
    ("max for min", r"\max(", r"\min(", "eq-adamax-u", "code"),
    ("bars missing", "|g_t|", "g_t", "eq-adamax-u", "g = -"),
    ("epsilon forgotten", "% with \\epsilon = 0\n", "", "eq-adamax-u", "eps = "),
    ("another epsilon", "% with \\epsilon = 0\n", "% with \\epsilon = 1\n", "eq-adamax-u", "eps = 1"),
    ("no otherwise", "% where u_t > 0\n", "", "eq-adamax-theta", "g = 0, .*u = 0.*: code .*, page has no value"),
    ("condition too wide", "where u_t > 0", r"where u_t \ge 0", "eq-adamax-theta", "page has no value"),
    ("condition never met", "where u_t > 0", "where u_t < 0", "eq-adamax-theta", "only 0 of"),
    ("self-reference", r"m_t = \beta_1 m_{t-1}", r"m_t = \beta_1 m_t", "eq-adamax-m", "`m` is defined by itself"),
    ("tautology", r"{t-1} - \frac{\eta}{\sqrt{G", r"t - \frac{\eta}{\sqrt{G", "eq-adagrad-theta", "by itself"),
    ("no subscript", r"\mu b_{t-1} + g_t \\", r"\mu b + g_t \\", "eq-nesterov", "`b` moves: it needs a subscript"),
    ("no subscript on the left", "G_t = G", "G = G", "eq-adagrad-g", "needs the subscript t on the left"),
    ("no subscript on g", r"\eta\, g_t", r"\eta\, g", "eq-sgd-theta", "`g` moves"),
    ("subscript t+1", r"\rho v_{t-1}", r"\rho v_{t+1}", "eq-rmsprop", "neither t nor t-1"),
    ("gradient of yesterday", r"g_t \odot g_t", r"g_{t-1} g_t", "eq-adagrad-g", "carries no `g` from step to step"),
    ("hyperparameter of yesterday", r"\rho v_{t-1}", r"\rho_{t-1} v_{t-1}", "eq-rmsprop", "hyperparameter"),
    ("unknown symbol", r"\rho v_{t-1}", r"\gamma v_{t-1}", "eq-rmsprop", r"expected a quantity, got `\\gamma"),
    ("foreign symbol", r"\rho v_{t-1}", r"\beta_1 v_{t-1}", "eq-rmsprop", "`beta1` is neither in rmsprop"),
    ("foreign state", r"\mu b_{t-1} + \eta g_t", r"\mu m_{t-1} + \eta g_t", "eq-momentum-inside", "carries no `m`"),
    ("inequality", r"G_t = G", r"G_t \le G", "eq-adagrad-g", "with = alone"),
    ("an argument computed", r"G_t = G_{t-1}", r"\eta = G_{t-1}", "eq-adagrad-g", "`lr` is an argument"),
    ("two powers", r"g_t \odot g_t", "g^2_t", "eq-adagrad-g", "after the subscript"),
    ("line deleted", "G_t = G_{t-1} + g_t \\odot g_t\n", "", "eq-adagrad-g", "an empty equation"),
    ("state without equation", only("eq-momentum-ema-b"), "", "eq-momentum-ema-theta", "no equation for b"),
    ("helper without equation", only("eq-adam-hats"), "", "eq-adam-moments", "adam: no equation for m_hat"),
    ("no equation for theta", only("eq-adam-theta"), "", "eq-adam-moments", "adam: no equation for theta"),
    ("label twice", "eq-momentum-ema-theta", "eq-momentum-ema-b", "eq-momentum-ema-b", "stands twice"),
    ("label of another rule", "eq-momentum-ema-b", "eq-momentum-inside-b", "eq-momentum-inside-b", "code .*, page"),
    ("label of another name", "eq-adamax-m\n", "eq-adamax-u2\n", "eq-adamax-u2", "does not fit: the block defines m"),
    ("label of another state", "eq-adam-moments", "eq-adam-theta2", "eq-adam-theta2", None),
    ("label of a state not in the block", "eq-adam-hats", "eq-adam-v", "eq-adam-v", "does not fit"),
    ("label of no rule", "eq-adam-theta", "eq-nobody-theta", "eq-nobody-theta", "neither eq-<rule>-<name>"),
    ("label in capitals", "eq-adagrad-g", "eq-adagrad-G", "eq-adagrad-G", "does not fit"),
    ("% let under an update", "% with \\epsilon = 0", "% let \\epsilon = 0", "eq-adamax-u", "takes % with and % where"),
    ("% with a state", "% with \\epsilon = 0", "% with m = 0", "eq-adamax-u", "adamax has no hyperparameter m"),
    ("% with a range", "% with \\epsilon = 0", "% with \\epsilon < 1", "eq-adamax-u", "one hyperparameter a number"),
]  # fmt: skip


@pytest.mark.parametrize("what, here, planted, label, message", WRONG, ids=[w[0] for w in WRONG])
def test_a_wrong_equation_is_seen(what, here, planted, label, message):
    assert here in TEXT
    found = failures(TEXT.replace(here, planted, 1))
    if message is None:  # a word of its own for a block of several lines
        assert not found
        return
    at = [line for line, name, text in found if name == label and re.search(message, text)]
    assert at, found
    lines = TEXT.replace(here, planted, 1).splitlines()
    assert any(f":label: {label}" in line for line in lines[max(0, at[0] - 8) : at[0] + 2])


CASES = r"""```{math}
:label: eq-adamax
\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t \\
u_t &= %s \\
\theta_t &= \theta_{t-1} - \begin{cases} %s & \text{if } %s \\ %s & \text{otherwise} \end{cases}
\end{aligned}
```
"""
TIE = r"\beta_2 u_{t-1} = |g_t| + \epsilon"
U, STEP = r"\max(\beta_2 u_{t-1}, |g_t| + \epsilon)", r"\frac{\eta}{1-\beta_1^t} \frac{m_t}{u_t}"


@pytest.mark.parametrize("condition", ["u_t > 0", r"u_t \ne 0"])
def test_an_otherwise_may_stand_on_the_page(condition):
    results = prove_text(CASES % (U, STEP, condition, "0"))
    assert [e.verdict for e in results[0].equations] == ["proved"] * 3


def test_cases_may_begin_with_the_exception():
    results = prove_text(CASES % (U, "0", "u_t = 0", STEP))
    assert [e.verdict for e in results[0].equations] == ["proved"] * 3


def cases(condition, value, otherwise):
    return rf"\begin{{cases}} {value} & {condition} \\ {otherwise} & \text{{otherwise}} \end{{cases}}"


@pytest.mark.parametrize(
    "what, u, step, condition, otherwise, message",
    [
        ("wrong in the rare branch", U, STEP, "u_t > 0", r"\eta", "g = 0, .*u = 0"),
        ("wrong only at t = 1", U, STEP, "t > 1", r"\frac{\eta m_t}{u_t}", "t = 1"),
        ("wrong only at t = 2", U, cases("t = 2", "0", STEP), "u_t > 0", "0", "t = 2"),
        ("wrong only at a zero of m", U, cases("m_{t-1} = 0", "1", STEP), "u_t > 0", "0", "m = 0"),
        ("wrong only at a tie", cases(TIE, "0", U), STEP, "u_t > 0", "0", "code .*, page 0"),
        ("never entered", cases("t < 1000", U, "0"), STEP, "u_t > 0", "0", "branch 2 of a cases .* entered 0 times"),
        ("branches swapped", U, "0", "u_t > 0", STEP, "code .*, page"),
    ],
)
def test_what_is_wrong_in_one_branch_only_is_seen(what, u, step, condition, otherwise, message):
    found = failures(CASES % (u, step, condition, otherwise))
    assert found and re.search(message, found[0][2]), found


def test_a_condition_of_the_code_that_is_never_met_is_an_error():
    def late(theta, g, t=1, *, lr=1.0):
        theta = theta - lr * where(t > 1000, 2 * g, g)
        return theta

    text = "```{math}\n:label: eq-late-theta\n\\theta_t = \\theta_{t-1} - \\eta g_t\n```\n"
    assert "the branch True of a where was entered 0 times" in failures(text, {"late": late})[0][2]


def test_an_argument_of_a_maximum_that_never_wins_is_an_error():
    def larger(theta, g, *, lr=1.0):
        theta = theta - lr * maximum(g, g - 1)
        return theta

    text = "```{math}\n:label: eq-larger-theta\n\\theta_t = \\theta_{t-1} - \\eta g_t\n```\n"
    assert "of a max was entered 0 times" in failures(text, {"larger": larger})[0][2]


HELPED = r"""---
notation:
  s: s
---
```{math}
:label: eq-sgd-s
s_t = -\eta\, g_t
```
```{math}
:label: eq-sgd-theta
\theta_t = \theta_{t-1} + s_t
```
"""


def test_a_helper_of_the_page_is_a_definition():
    results = prove_text(HELPED)
    assert [r.verdict for r in results] == ["definition", "proved"]


@pytest.mark.parametrize(
    "here, planted, message",
    [
        (r"s_t = -\eta", r"s_t = \eta", "code .*, page"),
        (r"+ s_t", r"- \eta g_t", "the definition of s is never used"),
        (r"+ s_t", "+ s", "`s` moves"),
        (r"s_t = -\eta\, g_t", r"s_t = \theta_t - \theta_{t-1}", "defined in a circle"),
        (r"s_t = -\eta\, g_t", r"s_t = s_t", "defined by itself"),
        (r"s_t = -\eta\, g_t", r"s_t = -\eta\, g_t \\ s_t = g_t", "one right side, once"),
        ("  s: s\n", "", "expected a quantity, got `s _ t"),
        ("  s: s\n", "  s: s\n  \\eta: rate\n", r"\\eta is lr in notation.toml, not rate"),
        ("  s: s\n", "  \\hat{m}: s\n", "is m_hat in notation.toml"),
    ],
)
def test_a_wrong_helper_is_seen(here, planted, message):
    found = failures(HELPED.replace(here, planted))
    assert any(re.search(message, text) for _, _, text in found), found


def test_a_definition_comes_before_its_use():
    first, second = HELPED.split("```\n```{math}")
    turned = "---\nnotation: {s: s}\n---\n```{math}" + second + first.split("---\n")[2] + "```\n"
    assert "`s` is neither in sgd nor defined before" in failures(turned)[0][2]


def test_a_circle_of_true_equations_is_seen():
    text = TEXT.replace(r"m_t &= \beta_1 m_{t-1} + (1-\beta_1)\, g_t,", r"m_t &= (1-\beta_1^t) \hat m_t,")
    assert any("m is defined in a circle" in message for _, _, message in failures(text))


def test_another_form_of_a_proved_equation_is_no_circle():
    chain = r"\hat m_t = \frac{m_t}{1-\beta_1^t} = \frac{\beta_1 m_{t-1} + (1-\beta_1) g_t}{1-\beta_1^t}"
    assert not failures(TEXT.replace(r"\hat m_t = \frac{m_t}{1-\beta_1^t}", chain))


def test_a_rule_may_write_its_gradient_out():
    assert not failures(only("eq-sgd").replace("g_t", r"\nabla J(\theta_{t-1})"))
    assert not failures(only("eq-sgd").replace("g_t", r"g_t, \quad g_t = \nabla J_{B_t}(\theta_{t-1})"))
    found = failures(only("eq-momentum-ema").replace("g_t", r"\nabla J(\theta_{t-1} - b_{t-1})"))
    assert "momentum_ema sees the gradient at theta_{t-1} only" in found[0][2]


def test_simplified_forms_are_proved_too():
    form = r"\theta_t = \frac{\theta_{t-1}(\sqrt{G_t} + \epsilon) - \eta g_t}{\sqrt{G_t} + \epsilon}"
    old = r"\theta_t = \theta_{t-1} - \frac{\eta}{\sqrt{G_t} + \epsilon}\, g_t"
    results = prove_text(only("eq-adagrad").replace(old, form))
    assert [r.verdict for r in results] == ["proved", "proved"]


@pytest.mark.parametrize(
    "text, verdict",
    [
        ("```{math}\n:label: eq-ch07-any\nE[v_t] \\dots\n```\n", "plain"),
        ("```{math}\nE[v_t] \\dots\n```\n", "plain"),
        ("$$ a = b $$\n", "plain"),
        ("$$\na = b\n$$\n", "plain"),
        ("````{note}\n```{math}\na\n```\n````\n", "plain"),
        (":::{exercise} One\n:name: a-1\n\n```{math}\na\n```\n:::\n", "plain"),
        ("  ```{math}\n  a\n  ```\n", "plain"),
        ("```{math}\n:label: eq-ch04-any\na\n```\n", "FAILED"),
        ("```{math}\n:label: energy\na\n```\n", "FAILED"),
        ("```{math}\n:label: eq-ch7-any\na\n```\n", "FAILED"),
        ("$$\na = b\n$$ (eq-sgd-theta)\n", "FAILED"),
        ("\\begin{align}\na = b\n\\end{align}\n", "FAILED"),
        ("```{math}\na = b\n", "FAILED"),
        ("$$\na = b\n", "FAILED"),
        ("% where u_t > 0\n", "FAILED"),
        ("```{math}\na\n```\n% a remark\n", "FAILED"),
        ("```{math}\na\n```\n% let a = 1\n", "FAILED"),
        ("```{math}\na\n```\n\n% check\n", "FAILED"),
    ],
)
def test_other_displays(text, verdict):
    results = prove_text("# Chapter\n\n" + text, number="07")
    assert [r.verdict for r in results] == [verdict]


def test_code_is_not_read():
    text = '```{code-cell}\nprint("$$ % let")\n$$\n```\n\n~~~\n```{math}\n:label: eq-sgd\n~~~\n\n```python\n$$\n```\n'
    assert prove_text(text) == []


def test_the_command_counts_and_says_where(tmp_path, capsys):
    chapter = tmp_path / "07_some.md"
    chapter.write_text(HELPED + "\n```{math}\na\n```\n\n```{math}\n:label: eq-ch07-b\n1 + 1 = 2\n```\n% check\n")
    assert main([str(chapter)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "4 displayed, 1 proved, 1 checked, 1 plain, 0 failed, 1 defined"
    assert out[1].startswith(f"{chapter}:11: eq-sgd-theta") and "optlib/rules/euclid.py:10" in out[1]
    chapter.write_text(HELPED.replace("+ s_t", "- s_t"))
    assert main([str(chapter)]) == 1
    out = capsys.readouterr().out
    assert f"{chapter}:11: eq-sgd-theta" in out and "FAILED" in out and "code" in out and "1 failed" in out


def test_a_condition_narrows_no_more_than_it_says():
    old = only("eq-adamax").replace("% where u_t > 0", "% where u_{t-1} > 0")
    assert prove_text(old)[-1].verdict == "proved where u_{t-1} > 0"
    assert "page has no value" in failures(old.replace("u_{t-1} > 0", "m_{t-1} > 0"))[0][2]
    squares = old.replace("u_{t-1} > 0", "u_{t-1}^2 > 0")
    assert prove_text(squares)[-1].verdict.startswith("checked on ")


def test_a_file_that_is_not_there(capsys):
    with pytest.raises(SystemExit):
        main(["nowhere.md"])
    assert "nowhere.md is no file" in capsys.readouterr().err


def test_a_label_in_two_chapters_fails(tmp_path, capsys):
    for name in ("01_a.md", "02_b.md"):
        (tmp_path / name).write_text(only("eq-sgd"))
    assert main([str(tmp_path / "01_a.md"), str(tmp_path / "02_b.md")]) == 1
    assert "the label eq-sgd-theta stands in" in capsys.readouterr().out


def test_json_for_other_tools(capsys):
    assert main(["--json", str(RULES)]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert first["label"] == "eq-sgd-theta" and first["verdict"] == "proved" and first["rule"] == "sgd"
    assert first["file"] == "optlib/rules/euclid.py" and first["page"].endswith("ten_rules.md") and first["at"] == 9


def test_the_notation_is_one_table():
    import tomllib

    symbols = tomllib.loads(NOTATION.read_text())["symbol"]
    assert all(set(s) == {"latex", "code", "kind", "domain", "meaning"} for s in symbols)
    assert len({s["latex"] for s in symbols}) == len(symbols)
    assert all(s["meaning"].endswith(".") for s in symbols)
    assert {"lr", "momentum", "grad", "f", "m_hat", "weight_decay"} <= set(book_notation().domains)
