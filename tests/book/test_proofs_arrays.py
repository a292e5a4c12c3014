"""Rules that see a whole array are proved on a 2x3 array of symbols; rules on matrices are checked on 50 of them."""

import re

import numpy as np
import pytest

from book.proofs.prover import prove_text
from optlib.grammar import Matrix, Model, Tensor
from optlib.methods import natural_gradient
from optlib.ops import dot, eye, mean, norm, sqrt


def lamb(theta: Tensor, g, m=0, v=0, t=1, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    u = m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t)) + eps) + weight_decay * theta
    r = norm(theta) / norm(u)
    theta = theta - lr * r * u
    return theta, m, v


LAMB = r"""---
notation: {r: r}
---
```{math}
:label: eq-lamb
\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t \\
v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2 \\
u_t &= \frac{m_t / (1-\beta_1^t)}{\sqrt{v_t / (1-\beta_2^t)} + \epsilon} + \lambda \theta_{t-1} \\
r_t &= \frac{\lVert \theta_{t-1} \rVert}{\lVert u_t \rVert} \\
\theta_t &= \theta_{t-1} - \eta\, r_t u_t
\end{aligned}
```
"""


def factored(theta: Tensor, g, R=lambda theta: 0 * theta[:, :1], *, lr=1e-2, rho=0.9, eps=1e-8):
    R = rho * R + (1 - rho) * mean(g**2 + eps, 1)
    theta = theta - lr * g / sqrt(R)
    return theta, R


def projected(theta: Model, g, *, lr=1e-2):
    theta = theta - lr * dot(g, theta) * theta
    return theta


PROJECTED = "```{math}\n:label: eq-projected-theta\n%s\n```\n"


def inverse_root(a, p):
    values, vectors = np.linalg.eigh(a)
    return vectors * values ** (-1 / p) @ vectors.T


def zeros_left(theta):
    return 0 * theta @ theta.T


def zeros_right(theta):
    return 0 * theta.T @ theta


def shampoo(theta: Matrix, g, L=zeros_left, R=zeros_right, v=0, *, lr=1.0, eps=1e-2, rho=0.9):
    L = L + g @ g.T
    R = R + g.T @ g
    v = rho * v + (1 - rho) * g**2
    p = inverse_root(L + eps * eye(L), 4) @ g @ inverse_root(R + eps * eye(R), 4)
    theta = theta - lr * (p + v * g)
    return theta, L, R, v


SHAMPOO = r"""---
notation: {R: R, I: I}
---
```{math}
:label: eq-shampoo
\begin{aligned}
L_t &= L_{t-1} + g_t g_t^\top \\
R_t &= R_{t-1} + g_t^\top g_t \\
v_t &= \rho v_{t-1} + (1-\rho)\, g_t^{\odot 2} \\
p_t &= (L_t + \epsilon I)^{-1/4}\, g_t\, (R_t + \epsilon I)^{-1/4} \\
\theta_t &= \theta_{t-1} - \eta\, (p_t + v_t \odot g_t)
\end{aligned}
```
"""


def verdicts(text, **steps):
    return [(e.verdict, e.detail) for r in prove_text(text, steps) for e in r.equations]


def test_a_tensor_rule_is_proved_for_an_array():
    assert [v for v, _ in verdicts(LAMB, lamb=lamb)] == ["proved for 2x3"] * 5


@pytest.mark.parametrize(
    "here, planted",
    [
        (r"\lVert u_t \rVert", r"\lVert m_t \rVert"),
        (r"\lVert u_t \rVert", r"\lVert u_t \rVert_1"),
        (r"\lVert u_t \rVert", r"| u_t |"),
        (r"\lVert \theta_{t-1} \rVert", r"\theta_{t-1}"),
        (r"\rVert}{\lVert", r"\rVert^2}{\lVert"),
        (r"+ \lambda \theta_{t-1}", r"+ \lambda \theta_{t-1}^2"),
        (r"+ \lambda \theta_{t-1}", ""),
        (r"\sqrt{v_t / (1-\beta_2^t)} + \epsilon", r"\sqrt{v_t / (1-\beta_2^t) + \epsilon}"),
        (r"\eta\, r_t u_t", r"\eta\, r_t m_t"),
    ],
)
def test_a_wrong_tensor_equation_is_seen(here, planted):
    assert here in LAMB
    found = verdicts(LAMB.replace(here, planted), lamb=lamb)
    assert any(v == "FAILED" and "code " in d for v, d in found), found


