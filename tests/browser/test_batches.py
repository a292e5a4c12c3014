"""The batches under the hand, and their path and floor against NumPy."""

import json

import numpy as np
import pytest

from tests.browser import site
from tests.browser.hand import Hand

MODULE = "batches.js"


def places():
    found = [p for p in site.pages() if f'data-module="{MODULE}"' in (site.SITE / p).read_text(encoding="utf-8")]
    return [None, *found]


@pytest.fixture(params=places(), ids=lambda page: page or "alone")
def open_batches(request, home, widgets, visit, seen):
    address = f"{home}/{request.param}" if request.param else f"{widgets}/batches.html"

    def go(width=1280, **options):
        page = visit(address, width, **options)
        page.locator(".descent-widget").first.wait_for()
        modules = [box.get_attribute("data-module") for box in page.locator(".descent-widget").all()]
        seen["widgets"].append(address)
        return Hand(page, modules.index(MODULE))

    return go


def compare(hand, where):
    """What one step does to the widget's own batches, and the recursion of the mean square, in NumPy."""
    state, curvature = hand.state, np.array([1.0, 4.0])
    path = np.array(hand.ask("path()")).reshape(-1, 2)
    assert np.abs(path[0] - state["start"]).max() < 1e-12, where
    # the mean of the batch that each step saw, from the step itself: it stays among the examples
    means = path[:-1] + np.diff(path, axis=0) / (state["lr"] * curvature)
    assert np.abs(means).max() < 3, where
    losses = (curvature * path**2).sum(axis=1) / 2
    assert np.allclose(hand.ask("losses()"), losses, rtol=1e-12), where
    seen = hand.ask("longRun()")
    xx, _, yy = seen["cov"]
    assert np.isclose(seen["floor"], (xx + 4 * yy) / 2), where
    for variance, h, now in ((xx, 1.0, means[:, 0]), (yy, 4.0, means[:, 1])):
        noise = variance * (1 - (1 - state["lr"] * h) ** 2) / (state["lr"] * h) ** 2
        assert 0.7 < now.var() / noise < 1.4, f"{where}: the batches vary by {now.var()}, the ellipse has {noise}"


def test_by_mouse_keys_and_sliders(open_batches):
    hand = open_batches()
    page = hand.page
    compare(hand, "as it opens")
    for slider in hand.find("input[type=range]").all():
        name, before = slider.get_attribute("aria-label"), hand.state
        slider.focus()
        page.keyboard.press("ArrowRight")
        site.frames(page)
        assert hand.state != before, f"the arrow keys set nothing at {name!r}"
        compare(hand, f"{name} by key")
    before = hand.ask("path()")
    hand.button("New draws").click()
    site.frames(page)
    assert hand.ask("path()") != before, "New draws brings the old ones"
    compare(hand, "new draws")
    ring = hand.find("button.handle")
    ring.focus()
    start = hand.state["start"]
    page.keyboard.press("Shift+ArrowLeft")
    hand.until("state.start[0] < given[0]", start)
    box = hand.find(".map canvas").first.bounding_box()
    ring.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.up()
    hand.until("Math.abs(state.start[0] - 1) < 0.05 && Math.abs(state.start[1] - 0.85) < 0.05")
    compare(hand, "after a drag")
    assert hand.says(f"Batches of {hand.state['batch']}")
    assert not page.wrong, page.wrong


def test_by_touch(open_batches):
    hand = open_batches(390)
    canvas = hand.find(".map canvas").first
    canvas.scroll_into_view_if_needed()
    before, box = hand.state["start"], canvas.bounding_box()
    hand.page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"])
    hand.until("state.start[0] !== given[0]", before)
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not hand.page.wrong, hand.page.wrong


def test_a_link_brings_the_view_back(open_batches):
    hand = open_batches()
    hand.slider("Rate η").fill("-0.5")
    hand.slider("Batch B").fill("4")
    hand.until("state.batch === 16")
    wanted = hand.state
    hand.until(f"el.shadowRoot.querySelector('a.link').hash.includes('batch={json.dumps(wanted['batch'])}')")
    hand.find("a.link").click()
    hand.page.wait_for_function("location.hash.includes('batch=16')")
    hand.page.reload()
    modules = [box.get_attribute("data-module") for box in hand.page.locator(".descent-widget").all()]
    again = Hand(hand.page, modules.index(MODULE))
    assert again.state == wanted
    compare(again, "from its link")
