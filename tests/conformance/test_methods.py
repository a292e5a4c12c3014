"""The calls that the cards of methods print: each does what its card says, by the measure that is stored."""

import numpy as np
import pytest

from tests.conformance import methods
from tests.conformance.conftest import TABLES
from tests.reference.vectors import load

TABLE = TABLES.setdefault(
    "what the cards of methods say: largest |difference|",
    [("method", "library", "compared", "first", "last", "call")],
)
STORED = load("methods")


@pytest.fixture(scope="module")
def measured():
    return methods.measured()


def test_what_is_called_the_same_is_the_same_and_what_differs_differs(measured):
    """Both ends are apart by what the tolerances leave, which no two machines need have alike."""
    assert measured["made_by"] == STORED["made_by"], "python -m tests.conformance.make"
    assert len(measured["rows"]) == len(STORED["rows"])
    for old, new in zip(STORED["rows"], measured["rows"]):
        TABLE.append(
            (
                *(new[k] for k in ("method", "library", "compare")),
                f"{new['first']:.1e}",
                f"{new['last']:.1e}",
                new["call"],
            )
        )
        assert {**old, "first": 0, "last": 0} == {**new, "first": 0, "last": 0}
        if "bound" in new:
            assert max(new["first"], new["last"]) <= new["bound"], new
        elif new["compare"] == "minimizer" and old["last"] <= methods.ENDS:
            assert new["last"] <= methods.ENDS, new
        else:
            assert new["last"] > 1e-6, new
            for when in ("first", "last"):
                assert np.isclose(old[when], new[when], rtol=1e-3, atol=2e-12), (old, new)


def entry(name, of, compare):
    return next(e for n, e in methods.calls() if (n, e["of"], e["compare"]) == (name, of, compare))


@pytest.mark.parametrize(
    "name, of, compare, right, wrong",
    [
        ("backtracking", "optax", "steps", "decrease_factor=0.5", "decrease_factor=0.8"),
        ("natural_gradient", "sklearn", "steps", "C=np.inf", "C=1.0"),
        ("ista", "pyproximal", "steps", "sigma=weight", "sigma=1.0"),
        ("nesterov_lookahead", "torch", "points", "momentum=0.9", "momentum=0.8"),
        ("bfgs", "scipy", "update", "init_scale=1.0", "init_scale=2.0"),
        ("sam", "optax", "wrapped", "optax.sgd(radius)", "optax.sgd(2 * radius)"),
        ("lookahead", "pytorch_optimizer", "wrapped", "alpha=0.3", "alpha=0.5"),
        ("coordinate_descent", "sklearn", "steps", "alpha=weight", "alpha=1.0"),
    ],
)
def test_a_call_with_another_setting_is_seen(name, of, compare, right, wrong):
    told = entry(name, of, compare)
    call = told["call"].replace(right, wrong)
    assert call != told["call"] and methods.distances(name, told | {"call": call})[1] > 1e-4
