"""The reference cards of methods: what they show is proved or the chapter's, what they count is what a hand counts."""

import re
from collections import Counter

import numpy as np
import pytest

from book import cards, compared, methods
from book.cards import ROOT
from book.proofs.chapter import blocks
from optlib import Problem, minimize, problems, rules, wrappers
from optlib import methods as library
from optlib.grammar import read
from optlib.methods.lbfgs import two_loop
from optlib.methods.quasi_newton import bfgs_update, sr1_update
from optlib.plot import palette
from tests.book.test_cards import seen_through
from tests.book.test_guide import slug

KEYS = {"year", "source", "chapter", "defaults", "reach", "fails"}
MAY = {"title", "family", "proposed", "equations", "parts", "inside", "needs", "cost", "none", "library"}
MAY |= {"about", "but", "asks", "keeps", "kept"}
TITLED = {"library", "none"}
BIB = re.findall(r"^@\w+\{([^,]+),", (ROOT / "book" / "references.bib").read_text(encoding="utf-8"), re.M)


def chapter(name):
    return (ROOT / "chapters" / f"{methods.facts()[name]['chapter']}.md").read_text(encoding="utf-8")


def test_every_method_has_an_entry_and_nothing_else_has():
    assert set(methods.facts()) == set(methods.names())


@pytest.mark.parametrize("name", methods.names())
def test_an_entry_says_all_that_a_card_needs(name):
    entry = methods.facts()[name]
    assert KEYS <= set(entry) <= KEYS | MAY and TITLED & set(entry), name
    cited = [entry["source"], *re.findall(r"\{cite:t\}`(\w+)`", entry.get("proposed", ""))]
    assert set(cited) <= set(BIB) and 1700 < entry["year"] < 2100 and entry["reach"].startswith("Reach for it ")
    assert ("family" in entry) == (name not in palette.RULES) and methods.family(name, cards.FAMILIES)
    assert not re.search(r"\^|<=|\*", entry.get("about") or cards.about(methods.find(name))), "a formula in words"
    assert not {"but", "equations"} <= set(entry), f"{name} shows its own lines or the chapter's"
    assert (name not in palette.RULES) <= ("title" in entry), f"{name} has no printed name"
    labels = [block.label for block in blocks(chapter(name).splitlines())]
    assert set(entry.get("equations", [])) <= set(labels)
    assert methods.page(name).startswith(f"(method-{name.replace('_', '-')})=\n# ")


@pytest.mark.parametrize("name", [n for n in methods.names() if methods.written_out(n)])
def test_every_equation_that_is_made_from_the_lines_is_proved(name):
    found = cards.proved(methods.find(name))
    assert {line.name for line, _ in found} >= {"theta"}
    for line, equation in found:
        assert line.latex and equation and equation.verdict.startswith(("proved", "checked on")), (line, equation)


PLANTED = [
    ("newton", r"- H_t^{-1} g_t", r"+ H_t^{-1} g_t"),
    ("newton", r"\nabla^2 J(\theta_{t-1})", r"2 \nabla^2 J(\theta_{t-1})"),
    ("ista", r", \eta)", r", 2 \eta)"),
    ("ista", r"\theta_{t-1} - \eta", r"\theta_{t-1} + \eta"),
    ("fista", r"(p_t - \theta_{t-1})", r"(p_t - z_{t-1})"),
    ("vsgd", r"\frac{g_t}{\tau_{t-1}}", r"\frac{g_t^2}{\tau_{t-1}}"),
    ("nesterov_lookahead", r"- \eta \mu b_{t-1}", r"- \eta b_{t-1}"),
]


@pytest.mark.parametrize("name, right, wrong", PLANTED)
def test_a_card_cannot_lie(name, right, wrong):
    seen_through(name, methods.find(name), right, wrong)


