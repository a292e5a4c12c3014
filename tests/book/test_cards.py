"""The reference cards: every equation they print is proved, every fact they print is counted or written by hand."""

import re

import pytest

from book import cards
from book.cards import ROOT
from book.proofs.prover import prove_text
from optlib import rules
from optlib.ops import ratio, sqrt, where

KEYS = {"year", "source", "chapter", "defaults", "reach", "fails"}
MAY = {"needs", "cost"}
ASKED = ("adam", "adamw", "nadam", "amsgrad", "lamb", "muon")


def verdicts(step):
    return {line.name: found and found.verdict for line, found in cards.proved(step)}


@pytest.mark.parametrize("name", rules.__all__)
def test_every_equation_of_a_card_is_proved(name):
    for line, found in cards.proved(getattr(rules, name)):
        assert line.latex, f"{name}: {line.code} has no form"
        assert found and found.verdict.startswith(("proved", "checked on")), (line.latex, found)


def seen_through(name, step, right, wrong):
    """The proof of a card fails where `wrong` is printed in the place of `right`."""
    text = cards.chapter_text(step)
    assert right in text
    results = prove_text(text.replace(right, wrong, 1), {name: step})
    assert any(e.verdict == "FAILED" for r in results for e in r.equations)


# one wrong thing in what is printed: which rule, what stands there, what is planted
PLANTED = [
    ("momentum", r"\mu b_{t-1} + g_t", r"\mu b_{t-1} - g_t"),
    ("nesterov", r"\mu b_t)", r"\mu b_{t-1})"),
    ("adam", r"\sqrt{\hat v_t} + \epsilon", r"\sqrt{\hat v_t + \epsilon}"),
    ("nadam", r"\beta_1^{t + 1}", r"\beta_1^{t}"),
    ("adamax", r"\text{if } u_t \ne 0 \\ 0", r"\text{if } u_t \ne 0 \\ 1"),
]


@pytest.mark.parametrize("name, right, wrong", PLANTED)
def test_a_card_cannot_lie(name, right, wrong):
    seen_through(name, getattr(rules, name), right, wrong)


def zoo(theta, g, s=0, n=0, t=1, *, lr=0.1, beta1=0.9):
    """A rule with everything that can go wrong in brackets."""
    a = -(g - theta) * (lr - (beta1 - 2)) * (s * 2)
    b = -a / (n + 1) * g - (a - (g - s))
    c = sqrt(b**2 + 1) ** 3 / (1 / (a**2 + 1)) * (-s) + (1 - beta1) ** (t + 1)
    s = where(g > 0, c, ratio(c, n, 2.0)) * 0.5 + 0 * g
    n = n + 0.25 * (a * b) ** 2
    theta = theta - lr * s / (n + 2)
    return theta, s, n


def test_what_is_written_reads_as_what_is_run():
    assert set(verdicts(zoo).values()) <= {"proved", "checked on 100 samples"}
    assert set(verdicts(zoo)) == {"a", "b", "c", "s", "n", "theta"}


def test_every_rule_has_an_entry():
    for name in rules.__all__:
        assert name in cards.facts(), f"book/cards.toml has no entry for {name}"
        assert name in cards.libraries(), f"book/libraries.toml has no entry for {name}"
    listed = re.findall(r"^(\d\d_\w+): ", (ROOT / "book" / "index.md").read_text(encoding="utf-8"), re.M)
    sources = re.findall(r"^@\w+\{([^,]+),", (ROOT / "book" / "references.bib").read_text(encoding="utf-8"), re.M)
    for name, entry in cards.facts().items():
        assert KEYS <= set(entry) <= KEYS | MAY, name
        assert entry["chapter"] in listed and entry["source"] in sources, name
        assert 1900 < entry["year"] < 2100 and entry["reach"].startswith("Reach for it "), name
        if name in rules.__all__:
            assert cards.cost(getattr(rules, name)), f"{name} sees whole arrays: its cost is written by hand"


def test_the_libraries_of_a_card_were_measured():
    made_by, rows = cards.differences()
    assert set(made_by) == {"torch", "optax", "jax", "pytorch_optimizer"}
    for name in rules.__all__:
        for key, entry in cards.libraries()[name].items():
            assert [row["call"] for row in rows.get((name, key, "differs"), [])] == [
                other["call"] for other in entry.get("differs", [])
            ], "python -m tests.conformance.make"
            assert ("same" in entry) == ((name, key, "same") in rows)


@pytest.mark.parametrize("name", ASKED)
def test_the_card_answers_whether_a_library_is_the_same_and_else_what_and_how_much(name):
    text = cards.page(name)
    for key, title in cards.LIBRARIES.items():
        part = text.split(f"### {title}\n")[1].split("\n#")[0]
        assert re.search(
            r"\*\*The same\*\*[^:]*: the largest difference is |\*\*None that is the same\.\*\* .|^\nIt has none", part
        )
        for other in cards.libraries()[name][key].get("differs", []):
            assert f"{other['why']} Differs by " in part and cards.code(other["call"]) in part


def test_what_is_counted_is_what_a_hand_counts():
    kept = {"sgd": "0", "momentum": "1", "adam": "2", "adafactor": "rows + columns", "shampoo": "rows² + columns²"}
    assert {name: cards.numbers_kept(getattr(rules, name)) for name in kept} == kept
    # momentum: mu * b, + g; lr * b, theta - .   sgd: lr * g, theta - .
    assert cards.operations(rules.sgd).total() == 2 and cards.operations(rules.momentum).total() == 4
    # adagrad: g**2, G + .; sqrt, + eps, lr / ., * g, theta - .
    assert cards.operations(rules.adagrad) == {"Pow": 1, "Add": 2, "sqrt": 1, "Div": 1, "Mult": 1, "Sub": 1}
    assert cards.cost(rules.adagrad).startswith("3 numbers read and 2 written for each parameter, and 7 operations")
    assert cards.keeps(rules.adamw).startswith("2 numbers a parameter (8 bytes in float32): `m`, `v`.")


@pytest.mark.parametrize("x, words", [(0.25, "0.25"), (1.4971, "1.5"), (4e-10, "$4.0 \\cdot 10^{-10}$"), (0.0, "0")])
def test_a_difference_has_two_digits(x, words):
    assert cards.amount(x) == words
