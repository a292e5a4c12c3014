"""Numbers that start with the chapter's: equation (7.3)."""

from docutils import nodes

from book.ext import places


def number_equations(app, doctree):
    """Put the chapter before the numbers that Sphinx gave to the labeled equations of this page."""
    docname = app.env.docname
    chapter = places.chapter(docname)
    equations = app.env.get_domain("math").equations
    for node in doctree.findall(nodes.math_block):
        if chapter and node.get("number") and node.get("label") in equations:
            node["number"] = f"{chapter}.{node['number']}"
            equations[node["label"]] = (docname, node["number"])


def setup(app):
    app.connect("doctree-read", number_equations, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
