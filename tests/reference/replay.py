"""The rules on the same inputs as the stored runs."""

import numpy as np

from optlib.grammar import call, read, start


def replay(step, theta, gradients, lrs, hyper):
    """The parameters after each step, in theta's dtype; a second estimate is the stream of gradients read backwards."""
    signature = read(step)
    state, path = start(signature, theta), []
    for t, (g, lr) in enumerate(zip(gradients, lrs), start=1):
        theta, *state = call(
            step, signature, theta, (g, gradients[-t])[: len(signature.asks)], state, t, dict(hyper, lr=lr)
        )
        path.append(theta)
    return np.array(path)
