"""The student's folder: what is theirs stays, whatever happens on the way."""

import errno
import json
import os

import pytest

from optlib.exercises import __main__ as command
from optlib.exercises import folder, safely


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(safely.os, "fsync", lambda handle: None)


def notebook(*sources):
    cells = [{"cell_type": "code", "source": s, "outputs": [], "metadata": {}} for s in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def given(text):
    return {name: notebook(f"{name} {text}") for name in ("01_x.ipynb", "02_y.ipynb")}


def lay(place, text):
    return list(folder.lay(place, given(text)))


def held(place):
    """What a student sees in the folder: name -> text."""
    return {f.name: f.read_text() for f in place.iterdir() if not f.name.startswith(".")}


def test_a_folder_is_made_and_a_second_run_has_nothing_to_do(tmp_path):
    place = tmp_path / "a" / "work"
    assert lay(place, "old") == ["01_x.ipynb: your copy.", "02_y.ipynb: your copy."]
    assert held(place) == given("old")
    assert lay(place, "old") == []


def test_a_copy_that_nobody_changed_follows_the_book(tmp_path):
    lay(tmp_path, "old")
    ran = json.loads((tmp_path / "01_x.ipynb").read_text())
    ran["cells"][0]["execution_count"] = 7  # run, not changed
    ran["cells"].append(ran["cells"][0] | {"source": "\n"})  # and Jupyter opened an empty cell below
    (tmp_path / "01_x.ipynb").write_text(json.dumps(ran))
    assert lay(tmp_path, "old") == []
    assert all("now the new version" in sentence for sentence in lay(tmp_path, "new"))
    assert held(tmp_path) == given("new")


DAMAGED = {
    "damaged": '{"01_x.ipynb": {"bo',
    "damaged with depth": "[" * 50_000,
    "damaged with nothing": '{"01_x.ipynb": {"book": [null], "offered": null}}',
    "damaged with less": '{"01_x.ipynb": {"offered": null}}',
}


@pytest.mark.parametrize("mine", [notebook("01_x.ipynb old", "mine"), "no notebook any more", "[" * 50_000, ""])
@pytest.mark.parametrize("remembered", ["yes", "no", *DAMAGED])
def test_a_changed_copy_is_never_touched(tmp_path, mine, remembered):
    if remembered != "no":
        lay(tmp_path, "old")
    if "damaged" in remembered:
        (tmp_path / folder.MEMORY).write_text(DAMAGED[remembered])
    (tmp_path / "01_x.ipynb").write_text(mine)
    said = lay(tmp_path, "new")
    assert "lies beside it as 01_x.new.ipynb" in " ".join(said)
    assert ("is damaged" in said[0]) == ("damaged" in remembered)
    assert held(tmp_path)["01_x.ipynb"] == mine
    assert held(tmp_path)["01_x.new.ipynb"] == given("new")["01_x.ipynb"]
    assert lay(tmp_path, "new") == []  # offered once
    (tmp_path / "01_x.new.ipynb").unlink()
    assert lay(tmp_path, "new") == []  # also where it was put away
    (tmp_path / "01_x.new.ipynb").write_text(mine)  # the student works in that one
    lay(tmp_path, "newer")
    lay(tmp_path, "newest")
    assert held(tmp_path)["01_x.ipynb"] == held(tmp_path)["01_x.new.ipynb"] == mine
    assert held(tmp_path)["01_x.new-2.ipynb"] == given("newest")["01_x.ipynb"]


def test_a_folder_of_the_first_version_is_understood(tmp_path):
    old = folder.digest(given("old")["01_x.ipynb"])
    (tmp_path / folder.MEMORY).write_text(json.dumps({"01_x.ipynb": {"laid": old, "offered": old}}))
    (tmp_path / "01_x.ipynb").write_text(given("old")["01_x.ipynb"])
    lay(tmp_path, "new")
    assert held(tmp_path) == given("new")


def test_a_deleted_notebook_comes_back_and_other_files_stay(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    (tmp_path / "02_y.ipynb").write_text("mine")
    assert lay(tmp_path, "old")[0] == f"{tmp_path} held other files; they stay as they are."
    (tmp_path / "01_x.ipynb").unlink()
    assert lay(tmp_path, "old") == ["01_x.ipynb: your copy."]
    assert held(tmp_path) == given("old") | {
        "thesis.txt": "mine",
        "02_y.ipynb": "mine",
        "02_y.new.ipynb": given("old")["02_y.ipynb"],
    }


@pytest.mark.parametrize("target", ["elsewhere.ipynb", "nowhere.ipynb"])
def test_a_link_is_the_students_and_so_is_what_it_leads_to(tmp_path, target):
    place, target = tmp_path / "work", tmp_path / target
    lay(place, "old")
    if target.name == "elsewhere.ipynb":
        (place / "01_x.ipynb").rename(target)
    else:
        (place / "01_x.ipynb").unlink()
    (place / "01_x.ipynb").symlink_to(target)
    assert "beside it as 01_x.new.ipynb" in lay(place, "new")[0]
    assert (place / "01_x.ipynb").is_symlink() and (place / "01_x.ipynb").readlink() == target
    assert not target.exists() or target.read_text() == given("old")["01_x.ipynb"]


def test_a_folder_behind_a_link_is_a_folder(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "work").symlink_to("disk")
    lay(tmp_path / "work", "old")
    assert held(tmp_path / "disk") == given("old")


def test_what_is_saved_while_the_new_version_is_written_stays(tmp_path, monkeypatch):
    lay(tmp_path, "old")

    def saved(path, part):
        if path.name == "01_x.ipynb":
            path.write_text("saved in between")

    monkeypatch.setattr(safely.shutil, "copymode", saved)  # called when the new text is on the disk
    lay(tmp_path, "new")
    assert held(tmp_path)["01_x.ipynb"] == "saved in between"
    assert held(tmp_path)["01_x.new.ipynb"] == given("new")["01_x.ipynb"]


MINE = notebook("mine")
OPERATIONS = ("open", "fsync", "copymode", "replace")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_an_error_anywhere_loses_nothing_and_the_next_run_goes_on(tmp_path, monkeypatch, operation, code):
    """Fails at the first, second, ... call of one operation until a run gets through."""
    real, calls = {}, 0

    def failing(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == strike:
            raise OSError(code, os.strerror(code))
        return real[operation](*args, **kwargs)

    real |= {"open": open, "fsync": os.fsync, "copymode": safely.shutil.copymode, "replace": os.replace}
    where = {"open": safely, "fsync": safely.os, "copymode": safely.shutil, "replace": safely.os}[operation]
    for strike in range(1, 30):
        place, calls = tmp_path / str(strike), 0
        lay(place, "old")
        (place / "01_x.ipynb").write_text(MINE)
        with monkeypatch.context() as patch:
            patch.setattr(where, operation, failing, raising=False)
            patch.setattr(command, "starters", lambda: given("new"))
            answer = command.start(place, then_open=False)
        assert answer == 0 or (str(place) in answer and "nothing of yours was changed" in answer)
        assert held(place)["01_x.ipynb"] == MINE
        assert held(place)["02_y.ipynb"] in (given("old")["02_y.ipynb"], given("new")["02_y.ipynb"])
        lay(place, "new")
        assert held(place) == given("new") | {"01_x.ipynb": MINE, "01_x.new.ipynb": given("new")["01_x.ipynb"]}
        assert not list(place.glob(safely.PARTS))
        if calls < strike:
            break
    assert 3 <= strike < 29


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path, monkeypatch):
    (tmp_path / "work").write_text("mine")
    monkeypatch.setattr(command, "starters", lambda: given("old"))
    answer = command.main(["start", str(tmp_path / "work")])
    assert answer.endswith("nothing of yours was changed: name a folder, there or not yet there.")
    assert (tmp_path / "work").read_text() == "mine"


def test_a_folder_in_use_is_waited_for_and_then_named(tmp_path):
    with safely.locked(tmp_path, 1), pytest.raises(TimeoutError, match=r"for 0\.05 seconds"):
        with safely.locked(tmp_path, 0.05):
            pass
    with safely.locked(tmp_path, 0):
        pass


def test_the_rights_of_a_file_stay(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o600)
    safely.write(tmp_path / "a", "new")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_a_text_is_on_the_disk_before_it_takes_the_place_of_another(tmp_path, monkeypatch):
    """A power cut after the move must not leave an empty file; nothing here can cut the power, so the order is seen."""
    order, replace = [], os.replace
    monkeypatch.setattr(safely.os, "fsync", lambda handle: order.append("fsync"))
    monkeypatch.setattr(safely.os, "replace", lambda *paths: order.append("replace") or replace(*paths))
    safely.write(tmp_path / "a", "text")
    assert order == ["fsync", "replace", "fsync"]
