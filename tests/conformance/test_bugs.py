"""What the later elementwise rules meet in libraries: defects of these versions, and conventions that differ."""

from functools import partial

import jax.numpy as jnp
import numpy as np
import optax
import pytorch_optimizer as po
import torch

from optlib import rules
from tests.conformance import relatives
from tests.conformance.measuring import ADAM, DROP, TABLE, inputs, measure, on_optax, on_torch, ours
from tests.conformance.runners import torch_betas, torch_run
from tests.reference.replay import replay

THETA, GRADIENTS = inputs()
UNCORRECTED = [0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) for t in range(1, 9)]


def betas(optimizer, **more):
    """An optimizer of torch's kind with the betas and eps of ADAM."""
    return partial(torch_betas, optimizer, **more)


# ---------------------------------------------------------------- defects


def test_rprop_of_optax_makes_the_step_of_the_last_gradient():
    lrs = [0.01] * 8
    mine = ours(rules.rprop, lrs, retract=0.0)
    stale = on_optax(lambda lr: optax.rprop(0.01), lrs)
    d = measure("rprop", "optax rprop()", "lr = 0.01: makes the last step, and the first is none", mine, stale)
    assert (stale[0] == THETA).all() and (mine[0] != THETA).all()
    # where the sign has not turned, its second step is the first of torch
    kept = GRADIENTS[0] * GRADIENTS[1] > 0
    assert kept.any() and np.allclose((stale[1] - THETA)[kept], (mine[0] - THETA)[kept], rtol=1e-12)
    assert np.isclose(d[0], 0.01, rtol=1e-12) and d[-1] > 1e-3


def adan_by_hand(weight, start_at_zero=True):
    """Adan with `weight` for the difference of gradients."""
    theta, m, v, n, path = THETA, 0, 0, 0, []
    for t, g in enumerate(GRADIENTS, start=1):
        d = g - GRADIENTS[t - 2] if t > 1 else 0 * g
        m, v, n = 0.98 * m + 0.02 * g, 0.92 * v + 0.08 * d, 0.99 * n + 0.01 * (g + weight * d) ** 2
        top = m / (1 - 0.98**t) + weight * v / (1 - 0.92**t)
        theta = theta - 0.1 * top / (np.sqrt(n / (1 - 0.99**t)) + 1e-8)
        path.append(theta)
    return np.array(path)


def test_adan_of_optax_weighs_the_difference_by_one_minus_beta():
    theirs = on_optax(lambda lr: optax.adan(lr, eps_root=0.0))
    d = measure("adan", "optax adan(eps_root=0)", "1 - b2 = 0.08 where 0.92 belongs", ours(rules.adan), theirs)
    assert d[0] <= 1e-14 and d[1] > 0.01
    assert np.abs(adan_by_hand(0.08) - theirs).max() <= 1e-13 < np.abs(adan_by_hand(0.92) - theirs).max()
    assert np.abs(adan_by_hand(0.92) - ours(rules.adan)).max() <= 1e-13


def test_adadelta_of_optax_climbs_when_no_rate_is_given():
    climbing = on_optax(lambda lr: optax.adadelta())[0] - THETA
    down = on_torch(torch.optim.Adadelta, [1.0] * 8)[0] - THETA
    cosine = np.vdot(climbing, down) / np.linalg.norm(climbing) / np.linalg.norm(down)
    TABLE.append(
        ("adadelta", "optax adadelta()", f"{np.abs(climbing - down).max():.1e}", "ascends: cosine -1, one step")
    )
    assert np.isclose(cosine, -1, rtol=1e-12)


def test_adabound_scales_its_final_rate_with_the_learning_rate():
    theirs = on_torch(betas(po.AdaBound, gamma=0.1), DROP, **ADAM)
    mine = ours(rules.adabound, DROP, gamma=0.1)
    d = measure(
        "adabound", "pytorch_optimizer AdaBound", "gamma 0.1, rate drops by ten: final_lr drops too", mine, theirs
    )
    assert d[2] <= 1e-10 and d[3] > 1e-4
    theta, m, v, path = THETA, 0, 0, []
    for t, (g, lr) in enumerate(zip(GRADIENTS, DROP), start=1):
        theta, m, v = rules.adabound(theta, g, m, v, t, lr=lr, gamma=0.1, final_lr=0.1 * lr / DROP[0])
        path.append(theta)
    assert np.abs(np.array(path) - theirs).max() <= 1e-10


