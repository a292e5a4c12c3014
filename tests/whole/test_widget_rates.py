"""The widget of rates: its numbers against the rules and against closed forms, and its settings."""

import numpy as np
import pytest

from optlib.widgets import Rates
from optlib.widgets.rates import JUMP, LISTED, STEPS, gradients, rates
from tests.optlib.node import FRONT, ask

FILE = FRONT + "jump.js"


@pytest.mark.parametrize("jump, seed", [(0.01, 1), (1000.0, 7)])
def test_the_gradients_are_the_same_in_both_languages_and_jump_once(jump, seed):
    (got,) = ask([(FILE, "jumping", [jump, seed])])
    g = gradients(jump, seed)
    assert np.abs(np.array(got) / g - 1).max() < 1e-12
    before, after = (np.mean(part**2) ** 0.5 for part in (g[:JUMP], g[JUMP:]))
    assert len(g) == STEPS and abs(after / before / jump - 1) < 0.1
    assert ask([(FILE, name, []) for name in ("COUNTED", "JUMP")]) == [STEPS, JUMP]


@pytest.mark.parametrize("rho, eps, jump", [(0.9, 1e-8, 0.01), (0.99, 1e-2, 100.0), (0.5, 1.0, 0.001)])
def test_the_rates_are_those_of_the_equations(rho, eps, jump):
    g = gradients(jump, 3)
    got = ask([(FILE, "ratesOf", [name, g.tolist(), rho, eps]) for name in LISTED])
    ages = np.arange(STEPS)
    v = np.array([(1 - rho) * rho ** ages[t::-1] @ g[: t + 1] ** 2 for t in range(STEPS)])
    wanted = {"adagrad": 1 / (np.sqrt(np.cumsum(g**2)) + eps), "rmsprop": 1 / (np.sqrt(v) + eps)}
    u, wanted["adadelta"] = 0.0, []
    for slope, square in zip(g, v):
        wanted["adadelta"].append(np.sqrt((u + eps) / (square + eps)))
        u = rho * u + (1 - rho) * (wanted["adadelta"][-1] * slope) ** 2
    for name, line in zip(LISTED, got):
        assert np.abs(np.array(line) / wanted[name] - 1).max() < 1e-9, name
        assert np.abs(rates(name, g, rho, eps) / wanted[name] - 1).max() < 1e-9, name


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(rho=1.0), "rho must be between 0.5 and 0.999, got 1.0"),
        (dict(eps=2.0), "eps must be between 1e-10 and 1, got 2.0"),
        (dict(jump=0), "jump must be between 0.001 and 1000, got 0"),
        (dict(at=601), "at must be between 1 and 600, got 601"),
        (dict(chosen=["sgd"]), "chosen must be one of 'adagrad', 'rmsprop', 'adadelta', got 'sgd'"),
    ],
)
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Rates(**wrong)


def test_the_still_figure_follows_the_state():
    assert Rates().still() != Rates(jump=100).still() != Rates(jump=100, chosen=["adagrad"]).still()
    assert "multiplied by 100 " in Rates(jump=100).still()
    assert Rates(jump=100, chosen=[]).still().startswith("<img")
