"""What an L1 penalty switches off and an L2 penalty only divides: ten weights of the diabetes data over lambda."""

import numpy as np
import traitlets

from optlib.plot import palette
from optlib.problems import diabetes, lasso_path
from optlib.prox import soft_threshold
from optlib.widgets import still
from optlib.widgets.page import PageWidget, between, known
from optlib.widgets.source import module_source

PENALTIES = {"lasso": "|theta|", "ridge": "theta^2 / 2"}
LEAST, MOST = 0.3, 46


class Lasso(PageWidget):
    """The soft threshold beside the path of the lasso on the diabetes data; with ridge for comparison.

    weight: lambda, 0.3 to 46.  penalty: "lasso" for lambda |theta|_1, "ridge" for lambda |theta|^2 / 2.  name: in
    links, for a second one.  Raises ValueError on a lambda out of range or another penalty.
    """

    module = "lasso.js"
    _esm = module_source(module)
    weight = traitlets.Float(4.0).tag(sync=True)
    penalty = traitlets.Unicode("lasso").tag(sync=True)
    _ranges = between(weight=(LEAST, MOST))

    @traitlets.validate("penalty")
    def _known(self, proposal):
        return known("penalty", proposal.value, PENALTIES)

    def path(self, weights):
        """The ten weights at each lambda, shape (len(weights), 10)."""
        if self.penalty == "lasso":
            return lasso_path(weights)
        X, y, _ = diabetes()
        G, c = X.T @ X / len(y), X.T @ y / len(y)
        return np.array([np.linalg.solve(G + weight * np.eye(len(c)), c) for weight in weights])

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return _still(self)


def _still(widget):
    """The threshold on the left, the path on the right."""
    weights = np.geomspace(MOST, LEAST, 61)
    lines, theta, names = widget.path(weights), widget.path([widget.weight])[0], diabetes().names
    color, ink = palette.RULES["coordinate_descent"][1], still.INK
    x = np.array([-50, -widget.weight, widget.weight, 50])
    y = soft_threshold(x, widget.weight) if widget.penalty == "lasso" else x / (1 + widget.weight)
    body = f'<path d="M4 110H184M94 10V210M220 {130:.1f}H400" style="stroke: {ink["rule"]}"/>'
    body += still._line(np.column_stack([94 + 1.8 * x, 110 - 1.8 * y]), color)

    def right(weight, values):
        share = np.log(MOST / np.asarray(weight)) / np.log(MOST / LEAST)
        return np.column_stack(np.broadcast_arrays(220 + 180 * share, 130 - 4.4 * values))

    taken = []
    for j in np.argsort(-lines[-1]):
        on = theta[j] != 0
        body += still._line(right(weights, lines[:, j]), color if on else ink["muted"])
        if on:
            (_, end), *_ = right([LEAST], lines[-1:, j])
            taken.append(max(end, taken[-1] + 15) if taken else end)
            body += f'<text x="404" y="{taken[-1] + 5:.1f}" style="fill: {color};{still.FONT}">{names[j]}</text>'
    (rule, _), *_ = right([widget.weight], np.zeros(1))
    body += f'<path d="M{rule:.1f} 10V210" style="stroke: {ink["ink"]}"/>'
    for place, text in ((4, "threshold"), (220, f"weights, λ = {widget.weight:g}")):
        body += f'<text x="{place}" y="226" style="fill: {ink["muted"]};{still.FONT}">{text}</text>'
    words = f"{widget.penalty.capitalize()} with lambda {widget.weight:g}: what it makes of a number, and ten weights "
    words += f"over lambda, which falls to the right. {(theta != 0).sum()} of 10 are not zero."
    return still._image(body, 234, words)
