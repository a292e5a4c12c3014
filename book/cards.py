"""What a reference card says of a rule: its equations and their proofs, what it keeps and costs, how libraries call it.

`pages()` are the cards as Markdown; the site's build lays them beside the chapters.  What no program can find out
stands in cards.toml and libraries.toml, what was measured in tests/reference/differences.json.
"""

import ast
import functools
import inspect
import json
import textwrap
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np

from book.proofs.chapter import book_notation
from book.proofs.prover import prove_text
from optlib import rules
from optlib.grammar import call, read, start
from optlib.lives.latex import symbol, written
from optlib.plot import palette

ROOT = Path(__file__).resolve().parent.parent
FILES = {name: ROOT / "book" / name for name in ("cards.toml", "libraries.toml", "notation.toml")}
FILES["differences.json"] = ROOT / "tests" / "reference" / "differences.json"
LIBRARIES = {"torch": "PyTorch", "optax": "optax", "pytorch_optimizer": "pytorch_optimizer"}
FAMILIES = {"euclid": "2-norm", "diagonal": "diagonal", "adam": "with momentum", "norm": "other norms"}
FAMILIES |= {"curvature": "matrix", "wrapper": "wrapper", "penalty": "penalty", "free": "no gradient"}
SIZES = {35: "m n", 5: "m", 7: "n", 25: "m^2", 49: "n^2", 1: "1", 35**2: "(m n)^2"}  # of a state, where theta is 5x7


@functools.cache
def facts():
    """{rule: its entry in cards.toml}."""
    return tomllib.loads(FILES["cards.toml"].read_text(encoding="utf-8"))


@functools.cache
def libraries():
    """{rule: its entry in libraries.toml}."""
    return tomllib.loads(FILES["libraries.toml"].read_text(encoding="utf-8"))


@functools.cache
def differences():
    """What tests/reference/differences.json holds: the versions, and {(rule, library, call, kind): [rows]}."""
    stored = json.loads(FILES["differences.json"].read_text(encoding="utf-8"))
    rows = {}
    for row in stored["rows"]:
        rows.setdefault((row["rule"], row["library"], row["kind"]), []).append(row)
    return stored["made_by"], rows


# -- the equations
@functools.cache
def names():
    """{name in code: LaTeX} of the book."""
    out = {}
    for latex, code in book_notation().names.items():
        out.setdefault(code, latex)
    return out


def chapter_text(step):
    """The lines of a rule as a chapter would display them, for the prover; None where no line can be written."""
    lines, new = written(step, names())
    rows = [line.latex for line in lines if line.latex]
    label = f"eq-{step.__name__.replace('_', '-')}" + ("-theta" if len(rows) == 1 else "")
    head = "".join(f"  '{latex}': {name}\n" for latex, name in new.items())
    head = f"---\nnotation:\n{head}---\n" if head else ""
    return head + f"```{{math}}\n:label: {label}\n" + " \\\\\n".join(rows) + "\n```\n"


def proved(step):
    """[(Line, the prover's Equation, or None where there is nothing to read)] of a rule."""
    lines = written(step, names())[0]
    (result,) = prove_text(chapter_text(step), {step.__name__: step})
    found = iter(result.equations)
    return [(line, next(found, None) if line.latex else None) for line in lines]


# -- what it keeps, and what it costs
def kept(step, shape=(5, 7), steps=12):
    """The states after a few steps from ones: some are one number until a phase is over."""
    signature, theta = read(step), np.ones(shape)
    theta = theta.ravel() if signature.scope and signature.scope.__name__ == "Model" else theta
    state = start(signature, theta)
    for t in range(1, steps + 1):
        theta, *state = call(step, signature, theta, [0.5 * theta for _ in signature.asks], state, t, {})
    return state


def memory(step):
    """{state: how many numbers it is, as LaTeX} for an m x n matrix of parameters."""
    return {name: SIZES.get(np.size(value), str(np.size(value))) for name, value in zip(read(step).state, kept(step))}


