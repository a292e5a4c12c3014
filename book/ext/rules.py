"""A rule's own text on the page, and a page for every source file that lines are linked to."""

import hashlib
import importlib
import inspect
import json
import textwrap
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from book.assets import write
from book.ext import places

SHOWN = "**/*.py"  # the files of optlib that get a page
HOMES = ("rules", "methods", "schedules", "transforms", "wrappers")


def find(name):
    """The function `adam`, `nesterov_lookahead` or `problems.landscapes.two_wells`; LookupError if optlib has none."""
    *path, last = name.split(".")
    for home in [".".join(path)] if path else HOMES:
        try:
            found = getattr(importlib.import_module(f"optlib.{home}"), last)
        except (ImportError, AttributeError):
            continue
        return found
    raise LookupError(f"optlib has no rule or method {name}")


def text_of(function, docstring=True):
    """(text, file, first line) of a function; without its docstring if asked."""
    lines, first = inspect.getsourcelines(inspect.unwrap(function))
    text = textwrap.dedent("".join(lines))
    if not docstring and function.__doc__:
        start = text.index('"""')
        end = text.index('"""', start + 3) + 3
        text = text[:start].rstrip(" ") + text[end:].lstrip("\n")
    return text, inspect.getsourcefile(inspect.unwrap(function)), first


def shown(env, docname, function, docstring=True):
    """The nodes that show a function: its text, a link to where it stands, and one to its card where there is one."""
    text, file, line = text_of(function, docstring)
    place = f"{places.page_of(file).removeprefix('source/')}.py, line {line}"
    link = nodes.reference("", place, refuri=places.link_to(docname, file, line), internal=True)
    code = nodes.literal_block(text, text, language="python")
    foot = nodes.paragraph("", "", link, classes=["rule-place"])
    cards = (f"{home}/{function.__name__}" for home in ("rules", "methods"))
    card = next((card for card in cards if card in env.found_docs), docname)
    if card != docname:
        address = relative_uri(f"{docname}.html", f"{card}.html")
        foot.insert(0, [nodes.reference("", "reference card", refuri=address, internal=True), nodes.Text(" · ")])
    return nodes.container("", code, foot, classes=["rule"])


class Rule(SphinxDirective):
    """`:::{rule} adam` shows the text of optlib's adam; it is never copied into a chapter."""

    required_arguments = 1
    option_spec = {"no-docstring": directives.flag}  # noqa: RUF012

    def run(self):
        try:
            function = find(self.arguments[0])
        except LookupError as error:
            raise self.error(str(error)) from error
        self.env.note_dependency(inspect.getsourcefile(inspect.unwrap(function)))
        return [shown(self.env, self.env.docname, function, "no-docstring" not in self.options)]


def around(app):
    """What all pages show beside their own text: the navigation, the settings and the templates, as one text."""
    titles = sorted((name, title.astext()) for name, title in app.env.titles.items())
    chapters = sorted(app.env.toctree_includes.items())
    builder = app.builder
    return repr((titles, chapters, builder.build_info.config_hash, builder.templates.newest_template_mtime()))


def source_pages(app):
    """One page a file of optlib, with an anchor a line; those that would be as they are, are left alone."""
    if app.builder.format != "html":
        return
    memory = Path(app.doctreedir) / "source_pages.json"
    made = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    wanted, beside = {}, around(app)
    formatter = HtmlFormatter(linespans="L", cssclass="highlight source")
    for file in sorted((places.ROOT / "optlib").glob(SHOWN)):
        text = file.read_text(encoding="utf-8")
        if not text.strip():
            continue
        page = places.page_of(file)
        wanted[page] = hashlib.sha256((text + beside).encode()).hexdigest()
        if made.get(page) == wanted[page] and (Path(app.outdir) / f"{page}.html").exists():
            continue
        name = file.relative_to(places.ROOT).as_posix()
        body = f'<h1 class="source-name">{name}</h1>\n{highlight(text, PythonLexer(), formatter)}'
        yield page, {"title": name, "body": body, "source_page": True}, "page.html"
    write(memory, json.dumps(wanted))


def setup(app):
    app.add_directive("rule", Rule)
    app.connect("html-collect-pages", source_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
