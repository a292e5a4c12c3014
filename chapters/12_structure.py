# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
#   notation:
#     A: A
#     C: C
#     D: D
#     I: I
#     R: R
#     S: S
#     V: V
#     X: X
#     a: a
#     c: c
#     d: d
#     q: q
#     r: r
# ---

# %% [markdown]
# (ch-structure)=
# # 12 Structure-aware steps: K-FAC, Shampoo, LAMB, Lion
#
# A layer of the digits network has 64 inputs, a bias and 32 units: $65 \cdot 32 = 2{,}080$ weights. A matrix that says how each pair of them acts together has $2{,}080^2 = 4{,}326{,}400$ numbers. But the weights stand in rows and columns. One matrix for pairs of rows and one for pairs of columns have $65^2 + 32^2 = 5{,}249$ numbers, one in 824. How much of the large matrix is in the two small ones?
#
# After this chapter you can split a layer's Fisher matrix into two factors and say when that is exact, damp them, and read Shampoo as a bound on AdaGrad with the full matrix. Two rules that look at less follow: LAMB at the length of each layer, Lion at signs alone. You need AdaGrad (chapter 6), AdamW (chapter 9) and the Fisher matrix (chapter 11).
#
# ## Two factors of a layer
#
# Write a layer's weights as one matrix, inputs by units, with the biases as its last row. Let $a$ be what comes in, with a 1 at its end, and $d$ the gradient of the loss with respect to what the layer puts out before its ReLU, $\max(z, 0)$ (the last layer has none). One example then has the gradient $a d^\top$. Put its rows one after the other into a column, and write $\operatorname{vec}$ for that:
#
# ```{math}
# :label: eq-ch12-outer
# \begin{aligned}
# \operatorname{vec}(a d^\top) &= a \otimes d , \\
# (a \otimes d)(a \otimes d)^\top &= (a a^\top) \otimes (d d^\top) .
# \end{aligned}
# ```
# % for a in R^3, d in R^2
# % check
#
# The *Kronecker product* $\otimes$ multiplies each number of the first by the whole second. The layer's Fisher matrix is the mean of the second line over examples, with labels drawn from the network's own probabilities; what two layers do together K-FAC leaves out. If what comes in and what comes back were independent, the mean of the product would be the product of the means {cite}`martens2015optimizing`:
#
# $$
# \begin{aligned}
# F &= \mathrm{E}\left[ a a^\top \otimes d d^\top \right] \approx A \otimes S , \\
# A &= \mathrm{E}[a a^\top] , \quad S = \mathrm{E}[d d^\top] .
# \end{aligned}
# $$
#
# To divide by $A \otimes S$ you never build it:
#
# ```{math}
# :label: eq-ch12-kronecker
# \begin{aligned}
# (A \otimes S)\, \operatorname{vec}(V) &= \operatorname{vec}(A V S) , \\
# (A \otimes S)^{-1} \operatorname{vec}(V) &= \operatorname{vec}(A^{-1} V S^{-1}) .
# \end{aligned}
# ```
# % for A in SPD^3, S in SPD^2, V in R^3x2
# % check
#
# (With weights stored units by inputs, as PyTorch does, the right side reads $S^{-1} V A^{-1}$.) On a network small enough to build $F$, compare it with the product, before training and after 100 steps of Adam. Then divide the gradient by each. `mlp.signals` gives each layer's $a$, one for each image, and $d$, one for each image and possible label, times the root of the label's probability, so that a sum over labels is a mean:

# %%
import numpy as np

from optlib import minimize, plot
from optlib.methods import kfac
from optlib.methods.kfac import damped
from optlib.models import mlp
from optlib.problems import digits, digits_mlp
from optlib.rules import adagrad, adam, adamw, lamb, lion, momentum, shampoo


def cosine(u, v):
    return np.vdot(u, v) / np.linalg.norm(u) / np.linalg.norm(v)


# %%
def fisher(a, d):
    """A layer's exact Fisher matrix, and how far the product of two means is off."""
    rows = d.reshape(-1, d.shape[2])
    each = np.einsum("ni,ncj->ncij", a, d).reshape(len(rows), -1)
    F, product = each.T @ each / len(a), np.kron(a.T @ a, rows.T @ rows) / len(a) ** 2
    return F, np.linalg.norm(F - product) / np.linalg.norm(F)


small = digits_mlp(hidden=(16,), size=250, batch=50)
trained = minimize(small, small.start, adam, steps=100, lr=0.01).theta
stages = {"start": small.start, "trained": trained}
signals = {n: mlp.signals(theta, digits().X[:250]) for n, theta in stages.items()}

