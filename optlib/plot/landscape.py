"""Pictures of the plane: paths over level curves, the unit balls of three norms, and ellipses of matrices."""

import numpy as np
from matplotlib import patheffects
from matplotlib.path import Path

from optlib.plot.axes import cross, crosshair, looks, ring, within
from optlib.plot.figure import MUTED, PAPER, RULE, TEXT, Figure
from optlib.plot.labels import beside, say
from optlib.plot.palette import DASHES, RAMP, label, style


def paths(
    f,
    runs,
    box,
    *,
    alt,
    caption="",
    title="",
    minimum=None,
    places=None,
    rule=None,
    equal=False,
    dots=True,
    levels=14,
    height=4.2,
):
    """Level curves of f with the path of each run, a dot a step; low ground is deeper in color.

    f: function of x and y, arrays.  runs: {name: array (steps + 1, 2)}.  box: (left, right, bottom, top).
    minimum: (x, y), or a list of several.  places: {word: (x, y)}, other points worth a name.
    rule: {name: rule}, whose color a run takes.  equal: one unit has the same length on both axes.
    dots: a dot on each step (none makes long paths readable).  A path that leaves for good ends in a cross.
    Returns a Figure.
    """
    runs = {name: _path(name, path) for name, path in runs.items()}
    left, right, bottom, top = box
    if not (left < right and bottom < top):
        raise ValueError(f"box must be (left, right, bottom, top) in this order, got {tuple(box)}")
    figure = Figure(alt, caption, height=height)
    with figure as fig:
        ax = fig.subplots()
        if equal:
            ax.set_aspect("equal")
        ax.set_title(title)
        terrain(ax, f, box, levels=levels)
        look, drawn, broken = looks(runs, rule), {}, []
        for name, path in runs.items():
            kept, diverged = within(path, box)
            _trail(ax, kept, look[name], dots, end=not diverged)
            drawn[label(name)] = kept
            if diverged:
                cross(ax, kept[-1], look[name]["color"])
                broken.append(name)
        words = []
        starts = {tuple(path[0]) for path in runs.values()}
        for start in starts:
            ring(ax, start)
        if len(starts) == 1:
            words.append(("start", TEXT, starts.pop()))
        lowest = np.atleast_2d(np.asarray(minimum, float)) if minimum is not None else []
        for place in lowest:
            crosshair(ax, place)
        if len(lowest):
            words.append(("minimum" if len(lowest) == 1 else "minima", TEXT, lowest[0]))
        for word, place in (places or {}).items():
            ax.plot(*place, marker="o", ms=5, color=TEXT, zorder=8)
            words.append((word, TEXT, place))
        beside(ax, words, drawn, reach=7)
        lost = [(f"{label(n)} diverges", look[n]["color"], drawn[label(n)][-1]) for n in broken]
        fine = sorted((n for n in runs if n not in broken), key=lambda n: len(runs[n]))  # short paths have less room
        beside(ax, lost + [(label(n), look[n]["color"], drawn[label(n)]) for n in fine], drawn)
    return figure


