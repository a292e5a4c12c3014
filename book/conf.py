"""Sphinx configuration of the site.  `python -m book.build` lays the sources out and calls Sphinx with it."""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from book import assets  # noqa: E402  (needs the path above)

BUILD = Path(os.environ.get("DESCENT_BUILD", ROOT / "_build"))

PYODIDE = json.loads((ROOT / "book" / "live" / "pyodide.json").read_text(encoding="utf-8"))

project = "Descent"
author = "The authors of Descent"
copyright = "The authors of Descent. Text CC BY 4.0, code MIT"
language = "en"
root_doc = "index"
source_suffix = {".md": "myst-nb"}
exclude_patterns = ["**/.ipynb_checkpoints"]

extensions = ["myst_nb", "sphinxcontrib.bibtex", "book.ext"]
suppress_warnings = ["config.cache"]

# The text.  An equation's number starts with its chapter's.
myst_enable_extensions = ["amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "descent"
bibtex_cite_id = "cite-{key}"  # the same in every build, so that pages need not be written again

# The code.  What a chapter prints depends on optlib too, so the cache has the name of optlib's present state.
nb_execution_mode = "cache"
nb_execution_cache_path = str(BUILD / "cache" / assets.fingerprint(ROOT / "optlib"))
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "remove"  # progress bars; they differ from run to run
nb_ipywidgets_js = {}  # the page mounts a widget's module itself: no require.js, no html-manager
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
# What pages are made with beside their text: when it changes, every page is read again (and nothing is run again).
descent_tools = "".join(
    assets.fingerprint(ROOT / "book" / name) for name in ("conf.py", "ext", "notation.toml", "proofs")
)

# The mathematics is rendered now (book/ext/equations.py).
html_math_renderer = "descent"

# The page.
html_theme = "sphinx_book_theme"
html_title = "Descent"
html_static_path = [str(ROOT / "book" / "static"), str(BUILD / "static")]
html_favicon = "static/icon.svg"
templates_path = ["templates"]
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_sidebars = {"**": ["brand.html", "sbt-sidebar-nav.html"]}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_persistent": [],
    "article_header_start": ["toggle-primary-sidebar.html"],
    "primary_sidebar_end": [],
    "footer_content_items": ["copyright.html"],
    "back_to_top_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "toc_title": "On this page",
    "show_toc_level": 1,
    "max_navbar_depth": 1,
    "navigation_with_keys": False,
}
# Where the repository can be read, as owner/name on GitHub: chapters then link to Colab and Binder (plain links).
descent_repository = os.environ.get("DESCENT_REPOSITORY", "")
# Python on a page, loaded when a reader asks for it: the address of a Pyodide distribution of the version that
# book/live/pyodide.json names, or a folder of this machine, which is then copied beside the site.
descent_pyodide = os.environ.get("DESCENT_PYODIDE", PYODIDE["address"])
