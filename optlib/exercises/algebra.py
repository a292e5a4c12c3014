"""Expressions as students write them, read without ever running them, and compared at points with many digits."""

import ast
import operator
import random
import re
import unicodedata

from optlib.exercises.guard import Trouble

SPELLINGS = {
    "η": "eta",
    "μ": "mu",
    "β": "beta",
    "λ": "lam",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "−": "-",
    "·": "*",
    "×": "*",
    "²": "**2",
    "^": "**",
    "_": "",
}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
FUNCTIONS = ("sqrt", "exp", "log", "abs")
DIGITS = 30


def points(domain, count=12):
    """Fixed sample points, a list of dicts.  domain: {symbol: (low, high)}; bounds that are ints give integers."""
    draw = random.Random(7)

    def value(low, high):
        return draw.randint(low, high) if isinstance(low, int) else draw.randint(1, 10**6) / 10**6 * (high - low) + low

    return [{name: value(*bounds) for name, bounds in domain.items()} for _ in range(count)]


def values(text, domain):
    """The expression's values at the sample points, as mpmath numbers.  Raises Trouble with what is wrong about it."""
    import mpmath

    tree = _read(text, domain)
    with mpmath.workdps(DIGITS):
        return [_value(tree, {k: mpmath.mpf(v) for k, v in point.items()}) for point in points(domain)]


def same(a, b):
    """Whether two lists of values agree to twenty digits."""
    return all(abs(x - y) <= 1e-20 * (1 + abs(y)) for x, y in zip(a, b))


def _spelled(text):
    return "".join(SPELLINGS.get(c, c) for c in text)


def _read(text, symbols):
    if len(text) <= 600:
        # twice: x² would lose its power first, and µ on a keyboard becomes a μ only then
        text = _spelled(unicodedata.normalize("NFKC", _spelled(text.strip().lower())))
        text = re.sub(r"\blambda\b", "lam", text)
    if len(text) > 600:
        raise Trouble("is very long; a line is enough")
    if "=" in text:
        raise Trouble("holds an equals sign; write the right-hand side alone")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Trouble("cannot be read as an expression; write every product with * and every power with **") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in (*symbols, *FUNCTIONS):
            may = ", ".join(symbols)
            raise Trouble(f"uses {node.id!r}; it may use {may}, numbers, + - * / ** and {', '.join(FUNCTIONS)}")
    return tree


def _value(node, point):
    import mpmath

    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return mpmath.mpf(str(number)) if abs(number) < 1e15 else _refuse()
        case ast.Name(id=name) if name in point:
            return point[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            return -_value(inner, point) if isinstance(sign, ast.USub) else _value(inner, point)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left, point), _value(right, point))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(left, point), _value(right, point))
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in FUNCTIONS:
            inner = _value(inner, point)
            if name == "exp" and abs(inner) > 1e4:
                _refuse()
            return abs(inner) if name == "abs" else getattr(mpmath, name)(inner)
    raise Trouble("holds something that an expression may not hold; symbols, numbers, + - * / ** and sqrt are enough")


def _power(base, exponent):
    import mpmath

    if base and abs(exponent) * abs(mpmath.log(abs(base))) > 1e4:
        _refuse()
    return base**exponent


def _refuse():
    raise Trouble("holds a number too large to be meant")
