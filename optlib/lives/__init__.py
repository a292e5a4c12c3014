"""The lives of a rule: one text, run in other vocabularies than NumPy's."""

import sys
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


def final_values(function, arguments):
    """Every local name of one call of `function(**arguments)` with its last value, as a dict."""
    names = {}

    def look(frame, event, argument):
        if event == "return" and frame.f_code is function.__code__:
            names.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        function(**arguments)
    finally:
        sys.setprofile(before)
    return names
