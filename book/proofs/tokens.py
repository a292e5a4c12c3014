"""LaTeX as tokens, and a displayed block as its equations."""

import re

TOKEN = re.compile(
    r"(?P<skip>\s+|~|\\[,;!: ]|\\(?:left|right|middle|[bB]igg?[lrm]?|displaystyle|textstyle|nonumber)(?![a-zA-Z]))"
    r"|\\operatorname\*?\s*\{(?P<operator>\w+)\}"
    r"|\\mathrm\s*\{(?P<roman>\w+)\}"
    r"|\\text\s*\{(?P<text>[^{}]*)\}"
    r"|\\(?P<edge>begin|end)\s*\{(?P<environment>\w+)\*?\}"
    r"|(?P<row>\\\\(?:\[[^\]]*\])?)"
    r"|(?P<plain>\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|[^\s])"
)
SAME = {
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\gets": "=",
    r"\leftarrow": "=",
    r"\leq": r"\le",
    r"\geq": r"\ge",
    r"\neq": r"\ne",
    r"\log": r"\ln",
    r"\star": "*",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\qquad": r"\quad",
    r"\sgn": r"\sign",
    r"\else": r"\otherwise",
    r"\for": r"\if",
}
RELATIONS = {"=", "<", ">", r"\le", r"\ge", r"\ne", r"\approx"}


class MathError(ValueError):
    """What cannot be read or must not be; `line` counts from 0 in the text that was read."""

    def __init__(self, message, line=0):
        super().__init__(message)
        self.line = line


class Token(str):
    """A token that knows its line."""

    line = 0


def tokens(tex):
    """The tokens of `tex` without spaces and sizes; a letter or digit in braces is itself, {12} is not 12."""
    out = []
    for found in TOKEN.finditer(tex):
        if found["skip"]:
            continue
        if found["text"] is not None:
            word = "\\" + re.sub(r"\W", "", found["text"])
        elif found["operator"] or found["roman"]:
            word = "\\" + (found["operator"] or found["roman"])
            word = r"\stack" if word == r"\vec" else word  # \vec itself is an arrow over a letter
        elif found["edge"]:
            word = f"\\{found['edge']}.{found['environment']}"
        else:
            word = r"\\" if found["row"] else found["plain"]
        token = Token(SAME.get(word, word))
        token.line = tex.count("\n", 0, found.start())
        out.append(token)
    i = 0
    while i + 2 < len(out):
        inner = out[i + 1]
        if out[i] == "{" and out[i + 2] == "}" and inner not in ("{", "}") and not re.match(r"\d.", inner):
            out[i : i + 3] = [out[i + 1]]
            i = max(0, i - 2)
        else:
            i += 1
    return out


def pieces(words):
    """The equations of a displayed block, as lists of tokens: split at line ends and at wide spaces.

    A line that begins with a relation, + or - goes on with the one before.
    """
    out, depth = [[]], 0
    for word in words:
        if word in (r"\begin.aligned", r"\end.aligned", r"\begin.split", r"\end.split"):
            continue
        depth += word.startswith((r"\begin.", "{")) - word.startswith((r"\end.", "}"))
        if not depth and word in (r"\\", r"\quad"):
            out.append([])
        elif word != r"\quad" and (depth or word != "&"):
            out[-1].append(word)
    lines = []
    for piece in filter(None, out):
        if lines and (piece[0] in RELATIONS or piece[0] in ("+", "-")):
            lines[-1] += piece
        else:
            lines.append(piece)
    for line in lines:
        if line[-1] in (",", ".", ";"):
            line.pop()
    return [line for line in lines if line]
