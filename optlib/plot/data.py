"""What goes in and what comes out: streams of gradients, tables with intervals, small images."""

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from optlib.plot.axes import log_axis, looks, number
from optlib.plot.curves import spread
from optlib.plot.figure import MUTED, RULE, TEXT, Figure
from optlib.plot.labels import beside, end_labels
from optlib.plot.palette import label


def stream(
    g,
    averages,
    *,
    alt,
    caption="",
    title="Gradient",
    steps=None,
    steps_title="Step",
    xlabel="step",
    rule=None,
    ylim=None,
    log="",
    height=None,
):
    """Gradients as stems with what a rule remembers of them; below, on request, the steps it takes.

    g: (n,), the gradients of steps 1 to n.  averages: {name: (n,)}, for instance m and the root of v.
    steps: {name: (n,)} for a second panel with its own title.  rule: {name: rule}, whose color a line takes.
    log: "y" for a logarithmic upper panel.  Returns a Figure.
    """
    g = np.asarray(g, float)
    lines = {**averages, **(steps or {})}
    for name, values in lines.items():
        if np.shape(values) != g.shape:
            raise ValueError(f"{name} must have one value for each of the {len(g)} gradients, got {np.shape(values)}")
    figure = Figure(alt, caption, height=height or (4.6 if steps else 3.4))
    with figure as fig:
        rows = fig.subplots(1 + bool(steps), 1, sharex=True, squeeze=False, height_ratios=[1.5, 1][: 1 + bool(steps)])[
            :, 0
        ]
        t = np.arange(1, len(g) + 1)
        look = looks(averages, _only(rule, averages)) | looks(steps or {}, _only(rule, steps))
        for ax, words, series in zip(rows, (title, steps_title), (averages, steps)):
            ax.set_title(words)
            ax.set_xlim(0.5, len(g) + 0.5)
            ax.grid(axis="y")
            if ax is rows[0]:
                if "y" in log:
                    ax.set_yscale("log")
                    ax.plot(t, abs(g), ls="", marker="o", ms=3.4, mew=0, color=MUTED, zorder=2)
                else:
                    ax.vlines(t, 0, g, color=RULE, lw=1.2 if len(g) <= 120 else 0.7, zorder=1)
                    ax.plot(t, g, ls="", marker="o", ms=3.4 if len(g) <= 120 else 2.2, mew=0, color=MUTED, zorder=2)
                if ylim:
                    ax.set_ylim(ylim)
            if "y" not in log or ax is not rows[0]:
                ax.axhline(0, color=MUTED, lw=0.8, zorder=1.5)
            for name, values in series.items():
                ax.plot(t, values, color=look[name]["color"], ls=look[name]["linestyle"], zorder=5)
            if ax is rows[0] and "y" in log:
                log_axis(ax.yaxis)
        rows[-1].set_xlabel(xlabel)
        for ax, series in zip(rows, (averages, steps)):
            end_labels(ax, [(t[-1], v[-1], label(n), look[n]["color"]) for n, v in series.items()])
    return figure


def _only(rule, names):
    return {name: owner for name, owner in (rule or {}).items() if name in (names or {})}


def dots(table, *, alt, caption="", title="", rule=None, log="", vlines=None, digits=3, height=None):
    """A small table as a picture: one row a name, median and 10-90% interval over seeds, the number beside it.

    table: {name: values (seeds,)} or {name: number}.  The title says what the horizontal axis measures.
    log: "x" for a logarithmic axis.  vlines: {label: value}.  digits: significant digits printed.  Returns a Figure.
    """
    stats = {name: [float(v[0]) for v in spread(np.reshape(values, (-1, 1)))] for name, values in table.items()}
    for name, row in stats.items():
        if not np.isfinite(row).all():
            raise ValueError(f"table[{name!r}] must be finite")
    figure = Figure(alt, caption, height=height or 0.9 + 0.36 * len(table) + 0.3 * bool(vlines))
    with figure as fig:
        ax = fig.subplots()
        ax.set_title(title)
        ax.set_xscale("log" if "x" in log else "linear")
        look = looks(table, rule)
        for k, (name, (low, middle, high)) in enumerate(stats.items()):
            color = look[name]["color"]
            seeds = np.ravel(table[name])
            if len(seeds) > 1:
                ax.plot(seeds, np.full(len(seeds), k), ls="", marker="|", ms=7, mew=1, color=RULE, mec=RULE, zorder=1)
            ax.plot([low, high], [k, k], color=color, lw=2.2, zorder=3)
            ax.plot(middle, k, marker=look[name]["marker"] or "o", ms=8, color=color, zorder=4)
            words = number(float(f"{middle:.{digits}g}"))
            ax.annotate(
                words,
                (1.02, k),
                xycoords=("axes fraction", "data"),
                color=color,
                va="center",
                fontsize=10.5,
                weight="medium",
            )
        ax.set(ylim=(len(stats) - 0.5, -0.5 - 0.6 * bool(vlines)))
        ax.set_yticks(range(len(stats)), [label(name) for name in stats])
        for tick, name in zip(ax.get_yticklabels(), stats):
            tick.set(color=look[name]["color"], weight="medium", fontsize=10.5)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x")
        if "x" in log:
            log_axis(ax.xaxis)
        for value in (vlines or {}).values():
            ax.axvline(value, color=MUTED, lw=1.1, ls=(0, (1, 2)), zorder=1.5)
        beside(ax, [(word, TEXT, (value, -0.75)) for word, value in (vlines or {}).items()], inside=False, reach=4)
    return figure


def images(pictures, labels=None, *, alt, caption="", title="", columns=10):
    """A strip of small gray images in ink, the more the darker on light paper (the brighter on dark).

    pictures: (n, height, width), or (n, pixels) of square images.  labels: (n,), a word under each.  Returns a Figure.
    """
    x = np.asarray(pictures, float)
    if x.ndim == 2:
        side = round(x.shape[1] ** 0.5)
        if side**2 != x.shape[1]:
            raise ValueError(f"pictures must be square where they are rows, got {x.shape[1]} pixels")
        x = x.reshape(len(x), side, side)
    n, rows, across = x.shape
    shades = np.round(16 * (x - x.min()) / (np.ptp(x) or 1)).astype(int)
    columns = min(columns, n)
    lines = -(-n // columns)
    wide, tall = across * 1.25, rows * (1.25 if labels is None else 1.75)
    spots = [(k % columns * wide, k // columns * tall) for k in range(n)]
    figure = Figure(alt, caption, height=5.2 * lines * tall / (columns * wide) + 0.34 * bool(title))
    with figure as fig:
        ax = fig.subplots()
        ax.set_title(title)
        ax.set(
            xlim=(-0.1 * across, columns * wide), ylim=(lines * tall, -0.1 * rows), aspect="equal", xticks=[], yticks=[]
        )
        ax.spines[:].set_visible(False)
        for shade in range(1, 17):  # one path a shade: themed like every other shape, where a bitmap is not
            squares = [
                _square(x + j, y + i) for (x, y), s in zip(spots, shades) for i, j in zip(*np.nonzero(s == shade))
            ]
            if squares:
                patch = PathPatch(Path.make_compound_path(*squares), fc=TEXT, lw=0, alpha=shade / 16)
                ax.add_patch(patch)
        for (x, y), word in zip(spots, labels if labels is not None else ()):
            ax.text(x + across / 2, y + 1.1 * rows, str(word), ha="center", va="top", fontsize=10.5)
    return figure


def _square(x, y):
    return Path([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)], closed=True)


__all__ = ["dots", "images", "stream"]
