"""The widget of batches: its path, its long run and its settings, against NumPy and against the equations."""

import json

import numpy as np
import pytest

from optlib.widgets import Batches, noise
from tests.optlib.node import FRONT, ask

START = [-1.7, 1.3]


def test_the_examples_are_the_same_in_both_languages_and_their_mean_is_the_minimum():
    (got,) = ask([(FRONT + "noise.js", "centers", [])])
    # a typed array comes as an object of its numbers
    got = np.array(list(got.values()) if isinstance(got, dict) else got).reshape(-1, 2)
    assert np.abs(got - noise.centers()).max() < 1e-14
    assert np.abs(noise.centers().mean(axis=0)).max() < 1e-15
    assert ask([(FRONT + "noise.js", name, []) for name in ("H", "EXAMPLES", "LONGEST")]) == [
        noise.H.tolist(), noise.EXAMPLES, noise.STEPS,
    ]  # fmt: skip


@pytest.mark.parametrize("lr, batch, seed", [(0.1, 1, 1), (0.49, 7, 3), (0.005, 64, 999)])
def test_the_path_is_the_one_of_the_rule(lr, batch, seed):
    (run,) = ask([(FRONT + "noise.js", "batchPath", [START, lr, batch, seed])])
    wanted = noise.path(START, lr, batch, seed, noise.STEPS)
    assert np.abs(np.array(run["path"]).reshape(-1, 2) - wanted).max() < 1e-12
    assert np.abs(np.array(run["loss"]) - noise.gap(wanted)).max() < 1e-12


@pytest.mark.parametrize("lr, batch", [(0.1, 1), (0.45, 4), (0.01, 64)])
def test_the_ellipse_is_what_the_recursion_settles_at(lr, batch):
    """S = A S A + lr^2 H C H / B, iterated from zero."""
    A, H = np.eye(2) - lr * np.diag(noise.H), np.diag(noise.H)
    C = noise.centers().T @ noise.centers() / noise.EXAMPLES
    S = np.zeros((2, 2))
    for _ in range(4000):
        S = A @ S @ A + lr**2 * H @ C @ H / batch
    np.testing.assert_allclose(noise.long_run(lr, batch), S, rtol=1e-9)
    (got,) = ask([(FRONT + "noise.js", "longRun", [lr, batch])])
    np.testing.assert_allclose(got["cov"], [S[0, 0], S[0, 1], S[1, 1]], rtol=1e-9)
    np.testing.assert_allclose(got["floor"], np.trace(H @ S) / 2, rtol=1e-9)


def test_a_long_path_has_this_covariance():
    points = noise.path([0.0, 0.0], 0.2, 2, 5, 20_000)
    seen, wanted = np.cov(points.T), noise.long_run(0.2, 2)
    assert np.abs(seen / wanted - 1).max() < 0.1  # neighbors are alike: about 2,000 independent points


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(lr=0.5), "lr must be between 0.005 and 0.49, got 0.5"),
        (dict(batch=65), "batch must be between 1 and 64, got 65"),
        (dict(step=0), "step must be between 1 and 400, got 0"),
        (dict(start=[1.0]), r"start must be two numbers x, y, got \[1.0\]"),
    ],
)
def test_bad_settings_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Batches(**wrong)
    with pytest.raises(TypeError, match="speed"):
        Batches(speed=3)


def test_the_still_figure_follows_the_state():
    assert Batches().still() != Batches(lr=0.2).still() != Batches(lr=0.2, start=(1.0, 1.0)).still()
    assert json.loads(json.dumps(Batches(start=(1, 1)).settings()))["start"] == [1.0, 1.0]
