"""Fair comparisons, against problems whose best rate is known, counted budgets, and SciPy's binomial distribution."""

import doctest
import math
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import partial

import numpy as np
import pytest
from scipy.special import bdtr

import optlib.compare as package
from optlib import Problem, rules
from optlib.compare import cache_folder, compare, interval, median, paired
from optlib.compare.cache import KEPT, load, store
from optlib.compare.fingerprint import Nameless, fingerprint
from optlib.compare.result import Comparison, Outcome
from optlib.compare.runs import draw, once
from optlib.compare.statistics import rank
from optlib.drivers.progress import Progress
from optlib.methods.line_search import backtracking
from optlib.rules import adam, momentum, sgd
from optlib.schedules import cosine, reduce_on_plateau
from tests.optlib.compare_samples import CURVATURES, SMALL, farthest_coordinate, images, valley


def closed_form(lr, seed, steps):
    """The loss of gradient descent on `valley` without running it."""
    theta = np.random.default_rng(seed).normal(size=2)
    return float(0.5 * CURVATURES @ ((1 - lr * CURVATURES) ** steps * theta) ** 2)


# ---- what is run


def test_scores_settings_and_choice_are_those_of_the_closed_form():
    found = compare(valley, {"sgd": sgd}, steps=80, lr=(1e-3, 1), trials=40, tuning=3, seeds=7, cache=False)
    sgd_found, last = found.outcomes["sgd"], {}
    for setting, scores in sgd_found.tried:
        expected = [closed_form(setting["lr"], k, 80) for k in found.tuning_seeds]
        np.testing.assert_allclose(scores, expected, rtol=1e-9)
        last[setting["lr"]] = np.median(expected)
    best = min(last, key=last.get)
    assert sgd_found.setting == {"lr": best} and abs(math.log(best / (2 / 11))) < math.log(1000) / 40
    np.testing.assert_allclose(sgd_found.scores, [closed_form(best, k, 80) for k in range(7)], rtol=1e-9)
    assert found.interval("sgd").median == np.median(sgd_found.scores)
    for k, curve in enumerate(sgd_found.curves):
        np.testing.assert_allclose(curve, [closed_form(best, k, t) for t in found.marks], rtol=1e-9)
    assert found.marks[0] == 0 and found.marks[-1] == 80


def test_the_median_decides_and_not_the_worst_seed():
    def problem(seed):
        h = 5.0 if seed == 1000 else 1.0
        return Problem(lambda x: 0.5 * h * x * x, grad=lambda x: h * x), 1.0

    found = compare(problem, {"sgd": sgd}, steps=30, lr=(0.05, 1.0), trials=8, tuning=3, seeds=6, cache=False)
    assert found.tuning_seeds[0] == 1000 and found.outcomes["sgd"].setting["lr"] > 0.6  # at h = 5 it goes up


def test_settings_are_log_uniform_and_the_same_for_all_who_ask():
    ranges = {"lr": (1e-4, 1.0), "momentum": (0.5, 0.99)}
    drawn = draw(ranges, 200, 3)
    assert drawn == draw(dict(ranges), 200, 3) != draw(ranges, 200, 4)
    for name, (low, high) in ranges.items():
        values = np.log([s[name] / low for s in drawn]) / math.log(high / low)
        assert sorted(np.ceil(200 * values - 0.3).clip(1)) == pytest.approx(range(1, 201), abs=1.01)  # one a slice
        assert abs(np.corrcoef(values, np.arange(200))[0, 1]) < 0.2 or name == "lr"
    assert draw({}, 5, 0) == [{}]


def test_every_method_gets_the_same_budget_and_the_same_seeds():
    asked, given = {}, {}

    def tracked(name):
        def step(theta, g, *, lr=0.1):
            asked[name] = asked.get(name, 0) + 1
            return theta - lr * g

        return step

    def problem(seed):
        given[seed] = given.get(seed, 0) + 1
        return valley(seed)

    found = compare(problem, {"a": tracked("a"), "b": tracked("b")}, steps=30, trials=5, tuning=3, seeds=6, cache=False)
    assert asked == {"a": (5 * 3 + 6) * 30, "b": (5 * 3 + 6) * 30}
    assert not set(found.seeds) & set(found.tuning_seeds)
    given[0] -= 1  # the first look, before anything runs
    assert given == dict.fromkeys(found.seeds, 2) | dict.fromkeys(found.tuning_seeds, 2 * 5)
    assert found.outcomes["a"].tried == found.outcomes["b"].tried
    assert found.difference("a", "b")[:3] == (0, 0, 0)


