"""Figures: every one drawn from real runs, then read again for sizes, overlaps, colors and numbers."""

import base64
import html
import itertools
import re
from functools import cache, partial

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot

from optlib import fisher, plot, rules
from optlib.models import mlp, softmax
from optlib.plot import cover
from optlib.plot.axes import looks, number, within
from optlib.plot.curves import spread
from optlib.plot.figure import Figure
from optlib.plot.labels import apart, beside
from optlib.plot.landscape import steepest
from optlib.plot.matrices import five
from optlib.plot.palette import DARK, RULES, style
from optlib.problems import cancer
from optlib.problems.landscapes import LANDSCAPES, gradient, minima, two_wells
from tests.optlib.plot_samples import BOX, MATRICES, SAMPLES, run, sample_balls, seeds, valley


@cache
def drawn(name):
    return SAMPLES[name]()


def texts(figure):
    """The words that can be seen in a figure: (matplotlib text, its box in pixels)."""
    fig = figure.drawing
    fig.draw_without_rendering()
    unseen = set()  # labels of ticks beyond the ends of an axis are kept, but not drawn
    for ax in fig.findobj(matplotlib.axes.Axes):
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            shown = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            unseen |= {t for tick in axis.majorTicks for t in (tick.label1, tick.label2) if tick not in shown}
    for text in set(fig.findobj(matplotlib.text.Text)) - unseen:
        if text.get_text().strip() and text.get_visible():
            extent = text.get_window_extent()
            if extent.width > 0:
                yield text, extent


def overlaps(shown):
    """Pairs of words that lie on each other by more than a pixel."""
    boxes = [(t.get_text(), e.padded(-1)) for t, e in shown]
    return [(a, b) for (a, p), (b, q) in itertools.combinations(boxes, 2) if p.overlaps(q)]


@pytest.mark.parametrize("name", SAMPLES)
def test_words_are_large_enough_apart_and_on_the_sheet(name):
    figure = drawn(name)
    width, height = figure.drawing.get_size_inches() * figure.drawing.dpi
    assert figure.drawing.get_size_inches()[0] == 5.4
    shown = list(texts(figure))
    assert not [(t.get_text(), t.get_fontsize()) for t, _ in shown if t.get_fontsize() < 9.5]
    assert not overlaps(shown)
    outside = [t.get_text() for t, e in shown if e.x0 < -1 or e.y0 < -1 or e.x1 > width + 1 or e.y1 > height + 1]
    assert not outside


@pytest.mark.parametrize("name", SAMPLES)
def test_every_color_has_its_dark_form(name):
    svg = re.sub(r"light-dark\([^)]*\)", "", drawn(name).svg)
    colors = {c.lower() for c in re.findall(r"#[0-9a-fA-F]{6}\b", svg)}
    assert colors <= set(DARK)
    assert not re.search(r'(fill|stroke)="#', svg) and "rgb(" not in svg and "<image" not in svg
    pairs = re.findall(r"light-dark\((#\w+), (#\w+)\)", drawn(name).svg)
    assert pairs and all(DARK[light] == dark for light, dark in pairs)


def test_a_color_without_a_dark_form_is_noticed():
    figure = Figure("One red line.")
    with figure as fig:
        fig.subplots().plot([0, 1], color="#ff0000")
    assert "#ff0000" not in DARK and "#ff0000;" in figure.svg + ";"


@pytest.mark.parametrize("name", SAMPLES)
def test_what_a_notebook_gets(name):
    figure = drawn(name)
    bundle = figure._repr_mimebundle_()
    assert bundle["text/plain"] == f"Figure: {figure.alt}" == repr(figure)
    found = re.fullmatch(
        r'<figure class="descent"><img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]*)"></figure>',
        bundle["text/html"],
    )
    assert base64.b64decode(found[1]).decode() == figure.svg
    assert html.unescape(found[2]) == figure.alt
    assert len(figure.svg) < 400_000


