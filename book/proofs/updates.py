"""Displayed updates against the code of their rule."""

import functools
import re

import numpy as np
import sympy as sp

from book.proofs.points import agree, show
from book.proofs.tokens import MathError
from book.proofs.values import Values
from book.proofs.words import SYMBOLS, Choices, Undecided

OLD = ("-", ("name", "t", ()), ("num", "1"))
NEW = ("name", "t", ())
WRITTEN_OUT = 250  # operations: with more, an equation on arrays is shown line by line or at points only
FEWEST = 30  # points at which a condition must hold


def when(indices):
    """ "old", "new" or None for the subscripts t-1, t and none."""
    return {(): None, (OLD,): "old", (NEW,): "new"}.get(indices, "other")


def nodes(tree):
    """All names and applications in a tree."""
    if isinstance(tree, tuple):
        if tree and tree[0] in ("name", "apply"):
            yield tree
            parts = tree[3] if tree[0] == "apply" else ()
        else:
            parts = tree
        for part in parts:
            yield from nodes(part)


def left_side(tree):
    """The name that an equation defines."""
    if tree[0] != "name" or when(tree[2]) not in ("new", None):
        raise MathError("the left side of an update is a name with subscript t")
    return tree[1]


def used_names(code, tree, target, helpers):
    """The names at t that a right side uses; raises MathError for each that does not belong there."""
    used = set()
    for node in nodes(tree):
        kind, name, indices = node[:3]
        time = when(indices)
        if kind == "apply":
            if name == "grad" and "g" in code.signature.asks:
                if node[3] != (("name", code.theta, (OLD,)),):
                    raise MathError(f"{code.name} sees the gradient at theta_{{t-1}} only")
            elif name not in code.signature.asks:
                raise MathError(f"{code.name} does not ask for {name}")
        elif time == "other":
            raise MathError(f"`{name}` has a subscript that is neither t nor t-1")
        elif name == "t" and time is None:
            if not code.signature.timed:
                raise MathError(f"{code.name} does not know t")
        elif name in code.signature.hyper:
            if time == "old":
                raise MathError(f"`{name}` is a hyperparameter: no subscript t-1")
        elif name == target and time == "new":
            raise MathError(f"`{name}` is defined by itself")
        elif time == "old":
            if name not in code.state:
                raise MathError(f"{code.name} carries no `{name}` from step to step")
        elif name in code.moving or name in code.lines or name in helpers:
            if time is None and (name in code.moving or helpers.get(name, (None, None))[1] == "new"):
                raise MathError(f"`{name}` moves: it needs a subscript, t or t-1")
            if name == target:
                raise MathError(f"`{name}` is defined by itself")
            used.add(name)
        elif (name == "I" and code.matrix) or name in code.kept:
            pass
        elif name in code.signature.asks:
            raise MathError(f"`{name}` is a function: write what it is of")
        else:
            raise MathError(f"`{name}` is neither in {code.name} nor defined before")
    return used


def page_values(code, words, inputs, values, helpers):
    """The Values of right sides where the code has `inputs` and `values`."""

    def lookup(name, indices):
        if when(indices) == "old":
            return inputs[name]
        if name in helpers and name not in values:
            return evaluate(helpers[name][0])
        return values[name]

    def apply(name, indices, arguments):
        return inputs["g"] if name not in inputs else inputs[name](*arguments)

    evaluate = Values(words, lookup, apply, linear=code.matrix)
    return evaluate


def exact(a):
    """A SymPy value whose decimals are fractions: the code's 0.5 is the page's 0.5."""
    a = sp.sympify(a)
    return a.xreplace({number: sp.Rational(repr(float(number))) for number in a.atoms(sp.Float)})


