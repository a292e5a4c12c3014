"""The balls under the hand, and the ends of their steps against NumPy."""

import numpy as np

from optlib.families import gaussian, gaussian_log
from tests.browser.hand import opening

open_balls = opening("balls.js")


def compare(hand, where):
    """Each step is tangent to the level of its linear model: no other point of its ball goes further down."""
    state, data = hand.state, hand.ask("data()")
    here, target, h = np.array([state["mu"], state["sigma"]]), np.array([1.0, 0.5]), 1e-6
    log = np.array([here[0], np.log(here[1])])
    turn = np.linspace(0, 2 * np.pi, 721)
    circle = np.column_stack([np.cos(turn), np.sin(turn)]) * (2 * state["kl"]) ** 0.5
    for name, family, at in (("sigma", gaussian, here), ("log", gaussian_log, log)):
        goal = target if name == "sigma" else np.array([1.0, np.log(0.5)])
        slope = [(family.kl(goal, at + h * e) - family.kl(goal, at - h * e)) / (2 * h) for e in np.eye(2)]
        balls = {"gradient": circle, "natural": circle @ np.linalg.inv(np.linalg.cholesky(family.fisher(at)))}
        for step, ball in balls.items():
            end = np.array(data[name][step]["end"])
            if end[1] <= 0:
                assert name == "sigma" and step == "gradient" and data[name][step]["kl"] is None, where
            else:
                assert np.isclose(data[name][step]["kl"], gaussian.kl(here, end), rtol=1e-6, atol=1e-12), where
            if name == "log":
                end = np.array([end[0], np.log(end[1])])
            lowest = (ball @ slope).min()
            assert np.isclose((end - at) @ slope, lowest, rtol=1e-4), f"{where}: {step} in {name}"


def test_by_mouse_keys_and_sliders(open_balls):
    hand = open_balls()
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
    for k, ring in enumerate(hand.find("button.handle").all()):
        before = hand.state["mu"]
        ring.press("Shift+ArrowLeft")
        hand.until("state.mu < given", before)
        assert np.isclose(hand.state["mu"], before - 0.2, atol=1e-3), k
    hand.drag(hand.find("button.handle").first, 0.25, 0.6, ".map canvas")
    hand.until("Math.abs(state.mu + 1) < 0.05 && Math.abs(state.sigma - 1) < 0.05")
    compare(hand, "after a drag")
    assert hand.says("Mean −1")
    hand.fits()


def test_by_touch(open_balls):
    hand = open_balls(390)
    hand.tap(0.7, 0.5, ".map canvas", sets="mu")
    hand.fits()


def test_a_link_brings_the_view_back(open_balls):
    hand = open_balls()
    hand.slider("Divergence c").fill("-2")
    hand.until("state.kl === 0.01")
    wanted = hand.state
    again = hand.again("kl=0.01")
    assert again.state == wanted
    compare(again, "from its link")
