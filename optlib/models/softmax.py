"""Softmax regression: logits Z = X theta, probabilities P = softmax(Z) a row, loss the mean of -log P at the label."""

import numpy as np


def with_ones(X):
    """X with a column of ones at its end, so that the last row of theta holds the biases."""
    return np.column_stack([X, np.ones(len(X))])


def one_hot(y, classes):
    """Labels 0 .. classes - 1 of shape (n,) as rows of zeros with a single 1, shape (n, classes)."""
    return np.eye(classes)[y]


def softmax(Z):
    """Each row of Z as probabilities."""
    P = np.exp(Z - Z.max(axis=1, keepdims=True))  # the largest exponent is 0, so nothing overflows
    P /= P.sum(axis=1, keepdims=True)
    return P


def cross_entropy(Z, Y):
    """The mean over the rows of -log softmax(Z) at the label.  Z, Y: (n, classes).  Returns a number."""
    Z = Z - Z.max(axis=1, keepdims=True)
    return float((np.log(np.exp(Z).sum(axis=1)) - (Z * Y).sum(axis=1)).mean())


def cross_entropy_gradient(Z, Y):
    """The gradient of `cross_entropy` with respect to Z, shape (n, classes): probability minus label, over n."""
    D = softmax(Z)
    D -= Y
    D /= len(Y)
    return D


def loss(theta, X, Y, l2=0.0):
    """Mean cross-entropy plus l2/2 times the sum of all squares, biases included.  theta: (inputs, classes)."""
    return cross_entropy(X @ theta, Y) + l2 / 2 * float(np.vdot(theta, theta))


def gradient(theta, X, Y, l2=0.0):
    """The gradient of `loss`, in the shape of theta."""
    return X.T @ cross_entropy_gradient(X @ theta, Y) + l2 * theta


def predict(theta, X):
    """The class with the largest logit, shape (n,)."""
    return (X @ theta).argmax(axis=1)
