"""The widget of damping: its front end against the library, its settings, and what it claims to show."""

import re

import numpy as np
import pytest

from optlib.methods import newton
from optlib.plot import palette
from optlib.problems import surface
from optlib.problems.landscapes import LANDSCAPES
from optlib.widgets import Damping
from tests.optlib.node import FRONT, ask


def front(name, landscape, *rest):
    """What a function of front/damped.js answers on a landscape."""
    (answer,) = ask([("./helpers.mjs", "damped", [name, landscape, *rest])])
    return answer


@pytest.mark.parametrize("landscape", LANDSCAPES)
@pytest.mark.parametrize("damping", [0.0, 0.03, 1.0, 200.0])
def test_the_paths_are_those_of_the_library(landscape, damping):
    widget = Damping(landscape=landscape, damping=damping, steps=12, at=12)
    for name, wanted in widget.walks().items():
        got = front({"newton": "newton", "sgd": "slow"}[name], landscape, widget.start, damping, 12)
        path = np.reshape(got["path"], (-1, 2))
        assert len(path) == len(wanted), (name, got["ended"])
        near = np.abs(np.diff(wanted, axis=0, prepend=wanted[:1])).max(axis=1).cumsum() < 30
        off = np.abs(path - wanted).max(axis=1) / np.maximum(1, np.abs(wanted).max(axis=1))
        assert off[near].max() < 1e-6, (name, off)


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_the_hessian_and_its_eigenvalues(landscape):
    place, (left, right, bottom, top) = surface(landscape), LANDSCAPES[landscape].window
    for u, v in np.random.default_rng(0).uniform(0.1, 0.9, (5, 2)):
        x, y = left + u * (right - left), bottom + v * (top - bottom)
        H = place.hess(np.array([x, y]))
        a, b, c = front("hessian", landscape, x, y)
        assert np.allclose([[a, b], [b, c]], H, rtol=1e-8, atol=1e-8 * np.abs(H).max())
        assert np.allclose(
            ask([(FRONT + "damped.js", "eigenvalues", [[a, b, c]])])[0], np.linalg.eigvalsh(H), atol=1e-6
        )


def test_a_singular_matrix_is_told_on_both_sides():
    """The saddle's Hessian at (0, 0) has an eigenvalue that damping can cancel."""
    (none,) = ask([(FRONT + "damped.js", "damped", [[2.0, 0.0, -1.0], [1.0, 1.0], 1.0])])
    assert none is None
    with pytest.raises(ArithmeticError, match="singular"):
        newton(np.zeros(2), lambda t: np.ones(2), lambda t: np.diag([2.0, -1.0]), damping=1.0)
    (step,) = ask([(FRONT + "damped.js", "damped", [[2.0, 0.5, -1.0], [1.0, 1.0], 3.0])])
    assert np.allclose(step, -np.linalg.solve([[5, 0.5], [0.5, 2]], [1, 1]))


def test_the_dotted_curve_leads_from_the_gradient_to_newtons_point():
    widget = Damping(landscape="tilted_ravine")
    points = np.reshape(front("fan", "tilted_ravine", widget.start), (-1, 2))
    place = surface("tilted_ravine")
    assert np.abs(points[-1] - place.minimum).max() < 1e-3  # on a quadratic Newton's point is the minimum
    first, g = points[1] - points[0], place.grad(points[0])
    assert first @ g / np.linalg.norm(first) / np.linalg.norm(g) == pytest.approx(-1, abs=1e-4)
    away = np.linalg.norm(points - points[0], axis=1)
    assert (np.diff(away) > 0).all()  # less damping, longer step


def test_what_a_step_leaves_is_what_it_leaves():
    """On a quadratic, along each eigenvector."""
    place, at = surface("ravine"), np.array([1.0, 1.0])
    for damping in (0.5, 20.0):
        left = newton(at, place.grad, place.hess, damping=damping)
        down = at - place.grad(at) / damping
        for k, h in enumerate((1.0, 10.0)):
            (got,) = ask([(FRONT + "damped.js", "leaves", [h, damping])])
            assert np.allclose([got["newton"], got["sgd"]], [left[k], down[k]], rtol=1e-8)


def test_the_three_things_to_try():
    """Newton alone is done in ten steps on Rosenbrock's valley; heavily damped it is gradient descent; at a saddle it
    walks into it unless damped by more than the negative curvature."""
    assert np.abs(Damping(landscape="rosenbrock", damping=0.0, steps=10, at=10).walks()["newton"][-1] - 1).max() < 1e-6
    both = Damping(landscape="rosenbrock", damping=10_000.0, steps=100).walks()
    moved = np.linalg.norm(both["sgd"][-1] - both["sgd"][0])
    assert np.abs(both["newton"] - both["sgd"]).max() < 0.2 * moved
    saddle = surface("saddle")
    start = [0.3, 0.2]
    ends = [Damping(landscape="saddle", start=start, damping=d).walks()["newton"][-1] for d in (0.0, 8.0)]
    assert np.abs(saddle.grad(ends[0])).max() < 1e-9 and np.linalg.eigvalsh(saddle.hess(ends[0]))[0] < 0
    assert saddle.f(ends[1]) < saddle.f(np.array(start)) - 0.1


def test_newton_has_its_look():
    family, light, dark, marker, _ = palette.RULES["newton"]
    look = re.search(r'newton: (\{ label: "Newton".*?\})', Damping._esm)[1]
    assert family == "curvature"
    assert all(word in look for word in (f'light: "{light}"', f'dark: "{dark}"', f'marker: "{marker}"'))


@pytest.mark.parametrize("wrong, message", [
    (dict(landscape="moon"), "landscape must be one of 'ravine', .* got 'moon'"),
    (dict(damping=-1.0), "damping must be between 0 and 10000, got -1.0"),
    (dict(start=[9.0, 0.0]), r"start must be two numbers x, y inside the landscape's window, got \[9.0, 0.0\]"),
    (dict(steps=4), "steps must be between 5 and 100, got 4"),
    (dict(at=0), "at must be between 1 and 100, got 0"),
])  # fmt: skip
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Damping(**wrong)


def test_the_still_figure_follows_the_state():
    assert Damping().still() != Damping(damping=100.0).still()
    assert "SGD" not in Damping(damping=0.0).still()
