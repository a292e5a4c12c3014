"""The lists of what the documents name, claim and get wrong, held against the chapters that exist."""

import re

import pytest

from book.ext import boxes, places

LISTS = boxes.lists()
CHAPTERS = places.ROOT / "chapters"
# a chapter is written when its reference notebook is
NOTEBOOKS = places.ROOT / "book" / "notebooks"
WRITTEN = [number for number, chapter in LISTS.items() if (NOTEBOOKS / f"{chapter['name']}.ipynb").exists()]
# rows, entries and claims of the chapters after the ninth
LATER = {
    "10": (10, 12, 5),
    "11": (5, 5, 3),
    "12": (4, 4, 6),
    "13": (4, 6, 6),
}
UNWRITTEN = [chapter["name"] for number, chapter in LISTS.items() if number not in WRITTEN]


def text_of(number):
    return (CHAPTERS / f"{LISTS[number]['name']}.md").read_text(encoding="utf-8")


def gaps(chapter, text):
    """What a chapter owes its list, a sentence each."""
    boxed = " ".join(re.findall(r"^:::\{errata\}.*\n:ids: (.*)$", text, flags=re.M)).split()
    owed = chapter["errata"].split()
    for ident in sorted(set(owed) - set(boxed)):
        yield f"no box of errata names {ident}"
    for ident in sorted(set(boxed) - set(owed)):
        yield f"the box names {ident}, which the list gives to another chapter"
    for ident in sorted({i for i in boxed if boxed.count(i) > 1}):
        yield f"{ident} is named twice"
    body = text.split("\n---\n", 1)[-1]
    for row, words in chapter["rows"].items():
        if not re.search(words, body, flags=re.I):
            yield f"row {row} is not found: {words}"
    for claim, (_, verdict, place) in chapter["claims"].items():
        if verdict not in boxes.VERDICTS:
            yield f"{claim} has the verdict {verdict!r}"
        if not place:
            yield f"{claim} has no place: write the heading or the label of the equation where it is measured"
        elif not boxes.place_of(place, text):
            yield f"{claim} is said to be measured at {place!r}, which is not there"
        elif "{code-cell}" not in section(place, text):
            yield f"{claim} is said to be measured at {place!r}, where no cell runs"


def section(place, text):
    """The part of a chapter between two headings in which a place lies."""
    mark = f":label: {place}\n" if place.startswith("eq-") else f"\n## {place}\n"
    k = text.index(mark)
    start = k if mark.startswith("\n") else text.rfind("\n## ", 0, k)
    end = text.find("\n## ", k + 1)
    return text[start : end if end > 0 else len(text)]


@pytest.mark.parametrize("number", WRITTEN)
def test_a_chapter_settles_its_list(number):
    assert list(gaps(LISTS[number], text_of(number))) == [], f"not yet written: {', '.join(UNWRITTEN) or 'none'}"


def test_nothing_is_on_two_lists():
    """Doc 1's name for gradient descent, D1-04, is settled in words in chapter 1 and in full in chapter 2."""
    for key in ("errata", "rows", "claims"):
        every = [i for c in LISTS.values() for i in (c[key].split() if key == "errata" else c[key])]
        assert {i for i in every if every.count(i) > 1} == ({"D1-04"} if key == "errata" else set())


def test_the_lists_are_complete():
    """84 rows, 107 entries and 53 claims are given to chapters 1 to 9; the landing page names the same chapters."""
    sizes = {n: (len(c["rows"]), len(c["errata"].split()), len(c["claims"])) for n, c in LISTS.items()}
    first = [sizes.pop(str(k)) for k in range(1, 10)]
    assert list(map(sum, zip(*first))) == [84, 107, 53]
    assert all(sizes[n] == LATER[n] for n in sizes)
    index = (places.ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert all(f"\n{c['name']}: " in index for c in LISTS.values())
    assert {p.stem for p in CHAPTERS.glob("*_*.md")} <= {c["name"] for c in LISTS.values()}


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        ("D0-12 ", "", "no box of errata names D0-12"),
        ("D0-12 ", "D0-12 D0-16 ", "the box names D0-16, which the list gives to another chapter"),
        ("D0-12 ", "D0-12 D0-12 ", "D0-12 is named twice"),
        (":label: eq-nadam\n", ":label: eq-nada\n", "row 73 is not found: eq-nadam"),
        ("\n## The missing weight\n", "\n## Gone\n", "C32 is said to be measured at 'The missing weight'"),
    ],
)
def test_a_gap_is_seen(old, new, sentence):
    text = text_of("7")
    assert old in text
    planted = text.replace(old, new).replace("{eq}`eq-nadam`", "") if "eq-nadam" in old else text.replace(old, new, 1)
    assert any(gap.startswith(sentence) for gap in gaps(LISTS["7"], planted)), list(gaps(LISTS["7"], planted))


def test_a_claim_needs_a_place_with_a_cell():
    claims = {"C1": ["a", "true", ""], "C2": ["b", "true", "Summary"], "C3": ["c", "maybe", "eq-adam-theta"]}
    found = list(gaps(LISTS["7"] | {"claims": claims}, text_of("7")))
    assert [g.partition(" ")[0] for g in found] == ["C1", "C2", "C3", "C3"][: len(found)]
    assert "no place" in found[0] and "no cell runs" in found[1] and "'maybe'" in found[2]


def test_entries_of_a_box_have_anchors_and_text():
    first = ":::{errata} A\n:ids: X-01\n\n**One.** a\nb\n\n$$\nc\n$$\n\n**Two.** d\n:::\n"
    text = f"# 4 x\n\n{first}\n:::{{errata}} B\n:ids: X-02\n\n**Three.**\n:::\n"
    assert list(boxes.entries(text)) == [
        ("errata-1-1", "**One.** a\nb\n\n$$\nc\n$$"),
        ("errata-1-3", "**Two.** d"),
        ("errata-2-1", "**Three.**"),
    ]
    assert len(list(boxes.entries(text_of("7")))) == 12


def test_a_place_is_an_equation_or_a_heading():
    text = ":label: eq-a\n\n## How far: *one* step\n\n## When nobody knows $L$\n"
    assert boxes.place_of("eq-a", text) == "equation-eq-a" and boxes.place_of("eq-b", text) is None
    assert boxes.place_of("How far: *one* step", text) == "how-far-one-step"
    assert boxes.place_of("How far", text) is None
