"""Rules compiled into ufuncs, against the rule's own expression: every bit, for any block and any number of threads."""

import inspect
import sys
import tracemalloc
from functools import partial

import numpy as np
import pytest

from optlib import Optimizer, rules
from optlib.drivers import blocks
from optlib.grammar import call, read, start
from optlib.lives import over, ufuncs
from optlib.lives.program import program
from optlib.ops import maximum, ratio, sqrt, where
from tests.optlib import steps

ELEMENTWISE = [r for r in map(partial(getattr, rules), rules.__all__) if read(r).scope is None]
SIZE = 300


def crossed(theta, g, a=0, b=1.0, *, lr=0.1):
    """Two states that change places, one of them the gradient."""
    theta = theta - lr * (a + b)
    return theta, b, g


def exchanged(theta, g, a=1.0, b=2.0, *, lr=0.1):
    """A state that becomes the other, which moves on, and a number that fills an array."""
    theta = theta - lr * where(g > a, maximum(b, g), ratio(g, b, a))
    b_new = b + g
    return theta, b_new, a


def filled(theta, g, a=1.0, s: float = 0.0, *, lr=0.1, power=3):
    """A number of its own, an array that becomes one number, a power, a choice by one number."""
    s = 0.5 * s + 1
    step = where(s > 1.2, g**power, sqrt(abs(g))) * a
    theta = theta - lr * step / (1 + s)
    return theta, lr, s


def stream(step, dtype, size=SIZE, steps=6, seed=0):
    """A start and what the step asks at each step: noise, zeros, a gradient without slope, a spike."""
    rng = np.random.default_rng(seed)
    asked = [[rng.standard_normal(size).astype(dtype) for _ in read(step).asks] for _ in range(steps)]
    for arrays in asked:
        arrays[0][:3] = 0
    asked[2][0][:] = 0
    asked[3][0][7] = 1e6
    return rng.standard_normal(size).astype(dtype), asked


def plainly(step, theta, asked, **hyper):
    """The step called as it stands, state kept in theta's dtype: (theta, states)."""
    signature = read(step)
    named = zip(signature.state, start(signature, theta))
    state = [s if n in signature.numbers else np.full_like(theta, s) for n, s in named]
    for t, values in enumerate(asked, 1):
        with np.errstate(all="ignore"):
            theta, *new = call(step, signature, theta, values, state, t, hyper)
        state = [n if isinstance(s, float | int) else np.full_like(theta, n) for n, s in zip(new, state)]
    return theta, state


def driven(step, theta, asked, **options):
    opt = Optimizer(step, theta, **options)
    for values in asked:
        opt.step(**dict(zip(read(step).asks, values)))
    return opt


def same_bits(opt, theta, state):
    assert opt.theta.dtype == theta.dtype
    np.testing.assert_array_equal(opt.theta, theta)
    for a, b in zip(opt.state[0], state):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("step", [*ELEMENTWISE, crossed, exchanged, filled], ids=lambda r: r.__name__)
def test_bits_are_those_of_the_expression(step, dtype, monkeypatch):
    signature = read(step)
    arrays = ("theta", *signature.asks, *(n for n in signature.state if n not in signature.numbers))
    assert program(step, arrays) is not None, "a rule that sees one element is compiled"
    theta, asked = stream(step, dtype)
    monkeypatch.setattr(blocks, "BLOCK", 64 * theta.itemsize)
    same_bits(driven(step, theta, asked, lr=0.05), *plainly(step, theta, asked, lr=0.05))


@pytest.mark.parametrize("step", [rules.adam, rules.rprop, filled], ids=lambda r: r.__name__)
def test_blocks_and_threads_change_no_bit(step, monkeypatch):
    theta, asked = stream(step, np.float32, size=5000)
    whole = driven(step, theta, asked)
    monkeypatch.setattr(blocks, "ALONE", 1)
    for block, threads in ((64, 3), (4 * 999, 2), (400, 1)):
        monkeypatch.setattr(blocks, "BLOCK", block)
        monkeypatch.setattr(blocks, "cores", lambda threads=threads: threads)
        same_bits(driven(step, theta, asked), whole.theta, whole.state[0])


