"""What a student has solved is kept where `start` made the folder, and there alone."""

import json
import os
import threading

import pytest

from optlib.exercises import CHAPTERS, check, exercises, folder, progress, safely
from optlib.exercises import __main__ as command

RIGHT, WRONG = 0.02, 3


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A student's folder, which is the current one."""
    monkeypatch.setattr(safely.os, "fsync", lambda handle: None)  # no waiting for the disk
    list(folder.lay(tmp_path, {}))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(place):
    return json.loads((place / progress.FILE).read_text())


def test_tries_count_up_to_the_first_right_answer_which_stays(place):
    for answer in (..., WRONG, WRONG, RIGHT, WRONG, RIGHT):
        assert check("descent-step-1", answer).note == ""
    entry = kept(place)["descent-step-1"]
    assert (entry["state"], entry["tries"]) == ("right", 3)
    assert entry["first"] <= entry["solved"] and entry["solved"].endswith("+00:00")


def test_an_open_answer_and_an_unknown_exercise_leave_no_trace(place):
    check("descent-step-1", ...)
    check("descent-step-99", 1)
    assert not (place / progress.FILE).exists()


def test_without_a_folder_of_start_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check("descent-step-1", RIGHT).right
    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_counts_and_what_else_stands_in_the_file_stays(place, monkeypatch):
    mine = {"knitting-1": {"state": "right", "tries": 1, "mood": "good"}}
    (place / progress.FILE).write_text(json.dumps(mine))
    (place / "drafts").mkdir()
    monkeypatch.chdir(place / "drafts")
    check("descent-step-1", RIGHT)
    assert kept(place).keys() == {"knitting-1", "descent-step-1"} and kept(place).items() >= mine.items()


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"descent-step-1": "right"}', "[" * 50_000, '{"a": {"state": []}}'])
def test_a_damaged_file_is_named_and_stays(place, text):
    (place / progress.FILE).write_text(text)
    verdict = check("descent-step-1", RIGHT)
    assert verdict.right and verdict.message == "Right."
    assert "progress.json in" in verdict.note and "mend it" in verdict.note and "<small>" in verdict._repr_html_()
    assert (place / progress.FILE).read_text() == text
    assert "is damaged" in command.main(["status"])


def test_a_file_behind_a_link_is_written_where_it_lies(place, tmp_path_factory):
    target = tmp_path_factory.mktemp("disk") / "mine.json"
    target.write_text("{}")
    (place / progress.FILE).symlink_to(target)
    check("descent-step-1", RIGHT)
    assert (place / progress.FILE).is_symlink() and json.loads(target.read_text())["descent-step-1"]["tries"] == 1


def test_a_folder_that_is_gone_does_not_keep_the_verdict(place, monkeypatch):
    (place / "gone").mkdir()
    os.chdir(place / "gone")
    (place / "gone").rmdir()
    assert check("descent-step-1", RIGHT).right
    monkeypatch.chdir(place)


def test_checks_at_once_all_arrive(place):
    names = [f"{chapter}-{i}" for chapter in ("descent-step", "momentum", "adam") for i in range(1, 7)]
    workers = [threading.Thread(target=check, args=(name, "no answer")) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert kept(place).keys() == set(names)


def test_status_is_a_table_with_totals(place, monkeypatch, capsys):
    for name, answer in (("descent-step-1", RIGHT), ("descent-step-2", [1, 1]), ("adam-2", 5), ("adam-5", 1)):
        check(name, answer)
    assert command.main(["status", str(place)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(place) and lines[2].split()[:4] == ["chapter", "solved", "tried", "open"]
    rows = {line[:24].strip(): line[24:].split() for line in lines[3:]}
    sizes = {chapter: len(exercises(chapter)) for chapter in CHAPTERS}
    assert rows["1 descent-step"] == ["1", "1", str(sizes["descent-step"] - 2), "2"]
    assert rows["7 adam"] == ["0", "2", str(sizes["adam"] - 2), "2,", "5"]
    assert rows["together"] == ["1", "3", str(sum(sizes.values()) - 4)]
    assert len(rows) == len(CHAPTERS) + 1


def test_status_finds_the_folder_or_says_that_there_is_none(place, tmp_path_factory, monkeypatch, capsys):
    other = tmp_path_factory.mktemp("other")
    monkeypatch.chdir(other)
    assert command.main(["status"]) == (
        "The current folder is not a folder that start made: name the one with your notebooks, or run start."
    )
    assert "nowhere is not a folder that start made" in command.main(["status", "nowhere"])
    list(folder.lay(other / "work", {}))
    assert command.main(["status"]) == 0
    assert capsys.readouterr().out.startswith(f"{other / 'work'}\n")
