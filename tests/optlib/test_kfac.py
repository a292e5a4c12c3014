"""K-FAC against the Fisher matrix from finite differences, dense Kronecker products, and what it promises."""

import pickle
from itertools import islice

import numpy as np
import pytest

from optlib import Optimizer, Problem, descend, minimize
from optlib.methods import kfac
from optlib.methods.kfac import damped
from optlib.models import mlp, softmax
from optlib.problems import digits_mlp, digits_softmax
from tests.reference.vectors import load

rng = np.random.default_rng(0)
X = rng.uniform(0, 1, (7, 3))
Y = softmax.one_hot(rng.integers(0, 4, 7), 4)


def net(activation="tanh"):
    theta = mlp.start((3, 5, 4), activation, seed=1)
    return theta | {k: rng.standard_normal(v.shape) for k, v in theta.items() if k.startswith("b")}


def problem(X=X, Y=Y):
    return Problem(
        lambda theta: mlp.loss(theta, X, Y, "tanh"),
        grad=lambda theta: mlp.gradient(theta, X, Y, "tanh"),
        factors=lambda theta: mlp.factors(theta, X, "tanh"),
    )


def rows(theta, k):
    """A layer's weights with its biases as the last row."""
    return np.vstack([theta[f"W{k}"], theta[f"b{k}"]])


def fisher(theta, k, activation):
    """The layer's Fisher matrix: slopes of the logits by central differences, the covariance of a drawn label."""

    def logits(vector):
        W = vector.reshape(rows(theta, k).shape)
        return mlp.forward(theta | {f"W{k}": W[:-1], f"b{k}": W[-1]}, X, activation)[-1]

    here, step = rows(theta, k).ravel(), 1e-6
    J = np.array([(logits(here + step * e) - logits(here - step * e)) / (2 * step) for e in np.eye(here.size)])
    P = softmax.softmax(logits(here))
    cover = np.einsum("nc,cd->ncd", P, np.eye(4)) - np.einsum("nc,nd->ncd", P, P)
    return np.einsum("inc,ncd,jnd->ij", J, cover, J) / len(X)


@pytest.fixture(autouse=True)
def same_draws():
    """Each test draws the same numbers, whatever ran before it."""
    global rng
    rng = np.random.default_rng(0)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_signals_make_the_fisher_matrix_of_each_layer(activation):
    theta = net(activation)
    for k, (a, d) in enumerate(mlp.signals(theta, X, activation), start=1):
        products = np.einsum("ni,ncj->ncij", a, d).reshape(len(X), 4, -1)
        ours = np.einsum("nci,ncj->ij", products, products) / len(X)
        np.testing.assert_allclose(ours, fisher(theta, k, activation), atol=1e-8)


def test_factors_are_means_over_examples_and_classes():
    theta = net()
    for (a, d), (A, S) in zip(mlp.signals(theta, X, "tanh"), mlp.factors(theta, X, "tanh")):
        np.testing.assert_allclose(A, sum(np.outer(x, x) for x in a) / 7, rtol=1e-12)
        np.testing.assert_allclose(S, sum(np.outer(y, y) for one in d for y in one) / 7, rtol=1e-12, atol=1e-15)


def test_at_zero_softmax_regression_is_factored_exactly():
    """All images have the same probabilities there, so the two factors know nothing of each other; F is the Hessian."""
    flat, whole = digits_mlp(hidden=()), digits_softmax()
    zero = {k: 0 * v for k, v in flat.start.items()}
    ((A, S),) = flat.factors(zero)
    direction = rng.standard_normal((65, 10))
    ahead, behind = (whole.grad(sign * 1e-5 * direction) for sign in (1, -1))
    np.testing.assert_allclose(A @ direction @ S, (ahead - behind) / 2e-5, atol=1e-8)


def test_a_step_solves_the_damped_products():
    theta, made = net(), problem()
    g, factors = made.grad(theta), made.factors(theta)
    new, *_ = kfac(theta, g, made.factors, lr=0.3, damping=0.02)
    for k, (A, S) in enumerate(factors, start=1):
        p = np.sqrt(np.trace(A) / len(A) * len(S) / np.trace(S))
        A, S = A + p * np.sqrt(0.02) * np.eye(len(A)), S + np.sqrt(0.02) / p * np.eye(len(S))
        u = np.linalg.solve(np.kron(A, S), rows(g, k).ravel()).reshape(rows(g, k).shape)
        np.testing.assert_allclose(rows(new, k), rows(theta, k) - 0.3 * u, rtol=1e-10)


def by_curvlinops(**changes):
    """The largest difference between our step and that of curvlinops, stored by tests/conformance/kfac_reference.py."""
    told = load("kfac")
    theta, X, Y = {k: np.array(v) for k, v in told["theta"].items()}, np.array(told["X"]), np.eye(3)[told["y"]]
    g = mlp.gradient(theta, X, Y, "tanh")
    hyper = dict(lr=1.0, damping=told["damping"]) | changes
    new, *_ = kfac(theta, g, lambda theta: mlp.factors(theta, X, "tanh"), **hyper)
    return max(np.abs(theta[k] - new[k] - told["step"][k]).max() for k in theta)


def test_a_step_is_that_of_curvlinops():
    assert by_curvlinops() < 1e-13
    assert by_curvlinops(damping=0.021) > 1e-4


def test_much_damping_is_gradient_descent():
    theta, made = net(), problem()
    new, *_ = kfac(theta, made.grad(theta), made.factors, lr=1e9, damping=1e10)
    for name, slope in made.grad(theta).items():
        np.testing.assert_allclose(new[name], theta[name] - 0.1 * slope, atol=1e-5)