# %%
for name, theta in stages.items():
    g, pairs = small.grad(theta), zip(signals[name], small.factors(theta))
    for k, (signal, (A, S)) in enumerate(pairs, start=1):
        F, away = fisher(*signal)
        G, (P, Q) = np.vstack([g[f"W{k}"], g[f"b{k}"]]), damped(A, S, 0.01)
        exact = np.linalg.solve(F + 0.01 * np.eye(len(F)), G.ravel())
        print(f"{name:7}, layer {k}: off by {away:.2f}; cosine with exact",
              f"step: factors {cosine(P @ G @ Q, exact):.2f},",
              f"gradient {cosine(G, exact):.2f}")

# %% [markdown]
# The product is off by 0.17 and 0.09 of the matrix's length (the root of the sum of its squares) at the start, by 0.31 and 0.42 after training. The steps part less: with the same damping of 0.01, the factors' step keeps a cosine of 0.86 or more with the exact one, and the plain gradient has at most 0.73.
#
# The product is exact where the mean of $d d^\top$ is the same for every example, as in softmax regression at zero weights: all probabilities are a tenth. In the network two things depend on the example: its probabilities, and which units are off, so that nothing comes back through them. Take each away from layer 1:

# %%
even = np.sqrt(0.1) * (0.1 - np.eye(10))  # sent back if all digits are equally likely
for name, theta in stages.items():
    (a, d), (hidden, last) = signals[name]
    on = hidden[:, None, :-1] > 0
    ways = {"as it is": d, "all units on": last @ theta["W2"].T,
            "even probabilities": even @ theta["W2"].T * on}
    print(f"{name:7}:", *(f" {w} {fisher(a, d)[1]:.2f}" for w, d in ways.items()))

# %% [markdown]
# At the start it is the units: with all of them on, 0.04 is left. After training it is the probabilities: were they even, 0.09 would be left. In the extreme what comes in decides what comes back. Two inputs, each with a unit of its own:

# %%
a, d = np.eye(2), np.eye(2)  # example i: input i comes in, unit i sends back
pairs = [np.kron(x, y) for x, y in zip(a, d)]
print("diagonal of F:", np.diag(sum(np.outer(v, v) for v in pairs) / 2),
      " of the product:", np.diag(np.kron(a.T @ a / 2, d.T @ d / 2)))

# %% [markdown]
# The product spreads over four weights what belongs to two.
#
# ## K-FAC: damp, invert, and wait
#
# Neither factor need have an inverse. Pixels at the rim are zero in every image, and $S$ of the last layer is zero along the ones because probabilities add up to one. The natural gradient adds $\gamma$ to the whole matrix. K-FAC adds something to each factor, so that the product stays a product. With $r = \sqrt\gamma$ and any $q > 0$:
#
# ```{math}
# :label: eq-ch12-damped
# \begin{aligned}
# & (A + q r I)\, V\, (S + \tfrac{r}{q} I) \\
# & = A V S + r^2 V + q r\, V S + \frac{r}{q}\, A V .
# \end{aligned}
# ```
# % for A in SPD^3, S in SPD^2, V in R^3x2, q in positive, r in positive
# % check
#
# The first two terms are what you want. The others are too much, and $q$ shifts the burden from one to the other. With $n$ inputs (the 1 among them) and $m$ units the traces of the two extra matrices, $q r\, I \otimes S$ and $\frac{r}{q}\, A \otimes I$, are $q r\, n \operatorname{tr}(S)$ and $\frac{r}{q}\, m \operatorname{tr}(A)$. Call them $q x$ and $y/q$:
#
# ```{math}
# :label: eq-ch12-balance
# q x + \frac{y}{q} = 2 \sqrt{x y} + \left( \sqrt{q x} - \sqrt{\frac{y}{q}} \right)^2 .
# ```
# % for q in positive, x in positive, y in positive
# % check
#
# The square vanishes where the two are equal, $q^2 = y/x = \frac{m \operatorname{tr} A}{n \operatorname{tr} S}$: each factor gets damping in proportion to its own mean eigenvalue. With fading means for $A$ and $S$ and the layer's gradient $V$, K-FAC subtracts $\eta U$ from the weights:
#
# ```{math}
# :label: eq-ch12-kfac
# \begin{aligned}
# U &= (A + q r I)^{-1}\, V\, (S + \tfrac{r}{q} I)^{-1} , \\
# \operatorname{vec}(U) &= \left( (A + q r I) \otimes (S + \tfrac{r}{q} I) \right)^{-1} \operatorname{vec}(V) .
# \end{aligned}
# ```
# % for A in SPD^3, S in SPD^2, V in R^3x2, q in positive, r in positive
# % let U = (A + q r I)^{-1} V (S + \frac{r}{q} I)^{-1}
# % check
#
# :::{rule} kfac
# :::
#
# `every` says how many steps means and inverses wait. The paper renews the means in every step and also adapts rate, momentum and damping on the way; here they stand still. Now the whole network, with momentum and Adam beside it, and Shampoo, whose turn comes next. Held fixed: 32 hidden units, batches of 128, 60 steps, He's start; each rule has eight settings, and K-FAC spends its eight on two numbers.

