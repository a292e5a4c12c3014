"""What a student has solved: progress.json in the student's folder, a plain file that is theirs."""

import dataclasses
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from optlib.exercises import safely
from optlib.exercises.folder import MEMORY

FILE = "progress.json"


def home(here="."):
    """The folder that `start` made and that is or holds the folder `here`; None where there is none."""
    here = Path(here).resolve()
    folders = (here, *here.parents) if here.is_dir() else ()
    return next((folder for folder in folders if os.path.isfile(folder / MEMORY)), None)


def read(folder):
    """{exercise: {"state", "tries", "first", "solved"}} as progress.json has it; {} where there is none.

    Raises ValueError when the file is something else, OSError when it cannot be read.
    """
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        done = json.loads(text)
    except (ValueError, RecursionError):
        done = None
    if not isinstance(done, dict) or not all(map(_sound, done.values())):
        raise ValueError(f"{FILE} in {folder} is damaged: mend it, or give it another name and begin a new one")
    return done


def _sound(entry):
    return isinstance(entry, dict) and entry.get("state") in ("right", "wrong") and type(entry.get("tries")) is int


def record(verdict):
    """The verdict, after its place in progress.json was written; with a sentence in `note` where that failed.

    Tries are counted up to the first right answer, and what was right stays so. Raises nothing.
    """
    try:
        if verdict.answered and (folder := home()):
            _enter(folder, verdict)
    except Exception as error:
        reason = (getattr(error, "strerror", None) or str(error)).rstrip(".")
        return dataclasses.replace(verdict, note=f"Your progress was not kept: {reason}.")
    return verdict


def _enter(folder, verdict):
    if read(folder).get(verdict.name, {}).get("state") == "right":
        return  # without a lock: most checks of a solved exercise are a notebook run again
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with safely.locked(folder, seconds=2):
        done = read(folder)
        entry = done.setdefault(verdict.name, {"state": "wrong", "tries": 0, "first": now, "solved": None})
        if entry["state"] != "right":
            entry["tries"] += 1
            if verdict.right:
                entry |= {"state": "right", "solved": now}
            safely.write(Path(os.path.realpath(folder / FILE)), json.dumps(done, indent=1) + "\n")


def table(done, chapters):
    """The lines of the table of solved, tried and open exercises.  chapters: {name: list of its exercises}."""
    rows = [["chapter", "solved", "tried", "open", "tried, not solved"]]
    total = [0, 0, 0]
    for number, (chapter, names) in enumerate(chapters.items(), start=1):
        states = [done.get(name, {}).get("state") for name in names]
        counts = [states.count("right"), states.count("wrong"), states.count(None)]
        wrong = ", ".join(name.rsplit("-", 1)[1] for name, state in zip(names, states) if state == "wrong")
        rows.append([f"{number:2} {chapter}", *map(str, counts), wrong])
        total = [a + b for a, b in zip(total, counts)]
    rows.append(["   together", *map(str, total), ""])
    width = max(len(row[0]) for row in rows)
    return [f"{a:{width}}  {b:>6}  {c:>5}  {d:>4}  {e}".rstrip() for a, b, c, d, e in rows]
