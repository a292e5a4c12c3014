"""The stream under the hand, and its numbers against the rules in NumPy."""

import numpy as np
import pytest

from optlib import rules
from optlib.grammar import call, read, start
from tests.browser import site
from tests.browser.hand import Hand


def streams():
    found = [p for p in site.pages() if 'data-module="stream.js"' in (site.SITE / p).read_text(encoding="utf-8")]
    return [None, *found]


@pytest.fixture(params=streams(), ids=lambda page: page or "alone")
def open_stream(request, home, widgets, visit, seen):
    address = f"{home}/{request.param}" if request.param else f"{widgets}/stream.html"

    def go(width=1280, **options):
        page = visit(address, width, **options)
        page.locator(".descent-widget").first.wait_for()
        boxes = page.locator(".descent-widget").all()
        n = next(n for n, box in enumerate(boxes) if box.get_attribute("data-module") == "stream.js")
        seen["widgets"].append(address)
        return Hand(page, n)

    return go


def numbers(rule, g, state):
    """What the rule subtracts from theta over the learning rate, and its last state, for each gradient."""
    step = getattr(rules, rule)
    signature = read(step)
    values = {"lr": 1.0, "beta1": state["beta1"], "beta2": state["beta2"], "rho": state["beta2"]}
    hyper = {k: v for k, v in values.items() if k in signature.hyper}
    memory, out = start(signature, 0.0), []
    for t, slope in enumerate(g, start=1):
        theta, *memory = call(step, signature, 0.0, [slope], memory, t, hyper)
        out.append([-theta, *memory])
    return np.array(out)


def compare(hand, where):
    state, data = hand.state, hand.ask("data()")
    g = data["g"]
    assert len(g) == state["steps"], where
    for rule, steps in data["steps"].items():
        wanted = numbers(rule, g, state)[:, 0]
        assert np.allclose(steps, wanted, rtol=1e-9, atol=1e-12), f"{where}: steps of {rule}"
    adam, t = numbers("adam", g, state), np.arange(1, len(g) + 1)
    m, root = adam[:, 1], np.sqrt(adam[:, 2])
    for key, wanted in {
        "m": m,
        "root": root,
        "mHat": m / (1 - state["beta1"] ** t),
        "rootHat": root / np.sqrt(1 - state["beta2"] ** t),
        "raw": m / (root + 1e-8),
    }.items():
        assert np.allclose(data[key], wanted, rtol=1e-9, atol=1e-12), f"{where}: {key}"


def test_by_mouse_keys_and_sliders(open_stream):
    hand = open_stream()
    page = hand.page
    compare(hand, "as it opens")
    for slider in hand.find("input[type=range]").all():
        name, before = slider.get_attribute("aria-label"), hand.state
        slider.focus()
        page.keyboard.press("ArrowRight")
        site.frames(page)
        assert hand.state != before, f"the arrow key sets nothing at {name!r}"
        compare(hand, f"{name} by key")
        low, high = (float(slider.get_attribute(k)) for k in ("min", "max"))
        slider.fill(str(round(low + 0.5 * (high - low), 2 if high - low < 10 else 0)))
        site.frames(page)
        compare(hand, f"{name} by mouse")
    for kind in ("outlier", "flips", "sparse", "constant"):
        hand.stage.get_by_role("combobox", name="Stream").select_option(kind)
        hand.until("state.kind === given", kind)
        compare(hand, kind)
    before = hand.ask("data()")["g"]
    hand.button("New noise").click()
    site.frames(page)
    assert hand.ask("data()")["g"] != before, "New noise brings the old one"
    for box in hand.find("input[type=checkbox]").all():
        box.check()
    hand.until("state.uncorrected && state.chosen.length > 1")

    # pointing at the plot reads its numbers
    canvas = hand.find("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.up()
    hand.until("Math.abs(state.at / state.steps - 0.5) < 0.1")
    state, g = hand.state, hand.ask("data()")["g"]
    assert hand.says(f"step {state['at']} of {state['steps']}")
    shown = hand.find("table.numbers td").first.inner_text().replace("\u2212", "-")
    assert abs(float(shown) - g[state["at"] - 1]) < 0.01 * max(1, abs(g[state["at"] - 1])), f"prints g as {shown}"
    assert not page.wrong, page.wrong


def test_by_touch(open_stream):
    hand = open_stream(390)
    canvas = hand.find("canvas").first
    canvas.scroll_into_view_if_needed()
    before, box = hand.state["at"], canvas.bounding_box()
    hand.page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"])
    hand.until("state.at !== given", before)
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not hand.page.wrong, hand.page.wrong


def test_a_link_brings_the_view_back(open_stream):
    hand = open_stream()
    hand.stage.get_by_role("combobox", name="Stream").select_option("outlier")
    hand.slider("Momentum β₁").fill("0.5")
    hand.until("state.kind === 'outlier'")
    wanted = hand.state
    hand.until("el.shadowRoot.querySelector('a.link').hash.includes('beta1=' + state.beta1)")
    hand.find("a.link").click()
    hand.page.wait_for_function("location.hash.includes('outlier')")
    hand.page.reload()
    n = [box.get_attribute("data-module") for box in hand.page.locator(".descent-widget").all()].index("stream.js")
    again = Hand(hand.page, n)
    assert again.state == wanted
    compare(again, "from its link")
