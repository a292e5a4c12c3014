"""How the site is put together, and the colors of its style sheet."""

import io
import os
import re

import pytest
from pygments.styles import get_style_by_name

from book import assets, build
from book.ext import katex
from optlib.plot.palette import INK

CSS = (build.ROOT / "book" / "static" / "book.css").read_text(encoding="utf-8")
CONF = (build.ROOT / "book" / "conf.py").read_text(encoding="utf-8")


def test_only_what_changed_is_staged_again(tmp_path):
    root, out = tmp_path / "root", tmp_path / "out"
    for name in ("book/index.md", "book/references.bib", "chapters/01_a.md", "chapters/solutions/01_a.md"):
        assets.write(root / name, name)
    build.stage(root, out)
    staged = {p.relative_to(out).as_posix(): p for p in out.rglob("*.*")}
    assert set(staged) == {"index.md", "references.bib", "chapters/01_a.md", "chapters/solutions/01_a.md"}
    for path in staged.values():
        os.utime(path, (1, 1))
    assets.write(root / "chapters" / "01_a.md", "changed")
    (root / "book" / "references.bib").write_text("")
    (root / "chapters" / "solutions" / "01_a.md").unlink()
    build.stage(root, out)
    times = {name: path.stat().st_mtime for name, path in staged.items() if path.exists()}
    assert times.pop("index.md") == 1 and min(times.values()) > 1
    assert set(times) == {"references.bib", "chapters/01_a.md"}


def test_warnings_name_the_files_that_a_person_edits(tmp_path):
    stream = io.StringIO()
    relay = build.Relay(stream, tmp_path)
    relay.write(f"{tmp_path}/chapters/07_adam.md:3: WARNING: a\n{tmp_path}/index.md:1: WARNING: b\n")
    assert stream.getvalue() == "chapters/07_adam.md:3: WARNING: a\nbook/index.md:1: WARNING: b\n"


def test_a_fingerprint_sees_content_and_names_and_nothing_else(tmp_path):
    assets.write(tmp_path / "a.py", "1")
    first = assets.fingerprint(tmp_path)
    assets.write(tmp_path / "notes.txt", "1")
    os.utime(tmp_path / "a.py", (1, 1))
    assert assets.fingerprint(tmp_path) == first
    assets.write(tmp_path / "a.py", "2")
    second = assets.fingerprint(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, assets.fingerprint(tmp_path)}) == 3


def test_katex_without_its_package_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(katex, "PACKAGE", tmp_path / "katex")
    with pytest.raises(RuntimeError, match="make setup"):
        katex._process("nobody")


def variables(skin):
    block = CSS.split('html[data-theme="dark"] {')[1] if skin else CSS
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block.split("}")[0]))


@pytest.mark.parametrize("skin", [0, 1])
def test_the_page_has_the_colors_of_the_figures(skin):
    page = variables(skin)
    assert {name: page[name] for name in INK} == {name: pair[skin] for name, pair in INK.items()}


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_definition():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the example of WCAG's own tools


@pytest.mark.parametrize("skin", [0, 1])
def test_every_word_can_be_read(skin):
    page = variables(skin)
    for ground in ("paper", "wash"):
        for ink in ("ink", "muted", "alarm", "link", "proved", "checked"):
            assert contrast(page[ink], page[ground]) >= 4.5, (ink, ground)
    name = re.search(rf'"pygments_{("light", "dark")[skin]}_style": "([\w-]+)"', CONF)[1]
    for token, style in get_style_by_name(name):
        if style["color"]:
            assert contrast(f"#{style['color']}", page["wash"]) >= 4.5, token
