"""The lives of a rule: one text, run in other vocabularies than NumPy's."""

import ast
import inspect
import textwrap
from types import FunctionType


def over(function, words):
    """`function` with the names in `words` looked up there first; its code, defaults and other globals stay."""
    twin = FunctionType(
        function.__code__,
        {**function.__globals__, **words},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    return twin


class _Telling(ast.NodeTransformer):
    """Every `return ...` of a function becomes `return locals()`; functions inside keep theirs."""

    def visit_Return(self, node):
        return ast.copy_location(ast.parse("return locals()").body[0], node)

    def visit_FunctionDef(self, node):
        return node

    def visit_Lambda(self, node):
        return node


def telling(function):
    """A twin of `function` that returns every local name with its last value, as a dict.

    Compiled from the function's source, which must be at hand (OSError otherwise); what it closes over becomes global.
    """
    module = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = module.body[0]
    definition.body = [_Telling().visit(node) for node in definition.body]
    definition.decorator_list = []
    code = compile(module, inspect.getsourcefile(function), "exec")
    inside = next(c for c in code.co_consts if inspect.iscode(c) and c.co_name == function.__name__)
    names = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    twin = FunctionType(inside, names, function.__name__, function.__defaults__)
    twin.__kwdefaults__ = function.__kwdefaults__
    return twin
