"""Transforms of the gradient against closed forms; what they keep; the sentence for bad settings."""

from functools import partial

import numpy as np
import pytest

from optlib import Optimizer, Problem, descend, minimize, rules
from optlib.drivers.transform import transform
from optlib.methods import nesterov_lookahead
from optlib.transforms import (
    centralize,
    clip_global_norm,
    clip_norm,
    clip_value,
    gradient_noise,
    weight_decay_l2,
)

RNG = np.random.default_rng(0)
G = {"W": RNG.normal(size=(3, 4)), "c": RNG.normal(size=3), "s": np.array(2.5)}
THETA = {"W": RNG.normal(size=(3, 4)), "c": RNG.normal(size=3), "s": np.array(-1.0)}
ALL = [
    partial(clip_value, limit=0.5),
    partial(clip_norm, max_norm=0.7),
    partial(clip_global_norm, max_norm=0.7),
    partial(weight_decay_l2, weight_decay=0.1),
    gradient_noise,
    centralize,
]
IDS = [getattr(f, "func", f).__name__ for f in ALL]


def apply(function, g, theta=None, t=1, seed=0):
    return transform(function, g, g if theta is None else theta, t, np.random.default_rng(seed))


def norm_of(tree):
    return np.sqrt(sum((np.asarray(a) ** 2).sum() for a in tree.values()))


def test_clip_value_moves_only_what_is_outside():
    got = apply(partial(clip_value, limit=1.0), np.array([-3.0, -1.0, -0.2, 0.0, 0.9, 1.0, 7.0]))
    assert got.tolist() == [-1, -1, -0.2, 0, 0.9, 1, 1]
    assert not apply(partial(clip_value, limit=0.0), np.array([-3.0, 2.0])).any()


@pytest.mark.parametrize("limit", [0.01, 0.7, 100.0])
def test_norms_are_cut_array_by_array_or_together(limit):
    each = apply(partial(clip_norm, max_norm=limit), G)
    for k, g in G.items():
        size = np.linalg.norm(np.atleast_1d(g).ravel())
        np.testing.assert_allclose(each[k], g * min(1, limit / size), rtol=1e-14)
    together = apply(partial(clip_global_norm, max_norm=limit), G)
    for k, g in G.items():
        np.testing.assert_allclose(together[k], g * min(1, limit / norm_of(G)), rtol=1e-14)
    assert norm_of(together) == pytest.approx(min(limit, norm_of(G)))


def test_a_gradient_of_zero_stays_zero():
    for f in (clip_norm, clip_global_norm):
        assert not apply(partial(f, max_norm=0.0), np.zeros(3)).any()
        assert apply(partial(f, max_norm=1.0), 0.0) == 0.0


def test_decay_of_the_weights_is_a_term_of_the_loss():
    """The gradient of J + weight_decay / 2 |theta|^2 by differences."""
    slope = apply(partial(weight_decay_l2, weight_decay=0.3), np.zeros(3), THETA["c"])
    term = lambda x: 0.15 * (x**2).sum()  # noqa: E731
    unit = 1e-6 * np.eye(3)
    differences = [(term(THETA["c"] + e) - term(THETA["c"] - e)) / 2e-6 for e in unit]
    np.testing.assert_allclose(slope, differences, rtol=1e-8)


def test_adam_l2_is_adam_after_the_decay():
    gradients = RNG.normal(size=(12, 3, 4))
    one = Optimizer(rules.adam_l2, THETA["W"], lr=0.1, weight_decay=0.3)
    two = Optimizer(rules.adam, THETA["W"], lr=0.1, transforms=[partial(weight_decay_l2, weight_decay=0.3)])
    for g in gradients:
        np.testing.assert_array_equal(one.step(g), two.step(g))


def test_noise_has_the_variance_it_says():
    """Steps 1 and 100: variance / 1 and variance / 100**0.55 = 0.0794 of it; five standard errors of 40,000 draws."""
    still = np.zeros(40_000)
    for t, factor in ((1, 1.0), (100, 0.0794328)):
        noise = apply(partial(gradient_noise, variance=2.0), still, t=t)
        assert abs(noise.var() / (2 * factor) - 1) < 5 * np.sqrt(2 / still.size)
        assert abs(noise.mean()) < 5 * np.sqrt(2 * factor / still.size)
    flat = apply(partial(gradient_noise, variance=2.0, decay=0.0), still, t=100)
    assert abs(flat.var() / 2 - 1) < 5 * np.sqrt(2 / still.size)


def test_noise_is_the_drivers_and_is_drawn_anew():
    flat = Problem(lambda x: 0.0, grad=np.zeros_like)
    run = minimize(flat, np.zeros(2), rules.sgd, steps=2, lr=1.0, transforms=[gradient_noise], seed=7)
    rng = np.random.default_rng(7)
    wanted = -np.cumsum([rng.standard_normal(2) * 0.1, rng.standard_normal(2) * 0.1 / 2**0.275], axis=0)
    np.testing.assert_allclose(run.path[1:], wanted, rtol=1e-13)
    other = minimize(flat, np.zeros(2), rules.sgd, steps=2, lr=1.0, transforms=[gradient_noise], seed=8)
    assert not np.allclose(other.theta, run.theta)


