"""Where each state starts and what each hyperparameter is when nobody says: the numbers of the sources, once more."""

import inspect

import numpy as np
import pytest

from optlib import rules
from optlib.grammar import Matrix, Model, Tensor, read, start

ADAM = dict(lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8)  # Kingma and Ba (2015), Algorithm 1
HYPER = {
    "sgd": dict(lr=1e-2),
    "signsgd": dict(lr=1e-3),
    **{name: dict(lr=1e-2, momentum=0.9) for name in ("momentum", "momentum_inside", "nesterov")},
    "momentum_ema": dict(lr=1e-1, momentum=0.9),  # the steps of momentum
    "rprop": dict(lr=0.1, up=1.2, down=0.5, low=1e-6, high=50.0, retract=1.0),
    "adagrad": dict(lr=1e-2, eps=1e-10),  # PyTorch
    "adagrad_full": dict(lr=1e-2, eps=1e-6, eps_root=0.0),
    "rmsprop": dict(lr=1e-2, rho=0.9, eps=1e-8),  # rho of the lecture, the rest PyTorch's
    "rmsprop_centered": dict(lr=1e-2, rho=0.9, eps=1e-8),
    "adadelta": dict(lr=1.0, rho=0.95, eps=1e-6),
    **{name: ADAM for name in ("adam", "nadam")},
    "adamax": ADAM | dict(lr=2e-3, eps=0.0),
    "adam_l2": ADAM | dict(weight_decay=1e-2),
    "adamw": ADAM | dict(weight_decay=1e-2),  # PyTorch
    "amsgrad": ADAM | dict(corrected=0),
    "radam": ADAM | dict(threshold=4),
    "adabound": ADAM | dict(final_lr=0.1, gamma=1e-3),
    "adabelief": ADAM | dict(eps=1e-16),
    "yogi": ADAM | dict(lr=1e-2, eps=1e-3),
    "adopt": ADAM | dict(beta2=0.9999, eps=1e-6),
    "adan": ADAM | dict(beta1=0.98, beta2=0.92, beta3=0.99, weight_decay=0.0),
    "ademamix": ADAM | dict(beta3=0.9999, alpha=5.0, weight_decay=0.0),
    "lion": dict(lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0),
    "sophia": dict(lr=1e-4, beta1=0.96, beta2=0.99, gamma=0.01, eps=1e-12, every=10, weight_decay=0.2),
    "lars": dict(lr=1.0, momentum=0.9, weight_decay=5e-4, trust=1e-3),
    "lamb": ADAM | dict(eps=1e-6, weight_decay=1e-2),
    "adafactor": dict(lr=1e-2, decay=0.8, eps=1e-30, eps_scale=1e-3, clip=1.0),
    "muon": dict(lr=2e-2, momentum=0.95, eps=1e-7, weight_decay=0.0, scale=1.0),
    "shampoo": dict(lr=1e-1, eps=1e-4),
    "soap": dict(lr=3e-3, beta1=0.95, beta2=0.95, eps=1e-8, every=10),
    "schedule_free_sgd": dict(lr=1.0, beta1=0.9, weight_decay=0.0),
    "schedule_free_adamw": ADAM | dict(lr=2.5e-3, weight_decay=0.0),
    "prodigy": ADAM | dict(lr=1.0, weight_decay=0.0),
}
SCOPES = {
    Tensor: ["lamb", "lars"],
    Matrix: ["adafactor", "muon", "shampoo", "soap"],
    Model: ["adagrad_full", "prodigy"],
}
NUMBERS = {"prodigy": {"r": 0.0, "d": 1e-6}, "schedule_free_sgd": {"w": 0.0}, "schedule_free_adamw": {"w": 0.0}}
THETA = np.arange(1.0, 7).reshape(3, 2)
ROWS, COLUMNS = np.zeros((3, 3)), np.zeros((2, 2))
STARTS = {  # all others start at the number zero
    "yogi": dict(m=1e-6, v=1e-6),
    "prodigy": dict(start=THETA),
    **{name: dict(z=THETA, average=THETA) for name in ("schedule_free_sgd", "schedule_free_adamw")},
    "shampoo": dict(L=ROWS, R=COLUMNS),
    "soap": dict(L=ROWS, R=COLUMNS, P=ROWS, Q=COLUMNS),
    "adafactor": dict(R=np.zeros((3, 1)), C=np.zeros((1, 2))),
}


@pytest.mark.parametrize("name", rules.__all__)
def test_hyperparameters_have_the_values_of_the_sources(name):
    signature = read(getattr(rules, name))
    assert signature.hyper == HYPER[name]
    assert signature.scope is next((scope for scope, names in SCOPES.items() if name in names), None)
    t = inspect.signature(getattr(rules, name)).parameters.get("t")
    assert t is None or t.default == 1  # steps are counted from one, also by a caller who does not count


@pytest.mark.parametrize("name", rules.__all__)
def test_states_start_where_the_sources_start_them(name):
    signature, numbers = read(getattr(rules, name)), NUMBERS.get(name, {})
    assert signature.numbers == set(numbers)
    theta = np.arange(1.0, 4) if name == "adagrad_full" else THETA
    begun = dict(zip(signature.state, start(signature, theta), strict=True))
    other = STARTS.get(name, {}) | numbers | ({"G": np.zeros((3, 3))} if name == "adagrad_full" else {})
    assert set(other) <= set(begun)
    for state, value in begun.items():
        np.testing.assert_array_equal(value, other.get(state, 0), err_msg=state, strict=True)
