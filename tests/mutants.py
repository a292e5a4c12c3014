"""Every change of one token in a rule is noticed by a test: `python -m tests.mutants [RULE ...]` (make mutants).

A mutant is the rule with one change: another operator, comparison, number, name or word, a term left out, another
start of a state or default of a hyperparameter.  The fast unit checks that name the rule run on it, the stored runs of
other libraries first, until one fails.  What survives must be listed in tests/mutants.toml with the reason why it
computes the same; else, or where a listed one is noticed or gone, the run ends with 1.
"""

import argparse
import ast
import importlib
import inspect
import itertools
import linecache
import multiprocessing
import re
import signal
import sys
import textwrap
import time
import tomllib
import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import hypothesis

from optlib import grammar, ops, rules

LIST = Path(__file__).with_suffix(".toml")
MODULES = ["conformance", "tensors", "rules", "defaults", "grammar", "properties"]  # tests/optlib/test_*.py
FIRST = "test_agrees_with_the_library_in_double"
ALL = re.compile(r"rules\.(__all__|ELEMENTWISE)|\bNAMES\b")  # what a check that loops over rules reads
SLOWEST = 3.0  # seconds of CPU for one check, or twenty times what the rule takes; a longer one counts as noticed

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.FloorDiv, ast.Mult),
    ast.MatMult: (ast.Mult,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
}
# words that take the same arguments, and the marks of theta
KIN = [("sqrt", "abs", "sign"), ("maximum", "minimum"), ("norm", "norm1", "rms"), ("Tensor", "Matrix", "Model")]
WORDS = {word: [other for other in kin if other != word] for kin in KIN for word in kin}
TURNED = {"where": (1, 2), "ratio": (0, 1)}  # words two of whose arguments are of one kind


@dataclass(frozen=True)
class Mutant:
    """rule: its name.  line, change: a statement or parameter as it was, and as it is now.  source: the whole text."""

    rule: str
    line: str
    change: str
    source: str


# ---------------------------------------------------------------- making them


def mutants(rule):
    """Every Mutant of a rule and of the functions beside it that say where its states start."""
    tree, starts, seen = ast.parse(_text(rule)), ["same", *_starts(rule)], set()
    for definition in tree.body:
        for show, places, names in _units(definition, starts):
            line = show()
            for parent, field, i, node in places:
                for other in _others(node, parent, field, names):
                    _put(parent, field, i, other)
                    change = show()
                    if change != line and (line, change) not in seen:
                        seen.add((line, change))
                        yield Mutant(rule.__name__, line, change, ast.unparse(tree))
                    _put(parent, field, i, node)


def _starts(rule):
    """{name: function} of what in the rule's module is no rule: the functions that say where states start."""
    here = {n: f for n, f in rule.__globals__.items() if inspect.isfunction(f) and f.__module__ == rule.__module__}
    return {n: f for n, f in here.items() if n not in rules.__all__ and f is not rule}


def _text(rule):
    functions = [f for f in _starts(rule).values() if f in (rule.__defaults__ or ())] + [rule]
    return "\n".join(textwrap.dedent(inspect.getsource(f)) for f in functions)


def _units(definition, starts):
    """(how it is written, its places, the names that may stand there) of each parameter and statement."""
    a = definition.args
    bound = [x.arg for x in [*a.args, *a.kwonlyargs]]
    late = len(a.args) - len(a.defaults)
    for x, field, i in [*zip(a.args, itertools.repeat("defaults"), range(-late, len(a.defaults))),
                        *zip(a.kwonlyargs, itertools.repeat("kw_defaults"), itertools.count())]:  # fmt: skip
        places = [p for p in _places(x) if p[1] == "annotation"]
        if i >= 0:
            places += [(a, field, i, getattr(a, field)[i]), *_places(getattr(a, field)[i])]
        yield partial(_parameter, a, x, field, i), places, starts
    for statement in definition.body[1:]:
        names = bound + [n.id for n in ast.walk(statement) if _stored(n) and n.id not in bound]
        yield partial(ast.unparse, statement), list(_places(statement)), bound
        bound = names


