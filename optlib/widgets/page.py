"""What the widgets share: a settings check, and a representation that a page without a kernel can mount."""

import html
import json

import anywidget
import traitlets


class PageWidget(anywidget.AnyWidget):
    """An anywidget that also lives on a static page.

    A subclass has its settings as synced traits, `module` (the file of its front end), `_esm` (what is in that file)
    and `still()` (an SVG image of its state).
    """

    module = ""
    name = traitlets.Unicode(help="the widget's name in links to it, one a page").tag(sync=True)

    def __init__(self, **settings):
        for key in settings:
            if key not in self.names():
                raise TypeError(f"{type(self).__name__} has no setting {key!r}; it has {', '.join(self.names())}")
        super().__init__(**{"name": type(self).__name__.lower()} | settings)

    @classmethod
    def names(cls):
        """The names of all settings, in the order of the class."""
        own = [k for c in reversed(cls.__mro__) if issubclass(c, PageWidget) for k in c.__dict__]
        return [k for k in own if k[0] != "_" and k in cls.class_traits()]

    def settings(self):
        """Every setting by name: what the front end needs to draw."""
        return {k: getattr(self, k) for k in self.names()}

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.settings().items())})"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        state = html.escape(json.dumps(self.settings()), quote=True)
        page = f'<div class="descent-widget" data-module="{self.module}" data-state="{state}">{self.still()}'
        page += "<noscript><p>With scripts switched on, this figure answers to your hand.</p></noscript></div>"
        return data | {"text/plain": repr(self), "text/html": page}, metadata


def number(name, value, low, high, what):
    """`value` if it lies between `low` and `high`, both excluded; else ValueError in one sentence."""
    if isinstance(value, (int, float)) and low < value < high:
        return float(value)
    raise ValueError(f"{name} must be {what}, got {value!r}")


def known(name, value, table):
    """`value` if the table has it, else ValueError in one sentence."""
    if value in table:
        return value
    raise ValueError(f"{name} must be one of {', '.join(map(repr, table))}, got {value!r}")


def between(**ranges):
    """A validator of settings, {name: (low, high)}: both ends are in, with a hair for what a slider rounds."""

    def check(widget, proposal):
        low, high = ranges[name := proposal.trait.name]
        below, above = (max(1e-13 * abs(end), 1e-300) for end in (low, high))
        number(name, proposal.value, low - below, high + above, f"between {low} and {high}")
        return proposal.value  # a whole number stays one

    return traitlets.validate(*ranges)(check)


def averaging(*names):
    """A validator of decays of running averages: at least 0 and below 1."""

    def check(widget, proposal):
        return number(proposal.trait.name, proposal.value, -1e-300, 1, "at least 0 and below 1")

    return traitlets.validate(*names)(check)


def listed(*names, table):
    """A validator of lists whose items the table must have."""

    def check(widget, proposal):
        return [known(proposal.trait.name, item, table) for item in proposal.value]

    return traitlets.validate(*names)(check)


def anywhere(name):
    """A validator of a point x, y on a landscape."""

    def check(widget, proposal):
        if len(proposal.value) != 2:
            raise ValueError(f"{name} must be two numbers x, y, got {proposal.value!r}")
        return [number(name, v, -100, 100, "two numbers between -100 and 100") for v in proposal.value]

    return traitlets.validate(name)(check)
