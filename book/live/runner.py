"""Runs the cells of a page in the browser as Jupyter runs those of a notebook.

`Page(say).run(code)` calls say(kind, text) for what a cell shows: "stream", "html", "text", "image/png",
"image/svg+xml" (both base64) or "error".  Nothing here knows the browser, so the tests run it anywhere.
"""

import ast
import base64
import builtins
import contextlib
import importlib
import io
import json
import linecache
import logging
import sys
import time
import traceback
import types
import warnings
from pathlib import Path

from .needs import needs

ROOM = str(Path(__file__).resolve().parent.parent)
ENOUGH = 200_000  # characters that one cell may print
BATCH, PAUSE = 8_000, 0.1  # a stream is passed on after so many characters or seconds
ABOUT_PACKAGES = "A page cannot load every package; the notebook that you download can use all that your machine has."
ABOUT_MAGICS = "Lines that begin with % or ! are for Jupyter; here they do not run."


class Stream(io.TextIOBase):
    """What print writes to: passes text on in batches, and no more than a page can hold."""

    def __init__(self, say):
        self.say, self.waiting, self.left, self.last = say, "", ENOUGH, time.monotonic()

    def writable(self):
        return True

    def write(self, text):
        if self.left > 0:
            self.waiting += text[: self.left]
            self.left -= len(text)
            if self.left <= 0:
                self.waiting += "\n… the rest of what this cell prints is left out.\n"
            if len(self.waiting) >= BATCH or time.monotonic() - self.last > PAUSE:
                self.flush()
        return len(text)

    def flush(self):
        if self.waiting:
            self.say("stream", self.waiting)
            self.waiting = ""
        self.last = time.monotonic()


class Page:
    """One namespace for all the cells of a page."""

    def __init__(self, say):
        self.say, self.count = say, 0
        table = Path(__file__).with_name("table.json")
        self.table = json.loads(table.read_text()) if table.exists() else {}
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # its first look at the fonts is no news
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")  # pyplot.show(): they show at the end
        self.stream = Stream(say)
        self.reset()

    def reset(self):
        """Forget what the cells defined."""
        main = types.ModuleType("__main__")
        main.__dict__.update(display=self.display, input=_no_input, __builtins__=builtins)
        sys.modules["__main__"] = main  # where pickle and inspect look for what a cell defines
        self.names = main.__dict__

    def needs(self, code):
        """The modules that a cell needs beside the standard library's, as far as they can be told beforehand."""
        return needs(code, self.table)

    def arrived(self, modules):
        """Forget what stood for modules that have been laid out now, and that they were absent."""
        for name in list(sys.modules):
            if name.partition(".")[0] in modules and str(getattr(sys.modules[name], "__file__", "")).startswith(ROOM):
                del sys.modules[name]
        importlib.invalidate_caches()

    def run(self, code):
        """Run a cell; whether it came to its end."""
        self.count += 1
        file = f"<cell {self.count}>"
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        self.stream = Stream(self.say)
        with (
            contextlib.redirect_stdout(self.stream),
            contextlib.redirect_stderr(self.stream),
            warnings.catch_warnings(),
        ):
            try:
                self._execute(code, file)
            except BaseException as error:  # SystemExit and KeyboardInterrupt too: the page goes on
                self._pictures(shown=False)
                self.stream.flush()
                self.say("error", told(error, code))
                return False
            finally:
                self.stream.flush()
        return True

    def _execute(self, code, file):
        tree = ast.parse(code, file)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, file, "exec", dont_inherit=True), self.names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), file, "eval", dont_inherit=True), self.names)
            if value is not None:
                self.names["_"] = value
                if not code.rstrip().endswith(";"):
                    self.display(value)
        self._pictures()

    def display(self, *values):
        """Show values as the last line of a cell is shown."""
        for value in values:
            kind, text = shown(value)
            self.stream.flush()
            self.say(kind, text)

    def _pictures(self, shown=True):
        """Show the figures that pyplot holds, and close them."""
        if (pyplot := sys.modules.get("matplotlib.pyplot")) is None:
            return
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            if shown:
                self.stream.flush()
                self.say("image/png", picture(figure))
            pyplot.close(figure)


def shown(value):
    """(kind, text) of a value, the richest that a page can show."""
    bundle = _asked(value, "_repr_mimebundle_")
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    if isinstance(bundle, dict):
        for mime, kind in (("text/html", "html"), ("text/plain", "text")):
            if isinstance(bundle.get(mime), str):
                return kind, bundle[mime]
    if isinstance(text := _asked(value, "_repr_html_"), str):
        return "html", text
    if type(value).__module__ == "matplotlib.figure" and hasattr(value, "savefig"):
        return "image/png", picture(value)
    if isinstance(text := _asked(value, "_repr_svg_"), str):
        return "image/svg+xml", base64.b64encode(text.encode()).decode()
    return "text", _laid_out(value)


def picture(figure):
    """A figure of matplotlib as a PNG, base64."""
    out = io.BytesIO()
    figure.savefig(out, format="png", bbox_inches="tight", dpi=144)
    return base64.b64encode(out.getvalue()).decode()


def _asked(value, method):
    """What a method of display returns; None where there is none, or where it fails."""
    try:
        return getattr(value, method)()  # a class fails here, too: it has no self
    except Exception:
        return None


def _laid_out(value):
    """repr, with long lists and dicts on several lines as in a notebook."""
    if type(value) in (list, tuple, dict, set) and len(value) < 1000:
        import pprint

        text = pprint.pformat(value, width=79, compact=True, sort_dicts=False)
    else:
        text = repr(value)
    return text if len(text) <= ENOUGH else text[:ENOUGH] + " …"


def told(error, code=""):
    """An error in a few lines: the places in cells where it passed, what raised it where that was no cell, its text."""
    if isinstance(error, KeyboardInterrupt):
        return "Stopped."
    if isinstance(error, SystemExit):
        return "SystemExit: Python on this page goes on."
    lines = []
    if isinstance(error, SyntaxError) and (error.filename or "").startswith("<cell"):
        lines = [line.rstrip() for line in traceback.format_exception_only(error)[1:-1]]
        lines.insert(0, f"line {error.lineno}:")
        if any(line.lstrip().startswith(("%", "!")) for line in code.splitlines()):
            lines.append(ABOUT_MAGICS)
        return "\n".join([*lines, f"{type(error).__name__}: {error.msg}"])
    frames = list(traceback.walk_tb(error.__traceback__))
    cells = [frame for frame in traceback.StackSummary.extract(frames) if frame.filename.startswith("<cell")]
    for frame in cells if len(cells) < 6 else [*cells[:2], None, *cells[-3:]]:
        if frame is None:
            lines.append("…")
            continue
        where = f"in {frame.name}, " if frame.name != "<module>" else ""
        lines += [f"{where}line {frame.lineno}:", f"    {frame.line}"]
    if frames and cells and not (last := frames[-1][0]).f_code.co_filename.startswith("<cell"):
        lines.append(f"(raised inside {last.f_globals.get('__name__', '?')}, {last.f_code.co_name})")
    lines += [line.rstrip() for line in traceback.format_exception_only(error)]
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] not in sys.modules:
        lines.append(ABOUT_PACKAGES)
    return "\n".join(lines)


def _no_input(*_):
    raise RuntimeError("a page cannot ask for input: write the value into the cell")
