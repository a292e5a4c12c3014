# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 3

# %%
import numpy as np

from optlib.exercises import check
from optlib.problems import basins
from optlib.rules import sgd

# %% [markdown]
# (solution-landscapes-1)=
# ## What kind of point?
#
# The gradient is $(3x^2 - 3,\, 2y)$ and the Hessian diagonal, with $6x$ and 2. At $(-1, 0)$ the eigenvalues are $-6$ and 2: a saddle. At $(1, 0)$ they are 6 and 2, a minimum.

# %%
answer = "saddle"
check("landscapes-1", answer)

# %% [markdown]
# (solution-landscapes-2)=
# ## How long does it hold?
#
# By {eq}`eq-ch03-escape` the error reaches 0.5 after $\ln(5 \cdot 10^5)/\ln 1.01 = 1318.8$ steps, so the first whole step is the next one. On the saddle of the chapter the run takes 15 more, because there the slope grows less than in proportion to $y$.

# %%
answer = int(np.ceil(np.log(0.5 / 1e-6) / np.log(1.01)))
check("landscapes-2", answer)

# %% [markdown]
# (solution-landscapes-3)=
# ## Ways down
#
# The upper left block has the eigenvectors $(1, 1)$ and $(1, -1)$, with eigenvalues 3 and $-1$. The diagonal is positive all the same: along each axis the loss rises, and between two of them it falls. One negative eigenvalue makes a saddle.

# %%
H = np.array([[1, 2, 0], [2, 1, 0], [0, 0, 3]])
answer = int(np.sum(np.linalg.eigvalsh(H) < 0))
check("landscapes-3", answer)


# %% [markdown]
# (solution-landscapes-4)=
# ## A fair direction
#
# The norm over `axis=0` is that of each column. Divide by the column's own length, multiply by that of the weights, and broadcasting does it for all columns at once. Multiply a column of `W` by ten and the same column of the result grows by ten, so the plane shows the same losses.

# %%
def normalize(d, W):
    return d / np.linalg.norm(d, axis=0) * np.linalg.norm(W, axis=0)


check("landscapes-4", normalize)

# %% [markdown]
# (solution-landscapes-5)=
# ## The factor of momentum
#
# Put $e_t = z^t$ into the recurrence and divide by $z^{t-2}$: that is the quadratic equation of {eq}`eq-ch03-momentum`. Both roots are positive, with product $\mu$ and a sum above $1 + \mu$, so one of them is above one and the other below. In the long run the larger counts.

# %%
answer = "(1 + mu + eta*h + sqrt((1 + mu + eta*h)**2 - 4*mu))/2"
check("landscapes-5", answer)

# %% [markdown]
# (solution-landscapes-6)=
# ## A scaling that does not help
#
# Turned by 45 degrees, both diagonal entries are the mean of the eigenvalues, 50.5. So $D$ is a multiple of the identity, the scaling divides all of $H$ by 50.5, and the ratio of the eigenvalues stays. By {eq}`eq-ch03-scaling` no other diagonal does better.

# %%
turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
H = turn @ np.diag([1, 100]) @ turn.T
D = np.sqrt(np.diag(H))
answer = np.linalg.cond(H / np.outer(D, D))
check("landscapes-6", answer)

# %% [markdown]
# (solution-landscapes-7)=
# ## Count the wells
#
# Each column is a run of its own, because the rule looks at one number at a time. Half of the starts, 0.47, have $x < 0$; the border between the wells is elsewhere, so the starts alone do not answer.

# %%
starts = np.random.default_rng(7).uniform(-1.4, 1.4, (2, 200))
ends = basins("two_wells", sgd, starts, steps=400, lr=0.05)
answer = np.mean(ends == 0)
check("landscapes-7", answer)
