"""What happens to a student's folder when processes are killed, meet, may not write, or have no room.

Run as `python -m tests.whole.student CASE FOLDER` by test_student.py: each strike is a process of its own, forked from
this one, which has all modules loaded and no threads. An AssertionError says what was lost.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

from optlib.exercises import __main__ as command
from optlib.exercises import check, folder, progress, safely

MINE = '{"cells": [{"cell_type": "code", "source": "all my work"}]}'
NAMES = ("01_x.ipynb", "02_y.ipynb", "03_z.ipynb")


def given(text):
    body = "# " + "long enough to be cut in two; " * 40
    return {n: json.dumps({"cells": [{"cell_type": "code", "source": f"{n} {text}\n{body}"}]}) for n in NAMES}


def lay(place, text):
    return list(folder.lay(place, given(text)))


def seen(place):
    return {file.name: file.read_text() for file in place.iterdir() if not file.name.startswith(".")}


def begun(act):
    """A process of its own that calls `act`; it ends with what that returns, or with 1 and a traceback."""
    child = os.fork()
    if not child:
        status = 1
        try:
            status = act() or 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return child


def ended(child):
    """The exit status of that process; -9 when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def forked(act):
    return ended(begun(act))


# ---------------------------------------------------------------- killed


def armed(strike, act):
    """act(), killed at the strike-th moment: before and after each call that writes, and in the middle of each text."""
    calls = 0

    def moment():
        nonlocal calls
        calls += 1
        if calls == strike:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(place, name):
        real = getattr(place, name)

        def call(*args, **kwargs):
            moment()
            value = real(*args, **kwargs)
            moment()
            return value

        setattr(place, name, call)

    def opened(*args, **kwargs):
        moment()
        file = open(*args, **kwargs)
        write = file.write

        def halves(text):
            write(text[: len(text) // 2])
            file.flush()
            moment()
            write(text[len(text) // 2 :])

        file.write = halves
        return file

    safely.open = opened
    for place, name in ((os, "replace"), (os, "fsync"), (os, "mkdir"), (os, "unlink")):
        around(place, name)
    act()


def until_it_survives(act):
    """Calls act(strike) for 1, 2, ... until no strike hits any more; the number of moments."""
    for strike in range(1, 500):
        if act(strike) == 0:
            return strike - 1
    raise AssertionError("there is no end to it")


def unhurried():
    """The system outlives a killed process and has what it was given, so nobody need wait for the disk."""
    os.fsync = lambda handle: None


def killed_while_laying(top):
    unhurried()
    assert until_it_survives(lambda number: killed_once(top, number, first=True)) > 30
    assert until_it_survives(lambda number: killed_once(top, number, first=False)) > 30


def killed_once(top, number, first):
    """start, killed at one moment, in an empty folder or beside a changed notebook; the next has a newer book."""
    place = top / f"{first}-{number}"
    if not first:
        lay(place, "old")
        (place / NAMES[0]).write_text(MINE)
    status = forked(lambda: armed(number, lambda: lay(place, "new")))
    mine = {} if first else {NAMES[0]: MINE}
    if place.exists():
        whole = [given("old"), given("new"), mine, {"01_x.new.ipynb": given("new")[NAMES[0]]}]
        for name, text in seen(place).items():
            assert any(texts.get(name) == text for texts in whole), f"{name} is {text[:60]!r}... ({len(text)})"
        assert seen(place).items() >= mine.items(), f"{NAMES[0]} is gone"
        assert first or seen(place).keys() >= set(NAMES), "a notebook is gone"
    lay(place, "newer")
    expected = given("newer") | mine | ({"01_x.new.ipynb": given("newer")[NAMES[0]]} if mine else {})
    assert seen(place) == expected, f"after the next run there are {sorted(seen(place))}"
    assert {file.name for file in place.glob(".*")} == {folder.MEMORY, safely.LOCK}, "parts are left"
    assert lay(place, "newer") == []
    return status


def killed_while_recording(top):
    unhurried()

    def strike(number):
        place = top / str(number)
        lay(place, "old")
        os.chdir(place)
        check("descent-step-1", 0.02)
        before = progress.read(place)
        assert "descent-step-1" in before
        status = forked(lambda: armed(number, lambda: check("adam-2", 5)))
        after = progress.read(place)
        assert after.items() >= before.items(), "an exercise is gone"
        tries = after.get("adam-2", {"tries": 0})["tries"]
        assert check("adam-2", 5).note == "", "the next check is not kept"
        assert progress.read(place)["adam-2"]["tries"] == tries + 1
        return status

    assert until_it_survives(strike) > 8


# ---------------------------------------------------------------- at once


def at_once(acts):
    """The exit statuses of several processes that begin together."""
    gate, key = os.pipe()

    def after_the_gate(act):
        os.close(key)
        os.read(gate, 1)  # returns when the other end is closed
        return act()

    children = [begun(lambda act=act: after_the_gate(act)) for act in acts]
    os.close(gate)
    os.close(key)
    return [ended(child) for child in children]


def slowed():
    """Let the others in wherever something is on its way to the disk."""
    real = os.fsync

    def slow(handle):
        real(handle)
        time.sleep(0.003)

    os.fsync = slow


def laid_at_once(place):
    lay(place, "old")
    (place / NAMES[0]).write_text(MINE)
    slowed()
    assert at_once([lambda: lay(place, "new") and 0] * 5) == [0] * 5
    assert seen(place) == given("new") | {NAMES[0]: MINE, "01_x.new.ipynb": given("new")[NAMES[0]]}
    assert {file.name for file in place.glob(".*")} == {folder.MEMORY, safely.LOCK}


def recorded_at_once(place):
    lay(place, "old")
    os.chdir(place)
    slowed()
    names = [f"{chapter}-{number}" for chapter in ("descent-step", "momentum", "adam") for number in range(1, 7)]

    def student(part):
        for name in names[part::3]:
            assert check(name, "no answer").note == ""

    assert at_once([lambda part=part: student(part) for part in range(3)]) == [0] * 3
    assert progress.read(place).keys() == set(names), "a check at the same time was lost"


# ---------------------------------------------------------------- not allowed, no room


@contextmanager
def frozen(place):
    """Asserts that nothing below `place` changes."""

    def state():
        return {str(f): f.read_bytes() if f.is_file() else None for f in sorted(place.rglob("*"))}

    before = state()
    yield
    assert state() == before, "something was changed"


def said_no(place, *reasons):
    """start on `place`, which must end in one sentence that names the folder and one of the reasons."""
    sentence = command.start(place, then_open=False)
    assert isinstance(sentence, str) and str(place) in sentence and sentence.count("\n") == 0, sentence
    assert any(os.strerror(reason) in sentence for reason in reasons), sentence
    assert "nothing of yours was changed: " in sentence
    return sentence


def not_allowed(top):
    from errno import EACCES

    place, unreadable = top / "work", top / "unreadable"
    for made in (place, unreadable):
        lay(made, "old")
        (made / NAMES[0]).write_text(MINE)
    os.chdir(place)
    check("descent-step-1", 3)
    for file in (top, place, *place.iterdir()):
        file.chmod(0o555 if file.is_dir() else 0o444)
    unreadable.chmod(0o777)
    (unreadable / NAMES[0]).chmod(0o000)
    for file in (folder.MEMORY, safely.LOCK):
        (unreadable / file).chmod(0o666)

    def act():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        try:
            (place / "probe").write_text("")
        except PermissionError:
            pass
        else:
            raise AssertionError("this user may write here, so nothing is shown")
        command.starters = lambda: given("new")
        with frozen(place):
            assert "name a folder of your own" in said_no(place, EACCES)
            said_no(top / "not there yet", EACCES)
            verdict = check("descent-step-1", 0.02)
            assert verdict.message == "Right." and "Permission denied" in verdict.note, verdict
            assert command.status(place) == 0
        before = os.stat(unreadable / NAMES[0])
        assert "lies beside it" in " ".join(lay(unreadable, "new"))
        assert os.stat(unreadable / NAMES[0]) == before

    try:
        assert forked(act) == 0
    finally:
        for file in (top, place):
            file.chmod(0o755)
        (unreadable / NAMES[0]).chmod(0o644)
    assert (unreadable / NAMES[0]).read_text() == MINE


def no_room(top):
    """Files may not grow past a size: as on a full disk, a write fails after its first bytes went through."""
    from errno import EFBIG

    size = len(given("new")[NAMES[0]])

    def limited(bytes_, act):
        def inside():
            resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))
            return act()

        return forked(inside)

    for bytes_ in (0, 1, 100, size // 2, size - 1):
        place = top / str(bytes_)
        lay(place, "old")
        (place / NAMES[0]).write_text(MINE)
        os.chdir(place)
        check("descent-step-1", 3)
        done = progress.read(place)
        done |= {f"another-{n}": done["descent-step-1"] for n in range(20)}
        (place / progress.FILE).write_text(json.dumps(done))

        def start(place=place):
            command.starters = lambda: given("new")
            assert "make room" in said_no(place, EFBIG)

        def answer():
            verdict = check("descent-step-1", 0.02)
            assert verdict.message == "Right." and os.strerror(EFBIG) in verdict.note, verdict

        visible = seen(place)
        assert limited(bytes_, start) == 0
        assert limited(bytes_, answer) == 0
        assert seen(place) == visible, "something was changed"
        assert {file.name for file in place.glob(".*")} == {folder.MEMORY, safely.LOCK}, "parts are left"
        lay(place, "new")
        beside = {"01_x.new.ipynb": given("new")[NAMES[0]]}
        assert seen(place) == visible | given("new") | {NAMES[0]: MINE} | beside


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]))
