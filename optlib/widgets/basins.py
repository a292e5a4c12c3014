"""Basins of attraction: which minimum each start reaches, and the paths of several rules from one of them."""

import contourpy
import numpy as np
import traitlets

from optlib import rules
from optlib.plot import palette
from optlib.problems.basins import basins, lattice
from optlib.problems.landscapes import LANDSCAPES
from optlib.widgets import still
from optlib.widgets.explorer import Explorer
from optlib.widgets.page import known
from optlib.widgets.paths import hyper
from optlib.widgets.source import module_source

OPENING = dict(
    landscape="two_wells",
    rules=["sgd", "momentum", "adagrad", "adam"],
    chosen=["sgd", "momentum"],
    lr={"sgd": 0.1, "momentum": 0.1, "adagrad": 0.5, "adam": 0.3},
    name="basins",
)
GRID, LONG = (56, 48), 300  # as in front/veil.js: starts, and steps of each


class Basins(Explorer):
    """An Explorer whose landscape is shaded by the minimum that each start reaches under one rule.

    basin_of: that rule, one of those listed.  Other settings as in Explorer, but for its question.
    Raises ValueError on a name that is not known or a number out of range.
    """

    module = "basins.js"
    _esm = module_source(module)
    basin_of = traitlets.Unicode("momentum").tag(sync=True)

    def __init__(self, **settings):
        given = OPENING | settings
        known("basin_of", given.setdefault("basin_of", given["rules"][0]), given["rules"])
        super().__init__(**given)

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        words = f" Shaded: where {palette.label(self.basin_of)} reaches another minimum than the lowest, or none."
        return still.explorer(self, self._veil, words)

    def _veil(self, screen):
        window, (columns, rows) = LANDSCAPES[self.landscape].window, GRID
        own = hyper(self.basin_of, self.settings(), self.lr[self.basin_of])
        starts = lattice(window, columns, rows)
        labels = basins(self.landscape, getattr(rules, self.basin_of), starts, steps=LONG, **own)
        padded = np.pad(labels, 1, mode="edge")  # so that the shapes reach the edge of the window
        (x, y), (dx, dy) = starts[:, 0, 0], starts[:, 1, 1] - starts[:, 0, 0]
        xs, ys = x + dx * np.arange(-1, columns + 1), y + dy * np.arange(-1, rows + 1)
        body = ""
        for label in np.unique(labels[labels != 0]):
            color, share = (still.INK["alarm"], 0.3) if label < 0 else (still.INK["ink"], 0.17 * label)
            contours = contourpy.contour_generator(xs, ys, (padded == label).astype(float), fill_type="OuterOffset")
            body += still.area(contours, 0.5, 1.5, screen, f"fill: {color};fill-opacity:{share:.2f}")
        return body
