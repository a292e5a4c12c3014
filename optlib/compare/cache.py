"""Outcomes kept on disk, each under a name made of all that was asked."""

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from optlib.compare.fingerprint import Nameless, fingerprint

KEPT = 200  # entries; the oldest go first


def folder(wanted=None):
    """Where outcomes are kept, or None for nowhere.

    wanted: a folder; True for the user's cache; False for nowhere; None for the user's cache, unless the environment
    has CI or DESCENT_CACHE=0.  DESCENT_CACHE can also name a folder.
    """
    if wanted is None and (os.environ.get("CI") or os.environ.get("DESCENT_CACHE") == "0"):
        return None
    if wanted is False:
        return None
    if wanted in (None, True):
        named = os.environ.get("DESCENT_CACHE", "0")
        return _users() / "descent" / "compare" if named == "0" else Path(named)
    if not isinstance(wanted, str | os.PathLike):
        raise TypeError(f"cache must be a folder, True, False or None, got {wanted!r}")
    return Path(wanted)


def entry(place, question):
    """The file for a question, or None where nothing is kept or the question has no name."""
    if place is None:
        return None
    try:
        return place / f"{fingerprint(question)[:32]}.json"
    except (Nameless, ValueError, RecursionError):  # an empty closure, a circle that grows
        return None


def load(file):
    """What was stored, or None: a damaged file counts as none."""
    with suppress(OSError, ValueError, RecursionError):
        check, _, text = file.read_text(encoding="utf-8").partition("\n")
        if hashlib.sha256(text.encode()).hexdigest() == check:
            return json.loads(text)
    return None


def store(file, content):
    """Write JSON, and say whether it was possible; whoever is killed meanwhile leaves the file as it was."""
    import tempfile  # drags in much that `import optlib` does not need

    text = json.dumps(content)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file.parent, suffix=".draft")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")
            os.replace(draft, file)
        except BaseException:
            os.unlink(draft)
            raise
        entries = sorted(file.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in entries[KEPT:]:
            old.unlink()
        return True
    return False


def _users():
    """The folder for caches of the user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
