"""The directives of the book, on a tiny book of three pages that is built once."""

import base64
import io
import re
from types import SimpleNamespace

import pytest
from sphinx.application import Sphinx

from book import assets, bundle, check
from book.ext import equations, katex, places, rules
from optlib.rules import momentum, momentum_ema

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="388.8pt" height="259.2pt"><path d="M0 0"/></svg>'
URI = "data:image/svg+xml;base64," + base64.b64encode(SVG).decode()

CHAPTER = f"""
# 4 Momentum

```{{math}}
:label: eq-momentum-b
b_t = \\mu b_{{t-1}} + g_t
```

```{{math}}
:label: eq-momentum-theta
\\theta_t &= \\theta_{{t-1}} \\\\ &- \\eta b_t
```

```{{math}}
:label: eq-ch04-sum
b_t = g_t
```

```{{math}}
:label: eq-ch04-plain
b_0 = 0
```

By {{eq}}`eq-momentum-theta` and {{cite:t}}`polyak1964some`, for {{ref}}`momentum-2`.

:::{{rule}} momentum
:::

:::{{exercise}} How far does *one* push go?
:name: momentum-2

With $\\mu = 0.9$.
:::

:::{{errata}} What the documents say, and what is right
:ids: D2-03 X-01

**Filter.** It is one.
:::

<figure class="descent"><img src="{URI}" alt="A parabola."></figure>

<div class="descent-widget" data-module="explorer.js" data-state="{{}}"><img src="{URI}" alt="A still."></div>
"""
SOLUTIONS = "# Solutions\n\n(solution-momentum-2)=\n## Exercise 4.2\n\n0.1\n"
INDEX = """
# Descent

```{proof-example} momentum
eq-momentum-b
```

```{chapters}
04_momentum: Momentum
05_schedules: Schedules
```

```{notation}
```

```{found}
```

```{toctree}
chapters/04_momentum
chapters/solutions/04_momentum
rules/momentum
rules/momentum_ema
methods/newton
```

```{bibliography}
```
"""
CARD = """
# Average

:::{card-equations} momentum_ema
:::

:::{card-notes} momentum_ema
:::
"""
METHOD = """
# Newton

:::{card-equations} newton
:::

:::{chapter-equations}
eq-momentum-b
eq-ch04-plain
:::

:::{card-notes} newton
:::

:::{rule} newton
:::
"""
VERDICTS = {
    "eq-momentum-b": ("proved", "optlib/rules/euclid.py", 20),
    "eq-momentum-theta": ("proved for 2x3 where b_t > 0", "optlib/rules/euclid.py", 21),
    "eq-ch04-sum": ("checked on 50 samples", None, None),
    "eq-ch04-plain": ("plain", None, None),
}


def prove(path):
    return [SimpleNamespace(label=k, verdict=v, file=f, line=n, detail="") for k, (v, f, n) in VERDICTS.items()]


def render(latex, display):
    if "nosuch" in latex:
        raise ValueError("KaTeX parse error: \\nosuch")
    return f'<span class="katex">{latex.replace("&", "&amp;").replace("<", "&lt;")}</span>'