def test_a_refused_step_draws_no_noise():
    opt = Optimizer(rules.sgd, np.zeros(2), transforms=[gradient_noise], lr=1.0, seed=7)
    with pytest.raises(FloatingPointError):
        opt.step(np.array([np.nan, 1.0]))
    opt.step(np.zeros(2))
    np.testing.assert_allclose(opt.theta, -0.1 * np.random.default_rng(7).standard_normal(2))


def test_centralized_weights_keep_the_sum_over_their_inputs():
    got = apply(centralize, G)
    np.testing.assert_allclose(got["W"].sum(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(got["W"], (np.eye(3) - np.ones((3, 3)) / 3) @ G["W"], atol=1e-15)  # the projection
    np.testing.assert_array_equal(got["c"], G["c"])
    image = RNG.normal(size=(5, 2, 3, 3))
    np.testing.assert_allclose(apply(partial(centralize, axis=(1, 2, 3)), image).sum(axis=(1, 2, 3)), 0, atol=1e-14)
    run = minimize(
        Problem(lambda w: (w**2).sum(), grad=lambda w: 2 * w), G["W"], rules.sgd, steps=5, transforms=[centralize]
    )
    np.testing.assert_allclose(run.theta.sum(axis=0), G["W"].sum(axis=0), rtol=1e-13)


@pytest.mark.parametrize("function", ALL, ids=IDS)
def test_kinds_of_numbers_are_kept_and_inputs_left_alone(function):
    for dtype in (np.float32, np.float64):
        g = {k: a.astype(dtype) for k, a in G.items()}
        before = {k: a.copy() for k, a in g.items()}
        got = apply(function, g, {k: a.astype(dtype) for k, a in THETA.items()}, t=3)
        for k in g:
            assert got[k].dtype == dtype and got[k].shape == g[k].shape
            np.testing.assert_array_equal(g[k], before[k])
    assert [type(a) for a in apply(function, [1.0, -2.0])] == [float, float]
    assert type(apply(function, 3.0)) is float


def test_transforms_follow_each_other_in_order():
    first, second = partial(clip_value, limit=1.0), partial(weight_decay_l2, weight_decay=1.0)
    seen = []
    for order in ([first, second], [second, first]):
        opt = Optimizer(rules.sgd, np.array([2.0]), lr=1.0, transforms=order)
        seen.append(float(opt.step(np.array([5.0]))[0]))
    assert seen == [2 - (1 + 2), 2 - 1]


def test_the_order_of_the_keys_of_a_gradient_does_not_matter():
    """A gradient may name its parts in another order than theta, under every driver."""
    theta = {"a": np.ones(2), "c": np.zeros(2)}
    problem = Problem(lambda p: (p["a"] ** 2).sum(), grad=lambda p: {"c": 0 * p["c"], "a": 2 * p["a"]})
    cut = [partial(clip_global_norm, max_norm=10.0), partial(clip_value, limit=9.0)]
    opt = Optimizer(rules.sgd, theta, lr=0.25, transforms=cut)
    for answer in (
        minimize(problem, theta, rules.sgd, steps=1, lr=0.25, transforms=cut).theta,
        minimize(problem, theta, nesterov_lookahead, steps=1, lr=0.25).theta,
        next(descend(rules.sgd, theta, problem.grad, lr=0.25)),
        opt.step(problem.grad(theta)),
    ):
        assert list(answer) == ["a", "c"]
        np.testing.assert_array_equal(answer["a"], [0.5, 0.5])
        np.testing.assert_array_equal(answer["c"], [0, 0])


BAD = [
    (partial(clip_value, limit=-1.0), "limit must be at least 0, got -1.0"),
    (partial(clip_norm, max_norm=-1.0), "max_norm must be at least 0, got -1.0"),
    (partial(clip_global_norm, max_norm=float("nan")), "max_norm must be at least 0, got nan"),
    (partial(weight_decay_l2, weight_decay=-0.1), "weight_decay must be at least 0, got -0.1"),
    (partial(gradient_noise, variance=-0.1), "variance must be at least 0, got -0.1"),
]


@pytest.mark.parametrize(("function", "words"), BAD, ids=[w.split()[0] for _, w in BAD])
def test_bad_settings_get_one_sentence(function, words):
    with pytest.raises(ValueError, match=words):
        minimize(Problem(lambda x: (x**2).sum(), grad=lambda x: 2 * x), np.ones(2), rules.sgd, transforms=[function])


def test_a_setting_left_out_is_told():
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'max_norm'"):
        apply(clip_global_norm, np.ones(2))
