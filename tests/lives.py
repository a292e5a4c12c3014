"""One stream of gradients through a rule, in NumPy and in another life; used where torch, jax or a GPU is."""

import numpy as np

from optlib import rules
from optlib.grammar import call, read, start
from optlib.lives import javascript, symbolic
from tests.reference import vectors

LIVES = ("numpy", "sympy", "javascript", "torch", "jax", "numba")
ELEMENTWISE = [name for name in rules.__all__ if read(getattr(rules, name)).scope is None]
SHAPE, STEPS = (3, 4), 10
NONE = (TypeError, AttributeError, ValueError, NotImplementedError)  # what a rule without that life ends in


def stream(step, dtype=np.float64):
    """A start, what the step asks at each step (noise, zeros, a spike), and a rate that changes."""
    rng = np.random.default_rng(5)
    asked = [[rng.standard_normal(SHAPE).astype(dtype) for _ in read(step).asks] for _ in range(STEPS)]
    for arrays in asked:
        arrays[0][0] = 0
    asked[3][0][:] = 0
    asked[6][0][1, 1] = 1e3
    return rng.standard_normal(SHAPE).astype(dtype), asked, [0.1] * 6 + [0.02] * (STEPS - 6)


def walk(step, there=lambda a: a, back=np.asarray, dtype=np.float64):
    """theta and the states after every step, as NumPy arrays; there and back: into the other library and home."""
    signature = read(step)
    theta, asked, rates = stream(step, dtype)
    state = start(signature, theta)
    state = [there(s) if isinstance(s, np.ndarray) else s for s in state]
    theta, path = there(theta), []
    for t, (values, lr) in enumerate(zip(asked, rates), 1):
        theta, *state = call(step, signature, theta, [there(v) for v in values], state, t, {"lr": lr})
        path.append([np.broadcast_to(back(a), SHAPE).astype(float) for a in (theta, *state)])
    return np.array(path)


def distance(step, other):
    """The largest difference from NumPy over all steps and states, relative to the larger of 1 and the value."""
    return vectors.distance(other, walk(step))


def alive_on_paper(name):
    """Which of the lives that need no other library a rule has."""
    step, found = getattr(rules, name), ["numpy"]
    for life, attempt in (("sympy", symbolic.trace), ("javascript", javascript.rule)):
        try:
            attempt(step)
        except (*NONE, KeyError, SyntaxError):
            continue
        found.append(life)
    return found
