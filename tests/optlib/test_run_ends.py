"""How runs end, what they keep, and the one sentence that bad input gets."""

import ast
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from optlib import Optimizer, Problem, descend, minimize, rules
from optlib.methods import nesterov_lookahead
from optlib.schedules import reduce_on_plateau
from optlib.transforms import clip_value, gradient_noise
from optlib.wrappers import sam
from tests.optlib import steps

square = Problem(lambda x: (x**2).sum(), grad=lambda x: 2 * x)
TWO = np.array([1.0, -2.0])


def test_converged():
    run = minimize(square, TWO, rules.sgd, steps=100, lr=0.25, gtol=1e-3)
    assert run.ended == "converged" and run.t == len(run.path) - 1 < 100
    assert np.abs(2 * run.theta).max() <= 1e-3 < np.abs(2 * run.path[-2]).max()
    assert (
        run.message
        == f"converged: no component of the gradient exceeds {np.abs(2 * run.theta).max():.2g} after step {run.t}"
    )
    assert run.evaluations["grad"] == run.t, "looking at the gradient for gtol is no question of the step"


def test_stopped_after_steps():
    run = minimize(square, TWO, rules.sgd, steps=7)
    assert (run.ended, run.message, run.t, len(run.path), len(run.losses)) == (
        "stopped",
        "stopped: 7 steps done",
        7,
        8,
        8,
    )
    assert repr(run).startswith("Run(stopped: 7 steps done, loss ")
    none = minimize(square, TWO, rules.sgd, steps=0)
    assert none.t == 0 and len(none.path) == 1 and none.losses[0] == 5


def test_stopped_by_a_callback():
    seen = []

    def watch(t, theta, loss):
        seen.append((t, theta, loss))
        return t == 3

    run = minimize(square, TWO, rules.sgd, lr=0.1, callback=watch)
    assert run.message == "stopped: the callback said so after step 3" and run.t == 3
    for t, theta, loss in seen:
        np.testing.assert_array_equal(theta, run.path[t])
        assert loss == run.losses[t] == square.f(theta)


def test_stopped_by_the_clock():
    run = minimize(square, TWO, rules.sgd, steps=10**9, seconds=0.05)
    assert run.message.startswith("stopped: 0.05 seconds were over after step ") and run.t > 10
    assert len(run.losses) == run.t + 1


def test_stopped_by_control_c():
    calls = []

    def grad(x):
        calls.append(x)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return 2 * x

    run = minimize(Problem(square.f, grad=grad), TWO, rules.sgd, lr=0.1)
    assert run.message == "stopped: interrupted in step 5" and run.t == 4 and len(run.path) == 5
    np.testing.assert_allclose(run.theta, TWO * 0.8**4)


def test_diverged_is_told_and_nothing_is_lost():
    run = minimize(square, TWO, rules.sgd, steps=10_000, lr=100.0)
    assert run.ended == "diverged" and run.message == f"diverged: the loss is inf after step {run.t}"
    assert run.t < 100 and len(run.path) == len(run.losses) == run.t + 1
    assert np.isfinite(run.losses[:-1]).all()
    run = minimize(Problem(grad=lambda x: x * np.inf), TWO, rules.sgd)
    assert run.message == "diverged: the gradient is not finite after step 0"
    run = minimize(Problem(lambda x: x**4, grad=lambda x: 4 * x**3), 10.0, rules.sgd, lr=1.0)
    assert run.ended == "diverged", "OverflowError on Python floats is divergence"
    assert run.message == f"diverged in step {run.t + 1}: a number grew beyond the range of floating point"
    singular = Problem(square.f, grad=square.grad, hess=lambda x: np.zeros((2, 2)))
    run = minimize(singular, TWO, steps.newton)
    assert run.message == "diverged in step 1: Singular matrix" and len(run.path) == 1


def test_a_schedule_that_fails_on_the_way_loses_nothing():
    run = minimize(square, TWO, rules.sgd, steps=9, lr=lambda t: np.nan if t == 3 else 0.1)
    assert run.message == "stopped: lr must be finite, got nan from the schedule at step 3" and run.ended == "stopped"
    np.testing.assert_allclose(run.path, [TWO, 0.8 * TWO, 0.64 * TWO])


