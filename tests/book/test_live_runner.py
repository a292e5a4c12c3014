"""What a cell of a page shows, and how it fails."""

import base64
import json
import logging
import sys
import warnings

import pytest

from book.live import runner
from book.live.needs import needs
from optlib.exercises import check


class Told:
    """A page whose outputs are kept: told(code) is the list of (kind, text), its stream in one piece."""

    def __init__(self):
        self.said = []
        self.page = runner.Page(lambda kind, text: self.said.append((kind, text)))

    def __call__(self, code):
        self.said.clear()
        self.ended = self.page.run(code)
        kept = []
        for kind, text in self.said:
            if kind == "stream" and kept and kept[-1][0] == "stream":
                text = kept.pop()[1] + text
            kept.append((kind, text))
        return kept


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    with warnings.catch_warnings():
        yield Told()
    fonts.setLevel(level)


def test_the_last_expression_is_shown_and_names_stay(told):
    assert told("a = 6\na * 7") == [("text", "42")]
    assert told("a + 1;") == [] and told("a = _") == [] and told("None") == []
    assert told("a") == [("text", "7")]
    assert told("if a:\n    a\n") == []  # as in Jupyter: an expression of its own
    assert told("# nothing") == [] and told.ended


def test_what_is_printed_comes_before_what_is_shown(told):
    assert told("import sys\nprint('a', end='')\nprint('b', file=sys.stderr)\n1") == [("stream", "ab\n"), ("text", "1")]
    assert told("display(1)\nprint('x')\n2") == [("text", "1"), ("stream", "x\n"), ("text", "2")]


def test_a_value_is_shown_by_the_richest_form_it_has(told):
    told("class Rich:\n    def _repr_html_(self): return '<b>x</b>'\n    def __repr__(self): return 'plain'")
    assert told("Rich()") == [("html", "<b>x</b>")]
    assert told("Rich") == [("text", "<class '__main__.Rich'>")]
    told("class Poor(Rich):\n    def _repr_html_(self): raise ValueError")
    told("class Svg:\n    def _repr_svg_(self): return '<svg/>'")
    assert told("Poor()") == [("text", "plain")]
    assert told("Svg()") == [("image/svg+xml", base64.b64encode(b"<svg/>").decode())]
    assert told("class Both:\n    def _repr_mimebundle_(self, **_): return {'text/html': 'h'}, {}\nBoth()") == [
        ("html", "h")
    ]


def test_a_verdict_is_that_of_every_other_place(told):
    (shown,) = told("from optlib.exercises import check\ncheck('descent-step-1', 2)")
    assert shown == ("html", check("descent-step-1", 2)._repr_html_())
    assert "not answered yet" in told("answer = ...\ncheck('descent-step-1', answer)")[0][1].lower()


def test_an_error_names_the_lines_of_the_cells(told):
    told("def half(x):\n    return 1 / x")
    assert told("y = 2\nhalf(y - 2)") == [
        (
            "error",
            "line 2:\n    half(y - 2)\nin half, line 2:\n    return 1 / x\nZeroDivisionError: division by zero",
        )
    ]
    assert not told.ended
    ((kind, text),) = told("import json\njson.loads('{')")
    assert kind == "error" and text.startswith(
        "line 2:\n    json.loads('{')\n(raised inside json.decoder, raw_decode)\njson"
    )
    assert told("a = 1\nb = = 2")[0][1].splitlines()[0] == "line 2:"
    assert told("%timeit 1")[0][1].splitlines()[-2:] == [runner.ABOUT_MAGICS, "SyntaxError: invalid syntax"]
    assert told("def deep(n):\n    return deep(n + 1)\ndeep(0)")[0][1].count("in deep") == 4
    assert told("import torch_of_mine")[0][1].splitlines()[-1] == runner.ABOUT_PACKAGES
    assert (
        told("import json.none")[0][1].splitlines()[-1].startswith("ModuleNotFoundError: No module named 'json.none'")
    )
    assert told("y") == [("text", "2")]  # and Python goes on


