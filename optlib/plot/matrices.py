"""The map of Part II: one step, five matrices for it, and what is left to choose beside the matrix."""

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from optlib.plot.derivation import arrow, heading, sheet, words
from optlib.plot.figure import GRID, MUTED, RULE, TEXT, Figure
from optlib.plot.palette import RAMP, style

HEIGHT = 7.5
INPUTS, UNITS = 65, 32  # of the layer for which numbers are counted: chapter 12's first
ALT = (
    "Map of Part II. On top, the step is minus the rate times the inverse of a matrix B times the slope. Below, five "
    "choices of B, drawn for the twelve weights of one small network and counted for a layer of 65 by 32: the Hessian, "
    "whose entries differ in sign even on the diagonal, and the Fisher matrix, each 4,326,400 numbers; two factors a "
    "layer, with nothing between the layers, 5,249; a diagonal, 2,080; one number a layer, 1. Beside each stand the "
    "methods that take it. At the bottom, two other choices: the place where the slope is taken, uphill for SAM, and "
    "the answer, for which Lookahead and averages take a mean of the path."
)


def matrices(*, alt=ALT, caption=""):
    """What Part II divides the slope by: five matrices of one small network (computed), and who takes which.

    Needs scikit-learn's data.  Returns a Figure, 7.5 inches high.
    """
    figure = Figure(alt, caption, height=HEIGHT)
    with figure as fig:
        ax = sheet(fig, HEIGHT)
        _step(ax)
        heading(ax, 0.28, 6.42, "Choose the matrix", "for twelve weights; open: negative")
        ax.text(5.12, 6.2, f"numbers, {INPUTS} × {UNITS}", fontsize=10.5, color=MUTED, ha="right", va="center")
        found = five()
        scale = max(abs(found["hessian"]).max(), abs(found["fisher"]).max())
        for k, (matrix, row) in enumerate(zip(found.values(), _rows())):
            _row(ax, 5.6 - 0.93 * k, matrix / scale, *row)
            if k:
                ax.plot([0.28, 5.12], [5.6 - 0.93 * k + 0.465] * 2, color=GRID, lw=0.8)
        _place(ax)
        _answer(ax)
    return figure


def five():
    """Five matrices (12, 12) of a network with 2 inputs, 2 hidden units (tanh) and 2 classes, before training.

    Its weights stand layer by layer, biases last.  Returns hessian, fisher, factors, diagonal and layers, a dict.
    """
    from optlib.models import mlp, second
    from optlib.problems import cancer

    X, y = cancer()[:2]
    X, Y, theta = X[:, :2], np.eye(2)[y], mlp.start((2, 2, 2), "tanh", seed=1)
    columns = [_flat(second.hessian_vector(theta, _shaped(e), X, Y, "tanh")) for e in np.eye(12)]
    each = [np.einsum("ni,ncj->ncij", a, d).reshape(len(X), 2, 6) for a, d in mlp.signals(theta, X, "tanh")]
    scores = np.concatenate(each, axis=2).reshape(-1, 12)
    blocks = np.zeros((2, 6, 2, 6))
    for k, (A, S) in enumerate(mlp.factors(theta, X, "tanh")):
        blocks[k, :, k] = np.kron(A, S)
    F, g = scores.T @ scores / len(X), _flat(mlp.gradient(theta, X, Y, "tanh")).reshape(2, 6)
    shares = np.linalg.norm(g, axis=1) / np.linalg.norm(_flat(theta).reshape(2, 6), axis=1)
    return dict(
        hessian=np.array(columns),
        fisher=F,
        factors=blocks.reshape(12, 12),
        diagonal=np.diag(np.diag(F)),
        layers=np.diag(np.repeat(shares, 6)),
    )


def _flat(theta):
    return np.concatenate([np.vstack([theta[f"W{k}"], theta[f"b{k}"]]).ravel() for k in (1, 2)])


def _shaped(v):
    parts = v.reshape(2, 3, 2)
    return {"W1": parts[0, :2], "b1": parts[0, 2], "W2": parts[1, :2], "b2": parts[1, 2]}


