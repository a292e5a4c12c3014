"""The soft threshold and the lasso's path under the hand, and what their numbers must be."""

import numpy as np

from optlib.problems import diabetes, lasso
from tests.browser.hand import opening

open_lasso = opening("lasso.js")


def compare(hand, where):
    """No weight can be moved to a lower loss: the slopes of squares and penalty cancel, or hold it at zero."""
    state, data = hand.state, hand.ask("data()")
    theta, weight = np.array(data["theta"]), state["weight"]
    X, y, _ = diabetes()
    slope = X.T @ (X @ theta - y) / len(y)
    if state["penalty"] == "lasso":
        on = theta != 0
        assert np.abs(slope[on] + weight * np.sign(theta[on])).max(initial=0) < 1e-6, where
        assert np.abs(slope[~on]).max(initial=0) <= weight + 1e-6, where
        assert lasso(weight).f(theta) <= lasso(weight).f(np.zeros(10)), where
    else:
        assert np.abs(slope + weight * theta).max() < 1e-6 and (theta != 0).all(), where
    assert data["kept"] == (theta != 0).sum(), where
    assert hand.says(f"{data['kept']} of 10 weights are not zero"), where


def test_by_mouse_keys_and_sliders(open_lasso):
    hand = open_lasso()
    compare(hand, "as it opens")
    assert hand.says("6 of 10")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    corner, rule = hand.find("button.handle").all()
    before = hand.state["weight"]
    corner.press("Shift+ArrowRight")
    hand.until("state.weight > given", before)
    assert np.isclose(hand.state["weight"], before + 2, rtol=1e-2)
    before = hand.state["weight"]
    rule.press("ArrowRight")  # where lambda is smaller
    hand.until("state.weight < given", before)
    hand.drag(corner, 0.7, 0.5)
    hand.until("Math.abs(state.weight - 20) < 0.5")
    compare(hand, "after a drag of the corner")
    assert hand.says("3 of 10")
    hand.drag(rule, 1, 0.5, ".side:nth-child(2) canvas")
    hand.until("state.weight === 0.3")
    compare(hand, "at the right end of the path")
    assert hand.says("8 of 10")
    hand.stage.get_by_role("combobox", name="Penalty").select_option("ridge")
    hand.until("state.penalty === 'ridge'")
    hand.slider("Penalty λ").fill("1")
    hand.until("Math.abs(state.weight - 10) < 0.1")  # the slider's own steps
    compare(hand, "ridge")
    assert corner.is_hidden() and rule.is_visible()
    hand.fits()


def test_by_touch(open_lasso):
    hand = open_lasso(390)
    hand.tap(0.7, 0.5, sets="weight")
    hand.until("Math.abs(state.weight - 20) < 0.5")
    compare(hand, "by touch")
    hand.fits()


def test_a_link_brings_the_view_back(open_lasso):
    hand = open_lasso()
    hand.stage.get_by_role("combobox", name="Penalty").select_option("ridge")
    hand.slider("Penalty λ").fill("1")
    hand.until("Math.abs(state.weight - 10) < 0.1 && state.penalty === 'ridge'")
    wanted = hand.state
    again = hand.again(f"weight={wanted['weight']}", "penalty=ridge")
    assert again.state == wanted
    compare(again, "from its link")
