"""Models with losses and gradients written by hand, as pure functions of their parameters.

n: examples.  X: (n, inputs).  Y: (n, classes), one 1 a row.  Each module has loss, gradient and predict.
"""

from optlib.models import mlp, second, softmax

__all__ = ["mlp", "second", "softmax"]