def build(folder, monkeypatch, chapter=CHAPTER):
    """Build the tiny book; returns (its HTML folder, what it warned)."""
    monkeypatch.setattr("book.proofs.prove", prove)
    monkeypatch.setattr(katex, "render", render)
    monkeypatch.setattr(rules, "SHOWN", "[rm]*/[en]*.py")  # of the rule and of the method that the pages show
    source = folder / "source"
    pages = {"index": INDEX, "chapters/04_momentum": chapter, "chapters/solutions/04_momentum": SOLUTIONS}
    pages |= {"rules/momentum": ":::{rule} momentum\n:::\n".join(["# Momentum\n\n", ""]), "rules/momentum_ema": CARD}
    pages["methods/newton"] = METHOD
    for name, text in pages.items():
        assets.write(source / f"{name}.md", text)
    assets.write(source / "references.bib", (places.ROOT / "book" / "references.bib").read_bytes())
    settings = dict(
        project="Descent",
        extensions=["myst_nb", "sphinxcontrib.bibtex", "book.ext"],
        source_suffix={".md": "myst-nb"},
        nb_execution_mode="off",
        nb_ipywidgets_js={},
        myst_enable_extensions=["amsmath", "colon_fence", "deflist", "dollarmath"],
        bibtex_bibfiles=["references.bib"],
        bibtex_reference_style="descent",
        html_math_renderer="descent",
        html_theme="basic",
        html_copy_source=False,
    )
    warnings = io.StringIO()
    app = Sphinx(source, None, folder / "html", folder / "trees", "html", settings, status=None, warning=warnings)
    app.build()
    said = warnings.getvalue().splitlines(keepends=True)
    # what an earlier build in this process registered, Sphinx finds registered already
    return folder / "html", "".join(line for line in said if "already registered" not in line)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        site, warned = build(tmp_path_factory.mktemp("book"), monkeypatch)
        assert warned == ""
        yield site


@pytest.fixture(scope="module")
def page(book):
    return (book / "chapters" / "04_momentum.html").read_text(encoding="utf-8")


def test_every_page_holds_what_is_asked_of_pages(book):
    assert list(check.problems(book)) == []


def test_marks_lead_to_the_line_that_was_compared(book, page):
    marks = re.findall(
        r'<a class="proof-mark" data-verdict="(\w+)" href="([^"]+)"[^>]*>([^<]+)<span[^>]*>([^<]*)', page
    )
    assert [(verdict, words) for verdict, _, words, _ in marks] == [("proved", "proved"), ("proved", "proved for 2x3")]
    assert marks[0][1] == "../source/optlib/rules/euclid.html#L-20"
    assert marks[1][3].strip() == "where b_t > 0: line 21 of optlib/rules/euclid.py".replace(">", "&gt;")
    source = (book / "source" / "optlib" / "rules" / "euclid.html").read_text(encoding="utf-8")
    for _, address, _, _ in marks:
        assert f'id="{address.partition("#")[2]}"' in source


def test_a_check_without_code_is_marked_without_a_link_and_a_plain_equation_not_at_all(page):
    assert re.search(r'<span class="proof-mark" data-verdict="checked">checked on 50 samples', page)
    assert page.count('class="proof-mark"') == 3


def test_equations_carry_their_chapter_and_rows_are_aligned(page):
    assert re.findall(r'class="eqno" href="#([^"]+)" aria-label="Equation ([\d.]+)"', page)[1] == (
        "equation-eq-momentum-theta",
        "4.2",
    )
    assert re.search(r'href="#equation-eq-momentum-theta">\(4\.2\)', page)
    assert "\\begin{aligned}\\theta_t &amp;=" in page


def test_an_exercise_is_numbered_and_leads_to_its_solution(book, page):
    assert "Exercise 4.2" in page and "<em>one</em>" in page
    assert 'href="solutions/04_momentum.html#solution-momentum-2"' in page
    assert re.search(r'href="#momentum-2"><span[^>]*>Exercise 4\.2', page)
    box = re.search(r'<div aria-labelledby="([^"]+)" class="box exercise"[^>]*id="momentum-2"', page)
    assert f'id="{box[1]}"' in page


def test_an_errata_box_knows_its_entries(page):
    assert 'class="box errata" data-errata="D2-03 X-01"' in page


def test_what_the_boxes_say_is_collected(book, page):
    index = (book / "index.html").read_text(encoding="utf-8")
    section = index.partition('id="found-4"')[2]
    assert "<strong>Filter.</strong> It is one." in section
    assert re.search(r'href="chapters/04_momentum.html#errata-1-1">Decided in chapter 4', section)
    assert 'id="errata-1-1"' in page and "Momentum smooths" not in section  # a place that the tiny chapter lacks


