"""Exercises of chapter 10, Newton and quasi-Newton methods."""

from functools import cache

import numpy as np

from optlib import methods
from optlib.exercises.kinds import choice, expression, function, number
from optlib.methods.quasi_newton import bfgs_update

PAIRS = {
    "a": ((1, 0), (2, 5)),
    "b": ((1, 1), (1, -0.5)),
    "c": ((1, 2), (-3, 1)),
    "d": ((0, 1), (-9, 0.1)),
}


def sixth_power():
    """Newton's own step from one."""
    return methods.newton(1.0, lambda x: 6 * x**5, lambda x: 30 * x**4)


def damping():
    """The lambda for which 1 - h / (h + lambda) is r."""
    import sympy

    h, r, lam = sympy.symbols("h r lam", positive=True)
    return sympy.solve(sympy.Eq(1 - h / (h + lam), r), lam)[0]


def updated():
    return float(bfgs_update(np.array([[5.0]]), np.array([2.0]), np.array([6.0]))[0, 0])


def held(memory=10, size=10**6):
    """Counted on a run of two parameters with a full memory."""
    from optlib.drivers import minimize
    from optlib.problems import rosenbrock

    p = rosenbrock()
    pairs = minimize(p, p.start, methods.lbfgs, steps=memory + 5, memory=memory, progress=False).state[0][0]
    return sum(a.size for pair in pairs for a in pair) * size // p.start.size


def impossible():
    """The pair that an update refuses."""
    H = np.eye(2)
    return next(name for name, pair in PAIRS.items() if bfgs_update(H, *map(np.array, pair)) is H)


@cache
def tumors():
    from optlib.problems.cancer import cancer

    X, y, _, _ = cancer()
    return np.column_stack([X[:, :9], np.ones(len(X))]), y.astype(float)


def places():
    A, y = tumors()
    rng = np.random.default_rng(3)
    return [
        dict(theta=scale * rng.standard_normal(10), A=A.copy(), y=y.copy(), l2=l2)
        for scale, l2 in ((0.0, 0.0), (0.3, 0.01), (1.0, 0.5))
    ]


def newton_with(weights=True, penalty="both", mean="both", sign=-1, own=True):
    """One step with one of its parts wrong."""

    def step(theta, A, y, l2):
        p = 1 / (1 + np.exp(-A @ theta))
        n = len(y)
        w = p * (1 - p) if weights else np.ones(n)
        slope = np.einsum("n,ni->i", p - y, A) / (1 if mean == "hessian" else n)
        curvature = np.einsum("n,ni,nj->ij", w, A, A) / (1 if mean == "slope" else n)
        if penalty in ("both", "slope"):
            slope += l2 * theta
        if penalty in ("both", "hessian"):
            curvature[np.diag_indices_from(curvature)] += l2
        return own * theta + sign * np.linalg.inv(curvature) @ slope

    return step


@cache
def run_pairs():
    from optlib.drivers import minimize
    from optlib.problems.cancer import cancer_logistic

    p = cancer_logistic(9, l2=1e-2)
    run = minimize(p, p.start, methods.lbfgs, steps=6, progress=False)
    return np.array([s for s, _ in run.state[0][0]]), np.array([y for _, y in run.state[0][0]])


def products():
    S, Y = run_pairs()
    rng = np.random.default_rng(5)
    return [
        dict(
            S=S[:m].copy(),
            Y=Y[:m].copy(),
            scale=float(S[m - 1] @ Y[m - 1] / (Y[m - 1] @ Y[m - 1])),
            g=rng.standard_normal(10),
        )
        for m in (1, 3, 6)
    ]


def product_with(order=1, start=True, swapped=False, last=True, rank_one=True):
    """H g by the update as a sum, with one part of it wrong."""

    def product(S, Y, scale, g):
        H = (scale if start else 1.0) * np.eye(len(g))
        for s, y in list(zip(S, Y))[::order]:
            if swapped:
                s, y = y, s
            along, across = (s, y) if last else (y, s)
            both = np.outer(along, H @ across) / (s @ y)
            H = H - both - both.T + (across @ H @ across) * np.outer(along, along) / (s @ y) ** 2
            H = H + rank_one * np.outer(s, s) / (s @ y)
        return H @ g

    return product


