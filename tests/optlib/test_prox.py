"""Proximal operators against their definition and a grid; ISTA, FISTA and coordinate descent against the minimizer."""

import itertools

import numpy as np
import pytest

from optlib import minimize, prox
from optlib.methods import coordinate_descent, coordinate_descent_random, fista, ista
from optlib.methods.proximal import fista as one_fista
from optlib.problem import Problem
from optlib.problems import diabetes, group_lasso, lasso, lasso_path

RNG = np.random.default_rng(0)


def kkt(p, theta, weight):
    """How far theta is from 0 in grad + weight * the subdifferential of the 1-norm."""
    g = p.grad(theta)
    away = np.where(theta != 0, np.abs(g + weight * np.sign(theta)), np.maximum(np.abs(g) - weight, 0))
    return away.max()


# operators


def test_soft_threshold_is_the_lowest_point_of_a_fine_grid():
    z = np.linspace(-3, 3, 60_001)
    for x, width in [(2.0, 0.5), (-0.3, 0.5), (0.5, 0.5), (-1.7, 0.0), (0.0, 1.0)]:
        cost = (z - x) ** 2 / 2 + width * np.abs(z)
        assert prox.soft_threshold(x, width) == pytest.approx(z[cost.argmin()], abs=1e-4)


def nearest(x, points):
    return points[((points - x) ** 2).sum(axis=1).argmin()]


def test_group_threshold_is_the_lowest_point_of_a_fine_grid():
    line = np.linspace(-3, 3, 601)
    grid = np.array(list(itertools.product(line, line)))
    for x, width in [((1.0, 2.0), 0.7), ((0.3, -0.2), 0.7), ((-2.0, 0.0), 1.0)]:
        cost = ((grid - x) ** 2).sum(axis=1) / 2 + width * np.linalg.norm(grid, axis=1)
        assert prox.group_threshold(np.array(x), width) == pytest.approx(grid[cost.argmin()], abs=6e-3)


