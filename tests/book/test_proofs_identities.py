"""`% check`: right identities and bounds are checked, wrong ones fail with a counterexample, others with a place."""

import re
from pathlib import Path

import pytest

from book.proofs import prove
from book.proofs.prover import prove_text

PAGE = Path(__file__).parent / "fixtures" / "identities.md"
BLOCKS = {b.split("\n")[1][len(":label: eq-chNN-") :]: b for b in PAGE.read_text().split("\n\n")[1:]}


def check(tex, *notes):
    """(verdict, detail) of a displayed block with % lines under it."""
    text = "```{math}\n" + tex + "\n```\n" + "".join(f"% {n}\n" for n in notes)
    (result,) = prove_text(text)
    return result.verdict, result.detail


def test_right_ones_are_checked():
    results = prove(PAGE)
    assert {r.verdict for r in results} == {"checked"} and len(results) == len(BLOCKS) == 19


WRONG = [
    ("binomial", r"2\mu", r"\mu", "momentum = "),
    ("binomial", r"- 2\mu", r"+ 2\mu", "momentum = "),
    ("unrolled", "k=1", "k=2", "g_1 = "),
    ("unrolled", "t-k}", "k}", "t = "),
    ("unrolled", "{t} ", "{t-1} ", "t = "),
    ("unrolled", "% let m_0 = 0\n", "", "m_0 = "),
    ("weights", r"-\beta_1^t", r"-\beta_1", "t = "),
    ("taylor", r"\frac12 p", r"\frac13 p", "H = "),
    ("taylor", r"+ \nabla", r"- \nabla", "theta = "),
    ("cauchy", r"\le", "<", "not < at"),
    ("cauchy", r"\le", r"\ge", "not "),
    ("norms", "_1 ", "_\\infty ", "not "),
    ("norms", "3", "2", "not "),
    ("best", r"\kappa-1", r"\kappa", "ell = "),
    ("best", r"\frac{2}", r"\frac{1}", "ell = "),
    ("best", "% where L > \\ell\n", "", "L = "),
    ("errors", "^t", "^{t-1}", "e_[123],0 = "),
    ("descent", r"1-\frac", r"2-\frac", "theta_0 = "),
    ("descent", "% where \\eta L < 2\n", "", "lr = "),
    ("decimal", "3.16", "3.17", "all values"),
    ("steps", "3.16", "3.15", "lr = "),
    ("cases", "g > 0", "g > 1", "g = "),
    ("cases", r"0 & \text", r"1 & \text", "g = "),
    ("two", r"- \mu e_0", r"+ \mu e_0", "e_0 = "),
    ("inverse", "-1", "-2", "H = "),
    ("root", "= H p", "= p", "H = "),
    ("companion", r"g + \mu p", "g + p", "momentum = "),
    ("bar", "- 1 =", "+ 1 =", "bar_z = "),
    ("kronecker", r"A \otimes H", r"H \otimes A", "H = "),
    ("kronecker", r"A V H", r"A V H H", "H = "),
    ("trace", r"\operatorname{tr}(H)", r"\operatorname{tr}(H^2)", "H = "),
]


@pytest.mark.parametrize("name, here, planted, message", WRONG, ids=[f"{n}-{p}" for n, _, p, _ in WRONG])
def test_a_wrong_one_fails_with_a_counterexample(name, here, planted, message):
    assert here in BLOCKS[name]
    (result,) = prove_text(BLOCKS[name].replace(here, planted, 1))
    assert result.verdict == "FAILED" and re.search(message, result.detail), result.detail
    assert "left" in result.detail and "right" in result.detail


def test_sympy_says_for_all_values():
    assert check(r"(1-\mu)^2 = 1 - 2\mu + \mu^2", "check") == ("checked", "for all values")
    assert check(r"\kappa = L/\ell", r"let \kappa = L/\ell", "check") == ("checked", "for all values")
    (result,) = prove_text(BLOCKS["unrolled"])
    assert (result.verdict, result.detail) == ("checked", "at 60 points")


@pytest.mark.parametrize(
    "tex, notes, message",
    [
        ("a = b", ("check",), r"expected a quantity, got `a"),
        ("J(p) = 1", ("check",), "`f` is a function that no % let defines"),
        ("J = 1", ("check",), "`f` is a function"),
        (r"\sum_j g_j = 0", ("check",), "range of the index j is not known"),
        ("z = z", ("for z in nowhere", "check"), "cannot read `% for z in nowhere`"),
        ("z = z", ("for z in (2, 1)", "check"), r"`\(2, 1\)` is empty"),
        ("z = z", ("for z in (a, 1)", "check"), "`a` is no number"),
        ("m_1 = 0", ("let m_t = m_{t+1}", "check"), "uses itself without end"),
        (r"\eta = 1", ("let lr = 1", "check"), "left .*, right"),
        (r"\eta = 1", (r"let \eta + 1 = 2", "check"), "is no name"),
        (r"\eta = 1", (r"let \eta", "check"), "says what a symbol is"),
        (r"\eta = 1", (r"with \eta = 1", "check"), "is for updates"),
        (r"\eta = 1", (r"check \eta = 1",), "stands alone"),
        (r"\eta = 1", (r"let \eta = 1",), "without a % check"),
        (r"\sqrt{-1 - g^2} = 1", ("check",), "left no value, right 1"),
        (r"\sqrt{-1 - g^2} = \sqrt{-2 - g^2}", ("check",), "only 0 of"),
        (r"\eta = \eta", (r"where \eta < 0", "check"), "only 0 of"),
        (r"g \approx p", ("check",), "checked against a printed number"),
        ("g < p", ("for g in R^3, p in R^3", "check"), "compared with = only"),
        ("g + 1 = p", ("for g in R^3, p in R^3", "check"), "different shapes"),
        ("g p = 1", ("for g in R^3, p in R^3", "check"), "a product of shapes"),
        (r"\eta", ("check",), "expected a relation"),
        ("g = p", ("for g in R^3 p in R^3", "check"), "cannot read `% for g in R.3 p in R.3`"),
        (r"\begin{pmatrix} g \\ p \end{pmatrix} = p", ("for g in R^3, p in R^3", "check"), "entries of a pmatrix"),
        ("H^{1/2} p = p", ("for H in R^3x3, p in R^3", "check"), "that is not symmetric"),
        (r"g = g", ("for g in R^3", "where g > g", "check"), "only 0 of"),
        (
            r"\begin{cases} g & t < 99 \\ p & \text{otherwise} \end{cases} = g",
            ("check",),
            "case 2 of the cases was met 0",
        ),
    ],
)
def test_what_cannot_be_checked_is_an_error(tex, notes, message):
    verdict, detail = check(tex, *notes)
    assert verdict == "FAILED" and re.search(message, detail), detail


def test_an_error_in_a_note_names_its_line():
    (result,) = prove_text("# One\n\n```{math}\n\\eta = 1\n```\n% let \\eta = \\foo\n% check\n")
    assert result.detail.startswith("line 6: expected a quantity")


def test_each_equation_of_a_block_has_its_own_verdict():
    (result,) = prove_text("```{math}\n\\eta - \\eta &= 0 \\\\\n\\eta + \\eta &= 0\n```\n% check\n")
    assert [(e.at, e.verdict) for e in result.equations] == [(2, "checked"), (3, "FAILED")]
    assert result.verdict == "FAILED"


def test_an_unlabeled_block_is_checked_too():
    (result,) = prove_text("```{math}\n1 + 1 = 2\n```\n% check\n")
    assert (result.label, result.verdict, result.file, result.line) == ("", "checked", None, None)