def same(a, b):
    """Whether two SymPy values are one, shown by rewriting."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.shape(a) == np.shape(b) and all(same(x, y) for x, y in zip(a.flat, b.flat))
    a, b = exact(a), exact(b)
    if a == b:
        return True
    difference = sp.sympify(a - b)
    if difference.has(sp.Piecewise):  # branch by branch
        difference = sp.piecewise_fold(difference)
    if isinstance(difference, sp.Piecewise):
        return all(same(value, sp.Integer(0)) for value, _ in difference.args)
    # a maximum is a letter here: SymPy rewrites what it is of again and again, for seconds
    difference = difference.xreplace({part: sp.Dummy() for part in difference.atoms(sp.Max, sp.Min)})
    if sp.expand(difference) == 0:
        return True
    if sp.count_ops(difference) > 200:
        return False
    return sp.expand(sp.fraction(sp.together(difference))[0]) == 0


def compare_symbols(code, target, tree, helpers, positive):
    """Whether SymPy shows the equation; positive: names, and when, that are taken to be so."""
    trace = code.symbolic
    if trace is None:
        return False
    if same_line(code, target, tree, helpers):
        return True
    if code.shape and sum(sp.count_ops(x) for x in np.ravel(trace.values[target])) > WRITTEN_OUT:
        return False
    try:
        page = page_values(code, SYMBOLS, trace.inputs, trace.values, helpers)(tree)
    except (Undecided, TypeError):
        return False
    ours = trace.values[target]
    if code.shape == ():
        for name, time in positive:
            value = (trace.inputs if time == "old" else trace.values).get(name)
            if isinstance(value, sp.Expr):
                known = {value: sp.Symbol(f"{name}_{time}", positive=True)}
                ours, page = sp.sympify(ours).xreplace(known), sp.sympify(page).xreplace(known)
    return same(ours, page)


def same_line(code, target, tree, helpers):
    """Whether the page is the code's own line, whatever the names in it are worth."""
    if target not in code.assigned:
        return False
    try:
        page = page_values(code, SYMBOLS, code.symbolic.inputs, code.symbolic.values | code.assigned, helpers)(tree)
        return same(code.line(target), page)
    except (Undecided, TypeError, KeyError, ZeroDivisionError):
        return False


def compare_points(code, target, tree, helpers, conditions):
    """How many points agree.  Raises MathError with the first that does not, or where a branch is hardly met."""
    choices, count = Choices(), 0
    words = code.vocabulary(choices)
    for inputs, values in code.points:
        page = page_values(code, words, inputs, values, helpers)
        choices.begin("condition")
        try:
            if not all(np.all(page.holds(c)) for c in conditions):
                continue
            choices.begin("page")
            theirs = page(tree)
        except (ArithmeticError, np.linalg.LinAlgError):
            theirs = None
        if theirs is None or not agree(values[target], theirs, 1e-9 if code.matrix else 1e-20):
            raise MathError(counterexample(inputs, values[target], theirs))
        count += 1
    if count < FEWEST:
        raise MathError(f"only {count} of {len(code.points)} points fulfil the condition")
    rare = [r for r in choices.rare() if r[0] == "page"]
    if rare:
        raise MathError(f"the branch {rare[0][2]} of a {rare[0][1]} of the page was entered {rare[0][3]} times")
    return count


def counterexample(inputs, ours, theirs):
    """Where two sides differ, in one line."""
    values = ", ".join(f"{n} = {show(v)}" for n, v in inputs.items() if not callable(v))
    return f"at {values}: code {show(ours)}, page {'has no value' if theirs is None else show(theirs)}"


@functools.lru_cache(maxsize=1000)
def prove_side(code, target, tree, helpers, conditions):
    """The verdict on one right side; raises MathError where it differs from the code."""
    defined = dict(helpers)
    positive = [
        (sides[0][1], when(sides[0][2]))
        for _, relations, sides in conditions
        if relations == (">",) and sides[0][0] == "name" and sides[1] == ("num", "0")
    ]
    count = compare_points(code, target, tree, defined, conditions)
    if compare_symbols(code, target, tree, defined, positive):
        return "proved" if code.shape == () else f"proved for {'x'.join(map(str, code.shape))}"
    return f"checked on {count} samples"


def ungrounded(equations):
    """The names that are defined only in a circle.  equations: [(name, names it uses)]."""
    names, grounded = {name for name, _ in equations}, set()
    while True:
        more = {n for n, used in equations if n not in grounded and not (used & names) - grounded}
        if not more:
            return names - grounded
        grounded |= more


def fits(name, defined, code):
    """Whether the last part of a label says what its block defines."""
    words = {n.lower().replace("_", "-") for n in defined}
    others = {n.lower().replace("_", "-") for n in code.moving}
    if len(defined) == 1:
        return name in words
    return name in words or (name not in others and re.fullmatch(r"[a-z0-9-]*", name) is not None)