def _parameter(arguments, x, field, i):
    return ast.unparse(x) + (f"={ast.unparse(getattr(arguments, field)[i])}" if i >= 0 else "")


def _stored(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _places(tree):
    """(parent, field, index or None, node) of every node under a tree."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            for i, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST):
                    yield parent, field, i, node


def _put(parent, field, i, node):
    if i is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[i] = node


def _others(node, parent, field, names):
    """What may stand in place of a node."""
    match node:
        case ast.operator() | ast.cmpop():
            yield from (other() for other in OPERATORS[type(node)])
        case ast.Constant(value=int() | float() as x):
            yield from map(ast.Constant, (x + 1, x - 1) if isinstance(x, int) else (2 * x if x else 1.0,))
        case ast.Name(id=word) if field == "annotation":
            yield from [None, *(ast.Name(other) for other in WORDS.get(word, []))]
        case ast.Name(id=word) if field == "func":
            yield from (ast.Name(other) for other in WORDS.get(word, []))
        case ast.Name(id=word):
            if word == "t":
                yield ast.BinOp(node, ast.Add(), ast.Constant(1))
            yield from (ast.Name(other, node.ctx) for other in names if other != word)
        case ast.UnaryOp(op=ast.USub(), operand=inner) | ast.Attribute(value=inner):
            yield inner
        case ast.BinOp(left=left, right=right, op=op):
            yield from (left, ast.UnaryOp(ast.USub(), right) if isinstance(op, ast.Sub) else right)
            if not isinstance(op, ast.Add | ast.Mult):
                yield ast.BinOp(right, op, left)
        case ast.Call(func=word, args=args):
            yield from args
            if len(args) > 1:
                yield ast.Call(word, args[:-1], [])
            if turned := TURNED.get(ast.unparse(word)):
                turn = dict(zip(turned, reversed(turned)))
                yield ast.Call(word, [args[turn.get(i, i)] for i in range(len(args))], [])


def build(mutant):
    """The function of a Mutant, whose source can be read like that of any other."""
    original, name = getattr(rules, mutant.rule), f"<a mutant of {mutant.rule}>"
    names = (
        vars(ops) | vars(grammar) | original.__globals__
    )  # a word that the module does not import may stand there too
    linecache.cache[name] = (len(mutant.source), None, mutant.source.splitlines(keepends=True), name)
    exec(compile(mutant.source, name, "exec"), names)
    return names[mutant.rule]


# ---------------------------------------------------------------- what should notice them


def checks(name, modules):
    """{what: a check} of the cases of the tests in these modules that concern the rule; a check takes what to run."""
    found = {}
    for module in modules:
        for title, test in vars(module).items():
            if title.startswith("test_"):
                for given in _settings(test):
                    if set(inspect.signature(test).parameters) == set(given) and _concerns(test, given, name):
                        found[f"{title} {list(given.values()) or ''}"] = partial(_check, test, given, name)
    return found


def _settings(test):
    """The arguments of every case of a test: [{name: value}]."""
    marks = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    sets = [[(re.split(r",\s*", keys), v if "," in keys else (v,)) for v in values] for keys, values in marks]
    return [{k: v for keys, values in case for k, v in zip(keys, values)} for case in itertools.product(*sets)]


def _concerns(test, given, name):
    """Whether a case of a test runs the rule: it is given it, or is given no other one and reads it by its name."""
    told = {x.__name__ if inspect.isfunction(x) else x for x in given.values() if isinstance(x, str) or callable(x)}
    if told & set(rules.__all__):
        return name in told
    code = inspect.getsource(inspect.unwrap(test))
    return bool(ALL.search(code) or re.search(rf"\brules\.{name}\b", code))


def _check(test, given, name, rule):
    original = getattr(rules, name)
    setattr(rules, name, rule)
    try:
        test(**{key: rule if value is original else value for key, value in given.items()})
    finally:
        setattr(rules, name, original)


class TooLong(BaseException):
    """Past every `except Exception`: a check that does not end."""


def _too_long(*_):
    raise TooLong


def notices(check, rule, seconds):
    """What a check ends in on this rule: the name of an exception, or None."""
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        check(rule)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a failed pytest.raises is none of Exception's
        return type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def timed(name, found):
    """[(check, limit in CPU seconds)]: stored runs first, then the quickest; the unchanged text must pass them all."""
    text = _text(getattr(rules, name))
    rule, taken = build(Mutant(name, text, text, ast.unparse(ast.parse(text)))), {}
    for what, check in found.items():
        start = time.process_time()
        if error := notices(check, rule, 60):
            raise RuntimeError(f"{name} itself does not pass {what}: {error}")
        taken[what] = time.process_time() - start
    order = sorted(found, key=lambda what: (not what.startswith(FIRST), taken[what]))
    return [(found[what], max(SLOWEST, 20 * taken[what])) for what in order]


def survivors(name, checks):
    """(number of mutants, those that no check notices)."""
    count, left = 0, []
    for count, mutant in enumerate(mutants(getattr(rules, name)), 1):  # noqa: B007
        rule = build(mutant)
        if not any(notices(check, rule, limit) for check, limit in checks):
            left.append(mutant)
        grammar._read.cache_clear()  # it would hold every mutant
    return count, left


# ---------------------------------------------------------------- the run


def prepare():
    """The modules with the checks; warnings are errors, as under pytest, and Hypothesis stops at what it finds."""
    hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
    hypothesis.settings.load_profile("mutants")
    warnings.simplefilter("error")
    return [importlib.import_module(f"tests.optlib.test_{name}") for name in MODULES]


def run(name):
    """(name, number of mutants, survivors, seconds of CPU)."""
    start = time.process_time()
    count, left = survivors(name, timed(name, checks(name, prepare())))
    return name, count, left, time.process_time() - start


def judge(left, listed, names):
    """What is wrong: survivors that are not listed, and listed mutants of these rules that are no survivors."""
    places = {(m.rule, m.line, m.change) for m in left}
    known = {(entry["rule"], entry["line"], entry["change"]) for entry in listed if entry["rule"] in names}
    return [f"survives and is not listed: {_told(*place)}" for place in sorted(places - known)] + [
        f"is listed, and noticed or gone: {_told(*place)}" for place in sorted(known - places)
    ]


def _told(rule, line, change):
    return f"{rule}\n    {line}\n    {change}"


def main(names):
    parser = argparse.ArgumentParser("python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("rules", nargs="*", metavar="RULE", help="all of them if none is named")
    names = parser.parse_args(names).rules or rules.__all__
    if unknown := set(names) - set(rules.__all__):
        parser.error(f"no rule is called {', '.join(sorted(unknown))}; there are {', '.join(rules.__all__)}")
    everything, seconds, listed = [], 0.0, tomllib.loads(LIST.read_text(encoding="utf-8")).get("equal", [])
    print(f"{'rule':22}{'mutants':>9}{'noticed':>9}{'left':>6}{'CPU s':>8}", flush=True)
    total = 0
    prepare()  # once, for both processes
    with multiprocessing.Pool(min(2, len(names))) as pool:
        for name, count, left, taken in pool.imap_unordered(run, sorted(names, key=_length, reverse=True)):
            print(f"{name:22}{count:9}{count - len(left):9}{len(left):6}{taken:8.1f}", flush=True)
            total, seconds, everything = total + count, seconds + taken, everything + left
    print(f"{'all':22}{total:9}{total - len(everything):9}{len(everything):6}{seconds:8.1f}\n")
    reasons = {(entry["rule"], entry["line"], entry["change"]): entry["reason"] for entry in listed}
    for m in sorted(everything, key=lambda m: (m.rule, m.line, m.change)):
        place = (m.rule, m.line, m.change)
        if place in reasons:
            print(f"{_told(*place)}\n    equal: {reasons[place]}")
    faults = judge(everything, listed, names)
    print(*faults, sep="\n")
    return bool(faults)


def _length(name):
    return len(inspect.getsource(getattr(rules, name)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
