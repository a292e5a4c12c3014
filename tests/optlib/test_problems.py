"""Problems against closed forms, finite differences, integrals and scikit-learn's solver."""

import math
import subprocess
import sys
import warnings
from fractions import Fraction

import numpy as np
import pytest

from optlib import minimize
from optlib.gradcheck import gradcheck
from optlib.models import softmax
from optlib.problems import (
    digits,
    digits_mlp,
    digits_softmax,
    lessard,
    minibatches,
    quadratic,
    rosenbrock,
    saddle,
    spectrum,
    surface,
    two_wells,
)
from optlib.problems.landscapes import LANDSCAPES
from optlib.rules import momentum, sgd


def difference_hessian(p, theta, h=1e-5):
    """Central differences of grad, column by column."""
    return np.column_stack([(p.grad(theta + h * e) - p.grad(theta - h * e)) / (2 * h) for e in np.eye(len(theta))])


def test_import_is_light():
    code = "import sys, optlib.problems; print([m for m in ('sklearn', 'autograd', 'sympy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


# quadratics


def test_quadratic_in_closed_form():
    p = quadratic((1, 100))
    theta = np.array([3.0, -0.5])
    assert p.f(theta) == (9 + 100 * 0.25) / 2
    assert p.grad(theta).tolist() == [3.0, -50.0]
    assert p.hess(theta).tolist() == [[1, 0], [0, 100]]
    assert p.start.tolist() == [1, 1] and p.minimum.tolist() == [0, 0] and p.lowest == 0


def test_an_angle_turns_the_axes_counterclockwise():
    p = quadratic((1, 100), angle=math.pi / 6)
    c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
    assert np.allclose(p.grad(np.array([c, s])), [c, s], rtol=1e-13)  # the flat axis
    assert np.allclose(p.grad(np.array([-s, c])), [-100 * s, 100 * c], rtol=1e-13)  # the steep axis


@pytest.mark.parametrize("n", [2, 3, 10])
def test_a_random_rotation_keeps_the_spectrum(n):
    h = spectrum(1000, n)
    p, q = quadratic(h, seed=4), quadratic(h, seed=5)
    H = p.hess(p.start)
    assert np.allclose(np.linalg.eigvalsh(H), h, rtol=1e-10)
    assert np.array_equal(H, H.T) and not np.allclose(H, q.hess(q.start))
    assert np.array_equal(H, quadratic(h, seed=4).hess(p.start))
    assert gradcheck(p.f, p.grad, p.start).error < 1e-8


def test_random_rotations_prefer_no_direction():
    """Drawn evenly, H is on average the mean eigenvalue times the identity."""
    draws = np.array([quadratic((1, 2, 6), seed=seed).hess(np.ones(3)) for seed in range(400)])
    off = (draws.mean(axis=0) - 3 * np.eye(3)) / (draws.std(axis=0) / math.sqrt(400))
    assert np.abs(off).max() < 4  # standard errors


def test_spectrum_is_even_on_a_log_scale():
    assert np.allclose(spectrum(1000, 4), [1, 10, 100, 1000], rtol=1e-13)


def test_many_points_at_once():
    points = np.random.default_rng(0).standard_normal((2, 7))
    for p in (quadratic((1, 30), angle=0.3), two_wells()):
        assert np.allclose(p.f(points), [p.f(point) for point in points.T], rtol=1e-14)
        assert np.allclose(p.grad(points), np.column_stack([p.grad(point) for point in points.T]), rtol=1e-14)


def test_a_negative_eigenvalue_leaves_no_minimum():
    p = quadratic((1, -1), start=(1.0, 0.1))
    assert p.minimum is None and p.lowest is None and p.start.tolist() == [1.0, 0.1]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (dict(eigenvalues=()), "eigenvalues must be one or more finite numbers in a row, got ()"),
        (dict(eigenvalues=(1, math.nan)), "eigenvalues must be one or more finite numbers"),
        (dict(eigenvalues=[[1, 2], [3, 4]]), "eigenvalues must be one or more finite numbers"),
        (dict(eigenvalues=(1, 2, 3), angle=0.5), "angle turns two eigenvalues"),
        (dict(angle=0.5, seed=0), "angle turns two eigenvalues and goes without seed"),
        (dict(start=(1, 2, 3)), "start must have as many numbers as eigenvalues, 2, got shape (3,)"),
    ],
)
def test_wrong_quadratics(arguments, sentence):
    with pytest.raises(ValueError) as caught:
        quadratic(**arguments)
    assert str(caught.value).startswith(sentence)


