"""Equations: rendered now, each scrolled in a box of its own, and marked where the prover has read it."""

import re

from docutils import nodes
from sphinx.util import logging

from book.ext import katex, places

log = logging.getLogger(__name__)


def render(translator, node, latex, display):
    """KaTeX's HTML; what it cannot read is a warning that names the place."""
    try:
        return katex.render(latex, display)
    except ValueError as error:
        log.warning("%s", error, location=node)
        return translator.encode(latex)


def held(html):
    """A formula in a line, its last part marked: no line may begin with the full stop behind it."""
    before, base, last = html.rpartition('<span class="base">')
    ends = "</span></span>"  # of the formula's visible half, and of the formula
    return f'{before}<span class="last">{base}{last.removesuffix(ends)}</span>{ends}' if base else html


def visit_inline(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(held(render(self, node, node.astext(), False)) + "</span>")
    raise nodes.SkipNode


def aligned(latex):
    """Lines that are no environment yet become one, as Sphinx does for LaTeX."""
    rows = "\\\\" in latex or "&" in latex
    return f"\\begin{{aligned}}{latex}\\end{{aligned}}" if rows and "\\begin" not in latex else latex


def mark_of(self, node):
    """What the prover found, in two words; the link leads to the line it compared with, if there is one."""
    mark = node["mark"]
    words = re.split(r" with | where ", mark["verdict"], maxsplit=1)[0]
    said = mark["verdict"].removeprefix(words).strip()
    attributes = {"class": "proof-mark", "data-verdict": words.split()[0]}
    if mark["line"]:
        place = f"line {mark['line']} of {places.page_of(mark['file']).removeprefix('source/')}.py"
        said = f"{said}: {place}".removeprefix(": ")
        attributes["href"] = places.link_to(self.builder.current_docname, mark["file"], mark["line"])
    if said:
        attributes["title"] = said
    name = "a" if mark["line"] else "span"
    opening = " ".join(f'{key}="{self.attval(value)}"' for key, value in attributes.items())
    hidden = f'<span class="visually-hidden"> {self.encode(said)}</span>' if said else ""
    return f"<{name} {opening}>{self.encode(words)}{hidden}</{name}>"


def visit_display(self, node):
    self.body.append(self.starttag(node, "div", "", CLASS="equation"))
    self.body.append(f'<div class="equation-body">{render(self, node, aligned(node.astext()), True)}</div>')
    side = ""
    if node.get("number"):
        target = f"#{node['ids'][0]}" if node["ids"] else ""
        side += f'<a class="eqno" href="{target}" aria-label="Equation {node["number"]}">({node["number"]})</a>'
    if node.get("mark"):
        side += mark_of(self, node)
    self.body.append(f'<div class="equation-side">{side}</div></div>\n' if side else "</div>\n")
    raise nodes.SkipNode


def add_marks(app, doctree):
    """Ask the prover about the labeled equations of this page; what it refuses is a warning."""
    docname = app.env.docname
    labeled = [node for node in doctree.findall(nodes.math_block) if node.get("label")]
    if not labeled:
        return
    from book.proofs import prove

    found = {result.label: result for result in prove(app.env.doc2path(docname))}
    for node in labeled:
        result = found.get(node["label"])
        if result and result.verdict.startswith(("proved", "checked")):
            node["mark"] = {"verdict": result.verdict, "file": str(result.file or ""), "line": result.line}
        elif result and result.verdict.startswith("FAILED"):
            log.warning("%s is not proved: %s", node["label"], result.detail, location=node)


def setup(app):
    app.add_html_math_renderer("descent", (visit_inline, None), (visit_display, None))
    app.connect("doctree-read", add_marks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
