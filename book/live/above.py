"""Which cells of a page must run before one of them: read from their names, without running anything."""

import ast
import builtins
import functools
from dataclasses import dataclass, field

BUILTIN = {*dir(builtins), "__name__", "display"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass
class Names:
    """The names of one cell, by what it does with them."""

    wanted: set = field(default_factory=set)  # read before the cell gave them a value
    made: set = field(default_factory=set)
    changed: set = field(default_factory=set)  # x[0] = ..., x.append(...)
    imports: dict = field(default_factory=dict)  # name -> the statement that imports it alone


class _Reader(ast.NodeVisitor):
    """Walks a cell in the order in which Python runs it."""

    def __init__(self, made=()):
        self.names, self.later = Names(made=set(made)), set()

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self._want(node.id)
        else:
            self.names.made.add(node.id)

    def _want(self, name):
        if name not in self.names.made:
            self.names.wanted.add(name)

    def _assign(self, node):
        for part in (node.value, *(getattr(node, "targets", None) or [node.target])):
            if part is not None:
                self.visit(part)

    visit_Assign = visit_AnnAssign = visit_NamedExpr = _assign

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self._want(node.target.id)
        self._assign(node)

    def visit_For(self, node):
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    def _within(self, node):
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Store):
            self.names.changed |= _root(node)

    visit_Attribute = visit_Subscript = _within

    def visit_Expr(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self.names.changed |= _root(node.value.func)

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute):
            self.names.changed |= _root(node.func) & {"rng"}  # a draw moves the generator on

    def visit_Import(self, node):
        module = "." * getattr(node, "level", 0) + (getattr(node, "module", None) or "")
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            said = ast.unparse(alias)
            self.names.made.add(name)
            self.names.imports[name] = f"from {module} import {said}" if module else f"import {said}"

    visit_ImportFrom = visit_Import

    def _function(self, node):
        for part in (*getattr(node, "decorator_list", []), *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(part)
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        arguments = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
        inner = _Reader(arguments | set().union(*map(_stored, body)))
        for part in body:
            inner.visit(part)
        self.later |= inner.names.wanted | inner.later  # wanted when it is called
        self.names.made |= {node.name} if hasattr(node, "name") else set()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        self.names.made.add(node.name)

    def _comprehension(self, node):
        inner = _Reader(self.names.made)
        for part in node.generators:
            for piece in (part.iter, part.target, *part.ifs):
                inner.visit(piece)
        for piece in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            inner.visit(piece)
        self.names.wanted |= inner.names.wanted
        self.names.changed |= inner.names.changed
        self.later |= inner.later

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


def _root(node):
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _stored(node):
    """The names that a statement of a function gives a value to, which are then its own."""
    if isinstance(node, FUNCTIONS):
        return {node.name} if hasattr(node, "name") else set()
    own = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
    return own.union(*map(_stored, ast.iter_child_nodes(node)))


@functools.lru_cache(maxsize=500)
def names(code):
    """The Names of a cell; of one that Python cannot read, none."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names()
    reader = _Reader()
    reader.visit(tree)
    found = reader.names
    found.wanted |= reader.later - found.made
    found.wanted -= BUILTIN
    return found


def needed(cells, ran):
    """What the last of `cells` needs of those above it: (import statements, numbers of cells), each in order.

    cells: texts.  ran: whether each has run already, so that its names are there.
    """
    read = [names(code) for code in cells]
    modules = {name for cell in read for name in cell.imports}
    imports, found = {}, set()

    def look(k):
        for name in sorted(read[k].wanted):
            for j in range(k - 1, -1, -1):
                above = read[j]
                makes, changes = name in above.made, name in above.changed - modules
                if not (makes or changes):
                    continue
                if ran[j]:
                    break
                if name in above.imports:
                    imports[above.imports[name]] = None
                elif j not in found:
                    found.add(j)
                    look(j)
                if makes and name not in above.wanted:
                    break

    look(len(cells) - 1)
    return list(imports), sorted(found)
