"""Tries to break out before any student can: `open_doors()` says in sentences what a submission could do here.

The second half runs locked in, as `python probe.py SOCKET FOLDER_OF_OPTLIB`.
"""

import mmap
import os
import socket
import sys
import tempfile
from pathlib import Path


def open_doors(memory):
    """What the lock does not hold on this system: sentences, none where it holds."""
    from book.grading import judge, wire

    if not sys.platform.startswith("linux"):
        return ["Submissions can be locked in on Linux only (WSL and containers too)."]
    with judge.folder() as root, judge.folder() as other, socket.create_server(("127.0.0.1", 0)) as server:
        secret = Path(other, "secret")
        secret.write_text("of another submission")
        checks = Path(judge.optlib.__file__).resolve().parent / "exercises"
        student = judge.Student(judge.settings(root, 0, memory=memory), program=judge.HERE / "probe.py")
        try:
            tried = dict(port=server.getsockname()[1], secret=str(secret), checks=str(checks), memory=memory)
            wire.send(student.link, tried | {"parent": os.getpid()})
            opened = wire.receive(student.link, judge.time.monotonic() + judge.START_SECONDS)["open"]
            return [f"A submission could {what} on this system." for what in opened]
        except wire.Lost as lost:
            student.process.wait(5)
            return [(student.process.stderr.read() or b"").decode().strip() or f"The lock cannot be tried: it {lost}."]
        finally:
            student.close()
            student.process.stderr.close()


def connect(port, **_):
    socket.create_connection(("127.0.0.1", port), timeout=2).close()


def read_others(secret, **_):
    open(secret).close()


def read_checks(checks, **_):
    open(f"{checks}/kinds.py").close()


def write(checks, **_):
    open(f"{checks}/../ops.py", "a").close()


def write_elsewhere(**_):
    if not os.access("/", os.W_OK):  # and nothing is left there where it can
        raise PermissionError


def signal_others(parent, **_):
    os.kill(parent, 0)


def start(**_):
    if not os.fork():
        os._exit(0)


def allocate(memory, **_):
    mmap.mmap(-1, memory).close()  # asked for, and not touched


def fill(**_):
    with tempfile.TemporaryFile(dir="/tmp") as file:
        file.truncate(2**30)


def be_root(**_):
    os.setuid(0)


DOORS = {
    "use the network": connect,
    "read other submissions": read_others,
    "read the checks": read_checks,
    "change optlib": write,
    "write outside its /tmp": write_elsewhere,
    "send signals to the grader": signal_others,
    "start processes": start,
    "use all memory": allocate,
    "fill the disk": fill,
    "be root": be_root,
}


def main():
    import wire  # beside this file

    link = socket.socket(fileno=int(sys.argv[1]))
    given, opened = wire.receive(link), []
    for what, door in DOORS.items():
        try:
            door(**given)
        except (OSError, MemoryError):
            continue
        opened.append(what)
    wire.send(link, {"open": opened})


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    main()
