"""One number from gradient descent to Newton's method: the damping added to the Hessian."""

import numpy as np
import traitlets

from optlib.drivers import minimize
from optlib.methods import newton
from optlib.problems import surface
from optlib.problems.landscapes import LANDSCAPES
from optlib.rules import sgd
from optlib.widgets import still
from optlib.widgets.page import PageWidget, between, known
from optlib.widgets.source import module_source

FAR = 50  # a path this far from 0 has left for good
LONGEST = 100


class Damping(PageWidget):
    """The paths of the damped Newton step and of gradient descent at the rate 1 / damping, from one start.

    landscape: a name of optlib.problems.landscapes.  damping: 0 (Newton's method, alone) to 10000.
    start: x and y inside the landscape's window; its own start if not given.  steps: 5 to 100.
    at: the step up to which the paths are drawn.  name: in links, for a second one on a page.
    Raises ValueError on a setting out of range.
    """

    module = "damping.js"
    _esm = module_source(module)
    landscape = traitlets.Unicode("tilted_ravine").tag(sync=True)
    damping = traitlets.Float(20.0).tag(sync=True)
    start = traitlets.List(traitlets.Float()).tag(sync=True)
    steps = traitlets.Int(40).tag(sync=True)
    at = traitlets.Int(40).tag(sync=True)
    _ranges = between(damping=(0, 10000), steps=(5, LONGEST), at=(1, LONGEST))

    def __init__(self, **settings):
        place = known("landscape", settings.get("landscape", "tilted_ravine"), LANDSCAPES)
        super().__init__(**{"start": list(LANDSCAPES[place].start)} | settings)

    def walks(self):
        """{"newton" or "sgd": its path, shape (steps + 1, 2), shorter where it leaves or meets a singular matrix}."""
        place, theta = surface(self.landscape), np.array(self.start, dtype=float)
        every = dict(steps=self.steps, progress=False)
        found = {"newton": minimize(place, theta, newton, damping=self.damping, **every).path}
        if self.damping:
            found["sgd"] = minimize(place, theta, sgd, lr=1 / self.damping, **every).path
        far = {name: ~(np.abs(path) < FAR).all(axis=1) for name, path in found.items()}
        return {name: path[: far[name].argmax()] if far[name].any() else path for name, path in found.items()}

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        place = LANDSCAPES[self.landscape]
        left, right, bottom, top = place.window
        scale = still.WIDTH / (right - left)
        height = round(scale * (top - bottom))

        def screen(points):
            return (np.asarray(points) - (left, top)) * (scale, -scale)

        body, taken = still._bands(place.f, place.window, screen), []
        for name, path in reversed(self.walks().items()):
            body += still._walk(name, screen(path[: self.at + 1]), height, taken)
        x, y = screen(self.start)
        ring = f"fill: {still.INK['paper']};stroke: {still.INK['ink']};stroke-width:3"
        body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" style="{ring}"/>'
        words = f"{place.title}: {self.at} steps of Newton's method with damping {self.damping:g}"
        return still._image(
            body, height, words + (", and of SGD at the rate that belongs to it." if self.damping else ".")
        )

    @traitlets.validate("landscape")
    def _landscape(self, proposal):
        return known("landscape", proposal.value, LANDSCAPES)

    @traitlets.validate("start")
    def _start(self, proposal):
        start, (left, right, bottom, top) = list(proposal.value), LANDSCAPES[self.landscape].window
        if len(start) == 2 and left <= start[0] <= right and bottom <= start[1] <= top:
            return start
        raise ValueError(f"start must be two numbers x, y inside the landscape's window, got {start!r}")