def numbers_kept(step):
    """How many numbers a parameter a rule keeps, in a word for a table: 2, rows + columns, ..."""
    sizes = list(memory(step).values())
    if set(sizes) <= {"m n", "1"}:
        return str(sizes.count("m n"))
    words = {"m": "rows", "n": "columns", "m^2": "rows²", "n^2": "columns²", "(m n)^2": "p²"}
    counts = Counter(words[s] for s in sizes if s in words)
    whole = [f"{sizes.count('m n')} a parameter"] * ("m n" in sizes)
    return " + ".join(whole + [word if n == 1 else f"{n} {word}" for word, n in counts.items()])


def operations(step):
    """Counter of the operations on arrays in an elementwise rule; what is the same for all elements is not counted."""
    signature = read(step)
    body = ast.parse(textwrap.dedent(inspect.getsource(step))).body[0].body
    arrays = {step.__code__.co_varnames[0], *signature.asks, *signature.state} - signature.numbers
    count = Counter()

    def array(node):
        return any(isinstance(n, ast.Name) and n.id in arrays for n in ast.walk(node))

    for line in body:
        if not isinstance(line, ast.Assign):
            continue
        for node in ast.walk(line.value):
            if isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp | ast.Compare) and array(node):
                count[node.func.id if isinstance(node, ast.Call) else type(getattr(node, "op", node)).__name__] += 1
        if array(line.value):
            arrays.add(line.targets[0].id)
    return count


def cost(step):
    """One sentence on what a step costs."""
    signature, told = read(step), facts().get(step.__name__, {}).get("cost", "")
    if signature.scope is not None:
        return told
    states = len(signature.state) - len(signature.numbers)
    count = operations(step)
    rare = {"roots": count["sqrt"], "divisions": count["Div"] + count["ratio"]}
    among = " and ".join(f"{n} {word.removesuffix('s') if n == 1 else word}" for word, n in rare.items() if n)
    sentence = f"{1 + len(signature.asks) + states} numbers read and {1 + states} written for each parameter, and "
    return sentence + f"{sum(count.values())} operations" + (f", among them {among}." if among else ".")


# -- words for tables
def needs(step):
    told = facts().get(step.__name__, {}).get("needs")
    return told or ", ".join("gradient" if name == "g" else f"`{name}`" for name in read(step).asks)


def family(name, words=palette.FAMILIES):
    """The family of a rule; words: {family: what it is called}."""
    return words[palette.RULES[name][0]] if name in palette.RULES else "not yet placed"


def notes(step):
    """The paragraphs of a rule's docstring behind the first."""
    return [" ".join(part.split()) for part in inspect.getdoc(step).split("\n\n")[1:]]


def about(step):
    """The first sentence of a rule's docstring, without its name."""
    name, _, rest = (line := inspect.getdoc(step).splitlines()[0]).partition(": ")
    return rest[0].upper() + rest[1:] if name.lower() == palette.label(step.__name__).lower() else line


def amount(x):
    """A measured difference in two digits."""
    if x >= 0.01:
        return f"{x:.2g}"
    digits, power = f"{x:.1e}".split("e")
    return f"${digits} \\cdot 10^{{{int(power)}}}$" if x else "0"


# -- the page
def keeps(step):
    sizes = memory(step)
    if not sizes:
        return "Nothing."
    if set(sizes.values()) <= {"m n", "1"}:
        count = list(sizes.values()).count("m n")
        said = f"{count} number{'s' * (count > 1)} a parameter ({4 * count} bytes in float32): "
        said += ", ".join(f"`{n}`" for n, s in sizes.items() if s == "m n") + "."
        alone = [f"`{n}`" for n, s in sizes.items() if s == "1"]
        return said + (f" One number in all: {', '.join(alone)}." if alone else "")
    listed = ", ".join(f"`{n}` (${s}$)" for n, s in sizes.items())
    return f"For an $m \\times n$ matrix of parameters, in numbers: {listed}."


