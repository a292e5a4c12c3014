"""Chapters in plain Markdown: what Jupyter cannot read is gone, what it says has stayed."""

import re

import pytest

from book import plain
from book.pairing import chapters

KNOWN = {"chapter": "7", "equations": {"eq-adam-m": "7.3"}, "headings": {"ch-adam": "7 Adam"}}
LEFT = re.compile(r"\{[a-z:]+\}`|^\s*:{3,}|^`{3,}\{|^%|^\([\w-]+\)=$", flags=re.M)


@pytest.mark.parametrize("md", chapters(), ids=lambda md: md.relative_to(md.parents[1]).as_posix())
def test_no_chapter_keeps_a_directive(md):
    cells = [cell.source for cell in plain.notebook(md).cells if cell.cell_type == "markdown"]
    assert cells
    assert [found for source in cells for found in LEFT.findall(source)] == []


@pytest.mark.parametrize(
    "source, expected",
    [
        (
            "```{math}\n:label: eq-adam-m\nm_t = 1\n```\n% check\n\nso",
            "$$\nm_t = 1 \\tag{7.3}\n$$\n\nso",
        ),
        ("```{math}\nm_t = 1\n```", "$$\nm_t = 1\n$$"),
        ("$$\nm_t = 1\n$$ (eq-adam-m)", "$$\nm_t = 1\n\\tag{7.3} $$"),
        ("by {eq}`eq-adam-m`", "by (7.3)"),
        ("see {ref}`ch-adam` and {ref}`there <ch-adam>`", "see 7 Adam and there"),
        ("(ch-adam)=\n# 7 Adam", '<a id="ch-adam"></a>\n\n# 7 Adam'),
        (
            ":::{exercise} Edge\n:name: adam-2\n\nSay $a$ by {eq}`eq-adam-m`.\n:::",
            "**Exercise 7.2. Edge**\n\nSay $a$ by (7.3).",
        ),
        ("::::{note}\n\n:::{tip} A\nb\n:::\n\nc\n::::", "**Note**\n\n**A**\n\nb\n\nc"),
        ("```python\n% kept\n:::{kept}\n```", "```python\n% kept\n:::{kept}\n```"),
        ("{cite}`polyak1964some`", "(Polyak, 1964)"),
    ],
)
def test_each_thing_becomes_plain(source, expected, monkeypatch):
    monkeypatch.setattr(plain, "citation", lambda key, textual: "Polyak, 1964")
    assert plain.markdown(source, KNOWN) == expected


def test_a_rule_shows_its_lines_from_the_library():
    shown = plain.markdown(":::{rule} sgd\n:no-docstring:\n:::", KNOWN)
    assert shown == "```python\ndef sgd(theta, g, *, lr=1e-2):\n    theta = theta - lr * g\n    return theta\n```"


def test_a_citation_names_people_as_they_are_written():
    assert plain.citation("kingma2015adam", textual=False) == "Kingma and Ba, 2015"
    assert plain.citation("rumelhart1986learning", textual=True).startswith(
        "[Rumelhart et al. (1986)](https://doi.org/10."
    )


@pytest.mark.parametrize("source, error", [("{x}`y`", "role {x}"), (":::{y} A\n:::", "directive {y}")])
def test_what_is_not_known_is_an_error(source, error):
    with pytest.raises(ValueError, match=re.escape(error)):
        plain.markdown(source, KNOWN)