def test_what_is_no_straight_line_runs_as_it_stands(monkeypatch):
    def halves(theta, g, *, lr=0.1):
        for _ in range(2):
            theta = theta - lr / 2 * g
        return theta

    assert program(halves, ("theta", "g")) is None
    monkeypatch.setattr(blocks, "BLOCK", 64 * 8)
    theta, asked = stream(halves, float)
    same_bits(driven(halves, theta, asked), *plainly(halves, theta, asked))
    number = driven(steps.float_state, theta, asked[:3])
    assert number.state[0][0] == pytest.approx(0.9**3), "one number a leaf, not one a block"


def test_the_code_that_runs_counts_not_the_text():
    theta, asked = stream(rules.sgd, float)
    text = inspect.getsource(rules.sgd).replace("theta - lr", "theta + lr")
    found, above = {}, "\n" * (rules.sgd.__code__.co_firstlineno - 1)
    exec(compile(above + text, inspect.getsourcefile(rules.sgd), "exec"), found)
    changed = found["sgd"]
    assert inspect.getsource(changed) == inspect.getsource(rules.sgd)
    other_words = over(rules.adam, {"sqrt": lambda a: a})
    for step in (changed, other_words):
        same_bits(driven(step, theta, asked, lr=0.1), *plainly(step, theta, asked, lr=0.1))


@pytest.mark.parametrize("kinds", [(np.float32, np.float64), (np.float16, np.float16), (np.float64, np.float32)])
def test_other_dtypes(kinds):
    theta, asked = stream(rules.adam, float)
    theta = theta.astype(kinds[0])
    other = [[np.clip(a, -1, 1).astype(kinds[1]) for a in values] for values in asked]
    opt = driven(rules.adam, theta, other, eps=1e-3)
    assert opt.theta.dtype == kinds[0]
    want, _ = plainly(rules.adam, theta.astype(float), [[a.astype(float) for a in v] for v in other], eps=1e-3)
    np.testing.assert_allclose(opt.theta, want, atol={2: 2e-2, 4: 1e-6, 8: 1e-12}[theta.itemsize])


def test_a_gradient_may_be_a_view():
    theta, asked = stream(rules.adam, np.float32)
    spread = np.zeros((SIZE, 3), np.float32)
    opt = Optimizer(rules.adam, theta)
    for (g,) in asked:
        spread[:, 1] = g
        opt.step(spread[:, 1])
    same_bits(opt, *plainly(rules.adam, theta, asked))


def test_a_step_needs_little_memory():
    theta = np.ones(4_000_000, np.float32)
    opt = Optimizer(rules.adam, theta)
    opt.step(theta)
    tracemalloc.start()
    opt.step(theta)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16e6 / blocks.MOST_THREADS * min(blocks.cores(), blocks.MOST_THREADS)


@pytest.mark.parametrize("place", [0, 70_000, 299_999])
def test_a_gradient_that_is_not_finite_changes_nothing(place):
    theta = np.ones(300_000, np.float32)
    opt = Optimizer(rules.adam, theta)
    opt.step(theta)
    before = opt.state_dict()
    g = theta.copy()
    g[place:] = np.nan
    with pytest.raises(FloatingPointError, match=f"g must be finite, got nan at element {place} in step 2"):
        opt.step(g)
    np.testing.assert_array_equal(opt.theta, before["theta"])
    np.testing.assert_array_equal(opt.state[0][0], before["state"][0]["m"])


def test_warnings_are_the_callers(monkeypatch):
    monkeypatch.setattr(blocks, "ALONE", 1)
    monkeypatch.setattr(blocks, "cores", lambda: 2)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        Optimizer(rules.adam, np.ones(4)).step(np.full(4, 1e200))
    with np.errstate(over="ignore"):
        Optimizer(rules.adam, np.ones(4)).step(np.full(4, 1e200))


def test_scratch_is_used_again():
    text, floats, conditions = ufuncs.source(program(rules.adam, ("theta", "g", "m", "v")))
    assert (floats, conditions) == (2, 0) and "subtract(theta, w1_, out=theta)" in text


def test_a_backend_has_a_name():
    with pytest.raises(ValueError, match="backend must be 'numpy' or 'numba', got 'cuda'"):
        Optimizer(rules.sgd, np.ones(2), backend="cuda")


def test_numba_is_asked_for_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match=r'needs the package numba: pip install "optlib\[speed\]"'):
        Optimizer(rules.sgd, np.ones(2), backend="numba")
