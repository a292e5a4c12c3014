"""The three data sets of scikit-learn that optlib asks for, so that a page need not load 26 MB for a table of numbers.

A cell that imports scikit-learn itself gets the real one, which is then asked for these too.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np


def _kept(name, return_X_y):
    with np.load(Path(__file__).with_name(f"{name}.npz")) as kept:
        X, y, names = kept["X"].astype(float), kept["y"], kept["names"].tolist()
    return (X, y) if return_X_y else SimpleNamespace(data=X, target=y, feature_names=names)


def load_digits(*, return_X_y=False):
    return _kept("digits", return_X_y)


def load_breast_cancer(*, return_X_y=False):
    return _kept("breast_cancer", return_X_y)


def load_diabetes(*, return_X_y=False):
    return _kept("diabetes", return_X_y)