def gaps(name, text):
    """What is wrong with the links of a card: no section with a cell, or a number that is not in it."""
    links = re.findall(r"\[([^\]]+)\]\(\.\./chapters/(\S+?\.md)#(\S+?)\)", text)
    if not links:
        yield f"{name} leads to no measurement"
    for words, file, anchor in links:
        lines = (ROOT / "chapters" / file).read_text(encoding="utf-8")
        section = {slug(part.partition("\n")[0]): part for part in lines.split("\n## ")[1:]}.get(anchor, "")
        if "{code-cell}" not in section:
            yield f"{file}#{anchor} is no section with a cell"
        for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r"\^\d", "", words)):
            if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", section):
                yield f"{name} says {number}, and the section does not"


@pytest.mark.parametrize("name", methods.names())
def test_where_it_fails_leads_to_the_measurement(name):
    assert list(gaps(name, methods.facts()[name]["fails"])) == []


@pytest.mark.parametrize(
    "text, said",
    [
        ("It is slow.", "newton leads to no measurement"),
        ("[Slow](../chapters/10_newton.md#summary)", "10_newton.md#summary is no section with a cell"),
        ("[77 % of them](../chapters/10_newton.md#how-fast-and-from-where)", "newton says 77, and the section"),
    ],
)
def test_a_failure_that_nobody_measured_is_named(text, said):
    (gap,) = gaps("newton", text)
    assert gap.startswith(said)


# -- what is kept and asked
def test_what_is_kept_is_what_a_hand_counts():
    kept = {"newton": "0", "bfgs": "p²", "sr1": "p²", "lbfgs": "20", "fista": "1", "levenberg_marquardt": "1"}
    kept |= {"vsgd": "4", "nesterov_lookahead": "1", "kfac": "2 rows² + 2 columns²", "wolfe": "0"}
    assert {name: methods.numbers_kept(name) for name in kept} == kept
    assert methods.keeps("lbfgs") == "Of $p$ parameters, in numbers: $2 M p$ in `pairs`. $M$ is `memory`."
    valley = problems.rosenbrock()
    pairs = minimize(valley, valley.start, library.lbfgs, 20, memory=3).state[0][0]
    assert sum(np.size(a) for pair in pairs for a in pair) == 2 * 3 * 2


def test_every_state_has_a_size_with_a_name():
    for name in (n for n in methods.names() if not methods.elementwise(n)):
        assert not [size for size in methods.memory(name).values() if size.isdigit() and size != "1"], name


def test_what_is_asked_is_counted():
    assert methods.evaluations("newton") == "1 gradient and 1 Hessian a step."
    assert methods.evaluations("fista") == "1 gradient and 1 prox a step."
    assert methods.evaluations("vsgd") == "1 gradient and 1 diagonal of the Hessian a step."


def asked_by_hand(name):
    """(steps, losses, gradients) on Rosenbrock's valley, an answer at the place of the last question not counted."""
    valley, asked, last = problems.mgh("rosenbrock"), Counter(), {}

    def oracle(word):
        def answer(theta):
            asked[word] += last.get(word) != theta.tobytes()
            last[word] = theta.tobytes()
            return valley.can[word](theta)

        return answer

    f, grad, step = oracle("f"), oracle("grad"), getattr(library, name)
    theta, state, steps = valley.start, [np.eye(2), 1.0][: 1 + (name == "sr1")], 0
    while np.abs(valley.grad(theta)).max() > 1e-6:
        steps += 1
        theta, *state = step(theta, f, grad, *state, **({"t": steps} if name == "bfgs" else {}))
    return steps, asked["f"], asked["grad"]


def test_what_a_run_asks_is_counted():
    (bfgs, *_), (sr1, *_) = counts = asked_by_hand("bfgs"), asked_by_hand("sr1")
    for name, (steps, losses, gradients) in zip(("bfgs", "sr1"), counts):
        said = f"On Rosenbrock's valley, from $(-1.2, 1)$: {steps} steps, {losses} losses and {gradients} gradients"
        assert methods.evaluations(name).startswith(said)
    assert f"it takes {sr1} steps where BFGS takes {bfgs}" in methods.facts()["sr1"]["fails"]


