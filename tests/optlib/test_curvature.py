"""Curvature by products, by layers and by signs, and the two steps that use one number a coordinate."""

import itertools
import pickle

import numpy as np
import pytest

from optlib import Optimizer, Problem, minimize, trees
from optlib.curvature import hessian_vector, hutchinson
from optlib.methods import diagonal_newton, vsgd
from optlib.models import mlp, second, softmax
from optlib.problems import quadratic

rng = np.random.default_rng(5)
X = rng.uniform(-1, 1, (12, 4))
Y = softmax.one_hot(rng.integers(0, 3, 12), 3)


@pytest.fixture(autouse=True)
def same_draws():
    """Each test draws the same numbers, whatever ran before it."""
    global rng
    rng = np.random.default_rng(5)


BENDS = pytest.mark.parametrize("activation", ["relu", "tanh"])


def net(sizes, activation, seed=2):
    theta = mlp.start(sizes, activation, seed)
    more = np.random.default_rng(seed)
    return {k: v + 0.3 * more.standard_normal(v.shape) for k, v in theta.items()}


def hessian(theta, activation):
    """All of it, a column a difference of gradients."""
    parts = trees.leaves(theta)
    flat = trees.ravel(parts)

    def grad(x):
        return trees.ravel(trees.leaves(mlp.gradient(trees.like(theta, trees.unravel(x, parts)), X, Y, activation)))

    step = 1e-5
    return np.column_stack([(grad(flat + step * e) - grad(flat - step * e)) / (2 * step) for e in np.eye(flat.size)])


@BENDS
def test_the_product_is_the_hessian_times_the_vector(activation):
    theta = net((4, 5, 3, 3), activation)
    v = {k: rng.standard_normal(a.shape) for k, a in theta.items()}
    wanted = hessian(theta, activation) @ trees.ravel(trees.leaves(v))
    exact = second.hessian_vector(theta, v, X, Y, activation)
    assert list(exact) == list(theta)
    np.testing.assert_allclose(trees.ravel(trees.leaves(exact)), wanted, rtol=1e-6, atol=1e-9)
    measured = hessian_vector(lambda t: mlp.gradient(t, X, Y, activation), theta, v)
    np.testing.assert_allclose(trees.ravel(trees.leaves(measured)), wanted, rtol=1e-6, atol=1e-9)


def test_the_exact_product_against_autograd():
    import autograd
    import autograd.numpy as anp

    theta = net((4, 5, 3), "tanh")
    v = {k: rng.standard_normal(a.shape) for k, a in theta.items()}

    def loss(t):
        z = anp.dot(anp.tanh(anp.dot(X, t["W1"]) + t["b1"]), t["W2"]) + t["b2"]
        return -anp.mean(anp.sum(Y * (z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True))), axis=1))

    def along(t):
        g = autograd.grad(loss)(t)
        return sum(anp.sum(g[k] * v[k]) for k in v)

    wanted, got = autograd.grad(along)(theta), second.hessian_vector(theta, v, X, Y, "tanh")
    for k in theta:
        np.testing.assert_allclose(got[k], wanted[k], rtol=1e-10, atol=1e-14)


def test_products_of_a_quadratic_and_their_form():
    p = quadratic((1, 10, 100), seed=1)
    v = np.array([1.0, -2, 0.5])
    np.testing.assert_allclose(hessian_vector(p.grad, p.start, v), p.hess(p.start) @ v, rtol=1e-9)
    assert hessian_vector(lambda x: 3 * x, 2.0, 5.0) == pytest.approx(15, rel=1e-9)
    assert hessian_vector(p.grad, p.start, np.zeros(3)).tolist() == [0, 0, 0]
    place, way = {"a": np.ones(2), "b": 1.0}, {"b": 1.0, "a": np.ones(2)}
    tree = hessian_vector(lambda t: {"a": 2 * t["a"], "b": 4 * t["b"]}, place, way)
    assert tree["a"] == pytest.approx([2, 2]) and tree["b"] == pytest.approx(4)


def test_the_length_of_the_difference():
    """Error eps^2 / 6 times the third derivative along v, until rounding."""
    exact = 4 * 3.0  # of x^4 / 3 at 3^(1/2): 4 x^2 = 12
    for eps in (1e-1, 1e-2):
        error = hessian_vector(lambda x: 4 * x**3 / 3, 3**0.5, 1.0, eps=eps) - exact
        assert error == pytest.approx(eps**2 * 8 / 6, rel=1e-6)
    assert abs(hessian_vector(lambda x: 4 * x**3 / 3, 3**0.5, 1.0) - exact) < 1e-8


