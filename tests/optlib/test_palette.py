"""What the palette promises: contrast on both papers, and colors that stay apart for color-blind eyes."""

import itertools
import warnings

import numpy as np
import pytest

from optlib import rules
from optlib.plot.palette import DASHES, FAMILIES, INK, LABELS, RAMP, RULES, label, style, themed

with warnings.catch_warnings():  # its source has invalid escapes, which Python reports whenever it compiles it
    warnings.simplefilter("ignore")
    from colorspacious import cspace_convert

SKINS = {"light": 0, "dark": 1}
VISIONS = ("normal", "deuteranomaly", "protanomaly", "tritanomaly")
LEADS = [name for name, look in RULES.items() if look[4] == 0]
EVERYDAY = "sgd momentum nesterov adagrad rmsprop adam adamw lion newton".split()
VARIANTS = "momentum momentum_inside momentum_ema nesterov nesterov_lookahead".split()


def rgb(color):
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def contrast(one, other):
    """The ratio of WCAG 2.1 (relative luminance of sRGB)."""

    def luminance(color):
        c = rgb(color)
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ np.array([0.2126, 0.7152, 0.0722])

    low, high = sorted([luminance(one) + 0.05, luminance(other) + 0.05])
    return high / low


def seen(color, vision):
    """CAM02-UCS coordinates of a color as an eye with this vision sees it."""
    c = rgb(color)
    if vision != "normal":
        space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
        c = np.clip(cspace_convert(c, space, "sRGB1"), 0, 1)
    return cspace_convert(c, "sRGB1", "CAM02-UCS")


SEEN = {(n, k, v): seen(look[1 + k], v) for n, look in RULES.items() for k in (0, 1) for v in VISIONS}


def distance(one, other, skin):
    """The smallest distance of two rules over all visions."""
    return min(np.linalg.norm(SEEN[one, skin, v] - SEEN[other, skin, v]) for v in VISIONS)


def test_contrast_is_black_on_white_at_most():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the well-known nearest miss of 4.5


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_text_can_be_read_on_paper(skin):
    paper = INK["paper"][skin]
    texts = {n: look[1 + skin] for n, look in RULES.items()} | {n: INK[n][skin] for n in ("ink", "muted", "alarm")}
    low = {n: round(contrast(c, paper), 2) for n, c in texts.items() if contrast(c, paper) < 4.5}
    assert not low


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_lines_can_be_seen_on_every_step_of_a_landscape(skin):
    low = {
        (n, i): round(contrast(look[1 + skin], step[skin]), 2)
        for n, look in RULES.items()
        for i, step in enumerate(RAMP)
        if contrast(look[1 + skin], step[skin]) < 3
    }
    assert not low


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_the_ramp_goes_one_way(skin):
    steps = [contrast(step[skin], INK["paper"][skin]) for step in RAMP]
    assert steps == sorted(steps) and len(set(steps)) == len(steps)


@pytest.mark.parametrize("names, least", [(LEADS, 7), (EVERYDAY, 9), (VARIANTS, 6)], ids=["leads", "nine", "variants"])
@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_colors_stay_apart_in_every_vision(names, least, skin):
    near = {
        (a, b): round(distance(a, b, skin), 1)
        for a, b in itertools.combinations(names, 2)
        if distance(a, b, skin) < least
    }
    assert not near


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_near_colors_never_share_a_marker(skin):
    twins = [
        (a, b)
        for a, b in itertools.combinations(RULES, 2)
        if style(a)["marker"] == style(b)["marker"] and distance(a, b, skin) < 6
    ]
    assert not twins


def test_members_of_a_family_differ_in_color_marker_or_dash():
    for family in FAMILIES:
        members = [look for look in RULES.values() if look[0] == family]
        assert len({look[1] for look in members}) == len({look[2] for look in members}) == len(members)
        assert sorted(look[4] for look in members) == list(range(len(members)))
        assert len(members) <= len(DASHES)


def test_every_rule_of_the_library_has_a_look():
    assert {*rules.__all__, "nesterov_lookahead"} <= set(RULES)
    assert set(LABELS) <= set(RULES)


def test_names_are_printed_the_same_everywhere():
    assert [label(n) for n in ("sgd", "adam", "random_search", "bound 2/L")] == [
        "SGD",
        "Adam",
        "Random search",
        "bound 2/L",
    ]
    assert style("nobody")["color"] == INK["ink"][0]


def test_themed_writes_both_forms_and_keeps_the_rest():
    svg = '<svg x="1"><path style="fill: #FFFFFF" stroke="#044094" d="M 1.23456 2"/><g style="fill: #123456"/></svg>'
    out = themed(svg)
    assert "fill: #ffffff; fill: light-dark(#ffffff, #14181e)" in out
    assert "stroke: #044094; stroke: light-dark(#044094, #a0abfa)" in out
    assert 'd="M 1.23 2"' in out and "fill: #123456" in out and out.count("light-dark") == 2
