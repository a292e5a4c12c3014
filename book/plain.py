"""A chapter as a notebook that any Jupyter shows: MyST becomes plain Markdown, equations keep their numbers."""

import codecs
import re
from functools import lru_cache

import latexcodec  # noqa: F401  (teaches codecs to read LaTeX's accents)
from pybtex.database import parse_file

from book.ext.rules import find, text_of
from book.notebooks import read
from book.pairing import ROOT, chapters

FENCE = re.compile(r"(?P<fence>`{3,}|:{3,})(\{(?P<name>[\w-]+)\})?\s*(?P<title>.*)")
EQUATION = re.compile(r"```\{math\}\n:label: *(\S+)|^\$\$ *\((\S+)\)", flags=re.M)
ROLE = re.compile(r"\{(?P<name>[\w:-]+)\}`(?P<text>[^`]+)`")
OPTION = re.compile(r":([\w-]+):\s*(.*)")
TARGET = re.compile(r"\(([\w-]+)\)=")
ATTRIBUTES = re.compile(r"\{[.#][^}`]*\}")
BOXES = {"note", "tip", "warning", "important", "seealso", "admonition", "errata", "exercise"}


def number(md):
    """The number of a chapter, as printed: "7" for 07_adam."""
    return str(int(md.stem.split("_")[0]))


def equations(root=ROOT):
    """The number of every labeled equation of the book: {"eq-adam-m": "7.3"}."""
    found = {}
    for md in chapters(root):
        labels = EQUATION.findall(md.read_text(encoding="utf-8"))
        found |= {a or b: f"{number(md)}.{n}" for n, (a, b) in enumerate(labels, start=1)}
    return found


def headings(root=ROOT):
    """The heading under each target of the book: {"ch-adam": "7 Adam"}."""
    pattern = re.compile(r"^\(([\w-]+)\)=\n+#+ +(.+)$", flags=re.M)
    return {a: title for md in chapters(root) for a, title in pattern.findall(md.read_text(encoding="utf-8"))}


@lru_cache(maxsize=1)
def _entries():
    return parse_file(str(ROOT / "book" / "references.bib"), bib_format="bibtex").entries


def citation(key, textual):
    """A source as the page names it: "Polyak, 1964", or "Polyak (1964)" in running text; a link where it has a DOI."""
    entry = _entries()[key]
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [re.sub(r"[{}]", "", codecs.decode(" ".join(p.prelast_names + p.last_names), "ulatex")) for p in people]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    said = f"{who} ({entry.fields['year']})" if textual else f"{who}, {entry.fields['year']}"
    return f"[{said}](https://doi.org/{entry.fields['doi']})" if "doi" in entry.fields else said


def _role(match, known):
    name, text = match["name"], match["text"]
    titled = re.fullmatch(r"(.*?)\s*<([^>]+)>", text, flags=re.S)
    if name == "eq":
        return f"({known['equations'][text]})"
    if name.split(":")[0] == "cite":
        textual = name == "cite:t"
        said = "; ".join(citation(key.strip(), textual) for key in text.split(","))
        return said if textual else f"({said})"
    if name in ("ref", "doc", "numref", "term", "abbr"):
        return titled[1] if titled else known["headings"].get(text, text)
    raise ValueError(f"book/plain.py does not know the role {{{name}}}")


def _math(body, options, known):
    label = options.get("label")
    tag = f" \\tag{{{known['equations'][label]}}}" if label else ""
    return ["$$", *body[:-1], f"{body[-1]}{tag}", "$$"]


def _rule(title, options):
    text = text_of(find(title), docstring="no-docstring" not in options)[0]
    return ["```python", *text.rstrip().splitlines(), "```"]


def _box(name, title, options, known):
    if name == "exercise":
        title = f"Exercise {known['chapter']}.{options['name'].rsplit('-', 1)[1]}. {title}".rstrip(". ")
    return [f"**{title or name.capitalize()}**", ""]


def _until(lines, closing):
    """The options and the body of a directive, taken from the iterator of lines."""
    options, body = {}, []
    for line in lines:
        if line.strip() == closing:
            break
        if not body and (option := OPTION.fullmatch(line.strip())):
            options[option[1]] = option[2]
        elif body or line.strip():
            body.append(line)
    while body and not body[-1].strip():
        body.pop()
    return options, body


def _lines(source, known):
    lines = iter(source)
    for line in lines:
        fence = FENCE.fullmatch(line.strip())
        if fence and fence["name"]:
            name, title = fence["name"], fence["title"].strip()
            options, body = _until(lines, fence["fence"])
            if name == "math":
                yield from _math(body, options, known)
            elif name == "rule":
                yield from _rule(title, options)
            elif name in BOXES:
                yield from _box(name, title, options, known)
                yield from _lines(body, known)
            else:
                raise ValueError(f"book/plain.py does not know the directive {{{name}}}")
        elif fence and fence["fence"].startswith("`"):
            yield line
            for inside in lines:
                yield inside
                if inside.strip() == fence["fence"]:
                    break
        elif target := TARGET.fullmatch(line.strip()):
            yield from (f'<a id="{target[1]}"></a>', "")
        elif label := re.fullmatch(r"\$\$ *\((\S+)\)", line.strip()):
            yield f"\\tag{{{known['equations'][label[1]]}}} $$"
        elif not (line.startswith("%") or ATTRIBUTES.fullmatch(line.strip())):
            yield line


def markdown(source, known):
    """One Markdown cell in plain Markdown. known: {"chapter": "7", "equations": ..., "headings": ...}.

    Raises ValueError for a directive or role that is not known, KeyError for a label or source that is not there.
    """
    text = "\n".join(_lines(source.splitlines(), known))
    text = ROLE.sub(lambda match: _role(match, known), text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def notebook(md, root=ROOT):
    """A chapter as a notebook without outputs, in plain Markdown."""
    known = {"chapter": number(md), "equations": equations(root), "headings": headings(root)}
    made = read(md)
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = markdown(cell.source, known)
    made.cells = [cell for cell in made.cells if cell.source]
    return made
