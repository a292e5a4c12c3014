"""Lays out what Python on a page loads: worker, editor, and this very optlib, as files below _static/live/."""

import functools
import hashlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np

from book.assets import write
from book.live.reach import table

HERE = Path(__file__).parent
PAGE = ("__init__.py", "runner.py", "needs.py", "above.py")  # of this folder, what runs on the page
OURS = {".py", ".js", ".css", ".mplstyle"}
UNUSED = {"__pycache__", "tests", "testing", "benchmarks"}
FACES = tuple(f"-{face}.ttf" for face in ("Regular", "Medium", "Italic", "SemiBold"))  # optlib.plot asks for these
LICENSE = re.compile(r"(LICEN[CS]E|COPYING|OFL)(\.|$)", re.I)
ENVIRONMENT = {"DESCENT_PROGRESS": "0", "MPLBACKEND": "agg"}
# What the site brings beside the book's own Python: the modules of each zip, and whose company it keeps.
FIRST = ["numpy"]
PACKS = {"sympy": ["sympy", "mpmath"], "fonts": ["fontpkg_fira_sans"], "data": ["sklearn.datasets"]}
ALONG = {"fontpkg_fira_sans": "matplotlib"}


def package(name):
    """{place in a zip: path} of an installed package: its Python, without tests, its license, the faces of figures."""
    folder = Path(importlib.util.find_spec(name).origin).parent
    files = {f"{name}/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*"))}
    kept = {
        place: path
        for place, path in files.items()
        if (path.suffix == ".py" and not UNUSED & {*place.split("/")}) or place.endswith(FACES)
    }
    return kept | licenses(name)


_distributions = functools.cache(metadata.packages_distributions)  # it reads the lists of all that is installed


def licenses(module):
    """{place in a zip: path} of the license texts of what an installed module came with."""
    (name,) = set(_distributions()[module])
    files = {file.name: Path(file.locate()) for file in metadata.files(name) if LICENSE.match(file.name)}
    if not files:
        raise SystemExit(f"{name} comes without the text of its license, so the site cannot hand it on")
    return {f"licenses/{name}/{file}": path for file, path in sorted(files.items())}


def data():
    """{place in a zip: bytes} of a sklearn.datasets that has the tables which optlib asks for, and nothing else."""
    from sklearn import datasets

    made = {"sklearn/__init__.py": b"", "sklearn/datasets/__init__.py": (HERE / "datasets.py").read_bytes()}
    for name in ("digits", "breast_cancer", "diabetes"):
        given = getattr(datasets, f"load_{name}")()
        small, out = given.data.astype(np.uint8), io.BytesIO()
        X = small if (small == given.data).all() else given.data
        np.savez(out, X=X, y=given.target, names=np.array(given.feature_names))
        made[f"sklearn/datasets/{name}.npz"] = out.getvalue()
    return made | licenses("sklearn")


def book(root):
    """{place in a zip: path or bytes}: optlib, what runs the cells, and autograd, which optlib.Problem may ask for."""
    own = {f"optlib/{p.relative_to(root / 'optlib').as_posix()}": p for p in sorted((root / "optlib").rglob("*"))}
    own = {place: path for place, path in own.items() if path.suffix in OURS}
    own |= {f"live/{name}": HERE / name for name in PAGE} | {"anywidget.py": HERE / "anywidget.py"}
    return own | package("autograd") | {"live/table.json": json.dumps(reached(root / "optlib"), indent=0).encode()}


def reached(optlib):
    """book.live.reach.table, where optlib's need of scikit-learn is one of data."""
    instead = {"sklearn": "sklearn.datasets"}
    return {name: [instead.get(module, module) for module in found] for name, found in table(optlib).items()}


def zipped(contents):
    """A zip of {place: path or bytes} that is the same whenever its contents are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for place, content in sorted(contents.items()):
            content = content if isinstance(content, bytes) else content.read_bytes()
            made.writestr(zipfile.ZipInfo(place), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def editor(root, out):
    """The editor as one module, with the licenses of what is in it beside it."""
    metafile, target = out / "editor-parts.json", out / "editor.js"
    command = [root / "node_modules" / ".bin" / "esbuild", HERE / "editor.js", "--bundle", "--format=esm", "--minify"]
    command += ["--target=es2022", "--legal-comments=none", "--log-level=warning"]
    command += [f"--outfile={target}", f"--metafile={metafile}"]
    made = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=root)
    if made.returncode:
        raise SystemExit(f"the editor cannot be bundled, run `npm ci` (`make html` does): {made.stderr}")
    parts = [name.split("/") for name in json.loads(metafile.read_text())["inputs"] if name.startswith("node_modules/")]
    metafile.unlink()
    packages = sorted({"/".join(part[1 : 3 if part[1].startswith("@") else 2]) for part in parts})
    texts = [f"{name}\n\n{(root / 'node_modules' / name / 'LICENSE').read_text()}" for name in packages]
    write(out / "editor-licenses.txt", "\n".join(texts))


def distribution(address, site):
    """(what the page asks for, {file: bytes}) of an address, or of a folder, which is copied to pyodide/."""
    known = json.loads((HERE / "pyodide.json").read_text())
    if re.match(r"https?://|/|\.\.?/", address) and not Path(address).is_dir():
        return address.rstrip("/") + "/", known["sizes"]
    folder = Path(address)
    if not (folder / "pyodide.mjs").is_file():
        raise SystemExit(f"DESCENT_PYODIDE must be an address or a folder with pyodide.mjs in it, got {address!r}")
    shutil.copytree(folder, site / "pyodide", dirs_exist_ok=True)
    return "../../pyodide/", {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.is_file()}


def lay(root, site, pyodide):
    """Write _static/live/ of a built site anew.  pyodide: the distribution, an address or a folder."""
    out = site / "_static" / "live"
    shutil.rmtree(out, ignore_errors=True)
    zips = {"book": zipped(book(root)), "data": zipped(data())}
    for name in PACKS.keys() - zips.keys():
        zips[name] = zipped({place: path for module in PACKS[name] for place, path in package(module).items()})
    for name, content in zips.items():
        write(out / f"{name}.zip", content)
    address, sizes = distribution(pyodide, site)
    sizes |= {f"{name}.zip": len(content) for name, content in sorted(zips.items())}
    marks = {name: hashlib.sha256(content).hexdigest()[:8] for name, content in sorted(zips.items())}
    settings = dict(pyodide=address, first=FIRST, packs=PACKS, along=ALONG, environment=ENVIRONMENT)
    settings |= dict(marks=marks, sizes=sizes)  # a mark changes with its zip: no browser shows an old one
    write(out / "settings.json", json.dumps(settings, indent=1) + "\n")
    for path in sorted([*HERE.glob("*.js"), *HERE.glob("*.css")]):
        if path.name != "editor.js":
            write(out / path.name, path.read_bytes())
    editor(root, out)
