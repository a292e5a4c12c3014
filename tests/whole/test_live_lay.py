"""What the build lays out for Python on a page, and what it says that a cell needs."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets

from book import leaks
from book.live import datasets as ours
from book.live import lay
from book.live.reach import table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def contents():
    """{place in book.zip: path or bytes}"""
    return lay.book(ROOT)


@pytest.fixture(scope="module")
def reached(contents):
    return json.loads(contents["live/table.json"])


@pytest.mark.parametrize("name", ["load_digits", "load_breast_cancer", "load_diabetes"])
def test_the_data_are_those_of_scikit_learn(name, tmp_path, monkeypatch):
    zipfile.ZipFile(io.BytesIO(lay.zipped(lay.data()))).extractall(tmp_path)
    monkeypatch.setattr(ours, "__file__", str(tmp_path / "sklearn" / "datasets" / "__init__.py"))
    both = getattr(ours, name), getattr(datasets, name)
    here, there = both[0](), both[1]()
    assert here.feature_names == list(there.feature_names)
    pairs = [(here.data, there.data), (here.target, there.target), *zip(*(m(return_X_y=True) for m in both))]
    for got, want in pairs:
        assert got.dtype == want.dtype and got.flags.writeable
        np.testing.assert_array_equal(got, want)


def test_a_zip_is_the_same_whenever_its_contents_are(tmp_path):
    (tmp_path / "b.py").write_text("2")
    one = lay.zipped({"b.py": tmp_path / "b.py", "a.py": b"1"})
    (tmp_path / "b.py").touch()
    assert one == lay.zipped({"a.py": b"1", "b.py": tmp_path / "b.py"})
    made = zipfile.ZipFile(io.BytesIO(one))
    assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {name: made.read(name) for name in made.namelist()} == {"a.py": b"1", "b.py": b"2"}


def test_the_book_is_laid_out_whole_and_nothing_else(contents):
    places = contents.keys()
    named = {p.relative_to(ROOT).as_posix() for p in (ROOT / "optlib").rglob("*") if p.suffix in lay.OURS}
    assert named == {place for place in places if place.startswith("optlib/")}
    assert {"live/runner.py", "live/table.json", "anywidget.py", "autograd/__init__.py"} <= places
    assert not [place for place in places if "solution" in place or "/tests/" in place or place.startswith("tests")]


def test_no_solution_is_in_what_a_page_loads(contents, tmp_path):
    (tmp_path / "book.zip").write_bytes(lay.zipped(contents))
    for script in lay.HERE.glob("*.js"):
        (tmp_path / script.name).write_bytes(script.read_bytes())
    assert leaks.leaks(tmp_path, hidden := leaks.secrets()) == []
    solution = json.loads((ROOT / "book" / "notebooks" / "solutions" / "04_momentum.ipynb").read_text(encoding="utf-8"))
    code = max(("".join(cell["source"]) for cell in solution["cells"] if cell["cell_type"] == "code"), key=len)
    (tmp_path / "book.zip").write_bytes(lay.zipped(contents | {"live/more.py": code.encode()}))
    assert leaks.leaks(tmp_path, hidden)


def test_packages_come_without_their_tests():
    places = lay.package("fontpkg_fira_sans")
    assert {Path(place).name for place in places} >= {"FiraSans-Regular.ttf", "FiraSans-Italic.ttf", "__init__.py"}
    assert len(places) < 8
    assert not [place for place in lay.package("mpmath") if "/tests/" in place]


@pytest.mark.parametrize("module", ["sympy", "mpmath", "autograd", "fontpkg_fira_sans", "sklearn"])
def test_a_package_keeps_the_text_of_its_license(module):
    texts = [path.read_text(encoding="utf-8") for path in lay.licenses(module).values()]
    assert texts and all("opyright" in text for text in texts)


def test_a_distribution_is_an_address_or_a_folder(tmp_path):
    known = json.loads((lay.HERE / "pyodide.json").read_text())
    assert known["version"] in known["address"] and known["sizes"]["pyodide.asm.wasm"] > 5e6
    assert lay.distribution("https://example.org/py", tmp_path) == ("https://example.org/py/", known["sizes"])
    assert lay.distribution("/static/py/", tmp_path)[0] == "/static/py/"
    folder = tmp_path / "here"
    folder.mkdir()
    with pytest.raises(SystemExit, match=r"must be an address or a folder with pyodide\.mjs in it, got"):
        lay.distribution(str(folder), tmp_path)
    (folder / "pyodide.mjs").write_text("export {}")
    assert lay.distribution(str(folder), tmp_path) == ("../../pyodide/", {"pyodide.mjs": 9})
    assert (tmp_path / "pyodide" / "pyodide.mjs").is_file()


def test_what_a_name_needs_is_read_from_its_code(tmp_path):
    package = tmp_path / "optlib"
    (package / "sub").mkdir(parents=True)
    texts = {
        "__init__.py": "from optlib.plain import plain",
        "plain.py": "import numpy as np, math\ndef plain(): return math.pi\nlate = plain",
        "sub/__init__.py": "from optlib.sub import heavy\nfrom optlib.sub.light import light, other",
        "sub/heavy.py": "import matplotlib.figure\ndef draw(): pass",
        "sub/light.py": "from optlib.far import deep\ndef light(): return inner()\n"
        "def inner(): return deep\ndef other(): import sympy",
        "far.py": "def deep():\n    from sklearn import svm\nclass Both:\n    def do(self): return deep()\n"
        "def by(): from optlib.sub.heavy import draw",
    }
    for name, text in texts.items():
        (package / name).write_text(text)
    assert table(package) == {
        "optlib.far.Both": ["sklearn"],
        "optlib.far.by": ["matplotlib"],
        "optlib.far.deep": ["sklearn"],
        "optlib.sub": ["matplotlib"],
        "optlib.sub.heavy": ["matplotlib"],
        "optlib.sub.heavy.draw": ["matplotlib"],
        "optlib.sub.heavy.matplotlib": ["matplotlib"],
        "optlib.sub.light": ["matplotlib", "sklearn"],  # the function or the module: both have this name
        "optlib.sub.light.deep": ["matplotlib", "sklearn"],
        "optlib.sub.light.inner": ["matplotlib", "sklearn"],
        "optlib.sub.light.light": ["matplotlib", "sklearn"],
        "optlib.sub.light.other": ["matplotlib", "sympy"],
        "optlib.sub.other": ["matplotlib", "sympy"],
    }


def test_the_first_answers_need_nothing_but_numpy(reached):
    free = {"optlib", "optlib.minimize", "optlib.Optimizer", "optlib.exercises", "optlib.exercises.check"}
    free |= {"optlib.rules", "optlib.problems", "optlib.problems.quadratic", "check descent-step-1"}
    assert not free & reached.keys()
    assert reached["optlib.problems.digits"] == reached["check descent-step-4"] == ["sklearn.datasets"]
    assert reached["check descent-step-3"] == ["mpmath", "sympy"]
    assert reached["optlib.plot"] == ["matplotlib"]
