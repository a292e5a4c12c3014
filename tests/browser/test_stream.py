"""The stream under the hand, and its numbers against the rules in NumPy."""

import numpy as np

from optlib import rules
from optlib.grammar import call, read, start
from tests.browser import site
from tests.browser.hand import opening

open_stream = opening("stream.js")


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
    compare(hand, "as it opens")
    for name in hand.keyed():
        compare(hand, f"{name} by key")
        slider = hand.slider(name)
        low, high = (float(slider.get_attribute(k)) for k in ("min", "max"))
        slider.fill(str(round(low + 0.5 * (high - low), 2 if high - low < 10 else 0)))
        site.frames(hand.page)
        compare(hand, f"{name} by mouse")
    for kind in ("outlier", "flips", "sparse", "constant"):
        hand.stage.get_by_role("combobox", name="Stream").select_option(kind)
        hand.until("state.kind === given", kind)
        compare(hand, kind)
    hand.renews("New noise", "data().g")
    for box in hand.find("input[type=checkbox]").all():
        box.check()
    hand.until("state.uncorrected && state.chosen.length > 1")

    # pointing at the plot reads its numbers
    hand.page.mouse.click(*hand.point(0.5, 0.5))
    hand.until("Math.abs(state.at / state.steps - 0.5) < 0.1")
    state, g = hand.state, hand.ask("data()")["g"]
    assert hand.says(f"step {state['at']} of {state['steps']}")
    shown = hand.find("table.numbers td").first.inner_text().replace("\u2212", "-")
    assert abs(float(shown) - g[state["at"] - 1]) < 0.01 * max(1, abs(g[state["at"] - 1])), f"prints g as {shown}"
    hand.fits()


def test_by_touch(open_stream):
    hand = open_stream(390)
    hand.tap(0.7, 0.5)
    hand.fits()


def test_a_link_brings_the_view_back(open_stream):
    hand = open_stream()
    hand.stage.get_by_role("combobox", name="Stream").select_option("outlier")
    hand.slider("Momentum β₁").fill("0.5")
    hand.until("state.kind === 'outlier'")
    wanted = hand.state
    again = hand.again("outlier", f"beta1={wanted['beta1']}")
    assert again.state == wanted
    compare(again, "from its link")
