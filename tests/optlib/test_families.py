"""Families of distributions against SymPy, and each identity of the Fisher matrix on all of them."""

import numpy as np
import pytest
import sympy as sp

from optlib import families

x, mu, p, q, z, s = sp.symbols("x mu p q z s", real=True)
sigma = sp.symbols("sigma", positive=True)
a, b, c = sp.symbols("a b c", real=True)
total = sp.exp(a) + sp.exp(b) + sp.exp(c)
bell = -(((x - mu) / sigma) ** 2) / 2 - sp.log(sigma) - sp.log(2 * sp.pi) / 2

# name: parameters, log p for each outcome (or as a function of x), where to look
CASES = {
    "bernoulli": ((p,), [sp.log(1 - p), sp.log(p)], [0.2]),
    "bernoulli_logit": ((z,), [-sp.log(1 + sp.exp(z)), z - sp.log(1 + sp.exp(z))], [-1.3]),
    "gaussian": ((mu, sigma), bell, [0.7, 1.9]),
    "gaussian_log": ((mu, s), bell.subs(sigma, sp.exp(s)), [0.7, -0.4]),
    "categorical": ((p, q), [sp.log(p), sp.log(q), sp.log(1 - p - q)], [0.2, 0.5]),
    "softmax": ((a, b, c), [v - sp.log(total) for v in (a, b, c)], [0.3, -1.0, 0.8]),
}


def mean(name, value):
    """The mean of value(log p) under the family, by a sum over outcomes or by the moments of a bell."""
    log_p = CASES[name][1]
    if isinstance(log_p, list):
        return sum((sp.expand(sp.exp(one)) * value(one) for one in log_p), sp.zeros(*value(log_p[0]).shape))
    spread = sigma if name == "gaussian" else sp.exp(s)
    unit = sp.symbols("unit", real=True)
    moments = {0: 1, 2: 1, 4: 3}

    def of(entry):
        terms = sp.Poly(sp.expand(entry.subs(x, mu + spread * unit)), unit).terms()
        return sum(factor * moments.get(power, 0) for (power,), factor in terms)

    return value(log_p).applyfunc(of)


def slope(name):
    return lambda log_p: sp.Matrix([log_p]).jacobian(CASES[name][0]).T


@pytest.mark.parametrize("name", CASES)
def test_the_mean_score_is_zero_and_the_two_forms_of_the_matrix_agree(name):
    theta = CASES[name][0]
    assert mean(name, slope(name)).applyfunc(sp.cancel).is_zero_matrix
    squares = mean(name, lambda log_p: slope(name)(log_p) * slope(name)(log_p).T)
    bends = -mean(name, lambda log_p: sp.hessian(log_p, theta))
    assert (squares - bends).applyfunc(sp.cancel).is_zero_matrix
    at = dict(zip(theta, map(sp.Float, CASES[name][2])))
    wanted = np.array(squares.subs(at).evalf(), float)
    assert np.abs(getattr(families, name).fisher(np.array(CASES[name][2])) - wanted).max() < 1e-13 * wanted.max()


@pytest.mark.parametrize("name", CASES)
def test_scores_are_slopes_of_the_logarithm(name):
    theta, log_p, at = CASES[name]
    at = dict(zip(theta, map(sp.Float, at)))
    outcomes = range(len(log_p)) if isinstance(log_p, list) else [-2.0, 0.5, 3.0]
    rows = [slope(name)(log_p[k] if isinstance(log_p, list) else log_p.subs(x, k)).subs(at) for k in outcomes]
    got = getattr(families, name).score(np.array(outcomes), np.array(CASES[name][2]))
    np.testing.assert_allclose(got, np.array([[float(v) for v in row] for row in rows]), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_divergences_against_symbols_and_their_hessian_is_the_fisher_matrix(name):
    theta, log_p, at = CASES[name]
    there = sp.symbols("t0:3", positive=True)[: len(theta)]

    def gap(one):
        return sp.Matrix([one - one.subs(dict(zip(theta, there)), simultaneous=True)])

    if isinstance(log_p, list):
        formula = mean(name, gap)[0]
    else:  # the integrand by its moments
        formula = sp.expand_log(mean(name, lambda one: sp.expand_log(gap(one), force=True))[0], force=True)
    family, at = getattr(families, name), np.array(at)
    other = at + 0.05 * np.arange(1, len(at) + 1)
    wanted = formula.subs(dict(zip(theta, map(sp.Float, at)))).subs(dict(zip(there, map(sp.Float, other))))
    assert family.kl(at, other) == pytest.approx(float(wanted), rel=1e-10)
    bend = sp.hessian(formula, there).subs(dict(zip(there, theta)))
    bend = np.array(bend.subs(dict(zip(theta, map(sp.Float, at)))).evalf(), float)
    np.testing.assert_allclose(bend, family.fisher(at), rtol=1e-10, atol=1e-12)
    assert family.kl(at, at) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("name", CASES)
def test_draws_have_the_fisher_matrix_as_the_mean_of_squared_scores(name):
    family, at = getattr(families, name), np.array(CASES[name][2])
    S = family.score(family.draw(at, np.random.default_rng(0), 200_000), at)
    products = S[:, :, None] * S[:, None, :]
    error = products.std(axis=0) / len(S) ** 0.5
    assert (np.abs(products.mean(axis=0) - family.fisher(at)) < 4 * error + 1e-12).all()
    assert (np.abs(S.mean(axis=0)) < 4 * S.std(axis=0) / len(S) ** 0.5 + 1e-12).all()


@pytest.mark.parametrize("one, other, to, slopes", [
    ("bernoulli_logit", "bernoulli", families.chance, lambda t: families.chance(t) * families.chance(-t)),
    ("gaussian_log", "gaussian", lambda t: np.array([t[0], np.exp(t[1])]), lambda t: np.array([1.0, np.exp(t[1])])),
])  # fmt: skip
def test_other_coordinates_have_the_matrix_of_the_chain_rule(one, other, to, slopes):
    one, other, at = getattr(families, one), getattr(families, other), np.array(CASES[one][2])
    A = np.diag(np.ravel(slopes(at)))
    np.testing.assert_allclose(one.fisher(at), A.T @ other.fisher(to(at)) @ A, rtol=1e-12)
    nearby = at + 0.1
    assert one.kl(at, nearby) == pytest.approx(other.kl(to(at), to(nearby)), rel=1e-10)


def test_what_never_happens_adds_nothing_and_what_cannot_happen_is_infinitely_far():
    assert families.bernoulli.kl(np.array([1.0]), np.array([0.5])) == pytest.approx(np.log(2))
    assert families.bernoulli.kl(np.array([0.5]), np.array([1.0])) == np.inf
