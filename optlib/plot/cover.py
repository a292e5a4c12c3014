"""The cover: a lit relief of the two wells, and three paths over it, each at its best of 41 learning rates.

python -m optlib.plot.cover FOLDER      writes cover_light.png and cover_dark.png, 1088 by 896 pixels
"""

import sys
from itertools import pairwise
from pathlib import Path

import matplotlib.figure
import numpy as np
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from optlib import grammar, rules
from optlib.plot.figure import look
from optlib.plot.palette import INK, RULES, label, style
from optlib.problems.landscapes import gradient, two_wells

WINDOW = (-1.75, 1.75, -1.5, 1.85)
START = (0.3, 1.32)
NAMES = ("sgd", "momentum", "adam")
RATES = np.geomspace(1e-3, 1, 41)
STEPS = 120
ALT = (
    "A relief with two wells and the paths of SGD, momentum and Adam from one start, each at the best of 41 learning "
    "rates. SGD ends in the near well, 0.7 above the lowest value; momentum and Adam cross into the deeper one."
)
SKINS = (  # per skin: colors of the ground from deep to high, of the shade, the level curves, and the outline of paths
    dict(
        ground=("#a9bccb", "#c3d0d6", "#dcdfd9", "#ebe5d8", "#f4ecdf", "#faf5ec"),
        night="#1d3a5c",
        line="#12324a",
        outline="#ffffff",
        gain=1.0,
        wall=1.0,
    ),
    dict(
        ground=("#0c1a26", "#14293a", "#234050", "#3c5560", "#5d6c6f", "#85867f"),
        night="#050b14",
        line="#e8f2f8",
        outline="#0b1016",
        gain=1.18,
        wall=0.5,
    ),
)


