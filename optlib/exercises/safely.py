"""Files that are whole at every moment: written beside, then moved into place, by one process at a time."""

import os
import shutil
import time
from contextlib import contextmanager, suppress

LOCK = ".descent.lock"
PARTS = ".descent-*.part"


def write(path, text, may=lambda path: True):
    """Put `text` at `path` in one move; return whether it was done.

    may: function of the path, asked when the text lies on the disk already; what it refuses is not replaced.
    Raises OSError; what lay at `path` is then as it was.
    """
    part = path.with_name(PARTS.replace("*", os.urandom(4).hex()))
    try:
        with open(part, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):  # who may read the old file may read the new one, and nobody else
            shutil.copymode(path, part)
        if not may(path):
            return False
        os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    _settle(path.parent)
    return True


def _settle(folder):
    # the move itself should survive a power cut; where folders cannot be opened (Windows) the system sees to it
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(folder):
    """Remove what a killed `write` left behind; only while `locked`, since another one's part looks the same."""
    for part in folder.glob(PARTS):
        part.unlink(missing_ok=True)


@contextmanager
def locked(folder, seconds):
    """Keep other processes from writing in `folder`; a process that ends in whatever way lets go.

    Raises TimeoutError when another one held it for so many seconds, OSError when the folder cannot be written.
    """
    end = time.monotonic() + seconds
    with open(folder / LOCK, "a") as file:
        while not _taken(file):
            if time.monotonic() > end:
                raise TimeoutError(f"another process has been writing there for {seconds:g} seconds")
            time.sleep(0.01)
        yield


def _taken(file):
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: one student at one desk is safe without
        return True
    return True
