"""Identities, steps of derivations and bounds: `% check` and the lines it needs."""

import random
import re
from dataclasses import dataclass

import numpy as np
import sympy as sp

from book.proofs.points import agree, domain_of, show
from book.proofs.reader import Reader
from book.proofs.tokens import MathError, pieces, tokens
from book.proofs.updates import nodes, same
from book.proofs.values import Values
from book.proofs.words import SYMBOLS, Choices, Undecided, numeric_words

POINTS, FEWEST, MOST = 60, 50, 400
NO_NAME = {",", "+", "-", "/", "=", "<", ">", "|", r"\cdot", r"\frac", r"\sqrt"}
FOR = re.compile(
    r"\s*(?P<name>(?:(?! in ).)+?)\s+in\s+"
    r"(?P<domain>real|positive|nonnegative|\([^()]*\)|-?\d+\s*\.\.\s*-?\d+|(?:R|Sym|SPD)\^\S+?)\s*(?:,|$)"
)


@dataclass(frozen=True)
class Let:
    """A definition: the indices and arguments on its left (trees), and what it is."""

    indices: tuple
    arguments: tuple
    tree: tuple


class Check:
    """The % lines of one block, read."""

    def __init__(self, block, notation):
        self.notation, self.lets, self.domains, self.conditions = notation, {}, {}, []
        for line, text in block.words("for"):
            self.each(line, self.declare, self.declared(line, text))
        for line, text in block.words("let"):
            if "=" not in text:
                raise MathError(f"line {line}: `% let` says what a symbol is: % let \\kappa = L/\\ell")
            self.each(line, self.declare, [(text.split("=", 1)[0], None)])
        self.reader = Reader(self.notation.names, self.notation.functions)
        for line, text in block.words("let"):
            self.each(line, self.let, [(text,)])
        for line, text in block.words("where"):
            self.each(line, self.where, [(text,)])
        for line, text in block.words("check"):
            if text:
                raise MathError(f"line {line}: `% check` stands alone, and all its relations are on the page")
        for line, text in block.words("with"):
            raise MathError(f"line {line}: `% with {text}` is for updates; here it is a % let")

    def each(self, line, function, arguments):
        try:
            for a in arguments:
                function(*a)
        except MathError as error:
            raise MathError(f"line {line}: {error}") from None

    def declared(self, line, text):
        """[(name, domain)] of a % for."""
        found, end = [], 0
        while end < len(text):
            match = FOR.match(text, end)
            if not match:
                raise MathError(f"line {line}: cannot read `% for {text}`; it is like % for \\eta in (0, 2), t in 1..8")
            found.append((match["name"], match["domain"]))
            end = match.end()
        return found

    def declare(self, left, domain):
        """Make the name at the start of `left` known."""
        words = tokens(left)
        stop = next((i for i, w in enumerate(words) if w in ("_", "(")), len(words))
        key, function = words[:stop], stop < len(words) and words[stop] == "("
        name = next((n for latex, n in self.notation.names.items() if tokens(latex) == key), None)
        if name is None:
            if not key or set(key) & NO_NAME or key[0].isdigit():
                raise MathError(f"`{left.strip()}` is no name")
            name = re.sub(r"\W+", "_", " ".join(key).replace("*", "star")).strip("_")
            self.notation = self.notation.with_names({" ".join(key): name}, {name: "function" if function else "real"})
        if domain is not None:
            self.domains[name] = domain_of(domain)

    def let(self, text):
        _, relations, sides = self.reader.equation(text)
        if relations != ("=",) or sides[0][0] not in ("name", "apply"):
            raise MathError("`% let` has a name on the left and one =")
        arguments = sides[0][3] if sides[0][0] == "apply" else ()
        if any(a[0] != "name" or a[2] for a in arguments):
            raise MathError("the arguments of a defined function are plain names")
        self.lets.setdefault(sides[0][1], []).append(Let(sides[0][2], arguments, sides[1]))

    def where(self, text):
        self.conditions.append(self.reader.equation(text))

    def domain(self, name):
        if name not in self.domains:
            if name not in self.notation.domains:
                raise MathError(f"`{name}` has no values: % let {name} = ..., or % for {name} in real")
            self.domains[name] = domain_of(self.notation.domains[name])
        return self.domains[name]

    def ranges(self):
        """{index: (low, high)} of the names whose values are whole numbers."""
        domains = {n: domain_of(text) for n, text in self.notation.domains.items() if ".." in text} | self.domains
        return {n: (d.low, d.high) for n, d in domains.items() if d.kind == "whole"}

    def own_past(self, name):
        """Whether the definition of `name` uses `name`, itself or through others."""
        seen, todo = set(), [name]
        while todo:
            for let in self.lets.get(todo.pop(), ()):
                more = {node[1] for node in nodes(let.tree)} - seen
                seen |= more
                todo += more
        return name in seen


