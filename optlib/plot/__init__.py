"""Figures of the book: one call a figure, numbers in, a picture with its alternative text out.

Every function takes `alt=` (required: what the figure shows, in words), `caption=""` and `title=""` (what the vertical
axis measures), and returns a `Figure`; a notebook shows it, `.save("x.svg")` or `.save("x.png")` writes it.
A name that is a rule ("adam", "momentum_inside", ...) is drawn in the rule's color, dash and marker and printed as
"Adam"; any other name is printed as it is, in ink and gray; `rule={"η = 0.1": "sgd"}` lends a series a rule's color.
Words may hold $math$ (title, xlabel, names); alt and caption may not.

    paths(f, {name: (steps + 1, 2)}, (left, right, bottom, top), minimum=(1, 1))    level curves of f(x, y) with paths
    curves({name: y}, x, log="xy", xlabel="step", bands={name: (low, high)})        lines, their names at their ends
           hlines={"bound": 1}, vlines={"2/L": 0.02}, slopes={"slope 1": (1, x0, y0)}, ceiling=1e6, marks=True
    compare({name: (seeds, times)})                       median and 10-90% band over seeds; options as in curves
    sweep(lrs, {name: (rates, seeds)}, vlines={"2/L": 0.02}, ceiling=10)            sensitivity to the learning rate
    comparison(x, {name: (seeds, times)}, {name: (rates, (rates, seeds))})          both; optlib.compare fills it in
    basins({name: (rows, columns)}, box, minima, f=f)     which minimum each start reaches, one panel a rule
    balls((1, 2), matrix=((1.7, 0.7), (0.7, 0.8)))        three unit balls, one gradient, the steepest step in each
    ellipses({"here": {"F": F, "empirical": E}})          matrices (2, 2) as the steps that they take for equally long
    stability((1, 100), {"best pair": (lr, momentum)}, start=(-1, 0.6))             heavy ball: map of speed, and paths
    stream(g, {"m": m, "root of v": s}, steps={"Adam": u}, log="y")                 gradients and what is remembered
    dots({name: (seeds,)}, log="x", vlines={})            a table as a picture: median, interval, number
    digits({name: errors})                                correct digits after each step: the order of a method
    images(X, labels, columns=10)                         small gray images, for instance the digits
    derivation(), matrices()                              the maps of Parts I and II
    spectral_radius(lr, momentum, eigenvalue), steepest(g, P), spread(values)       the numbers behind three of them

`optlib.plot.palette` holds the looks: RULES, LABELS, INK, RAMP, FAMILIES, label(name), style(name), themed(svg).
`python -m optlib.plot.cover FOLDER` draws the two cover pictures.  Nothing here changes matplotlib's own settings.
"""

from optlib.plot.basins import basins
from optlib.plot.curves import compare, curves, spread
from optlib.plot.data import dots, images, stream
from optlib.plot.derivation import derivation
from optlib.plot.digits import digits
from optlib.plot.figure import Figure
from optlib.plot.landscape import balls, ellipses, paths, steepest
from optlib.plot.matrices import matrices
from optlib.plot.rates import comparison, sweep
from optlib.plot.stability import spectral_radius, stability

__all__ = [
    "Figure",
    "balls",
    "basins",
    "compare",
    "comparison",
    "curves",
    "derivation",
    "digits",
    "dots",
    "ellipses",
    "images",
    "matrices",
    "paths",
    "spectral_radius",
    "spread",
    "stability",
    "steepest",
    "stream",
    "sweep",
]
