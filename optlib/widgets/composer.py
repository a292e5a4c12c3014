"""The composer: a schedule out of warm-up, body and tail, and the loss that it leaves on a noisy bowl."""

import traitlets

from optlib.widgets import still
from optlib.widgets.composed import BODIES
from optlib.widgets.page import PageWidget, between, known
from optlib.widgets.source import module_source


class Composer(PageWidget):
    """300 steps of SGD on a bowl of curvatures 1 and 0.05 with noise, at a composed rate and at a constant one.

    Thick lines are means over all runs, thin ones a single run; both rates meet the same noise.
    warmup: steps up to the peak, 0 to 100.  body: constant, linear, cosine, exponential, root, step or restarts.
    tail: steps down to zero, 0 to 150.  peak: the highest rate, 0.01 to 1.9.  flat: the constant rate, 0.001 to 1.9.
    seed: of the noise.  name: in links, for a second one.  Raises ValueError on a setting out of range.
    """

    module = "composer.js"
    _esm = module_source(module)
    warmup = traitlets.Int(0).tag(sync=True)
    body = traitlets.Unicode("constant").tag(sync=True)
    tail = traitlets.Int(0).tag(sync=True)
    peak = traitlets.Float(0.3).tag(sync=True)
    flat = traitlets.Float(0.03).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    _ranges = between(warmup=(0, 100), tail=(0, 150), peak=(0.01, 1.9), flat=(0.001, 1.9))

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.composer(self)

    @traitlets.validate("body")
    def _body(self, proposal):
        return known("body", proposal.value, BODIES)
