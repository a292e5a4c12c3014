"""The three data sets of scikit-learn that optlib asks for, so that a page need not load 26 MB for a table of numbers.

A cell that imports scikit-learn itself gets the real one, which is then asked for these too.
"""

from pathlib import Path

import numpy as np


def _pair(name, return_X_y):
    if not return_X_y:
        raise ImportError(f"write `import sklearn` in a cell to have scikit-learn itself, with all of load_{name}")
    with np.load(Path(__file__).with_name(f"{name}.npz")) as kept:
        return kept["X"].astype(float), kept["y"].copy()


def load_digits(*, return_X_y=False):
    return _pair("digits", return_X_y)


def load_breast_cancer(*, return_X_y=False):
    return _pair("breast_cancer", return_X_y)


def load_diabetes(*, return_X_y=False):
    return _pair("diabetes", return_X_y)
