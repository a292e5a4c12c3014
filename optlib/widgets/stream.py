"""The stream: gradients of one parameter arrive, averages follow them, and the step is what they make of it."""

import traitlets

from optlib import rules as RULES
from optlib.widgets import still
from optlib.widgets.page import PageWidget, averaging, between, known, listed
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
    _ranges = between(noise=(0, 3), steps=(20, 2000))
    _averages = averaging("beta1", "beta2")
    _rules = listed("rules", "chosen", table=RULES.ELEMENTWISE)

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.stream(self)

    @traitlets.validate("kind")
    def _kind(self, proposal):
        return known("kind", proposal.value, KINDS)
