"""Schedules: their first and last rates, their shape between, what they remember, and the sentence for bad settings."""

import pickle
from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from optlib import Problem, minimize, range_test, rules, schedules
from optlib.grammar import read
from optlib.lives import over
from optlib.lives.symbolic import WORDS
from optlib.schedules import (
    constant,
    cosine,
    exponential,
    inverse_sqrt,
    join,
    linear_warmup,
    one_cycle,
    one_cycle_momentum,
    polynomial,
    reduce_on_plateau,
    sgdr,
    step,
    triangular,
    warmup_cosine,
    wsd,
)
from tests.optlib.node import GENERATED, ask, close

CASES = {
    "constant": partial(constant, peak=0.3),
    "step": partial(step, peak=0.3, every=7, factor=0.5),
    "exponential": partial(exponential, peak=0.3, factor=0.95),
    "polynomial": partial(polynomial, peak=0.3, steps=20, floor=0.03, power=2.0),
    "inverse_sqrt": partial(inverse_sqrt, peak=0.3, warmup=5),
    "cosine": partial(cosine, peak=0.3, steps=20, floor=0.03),
    "sgdr": partial(sgdr, peak=0.3, period=4, growth=2, floor=0.03),
    "sgdr_even": partial(sgdr, peak=0.3, period=4, floor=0.03),
    "triangular": partial(triangular, peak=0.3, period=8, floor=0.03),
    "one_cycle": partial(one_cycle, peak=0.3, steps=21),
    "one_cycle_momentum": partial(one_cycle_momentum, steps=21),
    "linear_warmup": partial(linear_warmup, peak=0.3, warmup=6),
    "warmup_cosine": partial(warmup_cosine, peak=0.3, steps=20, warmup=6, floor=0.03),
    "wsd": partial(wsd, peak=0.3, steps=20, warmup=6, decay=5, floor=0.03),
}
# {schedule: {step: rate}}, by hand
ENDPOINTS = {
    "constant": {1: 0.3, 99: 0.3},
    "step": {1: 0.3, 7: 0.3, 8: 0.15, 14: 0.15, 15: 0.075},
    "exponential": {1: 0.3, 2: 0.285, 3: 0.27075},
    "polynomial": {1: 0.3, 20: 0.03, 21: 0.03, 500: 0.03},
    "inverse_sqrt": {1: 0.06, 4: 0.24, 5: 0.3, 20: 0.15, 500: 0.03},
    "cosine": {1: 0.3, 20: 0.03, 21: 0.03, 500: 0.03},
    "sgdr": {1: 0.3, 4: 0.03, 5: 0.3, 12: 0.03, 13: 0.3, 28: 0.03, 29: 0.3},
    "sgdr_even": {1: 0.3, 4: 0.03, 5: 0.3, 8: 0.03, 9: 0.3, 12: 0.03},
    "triangular": {1: 0.03, 3: 0.165, 5: 0.3, 7: 0.165, 9: 0.03, 13: 0.3, 17: 0.03},
    "one_cycle": {1: 0.012, 10: 0.3, 19: 0.012, 21: 0.012 / 1e4, 22: 0.012 / 1e4, 500: 0.012 / 1e4},
    "one_cycle_momentum": {1: 0.95, 10: 0.85, 19: 0.95, 20: 0.95, 21: 0.95, 500: 0.95},
    "linear_warmup": {1: 0.05, 3: 0.15, 6: 0.3, 7: 0.3, 500: 0.3},
    "warmup_cosine": {1: 0.05, 6: 0.3, 13: 0.165, 20: 0.03, 21: 0.03, 500: 0.03},
    "wsd": {1: 0.05, 6: 0.3, 15: 0.3, 16: 0.246, 20: 0.03, 21: 0.03, 500: 0.03},
}
ELEMENTWISE = sorted(CASES)


def rates(schedule, steps=60):
    return np.array([schedule(t) for t in range(1, steps + 1)])


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_first_steps_last_steps_and_turning_points(name):
    for t, rate in ENDPOINTS[name].items():
        assert CASES[name](t) == pytest.approx(rate, rel=1e-13), t
    assert isinstance(CASES[name](3), float)


