# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 8

# %%
import numpy as np

from optlib.exercises import check

# %% [markdown]
# (solution-repairing-adam-1)=
# ## Where it should go
#
# The three losses add up to $3\theta - \theta - \theta = \theta$. A line that rises is lowest at the left end of the interval.

# %%
answer = -1
check("repairing-adam-1", answer)

# %% [markdown]
# (solution-repairing-adam-2)=
# ## Two maxima
#
# The running maximum compares with its own last value: 9, 9, 9, 9. The maximum over two steps compares with the last $v$, which is 1 by then: 9, 9, 1, 1. It forgets the large value two steps after it came.

# %%
answer = [9, 1]
check("repairing-adam-2", answer)

# %% [markdown]
# (solution-repairing-adam-3)=
# ## A period of two
#
# Call the two values $a$, after $c$, and $b$, after $-1$. Then $a = \beta_2 b + (1-\beta_2) c^2$ and $b = \beta_2 a + (1-\beta_2)$. Put the second into the first: $a (1 - \beta_2^2) = (1-\beta_2)(\beta_2 + c^2)$. Divide by $1 - \beta_2^2 = (1-\beta_2)(1+\beta_2)$.

# %%
answer = "(c**2 + beta2)/(1 + beta2)"
check("repairing-adam-3", answer)

# %% [markdown]
# (solution-repairing-adam-4)=
# ## How many gradients in the end?
#
# $\rho_\infty = 2/(1 - \beta_2) - 1 = 2000 - 1$. The weights of $v$ have a mean age of 999 steps, and so has a plain mean of 1,999 values.

# %%
answer = 1999
check("repairing-adam-4", answer)

# %% [markdown]
# (solution-repairing-adam-5)=
# ## The first adaptive step
#
# While the weights are nearly equal, $\rho_t$ is nearly $t$, but a little less. At $t = 4$ it is just below 4, so the paper's rule begins at 5. At $t = 5$ it is just below 5, so the other one waits for $t = 6$.

# %%
t = np.arange(1, 8)
rho = 1999 - 2 * t * 0.999**t / (1 - 0.999**t)
print(rho.round(4))
answer = [int(t[rho > 4][0]), int(t[rho >= 5][0])]
check("repairing-adam-5", answer)


# %% [markdown]
# (solution-repairing-adam-6)=
# ## AMSGrad by hand
#
# Four lines, one for each equation. The maximum is taken over averages, and its result is carried on: `v` itself goes on fading.

# %%
def step(theta, g, m, v, v_max, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v)
    return theta - lr * m / (np.sqrt(v_max) + eps), m, v, v_max


check("repairing-adam-6", step)

# %% [markdown]
# (solution-repairing-adam-7)=
# ## Whose late steps grow with the loss?
#
# Adam's step is $\eta\, \hat m/\sqrt{\hat v}$ at all times, and the size of the gradients cancels. Late in the run AdaBound's two bounds have closed on $\eta_\infty$ and the step is $\eta_\infty m_t$, in which nothing cancels.

# %%
answer = "adabound"
check("repairing-adam-7", answer)
