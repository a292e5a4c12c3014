"""Words on a picture: beside what they name, in its color, and never on top of each other."""

import numpy as np
from matplotlib import patheffects

from optlib.plot.figure import PAPER, TEXT

HALO = [patheffects.withStroke(linewidth=3, foreground=PAPER)]
SIZE = 10.5
TURN = np.array([(np.cos(a), np.sin(a)) for a in np.linspace(0, 2 * np.pi, 16, endpoint=False)])  # 16 directions
FAR = np.array([1, 2.5, 5, 8])  # how many times `reach` a word may stand away


def say(ax, x, y, text, color=TEXT, *, offset=(0, 0), leader=False, **keywords):
    """A word at a place, shifted by `offset` points, with a halo so that it survives what lies beneath."""
    arrow = (
        dict(arrowstyle="-", color=color, lw=0.8, shrinkA=0, shrinkB=2, relpos=(0 if offset[0] > 0 else 1, 0.5))
        if leader
        else None
    )
    keywords = dict(fontsize=SIZE, weight="medium", path_effects=HALO, zorder=9, va="center") | keywords
    return ax.annotate(
        text,
        (x, y),
        xytext=offset,
        textcoords="offset points",
        color=color,
        annotation_clip=False,
        arrowprops=arrow,
        **keywords,
    )


def settle(ax):
    """Let the layout find its place, so that data can be turned into pixels."""
    figure = ax.figure.figure
    figure.get_layout_engine().execute(figure)


def apart(wanted, gap, low, high):
    """Positions as near as possible to the wanted ones (sorted), at least `gap` apart, within low and high if they fit.

    Neighbors that touch are merged into a block, which settles at the mean of what its members want.
    """
    blocks = []  # [sum of what the members want of the block's first, number of members]
    for place in wanted:
        blocks.append([place, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] + blocks[-2][1] * gap > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total - count * blocks[-1][1] * gap
            blocks[-1][1] += count
    out = []
    for total, count in blocks:
        out += [total / count + k * gap for k in range(count)]
    for k in range(len(out)):  # from below, then from above: the edges are harder than the wishes
        out[k] = max(out[k], low + k * gap)
    for k in reversed(range(len(out))):
        out[k] = min(out[k], high - (len(out) - 1 - k) * gap)
    return out


def end_labels(ax, ends, *, gap=14.5):
    """Words to the right of the axes at the ends of curves, pushed apart, with a leader where one had to move.

    ends: list of (x, y, text, color) in data coordinates.
    """
    if not ends:
        return
    settle(ax)
    points = ax.figure.figure.dpi / 72
    edge = ax.get_window_extent().x1
    spots = [ax.transData.transform((x, y)) / points for x, y, *_ in ends]
    order = sorted(range(len(ends)), key=lambda k: spots[k][1])
    box = ax.get_window_extent()
    places = apart([spots[k][1] for k in order], gap, box.y0 / points + 5, box.y1 / points - 4)
    for k, place in zip(order, places):
        x, y, text, color = ends[k]
        shift = place - spots[k][1]
        away = edge / points - spots[k][0]
        say(ax, x, y, text, color, offset=(away + 8, shift), leader=abs(shift) > 4 or away > 12, zorder=10)


def trail(ax, points):
    """A polyline of the data as pixels no more than four apart: what a label must keep away from."""
    q = ax.transData.transform(np.asarray(points, float))
    q = q[np.isfinite(q).all(axis=1)]
    if len(q) < 2:
        return q
    counts = np.clip(np.linalg.norm(np.diff(q, axis=0), axis=1) / 4, 2, 400).astype(int)
    return np.concatenate([np.linspace(a, b, n) for a, b, n in zip(q, q[1:], counts)])


def beside(ax, words, trails=(), *, inside=True, reach=5):
    """Each word next to one of its own anchors, where no trail and no other word is near (greedy, in pixels).

    words: list of (text, color, anchors), anchors an array (k, 2) in data coordinates.
    trails: {text: (n, 2) data coordinates}; a word keeps away from all of them, its own included.
    """
    if not words:
        return
    settle(ax)
    points = ax.figure.figure.dpi / 72
    frame = ax.get_window_extent()
    frame = np.array([frame.min, frame.max]) if inside else np.array([[-np.inf] * 2, [np.inf] * 2])
    pixels = {name: trail(ax, line) for name, line in dict(trails).items()}
    crowd = np.concatenate([p for p in pixels.values() if len(p)] or [np.empty((0, 2))])
    taken = [_box(t) for t in ax.texts if t.get_text()]
    marks = [(text, ax.transData.transform(a)) for text, _, a in words if np.ndim(a) == 1]
    for text, color, anchors in words:
        anchors = np.atleast_2d(np.asarray(anchors, float))
        probe = say(ax, *anchors[0], text, color)
        half = np.diff(_box(probe), axis=0)[0] / 2 + np.array([2, 1]) * points
        probe.remove()
        others = [p[::2] for name, p in pixels.items() if name != text and len(p)]
        seen = ax.transData.transform(anchors)
        visible = np.flatnonzero(((seen > frame[0] - 1) & (seen < frame[1] + 1)).all(axis=1))
        rivals = [mark for name, mark in marks if name != text]
        far = np.repeat(FAR[: 2 if len(anchors) > 5 else 4], len(TURN))  # a word with one place may move further
        way = np.tile(TURN, (len(far) // len(TURN), 1))
        best, place = np.inf, (anchors[0], np.zeros(2), 0)
        for k in visible[:: max(1, len(visible) // 40)]:
            shift = way * (half + far[:, None] * reach * points)
            low, high = seen[k] + shift - half, seen[k] + shift + half
            cost = 12.0 * np.sum((abs(crowd - (seen[k] + shift)[:, None]) < half).all(axis=2), axis=1) + 4 * far
            for box in taken:
                cost += 5000 * ((low < box[1]) & (high > box[0])).all(axis=1)
            for rival in rivals:  # a word must not seem to belong to somebody else's mark
                cost += 60 * (_gap(rival, low, high) < _gap(seen[k], low, high) + 4 * points)
            cost[((low < frame[0]) | (high > frame[1])).any(axis=1)] = np.inf
            cost -= min([40, *(np.hypot(*(p - seen[k]).T).min() / points for p in others)])  # away from other lines
            choice = int(np.argmin(cost))
            if cost[choice] < best:
                best, place = cost[choice], (anchors[k], shift[choice] / points, far[choice])
        note = say(ax, *place[0], text, color, offset=place[1], ha="center", leader=place[2] > FAR[1])
        taken.append(_box(note))


def _gap(point, low, high):
    """The distance of a point from each box."""
    return np.linalg.norm(np.maximum(0, np.maximum(low - point, point - high)), axis=1)


def _box(text):
    extent = text.get_window_extent()
    return np.array([[extent.x0, extent.y0], [extent.x1, extent.y1]])
