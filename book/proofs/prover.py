"""All equations of a chapter: which are updates, which have checks, and the verdict on each."""

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from book.proofs import identities
from book.proofs.chapter import Block, blocks, notation_of
from book.proofs.code import Code, known_steps
from book.proofs.reader import Reader
from book.proofs.tokens import MathError, pieces, tokens
from book.proofs.updates import fits, left_side, prove_side, ungrounded, used_names, when
from optlib.grammar import read

STRENGTH = ("definition", "proved", "proved for", "checked on", "checked", "plain", "FAILED")


@dataclass
class Equation:
    """One equation of a block.  at: its line in the chapter.  name: what it defines.  line: of the code, or None."""

    at: int
    verdict: str
    name: str = ""
    line: int | None = None
    detail: str = ""


@dataclass
class Result:
    """What was found about one displayed block.

    label: "" where it has none.  at: its line in the chapter.  verdict: that of its weakest equation, with the
    conditions it stands under.  rule, file, line: the step, its source file (from the repository's root), the line of
    the last assignment that the block shows; None where there is no such code.  equations: one Equation each.
    """

    label: str
    at: int
    rule: str | None = None
    file: Path | None = None
    equations: list = field(default_factory=list)

    @property
    def verdict(self):
        return max((e.verdict for e in self.equations), key=strength, default="plain")

    @property
    def line(self):
        return next((e.line for e in reversed(self.equations) if e.line), None)

    @property
    def name(self):
        return ", ".join(e.name for e in self.equations if e.name)

    @property
    def detail(self):
        return "; ".join(e.detail for e in self.equations if e.detail)


def strength(verdict):
    """The place of a verdict among STRENGTH; the longest that fits."""
    fitting = [i for i, word in enumerate(STRENGTH) if verdict.startswith(word)]
    return fitting[0] if verdict.startswith("checked on") else fitting[-1]


def prove(path, steps=None):
    """The Results of a chapter, one for each displayed block.  steps: {name: step}, default those of optlib."""
    path = Path(path)
    number = re.match(r"(\d\d)_", path.name)
    return prove_text(path.read_text(encoding="utf-8"), steps, number and number[1])


def prove_text(text, steps=None, number=None):
    """As `prove`; number: that of the chapter, or None where every chNN will do."""
    lines = text.splitlines()
    try:
        notation, found = notation_of(lines), blocks(lines)
    except MathError as error:
        return [failed(Block(error.line + 1), error)]
    steps = known_steps() if steps is None else steps
    results, pages = [], {}
    labels = set()
    for block in found:
        try:
            step = rule_of(block.label, steps, number)
            if block.label and block.label in labels:
                raise MathError(f"the label {block.label} stands twice")
            labels.add(block.label)
            if step:
                page = pages.setdefault(step, Page(steps[step], notation))
                result = page.update(block)
            else:
                result = other(block, notation)
        except MathError as error:
            result = failed(block, error)
        results.append(result)
    for page in pages.values():
        page.finish()
    return results


def failed(block, error):
    return Result(block.label, block.line, equations=[Equation(block.line, "FAILED", detail=str(error))])


def rule_of(label, steps, number):
    """The name of the step whose update a label announces, or None; raises MathError for a label of no kind."""
    if not label:
        return None
    fitting = [s for s in steps if re.match(rf"eq-{re.escape(hyphens(s))}(-|$)", label)]
    if fitting:
        return max(fitting, key=len)
    if re.fullmatch(rf"eq-ch{number or '[0-9][0-9]'}-[a-z0-9][a-z0-9-]*", label):
        return None
    raise MathError(f"the label {label} is neither eq-<rule>-<name> of a known rule nor eq-ch{number or 'NN'}-<name>")


def hyphens(name):
    return name.replace("_", "-").lower()


def other(block, notation):
    """A block that is no update: plain, or checked where its % lines say so."""
    if not block.words("check"):
        if block.notes:
            raise MathError(f"`% {block.notes[0][1]}` without a % check")
        return Result(block.label, block.line, equations=[Equation(block.line, "plain")])
    result = Result(block.label, block.line)
    for at, verdict, detail in identities.check(block, notation):
        result.equations.append(Equation(at, verdict, detail=detail))
    return result


@functools.lru_cache(maxsize=200)
def code_of(step, domains, fixed):
    return Code(step, dict(domains), fixed)


