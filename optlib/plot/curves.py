"""Lines: values against steps, seeds as bands."""

import numpy as np

from optlib.plot.axes import cross, log_axis, looks
from optlib.plot.figure import MUTED, TEXT, Figure
from optlib.plot.labels import beside, end_labels
from optlib.plot.palette import label


def curves(
    series,
    x=None,
    *,
    alt,
    caption="",
    title="",
    xlabel="step",
    log="",
    rule=None,
    bands=None,
    hlines=None,
    vlines=None,
    slopes=None,
    marks=None,
    ceiling=None,
    xlim=None,
    ylim=None,
    height=3.6,
):
    """Lines with their names at their ends; a line that ends in inf or nan gets a cross and the word "diverges".

    series: {name: y} or {name: (x, y)}; a name that is a rule ("adam") has the rule's color, others ink and gray.
    x: the positions for every y without its own; 0, 1, 2, ... if not given.  log: "x", "y", "xy" or "".
    rule: {name: rule}, whose color a series takes.  bands: {name: (low, high)}, arrays as long as y.
    hlines, vlines: {label: value}, guide lines.  slopes: {label: (exponent, x0, y0)}, a reference line over a decade.
    marks: True for a marker on each point (None does so up to 12 points), False for none, "only" for no lines;
    or {name: one of these}.
    ceiling: a line that ends above it has diverged, too.
    Returns a Figure.
    """
    data = {name: _pair(name, y, x) for name, y in series.items()}
    figure = Figure(alt, caption, height=height)
    with figure as fig:
        ax = fig.subplots()
        lines(
            ax, data, title=title, xlabel=xlabel, log=log, rule=rule, bands=bands, hlines=hlines, vlines=vlines,
            slopes=slopes, marks=marks, ceiling=ceiling, xlim=xlim, ylim=ylim,
        )  # fmt: skip
    return figure


def lines(
    ax, data, *, title="", xlabel="step", log="", rule=None, bands=None, hlines=None, vlines=None, slopes=None,
    marks=None, ceiling=None, xlim=None, ylim=None,
):  # fmt: skip
    """Draw `curves` into axes; data: {name: (x, y)}, arrays."""
    ax.set(xscale="log" if "x" in log else "linear", yscale="log" if "y" in log else "linear", xlabel=xlabel)
    ax.set_title(title)
    ax.grid(axis="y")
    style = looks(data, rule)
    kept = {name: _visible(*pair, log) for name, pair in data.items()}
    if ceiling:
        kept = {name: _cut(*line, ceiling) for name, line in kept.items()}
    _window(ax, kept, bands, log, xlim, ylim, [*(hlines or {}).values()])
    guides(ax, hlines, vlines, slopes)
    ends, broken, drawn = [], [], {}
    for k, name in enumerate(data):
        px, py, diverged = kept[name]
        if diverged:
            px, py, _ = _cut(px, py, True, ax.get_ylim()[1])
        color = style[name]["color"]
        if bands and name in bands:
            _band(ax, data[name][0], bands[name], color, px, log)
        mark = marks.get(name) if isinstance(marks, dict) else marks
        _line(ax, px, py, style[name], mark, (k + 0.5) / len(data))
        drawn[label(name)] = np.c_[px, py]
        if diverged and len(px):
            cross(ax, (px[-1], py[-1]), color)
            broken.append((f"{label(name)} diverges", color, (px[-1], py[-1])))
        elif len(px):
            ends.append((*_end(ax, px, py), label(name), color))
    end_labels(ax, ends)
    beside(ax, broken, drawn, reach=6)
    guide_labels(ax, hlines, vlines, slopes, drawn)


def compare(runs, x=None, *, alt, caption="", title="", log="xy", **options):
    """Convergence over seeds: the line is the median, the band goes from the 10th to the 90th percentile.

    runs: {name: array (seeds, times)}.  x: the positions of the times; 0, 1, 2, ... if not given.
    A seed that diverged counts as infinite.  Further keywords as in `curves`.  Returns a Figure.
    """
    middle, bands = {}, {}
    for name, values in runs.items():
        values = np.asarray(values, float)
        if values.ndim != 2:
            raise ValueError(f"runs[{name!r}] must be an array (seeds, times), got shape {values.shape}")
        low, middle[name], high = spread(values)
        bands[name] = (low, high)
    return curves(middle, x, alt=alt, caption=caption, title=title, log=log, bands=bands, **options)


def spread(values):
    """10th percentile, median and 90th percentile over the first axis; what is not finite counts as infinite."""
    values = np.sort(np.where(np.isfinite(values), values, np.inf), axis=0)
    out = []
    for share in (0.1, 0.5, 0.9):  # by hand, since NumPy's quantile makes nan of inf - inf
        place = share * (len(values) - 1)
        k, part = int(place), place - int(place)
        high = values[min(k + 1, len(values) - 1)]
        out.append(np.where(np.isinf(high) & (part > 0), high, values[k]))
        fine = np.isfinite(high)
        out[-1][fine] += part * (high[fine] - values[k][fine])
    return out


# ---- the parts of a line figure


def _pair(name, y, x):
    own = isinstance(y, tuple)
    px, py = y if own else (np.arange(len(y)) if x is None else x, y)
    px, py = np.asarray(px, float), np.asarray(py, float)
    if py.ndim != 1 or px.shape != py.shape:
        raise ValueError(f"series[{name!r}] must be one value for each x, got shapes {px.shape} and {py.shape}")
    return px, py


