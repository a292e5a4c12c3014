"""The widget of regret: its paths against NumPy and the closed form, and its settings."""

import json

import numpy as np
import pytest

from optlib.problems import reddi
from optlib.rules import adam
from optlib.widgets import Regret
from optlib.widgets.regret import walk
from tests.optlib.node import FRONT, ask

BETAS = {"beta1": 0.5, "beta2": 0.3}


def numbers(found):
    """A typed array comes as an object of its numbers."""
    return np.array(list(found.values()) if isinstance(found, dict) else found)


@pytest.mark.parametrize("rule", ["adam", "amsgrad", "sgd"])
def test_both_languages_walk_alike(rule):
    (got,) = ask([(FRONT + "lines.js", "walk", [rule, 3.5, BETAS, 0.2, 300])])
    assert np.abs(numbers(got) - walk(rule, 3.5, 0.5, 0.3, 0.2, 300)).max() < 1e-12


def test_the_walk_is_the_problem_of_the_chapter():
    places, theta, m, v = walk("adam", 3.0, 0.0, 0.1, 0.1, 60), 0.0, 0.0, 0.0
    for t in range(1, 61):
        g = reddi(3).grad(theta, reddi(3).batches(t))
        theta, m, v = adam(theta, g, m, v, t, lr=0.1 / t**0.5, beta1=0.0, beta2=0.1)
        theta = min(max(theta, -1.0), 1.0)
        assert abs(places[t] - theta) < 1e-14


def test_the_regret_is_what_was_paid_beyond_the_best_place():
    path = np.array([0.0, 0.5, -1.0, 1.0])
    (got,) = ask([(FRONT + "lines.js", "average", [path.tolist(), 3])])
    paid = np.cumsum([3 * 0.0, -0.5, 1.0]) - np.cumsum([-3.0, 1.0, 1.0])
    assert np.abs(numbers(got)[1:] - paid / [1, 2, 3]).max() < 1e-14


@pytest.mark.parametrize("scale, beta2", [(3, 0.1), (3, 0.9), (2, 0.99), (10, 0.0)])
def test_the_climb_is_that_of_a_late_period(scale, beta2):
    (got,) = ask([(FRONT + "lines.js", "climb", [scale, beta2])])
    theta, m, v, places = 0.0, 0.0, 0.0, []
    for t in range(1, 3001):
        theta, m, v = adam(theta, scale if t % 3 == 1 else -1.0, m, v, t, lr=1.0, beta1=0.0, beta2=beta2, eps=0.0)
        places.append(theta)
    assert got == pytest.approx(places[-1] - places[-4], abs=1e-9)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(scale=1.5), "scale must be between 2 and 10, got 1.5"),
        (dict(beta2=1.0), "beta2 must be at least 0 and below 1, got 1.0"),
        (dict(lr=2.0), "lr must be between 0.01 and 1, got 2.0"),
        (dict(steps=500), "steps must be 300, 3000 or 30000, got 500"),
        (dict(chosen=["adem"]), "chosen must be one of"),
    ],
)
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Regret(**wrong)


def test_the_still_figure_follows_the_state():
    assert Regret(steps=300).still() != Regret(steps=300, beta2=0.9).still() != Regret(steps=300, scale=5.0).still()
    assert json.loads(json.dumps(Regret().settings()))["chosen"] == ["adam", "amsgrad", "sgd"]
