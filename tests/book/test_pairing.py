"""The two files of a chapter say the same; where they do not, the sentence names the file and the line."""

import subprocess

import pytest

from book import pairing

TEXT = r"""---
file_format: mystnb
kernelspec:
  display_name: Python 3
  language: python
  name: python3
notation:
  \hat m: m_hat
---

# A chapter

The step is $\theta_t = \theta_{t-1} - \eta\, g_t$.

```{code-cell}
:tags: [hide-input]

print(1)
```

(solution-x-1)=
## A heading

:::{exercise} Title
:name: x-1

Say why.
:::

```{code-cell}
answer = ...
```
"""


@pytest.fixture
def book(tmp_path):
    """A repository with one committed chapter."""
    (tmp_path / "chapters" / "solutions").mkdir(parents=True)
    md = tmp_path / "chapters" / "01_x.md"
    md.write_text(TEXT)
    md.with_suffix(".py").write_text(pairing.convert(TEXT, ".md", ".py"))
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm x"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    return md


def replace(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_a_pair_written_from_its_text_agrees_both_ways(book):
    assert pairing.drift(book, book.parent.parent) == []
    assert "notation:" in book.with_suffix(".py").read_text()


def test_one_letter_in_the_script_names_file_and_line(book):
    replace(book.with_suffix(".py"), "Say why.", "Say who.")
    number = 1 + book.with_suffix(".py").read_text().splitlines().index("# Say who.")
    sentence = pairing.drift(book, book.parent.parent)[0]
    assert sentence == f"chapters/01_x.py, line {number}: '# Say who.' where chapters/01_x.md gives '# Say why.'."


def test_a_long_line_is_shown_around_the_letter(book):
    text = TEXT.replace("Say why.", "far " * 50 + "why " + "off " * 50)
    book.write_text(text)
    book.with_suffix(".py").write_text(pairing.convert(text, ".md", ".py").replace("why", "who"))
    (sentence, _) = pairing.drift(book, book.parent.parent)
    assert "who" in sentence and "why" in sentence and "…" in sentence and len(sentence) < 230


def test_one_letter_in_the_text_names_file_and_line(book):
    replace(book, "print(1)", "print(2)")
    assert any(s.startswith("chapters/01_x.md, line 18: 'print(2)'") for s in pairing.drift(book, book.parent.parent))


def test_a_missing_twin_is_named(book):
    book.with_suffix(".py").unlink()
    assert pairing.drift(book, book.parent.parent) == ["chapters/01_x.md has no chapters/01_x.py."]


@pytest.mark.parametrize("edited, other", [(".md", ".py"), (".py", ".md")])
def test_sync_writes_the_file_that_was_not_edited(book, edited, other):
    replace(book.with_suffix(edited), "Say why.", "Say who.")
    assert pairing.sync(book.parent.parent) == [book.with_suffix(other)]
    assert "Say who." in book.with_suffix(other).read_text()
    replace(book.with_suffix(edited), "Say who.", "Say when.")  # now both differ from the commit
    pairing.sync(book.parent.parent)
    assert "Say when." in book.with_suffix(other).read_text()


def test_sync_refuses_when_both_were_edited(book):
    replace(book, "Say why.", "Say who.")
    replace(book.with_suffix(".py"), "print(1)", "print(3)")
    before = book.read_text(), book.with_suffix(".py").read_text()
    with pytest.raises(ValueError, match=r"chapters/01_x\.md and chapters/01_x\.py differ, and both changed"):
        pairing.sync(book.parent.parent)
    assert before == (book.read_text(), book.with_suffix(".py").read_text())


def test_sync_spells_a_text_as_jupytext_does(book):
    replace(book, "```{code-cell}\nanswer", "```{code-cell} python\nanswer")
    assert pairing.sync(book.parent.parent) == [book]
    assert book.read_text() == TEXT
