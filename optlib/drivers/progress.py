"""A progress bar for runs that take long enough to want one."""

import os
import time

WAIT = 2.0  # seconds before a bar is worth its line


class Progress:
    """A tqdm bar that appears after WAIT seconds; DESCENT_PROGRESS=0 in the environment keeps it away."""

    def __init__(self, steps, wanted=None, unit="steps"):
        self.steps, self.unit, self.bar = steps, unit, None
        self.off = wanted is False or (wanted is None and os.environ.get("DESCENT_PROGRESS") == "0")
        self.shows_at = time.perf_counter() + (0 if wanted else WAIT)

    def update(self, done, loss):
        if self.off or (self.bar is None and time.perf_counter() < self.shows_at):
            return
        if self.bar is None:
            try:
                from tqdm.auto import tqdm
            except ImportError:  # a bar is a comfort: a machine without tqdm does without
                self.off = True
                return
            self.bar = tqdm(total=self.steps, unit=f" {self.unit}", mininterval=0.2)
        self.bar.n = done
        self.bar.set_postfix(loss=f"{loss:.4g}", refresh=False)
        self.bar.update(0)

    def close(self):
        if self.bar is not None:
            self.bar.close()
