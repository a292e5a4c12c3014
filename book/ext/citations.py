"""Citations by author and year in round brackets: (Polyak, 1964), and Polyak (1964) in running text."""

from dataclasses import dataclass, field

from docutils import nodes
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def round_brackets():
    return BracketStyle(left="(", right=")")


@dataclass
class Descent(AuthorYearReferenceStyle):
    bracket_parenthetical: BracketStyle = field(default_factory=round_brackets)
    bracket_textual: BracketStyle = field(default_factory=round_brackets)
    bracket_author: BracketStyle = field(default_factory=round_brackets)
    bracket_label: BracketStyle = field(default_factory=round_brackets)
    bracket_year: BracketStyle = field(default_factory=round_brackets)


def visit_entry(self, node):
    """An entry of the bibliography: found by author and year, so its number is left out."""
    for label in node.findall(nodes.label):
        node.remove(label)
    self.body.append(self.starttag(node, "div", CLASS="citation"))


def depart_entry(self, node):
    self.body.append("</div>\n")


def setup(app):
    app.add_node(nodes.citation, override=True, html=(visit_entry, depart_entry))
    register_plugin("sphinxcontrib.bibtex.style.referencing", "descent", Descent)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
