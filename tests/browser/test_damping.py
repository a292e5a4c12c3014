"""Damped Newton steps under the hand, and their paths against the library."""

import numpy as np

from optlib.problems import surface
from optlib.problems.landscapes import LANDSCAPES
from tests.browser.hand import opening

open_damping = opening("damping.js")


def walked(state, steps, damping):
    """x and y after each step of (H + damping I) p = -g, as long as they can be compared digit by digit."""
    place, theta = surface(state["landscape"]), np.array(state["start"])
    path = [theta]
    for _ in range(steps):
        theta = theta - np.linalg.solve(place.hess(theta) + damping * np.eye(2), place.grad(theta))
        path.append(theta)
    return np.array(path)


def compare(hand, where):
    state = hand.state
    wanted = walked(state, 5, state["damping"])
    got = np.array(hand.ask("data().runs.newton.path.slice(0, 12)")).reshape(-1, 2)
    n = np.argmax(np.abs(wanted).max(axis=1) > 40) or 6
    assert np.abs(got[:n] - wanted[:n]).max() < 1e-5, where
    runs = hand.ask("data().runs")
    assert ("sgd" in runs) == (state["damping"] > 0), where
    if state["damping"]:
        first = np.array(state["start"]) - surface(state["landscape"]).grad(wanted[0]) / state["damping"]
        if np.abs(first).max() < 40:
            assert np.abs(np.array(runs["sgd"]["path"][2:4]) - first).max() < 1e-9, where


def test_by_mouse_keys_and_sliders(open_damping):
    hand = open_damping()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    hand.slider("Damping λ").fill("-4.2")
    hand.until("state.damping === 0")
    compare(hand, "without damping")
    assert "SGD" not in hand.says("damping 0")
    hand.slider("Damping λ").fill("1")
    hand.until("state.damping === 10")
    ring = hand.find("button.handle")
    start = hand.state["start"]
    ring.press("Shift+ArrowLeft")
    hand.until("state.start[0] < given[0]", start)
    compare(hand, "after a key on the ring")
    hand.drag(ring, 0.75, 0.25, ".map canvas")
    left, right, bottom, top = LANDSCAPES[hand.state["landscape"]].window
    goal = [left + 0.75 * (right - left), top - 0.25 * (top - bottom)]
    hand.until("state.start.every((v, k) => Math.abs(v - given[k]) < 0.05)", goal)
    compare(hand, "after a drag")
    hand.stage.get_by_role("combobox", name="Landscape").select_option("saddle")
    hand.until("state.landscape === 'saddle' && state.start[0] === -1.2")
    compare(hand, "on the saddle")
    hand.page.mouse.click(*hand.point(0.4, 0.5, "canvas.read"))
    hand.until("state.at < 0.7 * state.steps")
    hand.fits()


def test_by_touch(open_damping):
    hand = open_damping(390)
    hand.tap(0.7, 0.6, ".map canvas", sets="start")
    hand.fits()


def test_a_link_brings_the_view_back(open_damping):
    hand = open_damping()
    hand.slider("Damping λ").fill("2")
    hand.until("state.damping === 100")
    wanted = hand.state
    again = hand.again("damping=100")
    assert again.state == wanted
    compare(again, "from its link")
