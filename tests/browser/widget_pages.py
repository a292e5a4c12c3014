"""Small pages with widgets, as a chapter's cell would show them: `python -m tests.browser.widget_pages FOLDER`.

Run by the Python that builds the book; the tests' own has no ipywidgets.
"""

import re
import sys
from pathlib import Path

from optlib import widgets
from optlib.widgets import Explorer, Stream, module_source

KINDS = [getattr(widgets, name) for name in widgets.__all__ if name[0].isupper()]
LOADED = ["momentum", "nesterov", "adam"]  # all three take the momentum slider
PAGES = {kind.__name__.lower(): lambda kind=kind: [kind()] for kind in KINDS} | {  # each as it opens, and these
    "descent": lambda: [Explorer(question="descent")],
    "stability": lambda: [Explorer(question="stability")],
    "two": lambda: [Explorer(question="descent"), Explorer(question="descent", lr={"sgd": 0.05}, start=[1.5, -1.0])],
    "heavy": lambda: [Explorer(landscape="rosenbrock", rules=LOADED, step=500)],
    "heavy_tilted": lambda: [Explorer(landscape="tilted_ravine", rules=LOADED, step=500)],
    "heavy_stability": lambda: [Explorer(question="stability", step=500)],
    "heavy_stream": lambda: [Stream(steps=2000, chosen=["adam", "adamax", "nadam"])],
}
PAGE = """<!doctype html>
<html lang="en" data-theme="light">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/fonts/fonts.css">
<style>html {{ background: #fff; }} html[data-theme="dark"] {{ background: #14181e; }}
body {{ max-width: 44rem; margin: 1rem auto; padding: 0 1rem; }}
.descent-stage:not(.ready) {{ position: absolute; inset-inline: 0; visibility: hidden; }}
.descent-widget {{ position: relative; margin-bottom: 3rem; }}</style>
<main><h1>{name}</h1>{body}</main>
<script type="module" src="_static/loader.js"></script>
</html>
"""


def main(folder):
    (folder / "_static" / "widgets").mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        body = "\n".join(widget._repr_mimebundle_()[0]["text/html"] for widget in make())
        (folder / f"{name}.html").write_text(PAGE.format(name=name, body=body), encoding="utf-8")
        for module in re.findall(r'data-module="([^"]+)"', body):
            (folder / "_static" / "widgets" / module).write_text(module_source(module), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