# Lessard's function


def test_lessards_f_is_the_integral_of_its_gradient():
    p = lessard()
    edges = np.linspace(-3, 4, 7001)
    middles = (edges[1:] + edges[:-1]) / 2  # exact for pieces of a straight line, and 1 and 2 are edges
    integral = np.concatenate([[0], np.cumsum(p.grad(middles) * np.diff(edges))]) + p.f(-3.0)
    assert np.abs(integral - p.f(edges)).max() < 1e-10


def test_lessards_slope_is_between_1_and_25_and_continuous():
    p = lessard()
    x = np.linspace(-3, 4, 7001)
    slopes = np.diff(p.grad(x)) / np.diff(x)
    assert slopes.min() > 1 - 1e-9 and slopes.max() < 25 + 1e-9
    for edge in (1.0, 2.0):
        below = np.nextafter(edge, 0)
        assert p.grad(below) == pytest.approx(p.grad(edge), abs=1e-12)
        assert p.f(below) == pytest.approx(p.f(edge), abs=1e-12)


def test_numbers_and_arrays_agree():
    p = lessard()
    x = [-1.0, 0.999, 1.0, 1.5, 2.0, 3.3]
    assert p.f(np.array(x)).tolist() == [p.f(v) for v in x]
    assert p.grad(np.array(x)).tolist() == [p.grad(v) for v in x]
    assert type(p.f(1.5)) is float and type(p.grad(1.5)) is float


def test_heavy_ball_circles():
    run = minimize(lessard(), 3.3, momentum, steps=300, lr=1 / 9, momentum=4 / 9)
    cycle = sorted([2592 / 1225, 792 / 1225, -2208 / 1225])
    assert np.allclose(sorted(run.path[-3:]), cycle, rtol=1e-12)


def test_the_cycle_is_one_in_fractions():
    """theta_t+1 = theta_t - f'(theta_t)/9 + 4/9 (theta_t - theta_t-1), worked out without rounding."""

    def slope(x):
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    cycle = [Fraction(n, 1225) for n in (2592, 792, -2208)]
    for k in range(3):
        before, here, after = cycle[k - 2], cycle[k - 1], cycle[k]
        assert here - slope(here) / 9 + Fraction(4, 9) * (here - before) == after


# landscapes


@pytest.mark.parametrize("name", LANDSCAPES)
def test_gradient_and_hessian_of_a_landscape(name):
    p = surface(name)
    for theta in np.random.default_rng(1).uniform(-1.5, 1.5, (5, 2)):
        assert gradcheck(p.f, p.grad, theta).error < 1e-8
        H = p.hess(theta)
        assert np.array_equal(H, H.T)
        assert np.abs(H - difference_hessian(p, theta)).max() < 1e-6 * np.abs(H).max()


def test_hessians_in_closed_form():
    x, y = -1.15, 0.62
    exact = np.array([[2 + 1200 * x**2 - 400 * y, -400 * x], [-400 * x, 200]])
    assert np.allclose(rosenbrock().hess(np.array([x, y])), exact, rtol=1e-11)
    assert np.allclose(saddle().hess(np.array([x, y])), [[1, 0], [0, 3 * y**2 - 1]], rtol=1e-11, atol=1e-11)
    u = y - 0.45 * x**2 + 0.2
    ripple = -0.25 * 2.2 * 1.3 * math.cos(2.2 * y) * math.sin(1.3 * x)
    exact = [
        [
            12 * x**2 - 4 + 1.8 * (0.81 * x**2 - 0.9 * u) - 0.25 * 1.69 * math.sin(2.2 * y) * math.cos(1.3 * x),
            -1.62 * x + ripple,
        ],
        [-1.62 * x + ripple, 1.8 - 0.25 * 4.84 * math.sin(2.2 * y) * math.cos(1.3 * x)],
    ]
    assert np.allclose(two_wells().hess(np.array([x, y])), exact, rtol=1e-10)


