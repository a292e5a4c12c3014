"""Small pages with widgets, as a chapter's cell would show them: `python -m tests.browser.widget_pages FOLDER`.

Run by the Python that builds the book; the tests' own has no ipywidgets.
"""

import sys
from pathlib import Path

from optlib.widgets import (
    Balls,
    Basins,
    Batches,
    Composer,
    Damping,
    Decay,
    Explorer,
    Kronecker,
    Rates,
    Regret,
    Stream,
    Valley,
    module_source,
)

LOADED = ["momentum", "nesterov", "adam"]  # all three take the momentum slider
PAGES = {
    "descent": lambda: [Explorer(question="descent")],
    "stability": lambda: [Explorer(question="stability")],
    "explorer": lambda: [Explorer()],
    "stream": lambda: [Stream()],
    "balls": lambda: [Balls()],
    "basins": lambda: [Basins()],
    "batches": lambda: [Batches()],
    "rates": lambda: [Rates()],
    "composer": lambda: [Composer()],
    "damping": lambda: [Damping()],
    "decay": lambda: [Decay()],
    "kronecker": lambda: [Kronecker()],
    "regret": lambda: [Regret()],
    "valley": lambda: [Valley()],
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
    for module in (
        "balls.js",
        "basins.js",
        "batches.js",
        "composer.js",
        "damping.js",
        "decay.js",
        "explorer.js",
        "kronecker.js",
        "rates.js",
        "regret.js",
        "stream.js",
        "valley.js",
    ):
        file = folder / "_static" / "widgets" / module
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(module_source(module), encoding="utf-8")
    for name, make in PAGES.items():
        body = "\n".join(widget._repr_mimebundle_()[0]["text/html"] for widget in make())
        (folder / f"{name}.html").write_text(PAGE.format(name=name, body=body), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
