"""Each exercise of each chapter: a statement, a starter that runs and is not answered, and a solution that passes."""

import ast
import inspect
import itertools
import re

import pytest

from book import plain
from book.notebooks import read
from book.pairing import chapters
from optlib import exercises
from tests.optlib.exercises.wrong_answers import RIGHT

TEXTS = {md.stem: md for md in chapters() if md.parent.name == "chapters"}
SOLVED = {md.stem: md for md in chapters() if md.parent.name == "solutions"}
KINDS = {
    name: judge.__qualname__.split(".")[0] for c in exercises.CHAPTERS for name, judge in exercises.exercises(c).items()
}
BOX = re.compile(r":::\{exercise\} *(?P<title>\S.*)\n:name: (?P<name>\S+)\n+(?P<text>(?:.+\n?)+?):::")


def asked(md):
    """The exercises of a chapter as it states them: [(name, title, text, code of the cell that follows)]."""
    cells = read(md).cells
    found = []
    for cell, after in itertools.pairwise(cells):
        boxes = list(BOX.finditer(cell.source)) if cell.cell_type == "markdown" else []
        found += [(box["name"], box["title"], box["text"], after.source) for box in boxes]
        assert len(boxes) <= 1 and (not boxes or after.cell_type == "code")
    return found


def run(code, namespace):
    """The value of a cell's last line."""
    *body, last = ast.parse(code).body
    exec(compile(ast.Module(body, []), "cell", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)


ASKED = {stem: asked(md) for stem, md in TEXTS.items()}


def test_each_chapter_states_its_exercises_of_three_kinds():
    for chapter, (stem, boxes) in zip(exercises.CHAPTERS, ASKED.items()):
        names = [name for name, *_ in boxes]
        assert names == list(exercises.exercises(chapter)) and len(names) >= 4
        assert len({KINDS[name] for name in names}) >= 3
        assert stem.split("_", 1)[1].replace("_", "-") == chapter
    assert len(ASKED) == len(exercises.CHAPTERS) == len(SOLVED)


@pytest.mark.parametrize("stem", TEXTS)
def test_each_starter_runs_and_is_not_answered(stem):
    for name, title, text, code in ASKED[stem]:
        namespace = {"check": exercises.check}
        verdict = run(code, namespace)
        assert (verdict.name, verdict.state) == (name, "open") and title and text
        assert code.startswith("def " if KINDS[name] == "function" else "answer = ...\n")
        if KINDS[name] == "function":
            asked_for = ast.parse(code).body[0].args.args
            assert len(inspect.signature(RIGHT[name][0]).parameters) == len(asked_for)


@pytest.mark.parametrize("stem", TEXTS)
def test_a_students_notebook_has_the_same_starters(stem):
    code = [cell.source for cell in plain.notebook(TEXTS[stem]).cells if cell.cell_type == "code"]
    assert [starter for *_, starter in ASKED[stem] if starter not in code] == []


@pytest.mark.parametrize("stem", SOLVED)
def test_each_solution_passes(stem, monkeypatch):
    said = []
    monkeypatch.setattr(exercises, "check", lambda *a, check=exercises.check: said.append(check(*a)))
    namespace = {}
    for cell in read(SOLVED[stem]).cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)
    assert [verdict.name for verdict in said] == [name for name, *_ in ASKED[stem]]
    assert {verdict.state for verdict in said} == {"right"}
