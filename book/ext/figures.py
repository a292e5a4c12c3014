"""Pictures that a code cell drew leave the page: each becomes a file that is loaded when it comes into view.

The call that draws a picture repeats its caption and its words for those who do not see it, so its code is folded away.
"""

import base64
import hashlib
import re
from pathlib import Path

from docutils import nodes

from book.assets import write

IMAGE = re.compile(r'<img\b([^>]*?)\ssrc="data:image/(svg\+xml|png|jpeg|webp);base64,([^"]+)"')
SUFFIX = {"svg+xml": "svg", "png": "png", "jpeg": "jpg", "webp": "webp"}


def size(kind, data):
    """Width and height attributes for an SVG in points, so that the page does not jump when it arrives."""
    head = data[:2000].decode("utf-8", "replace")
    if kind != "svg+xml" or not (svg := re.search(r"<svg\b[^>]*>", head)):
        return ""
    sides = [re.search(rf'\b{side}="([\d.]+)(pt|px)?"', svg[0]) for side in ("width", "height")]
    if not all(sides):
        return ""
    pixels = [round(float(m[1]) * (4 / 3 if m[2] == "pt" else 1)) for m in sides]
    return f' width="{pixels[0]}" height="{pixels[1]}"'


def to_files(html, images, up):
    """`html` with every data URI moved to a file below `images`, which is `up` from the page."""

    def move(found):
        before, kind, data = found[1], found[2], base64.b64decode(found[3])
        name = f"{hashlib.sha256(data).hexdigest()[:16]}.{SUFFIX[kind]}"
        write(images / name, data)
        return f'<img{before} src="{up}_images/{name}" loading="lazy" decoding="async"{size(kind, data)}'

    return IMAGE.sub(move, html)


def fold(doctree):
    """Put the code of every cell that only draws a figure under a word that opens it."""
    for cell in list(doctree.findall(lambda n: isinstance(n, nodes.container) and "cell_input" in n["classes"])):
        code = next(iter(cell.findall(nodes.literal_block)), None)
        if code is not None and code.astext().startswith("plot."):
            place, parent = cell.parent.index(cell), cell.parent
            opening = '<details class="figure-code"><summary>Code of the figure</summary>'
            parent.insert(place + 1, nodes.raw("", "</details>", format="html"))
            parent.insert(place, nodes.raw("", opening, format="html"))


def resolve(app, doctree, docname):
    if app.builder.format != "html":
        return
    fold(doctree)
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext()
        if "data:image/" in text:
            moved = to_files(text, Path(app.outdir) / "_images", "../" * docname.count("/"))
            node.replace_self(nodes.raw("", moved, format=node["format"], classes=node["classes"]))


def setup(app):
    app.connect("doctree-resolved", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
