"""Closed forms and identities of the elementwise rules: what a derivation says, without another library."""

from functools import partial
from itertools import islice

import numpy as np
import pytest

from optlib import Optimizer, Problem, descend, minimize, rules
from optlib.grammar import call, read, start
from optlib.lives import telling
from optlib.transforms import weight_decay_l2
from tests.reference.replay import replay

THETA, G = np.random.default_rng(8).standard_normal(5), np.random.default_rng(9).standard_normal((12, 5))
RATES = [0.1, 0.1, 0.05, 0.05, 0.2, 0.2, 0.0, 0.1, 0.1, 0.01, 0.01, 0.01]


def path(rule, g=G, theta=THETA, lrs=RATES, **hyper):
    return replay(rule, theta, g, lrs, hyper)


def states(rule, g=G, **hyper):
    """The states after each step, from zero."""
    signature = read(rule)
    theta, state, out = THETA, start(signature, THETA), []
    for t, slope in enumerate(g, start=1):
        theta, *state = call(rule, signature, theta, (slope,), state, t, hyper)
        out.append(dict(zip(signature.state, state)))
    return out


# ---------------------------------------------------------------- decay


def test_adam_with_l2_is_adam_after_the_transform():
    problem = Problem(lambda x: 0.5 * (x**2).sum() + np.sin(x).sum(), grad=lambda x: x + np.cos(x))
    run = partial(minimize, problem, THETA, steps=20, lr=0.05, eps=1e-3)
    joined = run(rules.adam, transforms=[partial(weight_decay_l2, weight_decay=0.3)])
    np.testing.assert_array_equal(run(rules.adam_l2, weight_decay=0.3).path, joined.path)
    assert np.abs(run(rules.adam_l2).theta - joined.theta).max() > 1e-3


def test_without_decay_both_are_adam():
    for rule in (rules.adam_l2, rules.adamw):
        np.testing.assert_allclose(path(rule, weight_decay=0.0), path(rules.adam), rtol=1e-14)


def test_without_slope_adamw_shrinks_every_weight_by_one_factor():
    shrunk = path(rules.adamw, 0 * G, weight_decay=0.5)[-1] / THETA
    np.testing.assert_allclose(shrunk, np.prod([1 - 0.5 * lr for lr in RATES]), rtol=1e-14)
    # a penalty moves by the rate whatever its weight: at the first step by lr
    first = path(rules.adam_l2, 0 * G, weight_decay=0.5)[0]
    np.testing.assert_allclose(first, THETA - 0.1 * np.sign(THETA), rtol=1e-6)


def test_ademamix_without_its_slow_average_is_adamw():
    for decay in (0.0, 0.1):
        got = path(rules.ademamix, alpha=0.0, weight_decay=decay)
        np.testing.assert_allclose(got, path(rules.adamw, weight_decay=decay), rtol=1e-14)


def test_the_slow_average_of_ademamix_remembers():
    one = np.zeros((3000, 1))
    one[0] = 1
    slow = states(rules.ademamix, one)[-1]["m_slow"]
    np.testing.assert_allclose(slow, 1e-4 * 0.9999**2999, rtol=1e-10)


# ---------------------------------------------------------------- repairs


def test_amsgrad_is_adam_while_the_average_square_rises():
    growing = G[:1] * 2.0 ** np.arange(12)[:, None]
    got = path(rules.amsgrad, growing, corrected=1)
    np.testing.assert_allclose(got, path(rules.adam, growing), rtol=1e-14)
    fading = path(rules.amsgrad, growing[::-1], corrected=1, beta2=0.9)
    assert np.abs(fading - path(rules.adam, growing[::-1], beta2=0.9)).max() > 0.01


def test_amsgrad_holds_the_largest_average_for_ever():
    spiked = G.copy()
    spiked[3] = 1e3
    held = states(rules.amsgrad, spiked)
    v, v_max = (np.array([s[name] for s in held]) for name in ("v", "v_max"))
    np.testing.assert_array_equal(v_max, np.maximum.accumulate(v))
    assert (v[-1] < v_max[-1]).all()


