"""The strict reader: what it reads, and that it guesses nothing."""

import numpy as np
import pytest

from book.proofs.chapter import book_notation
from book.proofs.reader import Reader
from book.proofs.tokens import MathError, pieces, tokens
from book.proofs.values import Values
from book.proofs.words import Choices, mp, numeric_words

BOOK = book_notation()
NUMBERS = {"m": 3, "v": 4, "g": -2, "theta": 5, "lr": 0.5, "beta1": 0.25, "m_hat": 7, "t": 2, "eps": 1, "kappa": 9}


def value(tex, **more):
    """What an expression is worth where the names have NUMBERS."""
    numbers = NUMBERS | more
    evaluate = Values(
        numeric_words(Choices()),
        lambda name, indices: mp.mpf(numbers[name]),
        lambda name, indices, arguments: arguments[0] * 100,
        ranges={"i": (1, 4)},
    )
    return float(evaluate(Reader(BOOK.names | {"s": "s", r"\bar s": "s_bar"}, BOOK.functions).quantity(tex)))


@pytest.mark.parametrize(
    "tex, expected",
    [
        (r"m_t + v_t", 7),
        (r"-m_t + v_t - g_t", 3),
        (r"\eta\, g_t m_t", -3),
        (r"2 \cdot m_t^2", 18),
        (r"\frac{m_t}{v_t}", 0.75),
        (r"\frac12 m_t", 1.5),
        (r"\tfrac{1}{2} m_t", 1.5),
        (r"m_t / v_t", 0.75),
        (r"m_t / \sqrt{v_t} \cdot g_t", -3),
        (r"\sqrt{v_t} + \sqrt[3]{27}", 5),
        (r"\beta_1^t", 0.0625),
        (r"\beta_1^{t+1}", 0.015625),
        (r"\hat m_t \hat{m}_t", 49),
        (r"\left( m_t + v_t \right) g_t", -14),
        (r"\bigl[ m_t - \{ v_t \}\bigr]", None),
        (r"|g_t| + \lvert g_t - m_t \rvert", 7),
        (r"| |g_t| - m_t |", None),
        (r"|g_t| |m_t|", 6),
        (r"\lVert g_t \rVert", 2),
        (r"\max(m_t, v_t) \min\{m_t, v_t, g_t\}", -8),
        (r"\operatorname{sign}(g_t) + \mathrm{sgn}(m_t)", 0),
        (r"\ln(\mathrm{e}^2) + \exp(0)", 3),
        (r"\cos \pi", -1),
        (r"\sum_{k=1}^{t} k^2 + 1", 6),
        (r"\sum_{k=1}^{3} k m_t", 18),
        (r"\prod_{k=1}^{3} k", 6),
        (r"\max_i i", 4),
        (r"\max_{i} (5 - i)", 4),
        (r"\lfloor \frac{m_t}{2} \rfloor + \lceil \frac{m_t}{2} \rceil", 3),
        (r"\nabla J(\theta_t - m_t) - J(m_t)", -100),
        (r"\nabla J_{B_t}(\theta_t)", 500),
        (r"\begin{cases} m_t & \text{if } g_t > 0, \\ v_t & \text{otherwise} \end{cases}", 4),
        (r"\begin{cases} 1 & 0 \le \beta_1 < 1 \\[2pt] 2 & \text{otherwise.} \end{cases}", 1),
        (r"\underbrace{m_t + v_t}_{\text{note}} g_t", -14),
        (r"\boxed{m_t}", 3),
        (r"\langle m_t, v_t \rangle", 12),
        (r"g_t^{2}\,m_t^{\odot 2}", 36),
        (r"g_t \oslash v_t", -0.5),
    ],
)
def test_reads(tex, expected):
    if expected is None:
        with pytest.raises(MathError):
            value(tex)
    else:
        assert value(tex) == pytest.approx(expected, abs=1e-15)


def test_bars_inside_bars_need_left_and_right():
    assert value(r"\lvert \lvert g_t \rvert - m_t \rvert") == 1


