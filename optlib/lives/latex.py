"""The LaTeX life: a rule's lines as the equations a person would write, for the reference cards.

    [line.latex for line in equations(momentum, names)]   ->   [r"b_t = \\mu b_{t-1} + g_t", ...]

It is made from the rule's own text.  What it prints can be read back by book/proofs and proved.
"""

import ast
import functools
import inspect
import re
import textwrap
from dataclasses import dataclass

from optlib.grammar import Matrix, read

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly the outermost operator binds
GREEK = """alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi omega
    Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega""".split()
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
RELATIONS = {ast.Gt: ">", ast.Lt: "<", ast.GtE: r"\ge", ast.LtE: r"\le", ast.Eq: "=", ast.NotEq: r"\ne"}
FENCED = {"abs": (r"\lvert", r"\rvert"), "norm": (r"\lVert", r"\rVert"), "norm1": (r"\lVert", r"\rVert_1")}
APPLIED = {"sign": r"\operatorname{sign}", "mean": r"\operatorname{mean}", "exp": r"\exp", "sin": r"\sin"}
APPLIED |= {"cos": r"\cos", "maximum": r"\max", "minimum": r"\min"}
ASKED = {"hess": r"\nabla^2 J"}  # functions that a method asks, where the book's names have none
NUMBERS = {"norm", "norm1", "rms", "dot", "mean"}  # words that make a number of an array
TALL = re.compile(r"\\[dt]?frac|\\begin|\\sqrt")
WORDY = re.compile(rf"{TALL.pattern}|\\text|\\operatorname")  # a little space beside these


@dataclass(frozen=True)
class Line:
    """One equation.  name: what it defines.  latex: None where a line has no form here.  at: its line in the file."""

    name: str
    latex: str | None
    at: int
    code: str


def symbol(name, names, moves=False):
    """The LaTeX of a name: that of `names` ({name in code: LaTeX}), else one made from its spelling.

    moves: whether it will get a subscript t, so that it cannot have one of its own.
    """
    if name in names:
        return names[name]
    latex = _spelled(name, frozenset(names.values()))
    return rf"\text{{{name.replace('_', ' ')}}}" if not latex or (moves and "_" in latex) else latex


@functools.cache
def _spelled(name, taken):
    stem, _, tail = name.rpartition("_")
    short = re.fullmatch(r"([a-zA-Z]+?)(\d)", name)
    if name in GREEK:
        latex = f"\\{name}"
    elif len(name) == 1:
        latex = name
    elif tail in ACCENTS and (len(stem) == 1 or stem in GREEK):
        latex = ACCENTS[tail] + (" " if len(stem) == 1 else "\\") + stem
    elif short and (short[1] in GREEK or len(short[1]) == 1):
        latex = f"\\{name[:-1]}_{short[2]}".removeprefix("\\" if len(short[1]) == 1 else "")
    elif tail == "inf" and stem in GREEK:
        latex = f"\\{stem}_\\infty"
    else:
        latex = ""
    return "" if latex in taken else latex


def equations(step, names):
    """The Lines of a rule in the order of its text; names: {name in code: LaTeX}."""
    return written(step, names)[0]


def written(step, names):
    """(the Lines of a rule, {LaTeX: name in code} of the symbols that they use and `names` does not have)."""
    source, first = inspect.getsourcelines(step)
    text = textwrap.dedent("".join(source))
    body = ast.parse(text).body[0].body
    writer, out = _Writer(step, names), []
    for node in body:
        if isinstance(node, ast.Assign):
            place = first + node.lineno - 1, ast.get_source_segment(text, node)
            try:
                out.append(Line(*writer.line(node), *place))
            except SyntaxError:
                out.append(Line(ast.unparse(node.targets[0]), None, *place))
    return out, writer.new