class Point:
    """One choice of all free values; a Values that evaluates there."""

    def __init__(self, check, i, words):
        self.check, self.memo, self.free = check, {}, {}
        self.rng, self.coarse = random.Random(i), i % 2 == 0
        self.values = Values(words, self.lookup, self.apply, linear=True, ranges=check.ranges())

    def lookup(self, name, indices):
        if indices and name in self.values.bound:
            vector = self.values.bound[name]
            if len(indices) == 1 and isinstance(vector, np.ndarray) and vector.shape[1] == 1:
                return vector[self.values.integer(indices[0]) - 1, 0]
            raise MathError(f"`{name}` is an argument here: only a vector's argument has one index")
        key = (name, tuple(self.values.integer(i) for i in indices))
        if key not in self.memo:
            self.memo[key] = self.find(*key)
        return self.memo[key]

    def find(self, name, numbers):
        """A defined value: that of the very index, else of the pattern; else a free one."""
        lets = [let for let in self.check.lets.get(name, ()) if len(let.indices) == len(numbers) and not let.arguments]
        exact = [let for let in lets if all(i[0] != "name" for i in let.indices)]
        for let in exact:
            if all(self.values.integer(i) == n for i, n in zip(let.indices, numbers)):
                return self.evaluate(let.tree, {})
        begun = bool(numbers) and min(numbers) <= 0 and self.check.own_past(name)
        for let in lets:
            if let in exact or begun:
                continue
            bound, fits = {}, True
            for i, n in zip(let.indices, numbers):
                if i[0] == "name" and not i[2]:
                    bound[i[1]] = self.values.words["number"](n)
                else:
                    fits = fits and self.values.integer(i) == n
            if fits:
                return self.evaluate(let.tree, bound)
        domain = self.check.domain(name)
        if domain.kind == "function" or (lets and not numbers):
            raise MathError(f"`{name}` is a function: % let says what it is")
        self.free[name, numbers] = domain.draw(self.rng, self.coarse)
        return self.free[name, numbers]

    def evaluate(self, tree, bound):
        outer, self.values.bound = self.values.bound, bound
        value = self.values(tree)
        self.values.bound = outer
        return value

    def apply(self, name, indices, arguments):
        for let in self.check.lets.get(name, ()):
            if len(let.arguments) == len(arguments) and not indices and not let.indices:
                return self.evaluate(let.tree, {a[1]: value for a, value in zip(let.arguments, arguments)})
        raise MathError(f"`{name}` is a function that no % let defines")

    def meets(self, conditions):
        """Whether the conditions have values here, and hold."""
        return all(np.all(self.side(c, self.values.holds)) for c in conditions)

    def side(self, tree, evaluate=None):
        """The value of a side, or None where it has none."""
        try:
            return (evaluate or self.values)(tree)
        except RecursionError:
            raise MathError("a % let that uses itself without end") from None
        except ArithmeticError:
            self.values.bound = {}
            return None
        except (TypeError, IndexError, AttributeError) as error:
            raise MathError(f"no meaning for these shapes: {error}") from None

    def said(self):
        """The free values, for a message."""
        return ", ".join(
            f"{name}{'_' + ','.join(map(str, numbers)) if numbers else ''} = {show(value)}"
            for (name, numbers), value in self.free.items()
        )


