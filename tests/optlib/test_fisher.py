"""Fisher matrices of models against sums over all labels, automatic differentiation and differences of the KL."""

import numpy as np
import pytest

from optlib import fisher
from optlib.models import softmax
from optlib.problems import digits
from optlib.problems.cancer import cancer, cancer_logistic


def one_layer(rng, n=40, inputs=5, k=3):
    X, theta = rng.standard_normal((n, inputs)), rng.standard_normal((inputs, k))
    return X, theta, softmax.softmax(X @ theta), fisher.linear_jacobian(X, k)


def by_hand(X, P):
    """The mean over inputs of the sum over labels of p times the outer product of that label's gradient."""
    total = 0
    for x, p in zip(X, P):
        for label, chance in enumerate(p):
            g = np.outer(x, np.eye(len(p))[label] - p).ravel()
            total = total + chance * np.outer(g, g)
    return total / len(X)


def test_the_exact_matrix_of_a_softmax_layer_is_the_sum_over_all_labels():
    X, _, P, J = one_layer(np.random.default_rng(0))
    np.testing.assert_allclose(fisher.exact(J, P), by_hand(X, P), atol=1e-14)


def test_it_is_the_hessian_of_the_cross_entropy_whatever_the_labels():
    from autograd import hessian
    from autograd import numpy as anp

    rng = np.random.default_rng(1)
    X, theta, P, J = one_layer(rng)
    for _ in range(2):
        Y = np.eye(3)[rng.integers(3, size=len(X))]

        def loss(v, Y=Y):
            Z = anp.dot(X, v.reshape(theta.shape))
            return anp.mean(anp.log(anp.sum(anp.exp(Z), axis=1)) - anp.sum(Z * Y, axis=1))

        np.testing.assert_allclose(hessian(loss)(theta.ravel()), fisher.exact(J, P), atol=1e-12)


def test_digits_of_the_scores():
    data, rng = digits(), np.random.default_rng(2)
    X, Y = data.X[:50, 20:28], softmax.one_hot(data.y[:50], 10)
    theta = 0.1 * rng.standard_normal((8, 10))
    P, J = softmax.softmax(X @ theta), fisher.linear_jacobian(X, 10)
    S = fisher.scores(J, P, Y)
    np.testing.assert_allclose(-S.mean(axis=0), softmax.gradient(theta, X, Y).ravel(), atol=1e-15)
    np.testing.assert_allclose(fisher.empirical(J, P, Y), np.cov(S.T, bias=True) + np.outer(*2 * [S.mean(axis=0)]))


def test_drawn_labels_come_close_and_closer():
    _, _, P, J = one_layer(np.random.default_rng(3))
    exact = fisher.exact(J, P)
    far, near = (fisher.distance(fisher.monte_carlo(J, P, np.random.default_rng(4), n), exact) for n in (50, 5000))
    assert near < 0.015 and 5 < far / near < 20  # ten times, by the root of a hundred


def test_second_differences_of_the_divergence():
    X, theta, P, J = one_layer(np.random.default_rng(5), inputs=3)
    exact, size, h = fisher.exact(J, P), 9, 1e-3

    def kl(step):
        return fisher.kl(P, softmax.softmax(X @ (theta + step.reshape(theta.shape))))

    moves = h * np.eye(size)
    bend = np.array([[(kl(u + v) - kl(u - v) - kl(v - u) + kl(-u - v)) / (4 * h * h) for u in moves] for v in moves])
    assert fisher.distance(bend, exact) < 1e-5


def test_a_network_with_a_gaussian_output():
    """With H = I the matrix is J'J / n, the Hessian of half the squared residual where that residual is zero."""
    from autograd import hessian, jacobian
    from autograd import numpy as anp

    rng = np.random.default_rng(6)
    X, w = rng.standard_normal((20, 2)), rng.standard_normal(8)

    def outputs(v):
        return anp.dot(anp.tanh(anp.dot(X, v[:4].reshape(2, 2))), v[4:].reshape(2, 2))

    target = outputs(w)
    H = hessian(lambda v: anp.sum((outputs(v) - target) ** 2) / 2 / len(X))(w)
    J = jacobian(outputs)(w)
    np.testing.assert_allclose(fisher.gauss_newton(J, np.broadcast_to(np.eye(2), (20, 2, 2))), H, atol=1e-10)


def test_small_helpers():
    assert fisher.cosine(np.array([1.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(0.5**0.5)
    assert fisher.distance(np.eye(2) * 1.5, np.eye(2)) == pytest.approx(0.5)


# the tumors


def test_the_tumors_are_scaled_and_kept_apart():
    X, y, X_test, y_test = cancer()
    assert X.shape == (455, 30) and X_test.shape == (114, 30) and set(y) == {0, 1}
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=0), 1)
    assert y.sum() + y_test.sum() == 357  # benign, as the data set's description has it


def test_logistic_regression_against_automatic_differentiation_and_scikit_learn():
    from autograd import grad, hessian
    from autograd import numpy as anp
    from sklearn.linear_model import LogisticRegression

    problem, theta = cancer_logistic(4, l2=0.1), np.array([0.3, -1.0, 2.0, 0.5, -0.2])
    X, y, X_test, y_test = cancer()
    A, A_test = (np.column_stack([Z[:, :4], np.ones(len(Z))]) for Z in (X, X_test))

    def loss(v):
        z = anp.dot(A, v)
        return anp.mean(anp.log(1 + anp.exp(z)) - y * z) + 0.05 * anp.sum(v**2)

    assert problem.f(theta) == pytest.approx(loss(theta), rel=1e-14)
    np.testing.assert_allclose(problem.grad(theta), grad(loss)(theta), atol=1e-14)
    np.testing.assert_allclose(problem.hess(theta), hessian(loss)(theta), atol=1e-13)
    np.testing.assert_allclose(problem.hess(theta) - problem.fisher(theta), 0.1 * np.eye(5), atol=1e-15)
    for _ in range(20):
        theta = theta - np.linalg.solve(problem.hess(theta), problem.grad(theta))
    model = LogisticRegression(C=1 / (0.1 * len(X)), fit_intercept=False, tol=1e-10).fit(A, y)
    np.testing.assert_allclose(model.coef_[0], theta, atol=1e-5)
    assert problem.accuracy(theta) == model.score(A_test, y_test)


def test_its_parts_belong_together():
    problem, theta = cancer_logistic(3, batch=20), np.array([0.5, -0.3, 1.0, 0.2])
    batch = problem.batches(1)
    for rows in ((), (batch,)):
        J, P, Y = (getattr(problem, k)(theta, *rows) for k in ("logit_jacobian", "probabilities", "labels"))
        np.testing.assert_allclose(fisher.exact(J, P), problem.fisher(theta, *rows), atol=1e-15)
        np.testing.assert_allclose(-fisher.scores(J, P, Y).mean(axis=0), problem.grad(theta, *rows), atol=1e-15)
    assert len(problem.labels(theta, batch)) == 20


def test_other_units_are_another_parametrization():
    plain, scaled = cancer_logistic(2), cancer_logistic(2, units=np.array([10.0, 0.1]))
    theta = np.array([1.0, 2.0, 3.0])
    assert scaled.f(theta / [10, 0.1, 1]) == pytest.approx(plain.f(theta), rel=1e-13)


@pytest.mark.parametrize("features", [0, 31, 2.5])
def test_features_out_of_range(features):
    with pytest.raises(ValueError, match="features must be a whole number from 1 to 30"):
        cancer_logistic(features)
