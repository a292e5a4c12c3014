# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 4

# %%
from optlib.exercises import check

# %% [markdown]
# (solution-momentum-1)=
# ## The effective rate
#
# A buffer that no longer changes satisfies $b = \mu b + g$, so $b = g/(1-\mu) = 10\,g$. The step is $\eta$ times that. With $\mu = 0.9$ and the old learning rate one walks ten times as far, with ten times the floor where there is noise, which is why rates should be compared as $\eta/(1-\mu)$.

# %%
answer = 0.01 / (1 - 0.9)
check("momentum-1", answer)

# %% [markdown]
# (solution-momentum-2)=
# ## The edge of stability
#
# With $r = 1$ the window {eq}`eq-ch04-window` reads $0 \le \eta h \le 2(1+\mu)$. At the upper end one root is $z = -1$: put it into the polynomial and $1 + (1+\mu-\eta L) + \mu = 0$. So $\eta = 2(1+\mu)/L$, here 1.9 times the edge of gradient descent.

# %%
answer = 2 * (1 + 0.9) / 100
check("momentum-2", answer)

# %% [markdown]
# (solution-momentum-3)=
# ## The best momentum
#
# The best pair {eq}`eq-ch04-best` makes the band of complex roots just as wide as the spectrum. With $\sqrt\kappa = 10$ the factor per step is $9/11$, and $\mu$ is its square, because the two roots of modulus $\sqrt\mu$ multiply to $\mu$.

# %%
answer = ((10 - 1) / (10 + 1)) ** 2
check("momentum-3", answer)

# %% [markdown]
# (solution-momentum-4)=
# ## How long is the memory?
#
# The weights are $1, \mu, \mu^2, \dots$ The first ten add up to $(1-\mu^{10})/(1-\mu)$ and all of them to $1/(1-\mu)$, so the share is $1-\mu^{10}$. The horizon $1/(1-\mu) = 10$ holds two thirds of the memory; the rest is older.

# %%
answer = 1 - 0.9**10
check("momentum-4", answer)


# %% [markdown]
# (solution-momentum-5)=
# ## Two forms, one method
#
# The next gradient is taken where coasting leads, $\theta_t - \eta\mu b_t$. By {eq}`eq-ch04-change` these points follow the library form. Row 0 stays as it is, since $b_0 = 0$: both forms start at the same place.

# %%
def look_ahead(thetas, buffers, lr, momentum):
    return thetas - lr * momentum * buffers


check("momentum-5", look_ahead)

# %% [markdown]
# (solution-momentum-6)=
# ## Creeping and swinging
#
# A double root means that the discriminant {eq}`eq-ch04-band` is zero, and one of its two factors with it: $\eta h = (1-\sqrt\mu)^2$ or $\eta h = (1+\sqrt\mu)^2$. The second needs $\eta h > 1$ for a positive $\mu$ below one, so it is the first: $\sqrt\mu = 1 - \sqrt{\eta h}$. With less momentum both roots are real and positive, and the error creeps; with more they are complex, and it swings.

# %%
answer = "(1 - sqrt(eta*h))**2"
check("momentum-6", answer)


# %% [markdown]
# (solution-momentum-7)=
# ## Write it
#
# Two lines in a loop. `theta = theta - ...` makes a new array each time; `theta -= ...` would write into the caller's.

# %%
def heavy_ball(grad, theta, lr, momentum, steps):
    b = 0
    for _ in range(steps):
        b = momentum * b + grad(theta)
        theta = theta - lr * b
    return theta


check("momentum-7", heavy_ball)

# %% [markdown]
# (solution-momentum-8)=
# ## After the drop
#
# With the learning rate inside, the buffer holds steps, lengths in units of theta that were made with the old rate; a tenth of the rate changes only what is added. In the two others the buffer holds gradients, and the new rate multiplies all of it at the next step.

# %%
answer = "momentum_inside"
check("momentum-8", answer)