@pytest.mark.parametrize(
    "tex, message",
    [
        (r"m_t + \foo", r"expected a quantity, got `\foo`"),
        (r"m_t + q_t", r"got `q _ t`"),
        (r"m_t / v_t g_t", r"a slash takes one factor"),
        (r"m_t 2", r"a number stands before"),
        (r"m_t^2_t", r"one power, after the subscript"),
        (r"m_t^2^2", r"one power, after the subscript"),
        (r"(m_t + v_t", r"expected \)"),
        (r"m_t + v_t)", r"cannot go on with `\)`"),
        (r"\frac{m_t}", r"expected an argument"),
        (r"\sqrt v_t", r"cannot go on with `_ t`"),
        (r"m_t \dots v_t", r"cannot go on with `\\dots"),
        (r"\max(m_t)", r"a maximum of one thing"),
        (r"\max m_t", r"expected \("),
        (r"\begin{cases} m_t & m_t > 0 \end{cases}", r"must be \\text\{otherwise\}"),
        (r"(m_t, v_t)", r"a list stands only"),
        (r"", r"expected a quantity, got `the end`"),
        (r"\mathbf{m}_t", r"expected a quantity"),
        (r"m_t = v_t", r"cannot go on with `= v"),
        (r"\text{where}", r"expected a quantity"),
        (r"m_t \cdot - v_t", r"expected a quantity"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}", r"rows of one length"),
    ],
)
def test_an_unknown_thing_is_an_error_that_names_the_place(tex, message):
    with pytest.raises(MathError, match=message.replace(r"got `\foo", r"got `\\foo")):
        value(tex)


def test_tex_takes_one_digit_as_an_argument():
    assert value(r"m_t^{12}") == 3**12
    with pytest.raises(MathError, match="a number stands before"):
        value(r"m_t^12")
    assert value(r"v_t^{0.5} \sqrt{0.25}") == 1
    with pytest.raises(MathError, match="braces around"):
        value(r"v_t^0.5")


def test_blocks_fall_into_equations():
    lines = [r"m_t &= v_t \\", r" &\quad + g_t, \\[4pt]", r"v_t &= m_t, \qquad g_t = 1 \\", r" &= 2."]
    tex = "\n".join([r"\begin{aligned}", *lines, r"\end{aligned}"])
    found = pieces(tokens(tex))
    assert [" ".join(p) for p in found] == ["m _ t = v _ t + g _ t", "v _ t = m _ t", "g _ t = 1 = 2"]
    assert [p[0].line for p in found] == [1, 3, 3]


def test_one_mark_of_punctuation_ends_a_line():
    with pytest.raises(MathError):
        Reader(BOOK.names).equation(pieces(tokens("m_t = v_t,,"))[0])


def test_an_error_knows_its_line():
    with pytest.raises(MathError) as error:
        value("m_t +\n v_t +\n \\foo")
    assert error.value.line == 2


def test_matrices_multiply_as_matrices():
    rng = np.random.default_rng(0)
    A, x = rng.standard_normal((3, 3)), rng.standard_normal((3, 1))
    names = {"H": A, "p": x, "g": x + 1}
    reader = Reader(BOOK.names | {"I": "I"}, BOOK.functions)

    def linear(tex):
        from book.proofs.words import MATRICES

        return Values(MATRICES, lambda n, i: names[n], None, linear=True)(reader.quantity(tex))

    assert linear(r"p^\top H p") == pytest.approx((x.T @ A @ x).item())
    assert np.allclose(linear(r"H^2 p - 3 H p"), A @ A @ x - 3 * A @ x)
    assert np.allclose(linear(r"H^{\odot 2} + H \odot H"), 2 * A**2)
    assert np.allclose(linear(r"(H + 2 I) p"), A @ x + 2 * x)
    assert np.allclose(linear(r"(I - H) p"), x - A @ x)
    assert np.allclose(linear(r"H^{-1} p"), np.linalg.solve(A, x))
    B = A @ A.T
    names["H"] = B
    assert np.allclose(linear(r"H^{1/2} H^{1/2}"), B)
    for wrong in (r"p p", r"H + p", r"p + 1", r"\frac{p}{H}", r"p^2", r"\lVert H \rVert"):
        with pytest.raises(MathError):
            linear(wrong)


def test_a_transpose_is_no_elementwise_thing():
    with pytest.raises(MathError, match="elementwise"):
        value(r"m_t^\top v_t")
