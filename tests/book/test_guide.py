"""The decision guide says nothing without a link to where it was measured."""

import re

import pytest

from book.ext import places

GUIDE = (places.ROOT / "book" / "guide.md").read_text(encoding="utf-8")


def slug(heading):
    """The anchor that MyST gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def gaps(text):
    """The sentences without a link, and the links that lead to no section with a cell."""
    for paragraph in re.split(r"\n\s*\n", text[text.index("\n## ") :]):
        words = " ".join(line for line in paragraph.splitlines() if not line.startswith("#"))
        for sentence in re.split(r"(?<=\.) (?=[A-Z\[])", words.strip()):
            if sentence and not re.search(r"\]\(\S+\.md|\{doc\}`", sentence):
                yield f"no link: {sentence}"
    for file, anchor in re.findall(r"\]\((chapters/\S+?\.md)#(\S+?)\)", text):
        chapter = (places.ROOT / file).read_text(encoding="utf-8")
        sections = {slug(part.partition("\n")[0]): part for part in chapter.split("\n## ")[1:]}
        if "{code-cell}" not in sections.get(anchor, ""):
            yield f"{file}#{anchor} is no section with a cell"


def test_each_sentence_leads_to_its_measurement():
    assert list(gaps(GUIDE)) == []


@pytest.mark.parametrize(
    "planted, said",
    [
        ("Adam is best. ", "no link: Adam is best."),
        ("[Adam is best](chapters/07_adam.md#adam-is-best). ", "chapters/07_adam.md#adam-is-best is no section"),
        ("[Adam is best](chapters/07_adam.md#summary). ", "chapters/07_adam.md#summary is no section"),
    ],
)
def test_a_sentence_without_is_named(planted, said):
    (gap,) = gaps(GUIDE.replace("\nStart with Adam", f"\n{planted}Start with Adam"))
    assert gap.startswith(said)
