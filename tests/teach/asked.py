"""One answer, one verdict: in a notebook, under Otter, under nbgrader, and when a class is graded.

For one chapter, each of its right answers and each of its listed wrong ones is handed in everywhere.
"""

from dataclasses import replace

import nbformat

from book import assignment, notebooks
from book.grading import judge
from book.pairing import ROOT
from optlib.exercises import check
from tests.optlib.exercises import wrong_schedules as chapter

MD = ROOT / "chapters" / "05_schedules.md"
LISTED = (ROOT / "tests" / "optlib" / "exercises" / "wrong_schedules.py").read_text(encoding="utf-8")
KINDS = {"right": chapter.RIGHT, "wrong": chapter.WRONG}
TIMES = {name: max(len(chapter.RIGHT[name]), len(chapter.WRONG[name])) for name in chapter.WRONG}


def answers(kind):
    """For each exercise as many answers as it is asked for: those of the list, and again where it is the shorter."""
    lists = KINDS[kind]
    return {name: [f'{kind.upper()}["{name}"][{k % len(lists[name])}]' for k in range(n)] for name, n in TIMES.items()}


def sources(out):
    """Lay the sources below `out`, asking each exercise once for every listed answer; returns the questions."""
    found = [
        replace(exercise, name=f"{exercise.name}-{k}")
        for exercise in assignment.exercises(MD)
        for k in range(TIMES[exercise.name])
    ]
    for tool, make in (("otter", assignment.otter), ("nbgrader", assignment.nbgrader)):
        path = out / tool / "source" / "asked" / "asked.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(make("asked", found), path)
    (out / "nbgrader" / "nbgrader_config.py").write_text(assignment.NBGRADER_CONFIG)
    return found


def leaks(release, found):
    """The lines of solutions that stand in a released notebook."""
    cells = [cell.source for cell in nbformat.read(release, as_version=4).cells]
    held = {line.strip() for source in cells for line in source.splitlines()}
    lines = {line.strip() for e in found for line in set(e.solution.splitlines()) - set(e.starter.splitlines())}
    return {line for line in lines if line and line in held}


def everywhere(path, kind):
    """The verdicts that a notebook shows, right or not; a notebook's, the class grader's and check's are the same."""
    cells = judge.cells_of(path)
    with judge.folder() as root:
        judged, remarks = judge.judge(cells, root)
    ran = notebooks.execute(assignment.notebook([nbformat.v4.new_code_cell(source) for source in cells]), path.parent)
    shown = [o.data["text/plain"] for cell in ran.cells for o in cell.outputs if "text/plain" in o.get("data", {})]
    assert [repr(verdict) for _, verdict in judged] == shown and not remarks
    lists = KINDS[kind]
    assert shown == [
        repr(check(name, lists[name][k % len(lists[name])])) for name, n in TIMES.items() for k in range(n)
    ]
    return {verdict.right for _, verdict in judged}
