"""The rules that see whole arrays or keep an average: stored runs are still the libraries'; ours follow them."""

import numpy as np
import pytest

from optlib import rules
from optlib.grammar import Matrix, read
from tests.conformance import tensors
from tests.conformance.conftest import TABLES
from tests.conformance.tensors import CASES, REFERENCES, THROUGH_EIGENVECTORS, cases, scaled, stored
from tests.conformance.test_same import agree
from tests.reference.replay import replay
from tests.reference.vectors import distance, load, stream

TABLE = TABLES.setdefault(
    "the same: largest |difference| / max(1, |theta|) over all cases",
    [("rule", "library", "settings", "float64", "float32", "cases")],
)


@pytest.fixture(scope="module")
def remade():
    return stored()


def fresh(rule):
    """Inputs that are stored nowhere, of shapes that the rule and the library take."""
    shapes = [(6, 4), (3, 7), (5, 5)]
    if read(getattr(rules, rule)).scope is not Matrix and rule != "lars":  # pytorch_optimizer's LARS is for matrices
        shapes += [(), (7,)]
    shapes = {"soap": [(5, 5), (2, 2)], "adagrad_full": [(6,), (3,)]}.get(rule, shapes)  # unique bases; one vector
    rng, out = np.random.default_rng(78), {}
    for shape in shapes:
        theta, g = rng.standard_normal(shape), rng.standard_normal((tensors.STEPS, *shape))
        out[f"fresh {shape}"] = dict(theta=theta.tolist(), g=g.tolist())
    return out


def test_no_rule_is_left_out():
    assert {rule for rule, *_ in REFERENCES} | {*rules.ELEMENTWISE, "sophia"} == set(rules.__all__)
    assert set(CASES) == {rule for rule, *_ in REFERENCES}


@pytest.mark.parametrize("name", ["streams_arrays", *CASES])
def test_the_stored_runs_are_what_the_installed_libraries_compute(name, remade):
    """A new version of a library may come with new files: `python -m tests.conformance.make`."""
    assert agree(remade[name], load(name)), f"tests/reference/{name}.json is not what these libraries compute"


@pytest.mark.parametrize("entry", REFERENCES, ids=[f"{rule}-{library}" for rule, library, *_ in REFERENCES])
def test_the_rule_follows_the_library(entry):
    rule, library, settings, run = entry
    bound = {np.float64: 1e-8 if rule in THROUGH_EIGENVECTORS else 1e-12, np.float32: 1e-3}
    worst, count = dict.fromkeys(bound, 0.0), 0
    for inputs in (tensors.streams(), fresh(rule)):
        for name, hyper, lrs in cases(rule, inputs):
            theta, gradients = stream(inputs, name)
            want = run(theta, gradients, lrs, hyper)
            assert np.isfinite(want).all(), (name, hyper)
            hyper = scaled(hyper, theta) if rule == "muon" else hyper
            for dtype in worst:
                got = replay(getattr(rules, rule), theta.astype(dtype), gradients.astype(dtype), lrs, hyper)
                scale = want if dtype is np.float64 else np.full_like(want, np.max(np.abs(want)))
                worst[dtype] = max(worst[dtype], float(np.max(np.abs(got - want) / np.maximum(1, np.abs(scale)))))
            count += 1
    TABLE.append((rule, library, settings, *(f"{w:.1e}" for w in worst.values()), str(count)))
    assert all(worst[dtype] <= bound[dtype] for dtype in bound), worst


def test_a_planted_error_is_seen():
    rule, _, _, run = REFERENCES[1]
    assert rule == "lamb"
    theta, gradients = stream(tensors.streams(), "square")
    hyper = CASES["lamb"][1][0]
    want = run(theta, gradients, tensors.CONSTANT, hyper)
    assert distance(replay(rules.lamb, theta, gradients, tensors.CONSTANT, hyper | dict(eps=1.1e-6)), want) > 1e-12
