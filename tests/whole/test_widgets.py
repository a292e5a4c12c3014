"""The widgets without a browser: their settings, what a page gets, and the arithmetic of the front end."""

import gzip
import html
import json
import re

import numpy as np
import pytest

from optlib import rules
from optlib.grammar import call, read
from optlib.plot import palette
from optlib.problems.landscapes import LANDSCAPES
from optlib.widgets import (
    Balls,
    Basins,
    Batches,
    Composer,
    Damping,
    Decay,
    Explorer,
    Kronecker,
    Lasso,
    Rates,
    Regret,
    Stream,
    Valley,
    module_source,
    paths,
    signals,
)
from tests.optlib.node import FRONT, GENERATED, ask, close, node

WIDGETS = {
    "explorer": lambda: Explorer(),
    "descent": lambda: Explorer(question="descent"),
    "stability": lambda: Explorer(question="stability"),
    "stream": lambda: Stream(),
    "balls": lambda: Balls(),
    "basins": lambda: Basins(),
    "batches": lambda: Batches(),
    "damping": lambda: Damping(),
    "decay": lambda: Decay(),
    "kronecker": lambda: Kronecker(),
    "lasso": lambda: Lasso(),
    "regret": lambda: Regret(),
    "rates": lambda: Rates(),
    "composer": lambda: Composer(),
    "valley": lambda: Valley(),
}


# what a page gets


@pytest.mark.parametrize("make", WIDGETS.values(), ids=WIDGETS)
def test_a_page_gets_the_state_and_a_still_figure(make):
    widget = make()
    data, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == repr(widget) and " at 0x" not in data["text/plain"]
    page = data["text/html"]
    assert page.startswith(f'<div class="descent-widget" data-module="{widget.module}" data-state="')
    state = json.loads(html.unescape(re.search(r'data-state="([^"]*)"', page)[1]))
    assert state == widget.settings() and not [key for key in state if key.startswith("_")]
    (alt,) = re.findall(r'<img src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+" alt="([^"]+)"', page)
    assert len(alt) > 40
    assert page.count("<noscript>") == 1 and page.endswith("</div>")


@pytest.mark.parametrize("make", WIDGETS.values(), ids=WIDGETS)
def test_two_of_a_kind_say_the_same(make):
    first, second = (make()._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/html"] == second["text/html"] and first["text/plain"] == second["text/plain"]


@pytest.mark.parametrize(
    "name",
    [
        "balls.js",
        "basins.js",
        "batches.js",
        "composer.js",
        "damping.js",
        "decay.js",
        "explorer.js",
        "kronecker.js",
        "lasso.js",
        "rates.js",
        "regret.js",
        "stream.js",
        "valley.js",
    ],
)
def test_a_module_stands_alone_and_is_small(name):
    text = module_source(name)
    assert not re.search(r"^(import|export (?!default))", text, flags=re.MULTILINE)
    assert "://" not in text.replace("http://www.w3.org/2000/svg", "")  # the name of SVG, never fetched
    assert len(gzip.compress(text.encode())) < 20_000
    # names that occur in two files, or that nobody defines, are errors here
    shown = node(
        "--input-type=module",
        "-e",
        f"{text.replace('export default', 'const made =')}\nconsole.log(typeof made.render)",
    )
    assert shown.strip() == "function"


def test_a_module_that_is_not_there():
    with pytest.raises(FileNotFoundError):
        module_source("nothing.js")


def test_still_figures_follow_the_state():
    one, two = Explorer(question="descent"), Explorer(question="descent", start=[1.5, -1.0])
    assert one.still() != two.still()
    assert Stream().still() != Stream(kind="flips").still()


# settings


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(question="speed"), "question must be one of None, 'descent', 'stability', got 'speed'"),
        (dict(landscape="moon"), "landscape must be one of 'ravine', .* got 'moon'"),
        (dict(question="descent", landscape="saddle"), "needs a landscape with eigenvalues, a ravine, got 'saddle'"),
        (dict(rules=["sgd", "bfgs"]), "rules must be one of .*, got 'bfgs'"),
        (dict(lr={"sgd": -0.1}), "lr of sgd must be a positive number below 100, got -0.1"),
        (dict(momentum=1.0), "momentum must be at least 0 and below 1, got 1.0"),
        (dict(kappa=0.5), "kappa must be between 1 and 100, got 0.5"),
        (dict(start=[1.0]), r"start must be two numbers x, y, got \[1.0\]"),
        (dict(step=501), "step must be between 0 and 500, got 501"),
    ],
)
def test_bad_settings_of_an_explorer_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Explorer(**wrong)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(kind="white"), "kind must be one of .*, got 'white'"),
        (dict(beta1=-0.1), "beta1 must be at least 0 and below 1, got -0.1"),
        (dict(noise=4.0), "noise must be between 0 and 3, got 4.0"),
        (dict(steps=3), "steps must be between 20 and 2000, got 3"),
        (dict(rules=["adamw2"]), "rules must be one of .*, got 'adamw2'"),
    ],
)
def test_bad_settings_of_a_stream_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Stream(**wrong)


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError, match="speed"):
        Explorer(speed=3)
    with pytest.raises(TypeError, match="speed"):
        Stream(speed=3)


