"""Widgets that run the book's own rules in the browser: live in JupyterLab, and on a static page without a kernel."""

from optlib.widgets.balls import Balls
from optlib.widgets.basins import Basins
from optlib.widgets.batches import Batches
from optlib.widgets.composer import Composer
from optlib.widgets.damping import Damping
from optlib.widgets.decay import Decay
from optlib.widgets.explorer import Explorer
from optlib.widgets.kronecker import Kronecker
from optlib.widgets.lasso import Lasso
from optlib.widgets.rates import Rates
from optlib.widgets.regret import Regret
from optlib.widgets.source import module_source
from optlib.widgets.stream import Stream
from optlib.widgets.valley import Valley

__all__ = [
    "Balls",
    "Basins",
    "Batches",
    "Composer",
    "Damping",
    "Decay",
    "Explorer",
    "Kronecker",
    "Lasso",
    "Rates",
    "Regret",
    "Stream",
    "Valley",
    "module_source",
]
