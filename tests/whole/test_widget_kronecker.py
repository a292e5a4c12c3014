"""The widget of K-FAC: front end against the library, settings, and what it claims to show."""

import numpy as np
import pytest

from optlib.methods.kfac import damped
from optlib.plot import palette
from optlib.widgets import Kronecker
from optlib.widgets.kronecker import examples, spiral, start
from tests.optlib.node import FRONT, ask

FILE = FRONT + "factored.js"


def train(widget):
    keys = ("damping", "every", "lr", "plain", "steps")
    return ask([(FILE, "train", [{key: getattr(widget, key) for key in keys}])])[0]


def rows(tree, k):
    return np.vstack([tree[f"W{k}"], tree[f"b{k}"]])


def test_points_and_first_weights_are_the_same_in_both_languages():
    points, weights = ask([(FILE, "examples", []), (FILE, "start", [])])
    X, Y = examples()
    assert np.abs(np.array([x for x, _ in points])[:, :2] - X).max() < 1e-14
    assert [label for _, label in points] == Y.argmax(axis=1).tolist()
    for k, W in enumerate(weights, start=1):
        assert np.abs(np.array(W) - rows(start(), k)).max() < 1e-14


def test_loss_gradient_factors_and_inverses_are_those_of_the_library():
    made, theta = spiral(), start()
    (seen,) = ask([(FILE, "look", [[rows(theta, 1).tolist(), rows(theta, 2).tolist()]])])
    (inverses,) = ask([(FILE, "damp", [seen["factors"], 0.02])])
    assert seen["loss"] == pytest.approx(made.f(theta), rel=1e-13)
    for k, (A, S) in enumerate(made.factors(theta), start=1):
        assert np.abs(np.array(seen["g"][k - 1]) - rows(made.grad(theta), k)).max() < 1e-14
        for mine, wanted in zip((*seen["factors"][k - 1], *inverses[k - 1]), (A, S, *damped(A, S, 0.02))):
            np.testing.assert_allclose(mine, wanted, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("settings", [
    dict(), dict(damping=1.0, every=1), dict(damping=0.1, every=50, lr=1.0, plain=1.0), dict(damping=1e-3, every=1),
])  # fmt: skip
def test_the_losses_are_those_of_the_library(settings):
    widget = Kronecker(steps=40, **settings)
    mine, wanted = train(widget), widget.losses()
    for name in ("kfac", "sgd"):
        np.testing.assert_allclose(mine[name], wanted[name], rtol=1e-7)


def test_fresh_inverses_and_much_damping_are_seen_in_the_cosines():
    """Renewed each step, a step is its own fresh one; under much damping it is the gradient; old inverses turn it."""
    assert np.array(train(Kronecker(every=1, steps=20))["fresh"]) == pytest.approx(1)
    calm = train(Kronecker(damping=10.0, every=1, steps=20))["gradient"]
    loose = train(Kronecker(damping=1e-4, every=1, lr=0.1, steps=20))["gradient"]
    assert min(calm) > 0.9 and max(loose[:3]) < 0.6
    old = train(Kronecker(every=10, steps=20))["fresh"]
    assert old[0] == old[10] == pytest.approx(1) and old[9] < 0.99


def test_what_breaks_stays_at_the_top():
    widget = Kronecker(damping=1e-3, every=5)
    for line in (train(widget)["kfac"], widget.losses()["kfac"]):
        assert max(line) <= 1000 and np.isfinite(line).all() and line[-1] > 1


def test_the_color_is_that_of_the_book():
    text = Kronecker._esm
    _, light, dark, *_ = palette.RULES["kfac"]
    assert f'light: "{light}", dark: "{dark}"' in str(text)


@pytest.mark.parametrize("wrong, message", [
    (dict(damping=0.0), "damping must be between 1e-06 and 10, got 0.0"),
    (dict(lr=3.0), "lr must be between 0.01 and 2, got 3.0"),
    (dict(every=0), "every must be between 1 and 50, got 0"),
    (dict(steps=10), "steps must be between 20 and 200, got 10"),
])  # fmt: skip
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Kronecker(**wrong)


def test_the_still_figure_follows_the_state():
    assert Kronecker().still() != Kronecker(damping=0.1).still()
