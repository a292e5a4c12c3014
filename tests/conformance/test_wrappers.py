"""Wrappers and SAM against optax, torch.optim.swa_utils and pytorch_optimizer; gradients at their own iterates."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import optax.contrib
import pytest
import pytorch_optimizer
import torch

from optlib import Problem, minimize, rules
from optlib.wrappers import cautious, ema_weights, lookahead, polyak_average, sam, swa
from tests.conformance.conftest import TABLES

jax.config.update("jax_enable_x64", True)
TABLE = TABLES.setdefault(
    "wrappers: largest |difference| over 24 steps", [("wrapper", "library", "call", "difference")]
)
START = np.random.default_rng(0).normal(size=(4, 3))
CURVATURE = np.random.default_rng(1).uniform(0.5, 8.0, size=(4, 3))
STEPS = 24


def slope(x):
    """The same text for NumPy, torch and jax arrays: a stretched bowl with ripples."""
    return type_of(CURVATURE, x) * x + (2 * x) ** 2 / 10


def type_of(a, like):
    return torch.tensor(a) if isinstance(like, torch.Tensor) else a


def loss(x):
    return (type_of(CURVATURE, x) * x**2 / 2 + 4 * x**3 / 30).sum()


PROBLEM = Problem(loss, grad=slope)
MOMENTUM = dict(lr=0.02, momentum=0.9)


def ours(step, problem=PROBLEM, **hyper):
    return minimize(problem, START, step, steps=STEPS, **hyper).path[1:]


def in_torch(make, seen=None):
    """The parameters after each step; seen(module) is called after each, its result is returned instead."""
    module = torch.nn.Module()
    module.p = torch.nn.Parameter(torch.tensor(START))
    optimizer, out, look = make([module.p]), [], seen(module) if seen else lambda: module.p
    for _ in range(STEPS):
        module.p.grad = slope(module.p.detach())
        optimizer.step()
        out.append(look().detach().numpy().copy())
    return np.array(out)


def averaged(first, start, **how):
    """An AveragedModel that is shown the start where start is True, and every iterate from step `first` on."""

    def seen(module):
        model, t = torch.optim.swa_utils.AveragedModel(module, **how), 0
        if start:
            model.update_parameters(module)

        def look():
            nonlocal t
            t += 1
            if t >= first:
                model.update_parameters(module)
            return model.module.p if start or t >= first else module.p

        return look

    return seen


def in_optax(made, params, fast=lambda p: p):
    state, out = made.init(params), []
    for _ in range(STEPS):
        update, state = made.update(slope(fast(params)), state, params)
        params = optax.apply_updates(params, update)
        out.append(np.asarray(fast(params)))
    return np.array(out)


def torch_momentum(p):
    return torch.optim.SGD(p, **MOMENTUM)


def torch_adam(p):
    return torch.optim.Adam(p, lr=0.05)


ema = torch.optim.swa_utils.get_ema_avg_fn(0.9)
SAME = [
    ("lookahead", "pytorch_optimizer", "Lookahead(k=4, alpha=0.3)",
     partial(ours, lookahead(rules.momentum, every=4, alpha=0.3), **MOMENTUM),
     partial(in_torch, lambda p: pytorch_optimizer.Lookahead(torch_momentum(p), k=4, alpha=0.3))),
    ("lookahead", "optax", "lookahead(sync_period=4, slow_step_size=0.3)",
     partial(ours, lookahead(rules.adam, every=4, alpha=0.3), lr=0.05),
     lambda: in_optax(optax.lookahead(optax.adam(0.05), 4, 0.3), optax.LookaheadParams.init_synced(jnp.asarray(START)),
                      lambda p: p.fast)),
    ("polyak_average", "torch", "AveragedModel(), shown each iterate",
     partial(ours, polyak_average(rules.adam), lr=0.05), partial(in_torch, torch_adam, averaged(1, False))),
    ("swa", "torch", "AveragedModel(), shown each iterate from step 9 on",
     partial(ours, swa(rules.momentum, begin=9), **MOMENTUM), partial(in_torch, torch_momentum, averaged(9, False))),
    ("ema_weights", "torch", "AveragedModel(avg_fn=get_ema_avg_fn(0.9)), shown the start first",
     partial(ours, ema_weights(rules.adam, decay=0.9), lr=0.05),
     partial(in_torch, torch_adam, averaged(1, True, avg_fn=ema))),
    ("cautious", "pytorch_optimizer", "Lion(cautious=True)",
     partial(ours, cautious(rules.lion), lr=0.01, weight_decay=0.0),
     partial(in_torch, lambda p: pytorch_optimizer.Lion(p, lr=0.01, weight_decay=0.0, cautious=True))),
]  # fmt: skip


@pytest.mark.parametrize("case", SAME, ids=[f"{n}-{library}-{i}" for i, (n, library, *_) in enumerate(SAME)])
def test_a_wrapper_is_that_of_the_library(case):
    name, library, call, mine, theirs = case
    worst = float(np.abs(mine() - theirs()).max())
    TABLE.append((name, library, call, f"{worst:.1e}"))
    assert worst <= 1e-12


def test_the_average_of_torch_starts_at_the_first_iterate_it_is_shown():
    first = in_torch(torch_adam, averaged(1, False, avg_fn=ema))
    mine = ours(ema_weights(rules.adam, decay=0.9), lr=0.05)
    plain = ours(rules.adam, lr=0.05)
    np.testing.assert_allclose(first[0], plain[0], rtol=1e-13)
    TABLE.append(("ema_weights", "torch", "not shown the start", f"{np.abs(first - mine).max():.1e}"))
    # the weight 0.9**t of the start is that of the first iterate there
    weights = 0.9 ** np.arange(1, STEPS + 1)[:, None, None]
    np.testing.assert_allclose(first - mine, weights * (plain[0] - START), atol=1e-14)


@pytest.mark.parametrize("radius", [0.05, 0.5])
def test_sam_is_that_of_optax(radius):
    made = optax.contrib.sam(
        optax.sgd(0.02), optax.chain(optax.contrib.normalize(), optax.sgd(radius)), opaque_mode=True
    )
    p = jnp.asarray(START)
    state, out = made.init(p), []
    for _ in range(STEPS):
        update, state = made.update(slope(p), state, p, grad_fn=lambda q, _: slope(q))
        p = optax.apply_updates(p, update)
        out.append(np.asarray(p))
    worst = np.abs(ours(rules.sgd, sam(PROBLEM, radius=radius), lr=0.02) - np.array(out)).max()
    TABLE.append(("sam", "optax", f"contrib.sam(opaque_mode=True), radius {radius}", f"{worst:.1e}"))
    assert worst <= 1e-12


@pytest.mark.parametrize("radius", [0.05, 0.5])
def test_sam_is_that_of_pytorch_optimizer_but_for_its_norm_in_single_precision(radius):
    p, out = torch.nn.Parameter(torch.tensor(START)), []
    made = pytorch_optimizer.SAM([p], torch.optim.SGD, rho=radius, lr=0.02, momentum=0.9)
    for _ in range(STEPS):
        p.grad = slope(p.detach())
        made.first_step(zero_grad=True)
        p.grad = slope(p.detach())
        made.second_step(zero_grad=True)
        out.append(p.detach().numpy().copy())
    worst = np.abs(ours(rules.momentum, sam(PROBLEM, radius=radius), **MOMENTUM) - np.array(out)).max()
    TABLE.append(("sam", "pytorch_optimizer", f"SAM(rho={radius}), norm in float32", f"{worst:.1e}"))
    assert worst <= 1e-7
