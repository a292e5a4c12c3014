"""Transforms of the gradient against torch.nn.utils and optax."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

from optlib import transforms
from optlib.drivers.transform import transform
from tests.conformance.conftest import TABLES

jax.config.update("jax_enable_x64", True)
TABLE = TABLES.setdefault("transforms: largest |difference|", [("transform", "library", "call", "difference")])
THETA = {"W": np.random.default_rng(1).normal(size=(4, 3)), "c": np.random.default_rng(2).normal(size=5)}


def gradients():
    """Of several sizes, one of zeros, one with a spike."""
    rng = np.random.default_rng(3)
    for scale in (1e-6, 0.1, 1.0, 1e4):
        yield {k: scale * rng.normal(size=a.shape) for k, a in THETA.items()}
    yield {k: 0 * a for k, a in THETA.items()}
    yield {"W": np.eye(4, 3) * 1e6, "c": np.ones(5)}


def in_optax(made, g):
    out, _ = made.update({k: jnp.asarray(a) for k, a in g.items()}, made.init(THETA), THETA)
    return {k: np.asarray(a) for k, a in out.items()}


def in_torch(change, g):
    p = {k: torch.zeros(a.shape, dtype=torch.float64) for k, a in g.items()}
    for k, a in g.items():
        p[k].grad = torch.tensor(a)
    change(list(p.values()))
    return {k: a.grad.numpy() for k, a in p.items()}


def each_alone(p, limit):
    for a in p:
        torch.nn.utils.clip_grad_norm_([a], limit)


one = partial(partial, in_optax)
SAME = [
    ("clip_value", dict(limit=0.3), "optax", "clip(limit)", one(optax.clip(0.3)), 0.0),
    ("clip_value", dict(limit=0.3), "torch", "clip_grad_value_(limit)",
     partial(in_torch, lambda p: torch.nn.utils.clip_grad_value_(p, 0.3)), 0.0),
    ("clip_norm", dict(max_norm=0.3), "torch", "clip_grad_norm_ of each alone, 1e-6 added to the norm",
     partial(in_torch, partial(each_alone, limit=0.3)), 1e-6),
    ("clip_global_norm", dict(max_norm=0.3), "optax", "clip_by_global_norm(max_norm)",
     one(optax.clip_by_global_norm(0.3)), 1e-15),
    ("clip_global_norm", dict(max_norm=0.3), "torch", "clip_grad_norm_, 1e-6 added to the norm",
     partial(in_torch, lambda p: torch.nn.utils.clip_grad_norm_(p, 0.3)), 1e-6),
    ("weight_decay_l2", dict(weight_decay=0.1), "optax", "add_decayed_weights(weight_decay)",
     one(optax.add_decayed_weights(0.1)), 0.0),
    ("centralize", dict(axis=1), "optax", "centralize(): axis 1 is the inputs",
     one(optax.centralize()), 1e-12),
]  # fmt: skip


@pytest.mark.parametrize("case", SAME, ids=[f"{name}-{library}" for name, _, library, *_ in SAME])
def test_a_transform_is_that_of_the_library(case):
    name, settings, library, call, theirs, bound = case
    worst, moved = 0.0, 0.0
    for g in gradients():
        ours = transform(partial(getattr(transforms, name), **settings), g, THETA, 1, None)
        for k, a in theirs(g).items():
            worst = max(worst, float(np.abs(ours[k] - a).max()))
            moved = max(moved, float(np.abs(ours[k] - g[k]).max()))
    TABLE.append((name, library, call, f"{worst:.1e}"))
    assert worst <= bound < moved


def test_torch_adds_a_millionth_to_the_norm():
    g = {"c": np.array([3.0, 4.0])}
    theirs = in_torch(lambda p: torch.nn.utils.clip_grad_norm_(p, 1.0), g)["c"]
    np.testing.assert_allclose(theirs, g["c"] / (5 + 1e-6), rtol=1e-15)
    ours = transforms.clip_global_norm(g["c"], max_norm=1.0)
    assert np.linalg.norm(ours) == pytest.approx(1, rel=1e-15) and np.linalg.norm(theirs) < 1 - 1e-7


def test_noise_of_optax_has_the_same_variance():
    """Its count is our t.  200,000 draws: five standard errors."""
    for t in (1, 10):
        made = optax.add_noise(0.3, 0.55, key=0)
        zero, state = jnp.zeros(200_000), made.init(None)
        for _ in range(t):
            noise, state = made.update(zero, state)
        rng = np.random.default_rng(0)
        ours = transforms.gradient_noise(np.zeros(200_000), rng, t, variance=0.3, decay=0.55)
        for draws in (np.asarray(noise), ours):
            assert abs(draws.var() * t**0.55 / 0.3 - 1) < 5 * np.sqrt(2 / draws.size)


def test_no_transform_is_left_out():
    mine = [f for f in vars(transforms).values() if getattr(f, "__module__", "") == transforms.__name__]
    here = {f.__name__ for f in mine if not f.__name__.startswith("_")}
    assert here == {name for name, *_ in SAME} | {"gradient_noise"}
