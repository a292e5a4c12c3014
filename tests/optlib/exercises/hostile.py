"""Answers that no exercise may stumble over."""

import os
import random
import signal
import sys
import warnings

import numpy as np
import sympy

# every special method that a conversion, a comparison or a print may ask for
SPECIAL = {
    name
    for kind in (int, float, complex, str, list, dict, np.ndarray, type(iter([])), type(lambda: 0))
    for name in dir(kind)
    if name.startswith("__") and name.endswith("__")
} - {*dir(object), "__qualname__", "__name__", "__module__", "__annotations__", "__dict__", "__closure__", "__code__"}
ASKED = SPECIAL | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__str__", "__repr__", "__format__"}
ASKED |= {"__sizeof__", "__dir__", "__hash__"}


def refuse(*_, **__):
    raise RuntimeError("no")


# objects whose every special method raises; one does not even let its attributes be read
Hostile = type("Hostile", (), dict.fromkeys(ASKED, refuse))
Closed = type("Closed", (), {"__getattribute__": refuse, "__class__": property(refuse), "__float__": refuse})
Leaving = type("Leaving", (), {"__class__": property(lambda _: sys.exit()), "__float__": lambda _: sys.exit()})


class Yes:
    """An object that agrees to everything, and says that it is a text."""

    __class__ = str
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = __contains__ = lambda *_: True
    __hash__ = __len__ = __index__ = __int__ = lambda *_: 1
    __str__ = __repr__ = lambda *_: "text"
    __getattr__ = __getitem__ = __call__ = __iter__ = __array__ = lambda self, *_: self


class Everything(str):
    """A text that is equal to every other."""

    __hash__ = str.__hash__
    __eq__ = lambda *_: True  # noqa: E731
    __ne__ = lambda *_: False  # noqa: E731
    __getitem__ = strip = lower = lambda self, *_: self


class Many:
    """Says that it has two elements, and has no end."""

    def __len__(self):
        return 2

    def __iter__(self):
        while True:
            yield 1.0


class Quiet(Exception):
    __str__ = refuse


class Wordy(Exception):
    def __str__(self):
        return "x" * 10**7


class Named(type):
    __name__ = property(refuse)


class Unnamed(metaclass=Named):
    pass


def nested(depth, inner=0):
    for _ in range(depth):
        inner = [inner]
    return inner


def wide():
    """A list of a million million elements, in three lists of ten thousand."""
    a = [0] * 10**4
    return [[a] * 10**4] * 10**4


def of_objects(*objects):
    a = np.empty(len(objects), dtype=object)
    for k, each in enumerate(objects):
        a[k] = each
    return a


def recursive():
    a = []
    a.append(a)
    return a


def raises(*_):
    raise ValueError("a reason\nof two lines " + "x" * 500)


def raises_quietly(*_):
    raise Quiet


def raises_wordily(*_):
    raise Wordy


def leaves(*_):
    sys.exit(0)


def no_return(*_):
    pass


def itself(*_):
    return itself


def deeper(*a):
    return deeper(*a)


def prints(*_):
    for _ in range(400):
        print("x" * 10_000)
    return 0


def spoils(*arguments):
    """Writes into whatever it was given."""
    for a in arguments:
        if isinstance(a, np.ndarray):
            a.fill(np.nan)
    raise ValueError


def state():
    """What a check leaves as it was."""
    return {
        "numpy's errors": np.geterr(),
        "numpy's numbers": [x.tolist() if isinstance(x, np.ndarray) else x for x in np.random.get_state()],
        "numpy's printing": np.get_printoptions(),
        "random": random.getstate(),
        "depth": sys.getrecursionlimit(),
        "folder": os.getcwd(),
        "streams": (sys.stdout, sys.stderr),
        "trace": sys.gettrace(),
        "signals": [signal.getsignal(s) for s in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM)],
        "alarm": signal.getitimer(signal.ITIMER_REAL),
        "warnings": list(warnings.filters),
    }


def meddles(*_):
    """Changes all of it."""
    np.seterr(all="raise")
    np.random.seed(1)
    np.set_printoptions(precision=1)
    random.seed(1)
    sys.setrecursionlimit(5000)
    os.chdir("/")
    sys.stdout = sys.stderr = None
    sys.settrace(None)
    warnings.simplefilter("error")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    return 0


TOWER = sympy.Pow(9, sympy.Pow(9, sympy.Pow(9, 99, evaluate=False), evaluate=False))  # float() would take years


