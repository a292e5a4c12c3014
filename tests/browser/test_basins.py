"""The map of basins under the hand: its labels against NumPy's, its paths against the rules."""

import numpy as np
import pytest

from optlib import rules
from optlib.grammar import read
from optlib.problems.basins import basins, lattice
from optlib.problems.landscapes import LANDSCAPES
from tests.browser import site
from tests.browser.hand import SLIDER, Hand, compare

GRID = (56, 48)


def shaded():
    found = [p for p in site.pages() if 'data-module="basins.js"' in (site.SITE / p).read_text(encoding="utf-8")]
    return [None, *found]


@pytest.fixture(params=shaded(), ids=lambda page: page or "alone")
def open_basins(request, home, widgets, visit, seen):
    address = f"{home}/{request.param}" if request.param else f"{widgets}/basins.html"

    def go(width=1280, **options):
        page = visit(address, width, **options)
        page.locator(".descent-widget").first.wait_for()
        boxes = page.locator(".descent-widget").all()
        n = next(n for n, box in enumerate(boxes) if box.get_attribute("data-module") == "basins.js")
        seen["widgets"].append(address)
        return Hand(page, n)

    return go


def shares(hand, where):
    """The share of each label, when all starts have run; compared with NumPy's labels and with the table."""
    hand.until("el.descent.basins() !== null")
    state, labels = hand.state, np.array(hand.ask("basins()")).reshape(GRID[::-1])[::-1]
    rule, place = getattr(rules, state["basin_of"]), LANDSCAPES[state["landscape"]]
    hyper = {"lr": state["lr"][state["basin_of"]]}
    hyper |= {name: state[slider] for name, slider in SLIDER.items() if name in read(rule).hyper}
    wanted = basins(state["landscape"], rule, lattice(place.window, *GRID), steps=300, **hyper)
    assert (labels == wanted).mean() > 0.995, f"{where}: {(labels != wanted).sum()} starts differ"
    shown = hand.find("table td").filter(has_text="%").all_inner_texts()
    share = [np.mean(labels == k) for k in range(len(shown) - 1)] + [np.mean(labels == -1)]
    assert shown == [f"{np.floor(100 * s + 0.5):.0f} %" for s in share], where
    return share


def test_by_mouse_keys_and_sliders(open_basins):
    hand = open_basins()
    page = hand.page
    compare(hand, "as it opens")
    first = shares(hand, "as it opens")
    assert hand.says("Where SGD arrives from all starts in the picture: 54 % minimum 1")

    hand.stage.get_by_role("combobox", name="Basins of").select_option("momentum")
    hand.until("state.basin_of === 'momentum'")
    assert shares(hand, "momentum") != first
    rate = hand.slider("Learning rate of Momentum")
    rate.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    shares(hand, "a smaller rate")

    ring, canvas = hand.find("button.handle").first, hand.find(".map canvas").first
    ring.scroll_into_view_if_needed()
    at, box, before = ring.bounding_box(), canvas.bounding_box(), hand.state["start"]
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"], steps=6)
    page.mouse.up()
    hand.until("String(state.start) !== String(given)", before)
    compare(hand, "dragged")
    ring.focus()
    page.keyboard.press("ArrowRight")
    site.frames(page)
    compare(hand, "by key")

    hand.stage.get_by_role("combobox", name="Landscape").select_option("monkey_saddle")
    hand.until("state.landscape === 'monkey_saddle'")
    assert len(shares(hand, "monkey saddle")) == 4
    assert not page.wrong, page.wrong


def test_by_touch(open_basins):
    hand = open_basins(390)
    canvas, before = hand.find(".map canvas").first, hand.state["start"]
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    hand.page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    hand.until("String(state.start) !== String(given)", before)
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not hand.page.wrong, hand.page.wrong


def test_a_link_brings_the_view_back(open_basins):
    hand = open_basins()
    hand.stage.get_by_role("combobox", name="Basins of").select_option("adam")
    hand.until("el.shadowRoot.querySelector('a.link').hash.includes('basin_of=adam')")
    wanted = hand.state
    hand.find("a.link").click()
    hand.page.wait_for_function("location.hash.includes('adam')")
    hand.page.reload()
    n = [box.get_attribute("data-module") for box in hand.page.locator(".descent-widget").all()].index("basins.js")
    assert Hand(hand.page, n).state == wanted
