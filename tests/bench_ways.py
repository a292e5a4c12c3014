"""Five rules in the hands of optlib, torch and optax: makers of one step each, for the benchmark.

A maker takes (rule, size) and returns a function without arguments that makes one step, or None where the library has
no such optimizer.  theta and the gradient are float32.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

from optlib import Optimizer, rules
from optlib.drivers import blocks
from optlib.grammar import read, start
from optlib.lives import numba
from optlib.lives.program import program

RULES = ("adam", "adamw", "lion", "rmsprop", "momentum")
LR = 1e-3


@functools.lru_cache(1)
def gradient(size):
    g = np.random.default_rng(0).standard_normal(size, dtype=np.float32)
    g.setflags(write=False)
    return g


def arrays(rule, size):
    """theta, the gradient and the states of one optimizer, in the order of the rule's arguments."""
    theta = np.ones(size, np.float32)
    states = [np.full_like(theta, s) for s in start(read(getattr(rules, rule)), theta)]
    return theta, gradient(size), states


def expression(rule, size):
    """The rule called as it stands: fresh arrays for each line."""
    step, timed = getattr(rules, rule), read(getattr(rules, rule)).timed
    theta, g, states = arrays(rule, size)
    kept = [theta, states, 0]

    def run():
        kept[2] += 1
        kept[0], *kept[1] = step(kept[0], g, *kept[1], *([kept[2]] if timed else []), lr=LR)

    return run


def optimizer(rule, size, backend):
    opt = Optimizer(getattr(rules, rule), np.ones(size, np.float32), lr=LR, backend=backend)
    return functools.partial(opt.step, gradient(size))


def unchecked(rule, size):
    """The compiled loop of the numba backend alone: no look at the gradient before."""
    step = getattr(rules, rule)
    signature = read(step)
    theta, g, states = arrays(rule, size)
    text = program(step, ("theta", "g", *signature.state))
    count = [0]

    def run():
        count[0] += 1
        numbers, _ = text.scalars(**signature.hyper | {"lr": LR, "t": count[0]})
        blocks._fused(text, [theta, g, *states], numbers)

    return run


TORCH = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": functools.partial(torch.optim.RMSprop, alpha=0.9),
    "momentum": functools.partial(torch.optim.SGD, momentum=0.9),
}
FUSED = ("adam", "adamw", "momentum")


def in_torch(rule, size, kind):
    if rule not in TORCH or (kind == "fused" and rule not in FUSED):
        return None
    p = torch.ones(size, requires_grad=True)
    p.grad = torch.from_numpy(gradient(size).copy())
    how = {"fused": True} if kind == "fused" else {"foreach": kind == "foreach"}
    return TORCH[rule]([p], lr=LR, **how).step


OPTAX = {
    "adam": optax.adam,
    "adamw": functools.partial(optax.adamw, weight_decay=1e-2),
    "lion": functools.partial(optax.lion, weight_decay=0.0),
    "rmsprop": functools.partial(optax.rmsprop, decay=0.9, eps_in_sqrt=False),
    "momentum": functools.partial(optax.sgd, momentum=0.9),
}


def in_optax(rule, size, donated):
    made = OPTAX[rule](LR)

    @functools.partial(jax.jit, donate_argnums=(0, 1) if donated else ())
    def step(p, state, g):
        update, state = made.update(g, state, p)
        return optax.apply_updates(p, update), state

    p, g = jnp.ones(size, jnp.float32), jnp.asarray(gradient(size))
    kept = [p, made.init(p)]

    def run():
        kept[:] = step(*kept, g)
        kept[0].block_until_ready()

    return run


def stream(rule, size):
    """What memory allows: every array that the rule needs is read once, and written once if it changes."""
    theta, g, states = arrays(rule, size)
    if len(states) not in (1, 2):
        raise ValueError(f"the stream is written for one or two states, {rule} has {len(states)}")
    copy = _streams()[len(states) - 1]

    def worker(cuts):
        for cut in cuts:
            copy(theta[cut], g[cut], *[s[cut] for s in states])

    return lambda: blocks.share(worker, size, blocks.FUSED_BLOCK // 4)


@functools.cache
def _streams():
    def one(theta, g, a):
        for i in range(theta.size):
            a[i] += g[i]
            theta[i] += g[i]

    def two(theta, g, a, b):
        for i in range(theta.size):
            a[i] += g[i]
            b[i] += g[i]
            theta[i] += g[i]

    return [numba.package().njit(f, nogil=True) for f in (one, two)]


WAYS = {
    "expression": expression,
    "NumPy": functools.partial(optimizer, backend="numpy"),
    "numba": functools.partial(optimizer, backend="numba"),
    "numba, unchecked": unchecked,
    "torch single": functools.partial(in_torch, kind="single"),
    "torch foreach": functools.partial(in_torch, kind="foreach"),
    "torch fused": functools.partial(in_torch, kind="fused"),
    "optax": functools.partial(in_optax, donated=False),
    "optax donated": functools.partial(in_optax, donated=True),
    "stream": stream,
}
