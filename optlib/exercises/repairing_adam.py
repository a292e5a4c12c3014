"""Exercises of chapter 08, Repairing Adam: AMSGrad, RAdam, warm-up, AdaBound."""

import functools
import itertools

import numpy as np

from optlib import rules
from optlib.exercises.kinds import array, choice, expression, function, number


def best_place(C=3.0):
    """Where the sum of a period's losses C x, -x, -x is lowest on [-1, 1]."""
    places = np.linspace(-1, 1, 5)
    return places[np.argmin((C - 1 - 1) * places)]


def maxima(values=(9.0, 1.0, 1.0, 1.0)):
    """After the last value: the largest of all, the larger of the last two."""
    return [functools.reduce(max, values), max(values[-2:])]


def settled():
    """The v after the slope c, of slopes c, -1, c, -1, ..., once it repeats itself."""
    import sympy

    beta2, c, after, later = sympy.symbols("beta2 c after later", positive=True)
    repeats = [
        sympy.Eq(after, beta2 * later + (1 - beta2) * c**2),
        sympy.Eq(later, beta2 * after + (1 - beta2)),
    ]
    return sympy.factor(sympy.solve(repeats, [after, later])[after])


def rho(t, beta2):
    """One plus twice the mean age of the weights beta2^k, k from 0 to t - 1."""
    ages = np.arange(t)
    weights = beta2**ages
    return 1 + 2 * (ages * weights).sum() / weights.sum()


def first_steps(beta2=0.999):
    """The first t at which rho_t is above 4, and the first at which it is at least 5 by the code's rule."""
    above = next(t for t in itertools.count(1) if rho(t, beta2) > 4)
    code = next(t for t in itertools.count(1) if rho(t, beta2) >= 5)
    return [above, code]


@functools.cache
def stream():
    """Gradients of ten steps on the digits, with zeros lifted so that every divisor counts."""
    from optlib.problems.digits import digits_softmax

    problem = digits_softmax(batch=64, seed=3)
    theta, found = problem.start, []
    for t in range(1, 11):
        g = problem.grad(theta, problem.batches(t)) * (5 if t == 3 else 1) + 1e-3
        found.append(g)
        theta = theta - 0.5 * g
    return found


def cases():
    """Three states of a run of AMSGrad on the digits, each with its gradient."""
    theta = np.zeros_like(stream()[0])
    m, v, v_max, made = np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta), []
    for t, g in enumerate(stream(), start=1):
        case = dict(theta=theta, g=g, m=m, v=v, v_max=v_max, lr=0.01, beta1=0.9, beta2=0.9, eps=1e-3)
        if t in (1, 5, 10):
            made.append({k: a.copy() if isinstance(a, np.ndarray) else a for k, a in case.items()})
        theta, m, v, v_max = amsgrad(**case)
    return made


