"""The problem's functions as a step asks them: counted, and not asked twice at the same place."""

from optlib.drivers.bind import flat_oracle


class Oracles:
    """Counts what the step asks and remembers the last answer of each function.

    count: {name: how often the step asked and was not remembered}.  batch: what all functions see now, as a tuple.
    A place is the same when it is the same object: steps are pure, so an array never changes behind its name.
    """

    def __init__(self, problem, structure=None):
        self.count = dict.fromkeys(problem.can, 0)
        self.batch = ()
        self._functions = {n: f if structure is None else flat_oracle(f, structure) for n, f in problem.can.items()}
        self._last = {n: [None, None, None, True] for n in problem.can}

    def ask(self, name, theta):
        """The answer to the step; counted unless the step already knew it."""
        return self._answer(name, theta, True)

    def record(self, name, theta):
        """The answer for the record; not counted, and free for the step if it asks the same next."""
        return self._answer(name, theta, False)

    def function(self, name):
        """What a method is handed under `name`: a function of theta and of what else the problem's own takes."""
        raw = self._functions[name]

        def oracle(theta, *rest):
            if not rest:
                return self._answer(name, theta, True)
            self.count[name] += 1
            return raw(theta, *rest, *self.batch)

        oracle.__name__ = name
        return oracle

    def _answer(self, name, theta, counted):
        last = self._last[name]  # place, batch, value, whether the step knows it
        if last[0] is not theta or last[1] is not self.batch:
            value = self._functions[name](theta, *self.batch)
            last[:] = theta, self.batch, value, False
        if counted and not last[3]:
            self.count[name] += 1
            last[3] = True
        return last[2]
