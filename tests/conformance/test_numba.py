"""The numba backend against NumPy's: values, bits, dtypes, and what must not compile again."""

import subprocess
import sys

import numpy as np
import pytest

from optlib import Optimizer, rules
from optlib.drivers import blocks
from optlib.lives import numba
from optlib.lives.program import program
from tests.lives import ELEMENTWISE
from tests.optlib.test_blocks import crossed, driven, exchanged, filled, stream

STEPS = [*(getattr(rules, name) for name in ELEMENTWISE), crossed, exchanged, filled]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.__name__)
def test_values_are_those_of_numpy(step, dtype):
    theta, asked = stream(step, dtype, steps=4)
    asked[3][0][7] = 10  # a spike of 1e6 would hide all else
    a, b = (driven(step, theta, asked, lr=0.05, backend=backend) for backend in ("numpy", "numba"))
    bound = 200 * np.finfo(dtype).eps
    assert b.theta.dtype == dtype
    np.testing.assert_allclose(b.theta, a.theta, rtol=bound, atol=bound)
    for x, y in zip(b.state[0], a.state[0]):
        np.testing.assert_allclose(x, y, rtol=bound, atol=bound)


@pytest.mark.parametrize("step", [rules.adam, rules.rprop], ids=lambda s: s.__name__)
def test_blocks_and_threads_change_no_bit(step, monkeypatch):
    theta, asked = stream(step, np.float32, size=5001)
    whole = driven(step, theta, asked, backend="numba")
    monkeypatch.setattr(blocks, "ALONE", 1)
    for block, threads in ((64, 3), (4 * 999, 2), (4 * 17, 1)):
        monkeypatch.setattr(blocks, "FUSED_BLOCK", block)
        monkeypatch.setattr(blocks, "cores", lambda threads=threads: threads)
        cut = driven(step, theta, asked, backend="numba")
        for x, y in zip([cut.theta, *cut.state[0]], [whole.theta, *whole.state[0]]):
            np.testing.assert_array_equal(x, y)


def test_other_numbers_compile_nothing_anew():
    theta, asked = stream(rules.adam, np.float32)
    compiled = numba.compiled(program(rules.adam, ("theta", "g", "m", "v")))
    driven(rules.adam, theta, asked, backend="numba")
    before = len(compiled.signatures)
    driven(rules.adam, theta, asked, backend="numba", lr=lambda t: 1 / t, beta1=0, eps=1)
    driven(rules.adam, theta[:7], [[g[:7]] for (g,) in asked], backend="numba")
    assert len(compiled.signatures) == before
    single = [kinds for kinds in compiled.signatures if "float32" in str(kinds[0])]  # other tests ask for doubles
    assert {str(kind) for kinds in single for kind in kinds[4:]} == {"float32"}, "double numbers would halve the speed"


def test_a_gradient_may_be_a_view_or_read_only():
    theta, asked = stream(rules.adam, np.float32)
    whole = driven(rules.adam, theta, asked, backend="numba")
    spread = np.zeros((theta.size, 3), np.float32)
    opt = Optimizer(rules.adam, theta, backend="numba")
    frozen = Optimizer(rules.adam, theta, backend="numba")
    for (g,) in asked:
        spread[:, 1] = g
        opt.step(spread[:, 1])
        g.setflags(write=False)
        frozen.step(g)
    np.testing.assert_array_equal(opt.theta, whole.theta)
    np.testing.assert_array_equal(frozen.theta, whole.theta)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan, -np.nan])
def test_a_gradient_that_is_not_finite_changes_nothing(bad, dtype):
    theta = np.linspace(-1, 1, 300_001).astype(dtype)
    opt = Optimizer(rules.adam, theta, backend="numba")
    largest = np.full_like(theta, np.finfo(dtype).max)
    largest[::2] *= -1
    assert blocks.first_not_finite(largest, "numba") is None
    opt.step(theta)
    before = opt.state_dict()
    for place in (0, 150_000, 300_000):
        g = theta.copy()
        g[place] = bad
        with pytest.raises(FloatingPointError, match=f"g must be finite, got .* at element {place} in step 2"):
            opt.step(g)
    np.testing.assert_array_equal(opt.theta, before["theta"])
    np.testing.assert_array_equal(opt.state[0][1], before["state"][0]["v"])


def test_what_numba_does_not_take_runs_in_numpy():
    half = np.linspace(-1, 1, 50).astype(np.float16)
    for step, theta in ((rules.adam, half), (rules.lamb, np.ones((3, 2)))):
        opts = [Optimizer(step, theta, backend=b) for b in ("numpy", "numba")]
        for opt in opts:
            opt.step(theta)
        np.testing.assert_array_equal(*[opt.theta for opt in opts])


def test_a_structure_and_a_resumed_run():
    theta = {"W": np.ones((3, 4), np.float32), "c": np.ones(5)}
    g = {"W": np.full((3, 4), 0.5, np.float32), "c": np.arange(5.0)}
    a, b = (Optimizer(rules.adamw, theta, backend="numba", lr=0.1) for _ in range(2))
    for _ in range(4):
        a.step(g)
    b.load_state_dict(a.state_dict())
    a.step(g), b.step(g)
    numpy = Optimizer(rules.adamw, theta, lr=0.1)
    for _ in range(5):
        numpy.step(g)
    for key in theta:
        np.testing.assert_array_equal(a.theta[key], b.theta[key])
        np.testing.assert_allclose(a.theta[key], numpy.theta[key], rtol=1e-6)


FORKED = """
import os
import numpy as np
from optlib import Optimizer, rules
from optlib.drivers import blocks

theta = np.ones(2 * blocks.ALONE, np.float32)
opt = Optimizer(rules.sgd, theta, backend="numba", lr=0.5)
opt.step(theta)
assert (opt.theta == 0.5).all()
child = os.fork()
if child == 0:
    opt.step(theta)
    os._exit(int(not (opt.theta == 0).all()))
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_fork_does_not_wait_for_the_threads_of_its_parent():
    """In a process of its own: jax, which other tests load, warns of every fork."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", FORKED], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
