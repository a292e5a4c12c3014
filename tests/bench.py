"""What a step costs on this machine: `python -m tests.bench`. Best of several runs; nothing here is a test."""

import time
from functools import partial

import numpy as np

from optlib import Optimizer, minimize
from optlib.problems import quadratic
from optlib.rules import adam, momentum, sgd

REPEATS = 7
LARGE = 10_000_000


def seconds(work, times):
    """The best of REPEATS means over `times` calls."""
    best = np.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def main():
    bowl, two = quadratic((1, 100)), np.ones(2)
    print("two parameters, microseconds a step")
    for rule in (sgd, momentum, adam):
        opt = Optimizer(rule, two, lr=1e-4)
        times = {
            "on floats": seconds(partial(rule, 1.0, 2.0, lr=1e-3), 10_000),
            "Optimizer": seconds(partial(opt.step, two), 1_000),
            "minimize": seconds(partial(minimize, bowl, two, rule, steps=300, lr=1e-4), 1) / 300,
        }
        print(f"  {rule.__name__:10}", *(f"{name} {1e6 * t:5.1f}" for name, t in times.items()), sep="  ")

    g, opt = np.ones(LARGE, np.float32), Optimizer(adam, np.ones(LARGE, np.float32))
    source = np.ones(7 * LARGE // 2, np.float32)  # a step reads four arrays and writes three; a copy does both by half
    step, copy = seconds(partial(opt.step, g), 1), seconds(partial(np.copyto, source.copy(), source), 1)
    print(f"ten million parameters, float32: adam {1e3 * step:.0f} ms, {step / copy:.1f} times a copy of as many bytes")


if __name__ == "__main__":
    main()
