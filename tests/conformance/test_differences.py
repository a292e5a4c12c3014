"""Where libraries differ from the rule or from each other: each difference is measured, so the book can name it."""

from functools import partial

import numpy as np
import optax
import pytest
import torch

from optlib import rules
from tests.conformance.libraries import optax_inside
from tests.conformance.measuring import ADAM, DROP, TABLE, inputs, measure, on_optax, on_torch, ours
from tests.conformance.runners import torch_betas, torch_run
from tests.reference.replay import replay


def test_nadam_of_torch_lets_beta1_rise():
    torch_nadam = partial(torch_betas, torch.optim.NAdam)
    d = measure(
        "nadam",
        "torch NAdam",
        "momentum_decay=4e-3 lets beta1 rise",
        ours(rules.nadam, **ADAM),
        on_torch(torch_nadam, **ADAM),
    )
    assert d[0] > 1e-3 and d[-1] > 1e-2


def test_nadam_of_torch_keeps_a_product_in_the_default_dtype():
    still = partial(torch_betas, torch.optim.NAdam, momentum_decay=1e9)
    double = on_torch(still, **ADAM)
    before = torch.get_default_dtype()
    p = torch.tensor(inputs()[0], requires_grad=True)
    optimizer, path = still([p], lr=0.1, **ADAM), []
    for g in inputs()[1]:
        p.grad = torch.tensor(g)
        optimizer.step()
        path.append(p.detach().numpy().copy())
    assert before == torch.float32
    d = measure("nadam", "torch NAdam, momentum_decay=1e9", "product of momenta in float32", double, np.array(path))
    assert 1e-12 < d.max() < 1e-6


def test_nadam_of_optax_is_adam_with_a_flag():
    flagged = on_optax(lambda lr, beta1, beta2, eps: optax.adam(lr, beta1, beta2, eps, nesterov=True), **ADAM)
    assert np.abs(ours(rules.nadam, **ADAM) - flagged).max() <= 1e-14


def test_adagrad_of_optax_starts_its_sum_at_a_tenth_and_puts_eps_under_the_root():
    default = on_optax(lambda lr: optax.adagrad(lr))
    d = measure(
        "adagrad",
        "optax adagrad()",
        "sum starts at 0.1, eps=1e-7 under the root",
        ours(rules.adagrad, eps=1e-10),
        default,
    )
    assert 0.03 < d.max() < 0.5
    theta, gradients = inputs()
    by_hand = theta - np.cumsum(
        [0.1 * g / np.sqrt(0.1 + s + 1e-7) for g, s in zip(gradients, np.cumsum(gradients**2, 0))], 0
    )
    assert np.abs(by_hand - default).max() <= 1e-12
    root = on_optax(lambda lr: optax.adagrad(lr, initial_accumulator_value=0.0, eps=1e-3))
    d = measure(
        "adagrad",
        "optax adagrad(initial_accumulator_value=0)",
        "eps=1e-3 under the root",
        ours(rules.adagrad, eps=1e-3),
        root,
    )
    assert d.max() > 1e-4


def test_adagrad_of_optax_without_eps_and_start_is_the_same():
    bare = on_optax(lambda lr: optax.adagrad(lr, initial_accumulator_value=0.0, eps=0.0))
    assert np.abs(ours(rules.adagrad, eps=0.0) - bare).max() <= 1e-13


def test_adagrad_of_torch_started_at_a_tenth_is_that_of_optax_without_eps():
    start = on_torch(partial(torch.optim.Adagrad, initial_accumulator_value=0.1, eps=0.0))
    assert np.abs(start - on_optax(lambda lr: optax.adagrad(lr, eps=0.0))).max() <= 1e-12


def test_rmsprop_of_optax_has_another_rho_and_eps_under_the_root():
    default = on_optax(lambda lr: optax.rmsprop(lr))
    d = measure(
        "rmsprop",
        "optax rmsprop(), torch RMSprop()",
        "decay 0.9 against alpha 0.99",
        on_torch(torch.optim.RMSprop),
        default,
    )
    assert d[-1] > 0.1
    d = measure(
        "rmsprop", "optax rmsprop()", "eps=1e-8 under the root", ours(rules.rmsprop, rho=0.9, eps=1e-8), default
    )
    assert 1e-12 < d[-1] < 1e-3
    large = on_optax(lambda lr: optax.rmsprop(lr, eps=1e-2))
    d = measure(
        "rmsprop", "optax rmsprop(eps=1e-2)", "eps under the root", ours(rules.rmsprop, rho=0.9, eps=1e-2), large
    )
    assert d[-1] > 1e-3


