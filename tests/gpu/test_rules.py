"""Every elementwise rule, its text unchanged, on a GPU through torch."""

import numpy as np
import pytest
import torch

from optlib import rules
from optlib.lives.arrays import on
from tests.gpu.conftest import device
from tests.lives import ELEMENTWISE, distance, walk

HERE = device()
WHOLE = ["lamb", "lars"]


@pytest.mark.parametrize("name", ELEMENTWISE + WHOLE)
def test_a_rule_computes_the_same(name):
    def back(a):
        assert isinstance(a, float) or a.device.type == torch.device(HERE).type, "a state has left the GPU"
        return a.cpu().numpy() if isinstance(a, torch.Tensor) else a

    step = getattr(rules, name)
    there = walk(on(step, torch), lambda a: torch.tensor(a, device=HERE), back)
    assert distance(step, there) < 1e-12


def test_ten_million_parameters_stay_where_they_are():
    theta = torch.ones(10_000_000, device=HERE)
    step, m, v = on(rules.adamw, torch), torch.zeros_like(theta), torch.zeros_like(theta)
    for t in (1, 2, 3):
        theta, m, v = step(theta, torch.ones_like(theta), m, v, t, lr=0.1, weight_decay=0.0)
    assert theta.dtype == torch.float32 and theta.device.type == torch.device(HERE).type
    np.testing.assert_allclose(theta[[0, -1]].cpu().numpy(), 0.7, rtol=1e-5)
