"""The strong Wolfe search: what it promises holds on many lines, and what it cannot do it says."""

import math

import numpy as np
import pytest
from scipy.optimize import line_search

from optlib import minimize
from optlib.methods import bfgs, lbfgs, newton_search
from optlib.methods.wolfe import wolfe
from optlib.problem import Problem
from optlib.problems import mgh, rosenbrock


def moment(x):  # Moré and Thuente (1994), their first function with beta = 2
    return -x / (x * x + 2), (x * x - 2) / (x * x + 2) ** 2


def swinging(x):
    return 0.1 * x * x - x + math.sin(5 * x) / 6, 0.2 * x - 1 + 5 * math.cos(5 * x) / 6


def quartic(x):
    return (x - 1) ** 4 - 3 * x, 4 * (x - 1) ** 3 - 3


@pytest.mark.parametrize("first", [1e-6, 1e-3, 0.1, 1.0, 10.0, 1e3])
@pytest.mark.parametrize("flat", [0.9, 0.1, 1e-3])
@pytest.mark.parametrize("line", [moment, swinging, quartic])
def test_both_conditions_hold(line, flat, first):
    asked = []

    def grad(x):
        asked.append(x)
        return line(x)[1]

    step, new = wolfe(lambda x: line(x)[0], grad, 0.0, 1.0, lr=first, flat=flat)
    (here, derivative), (value, slope) = line(0.0), line(new)
    assert new == step and value <= here + 1e-4 * step * derivative + 1e-15 and abs(slope) <= -flat * derivative
    assert len(asked) <= 30


def test_few_trials_on_easy_lines():
    """Close to what scipy's search asks, which is that of Nocedal and Wright too."""
    ours, theirs = [], []
    for name in ("rosenbrock", "beale", "wood", "bard", "box"):
        p, asked = mgh(name), []
        g = p.grad(p.start)
        direction = -g / np.linalg.norm(g)
        wolfe(p.f, lambda x, p=p, asked=asked: asked.append(x) or p.grad(x), p.start, direction)
        step, _, calls, *_ = line_search(p.f, p.grad, p.start, direction)
        ours.append(len(asked)), theirs.append(calls)
        assert step is not None
    assert sum(ours) <= sum(theirs) + len(ours)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_counts_as_too_high(bad):
    _, new = wolfe(lambda x: x * x if abs(x) < 1.5 else bad, lambda x: 2 * x, 1.0, -10.0)
    assert abs(new) < 1


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_slope_that_is_not_finite_counts_as_too_far(bad):
    def grad(x):
        return 2 * (x - 1) if x < 1.8 else bad

    _, new = wolfe(lambda x: (x - 1) ** 2, grad, 0.0, 1.0, lr=1.9, flat=0.1)
    assert 0.9 <= new <= 1.1


@pytest.mark.parametrize("step", [bfgs, lbfgs, newton_search])
def test_near_the_minimum_rounding_stops_the_walk_and_nothing_fails(step):
    p = Problem(lambda t: 1e6 + t @ t, grad=lambda t: 2 * t + 1e-9, hess=lambda t: 2 * np.eye(2))
    run = minimize(p, np.array([1.0, 0.3]), step, steps=30)
    assert run.ended == "stopped" and np.abs(run.theta).max() < 1e-4
    p = mgh("kowalik_osborne")
    assert minimize(p, p.start, step, steps=45).ended == "stopped"


def test_at_a_kink_the_decrease_is_kept():
    _, new = wolfe(abs, lambda x: 1.0 if x > 0 else -1.0, 1.0, -1.0, lr=0.7)
    assert 0 <= new < 1e-6


@pytest.mark.parametrize("f, grad, words", [
    (lambda x: -x, lambda x: -1.0, r"f still falls at step .* along direction: it has no minimum there"),
    (lambda x: x, lambda x: -1.0, r"no step from 1 down to .* lowers f as its derivative -1 promises"),
    (lambda x: math.nan, lambda x: -1.0, "f must be finite where the search starts, got nan"),
    (lambda x: x, lambda x: 1.0, r"direction must go downhill: its derivative must be negative, got 1$"),
    (lambda x: x, lambda x: 0.0, r"direction must go downhill: its derivative must be negative, got 0$"),
    (lambda x: x, lambda x: math.nan, r"direction must go downhill: its derivative must be negative, got nan"),
])  # fmt: skip
def test_what_it_refuses(f, grad, words):
    with pytest.raises(ArithmeticError, match=words):
        wolfe(f, grad, 0.0, 1.0)


@pytest.mark.parametrize(
    "wrong", [dict(lr=0), dict(lr=math.inf), dict(slope=0), dict(flat=1), dict(slope=0.5, flat=0.4)]
)
def test_settings_out_of_range(wrong):
    with pytest.raises(ValueError, match="lr must be positive and 0 < slope < flat < 1, got"):
        wolfe(lambda x: x * x, lambda x: 2 * x, 1.0, -1.0, **wrong)


@pytest.mark.parametrize("step", [bfgs, lbfgs, newton_search])
def test_the_path_so_far_is_kept(step):
    """From step 4 on every gradient points uphill."""
    p, asked = rosenbrock(), []

    def grad(theta):
        asked.append(theta)
        return p.grad(theta) * (1 if len(asked) < 8 else -1)

    run = minimize(Problem(p.f, grad=grad, hess=p.hess), p.start, step, steps=50)
    assert run.ended == "diverged" and run.t == len(run.path) - 1 > 1 and np.isfinite(run.path).all()
    assert f"diverged in step {run.t + 1}: " in run.message and ("downhill" in run.message or "lowers f" in run.message)


@pytest.mark.parametrize("step", [bfgs, lbfgs])
def test_a_loss_that_is_nan_far_out(step):
    """- log is nan beyond the wall; the search stays inside."""

    def f(t):
        return float(t @ t - np.log(1 - t).sum())

    p = Problem(f, grad=lambda t: 2 * t + 1 / (1 - t))
    run = minimize(p, np.array([0.99, -3.0]), step, steps=50, gtol=1e-9)
    assert run.ended == "converged" and np.allclose(2 * run.theta, -1 / (1 - run.theta))


@pytest.mark.parametrize("step", [bfgs, lbfgs])
def test_a_loss_without_end_is_said(step):
    run = minimize(Problem(lambda t: -t[0] + t[1] ** 2, grad=lambda t: np.array([-1.0, 2 * t[1]])), np.ones(2), step)
    assert run.ended == "diverged" and "it has no minimum there" in run.message and np.isfinite(run.theta).all()
