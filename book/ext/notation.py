"""The notation page's tables, from the same file that the prover reads LaTeX with."""

import tomllib

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from book.ext import places

NOTATION = places.ROOT / "book" / "notation.toml"
GROUPS = {
    "index": "Time and indices",
    "problem": "The problem",
    "curvature": "Curvature",
    "hyperparameter": "What a rule is set to",
    "state": "What a rule remembers",
}


def table(rows, head, widths):
    """A plain table; a cell is a list of inline nodes."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=w) for w in widths), cols=len(widths))
    for kind, part in ((nodes.thead, [head]), (nodes.tbody, rows)):
        cells = ([nodes.entry("", nodes.paragraph("", "", *cell)) for cell in row] for row in part)
        group += kind("", *(nodes.row("", *row) for row in cells))
    return nodes.table("", group, classes=["notation"])


class Notation(SphinxDirective):
    """One table a kind, in the order of the file."""

    def run(self):
        self.env.note_dependency(str(NOTATION))
        symbols = tomllib.loads(NOTATION.read_text(encoding="utf-8"))["symbol"]
        kinds = list(dict.fromkeys(s["kind"] for s in symbols))
        head = [[nodes.Text(word)] for word in ("Symbol", "Meaning", "In the code")]
        made = []
        for kind in kinds:
            rows = [
                [
                    [nodes.math(s["latex"], s["latex"])],
                    self.parse_inline(s["meaning"])[0],
                    [nodes.literal(s["code"], s["code"])],
                ]
                for s in symbols
                if s["kind"] == kind
            ]
            made += [nodes.rubric("", GROUPS.get(kind, kind.capitalize())), table(rows, head, (15, 65, 20))]
        return made


def setup(app):
    app.add_directive("notation", Notation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
