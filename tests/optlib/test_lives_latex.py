"""A rule's lines as LaTeX: as a person would write them.  That they are true is proved in tests/book/test_cards.py."""

from pathlib import Path

import pytest

from optlib import methods, rules
from optlib.grammar import Matrix
from optlib.lives.latex import equations, symbol, written
from optlib.ops import eye, inverse_root, maximum, norm, ratio, sqrt, where

NAMES = {"theta": r"\theta", "lr": r"\eta", "momentum": r"\mu", "beta1": r"\beta_1", "beta2": r"\beta_2", "g": "g"}
NAMES |= {"m_hat": r"\hat m", "v_hat": r"\hat v", "eps": r"\epsilon", "t": "t", "rho": r"\rho", "v": "v", "b": "b"}


def latex(step):
    return {line.name: line.latex for line in equations(step, NAMES)}


def test_known_rules_are_written_by_hand():
    assert latex(rules.momentum) == {"b": r"b_t = \mu b_{t-1} + g_t", "theta": r"\theta_t = \theta_{t-1} - \eta b_t"}
    adam = latex(rules.adam)
    assert adam["v"] == r"v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2"
    assert adam["m_hat"] == r"\hat m_t = \frac{m_t}{1 - \beta_1^t}"
    assert adam["theta"] == r"\theta_t = \theta_{t-1} - \frac{\eta \hat m_t}{\sqrt{\hat v_t} + \epsilon}"
    u = r"u_t = \max(\beta_2 u_{t-1}, \lvert g_t \rvert + \epsilon)"
    assert latex(rules.adamax)["u"] == u
    assert r"\begin{cases} \dfrac{m_t}{u_t} & \text{if } u_t \ne 0 \\ 0 & " in latex(rules.adamax)["theta"]


def test_functions_that_are_asked_are_applied():
    assert latex(methods.ista) == {
        "theta": r"\theta_t = \operatorname{prox}(\theta_{t-1} - \eta\, \operatorname{grad}(\theta_{t-1}), \eta)"
    }
    lines, new = written(methods.newton, NAMES | {"grad": r"\nabla J"})
    assert [line.latex for line in lines] == [
        r"g_t = \nabla J(\theta_{t-1})",
        r"H_t = \nabla^2 J(\theta_{t-1}) + \text{damping}\, I",
        r"\theta_t = \theta_{t-1} - H_t^{-1} g_t",
    ]
    assert new[r"\nabla^2 J"] == "hess" and r"\nabla J" not in new


def test_each_line_knows_its_code_and_where_it_stands():
    source = Path(rules.adam.__code__.co_filename).read_text(encoding="utf-8").splitlines()
    for line in equations(rules.adam, NAMES):
        assert source[line.at - 1].strip() == line.code and line.code.startswith(f"{line.name} = ")


def brackets(theta, g, *, lr, rho):
    a = theta - (g - lr)
    b = (g + lr) * rho * (a * 2)
    c = -(a + b) * rho
    d = -a / b * g
    e = (a * b) ** 2 + sqrt(a) ** (rho + 1)
    theta = (theta - 0 * g) * 1.0 - 1e-3 * e / (c / d)
    return theta


def test_brackets_stand_where_they_are_needed_and_nowhere_else():
    assert latex(brackets) == {
        "a": r"a_t = \theta_{t-1} - (g_t - \eta)",
        "b": r"b_t = (g_t + \eta)\, \rho a_t \cdot 2",
        "c": r"c_t = -(a_t + b_t)\, \rho",
        "d": r"d_t = -\frac{a_t}{b_t}\, g_t",
        "e": r"e_t = (a_t b_t)^2 + \left( \sqrt{a_t} \right)^{\rho + 1}",
        "theta": r"\theta_t = (\theta_{t-1} - 0) \cdot 1 - \frac{0.001 e_t}{\frac{c_t}{d_t}}",
    }


def choices(theta, g, s=0, *, lr, low_rate):
    s = where(g > 0, maximum(s, low_rate), where(g < 0, -s, ratio(1, s, 0)))
    theta = theta - lr * s
    return theta, s


def test_a_choice_inside_a_choice_goes_on_in_the_same_braces():
    assert latex(choices)["s"] == (
        r"s_t = \begin{cases} \max(s_{t-1}, \text{low rate}) & \text{if } g_t > 0 \\ -s_{t-1} & \text{if } g_t < 0 \\ "
        r"\dfrac{1}{s_{t-1}} & \text{if } s_{t-1} \ne 0 \\ 0 & \text{otherwise} \end{cases}"
    )


def matrices(theta: Matrix, g, b=0, *, lr, eps):
    b = b + g**2
    u = g @ (theta.T @ g) / norm(b)
    w = inverse_root(b + eps * eye(b), 4) @ (u * g)
    theta = theta - lr * u * w / b
    return theta, b


def test_only_a_rule_on_matrices_needs_elementwise_signs():
    assert latex(matrices) == {
        "b": r"b_t = b_{t-1} + g_t^{\odot 2}",
        "u": r"u_t = \frac{g_t\, (\theta_{t-1}^\top g_t)}{\lVert b_t \rVert}",
        "w": r"w_t = (b_t + \epsilon I)^{-1/4}\, (u_t \odot g_t)",
        "theta": r"\theta_t = \theta_{t-1} - \eta u_t \odot w_t \oslash b_t",
    }


def unknown(theta, g, *, lr):
    a, b = g, lr
    theta = theta - [a, b][0]
    return theta


def test_a_line_without_a_form_says_so():
    assert [(line.name, line.latex) for line in equations(unknown, NAMES)] == [("(a, b)", None), ("theta", None)]


@pytest.mark.parametrize(
    "name, moves, wanted",
    [
        ("lr", False, r"\eta"),
        ("gamma", False, r"\gamma"),
        ("beta3", False, r"\beta_3"),
        ("beta3", True, r"\text{beta3}"),
        ("rho_inf", False, r"\rho_\infty"),
        ("n_hat", True, r"\hat n"),
        ("eta", False, r"\text{eta}"),  # taken by lr
        ("final_lr", False, r"\text{final lr}"),
    ],
)
def test_a_name_that_the_book_does_not_know_is_spelled(name, moves, wanted):
    assert symbol(name, NAMES, moves) == wanted


def test_the_new_symbols_of_a_rule_are_listed():
    assert written(choices, NAMES)[1] == {"s": "s", r"\text{low rate}": "low_rate"}