def amsgrad(theta, g, m, v, v_max, lr, beta1, beta2, eps):
    return rules.amsgrad(theta, g, m, v, v_max, 1, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


def variant(largest=lambda v, v_max, g, old: np.maximum(v_max, v), divisor=lambda v, v_max: v_max, sign=1):
    """AMSGrad with one of its lines exchanged."""

    def wrong(theta, g, m, v, v_max, lr, beta1, beta2, eps):
        old = v
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        v_max = largest(v, v_max, g, old)
        return theta - sign * lr * m / (np.sqrt(divisor(v, v_max)) + eps), m, v, v_max

    return wrong


def rootless(theta, g, m, v, v_max, lr, beta1, beta2, eps):
    _, m, v, v_max = amsgrad(theta, g, m, v, v_max, lr, beta1, beta2, eps)
    return theta - lr * m / (v_max + eps), m, v, v_max


def in_root(theta, g, m, v, v_max, lr, beta1, beta2, eps):
    _, m, v, v_max = amsgrad(theta, g, m, v, v_max, lr, beta1, beta2, eps)
    return theta - lr * m / np.sqrt(v_max + eps), m, v, v_max


def harmless():
    """The change under which AdaBound's late steps scale as Adam's do: none; so the one that SGD shares with it."""
    late = {}
    for name, rule in (("adam", rules.adam), ("adabound", rules.adabound)):
        for scale in (1.0, 1000.0):
            theta, m, v = 0.0, 0.0, 0.0
            for t in range(10**7, 10**7 + 200):
                theta, m, v = rule(theta, scale, m, v, t, lr=0.01, beta2=0.9)
            late[name, scale] = abs(theta)
    grows = {name: late[name, 1000.0] / late[name, 1.0] > 100 for name in ("adam", "adabound")}
    return {(False, False): "neither", (True, True): "both", (False, True): "adabound", (True, False): "adam"}[
        grows["adam"], grows["adabound"]
    ]


EXERCISES = {
    "repairing-adam-1": number(
        best_place,
        [
            (1, "That is where Adam goes; what do the three losses add up to?"),
            (0, "The sum of the three losses is a line with a slope that is not zero; a line is lowest at an end."),
            (-3, "The place must lie in the interval."),
        ],
        otherwise="Add up the losses of one period and look where in the interval the sum is lowest.",
    ),
    "repairing-adam-2": array(
        maxima,
        [
            ([9, 9], "The maximum over two steps sees the current value and the one before it, nothing older."),
            ([1, 1], "The running maximum never forgets."),
            ([1, 9], "Right numbers, other order: the running maximum comes first."),
            ([3, 1], "These are the values of v themselves; no root is asked."),
        ],
        otherwise="Carry both along by hand: one compares with its own last value, one with the last v.",
    ),
    "repairing-adam-3": expression(
        settled,
        {"c": (2.0, 5.0), "beta2": (0.1, 0.9)},
        [
            ("(beta2*c**2 + 1)/(1 + beta2)", "That is v after the slope of -1; asked is v after c."),
            ("(c**2 + beta2 + beta2**2)/(1 + beta2 + beta2**2)", "That is for a period of three; here it has two."),
            ("(c**2 + 1)/2", "That is the mean of both squares, the limit for a long memory."),
            ("(1 - beta2)*c**2", "That forgets what v held before."),
            ("(1 - beta2)*c**2 + beta2", "Before c, v is not 1: it still remembers the c before."),
            ("sqrt((c**2 + beta2)/(1 + beta2))", "That is the root of v."),
            ("(c + beta2)/(1 + beta2)", "v averages squares."),
        ],
        otherwise="Write v after c by v after -1, and the other way round; then solve the two equations.",
    ),
    "repairing-adam-4": number(
        lambda: rho(50_000, 0.999),
        [
            (1000, "That is 1 / (1 - beta2), how far the weights reach; the formula has twice that, less one."),
            (2000, "Nearly: the formula subtracts one."),
            (2001, "Subtract one, do not add it."),
            (999, "That is the mean age of the weights; rho is one plus twice that."),
            (1998, "That is twice the mean age; one is missing."),
        ],
        otherwise="Put beta2 into the formula of rho in the limit of many steps.",
    ),
    "repairing-adam-5": array(
        first_steps,
        [
            ([4, 5], "At the first of these rho is still a little below the threshold: it falls behind t."),
            ([5, 5], "Is rho really as large as its step there? Compute it with more digits."),
            ([6, 5], "Right numbers, other order: the paper's rule comes first."),
            ([4, 6], "At t = 4, rho is still a little below its threshold."),
        ],
        otherwise="Compute rho for t = 1, 2, 3, ... with at least five digits and compare with each threshold.",
    ),
    "repairing-adam-6": function(
        cases,
        amsgrad,
        [
            (
                variant(lambda v, v_max, g, old: np.maximum(old, v)),
                "That maximum sees two steps only; v_max remembers them all.",
            ),
            (
                variant(lambda v, v_max, g, old: np.maximum(v_max, g**2)),
                "The maximum is over the averages v, not over single squares.",
            ),
            (variant(divisor=lambda v, v_max: v), "The step divides by the root of v itself; what is v_max for?"),
            (variant(lambda v, v_max, g, old: v), "v_max forgets: compare it with the old one."),
            (variant(lambda v, v_max, g, old: np.minimum(v_max, v)), "The smaller of the two is kept."),
            (variant(sign=-1), "theta climbs: the step has the wrong sign."),
            (rootless, "The root over the largest average is missing."),
            (in_root, "eps stands inside the root; here it is added to the root."),
        ],
        otherwise="Check line by line: m, v, the largest v so far, and last theta. Nothing is corrected.",
    ),
    "repairing-adam-7": choice(
        harmless,
        ("adam", "adabound", "both", "neither"),
        {
            "adam": "Adam divides by the size of the gradients, early and late.",
            "both": "One of the two divides by the size of the gradients to the end.",
            "neither": "Write down the late step of each: does the size of the gradients cancel in both?",
        },
    ),
}
