"""Basins, random fields, slices and the map of basins, each against a second derivation."""

import math

import numpy as np
import pytest
from matplotlib.colors import to_hex

from optlib import gradcheck, minimize, plot
from optlib.problems import (
    basins,
    critical_point,
    digits_mlp,
    lattice,
    quadratic,
    random_field,
    slice_plane,
    surface,
    two_wells,
)
from optlib.problems.landscapes import LANDSCAPES, gradient, minima
from optlib.problems.slices import filter_normalized
from optlib.rules import adam, momentum, sgd

# landscapes


def test_the_plateau_in_closed_form():
    f = LANDSCAPES["plateau"].f
    assert f(0.0, 0.0) == 0 and math.isclose(f(3.0, 4.0), 1 - math.exp(-12.5))
    slope = gradient(f, np.array([3.0, 4.0]))
    assert np.allclose(slope, np.array([3.0, 4.0]) * math.exp(-12.5), rtol=1e-12)


def test_the_monkey_saddle_in_polar_coordinates():
    f = LANDSCAPES["monkey_saddle"].f
    r, turn = np.random.default_rng(0).uniform([[0], [0]], [[1.5], [2 * np.pi]], (2, 50))
    wanted = r**3 * np.cos(3 * turn) / 3 + r**4 / 4
    assert np.allclose(f(r * np.cos(turn), r * np.sin(turn)), wanted, atol=1e-14)
    assert np.abs(surface("monkey_saddle").hess(np.zeros(2))).max() < 1e-9
    wells = minima(f, LANDSCAPES["monkey_saddle"].window)
    assert len(wells) == 3 and all(math.isclose(value, -1 / 12, rel_tol=1e-9) for value, *_ in wells)
    assert np.allclose(sorted(math.atan2(y, x) % (2 * math.pi) for _, x, y in wells), np.pi * np.array([1, 3, 5]) / 3)


# basins


@pytest.mark.parametrize("rule, hyper", [(sgd, dict(lr=0.2)), (momentum, dict(lr=0.05)), (adam, dict(lr=0.3))])
def test_basins_are_where_single_runs_end(rule, hyper):
    problem, starts = two_wells(), np.random.default_rng(1).uniform(-1.4, 1.4, (2, 12))
    found = basins("two_wells", rule, starts, steps=150, **hyper)
    wells = np.array([xy for _, *xy in minima(LANDSCAPES["two_wells"].f, LANDSCAPES["two_wells"].window)])
    for start, label in zip(starts.T, found):
        end = minimize(problem, start, rule, steps=150, **hyper).theta
        away = np.linalg.norm(wells - end, axis=1)
        assert label == (away.argmin() if away.min() < 0.1 else -1)


def test_basins_of_a_symmetric_saddle_and_of_runs_that_leave():
    starts = lattice((-1, 1, -1, 1), 4, 6)
    assert starts.shape == (2, 6, 4) and starts[:, 0, 0].tolist() == [-0.75, -1 + 1 / 6]
    found = basins("saddle", sgd, starts, steps=300, lr=0.1)
    wells = minima(LANDSCAPES["saddle"].f, LANDSCAPES["saddle"].window)
    assert [wells[k][2] > 0 for k in found.ravel()] == (starts[1] > 0).ravel().tolist()
    assert basins("saddle", sgd, [[1.0, 1.0], [0.0, 1e-3]], steps=2000, lr=0.1)[0] == -1  # it never leaves the ridge
    assert (basins("two_wells", sgd, starts, steps=50, lr=5.0) == -1).all()


def test_wrong_basins():
    with pytest.raises(ValueError, match=r"name must be one of ravine, .* got 'moon'"):
        basins("moon", sgd, [[0.0], [0.0]])
    with pytest.raises(TypeError, match="newton_like must be a rule that sees one element"):

        def newton_like(theta, grad):
            return theta

        basins("saddle", newton_like, [[0.0], [0.0]])


# random fields


@pytest.mark.parametrize("n", [2, 7])
def test_a_field_and_its_derivatives(n):
    p, theta = random_field(n, seed=3), np.random.default_rng(0).standard_normal(n)
    assert gradcheck(p.f, p.grad, theta).error < 1e-8
    h = 1e-5
    columns = [(p.grad(theta + h * e) - p.grad(theta - h * e)) / (2 * h) for e in np.eye(n)]
    assert np.allclose(np.column_stack(columns), p.hess(theta), atol=1e-7)
    assert p.f(theta) == random_field(n, seed=3).f(theta) != random_field(n, seed=4).f(theta)