def test_all_signs_together_give_the_diagonal():
    """The mean over every sign vector is exact, so the estimate is unbiased."""
    H = quadratic((1, 10, 100), seed=1).hess(None)

    class Signs:
        def __init__(self):
            self.rows = iter(itertools.product([-1.0, 1.0], repeat=3))

        def choice(self, values, shape):
            return np.array(next(self.rows))

    np.testing.assert_allclose(hutchinson(lambda v: H @ v, np.zeros(3), Signs(), samples=8), np.diag(H), rtol=1e-12)


def test_the_variance_of_the_estimate():
    H = quadratic((1, 10, 100), seed=1).hess(None)
    draws = np.random.default_rng(0)
    found = np.array([hutchinson(lambda v: H @ v, np.zeros(3), draws) for _ in range(4000)])
    np.testing.assert_allclose(found.var(axis=0), (H**2).sum(axis=1) - np.diag(H) ** 2, rtol=0.1)
    mean = hutchinson(lambda v: H @ v, np.zeros(3), draws, samples=4000)
    assert np.abs(mean - np.diag(H)).max() < 4 * (found.std(axis=0) / 4000**0.5).max()
    exact = hutchinson(lambda v: np.array([2.0, 5, 7]) * v, np.zeros(3), draws)  # nothing off the diagonal
    np.testing.assert_allclose(exact, [2, 5, 7], rtol=1e-15)


def test_the_estimate_keeps_the_structure():
    tree = hutchinson(lambda v: {"a": 2 * v["a"], "b": 3 * v["b"]}, {"a": np.ones((2, 2)), "b": 1.0}, rng)
    assert tree["a"].tolist() == [[2, 2], [2, 2]] and tree["b"] == 3.0
    with pytest.raises(ValueError, match="samples must be a whole number, at least 1, got 0"):
        hutchinson(lambda v: v, np.ones(2), rng, samples=0)


@BENDS
def test_the_diagonal_of_the_last_layer_is_exact(activation):
    for sizes in ((4, 3), (4, 5, 3), (4, 3, 4, 3)):
        theta = net(sizes, activation)
        last = len(sizes) - 1
        exact = trees.unravel(np.diag(hessian(theta, activation)), trees.leaves(theta))
        got = second.diagonal(theta, X, Y, activation)
        for name, wanted in zip(theta, exact):
            if name in (f"W{last}", f"b{last}"):
                np.testing.assert_allclose(got[name], wanted, rtol=1e-5, atol=1e-9)


@BENDS
def test_where_each_unit_feeds_one_unit_all_is_exact(activation):
    """Then no mixed derivative of two units of one layer is met on the way back."""
    theta = net((4, 3, 3, 3), activation)
    theta |= {k: np.diag(np.diag(theta[k])) for k in ("W2", "W3")}
    exact = trees.unravel(np.diag(hessian(theta, activation)), trees.leaves(theta))
    got = second.diagonal(theta, X, Y, activation)
    for name, wanted in zip(theta, exact):
        if name != "W2" and name != "W3":
            np.testing.assert_allclose(got[name], wanted, rtol=1e-5, atol=1e-8)
    plain = second.diagonal(theta, X, Y, activation, bends=False)
    assert all((a >= 0).all() for a in plain.values())
    assert np.array_equal(plain["W1"], got["W1"]) == (activation == "relu")


def test_the_diagonal_one_example_and_one_weight_at_a_time():
    """The same recursion in loops, for the layer where it is no longer exact."""
    theta, total = net((4, 2, 3), "tanh"), np.zeros((4, 2))
    for x, y in zip(X, Y):
        z = x @ theta["W1"] + theta["b1"]
        a = np.tanh(z)
        p = softmax.softmax((a @ theta["W2"] + theta["b2"])[None])[0]
        for i, j in itertools.product(range(4), range(2)):
            slope, bend = 1 - a[j] ** 2, -2 * a[j] * (1 - a[j] ** 2)
            c = sum(theta["W2"][j, k] ** 2 * p[k] * (1 - p[k]) for k in range(3))
            d = sum(theta["W2"][j, k] * (p[k] - y[k]) for k in range(3))
            total[i, j] += x[i] ** 2 * (slope**2 * c + bend * d) / len(X)
    np.testing.assert_allclose(second.diagonal(theta, X, Y, "tanh")["W1"], total, rtol=1e-12)


# ---- the steps


def test_diagonal_newton_ends_in_one_step_where_the_axes_are_the_eigenvectors():
    h = np.array([1.0, 10, 1000])
    p = Problem(lambda x: (h * x**2).sum() / 2, grad=lambda x: h * x, h_new=lambda x: h + 0 * x)
    assert np.abs(minimize(p, np.ones(3), diagonal_newton, steps=1, eps=0.0).theta).max() < 1e-15
    assert diagonal_newton(1.0, -2.0, -4.0, eps=0.0) == 1.5  # at a maximum it goes downhill
    assert diagonal_newton(1.0, 2.0, 4.0, lr=0.1, eps=1.0) == pytest.approx(1 - 0.1 * 2 / 5)


