"""The still figures of the widgets: small SVG images, drawn from the same state, for pages where scripts are off."""

import base64
import html
from itertools import pairwise

import contourpy
import numpy as np

from optlib.plot import palette
from optlib.problems.landscapes import LANDSCAPES
from optlib.widgets import composed, noise, signals
from optlib.widgets.paths import path

WIDTH = 440
FONT = "font: 500 14px 'Fira Sans', sans-serif"
INK = {name: light for name, (light, _) in palette.INK.items()}


def explorer(widget, veil=lambda screen: "", words=""):
    """The landscape of an Explorer with the paths of its chosen rules.

    veil: function of screen (points -> pixels) -> SVG between the ground and the paths.  words: said of it.
    """
    place, f = LANDSCAPES[widget.landscape], widget.function()
    left, right, bottom, top = place.window
    scale = WIDTH / (right - left)
    height = round(scale * (top - bottom))

    def screen(points):
        return (np.asarray(points) - (left, top)) * (scale, -scale)

    body, taken = _bands(f, place.window, screen) + veil(screen), []
    for name in widget.chosen:
        points = path(name, f, widget.start, widget.settings() | {"lr": widget.lr[name]}, widget.step)
        body += _walk(name, screen(points), height, taken)
    x, y = screen(widget.start)
    ring = f"fill: {INK['paper']};stroke: {INK['ink']};stroke-width:3"
    body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" style="{ring}"/>'
    names = ", ".join(palette.label(name) for name in widget.chosen)
    start = ", ".join(f"{v:g}" for v in widget.start)
    return _image(body, height, f"{place.title}: the paths of {names}, {widget.step} steps from ({start}).{words}")


def stream(widget):
    """The steps over the learning rate that the chosen rules of a Stream make."""
    height, sides = 220, (40, 350)
    g = signals.signal(widget.kind, widget.noise, widget.steps, widget.seed)
    lines = {name: signals.steps(name, g, widget.beta1, widget.beta2) for name in widget.chosen}
    reach = max([1.2] + [1.1 * np.abs(line).max() for line in lines.values()])
    level = float(f"{reach / 2:.0g}") if reach > 3 else 1.0

    def screen(values):
        return np.column_stack([np.linspace(*sides, len(values)), height / 2 - height / 2 * values / reach])

    body, taken = "", []
    for value in (level, 0, -level):
        (x0, y), (x1, _) = screen(np.array([value, value]))
        body += f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" style="stroke: {INK["rule"]}"/>'
        body += f'<text x="6" y="{y + 5:.1f}" style="fill: {INK["muted"]};{FONT}">{value:g}</text>'
    for name, line in lines.items():
        points = screen(line)
        body += _line(points, palette.RULES[name][1]) + _label(name, *points[-1], taken)
    names = ", ".join(palette.label(name) for name in widget.chosen)
    text = f"Step over learning rate of {names} on {widget.steps} gradients ({signals.KINDS[widget.kind].lower()})."
    return _image(body, height, text)


def batches(widget):
    """The bowl of a Batches with the examples, the path and the ellipse of the long run."""
    window = (-2, 2, -1.7, 1.7)
    scale = WIDTH / 4
    height = round(3.4 * scale)

    def screen(points):
        return (np.asarray(points) - (window[0], window[3])) * (scale, -scale)

    body = _bands(lambda x, y: (noise.H[0] * x**2 + noise.H[1] * y**2) / 2, window, screen)
    for x, y in screen(noise.centers()):
        body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" style="fill: {INK["muted"]}"/>'
    points = noise.path(widget.start, widget.lr, widget.batch, widget.seed, widget.step)
    body += _walk("sgd", screen(points), height, [])
    turn = np.linspace(0, 2 * np.pi, 60)
    ring = 2 * np.linalg.cholesky(noise.long_run(widget.lr, widget.batch)) @ [np.cos(turn), np.sin(turn)]
    body += _line(screen(ring.T), INK["ink"])
    words = f"{widget.step} steps on batches of {widget.batch} at rate {widget.lr:g}"
    text = f"64 dots around the minimum of a bowl; the path of SGD, {words}; the ellipse in which the noise keeps it."
    return _image(body, height, text)


