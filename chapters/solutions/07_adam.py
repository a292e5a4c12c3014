# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 7

# %%
import numpy as np

from optlib.exercises import check

# %% [markdown]
# (solution-adam-1)=
# ## The first step without hats
#
# After one gradient $m_1 = 0.1\,g$ and $v_1 = 0.001\,g^2$. The size of $g$ cancels, and $0.1/\sqrt{0.001} = \sqrt{10}$ remains.

# %%
answer = (1 - 0.9) / np.sqrt(1 - 0.999)
check("adam-1", answer)

# %% [markdown]
# (solution-adam-2)=
# ## When is it longest?
#
# With a constant gradient the step is $(1-\beta_1^t)/\sqrt{1-\beta_2^t}$ times $\eta$. The numerator is three quarters full after twelve steps; the denominator grows like $\sqrt{t}$ for the first few hundred. Their quotient peaks early. Trying the first hundred steps is quicker than setting the derivative to zero.

# %%
t = np.arange(1, 101)
answer = int(t[np.argmax((1 - 0.9**t) / np.sqrt(1 - 0.999**t))])
check("adam-2", answer)

# %% [markdown]
# (solution-adam-3)=
# ## There and back
#
# After 1 and $-1$: $m_2 = 0.9 \cdot 0.1 - 0.1 = -0.01$, and $\hat m_2 = -0.01/(1 - 0.81) = -0.0526$. Both squares are 1, so $\hat v_2 = 1$ exactly. The change is $-\eta\,\hat m_2 = +0.0526\,\eta$. The parameter does turn round, but by a twentieth of its first step: the newest gradient counts for a little more than the one before.

# %%
answer = 0.01 / (1 - 0.81)
check("adam-3", answer)

# %% [markdown]
# (solution-adam-4)=
# ## A long memory
#
# While the aged outlier is above the new gradients, the maximum is the outlier: $u = 100 \cdot 0.999^{100}$. It stays above 1 for $\ln 100 / 0.001 \approx 4{,}600$ steps.

# %%
answer = 100 * 0.999**100
check("adam-4", answer)

# %% [markdown]
# (solution-adam-5)=
# ## What Adam carries
#
# One $m$ and one $v$ for each parameter. The optimizer of this book can be asked.

# %%
from optlib import Optimizer
from optlib.rules import adam

answer = sum(np.size(state) for state in Optimizer(adam, np.zeros(1000)).state[0])
check("adam-5", answer)

# %% [markdown]
# (solution-adam-6)=
# ## The sum of the weights
#
# Multiply $(1-\beta_2)$ into the sum $1 + \beta_2 + \dots + \beta_2^{t-1}$. Each power appears once with a plus and once with a minus, except the first and the last: $1 - \beta_2^t$.

# %%
answer = "1 - beta2**t"
check("adam-6", answer)


# %% [markdown]
# (solution-adam-7)=
# ## Adam by hand
#
# Five lines, one for each equation. Writing `m = ...` makes a new array; `m *= beta1` would change the caller's.

# %%
def step(theta, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


check("adam-7", step)

# %% [markdown]
# (solution-adam-8)=
# ## What it does not see
#
# A factor on the loss is a factor on every gradient; it goes into $\hat m$ once and into the root of $\hat v$ once, and cancels. Other axes give other coordinates, and the squares are taken coordinate by coordinate. Measuring $\theta$ in thousandths leaves the steps at $\eta$ of the *new* unit, a thousandth of what they were. A constant added to the gradient moves the mean and so, in general, the direction.

# %%
answer = "a"
check("adam-8", answer)
