"""Second derivatives of the network in `optlib.models.mlp`: the Hessian times a vector, and its diagonal by layers."""

import numpy as np

from optlib.models import mlp
from optlib.models.softmax import cross_entropy_gradient, softmax

# the second derivative of a bend as a function of the bent a
BENT = {"relu": lambda a: np.zeros_like(a), "tanh": lambda a: -2 * a * (1 - a**2)}


def hessian_vector(theta, v, X, Y, activation="relu"):
    """H v, exactly, for about the price of two gradients: every line of backpropagation, differentiated along v.

    theta, v: dicts as in `mlp`.  X, Y, activation: as in `mlp.loss`.  Returns a dict like theta.
    Source: Pearlmutter (1994).
    """
    a, slope = mlp.forward(theta, X, activation), mlp.ACTIVATIONS[activation][1]
    layers = len(theta) // 2
    # as theta moves along v, what goes into a bend moves by `into`, what comes out by `moved`
    into, moved = [None], [np.zeros_like(X)]
    for k in range(1, layers + 1):
        into.append(moved[-1] @ theta[f"W{k}"] + a[k - 1] @ v[f"W{k}"] + v[f"b{k}"])
        moved.append(into[k] * slope(a[k]) if k < layers else into[k])
    out, P = {}, softmax(a[-1])
    d = cross_entropy_gradient(a[-1], Y)
    turn = P * (into[-1] - (P * into[-1]).sum(axis=1, keepdims=True)) / len(X)  # how d moves
    for k in range(layers, 0, -1):
        out[f"W{k}"] = moved[k - 1].T @ d + a[k - 1].T @ turn
        out[f"b{k}"] = turn.sum(axis=0)
        if k > 1:
            W, V, s = theta[f"W{k}"], v[f"W{k}"], slope(a[k - 1])
            turn = (turn @ W.T + d @ V.T) * s + (d @ W.T) * BENT[activation](a[k - 1]) * into[k - 1]
            d = (d @ W.T) * s
    return {name: out[name] for name in theta}


def diagonal(theta, X, Y, activation="relu", *, bends=True):
    """LeCun's estimate of the diagonal of the Hessian: second derivatives carried back through the layers.

    c is the second derivative with respect to what a layer put out before its bend.  Through weights it passes as their
    squares, through a bend as the slope's square, plus, with `bends`, the bend's own curvature times the gradient.
    What is dropped are the mixed derivatives of two units of one layer: for the last layer's weights it is exact.
    bends=False drops the curvature of the bends as well; then nothing is negative.
    theta, X, Y, activation: as in `mlp.loss`.  Returns a dict like theta, for the price of one more gradient.
    Source: LeCun (1988), Becker and LeCun (1988); LeCun et al. (1998), section 7, without the bends.
    """
    a, slope = mlp.forward(theta, X, activation), mlp.ACTIVATIONS[activation][1]
    P, out = softmax(a[-1]), {}
    d, c = cross_entropy_gradient(a[-1], Y), P * (1 - P) / len(X)
    for k in range(len(theta) // 2, 0, -1):
        out[f"W{k}"] = (a[k - 1] ** 2).T @ c
        out[f"b{k}"] = c.sum(axis=0)
        if k > 1:
            W, s = theta[f"W{k}"], slope(a[k - 1])
            c = (c @ (W**2).T) * s**2
            if bends:
                c = c + (d @ W.T) * BENT[activation](a[k - 1])
            d = (d @ W.T) * s
    return {name: out[name] for name in theta}
