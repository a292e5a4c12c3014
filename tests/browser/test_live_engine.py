"""Python in the worker: a chapter's cells print what its notebook prints, and what is missing is said in a sentence."""

import hashlib
import json
import shutil

import pytest

from optlib.exercises import check
from tests.browser import site
from tests.optlib.exercises.wrong_answers import RIGHT, WRONG

DEEP = "/some/where/else/"  # the engine does not mind where it lies

# window.worker, and window.ask(message) -> all that the worker says until that is done
TALK = """([base, pyodide]) => {
  const worker = (window.worker = new Worker(base + "worker.js", { type: "module" }));
  const ends = { start: ["ready"], reset: ["ready"], run: ["done"], above: ["done"] };
  window.ask = (message) => new Promise((done) => {
    const heard = [];
    worker.onmessage = ({ data }) => {
      heard.push(data);
      if (data.say === "failed" || ends[message.do].includes(data.say)) done(heard);
    };
    worker.onerror = (event) => done([{ say: "broken", message: event.message }]);
    worker.postMessage(message);
  });
  return window.ask({ do: "start", base, pyodide });
}"""


LISTS = sorted((site.ROOT / "tests" / "optlib" / "exercises").glob("wrong_*.py"))
# a cell that brings the listed answers of every exercise
ANSWERS = """import pathlib, sys, sympy
from optlib.exercises import check
from optlib.problems import digits
for place, text in {files!r}.items():
    path = pathlib.Path("/answers") / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
sys.path.insert(0, "/answers")
from tests.optlib.exercises.wrong_answers import RIGHT, WRONG"""

# the median of the milliseconds from question to answer around a cell that does nothing
AROUND = """async () => {
  const times = [];
  for (let id = 0; id < 20; id++) {
    const before = performance.now();
    await ask({ do: "run", id, code: "1 + 1" });
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[10];
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The site with Pyodide beside it, the engine at another place too, and a host that has only half of Python."""
    live, half = site.SITE / "_static" / "live", tmp_path_factory.mktemp("half")
    for file in (live / "settings.json", live / "worker.js", live / "book.zip", site.pyodide() / "pyodide-lock.json"):
        shutil.copy(file, half)
    with site.served(site.SITE, {"/pyodide/": f"{site.pyodide()}/", DEEP: f"{live}/", "/half/": f"{half}/"}) as address:
        yield address


@pytest.fixture
def begin(browser, home):
    """begin(base, pyodide): an empty page where Python was started; page.began is what was said meanwhile.

    without: the files that are lost on their way.
    """
    opened = []

    def go(base, pyodide, without=None):
        opened.append(browser.new_context())
        opened[-1].set_default_timeout(120_000)
        page = opened[-1].new_page()
        page.goto(f"{home}/_static/icon.svg")
        if without:
            page.route(without, lambda route: route.abort())
        page.wrong = site.listen(page, home)
        page.began = page.evaluate(TALK, [f"{home}{base}", pyodide])
        return page

    yield go
    for context in opened:
        context.close()


