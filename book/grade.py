"""Grades a class: `python -m book.grade FOLDER --out results.csv [--chapters 04 07]`.

Each entry of FOLDER is a submission: a notebook, or a folder with notebooks, named after its owner. Every submission
runs in a process of its own, locked in, and is judged in another one; book/instructors.md says what it cannot do.
"""

import argparse
import csv
import io
import os
import sys
import time
from multiprocessing import connection, get_context
from pathlib import Path

from book.grading import ENVIRONMENT

os.environ.update(ENVIRONMENT)  # before NumPy: this process forks, so it must have no threads

from book.grading import judge, probe
from book.notebooks import code_cells, read
from book.pairing import ROOT, chapters
from optlib.exercises import CHAPTERS, check, exercises, safely

MARKS = {"right": "1", "wrong": "0", "open": ""}
JUDGE_MEMORY = 4 * 2**30
GRACE = 30.0  # seconds that judging may take longer than running


def submissions(folder):
    """The submissions in a folder: {name of the entry: its notebooks}. Raises OSError where there is no folder."""
    found = {}
    for entry in sorted(Path(folder).iterdir()):
        if entry.is_symlink() or entry.name.startswith("."):
            continue
        inner = sorted(entry.rglob("*.ipynb")) if entry.is_dir() else [entry]
        paths = [p for p in inner if p.suffix == ".ipynb" and ".ipynb_checkpoints" not in p.parts]
        if paths or entry.is_dir():
            found[entry.name if entry.is_dir() else entry.stem] = paths
    return found


def names(numbers=()):
    """The exercises of the chapters of those numbers ("04", "7"), or of all: their names, in the order of the book.

    Raises ValueError for a number that no chapter has.
    """
    wanted = [int(number) - 1 if str(number).isdecimal() else -1 for number in numbers] or range(len(CHAPTERS))
    if wrong := [number for number, at in zip(numbers, wanted) if not 0 <= at < len(CHAPTERS)]:
        raise ValueError(f"There is no chapter {wrong[0]} with exercises; there are 1 to {len(CHAPTERS)}.")
    return [name for at in wanted for name in exercises(CHAPTERS[at])]


def graded(paths, book, **given):
    """The verdicts and remarks of one submission: ({exercise: state}, [remark, ...]). The last answer counts."""
    states, remarks = {}, []
    for path in paths:
        before = f"{path.name}: " if len(paths) > 1 else ""
        try:
            cells = judge.cells_of(path, book)
        except (ValueError, OSError) as error:
            remarks.append(f"{before}{error if isinstance(error, ValueError) else 'cannot be read'}")
            continue
        with judge.folder() as root:
            verdicts, said = judge.judge(cells, root, **given)
        states |= {name: verdict.state for name, verdict in verdicts}
        remarks += [before + text for text in said]
    return states, remarks if paths else ["holds no notebook"]


def _one(pipe, paths, book, given):
    import resource  # Windows has none, and no lock either

    os.chdir("/")  # where no student's progress is kept
    resource.setrlimit(resource.RLIMIT_AS, (JUDGE_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    pipe.send(graded(paths, book, **given))


def classroom(found, book, jobs=2, seconds=judge.SECONDS, **given):
    """Grade {name: notebooks}, `jobs` at a time; yields (name, states, remarks) as they are done."""
    waiting, running, context = list(found.items()), {}, get_context("fork")
    while waiting or running:
        while waiting and len(running) < jobs:
            name, paths = waiting.pop(0)
            slot = next(n for n in range(jobs) if n not in {r[2] for r in running.values()})
            ours, theirs = context.Pipe(duplex=False)
            more = given | {"slot": slot, "seconds": seconds}
            process = context.Process(target=_one, args=(theirs, paths, book, more))
            process.start()
            theirs.close()
            end = time.monotonic() + max(len(paths), 1) * (seconds + GRACE)
            running[ours] = name, process, slot, end
        done = connection.wait(list(running), timeout=0.5)
        for pipe, (name, process, _, end) in list(running.items()):
            if pipe not in done and time.monotonic() < end:
                continue
            try:
                states, remarks = pipe.recv() if pipe in done else ({}, ["could not be judged in time"])
            except EOFError:
                states, remarks = {}, ["could not be judged"]
            process.kill()
            process.join()
            pipe.close()
            del running[pipe]
            yield name, states, remarks


def plain(text):
    """Text that neither a terminal nor a spreadsheet takes for a command."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def said(remarks, most=4):
    """The remarks in one line, not more than `most` of them."""
    more = [f"and {len(remarks) - most} more"] if len(remarks) > most else []
    return plain("; ".join([*remarks[:most], *more]))


def table(rows, columns):
    """The results as CSV: a row a submission, a column an exercise (1 right, 0 not, else unanswered), total, remark."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["submission", *columns, "total", "remark"])
    for name, states, remarks in sorted(rows):
        total = sum(states.get(column) == "right" for column in columns)
        marks = [MARKS[states.get(column, "open")] for column in columns]
        writer.writerow([plain(name), *marks, total, said(remarks)])
    return text.getvalue()


def main(arguments=None):
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m book.grade", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("submissions", type=Path, help="the folder of submissions")
    parser.add_argument("--out", type=Path, default=Path("results.csv"), help="where the table goes")
    parser.add_argument(
        "--chapters", nargs="+", default=(), help="numbers of the chapters that were asked; all if none"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many submissions run at once")
    parser.add_argument("--seconds", type=float, default=judge.SECONDS, help="for each notebook")
    parser.add_argument("--cell-seconds", type=float, default=judge.CELL_SECONDS, help="for each cell")
    parser.add_argument("--memory", type=int, default=judge.MEMORY // 2**20, help="for each submission, in MiB")
    parser.add_argument(
        "--without-isolation",
        action="store_true",
        help="run what students wrote as yourself, with limits alone: dangerous",
    )
    given = parser.parse_args(arguments)
    try:
        columns, found = names(given.chapters), submissions(given.submissions)
    except ValueError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"The folder of submissions cannot be read: {error}.")
    if not found:
        parser.error(f"There is no submission in {given.submissions}.")
    memory = given.memory * 2**20
    if not given.without_isolation and (open_doors := probe.open_doors(memory)):
        print(*open_doors, sep="\n", file=sys.stderr)
        print("Nothing was run. On another system, or with --without-isolation, it can be.", file=sys.stderr)
        return 2
    for name in columns:
        check(name, lambda *args: None)  # loads the data that references need, once for all
    book = [cell.source for md in chapters(ROOT) if md.parent.name == "chapters" for cell in code_cells(read(md))]
    rows = []
    options = dict(locked=not given.without_isolation, memory=memory, patience=given.cell_seconds)
    try:
        for row in classroom(found, book, max(given.jobs, 1), given.seconds, **options):
            rows.append(row)
            right = sum(row[1].get(column) == "right" for column in columns)
            about = f" ({said(row[2])})" if row[2] else ""
            print(f"{len(rows)}/{len(found)} {plain(row[0])}: {right} of {len(columns)}{about}", flush=True)
    finally:
        safely.write(given.out.absolute(), table(rows, columns))
    print(f"wrote {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
