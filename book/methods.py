"""The reference cards of methods: steps that ask for functions, the searches inside them, what wraps a rule.

As in cards.py: what a method asks is read off its signature, what it keeps and how often it asks are counted by running
it, what no program can find out stands in methods.toml, what was measured in tests/reference/methods.json.
"""

import functools
import inspect
import tomllib
from pathlib import Path

import numpy as np

from book import cards, compared
from book.compared import listed
from optlib import methods, minimize, problems, transforms, wrappers
from optlib.grammar import read
from optlib.methods.trust_region import trust_region
from optlib.methods.wolfe import wolfe
from optlib.plot import palette

FILES = {"methods.toml": cards.ROOT / "book" / "methods.toml"}
FILES["methods.json"] = compared.FILE
PARTS = {"wolfe": wolfe, "trust_region": trust_region}  # and what goes around a rule, or before it
PARTS |= {"sam": wrappers.sam, "lookahead": wrappers.lookahead, "gradient_noise": transforms.gradient_noise}
WORDS = {  # what is asked: once, and many times
    "f": ("loss", "losses"),
    "g": ("gradient", "gradients"),
    "grad": ("gradient", "gradients"),
    "hess": ("Hessian", "Hessians"),
    "h_new": ("diagonal of the Hessian", "diagonals of the Hessian"),
    "prox": ("prox", "proxes"),
    "residual": ("residual", "residuals"),
    "jacobian": ("Jacobian", "Jacobians"),
    "fisher": ("Fisher matrix", "Fisher matrices"),
    "factors": ("set of factors", "sets of factors"),
    "along": ("minimum along a coordinate", "minima along a coordinate"),
    "rng": ("random numbers", "random numbers"),
}
# of a state, where theta has ten numbers; K-FAC's, of a layer with 64 inputs and ten units
SIZES = {10: "p", 100: "p^2", 200: "2 M p", 1: "1"}
LAYER = {65**2: "(n+1)^2", 100: "m^2"}
KEPT = {"p": "1", "p^2": "p²", "2 M p": "20", "(n+1)^2": "rows²", "m^2": "columns²"}


@functools.cache
def facts():
    """{method: its entry in methods.toml}."""
    return tomllib.loads(FILES["methods.toml"].read_text(encoding="utf-8"))


def names():
    return [*methods.__all__, *PARTS]


def find(name):
    return PARTS.get(name) or getattr(methods, name)


def title(name):
    label = palette.label(name)
    return facts().get(name, {}).get("title") or label[0].upper() + label[1:]


def family(name, words=palette.FAMILIES):
    """The family of a method; words: {family: what it is called}."""
    words = words | {"part": "part of others"}
    return words[palette.RULES[name][0] if name in palette.RULES else facts()[name]["family"]]


# -- what it asks and keeps
def elementwise(name):
    """Whether it sees one element at a time, as most rules do: then what cards.py counts is right."""
    return name not in PARTS and read(find(name)).scope is None


def needs(name):
    return facts()[name].get("needs") or ", ".join(WORDS[word][0] for word in read(find(name)).asks)


@functools.cache
def counted(name):
    """A run in which all that a method keeps has been filled: the Run, on ten parameters or on one layer."""
    step, hyper = find(name), {}
    if name == "kfac":
        net = problems.digits_mlp(hidden=(), size=50, batch=20)
        return minimize(net, net.start, step, 3)
    asks = read(step).asks
    if "prox" in asks or "along" in asks:
        problem, hyper = problems.lasso(4.0), {"lr": 0.25} if "prox" in asks else {"parts": 10}
    elif "fisher" in asks:
        problem = problems.cancer_logistic(9)
    else:
        problem, hyper = problems.mgh("variably_dimensioned"), {"lr": 1e-6} if name == "nesterov_lookahead" else {}
    return minimize(problem, problem.start, step, 15, **hyper)


def memory(name):
    """{state: how many numbers it is, as LaTeX}."""
    if name in PARTS or not read(find(name)).state:
        return {}
    sizes = LAYER if name == "kfac" else SIZES
    values = (np.concatenate([np.ravel(a) for a in _flat(value)]).size for value in counted(name).state[0])
    return {state: sizes.get(size, str(size)) for state, size in zip(read(find(name)).state, values)}


def _flat(value):
    return [a for part in value for a in _flat(part)] if isinstance(value, tuple) else [value]


def numbers_kept(name):
    """How many numbers a parameter, in a word for a table."""
    if elementwise(name):
        return cards.numbers_kept(find(name))
    if name in PARTS:
        return facts()[name].get("kept", "0")
    sizes = [size for size in memory(name).values() if size != "1"]
    if len(sizes) > 1:  # K-FAC's means and their inverses
        return " + ".join(f"{sizes.count(size)} {KEPT[size]}" for size in dict.fromkeys(sizes))
    return KEPT[sizes[0]] if sizes else "0"


