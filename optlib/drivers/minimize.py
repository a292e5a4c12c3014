"""The whole run: batches, losses, the path, and an end that says why."""

import copy
import math
import time
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from optlib import trees
from optlib.drivers.bind import TOO_LARGE, bind, check_like, checked_theta
from optlib.drivers.oracles import Oracles
from optlib.drivers.progress import Progress
from optlib.drivers.transform import checked_transforms, transform
from optlib.problem import as_problem

PATH_NUMBERS = 1_000_000  # a longer path is thinned


@dataclass
class Run:
    """What a run leaves behind.

    theta: the answer.  path: iterates from theta_0 on, an array where theta is one array or a list of numbers, else a
    list; one entry more than steps, unless it was thinned.  path_steps: the step of each entry.
    losses: losses[k] is the loss after k steps, on the batch of step k + 1 where there are batches.
    evaluations: {name: how often the step asked it}.  message: how the run ended, when and why.
    ended: "converged", "stopped" or "diverged".  t: steps done since theta_0.
    The rest lets `minimize` go on: place (theta where the next gradient is wanted), state, memory, rng.
    """

    theta: object
    path: object
    path_steps: list
    losses: np.ndarray
    evaluations: dict
    message: str
    ended: str
    t: int
    place: object = field(repr=False)
    state: list = field(repr=False)
    memory: list = field(repr=False)
    rng: np.random.Generator = field(repr=False)

    def __repr__(self):
        loss = f", loss {self.losses[-1]:.6g}" if len(self.losses) else ""
        return f"Run({self.message}{loss})"


def minimize(
    problem,
    theta,
    step,
    steps=1000,
    *,
    transforms=(),
    callback=None,
    seconds=None,
    gtol=None,
    seed=0,
    progress=None,
    **hyper,
):
    """Run `step` on `problem` from `theta` and return the Run.

    problem: a Problem, or a function of theta (its gradient then comes from autograd).
    theta: an array, a number, a list or dict of them; or a Run, which goes on where it ended, bit for bit.
    step: a rule or method, or a dict of rules with one for each part of theta.  steps: how many.
    transforms: functions applied to each gradient, in order.  callback(t, theta, loss): True ends the run.
    seconds: time limit.  gtol: the run has converged when no component of the gradient exceeds it.
    seed: of the generator handed to a step or transform that asks `rng`.
    progress: True or False; None shows a bar when a run takes more than two seconds.
    hyper: hyperparameters, each a number or a function of t.
    Raises TypeError or ValueError, in one sentence, when these do not fit together; what happens on the way ends the
    run instead, and its message says so.
    """
    problem, transforms = as_problem(problem), checked_transforms(transforms)
    before = theta if isinstance(theta, Run) else None
    place = checked_theta(theta.place if before else theta)
    bound = bind(step, place, hyper)
    _check_asks(problem, bound, gtol)
    if not isinstance(steps, int) or steps < 0:
        raise ValueError(f"steps must be a whole number, at least 0, got {steps!r}")
    structure = place if bound.flat else None
    if bound.flat:
        place = trees.ravel(trees.leaves(place))
        bound = bind(step, place, hyper)
    oracles = Oracles(problem, structure)
    if before:
        t, state, memory, rng = before.t, before.state, before.memory, copy.deepcopy(before.rng)
    else:
        t, state, memory, rng = 0, bound.start(place), [h.start() for h in bound.hypers], np.random.default_rng(seed)

    record = _Record(structure, np.sum([np.size(a) for a in trees.leaves(place)]), steps, t)
    estimates = {n for s in bound.signatures for n in s.values} - {"g"}
    fixed = {n: oracles.function(n) for n in bound.asks if n in problem.can and n not in estimates} | {"rng": rng}
    first, last, began, loss = t, t + steps, time.perf_counter(), math.nan
    has_loss, asks_loss, asks_g, steady = "f" in problem.can, "loss" in bound.asks, "g" in bound.asks, bound.steady
    ended, message = "stopped", f"stopped: {steps} steps done"
    draws, undo, done = bool(transforms) or "rng" in bound.asks, None, t
    bar = Progress(steps, progress)
    try:
        with np.errstate(all="ignore"):  # an overflow is seen in the loss and told in the message
            for t in count(first):  # t steps are done
                if problem.batches:
                    oracles.batch = (problem.batches(t + 1),)
                answer = bound.answer(place, state)
                if has_loss:
                    loss = _number(oracles.record("f", answer))
                record.add(answer, loss, t)
                if has_loss and not math.isfinite(loss):
                    ended, message = "diverged", f"diverged: the loss is {loss} after step {t}"
                    break
                if callback and t > first and callback(t, record.shaped(answer), loss):
                    message = f"stopped: the callback said so after step {t}"
                    break
                if gtol is not None:
                    largest = max(float(np.max(np.abs(a))) for a in trees.leaves(oracles.record("grad", place)))
                    if largest <= gtol:
                        ended = "converged"
                        message = f"converged: no component of the gradient exceeds {largest:.2g} after step {t}"
                        break
                if t == last:
                    break
                if seconds is not None and time.perf_counter() - began > seconds:
                    message = f"stopped: {seconds:g} seconds were over after step {t}"
                    break
                now, later = steady, memory
                if now is None:
                    try:
                        now, later = zip(*[h.at(t + 1, loss, m) for h, m in zip(bound.hypers, memory)])
                    except ValueError as e:
                        if t == first:
                            raise
                        message = f"stopped: {e}"
                        break
                undo = rng.bit_generator.state if draws else None
                asked = fixed.copy()
                if asks_loss:
                    asked["loss"] = loss
                for name in estimates:
                    asked[name] = oracles.ask(name, place)
                if asks_g:
                    g = oracles.ask("grad", place)
                    if t == first:
                        check_like(g, place, "the gradient")
                    for f in transforms:
                        g = transform(f, g, place, t + 1, rng)
                    asked["g"] = g
                    if not has_loss and not all(np.isfinite(a).all() for a in trees.leaves(g)):
                        ended, message = "diverged", f"diverged: the gradient is not finite after step {t}"
                        break
                # in one assignment: an interrupt finds the step made, or not begun
                (place, state), memory, done, undo = bound.apply(place, asked, state, t + 1, now), later, t + 1, None
                bar.update(t + 1 - first, loss)
    except KeyboardInterrupt:
        message = f"stopped: interrupted in step {done + 1}"
    except (ArithmeticError, np.linalg.LinAlgError) as e:
        why = TOO_LARGE if isinstance(e, OverflowError) else str(e) or type(e).__name__
        ended, message = "diverged", f"diverged in step {t + 1}: {why}"
    finally:
        bar.close()
    if undo:  # the step that was not made has drawn nothing
        rng.bit_generator.state = undo
    return Run(
        theta=record.shaped(bound.answer(place, state)), path=record.path(), path_steps=record.steps,
        losses=np.array(record.losses), evaluations=oracles.count, message=message, ended=ended, t=done,
        place=record.shaped(place), state=state, memory=list(memory), rng=rng,
    )  # fmt: skip


