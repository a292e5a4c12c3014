"""The student's folder against a real system: kills, two at once, no rights, no room; and the commands themselves."""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from book import plain
from book.pairing import ROOT, chapters
from book.starters import PLACE, stage, starters

CASES = (
    "killed_while_laying",
    "killed_while_recording",
    "laid_at_once",
    "recorded_at_once",
    "not_allowed",
    "no_room",
)


@pytest.fixture
def open_folder():
    """A folder that every user of this machine can reach; pytest's own are for one user."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.parametrize("case", CASES)
def test_nothing_of_the_students_is_lost(case, open_folder):
    done = subprocess.run(
        [sys.executable, "-m", "tests.whole.student", case, open_folder], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]


# ---------------------------------------------------------------- the commands


def run(cwd, *arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """What a wheel is made from, and so what lies in site-packages where it is installed."""
    folder = tmp_path_factory.mktemp("wheel") / "tree"
    stage(folder)
    return folder


def notebooks(folder):
    return {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.ipynb")}


def test_starters_are_the_chapters_without_outputs_and_solutions():
    texts = starters()
    names = [md.stem for md in chapters() if md.parent.name == "chapters"]
    assert list(texts) == [f"{name}.ipynb" for name in names]
    for name, text in zip(names, texts.values()):
        cells = json.loads(text)["cells"]
        shown = plain.notebook(ROOT / "chapters" / f"{name}.md").cells
        assert ["".join(cell["source"]) for cell in cells] == [cell.source for cell in shown]
        assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells if "outputs" in cell)


def test_a_copy_of_the_repository_and_a_wheel_give_the_same_notebooks(tmp_path, staged):
    asked = "-m", "optlib.exercises"
    for name, path in (("from wheel", staged), ("from book", ROOT)):
        done = run(tmp_path, *asked, "start", name, PYTHONPATH=str(path))
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(f'Open them with: jupyter lab --notebook-dir="{name}"\n')
    assert notebooks(tmp_path / "from wheel") == notebooks(tmp_path / "from book") == notebooks(staged / PLACE)
    done = run(tmp_path / "from book", *asked, "status")
    assert done.returncode == 0 and done.stdout.splitlines()[-1].split()[:3] == ["together", "0", "0"]


def test_the_wheel_takes_every_file_along(staged):
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["optlib"]
    left = [f for f in (staged / "optlib").rglob("*") if f.is_file() and f.suffix not in (".py", ".pyc")]
    assert len(left) > 13 and [f for f in left if not any(f.match(pattern) for pattern in patterns)] == [
        staged / "optlib" / "exercises" / "README.md"
    ]


def test_an_optlib_without_chapters_says_what_to_do(tmp_path, staged):
    code = "import optlib.exercises.__main__ as m; m.__file__ = '/'.join(['', 'x', 'y', 'z.py']); print(m.starters())"
    done = run(tmp_path, "-c", code, PYTHONPATH=str(ROOT))
    assert done.stderr.splitlines()[-1] == (
        "LookupError: This optlib came without the chapters: install the wheel that make wheel writes."
    )


def test_an_answer_in_a_students_notebook_stands_in_the_table(tmp_path, staged):
    run(tmp_path, "-m", "optlib.exercises", "start", "work", PYTHONPATH=str(staged))
    made = nbformat.read(tmp_path / "work" / "01_descent_step.ipynb", as_version=4)
    sources = [cell.source for cell in made.cells if cell.cell_type == "code"]
    exercises = sources[sources.index("from optlib.exercises import check") :]
    made.cells = [nbformat.v4.new_code_cell(source) for source in [*exercises[:3], exercises[1].replace("...", "0.02")]]
    NotebookClient(made, kernel_name="python3", resources={"metadata": {"path": tmp_path / "work"}}).execute()
    shown = [cell.outputs[0].data["text/plain"] for cell in made.cells[1:]]
    assert [text[0] for text in shown] == ["○", "○", "✓"]
    done = run(tmp_path, "-m", "optlib.exercises", "status", PYTHONPATH=str(staged))
    assert done.stdout.splitlines()[3].split() == ["1", "descent-step", "1", "0", "5"]


LAB = """
import os, signal, sys, time
os.kill(os.getppid(), signal.SIGINT)  # Ctrl-C reaches both; JupyterLab asks first, and must not be ended meanwhile
time.sleep(0.3)
print(sys.argv[1:], flush=True)
sys.exit(7)
"""


HEAR = """
import signal, sys
from optlib.exercises.__main__ import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background of a shell is born deaf to Ctrl-C
sys.exit(main(["start", "work", "--open"]))
"""


def test_open_waits_for_jupyterlab_through_ctrl_c(tmp_path, staged):
    (tmp_path / "jupyterlab.py").write_text(LAB)
    done = run(tmp_path, "-c", HEAR, PYTHONPATH=f"{tmp_path}{os.pathsep}{staged}")
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.splitlines()[-1] == "['--notebook-dir=work']"
