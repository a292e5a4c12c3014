"""The sheet every figure is drawn on, and the object a notebook shows."""

import base64
import contextlib
import html
import io
import logging
from pathlib import Path

import matplotlib.figure
import matplotlib.style
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg

from optlib.plot.palette import INK, themed

WIDTH = 5.4  # inches, always: at phone width 10 pt stays 9 px
STYLE = Path(__file__).with_name("descent.mplstyle")
PAPER, TEXT, MUTED, RULE, GRID, ALARM = (INK[k][0] for k in ("paper", "ink", "muted", "rule", "grid", "alarm"))


def _register_fonts():
    """Fira Sans from its package, if that is installed; matplotlib's own DejaVu Sans stands in for it."""
    with contextlib.suppress(ImportError):
        import fontpkg_fira_sans

        for face in ("Regular", "Medium", "Italic", "SemiBold"):
            for file in Path(fontpkg_fira_sans.__file__).parent.glob(f"files/**/*-{face}.ttf"):
                font_manager.fontManager.addfont(file)
    with STYLE.open() as lines:
        wanted = next(line for line in lines if line.startswith("font.sans-serif")).partition(":")[2]
    known = {font.name for font in font_manager.fontManager.ttflist}
    return [name.strip() for name in wanted.split(",") if name.strip() in known]


FONTS = _register_fonts()


@contextlib.contextmanager
def look():
    """The book's style inside a `with`, and only there."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)  # a face without the exact weight is replaced by the nearest one, without a word
    try:
        with matplotlib.style.context([STYLE, {"font.sans-serif": FONTS}]):
            yield
    finally:
        log.setLevel(level)


class Figure:
    """A finished figure: a notebook shows it with its alternative text and caption.

    alt: what the figure shows, for those who cannot see it; required.  caption: plain text under it.
    drawing: the matplotlib figure; it is not registered with pyplot, so nothing stays open.
    """

    def __init__(self, alt, caption="", *, height=3.6):
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(f"alt must be a text that says what the figure shows, got {alt!r}")
        if not isinstance(caption, str):
            raise TypeError(f"caption must be a text, got {type(caption).__name__}")
        self.alt, self.caption = " ".join(alt.split()), " ".join(caption.split())
        self.height, self.drawing, self._svg = height, None, None

    def __enter__(self):
        self._look = look()
        self._look.__enter__()
        self.drawing = matplotlib.figure.Figure(figsize=(WIDTH, self.height))
        FigureCanvasAgg(self.drawing)
        return self.drawing

    def __exit__(self, *error):
        if error[0] is None:
            if self.drawing.get_layout_engine():
                self.drawing.get_layout_engine().execute(self.drawing)
            self.drawing.set_layout_engine("none")  # settled once, so that every rendering is the same
        self._look.__exit__(*error)

    @property
    def svg(self):
        """The figure as SVG text in which each color has its light and its dark form."""
        if self._svg is None:
            out = io.StringIO()
            with look():
                self.drawing.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
            self._svg = themed(out.getvalue())
        return self._svg

    def save(self, path):
        """Write the figure as .svg (both skins in one file) or .png (the light one); returns the path."""
        path = Path(path)
        if path.suffix not in (".svg", ".png"):
            raise ValueError(f"path must end in .svg or .png, got {path.name!r}")
        if path.suffix == ".svg":
            path.write_text(self.svg, encoding="utf-8")
        else:
            with look():
                self.drawing.savefig(path)
        return path

    def __repr__(self):
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = base64.b64encode(self.svg.encode()).decode()
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        image = f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(self.alt)}">'
        return {"text/html": f'<figure class="descent">{image}{caption}</figure>', "text/plain": repr(self)}