def composer(widget):
    """The mean gap over 300 steps that the schedule and the constant rate of a Composer leave."""
    height, sides, low, high = 220, (48, 350), -4, 1.5
    body = ""

    def screen(values):
        part = (np.clip(np.log10(values), low, high) - low) / (high - low)
        return np.column_stack([np.linspace(*sides, len(values)), height - 10 - (height - 20) * part])

    for k in range(-4, 2):
        (x0, y), (x1, _) = screen(np.full(2, 10.0**k))
        body += f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" style="stroke: {INK["rule"]}"/>'
        body += f'<text x="4" y="{y + 5:.1f}" style="fill: {INK["muted"]};{FONT}">{10.0**k:g}</text>'
    ours = composed.rates(widget.warmup, widget.body, widget.tail, widget.peak)
    means = [composed.expected(lrs) for lrs in (ours, np.full(composed.STEPS, widget.flat))]
    colors = (palette.RULES["sgd"][1], INK["ink"])
    places = [float(screen(mean)[-1, 1]) for mean in means]
    if abs(places[0] - places[1]) < 17:  # one name above the other
        upper = int(places[1] < places[0])
        places[upper] = places[1 - upper] - 17
    for mean, color, y, name in zip(means, colors, places, ("schedule", "constant")):
        body += _line(screen(mean), color)
        body += f'<text x="356" y="{y + 5:.1f}" style="fill: {color};{FONT}">{name}</text>'
    words = composed.BODIES[widget.body][0]
    text = f"Mean gap over 300 steps of a schedule ({words}, peak {widget.peak:g}) and of the rate {widget.flat:g}: "
    return _image(body, height, text + f"they end at {means[0][-1]:.2g} and {means[1][-1]:.2g}.")


def rates(widget, gradients):
    """The rates that the chosen rules of a Rates take, on a logarithmic axis."""
    height, left, right = 260, 50, 350
    lines = widget.lines()
    logs = [np.log10(line) for line in lines.values()]
    low, high = (f(edge([0, *(edge(x) for x in logs)])) for f, edge in ((np.floor, min), (np.ceil, max)))
    high = max(high, low + 1)

    def screen(values):
        share = (high - np.asarray(values)) / (high - low)
        return np.column_stack([np.linspace(left, right, len(share)), 10 + (height - 20) * share])

    body, taken = "", []
    every = max(1, int(np.ceil((high - low) / 4)))
    for value in range(int(np.ceil(low / every)) * every, int(high) + 1, every):
        _, (_, y) = screen([value, value])
        body += f'<path d="M{left} {y:.1f}H{right}" style="stroke: {INK["rule"]}"/>'
        body += f'<text x="4" y="{y + 5:.1f}" style="fill: {INK["muted"]};{FONT}">{10.0**value:g}</text>'
    for name, line in zip(lines, logs):
        points = screen(line)
        body += _line(points, palette.RULES[name][1]) + _label(name, *points[-1], taken)
    names = ", ".join(palette.label(name) for name in lines)
    text = f"Rates of {names} over {len(gradients)} gradients that are multiplied by {widget.jump:g} after the 200th."
    return _image(body, height, text)


def regret(widget, lines):
    """Where the chosen rules of a Regret stand, over a logarithmic axis of steps.  lines: {name: places}."""
    height, sides = 220, (40, 350)
    t = np.unique(np.geomspace(1, widget.steps, 200).astype(int))
    body, taken = "", []
    for value in (1, 0, -1):
        y = height / 2 - 90 * value
        body += f'<path d="M{sides[0]} {y:.1f}H{sides[1]}" style="stroke: {INK["rule"]}"/>'
        body += f'<text x="6" y="{y + 5:.1f}" style="fill: {INK["muted"]};{FONT}">{value:g}</text>'
    for name, places in lines.items():
        x = sides[0] + (sides[1] - sides[0]) * np.log(t) / np.log(widget.steps)
        points = np.column_stack([x, height / 2 - 90 * places[t]])
        body += _line(points, palette.RULES[name][1]) + _label(name, *points[-1], taken)
    names = ", ".join(palette.label(name) for name in lines)
    text = f"Where {names} stand in {widget.steps} steps on slopes {widget.scale:g}, -1, -1 between -1 and 1."
    return _image(body, height, text)


