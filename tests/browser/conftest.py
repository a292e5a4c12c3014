"""One Chromium for all tests, a fresh profile for each, and a line of counts at the end."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import site

STARTED = time.monotonic()
SEEN = {"pages": [], "loads": [], "axe": [], "widgets": [], "notes": []}


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright):
    chromium = site.chromium(playwright)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def scriptless(playwright):
    """A Chromium whose scripts are off for good: a page's <noscript> counts."""
    chromium = site.chromium(playwright, "--blink-settings=scriptEnabled=false")
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def home():
    with site.served(site.SITE) as address:
        yield address


@pytest.fixture(scope="session")
def lively(tmp_path_factory):
    """The address of the site with a Pyodide of its own beside it, as one setting asks for it."""
    settings = json.loads((site.SITE / "_static" / "live" / "settings.json").read_text(encoding="utf-8"))
    file = tmp_path_factory.mktemp("live") / "settings.json"
    file.write_text(json.dumps(settings | {"pyodide": "../../pyodide/"}), encoding="utf-8")
    with site.served(site.SITE, {"/pyodide/": f"{site.pyodide()}/", "/_static/live/settings.json": file}) as address:
        yield address


@pytest.fixture(scope="session")
def widgets(tmp_path_factory):
    """The address of small pages with one widget or two, made by optlib as a chapter's cell is."""
    folder = tmp_path_factory.mktemp("widgets")
    own = shutil.ignore_patterns("widgets")
    shutil.copytree(site.SITE / "_static", folder / "_static", ignore=own, copy_function=os.symlink)
    book = site.ROOT / ".venv" / "bin" / "python"  # what built the site; this environment has no widgets
    python = str(book) if book.exists() else sys.executable
    command = [python, "-m", "tests.browser.widget_pages", folder]
    done = subprocess.run(command, cwd=site.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with site.served(folder) as address:
        yield address


def window(browser, address, width, options):
    """An empty page in a profile of its own; page.wrong is what goes wrong on it."""
    size = {"width": width, "height": site.WIDTHS[width]}
    context = browser.new_context(**{"viewport": size, "has_touch": width < 600, "color_scheme": "light"} | options)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.wrong = site.listen(page, "/".join(address.split("/")[:3]))
    return page


def load(page, address):
    page.goto(address)
    site.ready(page)
    SEEN["loads"].append(address)
    return page


@pytest.fixture
def visit(browser):
    """visit(address, width=1280, **context): a page with its scripts, in a profile of its own; page.wrong fills up."""
    opened = []

    def go(address, width=1280, **options):
        opened.append(window(browser, address, width, options))
        return load(opened[-1], address)

    yield go
    for page in opened:
        page.context.close()


@pytest.fixture(scope="session")
def turn(browser):
    """turn(address, width=1280, **context): the same in one window, where what the pages share is compiled once.

    For tests that leave nothing behind but what localStorage holds, which is cleared.
    """
    windows = {}

    def go(address, width=1280, **options):
        kind = (address.split("/")[2], width, *sorted(options.items()))
        if kind in windows:
            windows[kind].evaluate("localStorage.clear()")
            windows[kind].mouse.up()  # where a test failed while it held something
            windows[kind].mouse.move(0, 0)
        else:
            windows[kind] = window(browser, address, width, options)
        windows[kind].wrong.clear()
        return load(windows[kind], address)

    yield go
    for page in windows.values():
        page.context.close()


@pytest.fixture
def seen():
    return SEEN


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # one of several processes: what it has seen is added up in the first
        session.config.workeroutput["seen"] = SEEN


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    for kind, found in getattr(node, "workeroutput", {}).get("seen", {}).items():
        SEEN[kind] += found


def pytest_terminal_summary(terminalreporter):
    for note in SEEN["notes"]:
        terminalreporter.write_line(note)
    minutes = (time.monotonic() - STARTED) / 60
    counts = {kind: len(set(found) if kind == "pages" else found) for kind, found in SEEN.items() if kind != "notes"}
    said = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    terminalreporter.write_line(f"browser: {said}, {minutes:.1f} minutes")
