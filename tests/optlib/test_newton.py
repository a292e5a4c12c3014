"""Newton's method: exact on parabolas, quadratic near a minimum, and safe where the Hessian is not positive."""

import math

import numpy as np
import pytest

from optlib import descend, minimize
from optlib.methods import newton, newton_search
from optlib.methods.newton import modified_cholesky
from optlib.problem import Problem
from optlib.problems import mgh, quadratic, rosenbrock


def orders(path, minimum, floor=1e-13):
    """The order of convergence between steps: how the logarithm of the error grows."""
    e = np.array([np.linalg.norm(np.atleast_1d(x - minimum)) for x in path])
    e = e[(e < 0.1) & (e > floor)]
    return np.diff(np.log(e[1:])) / np.diff(np.log(e[:-1]))


@pytest.mark.parametrize("damping", [0.0, 0.3, 100.0])
def test_one_step_on_a_quadratic(damping):
    p = quadratic((1, 7, 100), seed=3, start=(1.0, -2.0, 0.5))
    run = minimize(p, p.start, newton, steps=1, damping=damping)
    h, Q = np.linalg.eigh(p.hess(p.start))
    kept = damping / (h + damping)  # of the error, along each eigenvector
    assert np.allclose(run.theta, Q @ (kept * (Q.T @ p.start)), rtol=0, atol=1e-13)


def test_by_hand():
    assert newton(1.0, lambda x: 4 * x**3, lambda x: 12 * x**2) == pytest.approx(2 / 3, abs=1e-15)
    x = 0.5
    assert newton(x, lambda x: x / math.sqrt(1 + x * x), lambda x: (1 + x * x) ** -1.5) == pytest.approx(-0.125)
    first = next(iter(descend(newton, 2.0, math.sinh, math.cosh)))
    assert first == pytest.approx(2 - math.tanh(2), abs=1e-15)


def test_newton_converges_with_order_two():
    A = np.random.default_rng(0).normal(size=(6, 3))  # J is the sum of exp(a^T theta), with all derivatives at work
    p = Problem(
        lambda t: np.exp(A @ t).sum(), grad=lambda t: np.exp(A @ t) @ A, hess=lambda t: (A.T * np.exp(A @ t)) @ A
    )
    minimum = minimize(p, np.zeros(3), newton, steps=30).theta
    for start in ((0.5, 0, 0), (0, 0.3, -0.3)):
        found = orders(minimize(p, minimum + start, newton, steps=9).path, minimum)
        assert len(found) >= 2 and (abs(found - 2) < 0.3).all() and abs(found[-1] - 2) < 0.15, found
    flat = minimize(Problem(lambda x: x**4, grad=lambda x: 4 * x**3, hess=lambda x: 12 * x**2), 1.0, newton, steps=40)
    assert np.allclose(flat.path[1:] / flat.path[:-1], 2 / 3, rtol=1e-12)  # no curvature at the minimum: order one


def test_damping_makes_it_linear():
    p = rosenbrock()
    path = minimize(p, np.array([0.99, 0.98]), newton, steps=60, damping=1.0).path
    e = np.linalg.norm(path - p.minimum, axis=1)
    lowest = np.linalg.eigvalsh(p.hess(p.minimum))[0]
    assert e[-1] / e[-2] == pytest.approx(1 / (lowest + 1), rel=1e-3)  # damping / (h + damping)


def test_newton_goes_to_the_saddle_and_the_safe_one_does_not():
    p = Problem(
        lambda t: t[0] ** 2 / 2 - t[1] ** 2 / 2 + t[1] ** 4 / 4,
        grad=lambda t: np.array([t[0], t[1] ** 3 - t[1]]),
        hess=lambda t: np.diag([1.0, 3 * t[1] ** 2 - 1]),
    )
    start = np.array([1.0, 0.1])
    assert np.linalg.norm(minimize(p, start, newton, steps=9).theta) < 1e-12
    run = minimize(p, start, newton_search, steps=50, gtol=1e-12)
    assert run.ended == "converged" and np.allclose(run.theta, (0, 1), atol=1e-10)
    assert (np.diff(run.losses) < 0).all()


