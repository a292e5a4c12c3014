"""A widget as a reader's hand meets it, and the path that NumPy walks with the same settings."""

import json
from functools import partial

import numpy as np

from optlib import rules
from optlib.grammar import call, read, start
from optlib.problems.landscapes import LANDSCAPES, gradient
from tests.browser import site

SLIDER = {"momentum": "momentum", "beta1": "momentum", "beta2": "beta2", "rho": "beta2"}
FAR = 50  # a path this far from 0 is called diverged
ONE_STEP, WHOLE_PATH = 1e-12, 1e-9


class Hand:
    """The nth widget of a page, mounted."""

    def __init__(self, page, n=0):
        self.page = page
        self.box = page.locator(".descent-widget").nth(n)
        self.box.scroll_into_view_if_needed()
        page.locator(".descent-widget[data-mounted='1']").nth(n).wait_for()
        self.stage = self.box.locator(".descent-stage")
        self.stage.evaluate("(el) => el.descent.state")  # the handle for tests is there
        site.frames(page)

    @property
    def state(self):
        return self.stage.evaluate("(el) => el.descent.state")

    def ask(self, expression):
        """A value of the test handle: ask("path('sgd')")."""
        return self.stage.evaluate(f"(el) => el.descent.{expression}")

    def find(self, css, **options):
        return self.stage.locator(css, **options)

    def sliders(self):
        """Those that set something: all in sight but the step shown."""
        found = self.find("input[type=range]").filter(visible=True).all()
        return [slider for slider in found if slider.get_attribute("aria-label") != "Step shown"]

    def slider(self, label):
        return self.stage.get_by_role("slider", name=label, exact=True)

    def button(self, label):
        return self.stage.get_by_role("button", name=label, exact=True)

    def until(self, condition, given=None):
        """Wait until a JavaScript condition on `state` and `given` holds."""
        node = self.stage.element_handle()
        self.page.wait_for_function(
            f"([el, given]) => ((state, given) => {condition})(el.descent.state, given)", arg=[node, given]
        )
        site.frames(self.page)

    def says(self, words):
        """Wait until the sentence below the widget has these words; the sentence."""
        line = self.find("[role=status]")
        line.filter(has_text=words).wait_for()
        return line.inner_text()


def numpy_path(rule, state, steps, rounding=lambda: 0.0):
    """The path of a rule on the landscape of a widget's state: array (steps + 1, 2), shorter where it diverged.

    rounding: is added to each gradient.
    """
    f = LANDSCAPES[state["landscape"]].f
    if "kappa" in (f.__kwdefaults__ or {}):
        f = partial(f, kappa=state["kappa"])
    step = getattr(rules, rule)
    signature = read(step)
    hyper = {"lr": state["lr"][rule]} | {k: state[s] for k, s in SLIDER.items() if k in signature.hyper}
    theta = np.array(state["start"], dtype=float)
    memory, path = start(signature, theta), [theta]
    for t in range(1, steps + 1):
        theta, *memory = call(step, signature, theta, [gradient(f, theta) + rounding()], memory, t, hyper)
        path.append(theta)
        if not (np.abs(theta) < FAR).all():
            break
    return np.array(path)


def magnified(rule, state, path):
    """How far NumPy's own paths come apart when their gradients are rounded differently: array, one number a step.

    Where a rule divides by the root of almost nothing (Nadam or RMSProp at the bottom of a well), that can be seen.
    """
    apart, draw = np.zeros(len(path)), np.random.default_rng(0)
    for _ in range(4):
        other = numpy_path(rule, state, len(path) - 1, lambda: draw.normal(0, 4e-16, 2))
        n = min(len(path), len(other))
        apart[:n] = np.maximum(apart[:n], np.abs(path[:n] - other[:n]).max(axis=1))
    return np.maximum.accumulate(apart)


def compare(hand, where):
    """Every path that the widget shows against NumPy's; returns where each ended."""
    state = hand.state
    ends = {}
    assert state["chosen"], where
    for rule in state["chosen"]:
        shown = np.array(hand.ask(f"path({json.dumps(rule)})"))
        wanted = numpy_path(rule, state, 500)
        assert shown.shape == wanted.shape, f"{where}: {rule} has {len(shown) - 1} steps, NumPy {len(wanted) - 1}"
        off = (np.abs(shown - wanted) / np.maximum(1, np.abs(wanted))).max(axis=1)
        assert off[:6].max() <= ONE_STEP, f"{where}: {rule} is off by {off[:6].max():.1e} within five steps"
        if off.max() > WHOLE_PATH:
            off[off <= 1e3 * magnified(rule, state, wanted)] = 0
        assert off.max() <= WHOLE_PATH, f"{where}: {rule} is off by {off.max():.1e} at step {off.argmax()}"
        ends[rule] = len(wanted) - 1
    return ends
