"""Elementwise steps in place, a block at a time, so that temporaries stay in the cache; large arrays on all cores.

A block's bits do not depend on where it begins or on who computes it: the result is the same for any size and number.
"""

import functools
import inspect
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np

from optlib.grammar import call, read
from optlib.lives import numba, ufuncs
from optlib.lives.program import program

BLOCK = 1 << 18  # bytes of one array: it and the scratch of its step stay in the cache, and calls cost little beside it
FUSED_BLOCK = 1 << 19  # bytes: compiled loops need no scratch, and long blocks are handed out seldom
ALONE = 1 << 18  # elements below which a second core costs more than it brings
MOST_THREADS = 8  # each has its own scratch


def advance(step, signature, theta, values, state, t, now, backend="numpy"):
    """One elementwise step on one array: theta and the arrays in `state` are changed in place, numbers in `state` set.

    theta: contiguous array.  values: what the step asks, in order; state: its states; now: its hyperparameters.
    backend: "numpy" or "numba".  A rule without a Program runs as it stands, block by block.
    """
    flat = theta.reshape(-1)
    values = [v.reshape(-1) if isinstance(v, np.ndarray) and v.shape == theta.shape else v for v in values]
    states = [s.reshape(-1) if isinstance(s, np.ndarray) else s for s in state]
    bare, names = _bare(step)
    arrays, numbers = {}, {}
    for name, value in zip(names, [flat, *values, *states]):
        if isinstance(value, np.ndarray) and value.shape == flat.shape:
            arrays[name] = value
        else:
            numbers[name] = value
    one_dtype = all(a.dtype == flat.dtype for a in arrays.values())
    text = program(bare, tuple(arrays)) if one_dtype else None
    if text is None:
        new = _plain(step, signature, flat, values, states, t, now)
    else:
        if signature.timed:
            numbers["t"] = t
        scalars, once = text.scalars(**signature.hyper | now | numbers)
        run = _fused if backend == "numba" and flat.dtype in numba.BITS else _ufuncs
        run(text, list(arrays.values()), scalars)
        new = [once[n] if n in once else s for n, s in zip(signature.state, states)]
    for k, value in enumerate(new):
        if not isinstance(states[k], np.ndarray):
            state[k] = value


@functools.lru_cache(256)
def _bare(step):
    """(the function in a partial, the names of its arguments: theta, what it asks, its states)."""
    signature, bare = read(step), step
    while isinstance(bare, functools.partial):
        bare = bare.func
    first = bare.__code__.co_varnames[0] if inspect.isfunction(bare) else "theta"
    return bare, (first, *signature.asks, *signature.state)


def _plain(step, signature, theta, values, states, t, now):
    """The step as it stands on one block after another; returns the new states of the last one."""
    new = states

    def seen(v, cut):
        return v[cut] if isinstance(v, np.ndarray) and v.shape == theta.shape else v

    block = BLOCK // theta.itemsize
    for i in range(0, theta.size, block):
        cut = slice(i, i + block)
        asked, old = [seen(v, cut) for v in values], [seen(s, cut) for s in states]
        theta[cut], *new = call(step, signature, theta[cut], asked, old, t, now)
        for state, value in zip(states, new):
            if isinstance(state, np.ndarray):
                state[cut] = value
    return new


def _ufuncs(text, arrays, scalars, threads=None):
    """The lines of a Program by NumPy, with scratch of one block for each thread."""
    function, floats, conditions, raw = ufuncs.compiled(text)
    size, dtype = arrays[0].size, arrays[0].dtype
    block = max(1, BLOCK // dtype.itemsize)
    # a number as an array without dimensions: the fastest that NumPy reads, and rounded to the dtype just as a number
    numbers = [s if i in raw or isinstance(s, bool) else np.array(s, dtype) for i, s in enumerate(scalars)]

    def worker(blocks):
        scratch = [*_scratch(floats, block, dtype), *_scratch(conditions, block, np.dtype(bool))]
        for cut in blocks:
            n = min(cut.stop, size) - cut.start
            function(*[a[cut] for a in arrays], *[w[:n] for w in scratch], *numbers)

    share(worker, size, block, threads)


_kept = threading.local()  # fresh memory costs more than the arithmetic on it: each thread keeps its scratch


def _scratch(count, size, dtype):
    """`count` arrays of at least `size` elements that belong to this thread until its next block."""
    kept = vars(_kept).setdefault(str(dtype), [])
    kept[:] = [a for a in kept if a.size >= size]
    kept += [np.empty(size, dtype) for _ in range(count - len(kept))]
    return kept[:count]


def _fused(text, arrays, scalars, threads=None):
    """The lines of a Program by numba, one loop for all of them."""
    function, kind = numba.compiled(text), arrays[0].dtype.type
    block = max(1, FUSED_BLOCK // arrays[0].itemsize)
    numbers = [s if isinstance(s, bool) else kind(s) for s in scalars]
    if arrays[0].size <= block:
        return function(*map(_straight, arrays), *numbers)

    def worker(blocks):
        for cut in blocks:
            function(*[_straight(a[cut]) for a in arrays], *numbers)

    share(worker, arrays[0].size, block, threads)


def _straight(block):
    """The block itself, or a copy where its elements do not lie one beside the other: a gradient may be a view."""
    return block if block.flags.c_contiguous and block.flags.aligned else block.copy()


def first_not_finite(g, backend="numpy"):
    """The place of the first element of the flat array g that is not finite, or None."""
    fused = backend == "numba" and g.dtype in numba.BITS
    finite = numba.finite if fused else _finite
    block, bad = max(1, (FUSED_BLOCK if fused else BLOCK) // g.itemsize), []
    if g.size <= block and finite(_straight(g)):
        return None

    def worker(blocks):
        bad.extend(cut.start for cut in blocks if not finite(_straight(g[cut])))

    # from the end: the step that follows starts at the beginning, and finds what was read last in the cache
    share(worker, g.size, block, reverse=True)
    if not bad:
        return None
    return min(bad) + int(np.argmin(np.isfinite(g[min(bad) :])))


def _finite(block):
    return bool(np.isfinite(block).all())


def share(worker, size, block, threads=None, reverse=False):
    """Call worker(blocks) once a thread; all draw slices of `block` elements from one line, until it is empty."""
    if size <= block:
        return worker([slice(0, size)])
    starts = range(0, size, block)
    line = iter(reversed(starts) if reverse else starts)
    threads = threads or (1 if size < ALONE else min(cores(), MOST_THREADS))
    if threads == 1:
        return worker(slice(i, i + block) for i in line)
    lock = threading.Lock()

    def draw():
        while True:
            with lock:
                i = next(line, None)
            if i is None:
                return
            yield slice(i, i + block)

    waiting = [_pool(os.getpid()).submit(copy_context().run, worker, draw()) for _ in range(threads)]
    for one in waiting:
        one.result()


@functools.cache
def _pool(process):
    """The threads of this process; a fork has none of its parent's."""
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="optlib")


@functools.cache
def cores():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