@pytest.mark.parametrize(
    "code, said",
    [
        ("raise SystemExit", "SystemExit: Python on this page goes on."),
        ("raise KeyboardInterrupt", "Stopped."),
        ("input('?')", "RuntimeError: a page cannot ask for input: write the value into the cell"),
        ("class A:\n    def __repr__(self): raise ValueError('no')\nA()", "ValueError: no"),
    ],
)
def test_nothing_a_cell_does_ends_the_page(code, said, told):
    assert told(code)[-1][1].endswith(said)
    assert told("print('still here')") == [("stream", "still here\n")]


def test_a_flood_is_cut(told):
    ((_, text),) = told("for n in range(60_000):\n    print('*' * 80)")
    assert len(text) < runner.ENOUGH + 100 and text.endswith("is left out.\n") and told.ended
    assert all(len(text) <= runner.BATCH + 81 for _, text in told.said)
    assert len(told("'x' * 10**6")[0][1]) == runner.ENOUGH + 2
    assert told("print('the next cell prints')") == [("stream", "the next cell prints\n")]


def test_pictures_of_pyplot_come_with_their_cell(told):
    told("import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt")
    assert [kind for kind, _ in told("plt.plot([1, 2]); plt.show(); print('below')")] == ["stream", "image/png"]
    ((_, text),) = told("plt.figure(figsize=(1, 1))\nNone")
    assert base64.b64decode(text).startswith(b"\x89PNG")
    assert [kind for kind, _ in told("plt.figure()\n1 / 0")] == ["error"]
    assert told("plt.get_fignums()") == [("text", "[]")]


def test_source_and_pickle_work_on_what_a_cell_defines(told):
    told("def f(x):\n    return x + 1\n")
    assert told("import inspect\nprint(inspect.getsource(f), end='')") == [("stream", "def f(x):\n    return x + 1\n")]
    assert told("import pickle\npickle.loads(pickle.dumps(f))(2)") == [("text", "3")]
    told.page.reset()
    assert told("f")[0][1].endswith("NameError: name 'f' is not defined")


def test_what_arrives_replaces_what_stood_for_it(told, monkeypatch, tmp_path):
    (tmp_path / "stand_in.py").write_text("real = False")
    monkeypatch.setattr(runner, "ROOM", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    told("import stand_in, json")
    told.page.arrived(["json", "stand_in"])
    assert "stand_in" not in sys.modules and "json" in sys.modules


TABLE = {
    "optlib.plot": ["matplotlib"],
    "optlib.problems.digits": ["sklearn"],
    "check momentum-6": ["mpmath", "sympy"],
}


@pytest.mark.parametrize(
    "code, wanted",
    [
        ("import numpy as np, os.path", ["numpy", "os"]),
        ("def f():\n    from scipy import optimize", ["scipy"]),
        ("from optlib.problems import digits, quadratic", ["optlib", "sklearn"]),
        ("from optlib import plot", ["matplotlib", "optlib"]),
        ("import optlib.plot", ["matplotlib", "optlib"]),
        ("check('momentum-6', answer)", ["mpmath", "sympy"]),
        ("check(name, answer)\ncheck()\nother.check('momentum-6')", []),
        ("from . import x", []),
        ("a = = 1", []),
        ("(" * 5000, []),
    ],
)
def test_a_cell_says_what_it_needs(code, wanted):
    assert needs(code, TABLE) == wanted


def test_a_page_reads_its_table(told, tmp_path, monkeypatch):
    assert told.page.needs("check('momentum-6', ...)") == []
    (tmp_path / "table.json").write_text(json.dumps(TABLE))
    monkeypatch.setattr(runner, "__file__", str(tmp_path / "runner.py"))
    assert runner.Page(print).needs("check('momentum-6', ...)") == ["mpmath", "sympy"]
