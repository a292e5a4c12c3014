"""Schedules against torch.optim.lr_scheduler and optax, with the shift of the index said for each.

A library's `count` (optax) or `last_epoch` (torch) is the number of steps done: t - 1 at our step t.  Where a library
says that it ends after N steps it reaches its last value at count N, one step after the last: our `steps` is N + 1.
"""

import warnings
from functools import partial

import jax
import numpy as np
import optax
import pytest
import torch

from optlib import schedules
from optlib.schedules import join, reduce_on_plateau
from tests.conformance.conftest import TABLES

jax.config.update("jax_enable_x64", True)
TABLE = TABLES.setdefault(
    "schedules, the same: largest |difference| over 60 steps", [("schedule", "library", "call", "difference")]
)
T = range(1, 61)
scheduler = torch.optim.lr_scheduler


def in_torch(make, peak=1.0, read=lambda group: group["lr"], steps=60):
    """The rate at steps 1, 2, ...: as the optimizer sees it at its first, second, ... step."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=peak, momentum=0.9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch asks for optimizer.step() before scheduler.step()
        made, out = make(optimizer), []
        for _ in range(steps):
            out.append(float(read(optimizer.param_groups[0])))
            made.step()
    return np.array(out)


def in_optax(schedule, shift=-1):
    """The rate at steps 1, 2, ... is that of count t + shift."""
    return np.array([float(schedule(np.float64(t + shift))) for t in T])


def cosine_after(lengths, peak, floor):
    """Cosine decays of optax one after the other."""
    parts = [optax.cosine_decay_schedule(peak, n - 1, alpha=floor / peak) for n in lengths]
    return optax.join_schedules(parts, list(np.cumsum(lengths)[:-1]))


BASE = dict(base_lr=0.03, max_lr=0.3)
ONE = dict(total_steps=41, pct_start=0.3, div_factor=25.0, final_div_factor=1e4, anneal_strategy="linear")
up = dict(rise=(0.3 * 41 - 1) / 40, fall=(2 * 0.3 * 41 - 2) / 40)
SAME = [
    ("constant", dict(peak=0.3), "torch", "ConstantLR(factor=1)",
     lambda: in_torch(lambda o: scheduler.ConstantLR(o, factor=1.0), 0.3)),
    ("constant", dict(peak=0.3), "optax", "constant_schedule, count t - 1",
     lambda: in_optax(optax.constant_schedule(0.3))),
    ("step", dict(peak=0.3, every=7, factor=0.5), "torch", "StepLR(step_size=7, gamma=0.5)",
     lambda: in_torch(lambda o: scheduler.StepLR(o, 7, 0.5), 0.3)),
    ("step", dict(peak=0.3, every=7, factor=0.5), "optax", "exponential_decay(staircase=True), count t - 1",
     lambda: in_optax(optax.exponential_decay(0.3, 7, 0.5, staircase=True))),
    ("exponential", dict(peak=0.3, factor=0.95), "torch", "ExponentialLR(gamma=0.95)",
     lambda: in_torch(lambda o: scheduler.ExponentialLR(o, 0.95), 0.3)),
    ("exponential", dict(peak=0.3, factor=0.5, every=7), "optax", "exponential_decay, count t - 1",
     lambda: in_optax(optax.exponential_decay(0.3, 7, 0.5))),
    ("polynomial", dict(peak=0.3, steps=41, power=2.0), "torch", "PolynomialLR(total_iters=steps - 1, power=2)",
     lambda: in_torch(lambda o: scheduler.PolynomialLR(o, 40, 2.0), 0.3)),
    ("polynomial", dict(peak=0.3, steps=41, floor=0.03, power=1.5), "optax",
     "polynomial_schedule(transition_steps=steps - 1), count t - 1",
     lambda: in_optax(optax.polynomial_schedule(0.3, 0.03, 1.5, 40))),
    ("cosine", dict(peak=0.3, steps=41, floor=0.03), "torch", "CosineAnnealingLR(T_max=steps - 1), the first 41 steps",
     lambda: np.r_[in_torch(lambda o: scheduler.CosineAnnealingLR(o, 40, 0.03), 0.3)[:41], [0.03] * 19]),
    ("cosine", dict(peak=0.3, steps=41, floor=0.03), "optax",
     "cosine_decay_schedule(decay_steps=steps - 1), count t - 1",
     lambda: in_optax(optax.cosine_decay_schedule(0.3, 40, 0.1))),
    ("sgdr", dict(peak=0.3, period=4, growth=2, floor=0.03), "optax",
     "join_schedules of cosine_decay_schedule(length - 1), count t - 1",
     lambda: in_optax(cosine_after([4, 8, 16, 32], 0.3, 0.03))),
    ("triangular", dict(peak=0.3, period=8, floor=0.03), "torch", "CyclicLR(step_size_up=period / 2)",
     lambda: in_torch(lambda o: scheduler.CyclicLR(o, step_size_up=4, **BASE))),
    ("one_cycle", dict(peak=0.3, steps=41, start=25.0, final=1e4, **up), "torch",
     "OneCycleLR(three_phase=True, 'linear'), rise = (pct N - 1) / (N - 1), fall twice that",
     lambda: np.r_[in_torch(lambda o: scheduler.OneCycleLR(o, 0.3, three_phase=True, **ONE), steps=41),
                   [0.3 / 25 / 1e4] * 19]),
    ("one_cycle", dict(peak=0.3, steps=41, start=25.0, final=1e4, rise=0.3, fall=0.85), "optax",
     "linear_onecycle_schedule(transition_steps=steps - 1), count t - 1",
     lambda: in_optax(optax.linear_onecycle_schedule(40, 0.3))),
    ("one_cycle_momentum", dict(steps=41, **up), "torch", "OneCycleLR(three_phase=True, 'linear'), its momentum",
     lambda: np.r_[in_torch(lambda o: scheduler.OneCycleLR(o, 0.3, three_phase=True, **ONE),
                            read=lambda group: group["momentum"], steps=41), [0.95] * 19]),
    ("linear_warmup", dict(peak=0.3, warmup=6), "torch", "LinearLR(1 / warmup, total_iters=warmup - 1)",
     lambda: in_torch(lambda o: scheduler.LinearLR(o, 1 / 6, 1.0, 5), 0.3)),
    ("linear_warmup", dict(peak=0.3, warmup=6), "optax", "linear_schedule(0, peak, warmup), count t",
     lambda: in_optax(optax.linear_schedule(0.0, 0.3, 6), shift=0)),
    ("warmup_cosine", dict(peak=0.3, steps=40, warmup=6, floor=0.03), "optax",
     "warmup_cosine_decay_schedule(0, peak, warmup, steps), count t",
     lambda: in_optax(optax.warmup_cosine_decay_schedule(0.0, 0.3, 6, 40, 0.03), shift=0)),
    ("warmup_cosine", dict(peak=0.3, steps=40, warmup=6, floor=0.03), "torch",
     "SequentialLR of LinearLR(1 / warmup) and CosineAnnealingLR(steps - warmup), the first 40 steps",
     lambda: np.r_[in_torch(lambda o: scheduler.SequentialLR(
         o, [scheduler.LinearLR(o, 1 / 6, 1.0, 5), scheduler.CosineAnnealingLR(o, 34, 0.03)], [5]), 0.3)[:40],
         [0.03] * 20]),
    ("wsd", dict(peak=0.3, steps=40, warmup=6, decay=10, floor=0.03), "optax",
     "join_schedules of linear, constant and linear schedules, count t",
     lambda: in_optax(optax.join_schedules(
         [optax.linear_schedule(0.0, 0.3, 6), optax.constant_schedule(0.3), optax.linear_schedule(0.3, 0.03, 10)],
         [6, 30]), shift=0)),
    ("inverse_sqrt", dict(peak=0.3, warmup=6), "torch", "LambdaLR of the formula of Vaswani et al.",
     lambda: in_torch(lambda o: scheduler.LambdaLR(
         o, lambda k: 6**0.5 * min((k + 1) ** -0.5, (k + 1) * 6**-1.5)), 0.3)),
]  # fmt: skip


@pytest.mark.parametrize("case", SAME, ids=[f"{name}-{library}" for name, _, library, *_ in SAME])
def test_a_schedule_is_that_of_the_library(case):
    name, settings, library, call, theirs = case
    ours = np.array([getattr(schedules, name)(t, **settings) for t in T])
    worst = float(np.abs(ours - theirs()).max())
    TABLE.append((name, library, call, f"{worst:.1e}"))
    assert worst <= 1e-14


def test_no_schedule_is_left_out():
    assert {name for name, *_ in SAME} == set(schedules.TIMED)


def test_warm_restarts_of_torch_never_reach_their_floor():
    """A cycle of torch is ours when its clock runs to its end: at T_cur = k T_i / (T_i - 1) of the k-th step."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], lr=0.3)
    made = scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=4, T_mult=2, eta_min=0.03)
    ours = partial(schedules.sgdr, peak=0.3, period=4, growth=2, floor=0.03)
    begin = 0
    for length in (4, 8, 16):
        for k in range(length - 1):
            made.step(begin + k * length / (length - 1))
            assert optimizer.param_groups[0]["lr"] == pytest.approx(ours(begin + k + 1), rel=1e-12)
        assert ours(begin + length) == pytest.approx(0.03, rel=1e-12)
        made.step(begin + length - 1)
        last = optimizer.param_groups[0]["lr"]
        assert last == pytest.approx(0.03 + 0.27 * (1 + np.cos(np.pi * (length - 1) / length)) / 2) and last > 0.032
        begin += length
    made.step(begin)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.3) == ours(begin + 1), "they restart at the same step"


