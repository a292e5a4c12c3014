"""Armijo's rule against a plain search, and descent with it against what theory promises."""

import math

import numpy as np
import pytest

from optlib import descend, minimize
from optlib.methods import backtracking
from optlib.methods.line_search import armijo
from optlib.problem import Problem
from optlib.problems import digits_softmax, quadratic, rosenbrock


@pytest.mark.parametrize("shrink, slope", [(0.5, 1e-4), (0.8, 0.3), (0.1, 0.9)])
@pytest.mark.parametrize("curvature", [0.1, 1.0, 37.0, 1e4])
def test_the_step_on_a_parabola_in_closed_form(curvature, shrink, slope):
    """On h x^2 / 2 the rule holds for steps up to 2 (1 - slope) / h; the search returns the first such power."""
    longest = 2 * (1 - slope) / curvature
    k = max(0, math.ceil(math.log(longest) / math.log(shrink)))
    x = 1.7
    step, new = armijo(
        lambda x: curvature * x * x / 2, x, -curvature * x, -((curvature * x) ** 2), shrink=shrink, slope=slope
    )
    assert step == pytest.approx(shrink**k, rel=1e-12) and step <= longest
    assert new == pytest.approx(x - step * curvature * x, rel=1e-12)


def test_every_step_decreases_enough():
    p = rosenbrock()
    run = minimize(p, p.start, backtracking, steps=200)
    for theta, new, before, after in zip(run.path, run.path[1:], run.losses, run.losses[1:]):
        g = p.grad(theta)
        step = np.linalg.norm(new - theta) / np.linalg.norm(g)
        assert after <= before - 1e-4 * step * (g @ g) * (1 - 1e-9)
        assert step == pytest.approx(0.5 ** round(-math.log2(step)), rel=1e-9)


def test_it_converges_without_a_rate():
    for scale in (1.0, 1e3):
        p = quadratic((scale, 20 * scale))
        run = minimize(p, p.start, backtracking, steps=600, gtol=1e-10 * scale)
        assert run.ended == "converged" and np.abs(run.theta).max() < 1e-9, scale


def test_on_structures_and_numbers():
    p = Problem(lambda t: (t["a"] ** 2).sum() + 10 * t["b"] ** 2, grad=lambda t: {"a": 2 * t["a"], "b": 20 * t["b"]})
    run = minimize(p, {"a": np.ones(3), "b": 2.0}, backtracking, steps=100)
    assert run.losses[-1] < 1e-12 and set(run.theta) == {"a", "b"}
    assert backtracking(3.0, lambda x: x * x, lambda x: 2 * x) == 0.0
    thetas = descend(backtracking, np.array([1.0, 2.0]), lambda t: t @ t, lambda t: 2 * t)
    assert next(iter(thetas)).shape == (2,)
    q = digits_softmax(size=200)
    assert minimize(q, q.start, backtracking, steps=5).losses[-1] < q.f(q.start)


def test_the_loss_at_the_new_place_is_not_asked_again():
    """The step hands on the very array it tried, so the driver remembers its loss."""
    p = quadratic((1, 1))
    run = minimize(p, p.start, backtracking, steps=3)
    assert run.evaluations["f"] <= 3 + 1


def test_a_flat_place_is_left_alone():
    theta = np.zeros(2)
    p = quadratic()
    assert backtracking(theta, p.f, p.grad) is theta


def test_a_loss_that_is_not_finite_counts_as_too_high():
    def log_barrier(x):
        return x - math.log(x) if x > 0 else math.nan

    _, new = armijo(log_barrier, 0.1, 9.0, -81.0)
    assert new > 0 and log_barrier(new) < log_barrier(0.1)
    for bad in (math.nan, math.inf, -math.inf):
        _, new = armijo(lambda x, bad=bad: x * x if abs(x) < 1.5 else bad, 1.0, -10.0, -20.0)
        assert abs(new) < 1
    _, new = armijo(lambda x: math.exp(x * x), 3.0, -1e6, -6e6 * math.exp(9))  # OverflowError far out
    assert math.exp(new * new) < math.exp(9)
    _, new = armijo(lambda t: np.exp(t @ t), np.array([3.0]), np.array([-1e6]), -6e6 * math.exp(9))
    assert np.exp(new @ new) < math.exp(9)


@pytest.mark.parametrize("derivative", [0.0, 1.0, math.nan])
def test_uphill_is_refused(derivative):
    with pytest.raises(ArithmeticError, match="direction must go downhill: its derivative must be negative, got"):
        armijo(lambda x: x * x, 1.0, 1.0, derivative)


def test_a_wrong_gradient_is_noticed():
    """Uphill with a derivative that claims to be negative: no step helps, and the sentence says so."""
    with pytest.raises(ArithmeticError, match=r"no step from 1 down to .* lowers f as its derivative -4 promises"):
        backtracking(np.array([1.0]), lambda t: t @ t, lambda t: -2 * t)
    run = minimize(Problem(lambda t: t @ t, grad=lambda t: -2 * t), np.array([1.0]), backtracking)
    assert run.ended == "diverged" and "no step from 1 down to" in run.message and run.theta.tolist() == [1.0]


def test_an_infinite_start_is_refused():
    with pytest.raises(ArithmeticError, match="f must be finite where the search starts, got nan"):
        armijo(lambda x: math.nan, 1.0, -1.0, -1.0)


@pytest.mark.parametrize(
    "wrong", [dict(lr=0), dict(lr=-1), dict(lr=math.nan), dict(shrink=1), dict(shrink=0), dict(slope=1)]
)
def test_settings_out_of_range(wrong):
    with pytest.raises(ValueError, match="lr must be positive, shrink and slope between 0 and 1, got"):
        armijo(lambda x: x * x, 1.0, -1.0, -2.0, **wrong)


def test_near_the_minimum_rounding_stops_the_walk_and_nothing_fails():
    p = Problem(lambda t: 1e6 + t @ t, grad=lambda t: 2 * t)  # below 1e-5 of theta the loss no longer changes
    run = minimize(p, np.array([1.0, 0.3]), backtracking, steps=200, lr=0.3)
    assert run.ended == "stopped" and np.abs(run.theta).max() < 1e-4
