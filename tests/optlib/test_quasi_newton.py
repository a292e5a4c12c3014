"""BFGS, SR1 and L-BFGS: the secant equation, each other, and scipy on ten standard problems."""

import pickle

import numpy as np
import pytest
from scipy import optimize

from optlib import minimize
from optlib.gradcheck import gradcheck
from optlib.methods import bfgs, lbfgs, sr1
from optlib.methods.lbfgs import two_loop
from optlib.methods.quasi_newton import bfgs_update, sr1_update
from optlib.methods.trust_region import trust_region
from optlib.problem import Problem
from optlib.problems import digits_softmax, mgh, quadratic, rosenbrock
from optlib.problems.mgh import MGH

GTOL = 1e-5


def pairs_of(path, grad):
    g = [grad(theta) for theta in path]
    return tuple((b - a, d - c) for a, b, c, d in zip(path, path[1:], g, g[1:]))


def test_the_update_is_that_of_the_books():
    rng = np.random.default_rng(0)
    for n in (1, 3, 6):
        A = rng.normal(size=(n, n))
        H, s = A @ A.T + np.eye(n), rng.normal(size=n)
        y = (A @ A.T + 3 * np.eye(n)) @ s
        V = np.eye(n) - np.outer(s, y) / (y @ s)
        new = bfgs_update(H, s, y)
        assert np.allclose(new, V @ H @ V.T + np.outer(s, s) / (y @ s), atol=1e-11)
        assert np.allclose(new @ y, s) and np.allclose(new, new.T) and np.linalg.eigvalsh(new).min() > 0
        assert bfgs_update(H, s, -y) is H  # no positive definite H maps -y to s


def test_updates_are_those_of_scipy():
    rng = np.random.default_rng(2)
    A = rng.normal(size=(4, 4))
    H, B = np.eye(4), np.eye(4)
    theirs = optimize.BFGS(init_scale=1.0), optimize.SR1(init_scale=1.0)
    theirs[0].initialize(4, "inv_hess"), theirs[1].initialize(4, "hess")
    for k in range(9):
        s = rng.normal(size=4)
        y = (A @ A.T if k < 4 else A + A.T) @ s
        B = sr1_update(B, s, y)
        theirs[1].update(s, y)
        assert np.allclose(B, theirs[1].get_matrix(), rtol=1e-9, atol=1e-9)
        if s @ y > 1e-8:
            H = bfgs_update(H, s, y)
            theirs[0].update(s, y)
            assert np.allclose(H, theirs[0].get_matrix(), rtol=1e-9, atol=1e-9)


def test_the_update_is_the_least_change():
    """In the norm |W^(1/2) (new - H) W^(1/2)| with W s = y, no other symmetric matrix that maps y to s is nearer."""
    rng = np.random.default_rng(1)
    A = rng.normal(size=(4, 4))
    W = A @ A.T + np.eye(4)
    s, H = rng.normal(size=4), np.diag([1.0, 2, 3, 4])
    y = W @ s
    values, Q = np.linalg.eigh(W)
    R = (Q * np.sqrt(values)) @ Q.T
    new = bfgs_update(H, s, y)
    least = np.linalg.norm(R @ (new - H) @ R)
    P = np.eye(4) - np.outer(y, y) / (y @ y)  # symmetric matrices that map y to 0 are P Z P
    for _ in range(50):
        Z = rng.normal(size=(4, 4)) * 10.0 ** rng.integers(-3, 1)
        assert np.linalg.norm(R @ (new + P @ (Z + Z.T) @ P - H) @ R) >= least


@pytest.mark.parametrize("count", [1, 2, 5])
def test_two_loops_are_the_dense_product(count):
    p = mgh("variably_dimensioned")
    pairs = pairs_of(minimize(p, p.start, bfgs, steps=count).path, p.grad)
    s, y = pairs[-1]
    H = (s @ y) / (y @ y) * np.eye(10)
    for pair in pairs:
        H = bfgs_update(H, *pair)
    g = np.random.default_rng(0).normal(size=10)
    assert np.allclose(two_loop(pairs, g), H @ g, rtol=0, atol=1e-10 * np.linalg.norm(H))


