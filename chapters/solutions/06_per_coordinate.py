# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 6

# %%
import numpy as np

from optlib.exercises import check

# %% [markdown]
# (solution-per-coordinate-1)=
# ## Three equal gradients
#
# The sums of squares are 1, 2 and 3, and each step is one over the root: $1 + 1/\sqrt 2 + 1/\sqrt 3$. After $t$ steps it is about $2\sqrt t$. The distance grows without bound, and so does the time for the next meter.

# %%
answer = sum(1 / np.sqrt(t) for t in (1, 2, 3))
check("per-coordinate-1", answer)

# %% [markdown]
# (solution-per-coordinate-2)=
# ## Four signs
#
# The first gradient has nothing to be compared with. The second and third agree with the one before: $0.1 \cdot 1.2^2 = 0.144$. The fourth is a turn and halves that. Only the signs were needed.

# %%
answer = 0.1 * 1.2**2 * 0.5
check("per-coordinate-2", answer)

# %% [markdown]
# (solution-per-coordinate-3)=
# ## Inside or outside
#
# Under the root stand $v = 10^{-8}$ and $\epsilon = 10^{-8}$. The sum is twice $v$, and the step $1/\sqrt 2$ of what it would be without $\epsilon$. Outside the root the same number would take a ten-thousandth off.

# %%
answer = 1e-4 / np.sqrt(1e-4**2 + 1e-8)
check("per-coordinate-3", answer)

# %% [markdown]
# (solution-per-coordinate-4)=
# ## How long does RMSProp remember?
#
# After $n$ steps the old $v = 1$ has the weight $\rho^n$ and the new squares the rest: $v_n = \rho^n + (1 - \rho^n)/s^2$. The root is twice its final value when $v_n = 4/s^2$, that is $\rho^n (s^2 - 1) = 3$. With $\rho = 0.9$ and $s = 100$ these are 77 steps. In the widget, set the jump to 0.01 and look.

# %%
answer = "log((s**2 - 1)/3)/log(1/rho)"
print(f"{np.log((100**2 - 1) / 3) / np.log(1 / 0.9):.0f} steps")
check("per-coordinate-4", answer)


# %% [markdown]
# (solution-per-coordinate-5)=
# ## Only what was touched
#
# Where the gradient is zero, neither $G$ nor $\theta$ moves: AdaGrad can leave those entries alone, and a step costs as much as the gradient has entries. RMSProp cannot, since its $v$ fades everywhere at every step. Indexing an array on the left changes it in place, so copy first.

# %%
def touch(theta, G, rows, g, lr, eps):
    theta, G = theta.copy(), G.copy()
    G[rows] += g**2
    theta[rows] -= lr * g / (np.sqrt(G[rows]) + eps)
    return theta, G


check("per-coordinate-5", touch)

# %% [markdown]
# (solution-per-coordinate-6)=
# ## What does the rate measure?
#
# $g$ is in joules per meter, and so is $\sqrt G$. Their quotient is a pure number, and the step in meters must come from $\eta$. Gradient descent's $\eta$ is in meters squared per joule. AdaGrad's is a length, and does not know how energy is measured.

# %%
check("per-coordinate-6", "a")
