"""An assignment holds every exercise of its chapters, and without its solutions it is the chapter's text."""

import re
from dataclasses import replace
from functools import cache

import pytest

from book import assignment, notebooks, plain
from book.pairing import chapters
from optlib.exercises import CHAPTERS, exercises

TEXTS = {plain.number(md): md for md in chapters() if md.parent.name == "chapters"}
MARKS = ("# BEGIN SOLUTION NO PROMPT", "# END SOLUTION"), ("# BEGIN SOLUTION", "# END SOLUTION")


@cache
def found(number):
    return assignment.exercises(TEXTS[number])


def unmarked(source):
    """What is left of a cell when everything between the marks is taken out, as Otter and nbgrader do it."""
    return re.sub(r"^ *# BEGIN SOLUTION[\s\S]*?# END SOLUTION\n", "", source, flags=re.M)


@pytest.mark.parametrize("number", TEXTS)
def test_every_exercise_is_in_it_and_without_its_solution_it_is_the_starter(number):
    chapter = CHAPTERS[int(number) - 1]
    assert [exercise.name for exercise in found(number)] == list(exercises(chapter))
    starters = {cell.source for cell in notebooks.code_cells(notebooks.read(TEXTS[number]))}
    for exercise in found(number):
        assert exercise.starter in starters
        assert exercise.statement.startswith(f"**Exercise {number}.{exercise.name.rsplit('-', 1)[1]}.")
        assert "**Exercise" not in exercise.statement[2:]
        for marks in MARKS:
            both = assignment.marked(exercise, *marks)
            assert unmarked(both).lstrip("\n") == exercise.starter
            assert both.count(marks[0]) >= 1 and compile(both, exercise.name, "exec")


def test_solved_cells_are_right_in_the_order_of_the_assignment():
    """The cells stand in one notebook, where each finds the names that the ones before have left."""
    from optlib.exercises import check

    names = {}
    exec(assignment.SETUP, names)
    for exercise in found("4"):
        exec(assignment.marked(exercise, *MARKS[0]), names)
        assert check(exercise.name, eval(exercise.answer, names)).right


def test_every_question_has_its_own_name_test_and_point():
    made = assignment.nbgrader("x", found("4") + found("7"))
    known = [cell.metadata.nbgrader for cell in made.cells]
    assert len({cell.grade_id for cell in known}) == len(known)
    assert [cell.grade_id for cell in known if cell.grade] == [*exercises("momentum"), *exercises("adam")]
    assert all(cell.points == 1 and cell.locked for cell in known if cell.grade)
    raw = [cell.source for cell in assignment.otter("x", found("4")).cells if cell.cell_type == "raw"]
    assert raw.count("# BEGIN TESTS") == raw.count("# END QUESTION") == 8
    assert [re.search("name: (.*)", r)[1] for r in raw if "QUESTION\n" in r] == list(exercises("momentum"))


def test_what_does_not_fit_is_said():
    function = next(e for e in found("4") if e.name == "momentum-7")
    other = replace(function, solution=function.solution.replace("(grad, theta,", "(theta, grad,"))
    with pytest.raises(ValueError, match="momentum-7: the solution defines no heavy_ball with the arguments"):
        assignment.marked(other, *MARKS[0])
    with pytest.raises(ValueError, match="There is no chapter 99; the chapters are 1, 2, 3,"):
        assignment.chosen(["04", "99"])
    assert [md.stem for md in assignment.chosen(["07", "4", "7"])] == ["07_adam", "04_momentum"]


def test_the_command_writes_both_and_says_what_comes_next(tmp_path, capsys):
    assert assignment.main(["04", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "otter assign descent-04.ipynb dist" in said and "nbgrader generate_assignment descent-04" in said
    assert (tmp_path / "otter" / "descent-04" / "descent-04.ipynb").exists()
    assert (tmp_path / "nbgrader" / "source" / "descent-04" / "descent-04.ipynb").exists()
    assert (tmp_path / "nbgrader" / "nbgrader_config.py").exists()
    assert assignment.main(["0", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("There is no chapter 0;")
