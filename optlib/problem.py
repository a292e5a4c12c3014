"""What a step may ask: a problem is a set of named functions of theta."""

import inspect


class Problem:
    """An objective and what else is known about it.

    f: function theta -> loss (a number).  grad, hess, prox, residual, ...: functions of theta under the name by which a
    step asks for them.  Without `grad`, the gradient comes from the autograd package, which reads f.
    batches: function t -> batch for step t = 1, 2, ...; then every function takes (theta, batch).  The same t gives the
    same batch, so a resumed run sees what an unbroken one would have seen.
    full: the loss on all data where batches are drawn, a function of theta.
    start, minimum, lowest: a place to begin, a minimizer, and the loss there, where they are known.
    """

    def __init__(self, f=None, *, batches=None, full=None, name="", start=None, minimum=None, lowest=None, **oracles):
        for key, function in dict(f=f, batches=batches, full=full, **oracles).items():
            if function is not None and not callable(function):
                raise TypeError(f"{key} must be a function, got {type(function).__name__}")
        self.can = {k: v for k, v in dict(f=f, **oracles).items() if v is not None}
        if f is not None and "grad" not in self.can:
            self.can["grad"] = _autograd(f)
        self.batches, self.full = batches, full if full or batches else f
        self.name, self.start, self.minimum, self.lowest = (
            name or getattr(f, "__name__", "problem"),
            start,
            minimum,
            lowest,
        )

    def __getattr__(self, key):
        # only reached for names that are no attribute: the oracles, as problem.f, problem.grad, ...
        can = self.__dict__.get("can", {})
        if key in can:
            return can[key]
        raise AttributeError(f"problem {self.__dict__.get('name', '')!r} has no {key}; it has {', '.join(can)}")

    def replace(self, **changed):
        """The same problem with some of its functions or facts changed."""
        kept = dict(self.can) | {k: getattr(self, k) for k in ("batches", "full", "name", "start", "minimum", "lowest")}
        return Problem(**kept | changed)


def as_problem(problem):
    """A Problem as it is; a plain function becomes the problem of minimizing it."""
    if isinstance(problem, Problem):
        return problem
    if callable(problem):
        return Problem(problem)
    raise TypeError(f"problem must be a Problem or a function of theta, got {type(problem).__name__}")


def _autograd(f):
    """The gradient of f by automatic differentiation, built at the first call so that import stays light."""
    made = []

    def grad(theta, *batch):
        if not made:
            try:
                import autograd
            except ImportError as e:
                raise ImportError("grad was not given and the package autograd is not installed") from e
            made.append(autograd.grad(f))
        return made[0](theta, *batch)

    grad.__doc__ = inspect.getdoc(f)
    return grad