def test_a_budget_of_evaluations_counts_all_that_is_asked():
    counts = []

    def problem(seed):
        whole, theta = valley(seed)
        counts.append(0)

        def counted(f):
            def call(x):
                counts[-1] += 1
                return f(x)

            return call

        return whole.replace(f=counted(whole.f), grad=counted(whole.grad), full=whole.f), theta

    found = compare(problem, {"sgd": (sgd, {}), "search": (backtracking, {})}, evaluations=40, seeds=6, cache=False)
    plain, search = found.outcomes.values()
    assert set(plain.evaluations) == set(plain.steps) == {40}
    assert all(40 <= n < 50 for n in search.evaluations) and max(search.steps) <= 20
    assert list(plain.evaluations + search.evaluations) == counts[1:]  # by a count of its own
    assert "40 evaluations a run" in str(found)


def test_the_three_forms_of_a_method():
    half = partial(sgd, lr=0.05)
    peak = (sgd, {"lr": (0.01, 0.3)}, lambda lr: {"lr": partial(cosine, peak=lr, steps=40)})
    both = (momentum, {"lr": (0.01, 0.3), "momentum": (0.5, 0.9)})
    found = compare(valley, {"sgd": half, "cosine": peak, "momentum": both}, steps=40, **SMALL)
    fixed, scheduled, pair = found.outcomes.values()
    assert fixed.setting == {} and fixed.tried == () and fixed.rule == "sgd"
    np.testing.assert_allclose(fixed.scores, [closed_form(0.05, k, 40) for k in range(6)], rtol=1e-9)
    expected = once(
        valley, sgd, {"lr": partial(cosine, peak=scheduled.setting["lr"], steps=40)}, 0, budget=40, unit="step"
    )
    assert scheduled.scores[0] == expected.score and set(pair.setting) == {"lr", "momentum"}


def test_steps_and_schedules_that_ask_the_loss_get_it():
    plateau = (sgd, {"lr": (0.01, 0.1)}, lambda lr: {"lr": partial(reduce_on_plateau, lr=lr, factor=0.5, patience=2)})
    found = compare(valley, {"search": backtracking, "plateau": plateau}, steps=10, **SMALL)
    assert all(f.diverged == 0 and max(f.scores) < 5 for f in found.outcomes.values())


def test_diverged_runs_are_counted_and_stay():
    found = compare(valley, {"sgd": (sgd, {"lr": (0.01, 1e4)})}, steps=400, trials=6, tuning=2, seeds=6, cache=False)
    tried = found.outcomes["sgd"].tried
    lost = [setting["lr"] for setting, scores in tried if math.inf in scores]
    assert lost == [s["lr"] for s, _ in tried if s["lr"] > 1] and len(lost) >= 2
    assert f"sgd: {len(lost)} of 6 settings diverged on a tuning seed." in str(found)
    all_lost = compare(valley, {"a": partial(sgd, lr=1e4), "b": partial(sgd, lr=0.1)}, steps=400, seeds=6, cache=False)
    assert all_lost.outcomes["a"].diverged == 6 and "6 of 6" in str(all_lost)
    assert all_lost.verdict("a", "b").startswith(
        "The full loss of a is higher than that of b: the median difference is inf"
    )
    assert all_lost.outcomes["a"].curves[0][0] < math.inf == all_lost.outcomes["a"].curves[0][-1]


