"""Rules on whole arrays: where libraries differ from them, measured as in test_differences."""

from functools import partial

import numpy as np
import optax
import pytest
import pytorch_optimizer
import schedulefree
import torch
from prodigyopt import Prodigy

from optlib import rules
from tests.conformance import tensors
from tests.conformance.measuring import DROP, LR, inputs, measure, on_optax, on_torch, ours
from tests.conformance.runners import torch_run

LAMB = dict(beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.01)
PRODIGY = dict(beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0)


def optax_lars(lr, momentum, weight_decay, trust):
    return optax.lars(lr, weight_decay=weight_decay, trust_coefficient=trust, momentum=momentum)


def test_lars_of_optax_divides_by_the_norm_of_the_sum():
    bare, decayed = (dict(momentum=0.9, weight_decay=w, trust=0.1) for w in (0.0, 0.5))
    assert np.abs(ours(rules.lars, DROP, **bare) - on_optax(optax_lars, DROP, **bare)).max() <= 1e-14
    d = measure("lars", "optax lars", "ratio to norm(g + decay * theta), decay 0.5", ours(rules.lars, **decayed),
                on_optax(optax_lars, **decayed))  # fmt: skip
    assert d[-1] > 1e-4


def test_lars_of_pytorch_optimizer_has_its_rate_outside_and_leaves_vectors_alone():
    hyper = dict(momentum=0.9, weight_decay=0.0, trust=0.1)
    d = measure("lars", "pytorch_optimizer LARS", "rate drops by ten at step 4", ours(rules.lars, DROP, **hyper),
                on_torch(tensors.po_lars, DROP, **hyper))  # fmt: skip
    assert d[2] <= 1e-14 and d[3] > 1e-4
    theta, gradients = np.ones(3), np.ones((1, 3))
    plain = torch_run(tensors.po_lars, theta, gradients, [0.1], hyper | dict(weight_decay=10.0))
    assert np.abs(plain - 0.9).max() <= 1e-15  # neither its rate nor its decay


def po_lamb(p, lr, beta1, beta2, eps, weight_decay, **more):
    return pytorch_optimizer.Lamb(p, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay,
                                  weight_decouple=False, **more)  # fmt: skip


def test_lamb_of_pytorch_optimizer_corrects_after_the_ratio_and_cuts_long_parameters():
    theirs = on_torch(po_lamb, **LAMB)
    d = measure("lamb", "pytorch_optimizer Lamb", "1 / (1 - beta1**t) after the ratio, none of v",
                ours(rules.lamb, **LAMB), theirs)  # fmt: skip
    theta, gradients = inputs()
    assert d[0] > 0.1
    assert np.linalg.norm(theirs[0] - theta) / np.linalg.norm(theta) == pytest.approx(1.0, rel=1e-4)  # not lr = 0.1
    long = 100 * theta
    step = torch_run(po_lamb, long, gradients[:1], [0.1], LAMB)[0] - long
    assert np.linalg.norm(step) == pytest.approx(10.0, rel=1e-3)  # the norm counts as 10


def test_adafactor_of_optax_keeps_all_squares_of_small_matrices_and_counts_in_float32():
    default = on_optax(lambda lr: optax.adafactor(lr))
    d = measure("adafactor", "optax adafactor()", "factors from 128 rows and columns on",
                ours(rules.adafactor), default)  # fmt: skip
    assert d[0] > 1e-4
    factored = on_optax(lambda lr: optax.adafactor(lr, min_dim_size_to_factor=1))
    d = measure("adafactor", "optax adafactor(min_dim_size_to_factor=1)", "t**-decay in float32",
                ours(rules.adafactor), factored)  # fmt: skip
    assert d[0] <= 1e-14 and 1e-12 < d[-1] < 1e-6


def test_adafactor_of_optax_with_an_offset_starts_with_nan():
    offset = on_optax(lambda lr: optax.adafactor(lr, min_dim_size_to_factor=1, decay_offset=1))
    assert np.isnan(offset[0]).all()


def test_adafactor_of_torch_adds_eps_at_another_place():
    theirs = on_torch(lambda p, lr: torch.optim.Adafactor(p, lr=lr, eps=(0.5, 1e-3)))
    d = measure("adafactor", "torch Adafactor(eps=(0.5, 1e-3))", "a floor of the mean of R and of the root",
                ours(rules.adafactor, eps=0.5), theirs)  # fmt: skip
    assert d[0] > 1e-3


def muon_of_torch(p, lr, **more):
    return torch.optim.Muon(p, lr=lr, weight_decay=0.0, momentum=0.95, **more)


def test_muon_of_torch_turns_in_bfloat16():
    scale = (4 / 3) ** 0.5
    d = measure("muon", "torch Muon(weight_decay=0)", "bfloat16; eps a floor", ours(rules.muon, scale=scale),
                on_torch(muon_of_torch))  # fmt: skip
    assert 1e-4 < d[0] < 2e-2
    adjusted = on_torch(muon_of_torch, adjust_lr_fn="match_rms_adamw")
    assert np.abs(ours(rules.muon, scale=0.2 * 2) - adjusted).max() < 2e-3


def optax_muon(lr, **more):
    return optax.contrib.muon(lr, beta=0.95, eps=1e-300, **more)


def test_muon_of_optax_corrects_its_two_averages_by_different_counts():
    d = measure("muon", "optax contrib.muon", "m corrected for t + 1, g for t; scale of (in, out)",
                ours(rules.muon, eps=1e-300), on_optax(optax_muon))  # fmt: skip
    assert d[0] <= 1e-12 and d[1] > 1e-3


