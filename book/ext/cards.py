"""The reference cards' equations, the table of all rules and methods that links to them, the table of their lives."""

import inspect
import json

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from book import cards, methods
from book.ext import notation, places
from book.proofs.code import Code
from optlib import rules
from optlib.plot import palette

log = logging.getLogger(__name__)
LIVES = places.ROOT / "book" / "lives.json"
NAMES = {"numpy": "NumPy", "sympy": "SymPy", "javascript": "JavaScript"}
COLUMNS = {"Name": 28, "Family": 20, "Year": 9, "Numbers kept": 18, "Asks for": 17, "Chapter": 8}


def note(env, *files):
    for file in files:
        env.note_dependency(str(file))


def find(name):
    """The rule or method of a card."""
    return getattr(rules, name) if name in rules.__all__ else methods.find(name)


class CardEquations(SphinxDirective):
    """`:::{card-equations} adam`: the lines of a rule as equations, each with its proof."""

    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        step = find(name)
        note(self.env, inspect.getsourcefile(step), cards.FILES["cards.toml"], cards.FILES["notation.toml"])
        file = str(Code(step, {}).file)
        made = []
        for line, found in cards.proved(step):
            if line.latex is None:
                made.append(nodes.literal_block(line.code, line.code, language="python"))
                continue
            node = nodes.math_block(line.latex, line.latex, nowrap=False, number=None, label=None)
            self.set_source_info(node)
            if found and found.verdict.startswith(("proved", "checked")):
                node["mark"] = {"verdict": found.verdict, "file": file, "line": line.at}
            else:
                log.warning("%s of the card is not proved: %s", line.name, found and found.detail, location=node)
            made.append(node)
        return made


class CardNotes(SphinxDirective):
    """`:::{card-notes} adam`: what the docstring says after its first sentence, word by word."""

    required_arguments = 1

    def run(self):
        step = find(self.arguments[0])
        note(self.env, inspect.getsourcefile(step))
        return [nodes.paragraph("", "", *told(text)) for text in cards.notes(step)]


def told(text):
    """A docstring's words, with what stands between backticks as code."""
    parts = enumerate(text.split("`"))
    return [nodes.literal(part, part) if n % 2 else nodes.Text(part) for n, part in parts if part]


def reference(docname, name):
    """A link to a card, in the printed name of its rule or method."""
    home, title = ("rules", palette.label(name)) if name in rules.__all__ else ("methods", methods.title(name))
    link = places.reference(docname, "doc", f"/{home}/{name}")
    link += nodes.inline("", title)
    return link


def rows():
    """[(year, name, cells behind it, chapter)] of all rules and methods."""
    for name in rules.__all__:
        step, told = getattr(rules, name), cards.facts().get(name, {})
        cells = cards.family(name, cards.FAMILIES), cards.numbers_kept(step), cards.needs(step)
        yield told.get("year", 9999), name, cells, told.get("chapter", "")
    for name in methods.names():
        told = methods.facts()[name]
        cells = methods.family(name, cards.FAMILIES), methods.numbers_kept(name), methods.needs(name)
        yield told["year"], name, cells, told["chapter"]


class Algorithms(SphinxDirective):
    """All rules and methods, one a row."""

    def run(self):
        note(self.env, *cards.FILES.values(), *methods.FILES.values(), inspect.getsourcefile(palette))
        body = []
        for year, name, (family, kept, needs), stem in sorted(rows()):
            note(self.env, inspect.getsourcefile(find(name)))
            words = family, str(year) if year < 9999 else "", kept, needs
            first = [reference(self.env.docname, name)]
            body.append([first, *([nodes.Text(w)] for w in words), [self.chapter(stem)]])
        head = [[nodes.Text(word)] for word in COLUMNS]
        table = notation.table(body, head, COLUMNS.values())
        table["classes"] = ["algorithms"]
        return [table]

    def chapter(self, stem):
        number = str(int(stem[:2])) if stem else ""
        if f"chapters/{stem}" not in self.env.found_docs:
            return nodes.inline("", number, classes=["unwritten"])
        link = places.reference(self.env.docname, "doc", f"/chapters/{stem}")
        link += nodes.inline("", number)
        return link


class Lives(SphinxDirective):
    """Where each rule runs unchanged, from the table that the tests of the lives write and hold."""

    def run(self):
        note(self.env, LIVES)
        if not LIVES.is_file():
            return [nodes.paragraph("", "The tests have not written it yet.")]
        told = json.loads(LIVES.read_text(encoding="utf-8"))
        rows = []
        for name, runs in sorted(told["rules"].items()):
            known = f"rules/{name}" in self.env.found_docs
            first = reference(self.env.docname, name) if known else nodes.Text(palette.label(name))
            rows.append([[first], *([nodes.Text("yes" if life in runs else "–")] for life in told["lives"])])
        head = [[nodes.Text(word)] for word in ("Rule", *(NAMES.get(life, life) for life in told["lives"]))]
        made = notation.table(rows, head, [20, *[12] * len(told["lives"])])
        made["classes"] = ["lives"]
        return [made]


def setup(app):
    app.add_directive("card-equations", CardEquations)
    app.add_directive("card-notes", CardNotes)
    app.add_directive("algorithms", Algorithms)
    app.add_directive("lives", Lives)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
