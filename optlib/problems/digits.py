"""Handwritten digits, 1,797 images of 8 by 8 pixels packaged with scikit-learn, and two models that read them."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from optlib.models import mlp, softmax
from optlib.problem import Problem
from optlib.problems.batches import minibatches

TEST = 360  # images kept aside, one in five


class Digits(NamedTuple):
    """X: (1437, 64) pixels from 0 to 1, row by row.  y: (1437,) the digits 0 to 9.  X_test, y_test: the other 360."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


@lru_cache(maxsize=1)
def digits():
    """The images, shuffled once and for all: the file is ordered by writer, so its end is no fair test.

    Returns Digits, read-only arrays.  Raises ImportError without scikit-learn.
    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI repository (its test set).
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as e:
        raise ImportError("the digits come with the package scikit-learn, which is not installed") from e
    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    X, y = X[order] / 16, y[order]
    data = Digits(X[:-TEST], y[:-TEST], X[-TEST:], y[-TEST:])
    for a in data:
        a.setflags(write=False)
    return data


def digits_softmax(batch=None, l2=0.0, seed=0, size=None):
    """Softmax regression on the digits: theta is one (65, 10) array, the last row the biases.

    batch: examples a step, None for all.  l2: adds l2/2 times the sum of all squares.  seed: of the batches.
    size: how many of the 1,437 training images to use.
    Returns a Problem with f, grad and accuracy (share of the test images read right), starting at zero.  f(theta) and
    grad(theta) without a batch are over all images.  Raises ValueError for a batch or size out of range.
    """
    data = digits()
    X, Y = softmax.with_ones(data.X[: _size(size)]), softmax.one_hot(data.y[: _size(size)], 10)
    X_test = softmax.with_ones(data.X_test)

    def f(theta, batch=None):
        return softmax.loss(theta, *_rows(X, Y, batch), l2)

    def grad(theta, batch=None):
        return softmax.gradient(theta, *_rows(X, Y, batch), l2)

    def accuracy(theta, batch=None):
        return float((softmax.predict(theta, X_test) == data.y_test).mean())

    return _problem(f, grad, accuracy, len(X), batch, seed, name="digits_softmax", start=np.zeros((65, 10)))


def digits_mlp(hidden=(32,), batch=None, activation="relu", seed=0, size=None):
    """A network on the digits: theta is a dict W1 (64, hidden[0]), b1, W2, b2, ... up to the ten logits.

    hidden: width of each hidden layer.  batch: examples a step, None for all.  activation: "relu" or "tanh".
    seed: of the start (He for relu, Glorot for tanh) and of the batches.  size: how many training images to use.
    Returns a Problem with f, grad (backpropagation), factors (K-FAC's, see `mlp.factors`) and accuracy (share of the
    test images read right).  f, grad and factors without a batch are over all images.
    Raises ValueError for an argument out of range.
    """
    if not isinstance(hidden, tuple | list):
        raise ValueError(f"hidden must be the widths of the hidden layers, such as (32,), got {hidden!r}")
    data = digits()
    X, Y = data.X[: _size(size)], softmax.one_hot(data.y[: _size(size)], 10)
    start = mlp.start((64, *hidden, 10), activation, seed)

    def f(theta, batch=None):
        return mlp.loss(theta, *_rows(X, Y, batch), activation)

    def grad(theta, batch=None):
        return mlp.gradient(theta, *_rows(X, Y, batch), activation)

    def factors(theta, batch=None):
        return mlp.factors(theta, _rows(X, Y, batch)[0], activation)

    def accuracy(theta, batch=None):
        return float((mlp.predict(theta, data.X_test, activation) == data.y_test).mean())

    facts = dict(name="digits_mlp", start=start, factors=factors)
    return _problem(f, grad, accuracy, len(X), batch, seed, **facts)


def _size(size):
    n = len(digits().X)
    if size is None:
        return n
    if not isinstance(size, int | np.integer) or not 1 <= size <= n:
        raise ValueError(f"size must be a whole number from 1 to {n}, the number of training images, got {size!r}")
    return size


def _rows(X, Y, batch):
    return (X, Y) if batch is None else (X[batch], Y[batch])


def _problem(f, grad, accuracy, n, batch, seed, **facts):
    batches = None if batch is None else minibatches(n, batch, seed)
    return Problem(f, grad=grad, accuracy=accuracy, batches=batches, full=f, **facts)