def test_adabound_adds_to_the_average_square():
    small = 1e-6 * GRADIENTS
    hyper = dict(final_lr=0.1, gamma=1e-3) | ADAM
    run = partial(torch_run, theta=THETA, gradients=small, lrs=[1e-9] * 8, hyper=hyper)
    hidden, bare = run(betas(po.AdaBound)), run(betas(relatives.SteadyAdaBound, foreach=False))
    d = measure(
        "adabound", "pytorch_optimizer AdaBound", "gradients of 1e-6, lr 1e-9: 1e-15 under the root", hidden, bare
    )
    assert 1e-14 < d.max() < 1e-6


def test_radam_of_pytorch_optimizer_rests_until_it_trusts_its_average():
    theirs = on_torch(betas(po.RAdam), **ADAM)
    d = measure(
        "radam", "pytorch_optimizer RAdam()", "no step at all for t < 6", ours(rules.radam, threshold=5), theirs
    )
    assert (theirs[:5] == THETA).all() and (theirs[5] != THETA).all() and d[0] > 0.01


def test_centered_rmsprop_of_optax_puts_eps_under_the_root():
    theirs = on_optax(lambda lr: optax.rmsprop(lr, decay=0.9, eps=1e-2, centered=True))
    mine = ours(rules.rmsprop_centered, rho=0.9, eps=1e-2)
    d = measure("rmsprop_centered", "optax rmsprop(centered=True)", "eps=1e-2 under the root", mine, theirs)
    assert d[0] > 1e-3


def test_centered_rmsprop_of_torch_takes_the_root_of_a_negative_number():
    theta, g = np.ones(100), np.random.default_rng(0).standard_normal((1, 100)).repeat(60, axis=0)
    hyper = dict(rho=0.5, eps=1e-2)
    theirs = torch_run(relatives.torch_rmsprop_centered, theta, g, [1e-3] * 60, hyper)
    mine = replay(rules.rmsprop_centered, theta, g, [1e-3] * 60, hyper)
    lost = np.isnan(theirs[-1]).mean()
    why = "60 equal gradients, alpha 0.5: v - m**2 rounds below zero"
    TABLE.append(("rmsprop_centered", "torch RMSprop(centered=True)", f"{lost:.0%} NaN", why))
    assert lost > 0 and np.isfinite(mine).all()


# ---------------------------------------------------------------- conventions


def test_amsgrad_has_three_conventions():
    paper, torch_like = ours(rules.amsgrad), ours(rules.amsgrad, corrected=1)
    after = on_optax(optax.amsgrad)
    d = measure("amsgrad", "torch Adam(amsgrad=True)", "paper: nothing is corrected", paper, torch_like)
    assert d[0] > 0.1
    d = measure("amsgrad", "optax amsgrad()", "against corrected=1: maximum of corrected v", torch_like, after)
    assert d[0] <= 1e-12 and d[1] > 1e-3 and d[-1] > 0.05
    # a correction is a schedule of the rate and of eps
    theta, state, path = THETA, (0, 0, 0), []
    for t, (g, lr) in enumerate(zip(GRADIENTS, UNCORRECTED), start=1):
        theta, *state = rules.amsgrad(theta, g, *state, t, lr=lr, eps=1e-8 * np.sqrt(1 - 0.999**t))
        path.append(theta)
    assert np.abs(np.array(path) - torch_like).max() <= 1e-12


def test_radam_starts_a_step_later_in_torch_and_adds_eps_later_in_optax():
    theirs = on_torch(betas(torch.optim.RAdam), **ADAM)
    d = measure("radam", "torch RAdam()", "rho > 5, paper 4: one step later", ours(rules.radam), theirs)
    assert d[3] <= 1e-14 and d[4] > 1e-3
    for eps, least in ((1e-8, 1e-12), (1e-2, 1e-5)):
        theirs = on_optax(lambda lr, eps=eps: optax.radam(lr, eps=eps))
        mine = ours(rules.radam, threshold=5, eps=eps)
        d = measure("radam", f"optax radam(eps={eps})", "against threshold=5: eps after the correction", mine, theirs)
        assert d[4] <= 1e-14 and d[5] > least


def test_adopt_of_pytorch_optimizer_clips_a_step_ahead():
    d = measure("adopt", "pytorch_optimizer ADOPT()", "clips at t**0.25, optax at (t - 1)**0.25",
                ours(rules.adopt, [1e-2] * 8), on_torch(po.ADOPT, [1e-2] * 8))  # fmt: skip
    assert d[0] == 0 and d[1] > 1e-4


