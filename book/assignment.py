"""Chapters' exercises as an assignment for Otter and for nbgrader: `python -m book.assignment 04 07 [--out FOLDER]`.

Statements and starters are the chapters', answers those of chapters/solutions/, and the test of every exercise is the
check that answers in the chapter. book/instructors.md says what to do with what is written.
"""

import argparse
import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import v4

from book import plain
from book.notebooks import code_cells, read
from book.pairing import ROOT, chapters

SETUP = "import numpy as np\n\nfrom optlib.exercises import check"
STATEMENT = re.compile(r"^\*\*Exercise \d+\.\d+\.", flags=re.M)
INTRODUCTION = """# {title}

Replace the three dots below each exercise and run the cell: it says "right", or what your answer looks like. The book
explains everything that is asked, and its chapters are where to try things out."""
NBGRADER_CONFIG = """c = get_config()
c.ClearSolutions.code_stub = {"python": "# Replace the three dots."}
"""


@dataclass(frozen=True)
class Exercise:
    """name: of the question, as check knows it.  statement: plain Markdown.  starter, solution: cells that end in
    the check.  answer: what is handed to the check, as text.
    """

    name: str
    statement: str
    starter: str
    solution: str
    answer: str


def checked(source):
    """The (name, answer as text) of the check that ends a cell; None where there is none."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return None
    match last:
        case ast.Expr(ast.Call(func=ast.Name("check"), args=[ast.Constant(str(name)), answer])):
            return name, ast.get_source_segment(source, answer)
    return None


def exercises(md, root=ROOT):
    """The exercises of a chapter, in its order. Raises ValueError where a starter has no statement or no solution."""
    made, found = plain.notebook(md, root), []
    answers = solutions(md.parent / "solutions" / md.name)
    for before, cell in zip(made.cells, made.cells[1:]):
        if cell.cell_type != "code" or not (known := checked(cell.source)):
            continue
        name, answer = known
        begins = [match.start() for match in STATEMENT.finditer(before.source)]
        if before.cell_type != "markdown" or not begins or name not in answers:
            raise ValueError(f"{md.name}: the exercise {name} needs a statement before its starter, and a solution.")
        found.append(Exercise(name, before.source[begins[-1] :], cell.source, answers[name], answer))
    return found


def solutions(md):
    """The code of each solution in a chapter's notebook of solutions, with the imports that it needs: {name: text}."""
    imports, parts, found = [], [], {}
    for cell in code_cells(read(md)):
        tree = ast.parse(cell.source).body
        if all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree):
            imports += [(node, ast.unparse(node)) for node in tree]
            continue
        parts.append(cell.source)
        if known := checked(cell.source):
            text = "\n\n".join(parts)
            used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            needed = [line for node, line in imports if used & names_of(node) and line not in SETUP.splitlines()]
            found[known[0]], parts = "\n".join([*needed, text] if needed else [text]), []
    return found


def names_of(node):
    """The names that an import statement binds."""
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def marked(exercise, begin, end):
    """The starter with its solution between the lines `begin` and `end`; without these it is the starter again.

    The solution of a function stands before the starter's `return ...`. Raises ValueError where the two do not fit.
    """
    starter, solution = ast.parse(exercise.starter).body, ast.parse(exercise.solution).body
    lines, close = exercise.solution.splitlines(), exercise.starter.splitlines()[-1]
    wanted = next((node for node in starter if isinstance(node, ast.FunctionDef)), None)
    if wanted is None:
        first, last = exercise.starter.splitlines()[0], solution[-1].value.args[1]
        given = ast.get_source_segment(exercise.solution, last)
        body = lines[: solution[-1].lineno - 1]
        while body and not body[-1].strip():
            body.pop()
        body += [f"{exercise.answer} = {given}"] if given != exercise.answer else []
        return "\n".join([first, begin, *body, end, close])
    made = next((node for node in solution if isinstance(node, ast.FunctionDef) and node.name == wanted.name), None)
    if made is None or ast.dump(made.args) != ast.dump(wanted.args):
        raise ValueError(f"{exercise.name}: the solution defines no {wanted.name} with the arguments of the starter.")
    helpers = lines[: made.lineno - 1]
    while helpers and not helpers[-1].strip():
        helpers.pop()
    before = [begin, *helpers, end, "", ""] if helpers else []
    signature = exercise.starter.splitlines()[wanted.lineno - 1 : wanted.body[0].lineno - 1]
    body = lines[made.body[0].lineno - 1 : made.end_lineno]
    rest = exercise.starter.splitlines()[wanted.body[0].lineno - 1 :]
    return "\n".join([*before, *signature, f"    {begin}", *body, f"    {end}", *rest])


