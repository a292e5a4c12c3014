"""The losses on which Adam goes the wrong way: slopes counted by hand, and where the rules end."""

import numpy as np
import pytest

from optlib import Optimizer
from optlib.problems import reddi, reddi_random
from optlib.rules import adam, amsgrad


def test_a_period_is_one_steep_slope_and_adds_up_to_the_mean():
    problem = reddi(5, 4)
    slopes = [problem.batches(t) for t in range(1, 10)]
    assert slopes == [5, -1, -1, -1, 5, -1, -1, -1, 5]
    assert [problem.f(0.5, s) for s in slopes[:2]] == [2.5, -0.5]
    assert problem.grad(0.5, 5.0) == 5 and problem.grad(np.zeros(3), -1.0).tolist() == [-1, -1, -1]
    assert problem.full(-1.0) == pytest.approx(np.mean(slopes[:4]) * -1) == problem.lowest


def test_the_random_series_has_the_mean_asked_for_and_repeats_itself():
    problem = reddi_random(3, gain=0.5, seed=4, runs=20_000)
    slopes = problem.batches(7)
    assert set(slopes.tolist()) == {3.0, -1.0} and abs(slopes.mean() - 0.5) < 0.05  # four standard errors
    assert np.array_equal(slopes, reddi_random(3, gain=0.5, seed=4, runs=20_000).batches(7))
    assert not np.array_equal(slopes, problem.batches(8))
    assert reddi_random().batches(1) in (3.0, -1.0)


@pytest.mark.parametrize("rule, end", [(adam, 1.0), (amsgrad, -1.0)])
def test_where_the_paper_has_them_end(rule, end):
    """Reddi, Kale and Kumar, Theorem 1: beta1 = 0, beta2 = 1 / (1 + C^2)."""
    problem, at, before = reddi(3), 0.0, 0.0
    opt = Optimizer(rule, 0.0, lr=lambda t: 0.3 / t**0.5, beta1=0.0, beta2=0.1)
    for t in range(1, 3001):
        now = opt.step(problem.grad(at, problem.batches(t)))
        at, before = min(max(at + now - before, -1.0), 1.0), now
    assert abs(at - end) < 0.02


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: reddi(2), "C must be finite and above 2, so that a period leads downhill to -1, got 2"),
        (lambda: reddi(3, 1), "period must be a whole number, at least 2, got 1"),
        (lambda: reddi_random(0), "C must be finite and above 0, got 0"),
        (lambda: reddi_random(3, gain=3), "gain must be above 0 and below C = 3, got 3"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
