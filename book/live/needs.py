"""Which packages a cell needs, read from its code before it runs, so that they can be loaded first.

The table says which names of optlib, and which exercises' checks, reach for a package (book/live/reach.py makes it).
"""

import ast


def needs(code, table):
    """The top-level names of the modules that a cell imports, itself or through optlib; sorted."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # it will not run either
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found |= {alias.name.partition(".")[0], *table.get(alias.name, ())}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module.partition(".")[0], *table.get(node.module, ())}
            for alias in node.names:
                found.update(table.get(f"{node.module}.{alias.name}", ()))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check" and node.args:
            if isinstance(node.args[0], ast.Constant):
                found.update(table.get(f"check {node.args[0].value}", ()))
    return sorted(found)