# %%
from functools import partial

from optlib.compare import compare, paired


def network(seed, batch=128, **more):
    net = digits_mlp(batch=batch, seed=seed, **more)
    return net, net.start


parts = {"W1": shampoo, "b1": adagrad, "W2": shampoo, "b2": adagrad}
both = {"lr": (0.05, 0.5), "damping": (1e-3, 0.1)}
rules = {"momentum": (momentum, {"lr": (0.03, 3)}),
         "adam": (adam, {"lr": (0.003, 0.3)}), "shampoo": (parts, {"lr": (0.03, 3)}),
         "kfac": (partial(kfac, every=5), both)}
budget = dict(trials=8, tuning=2, cache=False, progress=False)
found = compare(network, rules, steps=60, **budget)
for a, b in (("kfac", "adam"), ("kfac", "shampoo"), ("shampoo", "adam")):
    print(found.verdict(a, b).partition(":")[0])

# %%
found.plot(
    title="Full loss",
    caption="K-FAC's full loss ends at about a third of Shampoo's, the next lowest.",
    alt="Two plots of losses, logarithmic. Above: the full loss over 60 steps, lines "
    "with bands. K-FAC runs below the others and ends at 0.027, Shampoo at 0.08, "
    "Adam at 0.10, momentum at 0.11. Below: the loss after 60 steps over the rate; "
    "each rule is lowest inside its range, Adam near 0.05, Shampoo near 1.4.",
)


# %% [markdown]
# K-FAC ends at 0.027 (median of ten seeds), Shampoo at 0.08, Adam at 0.10, momentum at 0.11. But its steps are dearer. Count multiplications first, since clocks differ from machine to machine, an inversion by eigenvectors as ten times the cube of its side:

# %%
def multiplications(every, batch=128, pairs=((64, 32), (32, 10))):
    """Of one step, to leading order: of its gradient, and of all K-FAC does."""
    gradient = batch * (2 * 64 * 32 + 3 * 32 * 10)
    means = batch * (sum((n + 1) ** 2 + 10 * m**2 for n, m in pairs) + 10 * 32 * 10)
    inverses = 10 * sum((n + 1) ** 3 + m**3 for n, m in pairs)
    apply = sum((n + 1) * m * (n + 1 + m) for n, m in pairs)
    return gradient, gradient + apply + (means + inverses) / every


for every in (1, 5, 20):
    gradient, step = multiplications(every)
    print(f"renewed every {every:2}: {step / gradient:.1f} gradients a step")
longer = compare(network, {"momentum": rules["momentum"]}, steps=200, **budget)
gap = paired(found.outcomes["kfac"].scores, longer.outcomes["momentum"].scores)
print(f"K-FAC, 60 steps, less momentum, 200: {gap.low:.3f} to {gap.high:.3f}")


# %% [markdown]
# With inverses renewed every five steps, 60 steps of K-FAC are the work of 192 gradients. Momentum gets 200 steps, its rate tuned for them, and no difference is seen: the interval of the paired differences, $-0.006$ to 0.016, holds zero. On this small network K-FAC needs fewer steps, and each is dearer.
#
# Now the clock, for the same runs:

# %%
def clock(comparison, name):
    """Milliseconds of the fastest seed at the marks, and the median full loss there."""
    ran, marks = comparison.outcomes[name], np.array(comparison.marks)
    milliseconds = 1000 * np.min(ran.seconds) * marks / comparison.budget
    return milliseconds, np.median(ran.curves, axis=0)


lines = {"momentum": clock(longer, "momentum")}
lines |= {name: clock(found, name) for name in ("shampoo", "kfac")}