def test_states_of_another_shape():
    text = "---\nnotation: {R: R}\n---\n```{math}\n:label: eq-factored\n%s \\\\\n%s\n```\n"
    theta = r"\theta_t = \theta_{t-1} - \eta\, \frac{g_t}{\sqrt{R_t}}"
    # the mean of all is not the mean of each row, for which the page has no sign
    rows = r"R_t = \rho R_{t-1} + (1-\rho) \operatorname{mean}(g_t^2 + \epsilon)"
    found = verdicts(text % (rows, theta), factored=factored)
    assert found[0][0] == "FAILED" and found[1][0] == "proved for 2x3"


def test_a_scalar_product_over_a_model():
    right = r"\theta_t = \theta_{t-1} - \eta \langle g_t, \theta_{t-1} \rangle \theta_{t-1}"
    assert verdicts(PROJECTED % right, projected=projected)[0][0] == "proved for 3"
    wrong = r"\theta_t = \theta_{t-1} - \eta\, g_t \theta_{t-1} \theta_{t-1}"
    assert verdicts(PROJECTED % wrong, projected=projected)[0][0] == "FAILED"
    transposed = right.replace(r"\langle g_t, \theta_{t-1} \rangle", r"g_t^\top \theta_{t-1}")
    assert "elementwise" in verdicts(PROJECTED % transposed, projected=projected)[0][1]


def test_a_matrix_rule_is_checked_on_random_matrices():
    assert [v for v, _ in verdicts(SHAMPOO, shampoo=shampoo)] == ["checked on 50 samples"] * 5


@pytest.mark.parametrize(
    "here, planted, message",
    [
        (r"g_t g_t^\top", r"g_t^\top g_t", "different shapes"),
        (r"g_t g_t^\top", r"g_t \odot g_t", "different shapes"),
        (r"g_t^{\odot 2}", r"g_t^2", "a power of a matrix of shape"),
        (r"^{-1/4}\, g_t", r"^{-1/2}\, g_t", "code"),
        (r"(L_t + \epsilon I)", r"(L_{t-1} + \epsilon I)", "code|no value"),
        (r"(L_t + \epsilon I)", r"(L_t + \epsilon)", "different shapes"),
        (r"v_t \odot g_t", r"v_t g_t", "a product of shapes"),
        (r"v_t \odot g_t", r"g_t", "code"),
        (r"(1-\rho)\,", "", "code"),
        (r"\theta_{t-1} - \eta", r"\theta_{t-1} + \eta", "code"),
    ],
)
def test_a_wrong_matrix_equation_is_seen(here, planted, message):
    assert here in SHAMPOO
    found = verdicts(SHAMPOO.replace(here, planted), shampoo=shampoo)
    assert any(v == "FAILED" and re.search(message, d) for v, d in found), found


NATURAL = r"""---
notation: {F: fisher, \gamma: damping, I: I}
---
```{math}
:label: eq-natural-gradient-theta
\theta_t = \theta_{t-1} - \eta\, (F(\theta_{t-1}) + \gamma I)^{-1}\, \nabla J(\theta_{t-1})
```
"""


def test_a_method_that_asks_for_a_matrix_is_checked_with_random_functions():
    assert verdicts(NATURAL, natural_gradient=natural_gradient)[0][0] == "checked on 50 samples"
    plain = NATURAL.replace("(F(\\theta_{t-1}) + \\gamma I)", "F(\\theta_{t-1})")
    assert verdicts(plain, natural_gradient=natural_gradient)[0][0] == "FAILED"
    fixed = plain + "% with \\gamma = 0\n"
    assert verdicts(fixed, natural_gradient=natural_gradient)[0][0] == "checked on 50 samples with damping = 0"


@pytest.mark.parametrize(
    "here, planted, message",
    [
        (r"^{-1}", "", "code"),
        (r"\gamma I", r"\gamma", "different shapes"),
        (r"\gamma I", r"\gamma^2 I", "code"),
        (r"- \eta\,", "-", "code"),
        (r"F(\theta_{t-1})", r"F(\theta_{t-1} - \nabla J(\theta_{t-1}))", "code"),
        (r"F(\theta_{t-1})", "F", "is a function: write what it is of"),
    ],
)
def test_a_wrong_equation_of_such_a_method_is_seen(here, planted, message):
    assert here in NATURAL
    found = verdicts(NATURAL.replace(here, planted), natural_gradient=natural_gradient)
    assert found[0][0] == "FAILED" and re.search(message, found[0][1]), found