def test_what_a_wrapper_asks_and_keeps_is_what_its_card_says():
    valley, asked = problems.rosenbrock(), Counter()

    def grad(theta):
        asked["grad"] += 1
        return valley.grad(theta)

    minimize(wrappers.sam(Problem(grad=grad)), valley.start, rules.sgd, 10, lr=1e-4)
    assert asked["grad"] == 2 * 10 and methods.evaluations("sam").startswith("2 gradients a step")
    assert read(wrappers.lookahead(rules.sgd)).state.keys() == {"slow"} and methods.numbers_kept("lookahead") == "1"
    slow = operations(lambda fast, slow: slow + 0.5 * (fast - slow))
    assert slow.total() == 3 * 20 and methods.cost("lookahead").startswith("Three operations a parameter")


# -- what a step costs: run on numbers that count
class Number:
    """A number that counts what is done with it."""

    count = None

    def __init__(self, value):
        self.value = float(value)

    def __float__(self):
        return self.value

    conjugate = property(lambda self: lambda: self)


def counted(word):
    def operate(self, other, turned=False):
        Number.count[word] += 1
        a, b = (float(other), self.value) if turned else (self.value, float(other))
        return Number(getattr(a, f"__{word}__")(b))

    return operate, lambda self, other: operate(self, other, True)


for word in ("add", "sub", "mul", "truediv"):
    for prefix, function in zip(("__", "__r"), counted(word)):
        setattr(Number, f"{prefix}{word}__", function)


def numbers(array):
    return np.vectorize(Number, otypes=[object])(array)


def operations(function, p=20):
    """Counter of the operations of function(a, b) on two vectors of p numbers, with a positive product."""
    a = np.random.default_rng(0).normal(size=p)
    Number.count = Counter()
    function(numbers(a), numbers(a * np.linspace(1, 2, p)))
    return Number.count


def test_the_operations_of_a_card_are_those_of_the_code(monkeypatch):
    p, M, eye = 20, 5, np.eye(20)
    bfgs = operations(lambda s, y: (np.dot(numbers(eye), s), bfgs_update(numbers(eye), s, y)))
    assert (bfgs["mul"] - 6 * p**2) <= 8 * p and bfgs["truediv"] == p**2
    assert "$6 p^2$ multiplications and $p^2$ divisions" in methods.cost("bfgs")
    loops = operations(lambda s, y: two_loop([(s, y)] * M, s))
    assert loops["mul"] == (6 * M + 3) * p and "$(6 M + 3)\\, p$ multiplications" in methods.cost("lbfgs")
    monkeypatch.setattr(np, "isfinite", lambda a: np.array(True))
    update = operations(lambda s, y: sr1_update(numbers(eye), s, y)).total()
    model = operations(lambda s, y: np.dot(numbers(eye), s)).total()
    assert abs(update + model - 7 * p**2) <= 12 * p and "$7 p^2$ operations" in methods.cost("sr1")
    same = dict(grad=lambda x: x, prox=lambda z, lr: z)
    ahead = operations(lambda s, y: library.nesterov_lookahead(s, same["grad"], y))
    assert ahead.total() == 6 * p and methods.cost("nesterov_lookahead").startswith("Six operations")
    assert operations(lambda s, y: library.ista(s, **same, lr=0.1)).total() == 2 * p
    assert operations(lambda s, y: library.fista(s, **same, z=y, lr=0.1)).total() == 5 * p
    assert methods.cost("ista").startswith("Two ") and methods.cost("fista").startswith("Five ")


# -- other libraries
def test_every_call_was_measured():
    calls = [(name, entry) for name, told in methods.facts().items() for entry in told.get("library", [])]
    made_by, rows = compared.measured()
    assert [(name, entry["call"]) for name, entry in calls] == list(rows), "python -m tests.conformance.make"
    for name, entry in calls:
        row = rows[name, entry["call"]]
        assert (row["library"], row["compare"]) == (entry["of"], entry["compare"])
        assert entry.get("same", False) == ("bound" in row)
        assert compared.PACKAGES.get(entry["of"], entry["of"]) in made_by
        assert re.match(r"\*\*(The same|Not the same|Not there yet)", compared.difference(row, entry))
        page = methods.page(name)
        assert cards.code(entry["call"]) in page and compared.difference(row, entry) in page
