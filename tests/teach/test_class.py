"""A class of forty is graded in one command, and nobody in it harms the grader or another's marks."""

import hashlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from book import assignment, grade
from book.grading import judge, probe, wire
from book.pairing import ROOT
from tests.teach import tools
from tests.teach.hostile import ANSWERS, AT_THEIR_OWN_COST, FORGERIES

BEFORE, AFTER = "momentum-2", "momentum-8"
HONEST = {"ann": 8, "bob": 8, "zoe": 5}


def notebook(path, *sources):
    nbformat.write(assignment.notebook([nbformat.v4.new_code_cell(source) for source in sources]), path)


def hostile(code, places):
    names = "\n".join(f"{name} = {value!r}" for name, value in places.items())
    return [
        "from optlib.exercises import check",
        f'{names}\ncheck("{BEFORE}", 2 * 1.9 / 100)',
        code,
        f'from optlib.exercises import check\ncheck("{AFTER}", "momentum_inside")',
    ]


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.ipynb"))}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The table of the class, and the traces that it left."""
    out = tmp_path_factory.mktemp("class")
    (folder := out / "submissions").mkdir()
    (scratch := out / "scratch").mkdir()
    solved = [exercise.solution for exercise in assignment.exercises(ROOT / "chapters" / "04_momentum.md")]
    setup = "from optlib.exercises import check"
    for name, number in HONEST.items():
        notebook(folder / f"{name}.ipynb", setup, *solved[:number], "1 / 0")
    with socket.create_server(("127.0.0.1", 0)) as server:
        places = dict(FOLDER=str(folder), RESULTS=str(out / "results.csv"), PORT=server.getsockname()[1])
        for name, code in ANSWERS.items():
            notebook(folder / f"{name}.ipynb", *hostile(code, places))
        (folder / "no notebook.ipynb").write_text("{" * 10**5)
        (folder / "a pipe").mkdir()
        os.mkfifo(folder / "a pipe" / "x.ipynb")
        (folder / "a link").mkdir()
        (folder / "a link" / "x.ipynb").symlink_to(folder / "ann.ipynb")
        before = digests(folder)
        table = tools.class_grade(
            folder, out / "results.csv", "--chapters", "04", "--cell-seconds", "1", "--jobs", "3", scratch=scratch
        )
        server.settimeout(0)
        try:
            visitor = server.accept()
        except BlockingIOError:
            visitor = None
    return dict(table=table, out=out, changed=before != digests(folder), left=list(scratch.iterdir()), visitor=visitor)


def test_the_honest_have_their_marks(graded):
    table = graded["table"]
    assert {name: int(table[name]["total"]) for name in HONEST} == HONEST
    assert table["zoe"]["momentum-5"] == "1" and table["zoe"]["momentum-6"] == ""
    assert table["ann"]["remark"] == "cell 10 ZeroDivisionError: division by zero"


@pytest.mark.parametrize("name", ANSWERS)
def test_nobody_gets_or_loses_more_than_they_earned(graded, name):
    row = graded["table"][name]
    right = {column for column, mark in row.items() if column.startswith("momentum") and mark == "1"}
    assert right == ({BEFORE} if name in AT_THEIR_OWN_COST else {BEFORE, AFTER})


def test_what_is_no_notebook_is_a_remark(graded):
    table = graded["table"]
    for name, word in (("no notebook", "is no notebook"), ("a pipe", "is no file"), ("a link", "cannot be read")):
        assert table[name]["total"] == "0" and word in table[name]["remark"]


def test_nothing_was_changed_left_or_sent(graded):
    assert not graded["changed"] and not graded["left"] and graded["visitor"] is None
    assert {path.name for path in graded["out"].iterdir()} == {"submissions", "scratch", "results.csv"}


def test_nothing_goes_on_when_a_submission_is_left(tmp_path):
    student = judge.Student(judge.settings(tmp_path, 0))
    wire.send(student.link, {"cells": ["while True: pass"], "skip": []})
    assert wire.receive(student.link) == {"cell": 0}
    process = student.process.pid
    inner = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    student.close()
    assert len(inner) == 1 and not Path("/proc", inner[0]).exists()


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_works_where_check_and_answer_share_a_process(name):
    """So that the test above means something."""
    said = "print('forged:', getattr(check('momentum-1', 0), 'right', None) or check('momentum-7', lambda *_: 0).right)"
    code = "from optlib.exercises import check\n" + ANSWERS[name] + "\n" + said
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "forged: True" in ran.stdout, ran.stderr