def test_captions_and_odd_letters_are_escaped():
    figure = plot.curves({"sgd": [3, 2, 1]}, alt='a < b & "c"', caption="Loss <\n 1.")
    page = figure._repr_mimebundle_()["text/html"]
    assert 'alt="a &lt; b &amp; &quot;c&quot;"' in page and "<figcaption>Loss &lt; 1.</figcaption>" in page


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_alt_is_required(alt):
    with pytest.raises(ValueError, match="alt must be a text"):
        plot.curves({"sgd": [1, 2]}, alt=alt)
    with pytest.raises(TypeError, match="alt"):
        plot.curves({"sgd": [1, 2]})


def test_drawing_leaves_no_trace():
    before = dict(matplotlib.rcParams)
    one, two = sample_balls(), sample_balls()
    assert one.svg == two.svg == drawn("balls").svg
    assert pyplot.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_save_writes_svg_and_png(tmp_path):
    figure = SAMPLES["guides"]()  # its own: a figure that was saved in pixels measures its words anew
    assert figure.save(tmp_path / "a.svg").read_text(encoding="utf-8") == figure.svg
    assert figure.save(tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(ValueError, match=r"path must end in .svg or .png, got 'a.pdf'"):
        figure.save(tmp_path / "a.pdf")


# ---- the numbers in the pictures


def test_spectral_radius_is_that_of_the_companion_matrix():
    rng = np.random.default_rng(0)
    for lr, mu, h in rng.uniform([0, 0, 0.1], [3, 1.2, 4], (200, 3)):
        companion = np.array([[1 + mu - lr * h, -mu], [1, 0]])
        expected = abs(np.linalg.eigvals(companion)).max()
        assert plot.spectral_radius(lr, mu, h) == pytest.approx(expected, abs=1e-7)


def test_the_edge_of_the_map_is_where_heavy_ball_starts_to_diverge():
    for mu in (0.0, 0.5, 0.9):
        edge = 2 * (1 + mu) / 20
        assert plot.spectral_radius(0.999 * edge, mu, 20) < 1 < plot.spectral_radius(1.001 * edge, mu, 20)


def test_steepest_steps_beat_every_other_step_of_length_one():
    g, p = np.array([1.0, 2.0]), np.array([[1.7, 0.7], [0.7, 0.8]])
    turn = np.linspace(0, 2 * np.pi, 20001)
    ways = np.stack([np.cos(turn), np.sin(turn)])
    lengths = [np.linalg.norm(ways, axis=0), abs(ways).max(axis=0), np.sqrt(np.einsum("in,ij,jn->n", ways, p, ways))]
    for step, length in zip(steepest(g, p), lengths):
        assert g @ step == pytest.approx((g @ (ways / length)).min(), rel=1e-6)


def test_on_an_ellipse_the_matrix_says_one():
    drawing = drawn("ellipses").drawing
    assert [ax.get_title() for ax in drawing.axes] == list(MATRICES)
    for ax, matrices in zip(drawing.axes, MATRICES.values()):
        rims = [line.get_xydata() for line in ax.lines if len(line.get_xdata()) > 1]
        for points, matrix in zip(rims, matrices.values(), strict=True):
            np.testing.assert_allclose(np.einsum("ni,ij,nj->n", points, np.array(matrix), points), 1)
            assert np.ptp(np.unwrap(np.arctan2(*points.T))) == pytest.approx(2 * np.pi)
        assert ax.get_aspect() == 1 and (ax.get_xlim(), ax.get_ylim()) == (
            drawing.axes[0].get_xlim(),
            drawing.axes[0].get_ylim(),
        )


def test_the_map_of_part_two_shows_matrices_of_the_network_it_names():
    X, y = cancer()[:2]
    X, Y, theta = X[:, :2], np.eye(2)[y], mlp.start((2, 2, 2), "tanh", seed=1)
    names = [(f"{kind}{k}", i) for k in (1, 2) for kind in "Wb" for i in range(theta[f"{kind}{k}"].size)]

    def slopes(of, h=1e-5):  # central differences by each weight, layer by layer
        for name, i in names:
            up, down = ({n: a.copy() for n, a in theta.items()} for _ in "ab")
            up[name].flat[i] += h
            down[name].flat[i] -= h
            yield (of(up) - of(down)) / (2 * h)

    def flat_gradient(v):
        g = mlp.gradient(v, X, Y, "tanh")
        return np.concatenate([g[n].ravel() for n in ("W1", "b1", "W2", "b2")])

    logits = mlp.forward(theta, X, "tanh")[-1]
    J = np.stack(list(slopes(lambda v: mlp.forward(v, X, "tanh")[-1])), axis=2)
    found = five()
    np.testing.assert_allclose(found["hessian"], np.array(list(slopes(flat_gradient))), atol=1e-8)
    np.testing.assert_allclose(found["fisher"], fisher.exact(J, softmax.softmax(logits)), atol=1e-8)
    assert np.diag(found["hessian"]).min() < 0 <= np.linalg.eigvalsh(found["fisher"]).min() + 1e-12
    assert not found["factors"][:6, 6:].any() and not found["factors"][6:, :6].any()
    np.testing.assert_allclose(np.diag(found["factors"])[6:], np.diag(found["fisher"])[6:], rtol=0.3)
    np.testing.assert_array_equal(found["diagonal"], np.diag(np.diag(found["fisher"])))
    assert len(set(np.diag(found["layers"]))) == 2


def test_spread_agrees_with_numpy_and_counts_divergence_as_infinite():
    values = np.random.default_rng(0).normal(size=(11, 4))
    np.testing.assert_allclose(spread(values), np.quantile(values, [0.1, 0.5, 0.9], axis=0))
    values[:, 0] = np.nan
    values[0, 1] = np.inf
    low, middle, high = spread(values)
    assert np.isinf([low[0], middle[0], high[0]]).all() and np.isfinite([low[1], middle[1], high[1]]).all()


def test_the_line_of_compare_is_the_median():
    values = seeds("adam", 200, lr=0.3)
    lines = {line.get_color(): line for line in drawn("compare").drawing.axes[0].lines if len(line.get_xdata()) > 9}
    line = lines[style("adam")["color"]]
    np.testing.assert_allclose(line.get_ydata(), np.median(values, axis=0)[1:])
    np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 201))


