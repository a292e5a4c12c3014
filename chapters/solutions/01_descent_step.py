# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 1

# %%
import numpy as np

from optlib.exercises import check

# %% [markdown]
# (solution-descent-step-1)=
# ## The edge
#
# Along the direction with curvature $h$ the error is multiplied by $1 - \eta h$. For a positive $\eta$ it shrinks from every start if and only if that factor is below one in size for the largest curvature, $\eta \cdot 100 < 2$. The flat direction would allow a hundred times as much; it is not asked.

# %%
answer = 2 / 100
check("descent-step-1", answer)

# %% [markdown]
# (solution-descent-step-2)=
# ## The best constant
#
# A larger $\eta$ speeds up the flat direction, whose factor is $1 - \eta$, and past $\eta = 0.01$ it slows the stiff one, whose factor is $1 - 100\,\eta$, negative there. The slower of the two is fastest where both are equally slow: $1 - \eta = 100\,\eta - 1$. That gives $\eta = 2/101$ and the factor $99/101$, which is $(\kappa - 1)/(\kappa + 1)$ with $\kappa = 100$.

# %%
answer = [2 / 101, 99 / 101]
check("descent-step-2", answer)

# %% [markdown]
# (solution-descent-step-3)=
# ## What one step buys
#
# With $g = h\theta$ the new place is $\theta - \eta g$, and
#
# $$
# \tfrac12 h (\theta - \eta g)^2 - \tfrac12 h \theta^2 = -\eta\, g\, h\theta + \tfrac12 \eta^2 h\, g^2 = -\eta\, g^2 + \tfrac12 \eta^2 h\, g^2 ,
# $$
#
# because $h\theta$ is $g$ again. That is $-\eta\,(1 - \eta h / 2)\, g^2$: the descent lemma with $L = h$, and an equality. A quadratic uses up all that the lemma allows.

# %%
answer = "-eta * g**2 + eta**2 * h * g**2 / 2"
check("descent-step-3", answer)


# %% [markdown]
# (solution-descent-step-4)=
# ## The gradient of softmax regression
#
# For one image with scores $z$ the cross-entropy is $\ln \sum_j e^{z_j}$ minus the score of the label. Its derivative by $z$ is the vector of probabilities minus the one-hot label. The scores are $XW$, so the chain rule multiplies by $X^\top$, and the mean divides by $n$. Taking the largest score of a row away before the exponential changes no probability and keeps large scores from overflowing.

# %%
def gradient(W, X, Y):
    scores = X @ W
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    return X.T @ (probabilities - Y) / len(X)


check("descent-step-4", gradient)

# %% [markdown]
# (solution-descent-step-5)=
# ## Steepest, but how measured
#
# The bound holds for each coordinate alone, so each goes as far as it may against its own slope: down along the first, whose slope is 3, and up along the second, whose slope is $-4$. The sizes 3 and 4 play no part. The slope along this $p$ is $-7$; along the best step of 2-norm one it is only $-5$, but that ball is smaller.

# %%
answer = [-1, 1]
check("descent-step-5", answer)

# %% [markdown]
# (solution-descent-step-6)=
# ## Which one is left?
#
# The factors are $1 - 0.0199 = 0.9801$ for $x$ and $1 - 1.99 = -0.99$ for $y$. In size, 0.99 is the larger, so $y$ shrinks more slowly: after a hundred steps $0.99^{100} \approx 0.37$ is left of it, and $0.9801^{100} \approx 0.13$ of $x$. Near the edge it is the steep direction that holds everything up.

# %%
answer = "y"
check("descent-step-6", answer)
