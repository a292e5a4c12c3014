"""Wrappers against plain loops and the identities they must obey; SAM against the maximum it stands for."""

import pickle
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from optlib import Optimizer, Problem, descend, minimize, rules
from optlib.grammar import Model, Tensor, call, read, start
from optlib.methods import nesterov_lookahead
from optlib.wrappers import cautious, ema_weights, lookahead, polyak_average, sam, swa
from tests.optlib import steps

H = np.array([[3.0, 1.0], [1.0, 2.0]])
START = np.array([2.0, -1.0])
BOWL = Problem(lambda x: 0.5 * x @ H @ x, grad=lambda x: H @ x)
STEPS = 23


def path(step, **hyper):
    return minimize(BOWL, START, step, steps=STEPS, **{"lr": 0.05} | hyper).path


ELEMENTWISE = [getattr(rules, n) for n in rules.ELEMENTWISE if read(getattr(rules, n)).asks == ("g",)]


@pytest.mark.parametrize("rule", ELEMENTWISE, ids=lambda r: r.__name__)
def test_lookahead_with_alpha_one_is_the_rule(rule):
    np.testing.assert_allclose(path(lookahead(rule, alpha=1.0)), path(rule), rtol=1e-12, atol=1e-14)


def test_lookahead_is_two_nested_loops():
    """As in the paper: k fast steps from the slow weights, then a share of the way."""
    slow, b, wanted = START, 0.0, [START]
    for _ in range(5):
        fast = slow
        for _ in range(4):
            b = 0.9 * b + H @ fast
            fast = fast - 0.05 * b
            wanted.append(fast)
        slow = wanted[-1] = slow + 0.3 * (fast - slow)
    run = minimize(BOWL, START, lookahead(rules.momentum, every=4, alpha=0.3), steps=20, lr=0.05)
    np.testing.assert_allclose(run.path, wanted, rtol=1e-13)
    stays = minimize(BOWL, START, lookahead(rules.sgd, every=4, alpha=0.0), steps=20, lr=0.05)
    np.testing.assert_array_equal(stays.path[::4], np.tile(START, (6, 1)))
    assert not np.allclose(stays.path[3], START)


@pytest.mark.parametrize("rule", [rules.sgd, rules.adam, rules.momentum], ids=lambda r: r.__name__)
def test_averages_leave_the_iterates_alone(rule):
    plain = path(rule)
    np.testing.assert_allclose(path(polyak_average(rule))[1:], [plain[1 : k + 1].mean(0) for k in range(1, STEPS + 1)])
    faded = [0.8**k * plain[0] + 0.2 * (0.8 ** np.arange(k - 1, -1, -1)) @ plain[1 : k + 1] for k in range(STEPS + 1)]
    np.testing.assert_allclose(path(ema_weights(rule, decay=0.8)), faded, rtol=1e-12)
    late = path(swa(rule, begin=8, every=5))
    for k in range(STEPS + 1):
        chosen = plain[8 : k + 1 : 5] if k >= 8 else plain[k : k + 1]
        np.testing.assert_allclose(late[k], chosen.mean(0), rtol=1e-12)
    np.testing.assert_array_equal(path(swa(rule, begin=STEPS)), plain)
    np.testing.assert_array_equal(path(ema_weights(rule, decay=0.0)), plain)
    run = minimize(BOWL, START, ema_weights(rule), steps=STEPS, lr=0.05)
    np.testing.assert_array_equal(run.place, plain[-1])


def test_an_average_lies_below_the_noise():
    """Rate 0.5 on x**2 / 2 with noise 1: the iterates have variance 0.5 / (2 - 0.5), their average over n far less."""
    noisy = Problem(
        lambda x, e: 0.0, grad=lambda x, e: x + e, batches=lambda t: np.random.default_rng(t).standard_normal(4000)
    )
    last = minimize(noisy, np.zeros(4000), rules.sgd, steps=60, lr=0.5).theta
    average = minimize(noisy, np.zeros(4000), swa(rules.sgd, begin=21), steps=60, lr=0.5).theta
    assert abs(last.var() / (0.5 / 1.5) - 1) < 5 * np.sqrt(2 / 4000)
    assert average.var() < last.var() / 8


