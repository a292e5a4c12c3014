"""The regret: losses that are straight lines, on which Adam walks to the worst place and AMSGrad to the best."""

import numpy as np
import traitlets

from optlib import rules as RULES
from optlib.grammar import call, read, start
from optlib.widgets import still
from optlib.widgets.page import PageWidget, averaging, between, listed
from optlib.widgets.source import module_source

LENGTHS = (300, 3000, 30000)


class Regret(PageWidget):
    """The losses C x, -x, -x, again and again on [-1, 1]: where each rule stands, and its average regret.

    scale: C, 2 to 10.  beta1, beta2: of Adam and AMSGrad.  lr: the rate at step t is lr / sqrt(t), 0.01 to 1.
    rules, chosen: those listed, those shown.  steps: 300, 3000 or 30000.  at: the step whose numbers are shown.
    name: in links, for a second one on a page.
    Raises ValueError on a name that is not known or a number out of range.
    """

    module = "regret.js"
    _esm = module_source(module)
    scale = traitlets.Float(3.0).tag(sync=True)
    beta1 = traitlets.Float(0.0).tag(sync=True)
    beta2 = traitlets.Float(0.1).tag(sync=True)
    lr = traitlets.Float(0.1).tag(sync=True)
    rules = traitlets.List(traitlets.Unicode(), ["adam", "amsgrad", "sgd"]).tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode(), ["adam", "amsgrad", "sgd"]).tag(sync=True)
    steps = traitlets.Int(3000).tag(sync=True)
    at = traitlets.Int(3000).tag(sync=True)
    _ranges = between(scale=(2, 10), lr=(0.01, 1))
    _averages = averaging("beta1", "beta2")
    _rules = listed("rules", "chosen", table=RULES.ELEMENTWISE)

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        lines = {rule: walk(rule, self.scale, self.beta1, self.beta2, self.lr, self.steps) for rule in self.chosen}
        return still.regret(self, lines)

    @traitlets.validate("steps")
    def _steps(self, proposal):
        if proposal.value in LENGTHS:
            return proposal.value
        raise ValueError(f"steps must be 300, 3000 or 30000, got {proposal.value!r}")


def walk(rule, scale, beta1, beta2, lr, steps):
    """Where a rule stands after 0, 1, ..., `steps` steps, from 0: the same numbers as front/lines.js."""
    step = getattr(RULES, rule)
    signature, path = read(step), np.zeros(steps + 1)
    betas = {k: v for k, v in dict(beta1=beta1, beta2=beta2).items() if k in signature.hyper}
    state = start(signature, 0.0)
    for t in range(1, steps + 1):
        g = [scale if t % 3 == 1 else -1.0]
        theta, *state = call(step, signature, float(path[t - 1]), g, state, t, betas | {"lr": lr / t**0.5})
        path[t] = min(max(theta, -1.0), 1.0)
    return path
