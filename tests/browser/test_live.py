"""A student on a page: opens it, runs and edits cells, stops a loop, comes back, takes the notebook home."""

import json
import re
import subprocess
import sys
import time

import pytest

from book.serve import ISOLATED
from tests.browser import site
from tests.browser.test_pages import axe, dress, look

CHAPTER = "chapters/01_descent_step.html"
WORK = "descent:live:01_descent_step"
WRONG = 'answer = 0.2\ncheck("descent-step-1", answer)'
RIGHT = WRONG.replace("0.2", "2 / 100")
LOOP = "x = 41\nwhile True:\n    pass"
RUN = (
    "import nbformat, sys; from nbclient import NotebookClient; NotebookClient(nbformat.read(sys.argv[1], 4)).execute()"
)


class Student:
    """A chapter's page and what a student does on it.  Cells are counted as the page counts them, from 0."""

    def __init__(self, page):
        self.page = page

    def asks(self):
        self.page.get_by_role("button", name="Run and edit here").click()
        self.page.locator(".cm-content").first.wait_for()

    def cell(self, n):
        return self.page.locator("div.cell").nth(n)

    def where(self, words):
        """The number of the cell whose text has these words."""
        texts = self.page.locator("div.cell").all_inner_texts()
        return next(n for n, text in enumerate(texts) if words in text)

    def writes(self, n, text):
        content = self.cell(n).locator(".cm-content")
        content.click()
        content.press("Control+a")
        self.page.keyboard.insert_text(text)
        return content

    def text(self, n):
        return "\n".join(self.cell(n).locator(".cm-line").all_inner_texts())

    def presses(self, n, name):
        self.cell(n).locator(".live-tools").get_by_role("button", name=name).first.click()

    def ends(self, n):
        """Wait for the end of a cell's run; what it shows, as the book's cells show it."""
        self.cell(n).and_(self.page.locator("[data-live='']")).wait_for(timeout=60_000)
        return self.cell(n).locator(".live-output").inner_text().strip()

    def runs(self, n, text=None, key="Control+Enter"):
        (self.writes(n, text) if text else self.cell(n).locator(".cm-content")).press(key)
        return self.ends(n)

    def hears(self, words):
        self.page.locator(".live-said").filter(has_text=words).wait_for(timeout=60_000)

    def complaints(self):
        """What the page says against itself; that the keyboard reaches what scrolls in an editor, axe says."""
        self.page.evaluate("scrollTo(0, 0)")  # nothing stands half behind the header
        return [line for line in [*look(self.page), *axe(self.page)] if ".cm-scroller" not in line or "axe" in line]


