# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 11

# %%
import numpy as np

from optlib import families
from optlib.exercises import check
from optlib.problems import cancer

# %% [markdown]
# (solution-fisher-1)=
# ## A rare coin
#
# Heads have the score $1/0.2 = 5$ and come up in a fifth of all tosses, tails have $-1/0.8 = -1.25$. The mean of the squares is $0.2 \cdot 25 + 0.8 \cdot 1.5625$. It is one over the variance of a toss, {eq}`eq-ch11-coin`.

# %%
answer = 1 / (0.2 * (1 - 0.2))
check("fisher-1", answer)

# %% [markdown]
# (solution-fisher-2)=
# ## The same coin by its logit
#
# The slope of $\theta$ by its logit is $\theta (1 - \theta) = 0.16$. The Fisher information in the logit has that factor on both sides, $A^\top F A$ in the words of {eq}`eq-ch11-invariant`, so one factor is left. Near certainty a step of the logit does little; the same step of $\theta$ would do much.

# %%
answer = 0.16 * 6.25 * 0.16
check("fisher-2", answer)

# %% [markdown]
# (solution-fisher-3)=
# ## A bell by hand
#
# With $z = (x - m)/\sigma$ the scores are $z/\sigma$ and $(z^2 - 1)/\sigma$. The mean of $z^2$ is 1, that of $(z^2 - 1)^2 = z^4 - 2 z^2 + 1$ is $3 - 2 + 1 = 2$. So the diagonal is $1/\sigma^2$ and $2/\sigma^2$.

# %%
answer = np.diag(families.gaussian.fisher(np.array([0.0, 2.0])))
check("fisher-3", answer)

# %% [markdown]
# (solution-fisher-4)=
# ## How far is a tenth?
#
# The logarithms of the two bells differ by $(x - 0.1)^2/2 - x^2/2 = -0.1 x + 0.005$, and the mean of $x$ under the first is zero. Here the square of {eq}`eq-ch11-half` is the whole divergence: no third order follows, because $F$ does not depend on the mean.

# %%
answer = 0.1**2 / 2
check("fisher-4", answer)

# %% [markdown]
# (solution-fisher-5)=
# ## Counts
#
# The score is $x/r - 1$. Its mean is zero and its mean square $r/r^2 = 1/r$. The gradient of the loss is $1 - y/r$, and divided by $1/r$ it is $r - y$: as with the coin, the natural gradient leads straight to what was observed.

# %%
answer = "(1 - y/r) / (1/r)"
check("fisher-5", answer)


# %% [markdown]
# (solution-fisher-6)=
# ## Labels from the model
#
# The score of one label is $(y - q)\, x$. All draws and rows go into one tall matrix, and its product with itself is the sum of the outer products. A thousand labels a row come close to the exact matrix:

# %%
def fisher_matrix(theta, X, labels):
    q = 1 / (1 + np.exp(-X @ theta))
    scores = ((labels - q)[:, :, None] * X).reshape(-1, X.shape[1])
    return scores.T @ scores / len(scores)


X = np.c_[cancer()[0][:, :4], np.ones(455)]
theta = np.array([-1.0, 0.5, 0.3, -2.0, 0.4])
q = 1 / (1 + np.exp(-X @ theta))
labels = np.random.default_rng(0).random((1000, 455)) < q
exact = (X.T * (q * (1 - q))) @ X / 455
error = np.linalg.norm(fisher_matrix(theta, X, labels) - exact) / np.linalg.norm(exact)
print(f"relative error below 0.05: {error < 0.05}")
check("fisher-6", fisher_matrix)

# %% [markdown]
# (solution-fisher-7)=
# ## Batches without end
#
# By {eq}`eq-ch11-batch` the variance of the mean goes to zero like $1/B$, and $(\nabla J)^2$ stays. Then Adam divides the gradient by its own size and takes steps of length $\eta$ in each parameter, whatever the curvature.

# %%
answer = "square"
check("fisher-7", answer)
