"""Products with the Hessian, its diagonal and the steps of least squares against torch and optax."""

import numpy as np
import optax
import torch
from jax import numpy as jnp
from jax import random
from torch.autograd.functional import jacobian, vhp

from optlib import minimize, trees
from optlib.curvature import hutchinson
from optlib.methods import gauss_newton, levenberg_marquardt
from optlib.models import mlp, second, softmax
from optlib.problems import puromycin
from optlib.problems.least_squares import CONCENTRATION, VELOCITY
from tests.conformance.conftest import TABLES

TABLE = TABLES.setdefault(
    "curvature and least squares: largest |difference|", [("optlib", "library", "what is compared", "difference")]
)
rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (20, 6))
Y = softmax.one_hot(rng.integers(0, 4, 20), 4)
THETA = {k: v + 0.2 * rng.standard_normal(v.shape) for k, v in mlp.start((6, 5, 5, 4), "tanh", 1).items()}


def row(ours, library, what, got, wanted, within):
    found = float(np.abs(np.asarray(got) - np.asarray(wanted)).max())
    TABLE.append((ours, library, what, f"{found:.1e}"))
    assert found <= within, (ours, library, found)


def loss(theta):
    a = torch.tensor(X)
    for k in (1, 2):
        a = torch.tanh(a @ theta[f"W{k}"] + theta[f"b{k}"])
    return torch.nn.functional.cross_entropy(a @ theta["W3"] + theta["b3"], torch.tensor(Y.argmax(axis=1)))


def flat(tree):
    return trees.ravel(trees.leaves(tree))


def hessian_times(theta, v):
    """By torch, two sweeps of backpropagation; dicts in, one vector out."""
    parts = [torch.tensor(a) for a in theta.values()]
    _, out = vhp(lambda *a: loss(dict(zip(theta, a, strict=True))), tuple(parts), tuple(map(torch.tensor, v.values())))
    return flat([a.numpy() for a in out])


def test_the_product_with_the_hessian():
    v = {k: rng.standard_normal(a.shape) for k, a in THETA.items()}
    got = flat(second.hessian_vector(THETA, v, X, Y, "tanh"))
    row("second.hessian_vector", "torch.autograd.functional.vhp", "H v, a network", got, hessian_times(THETA, v), 1e-13)


def test_the_diagonal_where_nothing_is_dropped():
    """The last layer, and all layers where each unit feeds one unit."""
    single = THETA | {"W2": np.diag(np.diag(THETA["W2"])), "W3": np.eye(5, 4)}
    for theta, names in ((THETA, ("W3", "b3")), (single, ("W1", "b1", "b2", "W3", "b3"))):
        parts = trees.leaves(theta)
        units = (trees.like(theta, trees.unravel(e, parts)) for e in np.eye(flat(theta).size))
        exact = np.array([hessian_times(theta, e)[k] for k, e in enumerate(units)])
        exact, got = trees.like(theta, trees.unravel(exact, parts)), second.diagonal(theta, X, Y, "tanh")
        for n in names:
            row("second.diagonal", "torch.autograd.functional.vhp", f"diagonal, {n}", got[n], exact[n], 1e-13)


def test_random_signs():
    """The signs are others, so only what they have in common: on a diagonal matrix each estimate is exact."""
    h = np.array([1.0, -2.0, 30.0, 0.0])
    estimator, x = optax.contrib.hutchinson_estimator_diag_hessian(random.PRNGKey(0)), jnp.zeros(4)
    theirs, _ = estimator.update(x, estimator.init(x), params=x, obj_fn=lambda p: jnp.asarray(h) @ p**2 / 2)
    ours = hutchinson(lambda v: h * v, np.zeros(4), rng)
    row("hutchinson", "optax.contrib.hutchinson_estimator_diag_hessian", "a diagonal matrix", ours, theirs, 1e-6)


def test_one_step_of_gauss_newton_and_levenberg_marquardt():
    p = puromycin()
    c, y, start = torch.tensor(CONCENTRATION), torch.tensor(VELOCITY), torch.tensor(p.start)

    def residual(theta):
        return theta[0] * c / (theta[1] + c) - y

    A, r = jacobian(residual, start), residual(start)
    step = torch.linalg.lstsq(A, -r[:, None]).solution[:, 0]
    row(
        "gauss_newton",
        "torch.linalg.lstsq",
        "step, rates of an enzyme",
        minimize(p, p.start, gauss_newton, 1).theta,
        start + step,
        1e-9,
    )
    normal = A.T @ A + 0.5 * torch.diag((A * A).sum(0))
    step = torch.linalg.solve(normal, -A.T @ r)
    got = minimize(p, p.start, levenberg_marquardt, 1, damping=0.5).theta
    row("levenberg_marquardt", "torch.linalg.solve", "step, rates of an enzyme", got, start + step, 1e-9)
