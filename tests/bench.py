"""What a step costs on this machine, beside torch and jax: `python -m tests.bench` (make bench).

Writes book/bench/speed.json, which book/speed.md shows.  All ways take turns in one process, so that what disturbs one
disturbs all; a number is the median of RUNS medians.  Nothing here is a test.
"""

import argparse
import ctypes
import gc
import json
import os
import platform
import re
import statistics
import sys
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from optlib import Optimizer, Problem, minimize, rules
from optlib.drivers import blocks
from optlib.problems import quadratic
from tests.bench_ways import RULES, WAYS

OUT = Path(__file__).parents[1] / "book" / "bench" / "speed.json"
SIZES, HUGE = (10, 1_000, 100_000, 10_000_000), 100_000_000
RUNS, TURNS = 3, 5
BATCH = 2e-3  # seconds: so many steps make one measurement


def seconds(step, times):
    start = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - start) / times


def batch(step):
    """How many steps fill a measurement; called after the step is warm."""
    return max(1, min(10_000, int(BATCH / max(seconds(step, 1), 1e-7))))


def turns(steps, runs=RUNS, count=TURNS):
    """{way: the median of each run, in seconds a step} of functions that take turns."""
    times = {}
    for way, step in steps.items():
        for _ in range(3):
            step()
        times[way] = batch(step)
    medians = {way: [] for way in steps}
    for _ in range(runs):
        found = {way: [] for way in steps}
        for _ in range(count):
            for way, step in steps.items():
                found[way].append(seconds(step, times[way]))
        for way, measured in found.items():
            medians[way].append(statistics.median(measured))
    return medians


def one_size(rule, size):
    """The medians of all ways; the largest arrays are made for one way at a time, in turns all the same."""
    if size < HUGE:
        made = {way: make(rule, size) for way, make in WAYS.items()}
        return turns({way: step for way, step in made.items() if step})
    medians = {}
    for _ in range(RUNS):
        for way, make in WAYS.items():
            step = make(rule, size)
            if step:
                medians.setdefault(way, []).extend(turns({way: step}, runs=1, count=3)[way])
            del step
            gc.collect()
    return medians


def extra_memory(step):
    """Bytes that one warm step needs for a moment beyond what is held before; None where the system does not tell."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not status.exists():
        return None

    def kilobytes(key):
        return int(re.search(rf"{key}:\s+(\d+)", status.read_text())[1])

    step()
    step()
    gc.collect()
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)  # what was free already counts again when the step takes it
    reset.write_text("5")  # the peak starts again from what is held now
    before = kilobytes("VmRSS")
    step()
    return 1024 * max(0, kilobytes("VmHWM") - before)


def small():
    """Microseconds of a step for two parameters: {rule: {what: number}}."""
    bowl, two, found = quadratic((1, 100)), np.ones(2), {}
    floats = Problem(lambda p: (p[0] * p[0] + 100 * p[1] * p[1]) / 2, grad=lambda p: [p[0], 100 * p[1]])
    for name in RULES:
        rule = getattr(rules, name)
        opt = Optimizer(rule, two, lr=1e-4)
        steps = {
            "rule on floats": partial(rule, 1.0, 2.0, lr=1e-3),
            "Optimizer.step": partial(opt.step, two),
            "minimize, list of floats": partial(minimize, floats, [1.0, 1.0], rule, steps=500, lr=1e-4),
            "minimize, array": partial(minimize, bowl, two, rule, steps=500, lr=1e-4),
        }
        medians = turns(steps)
        found[name] = {k: 1e6 * statistics.median(v) / (500 if "minimize" in k else 1) for k, v in medians.items()}
    return found


def processor():
    """What the machine calls its processor."""
    info = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    return named[1] if named else platform.processor() or platform.machine()


def rounded(value):
    return float(f"{value:.3g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--huge", action="store_true", help="100 million parameters, too; needs 4 GB of memory")
    parser.add_argument("--rules", nargs="*", default=RULES, choices=RULES)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    sizes = (*SIZES, HUGE) if options.huge else SIZES
    began, times, runs, memory = time.perf_counter(), {}, {}, {}
    for rule in options.rules:
        times[rule] = {}
        for size in sizes:
            medians = one_size(rule, size)
            times[rule][str(size)] = {way: rounded(1e6 * statistics.median(m)) for way, m in medians.items()}
            if size == SIZES[-1]:
                runs[rule] = {way: [rounded(1e6 * x) for x in m] for way, m in medians.items()}
            line = "  ".join(f"{way} {t:,.4g}" for way, t in times[rule][str(size)].items())
            print(
                f"[{time.perf_counter() - began:4.0f} s] {rule}, {size:,} parameters, microseconds: {line}", flush=True
            )
        memory[rule] = {}
        for way in ("expression", "NumPy", "numba", "torch foreach", "torch fused", "optax donated"):
            step = WAYS[way](rule, SIZES[-1])
            needed = extra_memory(step) if step else None
            if needed is not None:
                memory[rule][way] = rounded(needed / 1e6)
            del step
            gc.collect()
        print(f"[{time.perf_counter() - began:4.0f} s] {rule}, megabytes for a moment: {memory[rule]}", flush=True)
    found = {
        "machine": {"processor": processor(), "cores": blocks.cores(), "python": platform.python_version()},
        "versions": {p: version(p).split("+")[0] for p in ("numpy", "numba", "torch", "jax", "optax")},
        "runs": RUNS,
        "microseconds": times,
        "each run": runs,
        "megabytes": memory,
        "two parameters": {k: {w: rounded(t) for w, t in v.items()} for k, v in small().items()},
    }
    print(json.dumps(found["two parameters"], indent=1))
    if not options.dry:
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(re.sub(r"\[\s+([^][]*?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]",
                              json.dumps(found, indent=1)) + "\n", encoding="utf-8")  # fmt: skip
        print(f"wrote {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")


if __name__ == "__main__":
    os.environ.setdefault("DESCENT_PROGRESS", "0")
    sys.exit(main())
