"""Exercises of chapter 07, Adam, Adamax, Nadam."""

import functools
import math

import numpy as np

from optlib import rules
from optlib.exercises.kinds import choice, expression, function, number
from optlib.grammar import read

adam = functools.partial(rules.adam, eps=0.0)


def uncorrected(steps):
    """|step| / eta of each step with a constant gradient and no bias correction."""
    m = v = 0.0
    sizes = []
    for _ in range(steps):
        _, m = rules.momentum_ema(0.0, 1.0, m, momentum=0.9)
        _, v = rules.rmsprop(0.0, 1.0, v, rho=0.999)
        sizes.append(m / math.sqrt(v))
    return sizes


def second_change():
    theta, m, v = adam(0.0, 1.0, lr=1.0)
    return adam(theta, -1.0, m, v, 2, lr=1.0)[0] - theta


def after_outlier(outlier=100.0, steps=100):
    state = (0.0, 0.0, 0.0)
    for t, g in enumerate([1.0] * 50 + [outlier] + [1.0] * steps, start=1):
        state = rules.adamax(state[0], g, *state[1:], t)
    return state[2]


def sum_of_weights():
    import sympy

    beta2 = sympy.symbols("beta2", positive=True)
    t, k = sympy.symbols("t k", integer=True, positive=True)
    return sympy.summation((1 - beta2) * beta2 ** (t - k), (k, 1, t))


def gradients():
    """Five states of a run on the digits, each with its gradient, and one with a large eps."""
    from optlib.problems.digits import digits_softmax

    problem = digits_softmax(size=300)
    theta = problem.start
    m, v, cases = np.zeros_like(theta), np.zeros_like(theta), []
    for t in range(1, 6):
        g = problem.grad(theta) + 1e-3  # pixels that are always blank would give 0 / 0 and hide what else is wrong
        eps = 0.05 if t == 3 else 1e-8
        case = dict(theta=theta, g=g, m=m, v=v, t=t, lr=0.01, beta1=0.9, beta2=0.999, eps=eps)
        cases.append({k: a.copy() if isinstance(a, np.ndarray) else a for k, a in case.items()})
        theta, m, v = rules.adam(**case)
    return cases


def moments(step):
    """A mistake in theta alone: `step(theta, m, v, t, ...)` from the right m and v."""

    def wrong(theta, g, m, v, t, **hyper):
        _, m, v = rules.adam(theta, g, m, v, t, **hyper)
        return step(theta, m / (1 - hyper["beta1"] ** t), v / (1 - hyper["beta2"] ** t), **hyper), m, v

    return wrong


def replaced(**changes):
    """The right step with some arguments replaced by functions of all of them."""

    def wrong(**case):
        return rules.adam(**case | {k: change(case) for k, change in changes.items()})

    return wrong


def corrected_states(t, beta1, beta2, **case):
    theta, m, v = rules.adam(t=t, beta1=beta1, beta2=beta2, **case)
    return theta, m / (1 - beta1**t), v / (1 - beta2**t)


def unchanged():
    """The change under which Adam's iterates on a quadratic stay as they were."""
    A = np.array([[3.0, 1.0], [1.0, 2.0]])
    c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
    plain, turn = np.eye(2), np.array([[c, -s], [s, c]])

    def path(grad, into):
        z, state, points = into @ np.array([1.0, 0.5]), (), []
        for t in range(1, 6):
            z, *state = adam(z, grad(z), *(state or (0, 0)), t, lr=0.1)
            points.append(np.linalg.solve(into, z))
        return np.array(points)

    changes = {
        "a": path(lambda z: 1000 * A @ z, plain),
        "b": path(lambda z: turn @ A @ turn.T @ z, turn),
        "c": path(lambda z: A @ z / 1e6, 1000 * plain),
        "d": path(lambda z: A @ z + 1, plain),
    }
    base = path(lambda z: A @ z, plain)
    return next(k for k, points in changes.items() if np.allclose(points, base, rtol=1e-9))


