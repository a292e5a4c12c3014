"""How lines of text break."""

import pytest

from tests.browser import site

PARTED = """() => {
  const parted = [];
  const box = (node, start, end) => {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    return range.getBoundingClientRect();
  };
  for (const math of document.querySelectorAll("article p > .math")) {
    const next = math.nextSibling;
    if (next?.nodeType !== Node.TEXT_NODE || !/^[.,;:!?)]/.test(next.data)) continue;
    const bases = math.querySelectorAll(".base");
    const { right } = bases[bases.length - 1].getBoundingClientRect();
    // a stop on the next line stands at the left edge
    if (box(next, 0, 1).left < right - 2) parted.push(math.textContent + next.data.slice(0, 12));
  }
  return { parted, seen: document.querySelectorAll("article p > .math").length };
}"""


@pytest.mark.parametrize("chapter", ["02_stochastic_gradients", "08_repairing_adam"])
def test_a_formula_keeps_the_stop_behind_it(chapter, home, visit):
    page = visit(f"{home}/chapters/{chapter}.html", 390)
    site.settle(page)
    found = page.evaluate(PARTED)
    assert found["seen"] > 50 and found["parted"] == []
