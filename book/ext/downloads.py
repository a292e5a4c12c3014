"""The chapter as a notebook to run; links to Colab and Binder where the repository has an address."""

from pathlib import Path

from sphinx.util import logging

from book.assets import write
from book.ext import places

log = logging.getLogger(__name__)


def page(app, docname, template, context, doctree):
    if doctree is None or not places.chapter(docname):
        return
    import jupytext

    from book import plain

    source = Path(app.env.doc2path(docname))
    try:
        text = jupytext.writes(plain.notebook(source, Path(app.srcdir)), fmt="ipynb")
    except (ValueError, KeyError, LookupError) as error:
        log.warning("no notebook to download: %s", error, location=docname)
        return
    name = f"notebooks/{source.stem}{'_solutions' if source.parent.name == 'solutions' else ''}.ipynb"
    write(Path(app.outdir) / name, text + "\n")
    context["notebook"] = "../" * docname.count("/") + name
    if (repository := app.config.descent_repository) and source.parent.name == "chapters":
        path = f"book/notebooks/{source.stem}.ipynb"
        context["launch"] = [
            ("Colab", f"https://colab.research.google.com/github/{repository}/blob/main/{path}"),
            ("Binder", f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/{path}"),
        ]


def setup(app):
    app.connect("html-page-context", page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
