"""The calls that the reference cards print: each does what its card says, by the measure that is stored."""

import numpy as np
import pytest

from optlib import rules
from tests.conformance import differences
from tests.conformance.conftest import TABLES
from tests.reference.vectors import load

TABLE = TABLES.setdefault(
    "what the cards say: largest |difference| of the parameters",
    [("rule", "library", "kind", "step 1", "step 8", "call")],
)
ROUNDING = 2e-12  # two differences that are rounding alone


@pytest.fixture(scope="module")
def measured():
    return differences.measured()


def test_every_rule_says_something_of_every_library():
    told = differences.calls()
    for rule in rules.__all__:
        assert rule in told, f"book/libraries.toml has no entry for {rule}"
        for library in differences.LIBRARIES:
            entry = told[rule].get(library, {})
            assert ("same" in entry) != ("none" in entry), (rule, library)
            assert set(entry) <= {"same", "with", "none", "differs"}, (rule, library)


def test_what_is_called_the_same_is_the_same_and_what_differs_differs(measured):
    for row in measured["rows"]:
        TABLE.append(
            (*(row[k] for k in ("rule", "library", "kind")), f"{row['first']:.1e}", f"{row['last']:.1e}", row["call"])
        )
        worst = max(row["first"], row["last"])
        assert worst <= row["bound"] if row["kind"] == "same" else worst > 1e-12, row


def test_the_stored_differences_are_what_the_installed_libraries_show(measured):
    """After a new version of a library: `python -m tests.conformance.make`."""
    stored = load("differences")
    assert [{**r, "first": 0, "last": 0} for r in stored["rows"]] == [
        {**r, "first": 0, "last": 0} for r in measured["rows"]
    ]
    for old, new in zip(stored["rows"], measured["rows"]):
        for when in ("first", "last"):
            assert np.isclose(old[when], new[when], rtol=1e-3, atol=ROUNDING), (old, new)


def test_a_call_with_another_setting_is_seen():
    entry = {"call": "torch.optim.Adam(p, lr=lr, betas=(beta1, 0.998), eps=eps)"}
    assert differences.distances("adam", "torch", entry).max() > 1e-4
