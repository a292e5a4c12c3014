"""What a comparison found: a table, a figure, and sentences that claim no more than the interval allows."""

import textwrap
from dataclasses import dataclass, field

from optlib.compare.statistics import interval, median, paired, rank

WIDTH = 86  # characters: what a page shows without scrolling


@dataclass(frozen=True)
class Outcome:
    """What one method came to.

    rule: the name of its step.  ranges: {name: (low, high)} that were searched, empty where nothing was tuned.
    tried: ((setting, scores), ...), one score a tuning seed.  setting: the chosen one, {name: value}.
    scores: at the end, one a reported seed; inf where a run diverged.  curves: the scores at the marks, a row a seed.
    steps, evaluations, seconds: of each reported run.  kept: the file that holds this, or None.
    """

    rule: str
    ranges: dict
    tried: tuple
    setting: dict
    scores: tuple
    curves: tuple
    steps: tuple
    evaluations: tuple
    seconds: tuple = field(compare=False)
    kept: object = field(default=None, compare=False)

    @property
    def diverged(self):
        """How many of the reported runs diverged."""
        return self.scores.count(float("inf"))


@dataclass(frozen=True, repr=False)
class Comparison:
    """What `compare` found; `print` shows it as a table.

    outcomes: {name: Outcome}.  measure: what a score is, in words.  unit: "step" or "evaluation", in which budget and
    marks count.  marks: where the curves have their points.  seeds, tuning_seeds: on which the chosen settings were
    measured, and on which they were chosen.  level: the least chance with which an interval covers.
    """

    outcomes: dict
    measure: str
    unit: str
    budget: int
    marks: tuple
    seeds: range
    tuning_seeds: range
    level: float

    def interval(self, name):
        """Median of a method's scores, with its Interval."""
        return interval(self._outcome(name).scores, self.level)

    def difference(self, a, b):
        """The Interval of the score of a minus that of b on the same seed."""
        return paired(self._outcome(a).scores, self._outcome(b).scores, self.level)

    def verdict(self, a, b):
        """One sentence: lower, higher, or no difference seen; the first two only if the interval excludes zero.

        The interval covers what seeds decide, start and batches, and not the choice of the setting.
        """
        found = self.difference(a, b)
        level = f"{found.level:.1%}".replace("%", " %")
        runs = f"({level} interval {digits(found.low)} to {digits(found.high)}, {len(self.seeds)} seeds)"
        if found.low <= 0 <= found.high:
            claim = f"No difference seen between {a} and {b} in {self.measure}"
        else:
            claim = f"The {self.measure} of {a} is {'lower' if found.high < 0 else 'higher'} than that of {b}"
        return f"{claim}: the median difference is {digits(found.median)} {runs}."

    def table(self, seconds=False):
        """The comparison as text, two digits a number; seconds differ from machine to machine and are left out."""
        head = ["method", self.measure, "interval", "setting", "diverged", "steps", "evaluations"]
        rows = [[*head, "seconds"] if seconds else head]
        for name, found in self.outcomes.items():
            middle, low, high, _ = self.interval(name)
            row = [name, digits(middle), f"{digits(low)} to {digits(high)}"]
            row.append(", ".join(f"{k} {digits(v, 3)}" for k, v in found.setting.items()) or "as given")
            row.append(f"{found.diverged} of {len(found.scores)}")
            row += [digits(median(counts), 6) for counts in (found.steps, found.evaluations)]
            rows.append([*row, digits(median(found.seconds))] if seconds else row)
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows]
        below = [textwrap.fill(sentence, WIDTH) for sentence in (self.conditions(), *self.warnings())]
        return "\n".join([*lines, "", *below])

    __str__ = __repr__ = table

    def conditions(self):
        """How the numbers came about, in one sentence."""
        tuned = max(len(found.tried) for found in self.outcomes.values())
        chosen = f"each setting the best of {tuned} on {len(self.tuning_seeds)} others, " if tuned > 1 else ""
        level = f"{rank(len(self.seeds), self.level)[1]:.1%}".replace("%", " %")
        return (
            f"Median and {level} interval (order statistics) of {len(self.seeds)} seeds, "
            f"{chosen}{self.budget} {self.unit}s a run."
        )

    def warnings(self):
        """Sentences on settings at the edge of what was tried, and on methods that diverged while they were tuned."""
        out = []
        for name, found in self.outcomes.items():
            for key, value in found.setting.items():
                every = sorted(setting[key] for setting, _ in found.tried)
                if len(every) > 2 and value in (every[0], every[-1]):
                    word = "lowest" if value == every[0] else "highest"
                    out.append(f"{name}: the {word} {key} tried was best, so a wider range may do better.")
            lost = sum(float("inf") in scores for _, scores in found.tried)
            if lost:
                out.append(f"{name}: {lost} of {len(found.tried)} settings diverged on a tuning seed.")
        return out

    def plot(self, *, alt, caption="", title=None, **options):
        """The book's figure: median curves with bands, and below the scores of all rates that were tried.

        alt: what it shows.  caption: a claim; the conditions are put behind it.  Further keywords as in
        `optlib.plot.comparison`.  Returns a Figure.
        """
        from optlib.plot import comparison
        from optlib.plot.palette import RULES

        tried, joined = {}, {}
        for name, found in self.outcomes.items():
            if "lr" in found.ranges:
                pairs = sorted((setting["lr"], scores) for setting, scores in found.tried)
                tried[name] = tuple(zip(*pairs))
                joined[name] = len(found.ranges) == 1
        words = self.measure[0].upper() + self.measure[1:]
        end = f"{self.budget} {self.unit}s"
        rule = {n: f.rule for n, f in self.outcomes.items() if n not in RULES and f.rule in RULES}
        return comparison(
            self.marks, {name: found.curves for name, found in self.outcomes.items()}, tried, alt=alt,
            caption=f"{caption} {self.conditions()} Bands: 10 to 90 %.".strip(), title=title or words,
            xlabel=self.unit, rates_title=f"{words} after {end}, tuning seeds",
            **{"rule": rule, "joined": joined} | options,
        )  # fmt: skip

    def _outcome(self, name):
        if name not in self.outcomes:
            raise KeyError(f"{name!r} was not compared; there are {', '.join(map(repr, self.outcomes))}")
        return self.outcomes[name]


def digits(value, count=2):
    """A number with so many significant digits: 0.011, 160, 1.2e-05."""
    text = f"{value:.{count}g}"
    return f"{float(text):g}" if 1e-4 <= abs(value) < 1e6 else text
