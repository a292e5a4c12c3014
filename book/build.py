"""Build the site: `python -m book.build [--clean]`.  The pages land in _build/html."""

import argparse
import os
import re
import shutil
import sys
import time
from pathlib import Path

from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.util.console import nocolor

from book import assets, cards, methods
from book.bundle import bundle
from book.check import problems
from book.live import lay
from book.notebooks import ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent


class Relay:
    """A stream that names the files a person edits, not their staged copies."""

    def __init__(self, stream, staged):
        self.stream, self.staged = stream, re.compile(re.escape(str(staged)) + r"/(chapters/)?")

    def write(self, text):
        self.stream.write(self.staged.sub(lambda m: m[1] or "book/", text))

    def flush(self):
        self.stream.flush()

    def isatty(self):
        return self.stream.isatty()


def sources(root):
    """Every source of the site: (its place in the repository, its place on the site)."""
    for path in [*sorted((root / "book").glob("*.md")), root / "book" / "references.bib"]:
        yield path, Path(path.name)
    for path in sorted((root / "chapters").rglob("*.md")):
        yield path, path.relative_to(root)


def stage(root, out, made=None):
    """Lay the sources out as the site has them; an unchanged file keeps its time, so Sphinx reads only what changed.

    made: {place on the site: text} of pages that are written by a program.
    """
    wanted = {out / place: path.read_bytes() for path, place in sources(root)}
    wanted |= {out / place: text for place, text in (made or {}).items()}
    for old in [p for p in out.rglob("*") if p.is_file() and p not in wanted]:
        old.unlink()
    for target, content in wanted.items():
        assets.write(target, content)


def build(root=ROOT, out=ROOT / "_build", verbose=True):
    """Build everything below `out`; 0 when nothing warned and every page holds what book/check.py asks."""
    start = time.perf_counter()
    stage(root, out / "source", cards.pages() | methods.pages())
    assets.vendor(root, out / "static")
    os.environ.update(ENVIRONMENT, DESCENT_BUILD=str(out))
    if not sys.stdout.isatty():
        nocolor()
    app = Sphinx(
        srcdir=out / "source",
        confdir=root / "book",
        outdir=out / "html",
        doctreedir=out / "doctrees",
        buildername="html",
        status=Relay(sys.stdout, out / "source") if verbose else None,
        warning=Relay(sys.stderr, out / "source"),
        warningiserror=True,
        parallel=2,
    )
    _ = get_cache(app.config.nb_execution_cache_path).db  # made now: two readers at once would both make it
    app.build()
    lay.lay(root, out / "html", app.config.descent_pyodide)
    bundle(out / "html")
    assets.prune(out / "html")
    for old in (out / "cache").glob("*"):
        if old.name != Path(app.config.nb_execution_cache_path).name:
            shutil.rmtree(old)
    wrong = list(problems(out / "html"))
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    status = app.statuscode or bool(wrong)
    word = "FAILED" if status else "built"
    print(f"{word} in {time.perf_counter() - start:.0f} s: {out / 'html' / 'index.html'}")
    return int(status)


def main():
    parser = argparse.ArgumentParser(prog="python -m book.build", description=__doc__)
    parser.add_argument("--clean", action="store_true", help="forget every earlier build and execution")
    if parser.parse_args().clean:
        shutil.rmtree(ROOT / "_build", ignore_errors=True)
    return build()


if __name__ == "__main__":
    sys.exit(main())