# %%
plot.curves(
    lines, log="y", xlim=(0, min(x[-1] for x, _ in lines.values())),
    title="Full loss", xlabel="milliseconds",
    alt="Lines of the full loss over milliseconds, logarithmic. K-FAC and momentum "
    "lie within a factor of about three of each other, Shampoo above both from "
    "start to end. K-FAC ends at 0.027.",
    caption="On the clock K-FAC's lead over momentum shrinks, and Shampoo is last. "
    "Median loss of ten seeds, time of the fastest, on one core of the machine that "
    "built this page. Momentum's rate is that of its 200 steps.",
)

# %% [markdown]
# K-FAC's lead shrinks, and no interval speaks for what is left of it. Shampoo loses: it takes four fourth roots anew in each step, which lasts longer than K-FAC's step.
#
# The damping decides how long the inverses may wait. At a rate of 0.1:

# %%
print("full loss; inverses renewed every 1, 5, 20 steps; median of 3 seeds")
for damping in (0.0003, 0.001, 0.003):
    row = []
    for every in (1, 5, 20):
        step = partial(kfac, lr=0.1, damping=damping, every=every)
        runs = [(net, minimize(net, start, step, steps=60).theta)
                for net, start in map(network, range(3))]
        ends = [net.full(theta) for net, theta in runs]
        row.append(f"{np.median(ends):.3f}" if max(ends) < 1 else "breaks")
    print(f"damping {damping:6}:", *(f"{cell:>7}" for cell in row))

# %% [markdown]
# "Breaks" means that at least one seed ends above 1. With inverses that are always fresh the lowest damping ends lowest, at 0.008; after five steps of waiting it breaks. A damping of 0.001 stands five steps and not twenty, 0.003 stands twenty. The two inverses together multiply no gradient by more than $1/\gamma$, and come near that in directions that the factors call flat. A few steps later the loss may have bent there, and the step is too long. So the less damping, the younger the inverses must be.
#
# The widget shows K-FAC against gradient descent (the line GD), both at a rate of 0.3 that nobody tuned: sixty points on three arms of a spiral, eight units, all points in every step. The second plot sets K-FAC's step beside the gradient and beside the step that fresh inverses would give. Raise the damping to 10: the cosine with the gradient comes near 1, and K-FAC is gradient descent with a small rate. Put it back to 0.01 and lower it to 0.001: the loss breaks. Then renew the inverses in every step, and it falls without a jump.

# %%
from optlib.widgets import Kronecker

Kronecker()


# %% [markdown]
# ## Shampoo: rows and columns without a model
#
# AdaGrad with the full matrix divides by the root of the sum of all $\operatorname{vec}(g) \operatorname{vec}(g)^\top$. *Shampoo* {cite}`gupta2018shampoo` keeps the sums of $g g^\top$ for the rows and of $g^\top g$ for the columns; in this section $L$ and $R$ are these two and no curvatures:
#
# ```{math}
# :label: eq-shampoo
# \begin{aligned}
# L_t &= L_{t-1} + g_t g_t^\top , \qquad R_t = R_{t-1} + g_t^\top g_t , \\
# \theta_t &= \theta_{t-1} - \eta\, (L_t + \epsilon I)^{-1/4}\, g_t\, (R_t + \epsilon I)^{-1/4} .
# \end{aligned}
# ```
#
# :::{rule} shampoo
# :::
#
# Why a fourth root? A gradient $g$ of rank at most $k$ is a sum of $k$ terms $s_i u_i v_i^\top$ with unit vectors, orthogonal among the $u_i$ and among the $v_i$. For any matrix $X$ the number $\operatorname{tr}(X^\top g) = \sum_i s_i u_i^\top X v_i$ is the product of the two as vectors. Its square is at most $k \sum_i s_i^2 (u_i^\top X v_i)^2$ by Cauchy and Schwarz, and $(u_i^\top X v_i)^2 \le \lVert X^\top u_i \rVert^2$. The sum of $s_i^2 u_i u_i^\top$ is $g g^\top$. The same holds with the columns. For $k = 2$:
#
# ```{math}
# :label: eq-ch12-bound
# \begin{aligned}
# \operatorname{tr}(X^\top g)^2 &\le 2 \operatorname{tr}(X^\top g g^\top X) , \\
# \operatorname{tr}(X^\top g)^2 &\le 2 \operatorname{tr}(X g^\top g X^\top) .
# \end{aligned}
# ```
# % for X in R^2x3, g in R^2x3
# % check
#
# Sum over the steps, with $k$ the highest rank among them: AdaGrad's matrix $G_t$ lies below $k\, L_t \otimes I$ and below $k\, I \otimes R_t$. These two commute, and then their geometric mean is a bound too, $G_t \preceq k\, L_t^{1/2} \otimes R_t^{1/2}$ (Ando's inequality, a lemma of the paper). A square root keeps the order: $G_t^{1/2} \preceq \sqrt k\, L_t^{1/4} \otimes R_t^{1/4}$. Up to $\sqrt k$ Shampoo divides by no less than AdaGrad, and on that the regret bound of the paper rests. A bound need not be close. If the gradients' products have a mean that is itself a product, $C \otimes D$, then $g g^\top$ has the mean $\operatorname{tr}(D)\, C$ and $g^\top g$ the mean $\operatorname{tr}(C)\, D$:
#
# ```{math}
# :label: eq-ch12-half
# \left( \operatorname{tr}(D)\, C \right) \otimes \left( \operatorname{tr}(C)\, D \right) = \operatorname{tr}(C) \operatorname{tr}(D)\; C \otimes D .
# ```
# % for C in SPD^3, D in SPD^2
# % check
#
# There AdaGrad's $G^{-1/2}$ is $L^{-1/2} \otimes R^{-1/2}$ up to a factor, with twice the power. Measure the angles to AdaGrad's step on a layer of 5 by 4, after 200 gradients of three kinds, ten seeds each:

