"""A strict reader of displayed equations: LaTeX in, nested tuples out; what it does not know is an error.

The tuples ("+", a, b), ("name", "m", indices), ... are the meaning of the text and nothing more; `values.py` says what
they are worth.  Other readers of LaTeX (SymPy's own two, latex2sympy2) guess, and misread updates without a word.
"""

import functools
import re

from book.proofs.tokens import RELATIONS, MathError, Token, tokens

# with the most arguments each takes; words with more than one are those of rules on matrices
FUNCTIONS = {r"\exp": 1, r"\ln": 1, r"\cos": 1, r"\sin": 1, r"\sign": 1, r"\rms": 1}
FUNCTIONS |= {r"\tr": 1, r"\stack": 1, r"\mean": 2, r"\orthogonalize": 2, r"\eigenbasis": 4}
BRACKETS = {"(": ")", "[": "]", r"\{": r"\}", "{": "}"}
FENCES = {"|": ("|", "abs"), r"\lvert": (r"\rvert", "abs"), r"\|": (r"\|", "norm"), r"\lVert": (r"\rVert", "norm")}
FENCES |= {r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceil")}
OVER_INDEX = {r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min"}


@functools.lru_cache(maxsize=100)
def keys(notation):
    """{first token: [(tokens, name)]} of the pairs (LaTeX, name), the longest first."""
    out = {}
    for words, name in sorted(((tokens(latex), name) for latex, name in notation), key=lambda k: -len(k[0])):
        out.setdefault(words[0], []).append((words, name))
    return out


class Reader:
    """notation: {LaTeX: name}; functions: the names that are applied where a bracket follows."""

    def __init__(self, notation, functions=()):
        self.keys, self.functions = dict(keys(tuple(notation.items()))), functions

    def equation(self, words):
        """("rel", relations, sides) of one equation."""
        self.start(words)
        relation = self.relation()
        return relation if self.i == len(self.words) else self.fail("cannot go on with")

    def quantity(self, words):
        """The tree of one expression."""
        self.start(words)
        tree = self.sum()
        return tree if self.i == len(self.words) else self.fail("cannot go on with")

    def start(self, words):
        self.words = tokens(words) if isinstance(words, str) else list(words)
        self.i, self.bars = 0, []

    def fail(self, why):
        here = " ".join(self.words[self.i : self.i + 4]) or "the end"
        before = " ".join(self.words[max(0, self.i - 6) : self.i]) or "the start"
        place = min(self.i, len(self.words) - 1)
        raise MathError(f"{why} `{here}` after `{before}`", self.words[place].line if self.words else 0)

    def peek(self, ahead=0):
        return self.words[self.i + ahead] if self.i + ahead < len(self.words) else ""

    def take(self, *wanted):
        if wanted and self.peek() not in wanted:
            self.fail(f"expected {' or '.join(wanted)}, got")
        self.i += 1
        return self.words[self.i - 1]

    def found(self, *wanted):
        return self.peek() in wanted and self.take()

    # -- from loose to tight
    def relation(self):
        sides, relations = [self.sum()], []
        while self.peek() in RELATIONS:
            relations.append(str(self.take()))
            sides.append(self.sum())
        return ("rel", tuple(relations), tuple(sides)) if relations else self.fail("expected a relation, got")

    def sum(self):
        self.found("+")
        tree = ("neg", self.product()) if self.found("-") else self.product()
        while self.peek() in ("+", "-"):
            tree = (str(self.take()), tree, self.product())
        return tree

    def product(self):
        tree, slash = self.power() or self.fail("expected a quantity, got"), False
        while self.i < len(self.words):
            if sign := self.found(r"\cdot", r"\times", r"\odot", "/", r"\oslash", r"\otimes"):
                factor = self.power() or self.fail("expected a quantity, got")
                kind = {r"\odot": "odot", "/": "/", r"\oslash": "oslash", r"\otimes": "otimes"}.get(sign, "*")
                slash = kind == "/"
            elif (factor := self.power()) is not None:
                kind = "*"
                if factor[0] == "num":
                    raise MathError("a number stands before what it multiplies", self.words[self.i - 1].line)
                if slash:
                    raise MathError("a slash takes one factor: write \\frac or brackets", self.words[self.i - 1].line)
            else:
                break
            tree = (kind, tree, factor)
        return tree

    def power(self):
        tree = self.atom()
        if tree is not None and self.found("^"):
            braced = self.peek() == "{" and self.peek(1) == r"\odot"
            if self.found(r"\top"):
                tree = ("T", tree)
            elif braced:
                self.i += 2
                tree = ("odot^", tree, self.sum())
                self.take("}")
            else:
                tree = ("^", tree, self.group())
            if self.peek() in ("^", "_"):
                self.fail("one power, after the subscript, not")
        return tree

    def group(self):
        """An argument of TeX: one token or {...}."""
        if self.found("{"):
            tree = self.sum()
            self.take("}")
            return tree
        if re.fullmatch(r"\d+\.\d+", self.peek()):
            self.fail("TeX takes one digit: braces around")
        if re.fullmatch(r"\d\d+", self.peek()):  # as in TeX, \frac12 is 1/2
            digits = self.words[self.i]
            self.words[self.i : self.i + 1] = [Token(digits[0]), Token(digits[1:])]
            for token in self.words[self.i : self.i + 2]:
                token.line = digits.line
        return self.atom(bare=True) or self.fail("expected an argument, got")

    def inside(self, close):
        """What stands in a bracket: expressions with commas between."""
        outer, self.bars = self.bars, []
        trees = [self.sum()]
        while self.found(","):
            trees.append(self.sum())
        self.take(close)
        self.bars = outer
        return trees

    def name(self, bare):
        for key, name in self.keys.get(self.peek(), ()):
            if self.words[self.i : self.i + len(key)] == key:
                self.i += len(key)
                return self.symbol(name, bare)
        return None

    def symbol(self, name, bare):
        """A name just met, with its indices and what it is applied to."""
        indices = ()
        if not bare and self.found("_"):
            indices = tuple(self.inside("}")) if self.found("{") else (self.group(),)
        if name in self.functions and not bare and self.peek() in ("(", r"\{"):
            return ("apply", name, indices, tuple(self.inside(BRACKETS[self.take()])))
        return ("name", name, indices)

    def atom(self, bare=False):
        word = self.peek()
        if (tree := self.name(bare)) is not None:
            return tree
        if re.fullmatch(r"\d+(\.\d+)?", word):
            return ("num", str(self.take()))
        if word in ("(", "[", "{"):
            trees = self.inside(BRACKETS[self.take()])
            return trees[0] if len(trees) == 1 else self.fail("a list stands only in a function, before")
        if word in FENCES and word not in self.bars:
            return self.fence(word)
        if word in (r"\max", r"\min") and self.peek(1) != "_":
            self.take()
            trees = self.inside(BRACKETS[self.take("(", "[", r"\{")])
            return (word[1:], *trees) if len(trees) > 1 else self.fail("a maximum of one thing before")
        if word in OVER_INDEX:
            return self.over_index(OVER_INDEX[self.take()])
        if word in FUNCTIONS:
            return self.function(self.take()[1:])
        special = {
            r"\frac": self.fraction,
            r"\sqrt": self.root,
            r"\langle": self.dot,
            r"\begin.cases": self.cases,
            r"\begin.pmatrix": self.matrix,
            r"\underbrace": self.brace,
            r"\overbrace": self.brace,
            r"\boxed": self.boxed,
        }.get(word)
        if special:
            self.take()
            return special()
        if word in (r"\pi", r"\e"):
            return ("constant", self.take()[1:])
        return None

    def fence(self, word):
        close, kind = FENCES[self.take()]
        if close == word:
            self.bars = [*self.bars, word]  # the next such bar closes
        tree = self.sum()
        self.take(close)
        self.bars = [b for b in self.bars if b != word]
        if kind == "norm":
            order = str(self.take("1", "2", r"\infty")) if self.found("_") else "2"
            return ("norm", tree, order)
        return (kind, tree)

    def function(self, kind):
        if self.peek() in ("(", "{", r"\{", "["):
            trees = self.inside(BRACKETS[self.take()])
            most = FUNCTIONS["\\" + kind]
            if len(trees) > most:
                self.fail(f"{kind} takes {'one argument' if most == 1 else f'at most {most} arguments'}, before")
            return (kind, *trees)
        return (kind, self.power() or self.fail(f"expected what {kind} is of, got"))

    def over_index(self, kind):
        """\\sum_{k=1}^{t} body, \\max_i body: the body ends before the next + or -."""
        low = high = None
        self.take("_")
        braced = self.found("{")
        index = str(self.take())
        if self.found("="):
            low = self.sum()
        if braced:
            self.take("}")
        if low is not None:
            self.take("^")
            high = self.group()
        outer = self.keys.get(index, [])
        name = next((name for words, name in outer if len(words) == 1), index)
        self.keys[index] = [([index], name), *outer]
        body = self.product()
        self.keys[index] = outer
        return ("over", kind, name, low, high, body)

    def fraction(self):
        return ("/", self.group(), self.group())

    def root(self):
        if self.found("["):
            degree = self.sum()
            self.take("]")
            return ("^", self.group(), ("/", ("num", "1"), degree))
        return ("sqrt", self.group())

    def dot(self):
        trees = self.inside(r"\rangle")
        return ("dot", *trees) if len(trees) == 2 else self.fail("a scalar product takes two vectors, before")

    def brace(self):
        tree = self.group()
        if self.found("_", "^"):
            depth = self.take().count("{")
            while depth:
                depth += {"{": 1, "}": -1}.get(self.take(), 0)
        return tree

    def boxed(self):
        return self.group()

    def rows(self, end):
        """The rows of an environment, each read by the caller up to its end."""
        while self.peek() not in (end, ""):
            yield
            if self.take(r"\\", end) == end:
                return
        self.take(end)

    def cases(self):
        out = []
        for _ in self.rows(r"\end.cases"):
            value = self.sum()
            self.found(",")
            self.take("&")
            if self.found(r"\otherwise"):
                condition = True
            else:
                self.found(r"\if")
                condition = self.relation()
            out.append((value, condition))
            self.found(",", ".")
        if not out or out[-1][1] is not True:
            self.fail("the last of the cases must be \\text{otherwise}, before")
        return ("cases", tuple(out))

    def matrix(self):
        out = []
        for _ in self.rows(r"\end.pmatrix"):
            out.append([self.sum()])
            while self.found("&"):
                out[-1].append(self.sum())
        if len({len(row) for row in out}) != 1:
            self.fail("rows of one length, please, before")
        return ("matrix", tuple(tuple(row) for row in out))
