"""The front end of a widget as one JavaScript module, put together from the readable files in front/."""

import functools
import json
import re
from pathlib import Path

FRONT = Path(__file__).parent / "front"
_IMPORT = re.compile(r'^import (?:(?P<name>\w+)|\{[^}]*\}) from "(?P<path>[^"]+)";\n', re.MULTILINE)


@functools.cache
def module_source(name):
    """One ES module without imports, as a string: what `name` ("explorer.js" or "stream.js") needs, each file once.

    anywidget takes it as `_esm`; the site writes it to a file.  Comments and indentation are left out, so a line of the
    sources may not continue a string that spans lines and cares about its blanks.  Raises FileNotFoundError.
    """
    parts = {}
    _gather((FRONT / name).resolve(), parts)
    *helpers, main = _needed(parts)
    helpers = [re.sub(r"^export ", "", text, flags=re.MULTILINE) for text in helpers]
    lines = "\n".join([*helpers, main]).split("\n")
    lines = [line.strip() for line in lines if not line.lstrip().startswith("//")]
    return "\n".join(line for line in lines if line) + "\n"


def _needed(parts):
    """The texts of the parts; of what optlib.lives.javascript has written, only the tables that another part names."""
    written = (FRONT / "../generated.js").resolve()
    others = "\n".join(text for path, text in parts.items() if path != written)
    for path, text in parts.items():
        head, *tables = re.split(r"^(?=export const )", text, flags=re.MULTILINE) if path == written else [text]
        yield head + "".join(table for table in tables if re.search(rf"\b{table.split()[2]}\b", others))


def _gather(path, parts):
    """Put the file and all it imports into `parts` (path: text without imports), what is imported first."""
    text = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        wanted = (path.parent / found["path"]).resolve()
        if wanted in parts:
            continue
        if wanted.suffix == ".css":
            css = re.sub(r"\s*\n\s*", "", re.sub(r"/\*.*?\*/", "", wanted.read_text(encoding="utf-8"), flags=re.DOTALL))
            parts[wanted] = f"const {found['name']} = {json.dumps(css)};"
        else:
            _gather(wanted, parts)
    parts[path] = _IMPORT.sub("", text)
