"""A chapter's displayed equations, with their labels, lines, and the % lines under them."""

import functools
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from book.proofs.tokens import MathError, tokens

NOTATION = Path(__file__).resolve().parent.parent / "notation.toml"
FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(.*?)\s*$")
NOTE = re.compile(r"^\s*%\s*(with|where|let|for|check)\b\s*(.*?)\s*$")


@dataclass
class Block:
    """One displayed block.  line: of its opening, from 1.  first: the line of the text's first line.

    notes: [(line, word, text)] of the % lines directly under it.
    """

    line: int
    label: str = ""
    text: str = ""
    first: int = 0
    notes: list = field(default_factory=list)

    def words(self, name):
        return [(line, text) for line, word, text in self.notes if word == name]


@dataclass
class Notation:
    """names: {LaTeX: name in code}.  domains: {name: text}.  functions: names that are applied."""

    names: dict
    domains: dict

    @property
    def functions(self):
        return {name for name, domain in self.domains.items() if domain == "function"}

    def plain(self, latex):
        """`latex` with names in place of symbols, for a terminal or a tooltip."""
        for symbol in sorted(self.names, key=len, reverse=True):
            if symbol.startswith("\\"):
                latex = re.sub(re.escape(symbol) + r"(?![a-zA-Z])", self.names[symbol], latex)
        return latex

    def with_names(self, names, domains=()):
        return Notation(self.names | names, self.domains | dict(domains))


@functools.cache
def book_notation():
    """The Notation of notation.toml."""
    symbols = tomllib.loads(NOTATION.read_text(encoding="utf-8"))["symbol"]
    return Notation({s["latex"]: s["code"] for s in symbols}, {s["code"]: s["domain"] for s in symbols})


def front_matter(lines):
    """The text between the `---` that open a chapter, and what follows is left to others."""
    if lines and lines[0].strip() == "---" and "---" in [line.strip() for line in lines[1:]]:
        end = [line.strip() for line in lines].index("---", 1)
        return "\n".join(lines[1:end]), end + 1
    return "", 0


def notation_of(lines):
    """The book's Notation with what the front matter adds."""
    notation, (head, _) = book_notation(), front_matter(lines)
    if "notation:" not in head:
        return notation
    import yaml

    added = yaml.safe_load(head).get("notation") or {}
    known = {tuple(tokens(latex)): name for latex, name in notation.names.items()}
    for latex, name in added.items():
        if not isinstance(name, str) or known.get(tuple(tokens(latex)), name) != name:
            raise MathError(f"notation: {latex} is {known.get(tuple(tokens(latex)))} in notation.toml, not {name}")
    return notation.with_names(added)


def blocks(lines):
    """The displayed Blocks of a chapter; raises MathError (line from 0) for displays that the book does not use."""
    out, containers, i = [], [], front_matter(lines)[1]
    block = None  # the one whose % lines may follow
    while i < len(lines):
        line, fence = lines[i], FENCE.match(lines[i])
        if fence and fence[2].startswith("{math}"):
            end = closing(lines, i, fence[1])
            block = display(lines, i, end)
            out.append(block)
            i = end
        elif fence and fence[2].startswith("{") and not fence[2].startswith("{code"):
            containers.append(fence[1])
            block = None
        elif fence and not fence[2] and containers and fence[1] == containers[-1]:
            containers.pop()
            block = None
        elif fence and fence[1][0] != ":":
            i = closing(lines, i, fence[1])
            block = None
        elif line.strip().startswith("$$"):
            end = i
            while not re.search(r"\$\$\s*(\(.*\))?\s*$", lines[end].strip()[2 if end == i else 0 :]):
                end += 1
                if end == len(lines):
                    raise MathError("$$ is never closed", i)
            if lines[end].rstrip().endswith(")"):
                raise MathError("an equation with a label is written in a {math} fence, not in $$", i)
            block = Block(i + 1)
            out.append(block)
            i = end
        elif re.match(r"\s*\\begin\{(equation|align|gather|multline)", line):
            raise MathError("an equation is displayed in a {math} fence, not in a bare environment", i)
        elif note := NOTE.match(line):
            if block is None:
                raise MathError(f"`% {note[1]}` does not stand directly under an equation", i)
            block.notes.append((i + 1, note[1], note[2]))
        elif line.strip().startswith("%") and block is not None:
            raise MathError(f"`{line.strip()}` is none of % with, % where, % let, % for, % check", i)
        else:
            block = None
        i += 1
    return out


def closing(lines, i, fence):
    """The line that closes the fence opened in line i."""
    for end in range(i + 1, len(lines)):
        if re.fullmatch(rf"\s*{fence[0]}{{{len(fence)},}}\s*", lines[end]):
            return end
    raise MathError(f"{fence} is never closed", i)


def display(lines, start, end):
    """The Block of the {math} fence in lines start to end."""
    first, label = start + 1, ""
    while first < end and (option := re.match(r"\s*:(\w+):\s*(.*?)\s*$", lines[first])):
        if option[1] == "label":
            label = option[2]
        first += 1
    return Block(start + 1, label, "\n".join(lines[first:end]), first + 1)