def test_the_amsgrad_of_the_paper_corrects_nothing():
    fade = lambda beta: np.tril(beta ** np.subtract.outer(np.arange(12.0), np.arange(12))) * (1 - beta)  # noqa: E731
    v_max = np.maximum.accumulate(fade(0.99) @ G**2)
    moves = np.array(RATES)[:, None] * (fade(0.9) @ G) / (np.sqrt(v_max) + 1e-3)
    np.testing.assert_allclose(path(rules.amsgrad, beta2=0.99, eps=1e-3), THETA - np.cumsum(moves, axis=0), rtol=1e-12)


def test_the_factor_of_radam():
    told = telling(rules.radam)
    r = {t: told(1.0, 1.0, t=t)["r"] for t in (1, 4, 5, 100, 1000, 5000)}
    assert [round(r[t], 3) for t in (5, 100, 1000, 5000)] == [0.017, 0.215, 0.645, 0.983]
    rho = [told(1.0, 1.0, t=t)["rho"] for t in range(1, 2000)]
    assert np.isclose(rho[0], 1) and (np.diff(rho) > 0).all() and rho[-1] < 1999
    assert rho[3] < 4 < rho[4] < 5 < rho[5]


def test_radam_rests_on_momentum_first_and_ends_as_adam():
    average = path(rules.radam, threshold=1e9)
    m = np.array([sum(0.9 ** (t - k) * G[k] for k in range(t + 1)) * 0.1 / (1 - 0.9 ** (t + 1)) for t in range(12)])
    np.testing.assert_allclose(average, THETA - np.cumsum(np.array(RATES)[:, None] * m, axis=0), rtol=1e-12)
    late = rules.radam(THETA, G[0], G[1], G[2] ** 2, 10**6)[0]
    np.testing.assert_allclose(late, rules.adam(THETA, G[0], G[1], G[2] ** 2, 10**6)[0], rtol=1e-12)


def test_with_too_short_a_memory_radam_never_rectifies():
    for beta2 in (0.3, 0.5, 0.6):
        got = path(rules.radam, beta2=beta2)
        np.testing.assert_array_equal(got, path(rules.radam, beta2=beta2, threshold=1e9))
    assert telling(rules.radam)(1.0, 1.0, t=3, beta2=0.6)["r"] == 0  # rho ends at 4: the factor would divide by zero


def test_radam_rectifies_above_its_threshold_alone():
    """One gradient, whatever beta2, is rho = 1."""
    assert telling(rules.radam)(1.0, 1.0, beta2=0.5)["rho"] == 1
    moved = [1 - rules.radam(1.0, 2.0, lr=0.125, beta2=0.5, threshold=at)[0] for at in (1, 0.999)]
    np.testing.assert_allclose(moved, [0.25, 0], rtol=1e-14)


def test_the_bounds_of_adabound_close_on_momentum_and_open_on_adam():
    closed = path(rules.adabound, gamma=1e12, final_lr=0.05)
    np.testing.assert_allclose(closed, path(rules.momentum_ema, lrs=[0.05] * 12, momentum=0.9), rtol=1e-9)
    open_ = path(rules.adabound, gamma=1e-15, eps=0.0, final_lr=1e-3)
    np.testing.assert_allclose(open_, path(rules.adam, eps=0.0), rtol=1e-12)


def test_the_bounds_of_adabound_at_ten_steps():
    told = telling(rules.adabound)(1.0, 1.0, t=10, gamma=0.1, final_lr=0.2)
    assert np.isclose(told["lower"], 0.1) and np.isclose(told["upper"], 0.4)
    for v, rate in ((1e12, 0.1), (1e-12, 0.4)):
        theta, m, _ = rules.adabound(1.0, 0.0, 1.0, v, 10, gamma=0.1, final_lr=0.2)
        assert m == 0.9 and np.isclose(1 - theta, 0.9 * rate)


