"""The explorer: a landscape, rules that walk on it, and sliders for what they may be set to."""

import functools

import traitlets

from optlib import rules as RULES
from optlib.problems.landscapes import LANDSCAPES, minima
from optlib.widgets import still
from optlib.widgets.page import PageWidget, anywhere, averaging, between, known, listed, number
from optlib.widgets.paths import tune
from optlib.widgets.source import module_source

EVERYDAY = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamax", "nadam"]
QUESTIONS = {  # what a question opens with, where the chapter says nothing
    None: dict(landscape="two_wells", rules=EVERYDAY, chosen=["sgd", "momentum", "adam"], step=200),
    "descent": dict(landscape="ravine", rules=["sgd"], chosen=["sgd"], lr={"sgd": 0.18}, step=40),
    "stability": dict(
        landscape="ravine",
        rules=["momentum", "nesterov"],
        chosen=["momentum"],
        lr={"momentum": 0.05, "nesterov": 0.05},
        momentum=0.8,
        kappa=20.0,
        step=60,
    ),
}
STEPS = 500


class Explorer(PageWidget):
    """Paths of optimizers on a landscape of two parameters; drag the start, move a slider, press Play.

    question: None for the whole explorer; "descent": one rate and the factor of each eigendirection (a ravine);
    "stability": the map over learning rate and momentum of the factor per step (a ravine).
    landscape: a name in LANDSCAPES.  kappa: ratio of the eigenvalues of a ravine, 1 to 100.  rules: those listed.
    chosen: those shown (of several with "stability", the one whose map is drawn).  lr: {rule: rate}; a listed rule
    without rate gets the best of 41 for this start.  momentum: also beta1.  beta2: also rho.  start: (x, y).
    step: how many steps are shown, at most 500.  name: in links, for a second widget of a kind on a page.
    Raises ValueError on a name that is not known or a number out of range.
    """

    module = "explorer.js"
    _esm = module_source(module)
    question = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    landscape = traitlets.Unicode("two_wells").tag(sync=True)
    kappa = traitlets.Float(10.0).tag(sync=True)
    rules = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode()).tag(sync=True)
    lr = traitlets.Dict().tag(sync=True)
    momentum = traitlets.Float(0.9).tag(sync=True)
    beta2 = traitlets.Float(0.999).tag(sync=True)
    start = traitlets.List().tag(sync=True)
    step = traitlets.Int(200).tag(sync=True)
    _start = anywhere("start")
    _ranges = between(kappa=(1, 100), step=(0, STEPS))
    _averages = averaging("momentum", "beta2")
    _rules = listed("rules", "chosen", table=RULES.ELEMENTWISE)

    def __init__(self, question=None, **settings):
        known("question", question, QUESTIONS)
        given = QUESTIONS[question] | settings
        landscape = known("landscape", given["landscape"], LANDSCAPES)
        if question and not landscape.endswith("ravine"):
            raise ValueError(f"question {question!r} needs a landscape with eigenvalues, a ravine, got {landscape!r}")
        given["rules"] = list(given["rules"])
        given["chosen"] = [r for r in given.get("chosen", given["rules"]) if r in given["rules"]] or given["rules"][:1]
        given["start"] = list(given.get("start") or LANDSCAPES[landscape].start)
        given.setdefault("name", question or "explorer")
        rates = dict(given.pop("lr", {}))
        super().__init__(question=question, **given)
        self.lr = rates | {r: self._tuned(r) for r in self.rules if r not in rates}

    def function(self):
        """The landscape as a function of x and y, at this kappa."""
        f = LANDSCAPES[self.landscape].f
        return functools.partial(f, kappa=self.kappa) if "kappa" in (f.__kwdefaults__ or {}) else f

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.explorer(self)

    def _tuned(self, rule):
        f = self.function()
        lowest = minima(f, LANDSCAPES[self.landscape].window)[0][0]
        return tune(rule, f, lowest, self.start, self.settings())

    @traitlets.validate("landscape")
    def _landscape(self, proposal):
        return known("landscape", proposal.value, LANDSCAPES)

    @traitlets.validate("lr")
    def _lr(self, proposal):
        return {
            known("lr", r, RULES.ELEMENTWISE): number(f"lr of {r}", v, 0, 100, "a positive number below 100")
            for r, v in proposal.value.items()
        }
