"""Landscapes: losses of two numbers, each written once with the words of `optlib.ops`.

The same text runs in NumPy (figures), SymPy (gradients) and JavaScript (widgets), so it keeps to the language of the
rules: one line is one equation, each name is assigned once, no `if`, no loop.
"""

from dataclasses import dataclass
from math import pi

import numpy as np

from optlib.ops import cos, exp, sin


def ravine(x, y, *, kappa=10):
    """A quadratic: eigenvalue 1 along x, `kappa` along y.  x, y: numbers or arrays of one shape.  Lowest, 0, at 0."""
    return (x**2 + kappa * y**2) / 2


def tilted_ravine(x, y, *, kappa=30, angle=pi / 5):
    """The ravine turned by `angle` (radians, counterclockwise): same eigenvalues, no axis its own.  Lowest, 0, at 0."""
    p = cos(angle) * x + sin(angle) * y
    q = cos(angle) * y - sin(angle) * x
    return (p**2 + kappa * q**2) / 2


def rosenbrock(x, y, *, a=1, b=100):
    """A bent valley: easy to find, slow to follow.  Lowest, 0, at (a, a**2).  Source: Rosenbrock (1960)."""
    return (a - x) ** 2 + b * (y - x**2) ** 2


def two_wells(x, y):
    """Two wells behind a ridge, the left one deeper; the floor is bent, and a ripple makes side valleys."""
    u = y - 0.45 * x**2 + 0.2
    return (x**2 - 1) ** 2 + 0.35 * x + 0.9 * u**2 + 0.25 * sin(2.2 * y) * cos(1.3 * x)


def saddle(x, y):
    """A saddle at 0 between two wells at (0, 1) and (0, -1), where the loss is -1/4; eigenvalues 1 and -1 at 0."""
    return x**2 / 2 - y**2 / 2 + y**4 / 4


def plateau(x, y):
    """A hole in a plain: the slope fades like exp(-d**2/2) with the distance d.  Lowest, 0, at 0; the plain is at 1."""
    return 1 - exp(-(x**2 + y**2) / 2)


def monkey_saddle(x, y):
    """Three valleys and three ridges meet at 0, where all second derivatives vanish; wells of -1/12 at distance 1."""
    return (x**3 - 3 * x * y**2) / 3 + (x**2 + y**2) ** 2 / 4


@dataclass(frozen=True)
class Landscape:
    """What a picture of a landscape needs.

    f: function x, y -> loss.  title: its printed name.  window: (x low, x high, y low, y high).  start: (x, y), where
    a path begins when nobody says.
    """

    f: object
    title: str
    window: tuple
    start: tuple


LANDSCAPES = {
    "ravine": Landscape(ravine, "Ravine", (-2, 2, -1.7, 1.7), (-1.7, 0.9)),
    "tilted_ravine": Landscape(tilted_ravine, "Tilted ravine", (-2, 2, -1.7, 1.7), (-1.6, 0.2)),
    "rosenbrock": Landscape(rosenbrock, "Rosenbrock's valley", (-2, 1.9, -1.35, 2.1), (-1.15, -0.62)),
    "two_wells": Landscape(two_wells, "Two wells", (-1.8, 1.8, -1.45, 1.75), (0.3, 1.32)),
    "saddle": Landscape(saddle, "Saddle", (-1.9, 1.9, -1.6, 1.6), (-1.2, 0.02)),
    "plateau": Landscape(plateau, "Plateau", (-4.2, 4.2, -3.5, 3.5), (-3.1, 1.4)),
    "monkey_saddle": Landscape(monkey_saddle, "Monkey saddle", (-1.7, 1.7, -1.4, 1.4), (1.3, 0.05)),
}


def gradient(f, point):
    """The gradient of a landscape f(x, y), exact to the last digits, by a complex step.

    point: array of shape (2,) or (2, n).  Returns the same shape.  f must be analytic, as all landscapes here are.
    Source: Squire and Trapp (1998).
    """
    x, y = point
    h = 1e-30
    return np.array([f(x + h * 1j, y).imag / h, f(x, y + h * 1j).imag / h])


def hessian(grad, theta):
    """The Hessian at theta from gradients that are exact to the last digits: right to eleven.

    grad: function of theta.  theta: (p,).  Returns (p, p), symmetric.
    """
    h = 1e-3  # four values a derivative: the error of the formula, h**4, meets that of rounding
    columns = [
        8 * (grad(theta + h * e) - grad(theta - h * e)) - grad(theta + 2 * h * e) + grad(theta - 2 * h * e)
        for e in np.eye(len(theta))
    ]
    H = np.column_stack(columns) / (12 * h)
    return (H + H.T) / 2


def minima(f, window):
    """All local minima of f(x, y) inside the window, the lowest first: a list of (value, x, y), to 12 decimals.

    A grid of 121 by 121 points finds where to look; Newton's method polishes each find.
    """
    xs, ys = np.linspace(*window[:2], 121), np.linspace(*window[2:], 121)
    z = np.pad(f(xs[None, :], ys[:, None]), 1, constant_values=np.inf)
    inner = z[1:-1, 1:-1]
    around = [z[1 + j : 122 + j, 1 + i : 122 + i] for j in (-1, 0, 1) for i in (-1, 0, 1) if (i, j) != (0, 0)]
    found = set()
    for j, i in np.argwhere(inner <= np.min(around, axis=0)):
        point, d = np.array([xs[i], ys[j]]), 1e-5 * np.eye(2)
        for _ in range(20):
            hessian = np.column_stack([gradient(f, point + e) - gradient(f, point - e) for e in d]) / 2e-5
            point = point - np.linalg.solve(hessian, gradient(f, point))
        inside = window[0] < point[0] < window[1] and window[2] < point[1] < window[3]
        if inside and np.linalg.eigvalsh(hessian).min() > 0:
            # adding zero turns -0.0 into 0.0
            found.add(tuple(round(float(v), 12) + 0.0 for v in (f(*point), *point)))
    return sorted(found)
