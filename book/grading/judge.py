"""Judges one submission: its cells run elsewhere, locked in; the checks run here, on what comes back as data.

So no mark is ever computed where a student's code runs, and what that code does to NumPy, to `check` or to files
changes only its own answers.
"""

import contextlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np

import optlib
from book.grading import wire
from book.grading.slices import needed
from optlib.exercises import check, guard

HERE = Path(__file__).resolve().parent
JAIL = HERE / "jail.py"
SECONDS = 60.0  # of a notebook
CELL_SECONDS = 15.0
START_SECONDS = 20.0
MEMORY = 2 * 2**30
DISK = 64 * 2**20  # of its /tmp
CALL_SECONDS = guard.SECONDS  # of all calls of one function, as in a notebook
LARGEST = 20 * 2**20  # bytes of a notebook
USERS = 60600  # the first of the numbers that nobody has as a user
ENVIRONMENT = {
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/.matplotlib",
    "DESCENT_PROGRESS": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "1",
}


def settings(root, slot, locked=True, memory=MEMORY, seconds=SECONDS):
    """What jail.py is told: the folders that Python and optlib lie in, and the limits."""
    library = Path(optlib.__file__).resolve().parent
    wanted = [sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")]
    wanted += [sysconfig.get_path("platlib"), str(library), str(HERE)]
    wanted += ["/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache"]
    read = []
    for path in wanted:  # the outer folders come first, so that an inner one need not be shown again
        path = os.path.abspath(path)
        if os.path.exists(path) and not any(
            Path(path).is_relative_to(seen) for seen in read if not os.path.islink(seen)
        ):
            read.append(path)
    return {
        "root": str(root),
        "locked": locked,
        "uid": USERS + slot,
        "read": sorted(read, key=len),
        "cover": {str(library / "exercises"): ["guard.py", "verdict.py"]},
        "copy": {str(path): f"/tmp/.matplotlib/{path.name}" for path in _fonts()},
        "memory": int(memory),
        "seconds": int(seconds) + 5,
        "disk": DISK,
        "environment": ENVIRONMENT,
    }


def _fonts():
    """Matplotlib's list of fonts, which takes seconds and a thread to make anew."""
    try:
        import matplotlib
    except ImportError:
        return []
    return Path(matplotlib.get_cachedir()).glob("fontlist-*.json")


class Broken(Exception):
    """The student's process cannot be used any more; the text says what it did, where there is more to say."""


class Student:
    """The process that runs a submission's cells. `left` is the time that the functions of one check still have."""

    def __init__(self, given, program=HERE / "inside.py"):
        ours, theirs = socket.socketpair()
        library = str(Path(optlib.__file__).resolve().parent.parent)
        inner = [sys.executable, "-I", "-B", str(program), str(theirs.fileno()), library]
        outer = [sys.executable, "-I", "-S", str(JAIL), json.dumps(given)]
        self.link, self.functions, self.left, self.lost = ours, [], CALL_SECONDS, ""
        self.locked = given["locked"]
        self.process = subprocess.Popen(
            outer + inner,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program.name == "probe.py" else subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            cwd=given["root"],
        )
        theirs.close()

    def close(self):
        """End the process and all that it started, and wait until nothing is left of them."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self.locked:
                self.process.terminate()  # which jail.py passes on, and waits for
                self.process.wait(5)
        if not self.locked or self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.link.close()

    def keep(self, function):
        self.functions.append(function)
        return len(self.functions) - 1

    def stand_in(self, number, kind):
        """What stands here for a function of the student's: an object of a type with the same name."""

        def call(_, *args):
            return self.call(number, args)

        return type(kind, (), {"__call__": call})()

    def call(self, number, args):
        """Call a function there. Raises guard.Trouble with what it did instead of returning."""
        self.lost, begin = "did not end in time", time.monotonic()
        end = begin + self.left + 1
        wire.send(self.link, {"call": number, "args": wire.encode(args, self.keep), "seconds": max(self.left, 0.01)})
        try:
            while "value" not in (reply := wire.receive(self.link, end)) and "trouble" not in reply:
                wire.send(self.link, self.asked(reply))
        except wire.Lost as lost:
            self.lost = str(lost)
            raise guard.Trouble(guard.CANNOT_END.format(CALL_SECONDS) if "time" in self.lost else self.lost) from None
        self.lost, self.left = "", self.left - (time.monotonic() - begin)
        if "trouble" in reply:
            raise guard.Trouble(str(reply["trouble"])[:400])
        for place, new in dict(reply.get("changed") or {}).items():
            old, new = args[int(place)], wire.decode(new, self.stand_in)
            old[...] = new if np.shape(new) == old.shape else old + 1  # another shape is another change
        return wire.decode(reply["value"], self.stand_in)

    def asked(self, message):
        """The answer to a function that asks one of the exercise's, such as its gradient."""
        if "check" in message:  # a function that checks something itself learns nothing
            return {"verdict": [str(message["check"]), "open"]}
        try:
            function = self.functions[int(message["ask"])]
            args, more = (wire.decode(message[key], self.stand_in) for key in ("args", "more"))
            return {"value": wire.encode(function(*args, **more), self.keep)}
        except Exception as error:
            return {"raise": [type(error).__name__, str(error)[:400]]}


def judge(cells, root, slot=0, seconds=SECONDS, patience=CELL_SECONDS, **more):
    """Run the cells of one notebook; returns ([(name, verdict) of each check, in their order], [remarks]).

    root: an empty folder.  A cell that runs longer than `patience` seconds, or that ends Python, is left out, and the
    others run again; what was judged before then stands.
    """
    verdicts, remarks, skip, end = {}, [], [], time.monotonic() + seconds
    guard.SECONDS = CALL_SECONDS + 2  # the student's own process is to notice first
    while time.monotonic() < end:
        student = Student(settings(root, slot, seconds=seconds, **more))
        try:
            _follow(student, cells, skip, verdicts, remarks, end, patience)
            return _in_order(verdicts), remarks
        except Broken as broken:
            remarks += [str(broken)] if str(broken) not in ["", *remarks] else []
        finally:
            student.close()
    return _in_order(verdicts), [*remarks, f"stopped after {seconds:g} seconds"]


def _in_order(verdicts):
    return [pair for cell in sorted(verdicts) for pair in verdicts[cell]]


def _follow(student, cells, skip, verdicts, remarks, end, patience):
    """Go along with a student's process to its end; raises Broken when that is not where it ends.

    verdicts: {cell: what was judged in it}; what a process before this one was told, this one is told again.
    patience: how many seconds a cell may run, without what the judging takes.
    """
    seen, cell, limit = 0, None, time.monotonic() + START_SECONDS
    try:
        wire.send(student.link, {"cells": cells, "skip": skip})
        while "end" not in (message := wire.receive(student.link, min(end, limit))):
            if "check" in message:
                begin = time.monotonic()
                if seen == len(known := verdicts.setdefault(cell, [])):
                    known.append(_verdict(student, message))
                name, verdict = known[seen]
                seen += 1
                limit += time.monotonic() - begin
                if student.lost:
                    raise Broken(f"{name}: the function {student.lost}")
                wire.send(student.link, {"verdict": [name, verdict.state, verdict.hint]})
            elif "cell" in message:
                if cell != int(message["cell"]):
                    seen, cell, limit = 0, int(message["cell"]), time.monotonic() + patience
                if "failed" in message and (said := f"cell {cell + 1} {str(message['failed'])[:200]}") not in remarks:
                    remarks.append(said)
            else:
                raise wire.Lost("sent what nobody can read")
    except (wire.Lost, ValueError, TypeError, KeyError) as error:
        if time.monotonic() >= end:
            raise Broken from None
        if cell is None or cell in skip:
            raise Broken("Python did not start") from None
        skip.append(cell)
        raise Broken(
            f"cell {cell + 1} {error if isinstance(error, wire.Lost) else 'sent what nobody can read'}"
        ) from None


def _verdict(student, message):
    """(name, verdict) of what was handed to check."""
    name, student.left = str(message["check"])[:100], CALL_SECONDS
    try:
        answer = wire.decode(message["answer"], student.stand_in)
    except ValueError:
        answer = object()
    return name, check(name, answer)


def cells_of(path, book=()):
    """The code cells of a notebook, empty where they need not run. Raises ValueError for another file.

    book: the sources of the chapters' own cells, of which only those run that `needed` finds.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            raise ValueError("is no file, or a very large one")
        text = file.read()
    try:
        notebook = nbformat.reads(text.decode("utf-8", errors="replace"), as_version=4)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        sources = ["" if _of_a_tool(cell) else str(cell.source) for cell in cells]
    except Exception:
        raise ValueError("is no notebook") from None
    return needed(sources, {source.strip() for source in book})


def _of_a_tool(cell):
    """Whether a cell is one that Otter or nbgrader put into the notebook in order to grade it."""
    graded = cell.metadata.get("nbgrader", {}).get("grade")
    return graded or re.search(r"^grader\.|^grader = otter\.", str(cell.source), flags=re.M)


def folder():
    """A new empty folder for the root of a submission's file system."""
    return tempfile.TemporaryDirectory(prefix="descent-")