def test_the_trace_of_what_the_damping_adds_is_smallest():
    """p balances p I x S against A x I / p: any other leaves more than the damping asks."""
    A, S = (m @ m.T for m in (rng.standard_normal((4, 4)), 0.1 * rng.standard_normal((3, 3))))
    left, right = (np.linalg.inv(m) for m in damped(A, S, 0.01))

    def excess(left, right):
        return np.trace(np.kron(left, right) - np.kron(A, S)) - 12 * 0.01

    others = [excess(A + 0.1 * p * np.eye(4), S + 0.1 / p * np.eye(3)) for p in np.geomspace(0.01, 100, 50)]
    assert excess(left, right) < min(others) * 1.001


def test_means_and_inverses_are_renewed_when_asked():
    theta, given = net(), iter([[(c * np.eye(4), np.eye(5)), (np.eye(6), np.eye(4))] for c in (1, 4, 16)])
    seen, states = [], [(), (), (), ()]
    for t in range(1, 8):
        _, *states = kfac(theta, theta, lambda _: next(given), *states, t, every=3, rho=0.6)
        seen.append((states[0][0][0, 0], states[2][0][0, 0]))
    means = [value for value, _ in seen]
    assert means == pytest.approx([1, 1, 1, 2.5, 2.5, 2.5, 0.6 * 2.5 + 0.4 * 16])  # 1/2, then at most rho
    assert [len({b for _, b in seen[k : k + 3]}) for k in (0, 3)] == [1, 1] and len({b for _, b in seen}) == 3


def test_factors_are_asked_as_seldom_as_is_said():
    made = digits_mlp(hidden=(8,), batch=32)
    for every, times in ((1, 11), (5, 3), (20, 1)):
        assert minimize(made, made.start, kfac, steps=11, every=every).evaluations["factors"] == times


def test_one_run_by_all_drivers_and_resumed_bit_for_bit():
    made = digits_mlp(hidden=(8,), batch=32, seed=2)
    whole = minimize(made, made.start, kfac, steps=7, every=3)
    half = pickle.loads(pickle.dumps(minimize(made, made.start, kfac, steps=4, every=3)))
    resumed = minimize(made, half, kfac, steps=3, every=3)
    assert whole.losses[-1] < whole.losses[0]
    opt = Optimizer(kfac, made.start, every=3)
    for t in range(1, 8):
        batch = made.batches(t)
        opt.step(made.grad(opt.theta, batch), factors=lambda theta, batch=batch: made.factors(theta, batch))
    full = digits_mlp(hidden=(8,), seed=2)
    first = next(islice(descend(kfac, full.start, full.grad, full.factors), 1))
    for name in made.start:
        assert np.array_equal(whole.theta[name], resumed.theta[name])
        assert np.array_equal(whole.theta[name], opt.theta[name])
        assert first[name].shape == made.start[name].shape and np.isfinite(first[name]).all()


def test_the_path_does_not_see_how_inputs_are_measured():
    """Other units and other zeros of the inputs, the first weights changed to match: the same losses."""
    turn, shift = rng.standard_normal((3, 3)), np.array([1.0, -2.0, 0.5])
    many, labels = rng.standard_normal((200, 3)), softmax.one_hot(rng.integers(0, 4, 200), 4)
    theta, here, other = net(), problem(many, labels), problem(many @ turn + shift, labels)
    W = np.linalg.solve(turn, theta["W1"])
    moved = theta | {"W1": W, "b1": theta["b1"] - shift @ W}
    settings = dict(steps=5, lr=0.1, damping=1e-14)
    losses = minimize(here, theta, kfac, **settings).losses
    np.testing.assert_allclose(minimize(other, moved, kfac, **settings).losses, losses, rtol=1e-5)
    assert losses[-1] < 0.9 * losses[0]


def test_float32_stays():
    theta, given = net(), [(A.astype(np.float32), S.astype(np.float32)) for A, S in problem().factors(net())]
    single = {k: v.astype(np.float32) for k, v in theta.items()}
    new, *states = kfac(single, single, lambda _: given)
    new, *_ = kfac(new, single, lambda _: given, *states, 2)
    assert {v.dtype for v in new.values()} == {np.dtype(np.float32)}


def test_what_cannot_be_inverted_is_told_and_the_path_is_kept():
    made = digits_mlp(hidden=(8,))
    run = minimize(made, made.start, kfac, steps=5, damping=0.0)
    assert run.ended == "diverged" and len(run.losses) == 1 and run.theta["W1"].shape == (64, 8)
    assert run.message == (
        "diverged in step 1: the matrix of the inputs of layer 1 has no inverse at damping 0; take a larger damping"
    )


def test_what_does_not_fit_is_named():
    made = digits_mlp(hidden=(8,))
    with pytest.raises(ValueError, match="damping must be at least 0, got -1"):
        minimize(made, made.start, kfac, steps=1, damping=-1)
    with pytest.raises(ValueError, match=r"kfac takes layers, .* theta has the shapes \(65, 10\)"):
        minimize(digits_softmax(l2=0.1).replace(factors=made.factors), np.zeros((65, 10)), kfac, steps=1)
    with pytest.raises(TypeError, match="kfac needs grad and factors; this problem has only f, grad"):
        minimize(Problem(lambda x: x * x, grad=lambda x: 2 * x), 1.0, kfac, steps=1)
