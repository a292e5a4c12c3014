"""The basins of the widget against those of NumPy."""

import numpy as np
import pytest

from optlib import rules
from optlib.problems import basins, lattice
from optlib.problems.landscapes import LANDSCAPES
from optlib.widgets import Basins
from optlib.widgets.paths import hyper
from tests.optlib.node import ask


@pytest.mark.parametrize("landscape, rule", [("two_wells", "sgd"), ("monkey_saddle", "adam"), ("plateau", "momentum")])
def test_basins_are_the_same_in_both_languages(landscape, rule):
    widget = Basins(landscape=landscape, basin_of=rule)
    state = widget.settings()
    columns, rows = 12, 9
    ((labels, starts),) = ask([("./basins.mjs", "labels", [rule, landscape, state, [columns, rows]])])
    wanted = lattice(LANDSCAPES[landscape].window, columns, rows)
    assert np.allclose(np.array(starts).T.reshape(2, rows, columns)[:, ::-1], wanted, atol=1e-12)
    own = hyper(rule, state, widget.lr[rule])
    found = basins(landscape, getattr(rules, rule), wanted, steps=300, **own)
    got = np.array(labels).reshape(rows, columns)[::-1]
    assert len(np.unique(found)) >= 2 and (got == found).mean() > 0.99  # a start on a border may fall either way


def test_the_still_figure_shades_what_does_not_reach_the_lowest():
    plain, veiled = Basins().still(), Basins(lr={"sgd": 0.2}).still()
    assert plain != veiled  # at 0.2 the deep well is too sharp to stay in
    assert "Shaded: where SGD" in plain


def test_a_rule_that_is_not_listed_has_no_basins():
    assert Basins(rules=["adam"]).basin_of == "adam"
    with pytest.raises(ValueError, match="basin_of must be one of 'sgd', 'adam', got 'momentum'"):
        Basins(rules=["sgd", "adam"], basin_of="momentum")
