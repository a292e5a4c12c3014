"""`:::{speed} bounds`: a table or a figure of the page on speed, from what `make bench` has measured."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from book import speed
from book.ext import notation


class Speed(SphinxDirective):
    """One of speed.TABLES, one of speed.FIGURES, or `machine`."""

    required_arguments = 1

    def run(self):
        self.env.note_dependency(str(speed.MEASURED))
        self.env.note_dependency(speed.__file__)
        wanted, data = self.arguments[0], speed.measured()
        if wanted == "machine":
            return [nodes.paragraph("", speed.machine(data))]
        if wanted in speed.FIGURES:
            html = speed.FIGURES[wanted](data)._repr_mimebundle_()["text/html"]
            return [nodes.raw("", html, format="html")]
        head, rows = speed.TABLES[wanted](data)
        cells = [[[nodes.Text(cell)] for cell in row] for row in rows]
        widths = [28, *[14] * (len(head) - 1)]
        made = notation.table(cells, [[nodes.Text(cell)] for cell in head], widths)
        made["classes"] = ["speed"]
        return [made]


def setup(app):
    app.add_directive("speed", Speed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
