"""A bell N(mu, sigma), the bells within one divergence of it, and the Euclidean ball, in two parametrizations."""

import numpy as np
import traitlets

from optlib.families import gaussian, gaussian_log
from optlib.plot import palette
from optlib.widgets import still
from optlib.widgets.page import PageWidget, between
from optlib.widgets.source import module_source

TARGET = np.array([1.0, 0.5])  # mu, sigma
RANGES = {"mu": (-1.6, 1.6), "sigma": (0.15, 2.0), "kl": (0.001, 0.5)}


class Balls(PageWidget):
    """The bells within a divergence of N(mu, sigma), drawn over (mu, sigma) and over (mu, log sigma).

    mu: -1.6 to 1.6.  sigma: the width, 0.15 to 2.  kl: the divergence, 0.001 to 0.5.  name: in links, for a second one.
    Raises ValueError on a number out of range.
    """

    module = "balls.js"
    _esm = module_source(module)
    mu = traitlets.Float(-0.4).tag(sync=True)
    sigma = traitlets.Float(0.6).tag(sync=True)
    kl = traitlets.Float(0.2).tag(sync=True)
    _ranges = between(**RANGES)

    def ends(self):
        """{"sigma" or "log": {"gradient" or "natural": (mu, sigma)}}: where the steepest steps end."""
        here, target = np.array([self.mu, self.sigma]), TARGET
        far = here[0] - target[0]
        slope = np.array([far, (here[1] ** 2 - target[1] ** 2 - far**2) / here[1]]) / here[1] ** 2
        log = np.array([here[0], np.log(here[1])])
        found = {}
        for name, at, g, F in (
            ("sigma", here, slope, gaussian.fisher(here)),
            ("log", log, slope * [1, here[1]], gaussian_log.fisher(log)),
        ):
            natural = np.linalg.solve(F, g)
            moves = {"gradient": g / np.linalg.norm(g), "natural": natural / np.sqrt(g @ natural)}
            to = {step: at - np.sqrt(2 * self.kl) * move for step, move in moves.items()}
            found[name] = to if name == "sigma" else {k: np.array([v[0], np.exp(v[1])]) for k, v in to.items()}
        return found

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return _still(self)


def edge(kl, count=120):
    """The edge of KL(p || q) = kl around N(0, 1), (count, 2): the mean and the width of q.  As front/ball.js has it."""

    def square(r):  # of the move of the mean, at the width r
        return 2 * r**2 * (kl + 0.5 - np.log(r)) - 1

    def root(outside):
        inside = 1.0
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if square(middle) > 0 else (inside, middle)
        return middle

    low, high, turn = root(1e-9), root(np.exp(kl + 0.5)), 2 * np.pi * np.arange(count) / count
    r = (low + high) / 2 + (high - low) / 2 * np.cos(turn)
    return np.column_stack([np.sign(np.sin(turn)) * np.sqrt(np.maximum(0, square(r))), r])


def _still(widget):
    """The two planes side by side, the ball of the divergence and the circle in each."""
    here, reach = np.array([widget.mu, widget.sigma]), np.sqrt(2 * widget.kl)
    rim = edge(widget.kl)
    ball = here + np.vstack([rim, rim[:1]]) * widget.sigma - [0, widget.sigma]
    turn = np.linspace(0, 2 * np.pi, 90)
    circle = reach * np.column_stack([np.cos(turn), np.sin(turn)])
    ends, body, scale = widget.ends(), "", 52
    blue, green = palette.RULES["sgd"][1], palette.RULES["natural_gradient"][1]
    for name, left, top, words in (("sigma", 6, 2.5, "μ, σ"), ("log", 226, 0.9, "μ, log σ")):

        def screen(points, left=left, top=top, name=name):
            points = np.atleast_2d(points)
            up = np.log(points[:, 1]) if name == "log" else points[:, 1]
            return np.column_stack([left + scale * (points[:, 0] + 2), 20 + scale * (top - up)])

        ring = here + circle if name == "sigma" else here * np.exp(circle[:, 1:] * [0, 1]) + circle * [1, 0]
        body += f'<text x="{left}" y="15" style="fill: {still.INK["muted"]};{still.FONT}">{words}</text>'
        for points, color in ((ball, green), (ring, blue)):
            body += still._line(screen(points), color)
        for step, color in (("gradient", blue), ("natural", green)):
            if ends[name][step][1] > 0:
                body += still._line(screen(np.array([here, ends[name][step]])), color)
        x, y = screen(TARGET)[0]
        body += f'<path d="M{x - 6:.1f} {y:.1f}h12m-6 -6v12" style="stroke: {still.INK["muted"]}"/>'
    text = f"The bells within a divergence of {widget.kl:g} of the bell with mean {widget.mu:g} and width "
    text += f"{widget.sigma:g}, over mean and width and over mean and log width, with a circle of radius {reach:.2g}."
    return still._image(body, 190, text)