def test_bfgs_learns_the_inverse_hessian():
    p = quadratic((1, 4, 20, 50), seed=0)
    run = minimize(p, p.start, bfgs, steps=40, gtol=1e-9)
    assert run.ended == "converged" and run.t < 25
    assert np.allclose(run.state[0][0], np.linalg.inv(p.hess(p.start)), atol=0.02)


def test_sr1_learns_an_indefinite_hessian():
    p = quadratic((-2, 1, 5), seed=1)
    run = minimize(p, np.array([0.3, -0.5, 1.0]), sr1, steps=12)
    assert np.allclose(run.state[0][0], p.hess(p.start), atol=1e-6)
    bowl = Problem(lambda t: p.f(t) + (t @ t) ** 2, grad=lambda t: p.grad(t) + 4 * (t @ t) * t)
    run = minimize(bowl, np.array([0.3, -0.5, 1.0]), sr1, steps=60, gtol=1e-8)
    assert run.ended == "converged" and np.linalg.norm(run.theta) == pytest.approx(2**-0.5, rel=1e-6)


@pytest.mark.parametrize("radius", [1e-3, 0.5, 2.0, 50.0])
def test_trust_region_beats_every_other_point(radius):
    rng = np.random.default_rng(3)
    for k in range(12):
        A = rng.normal(size=(4, 4))
        B, g = A + A.T if k % 2 else A @ A.T, rng.normal(size=4)
        if k == 5:  # the hard case: no slope along the lowest direction
            B, g = np.diag([-1.0, 1, 2, 3]), np.array([0.0, 0.1, 0.1, 0.1])
        p = trust_region(B, g, radius)
        other = rng.normal(size=(4, 2000))
        other *= radius * rng.random(2000) ** 0.25 / np.linalg.norm(other, axis=0)
        values = g @ other + (other * (B @ other)).sum(axis=0) / 2
        assert np.linalg.norm(p) <= radius * (1 + 1e-9) and g @ p + p @ B @ p / 2 <= values.min() + 1e-12
    assert trust_region(2.0, 1.0, 9.0) == -0.5 and trust_region(-2.0, 1.0, 9.0) == pytest.approx(-9, rel=1e-14)


def counts(name):
    """{method: (gradients we ask, gradients scipy asks)} on one problem, both stopped at the same gtol."""
    p, out = mgh(name), {}
    for step, theirs, more in ((bfgs, "BFGS", {}), (lbfgs, "L-BFGS-B", dict(ftol=0, maxcor=10, maxfun=10_000))):
        run = minimize(p, p.start, step, steps=1000, gtol=GTOL)
        ref = optimize.minimize(p.f, p.start, jac=p.grad, method=theirs, options=dict(gtol=GTOL, maxiter=1000) | more)
        assert run.ended == "converged" and abs(p.grad(run.theta)).max() <= GTOL, (name, run.message)
        assert abs(ref.jac).max() <= GTOL, (name, ref.message)
        assert run.losses[-1] == pytest.approx(p.lowest, rel=1e-5, abs=1e-7)
        assert run.losses[-1] == pytest.approx(ref.fun, rel=1e-7, abs=1e-7), name
        out[step.__name__] = run.evaluations["grad"], ref.njev
    return out


def test_no_more_gradients_than_scipy():
    """On the ten problems of Moré, Garbow and Hillstrom; the table is printed with `pytest -s`."""
    table = {name: counts(name) for name in MGH}
    print("\n" + "\n".join(f"{n:22s}" + "".join(f"{k:>7s} {a:4d} {b:4d}" for k, (a, b) in t.items())
                           for n, t in table.items()))  # fmt: skip
    for method in ("bfgs", "lbfgs"):
        ratio = np.median([ours / theirs for ours, theirs in (t[method] for t in table.values())])
        print(f"{method}: median ratio {ratio:.2f}")
        assert ratio <= 1


@pytest.mark.parametrize("name", MGH)
def test_sr1_on_the_standard_problems(name):
    p = mgh(name)
    run = minimize(p, p.start, sr1, steps=1000, gtol=1e-4)
    assert run.ended == "converged" and run.losses[-1] == pytest.approx(p.lowest, rel=1e-4, abs=1e-5), run.message


