# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 2

# %%
from optlib.exercises import check

# %% [markdown]
# (solution-stochastic-gradients-1)=
# ## Steps in a pass
#
# Twenty-eight full batches see 1,400 images, and a 29th takes the 37 that are left. Its gradient is noisier than the others, with a variance a third larger.

# %%
answer = -(-1437 // 50)
check("stochastic-gradients-1", answer)

# %% [markdown]
# (solution-stochastic-gradients-2)=
# ## Each example once
#
# By {eq}`eq-ch02-variance` it is $\frac{4}{25} \cdot \frac{100 - 25}{100 - 1} = \frac{4}{33}$. With repeats it would be $\frac{4}{25}$, a third more: each example that has been drawn tells something about those that are left.

# %%
answer = 4 / 25 * (100 - 25) / (100 - 1)
check("stochastic-gradients-2", answer)

# %% [markdown]
# (solution-stochastic-gradients-3)=
# ## A floor
#
# Put the numbers into {eq}`eq-ch02-floor`. Twice the curvature pulls twice as hard, so the mean square is about half of that at $h = 1$; four times the batch leaves a quarter of it.

# %%
answer = 0.1 * 1 / (2 * (2 - 0.1 * 2) * 4)
check("stochastic-gradients-3", answer)

# %% [markdown]
# (solution-stochastic-gradients-4)=
# ## When all examples agree
#
# A step multiplies $\theta$ by $1 - \eta h_i$, so the mean of $\theta^2$ by the mean of $(1 - \eta h_i)^2$. The mean of $h_i^2$ is $h^2 + \tau^2$, and the factor is $1 - 2\eta h + \eta^2 (h^2 + \tau^2)$, smaller than one if and only if $0 < \eta < 2h/(h^2 + \tau^2)$. Below that rate the mean square goes to zero geometrically: there is no floor, because at the minimum no example pulls. The noise has moved from the floor to the edge, which is lower than $2/h$. A model that can fit every example is near this case.

# %%
answer = "2*h/(h**2 + tau**2)"
check("stochastic-gradients-4", answer)


# %% [markdown]
# (solution-stochastic-gradients-5)=
# ## One pass over the digits
#
# A slice that reaches past the end is cut there, so the last batch needs no case of its own. `W = W - ...` makes a new array; `W -= ...` would change the one that was handed in. Each gradient is taken where the step before has led.

# %%
def one_pass(W, X, Y, gradient, lr, size):
    for k in range(0, len(X), size):
        W = W - lr * gradient(W, X[k : k + size], Y[k : k + size])
    return W


check("stochastic-gradients-5", one_pass)

# %% [markdown]
# (solution-stochastic-gradients-6)=
# ## Which rates may a run have?
#
# The sum of $t^{-a}$ is infinite for $a \le 1$, and that of the squares, $t^{-2a}$, finite for $a > \frac12$. So $a = 1$ qualifies, also when it starts late, and so does every $a$ above one half and up to one; $1/\sqrt t$ just fails. A constant keeps its floor, and $1/t^2$ may stop before it arrives.

# %%
check("stochastic-gradients-6", "b")
