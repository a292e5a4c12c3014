"""The JavaScript life: rules and landscapes as an ES module, so that what moves on a page is what was proved.

A rule is translated statement by statement from its own text.  The gradient of a landscape is SymPy's.
`python -m optlib.lives.javascript` writes the module the widgets use, optlib/widgets/generated.js.
"""

import ast
import inspect
import json
import re
import textwrap
from pathlib import Path

import sympy
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.precedence import precedence

from optlib import rules, schedules
from optlib.grammar import read
from optlib.lives import over
from optlib.lives.symbolic import WORDS as SYMPY
from optlib.plot import palette
from optlib.problems.landscapes import LANDSCAPES, minima

GENERATED = Path(__file__).parents[1] / "widgets" / "generated.js"

WORDS = """\
const { abs, cos, exp, log, sign, sin, sqrt, max: maximum, min: minimum, PI: pi } = Math;
const where = (condition, a, b) => (condition ? a : b);
const ratio = (a, b, otherwise) => (b === 0 ? otherwise : a / b);
"""
VOCABULARY = {"abs", "cos", "exp", "log", "sign", "sin", "sqrt", "maximum", "minimum", "where", "ratio"}
OPERATORS = {
    ast.Add: ("+", 1),
    ast.Sub: ("-", 1),
    ast.Mult: ("*", 2),
    ast.Div: ("/", 2),
    ast.Mod: ("%", 2),  # the same as Python's for numbers that are not negative, such as t - 1
    ast.Pow: ("**", 4),
    ast.Gt: (">", 0),
    ast.Lt: ("<", 0),
    ast.GtE: (">=", 0),
    ast.LtE: ("<=", 0),
    ast.Eq: ("===", 0),
}
ATOM = 9  # binds tighter than any operator


def expression(node):
    """One Python expression in the language of rules -> (JavaScript, how tightly its outermost operator binds)."""
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return repr(node.value), ATOM
        case ast.Name():
            return node.id, ATOM
        case ast.UnaryOp(op=ast.USub()):
            # JavaScript refuses -a ** b: what follows a minus sign is an atom or stands in brackets
            return f"-{_within(node.operand, ATOM)}", 3
        case ast.BinOp(op=ast.Pow(), left=ast.Name(id=name), right=ast.Constant(value=2)):
            return f"{name} * {name}", 2
        case ast.BinOp(op=ast.FloorDiv()):
            return f"Math.floor({_within(node.left, 2)} / {_within(node.right, 3)})", ATOM
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            sign, level = OPERATORS[type(op)]
            # powers group to the right, all else to the left
            left, right = (level + 1, level) if isinstance(op, ast.Pow) else (level, level + 1)
            return f"{_within(node.left, left)} {sign} {_within(node.right, right)}", level
        case ast.Compare(ops=[op], comparators=[right]) if type(op) in OPERATORS:
            sign, level = OPERATORS[type(op)]
            return f"{_within(node.left, level + 1)} {sign} {_within(right, level + 1)}", level
        case ast.Call(func=ast.Name(id=word), keywords=[]) if word in VOCABULARY:
            return f"{word}({', '.join(expression(a)[0] for a in node.args)})", ATOM
    raise SyntaxError(f"{ast.unparse(node)!r} is not in the language of rules that JavaScript knows")


def _within(node, level):
    """The expression in brackets where an operator of this level would tear it apart."""
    text, own = expression(node)
    return text if own >= level else f"({text})"


def statements(function, known):
    """The body of a Python function as lines of JavaScript; `known` are the names it starts with."""
    known, lines = set(known), []
    for node in ast.parse(textwrap.dedent(inspect.getsource(function))).body[0].body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.Assign(targets=[ast.Name(id=name)]):
                lines.append(f"{'' if name in known else 'const '}{name} = {expression(node.value)[0]};")
                known.add(name)
            case ast.Return(value=ast.Tuple(elts=parts)):
                lines.append(f"return [{', '.join(expression(p)[0] for p in parts)}];")
            case ast.Return():
                lines.append(f"return {expression(node.value)[0]};")
            case _:
                raise SyntaxError(f"{ast.unparse(node)!r} in {function.__name__} is not in the language of rules")
    return lines


def rule(step):
    """A rule as a JavaScript method `step([theta, ...state], g, t, {hyperparameters}) -> [theta, ...state]`.

    A second estimate that it asks stands after g.  Raises TypeError on a step that does not ask `g` first or must see
    more than one element.
    """
    signature = read(step)
    if signature.scope or signature.asks[:1] != ("g",):
        raise TypeError(f"{signature.name} must be a rule that sees one element and asks g")
    held, asks = ["theta", *signature.state], signature.asks
    lines = statements(step, [*held, *asks, "t", *signature.hyper])
    if not signature.state:
        lines[-1] = lines[-1].replace("return theta;", "return [theta];")
    return _method("step", f"[{', '.join(held)}], {', '.join(asks)}, t, {{ {', '.join(signature.hyper)} }}", lines)


