"""Looks for the solutions in what students are given: `python -m book.leaks PLACE...`, folders or files.

A place is searched with all its archives (zip, wheel, tar) and what lies in them. Of a solution are looked for: its
answer line, each formula in quotes, each two lines of code that follow each other, each long line, and each sentence.
Code that the library itself teaches, outside of optlib/exercises, is no secret.
"""

import ast
import gzip
import io
import itertools
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path

from book.notebooks import read
from book.pairing import ROOT

SHORT = 24  # characters without spaces: two lines of code, and a formula, that are shorter are in many places
LONG = 30  # one line
SENTENCE = 48
ARCHIVES = (".zip", ".whl", ".tar", ".gz", ".tgz")
OTHERS = {"sympy", "mpmath", "numpy", "autograd", "pyodide", "node_modules"}  # packages that no one of us writes


def squeezed(code):
    """Code without spaces, line ends and kinds of quotes, as it stands in a file or in a string of another language."""
    return re.sub(r"\s|\\n|\\", "", code).replace('"', "'")


def bare(prose):
    """The letters and digits of a text alone."""
    return re.sub(r"\\n|[\W_]", "", prose).lower()


def _lines(code):
    """The lines of a cell as they can be found again, without what only imports or calls `check`."""
    lines = [squeezed(re.sub(r"\s+#.*", "", line)) for line in code.splitlines()]
    return [line for line in lines if line and not re.match(r"import|from|#|check\('[\w-]+',[a-z_]+\)", line)]


def _code(code):
    """What may not be found of a cell."""
    lines = _lines(code)
    strings = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    yield from (line for line in lines if line.startswith(("answer=", "check(")))
    yield from (f"'{squeezed(text)}'" for text in strings if isinstance(text, str) and re.search(r"[*/(]", text))
    yield from (line for line in lines if len(line) >= LONG and not line.startswith("def"))
    yield from (a + b for a, b in itertools.pairwise(lines) if len(a + b) >= SHORT)


def _sentences(prose):
    return [s for s in map(bare, re.split(r"(?<=[.:;?!])\s+", prose)) if len(s) >= SENTENCE]


def library(root=ROOT):
    """All code of optlib that is no exercise, squeezed."""
    files = sorted(p for p in (root / "optlib").rglob("*.py") if "exercises" not in p.parts)
    return "".join(squeezed(p.read_text(encoding="utf-8")) for p in files)


def secrets(root=ROOT):
    """What nobody may find: {exercise: ([pieces of code], [sentences])}."""
    taught, found = library(root), {}
    for md in sorted((root / "chapters" / "solutions").glob("*.md")):
        name = None
        for cell in read(md).cells:
            if target := re.search(r"\(solution-([\w-]+)\)=", cell.source):
                name = target[1]
                found[name] = ([], [])
            if name and cell.cell_type == "code":
                found[name][0].extend(dict.fromkeys(piece for piece in _code(cell.source) if piece not in taught))
            elif name:
                found[name][1].extend(_sentences(re.sub(r"\(solution-[\w-]+\)=\s*#+[^\n]*", "", cell.source)))
    return found


def texts(place, name="notebook.ipynb"):
    """Each text in a place: (where, text). place: a folder, a file, or the bytes of a file called `name`.

    A notebook's text is that of its cells, and all else that it holds.
    """
    if isinstance(place, bytes):
        yield from _inside(name, place)
    elif Path(place).is_dir():
        for path in sorted(Path(place).rglob("*")):
            if path.is_file() and not OTHERS & {*path.relative_to(place).parts}:
                yield from _inside(path.relative_to(place).as_posix(), path.read_bytes())
    else:
        yield from _inside(Path(place).name, Path(place).read_bytes())


def _inside(name, data):
    if name.endswith(ARCHIVES):
        for member, content in _members(name, data):
            if not OTHERS & {*member.split("/")}:
                yield from _inside(f"{name}/{member}", content)
    elif b"\0" not in data[:4096]:
        text = data.decode("utf-8", errors="replace")
        if name.endswith(".ipynb"):
            cells = json.loads(text)["cells"]
            text = "\n\n".join("".join(cell["source"]) for cell in cells) + json.dumps(cells)
        yield name, text


def _members(name, data):
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from ((info.filename, archive.read(info)) for info in archive.infolist() if not info.is_dir())
        return
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            yield from ((m.name, archive.extractfile(m).read()) for m in archive if m.isfile())
    except tarfile.ReadError:  # one file, packed
        yield Path(name).stem, gzip.decompress(data)


def leaks(place, hidden=None):
    """A sentence for each thing of a solution in a place (as `texts` has it), and for each file of solutions."""
    hidden = secrets() if hidden is None else hidden
    found = []
    for where, text in texts(place):
        if re.search(r"(^|/)(solutions|tests)/|_solutions\.ipynb|/wrong_\w+\.py", where):
            found.append(f"{where}: a file that students are not given.")
        code, prose = squeezed(text), bare(text)
        for name, (pieces, sentences) in hidden.items():
            found.extend(f"{where}: code of the solution of {name}: {p}" for p in pieces if p in code)
            found.extend(f"{where}: words of the solution of {name}: {s[:60]}" for s in sentences if s in prose)
    return found


def main(places):
    """Run from the command line; returns the exit status."""
    hidden = secrets()
    found = [f"{place}: {leak}" for place in places for leak in leaks(place, hidden)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
