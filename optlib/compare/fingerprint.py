"""A name for what is asked, made of content: two questions have the same name only if they have the same answer.

Functions count with their code, their defaults and what they refer to, however deep; functions of optlib with all of
optlib, those of installed packages with the package's version.  Comments and line numbers do not count.
"""

import dis
import functools
import hashlib
import importlib
import sys
import types
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent.parent

ASIDE = ("__dict__", "__weakref__", "__module__", "__firstlineno__")  # of a class: no content


class Nameless(TypeError):
    """Something whose content cannot be told, such as an open file."""


def fingerprint(thing):
    """A hexadecimal name for the content of `thing`; raises Nameless where there is something that has none."""
    digest = hashlib.sha256(f"{sys.version_info[:3]} {np.__version__} {optlib_now()}".encode())
    seen = {}
    for token in _tokens(thing, seen):
        digest.update(token.encode() + b"\0")
    return digest.hexdigest()


@functools.cache
def optlib_now():
    """A name for the Python files of optlib as they are."""
    digest = hashlib.sha256()
    for file in sorted(HERE.rglob("*.py")):
        digest.update(file.relative_to(HERE).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _tokens(thing, seen):
    """The content of `thing` as a stream of words; `seen` ends circles and numbers what was met."""
    kind = type(thing)
    if thing is None or thing is ... or kind in (bool, int, float, complex, str, bytes):
        yield f"{kind.__name__} {thing!r}"
        return
    if id(thing) in seen:
        yield f"again {seen[id(thing)][0]}"
        return
    seen[id(thing)] = len(seen), thing  # kept alive, so that its id stays its own
    if isinstance(thing, types.ModuleType):
        yield _module(thing)
    elif isinstance(thing, functools.partial):
        yield "partial"
        yield from _tokens([thing.func, thing.args, thing.keywords], seen)
    elif isinstance(thing, types.MethodType):
        yield "method"
        yield from _tokens([thing.__func__, thing.__self__], seen)
    elif isinstance(thing, np.ndarray | np.generic) and thing.dtype.hasobject is False:
        yield f"array {thing.dtype} {thing.shape} {hashlib.sha256(np.ascontiguousarray(thing)).hexdigest()}"
    elif isinstance(thing, np.ufunc):
        yield f"ufunc {thing.__name__}"
    elif isinstance(thing, np.random.Generator):
        yield "generator"
        yield from _tokens(thing.bit_generator.state, seen)
    elif isinstance(thing, dict):
        yield f"{kind.__name__} of {len(thing)}"
        for pair in thing.items():
            yield from _tokens(list(pair), seen)
    elif isinstance(thing, list | tuple):
        yield f"{kind.__name__} of {len(thing)}"
        for part in thing:
            yield from _tokens(part, seen)
    elif isinstance(thing, set | frozenset | range):
        yield f"{kind.__name__} {sorted(map(repr, thing))}"
    elif isinstance(thing, types.CodeType):
        yield from _code(thing, seen)
    elif _installed(thing):
        yield f"{_installed(thing)} {thing.__module__}.{thing.__qualname__}"
    elif isinstance(thing, types.FunctionType):
        yield "function"
        yield from _function(thing, seen)
    elif hasattr(thing, "__wrapped__"):  # functools.cache and its like
        yield "wrapped"
        yield from _tokens(thing.__wrapped__, seen)
    elif isinstance(thing, type):
        yield f"class {thing.__name__}"
        own = {k: _bare(v) for k, v in vars(thing).items() if k not in ASIDE}
        yield from _tokens([thing.__bases__, own], seen)
    else:
        yield "object"
        try:
            made = thing.__reduce_ex__(2)  # as pickle and copy take it apart
        except Exception as e:
            raise Nameless(f"{kind.__name__} has no content that can be told") from e
        parts = made if isinstance(made, str) else [list(p) if hasattr(p, "__next__") else p for p in made]
        yield from _tokens([kind, parts], seen)


def _bare(member):
    """A member of a class without what a decorator put around it."""
    if isinstance(member, property):
        return [member.fget, member.fset, member.fdel]
    return [type(member).__name__, member.__func__] if isinstance(member, staticmethod | classmethod) else member


def _function(function, seen):
    """Code, defaults, what is closed over, and the globals that are read, by this function or one inside it."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    asked = {n: function.__globals__[n] for n in sorted(_globals(function.__code__)) if n in function.__globals__}
    yield from _tokens([function.__code__, function.__defaults__, function.__kwdefaults__, cells, asked], seen)


def _code(code, seen):
    yield f"code {code.co_code.hex()} {code.co_exceptiontable.hex()} {code.co_flags}"
    yield f"{code.co_names} {code.co_varnames} {code.co_freevars} {code.co_argcount} {code.co_kwonlyargcount}"
    for constant in code.co_consts:
        yield from _tokens(constant, seen)


def _globals(code):
    names = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return names.union(*(_globals(c) for c in code.co_consts if isinstance(c, types.CodeType)))


def _module(module):
    """Installed packages by version, a module of one's own by its text."""
    root = module.__name__.partition(".")[0]
    if root in sys.stdlib_module_names:
        return f"module {module.__name__}"
    file = getattr(module, "__file__", None)
    if root == "optlib" or _is_installed(file):
        return f"module {module.__name__} {_version(root)}"
    if not file:
        raise Nameless(f"module {module.__name__} has no file")
    return f"module {module.__name__} {hashlib.sha256(Path(file).read_bytes()).hexdigest()}"


def _installed(thing):
    """The version of the package that `thing` can be imported from; None for what is defined elsewhere or inside."""
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or "<" in name:
        return None
    root = module.partition(".")[0]
    if root in sys.stdlib_module_names and root != "__main__":
        return root
    file = getattr(sys.modules.get(module), "__file__", None)
    return _version(root) if root == "optlib" or _is_installed(file) else None


def _is_installed(file):
    return bool(file) and not {"site-packages", "dist-packages"}.isdisjoint(Path(file).parts)


@functools.cache
def _version(root):
    return f"{root} {getattr(importlib.import_module(root), '__version__', '')}"