def test_a_search_that_breaks_off_at_the_bottom_has_not_diverged():
    def gives_up(theta, g, t=1, *, lr=0.1):
        if t == 10:
            raise ArithmeticError("no step is short enough")
        return theta - lr * g

    found = compare(
        valley, {"down": partial(gives_up, lr=0.1), "up": partial(gives_up, lr=0.3)}, steps=40, seeds=6, cache=False
    )
    down, up = found.outcomes.values()
    assert down.diverged == 0 and up.diverged == 6 and set(down.steps + up.steps) == {9}
    np.testing.assert_allclose(down.scores, [closed_form(0.1, k, 9) for k in range(6)], rtol=1e-9)
    assert all(curve[-1] == score and len(curve) == len(found.marks) for curve, score in zip(down.curves, down.scores))


def test_another_score():
    found = compare(valley, {"sgd": sgd}, steps=5, score=farthest_coordinate, **SMALL)
    lr = found.outcomes["sgd"].setting["lr"]
    ends = [(1 - lr * CURVATURES) ** 5 * np.random.default_rng(k).normal(size=2) for k in range(6)]
    np.testing.assert_allclose(found.outcomes["sgd"].scores, [abs(theta).max() for theta in ends], rtol=1e-9)
    assert "farthest coordinate" in str(found) and found.measure == "farthest coordinate"


# ---- the interval


@pytest.mark.parametrize("n", [6, 7, 10, 25, 60])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_interval_is_the_narrowest_that_the_binomial_distribution_allows(n, level):
    values = np.random.default_rng(n).lognormal(size=n)
    found, ordered = interval(values, level), sorted(values)
    k = ordered.index(found.low)  # so many values lie outside on each side
    assert found.high == ordered[n - 1 - k] and found.median == np.median(values)
    assert found.level == pytest.approx(1 - 2 * bdtr(k, n, 0.5), rel=1e-12)
    assert 1 - 2 * bdtr(k + 1, n, 0.5) < level <= found.level


def test_interval_covers_as_often_as_it_says():
    rng, sims = np.random.default_rng(0), 20_000
    for n in (6, 10, 21):
        k, chance = rank(n, 0.9)
        draws = np.sort(rng.lognormal(size=(sims, n)), axis=1)  # true median 1
        share = ((draws[:, k - 1] <= 1) & (draws[:, -k] >= 1)).mean()
        assert abs(share - chance) < 4 * math.sqrt(chance * (1 - chance) / sims)
        assert interval(draws[0], 0.9)[1:] == (draws[0, k - 1], draws[0, -k], chance)


def test_infinite_values_are_in_order():
    inf = math.inf
    assert interval([1, 2, 3, inf, inf, inf])[:3] == (inf, 1, inf)
    assert median([1, inf, 2]) == 2 and median([inf, -inf]) == 0
    assert paired([inf, inf, 1, 1, 1, 1], [inf, 2, 2, 2, 2, 2])[:3] == (-1, -1, inf)


def comparison(a, b):
    """A Comparison with these scores."""
    outcomes = {
        name: Outcome("sgd", {}, (), {}, tuple(map(float, s)), (), (1,) * 6, (1,) * 6, (0.0,) * 6)
        for name, s in dict(a=a, b=b).items()
    }
    return Comparison(outcomes, "full loss", "step", 1, (0, 1), range(6), range(6, 8), 0.95)


@pytest.mark.parametrize(
    "b, word",
    [
        ([2, 3, 4, 5, 6, 7], "is lower"),
        ([0, 1, 2, 3, 4, 5.5], "is higher"),
        ([0, 3, 4, 5, 6, 7], "No difference"),
        ([1, 3, 4, 5, 6, 7], "No difference"),
    ],
)
def test_a_verdict_needs_an_interval_without_zero(b, word):
    found = comparison([1, 2, 3, 4, 5, 6], b)
    assert word in found.verdict("a", "b") and "96.9 % interval" in found.verdict("a", "b")
    with pytest.raises(KeyError, match="'c' was not compared; there are 'a', 'b'"):
        found.verdict("a", "c")


# ---- where it runs


def test_processes_give_the_same_numbers():
    methods = {"sgd": sgd, "adam": adam}
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert compare(valley, methods, steps=6, executor=pool, **SMALL) == compare(valley, methods, steps=6, **SMALL)
        with pytest.raises(TypeError, match="cannot send the problem or a method to another process"):
            compare(lambda seed: valley(seed), methods, steps=6, executor=pool, **SMALL)