@pytest.mark.parametrize("problem", [rosenbrock, two_wells])
def test_a_minimum_is_flat_and_curves_upward_and_none_is_lower(problem):
    p = problem()
    assert np.abs(p.grad(p.minimum)).max() < 1e-10
    assert np.linalg.eigvalsh(difference_hessian(p, p.minimum)).min() > 0
    assert p.f(p.minimum) == p.lowest
    window = LANDSCAPES[p.name].window
    x, y = np.meshgrid(np.linspace(*window[:2], 300), np.linspace(*window[2:], 300))
    assert p.f(np.array([x, y])).min() >= p.lowest


def test_known_minima():
    assert rosenbrock().minimum.tolist() == [1, 1] and rosenbrock().lowest == 0
    assert saddle().minimum is None and saddle().lowest == -0.25


def test_an_unknown_landscape():
    with pytest.raises(ValueError, match=r"name must be one of ravine, .*, got 'hill'"):
        surface("hill")


# batches


@pytest.mark.parametrize("n, size", [(10, 3), (12, 4), (5, 5), (7, 1)])
def test_each_epoch_sees_each_example_once(n, size):
    batches = minibatches(n, size, seed=2)
    per_epoch = math.ceil(n / size)
    epochs = []
    for epoch in range(3):
        drawn = [batches(epoch * per_epoch + k) for k in range(1, per_epoch + 1)]
        assert sorted(np.concatenate(drawn)) == list(range(n))
        assert all(len(b) == size for b in drawn[:-1]) and 1 <= len(drawn[-1]) <= size
        epochs.append(np.concatenate(drawn).tolist())
    assert epochs[0] != epochs[1] != epochs[2]


def test_a_batch_depends_on_the_step_alone():
    forward, backward = minibatches(100, 7, seed=3), minibatches(100, 7, seed=3)
    steps = range(1, 80)
    late = {t: backward(t).tolist() for t in reversed(steps)}
    assert all(forward(t).tolist() == late[t] for t in steps)
    other = minibatches(100, 7, seed=4)
    assert any(forward(t).tolist() != other(t).tolist() for t in steps)


def test_draws_with_repeats_are_even_and_know_nothing_of_each_other():
    """4000 batches of 5 of 10: chi-squared of single examples and of pairs of neighbors, at a chance of 1e-4."""
    draw = minibatches(10, 5, seed=2, repeats=True)
    drawn = np.array([draw(t) for t in range(1, 4001)])
    assert drawn.shape == (4000, 5)
    counts = np.bincount(drawn.ravel(), minlength=10)
    assert ((counts - 2000) ** 2 / 2000).sum() < 33.7  # 9 degrees of freedom
    for first, second in ((drawn[:, 0], drawn[:, 1]), (drawn[:-1, 4], drawn[1:, 0])):
        pairs = np.bincount(10 * first + second, minlength=100)
        assert ((pairs - len(first) / 100) ** 2 / (len(first) / 100)).sum() < 155.0  # 99 degrees of freedom
    assert np.array_equal(draw(7), minibatches(10, 5, seed=2, repeats=True)(7))
    assert not np.array_equal(drawn, [minibatches(10, 5, seed=3, repeats=True)(t) for t in range(1, 4001)])


@pytest.mark.parametrize("size", [0, 11, -1, 2.5, "all"])
def test_wrong_batches(size):
    with pytest.raises(ValueError, match=r"batch must be a whole number from 1 to 10, the number of examples, got "):
        minibatches(10, size)


@pytest.mark.parametrize("repeats", [False, True])
def test_steps_count_from_one(repeats):
    with pytest.raises(ValueError, match="t counts steps from 1, got 0"):
        minibatches(10, 3, repeats=repeats)(0)


# digits


def test_the_digits_are_all_there_and_shuffled():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    data = digits()
    assert data.X.shape == (1437, 64) and data.X_test.shape == (360, 64)
    assert data.X.min() == 0 and data.X.max() == 1

    def rows(X, y):
        return sorted(map(tuple, np.column_stack([X, y]).tolist()))

    assert rows(np.vstack([data.X, data.X_test]) * 16, np.concatenate([data.y, data.y_test])) == rows(X, y)
    assert data.y_test.tolist() != y[-360:].tolist()
    assert np.bincount(data.y_test).min() > 20  # every digit is in the test
    with pytest.raises(ValueError):
        data.X[0, 0] = 1