def test_yogi_moves_its_average_by_a_share_of_the_square():
    v = 4.0
    for g, up in ((3.0, True), (1.0, False), (0.0, True)):
        after = rules.yogi(0.0, g, 0.0, v, 5, beta2=0.9)[2]
        assert np.isclose(abs(after - v), 0.1 * g**2) and (after >= v) == up
    assert rules.yogi(0.0, 2.0, 0.0, 4.0, 5)[2] == 4.0  # where it is right, it stays
    # Adam forgets a spike by its size, Yogi by the size of what follows
    fall = [states(rule, np.array([[100.0]] + [[0.1]] * 11), beta2=0.9) for rule in (rules.yogi, rules.adam)]
    assert fall[0][-1]["v"] > 999 > 900 > fall[1][-1]["v"] > 300


def test_adabelief_divides_by_the_surprise():
    theta, _, s = rules.adabelief(1.0, 2.0, lr=0.1, eps=0.25)
    assert np.isclose(s, 0.001 * (0.9 * 2) ** 2 + 0.25)
    assert np.isclose(theta, 1 - 0.1 * 2 / (np.sqrt(s / 0.001) + 0.25))
    steady = states(rules.adabelief, np.full((300, 1), 2.0))[-1]
    assert np.isclose(steady["m"], 2, rtol=1e-6) and steady["s"] < 0.05  # Adam: 4 * (1 - 0.999**300) = 1.04


def test_adopt_measures_first_and_clips():
    spiked = G.copy()
    spiked[5] = 1e9
    got = path(rules.adopt, spiked)
    np.testing.assert_array_equal(got[0], THETA)
    m = np.array([s["m"] for s in states(rules.adopt, spiked)])
    assert np.allclose(m[5] - 0.9 * m[4], 0.1 * 5**0.25)
    held = states(rules.adopt, G[:2], beta2=0.5)
    np.testing.assert_allclose(held[0]["v"], G[0] ** 2, rtol=1e-15)
    np.testing.assert_allclose(held[1]["v"], 0.5 * G[0] ** 2 + 0.5 * G[1] ** 2, rtol=1e-15)


def test_under_a_steady_slope_adan_is_adam():
    steady = np.repeat(G[:1], 12, axis=0)
    np.testing.assert_allclose(path(rules.adan, steady), path(rules.adam, steady), rtol=1e-12)


def test_adan_decays_by_an_implicit_step():
    np.testing.assert_allclose(
        path(rules.adan, 0 * G, weight_decay=0.5)[-1], THETA / np.prod([1 + 0.5 * lr for lr in RATES]), rtol=1e-13
    )


# ---------------------------------------------------------------- scales


@pytest.mark.parametrize("rule", [rules.signsgd, rules.lion, rules.rprop])
def test_a_sign_does_not_see_the_size_of_the_gradient(rule):
    for factor in (1e-30, 2.0**40):
        np.testing.assert_array_equal(path(rule, factor * G), path(rule))
    turned = path(rule, -G, -THETA)
    np.testing.assert_array_equal(turned, -path(rule))


def test_lion_without_memory_is_signsgd():
    np.testing.assert_array_equal(path(rules.lion, beta1=0.0, beta2=0.0), path(rules.signsgd))


def test_each_coordinate_of_signsgd_moves_by_the_rate_or_rests():
    g = np.where(np.arange(60).reshape(12, 5) % 7 == 0, 0.0, G)
    steps = np.abs(np.diff(path(rules.signsgd, g), axis=0, prepend=THETA[None]))
    np.testing.assert_allclose(steps, np.array(RATES)[:, None] * (g != 0), atol=1e-15)


def rprop_by_hand(slopes, retract, first=0.1, low=1e-6, high=50.0):
    """Riedmiller and Braun (1993), section 3, for one weight."""
    weight, last_slope, delta, last_move, out = 0.0, 0.0, first, 0.0, []
    for slope in slopes:
        if slope * last_slope < 0:
            delta = max(delta * 0.5, low)
            move, slope = -retract * last_move, 0.0
        else:
            if slope * last_slope > 0:
                delta = min(delta * 1.2, high)
            move = -delta if slope > 0 else delta if slope < 0 else 0.0
        weight, last_slope, last_move = weight + move, slope, move
        out.append((weight, delta))
    return np.array(out).T


