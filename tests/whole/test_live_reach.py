"""What the page loads for a check is what the check imports, seen in a fresh Python that is asked all of them."""

import json
import subprocess
import sys
from pathlib import Path

from book.live.reach import table

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"sklearn", "sympy", "mpmath", "scipy", "matplotlib", "pandas"}

# Writes down every package that a module of optlib asks for while a check reads answers of each kind.
WATCH = """
import builtins, json, sys

asked, given = set(), builtins.__import__
def watch(name, globals=None, locals=None, fromlist=(), level=0):
    if globals and str(globals.get("__name__")).startswith("optlib") and not level:
        asked.add(name.partition(".")[0])
    return given(name, globals, locals, fromlist, level)
builtins.__import__ = watch

from optlib.exercises import CHAPTERS, check, exercises
seen = {}
for chapter in CHAPTERS:
    for name in exercises(chapter):
        asked.clear()
        for module in [m for name, m in list(sys.modules.items()) if name.startswith("optlib.problems")]:
            for value in list(vars(module).values()):
                getattr(value, "cache_clear", int)()
        for answer in (12345.678, [1.5, 2.5], "1", lambda *_: None):
            check(name, answer)
        seen[name] = sorted(asked)
print(json.dumps(seen))
"""


def test_a_check_imports_what_the_table_says_and_no_more():
    done = subprocess.run([sys.executable, "-c", WATCH], capture_output=True, text=True, cwd=ROOT, check=True)
    said = table(ROOT / "optlib")
    seen = {name: set(found) & HEAVY for name, found in json.loads(done.stdout).items()}
    assert {"sklearn", "sympy", "mpmath"} <= set().union(*seen.values()) and len(seen) > 80
    unforeseen = {name: found - set(said.get(f"check {name}", ())) for name, found in seen.items()}
    assert {name: found for name, found in unforeseen.items() if found} == {}
    idle = {name: set(said.get(f"check {name}", ())) - found for name, found in seen.items()}
    assert sum(map(bool, idle.values())) <= 5, idle  # a page that loads what is not used is slow, not wrong