def test_sophia_of_optax_corrects_the_average_and_uses_the_last_curvature():
    curvature = jnp.asarray(GRADIENTS[::-1])

    def told(updates, count, params=None):
        return curvature[count], count + 1

    estimator = optax.GradientTransformation(lambda params: 0, told)
    make = partial(optax.contrib.sophia, gamma=50.0, b1=0.96, b2=0.99, eps=1e-12, weight_decay=0.2, update_interval=1)
    theirs = on_optax(lambda lr: make(lr, hessian_diagonal_fn=estimator))
    mine = ours(rules.sophia, every=1, gamma=50.0)
    d = measure("sophia", "optax contrib.sophia(gamma=50)", "m corrected, h one step late", mine, theirs)
    assert d[0] > 1e-3
    theta, m, h, path = THETA, 0, 0, []
    for t, g in enumerate(GRADIENTS, start=1):
        m = 0.96 * m + 0.04 * g
        u = np.clip(m / (1 - 0.96**t) / np.maximum(50.0 * h, 1e-12), -1, 1)
        theta, h = theta - 0.1 * (u + 0.2 * theta), 0.99 * h + 0.01 * GRADIENTS[-t]
        path.append(theta)
    assert np.abs(np.array(path) - theirs).max() <= 1e-12


def test_adamw_of_the_paper_does_not_multiply_the_decay_by_its_rate():
    alpha, decay, path = 0.1, 0.05, []
    theta, m, v = THETA, 0, 0
    for t, g in enumerate(GRADIENTS, start=1):
        eta = [1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1][t - 1]  # the paper's schedule, a factor of alpha and of the decay
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        step = alpha * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        theta = theta - eta * (step + decay * theta)
        path.append(theta)
    assert np.abs(np.array(path) - ours(rules.adamw, DROP, weight_decay=decay / alpha)).max() <= 1e-13
    same = ours(rules.adamw, DROP, weight_decay=decay)
    d = measure("adamw", "the paper", "decay 0.05 that lr does not multiply", np.array(path), same)
    assert d[0] > 1e-2


def test_default_decays_differ():
    for rule, against, why, theirs in (
        ("adamw", "optax adamw()", "decay 1e-4 against 1e-2", on_optax(optax.adamw)),
        ("lion", "optax lion()", "decay 1e-3 against 0", on_optax(optax.lion)),
        ("sophia", "pytorch_optimizer SophiaH()", "no decay against 0.2", ours(rules.sophia, weight_decay=0.0)),
    ):
        assert measure(rule, against, why, ours(getattr(rules, rule)), theirs)[-1] > 1e-4
    coupled = on_torch(partial(po.AdEMAMix, weight_decay=0.1))
    d = measure("ademamix", "pytorch_optimizer AdEMAMix(weight_decay=0.1)", "decay joins the gradient",
                ours(rules.ademamix, weight_decay=0.1), coupled)  # fmt: skip
    assert d[-1] > 1e-4


def test_rprop_of_the_paper_takes_a_step_back():
    theirs = on_torch(torch.optim.Rprop, [0.01] * 8)
    d = measure(
        "rprop", "torch Rprop()", "lr = 0.01: rests at a turn, paper steps back", ours(rules.rprop, [0.01] * 8), theirs
    )
    assert d[0] == 0 and np.isclose(d[1], 0.01, rtol=1e-12)


def test_yogi_starts_both_averages_above_zero():
    theta, m, v, path = THETA, 0, 1e-6, []
    for t, g in enumerate(GRADIENTS, start=1):
        theta, m, v = rules.yogi(theta, g, m, v, t, lr=0.1)
        path.append(theta)
    d = measure("yogi", "the paper", "m starts at 0, not at 1e-6", ours(rules.yogi), np.array(path))
    assert 1e-7 < d[-1] < 1e-4
    theta, m, v, path = THETA, 0, 1e-6, []
    for t, g in enumerate(GRADIENTS, start=1):
        c = np.sqrt(1 - 0.999**t)
        theta, m, v = rules.yogi(theta, g, m, v, t, lr=0.1 * (1 - 0.9**t) / c, eps=1e-3 / c)
        path.append(theta)
    assert measure("yogi", "the paper", "nothing is corrected", ours(rules.yogi), np.array(path))[0] > 1e-2


def test_other_defaults():
    d = measure("adadelta", "torch Adadelta()", "rho 0.9 against 0.95", ours(rules.adadelta, [1.0] * 8),
                on_torch(torch.optim.Adadelta, [1.0] * 8))  # fmt: skip
    assert d[0] > 1e-4
    d = measure(
        "adabelief", "the paper", "eps 1e-8 against 1e-16", ours(rules.adabelief), ours(rules.adabelief, eps=1e-8)
    )
    assert 1e-9 < d[-1] < 1e-2