def keeps(name):
    if "keeps" in facts()[name]:
        return facts()[name]["keeps"]
    if elementwise(name):
        return cards.keeps(find(name))
    sizes = memory(name)
    if not sizes:
        return "Nothing from step to step."
    of = "a layer of $n$ inputs and $m$ units" if name == "kfac" else "$p$ parameters"
    told = [f"${size}$ in `{state}`" for state, size in sizes.items()]
    return f"Of {of}, in numbers: {listed(told)}." + (" $M$ is `memory`." if "2 M p" in sizes.values() else "")


def evaluations(name):
    """How often it asks: of each step where that is always the same, else of a run that everybody knows."""
    if name in PARTS:
        return facts()[name].get("asks", "")
    if elementwise(name):
        return _asked({word: 1 for word in read(find(name)).asks}) + " a step."
    run = counted(name)
    asked = {word: n for word, n in run.evaluations.items() if n}
    search = "f" in asked or name == "levenberg_marquardt"
    if not search and all(n % run.t == 0 for n in asked.values()):
        every = " where `every` is 1" if name == "kfac" else ""
        return _asked({word: n // run.t for word, n in asked.items()}) + f" a step{every}."
    valley = problems.mgh("rosenbrock")
    run = minimize(valley, valley.start, find(name), 1000, gtol=1e-6)
    start = f"On Rosenbrock's valley, from $(-1.2, 1)$: {run.t} steps, "
    asked = _asked({word: n for word, n in run.evaluations.items() if n})
    if run.ended != "converged":
        return f"{start}{asked}; the loss is then {cards.amount(run.losses[-1])}."
    return f"{start}{asked}, until no component of the gradient exceeds $10^{{-6}}$."


def _asked(asked):
    return listed([f"{n} {WORDS[word][n > 1]}" for word, n in asked.items()])


def cost(name):
    return facts()[name].get("cost") or cards.cost(find(name))


# -- its equations
def written_out(name):
    """Whether the card's equations are made from the method's own lines: where the chapter's are not named."""
    return "equations" not in facts()[name]


def equations(name):
    """The section on its equations, in Markdown."""
    told = facts()[name]
    if written_out(name):
        return f"## Equations\n\n:::{{card-equations}} {name}\n:::\n\n{told.get('but', '')}".rstrip()
    if not told["equations"]:
        return ""
    numbers = listed([f"{{eq}}`{label}`" for label in told["equations"]])
    lines = "\n".join(told["equations"])
    word = "Equations" if len(told["equations"]) > 1 else "Equation"
    said = f"{word} {numbers} of {{doc}}`/chapters/{told['chapter']}`, as marked there:"
    return f"## Equations\n\n{said}\n\n:::{{chapter-equations}}\n{lines}\n:::"


# -- the page
def settings(name):
    rows = []
    for setting, value in read(find(name)).hyper.items():
        default = "none: it must be given" if value is inspect.Parameter.empty else repr(value)
        rows.append(f"| `{setting}` | ${cards.symbol(setting, cards.names())}$ | {default} |")
    return "\n".join(["| Name | Symbol | Default |", "|---|---|---|", *rows]) if rows else ""


def page(name):
    """The card of a method, in Markdown."""
    told = facts()[name]
    proposed = told.get("proposed") or f"{told['year']}; {{cite:t}}`{told['source']}`"
    rows = [("Proposed", proposed), ("Family", family(name)), ("Asks for", needs(name))]
    rows += [("Evaluations", evaluations(name)), ("Keeps", keeps(name)), ("Costs", cost(name))]
    rows += [("Chapter", f"{{doc}}`/chapters/{told['chapter']}`")]
    table = "\n\n".join(f"{word}\n: {said}" for word, said in rows if said)
    home = find(name).__module__.removeprefix("optlib.")
    code = [f"{home}.{name}", *(f"methods.{part}" for part in told.get("parts", []))]
    texts = "\n\n".join(f":::{{rule}} {function}\n:no-docstring:\n:::" for function in code)
    if "inside" in told:
        texts += f"\n\nInside it: {{doc}}`{told['inside']}`."
    parts = [
        f"(method-{name.replace('_', '-')})=\n# {title(name)}",
        told.get("about") or cards.about(find(name)),
        f":::{{container}} facts\n{table}\n:::",
        equations(name),
        f"## Code\n\n{texts}\n\n:::{{card-notes}} {name}\n:::",
        f"## Settings\n\n{settings(name)}\n\n{told['defaults']}".replace("\n\n\n\n", "\n\n"),
        f"## In other libraries\n\n{compared.introduction(told)}",
        compared.library(name, told),
        f"## When to take it\n\n{told['reach']}\n\n**Where it fails.** {told['fails']}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def pages():
    """{place on the site: text} of all cards."""
    return {Path("methods") / f"{name}.md": page(name) for name in names()}