def test_joined_schedules_are_those_of_optax():
    parts = [optax.linear_schedule(0.1, 0.3, 5), optax.cosine_decay_schedule(0.3, 19), optax.constant_schedule(0.01)]
    theirs = in_optax(optax.join_schedules(parts, [6, 26]))
    line = partial(schedules.polynomial, peak=0.1, steps=6, floor=0.3)
    ours = join([line, partial(schedules.cosine, peak=0.3, steps=20), 0.01], [6, 20, 1])
    assert np.abs([ours(t) for t in T] - theirs).max() <= 1e-14


PLATEAUS = [dict(), dict(factor=0.5, patience=2), dict(patience=0, threshold=0.01, floor=1e-3)]


@pytest.mark.parametrize("settings", PLATEAUS)
def test_plateaus_are_those_of_torch(settings):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        losses = 1 / np.arange(1, 201) ** 0.5 + 0.02 * rng.random(200)
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
        named = {{"floor": "min_lr"}.get(k, k): v for k, v in settings.items()}
        made, memory = scheduler.ReduceLROnPlateau(optimizer, eps=0.0, **named), (0.1,)
        for t, loss in enumerate(losses, 1):
            made.step(float(loss))
            memory = reduce_on_plateau(t, float(loss), *memory, **settings)
            assert memory[0] == optimizer.param_groups[0]["lr"], (seed, t)
        assert memory[0] < 0.1 or not settings, "the rate has moved"


def test_torch_takes_a_worse_negative_loss_for_a_better_one():
    """Its threshold is best * (1 - threshold), which lies above a negative best; ours is below."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    made, memory = scheduler.ReduceLROnPlateau(optimizer, patience=0, factor=0.5), (1.0,)
    for t, loss in enumerate([-1.0, -0.99995], 1):
        made.step(loss)
        memory = reduce_on_plateau(t, loss, *memory, patience=0, factor=0.5)
    assert optimizer.param_groups[0]["lr"] == 1.0 and memory[0] == 0.5