def settings(step):
    """The table of hyperparameters."""
    rows = [f"| `{n}` | ${symbol(n, names())}$ | {v!r} |" for n, v in read(step).hyper.items()]
    return "\n".join(["| Name | Symbol | Default |", "|---|---|---|", *rows])


def code(call):
    """A call as a block of code, in lines that fit the page."""
    lines = textwrap.wrap(call, 78, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "```python\n" + "\n".join(lines) + "\n```"


def library(name, key):
    """What one library has of a rule, as Markdown."""
    entry, rows = libraries().get(name, {}).get(key, {}), differences()[1]
    if not entry:
        return "Not yet compared."
    out = []
    if "same" in entry:
        (row,) = rows.get((name, key, "same"), [None])
        worst = f"the largest difference is {amount(max(row['first'], row['last']))}" if row else "not yet measured"
        given = " and ".join(f"`{k}={v}`" for k, v in entry.get("with", {}).items())
        out.append(f"**The same**{given and f' with {given}'}: {worst}.\n\n{code(entry['same'])}")
    else:
        none = "" if entry["none"].startswith("It has none") else "**None that is the same.** "
        out.append(none + entry["none"])
    for other, row in zip(entry.get("differs", []), rows.get((name, key, "differs"), [])):
        if other["call"] == row["call"]:
            by = f"Differs by {amount(row['first'])} after one step and {amount(row['last'])} after eight"
            by += f", at a rate of {other['rate']:g}." if "rate" in other else "."
            out.append(f"**Not the same.** {other['why']} {by}\n\n{code(other['call'])}")
    return "\n\n".join(out)


def versions():
    made_by = differences()[0]
    return ", ".join(f"{LIBRARIES.get(name, name)} {made_by[name]}" for name in LIBRARIES)


def chapter_link(name):
    stem = facts()[name]["chapter"]
    if (ROOT / "chapters" / f"{stem}.md").exists():
        return f"{{doc}}`/chapters/{stem}`"
    return f"{int(stem[:2])}, which is being written"


def page(name):
    """The card of a rule, in Markdown."""
    step, told = getattr(rules, name), facts().get(name, {})
    title = palette.label(name)
    facts_list = [("Family", family(name)), ("Asks for", needs(step)), ("Keeps", keeps(step)), ("Costs", cost(step))]
    if told:
        proposed = f"{told['year']}; {{cite:t}}`{told['source']}`"
        facts_list = [("Proposed", proposed), *facts_list, ("Chapter", chapter_link(name))]
    listed = "\n\n".join(f"{word}\n: {said}" for word, said in facts_list if said)
    parts = [
        f"(rule-{name.replace('_', '-')})=\n# {title}",
        about(step),
        f":::{{container}} facts\n{listed}\n:::",
        f"## Equations\n\n:::{{card-equations}} {name}\n:::",
        f"## Code\n\n:::{{rule}} {name}\n:no-docstring:\n:::\n\n:::{{card-notes}} {name}\n:::",
        f"## Settings\n\n{settings(step)}\n\n{told.get('defaults', '')}" if read(step).hyper else "",
        "## In other libraries\n\n`p` is the list of parameters, `lr` and the other names are the settings above. "
        "A difference is the largest of twelve parameters in double precision, at a rate of 0.1 if none is named, with "
        f"gradients and start drawn from a normal distribution; measured with {versions()}.",
        *(f"### {title}\n\n{library(name, key)}" for key, title in LIBRARIES.items()),
    ]
    if told:
        parts.append(f"## When to take it\n\n{told['reach']}\n\n**Where it fails.** {told['fails']}")
    return "\n\n".join(part for part in parts if part) + "\n"


def pages():
    """{place on the site: text} of all cards."""
    return {Path("rules") / f"{name}.md": page(name) for name in rules.__all__}