@pytest.mark.parametrize("at", [1, 4, 9])
def test_an_interrupted_run_goes_on_bit_for_bit(at):
    """The step that was interrupted has drawn no noise and taught its schedule nothing."""
    calls = []

    def interrupted(g, rng):
        calls.append(rng.random())
        if len(calls) == at:
            raise KeyboardInterrupt
        return g

    settings = dict(lr=partial(reduce_on_plateau, lr=0.9, patience=0, factor=0.7), transforms=[gradient_noise])
    noisy = [partial(gradient_noise, variance=4.0), interrupted]
    first = minimize(square, TWO, rules.momentum, steps=12, **settings | dict(transforms=noisy))
    assert first.message == f"stopped: interrupted in step {at}" and first.t == at - 1
    calls.extend([0] * at)
    rest = minimize(square, first, rules.momentum, steps=12 - first.t, **settings | dict(transforms=noisy))
    whole = minimize(square, TWO, rules.momentum, steps=12, **settings | dict(transforms=noisy))
    assert rest.t == 12 and rest.memory == whole.memory
    np.testing.assert_array_equal(rest.theta, whole.theta)


def test_a_refused_state_dict_changes_nothing():
    opt = Optimizer(rules.adam, TWO)
    opt.step(TWO)
    saved = opt.state_dict()
    for key in saved:
        before = opt.state_dict()
        with pytest.raises(ValueError, match=f"this is no state_dict of adam: '{key}'"):
            opt.load_state_dict({k: v for k, v in (saved | {"theta": 0 * TWO}).items() if k != key})
        np.testing.assert_array_equal(opt.theta, before["theta"])
        assert opt.t == 1


def test_a_long_path_is_thinned(monkeypatch):
    monkeypatch.setattr(sys.modules["optlib.drivers.minimize"], "PATH_NUMBERS", 100)
    run = minimize(square, TWO, rules.sgd, steps=199, lr=0.01)
    whole = TWO[None] * 0.98 ** np.arange(200)[:, None]
    assert run.path_steps == list(range(0, 200, 4))
    np.testing.assert_allclose(run.path, whole[::4], rtol=1e-12)
    assert len(run.losses) == 200


def test_one_loss_a_number():
    run = minimize(Problem(lambda x: x**2, grad=lambda x: 2 * x), np.array([2.0]), rules.sgd, steps=1, lr=0.25)
    np.testing.assert_allclose(run.losses, [4, 1])
    with pytest.raises(ValueError, match=r"f must return one number, got shape \(2,\)"):
        minimize(Problem(lambda x: x**2, grad=lambda x: 2 * x), TWO, rules.sgd)


