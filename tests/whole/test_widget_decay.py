"""The widget of two weights: front end against the rules, settings, and what it claims to show."""

import numpy as np
import pytest

from optlib.widgets import Decay
from optlib.widgets.decay import RULES, normals
from tests.optlib.node import FRONT, ask


def test_the_noise_is_the_same_in_both_languages_and_normal():
    (got,) = ask([(FRONT + "weights.js", "normals", [7, 3000])])
    wanted = normals(7, 3000)
    assert np.abs(np.array(got) - wanted).max() < 1e-12
    assert abs(wanted.mean()) < 0.06 and abs(wanted.std() - 1) < 0.05


@pytest.mark.parametrize("settings", [dict(), dict(decay=0.9, lr=0.01, quiet=0.3, seed=4), dict(decay=0.0)])
def test_the_weights_are_those_of_the_rules(settings):
    widget = Decay(steps=300, at=300, **settings)
    for which, offset in (("loud", 0), ("quiet", 1_000_000)):
        hyper = dict(sigma=getattr(widget, which), lr=widget.lr, decay=widget.decay)
        xi = normals(widget.seed + offset, 300).tolist()
        for name, got in zip(RULES, ask([(FRONT + "weights.js", "shrink", [name, xi, hyper]) for name in RULES])):
            assert np.abs(np.array(got) - widget.weights()[which][name]).max() < 1e-10, (which, name)


def test_without_decay_both_rules_are_adam():
    for both in Decay(decay=0.0, steps=200, at=1).weights().values():
        np.testing.assert_allclose(both["adam_l2"], both["adamw"], atol=1e-14)


def test_decay_alone_is_a_factor():
    """AdamW less Adam on the same noise is the decay of what was there."""
    with_decay, without = (Decay(decay=d, steps=100, at=1).weights()["loud"]["adamw"] for d in (0.5, 0.0))
    moves = np.diff(np.r_[1.0, without])
    theta = 1.0
    for k, move in enumerate(moves):
        theta = (1 - 0.001 * 0.5) * theta + move
        assert with_decay[k] == pytest.approx(theta, abs=1e-12)


@pytest.mark.parametrize("wrong, message", [
    (dict(lr=0.1), "lr must be between 0.0001 and 0.01, got 0.1"),
    (dict(decay=-0.1), "decay must be between 0 and 1, got -0.1"),
    (dict(quiet=0.0), "quiet must be between 0.001 and 100, got 0.0"),
    (dict(steps=10), "steps must be between 50 and 4000, got 10"),
    (dict(at=0), "at must be between 1 and 4000, got 0"),
])  # fmt: skip
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Decay(**wrong)


def test_the_still_figure_follows_the_state():
    assert Decay().still() != Decay(decay=0.5).still()
