"""python -m book.proofs FILE...: a line for each displayed equation, then the counts; exit 1 when one fails."""

import argparse
import json
import sys
from pathlib import Path

from book.proofs.prover import prove, strength, twice

ROOT = Path(__file__).resolve().parents[2]
CONVENTIONS = ROOT / "book" / "conventions.md"
KINDS = ("definition", "proved", "proved", "checked", "checked", "plain", "failed")  # as STRENGTH, in words


def main(arguments=None):
    """Prove the equations of some chapters; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m book.proofs", description=__doc__.split(":")[0])
    parser.add_argument("files", nargs="*", help="chapters, default all of them and their solutions")
    parser.add_argument("--json", action="store_true", help="one object a displayed block instead")
    options = parser.parse_args(arguments)
    chapters = ROOT / "chapters"
    files = options.files or [*sorted(chapters.glob("*.md")), *sorted(chapters.glob("solutions/*.md")), CONVENTIONS]
    for file in files:
        if not Path(file).is_file():
            parser.error(f"{file} is no file")
    found = {str(short(file)): prove(file) for file in files}
    twice(found)
    if options.json:
        print(json.dumps([as_json(file, result) for file, results in found.items() for result in results], indent=1))
    else:
        for file, results in found.items():
            for result in results:
                for e in result.equations:
                    label = (
                        f"{result.label} ({e.name})" if e.name and len(result.equations) > 1 else result.label or "-"
                    )
                    print(f"{file}:{e.at}: {label:32} {e.verdict}{'; ' * bool(e.detail)}{e.detail}")
    count = dict.fromkeys(("displayed", *dict.fromkeys(KINDS)), 0)
    for e in [e for results in found.values() for result in results for e in result.equations]:
        count["displayed"] += 1
        count[KINDS[strength(e.verdict)]] += 1
    if not options.json:
        definitions = count.pop("definition")
        said = [f"{count[k]} {k}" for k in ("displayed", "proved", "checked", "plain", "failed")]
        print(", ".join(said) + (f", {definitions} defined" if definitions else ""))
    return 1 if count["failed"] else 0


def short(file):
    """The file as seen from the repository's root, where it lies there."""
    file = Path(file).resolve()
    return file.relative_to(ROOT) if file.is_relative_to(ROOT) else file


def as_json(page, result):
    return {
        "page": page,
        "at": result.at,
        "label": result.label,
        "verdict": result.verdict,
        "rule": result.rule,
        "file": result.file and str(result.file),
        "line": result.line,
        "detail": result.detail,
    }


if __name__ == "__main__":
    sys.exit(main())
