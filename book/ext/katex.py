"""KaTeX in one node process: LaTeX in, HTML out.  Style sheet and fonts come from the same npm package."""

import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from book.ext import places

SCRIPT = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { latex, displayMode } = JSON.parse(line);
  let answer;
  try {
    const html = katex.renderToString(latex, { displayMode, throwOnError: true, strict: "ignore" });
    // the source inside the MathML is read by nobody here and is a fifth of it
    answer = { html: html.replace(/<semantics>(.*)<annotation[^>]*>.*<\\/annotation><\\/semantics>/s, "$1") };
  }
  catch (error) { answer = { error: error.message }; }
  console.log(JSON.stringify(answer));
});
"""
PACKAGE = places.ROOT / "node_modules" / "katex"


@functools.cache
def _process(owner):
    """The node process of this Python process (`owner` is its id: a fork must not share the pipe)."""
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if not node or not PACKAGE.is_dir():
        raise RuntimeError("equations need node and node_modules/katex: run `make setup`")
    command = [node, "--input-type=commonjs", "-e", SCRIPT, str(PACKAGE)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    atexit.register(process.kill)
    return process


@functools.cache
def render(latex, display):
    """The HTML of a formula, inline or displayed.  Raises ValueError with KaTeX's own words for what it cannot read."""
    process = _process(os.getpid())
    process.stdin.write(json.dumps({"latex": latex, "displayMode": display}) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"KaTeX's process ended with {process.wait()}")
    answer = json.loads(answer)
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["html"]