EXERCISES = {
    "adam-1": number(
        lambda: uncorrected(1)[0],
        [
            (1, "That is the corrected first step; leave the correction out."),
            (100, "Nearly: the root over v is missing."),
            (1 / math.sqrt(0.001), "m, too, starts from zero: only a part of the first gradient is in it."),
            (math.sqrt(0.001) / 0.1, "Turned upside down: the step is m over the root of v."),
            (0.1, "That is m alone; it is divided by the root of v."),
            (0.9 / math.sqrt(0.999), "The new gradient enters with 1 - beta, the old average with beta."),
            (0.1 / 0.001**0.25, "One root too many over v."),
        ],
        digits=4,
        otherwise="Start both averages at zero, feed one gradient g, and divide m_1 by the root of v_1.",
    ),
    "adam-2": number(
        lambda: 1 + int(np.argmax(uncorrected(2000))),
        [
            (1, "The first step is too large already, but the next ones are larger still."),
            (10, "That is 1 / (1 - beta1), a good guess; compute the ratio for the steps around it."),
            (1000, "That is 1 / (1 - beta2): by then v has nearly caught up and the ratio falls."),
            (11, "Close; a list counted from zero holds step t at place t - 1."),
            (13, "Close; is the ratio there larger than at both neighbors?"),
            (2, "The ratio still grows after that one."),
        ],
        otherwise="Let a loop run both averages on a constant gradient and print m / sqrt(v) for each t.",
    ),
    "adam-3": number(
        second_change,
        [
            (-1 / 19, "The size is right; theta moves against m, and which sign has m now?"),
            (0.01, "m is not corrected: divide it by 1 - beta1^2."),
            (0.01 / math.sqrt(0.001999), "Neither m nor v is corrected yet."),
            (0.1 / 1.9 / math.sqrt(0.001999), "v is not corrected: divide it by 1 - beta2^2."),
            (1, "That would be the step of the new gradient alone; m still holds the old one."),
            (0.1, "At the second step the correction is 1 - beta1^2, not 1 - beta1."),
            (0, "The two gradients do not weigh the same: the newer one weighs more."),
            (-1, "That is the first change; asked is the second one."),
        ],
        digits=3,
        otherwise="Compute m_1, m_2 and v_1, v_2 by hand, correct those of step 2, and keep theta's minus sign.",
    ),
    "adam-4": number(
        after_outlier,
        [
            (1, "The maximum remembers: it has faded by beta2 a hundred times, but is it below 1 yet?"),
            (100, "It fades by the factor beta2 in every step."),
            (100 * 0.9**100, "u fades with the other beta."),
            (100 * 0.999**99, "One step too few has faded."),
            (100 * 0.999**101, "One step too many has faded."),
            (100 * 0.999**50, "That is a root of the fading; u keeps |g|, not its square."),
            (100 * (1 - 0.999), "u is a maximum, not an average: the outlier enters whole."),
            (math.sqrt(1 + 9.999 * 0.999**100), "That is the root of Adam's v; Adamax keeps a fading maximum."),
        ],
        digits=4,
        otherwise="As long as nothing larger comes, u shrinks by beta2 a step from the outlier's size.",
    ),
    "adam-5": number(
        lambda: 1000 * len(read(rules.adam).state),
        [
            (1000, "That is one number for each parameter; count the averages."),
            (3000, "theta itself is not counted here."),
            (4000, "The corrected averages are computed anew in each step; they need not be carried."),
            (2001, "t is not counted here."),
            (2, "That is for one parameter."),
            (1002, "Each average holds one number for each parameter."),
            (5000, "The corrected averages are computed anew, and theta is not counted here."),
        ],
        otherwise="Which names does a step hand to the next one, and how many numbers does each hold?",
    ),
    "adam-6": expression(
        sum_of_weights,
        dict(beta2=(0.05, 0.95), t=(1, 9)),
        [
            ("1", "That is the limit for large t; asked is the sum of the first t."),
            ("beta2**t", "That is what is missing to one."),
            ("1 - beta2**(t - 1)", "One term too few: k runs from 1 to t, so the powers from 0 to t - 1."),
            ("1 - beta2**(t + 1)", "One term too many: k runs from 1 to t, so the powers from 0 to t - 1."),
            ("(1 - beta2**t)/(1 - beta2)", "The factor in front of the sum got lost."),
            ("(1 - beta2)**t", "A power of the difference; the geometric sum gives a difference of powers."),
            ("(1 - beta2)*t", "Each weight is smaller than the next; they are not all 1 - beta2."),
            ("beta2*(1 - beta2**t)", "One power too many: the newest weight is 1 - beta2."),
        ],
        otherwise="Write the sum out, multiply it by 1 - beta2, and see what cancels.",
    ),
    "adam-7": function(
        gradients,
        rules.adam,
        [
            (replaced(t=lambda c: 10**9), "theta moves by the uncorrected averages; divide them by 1 - beta^t first."),
            (replaced(t=lambda c: c["t"] + 1), "The correction uses t + 1; the t handed over counts from 1 already."),
            (replaced(lr=lambda c: -c["lr"]), "theta climbs: the step has the wrong sign."),
            (replaced(beta1=lambda c: c["beta2"], beta2=lambda c: c["beta1"]), "beta1 and beta2 are swapped."),
            (
                corrected_states,
                "The corrected averages are returned; the states to carry on are those before the correction.",
            ),
            (
                moments(lambda theta, m, v, lr, eps, **_: theta - lr * m / np.sqrt(v + eps)),
                "eps stands inside the root; here it is added to the root.",
            ),
            (
                moments(lambda theta, m, v, lr, eps, **_: theta - lr * m / (v + eps)),
                "The root over the corrected v is missing.",
            ),
            (replaced(eps=lambda c: 0.0), "eps is missing."),
            (
                replaced(eps=lambda c: c["eps"] / math.sqrt(1 - c["beta2"] ** c["t"])),
                "eps is added before the correction of v; it belongs after.",
            ),
        ],
        infinite="The result holds NaN or infinity: v averages squares, so what is under the root?",
        otherwise="Check line by line against your formulas: m, v, their corrections, and last theta.",
    ),
    "adam-8": choice(
        unchanged,
        ("a", "b", "c", "d"),
        {
            "b": "v keeps one scale for each axis, so the axes matter: other axes give another path.",
            "c": "A step has size eta in the new units, so it is a thousand times smaller in the old ones.",
            "d": "A constant moves the point where the gradient vanishes, and m and v hold it too.",
        },
    ),
}
