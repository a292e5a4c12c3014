"""What the book gives to students: its chapters as notebooks without solutions and without outputs.

`python -m book.starters` prints them as JSON, for `python -m optlib.exercises start` in a copy of the repository.
`python -m book.starters wheel FOLDER` writes a wheel of optlib that holds them.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jupytext

from book import plain
from book.pairing import ROOT, chapters

PLACE = Path("optlib", "exercises", "starters")


def starters(root=ROOT):
    """The chapters, solutions apart: name of the notebook -> its text."""
    texts = [md for md in chapters(root) if md.parent.name == "chapters"]
    return {f"{md.stem}.ipynb": jupytext.writes(plain.notebook(md, root), fmt="ipynb") + "\n" for md in texts}


def stage(out, root=ROOT):
    """Copy to `out` what a wheel of optlib is made from, with the starters; the repository itself stays without."""
    shutil.copytree(root / "optlib", out / "optlib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, out / name)
    (out / PLACE).mkdir()
    for name, text in starters(root).items():
        (out / PLACE / name).write_text(text, encoding="utf-8", newline="\n")


def wheel(out):
    """Write the wheel into the folder `out`; the exit status of pip."""
    with tempfile.TemporaryDirectory() as folder:
        stage(Path(folder, "tree"))
        return subprocess.call(
            [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", f"--wheel-dir={out}", f"{folder}/tree"]
        )


def main(arguments):
    """Run from the command line; returns the exit status."""
    if arguments[:1] == ["wheel"] and len(arguments) == 2:
        return wheel(arguments[1])
    print(json.dumps(starters()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
