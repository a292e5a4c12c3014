"""The regret under the hand, and its paths against NumPy."""

import numpy as np

from tests.browser.hand import opening

open_regret = opening("regret.js")


def walked(state, rule):
    """Where Adam or AMSGrad stands after each step, from their equations without corrections."""
    at, m, v, top, path = 0.0, 0.0, 0.0, 0.0, [0.0]
    for t in range(1, state["steps"] + 1):
        g, rate = state["scale"] if t % 3 == 1 else -1.0, state["lr"] / np.sqrt(t)
        m = state["beta1"] * m + (1 - state["beta1"]) * g
        v = state["beta2"] * v + (1 - state["beta2"]) * g * g
        top = max(top, v)
        up, down = m, top
        if rule == "adam":
            up, down = m / (1 - state["beta1"] ** t), v / (1 - state["beta2"] ** t)
        at = min(max(at - rate * (g if rule == "sgd" else up / (np.sqrt(down) + 1e-8)), -1.0), 1.0)
        path.append(at)
    return np.array(path)


def compare(hand, where):
    state = hand.state
    slopes = np.where(np.arange(state["steps"]) % 3 == 0, state["scale"], -1.0)
    for rule in ("adam", "amsgrad", "sgd"):
        path = np.array(hand.ask(f"data()['{rule}'].path.reduce((list, v) => (list.push(v), list), [])"))
        assert np.abs(path - walked(state, rule)).max() < 1e-9, f"{where}: {rule}"
        regret = hand.ask(f"data()['{rule}'].regret[{state['steps']}]")
        assert np.isclose(regret, (slopes * (path[:-1] + 1)).mean()), f"{where}: {rule}"


def test_by_mouse_keys_and_sliders(open_regret):
    hand = open_regret()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    hand.find("select").select_option("300")
    hand.until("state.steps === 300 && state.at <= 300")
    compare(hand, "300 steps")
    hand.page.mouse.click(*hand.point(0.5, 0.5, "canvas.read"))
    hand.until("state.at > 3 && state.at < 60")
    hand.find("tbody input[type=checkbox]").first.uncheck()
    hand.until("!state.chosen.includes('adam')")
    assert hand.says("Slopes")
    hand.fits()


def test_by_touch(open_regret):
    hand = open_regret(390)
    hand.tap(0.5, 0.5, "canvas.read")
    hand.fits()


def test_a_link_brings_the_view_back(open_regret):
    hand = open_regret()
    hand.slider("Slope C").fill("5")
    hand.find("select").select_option("300")
    hand.until("state.scale === 5 && state.steps === 300")
    wanted = hand.state
    again = hand.again("scale=5")
    assert again.state == wanted
    compare(again, "from its link")