@pytest.mark.parametrize(("library", "make"), [("torch", torch.optim.SGD), ("optax", optax.sgd)])
def test_momentum_inside_and_outside_part_at_a_drop_of_the_rate(library, make):
    outside = (on_torch if library == "torch" else on_optax)(make, DROP, momentum=0.9)
    inside = ours(rules.momentum_inside, DROP, momentum=0.9)
    d = measure("momentum_inside", f"{library} SGD(momentum)", "rate drops by ten at step 4", inside, outside)
    assert d[2] <= 1e-14 and d[3] > 0.1 and d[-1] > d[3]
    assert np.abs(inside - on_optax(optax_inside, DROP, momentum=0.9)).max() <= 1e-14


def test_dampening_of_torch_does_not_damp_the_first_gradient():
    damped = on_torch(partial(torch.optim.SGD, momentum=0.9, dampening=0.1))
    average = ours(rules.momentum_ema, momentum=0.9)
    d = measure("momentum_ema", "torch SGD(momentum=0.9, dampening=0.9)", "first gradient enters undamped", average,
                on_torch(partial(torch.optim.SGD, momentum=0.9, dampening=0.9)))  # fmt: skip
    first = 0.1 * 0.9 * np.abs(inputs()[1][0]).max()
    assert np.isclose(d[0], first, rtol=1e-12) and not np.allclose(damped, average)


def test_the_average_of_optax_is_corrected_unless_told_not_to():
    corrected = on_optax(lambda lr: optax.chain(optax.ema(0.9), optax.scale_by_learning_rate(lr)))
    d = measure(
        "momentum_ema", "optax ema(0.9)", "debias=True by default", ours(rules.momentum_ema, momentum=0.9), corrected
    )
    assert np.isclose(d[0], 0.1 * 0.9 * np.abs(inputs()[1][0]).max(), rtol=1e-12)


def test_adamax_of_the_paper_has_no_eps():
    theirs = on_torch(partial(torch_betas, torch.optim.Adamax), **ADAM)
    assert np.abs(ours(rules.adamax, **ADAM) - theirs).max() <= 1e-14
    d = measure("adamax", "torch Adamax(), optax adamax()", "eps=1e-8 inside the maximum, 0 in the paper",
                ours(rules.adamax, **ADAM | dict(eps=0.0)), theirs)  # fmt: skip
    assert 1e-12 < d[-1] < 1e-5
    theta, none = np.ones(2), np.zeros((1, 2))
    bare = torch_run(partial(torch_betas, torch.optim.Adamax), theta, none, [0.1], ADAM | dict(eps=0.0))
    assert np.isnan(bare).all() and (replay(rules.adamax, theta, none, [0.1], ADAM | dict(eps=0.0)) == 1).all()


def test_rmsprop_of_torch_without_eps_and_slope_is_nothing():
    theta, none = np.ones(2), np.zeros((1, 2))
    assert np.isnan(torch_run(torch.optim.RMSprop, theta, none, [0.1], dict(eps=0.0))).all()


def test_nesterov_seen_from_its_lookahead_point_parts_from_torch_when_the_rate_changes():
    from optlib.methods import nesterov_lookahead

    def points(lrs):
        theta, b, path = np.array([1.0, -0.5, 2.0]), 0, []
        for lr in lrs:
            theta, b = nesterov_lookahead(theta, bowl, b, lr=lr, momentum=0.9)
            path.append(theta - lr * 0.9 * b)
        return np.array(path)

    def bowl(theta):
        return np.array([1.0, 3.0, 10.0]) * theta

    def library(lrs):
        theta, b, path = np.array([1.0, -0.5, 2.0]), 0, []
        for lr in lrs:
            theta, b = rules.nesterov(theta, bowl(theta), b, lr=lr, momentum=0.9)
            path.append(theta)
        return np.array(path)

    assert np.abs(points([0.05] * 8) - library([0.05] * 8)).max() <= 1e-14
    drop = [0.05] * 3 + [0.005] * 5
    d = np.abs(points(drop) - library(drop)).max(axis=1)
    TABLE.append(("nesterov_lookahead", "torch SGD(nesterov=True)", f"{d[-1]:.1e}", "rate drops by ten at step 4"))
    assert d[2] <= 1e-14 and d[-1] > 1e-2
