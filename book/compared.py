"""What a method's card says of other libraries: the calls of methods.toml, and what was measured of each.

tests/conformance/methods.py measures; tests/reference/methods.json holds it.
"""

import ast
import functools
import json
import math

from book import cards

FILE = cards.ROOT / "tests" / "reference" / "methods.json"
TITLES = {"scipy": "SciPy", "sklearn": "scikit-learn", "torch": "PyTorch", "optax": "optax"}
TITLES |= {"optimistix": "optimistix", "pyproximal": "pyproximal", "skglm": "skglm", "curvlinops": "curvlinops"}
TITLES |= {"pytorch_optimizer": "pytorch_optimizer"}
PACKAGES = {"sklearn": "scikit-learn", "curvlinops": "curvlinops-for-pytorch"}
PLACES = {
    "rosenbrock": "Rosenbrock's valley from $(-1.2, 1)$",
    "tumors": "logistic regression of the tumors from zero",
    "few": "logistic regression on five measurements of the tumors from zero",
    "enzyme": "the rates of an enzyme",
    "pairs": "Rosenbrock's valley from $(-1.2, 1)$",
    "sparse": "the lasso of the diabetes data from zero",
    "root": "$\\sqrt{1+x^2}$ from 0.5",
}


@functools.cache
def measured():
    """What tests/reference/methods.json holds: the versions, and {(method, call): row}."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    return stored["made_by"], {(row["method"], row["call"]): row for row in stored["rows"]}


def listed(parts):
    """a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def difference(row, entry):
    """One sentence on what was measured."""
    first, last = cards.amount(row["first"]), cards.amount(row["last"])
    at = PLACES.get(entry["place"], "")
    worst = cards.amount(max(row["first"], row["last"]))
    match entry["compare"], entry.get("same", False):
        case "update", True:
            return f"**The same** update: over eight pairs of a quadratic the matrices differ by {worst} at most."
        case "direction", True:
            return f"**The same** direction from its own pairs: they differ by {worst} of its length at most, on {at}."
        case "points", True:
            return f"**The same** points: they differ by {worst} at most in eight steps, on {at}."
        case "steps" | "wrapped", True:
            by = f"in eight they differ by {worst} at most" if worst != "0" else "eight are equal bit by bit"
            return f"**The same** steps: {by}, on {at}."
        case "steps", False:
            many = entry.get("steps", 8)
            return f"**Not the same.** Differs by {first} after one step and {last} after {many}, on {at}."
        case "minimizer", False:
            if row["last"] > 1e-6:
                return f"**Not there yet**: its end differs by {last} of the largest parameter, on {at}."
            less = f"$10^{{{math.ceil(math.log10(row['last']))}}}$"
            return f"**The same minimizer**, by other steps: to {less} of the largest parameter, on {at}."
        case "stored", True:
            return f"**The same** step: on a small network its weights differ by {worst} at most."
        case "path", True:
            return f"**The same** path: to {worst} of the largest parameter, for twenty weights of the diabetes data."
        case "length", False:
            return f"**Not the same.** What it returns differs by {last} of ours."
    raise ValueError(f"compare must be one that difference() knows, got {entry['compare']}")


def library(name, told):
    """What other libraries have of it, as Markdown."""
    rows, out = measured()[1], []
    entries = told.get("library", [])
    for of in dict.fromkeys(entry["of"] for entry in entries):
        out.append(f"### {TITLES[of]}")
        for entry in (e for e in entries if e["of"] == of):
            row = rows.get((name, entry["call"]))
            said = difference(row, entry) if row else "Not yet measured."
            given = ", ".join(f"`{k}={v}`" for k, v in entry.get("with", {}).items())
            said += f" {entry['why']}" if "why" in entry else ""
            out.append(f"{said}{given and f' Here with {given}.'}\n\n{cards.code(entry['call'])}")
    return "\n\n".join(out)


NAMED = {  # in the calls
    "theta": "`theta` is the start",
    "f": "`f` is the loss",
    "grad": "`grad` the gradient",
    "hess": "`hess` the Hessian",
    "residual": "`residual` and `jacobian` are what the method asks",
    "fn": "`fn(theta, args)` is the loss or the residual in JAX",
    "slope": "`slope(theta, args)` is the gradient in JAX",
    "p": "`p` is the parameter, a tensor",
    "X": "`X` and `y` are the data, to which the estimator is fitted",
    "l2": "`l2` is the weight of the penalty",
    "weight": "`weight` is that of the penalty",
    "weights": "`weights` are twenty of them",
    "smooth": "`smooth` is the smooth part of the loss",
    "direction": "`direction` is minus the gradient",
    "lr": "`lr` is the rate",
    "radius": "`radius` is that of SAM",
    "model": "`model`, `loss`, `params` and `data` are the network, its loss, its weights and one batch",
    "steps": "`steps` says how many",
}


def introduction(told):
    """What stands above the calls: the names in them, and the versions."""
    entries = told.get("library", [])
    if not entries:
        return told["none"]
    made_by = measured()[0]
    packages = dict.fromkeys(PACKAGES.get(entry["of"], entry["of"]) for entry in entries)
    versions = listed([f"{TITLES.get(p, p)} {made_by[p]}" for p in packages])
    used = {node.id for e in entries for node in ast.walk(ast.parse(e["call"])) if isinstance(node, ast.Name)}
    used |= {"X"} if {"sklearn", "skglm"} & {entry["of"] for entry in entries} else set()
    named = ", ".join(words for word, words in NAMED.items() if word in used)
    run = f"Each call was run in double precision, with {versions}, and compared with the method."
    sentences = [run, told.get("none", "")]
    return " ".join(s for s in [*sentences, f"In the calls {named}." if named else ""] if s)