def schedule(function):
    """A schedule without memory as a JavaScript method `rate(t, {settings}) -> rate`; the settings are not checked."""
    settings = read(function).hyper
    return _method("rate", f"t, {{ {', '.join(settings)} }}", statements(function, ["t", *settings]))


def landscape(f):
    """A landscape as two JavaScript methods, `f(x, y, {keywords})` and `grad(x, y, {keywords}) -> [dx, dy]`."""
    keywords = f.__kwdefaults__ or {}
    arguments = f"x, y{', { ' + ', '.join(keywords) + ' }' if keywords else ''}"
    value = statements(f, ["x", "y", *keywords])
    return _method("f", arguments, value) + _method("grad", arguments, _slope(f, keywords))


def _slope(f, keywords):
    x, y = sympy.symbols("x y", real=True)
    loss = over(f, SYMPY)(x, y, **{k: sympy.Symbol(k, real=True) for k in keywords})
    shared, slopes = sympy.cse([sympy.diff(loss, x), sympy.diff(loss, y)], symbols=sympy.numbered_symbols("s"))
    write = _Printer().doprint
    lines = [f"const {name} = {write(value)};" for name, value in shared]
    return [*lines, f"return [{', '.join(map(write, slopes))}];"]


class _Printer(JavascriptCodePrinter):
    """SymPy's printer with the words and the operators of the module."""

    def _print_Pow(self, expr):
        if expr.exp.is_Integer and expr.exp > 0:
            return f"{self.parenthesize(expr.base, precedence(expr))} ** {expr.exp}"
        return super()._print_Pow(expr)

    def _print_Float(self, expr):
        return repr(float(expr))

    def _print_Mul(self, expr):
        return re.sub(r"(?<=[\w)])\*(?=[\w(])", " * ", super()._print_Mul(expr))

    def _print_Function(self, expr):
        return super()._print_Function(expr).removeprefix("Math.")


def _method(name, arguments, lines):
    return f"    {name}({arguments}) {{\n" + "".join(f"      {line}\n" for line in lines) + "    },\n"


def module():
    """The text of generated.js: RULES, SCHEDULES, LANDSCAPES, and the colors of the book."""
    out = [
        "// Written by `python -m optlib.lives.javascript` from optlib/rules, optlib/schedules.py,\n"
        "// optlib/problems/landscapes.py and optlib/plot/palette.py; a test holds it equal\n"
        "// to them.  Change those, not this.\n",
        WORDS,
        "\nexport const RULES = {\n",
    ]
    for name in rules.ELEMENTWISE:
        signature, (_, light, dark, marker, _) = read(getattr(rules, name)), palette.RULES[name]
        facts = {"label": palette.label(name), "light": light, "dark": dark, "marker": marker}
        facts |= {"start": list(signature.state.values()), "hyper": signature.hyper}
        out.append(_entry(name, facts, rule(getattr(rules, name))))
    out.append("};\n\nexport const SCHEDULES = {\n")
    for name in schedules.TIMED:
        settings = read(getattr(schedules, name)).hyper.items()
        facts = {"hyper": {k: v for k, v in settings if v is not inspect.Parameter.empty}}
        out.append(_entry(name, facts, schedule(getattr(schedules, name))))
    out.append("};\n\nexport const LANDSCAPES = {\n")
    for name, place in LANDSCAPES.items():
        wells = minima(place.f, place.window)
        facts = {"title": place.title, "window": place.window, "start": place.start}
        facts |= {"hyper": place.f.__kwdefaults__ or {}, "lowest": wells[0][0], "minima": [xy for _, *xy in wells]}
        out.append(_entry(name, facts, landscape(place.f)))
    ink = {skin: {name: pair[i] for name, pair in palette.INK.items()} for i, skin in enumerate(["light", "dark"])}
    ramp = {skin: [pair[i] for pair in palette.RAMP] for i, skin in enumerate(["light", "dark"])}
    out.append(f"}};\n\nexport const INK = {json.dumps(ink)};\nexport const RAMP = {json.dumps(ramp)};\n")
    return "".join(out)


def _entry(name, facts, methods):
    return f"  {name}: {{\n" + "".join(f"    {k}: {json.dumps(v)},\n" for k, v in facts.items()) + methods + "  },\n"


if __name__ == "__main__":
    GENERATED.write_text(module(), encoding="utf-8")
    print(f"wrote {GENERATED}")