def python():
    """The Python that builds the book and has its kernels."""
    own = site.ROOT / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def test_a_student_works_on_the_page(lively, visit, tmp_path, seen):
    page = visit(f"{lively}/{CHAPTER}", accept_downloads=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    site.settle(page)
    assert not [url for url in asked if "/live/" in url or "pyodide" in url], "loaded before it was asked for"
    student = Student(page)
    first, chained = student.where('check("descent-step-1"'), student.where("from optlib.methods import backtracking")
    began = time.monotonic()
    student.asks()
    bar = page.get_by_role("progressbar", name="Loading Python")
    bar.wait_for()
    page.wait_for_function("document.querySelector('[role=progressbar]').ariaValueNow > 20")

    # an exercise, wrong and right, asked while Python is on its way
    said = student.runs(first, WRONG)
    seen["notes"].append(f"from the button to the first verdict {time.monotonic() - began:.1f} s")
    assert "Not right yet." in said and "○" not in said, said
    student.hears("Not right yet.")
    assert "Right." in student.runs(first, RIGHT)
    student.hears("Right.")
    assert not bar.is_visible()

    # a cell in the middle brings what it needs of those above, and prints what the book prints
    wanted = student.cell(chained).locator(".cell_output").first.inner_text().strip()
    assert wanted and student.runs(chained, key="Shift+Enter") == wanted
    assert (
        student.cell(chained + 1)
        .locator(".cm-content")
        .evaluate("(e) => e === document.activeElement || !e.checkVisibility()")
    )

    # the book's text comes back, and undo brings the student's
    student.presses(first, "Reset")
    assert student.text(first) == 'answer = ...\ncheck("descent-step-1", answer)'
    page.keyboard.press("Control+z")
    assert student.text(first) == RIGHT

    # the notebook is taken home, and runs there
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my notebook").click()
    assert download.value.suggested_filename == "01_descent_step_mine.ipynb"
    mine = tmp_path / "mine.ipynb"
    download.value.save_as(mine)
    book = json.loads((site.SITE / "notebooks" / "01_descent_step.ipynb").read_text(encoding="utf-8"))
    cells = json.loads(mine.read_text(encoding="utf-8"))["cells"]
    other = [new["source"] for old, new in zip(book["cells"], cells, strict=True) if old["source"] != new["source"]]
    assert ["".join(source) for source in other] == [RIGHT]
    at_home = subprocess.Popen([python(), "-c", RUN, mine], cwd=site.ROOT, stderr=subprocess.PIPE, text=True)

    # an endless loop
    student.writes(first + 1, LOOP).press("Control+Enter")
    student.cell(first + 1).and_(page.locator("[data-live='runs']")).wait_for()
    student.presses(first + 1, "Stop")
    student.hears("Its variables are gone, your text is kept")
    student.cell(first + 1).get_by_text("Stopped. Variables are gone.").wait_for()
    assert student.text(first + 1) == LOOP
    assert "Right." in student.runs(first), "Python does not start again by itself"

    # away and back
    page.reload()
    site.ready(page)
    student.hears("Your work of")
    asked.clear()
    site.settle(page)
    assert not [url for url in asked if "/live/" in url or "pyodide" in url], "loaded before it was asked for"
    student.asks()
    assert (student.text(first), student.text(first + 1)) == (RIGHT, LOOP)
    page.locator(".live-notes").filter(has_text="2 cells").wait_for()
    assert not page.wrong, page.wrong
    trouble = at_home.communicate()[1]
    assert at_home.returncode == 0, trouble


def test_an_isolated_page_keeps_its_variables(lively, visit):
    """Where the server lets it, as book/serve.py does; on a phone, in the dark."""
    page = visit(f"{lively}/{CHAPTER}", 390, color_scheme="dark", reduced_motion="reduce")
    page.context.route(re.compile(r"\.html$|/worker\.js$"), with_headers)
    page.reload()
    site.settle(page)
    assert page.evaluate("crossOriginIsolated")
    student = Student(page)
    student.asks()
    student.writes(0, LOOP).press("Control+Enter")
    student.cell(0).and_(page.locator("[data-live='runs']")).wait_for(timeout=60_000)
    student.presses(0, "Stop")
    assert "Stopped." in student.ends(0)
    assert student.runs(1, "print(x + 1)\nprint('wide ' * 40)\n[1, 2").startswith("line 3")
    assert student.runs(1, "print(x + 1, 'wide ' * 40)\n[1, 2]").split()[0] == "42"
    student.writes(0, "1 / 0")
    page.get_by_role("button", name="Run all").click()
    student.hears("Cell 1 has not come to its end; the cells below it have not run.")
    assert page.locator("[data-live='waits']").count() == 0
    wrong = student.complaints()
    dress(page, "light")
    assert not [*wrong, *student.complaints(), *page.wrong]


def with_headers(route):
    answer = route.fetch()
    route.fulfill(response=answer, headers=answer.headers | ISOLATED)


def test_keys_lead_into_an_editor_and_out(lively, visit):
    page = visit(f"{lively}/{CHAPTER}", color_scheme="light", reduced_motion="reduce")
    page.context.route("**/worker.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    site.settle(page)
    student = Student(page)
    page.get_by_role("button", name="Run and edit here").press("Enter")
    page.locator(".cm-content").first.wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region", "focus is lost"
    wrong = student.complaints()
    dress(page, "dark")
    assert not [*wrong, *student.complaints()]
    content = student.writes(0, "x = 1")
    content.press("Home")
    content.press("Tab")
    assert student.text(0) == "    x = 1"
    content.press("Escape")
    content.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    assert not page.wrong, page.wrong


@pytest.mark.parametrize(
    "setting, says",
    [
        ("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }", "is full"),
        (
            "delete window.localStorage; Object.defineProperty(window, 'localStorage', { get() { throw 1; } })",
            "keeps nothing",
        ),
        (f"localStorage['{WORK}'] = '[1'", "cannot be read any more"),
        (
            f"""localStorage['{WORK}'] = '{{"saved": "2026-03-01", "cells": {{"gone": "mine = 1"}}}}'""",
            "no longer in this chapter",
        ),
    ],
)
def test_what_cannot_be_kept_is_said(setting, says, lively, visit):
    page = visit(f"{lively}/{CHAPTER}")
    page.context.route("**/worker.js", lambda route: route.fulfill(status=404, body=""))
    page.context.add_init_script(setting)
    page.reload()
    site.ready(page)
    student = Student(page)
    student.asks()
    student.hears("Python could not be started")
    student.writes(0, "mine = 2").press("Control+Enter")
    student.cell(0).get_by_text("Python could not be started").wait_for()
    page.locator(".live-notes").filter(has_text=says).wait_for()
    assert student.text(0) == "mine = 2"
    if "gone" in setting:
        with page.expect_download() as download:
            page.get_by_role("button", name="Download my notebook").click()
        cells = json.loads(download.value.path().read_text(encoding="utf-8"))["cells"]
        assert "".join(cells[-1]["source"]) == "mine = 1"