def terrain(ax, f, box, *, levels=14, fine=110, power=0.35):
    """Fill and level curves of f(x, y) over the box, closer together where f is small; no frame, no ticks."""
    left, right, bottom, top = box
    mx, my = 0.01 * (right - left), 0.01 * (top - bottom)  # so that no level curve ends in sight
    x, y = np.meshgrid(np.linspace(left - mx, right + mx, fine), np.linspace(bottom - my, top + my, fine))
    z = np.asarray(f(x, y), float)
    if not np.isfinite(z).all():
        raise ValueError("f must be finite over the whole box")
    steps = z.min() + (z.max() - z.min()) * np.linspace(0, 1, levels + 1) ** (1 / power)
    shades = [RAMP[k][0] for k in np.linspace(len(RAMP) - 1, 0, levels).astype(int)]
    area = ax.contourf(x, y, z, steps, colors=shades, zorder=0)
    area.set(edgecolor=RULE, linewidth=0.6)
    thin(area, (left, bottom), (right - left, top - bottom))
    ax.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def thin(area, corner, size, tolerance=2e-4):
    """Drop the vertices of filled contours that lie on the line between their neighbors; half the bytes, no change.

    corner, size: of the box in the units of the contours; tolerance: as a share of the box (0.06 points).
    """
    smaller = []
    for path in area.get_paths():
        if path.codes is None:  # no ground between these two levels
            smaller.append(path)
            continue
        at, codes = (path.vertices - corner) / size, path.codes
        keep = np.ones(len(at), bool)
        for _ in range(4):  # every other vertex at most, so that no two neighbors go at once
            k = np.flatnonzero(keep)
            before, here, after = at[k[:-2]], at[k[1:-1]], at[k[2:]]
            (dx, dy), (ex, ey) = (after - before).T, (here - before).T
            off = abs(dx * ey - dy * ex) / np.maximum(np.hypot(dx, dy), 1e-12)
            middle = (codes[k[1:-1]] == Path.LINETO) & (codes[k[2:]] == Path.LINETO)
            drop = (off < tolerance) & middle & (np.arange(len(off)) % 2 == 0)
            keep[k[1:-1][drop]] = False
        smaller.append(Path(path.vertices[keep], codes[keep]))
    area.set_paths(smaller)


def balls(gradient=(1.0, 2.0), matrix=((1.7, 0.7), (0.7, 0.8)), *, alt, caption="", title="", height=2.6):
    """Three unit balls, the same gradient, and in each ball the step that goes down most.

    gradient: (2,).  matrix: P (2, 2), symmetric positive definite, of the third norm, the root of p'Pp.
    Dashed: minus the gradient, shortened to fit.  Hairline: where the linear model is as low as at the step.
    Returns a Figure.
    """
    g, p = np.asarray(gradient, float), np.asarray(matrix, float)
    if p.shape != (2, 2) or not np.allclose(p, p.T) or np.linalg.eigvalsh(p).min() <= 0:
        raise ValueError("matrix must be symmetric positive definite (2, 2)")
    steps = steepest(g, p)
    square = np.array([[1, 1, -1, -1, 1], [1, -1, -1, 1, 1]], float)
    shapes = [rim(np.eye(2)), square, rim(p)]
    words = [r"2-norm", r"max norm", r"norm of $P$"]
    answers = [r"$-\,g\,/\,\Vert g\Vert_2$", r"$-\,\mathrm{sign}(g)$", r"$-\,P^{-1}g\,/\,\Vert P^{-1}g\Vert_P$"]
    reach = 1.12 * max(abs(shape).max() for shape in shapes)
    figure = Figure(alt, caption, height=height)
    with figure as fig:
        if title:
            fig.suptitle(title, x=0.012, ha="left", fontsize=11, weight="medium")
        for k, ax in enumerate(fig.subplots(1, 3)):
            color = style(("sgd", "signsgd", "newton")[k])["color"]
            ax.fill(*shapes[k], fc=RAMP[3][0], ec=color, lw=1.8, zorder=2)
            along = steps[k] + np.outer([-9, 9], [-g[1], g[0]])
            ax.plot(*along.T, color=MUTED, lw=0.8, zorder=1)
            _arrow(ax, -0.92 * reach * g / np.linalg.norm(g), MUTED, 1.2, (0, (3, 2)))
            if k == 0:
                say(ax, *(-0.92 * reach * g / np.linalg.norm(g)), r"$-g$", MUTED, offset=(9, 1))
            _arrow(ax, steps[k], color, 2.4, "-")
            ax.plot(0, 0, "o", ms=5, color=TEXT, mew=0, zorder=6)
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
            ax.set_title(words[k], color=color, loc="center", pad=4)
            ax.set_xlabel(answers[k], color=TEXT, labelpad=6)
    return figure


def rim(matrix):
    """The steps p (2, 181) with p'Mp = 1 for a matrix M, symmetric positive definite."""
    turn = np.linspace(0, 2 * np.pi, 181)
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ (np.stack([np.cos(turn), np.sin(turn)]) / np.sqrt(values)[:, None])


