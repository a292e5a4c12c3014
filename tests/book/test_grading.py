"""What passes between a student's process and the judge's, what runs of a notebook, and the table of a class."""

import csv
import json
import math
import socket
import threading
import time
from fractions import Fraction

import numpy as np
import pytest
import sympy

from book import grade, notebooks
from book.grading import judge, wire
from book.grading.slices import needed
from book.pairing import ROOT
from optlib.exercises import check
from optlib.exercises.verdict import Verdict
from tests.optlib.exercises.wrong_answers import RIGHT, WRONG


def there_and_back(value):
    kept = []

    def keep(function):
        kept.append(function)
        return len(kept) - 1

    def call(number, name):
        return type(name, (), {"__call__": staticmethod(kept[number])})()

    return wire.decode(json.loads(json.dumps(wire.encode(value, keep))), call)


PLAIN = [
    None, True, 3, -(10**300), 0.1, math.inf, "eta*h", 1j, ..., [1, (2.0, ...)], {"a": 1, 2: [3]}, {1, 2},
    slice(1, None), np.float64(0.1), np.int8(3), np.bool_(True), [],
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_come_back_as_they_are(value):
    back = there_and_back(value)
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3)])
@pytest.mark.parametrize("kind", ["f8", "f4", "i4", "?", "c16", ">f8"])
def test_arrays_come_back_bit_for_bit(shape, kind):
    value = (100 * np.random.default_rng(1).standard_normal((2, 3))).astype(kind)[..., : shape[-1] if shape else 3]
    value = np.resize(value, shape) if value.size else np.empty(shape, kind)
    back = there_and_back(value)
    assert back.dtype == value.dtype and back.shape == value.shape and back.tobytes() == value.tobytes()
    assert there_and_back(value.T).tolist() == value.T.tolist()
    back[...] = 0  # it may be written to


@pytest.mark.parametrize("name", [name for name in RIGHT if name.startswith(("descent-step", "adam", "structure"))])
def test_an_answer_that_went_over_the_wire_has_the_same_verdict(name):
    for answer in filter(lambda answer: not callable(answer), [*RIGHT[name], *WRONG[name]]):
        assert check(name, there_and_back(answer)) == check(name, answer)


def test_other_objects_keep_what_they_say_of_themselves():
    assert float(there_and_back(Fraction(1, 4))) == 0.25
    assert str(there_and_back(sympy.Symbol("eta") ** 2)) == "eta**2"
    assert type(there_and_back(sympy.Symbol("x"))).__module__.startswith("sympy.")
    assert there_and_back(np.array([1, ...], dtype=object)) == [1, ...]
    assert there_and_back(range(3)).tolist() == [0, 1, 2]
    assert type(there_and_back(print)).__name__ == "builtin_function_or_method"


HOSTILE = [
    {"array": ["<f8", [10**9, 10**9], ""]}, {"array": ["<f8", [-1, -1], "AAAAAAAAAAA="]},
    {"array": ["O", [1], "AAAAAAAAAAA="]},
    {"array": ["<f8,(9999,9999)f8", [1], ""]}, {"array": ["<f8", [1] * 100, "AAAAAAAAAAA="]}, {"array": 3}, {"list": 7},
    {"nothing": 1}, {}, {"a": 1, "b": 2}, {"dict": [[1]]}, {"set": [{"list": []}]},
    {"complex": ["x", 1]},
    {"other": "f", "call": "x"}, {"other": "f", "call": None}, [1], {"scalar": ["<f8", [], "A"]},
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE, ids=repr)
def test_what_encode_does_not_make_is_refused(data):
    with pytest.raises(ValueError):
        wire.decode(data, lambda number, name: None)


def test_deep_data_is_refused_and_names_are_only_names():
    deep = 1
    for _ in range(10**5):
        deep = {"list": [deep]}
    with pytest.raises(ValueError, match="cannot be read"):
        wire.decode(deep, None)
    assert type(wire.decode({"other": "x" * 999 + "\n"}, None)).__name__ == "x" * 40
    assert type(wire.decode({"other": ["a", "b"]}, None)).__name__ == "ab"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", "ended Python"),
        (b"\xff\xff\xff\xff", "sent too much"),
        (b"\0\0\0\2[]", "sent what nobody can read"),
        (b"\0\0\0\1{", "sent what nobody can read"),
        (b"\0\0\0\1", "ended Python"),
    ],
)
def test_a_line_that_says_nonsense_is_lost(sent, said):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(wire.Lost, match=said):
            wire.receive(ours)


def test_a_silent_line_is_lost_in_time_and_a_large_message_is_not_sent():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(wire.Lost, match="did not end in time"):
            wire.receive(ours, time.monotonic() + 0.05)
        with pytest.raises(ValueError, match="too large"):
            wire.send(ours, {"x": "y" * wire.LARGEST})
        big = {"x": "y" * 10**6}
        thread = threading.Thread(target=wire.send, args=(theirs, big))
        thread.start()
        assert wire.receive(ours) == big
        thread.join()


