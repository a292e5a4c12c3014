"""Writes tests/reference/kfac.json: one step of K-FAC by curvlinops, on a small network.

`python -m tests.conformance.kfac_reference` in an environment that has curvlinops-for-pytorch.  Continuous integration
has not: the package asks for torchvision, of a torch that it would replace.
"""

import importlib.metadata

import numpy as np

from optlib.models import mlp
from tests.reference import vectors

CALL = (
    "KFACInverseLinearOperator(KFACLinearOperator(model, loss, params, data, fisher_type='type-2', "
    "separate_weight_and_bias=False), damping=damping, use_heuristic_damping=True)"
)
DAMPING = 0.02


def drawn(seed=0):
    """theta, X, y of a network of 5, 4 and 3 units on nine examples."""
    rng = np.random.default_rng(seed)
    theta = {k: v + 0.2 * rng.standard_normal(v.shape) for k, v in mlp.start((5, 4, 3), "tanh", 1).items()}
    return theta, rng.uniform(-1, 1, (9, 5)), rng.integers(0, 3, 9)


def made():
    """What kfac.json holds: the inputs, and the gradient multiplied by the inverse, in the layout of optlib."""
    import curvlinops
    import torch

    torch.set_default_dtype(torch.float64)
    theta, X, y = drawn()
    model = torch.nn.Sequential(torch.nn.Linear(5, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3))
    with torch.no_grad():
        for p, name in zip(model.parameters(), theta, strict=True):
            p.copy_(torch.tensor(theta[name].T))
    loss, params = torch.nn.CrossEntropyLoss(), list(model.parameters())
    data = [(torch.tensor(X), torch.tensor(y))]
    gradient = torch.autograd.grad(loss(model(data[0][0]), data[0][1]), params)
    names = vars(curvlinops) | dict(model=model, loss=loss, params=params, data=data, damping=DAMPING)
    step = eval(CALL, names) @ [g.detach() for g in gradient]
    return dict(
        made_by={name: importlib.metadata.version(name).split("+")[0] for name in ("curvlinops-for-pytorch", "torch")},
        call=CALL,
        damping=DAMPING,
        theta={name: a.tolist() for name, a in theta.items()},
        X=X.tolist(),
        y=y.tolist(),
        step={name: a.numpy().T.tolist() for name, a in zip(theta, step, strict=True)},
    )


if __name__ == "__main__":
    vectors.store("kfac", made())
