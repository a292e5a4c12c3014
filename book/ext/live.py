"""Under the title of each chapter, the button with which a reader asks to run and edit it (book/live/)."""

import html
from pathlib import Path

from book.ext import places

BOX = """<div class="live" data-chapter="{chapter}" data-notebook="{notebook}" data-page="{page}">
<button type="button" class="live-start pst-js-only">Run and edit here</button>
<span class="live-said" role="status"></span>
</div>
"""


def with_button(body, chapter, up):
    """The HTML of a chapter with the button behind its title.  up: from the page to the root of the site."""
    names = {"chapter": chapter, "notebook": f"{up}notebooks/{chapter}.ipynb", "page": f"{up}_static/live/page.js"}
    box = BOX.format(**{name: html.escape(value) for name, value in names.items()})
    return body.replace("</h1>\n", f"</h1>\n{box}", 1)


def page(app, docname, template, context, doctree):
    if doctree is not None and places.chapter(docname) and Path(docname).parent.name == "chapters":
        context["body"] = with_button(context["body"], Path(docname).name, "../" * docname.count("/"))


def setup(app):
    app.connect("html-page-context", page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
