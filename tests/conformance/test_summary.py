"""Every rule of optlib, the libraries that it follows, and the tests of what a derivation says about it."""

import re
from pathlib import Path

import pytest

from optlib import rules
from tests.conformance import libraries, relatives, tensors
from tests.conformance.conftest import LAST, TABLES

UNIT = Path(__file__).parents[1] / "optlib"
FILES = ("test_rules.py", "test_tensors.py", "test_conformance.py", "test_drivers.py", "test_lives_symbolic.py")
FOLLOWED = [(rule, library) for rule, library, *_ in libraries.REFERENCES + tensors.REFERENCES]


def properties(name, sources):
    """The names of the tests that speak of this rule."""
    found = []
    for source in sources:
        for part in re.split(r"^(?=def |@pytest)", source, flags=re.MULTILINE):
            test = re.search(r"^def test_(\w+)", part, flags=re.MULTILINE)
            if test and re.search(rf"\brules\.{name}\b", part):
                found.append(test[1])
    return found


def rows():
    sources = [(UNIT / name).read_text(encoding="utf-8") for name in FILES]
    for name in rules.__all__:
        followed = [library for rule, library in FOLLOWED if rule == name]
        tests = properties(name, sources)
        first = tests[0].replace("_", " ") if tests else ""
        yield name, ", ".join(followed), str(len(tests)), first


TABLE = TABLES.setdefault(LAST, [("rule", "follows", "properties", "the first of them"), *rows()])


@pytest.mark.parametrize("name", rules.__all__)
def test_no_rule_is_left_without_a_witness(name):
    listed = {row[0]: row for row in TABLE[1:]}
    assert list(listed) == rules.__all__
    _, follows, count, _ = listed[name]
    assert follows or int(count), f"{name} has neither a library that it follows nor a test of a property"


def test_the_list_of_settings_knows_every_reference_and_no_other():
    names = {key if isinstance(key, str) else key[0] for key in relatives.HYPER}
    assert names == {rule for rule, *_ in relatives.REFERENCES}


def test_a_rule_without_a_witness_is_seen():
    assert properties("nobody", ["def test_x():\n    rules.nobody_else(1)\n"]) == []
    assert properties("sgd", ["def test_x():\n    rules.sgd(1)\n\n\ndef test_y():\n    pass\n"]) == ["x"]
