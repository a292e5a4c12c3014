"""How much a method cares about its learning rate, alone or below the curves of a comparison."""

import numpy as np

from optlib.plot.axes import cross, log_axis, looks
from optlib.plot.curves import guide_labels, guides, lines, spread
from optlib.plot.figure import MUTED, Figure
from optlib.plot.labels import beside, say
from optlib.plot.palette import label

RATE = r"learning rate $\eta$"


def sweep(lrs, grid, *, alt, caption="", title="", xlabel=RATE, rule=None, vlines=None, ceiling=None, height=3.8):
    """Sensitivity to the learning rate: median and 10-90% band over seeds, a mark at the best rate of each rule.

    lrs: (rates,), increasing.  grid: {name: array (rates, seeds)} or (rates,); inf or nan is divergence.
    vlines: {label: rate}, for instance an edge of stability.  ceiling: the highest value drawn; above it a run counts
    as failed, and the first rate that fails is a cross.  Returns a Figure.
    """
    tried = {name: (lrs, values) for name, values in grid.items()}
    for name, pair in tried.items():
        if not np.isfinite(_middle(*pair)[2]).any():
            raise ValueError(f"grid[{name!r}] must be finite for at least one rate")
    figure = Figure(alt, caption, height=height)
    with figure as fig:
        sensitivity(fig.subplots(), tried, title=title, xlabel=xlabel, rule=rule, vlines=vlines, ceiling=ceiling)
    return figure


def comparison(
    x, curves, tried=None, *, alt, caption="", title="", xlabel="step", rates_title="", rates_xlabel=RATE, rule=None,
    joined=True, height=None,
):  # fmt: skip
    """Convergence over seeds above, sensitivity to the learning rate below; `Comparison.plot` calls it.

    x: (times,).  curves: {name: (seeds, times)}; the line is the median, the band goes from the 10th to the 90th
    percentile.  tried: {name: (rates, scores)}, (k,) increasing and (k, seeds); a method may be left out, and without
    any there is one panel.  joined: whether the rates of a method are joined, or {name: whether}.  What is not finite
    has diverged; in the lower panel, what ends above the middle start has failed.  Returns a Figure.
    """
    stats = {name: spread(np.asarray(values, float)) for name, values in curves.items()}
    figure = Figure(alt, caption, height=height or (6.2 if tried else 3.6))
    with figure as fig:
        upper, lower = fig.subplots(2, 1) if tried else (fig.subplots(), None)
        lines(
            upper,
            {name: (np.asarray(x, float), middle) for name, (_, middle, _) in stats.items()},
            bands={name: (low, high) for name, (low, _, high) in stats.items()},
            title=title, xlabel=xlabel, rule=rule, log="y" if _positive(s for s in stats.values()) else "",
        )  # fmt: skip
        if tried:
            start = np.median([middle[0] for _, middle, _ in stats.values()])
            kept = {name: owner for name, owner in (rule or {}).items() if name in tried}
            sensitivity(lower, tried, title=rates_title, xlabel=rates_xlabel, rule=kept, ceiling=start, joined=joined)
    return figure


def sensitivity(ax, tried, *, title="", xlabel=RATE, rule=None, vlines=None, ceiling=None, joined=True):
    """Draw `sweep` into axes; tried: {name: (rates, values)}, each method with rates of its own."""
    stats = {name: _middle(*pair) for name, pair in tried.items()}
    fine = [middle[np.isfinite(middle)] for _, _, middle, _ in stats.values()]
    lowest = min([m.min() for m in fine if len(m)] or [ceiling])
    top = ceiling or 1.6 * max(middle[0] for _, _, middle, _ in stats.values() if np.isfinite(middle[0]))
    log = lowest > 0
    every = np.concatenate([lrs for lrs, *_ in stats.values()])
    ax.set(xscale="log", yscale="log" if log else "linear", xlabel=xlabel, xlim=(every.min() * 0.9, every.max() * 1.1))
    # room for the names under the marks
    ax.set_ylim(lowest * (lowest / top) ** 0.16 if log else lowest - 0.16 * (top - lowest), top)
    ax.set_title(title)
    ax.grid(axis="y")
    if log:
        log_axis(ax.yaxis)
    log_axis(ax.xaxis)
    guides(ax, None, vlines, None)
    style, best, drawn, failed = looks(stats, rule), [], {}, []

    def down(count):
        """Where the crosses of one rate are stacked."""
        bottom = ax.get_ylim()[0]
        return top * (bottom / top) ** (0.045 * count) if log else top + 0.045 * count * (bottom - top)

    for name, (lrs, low, middle, high) in stats.items():
        look, good = style[name], np.flatnonzero(middle < top)
        last = int(good[-1]) if len(good) else -1
        shown = slice(0, last + 1)
        if joined is True or (isinstance(joined, dict) and joined[name]):
            ax.fill_between(lrs[shown], low[shown], np.minimum(high, top)[shown], color=look["color"], alpha=0.16, lw=0)
            ax.plot(lrs[shown], np.minimum(middle, top)[shown], color=look["color"], ls=look["linestyle"])
        else:
            dots = dict(ls="", marker=look["marker"] or "o", color=look["color"])
            ax.plot(lrs[good], middle[good], ms=5, alpha=0.8, **dots)
        drawn[label(name)] = np.c_[lrs[shown], np.minimum(middle, top)[shown]]
        if len(good):
            k = int(np.argmin(middle))
            ax.plot(lrs[k], middle[k], marker=look["marker"] or "o", ms=8.5, color=look["color"], zorder=6)
            best.append((label(name), look["color"], (lrs[k], middle[k])))
        if last + 1 < len(lrs):
            edge = lrs[last + 1]
            height = down(failed.count(edge))
            failed.append(edge)
            if len(good):
                ax.plot([lrs[last], edge], [middle[last], height], color=look["color"], lw=1.2, ls=(0, (1, 2)))
            else:
                best.append((f"{label(name)} fails", look["color"], (edge, height)))
            cross(ax, (edge, height), look["color"])
    if failed:
        note = "\N{MULTIPLICATION SIGN}  first rate that fails"
        say(ax, every.min(), ax.get_ylim()[0], note, MUTED, offset=(0, 9), weight="normal", fontsize=10)
    beside(ax, sorted(best, key=lambda word: word[2][1]), drawn, reach=8)
    guide_labels(ax, None, vlines, None, drawn)


def _middle(lrs, values):
    """The rates, and the 10th, 50th and 90th percentile of what each gave."""
    lrs = np.asarray(lrs, float)
    return lrs, *spread(np.reshape(values, (len(lrs), -1)).T)


def _positive(stats):
    """Whether every finite number can stand on a logarithmic axis."""
    return all((values[np.isfinite(values)] > 0).all() for three in stats for values in three)


__all__ = ["comparison", "sensitivity", "sweep"]
