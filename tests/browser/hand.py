"""A widget as a reader's hand meets it, and the path that NumPy walks with the same settings.

The tests of a widget open it, turn every control and compare what it shows with NumPy each time:

    open_rates = opening("rates.js")  # on a page of its own (widget_pages.py), and where the book shows it

    def test_by_keys(open_rates):
        hand = open_rates()  # 1280 pixels wide; open_rates(390) is a phone
        for name in hand.keyed():  # each slider in turn, moved by an arrow key
            compare(hand, f"{name} by key")
        hand.renews("New noise", "data().g")  # the button changes what the handle tells
        hand.slider("Jump").fill("2")
        hand.until("state.jump === 100")  # state is what the widget's handle gives
        hand.tap(0.7, 0.5)  # the first picture, at 70 % of its width and half its height: sets state.at
        assert hand.says("step 3 of 600")

    def test_a_link_brings_the_view_back(open_rates):
        hand = open_rates()
        ...
        wanted = hand.state
        assert hand.again("jump=100").state == wanted  # its link is followed, the page loaded anew

`hand.ask("data()")` asks the handle, `hand.button(label)` and `hand.find(css)` find within the widget, and
`hand.fits()` ends a test: nothing went wrong on the page, and it does not scroll sideways.
"""

import json
import re
from functools import partial

import numpy as np
import pytest

from optlib import rules
from optlib.grammar import call, read, start
from optlib.problems.landscapes import LANDSCAPES, gradient
from tests.browser import site

SLIDER = {"momentum": "momentum", "beta1": "momentum", "beta2": "beta2", "rho": "beta2"}
FAR = 50  # a path this far from 0 is called diverged
TEXT = "(el) => JSON.stringify(%s, (key, v) => (Number.isFinite(v) || typeof v !== 'number' ? v : `#${v}`)) ?? 'null'"
ONE_STEP, WHOLE_PATH = 1e-12, 1e-9


def opening(module):
    """A fixture, open(width=1280, **context): the widget of this module, alone and on each page that shows it.

    One window serves all tests of a width, so a test has one such page open at a time.
    """
    name = module.removesuffix(".js")

    @pytest.fixture(params=[None, *site.pages_with(module)], ids=lambda page: page or "alone")
    def opened(request, home, widgets, turn, seen):
        address = f"{home}/{request.param}" if request.param else f"{widgets}/{name}.html"

        def go(width=1280, **options):
            seen["widgets"].append(address)
            return Hand(turn(address, width, **options), module=module)

        return go

    return opened


class Hand:
    """The nth widget of a page, or the nth of one module, mounted."""

    def __init__(self, page, n=0, module=None):
        self.page, self.which = page, (n, module)
        self.box = page.locator(f".descent-widget[data-module='{module}']" if module else ".descent-widget").nth(n)
        self.box.scroll_into_view_if_needed()
        self.box.and_(page.locator("[data-mounted='1']")).wait_for()
        self.stage = self.box.locator(".descent-stage")
        self.node = self.stage.element_handle()  # found once: in a chapter, to look for it takes longer than to ask
        self.node.evaluate("(el) => el.descent.state")  # the handle for tests is there
        site.frames(page)

    @property
    def state(self):
        return self.ask("state")

    def ask(self, expression):
        """A value of the test handle: ask("path('sgd')").

        It comes as text, which is many times faster for a path than value by value; text has no NaN of its own.
        """
        text = self.node.evaluate(TEXT % f"el.descent.{expression}")
        return json.loads(re.sub(r'"#(NaN|-?Infinity)"', r"\1", text))

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
        self.page.wait_for_function(
            f"([el, given]) => ((state, given) => {condition})(el.descent.state, given)", arg=[self.node, given]
        )
        site.frames(self.page)

    def says(self, words):
        """Wait until the sentence below the widget has these words; the sentence."""
        line = self.find("[role=status]")
        line.filter(has_text=words).wait_for()
        return line.inner_text()

    def keyed(self):
        """Move each slider by an arrow key, back where it is at its end; its name, once it has set something."""
        for slider in self.find("input[type=range]").all():
            name, before, value = slider.get_attribute("aria-label"), self.state, slider.input_value()
            slider.press("ArrowRight")
            if slider.input_value() == value:
                slider.press("ArrowLeft")
            site.frames(self.page)
            assert self.state != before, f"the arrow keys set nothing at {name!r}"
            yield name

    def renews(self, label, expression):
        """Press a button that draws anew: what the handle tells must change."""
        before = self.ask(expression)
        self.button(label).click()
        site.frames(self.page)
        assert self.ask(expression) != before, f"{label} brings the old {expression}"

    def point(self, x, y, css="canvas"):
        """Where on the screen a point of a picture is, given as parts of its width and height."""
        canvas = self.find(css).first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def tap(self, x, y, css="canvas", sets="at"):
        """Touch a point of a picture: this part of the state must change."""
        before = self.state[sets]
        self.page.touchscreen.tap(*self.point(x, y, css))
        self.until(f"String(state.{sets}) !== String(given)", before)

    def drag(self, ring, x, y, css="canvas"):
        """Take a ring by its middle with the mouse, and leave it at a point of a picture; where that is."""
        ring.scroll_into_view_if_needed()
        goal = self.point(x, y, css)
        at = ring.bounding_box()
        self.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(*goal, steps=6)
        self.page.mouse.up()
        return goal

    def again(self, *words):
        """Follow the link below the widget when it has all these words, and load the page anew: the same widget."""
        for part in words:
            self.until("el.shadowRoot.querySelector('a.link').hash.includes(given)", part)
        self.find("a.link").click()
        for part in words:
            self.page.wait_for_function("(part) => location.hash.includes(part)", arg=part)
        self.page.reload()
        site.ready(self.page)
        return Hand(self.page, *self.which)

    def fits(self):
        """Nothing went wrong on the page, and it is no wider than the screen."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"the page scrolls sideways by {wide}"
        assert not self.page.wrong, self.page.wrong


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
