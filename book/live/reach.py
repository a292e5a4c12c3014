"""What each name of optlib, and each exercise's check, can import beside NumPy: found in the sources, nothing is run.

A page loads Matplotlib, scikit-learn or SymPy when a cell reaches for them, and not before.
"""

import ast
import functools
import sys
from pathlib import Path

# asked for by name alone (`backend="numba"`, a progress bar), on the page already, or in place of an absent one
APART = {"numpy", "tqdm", "numba", "torch", "jax", "anywidget", "autograd", "fontpkg_fira_sans"}
BACKENDS = "optlib.lives"  # reached by `backend=`; the page has no compiler


def table(folder):
    """{"optlib.plot": [...], "optlib.problems.digits": [...], "check adam-6": [...]}: names with what they need.

    folder: the package optlib.  Names that need nothing but NumPy are left out.
    """
    sources = Sources(folder)
    found = {module: set(sources.loaded(module)) for module in sources.trees}
    for module in sources.trees:
        for name in sources.names(module):
            # a function may have the name of its module, as optlib.problems.digits
            found.setdefault(f"{module}.{name}", set()).update(sources.loaded(module), sources.reached(module, name))
        if module.startswith("optlib.exercises."):
            found |= {f"check {exercise}": needed for exercise, needed in sources.exercises(module).items()}
    return {name: sorted(needed) for name, needed in sorted(found.items()) if needed}


class Sources:
    """The syntax trees of a package and what their names lead to."""

    def __init__(self, folder):
        folder = Path(folder)
        self.trees = {}
        for path in sorted(folder.rglob("*.py")):
            parts = [folder.name, *path.relative_to(folder).with_suffix("").parts]
            self.trees[".".join(parts).removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
        self.names, self.loaded, self.leads = map(functools.cache, (self._names, self._loaded, self._leads))

    def _names(self, module):
        """{name: the nodes that make it} of what a module defines or imports at its top."""
        made = {}
        for node in self.trees[module].body:
            for name, maker in _made(node):
                made.setdefault(name, []).append(maker)
        return made

    def _loaded(self, module):
        """What importing a module brings along, packages outside the standard library."""
        found, seen, waiting = set(), set(), [module]
        while waiting:
            here = waiting.pop()
            if here in seen or here not in self.trees:
                continue
            seen.add(here)
            waiting.append(here.rpartition(".")[0])
            for node in _running(self.trees[here]):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    inner, outer = self._imported(node)
                    waiting += inner
                    found |= outer
        return frozenset(found)

    def reached(self, module, name):
        """What a name's code imports when it runs, and the code that it leads to."""
        return self._follow([(module, node) for node in self.names(module).get(name, [])])

    def exercises(self, module):
        """{exercise: what its check reaches} of a module of exercises."""
        found = {}
        for node in self.names(module).get("EXERCISES", []):
            for key, value in zip(node.value.keys, node.value.values):
                found[key.value] = self.loaded(module) | self._follow([(module, value)])
        return found

    def _follow(self, waiting):
        found, seen = set(), set()
        while waiting:
            module, node = waiting.pop()
            if id(node) not in seen and not module.startswith(BACKENDS):
                seen.add(id(node))
                outer, further = self.leads(module, node)
                found |= outer
                waiting += further
        return frozenset(found)

    def _leads(self, module, node):
        """What a node imports, and the nodes that it leads to."""
        found, further = set(), []
        for part in ast.walk(node):
            if isinstance(part, ast.Import | ast.ImportFrom):
                inner, outer = self._imported(part)
                found |= outer.union(*map(self.loaded, inner))
                if isinstance(part, ast.ImportFrom):
                    further += self._there(part.module, [alias.name for alias in part.names])
            elif isinstance(part, ast.Name):
                further += self._there(module, [part.id])
            elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                for made in self.names(module).get(part.value.id, []):
                    if isinstance(made, ast.ImportFrom):
                        further += self._there(f"{made.module}.{made.names[0].name}", [part.attr])
        return found, further

    def _there(self, module, names):
        """The nodes that make these names in another module of the package."""
        if module not in self.trees:
            return []
        return [(module, node) for name in names for node in self.names(module).get(name, [])]

    def _imported(self, node):
        """(modules of this package, packages outside) that an import names."""
        if isinstance(node, ast.Import):
            asked = [alias.name for alias in node.names]
        else:
            asked = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        inner = [name for name in asked if name in self.trees]
        outer = {name.partition(".")[0] for name in asked} - sys.stdlib_module_names - APART - {"optlib", "__future__"}
        return inner, outer


def _made(node):
    """(name, what makes it) for each name that a statement at the top of a module binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name, node
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], ast.Import([alias])
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, ast.ImportFrom(node.module, [alias], 0)
    else:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id, node


def _running(node):
    """The nodes that run when a module is imported: not those inside of functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _running(child)
