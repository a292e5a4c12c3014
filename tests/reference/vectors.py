"""Stored runs of other libraries: what went in, and the parameters after each step.

streams.json holds the inputs: {name: {"theta": start, "g": [gradient of step 1, 2, ...]}}.  RULE.json holds
{"made_by": {package: version}, "library": name, "settings": text, "cases": [{"stream", "hyper", "lr": one a step,
"theta": [after step 1, 2, ...]}]}.  lookahead.json is a run whose gradient depends on where it is taken.
Written by `python -m tests.conformance.make`; every number is a double, printed so that it is read back exactly.
"""

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def load(name):
    """The contents of NAME.json."""
    return json.loads((HERE / f"{name}.json").read_text())


def store(name, content):
    """Write NAME.json, one list of numbers a line."""
    HERE.joinpath(f"{name}.json").write_text(_lay_out(content, 0) + "\n")


def stream(streams, name):
    """(start, gradients) of one stream as float64 arrays."""
    return np.array(streams[name]["theta"], float), np.array(streams[name]["g"], float)


def close(got, want, tolerance=1e-12):
    """Whether two runs agree to tolerance * max(1, |want|) in every element."""
    return np.shape(got) == np.shape(want) and distance(got, want) <= tolerance


def distance(got, want):
    """The largest |got - want| / max(1, |want|)."""
    got, want = np.asarray(got, float), np.asarray(want, float)
    return float(np.max(np.abs(got - want) / np.maximum(1, np.abs(want))))


def _lay_out(value, depth):
    flat = json.dumps(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if len(flat) <= 110 or not any(isinstance(v, dict | list) for v in inner):
        return flat
    pad, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        return (
            "{"
            + pad
            + ("," + pad).join(f"{json.dumps(k)}: {_lay_out(v, depth + 1)}" for k, v in value.items())
            + end
            + "}"
        )
    return "[" + pad + ("," + pad).join(_lay_out(v, depth + 1) for v in value) + end + "]"
