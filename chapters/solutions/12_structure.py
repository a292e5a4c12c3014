# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # Solutions to chapter 12

# %%
import numpy as np
import sympy

from optlib.exercises import check
from optlib.rules import adam, lamb, lion, sgd

# %% [markdown]
# (solution-structure-1)=
# ## Twelve weights
#
# Twelve weights make $12 \cdot 12$ pairs, three inputs 9 and four units 16. With the sides of the layer the full matrix grows like the fourth power, the two factors like the second.

# %%
rows, columns = np.zeros((3, 3)), np.zeros((4, 4))
answer = [np.kron(rows, columns).size, rows.size + columns.size]
check("structure-1", answer)

# %% [markdown]
# (solution-structure-2)=
# ## The length of a step
#
# The trust ratio is $2/4$, and it multiplies a direction of length 4. So the length of $u$ cancels and the step has $\eta \lVert \theta \rVert$, whatever the gradients are.

# %%
answer = 0.1 * (2 / 4) * 4
check("structure-2", answer)

# %% [markdown]
# (solution-structure-3)=
# ## Signs
#
# The sign of zero is zero, so the third coordinate rests. The second moves no further than the first, though its mixture is almost seven times as large.

# %%
answer = np.sign([0.3, -2, 0])
check("structure-3", answer)

# %% [markdown]
# (solution-structure-4)=
# ## Where the excess is lowest
#
# The derivative is $n s - m a / q^2$, zero at $q^2 = m a / (n s)$. There the two terms are equal, as {eq}`eq-ch12-balance` says without a derivative.

# %%
a, s, n, m, q = sympy.symbols("a s n m q", positive=True)
answer = sympy.solve(sympy.diff(q * n * s + m * a / q, q), q)[0]
check("structure-4", answer)


# %% [markdown]
# (solution-structure-5)=
# ## K-FAC's direction
#
# Solve from the left with the damped $A$ and from the right with the damped $S$; nothing needs an explicit inverse. The second solve is one with transposed matrices, because `solve` divides from the left.

# %%
def direction(G, A, S, damping):
    q = np.sqrt(np.trace(A) / len(A) * len(S) / np.trace(S))
    r = np.sqrt(damping)
    left = np.linalg.solve(A + q * r * np.eye(len(A)), G)
    return np.linalg.solve(S + r / q * np.eye(len(S)), left.T).T


check("structure-5", direction)

# %% [markdown]
# (solution-structure-6)=
# ## What Lion keeps
#
# The average $m_t$ is the one line that reads its own past. The mixture $c_t$ is made anew in each step, so it needs no place between steps.

# %%
answer = 1000
check("structure-6", answer)

# %% [markdown]
# (solution-structure-7)=
# ## Ten times the weights
#
# SGD moves by the gradient, a tenth of what it was. Adam and Lion do not see its size and move as before. LAMB moves by a share of the layer's length, so its step grows with the layer: ten times.

# %%
theta, g = np.array([3.0, -4.0]), np.array([0.2, 0.1])
rules = {"sgd": (sgd, {}), "adam": (adam, {"eps": 0.0}), "lion": (lion, {}),
         "lamb": (lamb, {"eps": 0.0, "weight_decay": 0.0})}
for name, (rule, more) in rules.items():
    lengths = []
    for c in (1.0, 10.0):
        new = rule(c * theta, g / c, lr=0.01, **more)
        new = new[0] if isinstance(new, tuple) else new
        lengths.append(np.linalg.norm(new - c * theta))
    print(f"{name:4}: {lengths[1] / lengths[0]:.1f} times")
answer = "lamb"
check("structure-7", answer)
