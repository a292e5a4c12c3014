"""The widget of the lasso: front end against optlib.prox and the paths in NumPy, its settings, what it shows."""

import re

import numpy as np
import pytest

from optlib.plot import palette
from optlib.problems import diabetes, lasso_path
from optlib.prox import soft_threshold
from optlib.widgets import Lasso
from optlib.widgets.lasso import LEAST, MOST
from tests.optlib.node import FRONT, ask

FILE = FRONT + "threshold.js"
WEIGHTS = np.geomspace(MOST, LEAST, 30)


def test_the_threshold_is_that_of_the_library():
    pairs = [(x, width) for x in (-45.2, -4.0, -1e-9, 0.0, 0.3, 4.0, 4.1, 50.0) for width in (0.0, 0.3, 4.0, 46.0)]
    for (x, width), got in zip(pairs, ask([(FILE, "PROX.lasso", list(pair)) for pair in pairs])):
        assert got == pytest.approx(float(soft_threshold(x, width)), abs=1e-12), (x, width)


def test_ridge_divides_to_the_lowest_point():
    """Of 200,001 points z none has a smaller (z - x)^2 / 2 + width z^2 / 2, and it keeps the sign."""
    z = np.linspace(-10, 10, 200_001)
    for x, width in ((7.0, 0.3), (-9.0, 4.0), (2.0, 46.0)):
        (got,) = ask([(FILE, "PROX.ridge", [x, width])])
        assert got == pytest.approx(z[np.argmin((z - x) ** 2 / 2 + width * z**2 / 2)], abs=1e-4) and got * x > 0


def test_the_data_are_those_of_the_library():
    X, y, names = diabetes()
    gram, moments, columns = ask([(FRONT + "diabetes.js", name, []) for name in ("GRAM", "MOMENTS", "COLUMNS")])
    assert np.abs(np.array(gram) - X.T @ X / len(y)).max() < 1e-10
    assert np.abs(np.array(moments) - X.T @ y / len(y)).max() < 1e-10
    assert columns == list(names)


@pytest.mark.parametrize("penalty", ["lasso", "ridge"])
def test_the_path_is_that_of_python(penalty):
    (got,) = ask([(FILE, "path", [penalty, WEIGHTS.tolist()])])
    wanted = Lasso(penalty=penalty).path(WEIGHTS)
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-6)
    cold = ask([(FILE, "solve", [penalty, weight]) for weight in WEIGHTS[::7]])
    np.testing.assert_allclose(cold, wanted[::7], rtol=0, atol=1e-6)
    assert ((np.array(got) != 0) == (wanted != 0)).all()


@pytest.mark.parametrize("weight", [0.3, 4.0, 20.0])
def test_each_dot_lies_on_the_threshold_at_what_the_other_weights_leave(weight):
    X, y, _ = diabetes()
    theta = lasso_path([weight])[0]
    (got,) = ask([(FILE, "places", [theta.tolist()])])
    for j, x in enumerate(got):
        others = np.where(np.arange(10) == j, 0, theta)
        assert x == pytest.approx(X[:, j] @ (y - X @ others) / len(y), abs=1e-7)
        assert theta[j] == pytest.approx(float(soft_threshold(x, weight)), abs=1e-7)


def test_the_color_is_that_of_coordinate_descent_in_the_book():
    _, light, dark, *_ = palette.RULES["coordinate_descent"]
    assert f'light: "{light}", dark: "{dark}"' in str(Lasso._esm)


def test_the_ends_of_the_slider_are_those_of_python():
    found = dict(re.findall(r"^const (LEAST|MOST) = ([\d.]+);", str(Lasso._esm), flags=re.MULTILINE))
    assert {name: float(text) for name, text in found.items()} == {"LEAST": LEAST, "MOST": MOST}
    assert (Lasso().path([MOST]) == 0).all()


@pytest.mark.parametrize("wrong, message", [
    (dict(weight=0.1), "weight must be between 0.3 and 46, got 0.1"),
    (dict(weight=50.0), "weight must be between 0.3 and 46, got 50.0"),
    (dict(penalty="l1"), "penalty must be one of 'lasso', 'ridge', got 'l1'"),
])  # fmt: skip
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Lasso(**wrong)


def test_the_still_figure_follows_the_state():
    shown = [Lasso(**s).still() for s in (dict(), dict(weight=20.0), dict(penalty="ridge"))]
    assert len(set(shown)) == 3
    for image, kept in zip(shown, ("6 of 10", "3 of 10", "10 of 10")):
        assert f"{kept} are not zero" in image
