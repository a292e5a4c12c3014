"""What book/bench/speed.json says, as tables and figures: the page on speed takes them from here.

A table is (head, rows) of texts.  `python -m tests.bench` (make bench) writes the file.
"""

import json
import statistics
from pathlib import Path

from optlib import plot
from optlib.plot import palette

MEASURED = Path(__file__).parent / "bench" / "speed.json"
WAYS = {
    "expression": "the rule as it stands",
    "NumPy": "Optimizer, NumPy",
    "numba": "Optimizer, numba",
    "torch single": "torch, single",
    "torch foreach": "torch, foreach",
    "torch fused": "torch, fused",
    "optax": "optax",
    "optax donated": "optax, donated",
}
LARGE = "10000000"
NONE = "–"
BOUNDS = [  # (words, one way, over which other, what decides, in words)
    ("numba over torch, fused", "numba", "torch fused", lambda r: r <= 1.05, "at most 1.05"),
    ("the same without the look at the gradient", "numba, unchecked", "torch fused", None, ""),
    ("numba over optax, donated", "numba", "optax donated", lambda r: r < 1, "below 1"),
    ("numba over the stream", "numba", "stream", lambda r: r <= 1.3, "at most 1.3"),
    ("NumPy over torch, foreach", "NumPy", "torch foreach", lambda r: r < 1, "below 1"),
    ("the rule as it stands over NumPy", "expression", "NumPy", lambda r: r >= 4, "at least 4"),
]
MOST_MEMORY = 16  # megabytes


def measured():
    return json.loads(MEASURED.read_text(encoding="utf-8"))


def short(value):
    """Three digits, with commas in thousands."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(data, rule, one, other):
    """The median over the runs of one way's time over another's, at ten million; None where one is missing."""
    runs = data["each run"][rule]
    if one not in runs or other not in runs:
        return None
    return statistics.median(a / b for a, b in zip(runs[one], runs[other]))


def _cells(data, words, value, test):
    cells = []
    for rule in data["microseconds"]:
        number = value(rule)
        missed = number is not None and test is not None and not test(number)
        cells.append(NONE if number is None else f"{number:.2f}{' (missed)' if missed else ''}")
    return [*words, *cells]


def bounds(data):
    """What was promised at ten million parameters, and the ratio that was measured for each rule."""
    rows = [
        _cells(data, (words, limit), lambda rule, one=one, other=other: ratio(data, rule, one, other), test)
        for words, one, other, test, limit in BOUNDS
    ]
    for way in ("NumPy", "numba"):
        words = f"memory for a moment, {way}, megabytes"
        known = {rule: told.get(way) for rule, told in data["megabytes"].items()}
        rows.append(_cells(data, (words, f"under {MOST_MEMORY}"), known.get, lambda mb: mb < MOST_MEMORY))
    return ["At ten million parameters", "Bound", *map(palette.label, data["microseconds"])], rows


def sizes(data, rule):
    """Microseconds a step of one rule, for every way and size."""
    told = data["microseconds"][rule]
    rows = [[words, *(short(told[n][way]) for n in told)] for way, words in WAYS.items() if way in told[LARGE]]
    rows.append(["the stream", *(short(told[n]["stream"]) for n in told)])
    return ["Microseconds a step", *(f"{int(n):,}" for n in told)], rows


def memory(data):
    """Megabytes that one step holds for a moment, beside what stays."""
    ways = list(dict.fromkeys(way for told in data["megabytes"].values() for way in told))
    rows = [[palette.label(r), *(short(m[w]) if w in m else NONE for w in ways)] for r, m in data["megabytes"].items()]
    return ["Megabytes", *(WAYS[w] for w in ways)], rows


def small(data):
    """Microseconds a step for two parameters."""
    told = data["two parameters"]
    head = list(next(iter(told.values())))
    return ["Microseconds", *head], [[palette.label(r), *(f"{t:.3g}" for t in row.values())] for r, row in told.items()]


def machine(data):
    """One sentence: on what, with what."""
    m, packages = data["machine"], ", ".join(f"{name} {v}" for name, v in data["versions"].items())
    return f"{m['processor']}, {m['cores']} cores; Python {m['python']}, {packages}."


TABLES = {"bounds": bounds, "adam": lambda d: sizes(d, "adam"), "memory": memory, "small": small}


def over_stream(data, rule="adam"):
    """A row a way: the three runs at ten million, as multiples of the stream."""
    runs = data["each run"][rule]
    stream = statistics.median(runs["stream"])
    rows = {words: [t / stream for t in runs[way]] for way, words in WAYS.items() if way in runs}
    told = ", ".join(f"{words} {statistics.median(v):.2g}" for words, v in rows.items())
    return plot.dots(
        rows,
        rule={words: rule for words in rows if words.startswith("Optimizer")},
        log="x",
        vlines={"stream": 1},
        title="Time of an Adam step over the time of the stream",
        caption=f"Ten million float32 parameters. The stream takes {stream / 1e3:.2g} ms. "
        "Median of three runs, with a stroke for each.",
        alt=f"Dot plot, logarithmic horizontal axis: how many times longer than the stream a step takes. {told}.",
    )


def over_sizes(data, rule="adam"):
    """Nanoseconds a parameter against the number of parameters."""
    told = data["microseconds"][rule]
    ways = [w for w in ("NumPy", "numba", "torch fused", "optax donated") if w in told[LARGE]]
    counts = list(map(int, told))
    lines = {WAYS[w]: [1e3 * told[str(n)][w] / n for n in counts] for w in ways}
    ends = [", ".join(f"{words} {short(v[k])}" for words, v in lines.items()) for k in (0, -1)]
    return plot.curves(
        lines,
        counts,
        log="xy",
        xlabel="parameters",
        rule={WAYS[w]: rule for w in ("NumPy", "numba")},
        title="Nanoseconds a parameter and step",
        caption="Adam, float32. A call costs the same for one parameter as for a thousand; beyond, memory decides.",
        alt="Line plot, both axes logarithmic: number of parameters against nanoseconds a parameter. "
        f"At {counts[0]:,} parameters: {ends[0]}. At {counts[-1]:,}: {ends[-1]}.",
    )


FIGURES = {"over-stream": over_stream, "over-sizes": over_sizes}
