"""One answer, one verdict: in a notebook, under Otter, under nbgrader, and when a class is graded.

For one chapter, each of its right answers and each of its listed wrong ones is handed in everywhere.
"""

import shutil
from dataclasses import replace

import nbformat
import pytest

from book import assignment, notebooks
from book.grading import judge
from book.pairing import ROOT
from optlib.exercises import check
from tests.optlib.exercises import wrong_schedules as chapter
from tests.teach import tools

MD = ROOT / "chapters" / "05_schedules.md"
LISTED = (ROOT / "tests" / "optlib" / "exercises" / "wrong_schedules.py").read_text(encoding="utf-8")
KINDS = {"right": chapter.RIGHT, "wrong": chapter.WRONG}
TIMES = {name: max(len(chapter.RIGHT[name]), len(chapter.WRONG[name])) for name in chapter.WRONG}


def answers(kind):
    """For each exercise as many answers as it is asked for: those of the list, and again where it is the shorter."""
    lists = KINDS[kind]
    return {name: [f'{kind.upper()}["{name}"][{k % len(lists[name])}]' for k in range(n)] for name, n in TIMES.items()}


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The sources, asking each exercise once for every listed answer; what was found, and where it lies."""
    out = tmp_path_factory.mktemp("assignment")
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
    return out, found


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


def test_otter_and_everything_else(given):
    out, found = given
    folder = out / "otter" / "source" / "asked"
    release, grader = tools.otter_assign(folder, "asked")
    paths = {kind: folder / kind / "asked.ipynb" for kind in KINDS}
    for kind, path in paths.items():
        tools.answered(release, path, answers(kind), LISTED)
    right, wrong = tools.otter_grade(grader, paths.values(), folder)
    assert right == dict.fromkeys((e.name for e in found), 1)
    assert wrong == dict.fromkeys((e.name for e in found), 0)
    assert not leaks(release, found)
    assert everywhere(paths["right"], "right") == {True} and everywhere(paths["wrong"], "wrong") == {False}


def test_nbgrader(given):
    out, found = given
    release = tools.nbgrader_release(out / "nbgrader", "asked")
    places = {who: out / "nbgrader" / "submitted" / who / "asked" / "asked.ipynb" for who in ("solutions", "wrong")}
    tools.answered(release, places["wrong"], answers("wrong"), LISTED)
    places["solutions"].parent.mkdir(parents=True)
    shutil.copy(out / "nbgrader" / "source" / "asked" / "asked.ipynb", places["solutions"])
    points = tools.nbgrader_grade(out / "nbgrader", "asked")
    names = [exercise.name for exercise in found]
    assert points == {"solutions": dict.fromkeys(names, 1.0), "wrong": dict.fromkeys(names, 0.0)}
    assert not leaks(release, found)