def test_groups_are_lists_or_rows_and_the_rest_stays():
    x = RNG.normal(size=(4, 3))
    by_rows = prox.group_threshold(x, 0.8)
    by_lists = prox.group_threshold(x.ravel(), 0.8, [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    np.testing.assert_allclose(by_lists[:9], by_rows.ravel()[:9])
    np.testing.assert_array_equal(by_lists[9:], x.ravel()[9:])
    np.testing.assert_allclose(prox.group_threshold(x[:, :1], 0.3), prox.soft_threshold(x[:, :1], 0.3))
    assert not prox.group_threshold(np.zeros((2, 3)), 0.0).any()
    np.testing.assert_allclose(prox.group_threshold([3.0, 4.0], 1.0), [2.4, 3.2])


def test_simplex_is_the_nearest_of_many_points_and_of_the_corners():
    points = RNG.dirichlet(np.ones(3), size=40_000) * 2.0
    for x in ([0.5, 0.9, 0.1], [5.0, -1.0, 0.2], [-3.0, -3.1, -9.0]):
        x = np.array(x)
        got = prox.simplex(x, 2.0)
        assert got.sum() == pytest.approx(2.0) and (got >= 0).all()
        assert ((got - x) ** 2).sum() <= ((nearest(x, points) - x) ** 2).sum() + 1e-12
        # the angle to every corner is at least a right one
        assert max((x - got) @ (corner - got) for corner in 2 * np.eye(3)) < 1e-12
    np.testing.assert_allclose(prox.simplex([0.2, 0.3, 0.5]), [0.2, 0.3, 0.5])


def test_box():
    np.testing.assert_array_equal(prox.box(np.array([-1.0, 0.4, 3.0]), 0, 1), [0, 0.4, 1])
    np.testing.assert_array_equal(prox.box(np.array([-1.0, 4.0])), [0, 4])


@pytest.mark.parametrize("operator", [
    lambda x: prox.soft_threshold(x, 0.4), lambda x: prox.group_threshold(x, 0.4), lambda x: prox.box(x, -1, 0.5),
    prox.simplex,
], ids=["soft", "group", "box", "simplex"])  # fmt: skip
def test_a_prox_is_firmly_nonexpansive(operator):
    for x, y in RNG.normal(size=(200, 2, 5)):
        a, b = operator(x), operator(y)
        assert ((a - b) ** 2).sum() <= (a - b) @ (x - y) + 1e-12


@pytest.mark.parametrize("call, message", [
    (lambda: prox.soft_threshold(1.0, -0.1), "width must be at least 0, got -0.1"),
    (lambda: prox.group_threshold([1.0], -0.1), "width must be at least 0, got -0.1"),
    (lambda: prox.box(1.0, 2, 1), "low must not exceed high, got 2 and 1"),
    (lambda: prox.simplex([1.0], 0), "total must be a positive number, got 0"),
    (lambda: prox.simplex(np.eye(2)), r"x must be one row of numbers, got shape \(2, 2\)"),
    (lambda: lasso(-1.0), "weight must be at least 0, got -1.0"),
    (lambda: lasso(1.0, np.eye(2)), "X and y must be given together"),
    (lambda: lasso(1.0, np.eye(2), np.ones(3)), r"X must be \(n, p\) and y \(n,\), got shapes \(2, 2\) and \(3,\)"),
    (lambda: lasso(1.0, np.diag([1.0, 0.0]), np.ones(2)), "column 1 of X is zero"),
    (lambda: group_lasso(1.0, [[0, 1]]), r"columns \[0, 1\] must be orthogonal"),
])  # fmt: skip
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# methods


def test_the_diabetes_columns_are_standardized():
    X, y, names = diabetes()
    np.testing.assert_allclose([X.mean(axis=0), (X**2).mean(axis=0)], [np.zeros(10), np.ones(10)], atol=1e-12)
    assert abs(y.mean()) < 1e-12 and names[2] == "bmi" and not X.flags.writeable


METHODS = [(ista, dict(lr=0.2)), (fista, dict(lr=0.2)), (coordinate_descent, dict(parts=10)),
           (coordinate_descent_random, dict(parts=10))]  # fmt: skip


@pytest.mark.parametrize("step, hyper", METHODS, ids=lambda x: getattr(x, "__name__", ""))
def test_they_end_at_the_minimizer_with_its_zeros(step, hyper):
    p = lasso(4.0)
    run = minimize(p, p.start, step, steps=600, **hyper)
    assert kkt(p, run.theta, 4.0) < 1e-9 and (run.theta != 0).sum() == 6


def test_ista_and_coordinate_descent_go_down_at_every_step():
    p = lasso(2.0)
    largest = np.linalg.eigvalsh(p.hess(p.start))[-1]
    for step, hyper in ((ista, dict(lr=1 / largest)), *METHODS[2:]):
        losses = minimize(p, p.start, step, steps=60, **hyper).losses
        assert (np.diff(losses) <= 1e-9).all(), step.__name__


def test_without_a_penalty_they_are_gradient_descent_and_gauss_seidel():
    p = lasso(0.0)
    G, c = p.hess(p.start), -p.grad(p.start)
    theta = ista(p.start, p.grad, p.prox, lr=0.1)
    np.testing.assert_allclose(theta, 0.1 * c)
    # Gauss and Seidel solve the lower triangle
    lower = np.tril(G)
    start = RNG.normal(size=10)
    np.testing.assert_allclose(
        coordinate_descent(start, p.along, parts=10), np.linalg.solve(lower, c - (G - lower) @ start), rtol=1e-10
    )


def test_fista_is_the_sequence_of_its_paper():
    """x, y and t as Beck and Teboulle write them, on a parabola with a wall."""

    def grad(x):
        return 3 * (x - 1.0)

    def wall(z, lr):
        return min(max(z, -5.0), 0.5)

    x, y, t, ours = 4.0, 4.0, 1.0, (4.0, 4.0, 1.0)
    for _ in range(6):
        old, x = x, wall(y - 0.1 * grad(y), 0.1)
        t, before = (1 + np.sqrt(1 + 4 * t**2)) / 2, t
        y = x + (before - 1) / t * (x - old)
        ours = one_fista(ours[0], grad, wall, ours[1], ours[2], lr=0.1)
        np.testing.assert_allclose(ours, (x, y, t), rtol=1e-13)


def test_its_guarantee():
    """f - lowest at most 2 L |theta_0 - theta*|^2 / (t + 1)^2, for ISTA L |...|^2 / 2 t (Beck and Teboulle)."""
    p, weights = lasso(1.0), lasso_path([1.0], tol=1e-13)[0]
    L = np.linalg.eigvalsh(p.hess(p.start))[-1]
    t, apart = np.arange(1, 301), weights @ weights
    for step, bound in ((ista, L * apart / (2 * t)), (fista, 2 * L * apart / (t + 1) ** 2)):
        gaps = minimize(p, p.start, step, steps=300, lr=1 / L).losses[1:] - p.f(weights)
        assert (gaps <= bound + 1e-9).all()


def test_each_coordinate_and_each_block_is_at_its_minimizer():
    p, theta = lasso(3.0), RNG.normal(size=10) * 20
    for k in range(10):
        best, line = p.along(theta, k), np.linspace(-60, 60, 2401)
        tried = np.repeat(theta[None], len(line), axis=0)
        tried[:, k] = line
        assert p.f(best) <= min(map(p.f, tried)) + 1e-9
        assert np.array_equal(np.delete(best, k), np.delete(theta, k))
    X = np.linalg.qr(RNG.normal(size=(30, 4)))[0] * np.sqrt(30)
    X = np.c_[X[:, :2], np.linalg.qr(RNG.normal(size=(30, 2)))[0] * np.sqrt(30)]
    q, groups = group_lasso(0.2, [[0, 1], [2, 3]], X, RNG.normal(size=30)), [[0, 1], [2, 3]]
    theta = RNG.normal(size=4)
    for k, rows in enumerate(groups):
        best = q.along(theta, k)
        for move in RNG.normal(size=(200, 2)) * 0.1:
            other = best.copy()
            other[rows] += move
            assert q.f(best) <= q.f(other) + 1e-12
    ends = [minimize(q, q.start, s, steps=400, **h).theta
            for s, h in ((fista, dict(lr=0.3)), (coordinate_descent, dict(parts=2)))]  # fmt: skip
    np.testing.assert_allclose(*ends, atol=1e-8)


def test_a_path_starts_at_zero_and_each_point_is_a_minimizer():
    X, y, _ = diabetes()
    largest = np.abs(X.T @ y).max() / len(y)
    weights = np.array([0.3, 10.0, largest * 1.0001, 2.0])
    thetas = lasso_path(weights)
    assert thetas.shape == (4, 10) and not thetas[2].any() and np.count_nonzero(lasso_path([0.999 * largest])) == 1
    for weight, theta in zip(weights, thetas):
        assert kkt(lasso(weight), theta, weight) < 1e-8
    with pytest.raises(ArithmeticError, match="still moves after 1 sweeps at weight 1"):
        lasso_path([1.0], sweeps=1)


def test_coordinate_descent_stalls_where_the_kink_runs_across():
    """|x - y| + (x + y)^2 / 10 from (1, 1): each coordinate is at its best there, and the minimum is at 0."""
    line = np.linspace(-2, 2, 4001)

    def f(theta):
        return np.abs(theta[0] - theta[1]) + 0.1 * (theta[0] + theta[1]) ** 2

    def along(theta, k):
        tried = np.repeat(theta[:, None], len(line), axis=1)
        tried[k] = line
        theta = theta.copy()
        theta[k] = line[f(tried).argmin()]
        return theta

    run = minimize(Problem(f, grad=lambda t: t, along=along), np.ones(2), coordinate_descent, steps=5, parts=2)
    assert run.theta == pytest.approx([1, 1], abs=1e-9) and run.losses[-1] == pytest.approx(0.4)


def test_random_sweeps_repeat_with_their_seed_and_differ_without():
    p = lasso(4.0)
    ends = [minimize(p, p.start, coordinate_descent_random, steps=2, seed=s, parts=10).theta for s in (1, 1, 2)]
    assert np.array_equal(ends[0], ends[1]) and not np.array_equal(ends[0], ends[2])
