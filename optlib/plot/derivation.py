"""The map of the organizing derivation: one question, four distances, and the step that each of them makes."""

import numpy as np

from optlib.plot.figure import GRID, MUTED, RULE, TEXT, WIDTH, Figure
from optlib.plot.palette import RAMP, RULES, style

HEIGHT = 6.6
ALT = (
    "Map of the organizing derivation. On top, theta is the minimizer of slope plus distance plus penalty. Below, four "
    "distances with their unit ball and the step that each makes of the same slope: the squared 2-norm, a circle, is "
    "gradient descent; a diagonal, an ellipse along the axes, gives AdaGrad, RMSProp and, with momentum, Adam; the max "
    "norm, a square, gives signSGD and Lion; a matrix, a tilted ellipse, gives Newton and the natural gradient. At the "
    "bottom, a fading sum of past slopes is momentum, and a penalty gives the proximal step."
)


def derivation(*, alt=ALT, caption=""):
    """One question, four distances: each family's unit ball, the same slope, and the step that comes out (computed).

    Returns a Figure, 6.6 inches high.
    """
    figure = Figure(alt, caption, height=HEIGHT)
    with figure as fig:
        ax = sheet(fig, HEIGHT)
        color = {look[0]: look[1] for look in RULES.values() if look[4] == 0}
        _question(ax, color)
        heading(ax, 0.28, 5.58, "Choose the distance", "dashed: the slope; solid: the step that it becomes")
        for k, card in enumerate(_cards(color)):
            _card(ax, 4.78 - 0.93 * k, *card)
            if k:
                ax.plot([0.28, 5.12], [4.78 - 0.93 * k + 0.465] * 2, color=GRID, lw=0.8)
        _slope(ax, color["euclid"])
        _penalty(ax, color["penalty"])
    return figure


def _question(ax, color):
    parts = [
        (0.28, r"$\theta_t\;=\;\mathrm{arg\,min}_{\theta}$", TEXT),
        (1.82, r"$g_t^{\!\top}\theta$", TEXT),
        (2.5, r"$+\;\;\frac{1}{2\eta}\,D(\theta,\theta_{t-1})$", TEXT),
        (4.3, r"$+\;\;r(\theta)$", TEXT),
    ]
    for x, formula, ink in parts:
        ax.text(x, 6.3, formula, fontsize=16.5, va="center", color=ink)
    for left, right, word in ((1.8, 2.3, "slope"), (2.82, 4.2, "distance"), (4.58, 5.12, "penalty")):
        ax.plot([left, left, right, right], [6.05, 5.99, 5.99, 6.05], color=RULE, lw=1.2)
        ax.text((left + right) / 2, 5.87, word, ha="center", va="center", color=MUTED, fontsize=10.5)


def _cards(color):
    """Formula, unit ball, steepest step and the rules of each distance."""
    turn = np.linspace(0, 2 * np.pi, 121)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    square = 0.86 * np.array([[1, 1, -1, -1, 1], [1, -1, -1, 1, 1]])
    tilt = np.array([[np.cos(0.75), -np.sin(0.75)], [np.sin(0.75), np.cos(0.75)]])

    def ellipse(matrix):
        values, vectors = np.linalg.eigh(matrix)
        solved = np.linalg.solve(matrix, SLOPE)
        return vectors @ (circle / np.sqrt(values)[:, None]), -solved / np.sqrt(SLOPE @ solved)

    norm, matrix = color["norm"], color["curvature"]
    return [
        (r"$\Vert p\Vert_2^2$", color["euclid"], *ellipse(np.eye(2)), [("gradient descent", color["euclid"])]),
        (
            r"$\sum_i\sqrt{G_i}\,p_i^2$",
            color["diagonal"],
            *ellipse(np.diag([0.42, 2.4])),
            [("AdaGrad, RMSProp, AdaDelta", color["diagonal"]), ("Adam, with momentum", color["adam"])],
        ),
        (
            r"$\Vert p\Vert_\infty^2,\ \Vert P\Vert_2^2$",
            norm,
            square,
            -0.86 * np.sign(SLOPE),
            [("signSGD, Lion", norm), ("Muon, for matrices", norm)],
        ),
        (
            r"$p^{\!\top}\!Hp,\ \ p^{\!\top}\!Fp$",
            matrix,
            *ellipse(tilt @ np.diag([0.35, 2.6]) @ tilt.T),
            [("Newton, BFGS, L-BFGS", matrix), ("natural gradient, K-FAC", matrix)],
        ),
    ]


SLOPE = np.array([0.55, 1.0]) / np.hypot(0.55, 1.0)


def _card(ax, y, formula, color, ball, step, names):
    center, size = np.array([0.86, y]), 0.3
    ax.fill(*(center[:, None] + size * ball), fc=RAMP[3][0], ec=color, lw=1.7, zorder=2)
    arrow(ax, center, center - 1.4 * size * SLOPE, MUTED, 1.1, (0, (2, 1.5)))
    arrow(ax, center, center + size * step, color, 2.2, "-")
    ax.plot(*center, "o", ms=4.5, color=TEXT, mew=0, zorder=5)
    ax.text(1.62, y, formula, fontsize=13.5, va="center")
    for k, (word, ink) in enumerate(names):
        ax.text(
            3.08, y + (len(names) - 1) * 0.1 - 0.2 * k, word, fontsize=10.5, va="center", color=ink, weight="medium"
        )


def sheet(fig, height):
    """Axes over the whole figure, in inches, to draw a map on."""
    fig.set_layout_engine("none")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(0, height))
    ax.axis("off")
    return ax


def arrow(ax, start, end, color, width, dash):
    head = f"-|>,head_width={0.08 + 0.055 * width},head_length={0.17 + 0.085 * width}"
    arrow = dict(arrowstyle=head, color=color, lw=width, ls=dash, shrinkA=0, shrinkB=0)
    ax.annotate("", end, start, arrowprops=arrow, zorder=3 + width / 4)


def heading(ax, x, y, words, below=""):
    ax.text(x, y, words, weight="semibold", fontsize=12, va="center")
    if below:
        ax.text(x, y - 0.22, below, color=MUTED, fontsize=10.5, va="center")


def _slope(ax, color):
    heading(ax, 0.28, 1.2, "Choose the slope")
    count = 14
    for k, weight in enumerate(0.9 ** np.arange(count)[::-1]):
        left = 0.3 + 0.078 * k
        newest = k == count - 1
        ax.fill_between([left, left + 0.056], 0.36, 0.36 + 0.58 * weight, color=color if newest else RAMP[7][0], lw=0)
    words(ax, 1.58, style("momentum")["color"], "momentum:", "a fading sum", "of past slopes")


def _penalty(ax, color):
    heading(ax, 2.9, 1.2, "Choose the penalty")
    u = np.linspace(-1, 1, 101)
    soft = np.sign(u) * np.maximum(abs(u) - 0.42, 0)
    ax.plot(3.32 + 0.42 * u, 0.62 + 0.36 * u, color=MUTED, lw=1.1, ls=(0, (2, 1.5)))
    ax.plot(3.32 + 0.42 * u, 0.62 + 0.36 * soft, color=color, lw=2.2)
    words(ax, 3.9, color, "proximal step:", "ISTA, FISTA;", "weight decay")


def words(ax, x, color, first, *rest):
    ax.text(x, 0.82, first, fontsize=10.5, color=color, weight="medium", va="center")
    for k, line in enumerate(rest):
        ax.text(x, 0.62 - 0.2 * k, line, fontsize=10.5, va="center")
