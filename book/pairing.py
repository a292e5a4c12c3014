"""A chapter is two files with one content: the text (.md, MyST) and a script (.py, percent).

`python -m book.pairing` says where the two of a pair differ; `python -m book.pairing sync` writes the one anew whose
other was edited. Both compare what the files say, never their time stamps.
"""

import hashlib
import json
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import jupytext
from jupytext.config import load_jupytext_configuration_file

ROOT = Path(__file__).resolve().parent.parent
CONFIG = load_jupytext_configuration_file(str(ROOT / "jupytext.toml"))
FORMATS = {".md": "md:myst", ".py": "py:percent"}


def chapters(root=ROOT):
    """The texts of the chapters and of their solutions, in the order of the book; a lone script counts by its text."""
    folders = root / "chapters", root / "chapters" / "solutions"
    return sorted({path.with_suffix(".md") for folder in folders for end in FORMATS for path in folder.glob(f"*{end}")})


def convert(text, source, target):
    """What a chapter in the format `source` (".md" or ".py") says, written in the format `target`."""
    notebook = jupytext.reads(text, fmt=FORMATS[source], config=CONFIG)
    return jupytext.writes(notebook, fmt=FORMATS[target], config=CONFIG)


def _around(line, column):
    """The part of a line that a reader must see to find its character at `column`."""
    start, end = max(column - 30, 0), column + 30
    return repr("…" * (start > 0) + line[start:end] + "…" * (end < len(line)))


def first_difference(path, found, other, expected):
    """One sentence: where the text of `path` leaves what its twin `other` says; None where it does not."""
    for number, (a, b) in enumerate(zip_longest(found.splitlines(), expected.splitlines()), start=1):
        if a != b:
            column = next((i for i, (x, y) in enumerate(zip_longest(a or "", b or "")) if x != y), 0)
            here, there = ("the end of the file" if line is None else _around(line, column) for line in (a, b))
            return f"{path}, line {number}: {here} where {other} gives {there}."
    return None if found == expected else f"{path}: its last line does not end as {other} gives it."


def drift(md, root=ROOT):
    """The sentences that say where the pair of `md` differs: none when both files say the same."""
    py = md.with_suffix(".py")
    names = {path: path.relative_to(root).as_posix() for path in (md, py)}
    for path, other in ((md, py), (py, md)):
        if not path.exists():
            return [f"{names[other]} has no {names[path]}."]
    texts = {path: path.read_text(encoding="utf-8") for path in (md, py)}
    found = [
        first_difference(names[path], texts[path], names[other], convert(texts[other], other.suffix, path.suffix))
        for path, other in ((py, md), (md, py))
    ]
    return [sentence for sentence in found if sentence]


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _committed(path, root):
    shown = subprocess.run(
        ["git", "show", f"HEAD:./{path.relative_to(root).as_posix()}"], cwd=root, capture_output=True, text=True
    )
    return shown.stdout if shown.returncode == 0 else None


def _untouched(path, root, synced):
    """Whether the file is as the last sync left it, or as git's HEAD has it."""
    text = path.read_text(encoding="utf-8")
    return synced.get(path.relative_to(root).as_posix()) == _digest(text) or _committed(path, root) == text


def edited(md, root=ROOT, synced=()):
    """Which of a pair that differs was edited: the path of the text or of the script; `synced` as sync remembers it.

    Raises ValueError with one sentence when both were, or neither.
    """
    py = md.with_suffix(".py")
    if not py.exists() or not md.exists():
        return md if md.exists() else py
    texts = {path: path.read_text(encoding="utf-8") for path in (md, py)}
    for path, other in ((md, py), (py, md)):  # the same content, spelt otherwise than jupytext would
        if convert(texts[path], path.suffix, other.suffix) == texts[other]:
            return path
    untouched = [_untouched(path, root, dict(synced)) for path in (md, py)]
    if untouched == [False, True]:
        return md
    if untouched == [True, False]:
        return py
    name = md.relative_to(root).with_suffix("").as_posix()
    raise ValueError(
        f"{name}.md and {name}.py differ, and {'both' if not any(untouched) else 'neither'} "
        f"changed since they last agreed: delete the one to be written anew, then run make sync."
    )


def sync(root=ROOT):
    """Write the other of every pair of which one was edited; return what was written. Both edited: ValueError."""
    memory = root / "_build" / "pairing.json"
    synced = json.loads(memory.read_text()) if memory.exists() else {}
    written = []
    for md in chapters(root):
        if drift(md, root):
            source = edited(md, root, synced)
            script = convert(source.read_text(encoding="utf-8"), source.suffix, ".py")
            for path, new in ((md.with_suffix(".py"), script), (md, convert(script, ".py", ".md"))):
                if not path.exists() or path.read_text(encoding="utf-8") != new:
                    path.write_text(new, encoding="utf-8", newline="\n")
                    written.append(path)
        for path in (md, md.with_suffix(".py")):
            synced[path.relative_to(root).as_posix()] = _digest(path.read_text(encoding="utf-8"))
    memory.parent.mkdir(exist_ok=True)
    memory.write_text(json.dumps(synced, indent=1))
    return written


def main(arguments):
    """Run from the command line; returns the exit status."""
    if arguments == ["sync"]:
        try:
            written = sync()
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        print("\n".join(f"wrote {path.relative_to(ROOT).as_posix()}" for path in written) or "every pair agrees")
        return 0
    sentences = [sentence for md in chapters() for sentence in drift(md)]
    for sentence in sentences:
        print(f"{sentence} Run make sync.", file=sys.stderr)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
