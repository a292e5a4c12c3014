"""Every elementwise rule, its text unchanged, in torch, jax and numba; the table of lives that the book shows.

`python -m tests.conformance.test_lives` writes book/lives.json.
"""

import json
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from optlib import Optimizer, rules
from optlib.grammar import read
from optlib.lives.arrays import on
from tests.lives import ELEMENTWISE, LIVES, NONE, SHAPE, alive_on_paper, distance, stream, walk

jax.config.update("jax_enable_x64", True)
TABLE = Path(__file__).parents[2] / "book" / "lives.json"


def in_torch(step, dtype=np.float64):
    return walk(on(step, torch), lambda a: torch.from_numpy(a.copy()), lambda a: np.asarray(a), dtype)


def in_jax(step, dtype=np.float64):
    return walk(on(step, jnp), jnp.asarray, np.asarray, dtype)


def in_numba(step, dtype=np.float64):
    signature = read(step)
    if signature.scope is not None:
        raise TypeError("numba compiles elementwise rules")
    theta, asked, rates = stream(step, dtype)
    opt, path = Optimizer(step, theta, backend="numba", lr=lambda t: rates[t - 1]), []
    for values in asked:
        opt.step(**dict(zip(signature.asks, values)))
        path.append([np.broadcast_to(a, SHAPE).astype(float) for a in (opt.theta, *opt.state[0])])
    return np.array(path)


ABROAD = {"torch": in_torch, "jax": in_jax, "numba": in_numba}


def table():
    """{rule: its lives}."""
    found = {name: alive_on_paper(name) for name in rules.__all__}
    for name, lives in found.items():
        for life, run in ABROAD.items():
            try:
                lives += [life] if distance(getattr(rules, name), run(getattr(rules, name))) < 1e-12 else []
            except NONE:
                continue
    return found


@pytest.mark.parametrize("life", ABROAD)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_rule_computes_the_same(name, life):
    step = getattr(rules, name)
    assert distance(step, ABROAD[life](step)) < 1e-12


@pytest.mark.parametrize("life", ["torch", "jax"])
def test_single_precision_stays_single(life):
    xp, there = {"torch": (torch, lambda a: torch.from_numpy(a.copy())), "jax": (jnp, jnp.asarray)}[life]

    def back(a):
        assert isinstance(a, float) or str(a.dtype).endswith("float32")
        return np.asarray(a)

    for name in ELEMENTWISE:
        walk(on(getattr(rules, name), xp), there, back, np.float32)


def test_a_rule_runs_under_jit():
    step = jax.jit(partial(on(rules.adam, jnp), lr=0.1))
    theta, asked, _ = stream(rules.adam)
    plain = rules.adam(theta, asked[0][0], np.zeros(SHAPE), np.zeros(SHAPE), 3, lr=0.1)
    for a, b in zip(step(theta, asked[0][0], np.zeros(SHAPE), np.zeros(SHAPE), 3), plain):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_word_without_a_life_is_named():
    with pytest.raises(TypeError, match="adagrad_full uses eye, which is known to NumPy alone"):
        on(rules.adagrad_full, torch)


def test_the_table_says_what_holds():
    found = table()
    assert json.loads(TABLE.read_text())["rules"] == found, "book/lives.json is stale"
    assert all(found[name] == list(LIVES) for name in ELEMENTWISE)


if __name__ == "__main__":
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(lives)}" for name, lives in table().items())
    TABLE.write_text(f'{{\n  "lives": {json.dumps(LIVES)},\n  "rules": {{\n{lines}\n  }}\n}}\n', encoding="utf-8")
    print(f"wrote {TABLE}")
