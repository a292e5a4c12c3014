"""Where things are: the chapter of a page, the page of a source file."""

import re
from pathlib import Path

from sphinx import addnodes
from sphinx.util.osutil import relative_uri

ROOT = Path(__file__).resolve().parent.parent.parent


def chapter(docname):
    """The number of a chapter or of its solutions, as printed ("7"); None for other pages."""
    found = re.match(r"chapters/(?:solutions/)?0*(\d+)_", docname)
    return found and found[1]


def reference(docname, kind, target):
    """A reference from a page to a label ("ref") or another page ("doc"), which Sphinx resolves; fill in its text."""
    return addnodes.pending_xref(
        "", refdomain="std", reftype=kind, reftarget=target, refexplicit=True, refwarn=True, refdoc=docname
    )


def page_of(file):
    """The name of the page that shows a source file of the repository: "source/optlib/ops"."""
    file = Path(file)
    return f"source/{(file.relative_to(ROOT) if file.is_absolute() else file).with_suffix('').as_posix()}"


def link_to(docname, file, line):
    """The address of a line of a source file, seen from a page."""
    return f"{relative_uri(f'{docname}.html', f'{page_of(file)}.html')}#L-{line}"
