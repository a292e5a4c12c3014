"""The regret under the hand, and its paths against NumPy."""

import numpy as np
import pytest

from tests.browser import site
from tests.browser.hand import Hand

MODULE = "regret.js"


def places():
    found = [p for p in site.pages() if f'data-module="{MODULE}"' in (site.SITE / p).read_text(encoding="utf-8")]
    return [None, *found]


@pytest.fixture(params=places(), ids=lambda page: page or "alone")
def open_regret(request, home, widgets, visit, seen):
    address = f"{home}/{request.param}" if request.param else f"{widgets}/regret.html"

    def go(width=1280, **options):
        page = visit(address, width, **options)
        page.locator(".descent-widget").first.wait_for()
        modules = [box.get_attribute("data-module") for box in page.locator(".descent-widget").all()]
        seen["widgets"].append(address)
        return Hand(page, modules.index(MODULE))

    return go


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
    page = hand.page
    compare(hand, "as it opens")
    for slider in hand.find("input[type=range]").all():
        name, before = slider.get_attribute("aria-label"), hand.state
        slider.focus()
        page.keyboard.press("ArrowLeft" if name == "Step t" else "ArrowRight")
        site.frames(page)
        assert hand.state != before, f"the arrow keys set nothing at {name!r}"
        compare(hand, f"{name} by key")
    hand.find("select").select_option("300")
    hand.until("state.steps === 300 && state.at <= 300")
    compare(hand, "300 steps")
    canvas = hand.find("canvas.read").first
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    hand.until("state.at > 3 && state.at < 60")
    hand.find("tbody input[type=checkbox]").first.uncheck()
    hand.until("!state.chosen.includes('adam')")
    assert hand.says("Slopes")
    assert not page.wrong, page.wrong


def test_by_touch(open_regret):
    hand = open_regret(390)
    canvas = hand.find("canvas.read").first
    canvas.scroll_into_view_if_needed()
    before, box = hand.state["at"], canvas.bounding_box()
    hand.page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    hand.until("state.at !== given", before)
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not hand.page.wrong, hand.page.wrong


def test_a_link_brings_the_view_back(open_regret):
    hand = open_regret()
    hand.slider("Slope C").fill("5")
    hand.find("select").select_option("300")
    hand.until("state.scale === 5 && state.steps === 300")
    wanted = hand.state
    hand.until("el.shadowRoot.querySelector('a.link').hash.includes('scale=5')")
    hand.find("a.link").click()
    hand.page.wait_for_function("location.hash.includes('scale=5')")
    hand.page.reload()
    modules = [box.get_attribute("data-module") for box in hand.page.locator(".descent-widget").all()]
    again = Hand(hand.page, modules.index(MODULE))
    assert again.state == wanted
    compare(again, "from its link")