@pytest.mark.parametrize("rule", ELEMENTWISE, ids=lambda r: r.__name__)
def test_cautious_is_the_masked_step(rule):
    """One step from any state: the elements whose step has the sign of the slope stay, the others move n / (k + 1)."""
    rng = np.random.default_rng(4)
    theta, step, held = rng.normal(size=(3, 5)), cautious(rule), 0
    state = start(read(step), theta)
    for t in range(1, 9):
        g = rng.normal(size=theta.shape)
        plain, *_ = call(rule, read(rule), theta, (g,), state, t, {})
        moved, *state = call(step, read(step), theta, (g,), state, t, {})
        against = (plain - theta) * g < 0
        n, k = theta.size, against.sum()
        np.testing.assert_array_equal(moved[~against], theta[~against])
        np.testing.assert_allclose(moved[against], (theta + n / (k + 1) * (plain - theta))[against], rtol=1e-12)
        theta, held = moved, held + n - k
    assert held or rule not in (rules.momentum, rules.adam, rules.lion)


def test_cautious_descent_falls_where_momentum_overshoots():
    """A step whose every element goes against the slope cannot turn back: no element moves uphill."""
    with_mask = [((y - x) * (H @ x)).max() for x, y in pairwise(path(cautious(rules.momentum), lr=0.01))]
    without = [((y - x) * (H @ x)).max() for x, y in pairwise(path(rules.momentum, lr=0.01))]
    assert max(with_mask) <= 0 < max(without)


def test_wrappers_declare_what_they_see_ask_and_remember():
    wrapped = read(cautious(rules.adam))
    assert wrapped.scope is Tensor and wrapped.asks == ("g",) and list(wrapped.state) == ["m", "v"]
    assert wrapped.hyper == read(rules.adam).hyper and wrapped.name == "cautious(adam)"
    assert read(cautious(steps.global_normalized)).scope is Model
    assert read(polyak_average(rules.sgd)).name == "polyak_average(sgd)"
    assert list(read(lookahead(swa(rules.adam, begin=3))).state) == ["m", "v", "average", "slow"]
    assert read(ema_weights(partial(rules.adam, lr=0.5))).hyper["lr"] == 0.5
    assert read(ema_weights(nesterov_lookahead)).asks == ("grad",)


WRAPPERS = [lookahead, polyak_average, partial(swa, begin=4, every=3), ema_weights, cautious]


@pytest.mark.parametrize("wrapper", WRAPPERS, ids=["lookahead", "polyak_average", "swa", "ema_weights", "cautious"])
def test_every_wrapper_runs_under_every_driver_and_resumes(wrapper):
    step = wrapper(rules.adam)
    run = minimize(BOWL, START, step, steps=12, lr=0.1)
    half = pickle.loads(pickle.dumps(minimize(BOWL, START, step, steps=7, lr=0.1)))
    np.testing.assert_array_equal(minimize(BOWL, half, step, steps=5, lr=0.1).theta, run.theta)
    opt = Optimizer(step, START, lr=0.1)
    for _ in range(12):
        opt.step(H @ opt.theta)
    np.testing.assert_array_equal(opt.answer, run.theta)
    made = descend(step, START, BOWL.grad, lr=0.1) if wrapper in (lookahead, cautious) else None
    if made:
        np.testing.assert_array_equal([next(made) for _ in range(12)][-1], run.theta)
    tree = {"W": np.ones((2, 3)), "c": -np.ones(2)}
    both = minimize(
        Problem(lambda p: sum((a**2).sum() for a in p.values()), grad=lambda p: {k: 2 * a for k, a in p.items()}),
        tree, step, steps=6, lr=0.1,
    )  # fmt: skip
    alone = minimize(Problem(lambda a: (a**2).sum(), grad=lambda a: 2 * a), tree["c"], step, steps=6, lr=0.1)
    np.testing.assert_allclose(both.theta["c"], alone.theta, rtol=1e-13)
    single = minimize(Problem(lambda x: x * x, grad=lambda x: 2 * x), 1.0, step, steps=6, lr=0.1)
    assert type(single.theta) is float
    small = Optimizer(step, START.astype(np.float32))
    small.step(np.ones(2, np.float32))
    assert small.theta.dtype == small.answer.dtype == np.float32


def hill(x):
    """A loss without symmetry, and its gradient."""
    return np.sin(x[0]) + 0.5 * x[1] ** 2 + 0.3 * x[0] * x[1]


def slope(x):
    return np.array([np.cos(x[0]) + 0.3 * x[1], x[1] + 0.3 * x[0]])


