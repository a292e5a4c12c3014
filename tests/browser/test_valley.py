"""The valley under the hand, and its paths against their equations in NumPy."""

import numpy as np

from tests.browser.hand import opening

open_valley = opening("valley.js")


def walked(state, radius):
    """x and y after each of 200 steps: down the gradient that is found `radius` further up."""
    theta = np.array(state["start"])
    path = [theta]
    for _ in range(200):
        g = (theta[0] * theta[1] - 1) * theta[::-1]
        up = theta + radius * g / (np.linalg.norm(g) or 1.0)
        theta = theta - state["lr"] * (up[0] * up[1] - 1) * up[::-1]
        path.append(theta)
    return np.array(path)


def compare(hand, where):
    state = hand.state
    for name, radius in (("sgd", 0.0), ("sam", state["radius"])):
        wanted = walked(state, radius)
        got = np.array(hand.ask(f"data().{name}.path.slice(0, 402)")).reshape(-1, 2)
        assert np.abs(got - wanted).max() < 1e-9, f"{where}: {name}"
        sharp = hand.ask(f"data().{name}.sharp.slice(0, 200)")
        assert np.allclose(sharp, (wanted[1:] ** 2).sum(axis=1)), f"{where}: {name}"


def test_by_mouse_keys_and_sliders(open_valley):
    hand = open_valley()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    ring = hand.find("button.handle")
    start = hand.state["start"]
    ring.press("Shift+ArrowLeft")
    hand.until("state.start[0] < given[0]", start)
    compare(hand, "after a key on the ring")
    hand.drag(ring, 0.25, 0.25, ".map canvas")
    hand.until("Math.abs(state.start[0] - 1.2) < 0.05 && Math.abs(state.start[1] - 2.7) < 0.05")
    compare(hand, "after a drag")
    hand.page.mouse.click(*hand.point(0.5, 0.5, "canvas.read"))
    hand.until("state.at < 0.7 * state.steps")
    assert hand.says("SAM is at sharpness")
    hand.fits()


def test_by_touch(open_valley):
    hand = open_valley(390)
    hand.tap(0.7, 0.6, ".map canvas", sets="start")
    hand.fits()


def test_a_link_brings_the_view_back(open_valley):
    hand = open_valley()
    hand.slider("Radius ρ").fill("0.3")
    hand.until("state.radius === 0.3")
    wanted = hand.state
    again = hand.again("radius=0.3")
    assert again.state == wanted
    compare(again, "from its link")
