"""The hand-written gradients against autograd, finite differences and plain loops."""

import math

import numpy as np
import pytest

from optlib.gradcheck import gradcheck
from optlib.models import mlp, softmax

rng = np.random.default_rng(0)
X = rng.uniform(0, 1, (20, 5))
Y = softmax.one_hot(rng.integers(0, 4, 20), 4)


@pytest.fixture(autouse=True)
def same_draws():
    """Each test draws the same numbers, whatever ran before it."""
    global rng
    rng = np.random.default_rng(0)


def test_softmax_of_known_logits():
    P = softmax.softmax(np.log([[1.0, 2.0, 5.0]]))
    assert np.allclose(P, [[1 / 8, 2 / 8, 5 / 8]], rtol=1e-14)
    assert softmax.cross_entropy(np.log([[1.0, 2.0, 5.0]]), np.array([[0, 0, 1.0]])) == pytest.approx(math.log(8 / 5))


def test_large_logits_do_not_overflow():
    Z, label = np.array([[1000.0, 0.0, -1000.0]]), np.array([[0, 1.0, 0]])
    assert softmax.softmax(Z).tolist() == [[1, 0, 0]]
    assert softmax.cross_entropy(Z, label) == 1000
    assert softmax.cross_entropy_gradient(Z, label).tolist() == [[1, -1, 0]]


def test_nothing_is_changed_in_place():
    theta, before = rng.standard_normal((5, 4)), (X.copy(), Y.copy())
    kept = theta.copy()
    softmax.gradient(theta, X, Y, 0.1)
    softmax.loss(theta, X, Y, 0.1)
    net = mlp.start((5, 3, 4))
    held = {k: v.copy() for k, v in net.items()}
    mlp.gradient(net, X, Y)
    assert np.array_equal(theta, kept) and np.array_equal(X, before[0]) and np.array_equal(Y, before[1])
    assert all(np.array_equal(net[k], held[k]) for k in net)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_softmax_loss_one_example_at_a_time(l2):
    theta = rng.standard_normal((5, 4))
    total = 0
    for x, y in zip(X, Y):
        z = [sum(x[i] * theta[i, k] for i in range(5)) for k in range(4)]
        total -= math.log(math.exp(z[y.argmax()]) / sum(math.exp(v) for v in z))
    expected = total / 20 + l2 / 2 * sum(v**2 for v in theta.ravel())
    assert softmax.loss(theta, X, Y, l2) == pytest.approx(expected, rel=1e-13)
    check = gradcheck(lambda t: softmax.loss(t, X, Y, l2), lambda t: softmax.gradient(t, X, Y, l2), theta)
    assert check.error < 1e-8


def plain_loss(theta, activation):
    """The network's loss in autograd's NumPy, written without our code."""
    import autograd.numpy as anp

    a = X
    for k in (1, 2):
        z = anp.dot(a, theta[f"W{k}"]) + theta[f"b{k}"]
        a = anp.tanh(z) if activation == "tanh" else z * (z > 0)
    z = anp.dot(a, theta["W3"]) + theta["b3"]
    return -anp.mean(anp.sum(Y * (z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True))), axis=1))


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_backpropagation_against_autograd(activation):
    import autograd

    theta = mlp.start((5, 7, 6, 4), activation, seed=3)
    theta |= {k: rng.standard_normal(v.shape) for k, v in theta.items() if k.startswith("b")}
    assert mlp.loss(theta, X, Y, activation) == pytest.approx(plain_loss(theta, activation), rel=1e-13)
    expected = autograd.grad(plain_loss)(theta, activation)
    given = mlp.gradient(theta, X, Y, activation)
    assert list(given) == list(theta)
    for name in theta:
        assert np.allclose(given[name], expected[name], rtol=1e-10, atol=1e-14), name


def test_no_hidden_layer_is_softmax_regression():
    theta = mlp.start((5, 4))
    stacked = np.vstack([theta["W1"], theta["b1"]])
    ones = softmax.with_ones(X)
    assert mlp.loss(theta, X, Y) == pytest.approx(softmax.loss(stacked, ones, Y), rel=1e-14)
    g = mlp.gradient(theta, X, Y)
    assert np.allclose(np.vstack([g["W1"], g["b1"]]), softmax.gradient(stacked, ones, Y), rtol=1e-12, atol=1e-15)
    assert np.array_equal(mlp.predict(theta, X), softmax.predict(stacked, ones))


@pytest.mark.parametrize("activation, variance", [("relu", 2 / 400), ("tanh", 2 / 700)])
def test_the_start_has_the_published_variance(activation, variance):
    theta = mlp.start((400, 300), activation, seed=5)
    assert theta["W1"].shape == (400, 300) and not theta["b1"].any()
    assert theta["W1"].var() == pytest.approx(variance, rel=0.03)  # 5 standard errors of 120,000 draws are 0.02


def test_the_start_keeps_the_signal():
    """Ten layers deep, the second moment of what the layers hand on stays within a factor of three."""
    wide = np.random.default_rng(1).standard_normal((200, 300))
    a = mlp.forward(mlp.start((*[300] * 10, 4), "relu", seed=2), wide)
    moments = [(layer**2).mean() for layer in a[1:-1]]
    assert max(moments) / min(moments) < 3
