"""The NumPy life at speed: a rule's lines as ufuncs that write into scratch, with as few arrays as will do.

print(source(program(adam, ("theta", "g", "m", "v")))[0])   shows the function
"""

import functools

import numpy as np

from optlib import ops
from optlib.lives.program import CALLS, CONDITIONS, OPERATORS

RAW = {"power", "where", "ratio"}  # no ufuncs: they take numbers as Python numbers
APART = {"sign", "exp"}  # five to ten times slower where they write over what they read (NumPy 2.4)


def power(a, b, out):
    out[...] = a**b


def where(condition, a, b, out):
    out[...] = ops.where(condition, a, b)


def ratio(a, b, otherwise, out):
    out[...] = ops.ratio(a, b, otherwise)


WORDS = {name: getattr(np, name) for name in (*CALLS, *OPERATORS.values(), "square", "copyto") if name not in RAW}
WORDS |= {"power": power, "where": where, "ratio": ratio}


@functools.cache
def compiled(program):
    """(function of arrays, scratch and numbers; how many scratch arrays and conditions; which numbers stay raw)."""
    text, floats, conditions = source(program)
    found = {}
    exec(text, WORDS.copy(), found)
    raw = {a for word, arguments, _ in program.lines if word in RAW for a in arguments if isinstance(a, int)}
    return found["block"], floats, conditions, frozenset(raw)


def source(program):
    """(text, how many scratch arrays, how many scratch conditions) of the function that does one block in place."""
    lines, results = list(program.lines), {n: v for n, v in program.results.items() if n in program.arrays}
    for name, value in results.items():
        if value in program.arrays and value != name:  # set aside, before the other argument changes
            results[name] = f"r{len(lines)}_"
            lines.append(("copyto", (value,), results[name]))
    last = {a: i for i, (_, arguments, _) in enumerate(lines) for a in arguments}
    last |= {value: len(lines) for value in results.values()}
    home = {value: name for name, value in results.items()}
    place, scratch, text = {a: a for a in program.arrays}, _Scratch(), []
    for i, (word, arguments, result) in enumerate(lines):
        # the result may go where an argument was used up: every word has read its arguments when it writes
        over = word not in APART
        done = {place[a] for a in arguments if isinstance(a, str) and last[a] == i}
        if over:
            scratch.release(done)
        target = home.get(result)
        if target is not None and last.get(target, -1) < i + over:
            place[result] = target
        else:
            place[result] = scratch.take("c" if word in CONDITIONS else "w")
        if not over:
            scratch.release(done)
        read = [f"k{a}_" if isinstance(a, int) else place[a] for a in arguments]
        to = place[result]
        text.append(f"{word}({', '.join([to, *read] if word == 'copyto' else [*read, f'out={to}'])})")
    for name, value in results.items():
        if place.get(value) != name:
            text.append(f"copyto({name}, {f'k{value}_' if isinstance(value, int) else place[value]})")
    numbers = [f"k{n}_" for n in range(program.numbers)]
    header = f"def block({', '.join([*program.arrays, *scratch.names(), *numbers])}):"
    return "\n    ".join([header, *text]), scratch.count["w"], scratch.count["c"]


class _Scratch:
    """Names of scratch arrays: w0_, w1_, ... for numbers, c0_, ... for conditions; a released one is taken again."""

    def __init__(self):
        self.free, self.count = {"w": [], "c": []}, {"w": 0, "c": 0}

    def take(self, kind):
        if self.free[kind]:
            return self.free[kind].pop()
        self.count[kind] += 1
        return f"{kind}{self.count[kind] - 1}_"

    def release(self, places):
        for kind, free in self.free.items():
            free += [p for p in sorted(places) if p in {f"{kind}{n}_" for n in range(self.count[kind])}]

    def names(self):
        return [f"{kind}{n}_" for kind in "wc" for n in range(self.count[kind])]
