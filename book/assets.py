"""What the pages need and the repository does not hold: fonts, styles of KaTeX and of the theme, the cover."""

import hashlib
import re
import shutil
from pathlib import Path

# Latin, Greek and the signs of running text and code comments; the rest of a face is dead weight on a page.
LETTERS = "U+20-7E,U+A0-17F,U+391-3C9,U+2010-2027,U+2030-203A,U+2070-2089,U+20AC,U+2122,U+2190-2193,U+2202-22A5"
FACES = [("Regular", 400, "normal"), ("Italic", 400, "italic"), ("SemiBold", 600, "normal")]


def fingerprint(path):
    """A short name for the content of a file, or of all Python, JavaScript, TOML and style files below a folder."""
    kinds = {".py", ".js", ".css", ".toml", ".mplstyle"}
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in kinds)
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(path)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def write(path, content):
    """Write bytes or text where they differ from what is there, so that nothing looks newer than it is."""
    content = content.encode() if isinstance(content, str) else content
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def katex(modules, out):
    """KaTeX's style sheet and its woff2 fonts, from the npm package."""
    dist = modules / "katex" / "dist"
    if not dist.is_dir():
        raise SystemExit(f"{dist} is not there: run `npm ci` first (`make html` does)")
    css = (dist / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r',url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", css)
    write(out / "katex" / "katex.min.css", css.replace("font-display:block", "font-display:swap"))
    for font in dist.glob("fonts/*.woff2"):
        write(out / "katex" / "fonts" / font.name, font.read_bytes())


def fonts(out):
    """Fira Sans in the three faces of the page, cut down to `LETTERS`, and the style sheet that names them."""
    import fontpkg_fira_sans
    from fontTools import subset

    source = Path(fontpkg_fira_sans.__file__).parent / "files"
    options = subset.Options(layout_features=["kern", "liga", "tnum", "lnum"], hinting=False, flavor="woff")
    rules = []
    for face, weight, style in FACES:
        target = out / "fonts" / f"fira-{face.lower()}.woff"
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            font = subset.load_font(source / f"FiraSans-{face}.ttf", options)
            cut = subset.Subsetter(options)
            cut.populate(unicodes=subset.parse_unicodes(LETTERS))
            cut.subset(font)
            subset.save_font(font, target, options)
        rules.append(
            f'@font-face{{font-family:"Fira Sans";font-weight:{weight};font-style:{style};font-display:swap;'
            f'src:url({target.name}) format("woff")}}'
        )
    write(out / "fonts" / "fonts.css", "\n".join(rules) + "\n")
    write(out / "fonts" / "LICENSE.txt", (source.parent / "LICENSE").read_bytes())


def theme(out):
    """The theme's style sheet without Font Awesome; book.css draws the dozen icons that are used."""
    import pydata_sphinx_theme

    static = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    css = (static / "styles" / "pydata-sphinx-theme.css").read_text(encoding="utf-8")
    start = css.find("/*!\n * Font Awesome")
    end = css.find("html{--pst-header-height")
    if not 0 < start < end:
        raise SystemExit("the theme's style sheet is laid out differently: see book/assets.py, theme()")
    css = css[:start] + css[end:]
    write(out / "theme.css", re.sub(r"/\*# sourceMappingURL.*?\*/", "", css))


def cover(out, drawn_by):
    """The cover in both skins as WebP, a tenth of the PNG; drawn anew when the fingerprint of optlib has changed."""
    if (out / "cover.txt").is_file() and (out / "cover.txt").read_text() == drawn_by:
        return
    from PIL import Image

    from optlib.plot.cover import cover as draw

    for skin, png in zip(("light", "dark"), draw(out)):
        picture = Image.open(png).convert("RGB")
        picture.thumbnail((1400, 1400))
        picture.save(out / f"cover-{skin}.webp", quality=80, method=6)
        png.unlink()
    write(out / "cover.txt", drawn_by)


def vendor(root, out):
    """Put everything below `out`; what is there and right is left alone."""
    katex(root / "node_modules", out)
    fonts(out)
    theme(out)
    cover(out, fingerprint(root / "optlib"))


def prune(site):
    """Drop from the built site what no page loads: the theme's icons, source maps, pictures of earlier builds."""
    static = site / "_static"
    shutil.rmtree(static / "vendor", ignore_errors=True)
    dead = (
        "scripts/fontawesome*",
        "styles/pydata-*",
        "**/*.map",
        "images/logo_*",
        "*webpack-macros.html",
        "readme-*.png",
    )
    for file in {file for pattern in dead for file in static.glob(pattern)}:
        file.unlink()
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    shown = {name for page in pages for name in re.findall(r"_images/([\w.-]+)", page)}
    for file in (site / "_images").glob("*"):
        if file.name not in shown:
            file.unlink()
