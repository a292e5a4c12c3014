"""The JavaScript life: what moves in the browser is what NumPy computes."""

import ast
import functools
import json
import math

import numpy as np
import pytest

from optlib import ops, rules
from optlib.grammar import Model, call, read
from optlib.lives import javascript
from optlib.problems.landscapes import LANDSCAPES, gradient
from tests.optlib.node import GENERATED, ask, close, node

EXPRESSIONS = [
    "-a**2", "(-a)**2", "-(a + b)", "a - (b - c)", "a - b - c", "a / (b * c)", "a / b / c", "a / b**2", "a * b**2 * c",
    "(a + b)**2", "(a * b)**2", "2**-a", "a**b**c", "(a**b)**c", "a * -b", "a - -b", "-(-a)", "(a - b) * (a + c)",
    "1e-8 + a",
    "where(a > b, a, b)", "where(a + b <= c, 1, -1) * 2", "ratio(a, b - b, 7)", "ratio(a, b, 7)",
    "maximum(a, b) - minimum(a, b)",
    "sqrt(abs(a - b))", "exp(-a) + sin(b) * cos(c)", "sign(a - b)", "sign(a - a)", "a * (b > c)",
    "(a + 4) % (c + 1) < 1", "(a - 4) // c", "a // (b * c) // 2", "a * b // c", "a / (b // 2 - 9)", "-(a // b)",
    "log(c) + pi",
]  # fmt: skip


def cases(rule, seed, count=40):
    """Steps of a rule: (theta and states, g, t, hyperparameters), with t = 1, zeros, large and small values."""
    rng = np.random.default_rng(seed)
    signature = read(rule)
    nonnegative = {"v", "u", "G", "s", "n", "h", "delta", "v_max"}
    for k in range(count):
        size = [1.0, 1e8, 1e-8, 0.0][k % 4]
        t = [1, 2, 3, 10, 1000][k % 5]
        theta, g = rng.normal(size=2) * (1, size)
        state = [abs(s) if n in nonnegative else s for n, s in zip(signature.state, rng.normal(size=9) * size)]
        if t == 1:
            state = [float(s) for s in signature.state.values()]
        hyper = dict(signature.hyper)
        if k % 3:
            changed = dict(zip(("momentum", "beta1", "beta2", "rho"), rng.uniform(0.1, 0.999, 4)))
            hyper |= {n: v for n, v in changed.items() if n in hyper} | {"lr": float(10 ** rng.uniform(-4, 1))}
        yield [float(theta), *map(float, state)], float(g), t, hyper


def test_the_generated_module_is_current():
    message = "optlib/widgets/generated.js is stale: run `python -m optlib.lives.javascript`"
    assert javascript.GENERATED.read_text(encoding="utf-8") == javascript.module(), message


def test_single_steps_agree_with_numpy():
    asked = [(name, case) for i, name in enumerate(rules.ELEMENTWISE) for case in cases(getattr(rules, name), seed=i)]
    answers = ask([(GENERATED, f"RULES.{name}.step", case) for name, case in asked])
    compared = 0
    for (name, (held, g, t, hyper)), answer in zip(asked, answers):
        step = getattr(rules, name)
        signature = read(step)
        theta, *state = (np.array([v]) for v in held)
        expected = call(step, signature, theta, [np.array([g])], state, t, hyper)
        assert len(answer) == len(expected)
        for got, wanted in zip(answer, expected):
            assert close(got, wanted[0]), (name, held, g, t, hyper, got, wanted)
            compared += 1
    assert compared > 800


def test_a_rule_with_a_second_estimate_takes_it_after_the_gradient():
    cases = [
        ([0.5, 0.3, h], g, h_new, t)
        for h in (0.0, 2.0)
        for g in (-1.0, 0.02)
        for h_new in (-3.0, 5.0)
        for t in (1, 2, 11)
    ]
    hyper = read(rules.sophia).hyper
    calls = "".join(f"console.log(JSON.stringify(rule.step(...{json.dumps([*case, hyper])})));\n" for case in cases)
    script = f"{javascript.WORDS}\nconst rule = {{ {javascript.rule(rules.sophia)} }};\n{calls}"
    rows = node("--input-type=module", "-e", script).strip().splitlines()
    for ((theta, m, h), g, h_new, t), row in zip(cases, rows, strict=True):
        wanted = rules.sophia(theta, g, h_new, m, h, t)
        assert all(map(close, json.loads(row), wanted)), (row, wanted)
    assert len({row for row in rows}) > 8


def test_starts_and_defaults_are_those_of_the_rules():
    table = ask([(GENERATED, "RULES", [])])[0]
    assert list(table) == rules.ELEMENTWISE
    for name, entry in table.items():
        signature = read(getattr(rules, name))
        assert entry["start"] == list(signature.state.values())
        assert entry["hyper"] == signature.hyper


def test_landscapes_and_their_gradients_agree_with_numpy():
    rng = np.random.default_rng(0)
    points = [
        (float(x), float(y)) for x, y in np.concatenate([rng.uniform(-2, 2, (30, 2)), np.zeros((1, 2)), [[30, -40]]])
    ]
    asked = [
        (name, point, hyper) for name, place in LANDSCAPES.items() for point in points for hyper in settings(place.f)
    ]
    values = ask([(GENERATED, f"LANDSCAPES.{name}.f", [*point, hyper]) for name, point, hyper in asked])
    slopes = ask([(GENERATED, f"LANDSCAPES.{name}.grad", [*point, hyper]) for name, point, hyper in asked])
    for (name, point, hyper), value, slope in zip(asked, values, slopes):
        f = functools.partial(LANDSCAPES[name].f, **hyper)
        assert close(value, f(*point)), (name, point, hyper)
        for got, wanted in zip(slope, gradient(f, np.array(point))):
            assert close(got, wanted), (name, point, hyper, slope)


