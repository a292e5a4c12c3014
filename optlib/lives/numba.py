"""The numba life: a rule's lines as one compiled loop that reads and writes each element once.

numba is imported when it is used; `pip install "optlib[speed]"` brings it.
"""

import functools

import numpy as np

SIGNS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "power": "**",
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}
BITS = {  # of each dtype: the whole number of its size, all bits but the sign, the bits of infinity
    np.dtype(np.float32): (np.int32, np.int32(0x7FFFFFFF), 0x7F800000),
    np.dtype(np.float64): (np.int64, np.int64(0x7FFFFFFFFFFFFFFF), 0x7FF0000000000000),
}


def package():
    """The package numba; ImportError with what to do where it is not installed."""
    try:
        import numba
    except ImportError:
        raise ImportError('backend="numba" needs the package numba: pip install "optlib[speed]"') from None
    return numba


@functools.cache
def compiled(program):
    """A function of the arrays and the numbers of one step; both must have one dtype, conditions aside.

    Another value of a number compiles nothing anew.  It releases the interpreter while it runs.
    """
    found = {}
    exec(source(program), {"np": np}, found)
    return package().njit(found["block"], nogil=True, error_model="numpy")


def source(program):
    """The text of that function."""
    names = {a: f"{a}_in" for a in program.arrays}
    numbers = [f"k{n}_" for n in range(program.numbers)]
    text = [
        f"def block({', '.join([*names.values(), *numbers])}):",
        f"    for i in range({program.arrays[0]}_in.size):",
    ]
    text += [f"        {a} = {a_in}[i]" for a, a_in in names.items()]
    for word, arguments, result in program.lines:
        text.append(f"        {result} = {_expression(word, [_name(a) for a in arguments])}")
    text += [f"        {names[n]}[i] = {_name(v)}" for n, v in program.results.items() if n in names and n != v]
    return "\n".join(text)


def _name(argument):
    return f"k{argument}_" if isinstance(argument, int) else argument


def _expression(word, names):
    match word, names:
        case "negative", [a]:
            return f"-{a}"
        case "square", [a]:
            return f"{a} * {a}"
        case "where", [condition, a, b]:
            return f"{a} if {condition} else {b}"
        case "ratio", [a, b, otherwise]:
            return f"{otherwise} if {b} == 0 else {a} / {b}"  # a division by zero raises nothing here
        case _, [a, b] if word in SIGNS:
            return f"{a} {SIGNS[word]} {b}"
    return f"np.{word}({', '.join(names)})"


@functools.cache
def _largest():
    """A compiled function: the largest of the bits without their sign."""

    def largest(bits, unsigned):
        found = unsigned & 0
        for i in range(bits.size):
            found = max(found, bits[i] & unsigned)
        return found

    return package().njit(largest, nogil=True)


def finite(block):
    """Whether all elements of a contiguous block of float32 or float64 are finite.

    Read as whole numbers, infinities and NaN are the largest; integers compare sixteen at once, floats do not.
    """
    kind, unsigned, infinity = BITS[block.dtype]
    return _largest()(block.view(kind), unsigned) < infinity
