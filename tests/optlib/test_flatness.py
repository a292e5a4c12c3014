"""The valley and the sharpness, each against a second derivation."""

import numpy as np
import pytest

from optlib import gradcheck, minimize
from optlib.flatness import sharpness
from optlib.problems import digits_mlp, quadratic, valley
from optlib.rules import sgd
from optlib.wrappers import sam


def test_the_valley_has_the_derivatives_of_its_loss():
    bent = valley()
    for point in ([4.0, 0.5], [-1.2, 0.7], [0.0, 0.0]):
        theta = np.array(point)
        assert gradcheck(bent.f, bent.grad, theta).error < 1e-6
        columns = [(bent.grad(theta + e) - bent.grad(theta - e)) / 2e-6 for e in 1e-6 * np.eye(2)]
        assert np.allclose(bent.hess(theta), np.column_stack(columns), atol=1e-8)
    many = np.array([[4.0, 1.0, -2.0], [0.5, 1.0, -0.5]])
    assert np.allclose(bent.grad(many), np.column_stack([bent.grad(p) for p in many.T]))
    assert bent.f(np.array([8.0, 0.125])) == bent.lowest == 0


@pytest.mark.parametrize("start", [[1.0], [1.0, np.nan]])
def test_a_bad_start_is_named(start):
    with pytest.raises(ValueError, match="start must be two finite numbers"):
        valley(start)


def test_sharpness_on_the_floor_is_the_sum_of_squares():
    for x in (1.0, 2.0, -4.0):
        theta = np.array([x, 1 / x])
        assert sharpness(valley().grad, theta) == pytest.approx(x**2 + x**-2, rel=1e-7)


def test_sharpness_is_the_largest_eigenvalue_and_not_the_largest_size():
    saddle = quadratic((-9, 1, 3), seed=2)
    assert sharpness(saddle.grad, np.array([0.3, -1.0, 2.0])) == pytest.approx(3, rel=1e-7)
    assert sharpness(saddle.grad, np.zeros(3), steps=1) <= 3


def test_sharpness_of_a_network_is_that_of_its_whole_hessian():
    net = digits_mlp((4,), activation="tanh", size=60)
    theta, names = net.start, list(net.start)
    sizes = [theta[k].size for k in names]
    point = np.concatenate([theta[k].ravel() for k in names])

    def slope(vector):
        cut = np.split(vector, np.cumsum(sizes)[:-1])
        g = net.grad({k: a.reshape(theta[k].shape) for k, a in zip(names, cut)})
        return np.concatenate([g[k].ravel() for k in names])

    e = 1e-5 * np.eye(len(point))
    H = np.array([(slope(point + d) - slope(point - d)) / 2e-5 for d in e])
    assert sharpness(net.grad, theta, steps=30) == pytest.approx(np.linalg.eigvalsh((H + H.T) / 2)[-1], rel=1e-5)


@pytest.mark.parametrize("steps", [0, 2.0])
def test_bad_steps_are_named(steps):
    with pytest.raises(ValueError, match="steps must be a whole number, at least 1"):
        sharpness(valley().grad, valley().start, steps=steps)


def test_what_gradient_descent_keeps_and_sam_gives_away():
    """The difference of squares after one step, in closed form for both, as chapter 13 derives it."""
    bent, (x, y), lr, radius = valley(), (3.0, 0.6), 0.04, 0.2
    D, r, s = x * x - y * y, x * y - 1, np.hypot(x, y)
    one = minimize(bent, np.array([x, y]), sgd, steps=1, lr=lr).theta
    assert one[0] ** 2 - one[1] ** 2 == pytest.approx(D * (1 - lr**2 * r**2), rel=1e-12)
    one = minimize(sam(bent, radius=radius), np.array([x, y]), sgd, steps=1, lr=lr).theta
    ahead = r + np.sign(r) * radius * s + radius**2 * x * y / s**2
    factor = 1 - 2 * lr * radius * np.sign(r) * ahead / s - lr**2 * ahead**2 * (1 - radius**2 / s**2)
    assert one[0] ** 2 - one[1] ** 2 == pytest.approx(D * factor, rel=1e-12)