def test_every_schedule_has_its_endpoints():
    here = {n for n, f in vars(schedules).items() if getattr(f, "__wrapped__", None)} - {"reduce_on_plateau"}
    assert here == set(schedules.TIMED) == {n.removesuffix("_even") for n in CASES} and CASES.keys() == ENDPOINTS.keys()


@pytest.mark.parametrize("name", sorted(set(ELEMENTWISE) - {"constant"}))
def test_a_whole_schedule_is_one_call(name):
    t = np.arange(1, 61)
    np.testing.assert_allclose(CASES[name](t), rates(CASES[name]), rtol=1e-14)
    np.testing.assert_allclose(CASES[name](t.astype(np.float64)), rates(CASES[name]), rtol=1e-14)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_text_of_a_schedule_runs_in_sympy(name):
    """Traced with a symbol for t, then looked at with 30 digits."""
    t, preset = sp.Symbol("t", integer=True, positive=True), CASES[name].keywords
    exact = {k: sp.nsimplify(v) for k, v in preset.items()}
    found = sp.sympify(over(CASES[name].func.__wrapped__, WORDS)(t, **exact))
    for k in (1, 2, 5, 6, 9, 19, 20, 21, 28, 29):
        assert float(found.subs(t, k).evalf(30)) == pytest.approx(CASES[name](k), rel=1e-12, abs=1e-16)


def test_schedules_in_javascript_are_those_in_python():
    asked = [(name, t) for name in ELEMENTWISE for t in (1, 2, 5, 6, 9, 19, 20, 21, 28, 29, 1000)]
    hyper = {name: read(f.func).hyper | f.keywords for name, f in CASES.items()}
    questions = [(GENERATED, f"SCHEDULES.{CASES[n].func.__name__}.rate", [t, hyper[n]]) for n, t in asked]
    for (name, t), got in zip(asked, ask(questions)):
        assert close(got, CASES[name](t)), (name, t)


def test_restarts_fall_where_they_should_far_out():
    """Lengths 10, 20, 40, ... end at 10, 30, 70, ...; rounding must not move one, for any length or growth."""
    for period in (1, 3, 7, 10, 1000):
        for growth in (1, 2, 3, 10):
            length, end = period, 0
            for _ in range(12):
                end += length
                schedule = partial(sgdr, peak=1.0, period=period, growth=growth)
                assert schedule(end) == pytest.approx(0 if length > 1 else 1, abs=1e-9), (period, growth, end)
                assert schedule(end + 1) == pytest.approx(1, abs=1e-9), (period, growth, end)
                length *= growth


def test_sgdr_is_cosines_joined():
    joined = join([partial(cosine, peak=0.3, steps=n, floor=0.03) for n in (4, 8, 16, 32)], [4, 8, 16, 32])
    np.testing.assert_allclose(rates(joined), rates(CASES["sgdr"]), rtol=1e-12)


def test_warm_up_of_one_step_is_none():
    np.testing.assert_allclose(
        rates(partial(warmup_cosine, peak=0.3, steps=20, warmup=1)), rates(partial(cosine, peak=0.3, steps=20)),
        rtol=1e-13, atol=1e-16,
    )  # fmt: skip
    assert rates(partial(inverse_sqrt, peak=2.0))[:4] == pytest.approx([2, 2 / 2**0.5, 2 / 3**0.5, 1])
    assert partial(cosine, peak=0.3, steps=1)(1) == 0.3 and partial(polynomial, peak=0.3, steps=1)(1) == 0.3


def test_warm_up_and_stay_and_decay_is_three_joined():
    parts = [partial(linear_warmup, peak=0.3, warmup=6), 0.3, partial(polynomial, peak=0.246, steps=5, floor=0.03)]
    np.testing.assert_allclose(rates(join(parts, [6, 9, 5])), rates(CASES["wsd"]), rtol=1e-13)


def test_joined_schedules_count_from_their_own_first_step_and_stay_at_the_end():
    both = join(
        [partial(exponential, peak=1.0, factor=0.5), 0.7, partial(exponential, peak=8.0, factor=0.5)], [2, 1, 3]
    )
    assert rates(both, 8) == pytest.approx([1, 0.5, 0.7, 8, 4, 2, 2, 2])
    again = pickle.loads(pickle.dumps(both))
    assert rates(again, 8) == pytest.approx(rates(both, 8))
    milestones = join([0.1, 0.01, 0.001], [32, 16, 16])  # He et al. in thousands
    assert [milestones(t) for t in (1, 32, 33, 48, 49, 64, 65)] == [0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 0.001]