# What jail.py looks like without one of its protections, and what the grader then finds before it runs anybody's code.
WITHOUT = {
    "write outside its /tmp": [
        ("REMOUNT | BIND | RDONLY", "REMOUNT | BIND"),
        ("mode=755", "mode=777"),
        ("become(settings", "(lambda _: 0)(settings"),
    ],
    "use the network": [(', "net"]', "]")],
    "read the checks": [('settings["cover"].items()', "{}.items()")],
    "start processes": [('kinds["NPROC"] = 1', "pass")],
    "use all memory": [('"AS": settings["memory"],', "")],
    "fill the disk": [('"FSIZE": settings["disk"] // 4,', "")],
    "read other submissions": [
        ("call(what, libc.pivot_root", "(lambda *_: 0)(what, libc.pivot_root"),
        ("call(what, libc.umount2", "(lambda *_: 0)(what, libc.umount2"),
        ("become(settings", "(lambda _: 0)(settings"),
    ],
    "change optlib": [("REMOUNT | BIND | RDONLY", "REMOUNT | BIND"), ("become(settings", "(lambda _: 0)(settings")],
    "send signals to the grader": [('"pid", ', ""), ("become(settings", "(lambda _: 0)(settings")],
}


def test_a_judge_that_dies_or_hangs_costs_one_row(monkeypatch):
    def graded(paths, book, **given):
        if paths == ["dies"]:
            os._exit(1)
        if paths == ["hangs"]:
            time.sleep(60)
        return {"adam-1": "right"}, []

    monkeypatch.setattr(grade, "graded", graded)
    monkeypatch.setattr(grade, "GRACE", 0.5)
    found = {"a": ["fine"], "b": ["dies"], "c": ["hangs"], "d": ["fine"], "e": ["fine"]}
    rows = {name: (states, remarks) for name, states, remarks in grade.classroom(found, (), jobs=2, seconds=0.5)}
    assert rows == dict.fromkeys("ade", ({"adam-1": "right"}, [])) | {
        "b": ({}, ["could not be judged"]),
        "c": ({}, ["could not be judged in time"]),
    }


def test_without_the_lock_the_verdicts_are_the_same(tmp_path):
    code = "def f(grad, theta, lr, momentum, steps):\n    theta -= 1\n    return theta"
    cells = ["from optlib.exercises import check", 'check("momentum-1", 0.1)', f'{code}\ncheck("momentum-7", f)']
    verdicts, remarks = judge.judge([*cells, "import time\ntime.sleep(60)"], tmp_path, locked=False, patience=0.5)
    assert [name for name, verdict in verdicts if verdict.right] == ["momentum-1"]
    assert "changes its argument theta in place" in verdicts[1][1].hint
    assert remarks == ["cell 4 did not end in time"]


def test_the_lock_holds():
    assert probe.open_doors(judge.MEMORY) == []


def test_the_lock_of_an_ordinary_user_holds_too(tmp_path, monkeypatch):
    """Who is not root gets a namespace of users; to root, the system grants processes in it all the same."""
    text = (judge.HERE / "jail.py").read_text().replace("os.geteuid() == 0", "False")
    (tmp_path / "jail.py").write_text(text)
    monkeypatch.setattr(judge, "JAIL", tmp_path / "jail.py")
    roots = ["start processes", "be root"] if os.geteuid() == 0 else []
    assert probe.open_doors(judge.MEMORY) == [f"A submission could {what} on this system." for what in roots]


@pytest.mark.parametrize("door", WITHOUT)
def test_a_lock_without_one_of_its_parts_is_noticed(door, tmp_path, monkeypatch):
    text = (judge.HERE / "jail.py").read_text()
    for part, without in WITHOUT[door]:
        assert part in text
        text = text.replace(part, without)
    (tmp_path / "jail.py").write_text(text)
    monkeypatch.setattr(judge, "JAIL", tmp_path / "jail.py")
    assert f"A submission could {door} on this system." in probe.open_doors(judge.MEMORY)


def test_where_the_system_refuses_nothing_runs(tmp_path, monkeypatch, capsys):
    text = (judge.HERE / "jail.py").read_text().replace("libc.unshare, ", "libc.unshare, -1 | ")
    (tmp_path / "jail.py").write_text(text)
    monkeypatch.setattr(judge, "JAIL", tmp_path / "jail.py")
    notebook(tmp_path / "ann.ipynb", f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert grade.main([str(tmp_path), "--out", str(tmp_path / "results.csv")]) == 2
    said = capsys.readouterr().err
    assert "does not let the grader separate a submission from the system" in said and "Nothing was run." in said
    assert not (tmp_path / "ran").exists() and not (tmp_path / "results.csv").exists()
