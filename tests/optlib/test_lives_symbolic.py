"""The symbolic life of a rule says what its NumPy life computes."""

import math

import numpy as np
import pytest
import sympy as sp

from optlib import rules
from optlib.grammar import Matrix, Model, Tensor, read, same
from optlib.lives import over, telling
from optlib.lives.symbolic import shape_of, state_shapes, symbolic_inputs, trace
from optlib.methods import nesterov_lookahead
from optlib.ops import mean, norm, ratio, sqrt, where

RULES = [getattr(rules, name) for name in [*rules.ELEMENTWISE, "sophia"]]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.__name__)
@pytest.mark.parametrize("t", [1, 2, 7])
def test_a_trace_at_numbers_is_the_rule_at_those_numbers(rule, t):
    rng = np.random.default_rng(t)
    values = {name: float(rng.uniform(0.1, 0.9)) for name in trace(rule).inputs} | {"t": t}
    found = trace(rule)
    out = rule(**{n: v for n, v in values.items() if n in found.inputs})
    out = out if isinstance(out, tuple) else (out,)
    for name, expected in zip(("theta", *read(rule).state), out):
        symbolic = found.values[name].subs({found.inputs[n]: values[n] for n in found.inputs})
        assert float(symbolic) == pytest.approx(expected, rel=1e-12)


def test_every_local_name_has_its_value():
    found = trace(rules.adam)
    m, g, beta1, t = (found.inputs[n] for n in ("m", "g", "beta1", "t"))
    assert sp.simplify(found.values["m_hat"] - (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)) == 0
    assert found.values["g"] == g


def test_ratio_keeps_its_otherwise():
    found = trace(rules.adamax)
    at_zero = {found.inputs[n]: 0 for n in ("g", "m", "u", "eps")}
    assert sp.simplify(found.values["theta"].subs(at_zero) - found.inputs["theta"]) == 0


def test_what_a_method_asks_is_an_opaque_function():
    found = trace(nesterov_lookahead)
    theta, b, lr, mu = (found.inputs[n] for n in ("theta", "b", "lr", "momentum"))
    grad = sp.Function("grad", real=True)
    assert sp.expand(found.values["b"] - (mu * b + grad(theta - lr * mu * b))) == 0


def lamb(theta: Tensor, g, m=0, *, lr=1e-3, beta1=0.9):
    m = beta1 * m + (1 - beta1) * g
    r = norm(theta) / norm(m)
    theta = theta - lr * r * m
    return theta, m


def factored(theta: Tensor, g, R=lambda theta: 0 * theta[:, :1], k: float = 1.0, *, lr=1e-2):
    R = R + mean(g**2, 1)
    k = k + 1
    theta = theta - lr * g / sqrt(R)
    return theta, R, k


def test_a_tensor_rule_is_traced_on_an_array_of_symbols():
    found, rng = trace(lamb), np.random.default_rng(0)
    assert shape_of(lamb) == (2, 3)
    theta, g, m = (rng.standard_normal((2, 3)) for _ in range(3))
    numbers = {found.inputs["lr"]: 0.1, found.inputs["beta1"]: 0.5}
    for name, array in (("theta", theta), ("g", g), ("m", m)):
        numbers |= dict(zip(found.inputs[name].flat, array.flat))
    expected, _ = lamb(theta, g, m, lr=0.1, beta1=0.5)
    assert np.allclose([float(e.subs(numbers)) for e in found.values["theta"].flat], expected.flat, rtol=1e-12)


def test_states_have_the_shape_of_their_start():
    assert state_shapes(factored, (2, 3)) == {"R": (2, 1), "k": ()}
    found = trace(factored)
    assert found.values["R"].shape == (2, 1) and found.values["theta"].shape == (2, 3)
    assert state_shapes(lambda theta, g, z=same: (theta, z), (2,)) == {"z": (2,)}


def test_a_model_is_one_element_unless_the_step_looks_at_more():
    def whole(theta: Model, g, *, lr=1.0):
        theta = theta - lr * g / norm(g)
        return theta

    assert shape_of(nesterov_lookahead) == () and shape_of(whole) == (3,)


def test_a_matrix_rule_is_not_traced():
    def shampoo(theta: Matrix, g, *, lr=1.0):
        theta = theta - lr * g @ g.T @ g
        return theta

    with pytest.raises(TypeError, match="shampoo sees Matrix"):
        trace(shampoo)


def test_zero_is_allowed_where_it_is_the_default():
    inputs = symbolic_inputs(rules.adamax)
    assert inputs["eps"].is_nonnegative and not inputs["eps"].is_positive and inputs["lr"].is_positive


def test_over_leaves_the_original_alone():
    def root(x, *, scale=1.0):
        return scale * sqrt(x)

    twin = over(root, {"sqrt": lambda x: ("root of", x)})
    assert over(root, {})(4.0, scale=2.0) == root(4.0, scale=2.0) == 4.0
    assert twin(3, scale=1) == ("root of", 3) and twin.__name__ == "root"
    assert root(9.0) == 3.0


def test_over_keeps_what_a_function_closes_over():
    factor = 5

    def scaled(x):
        return factor * sqrt(x)

    assert over(scaled, {"sqrt": math.cos})(0.0) == 5.0
    assert over(telling(scaled), {"sqrt": math.cos})(0.0) == {"x": 0.0}


def test_telling_gives_the_last_value_of_each_name():
    def step(theta, g, b=1.0, *, lr=0.5):
        b = b + g
        d = where(b > 2, b, ratio(b, 0.0, 7.0))
        theta = theta - lr * d
        return theta, b

    assert telling(step)(1.0, 3.0) == {"theta": -1.0, "g": 3.0, "b": 4.0, "lr": 0.5, "d": 4.0}
    assert telling(step)(1.0, 0.0, lr=1.0)["d"] == 7.0
    assert step(1.0, 3.0) == (-1.0, 4.0)