def check_of(exercise):
    """The check, as it ends the starter."""
    return exercise.starter.splitlines()[-1]


def notebook(cells):
    """A notebook of those cells, with ids that are the same each time."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def otter(title, found):
    """The source of `otter assign`: questions between raw cells, one point each."""
    settings = "# ASSIGNMENT CONFIG\nname: {}\ncheck_all_cell: false\nexport_cell:\n  pdf: false\n  run_tests: false"
    cells = [v4.new_raw_cell(settings.format(title)), v4.new_markdown_cell(INTRODUCTION.format(title=title))]
    cells.append(v4.new_code_cell(SETUP))
    for exercise in found:
        test = f"from optlib.exercises import check\nassert {check_of(exercise)}.right"
        cells += [
            v4.new_raw_cell(f"# BEGIN QUESTION\nname: {exercise.name}\npoints: 1"),
            v4.new_markdown_cell(exercise.statement),
            v4.new_raw_cell("# BEGIN SOLUTION"),
            v4.new_code_cell(marked(exercise, "# BEGIN SOLUTION NO PROMPT", "# END SOLUTION")),
            v4.new_raw_cell("# END SOLUTION"),
            v4.new_raw_cell("# BEGIN TESTS"),
            v4.new_code_cell(test),
            v4.new_raw_cell("# END TESTS"),
            v4.new_raw_cell("# END QUESTION"),
        ]
    return notebook(cells)


def nbgrader(title, found):
    """The source of `nbgrader generate_assignment`: an answer cell and a locked cell that grades it, one point each."""

    def cell(make, source, ident, **kind):
        kept = dict(schema_version=3, grade_id=ident, grade=False, solution=False, locked=False, task=False) | kind
        return make(source, metadata={"nbgrader": kept})

    cells = [
        cell(v4.new_markdown_cell, INTRODUCTION.format(title=title), "introduction", locked=True),
        cell(v4.new_code_cell, SETUP, "setup", locked=True),
    ]
    for exercise in found:
        test = (
            "from optlib.exercises import check\n\n"
            f"verdict = {check_of(exercise)}\nassert verdict.right, verdict.message"
        )
        answer = marked(exercise, "# BEGIN SOLUTION", "# END SOLUTION")
        cells += [
            cell(v4.new_markdown_cell, exercise.statement, f"{exercise.name}-statement", locked=True),
            cell(v4.new_code_cell, answer, f"{exercise.name}-answer", solution=True),
            cell(v4.new_code_cell, test, exercise.name, grade=True, locked=True, points=1),
        ]
    return notebook(cells)


def chosen(numbers, root=ROOT):
    """The texts of the chapters of those numbers ("04", "7"). Raises ValueError for one that there is not."""
    texts = {plain.number(md): md for md in chapters(root) if md.parent.name == "chapters"}
    wanted = [number.lstrip("0") for number in numbers]
    if wrong := [number for number in numbers if number.lstrip("0") not in texts]:
        raise ValueError(f"There is no chapter {wrong[0]}; the chapters are {', '.join(texts)}.")
    return [texts[number] for number in dict.fromkeys(wanted)]


def write(numbers, out, root=ROOT):
    """Write both sources below the folder `out`; return (title, the paths of the two notebooks)."""
    texts = chosen(numbers, root)
    found = [exercise for md in texts for exercise in exercises(md, root)]
    title = "-".join(["descent", *(md.name[:2] for md in texts)])
    paths = out / "otter" / title / f"{title}.ipynb", out / "nbgrader" / "source" / title / f"{title}.ipynb"
    for path, made in zip(paths, (otter(title, found), nbgrader(title, found))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nbformat.writes(made) + "\n", encoding="utf-8", newline="\n")
    (out / "nbgrader" / "nbgrader_config.py").write_text(NBGRADER_CONFIG, encoding="utf-8")
    return title, paths


def main(arguments=None):
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m book.assignment", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("chapters", nargs="+", help="numbers of chapters, such as 04 07")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "assignment", help="where to write it")
    given = parser.parse_args(arguments)
    try:
        title, paths = write(given.chapters, given.out)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"wrote {paths[0]}\n  then, in its folder: otter assign {title}.ipynb dist")
    print(f"wrote {paths[1]}\n  then, in {given.out / 'nbgrader'}: nbgrader generate_assignment {title}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
