"""What a reader does: follow marks and links, search, download, switch to dark, use keys, do without scripts."""

import json
import re
from urllib.parse import urljoin

import pytest

from tests.browser import site

CHAPTERS = [page for page in site.pages() if re.fullmatch(r"chapters/\d\d_\w+\.html", page)]
RULE_EQUATION = re.compile(r"equation-eq-(?!ch\d\d-)")


def text(page):
    return (site.SITE / page).read_text(encoding="utf-8")


def links_of(page, css_class):
    return [href for href, classes in site.read(page)[1] if css_class in classes.split()]


UPDATING = [page for page in CHAPTERS if any(map(RULE_EQUATION.match, site.read(page)[0]))]


def test_there_are_chapters():
    assert CHAPTERS
    # losses, wrappers of other steps; all others display an update
    without = {f"chapters/{name}.html" for name in ("03_landscapes", "13_flatness")}
    assert without >= {*CHAPTERS} - {*UPDATING}


def follow(page, links):
    """Go where each link leads, in turn: each can be clicked, the first one is, and the others' addresses are taken."""
    for link in links:
        link.click(trial=True)
    addresses = [urljoin(page.url, link.get_attribute("href")) for link in links]
    for n, address in enumerate(addresses):
        links[0].click() if n == 0 else page.goto(address)
        page.wait_for_url(address)
        yield address


@pytest.mark.parametrize("chapter", UPDATING)
def test_every_update_has_a_mark_that_leads_to_the_line_of_code(chapter, home, turn):
    page = turn(f"{home}/{chapter}")
    marks = page.evaluate(
        """() => [...document.querySelectorAll('.equation[id]')].map((box) =>
        [box.id, box.querySelector('.proof-mark')?.dataset.verdict ?? ''])"""
    )
    updates = {name: verdict for name, verdict in marks if RULE_EQUATION.match(name)}
    assert updates, f"{chapter} has no update"
    bare = [name for name, verdict in updates.items() if verdict not in ("proved", "checked")]
    assert not bare, f"{chapter}: no mark at {', '.join(bare)}"

    marks = {mark.get_attribute("href"): mark for mark in page.locator("a.proof-mark").all()}
    assert marks, f"{chapter} has no mark to follow"
    for address in follow(page, list(marks.values())):
        line = page.locator(":target")
        assert line.count() == 1, f"{chapter}: {address} leads to no line"
        code = line.inner_text().strip()
        assert re.search(r"\w", code), f"{chapter}: {address} leads to an empty line"
        color = "(node) => getComputedStyle(node).backgroundColor"
        other = page.evaluate(f"({color})(document.querySelector('.highlight.source span[id^=L-]:not(:target)'))")
        assert line.evaluate(color) != other, f"{chapter}: the line of {address} does not stand out"
        page.wait_for_function(
            """() => { const { top, bottom } = document.querySelector(':target').getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight; }"""
        )
    assert not page.wrong, f"{chapter}: {page.wrong}"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_exercises_lead_to_their_solutions(chapter, home, turn):
    page = turn(f"{home}/{chapter}")
    exercises = page.locator(".box.exercise").all()
    assert len(exercises) >= 4, f"{chapter} has {len(exercises)} exercises"
    links = {box.get_attribute("id"): box.locator(".solution-link a") for box in exercises}
    for name, link in links.items():
        href = link.get_attribute("href")
        assert href.endswith(f"#solution-{name}"), f"{chapter}: exercise {name} leads to {href}"
    for name, address in zip(links, follow(page, list(links.values()))):
        at = page.locator(f"#solution-{name}")
        assert at.count() == 1, f"{chapter}: no place for {address}"
        page.wait_for_function(
            "(id) => { const { top } = document.getElementById(id).getBoundingClientRect();"
            " return top > -2 && top < innerHeight; }",
            arg=f"solution-{name}",
        )
    assert not page.wrong, f"{chapter}: {page.wrong}"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebook_can_be_taken_home(chapter, home, turn):
    page = turn(f"{home}/{chapter}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Notebook", exact=True).click()
    assert download.value.suggested_filename == chapter.removeprefix("chapters/").replace(".html", ".ipynb")
    with open(download.value.path(), encoding="utf-8") as file:
        notebook = json.load(file)
    assert notebook["nbformat"] == 4
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) > 5 and any("import" in "".join(cell["source"]) for cell in code), f"{chapter}: no code to run"