def settings(f):
    """The defaults of a landscape, and other values of its keywords."""
    defaults = dict(f.__kwdefaults__ or {})
    return [defaults, {k: v * 1.7 for k, v in defaults.items()}]


def test_minima_of_the_generated_module_are_minima():
    table = ask([(GENERATED, "LANDSCAPES", [])])[0]
    wells = {name: len(entry["minima"]) for name, entry in table.items()}
    singles = dict.fromkeys(["ravine", "tilted_ravine", "rosenbrock", "plateau"], 1)
    assert wells == singles | {"two_wells": 2, "saddle": 2, "monkey_saddle": 3}
    for name, entry in table.items():
        f, (left, right, bottom, top) = LANDSCAPES[name].f, LANDSCAPES[name].window
        x, y = np.meshgrid(np.linspace(left, right, 301), np.linspace(bottom, top, 301))
        assert f(x, y).min() >= entry["lowest"] - 1e-11
        for point in entry["minima"]:
            assert np.abs(gradient(f, np.array(point))).max() < 1e-8
            around = f(point[0] + 1e-3 * np.cos(np.arange(12)), point[1] + 1e-3 * np.sin(np.arange(12)))
            assert around.min() > f(*point)


def test_paths_of_two_hundred_steps_agree_with_numpy():
    asked = [(rule, land) for rule in rules.ELEMENTWISE for land in LANDSCAPES]
    rates = {"ravine": 0.05, "tilted_ravine": 0.02, "rosenbrock": 2e-4, "two_wells": 0.02, "saddle": 0.05}
    rates |= {"plateau": 0.05, "monkey_saddle": 0.05}

    def state(rule, land):
        start = LANDSCAPES[land].start
        return {"lr": {rule: rates[land]}, "momentum": 0.9, "beta2": 0.99, "kappa": 10, "start": start}

    answers = ask([("./helpers.mjs", "path", [rule, land, state(rule, land), 200]) for rule, land in asked])
    worst = {}
    for (rule, land), run in zip(asked, answers):
        assert run["diverged"] == 0, (rule, land)
        got = np.array(run["path"]).reshape(-1, 2)
        wanted = walk(rule, land, state(rule, land), 200)
        worst[rule, land] = np.max(np.abs(got - wanted) / np.maximum(1, np.abs(wanted)))
    assert max(worst.values()) < 1e-9, worst
    # nearly all agree to the last digits; a rule that divides by a small root may magnify them
    assert sum(v < 1e-12 for v in worst.values()) >= 0.9 * len(worst), worst


def walk(rule, land, state, steps):
    """The path by the rules themselves, one element at a time, with the gradient of the landscape's own text."""
    f = LANDSCAPES[land].f
    if "kappa" in (f.__kwdefaults__ or {}):
        f = functools.partial(f, kappa=state["kappa"])
    step = getattr(rules, rule)
    signature = read(step)
    values = {"momentum": 0.9, "beta1": 0.9, "beta2": 0.99, "rho": 0.99, "lr": state["lr"][rule]}
    hyper = {k: v for k, v in values.items() if k in signature.hyper}
    theta = np.array(state["start"], dtype=float)
    held, path = [np.full(2, float(s)) for s in signature.state.values()], [theta]
    for t in range(1, steps + 1):
        theta, *held = call(step, signature, theta, [gradient(f, theta)], held, t, hyper)
        path.append(theta)
    return np.array(path)


def test_expressions_keep_their_meaning():
    words = {name: getattr(ops, name) for name in javascript.VOCABULARY | {"pi"}}
    lines = [javascript.expression(ast.parse(text, mode="eval").body)[0] for text in EXPRESSIONS]
    numbers = [(2.5, 1.25, 3.0), (0.5, -2.0, 1.5), (1.0, 1.0, 2.0)]
    script = f"{javascript.WORDS}\nconst f = (a, b, c) => [{', '.join(lines)}].map(Number).join(' ');\n"
    script += "".join(f"console.log(f({a}, {b}, {c}));\n" for a, b, c in numbers)
    rows = node("--input-type=module", "-e", script)
    for (a, b, c), row in zip(numbers, rows.strip().splitlines()):
        for text, got in zip(EXPRESSIONS, row.split(" ")):
            wanted = eval(text, {"__builtins__": {}}, words | {"a": a, "b": b, "c": c})
            if isinstance(wanted, complex):  # a fractional power of a negative number: NaN in JavaScript
                assert got == "NaN"
            else:
                assert close(got, wanted), (text, a, b, c, got, wanted)


def loops(theta, g, *, lr=0.1):
    for _ in range(3):
        theta = theta - lr * g
    return theta


def foreign(theta, g, *, lr=0.1):
    theta = theta - lr * math.tanh(g)
    return theta


def unknown(theta, g, *, lr=0.1):
    theta = theta - lr * tanh(g)  # noqa: F821
    return theta


def whole(theta: Model, g, *, lr=0.1):
    return theta - lr * g


def asking(theta, f, *, lr=0.1):
    return theta - lr * f(theta)


@pytest.mark.parametrize("step", [loops, foreign, unknown])
def test_what_is_outside_the_language_is_refused(step):
    with pytest.raises(SyntaxError, match="language of rules"):
        javascript.rule(step)


@pytest.mark.parametrize("step", [whole, asking])
def test_steps_that_are_no_rules_are_refused(step):
    with pytest.raises(TypeError, match=f"{step.__name__} must be a rule"):
        javascript.rule(step)
