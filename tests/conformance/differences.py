"""Every call of book/libraries.toml, run beside the rule: how far apart they are after the first step and after eight.

Twelve parameters, eight steps at lr = 0.1, gradients and start drawn from N(0, 1), in double precision.
"""

import importlib.metadata
import tomllib
from pathlib import Path

import numpy as np
import optax
import pytorch_optimizer
import torch

from optlib import rules
from optlib.grammar import read
from tests.conformance.runners import VERSIONS, optax_run, torch_run
from tests.reference.replay import replay

CALLS = Path(__file__).parents[2] / "book" / "libraries.toml"
LIBRARIES = ("torch", "optax", "pytorch_optimizer")
DROP = [0.1] * 3 + [0.01] * 5
BOUNDS = {}  # rules that go through eigendecompositions
NAMES = {"torch": torch, "optax": optax, "pytorch_optimizer": pytorch_optimizer}


def inputs():
    rng = np.random.default_rng(0)
    return rng.standard_normal((4, 3)), rng.standard_normal((8, 4, 3))


def calls():
    """{rule: {library: {"same": call, "none": why, "differs": [...]}}} of the rules that optlib has."""
    table = tomllib.loads(CALLS.read_text(encoding="utf-8"))
    return {rule: table[rule] for rule in rules.__all__ if rule in table}


def library_run(library, call, lrs, hyper):
    """The parameters after each step of a library's optimizer, made by evaluating `call`."""
    code = compile(call, call, "eval")
    if library == "optax":
        constant = len(set(lrs)) == 1
        return optax_run(
            lambda lr, **h: eval(code, NAMES | h | {"lr": lrs[0] if constant else lr}), *inputs(), lrs, hyper
        )
    return torch_run(lambda p, lr, **h: eval(code, NAMES | h | {"lr": lr, "p": p}), *inputs(), lrs, hyper)


def with_curvature(call, lrs, hyper):
    """(the rule's, the library's) parameters after each step of a rule that is told the Hessian's diagonal too."""
    (theta, gradients), curvature = inputs(), inputs()[1][::-1]
    p = torch.tensor(theta, requires_grad=True)
    optimizer = eval(call, NAMES | hyper | {"lr": lrs[0], "p": [p], "every": 100})  # it is told, and must not ask
    ours, theirs, state = [], [], [0, 0]
    for t, (g, h, lr) in enumerate(zip(gradients, curvature, lrs), start=1):
        theta, *state = rules.sophia(theta, g, h, *state, t, lr=lr, **hyper)
        p.grad = torch.tensor(g)
        optimizer.step(hessian=[torch.tensor(h)] if (t - 1) % hyper["every"] == 0 else None)
        ours.append(theta)
        theirs.append(p.detach().numpy().copy())
    return np.array(ours), np.array(theirs)


def distances(rule, library, entry):
    """The largest |difference| of the parameters after each step."""
    step, lrs = getattr(rules, rule), DROP if entry.get("drop") else [entry.get("rate", 0.1)] * 8
    hyper = {k: v for k, v in read(step).hyper.items() if k != "lr"} | entry.get("against", {})
    if read(step).asks != ("g",):
        ours, theirs = with_curvature(entry["call"], lrs, hyper)
    else:
        ours, theirs = replay(step, *inputs(), lrs, hyper), library_run(library, entry["call"], lrs, hyper)
    return np.abs(ours - theirs).max(axis=(1, 2))


def measured():
    """What tests/reference/differences.json holds; bound: what the difference of a call that is the same may be."""
    versions = {k: VERSIONS[k] for k in ("torch", "optax", "jax")}
    versions["pytorch_optimizer"] = importlib.metadata.version("pytorch_optimizer")
    rows = []
    for rule, libraries in calls().items():
        for library in LIBRARIES:
            told = libraries.get(library, {})
            entries = [("same", {"call": told["same"], "against": told.get("with", {})})] if "same" in told else []
            for kind, entry in entries + [("differs", e) for e in told.get("differs", [])]:
                d = distances(rule, library, entry)
                row = dict(
                    rule=rule, library=library, kind=kind, call=entry["call"], first=float(d[0]), last=float(d[-1])
                )
                rows.append(row | ({"bound": BOUNDS.get(rule, 1e-12)} if kind == "same" else {}))
    return dict(made_by=versions, rows=rows)
