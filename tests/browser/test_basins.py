"""The map of basins under the hand: its labels against NumPy's, its paths against the rules."""

import numpy as np

from optlib import rules
from optlib.grammar import read
from optlib.problems.basins import basins, lattice
from optlib.problems.landscapes import LANDSCAPES
from tests.browser import site
from tests.browser.hand import SLIDER, compare, opening

GRID = (56, 48)

open_basins = opening("basins.js")


def shares(hand, where):
    """The share of each label, when all starts have run; compared with NumPy's labels and with the table."""
    site.frames(hand.page)  # until then the map may still be that of the setting before
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

    ring, before = hand.find("button.handle").first, hand.state["start"]
    hand.drag(ring, 0.3, 0.2, ".map canvas")
    hand.until("String(state.start) !== String(given)", before)
    compare(hand, "dragged")
    ring.focus()
    page.keyboard.press("ArrowRight")
    site.frames(page)
    compare(hand, "by key")

    hand.stage.get_by_role("combobox", name="Landscape").select_option("monkey_saddle")
    hand.until("state.landscape === 'monkey_saddle'")
    assert len(shares(hand, "monkey saddle")) == 4
    hand.fits()


def test_by_touch(open_basins):
    hand = open_basins(390)
    hand.tap(0.7, 0.3, ".map canvas", sets="start")
    hand.fits()


def test_a_link_brings_the_view_back(open_basins):
    hand = open_basins()
    hand.stage.get_by_role("combobox", name="Basins of").select_option("adam")
    hand.until("state.basin_of === 'adam'")
    wanted = hand.state
    assert hand.again("basin_of=adam").state == wanted
