"""The rates under the hand, and their numbers against the equations in NumPy."""

import numpy as np
import pytest

from tests.browser import site
from tests.browser.hand import Hand

MODULE = "rates.js"


def places():
    found = [p for p in site.pages() if f'data-module="{MODULE}"' in (site.SITE / p).read_text(encoding="utf-8")]
    return [None, *found]


@pytest.fixture(params=places(), ids=lambda page: page or "alone")
def open_rates(request, home, widgets, visit, seen):
    address = f"{home}/{request.param}" if request.param else f"{widgets}/rates.html"

    def go(width=1280, **options):
        page = visit(address, width, **options)
        page.locator(".descent-widget").first.wait_for()
        modules = [box.get_attribute("data-module") for box in page.locator(".descent-widget").all()]
        seen["widgets"].append(address)
        return Hand(page, modules.index(MODULE))

    return go


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
    page = hand.page
    compare(hand, "as it opens")
    for slider in hand.find("input[type=range]").all():
        name, before = slider.get_attribute("aria-label"), hand.state
        slider.focus()
        page.keyboard.press("ArrowRight")
        site.frames(page)
        assert hand.state != before, f"the arrow key sets nothing at {name!r}"
        compare(hand, f"{name} by key")
    before = hand.ask("data()")["g"]
    hand.button("New noise").click()
    site.frames(page)
    assert hand.ask("data()")["g"] != before, "New noise brings the old one"
    hand.find("input[type=checkbox]").first.uncheck()
    hand.until("!state.chosen.includes('adagrad')")
    canvas = hand.find("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.up()
    hand.until("Math.abs(state.at / 600 - 0.5) < 0.1")
    assert hand.says(f"step {hand.state['at']} of 600")
    assert not page.wrong, page.wrong


def test_by_touch(open_rates):
    hand = open_rates(390)
    canvas = hand.find("canvas").first
    canvas.scroll_into_view_if_needed()
    before, box = hand.state["at"], canvas.bounding_box()
    hand.page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"])
    hand.until("state.at !== given", before)
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not hand.page.wrong, hand.page.wrong


def test_a_link_brings_the_view_back(open_rates):
    hand = open_rates()
    hand.slider("Jump").fill("2")
    hand.until("state.jump === 100")
    wanted = hand.state
    hand.until("el.shadowRoot.querySelector('a.link').hash.includes('jump=100')")
    hand.find("a.link").click()
    hand.page.wait_for_function("location.hash.includes('jump=100')")
    hand.page.reload()
    modules = [box.get_attribute("data-module") for box in hand.page.locator(".descent-widget").all()]
    again = Hand(hand.page, modules.index(MODULE))
    assert again.state == wanted
    compare(again, "from its link")
