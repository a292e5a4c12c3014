"""The two loops against torch's L-BFGS, which takes fixed steps: each of its steps is lr times our H g."""

import numpy as np
import torch

from optlib.methods.lbfgs import two_loop
from optlib.problems import mgh


def test_every_step_of_torch_is_two_loops_on_its_own_pairs():
    p, lr, memory = mgh("variably_dimensioned"), 0.3, 4
    theta = torch.tensor(p.start, dtype=torch.float64, requires_grad=True)
    opt = torch.optim.LBFGS([theta], lr=lr, max_iter=1, history_size=memory, tolerance_grad=0, tolerance_change=0)

    def closure():
        theta.grad = torch.tensor(p.grad(theta.detach().numpy()))
        return torch.tensor(p.f(theta.detach().numpy()))

    path = [p.start]
    for _ in range(12):
        opt.step(closure)
        path.append(theta.detach().numpy().copy())
    g = [p.grad(x) for x in path]
    pairs, compared = (), 0
    for k in range(12):
        if pairs:
            step = -lr * two_loop(pairs, g[k])
            assert np.allclose(path[k + 1] - path[k], step, rtol=1e-9, atol=1e-12 * np.linalg.norm(step))
            compared += 1
        s, y = path[k + 1] - path[k], g[k + 1] - g[k]
        if s @ y > 1e-10:
            pairs = (*pairs, (s, y))[-memory:]
    assert compared >= 8
