"""The composer under the hand, and its rates, means and runs against NumPy."""

import json

import numpy as np
import pytest

from tests.browser import site
from tests.browser.hand import Hand

MODULE = "composer.js"
H = np.array([1.0, 0.05])


def places():
    found = [p for p in site.pages() if f'data-module="{MODULE}"' in (site.SITE / p).read_text(encoding="utf-8")]
    return [None, *found]


@pytest.fixture(params=places(), ids=lambda page: page or "alone")
def open_composer(request, home, widgets, visit, seen):
    address = f"{home}/{request.param}" if request.param else f"{widgets}/composer.html"

    def go(width=1280, **options):
        page = visit(address, width, **options)
        page.locator(".descent-widget").first.wait_for()
        modules = [box.get_attribute("data-module") for box in page.locator(".descent-widget").all()]
        seen["widgets"].append(address)
        return Hand(page, modules.index(MODULE))

    return go


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
    page = hand.page
    compare(hand, "as it opens")
    for slider in hand.find("input[type=range]").all():
        name, before = slider.get_attribute("aria-label"), hand.state
        slider.focus()
        page.keyboard.press("ArrowRight")
        site.frames(page)
        assert hand.state != before, f"the arrow keys set nothing at {name!r}"
        compare(hand, f"{name} by key")
    body = hand.find("select")
    for option in body.locator("option").all():
        body.select_option(option.get_attribute("value"))
        site.frames(page)
        compare(hand, option.get_attribute("value"))
    before = hand.ask("runs()")
    hand.button("New noise").click()
    site.frames(page)
    assert hand.ask("runs()") != before, "New noise brings the old one"
    assert hand.says("three cosines")
    assert not page.wrong, page.wrong


def test_on_a_phone(open_composer):
    hand = open_composer(390)
    hand.slider("Peak").fill("0")
    hand.until("Math.abs(state.peak - 1) < 0.01")
    compare(hand, "on a phone")
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not hand.page.wrong, hand.page.wrong


def test_a_link_brings_the_view_back(open_composer):
    hand = open_composer()
    hand.slider("Warm-up").fill("40")
    hand.find("select").select_option("cosine")
    hand.until("state.warmup === 40 && state.body === 'cosine'")
    wanted = hand.state
    hand.until(f"el.shadowRoot.querySelector('a.link').hash.includes('warmup={json.dumps(wanted['warmup'])}')")
    hand.find("a.link").click()
    hand.page.wait_for_function("location.hash.includes('body=cosine')")
    hand.page.reload()
    modules = [box.get_attribute("data-module") for box in hand.page.locator(".descent-widget").all()]
    again = Hand(hand.page, modules.index(MODULE))
    assert again.state == wanted
    compare(again, "from its link")
