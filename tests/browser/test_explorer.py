"""The explorer under mouse, finger and keys: every one in the book, and the three kinds on pages of their own."""

import html
import json
import re

import numpy as np
import pytest

from tests.browser import site
from tests.browser.hand import Hand, compare, numpy_path


def explorers():
    """(page of the site or None, page or place, question): each explorer that can be visited."""
    own = [(None, "descent", "descent"), (None, "stability", "stability"), (None, "explorer", None)]
    widget = re.compile(r'class="descent-widget" data-module="explorer\.js" data-state="([^"]*)"')
    for page in site.pages():
        states = widget.findall((site.SITE / page).read_text(encoding="utf-8"))
        assert len(states) < 2, f"{page} has {len(states)} explorers: teach these tests to tell them apart"
        own += [(page, page, json.loads(html.unescape(state))["question"]) for state in states]
    return own


EXPLORERS = explorers()
NAMES = [place if page else f"alone-{place}" for page, place, _ in EXPLORERS]


@pytest.fixture(params=EXPLORERS, ids=NAMES)
def open_explorer(request, home, widgets, turn, seen):
    page, place, question = request.param
    address = f"{home}/{page}" if page else f"{widgets}/{place}.html"

    def go(width=1280, **options):
        hand = Hand(turn(address, width, **options))
        hand.place = f"{place} at {width}"
        seen["widgets"].append(address)
        return hand

    go.question = question
    return go


def test_by_mouse_keys_and_sliders(open_explorer):
    hand = open_explorer()
    page, first = hand.page, hand.state
    compare(hand, f"{hand.place}, as it opens")

    ring = hand.find("button.handle").first
    goal = hand.drag(ring, 0.3, 0.2, ".map canvas")
    hand.until("String(state.start) !== String(given)", first["start"])
    dragged = hand.state["start"]
    now = ring.bounding_box()
    off = np.subtract([now["x"] + now["width"] / 2, now["y"] + now["height"] / 2], goal)
    assert np.abs(off).max() < 2, f"{hand.place}: the ring is elsewhere, by {off}"
    compare(hand, f"{hand.place}, start dragged to {dragged}")

    ring.focus()
    for key, axis, sign in [("ArrowRight", 0, 1), ("ArrowUp", 1, 1), ("ArrowLeft", 0, -1), ("ArrowDown", 1, -1)]:
        before = hand.state["start"]
        page.keyboard.press(key)
        hand.until(f"{sign} * (state.start[{axis}] - given) > 0", before[axis])
        small = abs(hand.state["start"][axis] - before[axis])
        page.keyboard.press(f"Shift+{key}")
        hand.until(f"{sign} * (state.start[{axis}] - given) > 0", before[axis] + sign * small)
        assert hand.state["start"][1 - axis] == before[1 - axis], f"{hand.place}: {key} moved the other coordinate"
        assert abs(hand.state["start"][axis] - before[axis]) > 3 * small, f"{hand.place}: Shift+{key} is no larger step"
    compare(hand, f"{hand.place}, start moved by keys")

    settled = hand.state
    for slider in hand.sliders():
        name = slider.get_attribute("aria-label")
        low, high = (float(slider.get_attribute(k)) for k in ("min", "max"))
        slider.fill(str(round(low + 0.4 * (high - low), 2)))
        site.frames(page)
        assert hand.state != settled, f"{hand.place}: the slider {name!r} sets nothing"
        settled = hand.state
        compare(hand, f"{hand.place}, {name} moved")
    assert not page.wrong, f"{hand.place}: {page.wrong}"


