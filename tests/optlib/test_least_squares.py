"""Gauss-Newton and Levenberg-Marquardt: one step in closed form, SciPy's solutions, orders, and where each stops."""

import math
import pickle

import numpy as np
import pytest
from scipy.optimize import least_squares as scipy_least_squares

from optlib import descend, minimize
from optlib.gradcheck import gradcheck
from optlib.methods import gauss_newton, levenberg_marquardt
from optlib.plot.digits import correct_digits, order
from optlib.problems import least_squares, mgh, puromycin
from optlib.problems.mgh import MGH

rng = np.random.default_rng(0)
A, Y = rng.standard_normal((7, 3)), rng.standard_normal(7)
LINE = least_squares(lambda t: A @ t - Y, lambda t: A, start=np.zeros(3))
VALLEY = least_squares(  # Rosenbrock: zero at (1, 1)
    lambda t: np.array([10 * (t[1] - t[0] ** 2), 1 - t[0]]),
    lambda t: np.array([[-20 * t[0], 10.0], [-1.0, 0.0]]),
    start=np.array([-1.2, 1.0]),
)


def decay(rest):
    """Fit of exp(-b x) to itself with b = 1, one value in two off by `rest`."""
    x = np.linspace(0, 3, 10)
    y = np.exp(-x) + rest * (-1.0) ** np.arange(10)
    return least_squares(lambda t: np.exp(-t * x) - y, lambda t: (-x * np.exp(-t * x))[:, None], start=0.5)


@pytest.fixture(autouse=True)
def same_draws():
    """Each test draws the same numbers, whatever ran before it."""
    global rng
    rng = np.random.default_rng(0)


@pytest.mark.parametrize("theta", [np.zeros(3), np.array([5.0, -2, 1])])
def test_a_line_is_fitted_in_one_step(theta):
    np.testing.assert_allclose(gauss_newton(theta, LINE.residual, LINE.jacobian), np.linalg.lstsq(A, Y)[0], atol=1e-13)
    half = gauss_newton(theta, LINE.residual, LINE.jacobian, lr=0.5)
    np.testing.assert_allclose(half, (theta + np.linalg.lstsq(A, Y)[0]) / 2, atol=1e-13)


@pytest.mark.parametrize("damping", [1e-6, 0.1, 1e4])
def test_a_damped_step_solves_the_normal_equations(damping):
    theta = np.array([0.4, -0.3])
    J, r = VALLEY.jacobian(theta), VALLEY.residual(theta)
    wanted = theta - np.linalg.solve(J.T @ J + damping * np.eye(2), J.T @ r)
    np.testing.assert_allclose(
        gauss_newton(theta, VALLEY.residual, VALLEY.jacobian, damping=damping), wanted, rtol=1e-9
    )
    scaled = theta - np.linalg.solve(J.T @ J + damping * np.diag(np.diag(J.T @ J)), J.T @ r)
    got, *_ = levenberg_marquardt(theta, VALLEY.residual, VALLEY.jacobian, damping=damping)
    if VALLEY.f(scaled) < VALLEY.f(theta) * 0.9999:  # else it was damped more
        np.testing.assert_allclose(got, scaled, rtol=1e-9)
    assert VALLEY.f(got) < VALLEY.f(theta)


