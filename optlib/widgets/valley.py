"""SAM's radius on the valley (x y - 1)^2 / 2: gradient descent stays where it came down, SAM drifts to the flat."""

import traitlets

from optlib.drivers import minimize
from optlib.problems import valley
from optlib.rules import sgd
from optlib.widgets import still
from optlib.widgets.page import PageWidget, between
from optlib.widgets.source import module_source
from optlib.wrappers import sam

WINDOW = (0, 4.8, 0, 3.6)
LONGEST = 4000


class Valley(PageWidget):
    """The paths of gradient descent and of SAM with the same rate from one start, and their sharpness.

    radius: of SAM, 0 to 1.  lr: 0.005 to 0.12.  start: x and y, inside the window from (0, 0) to (4.8, 3.6).
    steps: 50 to 4000.  at: the step up to which the paths are drawn.  name: in links, for a second one on a page.
    Raises ValueError on a number out of range.
    """

    module = "valley.js"
    _esm = module_source(module)
    radius = traitlets.Float(0.1).tag(sync=True)
    lr = traitlets.Float(0.05).tag(sync=True)
    start = traitlets.List(traitlets.Float(), [4.0, 0.5]).tag(sync=True)
    steps = traitlets.Int(LONGEST).tag(sync=True)
    at = traitlets.Int(LONGEST).tag(sync=True)
    _ranges = between(radius=(0, 1), lr=(0.005, 0.12), steps=(50, LONGEST), at=(1, LONGEST))

    def walks(self):
        """{"sgd" or "sam": the path, shape (steps + 1, 2), shorter where it leaves}."""
        problems = {"sgd": valley(self.start), "sam": sam(valley(self.start), radius=self.radius)}
        every = dict(lr=self.lr, steps=self.steps, progress=False)
        return {name: minimize(p, p.start, sgd, **every).path for name, p in problems.items()}

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.valley(self, WINDOW, valley().f)

    @traitlets.validate("start")
    def _start(self, proposal):
        start, (left, right, bottom, top) = list(proposal.value), WINDOW
        if len(start) == 2 and left <= start[0] <= right and bottom <= start[1] <= top:
            return start
        raise ValueError(f"start must be two numbers x, y from (0, 0) to (4.8, 3.6), got {start!r}")