BAD = [
    (
        lambda: minimize(square, np.array([1, 2]), rules.sgd),
        TypeError,
        r"theta must hold floating-point numbers, got int64",
    ),
    (
        lambda: minimize(square, np.array([1j]), rules.sgd),
        TypeError,
        r"theta must hold floating-point numbers, got complex128",
    ),
    (
        lambda: minimize(square, np.zeros(0), rules.sgd),
        ValueError,
        r"theta must hold at least one number, got shape \(0,\)",
    ),
    (lambda: minimize(square, {}, rules.sgd), ValueError, r"theta must hold at least one number, got \{\}"),
    (lambda: minimize(square, "ab", rules.sgd), TypeError, r"theta must be an array or a number, got str"),
    (lambda: minimize(square, np.array([np.nan]), rules.sgd), ValueError, r"theta must be finite, got nan"),
    (lambda: minimize(square, TWO, rules.sgd, lr=-0.1), ValueError, r"lr must be at least 0, got -0.1"),
    (
        lambda: minimize(square, TWO, rules.sgd, lr="big"),
        TypeError,
        r"lr must be a number or a function of t, got 'big'",
    ),
    (lambda: minimize(square, TWO, rules.sgd, lr=np.inf), ValueError, r"lr must be finite, got inf"),
    (lambda: minimize(square, TWO, rules.sgd, rate=1.0), TypeError, r"sgd has no hyperparameter 'rate'; it takes lr"),
    (
        lambda: minimize(square, TWO, rules.sgd, lr=lambda t: np.nan),
        ValueError,
        r"lr must be finite, got nan from the schedule at step 1",
    ),
    (
        lambda: minimize(square, TWO, rules.adam, lr=lambda t: -0.1),
        ValueError,
        r"lr must be at least 0, got -0.1 from the schedule at step 1",
    ),
    (
        lambda: minimize(square, TWO, rules.adam, beta1=lambda t: "big"),
        TypeError,
        r"beta1 must be a number or a function of t, got 'big' from the schedule at step 1",
    ),
    (
        lambda: minimize(square, TWO, rules.sgd, transforms=clip_value),
        TypeError,
        r"transforms must be a list of functions of the gradient, got <function clip_value",
    ),
    (
        lambda: Optimizer(rules.sgd, TWO, transforms=[0.5]),
        TypeError,
        r"transforms must be a list of functions of the gradient, got \[0.5\]",
    ),
    (lambda: Optimizer(rules.sgd, np.array([1, 2])), TypeError, r"theta must hold floating-point numbers, got int64"),
    (lambda: Optimizer(rules.sgd, np.zeros((0, 3))), ValueError, r"theta must hold at least one number, got shape"),
    (lambda: Optimizer(rules.sgd, TWO, lr=-1), ValueError, r"lr must be at least 0, got -1"),
    (lambda: Optimizer(rules.sgd, TWO, speed=1), TypeError, r"sgd has no hyperparameter 'speed'; it takes lr"),
    (lambda: next(descend(rules.sgd, TWO, square.grad, lr=-1)), ValueError, r"lr must be at least 0, got -1"),
    (lambda: next(descend(rules.sgd, [], square.grad)), ValueError, r"theta must hold at least one number, got \[\]"),
    (
        lambda: Optimizer(rules.adam, TWO).step(),
        TypeError,
        r"adam asks g; this step was given no g",
    ),
    (
        lambda: Optimizer(rules.adam, TWO).step(TWO, hess=TWO),
        TypeError,
        r"adam asks g; this step was also given hess",
    ),
    (
        lambda: Optimizer(rules.adam, TWO).step(np.array([1, 2])),
        TypeError,
        r"g must hold floating-point numbers, got int64",
    ),
    (
        lambda: Optimizer(steps.second_estimate, TWO).step(TWO, h_new=np.ones(3)),
        ValueError,
        r"h_new must have theta's shape \(2,\), got \(3,\)",
    ),
    (
        lambda: Optimizer(steps.second_estimate, TWO).step(TWO, h_new=np.array([1.0, np.inf])),
        FloatingPointError,
        r"h_new must be finite, got inf at element 1 in step 1",
    ),
    (
        lambda: Optimizer(rules.adam, 1.0).step(1e200),
        OverflowError,
        r"a number grew beyond the range of floating point in step 1",
    ),
    (
        lambda: Optimizer(rules.adam, TWO).load_state_dict({"t": 3}),
        ValueError,
        r"this is no state_dict of adam: 'theta'",
    ),
    (
        lambda: minimize(square, TWO, rules.sgd, steps=-1),
        ValueError,
        r"steps must be a whole number, at least 0, got -1",
    ),
    (
        lambda: minimize(square, TWO, rules.sgd, steps=1.5),
        ValueError,
        r"steps must be a whole number, at least 0, got 1.5",
    ),
    (
        lambda: minimize(square, TWO, steps.newton),
        TypeError,
        r"newton needs grad and hess; this problem has only f, grad",
    ),
    (
        lambda: minimize(Problem(grad=square.grad), TWO, steps.random_search),
        TypeError,
        r"random_search needs f and rng; this problem has only grad",
    ),
    (
        lambda: minimize(Problem(hess=len), TWO, steps.layers, gtol=1.0),
        TypeError,
        r"layers needs grad; this problem has only hess",
    ),
    (lambda: minimize(5, TWO, rules.sgd), TypeError, r"problem must be a Problem or a function of theta, got int"),
    (
        lambda: minimize(square, TWO, "adam"),
        TypeError,
        r"the step must be a function such as optlib.rules.adam, got 'adam'",
    ),
    (
        lambda: minimize(square, {"a": TWO}, partial(per_leaf_method)),
        TypeError,
        r"per_leaf_method asks the function grad, so it must see all of theta at once",
    ),
    (
        lambda: minimize(Problem(square.f, grad=lambda x: x[:1]), TWO, rules.sgd),
        ValueError,
        r"the gradient must have theta's shape \(2,\), got \(1,\)",
    ),
    (lambda: Problem(f=3), TypeError, r"f must be a function, got int"),
    (lambda: Problem(square.f).hess, AttributeError, r"has no hess; it has f, grad"),
    (lambda: next(descend(rules.sgd, TWO)), TypeError, r"sgd asks g; 0 were given"),
    (lambda: sam(square, radius=-1), ValueError, r"radius must be at least 0, got -1"),
]


