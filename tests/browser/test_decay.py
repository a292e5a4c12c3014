"""The two weights under the hand, and what their first steps must be."""

import numpy as np

from tests.browser.hand import opening

RULES = ("adam_l2", "adamw")

open_decay = opening("decay.js")


def compare(hand, where):
    """What holds for all draws: the length of the first step, AdamW's decay beside it, Adam without decay."""
    state, data = hand.state, hand.ask("data()")
    for which in ("loud", "quiet"):
        both = {name: np.array(data[which][name]) for name in RULES}
        assert all(len(line) == state["steps"] for line in both.values()), where
        # the first step of both is lr times a sign, and AdamW's decay beside it
        first = 1 - state["lr"] * state["decay"] - both["adamw"][0]
        assert abs(abs(first) / state["lr"] - 1) < 1e-3, where
        assert abs(abs(1 - both["adam_l2"][0]) / state["lr"] - 1) < 1e-3, where
        if state["decay"] == 0:
            assert np.abs(both["adam_l2"] - both["adamw"]).max() < 1e-12, where


def test_by_mouse_keys_and_sliders(open_decay):
    hand = open_decay()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    hand.renews("New noise", "data().loud")
    hand.slider("Decay λ").fill("0")
    hand.until("state.decay === 0")
    compare(hand, "without decay")
    at = hand.state["at"]
    hand.page.mouse.move(*hand.point(0.3, 0.5))
    hand.until("state.at !== given", at)
    assert hand.says("Decay 0, rate")
    hand.fits()


def test_by_touch(open_decay):
    hand = open_decay(390)
    hand.tap(0.4, 0.5)
    hand.fits()


def test_a_link_brings_the_view_back(open_decay):
    hand = open_decay()
    hand.slider("Decay λ").fill("0.37")
    hand.until("state.decay === 0.37")
    wanted = hand.state
    assert hand.again("decay=0.37").state == wanted
