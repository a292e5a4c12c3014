"""A rule taken apart: what is one number a step, and the lines that every element goes through.

    beta1 * m + (1 - beta1) * g   ->   k0 = beta1, k1 = 1 - beta1 once a step;  r0 = k0 * m, r1 = k1 * g, r2 = r0 + r1

NumPy and numba then run the lines, each in its own way and in this order, so that both round as the rule itself does.
"""

import ast
import builtins
import functools
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from optlib import ops
from optlib.grammar import read

CALLS = {name: getattr(ops, name) for name in ("sqrt", "exp", "sin", "cos", "abs", "sign", "maximum", "minimum")}
CALLS |= {"where": ops.where, "ratio": ops.ratio}
OPERATORS = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.USub: "negative",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
CONDITIONS = {"greater", "greater_equal", "less", "less_equal", "equal", "not_equal"}


@dataclass(frozen=True, eq=False)
class Program:
    """A rule as straight lines.

    arrays: the arguments that are arrays, theta first.  scalars(**arguments) -> (the numbers k0, k1, ... of one step,
    {state: its new value} of the states that are numbers).  lines: (word, arguments, result); an argument is the name
    of an array or the place of a number.  results: {name: what it becomes} for theta and each state, likewise.
    numbers: how many k there are.
    """

    arrays: tuple
    scalars: Callable
    lines: tuple
    results: dict
    numbers: int


@functools.lru_cache(256)  # wrappers make a new function each time: not all of them can be kept
def program(step, arrays):
    """The Program of a rule whose arguments named in the tuple `arrays` are arrays; None where it has none.

    Only straight lines in the words of `optlib.ops` that look at one element have one; the source must be at hand.
    """
    if not inspect.isfunction(step):
        return None
    try:
        return _Reader(step, arrays).program()
    except (SyntaxError, OSError, TypeError, ValueError):
        return None


def definition(step):
    """The syntax tree of a function, if its source is the text that runs; SyntaxError where it has changed since."""
    text = textwrap.dedent(inspect.getsource(step))
    module = ast.parse(text)
    compiled = [c for c in compile(text, "", "exec").co_consts if inspect.iscode(c)]
    if len(compiled) != 1 or _content(compiled[0]) != _content(step.__code__):
        raise SyntaxError(f"the source of {step.__name__} is not the text that runs")
    return module.body[0]


def _content(code):
    return code.co_code, repr(code.co_consts), code.co_names, code.co_varnames


class _Reader:
    """Goes through the statements of a rule once."""

    def __init__(self, step, arrays):
        self.step, self.arrays = step, arrays
        signature = read(step)
        self.theta, self.states = step.__code__.co_varnames[0], signature.state
        self.known = {**vars(builtins), **step.__globals__, **inspect.getclosurevars(step).nonlocals}
        self.now = {name: name for name in arrays}  # what holds each array name at this line
        self.once, self.numbers, self.lines = [], 0, []

    def program(self):
        *body, end = definition(self.step).body
        for node in body:
            match node:
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.assign(name, value)
                case _:
                    raise SyntaxError(ast.unparse(node))
        match end:
            case ast.Return(value=ast.Tuple(elts=parts)):
                values = list(map(self.read, parts))
            case ast.Return(value=ast.expr() as one):
                values = [self.read(one)]
            case _:
                raise SyntaxError(ast.unparse(end))
        results = dict(zip([self.theta, *self.states], values, strict=True))
        for name, value in results.items():
            if name not in self.arrays and isinstance(value, str):
                raise SyntaxError(f"{name} is one number and would become an array")
        return Program(self.arrays, self.scalars(results), tuple(self.lines), results, self.numbers)

    def assign(self, name, value):
        if self.sees_arrays(value):
            self.now[name] = self.read(value)
        else:
            self.now.pop(name, None)
            self.once.append(f"{name} = {ast.unparse(value)}")

    def sees_arrays(self, node):
        return any(isinstance(n, ast.Name) and n.id in self.now for n in ast.walk(node))

    def read(self, node):
        """The name of the array, or the place of the number, that an expression is worth."""
        if not self.sees_arrays(node):
            self.once.append(f"k{self.numbers}_ = {ast.unparse(node)}")
            self.numbers += 1
            return self.numbers - 1
        match node:
            case ast.Name(id=name):
                return self.now[name]
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=2)):
                return self.line("square", left)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return self.line(OPERATORS[type(op)], left, right)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.line("negative", operand)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
                return self.line(OPERATORS[type(op)], left, right)
            case ast.Call(func=ast.Name(id=word), args=arguments, keywords=[]) if self.is_word(word):
                return self.line(word, *arguments)
        raise SyntaxError(f"{ast.unparse(node)!r} is not in the language of rules")

    def is_word(self, name):
        return name in CALLS and self.known.get(name) in (CALLS[name], builtins.abs)

    def line(self, word, *nodes):
        arguments = tuple(map(self.read, nodes))
        result = f"r{len(self.lines)}_"
        self.lines.append((word, arguments, result))
        return result

    def scalars(self, results):
        """The function of t, the hyperparameters and all else that is one number."""
        names = [n for n in inspect.signature(self.step).parameters if n not in self.arrays]
        values = "".join(f"k{i}_, " for i in range(self.numbers))
        states = ", ".join(f"{name!r}: k{value}_" for name, value in results.items() if name not in self.arrays)
        lines = [f"def scalars({', '.join([*names, '**_'])}):", *self.once, f"return ({values}), {{{states}}}"]
        found = {}
        exec("\n    ".join(lines), self.known, found)
        return found["scalars"]
