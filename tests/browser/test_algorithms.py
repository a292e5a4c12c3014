"""The table of all rules and methods: narrowed by its columns, from the keyboard; a plain table without scripts."""

import pytest

from tests.browser import site

VISIBLE = """() => [...document.querySelectorAll('table.algorithms tbody tr')].filter((row) => row.checkVisibility())
    .map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"""


@pytest.fixture
def page(home, visit):
    page = visit(f"{home}/algorithms.html", 1280)
    page.wait_for_selector(".filters select")
    return page


def test_a_choice_hides_the_other_rows_and_says_how_many_are_left(page):
    rows = page.evaluate(VISIBLE)
    assert len(rows) > 30 and page.inner_text(".filters-said") == f"{len(rows)} of {len(rows)}"
    page.get_by_label("Family").select_option("2-norm")
    page.get_by_label("Numbers kept").select_option("1")
    left = page.evaluate(VISIBLE)
    assert left == [row for row in rows if row[1] == "2-norm" and row[3] == "1"] and 0 < len(left) < 9
    assert page.inner_text(".filters-said") == f"{len(left)} of {len(rows)}"
    page.get_by_label("Family").select_option("any")
    page.get_by_label("Numbers kept").select_option("any")
    page.get_by_label("Asks for").select_option("gradient, Hessian")
    assert [row[0] for row in page.evaluate(VISIBLE)] == ["Newton"]
    page.get_by_label("Asks for").select_option("any")
    assert page.evaluate(VISIBLE) == rows


def test_it_is_worked_with_the_keyboard(page):
    page.get_by_label("Year").focus()
    page.keyboard.type("2018")
    assert {row[2] for row in page.evaluate(VISIBLE)} == {"2018"}
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.parentElement.textContent").startswith("Numbers kept")


def test_without_scripts_it_is_a_table(home, scriptless):
    page = scriptless.new_page()
    page.goto(f"{home}/algorithms.html")
    assert page.locator("table.algorithms tbody tr").count() > 30 and not page.locator(".filters").count()
    page.close()


def test_every_rule_leads_to_its_card_and_the_card_to_its_code(home, visit):
    cards = [href for href, _ in site.read("algorithms.html")[1] if href.startswith("rules/")]
    assert len(cards) > 30
    page = visit(f"{home}/rules/adam.html", 390)
    assert page.locator(".equation").count() == 5 == page.locator("a.proof-mark").count()
    assert page.get_by_role("heading", name="PyTorch", exact=True).is_visible()
    page.locator("a.proof-mark").last.click()
    assert page.locator("span:target").inner_text().strip().startswith("theta = theta - lr * m_hat")


def test_every_method_leads_to_its_card_which_shows_its_lines_or_the_chapters(home, visit):
    cards = [href for href, _ in site.read("algorithms.html")[1] if href.startswith("methods/")]
    assert len(cards) > 15
    page = visit(f"{home}/methods/fista.html", 390)
    assert page.locator(".equation").count() == page.locator("a.proof-mark").count() > 3
    page.locator("a.proof-mark").first.click()
    assert page.locator("span:target").inner_text().strip().startswith("p = prox(")
    page = visit(f"{home}/methods/bfgs.html", 1280)
    assert page.locator(".proof-mark[data-verdict=checked]").count() and page.locator("a[href*='chapters/10']").count()
    assert page.get_by_role("heading", name="SciPy", exact=True).is_visible()