class Meddles:
    def __float__(self):
        return float(meddles())

    def __str__(self):
        return str(meddles())


Meddles.__module__ = "sympy.meddles"  # an expression of SymPy may have its own way of being printed

# each would leave a file called `ran`, if it were run
TEXTS = [
    "__import__('pathlib').Path('ran').touch()", "open('ran', 'w')", "exec('open(\"ran\", \"w\")')",
    "(lambda: open('ran', 'w'))()", "[open('ran', 'w') for _ in (1,)]", "(x := open('ran', 'w'))",
    "f'{open(\"ran\", \"w\")}'", "().__class__.__base__.__subclasses__()", "eta.__class__", "sqrt.__globals__",
    "9**9**9**9", "9**-9**9", "1e999", "1e-999", "exp(exp(exp(9)))", "sqrt(-1)", "log(0)", "0**0", "0**-1",
    "log(log(1))", "(-1)**0.5", "1/0", "eta eta", "factorial(9**9)", "(" * 10**5 + "1" + ")" * 10**5,
    "(" * 290 + "1" + ")" * 290, "-" * 599 + "1", "1+" * 290 + "1", "x" * 10**6, "9" * 10**5, "9" * 600, "\x00",
    "\ud800", "½", "²", "١", "eta²²²²", "eta\n\n+1", "eta;eta", "eta=1", "#", "'eta'", "lambda: 0", "*eta", "yield",
    "await eta", "sqrt(eta, eta)", "sqrt(*eta)", "sqrt", "sqrt()", "eta[0]", "1 if eta else 2", "eta < 1", "not eta",
    "True", "None", "...eta", "1_000", "0x10", "1j", "b'1'", "eta@eta", "eta//eta", "eta%eta", "eta if", "()", "{}",
    "text", "1",
]  # fmt: skip

OBJECTS = [
    None, True, False, float("nan"), float("inf"), -float("inf"), 10**400, 10**5000, 1e300, -1e308, 5e-324, 1j, b"1",
    [], {}, {1}, object(), Hostile(), Closed(), Leaving(), Yes(), Many(), Everything("right"), Unnamed(), Unnamed,
    Named, type, np, range(10**9), range(2), iter([1, 2]), (i for i in range(2)), nested(90), nested(3, [...][:0]),
    recursive(), wide(), [range(10**9), 1], [range(10**9)] * 2, [10**400, 1], [np.nan, np.nan], [[1], [1, 2]],
    ["1", "2"], [True, False], [None, 1], [Hostile(), Yes()], bytearray(b"12"), memoryview(b"12"), {"a": 1},
    {1: 2, 3: 4}.keys(), slice(0), NotImplemented, Exception(), np.array([]), np.array(["a"]), np.array([1j, 1]),
    np.complex64(1j), np.bool_(True), np.str_("x"), np.void(b"1"), np.array([True, False]), np.full((64, 10), np.nan),
    np.zeros((2000, 2000)), np.broadcast_to(0.0, (10**6, 10**6)), np.array(None), of_objects(Hostile(), Yes()),
    np.ma.masked, np.datetime64("2020-01-01"), np.zeros(2, dtype="f8,f8"), sympy.Symbol("q"), sympy.oo, sympy.zoo,
    sympy.nan, sympy.I, sympy.Integer(7) ** 999, sympy.Matrix([1, 2]), sympy.true, sympy.S.EmptySet,
    sympy.Integral(sympy.Symbol("eta"), sympy.Symbol("eta")),
]  # fmt: skip

FUNCTIONS = [
    raises, leaves, no_return, raises_quietly, raises_wordily, deeper, itself, prints, spoils, meddles, print,
    np.linalg.norm, int, lambda: 0, lambda *a: "text", lambda *a: np.zeros(3), lambda *a: [1, [2, 3]], lambda *a: a,
    lambda *a: (np.nan,) * 3, lambda *a: 10**400, lambda *a: wide(), lambda *a: recursive(), lambda *a: range(10**9),
    lambda *a: np.broadcast_to(0.0, (10**6, 10**6)), lambda *a: Hostile(), lambda *a: Closed(), lambda *a: Yes(),
    lambda *a: Many(), lambda *a: (Hostile(),) * 3, lambda *a: Meddles(), lambda *a: (i for i in a),
    lambda *a: iter(int, 1), lambda *a: type, lambda *a: Exception, lambda *a: 1j, lambda *a: np.ma.masked,
]  # fmt: skip
