"""The student's folder: notebooks of their own, which follow the book until the student changes them."""

import hashlib
import itertools
import json
import os

from optlib.exercises import safely

MEMORY = ".descent.json"  # also tells `check` that this folder keeps a progress.json


def digest(text):
    """What makes a notebook its owner's: the cells that say something. Running it, or another Jupyter, does not."""
    cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(text)["cells"]]
    cells = [cell for cell in cells if cell[1].strip()]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def lay(folder, given):
    """Lay out the notebooks `given` (name -> text) in `folder`; yields a sentence for each thing done.

    A notebook is replaced only when its cells are those of a version that the book laid out; any other file, a link
    too, stays, and the new version is laid beside it once. The memory learns of a version before the first file does,
    so that a run that ends anywhere is finished by the next one.
    Raises OSError; what was not reported is then as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with safely.locked(folder, seconds=30):
        safely.sweep(folder)
        known, said = _remembered(folder)
        yield from said
        for name, text in given.items():
            entry = known.setdefault(name, {"book": [], "offered": None})
            entry["book"] += [d for d in [digest(text)] if d not in entry["book"]]
        _remember(folder, known)
        for name, text in given.items():
            yield from _update(folder / name, text, known[name])
        _remember(folder, known)


def _update(path, text, entry):
    new = digest(text)

    def free(place):
        return not os.path.lexists(place) or (not place.is_symlink() and _digest_of(place) in entry["book"])

    if _digest_of(path) != new:
        held = os.path.lexists(path)
        if free(path) and safely.write(path, text, free):
            yield f"{path.name}: {'you had not changed it, so it is now the new version' if held else 'your copy'}."
        elif entry["offered"] != new:
            names = itertools.chain([".new"], (f".new-{n}" for n in itertools.count(2)))
            places = (path.with_name(f"{path.stem}{name}.ipynb") for name in names)
            beside = next(place for place in places if free(place) and safely.write(place, text, free))
            yield f"{path.name}: yours, so it stays; the book's new version lies beside it as {beside.name}."
    entry["offered"] = new


def _digest_of(path):
    """The digest of a file; None where there is none, or no notebook any more."""
    try:
        return digest(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _remembered(folder):
    """(what the book laid out before: name -> digests of its versions and of the last one offered, sentences)."""
    try:
        text = (folder / MEMORY).read_text(encoding="utf-8")
    except FileNotFoundError:
        others = any(place.name != safely.LOCK for place in folder.iterdir())
        return {}, [f"{folder} held other files; they stay as they are."] if others else []
    except (OSError, ValueError):
        text = ""
    try:
        known = {name: _entry(**entry) for name, entry in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}, [f"{MEMORY} in {folder} is damaged, so a notebook that is not the book's newest counts as yours."]
    return known, []


def _entry(offered, book=None, laid=None):
    """One notebook's entry; `laid` stands in folders that the first version of the book made."""
    book = [laid, offered] if book is None else book
    if not isinstance(book, list) or not all(isinstance(known, str) for known in book):
        raise TypeError  # above all no None, which is the digest of whatever is no notebook
    return {"book": book, "offered": offered}


def _remember(folder, known):
    safely.write(folder / MEMORY, json.dumps(known, indent=1) + "\n")