def test_an_interrupt_cancels_what_waits():
    class Slow(Executor):
        futures = []  # noqa: RUF012

        def submit(self, task):
            self.futures.append(Future())
            if len(self.futures) == 1:
                self.futures[0].set_exception(KeyboardInterrupt())
            return self.futures[-1]

    with pytest.raises(KeyboardInterrupt):
        compare(valley, {"sgd": sgd}, steps=6, executor=Slow(), **SMALL)
    assert len(Slow.futures) == 8 and all(f.cancelled() for f in Slow.futures[1:])


# ---- what is kept


def test_what_was_asked_before_is_read_from_disk(tmp_path, monkeypatch):
    asked = dict(steps=10, **SMALL | {"cache": tmp_path / "new"})
    first = compare(valley, {"sgd": sgd}, **asked)
    ran = []
    monkeypatch.setattr(package, "once", lambda *a, **k: ran.append(a) or once(*a, **k))
    again = compare(valley, {"renamed": sgd, "adam": adam}, **asked)
    assert len(ran) == 4 * 2 + 6  # adam alone
    assert again.outcomes["renamed"] == first.outcomes["sgd"]
    assert again.outcomes["renamed"].seconds == first.outcomes["sgd"].seconds
    assert {f.kept for f in again.outcomes.values()} == set((tmp_path / "new").iterdir())
    ran.clear()
    for other in (dict(steps=11), dict(seed=1), dict(lr=(1e-4, 2.0)), dict(tuning=1), dict(score=lambda p, x: p.f(x))):
        compare(valley, {"sgd": sgd}, **asked | other)
        assert ran
        ran.clear()


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-9], lambda b: b.replace(b"0.", b"1.", 1), lambda b: b"\xff", lambda b: b""]
)
def test_a_damaged_entry_is_computed_again(tmp_path, damage):
    asked = dict(steps=5, **SMALL | {"cache": tmp_path})
    first = compare(valley, {"sgd": sgd}, **asked)
    (file,) = tmp_path.iterdir()
    good = file.read_bytes()
    file.write_bytes(damage(good))
    assert file.read_bytes() != good and load(file) is None
    assert compare(valley, {"sgd": sgd}, **asked) == first
    assert load(file)["scores"] == list(first.outcomes["sgd"].scores)


KILLED = """
import os, sys
from optlib.compare import compare
from tests.optlib.compare_samples import SMALL, valley
from optlib.rules import adam, sgd
os.replace = lambda a, b, n=[], move=os.replace: (n.append(b), move(a, b) if len(n) < 2 else os._exit(9))
compare(valley, {"sgd": sgd, "adam": adam}, steps=5, **SMALL | {"cache": sys.argv[1]})
"""


def test_whoever_is_killed_leaves_whole_entries(tmp_path):
    assert subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False).returncode == 9
    (file,) = tmp_path.glob("*.json")
    assert load(file)["rule"] == "sgd"
    found = compare(valley, {"sgd": sgd, "adam": adam}, steps=5, **SMALL | {"cache": tmp_path})
    assert found.outcomes["sgd"].kept == file and len(list(tmp_path.glob("*.json"))) == 2


def test_the_folder_stays_small_and_a_full_disk_costs_nothing(tmp_path, monkeypatch):
    for k in range(KEPT + 3):
        file = tmp_path / f"{k}.json"
        file.write_text("")
        os.utime(file, (k, k))
    assert store(tmp_path / "new.json", {"a": [1.5, math.inf]}) and load(tmp_path / "new.json") == {
        "a": [1.5, math.inf]
    }
    assert len(list(tmp_path.iterdir())) == KEPT and not (tmp_path / "3.json").exists()
    monkeypatch.setattr(os, "replace", lambda a, b: (_ for _ in ()).throw(OSError("disk full")))
    assert not store(tmp_path / "other.json", {}) and not list(tmp_path.glob("*.draft"))
    found = compare(valley, {"sgd": sgd}, steps=5, **SMALL | {"cache": tmp_path})
    assert found.outcomes["sgd"].kept is None