def test_the_problem_is_consistent():
    p = puromycin()
    assert gradcheck(p.f, p.grad, p.start).error < 1e-8
    eye = 1e-6 * np.eye(2) * p.start
    measured = np.column_stack([(p.grad(p.start + e) - p.grad(p.start - e)) / (2 * e.sum()) for e in eye])
    np.testing.assert_allclose(p.hess(p.start), measured, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("step", [gauss_newton, levenberg_marquardt])
def test_puromycin_as_published_and_as_scipy_fits_it(step):
    p = puromycin()
    run = minimize(p, p.start, step, steps=60, gtol=1e-5)
    assert run.ended == "converged"
    assert (run.theta * [1, 1e4]).round(1).tolist() == [212.7, 641.2] and round(2 * p.f(run.theta), 1) == 1195.4
    other = scipy_least_squares(p.residual, p.start, p.jacobian, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15)
    np.testing.assert_allclose(run.theta, other.x, rtol=1e-7)


def test_where_gauss_newton_leaves_levenberg_marquardt_arrives():
    """From far away: arctan, whose undamped step overshoots beyond 1.39."""
    p = least_squares(np.arctan, lambda t: 1 / (1 + t**2))
    assert minimize(p, 1.5, gauss_newton, steps=20).ended == "diverged"
    assert abs(minimize(p, 1.3, gauss_newton, steps=8).theta) < 1e-12
    for start in (1.5, 50.0, -1e4):
        run = minimize(p, start, levenberg_marquardt, steps=200, gtol=1e-12)
        assert run.ended == "converged" and (np.diff(run.losses) < 0).all(), start


def test_rosenbrock_from_its_usual_start():
    for step in (gauss_newton, levenberg_marquardt):
        assert np.abs(minimize(VALLEY, VALLEY.start, step, steps=60).theta - 1).max() < 1e-12


def test_the_loss_never_rises_and_units_do_not_matter():
    p, scale = puromycin(), np.array([1e-3, 1e4])
    q = least_squares(lambda t: p.residual(t * scale), lambda t: p.jacobian(t * scale) * scale)
    one = minimize(p, p.start, levenberg_marquardt, steps=6)
    two = minimize(q, p.start / scale, levenberg_marquardt, steps=6)
    np.testing.assert_allclose(two.path * scale, one.path, rtol=1e-8)
    assert (np.diff(one.losses) <= 1e-12 * one.losses[0]).all()


def errors(problem, step, steps, minimizer, **hyper):
    return np.abs(minimize(problem, problem.start, step, steps=steps, **hyper).path - minimizer)


def test_order_of_gauss_newton():
    """2 where nothing is left over; 1 where something is, with the factor |J'' part| / (A^T A)."""
    exact = errors(decay(0.0), gauss_newton, 5, 1.0)
    assert order(exact)[-1] == pytest.approx(2, abs=0.15) and exact[-1] < 1e-8
    p = decay(0.8)
    best = scipy_least_squares(p.residual, 0.5, p.jacobian, xtol=1e-15, ftol=1e-15, gtol=1e-15).x[0]
    x = np.linspace(0, 3, 10)
    for _ in range(5):  # Newton's last digits
        r, a, second = p.residual(best), p.jacobian(best)[:, 0], x**2 * np.exp(-best * x)
        best = best - (a @ r) / (a @ a + second @ r)
    left = errors(p, gauss_newton, 9, best)
    assert order(left)[-1] == pytest.approx(1, abs=1e-3)
    assert left[9] / left[8] == pytest.approx(abs(second @ r) / (a @ a), rel=1e-3)


def test_order_of_levenberg_marquardt():
    """Near the solution the error is multiplied by the damping, which is divided by `down` each time: the digits gained
    at a step grow in proportion to the step, between order 1 and order 2.  Its unit is the largest column so far."""
    p = decay(0.0)
    largest, last_column = (float(np.sum(p.jacobian(b) ** 2)) for b in (0.5, 1.0))
    for down, damping, last in ((10.0, 1.0, 6), (10.0, 10.0, 7), (3.0, 1.0, 6)):
        e = errors(p, levenberg_marquardt, last, 1.0, damping=damping, down=down)
        factor = damping / down ** (last - 1) * largest / last_column
        assert e[-1] / e[-2] == pytest.approx(factor, rel=0.05), (down, damping)


@pytest.mark.parametrize("name", MGH)
def test_ten_standard_problems(name):
    p = mgh(name)
    run = minimize(p, p.start, levenberg_marquardt, steps=300, gtol=1e-8)
    assert abs(run.losses[-1] - p.lowest) <= 1e-6 * max(1e-3, p.lowest), run.message
    assert run.ended == "converged" or name == "brown_dennis"  # at 85822, rounding hides a gradient of 1e-8
    other = scipy_least_squares(p.residual, p.start, p.jacobian, method="lm", xtol=1e-12, ftol=1e-12, gtol=1e-12)
    assert abs(2 * other.cost - run.losses[-1]) <= 1e-6 * max(1e-3, p.lowest)


def test_a_run_is_resumed_and_pickled_bit_for_bit():
    p = puromycin()
    whole = minimize(p, p.start, levenberg_marquardt, steps=7, damping=10.0)
    half = pickle.loads(pickle.dumps(minimize(p, p.start, levenberg_marquardt, steps=3, damping=10.0)))
    again = minimize(p, half, levenberg_marquardt, steps=4, damping=10.0)
    assert again.theta.tolist() == whole.theta.tolist() and str(again.state) == str(whole.state)


def test_structures_and_numbers():
    q = least_squares(
        lambda t: np.append(t["a"] - 1, t["b"] - 2), lambda t: np.eye(3), start={"a": np.zeros(2), "b": 0.0}
    )
    q = q.replace(grad=lambda t: {"a": t["a"] - 1, "b": t["b"] - 2})
    assert minimize(q, q.start, gauss_newton, steps=1).theta["b"] == pytest.approx(2)
    assert type(gauss_newton(1.0, lambda t: t * t, lambda t: 2 * t)) is float
    theta, size, factor = levenberg_marquardt(1.0, lambda t: t * t, lambda t: 2 * t)
    assert type(theta) is float and theta == pytest.approx(1 - 0.5 / 1.001) and type(size) is type(factor) is float
    assert next(iter(descend(gauss_newton, np.zeros(3), LINE.residual, LINE.jacobian))).shape == (3,)


def test_a_flat_direction():
    """Two parameters of which only the sum counts."""
    p = least_squares(lambda t: np.array([t.sum() - 1, 2 * t.sum()]), lambda t: np.array([[1.0, 1], [2, 2]]))
    run = minimize(p, np.zeros(2), gauss_newton)
    assert run.ended == "diverged" and run.theta.tolist() == [0, 0] and len(run.path) == 1
    assert "jacobian must have independent columns where nothing is damped, got rank 1 of 2" in run.message
    for step, hyper in ((gauss_newton, dict(damping=1e-3)), (levenberg_marquardt, {})):
        theta = minimize(p, np.zeros(2), step, steps=30, **hyper).theta
        np.testing.assert_allclose(theta, [0.1, 0.1], rtol=1e-6)
    still = least_squares(lambda t: np.array([t[0] - 1]), lambda t: np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(minimize(still, np.array([0.0, 7.0]), levenberg_marquardt, steps=20).theta, [1, 7])


def test_what_is_not_finite():
    for step in (gauss_newton, levenberg_marquardt):
        p = least_squares(lambda t: np.array([np.sqrt(t[0] - 1), t[0]]), lambda t: np.ones((2, 1)))
        run = minimize(p.replace(f=None), np.array([0.5]), step)
        assert run.ended == "diverged" and "residual must be finite, got nan" in run.message and run.t == 0
    bad = least_squares(lambda t: t, lambda t: np.array([[math.inf]]))
    with pytest.raises(ArithmeticError, match="jacobian must be finite, got inf"):
        levenberg_marquardt(np.array([1.0]), bad.residual, bad.jacobian)
    # a wall on the way: what has no value counts as too high
    wall = least_squares(lambda t: np.array([np.log(t[0])]), lambda t: np.array([[1 / t[0]]]))
    assert abs(minimize(wall, np.array([20.0]), levenberg_marquardt, steps=60).theta[0] - 1) < 1e-9


def test_a_wrong_jacobian_is_noticed():
    p = least_squares(lambda t: t - 3, lambda t: -np.eye(1))
    run = minimize(p, np.array([1.0]), levenberg_marquardt)
    assert run.ended == "diverged" and "residual and jacobian do not belong together" in run.message
    assert run.theta.tolist() == [1.0]


def test_at_the_bottom_nothing_moves():
    best = np.linalg.lstsq(A, Y)[0]
    run = minimize(LINE, best, levenberg_marquardt, steps=40)
    assert run.ended == "stopped" and np.abs(run.theta - best).max() < 1e-12
    assert levenberg_marquardt(0.0, lambda t: t, lambda t: 1.0) == (0.0, 0, 1.0)


@pytest.mark.parametrize("wrong", [dict(damping=0.0), dict(damping=-1.0), dict(up=1.0), dict(down=0.5)])
def test_settings_out_of_range(wrong):
    with pytest.raises(ValueError, match="damping must be positive, up above 1 and down at least 1, got"):
        levenberg_marquardt(1.0, lambda t: t, lambda t: 1.0, **wrong)


def test_digits_are_counted():
    assert correct_digits([1, 1e-3, 0, 1e-30]).tolist() == [0, 3, 16, 16]
    assert order([1e-1, 1e-2, 1e-4, 1e-8]).tolist() == pytest.approx([2, 2])
    assert np.isnan(order([1e-1, 0, 0])[0])