def _rows():
    """Formula, what it is, its methods with the rule whose color they take, and how many numbers it has."""
    p = INPUTS * UNITS
    return [
        (r"$H$", "second derivatives", "Newton, BFGS, L-BFGS", "newton", p**2),
        (r"$F$", "mean squared scores", "natural gradient, Gauss-Newton", "natural_gradient", p**2),
        (r"$A\otimes S$", "two factors a layer", "K-FAC; Shampoo, with its own", "kfac", INPUTS**2 + UNITS**2),
        (r"$\mathrm{diag}\,h$", "one number a weight", "diagonal Newton, vSGD; Adam", "diagonal_newton", p),
        (r"$I\,/\,r$", "one number a layer", "LARS; LAMB, beside Adam's", "lamb", 1),
    ]


def _step(ax):
    parts = [
        (0.28, r"$\theta_t\;=\;\theta_{t-1}\;-$"),
        (1.72, r"$\eta$"),
        (2.1, r"$B^{-1}$"),
        (2.88, r"$g_t$"),
    ]
    for x, formula in parts:
        ax.text(x, 7.16, formula, fontsize=16.5, va="center", color=TEXT)
    for left, right, word in ((1.68, 1.92, "rate"), (2.08, 2.52, "matrix"), (2.84, 3.16, "slope")):
        ax.plot([left, left, right, right], [6.93, 6.87, 6.87, 6.93], color=RULE, lw=1.2)
        ax.text((left + right) / 2, 6.75, word, ha="center", va="center", color=MUTED, fontsize=10.5)


def _row(ax, y, matrix, formula, what, names, rule, count):
    color = style(rule)["color"]
    left, side = 0.3, 0.82
    low = y - side / 2
    ax.fill([left, left + side, left + side, left], [low, low, low + side, low + side], fc=RAMP[2][0], ec="none")
    cell = side / len(matrix)
    row, column = np.nonzero(abs(matrix) > 0.002)
    half = 0.46 * cell * np.minimum(1, np.sqrt(abs(matrix[row, column])))
    middle = np.stack([left + (column + 0.5) * cell, low + side - (row + 0.5) * cell], axis=1)
    positive = matrix[row, column] > 0
    _squares(ax, middle[positive], half[positive], fc=color, ec="none")
    _squares(ax, middle[~positive], half[~positive] - 0.003, fc="none", ec=color, lw=0.7)
    ax.text(1.32, y, formula, fontsize=13.5, va="center")
    ax.text(2.06, y + 0.12, what, fontsize=10.5, va="center", color=TEXT)
    ax.text(2.06, y - 0.12, names, fontsize=10.5, va="center", color=color, weight="medium")
    ax.text(5.12, y + 0.12, f"{count:,}", fontsize=10.5, va="center", ha="right", color=MUTED)


def _squares(ax, middle, half, **look):
    """Many squares as one path."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    at = middle[:, None] + half[:, None, None] * corners
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(at)
    ax.add_patch(PathPatch(Path(at.reshape(-1, 2), codes), zorder=3, **look))


def _place(ax):
    heading(ax, 0.28, 1.2, "Choose the place")
    color = style("sam")["color"]
    e = np.linspace(-0.42, 0.42, 61)
    ax.plot(0.75 + e, 0.36 + 3.2 * e**2, color=RULE, lw=1.6)
    for at, ink, width, dash in ((0.2, MUTED, 1.1, (0, (2, 1.5))), (0.33, color, 2.2, "-")):
        start = np.array([0.75 + at, 0.36 + 3.2 * at**2])
        slope = np.array([1, 6.4 * at]) / np.hypot(1, 6.4 * at)
        arrow(ax, start, start - 0.34 * slope, ink, width, dash)
        ax.plot(*start, "o", ms=4.5, color=color if at > 0.3 else TEXT, mew=0, zorder=6)
    words(ax, 1.32, color, "SAM:", "the slope a", "radius uphill")


def _answer(ax):
    heading(ax, 2.9, 1.2, "Choose the answer")
    color = style("lookahead")["color"]
    step = np.arange(25)
    path = np.stack([2.95 + 0.036 * step, 0.62 + 0.26 * 0.9**step * np.cos(2.1 * step)], axis=1)
    mean = np.cumsum(path[:, 1]) / (step + 1)
    ax.plot(*path.T, color=MUTED, lw=1.1, ls=(0, (2, 1.5)))
    ax.plot(path[:, 0], mean, color=color, lw=2.2)
    words(ax, 4.0, color, "a mean instead:", "Lookahead,", "averages, SWA")