def decay(widget):
    """The two weights of a Decay under both rules."""
    height, sides = 220, (34, 320)
    lines = {(which, name): line for which, both in widget.weights().items() for name, line in both.items()}
    high = max(1.1, *(line.max() for line in lines.values()))
    low = min(-0.1, *(line.min() for line in lines.values()))

    def screen(values):
        return np.column_stack([np.linspace(*sides, len(values)), height * (high - np.asarray(values)) / (high - low)])

    body, taken = "", []
    for value in (0, 0.5, 1):
        (x0, y), (x1, _) = screen([value, value])
        body += f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" style="stroke: {INK["rule"]}"/>'
        body += f'<text x="4" y="{y + 5:.1f}" style="fill: {INK["muted"]};{FONT}">{value:g}</text>'
    every = max(1, widget.steps // 200)
    for (which, name), line in lines.items():
        points = screen(line[::every])
        body += _line(points, palette.RULES[name][1]) + _label(name, *points[-1], taken, f", {which}")
    text = f"The loud and the quiet weight over {widget.steps} steps under Adam with L2 and under AdamW."
    return _image(body, height, text)


def valley(widget, window, f):
    """The level curves of a Valley with both paths, up to the step that is read."""
    left, right, bottom, top = window
    scale = WIDTH / (right - left)
    height = round(scale * (top - bottom))

    def screen(points):
        return (np.asarray(points) - (left, top)) * (scale, -scale)

    body, taken = _bands(lambda x, y: f((x, y)), window, screen), []
    for name, points in widget.walks().items():
        body += _walk(name, screen(points[: widget.at + 1]), height, taken)
    x, y = screen(widget.start)
    ring = f"fill: {INK['paper']};stroke: {INK['ink']};stroke-width:3"
    body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" style="{ring}"/>'
    words = f"{widget.at} steps at rate {widget.lr:g}, radius {widget.radius:g}"
    return _image(body, height, f"A valley along the hyperbola x y = 1, with the paths of SGD and of SAM: {words}.")


def kronecker(widget):
    """The loss under K-FAC and under gradient descent with the settings of a Kronecker, on a logarithmic axis."""
    height, sides, lines = 220, (48, 340), {name: np.log10(line) for name, line in widget.losses().items()}
    low = int(np.floor(min(-1, *(line.min() for line in lines.values()))))
    high = int(np.ceil(max(0.5, *(line.max() for line in lines.values()))))

    def screen(values):
        share = (high - np.asarray(values)) / (high - low)
        return np.column_stack([np.linspace(*sides, len(share)), 10 + (height - 20) * share])

    body, taken = "", []
    for power in range(low, high + 1):
        (x0, y), (x1, _) = screen([power, power])
        body += f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" style="stroke: {INK["rule"]}"/>'
        body += f'<text x="4" y="{y + 5:.1f}" style="fill: {INK["muted"]};{FONT}">{10.0**power:g}</text>'
    for name, line in lines.items():
        points = screen(line)
        body += _line(points, palette.RULES[name][1]) + _label(name, *points[-1], taken)
    words = f"damping {widget.damping:g}, inverses renewed every {widget.every} steps"
    ends = " and ".join(f"{10 ** lines[name][-1]:.2g} under {palette.label(name)}" for name in lines)
    return _image(body, height, f"Loss over {widget.steps} steps ({words}): at the end {ends}.")


def _bands(f, window, screen):
    """Shading and level curves: deep is dark, and the levels crowd near the bottom."""
    xs, ys = np.linspace(*window[:2], 81), np.linspace(*window[2:], 69)
    z = f(xs[None, :], ys[:, None])
    share = np.linspace(0, 1, len(palette.RAMP) + 1)[:-1] ** 2.9
    levels = [*(z.min() + (z.max() - z.min()) * share), np.inf]
    contours = contourpy.contour_generator(xs, ys, z, fill_type="OuterOffset")
    body = ""
    for (low, high), (color, _) in zip(pairwise(levels), reversed(palette.RAMP)):
        body += area(contours, low, high, screen, f"fill: {color};stroke: {INK['rule']};stroke-width:.6")
    return body


def area(contours, low, high, screen, style):
    """The ground between two levels of a contour generator of type OuterOffset, as SVG."""
    d = ""
    for points, offsets in zip(*contours.filled(low, high)):
        for a, b in pairwise(offsets):
            d += f"M{_text(screen(points[a:b]))}Z"
    return f'<path d="{d}" style="fill-rule:evenodd;{style}"/>'


def _walk(name, points, height, taken):
    """A path with its name at the end; one that leaves the picture for good ends where it was last seen."""
    _, color, *_ = palette.RULES[name]
    points = points[np.isfinite(points).all(axis=1)]
    inside = np.flatnonzero(((points >= 0) & (points <= (WIDTH, height))).all(axis=1))
    x, y = points[inside[-1]] if len(inside) else (-99, -99)
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" style="fill: {color};stroke: {INK["paper"]}"/>'
    return _line(np.clip(points, -1e4, 1e4), color) + dot + _label(name, x, y, taken)


def _label(name, x, y, taken, more=""):
    """The name of a rule beside (x, y), further down while another label stands there."""
    while any(abs(x - u) < 120 and abs(y - v) < 17 for u, v in taken):
        y += 17
    taken.append((x, y))
    anchor, shift = ("end", -10) if x > 0.82 * WIDTH else ("start", 10)
    style = f"fill: {palette.RULES[name][1]};{FONT};stroke: {INK['paper']};stroke-width:3px;paint-order:stroke"
    at = f'x="{x + shift:.1f}" y="{y + 5:.1f}" text-anchor="{anchor}"'
    return f'<text {at} style="{style}">{html.escape(palette.label(name) + more)}</text>'


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
