"""Step by step: an optimizer that owns a copy of theta and is fed gradients."""

import numpy as np

from optlib import trees
from optlib.drivers.bind import TOO_LARGE, bind, check_like, checked_theta
from optlib.drivers.blocks import advance, first_not_finite
from optlib.drivers.transform import checked_transforms, transform
from optlib.lives import numba

BACKENDS = ("numpy", "numba")


class Optimizer:
    """opt.step(g) moves opt.theta; opt.answer is where the loss is reported.

    step: a rule, or a dict or list of rules with one for each part of theta; a method is fed by keywords, such as
    opt.step(grad=grad, hess=hess).  theta: an array, a number, or a list or dict of them; copied once, and from then on
    the copy is updated in place.  transforms: functions applied to each gradient, in order.
    seed: of the generator for transforms and steps that ask `rng`.  hyper: numbers or functions of t.
    backend: "numba" compiles elementwise rules on float32 and float64 arrays, each into one loop (the first step takes
    a second or two); everything else runs in NumPy under both names.  Each backend gives the same bits on any number
    of cores; the two agree to rounding.
    t: steps done.  Raises TypeError or ValueError when these do not fit together, ImportError where numba is missing.
    """

    def __init__(self, step, theta, *, transforms=(), seed=0, backend="numpy", **hyper):
        if backend not in BACKENDS:
            raise ValueError(f"backend must be 'numpy' or 'numba', got {backend!r}")
        if backend == "numba":
            numba.package()
        self.backend = backend
        theta = checked_theta(theta)
        self.theta = trees.like(theta, [_owned(a) for a in trees.leaves(theta)])
        self.t, self.transforms, self.rng = 0, checked_transforms(transforms), np.random.default_rng(seed)
        self._bound = bind(step, self.theta, hyper)
        self._by_blocks = all(
            s.scope is None and isinstance(a, np.ndarray) and a.ndim
            for s, a in zip(self._bound.signatures, self._bound.parts(self.theta))
        )
        # copies: a state that starts at theta must not move with it
        self.state = [[_owned(s) for s in states] for states in self._bound.start(self.theta)]
        if self._by_blocks:
            self.state = [
                [_room(n, s, signature, a) for n, s in zip(signature.state, states)]
                for signature, states, a in zip(self._bound.signatures, self.state, trees.leaves(self.theta))
            ]
        self._memory = [h.start() for h in self._bound.hypers]

    @property
    def answer(self):
        """theta, or the average that the step keeps."""
        return self._bound.answer(self.theta, self.state)

    def step(self, g=None, **asked):
        """Make one step and return theta.

        g: the gradient at theta, same structure and shapes; never modified.  asked: what else the step asks, by name.
        Raises, before anything has changed, TypeError for what is missing or of the wrong kind, ValueError for a wrong
        shape, FloatingPointError for a gradient that is not finite, OverflowError where Python numbers diverge.
        """
        if g is not None:
            asked["g"] = g
        lacking = [n for n in self._bound.asks if n not in asked and n != "rng"]
        if lacking:
            name = self._bound.signatures[0].name
            raise TypeError(f"{name} asks {' and '.join(self._bound.asks)}; this step was given no {lacking[0]}")
        unknown = [n for n in asked if n not in (*self._bound.asks, "g", "loss", "rng")]
        if unknown:
            name = self._bound.signatures[0].name
            raise TypeError(f"{name} asks {' and '.join(self._bound.asks)}; this step was also given {unknown[0]}")
        t, rng = self.t + 1, self.rng
        if self.transforms or "rng" in self._bound.asks:
            rng = np.random.Generator(type(rng.bit_generator)())
            rng.bit_generator.state = self.rng.bit_generator.state  # drawn from only if the step is made
        for name in self._bound.asks:
            if name in ("rng", "loss") or callable(asked[name]):
                continue
            check_like(asked[name], self.theta, name)
            _check_finite(asked[name], self.theta, name, t, self.backend)
        if "g" in asked:
            for f in self.transforms:
                asked["g"] = transform(f, asked["g"], self.theta, t, rng)
        asked["rng"] = rng
        loss = asked.get("loss", float("nan"))
        now, memory = self._bound.steady, self._memory
        if now is None:
            now, memory = zip(*[h.at(t, loss, m) for h, m in zip(self._bound.hypers, self._memory)])
        try:
            self._advance({n: asked[n] for n in self._bound.asks}, t, now)
        except OverflowError:
            raise OverflowError(f"{TOO_LARGE} in step {t}") from None
        self.t, self.rng, self._memory = t, rng, list(memory)
        return self.theta

    def state_dict(self):
        """A copy of all that the next step depends on: t, theta, the states by name, memories of schedules, rng."""
        named = [dict(zip(s.state, states)) for s, states in zip(self._bound.signatures, self.state)]
        return {
            "t": self.t,
            "theta": trees.copy(self.theta),
            "state": [{k: v.copy() if isinstance(v, np.ndarray) else v for k, v in d.items()} for d in named],
            "memory": [{k: list(v) for k, v in m.items()} for m in self._memory],
            "rng": self.rng.bit_generator.state,
        }

    def load_state_dict(self, saved):
        """Go on from a state_dict; ValueError, with nothing changed, when it belongs to another step or theta."""
        try:
            check_like(saved["theta"], self.theta, "the saved theta")
            wanted = [list(s.state) for s in self._bound.signatures]
            found = [list(d) for d in saved["state"]]
            memory = [{k: list(v) for k, v in m.items()} for m in saved["memory"]]
            t, drawn = saved["t"], saved["rng"]
        except (KeyError, TypeError) as e:
            raise ValueError(f"this is no state_dict of {self._bound.signatures[0].name}: {e}") from None
        if wanted != found:
            raise ValueError(f"the saved states are {found}, this optimizer has {wanted}")
        self.rng.bit_generator.state = drawn
        self.theta = trees.like(self.theta, [_owned(a) for a in trees.leaves(saved["theta"], self.theta)])
        self.state = [[v.copy() if isinstance(v, np.ndarray) else v for v in d.values()] for d in saved["state"]]
        self.t, self._memory = t, memory

    def _advance(self, asked, t, now):
        """Move theta and the states: elementwise steps block by block in place, the rest by one pure call."""
        leaves, bound = trees.leaves(self.theta), self._bound
        if self._by_blocks:
            for i, (step, signature) in enumerate(zip(bound.steps, bound.signatures)):
                values = [
                    trees.leaves(asked[n], self.theta)[i] if isinstance(asked[n], (dict, list, tuple)) else asked[n]
                    for n in signature.asks
                ]
                advance(step, signature, leaves[i], values, self.state[i], t, now[i], self.backend)
            return
        new, state = self._bound.apply(self.theta, asked, self.state, t, now)
        fresh = []
        for old, a in zip(leaves, trees.leaves(new)):
            if isinstance(old, np.ndarray):
                old[...] = a
                fresh.append(old)
            else:
                fresh.append(a)
        self.theta, self.state = trees.like(self.theta, fresh), state


def _owned(a):
    """A contiguous copy of an array; numbers as they are."""
    return np.array(a, order="C") if isinstance(a, np.ndarray) else a


def _room(name, start, signature, a):
    """Where a state lives: an array like theta, or one number where the step declares it so."""
    if name in signature.numbers:
        return start
    room = np.empty_like(a)
    room[...] = start
    return room


def _check_finite(asked, theta, name, t, backend):
    for i, a in enumerate(trees.leaves(asked, theta)):
        flat = np.reshape(a, -1)
        place = first_not_finite(flat, backend)
        if place is not None:
            part = trees.names(theta, name)[i]
            raise FloatingPointError(f"{part} must be finite, got {flat[place]} at element {place} in step {t}")