# %%
def power(M, p):
    values, vectors = np.linalg.eigh(M)
    return vectors * np.maximum(values, 1e-12 * values[-1]) ** p @ vectors.T


def angles(kind, seed):
    rng = np.random.default_rng(seed)
    P, Q, M = (rng.normal(size=(n, n)) for n in (5, 4, 20))
    g = rng.normal(size=(200, 5, 4))
    g = {"no correlation": g, "rows and columns": P @ g @ Q,
         "any pair": (g.reshape(200, 20) @ M).reshape(g.shape)}[kind]
    L, R = np.einsum("tij,tkj->ik", g, g), np.einsum("tij,tik->jk", g, g)
    G = np.einsum("ti,tj->ij", g.reshape(200, 20), g.reshape(200, 20))
    full, last = power(G, -0.5) @ g[-1].ravel(), g[-1]
    steps = [power(L, p) @ last @ power(R, p) for p in (-0.25, -0.5)]
    steps += [last / np.sqrt((g**2).sum(axis=0)), last]
    return [np.degrees(np.arccos(cosine(u, full))) for u in steps]


# %%
kinds = ("no correlation", "rows and columns", "any pair")
seen = {kind: np.array([angles(kind, seed) for seed in range(10)]) for kind in kinds}
print("angle to full AdaGrad: shampoo, power 1/2, diagonal, gradient")
for kind, degrees in seen.items():
    middle, gap = np.median(degrees, axis=0), paired(degrees[:, 0], degrees[:, 2])
    print(f"{kind:16}", *(f"{m:4.0f}" for m in middle),
          f"  shampoo - diagonal {gap.low:.0f} to {gap.high:.0f}")

# %% [markdown]
# Without correlations nothing is gained: 9 degrees is what 200 gradients leave to chance. Where rows and columns are correlated, Shampoo is at 33 degrees, nearer than the diagonal's 42 (the interval of the paired differences is $-19$ to $-4$), and the power 1/2 is at 8. Where any pair of the twenty numbers may be correlated, no product of a row matrix and a column matrix holds that, and no difference to the diagonal is seen. On the digits above no difference to Adam was seen.

# %%
names = ("shampoo", "power 1/2", "diagonal", "gradient")
plot.dots(
    dict(zip(names, seen["rows and columns"].T)),
    title="Angle to AdaGrad's step, degrees",
    rule={"power 1/2": "shampoo", "diagonal": "adagrad", "gradient": "sgd"},
    caption="The fourth roots stop short of AdaGrad's step, the square roots come "
    "near. Correlated rows and columns, 200 gradients; median, 10-90 %, ten seeds.",
    alt="Dot plot with bands: the angle to AdaGrad's step in degrees. Power 1/2 at "
    "8, wholly to the left of the rest; Shampoo at 33, the diagonal at 42 and the "
    "gradient at 49, and each of the three bands overlaps the next.",
)


