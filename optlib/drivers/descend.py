"""The bare loop: one iterate at a time."""

from optlib import trees
from optlib.drivers.bind import bind, checked_theta, flat_oracle


def descend(step, theta, *asked, **hyper):
    """Yield theta_1, theta_2, ... without end, fresh arrays each; take as many as you like with `islice`.

    step: a rule or method.  theta: where it starts, an array, a number, or a list or dict of them.
    asked: what the step asks, in its order; for a rule, which asks `g`, the function grad.
    Raises TypeError for an unknown hyperparameter or when the step asks for more or less than is given.
    """
    theta = checked_theta(theta)
    bound = bind(step, theta, hyper)
    if len(asked) != len(bound.asks):
        raise TypeError(f"{bound.signatures[0].name} asks {', '.join(bound.asks)}; {len(asked)} were given")
    functions = dict(zip(bound.asks, asked))
    structure = theta if bound.flat else None
    if bound.flat:  # the step sees one vector from the first step to the last
        functions = {n: flat_oracle(f, theta) if callable(f) else f for n, f in functions.items()}
        theta = trees.ravel(trees.leaves(theta))
        bound = bind(step, theta, hyper)
    known = {n for s in bound.signatures for n in s.values}
    state = bound.start(theta)
    memory = [h.start() for h in bound.hypers]
    t = 0
    while True:
        t += 1
        now, memory = zip(*[h.at(t, memory=m) for h, m in zip(bound.hypers, memory)])
        values = {n: f(theta) if n in known else f for n, f in functions.items()}
        theta, state = bound.apply(theta, values, state, t, now)
        answer = bound.answer(theta, state)
        yield answer if structure is None else trees.like(structure, trees.unravel(answer, trees.leaves(structure)))
