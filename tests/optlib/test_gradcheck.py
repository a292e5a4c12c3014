"""The checker must pass what is right, in every structure, and name the coordinate of what is wrong."""

import numpy as np
import pytest

from optlib.gradcheck import gradcheck


def f(theta):
    return np.sin(theta).sum() + (theta**3).sum()


def grad(theta):
    return np.cos(theta) + 3 * theta**2


ARRAY = np.array([[0.3, -1.0, 2.0], [0.7, 0.0, 0.1]])


def test_right_gradients_in_every_structure():
    assert gradcheck(f, grad, ARRAY).error < 1e-9
    assert gradcheck(lambda x: x**3, lambda x: 3 * x**2, 1.5).error < 1e-9
    assert gradcheck(lambda p: p[0] ** 2 * p[1], lambda p: [2 * p[0] * p[1], p[0] ** 2], [1.5, -2.0]).error < 1e-9
    assert gradcheck(lambda p: f(p["W"]) + p["b"] ** 2, lambda p: {"b": 2 * p["b"], "W": grad(p["W"])},
                     {"W": ARRAY, "b": 0.5}).error < 1e-9  # fmt: skip


def test_numbers_stay_numbers():
    seen = []
    gradcheck(lambda p: seen.append(type(p[0])) or p[0] ** 2, lambda p: [2 * p[0]], [1.5])
    assert set(seen) == {float}


def test_theta_stays_as_it_was():
    theta = {"W": ARRAY.copy()}
    gradcheck(lambda p: f(p["W"]), lambda p: {"W": grad(p["W"])}, theta)
    assert np.array_equal(theta["W"], ARRAY)


def test_whole_numbers_are_taken_as_real():
    assert gradcheck(f, grad, np.array([1, 2, 3])).error < 1e-9
    assert gradcheck(lambda x: x**2, lambda x: 2 * x, 3).error < 1e-9


def test_single_precision_is_judged_by_its_own_epsilon():
    assert gradcheck(f, grad, ARRAY.astype(np.float32)).error < 1e-3


@pytest.mark.parametrize("index", [(0, 0), (0, 2), (1, 1)])
def test_one_wrong_coordinate_is_named(index):
    def wrong(theta):
        g = grad(theta)
        g[index] += 1e-3
        return g

    check = gradcheck(f, wrong, ARRAY)
    assert check.worst == f"theta[{index[0]}, {index[1]}]"
    assert check.given - check.measured == pytest.approx(1e-3, rel=1e-4)
    largest = np.abs(grad(ARRAY)).max()
    assert check.error == pytest.approx(1e-3 / largest, rel=1e-3)


def test_one_wrong_leaf_is_named():
    theta = {"W": ARRAY, "b": np.array([1e-4, 2e-4])}
    check = gradcheck(
        lambda p: f(p["W"]) + (p["b"] ** 2).sum() / 2, lambda p: {"W": grad(p["W"]), "b": 2 * p["b"]}, theta
    )
    assert check.worst == "theta['b'][1]" and check.error == pytest.approx(0.5, rel=1e-3)
    assert check.leaves["theta['W']"] < 1e-9 and check.leaves["theta['b']"] == check.error
    assert repr(check).startswith("relative error 5.0e-01, worst at theta['b'][1]: 0.0004, measured 0.0002")


def test_a_leaf_that_has_no_part_in_the_loss():
    theta = [ARRAY, np.ones(2)]
    check = gradcheck(lambda p: f(p[0]), lambda p: [grad(p[0]), np.zeros(2)], theta)
    assert check.leaves["theta[1]"] == 0 and check.error < 1e-9


def test_a_leaf_that_matters_only_by_rounding_raises_no_alarm():
    """Softmax does not see a shift of all logits: the true gradient is 0, and differences of 64 shifts see 1e-11."""

    def loss(p):
        z = p["z"] + p["shift"]
        return np.log(np.exp(z).sum()) - z[0]

    def gradient(p):
        P = np.exp(p["z"]) / np.exp(p["z"]).sum()
        return {"z": P - (np.arange(3) == 0), "shift": 0.0}

    checks = [gradcheck(loss, gradient, {"z": np.array([0.3, -1.0, 2.0]), "shift": s}) for s in np.linspace(0, 3, 64)]
    assert max(c.leaves["theta['shift']"] for c in checks) > 0  # rounding is there
    assert max(c.error for c in checks) < 1e-8


def test_the_default_step_is_near_the_best():
    theta = np.array([1.0])
    errors = {eps: gradcheck(np.exp, np.exp, theta, eps=eps).error for eps in (1e-10, 1e-8, 1e-2)}
    assert gradcheck(np.exp, np.exp, theta).error < min(errors.values()) / 10


def test_samples():
    asked = []
    theta = [np.ones((30, 30)), 2.0]
    check = gradcheck(
        lambda p: asked.append(1) or (p[0] ** 2).sum() + p[1], lambda p: [2 * p[0], 1.0], theta, samples=5
    )
    assert check.error < 1e-6 and len(asked) == 2 * (5 + 1)
    for seed in range(5):  # no coordinate twice: as many samples as coordinates see them all
        assert gradcheck(f, lambda t: grad(t) * (t != 2), ARRAY, samples=6, seed=seed).worst == "theta[0, 2]"

    def draw(seed):
        return gradcheck(f, lambda t: 2 * grad(t), np.ones((30, 30)), samples=3, seed=seed).worst

    assert draw(1) == draw(1) and len({draw(s) for s in range(5)}) > 1


WRONG = [
    (ValueError, f, lambda t: grad(t).T, ARRAY, "grad(theta) must have shape (2, 3) like theta, got (3, 2)"),
    (ValueError, f, lambda t: grad(t) / 0.0, ARRAY, "grad(theta) must be finite, got a nan or inf"),
    (ValueError, f, lambda t: [1.0, 2.0], np.ones(2), "grad must return an array of shape (2,) like theta, got a list"),
    (
        ValueError,
        lambda p: 0.0,
        lambda p: {"w": 1.0},
        {"W": 1.0, "b": 2.0},
        "grad must return a dict with the keys W, b, got keys w",
    ),
    (
        ValueError,
        lambda p: 0.0,
        lambda p: p["W"],
        {"W": ARRAY},
        "grad must return a dict with the keys W, got ndarray",
    ),
    (
        ValueError,
        lambda p: 0.0,
        lambda p: [1.0],
        [1.0, 2.0],
        "grad must return a list of 2, one for each part of theta, got 1 of them",
    ),
    (
        ValueError,
        lambda p: 0.0,
        lambda p: {"W": np.ones(2)},
        {"W": ARRAY},
        "grad(theta)['W'] must have shape (2, 3) like theta, got (2,)",
    ),
    (ValueError, lambda t: np.nan, np.ones_like, ARRAY, "f must be finite around theta, got nan near theta[0, 0]"),
    (ValueError, f, grad, np.array([1, np.inf]), "theta must hold finite numbers, at least one, got a nan or inf"),
    (ValueError, f, grad, np.array([]), "theta must hold finite numbers, at least one, got none"),
    (TypeError, f, grad, np.array([1j]), "theta must hold real numbers, got dtype complex128"),
    (TypeError, np.sin, np.cos, ARRAY, "f must return one real number, got shape (2, 3) of ndarray"),
]


@pytest.mark.parametrize("kind, f, grad, theta, sentence", WRONG)
def test_wrong_inputs(kind, f, grad, theta, sentence):
    with np.errstate(all="ignore"), pytest.raises(kind) as caught:
        gradcheck(f, grad, theta)
    assert str(caught.value) == sentence
