"""The composer under the hand, and its rates, means and runs against NumPy."""

import numpy as np

from tests.browser import site
from tests.browser.hand import opening

H = np.array([1.0, 0.05])

open_composer = opening("composer.js")


def compare(hand, where):
    """The rates at their turning points, the recursion of the mean squares, and one noise for both runs."""
    state, rates = hand.state, np.array(hand.ask("rates()"))
    assert len(rates) == 300 and rates.max() <= state["peak"] * (1 + 1e-12), where
    assert np.allclose(rates[state["warmup"]], state["peak"]), where
    if state["warmup"]:
        assert np.isclose(rates[0], state["peak"] / state["warmup"]), where
    if state["tail"] > 1:
        assert rates[-1] < 1e-12 and (np.diff(rates[300 - state["tail"] :]) <= 1e-15).all(), where
    means, runs = hand.ask("means()"), hand.ask("runs()")
    for lrs, mean in zip((rates, np.full(300, state["flat"])), means):
        squares = np.full(2, 9.0)
        for lr, seen in zip(lrs, mean[1:]):
            squares = (1 - lr * H) ** 2 * squares + lr**2
            assert np.isclose(seen, squares @ H / 2, rtol=1e-9, atol=1e-15), where
    assert runs[0][0] == runs[1][0] == means[0][0], where


def test_by_keys_and_buttons(open_composer):
    hand = open_composer()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    body = hand.find("select")
    for option in body.locator("option").all():
        body.select_option(option.get_attribute("value"))
        site.frames(hand.page)
        compare(hand, option.get_attribute("value"))
    hand.renews("New noise", "runs()")
    assert hand.says("three cosines")
    hand.fits()


def test_on_a_phone(open_composer):
    hand = open_composer(390)
    hand.slider("Peak").fill("0")
    hand.until("Math.abs(state.peak - 1) < 0.01")
    compare(hand, "on a phone")
    hand.fits()


def test_a_link_brings_the_view_back(open_composer):
    hand = open_composer()
    hand.slider("Warm-up").fill("40")
    hand.find("select").select_option("cosine")
    hand.until("state.warmup === 40 && state.body === 'cosine'")
    wanted = hand.state
    again = hand.again("warmup=40", "body=cosine")
    assert again.state == wanted
    compare(again, "from its link")