def test_search_finds_momentum(home, visit):
    page = visit(f"{home}/{CHAPTERS[0]}")
    page.locator("button.search-button__button:visible").first.click()
    page.locator("#pst-search-dialog input[type=search]").fill("momentum")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=momentum*")
    page.locator("#search-results li a").first.wait_for()
    page.wait_for_function("/found/.test(document.querySelector('#search-results').textContent)")
    links = [a.get_attribute("href") for a in page.locator("#search-results li a").all()]
    assert any("04_momentum" in link for link in links), links
    summary = page.locator("#search-results li").first.inner_text()
    assert not re.search(r"\\[a-z]+\{|</", summary), f"markup in a summary: {summary}"
    page.locator("#search-results li a").first.click()
    page.wait_for_url(lambda url: "search.html" not in url)
    page.get_by_role("heading", level=1).filter(visible=True).wait_for()
    assert not page.wrong, page.wrong


@pytest.mark.parametrize("start", ["light", "dark"])
def test_dark_mode_is_switched_and_kept(start, home, visit):
    page = visit(f"{home}/{CHAPTERS[0]}", color_scheme=start)
    theme = "document.documentElement.dataset.theme"
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(theme) == start, "the system's scheme is not followed"
    before, other = page.evaluate(paper), "dark" if start == "light" else "light"
    page.get_by_role("button", name="Color mode").click()
    page.locator(f".theme-change-button[data-mode={other}], .dropdown-item[data-mode={other}]").first.click()
    page.wait_for_function(f"{theme} === '{other}'")
    page.wait_for_function("(before) => getComputedStyle(document.body).backgroundColor !== before", arg=before)
    page.reload()
    site.ready(page)
    assert page.evaluate(theme) == other, "the choice is forgotten on reload"
    page.goto(f"{home}/notation.html")
    assert page.evaluate(theme) == other, "the choice is forgotten on another page"
    assert not page.wrong, page.wrong


@pytest.mark.parametrize("width", site.WIDTHS)
def test_keys_alone(width, home, visit):
    page = visit(f"{home}/{CHAPTERS[0]}", width)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    for n in range(14):
        seen = page.evaluate(
            """() => { const node = document.activeElement; const style = getComputedStyle(node);
            const { width, height, left, right } = node.getBoundingClientRect();
            return { who: node.outerHTML.slice(0, 120), outline: parseFloat(style.outlineWidth),
                style: style.outlineStyle, width, height, left, right, top: node === document.body }; }"""
        )
        assert not seen["top"], f"Tab {n + 1} leaves the page"
        assert seen["outline"] >= 2 and seen["style"] != "none", f"Tab {n + 1}: no outline at {seen['who']}"
        inside = seen["width"] and seen["left"] < width and seen["right"] > 0
        assert inside and seen["height"], f"Tab {n + 1}: focus is out of sight at {seen['who']}"
        page.keyboard.press("Tab")
    page.goto(f"{home}/{CHAPTERS[0]}")
    site.ready(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main-content'")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')"), "skipping does not lead into the text"


@pytest.mark.parametrize("page", [p for p in site.pages() if not site.is_source(p) and "descent-widget" in text(p)])
def test_without_scripts_the_figure_stands(page, home, scriptless):
    context = scriptless.new_context(viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    wrong = site.listen(shown, home)
    shown.goto(f"{home}/{page}")
    assert shown.locator("h1").filter(visible=True).count() == 1
    assert len(shown.locator("article, main").first.inner_text()) > 500
    boxes = shown.locator(".descent-widget").all()
    assert boxes
    for box in boxes:
        picture = box.locator("img")
        picture.scroll_into_view_if_needed()
        size = picture.bounding_box()
        assert size["width"] > 200 and size["height"] > 100, f"{page}: the still figure has size {size}"
        source = picture.get_attribute("src")
        assert (site.SITE / site.target(page, source)[0]).is_file(), f"{page}: {source} is not there"
        assert len(picture.get_attribute("alt")) > 40, f"{page}: {picture.get_attribute('alt')!r}"
        assert box.locator("noscript p").is_visible(), f"{page}: nothing says what scripts would do"
    dead = [button.inner_text() for button in shown.locator("button").all() if button.is_visible()]
    assert not dead, f"{page}: buttons that do nothing without scripts: {dead}"
    context.close()
    assert not wrong, f"{page}: {wrong}"
