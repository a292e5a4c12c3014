"""The composer: its rates, its means and its runs, against NumPy and by another way."""

import json

import numpy as np
import pytest

from optlib.widgets import Composer, composed
from tests.optlib.node import FRONT, ask

MODULE = FRONT + "composed.js"
CASES = [(0, body, 0, 0.3) for body in composed.BODIES] + [(100, "cosine", 150, 1.9), (1, "restarts", 1, 0.01)]


@pytest.fixture(scope="module")
def answers():
    return dict(zip(CASES, ask([(MODULE, "ratesOf", case) for case in CASES])))


def array(found):
    """A typed array comes as an object of its numbers."""
    return np.array(list(found.values()) if isinstance(found, dict) else found)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[1]}-{c[0]}")
def test_the_rates_are_those_of_the_library(case, answers):
    np.testing.assert_allclose(array(answers[case]), composed.rates(*case), rtol=1e-12, atol=1e-15)


def test_warm_up_and_tail_meet_the_body():
    lrs = composed.rates(50, "constant", 100, 0.4)
    np.testing.assert_allclose(lrs[[0, 49, 50, 199, 200, 299]], [0.008, 0.4, 0.4, 0.4, 0.4, 0], atol=1e-15)
    assert composed.rates(0, "cosine", 0, 0.4)[[0, -1]] == pytest.approx([0.4, 0], abs=1e-15)
    assert ask([(MODULE, name, []) for name in ("H", "START", "STEPS")]) == [
        composed.H.tolist(), composed.START, composed.STEPS,
    ]  # fmt: skip


def test_the_mean_and_the_run_are_those_of_the_rule():
    lrs = composed.rates(10, "cosine", 20, 0.8)
    mean, run = map(array, ask([(MODULE, "expected", [lrs.tolist()]), (MODULE, "noisyRun", [lrs.tolist(), 7])]))
    np.testing.assert_allclose(mean, composed.expected(lrs), rtol=1e-12)
    np.testing.assert_allclose(run, composed.walk(lrs, 7), rtol=1e-9)


def test_many_runs_have_this_mean():
    lrs, rng = composed.rates(0, "constant", 100, 0.5), np.random.default_rng(0)
    e = np.full((4000, 2), composed.START)
    for lr in lrs:
        e = e - lr * (composed.H * e + rng.standard_normal(e.shape))
    assert (e**2 @ composed.H / 2).mean() == pytest.approx(composed.expected(lrs)[-1], rel=0.06)
    runs = [composed.walk(lrs, seed)[150:190].mean() for seed in range(1, 61)]
    assert np.mean(runs) == pytest.approx(composed.expected(lrs)[150:190].mean(), rel=0.15)


def test_a_constant_rate_ends_at_the_floor():
    lr = 0.4
    floor = sum(lr / (2 * (2 - lr * h)) for h in composed.H)
    assert composed.expected(np.full(composed.STEPS, lr))[-1] == pytest.approx(floor, rel=1e-3)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(warmup=101), "warmup must be between 0 and 100, got 101"),
        (dict(tail=-1), "tail must be between 0 and 150, got -1"),
        (dict(body="saw"), "body must be one of 'constant', .*, got 'saw'"),
        (dict(peak=2.0), "peak must be between 0.01 and 1.9, got 2.0"),
        (dict(flat=0.0), "flat must be between 0.001 and 1.9, got 0.0"),
    ],
)
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Composer(**wrong)


def test_the_still_figure_follows_the_state():
    assert Composer().still() != Composer(body="cosine").still() != Composer(body="cosine", flat=0.2).still()
    assert json.loads(json.dumps(Composer(tail=9).settings()))["tail"] == 9
