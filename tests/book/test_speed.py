"""The page on speed: its tables say what was measured, and mark what misses its bound."""

import re

import pytest

from book import speed
from book.ext import places

RUNS = {
    "expression": [100.0, 110.0, 90.0],
    "NumPy": [20.0, 30.0, 10.0],
    "numba": [6.0, 6.6, 12.0],
    "numba, unchecked": [5.0, 5.0, 5.0],
    "torch foreach": [40.0, 40.0, 40.0],
    "torch fused": [6.0, 6.0, 6.0],
    "optax donated": [7.0, 7.0, 7.0],
    "stream": [5.0, 5.0, 5.0],
}
LION = {way: RUNS[way] for way in ("expression", "NumPy", "numba", "stream")}
ONE = {way: runs[0] for way, runs in RUNS.items()}
DATA = {
    "machine": {"processor": "a processor", "cores": 2, "python": "3.11"},
    "versions": {"numpy": "2.4"},
    "microseconds": {"adam": {"10": ONE, speed.LARGE: ONE}, "lion": {"10": ONE, speed.LARGE: ONE}},
    "each run": {"adam": RUNS, "lion": LION},
    "megabytes": {"adam": {"NumPy": 1.5, "numba": 0.004, "torch foreach": 40.0}, "lion": {"NumPy": 17.0, "numba": 0.0}},
    "two parameters": {"adam": {"rule on floats": 0.64, "minimize": 6.7}},
}


def test_a_ratio_is_the_median_over_the_runs():
    head, rows = speed.bounds(DATA)
    assert head == ["At ten million parameters", "Bound", "Adam", "Lion"]
    told = {row[0]: row[1:] for row in rows}
    assert told["numba over torch, fused"] == ["at most 1.05", "1.10 (missed)", "–"]
    assert told["numba over the stream"] == ["at most 1.3", "1.32 (missed)", "1.32 (missed)"]
    assert told["NumPy over torch, foreach"] == ["below 1", "0.50", "–"]
    assert told["the rule as it stands over NumPy"] == ["at least 4", "5.00", "5.00"]
    assert told["the same without the look at the gradient"] == ["", "0.83", "–"]
    assert told["memory for a moment, NumPy, megabytes"] == ["under 16", "1.50", "17.00 (missed)"]


def test_tables_have_a_cell_for_each_column():
    for name, make in speed.TABLES.items():
        head, rows = make(DATA)
        assert rows and {len(row) for row in rows} == {len(head)}, name
    assert speed.machine(DATA) == "a processor, 2 cores; Python 3.11, numpy 2.4."


@pytest.mark.parametrize("name", speed.FIGURES)
def test_figures_say_their_numbers(name):
    figure = speed.FIGURES[name](DATA)
    assert {
        "over-stream": "Optimizer, numba 1.3",
        "over-sizes": "At 10 parameters: Optimizer, NumPy 2,000, Optimizer, numba 600",
    }[name] in figure.alt


def test_the_page_shows_what_there_is_and_the_file_has_it():
    page = (places.ROOT / "book" / "speed.md").read_text(encoding="utf-8")
    shown = re.findall(r"^:::\{speed\} (.+)$", page, re.M)
    assert sorted(shown) == sorted([*speed.TABLES, *speed.FIGURES, "machine"])
    data = speed.measured()
    for make in (*speed.TABLES.values(), *speed.FIGURES.values(), speed.machine):
        assert make(data)
    assert not re.search(r"\b20\d\d-", speed.MEASURED.read_text()), "no dates: the numbers carry versions"
