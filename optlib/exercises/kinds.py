"""The kinds of exercise: each constructor returns a function that judges one answer.

A judge returns None when the answer is right, `...` when a function still returns `...`, and raises Hint otherwise.
`reference` is a function without arguments that computes the right answer; `hints` lists pairs of a wrong answer (or a
test of the answer) and the sentence for whoever gave it; `otherwise` is the sentence for all the others.
"""

import functools
import itertools
import time

import numpy as np

from optlib.exercises import algebra, guard
from optlib.exercises.verdict import unanswered


class Hint(Exception):
    """The answer is not right; the text is the sentence for the student."""


def number(reference, hints=(), *, digits=None, otherwise):
    """One number.  digits: how many significant digits are asked; None asks for the exact value (to 1e-9)."""

    def judge(answer):
        got, want = _numbers(answer, ()), np.asarray(reference(), float)
        if _close(got, want, digits):
            return
        if digits and any(got == float(f"{want:.{d}g}") for d in range(1, digits)):
            raise Hint(f"Close: {digits} significant digits are asked.")
        _match(hints, got)
        if _close(-got, want, digits):
            raise Hint("The size is right, the sign is not.")
        if abs(got - want) <= 0.02 * abs(want):
            raise Hint(
                "Close: give the exact value." if digits is None else f"Close: {digits} significant digits are asked."
            )
        raise Hint(otherwise)

    return judge


def array(reference, hints=(), *, digits=None, otherwise):
    """A list of numbers or an array; digits as for `number`, for each element."""

    def judge(answer):
        want = np.asarray(reference(), float)
        got = _numbers(answer, want.shape)
        if _close(got, want, digits):
            return
        _match(hints, got)
        raise Hint(otherwise)

    return judge


def choice(reference, options, hints):
    """One of a few words.  hints: {wrong option: sentence}."""

    def judge(answer):
        words = ", ".join(f'"{o}"' for o in options)
        if not _is(answer, str) or (word := str.__getitem__(answer, slice(40)).strip().lower()) not in options:
            raise Hint(f"One of these words is asked: {words}.")
        if word != reference():
            raise Hint(hints[word])

    return judge


def expression(reference, domain, hints=(), *, otherwise):
    """A formula, right in whatever form.  reference: function -> SymPy expression.  domain: {symbol: (low, high)}."""

    @functools.cache
    def wanted():
        return algebra.values(str(reference()), domain)

    def judge(answer):
        if not _is(answer, str, int, float) and not any(_from_sympy(kind) for kind in type(answer).__mro__):
            raise Hint(f"An expression in {', '.join(domain)} is asked, as text or from SymPy; {_a(answer)} came.")
        try:
            got = guard.limited(lambda: algebra.values(str(answer), domain))
        except guard.Trouble as trouble:
            raise Hint(f"The expression {_ended(trouble)}") from None
        if algebra.same(got, wanted()):
            return
        for wrong, sentence in hints:
            if algebra.same(got, algebra.values(wrong, domain)):
                raise Hint(sentence)
        raise Hint(otherwise)

    return judge


def function(cases, reference, hints=(), *, tolerance=1e-9, infinite="", otherwise):
    """A function, tried on cases and compared with a reference.

    cases: function -> list of dicts, argument name -> value; they are passed by position.  reference: called with those
    names, returns an array or a tuple of arrays.  tolerance: times max(1, size of the reference).  All cases together
    have the time of one call.
    hints: (function like reference that makes the mistake, sentence).  infinite: what to say about NaN and infinity.
    """

    def judge(answer):
        if not callable(answer):
            raise Hint(f"A function is asked, without parentheses after its name; {_a(answer)} came.")
        tried, fresh_cases, end = [], cases(), time.monotonic() + guard.SECONDS
        for fresh, case in zip(fresh_cases, cases()):
            want = reference(**fresh)
            try:
                got = _call(answer, case, want, end)
            except Hint as hint:
                # an earlier case that came out wrong says more than a later one that broke
                if all(_agree(*t[1:], tolerance) for t in tried):
                    raise Hint(infinite if infinite and "NaN" in str(hint) else str(hint)) from None
                break
            if got is ...:
                return ...
            if changed := [k for k in case if _differs(case[k], fresh[k])]:
                raise Hint(f"Your function changes its argument {changed[0]} in place; work on a new array instead.")
            tried.append((fresh, got, want))
        if len(tried) == len(fresh_cases) and all(_agree(got, want, tolerance) for _, got, want in tried):
            return
        with np.errstate(all="ignore"):
            for wrong, sentence in hints:
                if all(_agree(got, wrong(**case), tolerance) for case, got, _ in tried):
                    raise Hint(sentence)
        raise Hint(otherwise)

    return judge