@pytest.mark.parametrize("retract", [0.0, 1.0])
def test_rprop_follows_the_paper_sign_for_sign(retract):
    slopes = np.random.default_rng(3).choice([-3.0, -1e-9, 0.0, 0.5, 2.0], size=120, p=[0.2, 0.15, 0.1, 0.3, 0.25])
    assert {-1, 0, 1} <= set(np.sign(slopes[1:] * slopes[:-1]))
    hyper = dict(retract=retract, high=0.07, low=0.03)
    weight, delta = rprop_by_hand(slopes, retract, first=0.05, low=0.03, high=0.07)
    got = replay(rules.rprop, np.zeros(1), slopes[:, None], [0.05] * 120, hyper)
    np.testing.assert_allclose(got[:, 0], weight, atol=1e-13)
    assert {0.03, 0.07} <= set(delta) and len(set(delta)) > 6


def test_the_rate_of_rprop_is_the_first_length_and_never_asked_again():
    np.testing.assert_array_equal(path(rules.rprop, lrs=[0.1] + [7.0] * 11), path(rules.rprop, lrs=[0.1] * 12))


def test_rprop_drifts_where_gradients_cancel():
    """Hinton's reason: nine small gradients against one large one, which cancel, and a rule that sees signs."""
    slopes = np.tile([0.1] * 9 + [-0.9], 20)[:, None]
    drift = {
        rule.__name__: replay(rule, np.zeros(1), slopes, [0.01] * 200, {})[-1, 0]
        for rule in (rules.rprop, rules.rmsprop, rules.sgd)
    }
    assert drift["rprop"] < -1000 and -1 < drift["rmsprop"] < -0.1 and abs(drift["sgd"]) < 1e-12


def test_adadelta_does_not_start_without_eps():
    np.testing.assert_array_equal(path(rules.adadelta, eps=0.0), np.tile(THETA, (12, 1)))
    first = np.sqrt(1e-6) / np.sqrt(0.05 * G[0] ** 2 + 1e-6) * G[0]
    np.testing.assert_allclose(path(rules.adadelta, lrs=[1.0] * 12)[0], THETA - first, rtol=1e-13)


def test_adadelta_has_units_of_theta():
    """theta = c phi and a loss k times as large: the same path, when eps is scaled with what it is added to."""
    c, k = 2.0**7, 2.0**-3
    v, u = G[0] ** 2, G[1] ** 2
    for g in G:
        theta, v1, u1 = rules.adadelta(THETA, g, v, u, eps=0.0)
        phi, v2, u2 = rules.adadelta(THETA / c, k * c * g, (k * c) ** 2 * v, u / c**2, eps=0.0)
        np.testing.assert_array_equal(c * phi, theta)
        v, u = v1, u1
        np.testing.assert_array_equal(v2, (k * c) ** 2 * v1)
        np.testing.assert_array_equal(u2 * c**2, u1)


