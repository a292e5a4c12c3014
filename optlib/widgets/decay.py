"""Two weights with noise for gradients, and what a penalty inside Adam's step and a decay beside it leave of them."""

import math
from itertools import islice

import numpy as np
import traitlets

from optlib.grammar import call, read, start
from optlib.rules import adam_l2, adamw
from optlib.widgets import still
from optlib.widgets.page import PageWidget, between
from optlib.widgets.signals import uniform
from optlib.widgets.source import module_source

RULES = {"adam_l2": adam_l2, "adamw": adamw}
RANGES = {"lr": (0.0001, 0.01), "decay": (0, 1), "loud": (0.001, 100), "quiet": (0.001, 100)}
RANGES |= {"steps": (50, 4000), "at": (1, 4000)}


class Decay(PageWidget):
    """Two weights that start at 1 under Adam with L2 and under AdamW; their gradients are noise alone.

    lr: 0.0001 to 0.01.  decay: the lambda of both rules, 0 to 1.  loud, quiet: standard deviations of the noise, 0.001
    to 100.  steps: 50 to 4000.  at: the step whose numbers are shown.  seed: of the noise.  name: in links, for a
    second one.  Raises ValueError on a number out of range.
    """

    module = "decay.js"
    _esm = module_source(module)
    lr = traitlets.Float(0.001).tag(sync=True)
    decay = traitlets.Float(0.1).tag(sync=True)
    loud = traitlets.Float(10.0).tag(sync=True)
    quiet = traitlets.Float(0.01).tag(sync=True)
    steps = traitlets.Int(2000).tag(sync=True)
    at = traitlets.Int(2000).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    _ranges = between(**RANGES)

    def weights(self):
        """{"loud" or "quiet": {rule: the weight after each step, shape (steps,)}}."""
        hyper = dict(lr=self.lr, weight_decay=self.decay)
        noise = {"loud": self.loud * normals(self.seed, self.steps),
                 "quiet": self.quiet * normals(self.seed + 1_000_000, self.steps)}  # fmt: skip
        return {which: {name: _walk(RULES[name], g, hyper) for name in RULES} for which, g in noise.items()}

    def still(self):
        """An SVG image of this state, for pages where scripts are off."""
        return still.decay(self)


def normals(seed, count):
    """`count` standard normal numbers, the same as those of front/decay.js: shape (count,)."""
    draw = list(islice(uniform(seed), 2 * count))
    return np.array([
        math.sqrt(-2 * math.log(1 - u)) * math.cos(2 * math.pi * v) for u, v in zip(draw[::2], draw[1::2])
    ])  # fmt: skip


def _walk(rule, gradients, hyper):
    signature, theta, out = read(rule), 1.0, []
    state = start(signature, theta)
    for t, g in enumerate(gradients.tolist(), start=1):
        theta, *state = call(rule, signature, theta, [g], state, t, hyper)
        out.append(theta)
    return np.array(out)
