"""Assignments as Otter and nbgrader make and grade them, and submissions to them."""

import csv
import json
import os
import subprocess
import sys

import nbformat

from book import assignment
from book.pairing import ROOT

PYTHON = ROOT / ".venv-teach" / "bin" / "python"
ENVIRONMENT = os.environ | {
    "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}",
    "IPYTHONDIR": str(ROOT / "_build" / "ipython"),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def call(*command, cwd, **environment):
    """What a command prints; raises AssertionError with what it said where it fails."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=ENVIRONMENT | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def answered(release, path, answers, before=""):
    """Write a released notebook with answers filled in, {exercise: [text, ...]}: one each time the exercise is asked.

    before: text that stands before the first answer.
    """
    made, left = nbformat.read(release, as_version=4), {name: list(texts) for name, texts in answers.items()}
    for cell in made.cells:
        if cell.cell_type != "code" or not (known := assignment.checked(cell.source)):
            continue
        name, variable = known
        cell.source = f'{before}\n{variable} = {left[name].pop(0)}\ncheck("{name}", {variable})'
        before = ""
    assert not any(left.values())
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)


def otter_assign(folder, title):
    """The released notebook and the grader that `otter assign` makes."""
    call("otter", "assign", f"{title}.ipynb", "dist", cwd=folder)
    (grader,) = (folder / "dist" / "autograder").glob("*.zip")
    return folder / "dist" / "student" / f"{title}.ipynb", grader


def otter_grade(grader, paths, folder):
    """The points of each question in each submission, [{question: points}], as `otter run` finds them."""
    # what the command calls, in one process, since starting it takes longer than grading
    program = (
        "import json, sys\nfrom otter.run import main\n"
        "for path in sys.argv[2:]:\n"
        "    found = main(path, autograder=sys.argv[1], output_dir=None, no_logo=True)\n"
        "    print('points', json.dumps({name: r.score for name, r in found.results.items()}))\n"
    )
    lines = call(PYTHON, "-c", program, grader, *paths, cwd=folder).splitlines()
    return [json.loads(line.removeprefix("points ")) for line in lines if line.startswith("points ")]


def nbgrader_release(folder, title):
    """The released notebook that `nbgrader generate_assignment` makes."""
    call("nbgrader", "generate_assignment", title, cwd=folder)
    return folder / "release" / title / f"{title}.ipynb"


def nbgrader_grade(folder, title):
    """The points of each question in each submission, {student: {question: points}}, after `nbgrader autograde`."""
    call("nbgrader", "autograde", title, cwd=folder)
    program = (
        "import json, sys\nfrom nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as book:\n"
        "    found = {s.student.id: {g.name: g.score for n in s.notebooks for g in n.grades}\n"
        "             for s in book.assignment_submissions(sys.argv[1])}\n"
        "print(json.dumps(found))"
    )
    return json.loads(call(PYTHON, "-c", program, title, cwd=folder))


def class_grade(folder, out, *more, scratch):
    """What `python -m book.grade` writes, {submission: {column: text}}; its own files lie in the folder `scratch`."""
    call(sys.executable, "-m", "book.grade", folder, "--out", out, *more, cwd=ROOT, TMPDIR=str(scratch))
    with open(out, newline="", encoding="utf-8") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}