def holds(relation, a, b, tree):
    """Whether `a relation b`; tree: that of b, which may be a printed decimal."""
    if relation == "=":
        return agree(a, b)
    if relation == r"\approx":
        return abs(a - b) <= rounding(tree) * abs(b) * (1 + 1e-12)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        raise MathError("vectors are compared with = only")
    slack = 1e-20 * (1 + abs(a) + abs(b))
    return {
        r"\le": a <= b + slack,
        r"\ge": a >= b - slack,
        "<": a < b,
        ">": a > b,
        r"\ne": a != b,
    }[relation]


def rounding(tree):
    """Half a unit in the last printed digit, as a share of the number, of the one decimal in a tree."""
    if tree[0] == "neg":
        return rounding(tree[1])
    if tree[0] == "*":
        return rounding(tree[1])
    if tree[0] != "num" or not float(tree[1]):
        raise MathError("\\approx is checked against a printed number, such as 3.16 or 3.16\\,\\eta")
    places = len(tree[1].partition(".")[2])
    return 0.5 * 10.0**-places / float(tree[1])


def check(block, notation):
    """[(line, verdict, detail)] of each equation of a block; the verdict is "checked" or "FAILED"."""
    try:
        rules = Check(block, notation)
    except MathError as error:
        return [(block.line, "FAILED", str(error))]
    out = []
    try:
        lines = pieces(tokens(block.text))
    except MathError as error:
        return [(block.first + error.line, "FAILED", str(error))]
    for words in lines:
        at = block.first + words[0].line
        try:
            out.append((at, "checked", settle(rules, rules.reader.equation(words))))
        except MathError as error:
            out.append((block.first + (error.line or words[0].line), "FAILED", str(error)))
    return out


def settle(rules, equation):
    """How the relations of an equation were seen to hold; raises MathError where one does not."""
    _, relations, sides = equation
    count, choices = 0, Choices()
    words = numeric_words(choices)
    for i in range(MOST):
        point = Point(rules, i, words)
        choices.begin("condition")
        if not point.meets(rules.conditions):
            continue
        choices.begin("page")
        values = [point.side(side) for side in sides]
        if all(v is None for v in values):
            continue
        for relation, a, b, tree in zip(relations, values, values[1:], sides[1:]):
            if a is None or b is None or not holds(relation, a, b, tree):
                left, right = ("no value" if v is None else show(v, 12) for v in (a, b))
                raise MathError(f"not {relation} at {point.said() or 'all values'}: left {left}, right {right}")
        count += 1
        if count == POINTS:
            break
    if count < FEWEST:
        raise MathError(f"only {count} of {MOST} points have values and fulfil the conditions")
    rare = [r for r in choices.rare() if r[:2] == ("page", "cases")]
    if rare:
        raise MathError(f"case {rare[0][2]} of the cases was met {rare[0][3]} times in {count} points")
    if set(relations) == {"="} and everywhere(rules, sides):
        return "for all values"
    return f"at {count} points"


def everywhere(rules, sides):
    """Whether SymPy shows that the sides are one, for all values of the free symbols."""

    def lookup(name, indices):
        lets = [let for let in rules.lets.get(name, ()) if not let.arguments]
        if lets and not indices and not lets[0].indices:
            return values(lets[0].tree)
        if lets or name in values.bound:
            raise Undecided
        domain = rules.domain(name)
        if domain.shape or domain.kind == "function":
            raise Undecided
        return sp.Symbol(f"{name}{indices or ''}", **domain.assumptions())

    def apply(name, indices, arguments):
        raise Undecided

    values = Values(SYMBOLS, lookup, apply, linear=True)
    try:
        first, *others = [values(side) for side in sides]
        return all(same(first, other) for other in others)
    except (Undecided, TypeError, MathError, RecursionError):
        return False