class Page:
    """What a chapter displays of one step, block after block."""

    def __init__(self, step, notation):
        self.step, self.notation = step, notation
        signature = read(step)
        asked = set(signature.asks) - set(signature.values)  # a method's functions are applied, as `F(\theta_{t-1})`
        self.reader = Reader(notation.names, notation.functions | asked)
        self.helpers, self.uses, self.defined, self.results = {}, [], set(), []

    def code(self, fixed=()):
        return code_of(self.step, tuple(sorted(self.notation.domains.items())), tuple(fixed))

    def update(self, block):
        """The Result of one block of this step."""
        conditions, fixed, said = self.conditions(block)
        code = self.code(fixed)
        result = Result(block.label, block.line, code.name, code.file)
        self.results.append(result)
        try:
            words = pieces(tokens(block.text))
            if not words:
                raise MathError("an empty equation")
        except MathError as error:
            result.equations.append(Equation(block.first + error.line, "FAILED", detail=str(error)))
            return result
        for line in words:
            at = block.first + line[0].line
            try:
                result.equations.append(self.equation(code, line, at, conditions, said))
            except MathError as error:
                at = block.first + (error.line or line[0].line)
                result.equations.append(Equation(at, "FAILED", detail=f"{block.label}: {error}"))
        self.check_label(block, code, result)
        return result

    def conditions(self, block):
        """(trees of % where, fixed hyperparameters of % with, both in words)."""
        conditions, fixed, said = [], [], []
        for line, word, text in block.notes:
            if word not in ("with", "where"):
                raise MathError(f"`% {word}` under an update, which takes % with and % where")
            try:
                tree = self.reader.equation(text)
            except MathError as error:
                raise MathError(f"line {line}: {error}") from None
            if word == "where":
                used_names(self.code(), tree, None, self.helpers)
                conditions.append(tree)
            else:
                _, relations, sides = tree
                if relations != ("=",) or sides[0][0] != "name" or sides[1][0] != "num":
                    raise MathError(f"line {line}: `% with` gives one hyperparameter a number: % with \\epsilon = 0")
                if sides[0][1] not in self.code().signature.hyper:
                    raise MathError(f"line {line}: {self.step.__name__} has no hyperparameter {sides[0][1]}")
                fixed.append((sides[0][1], sides[1][1]))
            said.append(f" {word} {self.notation.plain(text)}")
        return tuple(conditions), fixed, "".join(said)

    def equation(self, code, words, at, conditions, said):
        """The Equation of one line."""
        _, relations, sides = self.reader.equation(words)
        if set(relations) != {"="}:
            raise MathError("an update is an equation, with = alone")
        name, time = left_side(sides[0]), when(sides[0][2])
        if time is None and name in code.moving:
            raise MathError(f"`{name}` moves: its equation needs the subscript t on the left")
        if name in code.signature.hyper or name == "t":
            raise MathError(f"`{name}` is an argument of {code.name}, not what it computes")
        for side in sides[1:]:
            self.uses.append((name, used_names(code, side, name, self.helpers)))
        if name in code.moving or name in code.lines:
            helpers = tuple(self.helpers.items())
            verdict = max((prove_side(code, name, s, helpers, conditions) for s in sides[1:]), key=strength)
            self.defined.add(name)
            line = code.lines.get(name)
            where = f"{code.file}:{line}" if line else f"the argument {name}"
            return Equation(at, verdict + said, name, line, f"{code.name}, {where}")
        if len(sides) > 2 or name in self.helpers:
            raise MathError(f"`{name}` is not in {code.name}: as a definition it has one right side, once")
        self.helpers[name] = (sides[1], time)
        return Equation(at, "definition", name, detail=f"a helper of the page, not in {code.name}")

    def check_label(self, block, code, result):
        defined = [e.name for e in result.equations if e.name]
        rest = block.label.removeprefix(f"eq-{hyphens(code.name)}").removeprefix("-")
        if defined and not fits(rest, defined, code):
            detail = f"the label {block.label} does not fit: the block defines {', '.join(defined)}"
            result.equations.append(Equation(block.line, "FAILED", detail=detail))

    def finish(self):
        """After the last block: what is missing, circular or never used."""
        if not self.results or any(e.verdict == "FAILED" and not e.name for r in self.results for e in r.equations):
            return  # an unread equation may be the one that is missing
        code, first = self.code(), self.results[0]
        used = set().union(*(names for _, names in self.uses))
        missing = (code.state - code.kept | used) - self.defined - set(self.helpers) - set(code.signature.values)
        messages = [f"{code.name}: no equation for {name}" for name in sorted(missing)]
        messages += [f"{code.name}: {n} is defined in a circle" for n in sorted(ungrounded(self.uses))]
        messages += [f"{code.name}: the definition of {n} is never used" for n in sorted(set(self.helpers) - used)]
        for message in messages:
            first.equations.append(Equation(first.at, "FAILED", detail=message))


def twice(found):
    """Add a failure for each label that stands in two files.  found: {file: Results}."""
    seen = {}
    for file, results in found.items():
        for result in results:
            if result.label and seen.setdefault(result.label, file) != file:
                detail = f"the label {result.label} stands in {seen[result.label]} too"
                result.equations.append(Equation(result.at, "FAILED", detail=detail))