def cover(folder):
    """Write cover_light.png and cover_dark.png into a folder; returns the two paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    runs = {name: tuned(getattr(rules, name)) for name in NAMES}
    files = []
    for skin, word in enumerate(("light", "dark")):
        files.append(folder / f"cover_{word}.png")
        with look():
            drawing = _draw(runs, skin)
            drawing.savefig(files[-1], dpi=160, facecolor=INK["paper"][skin], pil_kwargs={"optimize": True})
    return files


def tuned(rule, start=START, rates=RATES, steps=STEPS):
    """The path (steps + 1, 2) at the best rate: lowest last loss, to three digits, then the shortest way."""
    theta = np.repeat(np.array(start, float)[:, None], len(rates), axis=1)
    signature, path = grammar.read(rule), [theta]
    state = grammar.start(signature, theta)
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            asked = (gradient(two_wells, theta),)
            theta, *state = grammar.call(rule, signature, theta, asked, state, t, {"lr": rates})
            path.append(theta)
        path = np.array(path)
        last = np.round(two_wells(*path[-1]), 3)
        length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum(axis=0)
    last = np.where(np.isfinite(last), last, np.inf)
    return path[:, :, np.lexsort([length, last])[0]]


class _View:
    """A perspective look at the relief from above; far losses are squashed so that the wells keep their depth."""

    def __init__(self, lowest, ceiling, azimuth=-24, elevation=50, height=0.55):
        left, right, bottom, top = WINDOW
        self.middle, self.scale = ((left + right) / 2, (bottom + top) / 2), 2 / (right - left)
        self.lowest, self.ceiling, self.height = lowest, ceiling, height
        self.turn, self.tilt = np.deg2rad(azimuth), np.deg2rad(elevation)

    def rise(self, loss):
        return self.ceiling * np.tanh((loss - self.lowest) / self.ceiling)

    def project(self, x, y, rise):
        """Where a point is on the paper, and how far behind it."""
        u, v = (x - self.middle[0]) * self.scale, (y - self.middle[1]) * self.scale
        w = self.height * rise / self.ceiling
        right = u * np.cos(self.turn) - v * np.sin(self.turn)
        back = u * np.sin(self.turn) + v * np.cos(self.turn)
        up = w * np.cos(self.tilt) + back * np.sin(self.tilt)
        depth = back * np.cos(self.tilt) - w * np.sin(self.tilt)
        nearness = 1 / (1 + 0.16 * depth)
        return right * nearness, up * nearness, depth

    def on(self, points):
        """The places (n, 2) of the paper where points of the plane lie on the relief."""
        x, y = np.asarray(points, float).T
        return np.stack(self.project(x, y, self.rise(two_wells(x, y)))[:2], axis=1)


def _draw(runs, skin, fine=480):
    colors = SKINS[skin]
    drawing = matplotlib.figure.Figure(figsize=(6.8, 5.6), facecolor=INK["paper"][skin])
    FigureCanvasAgg(drawing)
    drawing.set_layout_engine("none")
    ax = drawing.add_axes((0, 0, 1, 1))
    ax.axis("off")
    xs, ys = np.linspace(*WINDOW[:2], fine), np.linspace(*WINDOW[2:], fine)
    x, y = np.meshgrid(xs, ys)
    loss = two_wells(x, y)
    view = _View(loss.min(), np.quantile(loss, 0.9))
    rise = view.rise(loss)
    _ground(ax, view, x, y, rise, _light(rise / view.ceiling, view, xs, ys, colors))
    _walls(ax, view, x, y, rise, colors)
    for name, path in runs.items():
        _path(ax, view, path, RULES[name][1 + skin], colors["outline"])
    _names(ax, view, runs, skin)
    ax.plot(*view.on([START])[0], "o", ms=11, mfc="#ffffff", mec="#1b1f24", mew=2, zorder=10)
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.margins(0.01)
    return drawing


def _light(rise, view, xs, ys, colors):
    """The color (rows, columns, 3) of the ground: its own, lit from the left, dark in hollows, with level curves."""
    gy, gx = np.gradient(view.height * rise, ys * view.scale, xs * view.scale)
    normal = np.stack([-gx, -gy, np.ones_like(gx)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    sun = np.array([-0.62, 0.42, 0.62]) / np.linalg.norm([-0.62, 0.42, 0.62])
    lit, fill = np.clip(normal @ sun, 0, 1), np.clip(normal @ np.array([0.7, -0.3, 0.64]), 0, 1)
    hollow = np.clip(_blurred(rise, len(xs) // 14) - rise, 0, 0.4)
    shade = np.clip(0.46 + 0.66 * lit + 0.08 * fill - 0.55 * hollow, 0, 1.08)[..., None]
    ground = LinearSegmentedColormap.from_list("ground", [to_rgb(c) for c in colors["ground"]])(rise)[..., :3]
    night = np.array(to_rgb(colors["night"])) * ground.mean(axis=-1, keepdims=True)
    color = np.clip(ground * shade + 0.75 * night * np.clip(1 - shade, 0, 1), 0, 1) * colors["gain"]
    phase = 15 * np.sqrt(rise)
    width = np.hypot(*np.gradient(phase)) + 1e-9
    line = 0.34 * np.clip(1.15 - abs(phase - np.round(phase)) / width, 0, 1)[..., None]
    return np.clip(color * (1 - line) + line * np.array(to_rgb(colors["line"])), 0, 1)


def _blurred(z, width):
    """z smoothed by a Gaussian of this standard deviation in cells; the edges repeat."""
    reach = 3 * width
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    kernel /= kernel.sum()
    for _ in range(2):
        padded = np.pad(z, ((reach, reach), (0, 0)), mode="edge")
        z = np.apply_along_axis(np.convolve, 0, padded, kernel, "valid").T
    return z


def _ground(ax, view, x, y, rise, color):
    """The relief as small quadrilaterals, the farthest first."""
    px, py, depth = view.project(x, y, rise)
    corners = [
        z[i, j] for z in (px, py, depth) for i in (slice(-1), slice(1, None)) for j in (slice(-1), slice(1, None))
    ]
    px, py, depth = (np.stack([z[0], z[1], z[3], z[2]], axis=-1) for z in (corners[:4], corners[4:8], corners[8:]))
    order = np.argsort(-depth.mean(axis=-1).ravel())
    quads = np.stack([px, py], axis=-1).reshape(-1, 4, 2)[order]
    paint = color[:-1, :-1].reshape(-1, 3)[order]
    ax.add_collection(PolyCollection(quads, facecolors=paint, edgecolors=paint, linewidths=0.35))


def _walls(ax, view, x, y, rise, colors):
    """The two cut sides that face the viewer."""
    side = 0 if np.sin(view.turn) > 0 else -1
    for cells, darker in (((slice(None), side), 0.62), ((0, slice(None)), 0.78)):
        tx, ty, _ = view.project(x[cells], y[cells], rise[cells])
        bx, by, _ = view.project(x[cells], y[cells], np.full(len(tx), -0.14 * view.ceiling))
        paint = np.array(to_rgb(colors["ground"][3])) * darker * colors["wall"]
        ax.fill(np.r_[tx, bx[::-1]], np.r_[ty, by[::-1]], color=paint, lw=0, zorder=1.5)


def _path(ax, view, path, color, outline):
    fine = np.concatenate([np.linspace(a, b, 12) for a, b in pairwise(path)])  # so that it follows the ground
    line = view.on(fine).T
    ax.plot(line[0], line[1] - 0.006, color="#0a1826", alpha=0.28, lw=4.2, zorder=5)
    ax.plot(*line, color=outline, lw=3.9, zorder=6)
    ax.plot(*line, color=color, lw=2.7, zorder=7)


def _names(ax, view, runs, skin):
    """Each path's marker and name at its end; where several end in one place, the markers stand around it."""
    outline = SKINS[skin]["outline"]
    halo = [patheffects.withStroke(linewidth=3.5, foreground=outline)]
    ends = {}
    for name, path in runs.items():
        ends.setdefault(tuple(np.round(path[-1], 1)), []).append(name)
    for end, names in ends.items():
        for k, name in enumerate(names):
            color = RULES[name][1 + skin]
            x, y = view.on([end])[0]
            x += 0.026 * (2 * k - len(names) + 1)
            ax.plot(x, y, marker=style(name)["marker"], ms=11, color=color, mec=outline, mew=1.6, zorder=9)
            ax.annotate(
                label(name),
                view.on([end])[0],
                xytext=(6 + 7 * len(names), 8 * (len(names) - 1) - 6 - 16 * k),
                textcoords="offset points",
                color=color,
                fontsize=13,
                weight="semibold",
                path_effects=halo,
                zorder=11,
            )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m optlib.plot.cover FOLDER")
    print(*cover(sys.argv[1]), sep="\n")
