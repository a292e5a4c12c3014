"""No solution lies in what students are given, and `book.leaks` finds each that is put there."""

import io
import json
import tarfile
import zipfile

import jupytext
import pytest

from book import leaks, plain
from book.pairing import ROOT, chapters
from optlib.exercises import CHAPTERS, exercises

HIDDEN = leaks.secrets()


def notebook(*cells):
    kinds = [{"cell_type": kind, "source": text.splitlines(keepends=True)} for kind, text in cells]
    return json.dumps({"cells": kinds}).encode()


def packed(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


FUNCTION = "def look_ahead(thetas, buffers, lr, momentum):\n    return thetas  -  lr * momentum * buffers  # so\n"
SCRIPT = 'const cells = ["b = 0\\nfor _ in range(steps):\\n    b = momentum * b + grad(theta)\\n"];'
PROSE = "A buffer that\n> no longer changes satisfies $b = \\mu b + g$, so $b = g/(1-\\mu) = 10\\,g$."
PLANTED = {
    "momentum-1": ("a.ipynb", notebook(("markdown", PROSE))),
    "momentum-2": ("a.ipynb", notebook(("code", "import x\n\nanswer = 2*(1+0.9) / 100\ncheck(x)"))),
    "momentum-5": ("optlib.whl", packed({"optlib/exercises/momentum.py": FUNCTION})),
    "momentum-6": ("page.js", b"const right='(1-sqrt(eta * h))**2'"),
    "momentum-7": ("live.zip", packed({"deep/inner.tar.gz": tarred({"a.js": SCRIPT.encode()})})),
    "momentum-8": ("optlib/hints.py", b'answer = "momentum_inside"  # the third'),
    "stochastic-gradients-6": ("x/y.py", b'check("stochastic-gradients-6", "b")'),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_solution_is_found_and_named(name, tmp_path):
    place, data = PLANTED[name]
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "other.py").write_text("answer = 1")
    assert leaks.leaks(tmp_path, HIDDEN) == []
    (tmp_path / place).write_bytes(data)
    found = leaks.leaks(tmp_path, HIDDEN)
    assert found and all(leak.startswith(place) and f"the solution of {name}:" in leak for leak in found)


@pytest.mark.parametrize("place", ["solutions/04.md", "a_solutions.ipynb", "tests/wrong_momentum.py"])
def test_a_file_of_solutions_is_found_by_its_name(place, tmp_path):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text('{"cells": []}')
    assert leaks.leaks(tmp_path, HIDDEN) == [f"{place}: a file that students are not given."]


def test_each_solution_has_something_to_be_found_by():
    assert set(HIDDEN) == {name for chapter in CHAPTERS for name in exercises(chapter)}
    assert all(pieces for pieces, _ in HIDDEN.values())


@pytest.mark.parametrize("md", [md for md in chapters() if md.parent.name == "chapters"], ids=lambda md: md.stem)
def test_a_starter_notebook_holds_no_solution(md):
    text = jupytext.writes(plain.notebook(md), fmt="ipynb").encode()
    code = "\n".join(leaks.squeezed(text) for _, text in leaks.texts(text, "a.ipynb"))
    assert "answer=..." in code and "return..." in code
    assert leaks.leaks(text, HIDDEN) == []


def test_the_package_holds_no_solution():
    assert leaks.leaks(ROOT / "optlib", HIDDEN) == []
