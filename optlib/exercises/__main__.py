"""The book on your own machine: notebooks of your own, and what you have solved in them."""

import argparse
import errno
import importlib.util
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

from optlib.exercises import CHAPTERS, exercises, folder, progress

EXAMPLES = """\
start again, whenever the book is new: notebooks that you have not changed become the new version; where you changed
one, yours stays and the new version is laid beside it.

  python -m optlib.exercises start work --open
  python -m optlib.exercises status work
"""
ADVICE = {
    errno.ENOSPC: "make room, and run this again",
    errno.EDQUOT: "make room, and run this again",
    errno.EFBIG: "make room, and run this again",
    errno.EEXIST: "name a folder, there or not yet there",
    errno.ENOTDIR: "name a folder, there or not yet there",
    errno.EACCES: "name a folder of your own",
    errno.EPERM: "name a folder of your own",
    errno.EROFS: "name a folder of your own",
}


def starters():
    """The book's notebooks without solutions, name -> text: those in this package, else those of the book around it.

    Raises LookupError with a sentence when there are none.
    """
    here = resources.files("optlib.exercises")
    if (here / "starters").is_dir():
        files = sorted((here / "starters").iterdir(), key=lambda file: file.name)
        return {file.name: file.read_text(encoding="utf-8") for file in files if file.name.endswith(".ipynb")}
    root = Path(__file__).resolve().parents[2]
    if not (root / "book" / "starters.py").is_file():
        raise LookupError("This optlib came without the chapters: install the wheel that make wheel writes.")
    made = subprocess.run([sys.executable, "-m", "book.starters"], cwd=root, capture_output=True)
    if made.returncode:
        why = (made.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        raise LookupError(f"The chapters in {root} cannot be turned into notebooks ({why}): run make setup there.")
    return json.loads(made.stdout)


def start(place, then_open):
    """Lay out the notebooks in the folder `place` and say what was done; the exit status."""
    try:
        given = starters()
    except LookupError as error:
        return str(error)
    said = False
    try:
        for sentence in folder.lay(place, given):
            print(sentence, flush=True)
            said = True
    except OSError as error:
        advice = ADVICE.get(error.errno, "nothing of yours is lost, so run this again")
        return f"{place} cannot be written ({error.strerror or error}); nothing of yours was changed: {advice}."
    if not said:
        print("Nothing to do: each notebook is the book's newest, or yours.")
    if not then_open:
        print(f'Open them with: jupyter lab --notebook-dir="{place}"')
        return 0
    if importlib.util.find_spec("jupyterlab") is None:
        return (
            "JupyterLab is not installed here: install optlib[notebooks], or open the folder in the Jupyter you have."
        )
    lab = subprocess.Popen([sys.executable, "-m", "jupyterlab", f"--notebook-dir={place}"])
    while True:
        try:
            return lab.wait()
        except KeyboardInterrupt:  # JupyterLab got it too, and asks whether to end
            continue


def status(place):
    """Print what is solved, tried and open in the folder `place`; the exit status."""
    found = progress.home(place) if place else progress.home() or progress.home("work")
    if found is None:
        where = place or "The current folder"
        return f"{where} is not a folder that start made: name the one with your notebooks, or run start."
    try:
        done = progress.read(found)
    except ValueError as error:
        return f"{error}."
    except OSError as error:
        return f"{progress.FILE} in {found} cannot be read: {error.strerror or error}."
    print(f"{found}\n")
    print("\n".join(progress.table(done, {chapter: list(exercises(chapter)) for chapter in CHAPTERS})))
    return 0


def main(arguments=None):
    """Run from the command line; returns the exit status, or a sentence for standard error."""
    parser = argparse.ArgumentParser(
        prog="python -m optlib.exercises",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="start | status")
    begin = commands.add_parser("start", help="lay out the chapters as notebooks of your own, or bring them up to date")
    begin.add_argument("folder", type=Path, metavar="FOLDER", help="where your notebooks lie; made if it is not there")
    begin.add_argument("--open", action="store_true", help="then open JupyterLab on them")
    told = commands.add_parser("status", help="what you have solved, tried, and not begun")
    told.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="by default the one you are in, else work")
    asked = parser.parse_args(arguments)
    return start(asked.folder, asked.open) if asked.command == "start" else status(asked.folder)


if __name__ == "__main__":
    sys.exit(main())