# %% [markdown]
# ## LAMB: every layer by the same share
#
# With batches of tens of thousands there are few steps, and each should be long. How long may differ from layer to layer. *LAMB* {cite}`you2020large` takes AdamW's direction $u$ in each array and gives it the length $\eta \lVert \theta \rVert$; *LARS* {cite}`you2017large` does it with the gradient, and momentum adds up what comes out.
#
# ```{math}
# :label: eq-lamb
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 , \\
# u_t &= \frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon} + \lambda \theta_{t-1} , \\
# r_t &= \begin{cases} \dfrac{\lVert \theta_{t-1} \rVert}{\lVert u_t \rVert} & \text{if } \lVert \theta_{t-1} \rVert \lVert u_t \rVert > 0 \\ 1 & \text{otherwise} \end{cases} \\
# \theta_t &= \theta_{t-1} - \eta\, r_t u_t .
# \end{aligned}
# ```
#
# :::{rule} lamb
# :::
#
# Does it make large batches easier? Held fixed: 1,400 images and ten passes, so that batches of 350 get 40 steps, batches of 700 get 20, and all images at once ten; eight rates a rule, in each row anew. In the last row the layers are measured unevenly. ReLU passes a positive factor through, so you may multiply the first matrix by 30 and divide the second by 30: as long as the first biases are zero, the network computes what it did.

# %%
def layered(seed, batch, scale=1):
    net, start = network(seed, batch=batch, size=1400)
    return net, start | {"W1": scale * start["W1"], "W2": start["W2"] / scale}


def trio(*lows):
    three = {"momentum": momentum, "adamw": adamw, "lamb": lamb}.items()
    return {n: (r, {"lr": (low, 100 * low)}) for (n, r), low in zip(three, lows)}


even, uneven = trio(0.03, 0.005, 0.005), trio(0.0005, 0.0005, 0.005)
rows = {"batches of 350": (350, 1, even), "batches of 700": (700, 1, even),
        "all images": (None, 1, even), "all, uneven": (None, 30, uneven)}