class Cells:
    """Runs cells on a page: cells(code) is {kind: text}.  Of the last one: ok, ms, and heard, all that was said."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def __call__(self, code):
        self.count += 1
        self.heard = self.page.evaluate("(message) => ask(message)", {"do": "run", "id": self.count, "code": code})
        assert self.heard[-1]["say"] == "done" and self.heard[-1]["id"] == self.count, self.heard[-1]
        self.ok, self.ms = self.heard[-1]["ok"], self.heard[-1]["ms"]
        shown = {}
        for message in self.heard[:-1]:
            if message["say"] == "output":
                shown[message["kind"]] = shown.get(message["kind"], "") + message["text"]
        return shown


def printed(cell):
    """What a cell of a reference notebook prints, or shows as plain text."""
    parts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            parts += output["text"]
        elif "text/html" not in output["data"]:
            parts += output["data"]["text/plain"]
    return "".join(parts).strip()


def test_a_page_answers_at_once_and_prints_what_the_notebook_prints(begin, seen):
    page = begin(DEEP, "../../../pyodide/")
    assert page.began[-1]["say"] == "ready"
    steps = [message for message in page.began if message["say"] == "progress"]
    assert steps[0]["done"] == 0 and steps[-1]["done"] == steps[-1]["total"] > 10e6
    assert [s["done"] for s in steps] == sorted(s["done"] for s in steps) and len({s["done"] for s in steps}) > 3

    run = Cells(page)
    assert "Right." in run("from optlib.exercises import check\ncheck('descent-step-1', 0.02)")["html"]
    assert not [message for message in run.heard if message["say"] == "progress"]  # NumPy is enough
    first, around = page.began[-1]["seconds"] + run.ms / 1000, page.evaluate(AROUND)
    seen["notes"].append(f"first answer {first:.1f} s after a cold start, {around:.1f} ms around a cell")
    assert "</strong> Look at the sign" in run("check('descent-step-5', (1, 1))")["html"]

    page.route("**/matplotlib-*", lambda route: route.abort())  # a package is lost on its way: the cell fails, no more
    assert run("import matplotlib")["error"].startswith("matplotlib") and not run.ok
    page.unroute("**/matplotlib-*")
    page.wrong.clear()

    notebook = json.loads((site.ROOT / "book" / "notebooks" / "01_descent_step.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            code = "".join(cell["source"])
            shown = run(code)
            assert run.ok, f"{code}\n{shown}"
            assert (shown.get("stream", "") + shown.get("text", "")).strip() == printed(cell), code
            if code.startswith("plot."):
                assert shown["html"].startswith('<figure class="descent"><img src="data:image/svg+xml;base64,')
            if "Explorer(" in code:
                assert shown["html"].startswith('<div class="descent-widget" data-module="explorer.js" data-state="{')
    loops = "check('descent-step-4', lambda W, X, Y: [0 for _ in iter(int, 1)])"
    assert "still running after 4 seconds" in run(loops)["html"]
    assert "RecursionError" in run("def f(n): return f(n + 1)\nf(0)")["error"]
    assert page.evaluate("ask({ do: 'reset' })")[-1]["say"] == "ready"
    assert run("f")["error"].endswith("NameError: name 'f' is not defined")
    assert page.wrong == []


def test_every_listed_answer_has_the_verdict_that_it_has_elsewhere(begin):
    page = begin("/_static/live/", "../../pyodide/")
    run = Cells(page)
    run(ANSWERS.format(files={path.relative_to(site.ROOT).as_posix(): path.read_text() for path in LISTS}))
    for name in RIGHT:
        said = run(f"for answer in [*RIGHT[{name!r}], *WRONG[{name!r}]]: print(check({name!r}, answer))")["stream"]
        assert said.splitlines() == [repr(check(name, answer)) for answer in [*RIGHT[name], *WRONG[name]]]
    assert page.wrong == []


def test_the_distribution_is_whole_and_of_the_version_that_the_site_asks_for():
    known = json.loads((site.ROOT / "book" / "live" / "pyodide.json").read_text(encoding="utf-8"))
    lock = json.loads((site.pyodide() / "pyodide-lock.json").read_text(encoding="utf-8"))
    assert lock["info"]["version"] == known["version"]
    for package in lock["packages"].values():
        content = (site.pyodide() / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"], package["file_name"]
    assert known["sizes"] == {name: (site.pyodide() / name).stat().st_size for name in known["sizes"]}


@pytest.mark.parametrize(
    "base, pyodide, said",
    [
        ("/_static/live/", "/nowhere/", "has no pyodide-lock.json (404)."),
        (
            "/_static/live/",
            "http://127.0.0.1:9/",
            "pyodide-lock.json could not be loaded from 127.0.0.1:9; is there a connection?",
        ),
        ("/half/", "/half/", "pyodide.mjs could not be loaded from"),
    ],
)
def test_a_host_that_gives_no_python_is_said_in_a_sentence(base, pyodide, said, begin):
    page = begin(base, pyodide)
    assert page.began[-1]["say"] == "failed" and said in page.began[-1]["message"]
    assert page.evaluate("worker.postMessage({ do: 'run', id: 1, code: '1' })") is None


@pytest.mark.parametrize("lost", ["pyodide.asm.wasm", "python_stdlib.zip", "book.zip", "numpy-"])
def test_a_file_that_is_lost_on_its_way_is_said_in_a_sentence(lost, begin):
    page = begin("/_static/live/", "../../pyodide/", without=f"**/{lost}*")
    assert page.began[-1]["say"] == "failed" and page.began[-1]["message"].endswith("; is there a connection?")