def worst(x, radius, f=hill):
    """The largest loss on the disc around x, on its rim, by search: three grids of 60 angles, each finer."""
    middle, width = 0.0, np.pi
    for _ in range(6):
        angles = middle + np.linspace(-width, width, 61)
        values = [f(x + radius * np.array([np.cos(a), np.sin(a)])) for a in angles]
        middle, width = angles[int(np.argmax(values))], width / 15
    return max(values)


def differences(function, x, h=1e-4):
    return np.array([(function(x + h * e) - function(x - h * e)) / (2 * h) for e in np.eye(2)])


def test_sam_is_the_slope_of_the_worst_loss_nearby():
    """max over |e| <= r of J(x + e), by search and differences: SAM errs by order r^2, plain descent by r."""
    x = np.array([0.4, 0.9])
    np.testing.assert_allclose(slope(x), differences(hill, x), rtol=1e-7)
    errors = []
    for radius in (0.2, 0.1, 0.05):
        wanted = differences(lambda y, r=radius: worst(y, r), x)
        got = sam(Problem(hill, grad=slope), radius=radius).grad(x)
        errors.append((np.linalg.norm(got - wanted), np.linalg.norm(slope(x) - wanted)))
    for (a, plain), (b, plain_half) in pairwise(errors):
        assert a / b > 3.3 and 1.6 < plain / plain_half < 2.4 and a < plain
    # a round bowl has its worst place straight uphill: then SAM is exact
    bowl = lambda y: 1.5 * y @ y  # noqa: E731
    got = sam(Problem(bowl, grad=lambda y: 3 * y), radius=0.3).grad(x)
    np.testing.assert_allclose(got, differences(lambda y: worst(y, 0.3, bowl), x), rtol=1e-6)


def test_sam_bounces_where_descent_rests():
    """On curvatures 1 and 10 with rate 0.05 the stiff coordinate settles at 0.1667 for radius 0.5, 0.01667 for 0.05."""
    curvature = np.array([1.0, 10.0])
    for radius, height in ((0.5, 1 / 6), (0.05, 1 / 60)):
        bowl = Problem(lambda x: 0.5 * (curvature * x * x).sum(), grad=lambda x: curvature * x)
        run = minimize(sam(bowl, radius=radius), np.array([1.0, 1.0]), rules.sgd, steps=1000, lr=0.05)
        assert abs(run.theta[1]) == pytest.approx(height, rel=1e-3) and abs(run.theta[0]) < 1e-3


def test_sam_asks_twice_on_one_batch_and_leaves_the_loss():
    asked = []
    problem = Problem(
        lambda x, b: float((x @ b) ** 2),
        grad=lambda x, b: asked.append(b) or 2 * (x @ b) * b,
        batches=lambda t: np.random.default_rng(t).normal(size=2),
    )
    run = minimize(sam(problem), START, rules.sgd, steps=3, lr=0.01)
    assert len(asked) == 6 and all((asked[i] == asked[i + 1]).all() for i in (0, 2, 4))
    assert run.losses[0] == problem.f(START, problem.batches(1))
    np.testing.assert_array_equal(sam(BOWL, radius=0.0).grad(START), H @ START)


BAD = [
    (lambda: lookahead(rules.sgd, every=0), ValueError, "every must be a whole number, at least 1, got 0"),
    (lambda: lookahead(rules.sgd, alpha=1.5), ValueError, "alpha must be between 0 and 1, got 1.5"),
    (lambda: swa(rules.sgd, begin=0), ValueError, "begin must be a whole number, at least 1, got 0"),
    (lambda: swa(rules.sgd, begin=2, every=2.5), ValueError, "every must be a whole number, at least 1, got 2.5"),
    (lambda: ema_weights(rules.sgd, decay=-0.1), ValueError, "decay must be between 0 and 1, got -0.1"),
    (lambda: sam(BOWL, radius=float("nan")), ValueError, "radius must be at least 0, got nan"),
    (lambda: cautious(nesterov_lookahead), TypeError,
     "cautious needs a step that asks g; nesterov_lookahead asks grad"),
    (lambda: polyak_average(steps.schedule_free), TypeError,
     "polyak_average keeps a state 'average', and schedule_free has one already"),
    (lambda: lookahead(lookahead(rules.sgd)), TypeError,
     r"lookahead keeps a state 'slow', and lookahead\(sgd\) has one already"),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_settings_get_one_sentence(case):
    call, error, words = BAD[case]
    with pytest.raises(error, match=words):
        call()
