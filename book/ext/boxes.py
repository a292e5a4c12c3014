"""Two boxes: an exercise, which links to its solution, and what the documents say against what is right."""

import re

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from book.ext import places


class box(nodes.General, nodes.Element):
    """A part of the page with a title that is no section; `kind` is its class."""


class box_title(nodes.General, nodes.TextElement):
    """The title of a box; it does not enter the table of contents."""


def visit_box(self, node):
    attributes = {"role": "group", "aria-labelledby": f"{node['ids'][0]}-title"}
    if node.get("errata"):
        attributes["data-errata"] = node["errata"]
    self.body.append(self.starttag(node, "div", CLASS=f"box {node['kind']}", **attributes))


def depart_box(self, node):
    self.body.append("</div>\n")


def visit_title(self, node):
    self.body.append(f'<p class="box-title" id="{node["ids"][0]}">')


def depart_title(self, node):
    self.body.append("</p>\n")


class Box(SphinxDirective):
    """The common part: a title in running text, a body in Markdown."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def box(self, kind, ident, before=""):
        node = box(kind=kind, ids=[ident])
        self.set_source_info(node)
        title = box_title("", "", ids=[f"{ident}-title"])
        if before:
            title += nodes.inline("", before, classes=["box-number"])
            title += nodes.Text(" ")
        title += self.parse_inline(self.arguments[0])[0]
        node += [title, *self.parse_content_to_nodes()]
        return node


class Exercise(Box):
    """`:name: momentum-2` is exercise 4.2, whose solution is at the label `solution-momentum-2`."""

    option_spec = {"name": directives.unchanged_required}  # noqa: RUF012

    def run(self):
        name = self.options.get("name", "")
        if not re.fullmatch(r"[a-z][a-z0-9-]*-\d+", name):
            raise self.error(f"an exercise needs a :name: such as momentum-2, slug and number; got {name!r}")
        number = name.rsplit("-", 1)[1]
        chapter = places.chapter(self.env.docname)
        label = f"Exercise {chapter}.{number}" if chapter else f"Exercise {number}"
        node = self.box("exercise", name, label)
        standard = self.env.get_domain("std")
        standard.labels[name] = (self.env.docname, name, label)
        standard.anonlabels[name] = (self.env.docname, name)
        link = places.reference(self.env.docname, "ref", f"solution-{name}")
        self.set_source_info(link)
        link += nodes.inline("", f"Solution of {label.lower()}")
        node += nodes.paragraph("", "", link, classes=["solution-link"])
        return [node]


class Errata(Box):
    """The box "What the documents say, and what is right"; `:ids:` are the entries that it settles."""

    option_spec = {"ids": directives.unchanged_required}  # noqa: RUF012

    def run(self):
        ids = self.options.get("ids", "").replace(",", " ").split()
        wrong = [i for i in ids if not re.fullmatch(r"(D[0-3]|X)-\d\d", i)]
        if wrong or not ids:
            raise self.error(f"an errata box needs :ids: such as D2-03 X-01; got {' '.join(ids) or 'none'}")
        node = self.box("errata", f"errata-{self.env.new_serialno('errata') + 1}")
        node["errata"] = " ".join(ids)
        return [node]


def setup(app):
    app.add_node(box, html=(visit_box, depart_box))
    app.add_node(box_title, html=(visit_title, depart_title))
    app.add_directive("exercise", Exercise)
    app.add_directive("errata", Errata)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