def test_muon_of_optax_without_momentum_is_the_same_with_the_scale_of_its_shape():
    theta, gradients = inputs()
    wide = theta.T, gradients.transpose(0, 2, 1)
    rate = optax.contrib.muon(0.1, beta=0.0, eps=1e-300)
    p, state = wide[0], rate.init(wide[0])
    for g in wide[1]:
        update, state = rate.update(g, state, p)
        p = p + np.asarray(update)
    place, b = wide[0], 0
    for g in wide[1]:
        place, b = rules.muon(place, g, b, lr=0.1, momentum=0.0, eps=1e-300, scale=(4 / 3) ** 0.5)
    assert np.abs(p - place).max() <= 1e-12


def test_muon_of_optax_has_no_preset_of_the_name_in_its_text():
    assert "`muon`, `dion`" in optax.contrib.muon.__doc__
    with pytest.raises(ValueError, match="Unknown ns_coeff preset string: muon"):
        optax.contrib.muon(0.1, ns_coeffs="muon")
    optax.contrib.muon(0.1, ns_coeffs="standard")


def test_soap_of_pytorch_optimizer_sorts_and_turns_in_single_precision():
    hyper = dict(beta1=0.95, beta2=0.95, eps=1e-8)
    library = partial(tensors.soap, kind=pytorch_optimizer.SOAP)
    d = measure("soap", "pytorch_optimizer SOAP(weight_decay=0), every=10", "the first basis is in double",
                ours(rules.soap, every=10, **hyper), on_torch(library, every=10, **hyper))  # fmt: skip
    assert d.max() <= 1e-8
    d = measure("soap", "pytorch_optimizer SOAP(weight_decay=0), every=1", "QR in float32, sorted by eigenvalue",
                ours(rules.soap, every=1, **hyper), on_torch(library, every=1, **hyper))  # fmt: skip
    assert d[1] <= 1e-8 and d[2:].max() > 1e-8
    assert (on_torch(library, every=1, **hyper)[0] == inputs()[0]).all()


def test_shampoo_of_pytorch_optimizer_has_a_momentum_of_its_own():
    def moving(p, lr):
        return pytorch_optimizer.Shampoo(p, lr=lr, matrix_eps=1e-4, momentum=0.9)

    d = measure("shampoo", "pytorch_optimizer Shampoo(momentum=0.9)", "mixes g with the last preconditioned step",
                ours(rules.shampoo, eps=1e-4), on_torch(moving))  # fmt: skip
    assert d[0] <= 1e-12 and d[1] > 1e-3


@pytest.mark.parametrize("rule", ["schedule_free_sgd", "schedule_free_adamw"])
def test_schedule_free_weighs_with_the_largest_rate_so_far_in_the_package(rule):
    make = tensors.sf_sgd if rule == "schedule_free_sgd" else tensors.sf_adamw
    hyper = tensors.CASES[rule][1][0]
    d = measure(rule, "its package", "rate drops by ten at step 4, weights do not",
                ours(getattr(rules, rule), DROP, **hyper), on_torch(make, DROP, **hyper))  # fmt: skip
    assert d[2] <= 1e-14 and d[3] > 1e-3


def test_schedule_free_of_optax_is_the_same_until_it_warms_up():
    steady = on_optax(lambda lr: optax.contrib.schedule_free_sgd(0.1))
    assert np.abs(ours(rules.schedule_free_sgd) - steady).max() <= 1e-12
    adam = on_optax(lambda lr: optax.contrib.schedule_free_adamw(0.1))
    assert np.abs(ours(rules.schedule_free_adamw) - adam).max() <= 1e-12
    warming = on_optax(lambda lr: optax.contrib.schedule_free_sgd(0.1, warmup_steps=4))
    rates = [0.0, 0.025, 0.05, 0.075, *LR[4:]]
    d = measure("schedule_free_sgd", "optax contrib.schedule_free_sgd(warmup_steps=4)",
                "weighs step t with the rate of step t + 1", ours(rules.schedule_free_sgd, rates), warming)  # fmt: skip
    assert d[-1] > 1e-3


def test_schedule_free_packages_answer_with_the_average():
    theta, gradients = inputs()
    p = torch.tensor(theta, requires_grad=True)
    optimizer = tensors.trained(schedulefree.SGDScheduleFree([p], lr=0.1))
    for g in gradients:
        p.grad = torch.tensor(g)
        optimizer.step()
    optimizer.eval()
    place, state = theta, [theta, theta, 0.0]
    for g in gradients:
        place, *state = rules.schedule_free_sgd(place, g, *state, lr=0.1)
    assert np.abs(p.detach().numpy() - state[1]).max() <= 1e-12


def test_prodigy_of_optax_always_corrects():
    ones = [1.0] * 8
    theirs = on_optax(lambda lr, **_: optax.contrib.prodigy(lr), ones, **PRODIGY)
    d = measure("prodigy", "optax contrib.prodigy", "corrects its moments; d still near 1e-6",
                ours(rules.prodigy, ones, **PRODIGY), theirs)  # fmt: skip
    assert d[0] > 1e-7


def test_prodigyopt_without_momentum_takes_the_new_estimate_once_more():
    """With beta1 = 0 its step is lr * d_old * d_new * g; its own general form has d_old twice."""
    hyper, large = PRODIGY | dict(beta1=0.0), [100.0] * 8
    theirs = on_torch(partial(tensors.prodigy, Prodigy), large, **hyper)
    d = measure("prodigy", "prodigyopt Prodigy(betas=(0, ...))", "its shortcut takes the new d",
                ours(rules.prodigy, large, **hyper), theirs)  # fmt: skip
    assert d[0] <= 1e-12 and d.max() > 1e-9
    same = on_torch(tensors.po_prodigy, large, **hyper)
    assert np.abs(ours(rules.prodigy, large, **hyper) - same).max() <= 1e-12