def test_pictures_become_files_with_their_size(book, page):
    assert "data:image" not in page
    moved = set(
        re.findall(r'src="\.\./_images/(\w+\.svg)" loading="lazy" decoding="async" width="518" height="346"', page)
    )
    assert len(moved) == 1 and (book / "_images" / moved.pop()).read_bytes() == SVG


def test_a_widget_gets_its_module(book, page):
    assert (book / "_static" / "widgets" / "explorer.js").stat().st_size > 1000
    assert "widget-view+json" not in page


def test_a_rule_is_shown_as_it_stands(page):
    shown = re.sub(r"<[^>]+>", "", page)
    text, file, line = rules.text_of(momentum)
    assert "theta = theta - lr * b" in shown and "Heavy ball" in shown
    assert f'href="../source/optlib/rules/euclid.html#L-{line}"' in page
    assert file.endswith("euclid.py") and text.startswith("def momentum(")
    assert "Heavy ball" not in rules.text_of(momentum, docstring=False)[0]
    assert rules.text_of(momentum, docstring=False)[0].count("\n") == 4


def test_a_rule_leads_to_its_card_and_a_card_not_to_itself(book, page):
    assert '<a class="reference internal" href="../rules/momentum.html">reference card</a>' in page
    assert "reference card" not in (book / "rules" / "momentum.html").read_text(encoding="utf-8")
    index = (book / "index.html").read_text(encoding="utf-8")
    assert 'href="rules/momentum.html">reference card</a>' in index


def test_a_card_prints_the_lines_of_its_rule_each_with_its_proof(book):
    card = (book / "rules" / "momentum_ema.html").read_text(encoding="utf-8")
    marks = re.findall(r'data-verdict="proved" href="\.\./source/optlib/rules/euclid\.html#L-(\d+)"', card)
    text, _, first = rules.text_of(momentum_ema)
    assert [text.splitlines()[int(line) - first].split(" = ")[0].strip() for line in marks] == ["b", "theta"]
    assert "b_t = \\mu b_{t-1} + (1 - \\mu)\\, g_t" in card
    assert "the fading average of past gradients" in card and "whose buffer is an average" not in card


def test_a_methods_card_prints_its_lines_or_the_chapters_with_their_marks(book):
    card = (book / "methods" / "newton.html").read_text(encoding="utf-8")
    assert (
        "H_t = \\nabla^2 J(\\theta_{t-1}) + \\text{damping}\\, I" in card and card.count('data-verdict="checked"') == 3
    )
    assert len(re.findall(r'data-verdict="proved" href="../source/optlib/rules/euclid.html#L-20"', card)) == 1
    assert "b_0 = 0" in card and "eqno" not in card and card.count("proof-mark") == 4
    assert "see <code" in card and "newton_search" in card and "reference card" not in card


def test_the_landing_page_shows_a_chapters_equation_and_lists_what_is_written(book):
    index = (book / "index.html").read_text(encoding="utf-8")
    assert 'href="source/optlib/rules/euclid.html#L-20"' in index
    assert re.search(r'href="chapters/04_momentum.html"><span[^>]*>Momentum', index)
    assert '<span class="unwritten">Schedules</span>' in index
    assert "One landscape" not in index and "theta_star" in index


def test_a_page_of_source_is_written_again_when_what_it_shows_has_changed(tmp_path, monkeypatch):
    page = build(tmp_path, monkeypatch)[0] / "source" / "optlib" / "rules" / "euclid.html"
    page.write_text("as it was")
    build(tmp_path, monkeypatch, CHAPTER + "\nA last sentence.\n")
    assert page.read_text() == "as it was"
    build(tmp_path, monkeypatch, CHAPTER.replace("# 4 Momentum", "# 4 Heavy ball", 1))
    assert "euclid.py" in page.read_text()


def test_citations_have_round_brackets(page):
    assert re.search(r'Polyak \(<a[^>]*href="[^"]*"[^>]*>1964</a>\)', page)


