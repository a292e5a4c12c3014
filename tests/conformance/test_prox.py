"""Lasso, its path, group lasso, ISTA, FISTA and projections against scikit-learn, pyproximal, skglm and SciPy."""

import warnings

import numpy as np
import pylops
import pyproximal
import pytest
import skglm
from scipy.optimize import minimize as scipy_minimize
from sklearn.linear_model import Lasso
from sklearn.linear_model import lasso_path as sklearn_path

from optlib import minimize, prox
from optlib.methods import coordinate_descent, fista, ista
from optlib.problems import diabetes, group_lasso, lasso, lasso_path
from tests.conformance.conftest import TABLES

TABLE = TABLES.setdefault(
    "proximal and coordinate methods: largest |difference|", [("optlib", "library", "what is compared", "difference")]
)
RNG = np.random.default_rng(0)


def row(ours, library, what, got, wanted, within):
    found = float(np.abs(np.asarray(got) - np.asarray(wanted)).max())
    TABLE.append((ours, library, what, f"{found:.1e}"))
    assert found <= within, (ours, library, found)


@pytest.mark.parametrize("weight", [0.3, 4.0, 20.0])
def test_the_minimizer_of_the_lasso(weight):
    X, y, _ = diabetes()
    p = lasso(weight)
    ours = minimize(p, p.start, coordinate_descent, steps=3000, parts=10).theta
    model = Lasso(alpha=weight, fit_intercept=False, tol=1e-14, max_iter=100_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a tolerance of rounding is never reached
        row("coordinate_descent", "scikit-learn Lasso", f"minimizer, {weight}", ours, model.fit(X, y).coef_, 1e-8)
        other = skglm.Lasso(alpha=weight, fit_intercept=False, tol=1e-12).fit(X, y).coef_
    row("coordinate_descent", "skglm Lasso", f"minimizer, {weight}", ours, other, 1e-8)


def test_one_sweep_of_coordinate_descent():
    """scikit-learn stopped after one sweep has made our first sweep."""
    X, y, _ = diabetes()
    p = lasso(4.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has not converged
        wanted = Lasso(alpha=4.0, fit_intercept=False, max_iter=1, tol=0).fit(X, y).coef_
    got = minimize(p, p.start, coordinate_descent, steps=1, parts=10).theta
    row("coordinate_descent", "scikit-learn Lasso(max_iter=1)", "one sweep", got, wanted, 1e-10)


def test_the_path_of_the_lasso():
    X, y, _ = diabetes()
    weights = np.geomspace(45, 0.5, 20)
    _, wanted, _ = sklearn_path(X, y, alphas=weights, tol=1e-10, max_iter=100_000)
    row("lasso_path", "scikit-learn lasso_path", "20 weights", lasso_path(weights), wanted.T, 1e-6)


@pytest.mark.parametrize("step, acceleration", [(ista, None), (fista, "fista")])
def test_the_steps_of_proximal_gradient(step, acceleration):
    """pyproximal minimizes |A x - b|^2 / 2 + eps |x|_1; both sides are divided by n here.  It keeps tau in
    float32, so the rate is one that float32 has."""
    X, y, _ = diabetes()
    n, weight, lr = len(y), 4.0, 0.25
    smooth = pyproximal.L2(Op=pylops.MatrixMult(X / np.sqrt(n)), b=y / np.sqrt(n))
    p = lasso(weight)
    for steps in (1, 2, 7, 30):
        solver = pyproximal.optimization.primal.ProximalGradient
        wanted = solver(
            smooth, pyproximal.L1(sigma=weight), x0=np.zeros(10), tau=lr, niter=steps, acceleration=acceleration
        )
        got = minimize(p, p.start, step, steps=steps, lr=lr).theta
        row(step.__name__, f"pyproximal ProximalGradient({acceleration})", f"step {steps}", got, wanted, 1e-9)


def test_operators():
    for _ in range(20):
        x = 2 * RNG.normal(size=6)
        row(
            "soft_threshold",
            "pyproximal L1",
            "prox",
            prox.soft_threshold(x, 0.3),
            pyproximal.L1(0.6).prox(x, 0.5),
            1e-14,
        )
        wanted = pyproximal.Euclidean(0.6).prox(x, 0.5)
        row("group_threshold", "pyproximal Euclidean", "prox", prox.group_threshold(x, 0.3), wanted, 1e-14)
        wanted = pyproximal.Box(-0.5, 1.0).prox(x, 1.0)
        row("box", "pyproximal Box", "projection", prox.box(x, -0.5, 1.0), wanted, 1e-14)
        found = scipy_minimize(
            lambda z, x=x: ((z - x) ** 2).sum(), np.full(6, 0.25), jac=lambda z, x=x: 2 * (z - x), method="SLSQP",
            bounds=[(0, None)] * 6, constraints=dict(type="eq", fun=lambda z: z.sum() - 1.5), options=dict(ftol=1e-14),
        )  # fmt: skip
        row("simplex", "SciPy SLSQP", "projection", prox.simplex(x, 1.5), found.x, 1e-6)
    kept = {tuple(r[:3]): r for r in sorted(TABLE[1:], key=lambda r: float(r[3]))}  # the largest of the twenty
    TABLE[1:] = kept.values()


def test_the_group_lasso():
    X = np.hstack([np.linalg.qr(RNG.normal(size=(60, 2)))[0] for _ in range(3)]) * np.sqrt(60)
    y = X @ [1.0, -2.0, 0.0, 0.1, 0.0, 0.0] + RNG.normal(size=60)
    groups = [[0, 1], [2, 3], [4, 5]]
    p = group_lasso(0.3, groups, X, y)
    ours = minimize(p, p.start, coordinate_descent, steps=300, parts=3).theta
    model = skglm.GroupLasso(groups=2, alpha=0.3, fit_intercept=False, tol=1e-12)
    model.fit(X, y)
    row("coordinate_descent on blocks", "skglm GroupLasso", "minimizer", ours, model.coef_, 1e-7)
    assert np.count_nonzero(ours) in (2, 4)