def per_leaf_method(theta, grad, *, lr=0.1):
    return theta - lr * grad(theta)


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_input_gets_one_sentence(case):
    call, error, words = BAD[case]
    with pytest.raises(error, match=words) as e:
        call()
    assert "\n" not in str(e.value)


WRONG_GRADIENTS = [
    (
        {"a": np.ones(2), "c": np.array([1.0, np.nan])},
        FloatingPointError,
        r"g\['c'\] must be finite, got nan at element 1 in step 2",
    ),
    ({"a": np.ones(3), "c": np.ones(2)}, ValueError, r"g\['a'\] must have theta's shape \(2,\), got \(3,\)"),
    ({"a": np.ones(2)}, TypeError, r"g must be a dict with the keys \['a', 'c'\], got \['a'\]"),
    (
        {"a": np.ones(2), "c": np.ones(2, complex)},
        TypeError,
        r"g\['c'\] must hold floating-point numbers, got complex128",
    ),
    (np.ones(2), TypeError, r"g must be a dict with the keys \['a', 'c'\], got ndarray"),
]


@pytest.mark.parametrize("case", range(len(WRONG_GRADIENTS)))
def test_a_refused_gradient_changes_nothing(case):
    g, error, words = WRONG_GRADIENTS[case]
    opt = Optimizer(rules.adam, {"a": np.ones(2), "c": np.ones(2)}, lr=0.1)
    opt.step({"c": np.ones(2), "a": 2 * np.ones(2)})  # the order of keys does not matter
    before = opt.state_dict()
    with pytest.raises(error, match=words):
        opt.step(g)
    after = opt.state_dict()
    assert after["t"] == before["t"] == 1 and after["rng"] == before["rng"]
    for k in "ac":
        np.testing.assert_array_equal(after["theta"][k], before["theta"][k])
    for a, b in zip(after["state"], before["state"]):
        for n in a:
            np.testing.assert_array_equal(a[n], b[n])


def test_a_method_is_fed_by_keywords():
    opt = Optimizer(nesterov_lookahead, TWO, lr=0.1)
    with pytest.raises(TypeError, match="nesterov_lookahead asks grad; this step was given no grad"):
        opt.step(np.ones(2))
    opt.step(grad=square.grad)
    np.testing.assert_allclose(opt.theta, 0.8 * TWO)


def test_progress_bar_shows_on_long_runs_and_can_be_kept_away(monkeypatch, capsys):
    minimize(square, TWO, rules.sgd, steps=50, progress=True)
    assert "50/50" in capsys.readouterr().err
    minimize(square, TWO, rules.sgd, steps=50)
    assert capsys.readouterr().err == "", "a short run has no bar"
    monkeypatch.setattr(sys.modules["optlib.drivers.progress"], "WAIT", 0.0)
    monkeypatch.setenv("DESCENT_PROGRESS", "0")
    minimize(square, TWO, rules.sgd, steps=50)
    assert capsys.readouterr().err == ""


def test_import_needs_numpy_alone():
    code = (
        "import sys, numpy; before = set(sys.modules); import optlib, optlib.rules, optlib.methods;"
        "new = {m.partition('.')[0] for m in set(sys.modules) - before};"
        "print(sorted(n for n in new if n not in sys.stdlib_module_names and not n.startswith('_')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(ast.literal_eval(out)) <= {"numpy", "cython_runtime", "optlib"}
