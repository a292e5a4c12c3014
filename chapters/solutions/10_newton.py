# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 10

# %%
import numpy as np

from optlib.exercises import check

# %% [markdown]
# (solution-newton-1)=
# ## A flatter minimum
#
# The slope is $6x^5$, the second derivative $30x^4$, so the step takes off $x/5$ and leaves $\frac45 x$. The flatter the minimum, the slower: for $x^{2n}$ the factor is $1 - 1/(2n-1)$. The bound {eq}`eq-ch10-quadratic` needs a positive curvature at the minimum, and here there is none.

# %%
x = 1.0
answer = x - 6 * x**5 / (30 * x**4)
check("newton-1", answer)

# %% [markdown]
# (solution-newton-2)=
# ## How much damping
#
# By {eq}`eq-ch10-damped` the step leaves $\lambda/(h+\lambda)$. Set that equal to $r$: $\lambda = r h + r\lambda$, so $\lambda = r h/(1 - r)$. To halve the error along a direction, take its own curvature.

# %%
answer = "r * h / (1 - r)"
check("newton-2", answer)

# %% [markdown]
# (solution-newton-3)=
# ## One dimension
#
# In one dimension $s y/(s y) = 1$, so both factors of {eq}`eq-ch10-bfgs` are zero, and the old value 5 is forgotten. What is left is $s^2/(s y) = s/y = \frac13$. The secant equation has one unknown here and leaves no choice: this is the secant method.

# %%
s, y = 2.0, 6.0
answer = (1 - s * y / (s * y)) ** 2 * 5 + s * s / (s * y)
check("newton-3", answer)

# %% [markdown]
# (solution-newton-4)=
# ## The memory of L-BFGS
#
# Each of the ten pairs holds two vectors of a million numbers. The dense matrix of BFGS would hold $10^{12}$, fifty thousand times as many.

# %%
answer = 2 * 10 * 10**6
check("newton-4", answer)

# %% [markdown]
# (solution-newton-5)=
# ## Which pair?
#
# If $Hy = s$ with $H$ positive definite, then $s^\top y = y^\top H y > 0$. For `"c"` it is $-3 + 2 = -1$. The others are positive, and {eq}`eq-ch10-bfgs` then gives a matrix, so one exists.

# %%
pairs = {"a": ([1, 0], [2, 5]), "b": ([1, 1], [1, -0.5]),
         "c": ([1, 2], [-3, 1]), "d": ([0, 1], [-9, 0.1])}
answer = next(name for name, (s, y) in pairs.items() if np.dot(s, y) <= 0)
check("newton-5", answer)


# %% [markdown]
# (solution-newton-6)=
# ## Newton on the tumors
#
# With $p_i = 1/(1 + \mathrm{e}^{-z_i})$ the slope of the loss by $z_i$ is $(p_i - y_i)/n$ and its second derivative $p_i(1 - p_i)/n$. The chain rule puts $A$ on the sides. Each step solves a least-squares problem with the weights $p_i(1 - p_i)$, which is why statisticians call it iteratively reweighted least squares.

# %%
def newton_step(theta, A, y, l2):
    p, n = 1 / (1 + np.exp(-A @ theta)), len(y)
    g = A.T @ (p - y) / n + l2 * theta
    H = (A.T * (p * (1 - p))) @ A / n + l2 * np.eye(len(theta))
    return theta - np.linalg.solve(H, g)


check("newton-6", newton_step)


# %% [markdown]
# (solution-newton-7)=
# ## The matrix behind the two loops
#
# The loop builds what {eq}`eq-ch10-bfgs` says, pair after pair. The two loops never form a matrix: on the way back they apply the right factors to $g$, on the way forward the left ones. They cost $4mp$ multiplications, this costs $2mp^3$ as it is written.

# %%
def dense_product(S, Y, scale, g):
    H = scale * np.eye(len(g))
    for s, y in zip(S, Y):
        V = np.eye(len(g)) - np.outer(s, y) / (s @ y)
        H = V @ H @ V.T + np.outer(s, s) / (s @ y)
    return H @ g


check("newton-7", dense_product)

# %% [markdown]
# (solution-newton-8)=
# ## The best rate for one step
#
# By {eq}`eq-ch10-best-rate` it is $\frac12 \cdot \frac{9}{9 + 1} = 0.45$. At $\theta = 1$, as far as the noise, it would be half of that.

# %%
h, sigma, theta = 2, 1, 3
answer = theta**2 / (h * (theta**2 + sigma**2))
check("newton-8", answer)