def test_the_notebook_has_its_name_and_no_outputs(book, page):
    assert (book / "notebooks" / "04_momentum.ipynb").is_file()
    assert (book / "notebooks" / "04_momentum_solutions.ipynb").is_file()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ("$$\\nosuch$$", "KaTeX parse error"),
        (":::{rule} adamant\n:::", "optlib has no rule or method adamant"),
        (":::{exercise} Title\n:name: Momentum\n:::", "needs a :name: such as momentum-2"),
        (":::{exercise} Title\n:name: momentum-3\n:::", "solution-momentum-3"),
        (":::{errata} Title\n:ids: D4-01\n:::", "needs :ids: such as D2-03"),
    ],
)
def test_what_is_wrong_in_a_chapter_is_a_warning(tmp_path, monkeypatch, wrong, said):
    _, warned = build(tmp_path, monkeypatch, CHAPTER + "\n" + wrong + "\n")
    assert said in warned and "04_momentum" in warned


def test_an_equation_that_is_refused_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setitem(VERDICTS, "eq-momentum-b", ("FAILED", None, None))
    _, warned = build(tmp_path, monkeypatch)
    assert "eq-momentum-b is not proved" in warned


def test_rows_of_an_environment_stay_as_they_are():
    assert equations.aligned("a = b") == "a = b"
    assert equations.aligned("a &= b \\\\ c &= d") == "\\begin{aligned}a &= b \\\\ c &= d\\end{aligned}"
    assert equations.aligned("\\begin{pmatrix} a & b \\end{pmatrix}") == "\\begin{pmatrix} a & b \\end{pmatrix}"


PLANTED = {
    '<img src="b.png">': "has no alt text",
    '<script src="https://example.org/a.js"></script>': "<script> loads https://example.org/a.js",
    '<link rel="stylesheet" href="//example.org/a.css">': "<link> loads //example.org/a.css",
    '<a href="gone.html">x</a>': "gone.html leads nowhere",
    '<a href="#gone">x</a>': "#gone leads to no anchor",
    '<a href="other.html#gone">x</a>': "other.html#gone leads to no anchor",
}


@pytest.mark.parametrize("planted, said", PLANTED.items())
def test_the_check_of_pages_sees_what_is_planted(tmp_path, planted, said):
    assets.write(tmp_path / "other.html", '<p id="here">')
    assets.write(tmp_path / "b.png", b"1")
    good = '<a href="https://example.org">x</a><a href="other.html#here">x</a><img src="b.png" alt="a > b">'
    assets.write(tmp_path / "good.html", good)
    assert list(check.problems(tmp_path)) == []
    assets.write(tmp_path / "page.html", good + planted)
    (sentence,) = check.problems(tmp_path)
    assert sentence.startswith("page.html: ") and said in sentence


def test_a_page_over_its_budget_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "BUDGET", 100_010)
    assets.write(tmp_path / "a.html", "<p>" + "".join(map(str, range(99))))
    (sentence,) = check.problems(tmp_path)
    assert "100 kB compressed, more than 100" in sentence


def test_a_style_sheet_may_not_load_from_elsewhere(tmp_path):
    assets.write(tmp_path / "a.css", "@font-face { src: url('https://example.org/f.woff2') }")
    (sentence,) = check.problems(tmp_path)
    assert sentence == "a.css: loads https://example.org/f.woff2"


def test_purging_keeps_what_a_page_can_match():
    css = """/* c */ .a > .b:hover, .gone { color: red } #gone { x: y } @media print { .gone { x: y } p { x: y } }
    @font-face { font-family: "}" } .c:not(.gone) { x: y } a[href^=".gone"] { x: y } @media x { .gone { x: y } }"""
    kept = bundle.purge(css, {"a", "b", "c"})
    assert "gone {" not in kept.replace(":not(.gone)", "") and ".a > .b:hover{color: red}" in kept
    assert '@font-face{ font-family: "}" }' in kept and "@media print{p{x: y}}" in kept
    assert ".c:not(.gone){x: y}" in kept and 'a[href^=".gone"]{x: y}' in kept and "@media x" not in kept