def test_where_it_is_kept(monkeypatch, tmp_path):
    for name in ("CI", "DESCENT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder().parts[-2:] == ("descent", "compare")
    monkeypatch.setenv("CI", "true")
    assert cache_folder() is None
    monkeypatch.delenv("CI")
    monkeypatch.setenv("DESCENT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("DESCENT_CACHE", "0")
    assert cache_folder() is None


def made(text, **names):
    """The function `f` that a notebook with this text would have."""
    space = {"__name__": "notebook", "np": np, "sgd": sgd, "partial": partial, **names}
    exec(text, space)
    return space["f"]


ONE = "def f(x):\n    return x + 1\n"


@pytest.mark.parametrize(
    "a, b",
    [
        (ONE, "def f(x):\n    return x + 2\n"),
        (ONE, "def f(x):\n    return x - 1\n"),
        (
            "def g(x):\n    return x\ndef f(x):\n    return g(x)\n",
            "def g(x):\n    return -x\ndef f(x):\n    return g(x)\n",
        ),
        ("c = 1\nf = lambda x: x + c", "c = 2\nf = lambda x: x + c"),
        ("c = np.ones(3)\nf = lambda x: x + c", "c = np.ones(4)\nf = lambda x: x + c"),
        ("f = partial(sgd, lr=1)", "f = partial(sgd, lr=2)"),
        ("def f(x, *, a=1):\n    return x", "def f(x, *, a=2):\n    return x"),
        ("def g(c):\n    return lambda x: x + c\nf = g(1)", "def g(c):\n    return lambda x: x + c\nf = g(2)"),
        (
            "class A:\n    def m(self, x):\n        return x\nf = A().m",
            "class A:\n    def m(self, x):\n        return -x\nf = A().m",
        ),
        ("def f(x):\n    return [y + 1 for y in x]", "def f(x):\n    return [y + 2 for y in x]"),
    ],
)
def test_a_name_follows_content(a, b):
    assert fingerprint(made(a)) != fingerprint(made(b))
    assert fingerprint(made(a)) == fingerprint(made("# why\n\n" + a)) == fingerprint(made(a))


def test_names_are_the_same_in_another_process():
    asked = "fingerprint([valley, images, farthest_coordinate, adam])"
    imports = "from optlib.rules import adam; from optlib.compare.fingerprint import fingerprint"
    code = f"{imports}; from tests.optlib.compare_samples import *; print({asked})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == fingerprint([valley, images, farthest_coordinate, adam])
    assert len({fingerprint(getattr(rules, name)) for name in rules.__all__}) == len(rules.__all__)


def test_what_has_no_content_is_not_kept(tmp_path):
    with open(os.devnull) as file, pytest.raises(Nameless):
        fingerprint(made("f = lambda x: file", file=file))
    endless = (0 for _ in range(10_000))
    problem = made("def f(seed):\n    next(endless)\n    return valley(seed)\n", endless=endless, valley=valley)
    found = compare(problem, {"sgd": sgd}, steps=5, **SMALL | {"cache": tmp_path})
    assert found.outcomes["sgd"].kept is None and not list(tmp_path.iterdir())


# ---- what is shown


def test_the_table_and_the_figure():
    found = compare(
        valley, {"sgd": sgd, "quick": adam}, steps=40, lr=(0.5, 1), trials=5, tuning=2, seeds=6, cache=False
    )
    text = str(found)
    assert text == repr(found) and "seconds" not in text and "seconds" in found.table(seconds=True)
    assert max(map(len, text.splitlines())) <= 86
    low, high = (f"{float(f'{v:.2g}'):g}" for v in found.interval("quick")[1:3])
    assert f"{low} to {high}" in text and f"lr {found.outcomes['quick'].setting['lr']:g}" in text
    assert "Median and 96.9 % interval" in text and "best of 5 on 2 others" in text.replace("\n", " ")
    figure = found.plot(alt="Two lines fall.", caption="Adam falls.")
    assert figure.caption.startswith("Adam falls. Median and 96.9 %") and "best of 5 on 2 others" in figure.caption
    upper, lower = figure.drawing.axes
    assert "Full loss" in (upper.get_title(), upper.get_title(loc="left"))
    lines = [line.get_ydata() for line in upper.lines if len(line.get_xdata()) == len(found.marks)]
    medians = [np.median(outcome.curves, axis=0) for outcome in found.outcomes.values()]
    np.testing.assert_allclose(lines, medians)
    assert "learning rate" in lower.get_xlabel()


def test_an_edge_of_what_was_tried_is_told():
    low = compare(valley, {"sgd": sgd}, steps=40, lr=(0.19, 1), trials=5, tuning=2, seeds=6, cache=False)
    high = compare(valley, {"sgd": sgd}, steps=40, lr=(0.01, 0.1), trials=5, tuning=2, seeds=6, cache=False)
    assert "sgd: the lowest lr tried was best, so a wider range may do better." in str(low)
    assert "sgd: the highest lr tried was best, so a wider range may do better." in str(high)


def test_the_example_of_the_docstring():
    finder = doctest.DocTestFinder()
    (example,) = finder.find(compare, "compare", globs={"compare": compare})
    assert tuple(doctest.DocTestRunner().run(example)) == (0, 7)


def test_a_long_comparison_shows_its_runs(monkeypatch):
    seen = []
    monkeypatch.setattr(Progress, "update", lambda self, done, loss: seen.append((done, self.steps, self.unit)))
    compare(valley, {"sgd": sgd, "fixed": partial(sgd, lr=0.1)}, steps=3, **SMALL)
    assert [call for call in seen if call[2] == "runs"] == [(k + 1, 8 + 6 + 6, "runs") for k in range(20)]


# ---- bad input


@pytest.mark.parametrize(
    "changed, error, sentence",
    [
        (dict(steps=None), TypeError, "give steps or evaluations, one of the two"),
        (dict(evaluations=3), TypeError, "give steps or evaluations, one of the two"),
        (dict(steps=0), ValueError, "steps must be a whole number, at least 1, got 0"),
        (dict(trials=2.0), ValueError, "trials must be a whole number, at least 1, got 2.0"),
        (dict(tuning=True), ValueError, "tuning must be a whole number"),
        (dict(seeds=5), ValueError, "seeds must be at least 6 for an interval of 95%, got 5"),
        (dict(level=95), ValueError, "level must be from 0.5 to below 1, got 95"),
        (dict(methods={}), TypeError, "methods must be a dict"),
        (dict(methods=[sgd]), TypeError, "methods must be a dict"),
        (dict(methods={"a": "sgd"}), TypeError, r"methods\['a'\] must be a step, \(step, ranges\)"),
        (dict(methods={"a": (sgd, {}, 3)}), TypeError, r"methods\['a'\] must be a step"),
        (dict(methods={"a": (sgd, {}, dict, 3)}), TypeError, r"methods\['a'\] must be a step"),
        (dict(methods={"a": (sgd, (0, 1))}), TypeError, r"methods\['a'\] must have a dict of ranges"),
        (dict(methods={"a": (sgd, {"lr": 1})}), TypeError, r"the range of lr in methods\['a'\] must be a pair"),
        (dict(methods={"a": (sgd, {"beta": (0.1, 1)})}), TypeError, "sgd has no hyperparameter 'beta'; it takes lr"),
        (dict(lr=(0, 1)), ValueError, r"0 < low <= high, both finite, got \(0, 1\)"),
        (dict(problem=3), TypeError, "problem must be a function seed"),
        (dict(problem=lambda seed: 3), TypeError, r"problem\(seed\) must return a pair"),
        (
            dict(problem=lambda seed: (Problem(grad=np.sign), 1.0)),
            ValueError,
            "the problem must have a loss on all data",
        ),
        (dict(score=3), TypeError, r"score must be a function \(problem, theta\)"),
        (dict(score=lambda p, x: "low"), TypeError, "the score must be one number, got 'low'"),
        (dict(executor=3), TypeError, "executor must be a concurrent.futures.Executor"),
        (dict(cache=3), TypeError, "cache must be a folder, True, False or None, got 3"),
    ],
)
def test_bad_input_is_told_in_a_sentence(changed, error, sentence):
    asked = dict(problem=valley, methods={"sgd": sgd}, steps=3, **SMALL) | changed
    with pytest.raises(error, match=sentence) as caught:
        compare(**asked)
    assert "\n" not in str(caught.value)