BOOK = ["import numpy as np\nfrom optlib.exercises import check", "a = np.ones(3)", "b = 2 * a", "print(b)", "c = 5"]


def run_of(*mine, book=BOOK):
    """Which of the book's cells run when a student has added some: their numbers."""
    kept = needed([*book, *mine], set(book))
    assert kept[len(book) :] == list(mine)
    return [number for number, source in enumerate(kept[: len(book)]) if source]


def test_only_what_answers_need_runs_of_the_book():
    assert run_of() == []
    assert run_of('answer = c\ncheck("adam-1", answer)') == [0, 4]
    assert run_of('check("adam-1", b)') == [0, 1, 2]
    assert run_of("def f(b):\n    a = 1\n    return a + b") == []
    assert run_of("def f(x):\n    return c + x") == [4]
    assert run_of("c = 1\nprint(c)") == run_of("def c(): pass") == []
    assert run_of("if np: c = 1", "c") == [0, 4]
    assert run_of("c += 1") == [4]
    assert run_of("%time print(c)") == [4]
    assert run_of("[c for c in b]") == [0, 1, 2]
    assert run_of("answer = 1", 'check("x", answer)') == [0]


def test_a_cell_that_changes_what_another_needs_runs_too():
    book = ["a = [1, 2]", "a[0] = 5", "a += [3]", "for k in a: pass", "a.b.c = 1", "print(a)"]
    assert run_of("a", book=book) == [0, 1, 2, 4]
    assert run_of("k", book=book) == [0, 1, 2, 3]


def test_of_a_chapter_that_nobody_answered_only_the_checks_run():
    sources = [cell.source for cell in notebooks.code_cells(notebooks.read(ROOT / "chapters" / "04_momentum.md"))]
    kept = [source for source in needed(sources, {source.strip() for source in sources}) if source]
    assert kept[0] == sources[0] and len(kept) == 9 and all("check(" in source for source in kept[1:])


def test_a_table_has_a_row_a_submission_and_holds_no_commands():
    rows = [
        ("zoe", {"adam-1": "right", "adam-2": "wrong"}, []),
        ("=HYPERLINK(1)", {}, ["=1+1", 'a "quote", and\nlines\x1b[31m']),
        ("ann", {"adam-1": "open", "adam-99": "right"}, ["1", "2", "3", "4", "5", "6"]),
    ]
    first, equals, ann, zoe = csv.reader(grade.table(rows, ["adam-1", "adam-2"]).splitlines())
    assert first == ["submission", "adam-1", "adam-2", "total", "remark"]
    assert zoe == ["zoe", "1", "0", "1", ""]
    assert ann == ["ann", "", "", "0", "1; 2; 3; 4; and 2 more"]
    assert equals == ["'=HYPERLINK(1)", "", "", "0", '\'=1+1; a "quote", and lines [31m']


def test_which_files_are_submissions(tmp_path):
    for path in (
        "ann.ipynb",
        "bob/a.ipynb",
        "bob/b/c.ipynb",
        "bob/.ipynb_checkpoints/a.ipynb",
        "notes.txt",
        "eve/x.txt",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "ann.ipynb")
    found = {name: [p.name for p in paths] for name, paths in grade.submissions(tmp_path).items()}
    assert found == {"ann": ["ann.ipynb"], "bob": ["a.ipynb", "c.ipynb"], "eve": []}
    assert grade.graded([], ()) == ({}, ["holds no notebook"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "The folder of submissions cannot be read"),
        (["."], "There is no submission in"),
        ([".", "--chapters", "77"], "There is no chapter 77 with exercises; there are 1 to"),
        ([".", "--chapters", "x"], "There is no chapter x with exercises"),
    ],
)
def test_a_wrong_command_is_one_sentence(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        grade.main(arguments)
    assert said in capsys.readouterr().err


def test_the_last_answer_counts(monkeypatch, tmp_path):
    verdicts = [("adam-1", Verdict("adam-1", "right")), ("adam-2", Verdict("adam-2", "wrong", "No."))]
    monkeypatch.setattr(judge, "cells_of", lambda path, book: [path.name])
    monkeypatch.setattr(judge, "judge", lambda cells, root: (verdicts[:: 1 if cells == ["a"] else -1], ["late"]))
    again = [*verdicts, ("adam-1", Verdict("adam-1", "open"))]
    assert grade.graded([tmp_path / "a"], ()) == ({"adam-1": "right", "adam-2": "wrong"}, ["late"])
    monkeypatch.setattr(judge, "judge", lambda cells, root: (again, []))
    assert grade.graded([tmp_path / "a", tmp_path / "b"], ())[0] == {"adam-1": "open", "adam-2": "wrong"}