def test_the_quadratic_part_has_eigenvalues_from_minus_two_to_two():
    edges = [np.linalg.eigvalsh(random_field(80, seed).hess(np.zeros(80)))[[0, -1]] for seed in range(3)]
    assert np.abs(np.abs(edges) - 2).max() < 0.35


def test_newton_finds_critical_points_of_every_kind():
    p, rng, kinds = random_field(10, seed=1), np.random.default_rng(2), set()
    for _ in range(40):
        point = critical_point(p, rng.standard_normal(10))
        if point is not None:
            assert np.linalg.norm(p.grad(point)) < 1e-7
            kinds.add(int((np.linalg.eigvalsh(p.hess(point)) < 0).sum()))
    assert len(kinds) >= 3
    saddle = critical_point(quadratic((1, -1)), [3.0, 0.2])
    assert np.abs(saddle).max() < 1e-12
    assert critical_point(quadratic((1, 0)), [3.0, 0.2]) is None  # no second derivative to solve for
    assert critical_point(quadratic((1, 1)), [3e3, 0.0], steps=5) is None


# slices


def test_a_normalized_direction_is_as_long_as_the_weights_unit_by_unit():
    theta = digits_mlp((5,), size=50).start
    rng = np.random.default_rng(0)
    d = {name: rng.standard_normal(w.shape) for name, w in theta.items()}
    out = filter_normalized(d, theta)
    for name in ("W1", "W2"):
        for j in range(theta[name].shape[1]):
            u, v, w = out[name][:, j], d[name][:, j], theta[name][:, j]
            assert math.isclose(np.linalg.norm(u), np.linalg.norm(w), rel_tol=1e-12)
            assert math.isclose(u @ v, np.linalg.norm(u) * np.linalg.norm(v), rel_tol=1e-12)  # same direction
    assert not out["b1"].any() and not out["b2"].any()


def test_a_slice_is_the_loss_on_its_plane():
    p = digits_mlp((5,), size=50)
    plane = slice_plane(p.f, p.start, box=(-1, 1, -0.5, 0.5), points=5, seed=4)
    assert math.isclose(plane(0.0, 0.0), p.f(p.start), rel_tol=1e-12)
    rng = np.random.default_rng(4)
    pair = [{k: rng.standard_normal(w.shape) for k, w in p.start.items()} for _ in range(2)]
    one, two = (filter_normalized(d, p.start) for d in pair)
    there = {k: w - 0.5 * one[k] + 0.25 * two[k] for k, w in p.start.items()}
    assert math.isclose(plane(-0.5, 0.25), p.f(there), rel_tol=1e-9)
    # units scaled up and down are the same network, and have the same slice
    c = np.array([0.1, 0.5, 1, 3, 20])
    scaled = p.start | {"W1": p.start["W1"] * c, "b1": p.start["b1"] * c, "W2": p.start["W2"] / c[:, None]}
    assert math.isclose(p.f(scaled), p.f(p.start), rel_tol=1e-12)
    raw = [slice_plane(p.f, theta, points=5, seed=4, normalize=False)(1.0, 0.0) for theta in (p.start, scaled)]
    assert abs(raw[0] - raw[1]) > 0.5


# the map


def test_the_map_shades_each_start_by_its_minimum():
    labels = np.array([[0, 0, 1], [0, 1, 1], [-1, -1, 1]])
    figure = plot.basins({"sgd": labels, "adam": labels}, (0, 3, 0, 3), [(1, 0.4), (2.5, 2)], alt="Two maps.")
    ax = figure.drawing.axes[0]
    inside = {}
    for area in ax.collections:
        face = area.get_facecolor()[0]
        tone = to_hex(face) if face[3] else None
        path = area.get_paths()[0]
        for row, column in np.ndindex(3, 3):
            if path.contains_point((column + 0.5, row + 0.5)):
                inside[row, column] = tone
    tones = {labels[at]: inside[at] for at in inside}
    assert len(inside) == 9 and len(set(tones.values())) == 3 and tones[-1] is None
    assert all(inside[at] == tones[labels[at]] for at in inside)
    assert [t.get_text() for t in ax.texts] == ["1", "2"] and ax.get_title(loc="center") == "SGD"
    with pytest.raises(ValueError, match="minima must be 3 at most, got 4"):
        plot.basins({"sgd": labels}, (0, 3, 0, 3), [(0, 0)] * 4, alt="x")
    with pytest.raises(ValueError, match="must be a table of numbers from -1 to 0"):
        plot.basins({"sgd": labels}, (0, 3, 0, 3), [(0, 0)], alt="x")
