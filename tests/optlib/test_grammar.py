"""What a signature declares, and the sentence where a call does not fit it."""

from functools import partial

import pytest

from optlib import rules
from optlib.grammar import Model, check_hyper, read, same, start
from optlib.methods import nesterov_lookahead
from tests.optlib import steps


def test_a_rule_declares_itself():
    s = read(rules.adam)
    assert (s.name, s.scope, s.asks, s.timed) == ("adam", None, ("g",), True)
    assert s.state == {"m": 0, "v": 0}
    assert s.hyper == {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def test_a_method_asks_functions():
    s = read(nesterov_lookahead)
    assert (s.scope, s.asks, s.timed) == (Model, ("grad",), False)


def test_number_states_and_starts():
    s = read(steps.float_state)
    assert s.numbers == {"prod"} and start(s, 3.0) == [1.0]
    assert start(read(steps.from_start), 3.0) == [3.0]
    assert same(5.0) == 5.0


def test_partial_presets_a_hyperparameter():
    s = read(partial(rules.adam, lr=0.5))
    assert s.hyper["lr"] == 0.5 and s.name == "adam"
    assert read(partial(partial(rules.adam, lr=0.5), lr=0.1)).hyper["lr"] == 0.1


def test_average_has_a_place():
    assert read(steps.schedule_free).average == 1 and read(rules.sgd).average is None


def test_unknown_and_missing_hyperparameters():
    with pytest.raises(TypeError, match=r"adam has no hyperparameter 'momentum'; it takes lr, beta1, beta2, eps"):
        check_hyper(read(rules.adam), {"momentum": 0.9})

    def needs(theta, g, *, lr):
        return theta - lr * g

    with pytest.raises(TypeError, match="needs needs a value for lr"):
        check_hyper(read(needs), {})
    check_hyper(read(partial(needs, lr=1.0)), {})


def test_every_rule_follows_the_grammar():
    for name in rules.__all__:
        rule = getattr(rules, name)
        s = read(rule)
        assert s.name == name and s.asks[0] == "g" and "lr" in s.hyper and rule.__doc__
        if name not in rules.ELEMENTWISE:
            continue  # test_tensors.py calls them on arrays
        out = rule(1.0, 2.0)
        count = len(out) if isinstance(out, tuple) else 1
        assert count == 1 + len(s.state), f"{name} returns theta and its states"
        assert all(type(x) is float for x in (out if isinstance(out, tuple) else (out,))), "Python numbers stay so"
