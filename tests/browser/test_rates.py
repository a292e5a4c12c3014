"""The rates under the hand, and their numbers against the equations in NumPy."""

import numpy as np

from tests.browser.hand import opening

open_rates = opening("rates.js")


def compare(hand, where):
    """The rates from the sums and averages of the widget's own gradients."""
    state, data = hand.state, hand.ask("data()")
    g, eps, v, u = np.array(data["g"]), state["eps"], 0.0, 0.0
    sizes = [np.sqrt(np.mean(part**2)) for part in (g[:200], g[200:])]
    assert 0.9 < sizes[1] / sizes[0] / state["jump"] < 1.1, where
    wanted = {"adagrad": 1 / (np.sqrt(np.cumsum(g**2)) + eps), "rmsprop": [], "adadelta": []}
    for slope in g:
        v = state["rho"] * v + (1 - state["rho"]) * slope**2
        wanted["rmsprop"].append(1 / (np.sqrt(v) + eps))
        wanted["adadelta"].append(np.sqrt((u + eps) / (v + eps)))
        u = state["rho"] * u + (1 - state["rho"]) * (wanted["adadelta"][-1] * slope) ** 2
    for name, line in wanted.items():
        assert np.allclose(data["rates"][name], line, rtol=1e-9), f"{where}: {name}"


def test_by_mouse_keys_and_sliders(open_rates):
    hand = open_rates()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    hand.renews("New noise", "data().g")
    hand.find("input[type=checkbox]").first.uncheck()
    hand.until("!state.chosen.includes('adagrad')")
    hand.page.mouse.click(*hand.point(0.5, 0.5))
    hand.until("Math.abs(state.at / 600 - 0.5) < 0.1")
    assert hand.says(f"step {hand.state['at']} of 600")
    hand.fits()


def test_by_touch(open_rates):
    hand = open_rates(390)
    hand.tap(0.7, 0.5)
    hand.fits()


def test_a_link_brings_the_view_back(open_rates):
    hand = open_rates()
    hand.slider("Jump").fill("2")
    hand.until("state.jump === 100")
    wanted = hand.state
    again = hand.again("jump=100")
    assert again.state == wanted
    compare(again, "from its link")