@pytest.mark.parametrize("name", MGH)
def test_the_standard_problems(name):
    """Residual, Jacobian, gradient and Hessian against differences, near the start and near the minimum."""
    p = mgh(name)
    rng = np.random.default_rng(0)
    near = minimize(p, p.start, bfgs, steps=1000, gtol=1e-6).theta
    for theta in (p.start + 0.1 * rng.random(p.start.size), near + 0.1):
        assert p.f(theta) == pytest.approx(np.sum(p.residual(theta) ** 2), rel=1e-14)
        assert gradcheck(p.f, p.grad, theta).error < 1e-6
        J = np.column_stack([(p.residual(theta + 1e-6 * e) - p.residual(theta - 1e-6 * e)) / 2e-6
                             for e in np.eye(theta.size)])  # fmt: skip
        assert np.allclose(p.jacobian(theta), J, rtol=1e-5, atol=1e-6 * np.abs(J).max())
        H = np.column_stack([(p.grad(theta + 1e-5 * e) - p.grad(theta - 1e-5 * e)) / 2e-5 for e in np.eye(theta.size)])
        assert np.allclose(p.hess(theta), H, rtol=1e-5, atol=1e-6 * np.abs(H).max())


def test_mgh_refuses_other_names():
    with pytest.raises(ValueError, match=r"name must be one of rosenbrock, beale, .*, got 'himmelblau'"):
        mgh("himmelblau")


@pytest.mark.parametrize("step", [bfgs, lbfgs, sr1])
def test_resumed_runs_are_the_same_bit_for_bit(step):
    p = rosenbrock()
    whole = minimize(p, p.start, step, steps=12)
    first = pickle.loads(pickle.dumps(minimize(p, p.start, step, steps=5)))
    rest = minimize(p, first, step, steps=7)
    assert rest.theta.tobytes() == whole.theta.tobytes() and rest.t == 12


@pytest.mark.parametrize("step", [bfgs, lbfgs, sr1])
def test_numbers_structures_and_stationary_points(step):
    p = Problem(lambda x: x**4 / 4 - x, grad=lambda x: x**3 - 1)
    run = minimize(p, 3.0, step, steps=60, gtol=1e-9)
    assert run.ended == "converged" and run.theta == pytest.approx(1, abs=1e-8)
    tree = Problem(lambda t: (t["a"] ** 2).sum() + 10 * t["b"] ** 2, grad=lambda t: {"a": 2 * t["a"], "b": 20 * t["b"]})
    run = minimize(tree, {"a": np.ones((2, 3)), "b": 2.0}, step, steps=60, gtol=1e-8)
    assert run.ended == "converged" and set(run.theta) == {"a", "b"} and run.theta["a"].shape == (2, 3)
    theta = np.zeros(2)
    assert minimize(quadratic(), theta, step, steps=3).theta.tolist() == [0, 0]


def test_the_memory_is_bounded_and_matters():
    p = rosenbrock()
    run = minimize(p, p.start, lbfgs, steps=20, memory=3)
    assert len(run.state[0][0]) == 3 and all(s @ y > 0 for s, y in run.state[0][0])
    with pytest.raises(ValueError, match="memory must be at least 1, got 0"):
        lbfgs(np.ones(2), p.f, p.grad, memory=0)


def test_sr1_says_what_stops_it():
    run = minimize(Problem(lambda t: t @ t, grad=lambda t: -2 * t), np.ones(2), sr1)
    assert run.ended == "diverged" and "no step lowers f, however short" in run.message
    run = minimize(Problem(lambda t: float("nan"), grad=lambda t: 2 * t), np.ones(2), sr1)
    assert run.ended == "diverged"


def test_digits():
    p = digits_softmax(l2=1e-3, size=300)
    run = minimize(p, p.start, lbfgs, steps=25)
    ref = optimize.minimize(lambda x: p.f(x.reshape(65, 10)), np.zeros(650), method="L-BFGS-B",
                            jac=lambda x: p.grad(x.reshape(65, 10)).ravel(), options=dict(maxiter=25))  # fmt: skip
    assert run.losses[-1] <= ref.fun * 1.01