def by_hand(gradients, curvatures, warmup, caution):
    """Algorithm 1 of the paper in plain Python: averages of the first examples, then a step for each further one."""
    n, theta = warmup, 0.0
    m = sum(gradients[:n]) / n
    v = caution * sum(g * g for g in gradients[:n]) / n
    h = sum(abs(c) for c in curvatures[:n]) / n
    tau, path = n, [0.0] * n
    for g, c in zip(gradients[n:], curvatures[n:]):
        m, v, h = m + (g - m) / tau, v + (g * g - v) / tau, h + (abs(c) - h) / tau
        theta -= m * m / (h * v) * g
        tau = (1 - m * m / v) * tau + 1
        path.append(theta)
    return path, (m, v, h, tau)


@pytest.mark.parametrize("warmup, caution", [(2, 1.0), (10, 1.0), (5, 4.0)])
def test_vsgd_is_the_algorithm_of_the_paper(warmup, caution):
    gradients, curvatures = rng.standard_normal(40) + 0.5, rng.uniform(-1, 3, 40)
    wanted, last = by_hand(gradients.tolist(), curvatures.tolist(), warmup, caution)
    theta, state, path = 0.0, (0.0, 0.0, 0.0, 1), []
    for t, (g, h) in enumerate(zip(gradients.tolist(), curvatures.tolist()), 1):
        theta, *state = vsgd(theta, g, h, *state, t, warmup=warmup, caution=caution)
        path.append(theta)
    np.testing.assert_allclose(path, wanted, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(state, last, rtol=1e-10)


def noisy_parabola(h, sigma, seed):
    """theta is one number; every step has a minimum of its own, sigma away from 0."""
    noise = np.random.default_rng(seed).standard_normal(100_000)
    return Problem(
        lambda x, z: h * (x - sigma * z) ** 2 / 2,
        grad=lambda x, z: h * (x - sigma * z),
        h_new=lambda x, z: h + 0 * x,
        batches=lambda t: noise[t],
    )


def test_the_rate_is_the_best_for_one_step():
    """E of the loss after a step, over rates on a grid, is lowest at g^2 / (h E[g^2])."""
    h, sigma, theta = 3.0, 0.8, 1.1
    rates = np.linspace(0, 1 / h, 20001)
    after = ((1 - rates * h) ** 2 * theta**2 + (rates * h * sigma) ** 2) / 2
    best = rates[after.argmin()]
    mean, square = h * theta, h**2 * (theta**2 + sigma**2)
    assert best == pytest.approx(mean**2 / (h * square), abs=rates[1])


def test_vsgd_lowers_its_rate_by_itself():
    """Near the bottom the error falls like 1/t, which no constant rate does."""
    ends = {steps: [] for steps in (100, 1000)}
    for seed in range(12):
        run = minimize(noisy_parabola(2.0, 1.0, seed), 20.0, vsgd, steps=1000)
        for steps in ends:
            ends[steps].append(run.path[steps] ** 2)
    assert np.mean(ends[1000]) < 0.4 * np.mean(ends[100]) and np.mean(ends[1000]) < 0.03


def test_vsgd_without_noise_is_newton():
    run = minimize(noisy_parabola(2.0, 0.0, 0), 20.0, vsgd, steps=11)
    assert (run.path[:11] == 20.0).all() and abs(run.theta) < 1e-12


def test_where_nothing_is_known_nothing_moves():
    for g, h in ((0.0, 1.0), (1.0, 0.0), (0.0, 0.0)):
        theta, state = 1.0, (0.0, 0.0, 0.0, 1)
        for t in range(1, 6):
            theta, *state = vsgd(theta, g, h, *state, t, warmup=2)
        assert theta == 1.0 and np.isfinite(state).all()


def test_vsgd_in_the_drivers():
    def grad(x, z):
        return {"a": 2 * (x["a"] - z[:3]), "b": x["b"] - z[3]}

    noise = rng.standard_normal((60, 4))
    p = Problem(grad=grad, h_new=lambda x, z: {"a": np.full(3, 2.0), "b": 1.0}, batches=lambda t: noise[t])
    start = {"a": np.full(3, 9.0), "b": 9.0}
    whole = minimize(p, start, vsgd, steps=30).theta
    half = pickle.loads(pickle.dumps(minimize(p, start, vsgd, steps=13)))
    again = minimize(p, half, vsgd, steps=17).theta
    opt = Optimizer(vsgd, start)
    for t in range(1, 31):
        opt.step(grad(opt.theta, noise[t]), h_new=p.h_new(None, None))
    for k in start:
        assert np.array_equal(again[k], whole[k]) and np.abs(whole[k]).max() < 2
        np.testing.assert_allclose(opt.theta[k], whole[k], rtol=1e-12)
