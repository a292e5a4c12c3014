"""The widget of the balls: front end against the families in NumPy, its edge, its settings."""

import re

import numpy as np
import pytest

from optlib.families import gaussian
from optlib.plot import palette
from optlib.widgets import Balls, module_source
from optlib.widgets.balls import TARGET, edge
from tests.optlib.node import FRONT, ask

PLACES = [(-0.4, 0.5, 0.1), (1.6, 0.15, 0.5), (-1.6, 2.0, 0.001), (1.0, 1.7, 0.02), (0.9, 0.5, 0.3)]


@pytest.mark.parametrize("mu, sigma, kl", PLACES)
def test_the_ends_of_the_steps_are_those_of_python(mu, sigma, kl):
    wanted = Balls(mu=mu, sigma=sigma, kl=kl).ends()
    for name in ("sigma", "log"):
        (got,) = ask([(FRONT + "ball.js", "ends", [[mu, sigma], kl, name])])
        for step in ("gradient", "natural"):
            np.testing.assert_allclose(got[step], wanted[name][step], rtol=1e-12, atol=1e-13)


def test_the_slope_is_that_of_the_divergence_from_the_target():
    """A short gradient step in (mu, sigma) goes where the divergence falls fastest, found by trying all directions."""
    widget, here = Balls(sigma=0.5, kl=1e-3), np.array([-0.4, 0.5])
    turn = np.linspace(0, 2 * np.pi, 3601)
    ring = here + 0.002**0.5 / 1e3 * np.column_stack([np.cos(turn), np.sin(turn)])
    best = turn[np.argmin([gaussian.kl(TARGET, q) for q in ring])]
    move = widget.ends()["sigma"]["gradient"] - here
    assert np.arctan2(move[1], move[0]) % (2 * np.pi) == pytest.approx(best, abs=0.004)


def test_natural_steps_meet_and_gradient_steps_do_not():
    ends = Balls(mu=-1.0, sigma=0.4, kl=1e-3).ends()
    natural, gradient = (np.abs(ends["sigma"][k] - ends["log"][k]).max() for k in ("natural", "gradient"))
    assert natural < 1e-3 < 20e-3 < gradient


@pytest.mark.parametrize("kl", [0.001, 0.1, 0.5])
def test_the_edge_has_that_divergence(kl):
    (got,) = ask([(FRONT + "ball.js", "edge", [kl, 120])])
    assert np.abs(np.array(got) - edge(kl)).max() < 1e-6  # the ends of the mean are roots of rounding
    values = [gaussian.kl(np.array([0.0, 1.0]), q) for q in np.array(got)]
    np.testing.assert_allclose(values, kl, rtol=1e-6)
    (far,) = ask([(FRONT + "ball.js", "divergence", [[0, 1], [0.3, 2]])])
    assert far == pytest.approx(gaussian.kl(np.array([0.0, 1.0]), np.array([0.3, 2.0])), rel=1e-13)


def test_a_step_beyond_zero_width_is_no_distribution():
    (end,) = ask([(FRONT + "ball.js", "ends", [[1, 0.9], 0.5, "sigma"])])
    assert end["gradient"][1] < 0
    (far,) = ask([(FRONT + "ball.js", "divergence", [[1, 0.9], end["gradient"]])])
    assert far == "Infinity"


def test_at_the_target_there_is_no_step():
    assert ask([(FRONT + "ball.js", "ends", [TARGET.tolist(), 0.1, name]) for name in ("sigma", "log")]) == [None, None]


def test_the_colors_are_those_of_the_book():
    light, dark = re.search(r'GREEN = \{ light: "(#\w+)", dark: "(#\w+)" \}', module_source("balls.js")).groups()
    assert palette.RULES["natural_gradient"][1:3] == (light, dark)


@pytest.mark.parametrize("wrong, message", [
    (dict(mu=2.0), "mu must be between -1.6 and 1.6, got 2.0"),
    (dict(sigma=0.0), "sigma must be between 0.15 and 2.0, got 0.0"),
    (dict(kl=1.0), "kl must be between 0.001 and 0.5, got 1.0"),
])  # fmt: skip
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Balls(**wrong)


def test_the_still_figure_follows_the_state():
    assert Balls().still() != Balls(sigma=1.0).still()
