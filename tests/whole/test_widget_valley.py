"""The widget of SAM's radius: its front end against the library, its settings, and what it claims to show."""

import re

import numpy as np
import pytest

from optlib.plot import palette
from optlib.problems import valley
from optlib.widgets import Valley
from optlib.wrappers import sam
from tests.optlib.node import FRONT, ask

SOURCE = Valley._esm


@pytest.mark.parametrize("settings", [dict(), dict(radius=0.6, lr=0.1, start=[1.5, 3.0]), dict(start=[0.0, 0.0])])
def test_the_paths_are_those_of_the_library(settings):
    widget = Valley(steps=300, at=300, **settings)
    asked = [(FRONT + "bent.js", "walk", [widget.start, widget.lr, r, 300]) for r in (0, widget.radius)]
    for got, wanted in zip(ask(asked), widget.walks().values()):
        path = np.reshape(got["path"], (-1, 2))
        assert path.shape == wanted.shape and np.abs(path - wanted).max() < 1e-9
        assert np.allclose(got["sharp"], (wanted[1:] ** 2).sum(axis=1)) and not got["left"]


def test_the_gradient_uphill_is_that_of_the_wrapper():
    points = np.random.default_rng(0).uniform(0, 4, (20, 2))
    got = ask([(FRONT + "bent.js", "uphill", [x, y, 0.3]) for x, y in points.tolist()])
    wanted = [sam(valley(), radius=0.3).grad(p) for p in points]
    assert np.allclose(got, wanted, rtol=1e-12)
    assert ask([(FRONT + "bent.js", "uphill", [2.0, 0.5, 0.3])]) == [[0, 0]]  # no slope, no uphill


def test_a_path_that_leaves_is_told():
    ((got),) = ask([(FRONT + "bent.js", "walk", [[4.8, 3.6], 0.12, 0.1, 60])])
    assert got["left"] and len(got["sharp"]) == 60 and len(got["path"]) == 2 * got["left"]


def test_sam_drifts_and_gradient_descent_does_not():
    ends = {name: (path[-1] ** 2).sum() for name, path in Valley().walks().items()}
    assert ends["sgd"] > 15 and ends["sam"] < 2.1


def test_sam_has_its_look():
    family, light, dark, marker, _ = palette.RULES["sam"]
    look = re.search(r'sam: (\{ label: "SAM".*?\})', SOURCE)[1]
    assert family == "wrapper"
    assert all(word in look for word in (f'light: "{light}"', f'dark: "{dark}"', f'marker: "{marker}"'))


@pytest.mark.parametrize("wrong, message", [
    (dict(radius=-0.1), "radius must be between 0 and 1, got -0.1"),
    (dict(lr=0.2), "lr must be between 0.005 and 0.12, got 0.2"),
    (dict(start=[5.0, 1.0]), r"start must be two numbers x, y from \(0, 0\) to \(4.8, 3.6\), got \[5.0, 1.0\]"),
    (dict(steps=10), "steps must be between 50 and 4000, got 10"),
    (dict(at=0), "at must be between 1 and 4000, got 0"),
])  # fmt: skip
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Valley(**wrong)


def test_the_still_figure_follows_the_state():
    assert Valley(steps=100, at=100).still() != Valley(steps=100, at=100, radius=0.5).still()
