"""Writes tests/reference/*.json from the installed libraries: `python -m tests.conformance.make`."""

import numpy as np

from tests.conformance import differences, methods, relatives, tensors
from tests.conformance.libraries import REFERENCES, torch_nesterov
from tests.conformance.relatives import BETAS
from tests.conformance.runners import MADE_BY, VERSIONS
from tests.reference import vectors

STEPS = 10
CONSTANT = [0.1] * STEPS
CHANGING = [0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.2, 0.2, 0.0, 0.05]

MOMENTA = [dict(momentum=0.9), dict(momentum=0.5), dict(momentum=0.99), dict(momentum=0.0)]
HYPER = {
    "sgd": [{}],
    "momentum": MOMENTA,
    "momentum_inside": MOMENTA,
    "momentum_ema": MOMENTA,
    "nesterov": MOMENTA[:3],  # torch refuses nesterov without momentum
    "adagrad": [dict(eps=1e-10), dict(eps=1e-3), dict(eps=0.5)],
    "rmsprop": [dict(rho=0.9, eps=1e-8), dict(rho=0.99, eps=1e-8), dict(rho=0.5, eps=0.5)],
    "adam": BETAS,
    "adamax": BETAS,
    "nadam": BETAS,
} | relatives.HYPER


def streams(seed=20):
    """Gradients of every kind, and places to start."""
    rng = np.random.default_rng(seed)

    def draw(*shape, scale=1.0):
        return dict(theta=rng.standard_normal(shape), g=scale * rng.standard_normal((STEPS, *shape)))

    zeros, spike = draw(5), draw(2, 3)
    zeros["g"][3] = 0  # one step without any slope
    zeros["g"][:2, 0] = 0  # a coordinate that wakes up late
    zeros["g"][:, 1] = 0  # and one that never does
    spike["g"][4, 0, 1] = 1e6
    made = dict(number=draw(), zeros=zeros, spike=spike, small=draw(2, 1, 2, scale=1e-6), large=draw(3, scale=1e3))
    return {name: {k: np.asarray(v).tolist() for k, v in s.items()} for name, s in made.items()}


def cases(rule, inputs, library=None):
    """Each stream with each setting at a constant rate; two streams also at a rate that changes on the way."""
    settings = HYPER.get((rule, library), HYPER[rule])
    for name in inputs:
        for hyper in settings:
            yield name, hyper, CONSTANT
    for name in ("zeros", "spike"):
        yield name, settings[0], CHANGING


def run_all(run, rule, inputs, library=None):
    """The stored form of all cases of a rule."""
    return [
        dict(stream=name, hyper=hyper, lr=lrs, theta=run(*vectors.stream(inputs, name), lrs, hyper).tolist())
        for name, hyper, lrs in cases(rule, inputs, library)
    ]


def slope(theta):
    """A gradient that depends on where it is taken: a stretched bowl with ripples."""
    return np.array([1.0, 3.0, 10.0]) * theta + np.sin(3 * theta)


def lookahead_run():
    """torch's Nesterov on `slope`, whose parameters are the look-ahead points."""
    import torch

    hyper, start = dict(lr=0.05, momentum=0.9), [1.0, -0.5, 2.0]
    p = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer, path = torch_nesterov([p], **hyper), []
    for _ in range(30):
        p.grad = torch.from_numpy(slope(p.detach().numpy()))
        optimizer.step()
        path.append(p.detach().numpy().tolist())
    return dict(made_by={"torch": VERSIONS["torch"]}, hyper=hyper, start=start, theta=path)


def stored():
    """{file name: content} of everything in tests/reference."""
    inputs = streams()
    out = {"streams": inputs, "lookahead": lookahead_run()}
    for rule, library, settings, run in REFERENCES:
        if rule not in out:
            versions = {k: VERSIONS[k] for k in MADE_BY[library]}
            out[rule] = dict(
                made_by=versions, library=library, settings=settings, cases=run_all(run, rule, inputs, library)
            )
    out |= tensors.stored()
    return out


if __name__ == "__main__":
    for name, content in stored().items():
        vectors.store(name, content)
    vectors.store("differences", differences.measured())
    vectors.store("methods", methods.measured())
