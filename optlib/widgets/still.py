"""The still figures of the widgets: small SVG images, drawn from the same state, for pages where scripts are off."""

import base64
import html

import contourpy
import numpy as np

from optlib.plot import palette
from optlib.problems.landscapes import LANDSCAPES
from optlib.widgets import signals
from optlib.widgets.paths import path

WIDTH = 440
FONT = "font: 500 14px 'Fira Sans', sans-serif"
INK = {name: light for name, (light, _) in palette.INK.items()}


def explorer(widget):
    """The landscape of an Explorer with the paths of its chosen rules."""
    place, f = LANDSCAPES[widget.landscape], widget.function()
    left, right, bottom, top = place.window
    scale = WIDTH / (right - left)
    height = round(scale * (top - bottom))

    def screen(points):
        return (np.asarray(points) - (left, top)) * (scale, -scale)

    body = _bands(f, place.window, screen)
    for name in widget.chosen:
        points = path(name, f, widget.start, widget.settings() | {"lr": widget.lr[name]}, widget.step)
        body += _walk(name, screen(points), height)
    x, y = screen(widget.start)
    body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" style="fill: {INK["paper"]};stroke: {INK["ink"]};stroke-width:3"/>'
    names = ", ".join(palette.label(name) for name in widget.chosen)
    start = ", ".join(f"{v:g}" for v in widget.start)
    return _image(body, height, f"{place.title}: the paths of {names}, {widget.step} steps from ({start}).")


def stream(widget):
    """The steps over the learning rate that the chosen rules of a Stream make."""
    height, sides = 220, (40, 420)
    g = signals.signal(widget.kind, widget.noise, widget.steps, widget.seed)
    lines = {name: signals.steps(name, g, widget.beta1, widget.beta2) for name in widget.chosen}
    reach = max([1.2] + [np.abs(line).max() for line in lines.values()])

    def screen(values):
        return np.column_stack([np.linspace(*sides, len(values)), height / 2 - (height / 2 - 14) * values / reach])

    body = ""
    for level in (1, 0, -1):
        (x0, y), (x1, _) = screen(np.array([level, level]))
        body += f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" style="stroke: {INK["rule"]}"/>'
        body += f'<text x="6" y="{y + 5:.1f}" style="fill: {INK["muted"]};{FONT}">{level}</text>'
    for name, line in lines.items():
        body += _line(screen(line), palette.RULES[name][1])
    names = ", ".join(palette.label(name) for name in widget.chosen)
    text = f"Step over learning rate of {names} on {widget.steps} gradients ({signals.KINDS[widget.kind].lower()})."
    return _image(body, height, text)


def _bands(f, window, screen):
    """Shading and level curves: deep is dark, and the levels crowd near the bottom."""
    xs, ys = np.linspace(*window[:2], 81), np.linspace(*window[2:], 69)
    z = f(xs[None, :], ys[:, None])
    share = np.linspace(0, 1, len(palette.RAMP) + 1)[:-1] ** 2.9
    levels = [*(z.min() + (z.max() - z.min()) * share), np.inf]
    contours = contourpy.contour_generator(xs, ys, z, fill_type="OuterOffset")
    body = ""
    for low, high, (color, _) in zip(levels, levels[1:], reversed(palette.RAMP)):
        d = ""
        for points, offsets in zip(*contours.filled(low, high)):
            for a, b in zip(offsets, offsets[1:]):
                d += f"M{_text(screen(points[a:b]))}Z"
        body += f'<path d="{d}" style="fill: {color};fill-rule:evenodd;stroke: {INK["rule"]};stroke-width:.6"/>'
    return body


def _walk(name, points, height):
    """A path with its name at the end; one that leaves the picture for good ends where it was last seen."""
    _, color, *_ = palette.RULES[name]
    points = points[np.isfinite(points).all(axis=1)]
    inside = np.flatnonzero(((points >= 0) & (points <= (WIDTH, height))).all(axis=1))
    x, y = points[inside[-1]] if len(inside) else (-99, -99)
    anchor, shift = ("end", -10) if x > 0.7 * WIDTH else ("start", 10)
    label = html.escape(palette.label(name))
    return (
        _line(np.clip(points, -1e4, 1e4), color)
        + f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" style="fill: {color};stroke: {INK["paper"]}"/>'
        + f'<text x="{x + shift:.1f}" y="{y + 5:.1f}" text-anchor="{anchor}" style="fill: {color};{FONT};'
        + f'stroke: {INK["paper"]};stroke-width:3px;paint-order:stroke">{label}</text>'
    )


def _line(points, color):
    style = f"fill:none;stroke: {color};stroke-width:2;stroke-linejoin:round"
    return f'<path d="M{_text(points)}" style="{style}"/>'


def _text(points):
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _image(body, height, alt):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
    svg += f'<rect width="{WIDTH}" height="{height}" style="fill: {INK["paper"]}"/>{body}</svg>'
    data = base64.b64encode(palette.themed(svg).encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt, quote=True)}" loading="lazy">'