def test_centered_rmsprop_divides_by_a_weighted_deviation():
    weights = 0.1 * 0.9 ** np.arange(12)[::-1]
    held = states(rules.rmsprop_centered)[-1]
    mean = weights @ G  # the missing weight, 0.9**12, lies on a gradient of zero
    np.testing.assert_allclose(held["m"], mean, rtol=1e-12)
    spread = weights @ (G - mean) ** 2 + 0.9**12 * mean**2
    np.testing.assert_allclose(held["v"] - held["m"] ** 2, spread, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_centered_rmsprop_stays_finite_where_the_deviation_rounds_below_zero(dtype):
    steady, step = np.tile(G.astype(dtype)[:1], (200, 1)), partial(rules.rmsprop_centered, rho=0.5, eps=1e-2)
    opt = Optimizer(step, THETA.astype(dtype), lr=1e-3)
    for g in steady:
        opt.step(g)
    (state,) = opt.state_dict()["state"]
    assert (state["v"] - state["m"] ** 2 <= 0).any() and np.isfinite(opt.theta).all()


# ---------------------------------------------------------------- curvature


def test_sophia_jumps_to_the_minimum_where_its_curvature_is_right():
    h = np.array([0.5, 1.0, 2.0, 4.0, 8.0])
    theta, *_ = rules.sophia(0.1 * THETA, 0.1 * h * THETA, h, lr=1.0, gamma=1.0, beta1=0.0, beta2=0.0, weight_decay=0.0)
    np.testing.assert_allclose(theta, 0, atol=1e-16)


def test_sophia_moves_by_the_rate_where_the_curvature_is_none_or_wrong():
    for h in (0.0, -5.0, 1e-9):
        theta, m, _ = rules.sophia(THETA, G[0], h, lr=0.1, weight_decay=0.0)
        np.testing.assert_allclose(theta, THETA - 0.1 * np.sign(G[0]), rtol=1e-14)
        np.testing.assert_allclose(m, 0.04 * G[0], rtol=1e-13)


def test_sophia_looks_at_the_curvature_now_and_then():
    opt, looked = Optimizer(rules.sophia, THETA, every=4, beta2=0.5), []
    for t in range(1, 10):
        before = opt.state_dict()["state"][0]["h"]
        opt.step(G[t], h_new=np.full(5, 3.0))
        looked.append(not np.array_equal(before, opt.state_dict()["state"][0]["h"]))
    assert [t for t, saw in enumerate(looked, start=1) if saw] == [1, 5, 9]
    np.testing.assert_allclose(opt.state_dict()["state"][0]["h"], 3 * (1 - 0.5**3), rtol=1e-15)
    opt.step(G[10], h_new=np.zeros(5))
    np.testing.assert_allclose(opt.state_dict()["state"][0]["h"], 3 * (1 - 0.5**3), rtol=1e-15)


def test_drivers_hand_sophia_the_estimate_and_a_method_the_function():
    h = np.array([0.5, 1.0, 2.0, 4.0, 8.0])
    bowl = Problem(lambda x: 0.5 * (h * x**2).sum(), grad=lambda x: h * x, h_new=lambda x: h + 0 * x)
    hyper = dict(lr=0.1, gamma=1.0, weight_decay=0.0)
    run = minimize(bowl, THETA, rules.sophia, steps=6, **hyper)
    assert run.evaluations["h_new"] == run.evaluations["grad"] == 6
    walk = list(islice(descend(rules.sophia, THETA, bowl.grad, bowl.h_new, **hyper), 6))
    opt = Optimizer(rules.sophia, THETA, **hyper)
    for theta in walk:
        opt.step(h * opt.theta, h_new=h)
        np.testing.assert_array_equal(opt.theta, theta)
    np.testing.assert_array_equal(run.path[1:], walk)
    parts = minimize(
        Problem(grad=lambda x: {k: h * v for k, v in x.items()}, h_new=lambda x: {k: h + 0 * v for k, v in x.items()}),
        {"a": THETA, "b": 2 * THETA}, rules.sophia, steps=6, **hyper,
    )  # fmt: skip
    np.testing.assert_array_equal(parts.theta["a"], walk[-1])

    def damped(theta, grad, hess, *, lr=0.5):
        return theta - lr * grad(theta) / hess(theta)

    assert read(damped).values == () and read(rules.sophia).values == ("g", "h_new")
    halved = minimize(bowl.replace(hess=lambda x: h), THETA, damped, steps=1)
    np.testing.assert_allclose(halved.theta, THETA / 2, rtol=1e-15)


def test_sophia_decays_beside_the_clip():
    free = Optimizer(rules.sophia, THETA, lr=0.1, weight_decay=0.5)
    free.step(0 * THETA, h_new=np.ones(5))
    np.testing.assert_allclose(free.theta, 0.95 * THETA, rtol=1e-15)
