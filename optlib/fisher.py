"""Fisher matrices of a model that gives each input a distribution over classes, p(y | x; theta).

n: examples.  k: classes.  p: parameters, as one vector.  J: (n, k, p), the derivatives of each example's logits by the
parameters.  P: (n, k), its probabilities, the softmax of the logits.  Y: (n, k), one 1 a row.
Logistic regression is the model with the logits (z, 0).
"""

import numpy as np


def output_fisher(P):
    """diag(p) - p p' for each row p of P, shape (n, k, k): the Fisher matrix by the logits.

    It is the Hessian of cross-entropy by the logits, too; no label occurs in it.
    """
    return P[:, :, None] * np.eye(P.shape[1]) - P[:, :, None] * P[:, None, :]


def gauss_newton(J, H):
    """The generalized Gauss-Newton matrix: the mean over the examples of J' H J.  H: (n, k, k).  Returns (p, p).

    Source: Martens (2020), section 8.
    """
    flat = J.reshape(-1, J.shape[2])
    return flat.T @ (H @ J).reshape(flat.shape) / len(J)


def exact(J, P):
    """The Fisher matrix, the mean over labels that the model gives and over the examples: (p, p)."""
    return gauss_newton(J, output_fisher(P))


def scores(J, P, Y):
    """The gradient of log p(y | x) by the parameters for each example: (n, p)."""
    return np.einsum("nkp,nk->np", J, Y - P)


def empirical(J, P, Y):
    """The mean of score score' with the labels of the data.  It is no Fisher matrix: there the model gives the labels.

    Returns (p, p).  Source: Kunstner, Balles and Hennig (2019).
    """
    S = scores(J, P, Y)
    return S.T @ S / len(S)


def monte_carlo(J, P, rng, draws=1):
    """The mean of score score' with labels drawn from the model, `draws` for each example: (p, p).

    rng: a NumPy generator.  Its mean is `exact`.
    """
    edges, total = P.cumsum(axis=1)[:, :-1], 0
    for _ in range(draws):
        labels = (rng.random((len(P), 1)) > edges).sum(axis=1)
        total = total + empirical(J, P, np.eye(P.shape[1])[labels])
    return total / draws


def kl(P, Q):
    """KL(P || Q), the mean over the examples of the sum of p log(p / q): a number.  All probabilities positive."""
    return float((P * np.log(P / Q)).sum(axis=1).mean())


def linear_jacobian(X, k):
    """J of the logits X @ theta, theta of shape (inputs, k) read row by row: (n, k, inputs * k)."""
    return np.einsum("ni,ck->ncik", X, np.eye(k)).reshape(len(X), k, -1)


def distance(A, B):
    """How far the matrix A is from B, in the Frobenius norm of B."""
    return float(np.linalg.norm(A - B) / np.linalg.norm(B))


def cosine(a, b):
    """The cosine of the angle between two vectors."""
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))