def test_by_touch(open_explorer):
    hand = open_explorer(390)
    page, before = hand.page, hand.state
    ring = hand.find("button.handle").first
    ring.scroll_into_view_if_needed()
    at = ring.bounding_box()
    assert at["width"] >= 44 and at["height"] >= 44, f"{hand.place}: the ring is too small for a finger"
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    finger = page.context.new_cdp_session(page)

    def touch(kind, *points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": u, "y": v} for u, v in points]})

    scrolled = page.evaluate("scrollY")
    touch("touchStart", (x, y))
    for k in range(1, 9):
        touch("touchMove", (x + 10 * k, y + 4 * k))
    touch("touchEnd")
    hand.until("state.start[0] > given[0] && state.start[1] < given[1]", before["start"])
    assert page.evaluate("scrollY") == scrolled, f"{hand.place}: the page scrolled under the finger"
    compare(hand, f"{hand.place}, start dragged by touch")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, f"{hand.place} scrolls sideways"
    assert not page.wrong, f"{hand.place}: {page.wrong}"


def test_play_pause_step_reset(open_explorer):
    hand = open_explorer()
    first = hand.state
    hand.button("Reset").click()
    hand.until("state.step === 0")
    hand.button("Play").click()
    hand.until("state.step > 3")
    hand.button("Pause").click()
    paused = hand.state["step"]
    site.frames(hand.page, 8)
    assert hand.state["step"] == paused < 500, f"{hand.place}: goes on after Pause"
    hand.button("Step").click()
    hand.until("state.step === given", paused + 1)
    hand.slider("Step shown").fill("500")
    hand.until("state.step === 500")
    hand.button("Step").click()
    hand.until("state.step === 0")
    hand.find("button.handle").first.press("ArrowRight")
    hand.until("String(state.start) !== String(given)", first["start"])
    hand.button("Reset").click()
    hand.until("String(state.start) === String(given)", first["start"])
    assert hand.state == first | {"step": 0}, f"{hand.place}: Reset leaves something changed"
    assert not hand.page.wrong, f"{hand.place}: {hand.page.wrong}"


def test_reduced_motion_shows_the_end_at_once(open_explorer):
    hand = open_explorer(reduced_motion="reduce")
    hand.button("Play").click()
    hand.until("state.step === 500")
    assert hand.button("Play").count() == 1, f"{hand.place}: Play is still running"


def test_a_link_brings_the_view_back(open_explorer):
    hand = open_explorer()
    hand.find("button.handle").first.press("Shift+ArrowLeft")
    for slider in hand.sliders():
        low, high = (float(slider.get_attribute(k)) for k in ("min", "max"))
        slider.fill(str(round(low + 0.3 * (high - low), 2)))
    hand.slider("Step shown").fill("77")  # last: a link that has it has all
    hand.until("el.shadowRoot.querySelector('a.link').hash.includes('step=77')")
    wanted, again = hand.state, hand.again("step=77")
    again.until("state.step === 77")
    got = again.state
    for key, value in wanted.items():
        assert near(got[key], value), f"{hand.place}: {key} was {value}, comes back as {got[key]}"
    compare(again, f"{hand.place}, from its link")
    assert not hand.page.wrong, f"{hand.place}: {hand.page.wrong}"


def near(a, b):
    """Equal, numbers to the six digits that a link holds."""
    if isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in b)
    if isinstance(b, list):
        return len(a) == len(b) and all(map(near, a, b))
    if isinstance(b, (int, float)):
        return abs(a - b) <= 1e-5 * max(1, abs(b))
    return a == b


def test_divergence_is_told(open_explorer):
    hand = open_explorer()
    label = "Learning rate η" if open_explorer.question else "Learning rate of SGD"
    slider = hand.slider(label)
    slider.fill(slider.get_attribute("max"))
    hand.slider("Step shown").fill("500")
    hand.until("state.step === 500")
    rule = hand.state["chosen"][0]
    ends = compare(hand, f"{hand.place}, rate at its largest")
    assert ends[rule] < 500, f"{hand.place}: NumPy's {rule} does not diverge at {hand.state['lr'][rule]}"
    said = hand.says(f"diverged at step {ends[rule]}")
    if open_explorer.question:
        assert "grows" in said, f"{hand.place}: {said}"
    picture = hand.find(".map canvas").first.get_attribute("aria-label")
    assert f"diverged at step {ends[rule]}" in picture, f"{hand.place}: {picture}"


def test_the_theme_is_followed(open_explorer):
    hand = open_explorer()
    pixel = """(el) => { const c = el.shadowRoot.querySelector('.map canvas'); const { width, height } = c;
        return [...c.getContext('2d').getImageData(width - 3, height - 3, 1, 1).data]; }"""
    light = hand.stage.evaluate(pixel)
    hand.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    site.frames(hand.page)
    dark = hand.stage.evaluate(pixel)
    assert sum(dark[:3]) < sum(light[:3]) - 100, f"{hand.place}: {light} by day, {dark} by night"


