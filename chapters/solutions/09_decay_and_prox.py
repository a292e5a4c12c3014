# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 9

# %%
import numpy as np

from optlib.exercises import check
from optlib.prox import group_threshold, soft_threshold
from optlib.rules import adam_l2

# %% [markdown]
# (solution-decay-and-prox-1)=
# ## Soft thresholding
#
# Each number moves toward zero by 0.3 and stops there, {eq}`eq-ch09-soft`. The middle one is smaller than that, so it is exactly zero.

# %%
answer = soft_threshold(np.array([-1, 0.2, 0.5]), 0.3)
check("decay-and-prox-1", answer)

# %% [markdown]
# (solution-decay-and-prox-2)=
# ## A group
#
# The group has length 5 and keeps $1 - \frac15$ of it, {eq}`eq-ch09-group`. The ratio of its two numbers does not change, so both stay or both go.

# %%
answer = group_threshold(np.array([3.0, 4.0]), 1.0)
check("decay-and-prox-2", answer)

# %% [markdown]
# (solution-decay-and-prox-3)=
# ## Half a weight
#
# Without a gradient Adam's fraction is zero, and a step multiplies the weight by $1 - 0.0001$. The power that is one half lies a little above 6,931, so it takes one step more. With the rule of thumb $\ln 2/(\eta\lambda)$ you get within half a step of that.

# %%
answer = int(np.ceil(np.log(0.5) / np.log(1 - 0.001 * 0.1)))
check("decay-and-prox-3", answer)

# %% [markdown]
# (solution-decay-and-prox-4)=
# ## The same decay by a penalty
#
# Equate the two forms as in {eq}`eq-ch09-sgd`: $\lambda = \lambda'/\eta = 0.001/0.1$. At half the rate the same decay would need twice the penalty, and so have another minimum.

# %%
answer = 0.001 / 0.1
check("decay-and-prox-4", answer)

# %% [markdown]
# (solution-decay-and-prox-5)=
# ## Two penalties at once
#
# For $z > 0$ the slope of $\frac{1}{2\eta}(z - x)^2 + \lambda z + \frac{\mu}{2} z^2$ is $(z - x)/\eta + \lambda + \mu z$. It vanishes at $z = (x - \eta\lambda)/(1 + \eta\mu)$, which is positive because $x > \eta\lambda$. So threshold first, then divide.

# %%
answer = "(x - eta*lam) / (1 + eta*mu)"
check("decay-and-prox-5", answer)


# %% [markdown]
# (solution-decay-and-prox-6)=
# ## A sweep over the diabetes data
#
# Each coordinate asks what the others leave unexplained, with their newest values. {eq}`eq-ch09-coordinate` divides by the curvature after the threshold: the penalty acts on $c_j$, in units of slope.

# %%
def sweep(theta, X, y, weight):
    theta, n = theta.copy(), len(y)
    for j in range(len(theta)):
        rest = y - X @ theta + X[:, j] * theta[j]
        c, h = X[:, j] @ rest / n, X[:, j] @ X[:, j] / n
        theta[j] = soft_threshold(c, weight) / h
    return theta


check("decay-and-prox-6", sweep)

# %% [markdown]
# (solution-decay-and-prox-7)=
# ## Which weight shrinks fastest?
#
# At first the penalty's gradient is 0.1. The quiet weight sees hardly anything else, so its steps are nearly $\eta$ at first, and 0.44 of it is gone after 500. The middle one divides by the root of $0.1^2 + 0.1^2$, the loud one by a little more than 1.

# %%
noise = np.random.default_rng(0).normal(size=(500, 3, 100)) * [[1.0], [0.1], [0.001]]
theta, m, v = np.ones((3, 100)), 0, 0
for t, g in enumerate(noise, start=1):
    theta, m, v = adam_l2(theta, g, m, v, t, lr=1e-3, weight_decay=0.1)
print("loud, middle, quiet:", theta.mean(axis=1).round(2))
answer = "quiet"
check("decay-and-prox-7", answer)