def ellipses(panels, *, alt, caption="", xlabel="", ylabel="", rule=None, height=1.9):
    """The steps p with p'Mp = 1 for each matrix M of each panel, all panels on one scale.

    panels: {heading: {name: (2, 2)}}, symmetric positive definite, two to a panel under the same names; the first is
    filled, and the first panel says the names.  xlabel, ylabel: the coordinates.  rule: {name: rule}, whose color a
    matrix takes.  Returns a Figure.
    """
    shapes = {heading: {name: _rim_of(name, m) for name, m in matrices.items()} for heading, matrices in panels.items()}
    names = list(next(iter(shapes.values())))
    right, top = 1.08 * np.max([abs(shape).max(axis=1) for each in shapes.values() for shape in each.values()], axis=0)
    look = looks(names, rule)
    figure = Figure(alt, caption, height=height)
    with figure as fig:
        axes = fig.subplots(1, len(shapes), sharex=True, sharey=True, squeeze=False)[0]
        for ax, (heading, each) in zip(axes, shapes.items()):
            for k, name in enumerate(names):
                if not k:
                    ax.fill(*each[name], fc=RAMP[3][0], ec="none", zorder=1)
                ax.plot(*each[name], color=look[name]["color"], lw=1.8, ls=DASHES[k], zorder=3)
            ax.plot(0, 0, "o", ms=4.5, color=TEXT, mew=0, zorder=6)
            ax.set(xlim=(-right, right), ylim=(-top, 1.8 * top), aspect="equal", xlabel=xlabel)
            ax.set_title(heading, loc="center", pad=4)
        axes[0].set_ylabel(ylabel)
        for name, side in zip(names, ("right", "left")):  # above the ellipses
            shape, sign = next(iter(shapes.values()))[name], 1 if side == "right" else -1
            place = 0.95 * sign * right, 1.5 * top
            words = dict(color=look[name]["color"], va="center", ha=side, weight="medium", fontsize=10.5, zorder=9)
            line = dict(arrowstyle="-", color=look[name]["color"], lw=0.9, shrinkA=0, shrinkB=0)
            axes[0].annotate(
                label(name), shape[:, (sign * shape[0] + shape[1]).argmax()], place, arrowprops=line, **words
            )
    return figure


def _rim_of(name, matrix):
    matrix = np.asarray(matrix, float)
    if matrix.shape != (2, 2) or not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix).min() <= 0:
        raise ValueError(f"panels[...][{name!r}] must be symmetric positive definite (2, 2), got {matrix.tolist()}")
    return rim(matrix)


def steepest(g, p):
    """The steps of length one that go down most, in the 2-norm, the max norm and the norm of the matrix p."""
    solved = np.linalg.solve(p, g)
    return np.array([-g / np.linalg.norm(g), -np.sign(g), -solved / np.sqrt(g @ solved)])


def _arrow(ax, to, color, width, dash):
    head = f"-|>,head_width={0.1 + 0.06 * width},head_length={0.2 + 0.1 * width}"
    arrow = dict(arrowstyle=head, color=color, lw=width, ls=dash, shrinkA=0, shrinkB=0)
    ax.annotate("", to, (0, 0), arrowprops=arrow, zorder=3 + width)


def _path(name, path):
    path = np.asarray(path, float)
    if path.ndim != 2 or path.shape[1] != 2 or not len(path):
        raise ValueError(f"runs[{name!r}] must be an array (steps + 1, 2), got shape {path.shape}")
    return path


def _trail(ax, path, look, dots, end):
    under = [patheffects.withStroke(linewidth=3.2, foreground=PAPER)]
    ax.plot(*path.T, color=look["color"], ls=look["path"], lw=1.9, zorder=5, path_effects=under)
    if dots:
        ax.plot(*path.T, ls="", marker="o", ms=3.2, mew=0.5, mec=PAPER, color=look["color"], zorder=6)
    if end:
        ax.plot(*path[-1], marker=look["marker"] or "o", ms=9, mew=1.3, mec=PAPER, color=look["color"], zorder=7)


__all__ = ["balls", "ellipses", "paths", "rim", "steepest", "terrain"]