def test_a_curve_that_diverges_ends_in_a_cross_and_a_word():
    for bad in (np.inf, np.nan):
        ax = plot.curves({"sgd": [1, 5, 90, bad, bad], "adam": [1, 0.5, 0.2, 0.1, 0.1]}, alt="x").drawing.axes[0]
        assert "SGD diverges" in [t.get_text() for t in ax.texts]
        assert [line.get_marker() for line in ax.lines].count("x") == 1
    calm = plot.curves({"sgd": [1, 5, 90]}, alt="x").drawing.axes[0]
    assert [t.get_text() for t in calm.texts] == ["SGD"]


def test_the_name_stands_where_the_line_was_last_seen():
    ends = {"sgd": [1, 2, 8], "adam": ([0, 1], [1, 1.5])}
    ax = plot.curves(ends, ylim=(0, 4), marks={"adam": "only"}, alt="x").drawing.axes[0]
    words = {t.get_text(): t for t in ax.texts}
    assert words["SGD"].xy == (2, 4) and words["Adam"].xy == (1, 1.5)
    assert words["Adam"].arrow_patch is not None  # it ends far from the right edge
    assert [line.get_linestyle() for line in ax.lines] == ["-", "None"]


def test_the_cross_of_a_path_is_where_it_leaves_the_box():
    path = np.array([(0, 0), (0.5, 0.5), (-2, 3), (9, -9), (np.nan, 0)])
    kept, lost = within(path, (-1, 1, -1, 1))
    assert lost
    np.testing.assert_allclose(kept, [(0, 0), (0.5, 0.5), (0, 1)])
    same, lost = within(path[:2], (-1, 1, -1, 1))
    assert not lost and same is not None and len(same) == 2


def test_the_sweep_marks_the_best_rate_and_the_first_that_fails():
    lrs = np.array([0.01, 0.1, 1.0, 10.0])
    ax = plot.sweep(lrs, {"sgd": [3, 1, 2, np.inf]}, alt="x").drawing.axes[0]
    places = {line.get_marker(): line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1}
    assert places == {"o": 0.1, "x": 10.0}


