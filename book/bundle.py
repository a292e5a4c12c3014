"""One style sheet and one script for the whole site: what several packages write, in order, less what no page uses."""

import re

from book.assets import write

STYLES = [
    "basic.css",
    "theme.css",
    "styles/sphinx-book-theme.css",
    "pygments.css",
    "mystnb.*.css",
    "katex/katex.min.css",
    "fonts/fonts.css",
    "book.css",
]
SCRIPTS = [
    "book.js",  # before the theme's, which stop where the browser blocks localStorage
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "scripts/bootstrap.js",
    "scripts/pydata-sphinx-theme.js",
    "scripts/sphinx-book-theme.js",
]
TOKEN = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^"')]*\)|[{};]""")


def rules(css):
    """The top-level rules of a style sheet: (what stands before the brace, the body), or (statement, None)."""
    start, depth, head = 0, 0, ""
    for token in TOKEN.finditer(css):
        sign = token[0]
        if sign == "{":
            if depth == 0:
                head, start = css[start : token.start()].strip(), token.end()
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield head, css[start : token.start()]
                start = token.end()
        elif sign == ";" and depth == 0:
            yield css[start : token.start()].strip(), None
            start = token.end()


def used(selector, words):
    """Whether a page can match the selector: every class and id in it, outside brackets, is among the words."""
    while "(" in selector and (shorter := re.sub(r"\([^()]*\)", "", selector)) != selector:
        selector = shorter
    return all(name in words for name in re.findall(r"[.#]((?:[\w-]|\\.)+)", re.sub(r"\[[^]]*\]", "", selector)))


def purge(css, words):
    """The style sheet without comments and without rules that match nothing built of these words."""
    kept = []
    for head, body in rules(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if body is None:
            kept.append(f"{head};")
        elif head.startswith(("@media", "@supports", "@container", "@layer")):
            inner = purge(body, words)
            kept.append(f"{head}{{{inner}}}" if inner else "")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            alive = [s.strip() for s in re.split(r",(?![^(]*\))", head) if used(s, words)]
            kept.append(f"{','.join(alive)}{{{body.strip()}}}" if alive else "")
    return "\n".join(line for line in kept if line)


def bundle(site):
    """Write _static/site.css and _static/site.js of a built site."""
    static = site / "_static"
    names = [*static.rglob("*.js"), *site.rglob("*.html")]
    words = set(re.findall(r"[\w-]+", "\n".join(file.read_text(encoding="utf-8") for file in names)))
    sheets = []
    for pattern in STYLES:
        for file in static.glob(pattern):
            folder = file.parent.relative_to(static).as_posix()
            text = re.sub(r"@(import|charset)[^;]*;", "", file.read_text(encoding="utf-8"))
            sheets.append(re.sub(r'url\((?!["\']?(?:data:|#|/))', f"url({folder}/" if folder != "." else "url(", text))
    write(static / "site.css", purge("\n".join(sheets), words) + "\n")
    scripts = [(static / name).read_text(encoding="utf-8") for name in SCRIPTS]
    scripts = [re.sub(r"//# sourceMappingURL.*", "", text) for text in scripts]
    write(static / "site.js", "\n;".join(scripts) + "\n")