def test_settings_are_kept():
    widget = Explorer(landscape="saddle", rules=["sgd", "adam"], lr={"sgd": 0.3}, start=(1.0, 0.5), step=9, name="mine")
    kept = widget.settings()
    assert kept["chosen"] == ["sgd", "adam"] and kept["start"] == [1.0, 0.5] and kept["name"] == "mine"
    assert widget.lr["sgd"] == 0.3 and widget.lr["adam"] > 0


# arithmetic of the front end


def map_of(rule, eta, mu, h):
    """One step of the rule on a gradient h theta as a matrix on (theta, b): the rule itself, applied to a basis."""
    step = getattr(rules, rule)
    return np.column_stack([step(x, h * x, b, lr=eta, momentum=mu) for x, b in ([1.0, 0.0], [0.0, 1.0])])


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_the_factor_per_step_is_the_spectral_radius_of_the_rule(rule):
    rng = np.random.default_rng(1)
    settings = [(float(a), float(b), float(c)) for a, b, c in rng.uniform(0.01, [3, 0.99, 2], (200, 3))]
    answers = ask([(FRONT + "quadratic.js", "radius", [rule, *s]) for s in settings])
    for got, (eta, mu, h) in zip(answers, settings):
        wanted = np.abs(np.linalg.eigvals(map_of(rule, eta, mu, h))).max()
        assert close(got, wanted, 1e-7), (eta, mu, h)  # a double eigenvalue is only good to half the digits


def largest(rule, eta, mu, eigenvalues):
    return max(np.abs(np.linalg.eigvals(map_of(rule, eta, mu, h))).max() for h in eigenvalues)


def test_the_edge_of_stability_is_where_the_factor_is_one():
    asked = [(rule, mu, 20.0) for rule in ("momentum", "nesterov") for mu in (0.0, 0.3, 0.9)]
    for (rule, mu, h), edge in zip(asked, ask([(FRONT + "quadratic.js", "edge", a) for a in asked])):
        assert largest(rule, 0.999 * edge, mu, [h]) < 1 < largest(rule, 1.001 * edge, mu, [h])


def test_the_best_setting_is_the_best_there_is():
    asked = [(rule, kappa) for rule in ("momentum", "nesterov") for kappa in (2.0, 20.0, 100.0)]
    rng = np.random.default_rng(2)
    for (rule, kappa), best in zip(asked, ask([(FRONT + "quadratic.js", "best", a) for a in asked])):
        found = largest(rule, best["eta"], best["mu"], [1.0, kappa])
        anywhere = zip(rng.uniform(0, 4 / kappa, 300), rng.uniform(0, 0.99, 300))
        nearby = zip(best["eta"] * rng.uniform(0.9, 1.1, 300), best["mu"] + rng.uniform(-0.03, 0.03, 300))
        others = [largest(rule, eta, abs(mu), [1.0, kappa]) for eta, mu in [*anywhere, *nearby]]
        assert found < min(others) + 1e-6 < found + 0.05


