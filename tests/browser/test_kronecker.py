"""K-FAC under the hand, and what its numbers must be."""

import numpy as np

from tests.browser.hand import opening

open_kronecker = opening("kronecker.js")


def compare(hand, where):
    """What holds for all settings: fresh inverses are as good as fresh, a step goes downhill, losses stay in bounds."""
    state, data = hand.state, hand.ask("data()")
    lines = {name: np.array(data[name]) for name in ("kfac", "sgd", "gradient", "fresh")}
    assert all(len(line) == state["steps"] for line in lines.values()), where
    assert max(lines["kfac"].max(), lines["sgd"].max()) <= 1000 and lines["kfac"].min() > 0, where
    alive = lines["kfac"] < 1000
    renewed = np.arange(state["steps"]) % state["every"] == 0
    assert np.abs(lines["fresh"][renewed & alive] - 1).max() < 1e-6, where
    assert np.abs(lines["gradient"]).max() <= 1 + 1e-12 and (lines["gradient"][renewed & alive] > 0).all(), where


def test_by_mouse_keys_and_sliders(open_kronecker):
    hand = open_kronecker()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    hand.slider("Damping γ").fill("1")  # its slider counts powers of ten
    hand.until("state.damping === 10")
    compare(hand, "damped")
    assert min(hand.ask("data()")["gradient"]) > 0.9
    hand.slider("Renewed every").fill("1")
    hand.until("state.every === 1")
    compare(hand, "renewed")
    hand.page.mouse.click(*hand.point(0.4, 0.5))
    hand.until("state.at < 0.7 * state.steps")
    assert hand.says(f"after {hand.state['at']} steps")
    hand.fits()


def test_by_touch(open_kronecker):
    hand = open_kronecker(390)
    hand.tap(0.4, 0.5)
    hand.fits()


def test_a_link_brings_the_view_back(open_kronecker):
    hand = open_kronecker()
    hand.slider("Renewed every").fill("20")
    hand.until("state.every === 20")
    wanted = hand.state
    again = hand.again("every=20")
    assert again.state == wanted
    compare(again, "from its link")
