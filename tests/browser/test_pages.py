"""Every page of the site, wide and narrow, light and dark."""

import json
import re

import pytest

from tests.browser import site

AXE = site.ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """() => {
  const wrong = [];
  const name = (node) => {
    const words = [node.tagName.toLowerCase() + (node.id ? "#" + node.id : ""), ...node.classList].join(".");
    const around = node.closest("[id]");
    return words + (around && around !== node ? " in #" + around.id : "");
  };
  if (!document.title.trim()) wrong.push("no title");
  if (document.documentElement.lang !== "en") wrong.push("lang is " + document.documentElement.lang);
  const heads = [...document.querySelectorAll("h1")].filter((head) => head.checkVisibility());
  if (heads.length !== 1) wrong.push(heads.length + " h1");
  if (!document.querySelector("meta[name=viewport]")) wrong.push("no meta viewport");
  const about = document.querySelector("meta[name=description]")?.content ?? "";
  if (/[<\\\\$]/.test(about)) wrong.push("markup in the meta description: " + about);
  const ids = new Set();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (ids.has(id)) wrong.push("id twice: " + id);
    ids.add(id);
  }
  for (const image of document.images) {
    if (!image.alt.trim()) wrong.push("no alt text: " + image.src);
    if (!image.naturalWidth) wrong.push("no picture: " + image.src);
  }
  for (const box of document.querySelectorAll(".descent-widget")) {
    if (box.dataset.mounted !== "1") wrong.push("not mounted: " + name(box));
  }

  const over = document.documentElement.scrollWidth - innerWidth;
  const scrolls = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
  const boxOf = (node) => {
    while (node && !scrolls(node)) node = node.parentElement;
    return node;
  };
  if (over > 0) {
    const wide = [...document.body.querySelectorAll("*")].filter((node) => {
      const { left, right, width } = node.getBoundingClientRect();
      return width && left < innerWidth && right > innerWidth + 0.5 && !boxOf(node);
    });
    wrong.push(`scrolls sideways by ${over}: ` + wide.slice(-3).map(name).join(", "));
  }
  // what is wider than its place must scroll within it, and the keyboard must reach what scrolls
  for (const node of document.querySelectorAll("article *")) {
    if (node.scrollWidth <= node.clientWidth + 1 || !node.clientWidth) continue;
    if (node.closest(".katex-mathml, .visually-hidden")) continue;
    const style = getComputedStyle(node);
    const cut = style.overflowX === "hidden" || style.overflowX === "clip";
    // KaTeX's boxes are up to two pixels wider than their ink
    if (cut && node.scrollWidth > node.clientWidth + 3) wrong.push("cut off: " + name(node));
    if (scrolls(node) && node.tabIndex < 0) wrong.push("scrolls but is not reached by Tab: " + name(node));
  }
  return wrong;
}"""


# Letters of equations and listings in the same color, size and weight on the same grounds have the same contrast, and
# there are thousands on a page: axe is asked about three of each kind, the longest in sight, as it excuses single ones.
ALIKE = """() => {
  const grounds = new Map([[null, ""]]);
  const ground = (node) => {
    if (!grounds.has(node)) {
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode } = getComputedStyle(node);
      const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join();
      const clear = own === "rgba(0, 0, 0, 0),none,1,none,normal";
      grounds.set(node, ground(node.parentElement) + (clear ? "" : "/" + own));
    }
    return grounds.get(node);
  };
  const letters = (node) => {
    let words = "";
    for (const child of node.childNodes) if (child.nodeType === 3) words += child.data.trim();
    return words;
  };
  for (const node of document.querySelectorAll("[data-alike]")) delete node.dataset.alike; // of the other theme
  const kinds = {}, alike = [];
  for (const node of document.querySelectorAll(".katex-html *, .highlight pre *, .cm-line *")) {
    const { length } = letters(node);
    if (!length) {
      alike.push(node);
      continue;
    }
    const { color, fontSize, fontWeight, textShadow, visibility } = getComputedStyle(node);
    (kinds[[color, fontSize, fontWeight, textShadow, visibility, ground(node)]] ??= []).push([length, node]);
  }
  for (const box of document.querySelectorAll(".katex-mathml")) { // for screen readers: no larger than a point
    if (box.clientWidth <= 1 && box.clientHeight <= 1) alike.push(...box.querySelectorAll("*"));
  }
  const inSight = (node) => {
    const box = node.closest(".equation-body, pre, .cm-scroller") ?? document.documentElement;
    return node.checkVisibility() && node.getBoundingClientRect().right <= box.getBoundingClientRect().right;
  };
  for (const kind of Object.values(kinds)) {
    kind.sort((a, b) => b[0] - a[0]);
    let left = 3;
    const others = kind.filter(([, node]) => !(left && inSight(node) && left--));
    if (left < 3) alike.push(...others.map(([, node]) => node));
  }
  for (const node of alike) node.dataset.alike = "";
}"""
FIND = """(tags) => {
  axe.configure({ rules: [{ id: "color-contrast", selector: ":not([data-alike])" }] });
  return axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
}"""


def look(page):
    """What a page says against itself."""
    return page.evaluate(LOOK)


def axe(page):
    """What axe-core finds: a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.add_init_script(path=AXE)  # for the pages to come in this window
    page.evaluate(ALIKE)
    found = page.evaluate(FIND, TAGS)
    return [f"axe {v['id']}: {node['target']} {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]


def dress(page, theme):
    page.evaluate("(theme) => Object.assign(document.documentElement.dataset, { theme, mode: theme })", theme)
    site.frames(page)


@pytest.mark.parametrize("width", site.WIDTHS)
@pytest.mark.parametrize("address", site.pages())
def test_page(address, width, home, turn, seen):
    first, second = ("light", "dark") if width == 1280 else ("dark", "light")
    page = turn(f"{home}/{address}", width, color_scheme=first, reduced_motion="reduce")
    site.settle(page)
    assert page.evaluate("document.documentElement.dataset.theme") == first
    wrong = look(page)
    # all pages of source are one page with other words: each theme at one width
    for theme in (first,) if site.is_source(address) else (first, second):
        dress(page, theme)
        wrong += [f"{theme}: {line}" for line in axe(page)]
        seen["axe"].append(theme)
    wrong += page.wrong
    seen["pages"].append(address)
    assert not wrong, f"{address} at {width}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("letters", [".highlight pre span", ".katex-html .mord"])
def test_one_pale_word_among_thousands_is_found(letters, home, turn):
    page = turn(f"{home}/rules/adabound.html", color_scheme="light", reduced_motion="reduce")
    site.settle(page)
    words = page.locator(letters).filter(has_text=re.compile(r"^\w{2,}$"))
    words.nth(words.count() // 2).evaluate("(node) => (node.style.color = '#ddd')")
    found = axe(page)
    assert len(found) == 1 and "color-contrast" in found[0], found


def test_links_within_the_site_lead_somewhere():
    missing = []
    for page in site.pages():
        for href, _ in site.read(page)[1]:
            if not (place := site.target(page, href)):
                continue
            file, anchor = place
            if not (site.SITE / file).is_file():
                missing.append(f"{page}: {href}")
            elif anchor and file.endswith(".html") and anchor not in site.read(file)[0]:
                missing.append(f"{page}: {href} (no such anchor)")
    assert not missing, "\n".join(sorted(set(missing)))


def test_the_notebooks_are_notebooks():
    found = sorted((site.SITE / "notebooks").glob("*.ipynb"))
    assert found
    for file in found:
        assert json.loads(file.read_text(encoding="utf-8"))["nbformat"] == 4, file