def test_the_stability_map_by_mouse_and_keys(widgets, visit):
    hand = Hand(visit(f"{widgets}/stability.html"))
    dot, before = hand.find("button.handle.dot"), hand.state
    hand.drag(dot, 0.6, 0.5, ".map canvas >> nth=-1")
    hand.until("state.momentum !== given", before["momentum"])
    assert hand.state["lr"] != before["lr"]
    compare(hand, "stability, dot dragged")
    before = hand.state
    dot.press("ArrowUp")
    hand.until("state.momentum > given", before["momentum"])
    dot.press("ArrowRight")
    hand.until("state.lr.momentum > given", before["lr"]["momentum"])
    compare(hand, "stability, dot moved by keys")

    # the factor that it prints is what a long path loses per step
    rate, mu, kappa = (hand.state["lr"]["momentum"], hand.state["momentum"], hand.state["kappa"])
    steps = [np.array([[1 - rate * h, -rate * mu], [h, mu]]) for h in (1, kappa)]
    wanted = max(np.abs(np.linalg.eigvals(step)).max() for step in steps)
    said = hand.find("p.title", has_text="Factor per step").inner_text().split(":")[1]
    assert abs(float(said) - wanted) < 0.002, f"stability: prints {said}, the eigenvalues say {wanted:.4f}"

    hand.stage.get_by_role("combobox", name="Rule").select_option("nesterov")
    hand.until("state.chosen[0] === 'nesterov'")
    compare(hand, "stability, Nesterov")


def test_rules_and_landscapes_of_the_whole_explorer(widgets, visit):
    hand = Hand(visit(f"{widgets}/explorer.html"))
    for box in hand.find("input[type=checkbox]").all():
        box.check()
    hand.until("state.chosen.length === given", hand.find("input[type=checkbox]").count())
    for land in ("two_wells", "ravine", "tilted_ravine", "rosenbrock", "saddle"):
        hand.stage.get_by_role("combobox", name="Landscape").select_option(land)
        hand.until("state.landscape === given", land)
        compare(hand, land)
    hand.find("input[type=checkbox]").first.uncheck()
    hand.until("!state.chosen.includes('sgd')")
    assert not hand.page.wrong, hand.page.wrong


def test_two_on_a_page_do_not_clash(widgets, visit):
    page = visit(f"{widgets}/two.html")
    one, two = Hand(page, 0), Hand(page, 1)
    first, second = one.state, two.state
    assert first["lr"] != second["lr"] and first["start"] != second["start"]
    one.find("button.handle").press("ArrowRight")
    one.until("String(state.start) !== String(given)", first["start"])
    assert two.state == second, "the second answers to the first's keys"
    two.slider("Learning rate η").fill("-1.2")
    two.until("state.lr.sgd !== given", second["lr"]["sgd"])
    assert one.state["lr"] == first["lr"], "the first answers to the second's slider"
    compare(one, "first of two")
    compare(two, "second of two")

    wanted = two.state
    words = f"lr=sgd:{wanted['lr']['sgd']}"
    two.until("el.shadowRoot.querySelector('a.link').hash.includes(given)", words)
    names = [hand.find("a.link").get_attribute("href").split("&")[0] for hand in (one, two)]
    assert names == ["#descent", "#descent-2"]
    two = two.again(words)
    one = Hand(page, 0)
    assert near(two.state, wanted), "its link does not bring the second back"
    assert near(one.state, first), "the second's link changes the first"
    assert not page.wrong, page.wrong


def test_the_numpy_path_is_not_the_widgets_own():
    """What the tests compare with walks by optlib's rules: one step on the ravine by hand."""
    state = {"landscape": "ravine", "kappa": 10.0, "lr": {"sgd": 0.1}, "start": [1.0, -1.0]}
    assert np.allclose(numpy_path("sgd", state, 1)[1], [0.9, 0.0], atol=1e-15)
