"""What a cell needs of the cells above it, compared with what Python's compiler says that it loads and stores."""

import builtins
import dis
import functools
import types

import pytest

from book.live.above import needed
from book.notebooks import code_cells, read
from book.pairing import chapters

CASES = {
    "nothing": (["a = 1", "print(2)"], [], []),
    "a name": (["a = 1", "b = 2", "print(b)"], [], [1]),
    "names of names": (["a = 1", "b = a", "c = 3", "print(b)"], [], [0, 1]),
    "the last value alone": (["a = 1", "a = 2", "print(a)"], [], [1]),
    "a value made of the one before": (["a = 1", "a = a + 1", "a += 1", "print(a)"], [], [0, 1, 2]),
    "what changes it in place": (["a = []", "a.append(1)", "a[0] = 2", "b = a[0]", "print(a)"], [], [0, 1, 2]),
    "the import alone": (
        ["import numpy as np\nfrom x import a, b as c\nd = 1", "c(np)"],
        ["from x import b as c", "import numpy as np"],
        [],
    ),
    "a module is not changed by its functions": (
        ["import plot", "plot.curves(1)", "plot.curves(2)"],
        ["import plot"],
        [],
    ),
    "a function's globals": (["a = 1", "def f(x):\n    y = 2\n    return x + y + a", "f(3)"], [], [0, 1]),
    "a function's own names": (["x = y = 1", "def f(x):\n    y = 2\n    return x + y", "f(3)"], [], [1]),
    "a comprehension's own names": (["i = a = 1", "print([i * a for i in range(3)])"], [], [0]),
    "read before it is made": (["a = 1", "a = [a for _ in range(3)]"], [], [0]),
    "a walrus and a with": (["a = b = 1", "with open(b) as a:\n    print(a, (c := 2), c)"], [], [0]),
    "draws in order": (["rng = make()", "a = rng.normal()", "b = rng.normal()"], [], [0, 1]),
    "a cell that Python cannot read": (["a = 1", "a = = 2", "print(a)"], [], [0]),
}


@pytest.mark.parametrize("cells, imports, numbers", CASES.values(), ids=CASES)
def test_needed(cells, imports, numbers):
    found = needed([*cells], [False] * len(cells))
    assert (sorted(found[0]), found[1]) == (imports, numbers)


def test_what_has_run_is_not_run_again():
    cells = ["a = 1", "a = a + 1", "b = a", "print(b, a)"]
    assert needed(cells, [False, True, False, False]) == ([], [2])
    assert needed(cells, [True, False, False, False]) == ([], [1, 2])


@functools.cache
def loads_and_stores(code):
    """The global names that a cell's bytecode loads, functions in it included, and those that it stores."""
    loads, stores = set(), set()

    def look(code):
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                loads.add(step.argval)
            elif step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                stores.add(step.argval)
        for inner in code.co_consts:
            if isinstance(inner, types.CodeType):
                look(inner)

    look(compile(code, "cell", "exec"))
    return loads, stores


@pytest.mark.parametrize("md", [md for md in chapters() if md.parent.name == "chapters"], ids=lambda md: md.stem)
def test_every_cell_of_a_chapter_has_its_names(md):
    cells = [cell.source for cell in code_cells(read(md))]
    known = [loads_and_stores(code) for code in cells]
    short = 0
    for k in range(len(cells)):
        imports, numbers = needed(cells[: k + 1], [False] * (k + 1))
        assert numbers == sorted(numbers) and all(n < k for n in numbers)
        there = set(dir(builtins)) | loads_and_stores("\n".join(imports))[1]
        for n in [*numbers, k]:
            missing = known[n][0] - known[n][1] - there
            assert not missing, f"cell {k} runs cell {n} before it has {missing}"
            there |= known[n][1]
        short += len(numbers) < k / 2
    assert short > len(cells) / 2, "most cells need few of the others"
