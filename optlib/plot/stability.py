"""The stability map of heavy ball: how fast each pair of learning rate and momentum is on a quadratic."""

import numpy as np

from optlib.plot.axes import cross, crosshair, log_axis, ring, within
from optlib.plot.figure import MUTED, PAPER, RULE, TEXT, Figure
from optlib.plot.labels import HALO
from optlib.plot.landscape import terrain, thin
from optlib.plot.palette import RAMP, style

LEVELS = (10, 15, 20, 50, 100, 200, 500)


def spectral_radius(lr, momentum, eigenvalue):
    """The factor by which heavy ball shrinks the error along one eigenvector in the long run.

    It is the larger modulus of the roots of z^2 - (1 + momentum - lr * eigenvalue) z + momentum; arrays broadcast.
    Source: Polyak (1964).
    """
    middle = 1 + momentum - lr * eigenvalue
    root = np.sqrt(middle**2 - 4 * momentum + 0j)
    return np.maximum(abs(middle + root), abs(middle - root)) / 2


def stability(
    eigenvalues,
    points,
    *,
    alt,
    caption="",
    title=r"Momentum $\mu$",
    start=(-1.0, 0.6),
    steps=60,
    height=5.2,
):
    """The map of (learning rate, momentum) with contours of the speed, and the path at up to three points of it.

    eigenvalues: those of the Hessian; the smallest and the largest decide, and the paths run on these two.
    points: {words: (lr, momentum)}, marked A, B, C.  start: where the paths begin; steps: how long they are.
    Contours: steps per decimal digit gained, -1 / log10(spectral radius).  Returns a Figure.
    """
    if not 1 <= len(points) <= 3:
        raise ValueError(f"points must be one to three pairs (lr, momentum), got {len(points)}")
    h = np.array([min(eigenvalues), max(eigenvalues)], float)
    if h[0] <= 0:
        raise ValueError(f"eigenvalues must be positive, got {h[0]:g}")
    figure = Figure(alt, caption, height=height)
    with figure as fig:
        upper, lower = fig.subfigures(2, 1, height_ratios=[2.1, 1])
        insets = lower.subplots(1, len(points), squeeze=False)[0]
        ax = upper.subplots()
        ax.set_title(title)
        ax.set_title("contours: steps per decimal digit", loc="right", fontsize=10, color=MUTED, weight="normal")
        _map(ax, h, points)
        for k, (lr, mu) in enumerate(points.values()):
            ax.plot(lr, mu, "o", ms=16, color=TEXT, mec=PAPER, mew=1.4, zorder=9, clip_on=False)
            ax.text(lr, mu, "ABC"[k], color=PAPER, ha="center", va="center_baseline", fontsize=10, zorder=10)
        runs = [_heavy_ball(h, lr, mu, np.asarray(start, float), steps) for lr, mu in points.values()]
        reach = 1.25 * abs(np.asarray(start)).max()
        tall = min(0.75 * reach, 1.2 * max(np.nanmax(abs(np.clip(path[:, 1], -reach, reach))) for path in runs))
        for k, (words, (lr, mu), path) in enumerate(zip(points, points.values(), runs)):
            inset = insets[k]
            inset.set_title(f"{'ABC'[k]}  {words}", fontsize=10.5, pad=5)
            _inset(inset, h, path, (-reach, reach, -tall, tall), style("momentum" if mu else "sgd")["color"])
            radius = max(spectral_radius(lr, mu, h))
            inset.set_xlabel(rf"$\rho$ = {radius:.3f}", fontsize=10.5, labelpad=4)
    return figure


def _map(ax, h, points):
    largest = h[1]
    share, mu = np.meshgrid(np.geomspace(2.5e-3, 1, 120), np.linspace(0, 0.995, 120))
    lr = share * 2 * (1 + mu) / largest  # share 1 is the edge of stability
    radius = np.maximum(*(spectral_radius(lr, mu, k) for k in h))
    digit = np.where(radius < 1, -1 / np.log10(np.minimum(radius, 1 - 1e-9)), 1e9)
    shades = [step[0] for step in RAMP[::-1]]
    area = ax.contourf(lr, mu, digit, [0, *LEVELS, 2e9], colors=shades, zorder=0)
    area.set(edgecolor=MUTED, linewidth=0.7)
    thin(area, (0, 0), (1 / largest, 1))
    rows = mu[:, 0]
    edge = 2 * (1 + rows) / largest
    ax.fill_betweenx(rows, edge, 9 * edge, fc=PAPER, ec=RULE, hatch="////", lw=0, zorder=1)
    ax.plot(edge, rows, color=TEXT, lw=1.6, zorder=3)
    ax.set(xscale="log", xlim=(1.2e-2 / largest, 5.2 / largest), ylim=(0, 0.995), xlabel=r"learning rate $\eta$")
    log_axis(ax.xaxis)
    marked = np.array(list(points.values()), float) * [1, 1]
    taken = [(np.log10(x), y) for x, y in marked]
    for level in reversed(LEVELS):
        for row in (0.3, 0.36, 0.24, 0.42, 0.5, 0.56, 0.62, 0.68, 0.74, 0.8):
            i = int(np.argmin(abs(rows - row)))
            hit = np.flatnonzero(digit[i] < level)
            if not len(hit) or not hit[0]:
                continue
            spot = (np.log10(lr[i, hit[0]]), row)
            if all(abs(spot[0] - x) > 0.13 or abs(spot[1] - y) > 0.09 for x, y in taken):
                taken.append(spot)
                ax.text(
                    lr[i, hit[0]], row, str(level), ha="center", va="center", fontsize=10, path_effects=HALO, zorder=5
                )
                break
    box = dict(fc=PAPER, ec="none", pad=2.5)
    ax.text(
        0.985, 0.06, "diverges", transform=ax.transAxes, ha="right", weight="medium", fontsize=10.5, bbox=box, zorder=6
    )


def _heavy_ball(h, lr, mu, start, steps):
    x, b, path = start, 0.0, [start]
    for _ in range(steps):
        b = mu * b + h * x
        x = x - lr * b
        path.append(x)
    return np.array(path)


def _inset(ax, h, path, box, color):
    terrain(ax, lambda u, v: (h[0] * u**2 + h[1] * v**2) / 2, box, levels=8, fine=60, power=0.4)
    kept, diverged = within(path, box)
    ax.plot(*kept.T, color=color, lw=1.4, marker="o", ms=2.8, mew=0, zorder=4)
    ring(ax, path[0], 7)
    crosshair(ax, (0, 0), 9)
    if diverged:
        cross(ax, kept[-1], color)
    ax.set_aspect("equal")


__all__ = ["spectral_radius", "stability"]
