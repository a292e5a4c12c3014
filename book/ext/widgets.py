"""Widgets without a kernel: the page mounts the same front-end module that JupyterLab runs."""

import re
from pathlib import Path

from docutils import nodes

from book.assets import write

WIDGET = re.compile(r'<div\b[^>]*\bclass="descent-widget"[^>]*\bdata-module="([\w.-]+)"')


def page(app, docname, template, context, doctree):
    """Copy the modules that this page mounts, and load the loader on this page alone."""
    if doctree is None or app.builder.format != "html":
        return
    modules = {name for node in doctree.findall(nodes.raw) for name in WIDGET.findall(node.astext())}
    if modules:
        from optlib.widgets import module_source

        for name in modules:
            write(Path(app.outdir) / "_static" / "widgets" / name, module_source(name))
        context["widgets"] = True


def setup(app):
    app.connect("html-page-context", page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
