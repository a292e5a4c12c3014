"""Rules that see a matrix of parameters as a matrix, and AdaGrad with the whole matrix of products."""

from optlib.grammar import Matrix, Model
from optlib.ops import (
    eigenbasis,
    eye,
    inverse_root,
    maximum,
    mean,
    minimum,
    orthogonalize,
    outer,
    ratio,
    rms,
    root,
    solve,
    sqrt,
)


def products(theta):
    """Zeros, one for each pair of parameters."""
    return 0 * outer(theta, theta)


def left(theta):
    """Zeros, one for each pair of rows."""
    return 0 * theta @ theta.T


def right(theta):
    """Zeros, one for each pair of columns."""
    return 0 * theta.T @ theta


def row_means(theta):
    """Zeros, one for each row."""
    return 0 * theta[:, :1]


def column_means(theta):
    """Zeros, one for each column."""
    return 0 * theta[:1]


def adagrad_full(theta: Model, g, G=products, *, lr=1e-2, eps=1e-6, eps_root=0.0):
    """AdaGrad with the whole matrix: the step is divided by the root of the summed outer products.

    G: sum of g g^T over all parameters as one vector; p parameters need p**2 numbers and time p**3.
    eps: added to the root, as in the paper.  eps_root: added under it; with eps=0 this is Shampoo of order one.
    Returns theta, G.  Source: Duchi, Hazan and Singer (2011), Figure 1; no primary default of lr and eps.
    """
    G = G + outer(g, g)
    theta = theta - lr * solve(root(G + eps_root * eye(g)) + eps * eye(g), g)
    return theta, G


def adafactor(
    theta: Matrix, g, R=row_means, C=column_means, t=1, *, lr=1e-2, decay=0.8, eps=1e-30, eps_scale=1e-3, clip=1.0
):
    """Adafactor: RMSProp that keeps only the row and column means of the squares, with relative steps.

    R, C: fading means of the rows (m x 1) and of the columns (1 x n) of g**2; their product over the mean of R stands
    for g**2.  lr: the largest relative step; the step is relative to the root mean square of theta, at least eps_scale.
    decay: how fast the average slows down.  clip: the largest root mean square of u.  No first moment, no decay.
    Vectors need no factors: use `rmsprop`.  torch takes its own eps, after the product; optax factors from 128 on.
    Returns theta, R, C.  Source: Shazeer and Stern (2018), Algorithm 4, with its values.
    """
    rho = 1 - t**-decay
    R = rho * R + (1 - rho) * mean(g**2 + eps, 1)
    C = rho * C + (1 - rho) * mean(g**2 + eps, 0)
    u = g / (sqrt(R / mean(R)) * sqrt(C))
    a = minimum(lr, 1 / sqrt(t)) * maximum(eps_scale, rms(theta))
    theta = theta - a * u / maximum(1, rms(u) / clip)
    return theta, R, C


def muon(theta: Matrix, g, b=0, *, lr=2e-2, momentum=0.95, eps=1e-7, weight_decay=0.0, scale=1.0):
    """Muon: momentum in Nesterov's form, turned into a matrix all of whose singular values are near 1.

    b: the fading sum of past gradients; an average instead changes only what eps means.  u: the turned matrix.
    scale: of u beside the decay, 1 as first published.  For weights (out, in) the authors' code, torch and
    pytorch_optimizer take sqrt(max(1, rows / columns)); optax, for (in, out), sqrt(max(1, columns / rows)).
    The libraries turn in bfloat16, this rule in the dtype of theta.  For hidden matrices only; the rest takes `adamw`.
    Returns theta, b.  Source: Jordan et al. (2024), with its defaults.
    """
    b = momentum * b + g
    u = orthogonalize(g + momentum * b, eps)
    theta = theta - lr * (scale * u + weight_decay * theta)
    return theta, b


def shampoo(theta: Matrix, g, L=left, R=right, *, lr=1e-1, eps=1e-4):
    """Shampoo: AdaGrad's matrix as the product of one for the rows and one for the columns.

    L, R: sums of g g^T (m x m) and g^T g (n x n).  The paper starts them at eps times the identity, which is the same.
    Returns theta, L, R.  Source: Gupta, Koren and Singer (2018), Algorithm 1; it has no default of lr and eps.
    """
    L = L + g @ g.T
    R = R + g.T @ g
    u = inverse_root(L + eps * eye(L), 4) @ g @ inverse_root(R + eps * eye(R), 4)
    theta = theta - lr * u
    return theta, L, R


def soap(
    theta: Matrix, g, m=0, v=0, L=left, R=right, P=left, Q=right, t=1,
    *, lr=3e-3, beta1=0.95, beta2=0.95, eps=1e-8, every=10,
):  # fmt: skip
    """SOAP: Adam in the eigenbasis of Shampoo's matrices.

    m: fading average of g.  v: of its squares in the basis.  L, R: of g g^T and g^T g.  P, Q: the basis, from the
    gradients before this one; the first step therefore only looks, and t - 1 counts the others.
    every: how many steps the basis waits for its next round of power iteration.
    eps stands on the uncorrected root, and v is not reordered when eigenvalues overtake each other (the authors'
    code does reorder; Algorithm 4 of the paper does not).  Their weight decay of 0.01 is left out.
    Returns theta, m, v, L, R, P, Q.  Source: Vyas et al. (2024), with the defaults of the authors' code.
    """
    P = eigenbasis(L, P, t, every)
    Q = eigenbasis(R, Q, t, every)
    m = beta1 * m + (1 - beta1) * (t > 1) * g
    v = beta2 * v + (1 - beta2) * (P.T @ g @ Q) ** 2
    r = ratio(sqrt(1 - beta2 ** (t - 1)), 1 - beta1 ** (t - 1), 0)
    u = P @ (P.T @ m @ Q / (sqrt(v) + eps)) @ Q.T
    theta = theta - lr * r * u
    L = beta2 * L + (1 - beta2) * g @ g.T
    R = beta2 * R + (1 - beta2) * g.T @ g
    return theta, m, v, L, R, P, Q
