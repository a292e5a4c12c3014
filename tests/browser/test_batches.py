"""The batches under the hand, and their path and floor against NumPy."""

import numpy as np

from tests.browser.hand import opening

open_batches = opening("batches.js")


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
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    hand.renews("New draws", "path()")
    compare(hand, "new draws")
    ring = hand.find("button.handle")
    start = hand.state["start"]
    ring.press("Shift+ArrowLeft")
    hand.until("state.start[0] < given[0]", start)
    hand.drag(ring, 0.75, 0.25, ".map canvas")
    hand.until("Math.abs(state.start[0] - 1) < 0.05 && Math.abs(state.start[1] - 0.85) < 0.05")
    compare(hand, "after a drag")
    assert hand.says(f"Batches of {hand.state['batch']}")
    hand.fits()


def test_by_touch(open_batches):
    hand = open_batches(390)
    hand.tap(0.7, 0.5, ".map canvas", sets="start")
    hand.fits()


def test_a_link_brings_the_view_back(open_batches):
    hand = open_batches()
    hand.slider("Rate η").fill("-0.5")
    hand.slider("Batch B").fill("4")
    hand.until("state.batch === 16")
    wanted = hand.state
    again = hand.again("batch=16")
    assert again.state == wanted
    compare(again, "from its link")
