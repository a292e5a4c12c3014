"""Natural gradient descent: closed forms, invariance, Newton's steps, and matrices that cannot be solved."""

from itertools import islice

import numpy as np
import pytest

from optlib import descend, families, minimize
from optlib.methods import natural_gradient
from optlib.problem import Problem
from optlib.problems.cancer import cancer, cancer_logistic

TARGET = np.array([1.0, 0.5])  # mu, sigma


def plain(theta):
    return np.array([theta[0], np.exp(theta[1])])


def pull(theta):
    """The gradient of KL(target || N(mu, sigma)) by mu and sigma."""
    (mu, sigma), (m, s) = theta, TARGET
    return np.array([(mu - m) / sigma**2, (sigma**2 - s**2 - (mu - m) ** 2) / sigma**3])


FITS = {
    "sigma": (pull, families.gaussian.fisher),
    "log sigma": (lambda v: pull(plain(v)) * [1, np.exp(v[1])], families.gaussian_log.fisher),
}


def test_a_step_on_a_gaussian_in_closed_form():
    """F = diag(1, 2) / sigma^2, so mu goes straight to the target's and sigma^2 by its own equation."""
    theta = np.array([-0.5, 1.5])
    (step,) = islice(descend(natural_gradient, theta, *FITS["sigma"], lr=0.1), 1)
    mu, sigma = theta
    wanted = [mu - 0.1 * (mu - 1), sigma - 0.1 * (sigma**2 - 0.25 - (mu - 1) ** 2) / (2 * sigma)]
    np.testing.assert_allclose(step, wanted, rtol=1e-13)


def test_numbers_and_models():
    grad, fisher = (lambda p: -0.7 / p + 0.3 / (1 - p)), (lambda p: 1 / (p * (1 - p)))
    assert natural_gradient(0.2, grad, fisher) == pytest.approx(0.7)  # one step of rate 1 to the observed share
    model = {"a": np.array([0.3, -1.0]), "b": np.array(2.0)}
    scale = np.array([2.0, 5.0, 10.0])
    run = minimize(
        Problem(
            grad=lambda m: {"a": scale[:2] * m["a"], "b": scale[2] * m["b"]}, fisher=lambda m: np.diag(scale)
        ), model, natural_gradient, steps=1, lr=0.25,
    )  # fmt: skip
    np.testing.assert_allclose(run.theta["a"], 0.75 * model["a"])
    assert float(run.theta["b"]) == pytest.approx(1.5)


def test_the_direction_is_the_same_in_both_parametrizations():
    phi = np.array([-0.5, 0.4])
    A = np.diag([1.0, np.exp(phi[1])])
    one = np.linalg.solve(FITS["log sigma"][1](phi), FITS["log sigma"][0](phi))
    other = np.linalg.solve(FITS["sigma"][1](plain(phi)), FITS["sigma"][0](plain(phi)))
    assert np.abs(A @ one - other).max() < 1e-13


def flow(name, theta, time, steps):
    """The path of infinitely small natural steps: classical Runge-Kutta on the direction of `natural_gradient`."""
    grad, fisher = FITS[name]

    def direction(v):
        return natural_gradient(v, grad, fisher) - v

    h = time / steps
    for _ in range(steps):
        a = direction(theta)
        b = direction(theta + h / 2 * a)
        c = direction(theta + h / 2 * b)
        theta = theta + h / 6 * (a + 2 * b + 2 * c + direction(theta + h * c))
    return theta


def test_invariance_of_the_path_to_1e_8():
    start = np.array([-0.5, 1.5])
    one = flow("sigma", start, 1.5, 400)
    other = plain(flow("log sigma", np.array([-0.5, np.log(1.5)]), 1.5, 400))
    assert np.abs(one - other).max() < 1e-9
    assert one[0] == pytest.approx(1 - 1.5 * np.exp(-1.5), abs=1e-9)  # mu' = -(mu - 1)


