"""Which cells of a chapter must run for its answers, so that a class need not run every experiment again."""

import ast
import re
import symtable


def needed(sources, book):
    """The cells, with nothing in the place of those that need not run.

    A cell of the book that its owner did not change runs only where it checks an answer, or a later cell that runs
    needs a name from it.
    """
    kept, wanted = [], set()
    for source in reversed(sources):
        parts = statements(source)
        if source.strip() in book and parts is not None:
            used, bound = (set().union(*sets) for sets in zip(*((u, b) for u, b, _ in parts), ((), ())))
            if "check" not in used and not wanted & bound:
                kept.append("")
                continue
        kept.append(source)
        if parts is None:
            wanted |= set(re.findall(r"[^\W\d]\w*", source))
        for used, bound, surely in reversed(parts or ()):
            wanted = (wanted - bound if surely else wanted) | used
    return kept[::-1]


def statements(source):
    """(global names that it uses, names that it binds or changes, whether it surely binds them) of each statement.

    None for a cell that is no Python, such as one with a command of Jupyter's.
    """
    try:
        return [_statement(node) for node in ast.parse(source).body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _statement(node):
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    for inner in _inner(table):
        used |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global()}
    for part in _outside(node):
        targets = (
            part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AugAssign) else []
        )
        for target in targets:
            while isinstance(target, ast.Subscript | ast.Attribute):
                target = target.value
            if isinstance(target, ast.Name) and (isinstance(part, ast.AugAssign) or target.id not in bound):
                used.add(target.id)
                bound.add(target.id)
    simple = ast.Assign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef
    return used, bound, isinstance(node, simple) and not used & bound


def _outside(node):
    """The parts of a statement that are in no function of its own."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        for child in ast.iter_child_nodes(node):
            yield from _outside(child)


def _inner(table):
    for child in table.get_children():
        yield child
        yield from _inner(child)
