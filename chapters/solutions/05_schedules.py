# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 5

# %%
from optlib.exercises import check

# %% [markdown]
# (solution-schedules-1)=
# ## A quarter of a cosine
#
# With $d = \frac14$ the equation {eq}`eq-cosine` gives $\frac12 (1 + \cos \frac{\pi}{4}) = \frac{2 + \sqrt 2}{4}$. The straight line is at 0.75 there. At three quarters of the run the cosine is as far below the line as it is above it here.

# %%
answer = (2 + 2**0.5) / 4
check("schedules-1", answer)

# %% [markdown]
# (solution-schedules-2)=
# ## Steps of a tenth
#
# Epoch 65 lies in the third stretch of 30. Two drops have come, at 30 and at 60, and each multiplies by a tenth.

# %%
answer = 0.1 * 0.1 ** (65 // 30)
check("schedules-2", answer)

# %% [markdown]
# (solution-schedules-3)=
# ## A half-life
#
# Solve $0.95^n = \frac12$: $n = \ln 2 / \ln(1/0.95)$. That is close to $\ln 2 / 0.05 = 13.9$, since $\ln(1/(1-x)) \approx x$ for small $x$.

# %%
import math

answer = math.log(2) / math.log(1 / 0.95)
check("schedules-3", answer)

# %% [markdown]
# (solution-schedules-4)=
# ## When restarts come
#
# The cosines have 10, 20 and 40 steps, so they end after 10, 30 and 70. In {eq}`eq-sgdr` these are the $a$ of the next ones. At the end of a cosine the rate is lowest, and these are the places at which to keep a copy of $\theta$.

# %%
answer = [10, 10 + 20, 10 + 20 + 40]
check("schedules-4", answer)

# %% [markdown]
# (solution-schedules-5)=
# ## The best rate of one step
#
# The derivative is $-2h(1 - \eta h) v + 2 \eta \sigma^2$. It is zero at $\eta = hv/(h^2 v + \sigma^2)$, and the second derivative $2h^2 v + 2\sigma^2$ is positive, so this is the minimum. Without noise it is $1/h$, one step to the bottom. Far down, where $h^2 v$ is small beside $\sigma^2$, the rate must be small as well.

# %%
answer = "h*v / (h**2*v + sigma**2)"
check("schedules-5", answer)

# %% [markdown]
# (solution-schedules-6)=
# ## A run on a schedule
#
# `enumerate` counts from one, so that the first step has the rate `peak / warmup` and not zero. `W = W - ...` makes a new array; `W -= ...` would change the one that was given.

# %%
from optlib.schedules import warmup_cosine


def train_softmax(W, gradient, batches, peak, warmup):
    for t, rows in enumerate(batches, start=1):
        lr = warmup_cosine(t, peak=peak, steps=len(batches), warmup=warmup)
        W = W - lr * gradient(W, rows)
    return W


check("schedules-6", train_softmax)

# %% [markdown]
# (solution-schedules-7)=
# ## Where a schedule hurts
#
# With full gradients there is no floor. Below 2 no step overshoots so far that the error grows, and in the flat direction, which is last to arrive, every lower rate is a shorter step toward the minimum. In the other three runs the best constant rate is a compromise with its floor, which the cosine does not have to make.

# %%
answer = "a"
check("schedules-7", answer)
