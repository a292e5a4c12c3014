"""Maps of basins: which minimum each start reaches, one panel a rule."""

import numpy as np

from optlib.plot.axes import crosshair
from optlib.plot.figure import MUTED, RULE, TEXT, Figure
from optlib.plot.labels import say
from optlib.plot.landscape import thin
from optlib.plot.palette import RAMP, RULES, label, style

TONES = [RAMP[7][0], RAMP[3][0], RAMP[0][0]]  # the lowest minimum has the deepest tone


def basins(maps, box, minima, *, f=None, alt, caption="", title="", rule=None, height=None):
    """One panel a rule: each start shaded by the minimum that it reaches, the lowest deepest; hatched where none.

    maps: {name: whole numbers (rows, columns)}: the place of the minimum in `minima`, -1 for none; bottom row first.
    box: (left, right, bottom, top).  minima: [(x, y), ...], the lowest first, three at most.
    f: function of x and y, whose level curves are drawn.  rule: {name: rule}, whose color a name takes.
    Returns a Figure.
    """
    if len(minima) > len(TONES):
        raise ValueError(f"minima must be {len(TONES)} at most, got {len(minima)}")
    left, right, bottom, top = box
    wide = 5.2 / len(maps)
    figure = Figure(alt, caption, height=height or wide * (top - bottom) / (right - left) + 0.4 + 0.3 * bool(title))
    with figure as fig:
        if title:
            fig.suptitle(title, x=0.012, ha="left", fontsize=11, weight="medium")
        for ax, (name, labels) in zip(fig.subplots(1, len(maps), squeeze=False)[0], maps.items()):
            labels = np.asarray(labels)
            if labels.ndim != 2 or labels.min() < -1 or labels.max() >= len(minima):
                raise ValueError(f"maps[{name!r}] must be a table of numbers from -1 to {len(minima) - 1}")
            _ground(ax, labels, box)
            if f:
                x, y = np.meshgrid(np.linspace(left, right, 90), np.linspace(bottom, top, 80))
                z = f(x, y)
                levels = z.min() + (z.max() - z.min()) * np.linspace(0, 1, 12)[1:-1] ** 2.9
                ax.contour(x, y, z, levels, colors=RULE, linewidths=0.6, linestyles="solid")
            for k, place in enumerate(minima):
                crosshair(ax, place, size=10)
                say(ax, *place, str(k + 1), TEXT, offset=(6, 7))
            ax.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[], aspect="equal")
            ax.spines[:].set_visible(False)
            owner = (rule or {}).get(name, name)
            ax.set_title(label(name), loc="center", pad=4, color=style(owner)["color"] if owner in RULES else TEXT)
    return figure


def _ground(ax, labels, box):
    """The cells of each label as one shape, its edge where the indicator crosses one half."""
    left, right, bottom, top = box
    rows, columns = labels.shape
    padded = np.pad(labels, 1, mode="edge")  # so that the shapes reach the edge of the box
    xs = left + (right - left) * (np.arange(-1, columns + 1) + 0.5) / columns
    ys = bottom + (top - bottom) * (np.arange(-1, rows + 1) + 0.5) / rows
    for k in np.unique(labels):
        look = dict(colors=[TONES[k]]) if k >= 0 else dict(colors="none", hatches=["////"])
        area = ax.contourf(xs, ys, (padded == k).astype(float), [0.5, 1.5], zorder=0, **look)
        area.set(edgecolor=MUTED, linewidth=0.8)
        thin(area, (left, bottom), (right - left, top - bottom))