class _Record:
    """The path and the losses as they grow."""

    def __init__(self, structure, size, steps, first):
        self.structure, self.first = structure, first
        self.every = max(1, math.ceil((steps + 1) * int(size) / PATH_NUMBERS))
        self.places, self.steps, self.losses = [], [], []

    def add(self, answer, loss, t):
        if (t - self.first) % self.every == 0:
            self.places.append(answer)
            self.steps.append(t)
        self.losses.append(loss)

    def shaped(self, theta):
        """theta in the structure that the caller gave."""
        if self.structure is None:
            return theta
        return trees.like(self.structure, trees.unravel(theta, trees.leaves(self.structure)))

    def path(self):
        shaped = [self.shaped(p) for p in self.places]
        plain = not isinstance(shaped[0], (dict, list, tuple)) or (
            all(np.ndim(a) == 0 for a in trees.leaves(shaped[0])) and not isinstance(shaped[0], dict)
        )
        return np.array(shaped) if plain else shaped


def _number(loss):
    if isinstance(loss, float):  # np.float64 is one
        return float(loss)
    if np.ndim(loss) and np.size(loss) != 1:
        raise ValueError(f"f must return one number, got shape {np.shape(loss)}")
    return float(np.asarray(loss).reshape(())) if np.ndim(loss) else float(loss)


def _check_asks(problem, bound, gtol):
    supplied = {"loss", "rng", *problem.can} - (set() if "f" in problem.can else {"loss"})
    lacking = [n for n in bound.asks if ("grad" if n == "g" else n) not in supplied]
    wanted = " and ".join("grad" if n == "g" else n for n in bound.asks)
    if lacking:
        has = ", ".join(problem.can) or "nothing"
        raise TypeError(f"{bound.signatures[0].name} needs {wanted}; this problem has only {has}")
    if gtol is not None and "grad" not in problem.can:
        raise TypeError(f"gtol needs grad; this problem has only {', '.join(problem.can)}")
