"""The two weights under the hand, and what their first steps must be."""

import numpy as np
import pytest

from tests.browser import site
from tests.browser.hand import Hand

MODULE = "decay.js"
RULES = ("adam_l2", "adamw")


def places():
    found = [p for p in site.pages() if f'data-module="{MODULE}"' in (site.SITE / p).read_text(encoding="utf-8")]
    return [None, *found]


@pytest.fixture(params=places(), ids=lambda page: page or "alone")
def open_decay(request, home, widgets, visit, seen):
    address = f"{home}/{request.param}" if request.param else f"{widgets}/decay.html"

    def go(width=1280, **options):
        page = visit(address, width, **options)
        page.locator(".descent-widget").first.wait_for()
        modules = [box.get_attribute("data-module") for box in page.locator(".descent-widget").all()]
        seen["widgets"].append(address)
        return Hand(page, modules.index(MODULE))

    return go


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
    page = hand.page
    compare(hand, "as it opens")
    for slider in hand.find("input[type=range]").all():
        name, before = slider.get_attribute("aria-label"), hand.state
        slider.focus()
        page.keyboard.press("ArrowLeft")
        site.frames(page)
        assert hand.state != before, f"the arrow keys set nothing at {name!r}"
        compare(hand, f"{name} by key")
    before = hand.ask("data()")["loud"]
    hand.button("New noise").click()
    site.frames(page)
    assert hand.ask("data()")["loud"] != before, "New noise brings the old one"
    hand.slider("Decay λ").fill("0")
    hand.until("state.decay === 0")
    compare(hand, "without decay")
    canvas = hand.find("canvas").first
    canvas.scroll_into_view_if_needed()
    box, at = canvas.bounding_box(), hand.state["at"]
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    hand.until("state.at !== given", at)
    assert hand.says("Decay 0, rate")
    assert not page.wrong, page.wrong


def test_by_touch(open_decay):
    hand = open_decay(390)
    canvas = hand.find("canvas").first
    canvas.scroll_into_view_if_needed()
    before, box = hand.state["at"], canvas.bounding_box()
    hand.page.touchscreen.tap(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    hand.until("state.at !== given", before)
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not hand.page.wrong, hand.page.wrong


def test_a_link_brings_the_view_back(open_decay):
    hand = open_decay()
    hand.slider("Decay λ").fill("0.37")
    hand.until("state.decay === 0.37")
    hand.until("el.shadowRoot.querySelector('a.link').hash.includes('decay=0.37')")
    wanted = hand.state
    hand.find("a.link").click()
    hand.page.wait_for_function("location.hash.includes('decay=0.37')")
    hand.page.reload()
    modules = [box.get_attribute("data-module") for box in hand.page.locator(".descent-widget").all()]
    assert Hand(hand.page, modules.index(MODULE)).state == wanted