def test_finite_steps_part_in_proportion_to_the_rate():
    gaps = []
    for lr in (0.02, 0.01, 0.005):
        ends = [
            np.array(list(islice(descend(natural_gradient, start, *FITS[name], lr=lr), round(1 / lr)))[-1])
            for name, start in (("sigma", np.array([-0.5, 1.5])), ("log sigma", np.array([-0.5, np.log(1.5)])))
        ]
        gaps.append(abs(ends[0] - plain(ends[1])).max())
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.1) and gaps[1] / gaps[2] == pytest.approx(2, rel=0.1)


def test_linear_changes_of_parameters_change_nothing_at_all():
    """Other units of the measurements, up to a hundred thousand apart: every step is the same to 1e-8."""
    units = 10.0 ** np.linspace(-2, 3, 6)
    plain, scaled = cancer_logistic(6), cancer_logistic(6, units=units)
    one = minimize(plain, plain.start, natural_gradient, steps=6, lr=0.8)
    other = minimize(scaled, scaled.start, natural_gradient, steps=6, lr=0.8)
    np.testing.assert_allclose(other.path[:, :6] * units, one.path[:, :6], rtol=1e-8, atol=1e-8)


def test_logistic_regression_is_iteratively_reweighted_least_squares():
    problem = cancer_logistic(5)
    X, y, _, _ = cancer()
    A, theta = np.column_stack([X[:, :5], np.ones(len(X))]), np.zeros(6)
    path = minimize(problem, problem.start, natural_gradient, steps=6).path
    for step in range(6):
        p = 1 / (1 + np.exp(-A @ theta))
        w = p * (1 - p)
        answers = A @ theta + (y - p) / w  # working responses
        theta = np.linalg.lstsq(A * np.sqrt(w)[:, None], answers * np.sqrt(w), rcond=None)[0]
        np.testing.assert_allclose(path[step + 1], theta, rtol=1e-8)


def test_damping_is_added_to_the_diagonal():
    problem, theta = cancer_logistic(4, l2=0.3), np.array([1.0, 0.0, -1.0, 0.5, 0.2])
    newton = theta - np.linalg.solve(problem.hess(theta), problem.grad(theta))
    np.testing.assert_allclose(natural_gradient(theta, problem.grad, problem.fisher, damping=0.3), newton)


@pytest.mark.parametrize("matrix, said", [
    (np.diag([1.0, 0.0]), "the Fisher matrix is singular"),
    (np.ones((2, 2)), "the Fisher matrix is singular"),
    (np.diag([1.0, -1.0]), "must be positive definite, got an eigenvalue of -1"),
    (np.diag([1.0, np.nan]), "must be finite"),
])  # fmt: skip
def test_what_cannot_be_solved_ends_the_run_with_a_sentence(matrix, said):
    def fisher(theta):
        return np.eye(2) if theta[0] == 1 else matrix

    problem = Problem(lambda v: float(v @ v) / 2, grad=lambda v: v, fisher=fisher)
    run = minimize(problem, np.array([1.0, 1.0]), natural_gradient, steps=5, lr=0.5)
    assert said in run.message and run.message.startswith("diverged in step 2")
    np.testing.assert_allclose(run.path, [[1, 1], [0.5, 0.5]])
    if "singular" in said:
        damped = minimize(problem, np.array([1.0, 1.0]), natural_gradient, steps=5, lr=0.5, damping=0.1)
        assert damped.t == 5


def test_a_softmax_with_as_many_logits_as_classes_needs_damping():
    fit = Problem(grad=lambda v: np.array([0.1, -0.2, 0.1]), fisher=families.softmax.fisher)
    run = minimize(fit, np.zeros(3), natural_gradient, steps=3)
    assert "some direction changes no probability" in run.message and run.t == 0
    assert minimize(fit, np.zeros(3), natural_gradient, steps=3, damping=1e-3).t == 3


def test_a_run_goes_on_bit_for_bit():
    problem = cancer_logistic(5, batch=60, l2=1e-2)
    whole = minimize(problem, problem.start, natural_gradient, steps=6, lr=0.3, damping=1e-2)
    half = minimize(problem, problem.start, natural_gradient, steps=3, lr=0.3, damping=1e-2)
    assert (minimize(problem, half, natural_gradient, steps=3, lr=0.3, damping=1e-2).theta == whole.theta).all()
