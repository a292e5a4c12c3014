"""Figures: one call a figure."""

from optlib.plot.curves import compare, curves, sweep
from optlib.plot.data import dots, images, stream
from optlib.plot.figure import Figure
from optlib.plot.landscape import balls, paths
from optlib.plot.stability import spectral_radius, stability

__all__ = [
    "Figure",
    "balls",
    "compare",
    "curves",
    "dots",
    "images",
    "paths",
    "spectral_radius",
    "stability",
    "stream",
    "sweep",
]
