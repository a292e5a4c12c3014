"""The stream: gradients of one parameter arrive, averages follow them, and the step is what they make of it."""

import traitlets

from optlib import rules as RULES
from optlib.widgets import still
from optlib.widgets.page import PageWidget, known, number
from optlib.widgets.signals import KINDS
from optlib.widgets.source import module_source


class Stream(PageWidget):
    """A stream of gradients, its fading averages m and v, and the step over the learning rate that each rule makes.

    beta1, beta2 (also rho of RMSProp): the fading of the averages.  kind: "constant", "outlier" (one gradient of 100),
    "flips" or "sparse".  noise: standard deviation around the signal, 0 to 3; seed: of the noise.  rules, chosen: those
    listed, those shown.  uncorrected: also show Adam without its hats.  steps: length of the stream, 20 to 2000.
    at: the step whose numbers are shown.  name: in links, for a second one on a page.
    Raises ValueError on a name that is not known or a number out of range.
    """

    module = "stream.js"
    _esm = module_source(module)
    kind = traitlets.Unicode("constant").tag(sync=True)
    noise = traitlets.Float(0.5).tag(sync=True)
    beta1 = traitlets.Float(0.9).tag(sync=True)
    beta2 = traitlets.Float(0.999).tag(sync=True)
    rules = traitlets.List(traitlets.Unicode(), ["adam", "adamax", "nadam", "rmsprop"]).tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode(), ["adam"]).tag(sync=True)
    uncorrected = traitlets.Bool(True).tag(sync=True)
    steps = traitlets.Int(200).tag(sync=True)
    at = traitlets.Int(12).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)

    def __init__(self, **settings):
        super().__init__(**{"name": "stream"} | settings)

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.stream(self)

    @traitlets.validate("kind")
    def _kind(self, proposal):
        return known("kind", proposal.value, KINDS)

    @traitlets.validate("rules", "chosen")
    def _rules(self, proposal):
        return [known(proposal.trait.name, r, RULES.ELEMENTWISE) for r in proposal.value]

    @traitlets.validate("beta1", "beta2")
    def _average(self, proposal):
        return number(proposal.trait.name, proposal.value, -1e-300, 1, "at least 0 and below 1")

    @traitlets.validate("noise")
    def _noise(self, proposal):
        return number("noise", proposal.value, -1e-12, 3 + 1e-12, "between 0 and 3")

    @traitlets.validate("steps")
    def _steps(self, proposal):
        return int(number("steps", proposal.value, 19, 2001, "between 20 and 2000"))
