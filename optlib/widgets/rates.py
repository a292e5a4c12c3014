"""The rates: what three rules make of a gradient whose size jumps, and how fast each forgets the old one."""

import numpy as np
import traitlets

from optlib import rules as RULES
from optlib.grammar import read, start
from optlib.widgets import signals, still
from optlib.widgets.page import PageWidget, between, listed
from optlib.widgets.source import module_source

STEPS = 600
JUMP = 200  # the last step before the jump
LISTED = ("adagrad", "rmsprop", "adadelta")


class Rates(PageWidget):
    """Gradients of size one that are multiplied by `jump` after step 200, and the rates of AdaGrad, RMSProp, AdaDelta.

    A rate is the step over the gradient, at a learning rate of 1.  rho: the fading of the averages, 0.5 to 0.999.
    eps: of all three rules, 1e-10 to 1.  jump: 0.001 to 1000.  chosen: the rules shown.  at: the step whose numbers
    are shown, 1 to 600.  seed: of the noise.  name: in links, for a second one on a page.
    Raises ValueError on a name that is not known or a number out of range.
    """

    module = "rates.js"
    _esm = module_source(module)
    rho = traitlets.Float(0.9).tag(sync=True)
    eps = traitlets.Float(1e-8).tag(sync=True)
    jump = traitlets.Float(0.01).tag(sync=True)
    rules = traitlets.List(traitlets.Unicode(), list(LISTED)).tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode(), list(LISTED)).tag(sync=True)
    at = traitlets.Int(250).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    _rules = listed("rules", "chosen", table=LISTED)
    _ranges = between(rho=(0.5, 0.999), eps=(1e-10, 1), jump=(0.001, 1000), at=(1, STEPS))

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.rates(self, gradients(self.jump, self.seed))

    def lines(self):
        """The rates of the chosen rules after each gradient, {name: (600,)}."""
        g = gradients(self.jump, self.seed)
        return {name: rates(name, g, self.rho, self.eps) for name in self.chosen}


def gradients(jump, seed):
    """One with noise of standard deviation 0.5, times `jump` after step 200: shape (600,)."""
    g = signals.signal("constant", 0.5, STEPS, seed)
    return np.where(np.arange(STEPS) < JUMP, g, jump * g)


def rates(name, g, rho, eps):
    """What the rule of this name multiplies each gradient by, at a learning rate of 1: shape of g."""
    rule = getattr(RULES, name)
    form = read(rule)
    hyper = {k: v for k, v in {"lr": 1.0, "rho": rho, "eps": eps}.items() if k in form.hyper}
    state, out = start(form, 0.0), []
    for slope in g:
        theta, *state = rule(0.0, slope, *state, **hyper)
        out.append(-theta / slope)
    return np.array(out)