def test_the_straight_lines_of_one_cycle_are_exact():
    """Three lines through four points, in fractions."""
    points = [(0, Fraction(3, 250)), (9, Fraction(3, 10)), (18, Fraction(3, 250)), (20, Fraction(3, 2500000))]
    for (a, low), (b, high) in pairwise(points):
        for k in range(a, b + 1):
            wanted = low + (high - low) * Fraction(k - a, b - a)
            assert CASES["one_cycle"](k + 1) == pytest.approx(float(wanted), rel=1e-11)


def test_one_cycle_moves_rate_and_momentum_against_each_other():
    flat = Problem(lambda x: 0.0 * x, grad=lambda x: 0 * x + 1)
    lr, momentum = CASES["one_cycle"], CASES["one_cycle_momentum"]
    run = minimize(flat, 0.0, rules.momentum, steps=25, lr=lr, momentum=momentum)
    b, x, path = 0.0, 0.0, [0.0]
    for t in range(1, 26):
        b = momentum(t) * b + 1
        x -= lr(t) * b
        path.append(x)
    np.testing.assert_allclose(run.path, path, rtol=1e-13)
    np.testing.assert_array_equal(np.sign(np.diff(rates(lr, 19))), -np.sign(np.diff(rates(momentum, 19))))


def plateau(losses, lr=1.0, **settings):
    """The rate after each loss."""
    memory, out = (lr,), []
    for t, loss in enumerate(losses, 1):
        memory = reduce_on_plateau(t, loss, *memory, **settings)
        out.append(memory[0])
    return out


def test_a_plateau_lowers_the_rate():
    assert plateau([3, 2, 2, 2, 2, 2, 2, 1], factor=0.5, patience=1) == [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]
    assert plateau([1.0] * 9, factor=0.1, patience=0, floor=0.05)[-1] == 0.05
    # each fall is below the threshold, together they are not: the best does not creep along
    creeping = [1 - 0.00006 * k for k in range(9)]
    assert plateau(creeping, patience=1) == [1.0] * 9
    assert plateau([-1, -2, -3, -4], patience=0) == [1] * 4, "a loss may be negative"
    assert plateau([-1.0, -0.99995], patience=0, factor=0.5) == [1, 0.5], "larger is not better, however small it is"
    assert plateau([0.0, 0.0], patience=0, factor=0.5) == [1, 0.5]


def test_the_range_test_finds_the_rate_at_which_a_quadratic_leaves():
    curvature = np.array([10.0])
    bowl = Problem(lambda x: 0.5 * (curvature * x * x).sum(), grad=lambda x: curvature * x)
    lrs, losses = range_test(bowl, np.ones(1), rules.sgd, low=1e-4, high=10.0, steps=101, smoothing=0.0)
    np.testing.assert_allclose(lrs, 1e-4 * (1e5) ** (np.arange(len(lrs)) / 100), rtol=1e-12)
    x = np.ones(1)
    for lr, loss in zip(lrs, losses):  # the rate of a step stands beside the loss after it
        x = x - lr * curvature * x
        assert loss == pytest.approx(0.5 * (curvature * x * x).sum(), rel=1e-10)
    assert len(lrs) == len(losses) < 101 and losses[-1] > 4 * losses[0] > losses[-2]
    k = np.argmin(losses)
    assert lrs[k] < 2 / 10 < lrs[k + 1], "beyond 2 / L it grows"


def test_the_range_test_smooths_with_a_corrected_average_and_survives_divergence():
    noisy = Problem(
        lambda x, b: (x - b) ** 2, grad=lambda x, b: 2 * (x - b), batches=lambda t: np.random.default_rng(t).normal()
    )
    raw = range_test(noisy, 1.0, rules.sgd, low=1e-4, high=0.1, steps=30, smoothing=0.0)
    lrs, losses = range_test(noisy, 1.0, rules.sgd, low=1e-4, high=0.1, steps=30, smoothing=0.8)
    n = min(len(losses), len(raw[1]))
    weights = [0.8 ** np.arange(k, -1, -1) for k in range(n)]
    np.testing.assert_allclose(losses[:n], [w @ raw[1][: k + 1] / w.sum() for k, w in enumerate(weights)], rtol=1e-10)
    cliff = Problem(lambda x: np.exp(abs(x)), grad=lambda x: -1e300 * np.sign(x) * np.exp(abs(x)))
    lrs, losses = range_test(cliff, 1.0, rules.sgd, steps=30)
    assert len(lrs) == len(losses) < 3


