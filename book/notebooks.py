"""The reference notebooks: each chapter executed, its printed numbers kept, its pictures left out.

`python -m book.notebooks [CHAPTER...]` writes them to book/notebooks/; nbval executes them again and compares.
"""

import base64
import hashlib
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from book.pairing import CONFIG, ROOT, chapters

REFERENCES = ROOT / "book" / "notebooks"
CELL_SECONDS = 120
# What a chapter prints must not depend on hash seeds, on how many threads add up a sum, on how long a run takes (a
# progress bar), or on the reader's IPython profile. For nbval, book/notebooks/conftest.py sets the same.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "DESCENT_PROGRESS": "0",
    "IPYTHONDIR": str(ROOT / "_build" / "ipython"),
}

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').decode()
PLACEHOLDER = {"image/png": PNG, "image/svg+xml": base64.b64decode(SVG).decode()}
ANSI = re.compile(r"\x1b\[[0-9;]*m")
DATA_URI = re.compile(r"data:image/([a-z+]+);base64,[A-Za-z0-9+/=]+")


def read(md):
    """A chapter as a notebook without outputs; the id of a cell follows from its text, so that it stays."""
    notebook = jupytext.read(md, fmt="md:myst", config=CONFIG)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata = nbformat.from_dict({"kernelspec": kernel, "language_info": {"name": "python"}})
    seen = set()
    for cell in notebook.cells:
        ids = (hashlib.sha256(f"{cell.source}{n or ''}".encode()).hexdigest()[:8] for n in range(len(seen) + 1))
        cell["id"] = next(name for name in ids if name not in seen)
        seen.add(cell["id"])
    return notebook


def _picture(match):
    kind = match[1]
    return f"data:image/{kind};base64,{SVG if kind == 'svg+xml' else PNG}"


def _plain(output):
    """An output without its pictures and the ids of its widgets."""
    if "data" in output:
        output.data.pop("application/vnd.jupyter.widget-view+json", None)
        for mime, value in output.data.items():
            if mime in PLACEHOLDER:
                output.data[mime] = PLACEHOLDER[mime]
            elif isinstance(value, str):
                output.data[mime] = DATA_URI.sub(_picture, value)
        output.metadata = nbformat.from_dict({})
    elif "text" in output:
        output.text = DATA_URI.sub(_picture, output.text)
    return output


def execute(notebook, folder):
    """Run the cells of a notebook in a kernel of its own, in `folder`, and return it settled.

    Raises nbclient's CellExecutionError where a cell fails, ValueError where one writes to standard error.
    """
    metadata = {key: notebook.metadata[key] for key in ("kernelspec", "language_info")}
    NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=40"],
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute(env=os.environ | ENVIRONMENT)
    notebook.metadata = nbformat.from_dict(metadata)  # the kernel wrote its version of Python there
    return settle(notebook)


def settle(notebook):
    """Take out of a notebook's outputs all that a second run would change. Raises ValueError for standard error."""
    for number, cell in enumerate(code_cells(notebook)):
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                raise ValueError(f"cell {number} wrote to standard error: {output.text.strip()}")
        cell.outputs = _joined([_plain(output) for output in cell.outputs])
    return notebook


def _joined(outputs):
    """The outputs, with neighbors that were printed as one: how often a kernel sends depends on how fast it runs."""
    joined = []
    for output in outputs:
        if joined and output.output_type == joined[-1].output_type == "stream":
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def code_cells(notebook):
    """The cells that hold code, in nbval's numbering: the first is cell 0."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def reference(md, root=ROOT):
    """Where the reference notebook of a chapter lies."""
    return root / "book" / "notebooks" / md.relative_to(root / "chapters").with_suffix(".ipynb")


def write(md, root=ROOT):
    """Execute one chapter and write its reference notebook; return what went wrong in one string, or None."""
    path = reference(md, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        notebook = execute(read(md), path.parent)
    except (CellExecutionError, ValueError) as error:
        return f"{md.relative_to(root).as_posix()}: {ANSI.sub('', str(error)).strip()}"
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    return None


def stale(root=ROOT):
    """The sentences that say which reference notebook is missing, is nobody's, or does not hold its chapter."""
    of = {reference(md, root): md for md in chapters(root)}
    found = [
        f"{path.relative_to(root).as_posix()} belongs to no chapter: delete it."
        for path in sorted((root / "book" / "notebooks").rglob("*.ipynb"))
        if path not in of and ".ipynb_checkpoints" not in path.parts
    ]
    for path, md in of.items():
        names = path.relative_to(root).as_posix(), md.relative_to(root).as_posix()
        if not path.exists():
            found.append(f"{names[1]} has no reference notebook {names[0]}: run make notebooks.")
            continue
        held, wanted = nbformat.read(path, as_version=4).cells, read(md).cells
        if [(cell.id, cell.source) for cell in held] != [(cell.id, cell.source) for cell in wanted]:
            found.append(f"{names[0]} holds other cells than {names[1]}: run make notebooks.")
        elif any(cell.execution_count is None for cell in held if cell.cell_type == "code"):
            found.append(f"{names[0]} holds a cell that was never run: run make notebooks.")
    return found


def main(arguments):
    """Run from the command line; returns the exit status."""
    wanted = [Path(name).resolve().with_suffix(".md") for name in arguments] or chapters()
    for path in REFERENCES.rglob("*.ipynb") if not arguments else ():
        if path not in map(reference, wanted):
            path.unlink()
    with ProcessPoolExecutor(max_workers=2) as pool:
        errors = dict(zip(wanted, pool.map(write, wanted)))
    for md, error in errors.items():
        print(error or f"wrote {reference(md).relative_to(ROOT).as_posix()}", file=sys.stderr if error else sys.stdout)
    return 1 if any(errors.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
