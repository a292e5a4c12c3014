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

from optlib import grammar, plot, rules
from optlib.plot import cover
from optlib.plot.axes import looks, number, within
from optlib.plot.curves import spread
from optlib.plot.figure import Figure
from optlib.plot.labels import apart, beside
from optlib.plot.landscape import steepest
from optlib.plot.palette import DARK, RULES, style
from optlib.problems.landscapes import LANDSCAPES, gradient, minima, two_wells

H = np.array([1.0, 20.0])
BOX = (-2.0, 1.9, -1.35, 2.0)


def valley(x, y):
    return (1 - x) ** 2 + 2.5 * (y - x**2) ** 2


def slope_of_valley(p):
    x, y = p
    return np.array([-2 * (1 - x) - 10 * x * (y - x**2), 5 * (y - x**2)])


def run(name, start, grad, steps, **hyper):
    """The path (steps + 1, 2) of a rule."""
    rule = getattr(rules, name)
    signature, theta = grammar.read(rule), np.asarray(start, float)
    state, path = grammar.start(signature, theta), [theta]
    for t in range(1, steps + 1):
        theta, *state = grammar.call(rule, signature, theta, (grad(theta),), state, t, hyper)
        path.append(theta)
    return np.array(path)


def losses(name, steps, seed=None, **hyper):
    """Losses on the quadratic with eigenvalues H, with noise in the gradient where a seed is given."""
    noise = np.random.default_rng(seed)
    sigma = 0.0 if seed is None else 0.3
    path = run(name, (3.0, 1.0), lambda p: H * p + sigma * noise.normal(size=2), steps, **hyper)
    return (H * path**2).sum(axis=1) / 2


def seeds(name, steps, count=5, **hyper):
    return np.array([losses(name, steps, seed, **hyper) for seed in range(count)])


def sample_paths():
    start = (-1.15, -0.62)
    settings = {"sgd": dict(lr=0.062), "momentum": dict(lr=0.02, momentum=0.85), "adagrad": dict(lr=0.32)}
    runs = {name: run(name, start, slope_of_valley, 60, **hyper) for name, hyper in settings.items()}
    runs["adam"] = run("adam", start, slope_of_valley, 60, lr=0.16)
    return plot.paths(valley, runs, BOX, minimum=(1, 1), title="Four ways to one minimum", alt="Four paths.")


def sample_divergence():
    names = {f"η = {lr}": lr for lr in (0.06, 0.096, 0.105)}
    runs = {name: run("sgd", (-3, 0.6), lambda p: H * p, 60, lr=lr) for name, lr in names.items()}
    return plot.paths(
        lambda x, y: (H[0] * x**2 + H[1] * y**2) / 2,
        runs,
        (-3.4, 1.4, -1.5, 1.5),
        rule=dict.fromkeys(names, "sgd"),
        minimum=(0, 0),
        equal=True,
        height=3.6,
        alt="Three paths in a ravine; the third leaves it.",
    )


def sample_curves():
    runs = {f"η = {lr}": losses("sgd", 120, lr=lr) for lr in (0.02, 0.095, 0.12)}
    runs["momentum"] = losses("momentum", 120, lr=0.05, momentum=0.6)
    runs["bound"] = 20 / np.arange(1, 122)
    return plot.curves(
        runs,
        log="y",
        rule=dict.fromkeys(list(runs)[:3], "sgd"),
        ceiling=1e4,
        title="Gap to the lowest value",
        alt="Losses; one diverges.",
    )


def sample_slopes():
    kappa = np.geomspace(10, 1e4, 7)
    steps = {"sgd": 7 * kappa, "momentum": 9.5 * np.sqrt(kappa), "nesterov": 15.8 * np.sqrt(kappa)}
    slopes = {"slope 1": (1, 60, 1500), "slope 1/2": (0.5, 200, 90)}
    return plot.curves(steps, kappa, log="xy", slopes=slopes, xlabel=r"condition number $\kappa$", alt="Steps.")


def sample_guides():
    lr = np.linspace(0, 0.12, 200)
    factors = {f"h = {h:g}": (lr, abs(1 - lr * h)) for h in H}
    guides = dict(vlines={"2/L": 0.1, "best": 2 / 21}, hlines={"edge": 1})
    return plot.curves(factors, xlabel=r"learning rate $\eta$", title="Factor on the error", alt="Factors.", **guides)


def sample_compare():
    rates = dict(sgd=0.03, momentum=0.01, adam=0.3, adagrad=1.0)
    return plot.compare({n: seeds(n, 200, lr=lr) for n, lr in rates.items()}, title="Loss", alt="Four rules.")


def sample_sweep():
    lrs = np.geomspace(1e-4, 1, 13)
    names = ("sgd", "momentum", "adagrad", "adam")
    with np.errstate(over="ignore", invalid="ignore"):
        grid = {n: np.array([seeds(n, 60, 3, lr=lr)[:, -1] for lr in lrs]) for n in names}
    return plot.sweep(lrs, grid, vlines={"2/L": 0.1}, title="Loss after 60 steps, three seeds", alt="Four U-shapes.")


def sample_balls():
    return plot.balls(title="Three ways to measure a step of length one", alt="Three balls.")


def sample_stability():
    q = (np.sqrt(20) - 1) / (np.sqrt(20) + 1)
    points = {"best without": (2 / 21, 0), "best pair": ((1 + q) ** 2 / 20, q**2), "diverges": (0.135, 0.2)}
    return plot.stability((1.0, 20.0), points, start=(-1.15, 0.42), alt="A map with three paths.")


def gradients():
    noise = np.random.default_rng(0).normal(size=80)
    return 0.5 * noise + np.where(np.arange(80) < 40, 1, -0.5)


def sample_stream():
    g, m, v, out = gradients(), 0.0, 0.0, []
    for t, x in enumerate(g, 1):
        _, m, v = rules.adam(0.0, x, m, v, t, beta2=0.99)
        out.append((m, np.sqrt(v / (1 - 0.99**t)), -m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.99**t))))
    m, root, step = np.array(out).T
    owner = {"average m": "adam", "root of v": "adam", "step": "adam"}
    averages = {"average m": m, "root of v": root}
    return plot.stream(g, averages, steps={"step": step}, steps_title="Step, in η", rule=owner, alt="A stream.")


def sample_outlier():
    g = np.where(np.arange(100) == 20, 100.0, 1.0)
    fading = {"adam": np.maximum.accumulate(g) ** 0.8, "adamax": np.maximum.accumulate(g)}
    return plot.stream(g, fading, log="y", title="Gradient and what it is divided by", alt="An outlier.")


def sample_dots():
    draw = np.random.default_rng(1).normal
    means = dict(sgd=0.05, momentum=0.04, adam=0.042, nadam=0.039)
    table = {name: draw(mean, 0.002, 20) for name, mean in means.items()}
    return plot.dots(table, vlines={"chance": 0.047}, title="Training loss, 20 seeds", alt="Four rows.")


def sample_images():
    return plot.images(np.random.default_rng(0).integers(0, 17, (12, 64)), range(12), columns=6, alt="Noise.")


SAMPLES = {name[7:]: make for name, make in globals().items() if name.startswith("sample_")}
SAMPLES["derivation"] = plot.derivation


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
    figure = drawn("guides")
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