def settings(name, **changed):
    return lambda: CASES[name].func(1, **CASES[name].keywords | changed)


BAD = [
    (lambda: cosine(0, peak=0.1, steps=5), r"t counts steps from 1, got 0"),
    (lambda: cosine(np.arange(3), peak=0.1, steps=5), r"t counts steps from 1, got \[0 1 2\]"),
    (settings("cosine", steps=0), r"steps of cosine must be a whole number, at least 1, got 0"),
    (settings("cosine", steps=20.5), r"steps of cosine must be a whole number, at least 1, got 20.5"),
    (settings("cosine", peak=-0.1), r"peak of cosine must be a number, at least 0, got -0.1"),
    (settings("cosine", peak=float("nan")), r"peak of cosine must be a number, at least 0, got nan"),
    (settings("cosine", peak="big"), r"peak of cosine must be a number, at least 0, got 'big'"),
    (settings("polynomial", floor=-1), r"floor of polynomial must be a number, at least 0, got -1"),
    (settings("polynomial", power=0), r"power of polynomial must be a number above 0, got 0"),
    (settings("step", factor=0), r"factor of step must be a number above 0, got 0"),
    (settings("step", every=0), r"every of step must be a whole number, at least 1, got 0"),
    (settings("sgdr", growth=1.5), r"growth of sgdr must be a whole number, at least 1, got 1.5"),
    (settings("triangular", period=0), r"period of triangular must be a whole number, at least 1, got 0"),
    (settings("linear_warmup", warmup=0), r"warmup of linear_warmup must be a whole number, at least 1, got 0"),
    (settings("warmup_cosine", warmup=30), r"steps of warmup_cosine must be at least 30, for all its parts, got 20"),
    (settings("wsd", decay=15), r"steps of wsd must be at least 21, for all its parts, got 20"),
    (settings("one_cycle", rise=1.0), r"rise of one_cycle must be a number between 0 and 1, got 1.0"),
    (settings("one_cycle", rise=0.95), r"rise of one_cycle must be below fall, got 0.95 and 0.9"),
    (settings("one_cycle", start=0), r"start of one_cycle must be a number above 0, got 0"),
    (settings("one_cycle_momentum", high=1.5), r"high of one_cycle_momentum must be a number between 0 and 1, got 1.5"),
    (lambda: plateau([1], patience=-1), r"patience of reduce_on_plateau must be a number, at least 0, got -1"),
    (lambda: join([0.1], [1, 2]), r"join needs one length a schedule, got 1 schedules and 2 lengths"),
    (lambda: join([], []), r"join needs one length a schedule, got 0 schedules and 0 lengths"),
    (lambda: join([0.1], [0]), r"lengths of join must be whole numbers, at least 1, got 0"),
    (lambda: range_test(abs, 1.0, rules.sgd, low=0), r"low and high must satisfy 0 < low < high, got 0 and 10.0"),
    (lambda: range_test(abs, 1.0, rules.sgd, steps=1), r"steps must be a whole number, at least 2, got 1"),
    (lambda: range_test(abs, 1.0, rules.sgd, smoothing=1), r"smoothing must be at least 0 and below 1, got 1"),
]


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_settings_get_one_sentence(case):
    call, words = BAD[case]
    with pytest.raises(ValueError, match=words) as e:
        call()
    assert "\n" not in str(e.value)


def test_names_that_a_schedule_does_not_take_are_told():
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'steps'"):
        cosine(1, peak=0.1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'warmup'"):
        cosine(1, peak=0.1, steps=10, warmup=5)
    with pytest.raises(TypeError, match="range_test chooses lr itself; give it low and high"):
        range_test(abs, 1.0, rules.sgd, lr=0.1)
