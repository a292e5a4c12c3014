"""The button under a chapter's title."""

from book.ext.live import with_button


def test_the_button_stands_behind_the_title_and_nowhere_else():
    body = "<section>\n<h1>Momentum</h1>\n<p>A ravine.</p>\n<h1>Once more</h1>\n</section>"
    made = with_button(body, "04_momentum", "../")
    title, box = made.index("Momentum</h1>\n"), made.index('<div class="live"')
    assert box == title + len("Momentum</h1>\n") and made.count("<button") == 1
    assert made.replace(made[box : made.index("</div>\n") + len("</div>\n")], "") == body
    for kept in ('data-notebook="../notebooks/04_momentum.ipynb"', 'data-page="../_static/live/page.js"'):
        assert kept in made
