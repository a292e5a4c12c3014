"""How fast a method becomes exact, counted in correct digits."""

import numpy as np

from optlib.plot.curves import curves

BELOW = 16.0  # double precision holds no more


def digits(errors, *, alt, caption="", title="Correct digits", **options):
    """Correct digits after each step: minus the decimal logarithm of the error, at most 16.

    A method of order 1 gains as many at each step, a straight line; one of order 2 doubles what it has.
    errors: {name: (steps + 1,)}, distances to the minimizer relative to its size.  Further keywords as in `curves`.
    Returns a Figure.
    """
    series = {name: correct_digits(e) for name, e in errors.items()}
    return curves(series, alt=alt, caption=caption, title=title, **options)


def correct_digits(errors):
    """-log10 of each error, at most 16; zero counts as 16, what is not finite stays so."""
    e = np.abs(np.asarray(errors, float))
    with np.errstate(divide="ignore"):
        return np.minimum(-np.log10(e), BELOW)


def order(errors):
    """The order p with which errors fall, e_t ~ c e_{t-1}^p, from each three in a row: (len(errors) - 2,).

    Only the last ones before rounding tell the order; an error of zero gives nan.
    """
    e = np.asarray(errors, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = np.diff(np.log(np.where(e > 0, e, np.nan)))
        return fall[1:] / fall[:-1]