def test_softmax_against_scikit_learn():
    """At scikit-learn's optimum our gradient vanishes; the bias column is penalized there too."""
    from sklearn.linear_model import LogisticRegression

    p, n, l2 = digits_softmax(l2=1e-2, size=400), 400, 1e-2
    X, y = softmax.with_ones(digits().X[:n]), digits().y[:n]
    solver = LogisticRegression(C=1 / (n * l2), fit_intercept=False, tol=1e-10, max_iter=2000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own deprecations are no concern of this test
        theta = solver.fit(X, y).coef_.T
    assert np.abs(p.grad(theta)).max() < 1e-6
    assert p.f(theta) < p.f(p.start) - 1
    assert p.f(theta) == pytest.approx(
        -np.log(solver.predict_proba(X)[np.arange(n), y]).mean() + l2 / 2 * (theta**2).sum(), rel=1e-9
    )
    own = minimize(p, p.start, momentum, steps=400, lr=1.0)
    assert np.abs(own.theta - theta).max() < 1e-3


@pytest.mark.parametrize("make", [lambda: digits_softmax(batch=50, l2=1e-3), lambda: digits_mlp(batch=50)])
def test_batches_add_up_to_the_whole(make):
    """Weighted by their sizes, the batches of one epoch have the loss and the gradient of all images."""
    problem = make()
    theta = problem.start
    drawn = [problem.batches(t) for t in range(1, 30)]
    share = [len(b) / 1437 for b in drawn]
    assert sum(share) == pytest.approx(1)
    assert sum(s * problem.f(theta, b) for s, b in zip(share, drawn)) == pytest.approx(problem.full(theta), rel=1e-12)
    whole = problem.grad(theta)
    parts = whole if isinstance(whole, dict) else {"theta": whole}
    for name, g in parts.items():
        each = [problem.grad(theta, b) for b in drawn]
        summed = sum(s * (e[name] if isinstance(e, dict) else e) for s, e in zip(share, each))
        assert np.allclose(summed, g, rtol=1e-10, atol=1e-13)


def test_a_resumed_run_sees_the_same_batches():
    p = digits_mlp(hidden=(8,), batch=100)
    whole = minimize(p, p.start, sgd, steps=40, lr=0.1)
    half = minimize(p, minimize(p, p.start, sgd, steps=17, lr=0.1), sgd, steps=23, lr=0.1)
    assert all(np.array_equal(whole.theta[k], half.theta[k]) for k in whole.theta)


def test_it_learns_to_read():
    p = digits_mlp(batch=50)
    assert p.f(p.start) == pytest.approx(math.log(10), rel=0.2) and p.accuracy(p.start) < 0.3
    run = minimize(p, p.start, momentum, steps=300, lr=0.05)
    assert p.accuracy(run.theta) > 0.94 and p.full(run.theta) < 0.2
    q = digits_softmax()
    assert q.f(q.start) == pytest.approx(math.log(10), rel=1e-14)
    assert q.accuracy(minimize(q, q.start, sgd, steps=100, lr=1.0).theta) > 0.92


def test_seeds_and_sizes():
    a, b = digits_mlp(seed=1), digits_mlp(seed=2)
    assert np.array_equal(a.start["W1"], digits_mlp(seed=1).start["W1"])
    assert not np.array_equal(a.start["W1"], b.start["W1"])
    small = digits_softmax(size=10, batch=4)
    assert max(max(small.batches(t)) for t in range(1, 10)) == 9


@pytest.mark.parametrize(
    "make, sentence",
    [
        (lambda: digits_softmax(batch=2000), "batch must be a whole number from 1 to 1437"),
        (lambda: digits_softmax(size=0), "size must be a whole number from 1 to 1437, the number of training images"),
        (lambda: digits_mlp(size=100, batch=101), "batch must be a whole number from 1 to 100"),
        (lambda: digits_mlp(activation="sigmoid"), "activation must be 'relu' or 'tanh', got 'sigmoid'"),
        (lambda: digits_mlp(hidden=32), "hidden must be the widths of the hidden layers, such as (32,), got 32"),
        (lambda: spectrum(0, 3), "kappa, the largest eigenvalue over the smallest, must be at least 1, got 0"),
        (lambda: digits_mlp(hidden=(0,)), "widths of layers must be positive whole numbers"),
    ],
)
def test_wrong_arguments(make, sentence):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value).startswith(sentence)
