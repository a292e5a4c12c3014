"""Two boxes: an exercise, which links to its solution, and what the documents say against what is right.

`{found}` collects the second kind from all chapters.
"""

import re
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

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
        for k, paragraph in enumerate(node.children[1:], start=1):  # behind the title; `{found}` leads here
            paragraph["ids"].append(f"{node['ids'][0]}-{k}")
        return [node]


LISTS = places.ROOT / "book" / "lists.toml"
VERDICTS = {"true": "holds", "partly": "holds in part", "false": "does not hold"}


def lists():
    """What each chapter must settle, book/lists.toml: {number: {name, errata, rows, claims}}."""
    return tomllib.loads(LISTS.read_text(encoding="utf-8"))


def entries(text):
    """What the errata boxes of a chapter say: (anchor, Markdown) of each entry, which begins with a bold title."""
    bodies = re.findall(r"^:::\{errata\}.*\n(?::\w.*\n)*([\s\S]*?)^:::$", text, flags=re.M)
    for n, body in enumerate(bodies, start=1):
        found = []
        for k, block in enumerate(filter(None, map(str.strip, body.split("\n\n"))), start=1):
            if block.startswith("**") or not found:
                found.append((f"errata-{n}-{k}", block))
            else:
                found[-1] = found[-1][0], f"{found[-1][1]}\n\n{block}"
        yield from found


class Found(SphinxDirective):
    """A section a chapter: the claims that it measures, and the entries of its boxes, each with a link to its place."""

    def run(self):
        self.env.note_dependency(str(LISTS))
        sections = []
        for number, chapter in lists().items():
            docname = f"chapters/{chapter['name']}"
            if docname in self.env.found_docs:
                path = self.env.doc2path(docname)
                self.env.note_dependency(str(path))
                sections.append(self.section(number, docname, chapter, Path(path).read_text(encoding="utf-8")))
        return sections

    def section(self, number, docname, chapter, text):
        title = re.search(r"^# (.*)$", text, flags=re.M)[1]
        section = nodes.section(ids=[f"found-{number}"], names=[f"found {number}"])
        section += nodes.title("", "", *self.parse_inline(title)[0])
        claims = [claim for claim in chapter["claims"].values() if claim[2] and place_of(claim[2], text)]
        if claims:
            listed = nodes.bullet_list(classes=["claims"])
            for words, verdict, place in claims:
                link = self.link(docname, place_of(place, text), VERDICTS[verdict])
                item = nodes.paragraph("", "", *self.parse_inline(words)[0], nodes.Text(": "), link, nodes.Text("."))
                listed += nodes.list_item("", item)
            section += listed
        for anchor, paragraph in entries(text):
            parsed = self.parse_text_to_nodes(paragraph)
            if not isinstance(parsed[-1], nodes.paragraph):
                parsed.append(nodes.paragraph())
            parsed[-1] += [nodes.Text(" "), self.link(docname, anchor, f"Decided in chapter {number}.")]
            section += parsed
        return section

    def link(self, docname, anchor, words):
        address = relative_uri(f"{self.env.docname}.html", f"{docname}.html")
        return nodes.reference("", words, refuri=f"{address}#{anchor}", internal=True)


def place_of(place, text):
    """The anchor on the page of a chapter: of an equation `eq-...`, or of a heading; None where there is neither."""
    if place.startswith("eq-"):
        return f"equation-{place}" if f":label: {place}\n" in text else None
    return nodes.make_id(place) if f"\n## {place}\n" in text else None


def setup(app):
    app.add_node(box, html=(visit_box, depart_box))
    app.add_node(box_title, html=(visit_title, depart_title))
    app.add_directive("exercise", Exercise)
    app.add_directive("errata", Errata)
    app.add_directive("found", Found)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