class _Writer:
    """Writes expressions of one rule; knows which names have been assigned, which move, which are arrays."""

    def __init__(self, step, names):
        signature = read(step)
        self.names, self.new, self.assigned = names, {}, set()
        self.theta, self.asks = step.__code__.co_varnames[0], signature.asks
        self.held = {self.theta, *signature.state}
        self.moving = self.held | set(signature.asks) | {"t"}
        self.matrix = signature.scope is Matrix
        self.arrays = ({self.theta, *signature.asks, *signature.state} - signature.numbers) if self.matrix else set()

    def line(self, node):
        """(name, equation) of one assignment; the name is new from here on."""
        match node.targets:
            case [ast.Name(id=name)]:
                pass
            case _:
                raise SyntaxError(f"{ast.unparse(node)!r} assigns more than one name")
        try:
            right, _ = self.write(node.value)
        finally:  # a line that cannot be written assigns its name all the same
            if {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)} & self.moving:
                self.moving.add(name)
            if self.array(node.value):
                self.arrays.add(name)
            self.assigned.add(name)
        return name, f"{self.name(name)} = {right}"

    def name(self, name):
        latex = symbol(name, self.names, name in self.moving)
        if name not in self.names:
            self.new[latex] = name
        if name == "t" or name not in self.moving:
            return latex
        return latex + ("_{t-1}" if name in self.held and name not in self.assigned else "_t")

    def array(self, node):
        """Whether an expression is an array, in a rule on matrices."""
        match node:
            case ast.Name(id=name):
                return name in self.arrays
            case ast.Call(func=ast.Name(id=word)) if word in NUMBERS and not node.keywords:
                return False
            case ast.Call(args=args):
                return any(map(self.array, args))
        return any(self.array(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))

    def write(self, node):
        """One expression -> (LaTeX, how tightly its outermost operator binds)."""
        match node:
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                return _number(node.value), ATOM
            case ast.Name(id=name):
                return self.name(name), ATOM
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return f"-{self.within(inner, PRODUCT)}", SUM
            case ast.BinOp(op=ast.Mult(), left=ast.Constant(value=0)):
                return "0", ATOM  # 0 * g is a zero in the shape of g
            case ast.BinOp(op=ast.Add(), left=left, right=right) if self.write(right)[0] == "0":
                return self.write(left)
            case ast.BinOp(op=ast.Add() | ast.Sub() as op, left=left, right=right):
                sign = "+" if isinstance(op, ast.Add) else "-"
                return f"{self.write(left)[0]} {sign} {self.within(right, PRODUCT)}", SUM
            case ast.BinOp(op=ast.Mult() | ast.MatMult() | ast.Div()):
                return self.product(node)
            case ast.BinOp(op=ast.Mod(), left=left, right=right):
                times = rf"\left\lfloor \frac{{{self.write(left)[0]}}}{{{self.write(right)[0]}}} \right\rfloor"
                return rf"{self.write(left)[0]} - {self.within(right, POWER)} {times}", SUM
            case ast.BinOp(op=ast.Pow(), left=left, right=right):
                power = self.write(right)[0]
                if self.array(left):
                    return f"{self.base(left)}^{{\\odot {power}}}", POWER
                return f"{self.base(left)}^{power if len(power) == 1 else f'{{{power}}}'}", POWER
            case ast.Attribute(value=inner, attr="T"):
                return rf"{self.base(inner)}^\top", POWER
            case ast.Call(func=ast.Name(id=word), args=args, keywords=[]):
                return self.call(word, args)
            case ast.Compare():  # a number, 1 or 0
                rows = rf"1 & \text{{if }} {self.condition(node)} \\ 0 & \text{{otherwise}}"
                return rf"\begin{{cases}} {rows} \end{{cases}}", ATOM
        raise SyntaxError(f"{ast.unparse(node)!r} has no form in LaTeX here")

    def within(self, node, level):
        """The expression, in brackets where an operator of this level would tear it apart."""
        latex, own = self.write(node)
        return latex if own >= level else _bracket("(", latex, ")")

    def base(self, node):
        """What a power or a transpose stands on."""
        tall = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in (*APPLIED, "sqrt")
        return _bracket("(", self.write(node)[0], ")") if tall else self.within(node, ATOM)

    def product(self, node):
        """Products and quotients; a minus sign of the first factor comes to the front."""
        factors, sign, out, before = self.factors(node), "", "", ""
        first = factors[0][1]
        if isinstance(first, ast.UnaryOp):
            sign, first = "-", first.operand
        elif self.fraction(first) and isinstance(first.left, ast.UnaryOp):
            sign, first = "-", ast.BinOp(first.left.operand, first.op, first.right)
        for operator, factor in [("", first), *factors[1:]]:
            # only the first factor may be a product itself: in a rule on matrices the order counts
            if self.fraction(factor):
                latex = rf"\frac{{{self.write(factor.left)[0]}}}{{{self.write(factor.right)[0]}}}"
            else:
                latex = self.within(factor, POWER if before else PRODUCT)
            operator = operator or (r"\cdot" if before and latex[0].isdigit() else "")
            if operator:
                out += f" {operator} {latex}"
            elif before:
                wide = WORDY.search(before + latex) or before.endswith(")") or latex.startswith("(")
                out += (r"\, " if wide else " ") + latex
            else:
                out = latex
            before = latex
        return sign + out, SUM if sign else PRODUCT

    def fraction(self, node):
        """Whether a node is written with a bar: a quotient, unless by a matrix."""
        return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not self.array(node.right)

    def factors(self, node):
        r"""[(operator before it: "", "\odot" or "\oslash", factor)] of a product, left to right."""
        match node:
            case ast.BinOp(op=ast.Mult() | ast.MatMult() as op, left=left, right=right):
                if isinstance(right, ast.BinOp) and not self.matrix and isinstance(right.op, ast.Mult):
                    return self.factors(left) + self.factors(right)
                elementwise = isinstance(op, ast.Mult) and self.array(left) and self.array(right)
                return [*self.factors(left), (r"\odot" if elementwise else "", right)]
            case ast.BinOp(op=ast.Div(), left=left, right=right) if self.array(right):
                return [*self.factors(left), (r"\oslash", right)]
        return [("", node)]

    def call(self, word, args):
        if word == "sqrt" and len(args) == 1:
            return rf"\sqrt{{{self.write(args[0])[0]}}}", ATOM
        if word in FENCED and len(args) == 1:
            return _bracket(FENCED[word][0], self.write(args[0])[0], FENCED[word][1]), ATOM
        if word in APPLIED:
            return APPLIED[word] + _bracket("(", ", ".join(self.write(a)[0] for a in args), ")"), ATOM
        if word == "dot" and len(args) == 2:
            return _bracket(r"\langle", ", ".join(self.write(a)[0] for a in args), r"\rangle"), ATOM
        if word in ("where", "ratio") and len(args) == 3:
            rows = r" \\ ".join(self.rows(word, args))
            return rf"\begin{{cases}} {rows} \end{{cases}}", ATOM
        if word in ("root", "inverse_root"):
            power = "1/2" if word == "root" else f"-1/{self.within(args[1], ATOM)}"
            return f"{self.base(args[0])}^{{{power}}}", POWER
        if word == "eye":
            self.new["I"] = "I"
            return "I", ATOM
        if word == "solve":
            return rf"{self.base(args[0])}^{{-1}} {self.within(args[1], POWER)}", PRODUCT
        if word == "outer":
            return rf"{self.within(args[0], POWER)} {self.base(args[1])}^\top", PRODUCT
        latex = ASKED.get(word, rf"\operatorname{{{word.replace('_', '')}}}")
        if word in self.asks:
            latex = self.names.get(word, latex)
            if word not in self.names:
                self.new[latex] = word
        return latex + _bracket("(", ", ".join(self.write(a)[0] for a in args), ")"), ATOM

    def rows(self, word, args):
        """The rows of a choice; one inside its last row goes on in the same braces."""
        last = args[-1]
        if word == "ratio":
            top, over = (self.write(a)[0] for a in args[:2])
            yield rf"\dfrac{{{top}}}{{{over}}} & \text{{if }} {over} \ne 0"
        elif both := self.both(*args):
            top, over, size, other = both
            yield rf"\dfrac{{{top}}}{{{over}}} & \text{{if }} {size}\, {other} > 0"
        else:
            yield rf"{self.write(args[1])[0]} & \text{{if }} {self.condition(args[0])}"
        match last:
            case ast.Call(func=ast.Name(id=("where" | "ratio") as inner), args=more, keywords=[]):
                yield from self.rows(inner, more)
            case _:
                yield rf"{self.write(last)[0]} & \text{{otherwise}}"

    def both(self, condition, value, last):
        """(top, bottom, norm, bottom as a factor) of a quotient that also wants a norm to be positive, else None."""
        match condition, value:
            case (
                ast.Compare(left=ast.Call(func=ast.Name(id="norm")) as size, ops=[ast.Gt()], comparators=[zero]),
                ast.Call(func=ast.Name(id="ratio"), args=[top, over, inner]),
            ) if ast.unparse(zero) == "0" and ast.unparse(inner) == ast.unparse(last):
                return self.write(top)[0], self.write(over)[0], self.write(size)[0], self.within(over, POWER)
        return None

    def condition(self, node):
        match node:
            case ast.Compare(ops=[op], comparators=[right]) if type(op) in RELATIONS:
                return f"{self.write(node.left)[0]} {RELATIONS[type(op)]} {self.write(right)[0]}"
        raise SyntaxError(f"{ast.unparse(node)!r} is no relation between two things")


def _number(value):
    text = repr(value).removesuffix(".0")
    if "e" not in text:
        return text
    digits, power = text.split("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if digits != "1" else f"10^{{{int(power)}}}"


def _bracket(left, latex, right):
    if TALL.search(latex):
        return rf"\left{left} {latex} \right{right}"
    return f"{left}{latex}{right}" if left == "(" else f"{left} {latex} {right}"
