# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 13

# %%
import numpy as np

from optlib.exercises import check

# %% [markdown]
# (solution-flatness-1)=
# ## Which way is up?
#
# The gradient is $(3, 4)$ and its length is 5. The displacement points along it and has the length $\rho$: $0.05 \cdot (3, 4)/5$.

# %%
answer = 0.05 * np.array([3, 4]) / 5
check("flatness-1", answer)

# %% [markdown]
# (solution-flatness-2)=
# ## A wrapper around a wrapper
#
# AdamW takes one gradient a step. On SAM's problem each of these costs two gradients of the loss, one to find the way up and one up there. Lookahead works on weights alone and adds none.

# %%
answer = 2 * 10
check("flatness-2", answer)

# %% [markdown]
# (solution-flatness-3)=
# ## Another product
#
# On the floor $xy = c$ the Hessian is $(y, x)^\top (y, x)$, with the one nonzero eigenvalue $x^2 + y^2$. From $(x - y)^2 \ge 0$ follows $x^2 + y^2 \ge 2xy = 2c$, with equality at $x = y = \sqrt c$.

# %%
answer = "2*c"
check("flatness-3", answer)

# %% [markdown]
# (solution-flatness-4)=
# ## Forward and back
#
# Each fast step halves $\theta$, so two of them make a quarter. Half of the way from 1 to $\frac14$ is $\frac58$. The next round starts there and multiplies by the same $\frac58$.

# %%
slow = fast = 1.0
for t in range(1, 5):
    fast = fast - 0.5 * fast
    if t % 2 == 0:
        slow = fast = slow + 0.5 * (fast - slow)
check("flatness-4", slow)

# %% [markdown]
# (solution-flatness-5)=
# ## How loud is step 100?
#
# The variance is $1/t^{0.55}$. A hundred to the power of one half would be 10; the slightly larger exponent makes it 12.6, and the variance one over that.

# %%
answer = 1 / 100**0.55
check("flatness-5", answer)


# %% [markdown]
# (solution-flatness-6)=
# ## SAM by hand
#
# Two gradients, and one question before the division. The norm is that of the whole array, not of its columns. Where the first gradient is zero there is no way up, and the answer is that gradient.

# %%
def sam_gradient(grad, theta, radius):
    g = grad(theta)
    length = np.sqrt(np.sum(g**2))
    if length == 0:
        return g
    return grad(theta + radius * g / length)


check("flatness-6", sam_gradient)

# %% [markdown]
# (solution-flatness-7)=
# ## Ten times in, a tenth out
#
# ReLU passes a positive factor through, so every output is what it was, and the loss with it. The derivatives are taken by weights that have changed their size: those by the larger weights shrink by ten, those by the smaller ones grow by ten, and second derivatives by a hundred. The length of all weights changes because growing by ten adds more than shrinking takes.

# %%
answer = "loss"
check("flatness-7", answer)
