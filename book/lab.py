"""The student's own copies of the chapters, in work/: `python -m book.lab` lays them out for JupyterLab.

A copy that its owner changed is never touched. When the book has moved on, the new version of such a chapter is laid
beside it as NAME.new.ipynb; a copy as the book made it is replaced.
"""

import hashlib
import json
import sys

import jupytext

from book import plain
from book.pairing import ROOT, chapters

MEMORY = ".descent.json"


def copies(root=ROOT):
    """The chapters that the book gives out, solutions apart: place in work/ -> text of the .ipynb, without outputs."""
    texts = [md for md in chapters(root) if md.parent.name == "chapters"]
    return {f"{md.stem}.ipynb": jupytext.writes(plain.notebook(md, root), fmt="ipynb") + "\n" for md in texts}


def digest(text):
    """What makes a copy its owner's: the cells. Running it, or opening it in another version of Jupyter, does not."""
    cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(text)["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def update(work, given):
    """Lay out the notebooks `given` (name -> text) in the folder `work`; return a sentence for each thing done.

    work/.descent.json remembers, for each name, the digests of what the book laid out and of the newest it has offered.
    """
    work.mkdir(exist_ok=True)
    memory = work / MEMORY
    known = json.loads(memory.read_text()) if memory.exists() else {}
    said = []
    for name, text in given.items():
        path, new, entry = work / name, digest(text), known.get(name, {})
        mine = _digest_of(path)
        if mine == new:
            known[name] = {"laid": new, "offered": new}
        elif not path.exists():
            said.append(f"{name}: your copy.")
            known[name] = {"laid": new, "offered": new}
            _write(path, text)
        elif mine == entry.get("laid", ""):
            said.append(f"{name}: you had not changed it, so it is now the book's new version.")
            known[name] = {"laid": new, "offered": new}
            _write(path, text)
        elif new != entry.get("offered"):
            beside = path.with_suffix(".new.ipynb")
            while beside.exists() and _digest_of(beside) != entry.get("offered", ""):
                beside = beside.with_suffix(".new.ipynb")  # its owner wrote in that one too
            said.append(f"{name}: you changed it, so it stays; the book's new version lies beside it as {beside.name}.")
            known[name] = {"laid": entry.get("laid", ""), "offered": new}
            _write(beside, text)
        memory.write_text(json.dumps(known, indent=1))
    return said


def _write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")


def _digest_of(path):
    """The digest of a file; None where there is none, or no notebook any more."""
    try:
        return digest(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def main():
    for sentence in update(ROOT / "work", copies()):
        print(f"work/{sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
