"""What several figures share: the looks of series, logarithmic axes with plain numbers, the marks for start and end."""

import numpy as np
from matplotlib import ticker

from optlib.plot.figure import MUTED, PAPER, TEXT
from optlib.plot.palette import DASHES, RULES, style

NEUTRAL = [(TEXT, "-"), (MUTED, (0, (5, 1.6))), (TEXT, (0, (1.2, 1.2))), (MUTED, "-"), (TEXT, (0, (5, 1.4, 1.2, 1.4)))]


def looks(names, rule=None):
    """How each series is drawn: {name: keywords}.  A rule has its own look, other series are ink and gray.

    rule: {name: rule} lends the color of a rule to a series with another name; several series of one rule
    differ in their dashes.
    """
    rule = dict(rule or {})
    unknown = [k for k, v in rule.items() if k not in names or v not in RULES]
    if unknown:
        raise ValueError(f"rule must give the rule of a series, got {unknown[0]!r}: {rule[unknown[0]]!r}")
    out, used, plain = {}, {}, 0
    for name in names:
        owner = rule.get(name, name)
        if owner in RULES:
            out[name] = style(owner)
            k = used[owner] = used.get(owner, -1) + 1
            if name in rule:
                out[name]["linestyle"] = DASHES[k]
            out[name]["path"] = DASHES[k]  # paths are solid, unless a rule has several
        else:
            color, dash = NEUTRAL[plain % len(NEUTRAL)]
            out[name] = dict(color=color, marker="", linestyle=dash, path=dash)
            plain += 1
    return out


def number(value, _=None):
    """A tick as Python prints it, with a true minus sign: 0.01, 50, 1e−6."""
    text = f"{value:g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    if value > 0 and (value < 1e-3 or value >= 1e4):
        exponent = int(np.floor(np.log10(value) + 1e-9))
        text = f"{value / 10.0**exponent:g}e{exponent}"
    return text.replace("-", "\N{MINUS SIGN}")


def log_axis(axis, most=7):
    """Plain numbers on a logarithmic axis, 1-2-5 steps where it is short, every other decade where it is long."""
    low, high = axis.get_view_interval()
    decades = np.log10(high / low)
    if decades <= 1.6:
        locator = ticker.LogLocator(subs=(1, 2, 5), numticks=20)
    elif decades <= 2.6:
        locator = ticker.LogLocator(subs=(1, 3), numticks=20)
    else:
        every = int(np.ceil(decades / most))
        powers = np.arange(np.ceil(np.log10(low) - 1e-9), np.log10(high) + 1e-9)
        locator = ticker.FixedLocator(10.0 ** powers[powers % every == 0])
    axis.set_major_locator(locator)
    axis.set_minor_locator(ticker.NullLocator())
    axis.set_major_formatter(ticker.FuncFormatter(number))


def ring(ax, place, size=9):
    """The start of a path: an open ring."""
    ax.plot(*place, marker="o", ms=size, color=TEXT, mfc=PAPER, mec=TEXT, mew=1.8, zorder=8)


def crosshair(ax, place, size=12):
    """A minimum: a cross-hair."""
    ax.plot(*place, marker="+", ms=size, mew=1.8, color=TEXT, mec=TEXT, zorder=8)


def cross(ax, place, color):
    """Divergence: a cross (the word that goes with it is a label)."""
    ax.plot(*place, marker="x", ms=7, mew=2.2, color=color, mec=color, zorder=9, clip_on=False)


def within(path, box):
    """The path up to where it is lost: not finite, or three boxes away.  Its last point is where it left the box."""
    left, right, bottom, top = box
    low, high = np.array([left, bottom]), np.array([right, top])
    size = high - low
    lost = ~np.isfinite(path).all(axis=1) | (abs(np.nan_to_num(path) - (low + high) / 2) > 3 * size).any(axis=1)
    if not lost.any():
        return path, False
    path = path[: int(np.argmax(lost)) + 1]
    inside = ((path >= low) & (path <= high)).all(axis=1)
    k = int(np.flatnonzero(inside)[-1]) if inside.any() else 0
    a, step = path[k], np.nan_to_num(path[k + 1] - path[k], posinf=1e9, neginf=-1e9)
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(step > 0, (high - a) / step, np.where(step < 0, (low - a) / step, np.inf))
    return np.vstack([path[: k + 1], a + min(1.0, room.min()) * step]), True