# %%
ends = {}
print("full loss after ten passes; interval of lamb less each of the others")
for row, (batch, scale, methods) in rows.items():
    problem = partial(layered, batch=batch, scale=scale)
    ends[row] = compare(problem, methods, steps=14000 // (batch or 1400), **budget)
    print(f"{row:14}", *(f"{n} {ends[row].interval(n).median:.2f}" for n in methods),
          *("[{1:.2f}, {2:.2f}]".format(*ends[row].difference("lamb", n))
            for n in ("momentum", "adamw")))

# %%
sizes = [row for row in rows if row != "all, uneven"]
plot.compare(
    {name: np.transpose([ends[row].outcomes[name].scores for row in sizes])
     for name in even}, (350, 700, 1400),
    title="Full loss after ten passes", xlabel="images in a batch", xlim=(320, 1550),
    alt="Three rising lines with bands over the batch size, both axes logarithmic. "
    "LAMB is the highest at 350, with 0.17; at 700 and at 1,400 images its band "
    "and those of AdamW and momentum overlap, near 0.2 and near 0.5.",
    caption="LAMB ends highest at 350; at 700 and 1,400 no difference is seen. "
    "Median, 10-90 % of ten seeds; each rule and batch size with a rate of its own.",
)

# %% [markdown]
# In batches of 350 LAMB loses: it ends at 0.17, momentum at 0.09 and AdamW at 0.08, and both intervals lie above zero. In larger batches no difference is seen. LAMB wins in the last row, with 0.51 against 0.56 under AdamW and 0.77 under momentum, both intervals below zero, although their rates were tuned for this very start. Look at the first step:

# %%
for row in ("all images", "all, uneven"):
    net, start = layered(0, *rows[row][:2])
    g, tuned = net.grad(start), ends[row].outcomes
    shares = []
    for name in ("W1", "W2"):
        new = adamw(start[name], g[name], lr=tuned["adamw"].setting["lr"])[0]
        shares.append(np.linalg.norm(new - start[name]) / np.linalg.norm(start[name]))
    print(f"{row}: AdamW moves W1 by {shares[0]:.1%} of its length, W2 by",
          f"{shares[1]:.1%}; LAMB each by {tuned['lamb'].setting['lr']:.0%}")

# %% [markdown]
# A rate that changes $W_2$ by more than its length changes $W_1$ by 0.3 %, so no one rate of AdamW fits both. LAMB's steps, whose length is a share of the layer's, do not see how a layer is measured. (They are not quite blind: biases start at zero, without a length, and then $r_t = 1$; and $\lambda$ counts the weights as they are.) So what LAMB gains here comes from uneven layers and not from the large batch. The paper trains BERT on batches of 32,000 and more {cite}`you2020large`, in a network far deeper than this one.
#
# ## Lion: signs alone
#
# AdaGrad and its kin weigh coordinates by what they remember of squares. *Lion* {cite}`chen2023symbolic` remembers no squares. It keeps one average, mixes in the newest gradient, and takes the sign:
#
# ```{math}
# :label: eq-lion
# \begin{aligned}
# c_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# \theta_t &= \theta_{t-1} - \eta \left( \operatorname{sign}(c_t) + \lambda \theta_{t-1} \right) , \\
# m_t &= \beta_2 m_{t-1} + (1 - \beta_2)\, g_t .
# \end{aligned}
# ```
#
# :::{rule} lion
# :::
#
# With $\beta_1 = 0.9$ and $\beta_2 = 0.99$ the newest gradient weighs 0.1 in the sign and 0.01 in the average. Unrolled:
#
# ```{math}
# :label: eq-ch12-lion
# c_t = (1 - \beta_1)\, g_t + \beta_1 (1 - \beta_2) \sum_{k=1}^{t-1} \beta_2^{t-1-k} g_k .
# ```
# % let m_0 = 0
# % let m_t = \beta_2 m_{t-1} + (1 - \beta_2) g_t
# % let c_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
# % check
#
# The sign is the steepest step if length is the largest coordinate: no $p$ goes further down for its length,
#
# ```{math}
# :label: eq-ch12-sign
# \begin{aligned}
# g^\top p &\ge - \lVert g \rVert_1 \lVert p \rVert_\infty , \\
# g^\top (-\eta \operatorname{sign}(g)) &= - \eta\, \lVert g \rVert_1 .
# \end{aligned}
# ```
# % for g in R^3, p in R^3
# % check
#
# Steps by the sign are also Adam's with $\beta_1 = \beta_2 = \epsilon = 0$. So the learning rate is adaptive to the extreme: a coordinate moves by $\eta$, however small its gradient.

# %%
from optlib import Optimizer

net, start = network(0)
for rule in (lion, adamw):
    opt = Optimizer(rule, start, lr=0.01)
    for t in range(1, 51):
        before = opt.theta["W2"].copy()
        opt.step(net.grad(opt.theta, net.batches(t)))
    sizes = np.abs(opt.theta["W2"] - before) / 0.01
    kept = sum(np.size(s) for part in opt.state for s in part)
    weights = sum(a.size for a in start.values())
    low, high = np.percentile(sizes, (10, 90))
    print(f"{rule.__name__:5}: steps over rate, 10 to 90 %: {low:.2f} to {high:.2f};",
          f"at rest: {np.mean(sizes == 0):.0%};",
          f"kept a weight: {kept / weights:.0f}")

# %% [markdown]
# Lion's coordinates move by the rate, but for 6 % whose gradients were all zero: they belong to units that were never on. The middle 80 % of AdamW's move by almost nothing up to 0.4 of the rate. And Lion keeps one number a weight, where AdamW keeps two. Does it train as well? Held fixed: batches of 64, 200 steps, eight rates each. Decay is multiplied by the rate, so Lion gets ten times AdamW's, and in the second part as many times more as its rate is smaller:

# %%
pair = {"adamw": (adamw, {"lr": (0.003, 0.3)}),
        "lion": (partial(lion, weight_decay=0.1), {"lr": (0.001, 0.1)})}
small_batch = partial(network, batch=64)
tuned = compare(small_batch, pair, steps=200, **budget)
rate = tuned.outcomes["adamw"].setting["lr"]
times = rate / tuned.outcomes["lion"].setting["lr"]
print(tuned.verdict("lion", "adamw").partition(":")[0])
print("medians:", {name: round(tuned.interval(name).median, 2) for name in pair})
print(f"the rate of AdamW is {times:.1f} times that of Lion")
shares = {f"1/{k}": partial(lion, lr=rate / k, weight_decay=0.01 * k)
          for k in (1, 3, 10, 30)}
swept = compare(small_batch, shares, steps=200, seeds=6, **budget)
for name in shares:
    middle, low, high, _ = swept.interval(name)
    print(f"Lion at {name:4} of AdamW's rate: {middle:.2f} ({low:.2f} to {high:.2f})")

# %% [markdown]
# Tuned, both end near 0.05 and no difference is seen, at rates that differ 8.4 times. At AdamW's own rate Lion ends at 0.43, at a tenth of it at 0.06, at a thirtieth at 0.26. The authors advise three to ten times less {cite}`chen2023symbolic`.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D0-22 D0-31 D3-11 D3-12
#
# **No adaptive rate.** Doc 0 says so of Lion, and leaves out that its rate must be smaller than AdamW's and its decay larger. The sign is the most adaptive rate there is, 1.00 of $\eta$ in the cell above wherever a gradient came; at AdamW's rate Lion ended at 0.43, at a tenth of it at 0.06.
#
# **Whose Lion?** Doc 0 has Google Brain. The authors were at Google and at UCLA; the paper appeared at NeurIPS 2023 {cite}`chen2023symbolic`.
#
# **Very large models.** Doc 3 sees LAMB there. It was made for very large *batches* {cite}`you2020large`, few steps and each of them long; at 1,400 images no difference to AdamW was seen, and at 350 it ended higher.
#
# **Second-order information.** Doc 3's Shampoo uses AdaGrad with the full matrix and knows the second order. It bounds that matrix by a product made of gradients, no second derivative enters, and its step was 33 degrees from AdaGrad's even where gradients are correlated as a product.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} Twelve weights
# :name: structure-1
#
# A layer has 3 inputs, 4 units and no bias. How many numbers are in the matrix over all its weights, and how many in the two factors together? Give a list of both, in this order.
# :::

# %%
answer = ...
check("structure-1", answer)

# %% [markdown]
# :::{exercise} The length of a step
# :name: structure-2
#
# LAMB with $\eta = 0.1$; $\theta$ has length 2 and $u$ has length 4. How long is the step?
# :::

# %%
answer = ...
check("structure-2", answer)

# %% [markdown]
# :::{exercise} Signs
# :name: structure-3
#
# Lion mixes $c = (0.3,\ -2,\ 0)$; there is no decay. Which three numbers does $\eta$ multiply before the step is subtracted?
# :::

# %%
answer = ...
check("structure-3", answer)

# %% [markdown]
# :::{exercise} Where the excess is lowest
# :name: structure-4
#
# $A$ is $n \times n$ with trace $a$, $S$ is $m \times m$ with trace $s$. Derive the $q > 0$ at which $q\, n s + m a / q$ is lowest. The answer is an expression in `a`, `s`, `n` and `m`, in a string.
# :::

# %%
answer = ...
check("structure-4", answer)


# %% [markdown]
# :::{exercise} K-FAC's direction
# :name: structure-5
#
# Write K-FAC's direction for one layer, the step divided by $\eta$, with the damping split as in {eq}`eq-ch12-damped`, at the $q$ that {eq}`eq-ch12-balance` asks for. `G` is the gradient, inputs by units, `A` and `S` are the factors, `damping` is $\gamma$. Return an array like `G` and change none of the inputs. It is run on the digits' factors and compared to $10^{-9}$.
# :::

# %%
def direction(G, A, S, damping):
    return ...


check("structure-5", direction)

# %% [markdown]
# :::{exercise} What Lion keeps
# :name: structure-6
#
# 1,000 parameters. How many numbers does Lion carry from step to step besides $\theta$ and $t$?
# :::

# %%
answer = ...
check("structure-6", answer)

# %% [markdown]
# :::{exercise} Ten times the weights
# :name: structure-7
#
# All weights of a layer are multiplied by 10, its gradients become a tenth, and nothing else changes ($\epsilon = \lambda = 0$). Whose first step in this layer is ten times as long as before: `"sgd"`, `"adam"`, `"lamb"` or `"lion"`?
# :::

# %%
answer = ...
check("structure-7", answer)

# %% [markdown]
# ## Summary
#
# The gradient of an example in a layer is a product $a d^\top$, so the layer's Fisher matrix is a mean of Kronecker products; K-FAC takes the product of the means, which is exact where $a$ and $d$ know nothing of each other. Damping goes to each factor in proportion to its mean eigenvalue, and the less there is of it, the younger the inverses must be. K-FAC's steps are few and dear: on the digits, at equal work, no difference to momentum was seen. Shampoo needs no model, and its steps took longer still. Its fourth roots come from a bound on AdaGrad's matrix and point nearer to AdaGrad's step than a diagonal does where rows and columns are correlated; that was measured on a layer of 5 by 4. LAMB gives each layer a step in proportion to its length: it ended lower than AdamW where layers are measured unevenly, and higher in small batches. Lion takes signs, with half of Adam's memory, at rates several times smaller than AdamW's.
#
# ## Sources
#
# K-FAC and its damping are from Martens and Grosse {cite}`martens2015optimizing`, Shampoo and the proof of its bound from Gupta, Koren and Singer {cite}`gupta2018shampoo`. LARS is due to You, Gitman and Ginsburg {cite}`you2017large`, LAMB to You and coauthors {cite}`you2020large`; Lion was found by a program that searched programs, by Chen and coauthors {cite}`chen2023symbolic`. Muon and SOAP, which go on from Shampoo {cite}`jordan2024muon` {cite}`vyas2024soap`, have their cards.