def best_rate(h=2.0, sigma=1.0, theta=3.0):
    """The mean gradient squared, over the curvature times the mean square."""
    gradients = np.array([h * (theta - sigma), h * (theta + sigma)])
    return gradients.mean() ** 2 / (h * (gradients**2).mean())


EXERCISES = {
    "newton-1": number(
        sixth_power,
        [
            (0.2, "That is what the step takes off; by which factor is x multiplied?"),
            (2 / 3, "That is the factor of the fourth power; do the same with the sixth."),
            (0.0, "One step is enough on a quadratic only."),
            (5 / 6, "Divide the slope by the second derivative, with both factors of it."),
        ],
        otherwise="Divide 6 x^5 by the second derivative and subtract that from x.",
    ),
    "newton-2": expression(
        damping,
        {"h": (0.1, 10), "r": (0.05, 0.95)},
        [
            ("h*r", "With that the step leaves r/(1 + r) of the error."),
            ("h*(1-r)/r", "That leaves the share 1 - r: what is left and what is taken are mixed up."),
            ("h/(1-r)", "That is h + lambda; the damping is only one of the two."),
            ("h/r", "The share that is left is lambda over h + lambda, not h over lambda."),
            ("r/(1-r)", "In which units is lambda measured? The curvature is missing."),
        ],
        otherwise="Set lambda / (h + lambda) equal to r and solve for lambda.",
    ),
    "newton-3": number(
        updated,
        [
            (3.0, "That is y/s, a curvature: does H stand for the Hessian or for its inverse?"),
            (5.0, "The pair is a good one, so the old value is corrected."),
            (5 + 1 / 3, "In one dimension the two factors around the old value are zero."),
            (12.0, "That is the product s y; what must H make of y?"),
        ],
        otherwise="H must send y to s; in one dimension that is one equation for one number.",
    ),
    "newton-4": number(
        held,
        [
            (1e7, "A pair is two vectors."),
            (4e7, "That is the number of multiplications in the two loops."),
            (1e12, "That is the dense matrix of BFGS."),
            (1e6, "That is a single vector."),
            (8e7, "That is bytes in single precision; numbers are asked."),
        ],
        otherwise="Each pair holds s and y, each with as many numbers as there are parameters.",
    ),
    "newton-5": choice(
        impossible,
        ("a", "b", "c", "d"),
        {
            "a": "Its s^T y is 2, and that is all that counts.",
            "b": "Its s^T y is 0.5: small, but positive.",
            "d": "Its s^T y is 0.1: one component of y may be negative.",
        },
    ),
    "newton-6": function(
        places,
        newton_with(),
        [
            (newton_with(weights=False), "Each tumor's curvature is p (1 - p); without it this is least squares."),
            (newton_with(penalty="none"), "The penalty has a slope and a curvature; both are missing."),
            (newton_with(penalty="slope"), "The penalty also adds to the Hessian."),
            (newton_with(penalty="hessian"), "The penalty also adds to the gradient."),
            (newton_with(mean="slope"), "The Hessian is a mean over the tumors, too."),
            (newton_with(mean="hessian"), "The gradient is a mean over the tumors, too."),
            (newton_with(sign=1), "That goes uphill: the step is subtracted."),
            (newton_with(own=False), "That is the step alone; add it to theta."),
        ],
        otherwise="Write gradient and Hessian of the mean loss, each with its part from the penalty; solve, subtract.",
    ),
    "newton-7": function(
        products,
        product_with(),
        [
            (product_with(order=-1), "The oldest pair comes first: the newest must have the last word."),
            (product_with(start=False), "The matrix begins as scale times the identity."),
            (product_with(swapped=True), "s and y are exchanged: that builds the Hessian, not its inverse."),
            (product_with(last=False), "The factor with s y^T stands on the left, its transpose on the right."),
            (product_with(rank_one=False), "The last term, s s^T over s^T y, is missing."),
        ],
        otherwise="Apply the update of the chapter to each pair in turn, then multiply by g once.",
    ),
    "newton-8": number(
        best_rate,
        [
            (0.5, "That is Newton's rate, right where there is no noise."),
            (0.05, "The square of theta stands above, not that of sigma."),
            (0.9, "That share is of Newton's rate 1/h."),
            (0.375, "Both theta and sigma are squared."),
        ],
        otherwise="The mean loss after the step is a parabola in the rate; what does the noise add to its square term?",
    ),
}  # fmt: skip
