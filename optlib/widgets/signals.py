"""Streams of gradients, the same numbers as front/signals.js."""

import math

import numpy as np

from optlib import rules
from optlib.grammar import call, read, start

KINDS = {
    "constant": "A constant with noise",
    "outlier": "One outlier of 100",
    "flips": "Signs that flip",
    "sparse": "Mostly zero",
}


def uniform(seed):
    """Numbers in [0, 1) without end: mulberry32, whose 32-bit arithmetic JavaScript shares."""
    a, full = seed, 0xFFFFFFFF
    while True:
        a = (a + 0x6D2B79F5) & full
        t = (a ^ (a >> 15)) * (1 | a) & full
        t = (t + ((t ^ (t >> 7)) * (61 | t) & full)) & full ^ t
        yield ((t ^ (t >> 14)) & full) / 4294967296


def signal(kind, noise, steps, seed):
    """`steps` gradients of this kind with normal noise of this standard deviation: an array of shape (steps,)."""
    draw, out = uniform(seed), []
    for k in range(steps):
        normal = math.sqrt(-2 * math.log(1 - next(draw))) * math.cos(2 * math.pi * next(draw))
        luck = next(draw)
        if kind == "flips":
            out.append((-1 if k % 2 else 1) + noise * normal)
        elif kind == "sparse":
            out.append(1 + noise * normal if luck < 0.05 else 0.0)
        elif kind == "outlier" and k + 1 == math.ceil(steps / 2):
            out.append(100.0)
        else:
            out.append(1 + noise * normal)
    return np.array(out)


def steps(rule, gradients, beta1, beta2):
    """What the rule of this name subtracts from theta at each step, over the learning rate: shape (len(gradients),)."""
    step = getattr(rules, rule)
    signature = read(step)
    values = {"lr": 1.0, "momentum": beta1, "beta1": beta1, "beta2": beta2, "rho": beta2}
    keywords = {k: v for k, v in values.items() if k in signature.hyper}
    state, out = start(signature, np.zeros(1)), []
    for t, g in enumerate(gradients, start=1):
        # theta stays at zero, so that nothing is lost to rounding
        moved, *state = call(step, signature, np.zeros(1), [np.array([g])], state, t, keywords)
        out.append(-moved[0])
    return np.array(out)