def _call(answer, case, want, end):
    """What the function makes of a case, as arrays, or `...`.  end: when its time is up, on the clock of `time`."""
    try:
        value = guard.limited(answer, *case.values(), seconds=_left(end))
    except guard.Trouble as trouble:
        raise Hint(f"Your function {_ended(trouble)}") from None
    if unanswered(value):
        return ...
    if value is None:
        raise Hint("Your function returns None: is its `return` missing?")
    if not isinstance(want, tuple):
        return _numbers(value, want.shape, "Your function's result", end)
    if type(value) not in (tuple, list) or len(value) != len(want):
        raise Hint(f"Your function should return {len(want)} values, in the order asked; {_a(value)} came.")
    return tuple(_numbers(v, np.shape(w), f"Returned value {i + 1}", end) for i, (v, w) in enumerate(zip(value, want)))


def _left(end):
    return max(0.01, end - time.monotonic())


def _numbers(answer, shape, what="The answer", end=None):
    """The answer as float64 of that shape, or a Hint."""
    asked = f"an array of shape {shape}" if shape else "one number"
    came = Hint(f"{what} should be {asked}; {_a(answer)} came.")
    if _is(answer, str, bytes, bool, complex, dict, set) or answer is None or callable(answer):
        raise came
    try:  # plain numbers and arrays hold no code of the student's
        plain = type(answer) in (int, float) or (type(answer) is np.ndarray and answer.dtype.kind in "iuf")
        got = _read(answer, shape) if plain else guard.limited(_read, answer, shape, seconds=end and _left(end))
    except (guard.Trouble, ArithmeticError, TypeError, ValueError):
        raise came from None
    if got is None or got.shape != shape:
        raise came
    if not np.isfinite(got).all():
        raise Hint(f"{what} holds NaN or infinity.")
    return got


def _read(answer, shape):
    """The answer as float64; None where it has another shape, which is seen before a large one is made."""
    if hasattr(answer, "__array__"):
        raw = np.asarray(answer)
        return np.array(raw, dtype=float) if raw.shape == shape and raw.dtype.kind in "iufO" else None
    if not shape:
        return None if _is(answer, bool, complex) or hasattr(answer, "__len__") else np.array(float(answer))
    if not hasattr(answer, "__len__") or len(answer) != shape[0]:
        return None
    rows = [_read(row, shape[1:]) for row in itertools.islice(answer, shape[0])]
    return None if any(row is None for row in rows) else np.array(rows)


def _close(got, want, digits):
    """Within one unit of the last digit asked, so that both rounding and cutting off are right."""
    if digits is None:
        return bool(np.all(np.abs(got - want) <= 1e-9 * np.abs(want)))
    with np.errstate(divide="ignore"):
        unit = 10.0 ** (np.floor(np.log10(np.abs(want))) + 1 - digits)
    return bool(np.all(np.abs(got - want) <= unit * (1 + 1e-9)))


def _match(hints, got):
    for wrong, sentence in hints:
        if callable(wrong):
            hit = wrong(got)
        else:
            wrong = np.asarray(wrong, float)
            near = np.where(wrong == np.round(wrong), np.minimum(1e-3 * np.abs(wrong), 0.4), 1e-3 * np.abs(wrong))
            hit = np.all(np.abs(got - wrong) <= near)
        if hit:
            raise Hint(sentence)


def _agree(got, want, tolerance):
    if isinstance(want, tuple):
        return all(_agree(g, w, tolerance) for g, w in zip(got, want))
    want = np.asarray(want, float)
    return got.shape == want.shape and bool(np.max(np.abs(got - want)) <= tolerance * max(1.0, np.max(np.abs(want))))


def _differs(a, b):
    return isinstance(a, np.ndarray) and (a.shape != b.shape or not np.array_equal(a, b))


def _ended(trouble):
    text = str(trouble).rstrip(". ")
    return text if text.endswith(("?", "!")) else f"{text}."


def _is(answer, *kinds):
    """isinstance, but an object that lies about its class is not asked."""
    return issubclass(type(answer), kinds)


def _from_sympy(kind):
    return str(kind.__module__).startswith("sympy.")


def _a(answer):
    """What came, in a few words that never fail."""
    if type(answer) is np.ndarray:
        return f"an array of shape {answer.shape} and type {answer.dtype}"
    if type(answer) in (list, tuple):
        return f"a {type(answer).__name__} of length {len(answer)}"
    if answer is None:
        return "None"
    return f"something of type {guard.name_of(type(answer))}"