def test_the_cover_shows_what_its_alt_text_says():
    lowest, *_, near = minima(two_wells, LANDSCAPES["two_wells"].window)
    assert round(near[0] - lowest[0], 1) == 0.7 and len(cover.RATES) == 41
    for name, (_, *well) in {"sgd": near, "momentum": lowest, "adam": lowest}.items():
        path = cover.tuned(getattr(rules, name))
        np.testing.assert_allclose(path[-1], well, atol=0.05)
        with np.errstate(all="ignore"):
            again = [run(name, cover.START, partial(gradient, two_wells), cover.STEPS, lr=lr) for lr in cover.RATES]
            last = [np.round(two_wells(*other[-1]), 3) for other in again]
        assert any(np.allclose(path, other) for other in again)
        assert np.round(two_wells(*path[-1]), 3) == np.nanmin(last)


# ---- the small parts


def test_labels_are_pushed_apart_as_little_as_possible():
    assert apart([10, 50, 90], 15, 0, 100) == [10, 50, 90]
    assert apart([50, 50], 10, 0, 100) == [45, 55]
    assert apart([0, 1, 99, 100], 10, 5, 95) == [5, 15, 85, 95]


def test_words_for_one_place_keep_apart():
    figure = Figure("Three words for one point.", height=3)
    with figure as fig:
        ax = fig.subplots()
        beside(ax, [(word, "#1b1f24", (0.5, 0.5)) for word in ("minimum", "start", "saddle")])
    assert not overlaps(list(texts(figure)))


def test_ticks_are_what_python_prints():
    assert [number(v) for v in (0.01, 50, 1e-6, 2e5, -3, 0, 1e4)] == ["0.01", "50", "1e−6", "2e5", "−3", "0", "1e4"]


def test_a_series_has_the_look_of_its_rule_or_ink():
    look = looks(["adam", "a", "b", "other"], {"a": "sgd", "b": "sgd"})
    assert look["adam"]["color"] == style("adam")["color"]
    assert look["a"]["color"] == look["b"]["color"] == style("sgd")["color"]
    assert look["a"]["linestyle"] != look["b"]["linestyle"]
    assert look["other"]["color"] not in {rule[1] for rule in RULES.values()}
    with pytest.raises(ValueError, match="rule must give the rule of a series, got 'c': 'sgd'"):
        looks(["a"], {"c": "sgd"})


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: plot.curves({"a": [[1, 2]]}, alt="x"), r"series\['a'\] must be one value for each x"),
        (lambda: plot.curves({"a": [-1, -2]}, log="y", alt="x"), "series must have at least one value"),
        (lambda: plot.compare({"a": [1, 2]}, alt="x"), r"runs\['a'\] must be an array \(seeds, times\)"),
        (lambda: plot.sweep([1, 2], {"a": [np.inf, np.nan]}, alt="x"), r"grid\['a'\] must be finite"),
        (lambda: plot.paths(valley, {"a": [1, 2]}, BOX, alt="x"), r"runs\['a'\] must be an array"),
        (lambda: plot.paths(valley, {"a": [(1, 2)]}, (1, 0, 0, 1), alt="x"), "box must be"),
        (lambda: plot.balls(matrix=((1, 2), (2, 1)), alt="x"), "matrix must be symmetric positive definite"),
        (lambda: plot.ellipses({"a": {"F": ((1, 2), (2, 1))}}, alt="x"), r"panels\[...\]\['F'\] must be symmetric"),
        (lambda: plot.stability((-1, 1), {"A": (1, 0)}, alt="x"), "eigenvalues must be positive"),
        (lambda: plot.stability((1, 2), {}, alt="x"), "points must be one to three"),
        (lambda: plot.stream([1, 2], {"m": [1]}, alt="x"), "m must have one value for each of the 2 gradients"),
        (lambda: plot.dots({"a": [np.nan]}, alt="x"), r"table\['a'\] must be finite"),
        (lambda: plot.images([[1, 2, 3]], alt="x"), "pictures must be square"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
