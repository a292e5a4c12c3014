"""What must hold of every page of the built site, whoever wrote it: `python -m book.check [FOLDER]`."""

import gzip
import html
import re
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

BUDGET = 450_000  # compressed bytes of a page with all it loads, figures aside

TAG = re.compile(r"""<(a|img|script|link|source|iframe|video|object)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>""")
ATTRIBUTE = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
FOREIGN = re.compile(r"(https?:)?//")


@cache
def text_of(file):
    return file.read_text(encoding="utf-8")


@cache
def anchors(page):
    """Every id of a page."""
    return set(re.findall(r'\bid="([^"]+)"', text_of(page)))


def tags(page):
    """(name, {attribute: value}) of every tag of a page that can lead or load."""
    for name, rest in TAG.findall(text_of(page)):
        yield name, {key: html.unescape(a or b) for key, a, b in ATTRIBUTE.findall(rest)}


def follow(page, address):
    """The file that an address leads to, and its anchor: ("" for none)."""
    path, _, anchor = address.partition("#")
    path = unquote(path.partition("?")[0])
    return (page.parent / path).resolve() if path else page, unquote(anchor)


@cache
def weight(file):
    """Bytes on the way: fonts are compressed already."""
    content = file.read_bytes()
    return len(content if file.suffix in {".woff", ".woff2"} else gzip.compress(content))


def problems(site):
    """One sentence for each thing that is wrong with a page below `site`."""
    site = Path(site).resolve()
    fonts = sum(weight(f) for f in site.glob("_static/fonts/*.woff")) + 100_000  # 100 kB: the faces of KaTeX
    for sheet in sorted(site.rglob("*.css")):
        if foreign := re.search(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')]*)""", text_of(sheet)):
            yield f"{sheet.relative_to(site).as_posix()}: loads {foreign[1]}"
    for page in sorted(site.rglob("*.html")):
        name, loaded = page.relative_to(site).as_posix(), {page}
        for tag, attributes in tags(page):
            address = attributes.get("src") or attributes.get("href") or attributes.get("data") or ""
            if tag == "img" and not attributes.get("alt", "").strip():
                yield f"{name}: the image {address[:60]} has no alt text"
            if FOREIGN.match(address):
                if tag != "a" and attributes.get("rel") != "canonical":
                    yield f"{name}: <{tag}> loads {address}"
                continue
            if not address or re.match(r"(data|mailto|javascript):", address):
                continue
            file, anchor = follow(page, address)
            if not file.is_file():
                yield f"{name}: {address} leads nowhere"
            elif anchor and file.suffix == ".html" and anchor not in anchors(file):
                yield f"{name}: {address} leads to no anchor"
            elif tag in ("script", "link") and file.suffix in (".js", ".css"):
                loaded.add(file)
        bytes_on_the_way = sum(map(weight, loaded)) + fonts
        if bytes_on_the_way > BUDGET:
            yield f"{name}: {bytes_on_the_way / 1000:.0f} kB compressed, more than {BUDGET / 1000:.0f}"


def main(arguments):
    found = list(problems(arguments[0] if arguments else Path(__file__).resolve().parent.parent / "_build" / "html"))
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