def test_factors_of_gradient_descent_and_their_words():
    asked = [(0.1, 1.0), (0.1, 10.0), (0.15, 10.0), (0.2, 10.0), (0.3, 10.0)]
    for (eta, h), got in zip(asked, ask([(FRONT + "quadratic.js", "factor", a) for a in asked])):
        assert close(got, rules.sgd(1.0, h, lr=eta))
    words = ask([(FRONT + "quadratic.js", "verdict", [f]) for f in (0.9, 0, -0.5, -1, -1.2)])
    assert words == [
        "shrinks", "gone in one step", "alternates and shrinks", "alternates for ever", "alternates and grows",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", signals.KINDS)
def test_streams_are_the_same_in_both_languages(kind):
    (got,) = ask([(FRONT + "signals.js", "signal", [kind, 0.7, 300, 5])])
    wanted = signals.signal(kind, 0.7, 300, 5)
    assert np.abs(np.array(got) - wanted).max() < 1e-12
    if kind == "constant":
        noise = (wanted - 1) / 0.7
        assert abs(noise.mean()) < 0.15 and abs(noise.std() - 1) < 0.15
    if kind == "outlier":
        assert (wanted == 100).sum() == 1
    if kind == "sparse":
        assert 0.9 < (wanted == 0).mean() < 0.99


def test_the_titles_of_streams_are_the_same():
    assert ask([(FRONT + "signals.js", "KINDS", [])])[0] == signals.KINDS


def test_the_steps_of_a_stream_are_those_of_the_rules():
    g = signals.signal("outlier", 0.5, 120, 3)
    listed = ["adam", "adamax", "nadam", "rmsprop"]
    (got,) = ask([(FRONT + "signals.js", "series", [listed, g.tolist(), 0.8, 0.99])])
    for rule in listed:
        step = getattr(rules, rule)
        signature = read(step)
        values = {"lr": 1.0, "beta1": 0.8, "beta2": 0.99, "rho": 0.99}
        hyper = {k: v for k, v in values.items() if k in signature.hyper}
        theta, state = 0.0, list(signature.state.values())
        for t, slope in enumerate(g.tolist(), start=1):
            moved, *state = call(step, signature, theta, [slope], state, t, hyper)
            assert close(got["steps"][rule][t - 1], theta - moved, 1e-10), (rule, t)  # theta grows: digits are lost
            theta = moved
        assert np.abs(signals.steps(rule, g, 0.8, 0.99) - got["steps"][rule]).max() < 1e-12
    # the closed forms of the averages: weights (1 - beta) beta**(t - k)
    weights = 0.2 * 0.8 ** np.arange(len(g))[::-1]
    assert close(got["m"][-1], weights @ g)
    weights = 0.01 * 0.99 ** np.arange(len(g))[::-1]
    assert close(got["root"][-1], np.sqrt(weights @ g**2))
    assert close(got["mHat"][0], g[0]) and close(got["rootHat"][0], abs(g[0]))
    assert close(got["raw"][0], 0.2 / 0.1 * np.sign(g[0]), 1e-6)


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_paths_and_tuned_rates_are_the_same_in_both_languages(landscape):
    widget = Explorer(landscape=landscape, rules=["sgd", "momentum_ema", "adagrad", "adamax"])
    state = widget.settings()
    runs = ask([("./helpers.mjs", "path", [rule, landscape, state, 60]) for rule in widget.rules])
    best = ask([("./helpers.mjs", "best", [rule, landscape, state]) for rule in widget.rules])
    for rule, run, rate in zip(widget.rules, runs, best):
        wanted = paths.path(rule, widget.function(), widget.start, state | {"lr": widget.lr[rule]}, 60)
        assert np.abs(np.array(run["path"]).reshape(-1, 2) - wanted).max() < 1e-9, rule
        assert rate == widget.lr[rule], rule


def test_divergence_is_seen_at_the_same_step():
    state = {"lr": {"sgd": 0.3}, "momentum": 0.9, "beta2": 0.99, "kappa": 10, "start": [-1.7, 0.9]}
    (run,) = ask([("./helpers.mjs", "path", ["sgd", "ravine", state, 100])])
    gone = next(t for t in range(100) if 0.9 * 2**t >= paths.FAR)  # the factor is 1 - 0.3 * 10 = -2
    assert run["diverged"] == run["end"] == gone
    points = paths.path("sgd", lambda x, y: (x**2 + 10 * y**2) / 2, state["start"], state | {"lr": 0.3}, 100)
    assert np.isnan(points[gone:]).any(axis=1).all() and np.isfinite(points[:gone]).all()


def test_level_curves_lie_on_their_level():
    (curves,) = ask([("./helpers.mjs", "circles", [40, [0.25, 0.81, 5.0]])])
    for level, curve in zip([0.25, 0.81, 5.0], curves):
        points = np.array(curve).reshape(-1, 2)
        assert len(points) == 0 if level == 5.0 else len(points) > 40
        assert np.abs((points**2).sum(axis=1) - level).max(initial=0) < 2e-3


def test_every_marker_of_the_palette_can_be_drawn():
    (outlines,) = ask([(FRONT + "canvas.js", "OUTLINE", [])])
    (table,) = ask([(GENERATED, "RULES", [])])
    assert {entry["marker"] for entry in table.values()} <= set(outlines)
    for name, entry in table.items():
        _, light, dark, marker, _ = palette.RULES[name]
        assert (entry["light"], entry["dark"], entry["marker"]) == (light, dark, marker)


# links, words, and the conversation with the kernel


def test_a_link_holds_the_whole_state():
    state = {
        "kappa": 12.5, "landscape": "saddle", "chosen": ["sgd", "adam"], "lr": {"sgd": 0.05, "adam": 0.1},
        "start": [-1.2, 0.02], "step": 40, "uncorrected": True,
    }  # fmt: skip
    (link,) = ask([("./helpers.mjs", "encode", ["mine", state])])
    assert link.startswith("#mine&") and " " not in link
    kept, other, plain = ask(
        [("./helpers.mjs", "decode", [h, n]) for h, n in ((link, "mine"), (link, "mine-2"), ("#mine", "mine"))]
    )
    assert kept == state and other is None and plain is None


def test_nonsense_in_a_link_is_ignored():
    link = (
        "#mine&kappa=1000&landscape=moon&chosen=bfgs,sgd&lr=sgd:-1,adam:x&start=1&step=2.5&uncorrected=maybe&what=3&%22"
    )
    kept, *others = ask([("./helpers.mjs", "decode", [h, "mine"]) for h in (link, "#%E0%A4%A", "", "#")])
    assert kept == {"chosen": ["sgd"], "lr": {}}
    assert others == [None] * 3


def test_kernel_and_page_stay_in_step():
    (talk,) = ask([("./helpers.mjs", "conversation", [])])
    assert talk["changes"] == ["kappa"] and talk["state"] == {"kappa": 20, "start": [5, 2]}
    assert talk["before"] == 1  # the state is a copy: nothing reaches the model before it is pushed
    assert talk["told"] == ["start", "saved"] and talk["held"] == {"kappa": 20, "start": [5, 2]}
    assert talk["left"] == []


def test_numbers_read_as_people_write_them():
    values = {0: "0", 0.18: "0.18", -0.8: "−0.8", 1234.5: "1230", 1e-5: "10⁻⁵", 2.6e-7: "2.6 · 10⁻⁷", -3e5: "−3 · 10⁵"}
    assert ask([(FRONT + "numbers.js", "number", [v]) for v in values]) == list(values.values())
    assert ask([(FRONT + "numbers.js", "gap", [v]) for v in (-1e-13, 0.7002)]) == ["< 10⁻⁹", "0.7"]