def _visible(x, y, log):
    """x, y without what a logarithmic axis cannot show, up to the first value that is not finite; did it diverge?"""
    bad = np.flatnonzero(~np.isfinite(y))
    stop = bad[0] if len(bad) else len(y)
    x, y = x[:stop], y[:stop]
    fine = (x > 0 if "x" in log else True) & (y > 0 if "y" in log else np.ones(len(y), bool))
    return x[fine], y[fine], bool(len(bad))


def _window(ax, kept, bands, log, xlim, ylim, levels):
    """Limits: all that converges, and of what diverges as much as the rest leaves room for."""
    filled = [(x, y, bad) for x, y, bad in kept.values() if len(x)]
    if not filled:
        raise ValueError("series must have at least one value that can be shown")
    low_x, high_x = min(x.min() for x, _, _ in filled), max(x.max() for x, _, _ in filled)
    if low_x == high_x:
        low_x, high_x = low_x * 0.9 - 0.5, high_x * 1.1 + 0.5
    ax.set_xlim(xlim or (low_x, high_x))
    calm = [y for _, y, bad in filled if not bad] + [np.asarray(levels, float)]
    calm = np.concatenate(calm + [y[:1] for _, y, _ in filled])
    if bands:
        edges = np.concatenate([np.ravel(b) for b in bands.values()])
        calm = np.concatenate([calm, edges[np.isfinite(edges)]])
    if "y" in log:
        calm = calm[calm > 0]
    low, high = calm.min(), calm.max()
    if any(bad for _, _, bad in filled):
        wild = max(y.max() for _, y, _ in filled)
        high = min(wild, high * 30 if "y" in log else low + 2.5 * (high - low or 1))
    if "y" in log:
        pad = (high / low) ** 0.05 if high > low else 2
        ax.set_ylim(ylim or (low / pad, high * pad))
        log_axis(ax.yaxis)
    else:
        pad = 0.05 * (high - low) or 0.5
        ax.set_ylim(ylim or (low - pad, high + pad))
    if "x" in log:
        log_axis(ax.xaxis)


def _cut(x, y, diverged, top):
    """A line that ends above the top has diverged, and is drawn up to there."""
    above = y > top
    if not len(y) or not above[-1]:
        return x, y, diverged
    stop = int(np.flatnonzero(~above)[-1]) + 1 if (~above).any() else 0
    return np.append(x[:stop], x[stop]), np.append(y[:stop], top), True


def _end(ax, x, y):
    """The last point of a line that can be seen, or the edge through which the line has left."""
    inside = np.flatnonzero(x <= ax.get_xlim()[1])
    k = inside[-1] if len(inside) else 0
    return x[k], np.clip(y[k], *ax.get_ylim())


def _band(ax, x, band, color, px, log):
    low, high = (np.asarray(b, float) for b in band)
    shown = np.isin(x, px) & np.isfinite(low) & (low > 0 if "y" in log else True)
    high = np.minimum(high, ax.get_ylim()[1])
    ax.fill_between(x[shown], low[shown], high[shown], color=color, alpha=0.16, lw=0)


def _line(ax, x, y, look, marks, place):
    """The line, with a marker on each of few points, or with three markers along a long line of a rule."""
    line = dict(color=look["color"], linestyle="" if marks == "only" else look["linestyle"])
    if marks or (marks is None and len(x) <= 12):
        ax.plot(x, y, marker=look["marker"] or "o", ms=6.5, zorder=5, **line)
        return
    ax.plot(x, y, **line)
    if marks is None and look["marker"] and len(x):
        wanted = [(k + place) / 3 for k in range(3)]
        ahead = (ax.transData + ax.transAxes.inverted()).transform(np.c_[x, y])[:, 0]
        spots = sorted({int(np.argmin(abs(ahead - w))) for w in wanted})
        ax.plot(x[spots], y[spots], ls="", marker=look["marker"], color=look["color"], ms=6.5, zorder=5)


def guides(ax, hlines, vlines, slopes):
    """Lines at levels, at positions, and of a slope, as in `curves`."""
    for value in (hlines or {}).values():
        ax.axhline(value, color=MUTED, lw=1.1, ls=(0, (1, 2)), zorder=1.5)
    for value in (vlines or {}).values():
        ax.axvline(value, color=MUTED, lw=1.1, ls=(0, (1, 2)), zorder=1.5)
    for exponent, x0, y0 in (slopes or {}).values():
        x1 = _slope_end(ax, x0)
        ax.plot([x0, x1], [y0, y0 * (x1 / x0) ** exponent], color=MUTED, lw=1.4, zorder=2)


def _slope_end(ax, x0):
    return min(10 * x0, ax.get_xlim()[1])


def guide_labels(ax, hlines, vlines, slopes, drawn):
    """The names of guide lines, each somewhere along its line where no curve runs."""
    left, right = ax.transAxes.transform([(0.02, 0), (0.98, 0)])[:, 0]
    low, high = ax.transAxes.transform([(0, 0.03), (0, 0.97)])[:, 1]
    back = ax.transData.inverted().transform
    words = []
    for name, value in (hlines or {}).items():
        y = ax.transData.transform((ax.get_xlim()[1], value))[1]
        words.append((name, TEXT, back([(px, y) for px in np.linspace(right, left, 40)])))
    for name, value in (vlines or {}).items():
        x = ax.transData.transform((value, ax.get_ylim()[1]))[0]
        words.append((name, TEXT, back([(x, py) for py in np.linspace(high, low, 40)])))
    for name, (exponent, x0, y0) in (slopes or {}).items():
        along = np.geomspace(x0, _slope_end(ax, x0), 20)
        words.append((name, TEXT, np.c_[along, y0 * (along / x0) ** exponent]))
    lines = {f"{name}, line": anchors for name, _, anchors in words}
    beside(ax, words, drawn | lines, reach=2)


__all__ = ["compare", "curves", "lines", "spread"]
