"""The elementwise rules and Nesterov's look-ahead, step for step, against stored runs of other libraries.

tests/reference holds the runs and the versions that made them; tests/conformance makes them again in CI.
"""

import numpy as np
import pytest

from optlib import rules
from optlib.methods import nesterov_lookahead
from tests.reference.replay import replay
from tests.reference.vectors import close, distance, load, stream

STREAMS = load("streams")
FLOAT32 = 5e-7  # of the largest parameter of the run: four units in the last place of a float32
# the quotient of two averages, both rounded at the height of a spike that they still remember
COARSER = {"sophia": 1e-6}
# by the names of the rules, so that none is left out in silence
STORED = {name: load(name) for name in [*rules.ELEMENTWISE, "sophia"]}


def replayed(name, case, dtype=np.float64, rule=None, **changes):
    theta, gradients = stream(STREAMS, case["stream"])
    hyper = case["hyper"] | changes
    return replay(rule or getattr(rules, name), theta.astype(dtype), gradients.astype(dtype), case["lr"], hyper)


def test_the_streams_hold_what_they_are_for():
    assert len({np.shape(s["theta"]) for s in STREAMS.values()}) == len(STREAMS) >= 5
    zeros, spike = np.array(STREAMS["zeros"]["g"]), np.array(STREAMS["spike"]["g"])
    assert not zeros[3].any() and not zeros[:, 1].any() and zeros[0].any()
    assert spike.max() == 1e6
    for name, made in STORED.items():
        cases = made["cases"]
        assert made["made_by"] and all(len(c["theta"]) >= 8 for c in cases)
        assert {c["stream"] for c in cases} == set(STREAMS)
        assert any(len(set(c["lr"])) > 3 for c in cases)
        assert "eps" not in cases[0]["hyper"] or max(c["hyper"]["eps"] for c in cases) >= 0.5, name


@pytest.mark.parametrize("name", STORED)
def test_agrees_with_the_library_in_double(name):
    for case in STORED[name]["cases"]:
        got = replayed(name, case)
        assert close(got, case["theta"]), (case["stream"], case["hyper"], case["lr"], distance(got, case["theta"]))


@pytest.mark.parametrize("name", STORED)
def test_agrees_with_the_library_in_single(name):
    for case in STORED[name]["cases"]:
        got, want = replayed(name, case, np.float32), np.array(case["theta"])
        assert got.dtype == np.float32
        bound = COARSER.get(name, FLOAT32) * max(1, np.max(np.abs(want)))
        assert np.max(np.abs(got - want)) <= bound, (case["stream"], case["hyper"])


@pytest.mark.parametrize("name", STORED)
def test_another_setting_is_told_apart(name):
    """The stored runs see each hyperparameter: a change of one percent shows, of one where it counts steps."""
    for key in STORED[name]["cases"][0]["hyper"]:
        other = (lambda value: value + 1) if key == "every" else (lambda value: 0.99 * value + 1e-3)
        runs = [(c, replayed(name, c, **{key: other(c["hyper"][key])})) for c in STORED[name]["cases"]]
        assert max(distance(got, c["theta"]) for c, got in runs) > 1e-5, key


def run_lookahead(slope, theta, steps, **hyper):
    b, points = 0, []
    for _ in range(steps):
        theta, b = nesterov_lookahead(theta, slope, b, **hyper)
        points.append(theta - hyper["lr"] * hyper["momentum"] * b)
    return np.array(points)


def test_the_lookahead_points_are_what_torch_calls_its_parameters():
    made = load("lookahead")

    def slope(theta):
        return np.array([1.0, 3.0, 10.0]) * theta + np.sin(3 * theta)

    points = run_lookahead(slope, np.array(made["start"]), len(made["theta"]), **made["hyper"])
    assert close(points, made["theta"])


@pytest.mark.parametrize("name", ["zeros", "spike", "number"])
def test_the_averaging_buffer_is_a_change_of_rate(name):
    theta, gradients = stream(STREAMS, name)
    for mu in (0.5, 0.9, 0.99):
        lrs = np.array([0.1, 0.1, 0.01, 0.01, 0.3, 0.3, 0.0, 0.1, 0.1, 0.1])
        plain = replay(rules.momentum, theta, gradients, lrs, dict(momentum=mu))
        average = replay(rules.momentum_ema, theta, gradients, lrs / (1 - mu), dict(momentum=mu))
        assert close(average, plain)


def test_inside_and_outside_part_when_the_rate_drops():
    theta, gradients = stream(STREAMS, "number")
    lrs = [0.1] * 3 + [0.01] * 7
    outside = replay(rules.momentum, theta, gradients, lrs, dict(momentum=0.9))
    inside = replay(rules.momentum_inside, theta, gradients, lrs, dict(momentum=0.9))
    assert close(inside[:3], outside[:3])
    _, b = start_and_run(rules.momentum, theta, gradients[:3], 0.1)
    # at the drop the inside buffer still moves theta by the old rate times mu times the old buffer
    assert np.isclose(outside[3] - inside[3], (0.1 - 0.01) * 0.9 * b, rtol=1e-12)


def start_and_run(rule, theta, gradients, lr):
    b = 0
    for g in gradients:
        theta, b = rule(theta, g, b, lr=lr)
    return theta, b


def test_adamax_of_the_paper_stands_still_until_there_is_a_slope():
    theta, m, u = rules.adamax(np.ones(3), np.zeros(3))
    assert (theta == 1).all() and not m.any() and not u.any()
