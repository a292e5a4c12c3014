"""The batches: how a learning rate and a batch size decide where the noise stops a run."""

import traitlets

from optlib.widgets import still
from optlib.widgets.noise import EXAMPLES, STEPS
from optlib.widgets.page import PageWidget, anywhere, between
from optlib.widgets.source import module_source


class Batches(PageWidget):
    """SGD on the mean of 64 bowls with curvatures 1 and 4, each bowl's lowest point a dot; drag the start.

    The ellipse holds the errors of the long run out to two standard deviations, the dashed line is the mean gap.
    lr: the learning rate, 0.005 to 0.49.  batch: how many bowls a step sees, 1 to 64, drawn with repeats.
    start: (x, y).  step: how many steps are shown, 1 to 400.  seed: of the draws.  name: in links, for a second one.
    Raises ValueError on a number out of range.
    """

    module = "batches.js"
    _esm = module_source(module)
    lr = traitlets.Float(0.05).tag(sync=True)
    batch = traitlets.Int(1).tag(sync=True)
    start = traitlets.List([-1.7, 1.3]).tag(sync=True)
    step = traitlets.Int(100).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    _start = anywhere("start")
    _ranges = between(lr=(0.005, 0.49), batch=(1, EXAMPLES), step=(1, STEPS))

    def __init__(self, **settings):
        super().__init__(**settings | {"start": list(settings.get("start", (-1.7, 1.3)))})

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.batches(self)