@pytest.mark.parametrize("name", ["beale", "wood", "powell_singular", "brown_dennis", "variably_dimensioned"])
def test_the_safe_one_solves_standard_problems(name):
    p = mgh(name)
    run = minimize(p, p.start, newton_search, steps=200, gtol=1e-5)
    assert run.ended == "converged" and run.losses[-1] == pytest.approx(p.lowest, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_modified_cholesky(n):
    rng = np.random.default_rng(n)
    for trial in range(20):
        A = rng.normal(size=(n, n))
        spd = A @ A.T + np.eye(n)
        L, d = modified_cholesky(spd)
        assert np.allclose((L * d) @ L.T, spd, atol=1e-12 * np.abs(spd).max())  # left as it is
        assert np.allclose(L * np.sqrt(d), np.linalg.cholesky(spd))
        H = (A + A.T) * 10.0 ** (trial - 10)
        L, d = modified_cholesky(H)
        E = (L * d) @ L.T - H
        assert (d > 0).all() and np.allclose(E - np.diag(np.diag(E)), 0, atol=1e-9 * np.abs(H).max())
        assert np.diag(E).min() > -1e-9 * np.abs(H).max()
        assert np.linalg.eigvalsh((L * d) @ L.T).min() > 0


def test_modified_cholesky_turns_a_negative_curvature_around():
    assert modified_cholesky(np.diag([3.0, -2.0]))[1].tolist() == [3, 2]
    assert (modified_cholesky(np.zeros((2, 2)))[1] > 0).all()


def flat(angle):
    """A valley whose floor is a line: H has the eigenvalue 0."""
    u = np.array([math.cos(angle), math.sin(angle)])
    return Problem(
        lambda t: (u @ t - 1) ** 2 + u @ t, grad=lambda t: (2 * (u @ t - 1) + 1) * u + 1e-3 * np.array([-u[1], u[0]]),
        hess=lambda t: 2 * np.outer(u, u),
    )  # fmt: skip


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.0, 2.0])
def test_a_flat_direction_is_said(angle):
    run = minimize(flat(angle), np.array([2.0, 1.0]), newton, steps=5)
    assert run.ended == "diverged" and run.theta.tolist() == [2.0, 1.0] and len(run.path) == 1
    assert "step 1: hess is singular: along a flat direction no step solves H p = -g; give damping > 0" in run.message
    assert minimize(flat(angle), np.array([2.0, 1.0]), newton, steps=5, damping=0.1).t == 5


def test_a_singular_hessian_of_one_number_and_a_bad_one():
    with pytest.raises(ArithmeticError, match="hess is singular"):
        newton(1.0, lambda x: 1.0, lambda x: 0.0)
    for step, more in ((newton, ()), (newton_search, (lambda x: x @ x,))):
        with pytest.raises(ArithmeticError, match="hess must be finite, it holds nan or inf"):
            step(np.ones(2), *more, lambda x: x, lambda x: np.array([[1.0, math.nan], [math.nan, 1.0]]))


def test_the_path_so_far_is_kept():
    """Newton on sqrt(1 + x^2) cubes x: from 1.5 it leaves the range of numbers, and six places are on record."""
    p = Problem(
        lambda x: math.sqrt(1 + x * x), grad=lambda x: x / math.sqrt(1 + x * x), hess=lambda x: (1 + x * x) ** -1.5
    )
    run = minimize(p, 1.5, newton, steps=50)
    assert run.ended == "diverged" and np.allclose(run.path[1:4], [-(1.5**3), 1.5**9, -(1.5**27)])
    run = minimize(p, 1.5, newton_search, steps=50, gtol=1e-12)
    assert run.ended == "converged" and abs(run.theta) < 1e-12


def test_a_zero_gradient_leaves_theta_alone():
    theta = np.zeros(2)
    p = quadratic((1, -1))
    assert newton(theta, p.grad, p.hess) is theta and newton_search(theta, p.f, p.grad, p.hess) is theta


def test_logistic_regression_is_irls():
    """Newton's step is weighted least squares on the working response, solved here by another routine."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)

    def probability(t):
        return 1 / (1 + np.exp(-X @ t))

    theta, other = np.zeros(3), np.zeros(3)
    for _ in range(4):
        theta = newton(theta, lambda t: X.T @ (probability(t) - y),
                       lambda t: (X.T * (probability(t) * (1 - probability(t)))) @ X)  # fmt: skip
        w = probability(other) * (1 - probability(other))
        response = X @ other + (y - probability(other)) / w
        other = np.linalg.lstsq(X * np.sqrt(w)[:, None], np.sqrt(w) * response, rcond=None)[0]
        assert np.allclose(theta, other, rtol=0, atol=1e-12)


def test_evaluations():
    p = rosenbrock()
    run = minimize(p, p.start, newton, steps=5)
    assert run.evaluations["grad"] == run.evaluations["hess"] == 5
