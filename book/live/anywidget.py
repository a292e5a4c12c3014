"""Stands for anywidget on a page, where no kernel is asked: a widget there is what it looks like on the site."""

import traitlets


class AnyWidget(traitlets.HasTraits):
    """The settings of a widget; `_repr_mimebundle_` is filled in by optlib.widgets.page."""

    def _repr_mimebundle_(self, **_):
        return {}, {}
