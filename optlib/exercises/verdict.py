"""What `check` returns, and how a notebook shows it."""

import html
from dataclasses import dataclass

import numpy as np

SHOWN = {"right": ("✓", "Right."), "open": ("○", "Not answered yet."), "wrong": ("✗", "Not right yet.")}


@dataclass(frozen=True)
class Verdict:
    """A verdict on an answer.  state: "right", "open" (not answered yet) or "wrong".  hint: one sentence or nothing.

    note: one sentence that is not about the answer, or nothing.
    """

    name: str
    state: str
    hint: str = ""
    note: str = ""

    @property
    def right(self):
        """Whether the answer is right."""
        return self.state == "right"

    @property
    def answered(self):
        """Whether there was an answer."""
        return self.state != "open"

    @property
    def message(self):
        """The verdict in words."""
        return f"{SHOWN[self.state][1]} {self.hint}".strip()

    def __repr__(self):
        return f"{SHOWN[self.state][0]} {self.name}: {self.message} {self.note}".rstrip()

    def _repr_html_(self):
        sign, word = SHOWN[self.state]
        return (
            f'<p class="descent-verdict" data-state="{self.state}"><span aria-hidden="true">{sign}</span> '
            f"<strong>{html.escape(self.name)}: {word}</strong> {html.escape(self.hint)}"
            f"{f' <small>{html.escape(self.note)}</small>' if self.note else ''}</p>"
        )


def unanswered(answer):
    """Whether an answer is `...`, or a list, tuple, dict or array of objects with one among its first thousands."""
    left, looked = [answer], 0
    while left and looked < 20_000:
        answer, looked = left.pop(), looked + 1
        if answer is ... or (type(answer) is str and answer.strip() in ("", "...")):
            return True
        if type(answer) is dict:
            answer = list(answer.values())
        if type(answer) is np.ndarray and answer.dtype == object and answer.size < 10_000:
            answer = list(answer.flat)
        if type(answer) in (list, tuple) and len(left) < 20_000:
            left.extend(answer[:10_000])
    return False
