"""Where a rule and a library are the same: the stored runs are still theirs, and ours follow them on new inputs too."""

import numpy as np
import pytest

from optlib import rules
from tests.conformance.conftest import TABLES
from tests.conformance.libraries import REFERENCES, VERSIONS
from tests.conformance.make import CHANGING, CONSTANT, cases, run_all, stored, streams
from tests.reference.replay import replay
from tests.reference.vectors import close, distance, load, stream

TABLE = TABLES.setdefault(
    "the same: largest |difference| / max(1, |theta|) over all cases",
    [("rule", "library", "settings", "float64", "float32", "cases")],
)
LABELS = [f"{rule}-{library}" for rule, library, *_ in REFERENCES]


def fresh():
    """Inputs that are stored nowhere, larger and of other shapes."""
    rng = np.random.default_rng(77)
    more = {
        f"fresh{i}": dict(theta=rng.standard_normal(shape).tolist(), g=rng.standard_normal((10, *shape)).tolist())
        for i, shape in enumerate([(), (7,), (16, 5), (2, 3, 4)])
    }
    return streams(seed=3) | more


@pytest.fixture(scope="module")
def remade():
    return stored()


def agree(a, b):
    """Whether two pieces of JSON are the same but for rounding in their numbers."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(agree(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list) and a and isinstance(a[0], dict):
        return len(a) == len(b) and all(map(agree, a, b))
    return a == b if isinstance(a, str) else close(a, b)


@pytest.mark.parametrize("name", ["streams", "lookahead", *rules.ELEMENTWISE, "sophia"])
def test_the_stored_runs_are_what_the_installed_libraries_compute(name, remade):
    """A new version of a library may come with new files: `python -m tests.conformance.make`."""
    assert agree(remade[name], load(name)), f"tests/reference/{name}.json differs from what {VERSIONS} compute"


def test_no_rule_is_left_out():
    assert {rule for rule, *_ in REFERENCES} == {*rules.ELEMENTWISE, "sophia"}


@pytest.mark.parametrize("entry", REFERENCES, ids=LABELS)
def test_the_rule_follows_the_library(entry):
    rule, library, settings, run = entry
    inputs, step = fresh(), getattr(rules, rule)
    worst = {np.float64: 0.0, np.float32: 0.0}
    everything = (
        list(cases(rule, inputs, library))
        + [("fresh2", hyper, CHANGING) for _, hyper, _ in cases(rule, ["fresh2"], library)][:2]
    )
    for name, hyper, lrs in everything:
        theta, gradients = stream(inputs, name)
        want = run(theta, gradients, lrs, hyper)
        assert np.isfinite(want).all()
        for dtype in worst:
            got = replay(step, theta.astype(dtype), gradients.astype(dtype), lrs, hyper)
            # single precision is measured against the run's largest parameter
            scale = want if dtype is np.float64 else np.full_like(want, np.max(np.abs(want)))
            worst[dtype] = max(worst[dtype], float(np.max(np.abs(got - want) / np.maximum(1, np.abs(scale)))))
    TABLE.append((rule, library, settings, *(f"{w:.1e}" for w in worst.values()), str(len(everything))))
    assert worst[np.float64] <= 1e-12 and worst[np.float32] <= 1e-6


def test_a_planted_error_is_seen():
    rule, _, _, run = REFERENCES[LABELS.index("adam-torch")]
    theta, gradients = stream(streams(), "small")
    hyper = dict(beta1=0.9, beta2=0.999, eps=1e-8)
    want = run(theta, gradients, CONSTANT, hyper)
    assert distance(replay(getattr(rules, rule), theta, gradients, CONSTANT, hyper | dict(eps=1.001e-8)), want) > 1e-8
    assert run_all(run, rule, streams())[0]["theta"] != want.tolist()
