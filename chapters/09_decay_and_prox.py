# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# (ch-decay-and-prox)=
# # 9 Regularization inside the step: L2, weight decay, proximal and coordinate methods
#
# Two weights start at 1. Their gradients are pure noise, of standard deviation 10 for the first and 0.01 for the second. A penalty with $\lambda = 0.1$ and a learning rate of 0.001 should take a ten-thousandth off each of them per step, and leave $(1 - 0.0001)^{2000} = 0.82$ after 2,000 steps.

# %%
import numpy as np

from optlib import Optimizer, minimize, plot
from optlib.rules import adam, adam_l2, adamw, momentum, sgd

def walk(rule, gradients, start=1.0, **hyper):
    """All thetas that a rule makes of gradients that do not depend on them."""
    opt = Optimizer(rule, np.full(gradients[0].shape, start), **hyper)
    return np.array([opt.step(g).copy() for g in gradients])


# %%
rng = np.random.default_rng(0)
noise = rng.normal(size=(2000, 2, 10)) * [[10.0], [0.01]]  # ten seeds
paths = {}
for rule in (adam_l2, adamw):
    paths[rule.__name__] = path = walk(rule, noise, lr=1e-3, weight_decay=0.1)
    for name, weight in zip(("loud", "quiet"), path[-1]):
        low, middle, high = np.percentile(weight, (10, 50, 90))
        print(f"{rule.__name__:7}, {name:5}: {middle:.2f} ({low:.2f} to {high:.2f})")

# %% [markdown]
# Adam with an L2 penalty leaves the first weight, the loud one, at 0.97 and the second, the quiet one, at 0.02. AdamW leaves 0.81 and 0.84. (Medians of ten seeds; the brackets hold 10 to 90 % of them.) Which of the two has done what the penalty asks?
#
# After this chapter you can tell a penalty from a decay, say what AdamW minimizes, take a step that solves for the penalty and sets weights to exactly zero, and minimize one coordinate at a time. You need Adam (chapter 7) and the step as a minimizer (chapter 1).
#
# ## A penalty, or a factor
#
# An L2 penalty adds $\frac{\lambda}{2} \lVert \theta \rVert^2$ to the loss. The half makes its gradient $\lambda \theta$. *Weight decay* says nothing about the loss: before each step, every weight loses the share $\lambda'$ of itself {cite}`hanson1988comparing`. Under SGD the two are one. Put $\lambda = \lambda'/\eta$ in:
#
# ```{math}
# :label: eq-ch09-sgd
# \theta - \eta\, (g + \lambda \theta) = (1 - \lambda')\, \theta - \eta\, g .
# ```
# % for \theta in R^3, g in R^3, \lambda' in (0, 1)
# % let \lambda = \lambda' / \eta
# % check
#
# The same decay per step is another penalty at another rate, so most libraries write the decay as $\eta\lambda$, as does this book. With momentum the two part. To see by how much, train softmax regression on the digits both ways; `inside` is the $\lambda$ in the gradient, `outside` the one beside the step:

# %%
from optlib.grammar import call, read, start
from optlib.problems import digits_softmax

def train(rule, inside, outside, lr=0.02, steps=100):
    reader, words = digits_softmax(batch=32), read(rule)
    theta, state = reader.start, start(words, reader.start)
    for t in range(1, steps + 1):
        g = reader.grad(theta, reader.batches(t)) + inside * theta
        decay = lr * outside * theta
        theta, *state = call(rule, words, theta, [g], state, t, {"lr": lr})
        theta = theta - decay
    return theta


# %%
for rule, decay in ((sgd, 0.1), (momentum, 0.1), (momentum, 1.0), (adam, 0.1)):
    penalty, factor = train(rule, 0.1, 0), train(rule, 0, decay)
    apart = np.linalg.norm(penalty - factor) / np.linalg.norm(factor)
    print(f"{rule.__name__:8}, decay {decay}: apart by {apart:.1%} of the length")

# %% [markdown]
# SGD agrees to rounding. Momentum is off by 43 % at the same number, because its effective rate is ten times as large, for the penalty too. Ten times the decay beside it comes within 4 %. What remains is a delay, for the buffer holds the penalties of earlier weights. Adam is off by 82 %, and no number repairs that: of the two weights above, the loud one asks for a larger $\lambda$ inside and the quiet one for a smaller.
#
# ## What Adam does to a penalty
#
# ```{math}
# :label: eq-adam-l2
# \begin{aligned}
# \tilde g_t &= g_t + \lambda \theta_{t-1} , \\
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, \tilde g_t , \quad \hat m_t = \frac{m_t}{1 - \beta_1^t} , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, \tilde g_t^2 , \quad \hat v_t = \frac{v_t}{1 - \beta_2^t} , \\
# \theta_t &= \theta_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} .
# \end{aligned}
# ```
#
# Everything that enters the average is divided by $\sqrt{\hat v_t}$, the penalty too. Its share of a step is about $\eta\lambda\theta/\sqrt{\hat v_t}$. For the loud weight the divisor is 10, and a tenth of the decay is left. For the quiet one it is at first $\lambda\theta = 0.1$ itself: while the penalty drowns the noise, the steps are nearly as long as $\eta$, whatever $\lambda$ is. As the weight shrinks its gradient does too, but $\hat v$ remembers the larger ones, and the fall slows down. AdamW takes the decay out of the fraction {cite}`loshchilov2019decoupled`:
#
# ```{math}
# :label: eq-adamw
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \quad \hat m_t = \frac{m_t}{1 - \beta_1^t} , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 , \quad \hat v_t = \frac{v_t}{1 - \beta_2^t} , \\
# \theta_t &= \theta_{t-1} - \eta \left( \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} + \lambda\, \theta_{t-1} \right) .
# \end{aligned}
# ```
#
# :::{rule} adam_l2
# :::
#
# :::{rule} adamw
# :::

# %%
lines = {f"{plot.palette.label(r)}, {w}": path[::20, k].mean(axis=1)
         for r, path in paths.items() for k, w in enumerate(("loud", "quiet"))}
plot.curves(
    lines, np.arange(0, 2000, 20), marks=False, title="Weight",
    rule={name: "adamw" if "W" in name else "adam_l2" for name in lines},
    caption="AdamW shrinks both weights alike; Adam with L2 takes nearly all of the "
    "quiet one. Means over ten seeds, learning rate 0.001, decay 0.1.",
    alt="Line plot of the weight over 2,000 steps, four lines from 1. Adam with L2 "
    "on the quiet weight falls at once, ever more slowly, to 0.02 by the end; on "
    "the loud weight it ends at 0.96. Both lines of AdamW go down together to 0.8.",
)


# %% [markdown]
# The first 100 steps take nearly 0.1 off the quiet weight, $\eta$ a step. Does it matter whether decay comes before the step or after? Let a weight fall toward the minimum of $\frac12(\theta - 2)^2$ with a gradient that also swings:

# %%
def fall(decay):
    theta, m, v = 3.0, 0, 0
    for t in range(1, 200):
        g = theta - 2 + 0.3 * np.sin(t)
        old, (theta, m, v) = theta, adam(theta, g, m, v, t, lr=0.01)
        theta = {"in one": theta - 0.001 * old, "after": 0.999 * theta,
                 "before": 0.999 * old + (theta - old)}[decay]
    return theta


print(*(f"{when}: {fall(when):.5f}" for when in ("in one", "before", "after")))

# %% [markdown]
# Before the step and in the same line are one thing, because the fraction does not see the weight. After the step decay also takes $\eta\lambda$ of the step, which shows in the fifth decimal.
#
# PyTorch and this book multiply $\lambda$ by $\eta$. The paper multiplies it by the schedule alone, so its $\lambda$ is the initial rate times ours. Here a weight without gradient has a half-life of about $\ln 2/(\eta\lambda)$ steps.

# %%
from optlib.problems import digits_mlp

def reading(decay, seed):
    net = digits_mlp(batch=64, seed=seed, size=200)
    theta = minimize(net, net.start, adamw, steps=300, weight_decay=decay).theta
    length = np.sqrt(sum((a**2).sum() for a in theta.values()))
    return 100 * (1 - net.accuracy(theta)), length


for decay in (0, 1e-4, 1e-2, 1):
    misread, length = np.transpose([reading(decay, seed) for seed in range(5)])
    print(f"decay {decay:6}: length of the weights {np.median(length):5.2f}, "
          f"misread {np.median(misread):.1f} %")
print(f"half-life at 0.001 and 0.0001: {np.log(2) / 1e-7 / 1e6:.1f} million steps")

# %% [markdown]
# With a decay of 0.0001 and a rate of 0.001 the half-life is 6.9 million steps. On 200 images, in 300 steps, such a decay changes no digit printed. A decay of 1 takes a fifth of the length.
#
# ## What AdamW minimizes
#
# Is AdamW Adam on some other penalized loss? Freeze the scale, leave out the averaging, and write a step as $-\eta M g$ with a matrix $M$. A penalty with a coefficient $\tilde\lambda$ in the gradient gives $-\eta M (g + \tilde\lambda\theta)$, decay gives $-\eta M g - \eta\lambda\theta$. If they agree for every $\theta$, and $\lambda > 0$, then $\tilde\lambda M = \lambda I$. So $M$ is a multiple of the identity, and for any other $M$ no $\tilde\lambda$ will do. But a penalty that differs from weight to weight will. With a fixed diagonal scale $s$, $M = \operatorname{diag}(1/s)$, put $s_i$ into the penalty, $\frac{\lambda}{2} \sum_i s_i \theta_i^2$:
#
# ```{math}
# :label: eq-ch09-scaled
# \theta_i - \frac{\eta}{s_i}\, (g_i + \lambda s_i \theta_i) = (1 - \eta\lambda)\, \theta_i - \frac{\eta}{s_i}\, g_i .
# ```
# % for \theta_i in real, g_i in real, s_i in positive
# % check
#
# So AdamW with a frozen scale takes scaled gradient steps on the loss plus a penalty that is heavy where $s$, the size of the gradients, is large. On a bowl in two directions it ends where that sum is lowest:

# %%
h, s = np.array([1.0, 100.0]), np.array([1.0, 10.0])  # curvature, scale; lowest at 1
theta = np.zeros(2)
for _ in range(2000):
    theta = theta - 0.05 * (h * (theta - 1) / s + 0.5 * theta)
print("decay:", theta.round(4), " weighted:", (h / (h + 0.5 * s)).round(4),
      " plain L2:", (h / (h + 0.5)).round(4))


# %% [markdown]
# Decay ends at the weighted minimum to four digits; plain L2 would have left the stiff weight at 0.995. In AdamW the scale is not frozen. It is about the size of the gradients, near a minimum that of their noise, $\sigma$. On $\frac12(\theta - 1)^2$ the L2 penalty asks for $1/(1+\lambda)$, the weighted one with $s = \sigma$ for $1/(1 + \lambda\sigma)$. Average the second half of 4,000 steps with $\lambda = 0.5$:

# %%
def settle(rule, sigma):
    opt = Optimizer(rule, np.zeros(100), lr=0.01, weight_decay=0.5)
    seen, theta = [], 0
    for xi in np.random.default_rng(1).normal(size=(4000, 100)):
        theta = opt.step(theta - 1 + sigma * xi)
        seen.append(theta.copy())
    return np.mean(seen[2000:])


for sigma in (0.1, 1, 10):
    print(f"noise {sigma:3}: Adam with L2 {settle(adam_l2, sigma):.2f},",
          f"AdamW {settle(adamw, sigma):.2f}, formula {1 / (1 + 0.5 * sigma):.2f}")

# %% [markdown]
# Adam with L2 settles near $1/1.5 = 0.67$ at every noise: it divides gradient and penalty by the same number, so where their sum vanishes does not change. AdamW goes from 0.93 to 0.17 as the noise grows, close to the formula. Without noise it would go to $\theta = 1$, as if there were no penalty, for then $\hat v$ vanishes with the gradient. (That is so while $\lambda\theta < 1$: under a steady gradient the fraction is 1, and decay balances it at $\theta = 1/\lambda$.) So on this bowl Adam with L2 settles where the penalized loss is lowest, AdamW at the minimum of a loss whose penalty the noise chooses.
#
# If a layer is normalized, the length of its weights means nothing: $J(c\,w) = J(w)$ for every $c > 0$, and differentiating by $w$ on both sides leaves $c\, \nabla J(c\,w) = \nabla J(w)$: weights of half the length have twice the gradient. A step of gradient descent changes their direction by about $\eta \lVert \nabla J \rVert / \lVert w \rVert$, which goes like $\eta/\lVert w \rVert^2$. There decay sets, through the length, how fast directions turn {cite}`vanlaarhoven2017l2`.

# %%
a = np.array([1.0, -2.0, 0.5])
def slope(w):  # of a^T w / |w|
    n = np.linalg.norm(w)
    return a / n - (a @ w) * w / n**3


w = np.array([3.0, 1.0, 2.0])
print("gradient at w / 2 over gradient at w:", (slope(w / 2) / slope(w)).round(9))

# %% [markdown]
# ## Two hundred digits
#
# Does decay help on images that were not trained on? Held fixed: softmax regression, 200 images for each seed, the other 1,237 as its test, batches of 20, 300 steps.

# %%
from optlib.problems import digits, minibatches

N, rngs = 1437, [np.random.default_rng(seed) for seed in range(20)]
X, Y = np.c_[digits().X, np.ones(N)], np.eye(10)[digits().y]
order = [rng.permutation(N) for rng in rngs]
draws = [minibatches(200, 20, seed) for seed in range(20)]
def scores(W, rows):  # of each row for each digit; and their probabilities
    z = X[rows] @ W
    z = z - z.max(axis=-1, keepdims=True)
    return z, np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


# %%
def learn(rule, rates, decays, seed):
    """Loss and share misread on the other images, for each pair of settings."""
    lr, decay = (np.reshape(a, (-1, 1, 1)) for a in (rates, decays))
    W, m, v = np.zeros((lr.size, 65, 10)), 0, 0
    for t in range(1, 301):
        rows = order[seed][draws[seed](t)]
        g = X[rows].T @ (scores(W, rows)[1] - Y[rows]) / len(rows)
        W, m, v = rule(W, g, m, v, t, lr=lr, weight_decay=decay)
    rest = order[seed][200:]
    z, P = scores(W, rest)
    loss = -np.log((P * Y[rest]).sum(axis=-1)).mean(axis=-1)
    return loss, (z.argmax(axis=-1) != Y[rest].argmax(axis=-1)).mean(axis=-1)


# %% [markdown]
# Rate and decay are chosen on three seeds among five rates, from 0.003 to 0.3, and eight decays, zero among them; ten other seeds are measured. Adam itself gets the five rates.

# %%
from optlib.compare import interval, paired

decays = {"adam": [0], "adam_l2": [0, *10 ** np.linspace(-5, -2, 7)],
          "adamw": [0, *10 ** np.linspace(-3, 0, 7)]}
found = {}
for name, tried in decays.items():
    grid = np.array([(r, d) for r in 10 ** np.linspace(-2.5, -0.5, 5) for d in tried])
    rule = adam_l2 if name == "adam" else globals()[name]
    share = np.mean([learn(rule, *grid.T, seed)[1] for seed in (10, 11, 12)], axis=0)
    rate, decay = grid[share.argmin()]
    measured = [learn(rule, [rate], [decay], seed)[1][0] for seed in range(10)]
    found[name] = 100 * np.array(measured)
    middle, low, high, _ = interval(found[name])
    print(f"{name:7} {rate:.2g}, {decay:.2g}: {middle:.1f} % ({low:.1f}, {high:.1f})")
gap, low, high, level = paired(found["adamw"], found["adam_l2"])
print(f"AdamW - Adam with L2, seed by seed: {gap:.1f} ({low:.1f} to {high:.1f})")

# %% [markdown]
# No difference is seen. For Adam with L2 the tuning chose no decay at all, and the interval of the paired differences, which covers their median in 97.9 % of cases, holds zero. It covers the draw of the 200 images, not the choice of rate and decay. Decoupling is also said to let rate and decay be tuned one after the other {cite}`loshchilov2019decoupled`. So raise the decay until the test loss is 1.5 times that at the smallest one tried (0.00001 for Adam with L2, 0.001 for AdamW), and see how far this edge moves at ten times the rate:

# %%
lines = {}
for rule, lowest in ((adam_l2, -5), (adamw, -3)):
    tried = 10 ** np.linspace(lowest, lowest + 4, 17)
    grid = np.repeat([0.01, 0.1], 17), np.tile(tried, 2)
    losses = np.array([learn(rule, *grid, seed)[0] for seed in range(10)])
    for rate, loss in zip((0.01, 0.1), (losses[:, :17], losses[:, 17:])):
        loss = np.maximum.accumulate(loss / loss[:, :1], axis=1)
        edge = [10 ** np.interp(1.5, line, np.log10(tried)) for line in loss]
        middle, low, high, _ = interval(edge)
        name = plot.palette.label(rule.__name__)
        print(f"{name}, rate {rate}: {middle:.4f} ({low:.4f} to {high:.4f})")
        lines[f"{name}, {rate}"] = (tried, np.median(loss, axis=0))

# %%
plot.curves(
    lines, log="xy", xlabel="decay λ", title="Test loss over that at the least decay",
    hlines={"edge": 1.5}, marks=False,
    rule={name: "adamw" if "W" in name else "adam_l2" for name in lines},
    caption="Where too much decay begins depends little on the rate, for both rules. "
    "Median of ten seeds; the largest value so far along each line.",
    alt="Log-log plot of decay against relative test loss, two pairs of lines flat "
    "at 1 on the left and rising on the right. The pair of Adam with L2 crosses 1.5 "
    "at 0.008 and 0.004, the pair of AdamW a factor of fifty to seventy further "
    "right, at 0.39 and 0.28.",
)

# %% [markdown]
# Ten times the rate moves the edge by a factor of 1.9 under Adam with L2 and of 1.4 under AdamW, whose two intervals overlap. So neither basin is slanted much. Measured as the paper does, in $\eta\lambda$, the edge of AdamW moves from 0.004 to 0.028, and the basin is slanted.
#
# ## The step that solves for the penalty
#
# Chapter 1 made the gradient step a minimizer of $g^\top \theta$ plus the squared distance over $2\eta$. Leave the penalty $r$ in as it is, without a gradient:
#
# $$
# \theta_t = \arg\min_\theta\; g_t^\top \theta + \frac{1}{2\eta} \lVert \theta - \theta_{t-1} \rVert^2 + r(\theta) .
# $$
#
# Complete the square: up to a constant the first two terms are $\frac{1}{2\eta} \lVert \theta - (\theta_{t-1} - \eta\, g_t) \rVert^2$. So go to $x = \theta_{t-1} - \eta\, g_t$, then apply the *proximal operator* of $r$ {cite}`parikh2014proximal`, the best compromise between staying there and a small penalty. The two together are *proximal gradient descent*, or ISTA {cite}`beck2009fast`:
#
# ```{math}
# :label: eq-ch09-prox
# \begin{aligned}
# \operatorname{prox}_{\eta r}(x) &= \arg\min_z\; \frac{1}{2\eta} \lVert z - x \rVert^2 + r(z) , \\
# \theta_t &= \operatorname{prox}_{\eta r}(\theta_{t-1} - \eta\, g_t) .
# \end{aligned}
# ```
#
# For $r = \frac{\lambda}{2} \lVert \theta \rVert^2$ set the derivative to zero, $(z - x)/\eta + \lambda z = 0$: the prox divides by $1 + \eta\lambda$. With Adam's fraction $u$ in the place of $g$, AdamW is this step to first order in $\eta$ {cite}`zhuang2022understanding`:
#
# ```{math}
# :label: eq-ch09-linearized
# \begin{aligned}
# & \frac{\theta - \eta\, u}{1 + \eta\lambda} - \big( (1 - \eta\lambda)\, \theta - \eta\, u \big) \\
# & = \frac{\eta^2 \lambda\, (\lambda \theta + u)}{1 + \eta\lambda} .
# \end{aligned}
# ```
# % for \theta in real, u in real
# % check
#
# Here Adam's scale is in the gradient alone. With $s_i$ in the distance as well, the step has the penalty of {eq}`eq-ch09-scaled`, which moves as $s$ does.
#
# ## Exact zeros
#
# Now let $r = \lambda \lVert \theta \rVert_1$. It has a kink at zero, and splits into single coordinates. A minimizer $z$ of $\frac{1}{2\eta}(z - x)^2 + \lambda |z|$ needs slope zero, or at the kink slopes of both signs beside it. For $z > 0$ that is $(z - x)/\eta + \lambda = 0$, so $z = x - \eta\lambda$, possible if $x > \eta\lambda$. For $z < 0$, likewise $z = x + \eta\lambda$. And $z = 0$ is lowest if the slopes $-x/\eta \pm \lambda$ on its sides enclose zero, $|x| \le \eta\lambda$. Together they are *soft thresholding*:
#
# ```{math}
# :label: eq-ch09-soft
# \operatorname{prox}_{\eta\lambda\lVert\cdot\rVert_1}(x) = \operatorname{sign}(x)\, \max(|x| - \eta\lambda,\, 0) .
# ```
#
# That nothing is lower can be checked for any $z$, with $s$ for the right side:
#
# ```{math}
# :label: eq-ch09-lowest
# \frac{(s - x)^2}{2\eta} + \lambda |s| \le \frac{(z - x)^2}{2\eta} + \lambda |z| .
# ```
# % for x in real, z in real
# % let s = \operatorname{sign}(x) \max(|x| - \eta\lambda, 0)
# % check
#
# A whole interval is sent to zero. An L2 penalty divides, and never gets there. Take ten measurements of 442 diabetes patients {cite}`efron2004least`, scaled to columns of mean square 1, and fit the disease's progress after a year by the *lasso* {cite}`tibshirani1996regression`, $\frac{1}{2n} \lVert X\theta - y \rVert^2 + \lambda \lVert \theta \rVert_1$ with $\lambda = 4$. Two methods get 300 steps at $\eta = 1/L$. A third fit, *ridge*, has the penalty $\frac{0.1}{2} \lVert \theta \rVert^2$ instead and is solved for:

# %%
from optlib.methods import fista, ista
from optlib.problems import diabetes, lasso

X, y, names = diabetes()
problem = lasso(4.0)
G, c = X.T @ X / len(y), X.T @ y / len(y)
L = np.linalg.eigvalsh(G).max()
kinked = problem.replace(grad=lambda theta: G @ theta - c + 4.0 * np.sign(theta))

# %%
zero, budget = problem.start, dict(steps=300, lr=1 / L)
ends = {"prox": minimize(problem, zero, ista, **budget).theta,
        "subgradient": minimize(kinked, zero, sgd, **budget).theta,
        "ridge": np.linalg.solve(G + 0.1 * np.eye(10), c)}
for name, theta in ends.items():
    print(f"{name:11}: {(theta != 0).sum()} of 10 not zero, smallest "
          f"{abs(theta).min():.4f}, loss {problem.f(theta):.2f}")

# %% [markdown]
# The prox leaves six of ten weights. A gradient with $\lambda \operatorname{sign}(\theta)$ in it steps back and forth across zero, keeps all ten, and its loss stays 7.4 higher. Ridge keeps all ten; the loss printed for it is the lasso's, which it does not minimize. Now let $\lambda$ fall:

# %%
from optlib.problems import lasso_path

weights = np.geomspace(46, 0.3, 60)
thetas = lasso_path(weights)
for k in (0, 10, 30, 59):
    print(f"lambda {weights[k]:5.2f}: {[n for n, t in zip(names, thetas[k]) if t]}")

# %%
plot.curves(
    dict(zip(names, thetas.T)), weights, log="x", marks=False, xlabel="λ",
    title="Weight, points per standard deviation", height=4.6, xlim=(46, 0.3),
    caption="Where the penalty is large all weights are zero; as it falls they enter "
    "one after the other. The lasso's path on the diabetes data.",
    alt="Line plot of ten weights against the penalty, which falls from 46 to 0.3 "
    "on a logarithmic axis. All start at zero. bmi leaves zero first and s5 next; "
    "both end near 25. bp rises to 15, s3 falls to -11 and turns back, sex falls "
    "to -11.",
)

# %% [markdown]
# At 19.6 three are in, at 3.56 six, at 0.3 all but age and s2. In the widget a dot is a weight, placed where it would lie without the penalty. Drag the corner of the threshold: what the flat part covers is off. Under *ridge* nothing is.

# %%
from optlib.widgets import Lasso

Lasso()

# %% [markdown]
# ## Groups and fences
#
# The *group lasso* adds up the lengths of groups of weights, $\lambda \sum_G \lVert \theta_G \rVert$ {cite}`yuan2006model`; the paper weighs each by its group's size. The prox of a group has the direction of $x_G$, because any other $z$ of the same length is farther away. Its length is one number, which soft thresholding lowers:
#
# ```{math}
# :label: eq-ch09-group
# \operatorname{prox}_{\eta\lambda\lVert\cdot\rVert}(x_G) = \max\left(0,\; 1 - \frac{\eta\lambda}{\lVert x_G \rVert}\right) x_G .
# ```
#
# (For $x_G = 0$ it is zero.) In softmax regression on the digits make a group of the ten weights of each pixel. Then a pixel is used or not:

# %%
from optlib.prox import group_threshold, simplex

images = digits_softmax()
for weight in (0.003, 0.01, 0.03):
    def shrink(z, lr, weight=weight):  # the last ten numbers are the biases
        z = z.reshape(65, 10)
        return np.vstack([group_threshold(z[:64], lr * weight), z[64:]])

    sparse = images.replace(prox=shrink)
    W = minimize(sparse, images.start, fista, steps=200, lr=1 / 5.74).theta
    print(f"weight {weight}: {(W[:64] != 0).any(axis=1).sum()} of 64 pixels used, "
          f"{100 * (1 - images.accuracy(W)):.1f} % of the test images misread")

# %% [markdown]
# A third of the pixels reads all but 8 % of the images (5.74 bounds the curvature; the method comes in the next section). A penalty that is zero inside a closed convex set and infinite outside has as its prox the nearest point of the set, whatever $\eta$ is: a constraint. For a *box*, clip each number. For the *simplex*, whose points are nonnegative and add up to one, subtract the same amount from all numbers and clip at zero; sorting finds the amount {cite}`duchi2008efficient`. Which mixture of the ten mean digits comes closest to an image?

# %%
from optlib.problem import Problem

data = digits()
means = np.array([data.X[data.y == digit].mean(axis=0) for digit in range(10)])
top = np.linalg.eigvalsh(means @ means.T).max()
for i in (10, 3):
    mix = Problem(grad=lambda theta, x=data.X_test[i]: means @ (means.T @ theta - x),
                  prox=lambda z, lr: simplex(z))
    share = minimize(mix, np.full(10, 0.1), fista, steps=300, lr=1 / top).theta
    mixed = {k: round(float(s), 2) for k, s in enumerate(share) if s}
    print(f"a {data.y_test[i]}: {mixed}")

# %% [markdown]
# A clear 6 is all 6; a 9 has something of a 5 and a 3.
#
# ## One coordinate at a time
#
# The lasso needs no learning rate. Hold all weights but $\theta_j$ still, and let $\rho_j = y - \sum_{k \ne j} x_k \theta_k$ be what the others leave unexplained. In $\theta_j$ the loss is a parabola plus $\lambda|\theta_j|$, with curvature $h_j = x_j^\top x_j / n$ and its lowest point without penalty at $x_j^\top \rho_j / (n h_j)$. That is soft thresholding with $1/h_j$ for $\eta$:
#
# ```{math}
# :label: eq-ch09-coordinate
# \theta_j = \frac{1}{h_j} \operatorname{sign}(c_j)\, \max(|c_j| - \lambda,\, 0), \qquad c_j = \frac{1}{n}\, x_j^\top \rho_j .
# ```
#
# *Coordinate descent* goes through the coordinates in a circle and puts each at its minimizer, given the newest of the others {cite}`friedman2010regularization`; or it draws them at random {cite}`wright2015coordinate`. The loss never rises. Weights that are solved for together form a *block*. One sweep over $p$ coordinates costs about as much as one gradient.
#
# :::{rule} coordinate_descent
# :::
#
# The rival is ISTA with momentum, FISTA {cite}`beck2009fast`. Its step goes from a point $z$ ahead of $\theta_t$ to $p = \theta_{t+1}$. How far ahead follows from the proof. Let $F$ be the loss with its penalty, $f$ its smooth part with curvature at most $L$, both convex, and $\eta = 1/L$. The descent lemma bounds $f(p)$ above by $f(z) + \nabla f(z)^\top (p - z) + \frac L2 \lVert p - z \rVert^2$. Convexity bounds $f(x)$ below by $f(z) + \nabla f(z)^\top (x - z)$, and $r(x)$ by $r(p) + \gamma^\top (x - p)$, with $\gamma = L(z - p) - \nabla f(z)$ because $p$ is the minimizer of the prox. Take the first from the sum of the other two, for any $x$:
#
# $$
# F(x) - F(p) \ge L (z - p)^\top (x - p) - \frac L2 \lVert p - z \rVert^2 ,
# $$
#
# and the right side is
#
# ```{math}
# :label: eq-ch09-gain
# \begin{aligned}
# & L (z - p)^\top (x - p) - \frac L2 \lVert p - z \rVert^2 \\
# & = \frac L2 \lVert p - z \rVert^2 + L\, (p - z)^\top (z - x) .
# \end{aligned}
# ```
# % for p in R^3, z in R^3, x in R^3
# % check
#
# Write $\delta_t = F(\theta_t) - F(\theta^*)$, and use this with $x = \theta_t$, weight $a - 1$, and with $x = \theta^*$, weight 1, for some $a \ge 1$. The sum, times $a$, is
#
# $$
# \begin{aligned}
# (a^2 - a)\, \delta_t - a^2\, \delta_{t+1} &\ge \frac L2 \Big( \lVert a (p - z) \rVert^2 + 2 a\, (p - z)^\top w \Big), \\
# w &= a z - (a - 1)\, \theta_t - \theta^* .
# \end{aligned}
# $$
#
# Complete the square. The bracket is the difference of two squares:
#
# ```{math}
# :label: eq-ch09-square
# \begin{aligned}
# & \lVert a (p - z) \rVert^2 + 2 a\, (p - z)^\top w \\
# & = \lVert a p - (a - 1)\, \theta_t - \theta^* \rVert^2 - \lVert w \rVert^2 .
# \end{aligned}
# ```
# % for p in R^3, z in R^3, \theta_t in R^3, \theta^* in R^3, a in (1, 9)
# % let w = a z - (a - 1) \theta_t - \theta^*
# % check
#
# If $a = a_{t+1}$ changes from step to step so that $a_{t+1}^2 - a_{t+1} = a_t^2$, and $w$ is what stood in the first square of the step before, the sum over all steps collapses. The first demand gives $a_{t+1} = \frac12 (1 + \sqrt{1 + 4 a_t^2})$, the second, below, where $z$ lies:
#
# ```{math}
# :label: eq-ch09-ahead
# \begin{aligned}
# z_t &= \theta_t + \frac{a_t - 1}{a_{t+1}}\, (\theta_t - \theta_{t-1}), \\
# a_{t+1}\, z_t - (a_{t+1} - 1)\, \theta_t &= a_t\, \theta_t - (a_t - 1)\, \theta_{t-1} .
# \end{aligned}
# ```
# % for a_t in (1, 9), \theta_t in real
# % let z_t = \theta_t + \frac{a_t - 1}{a_{t+1}} (\theta_t - \theta_{t-1})
# % check
#
# :::{rule} fista
# :::
#
# Start with $a_1 = 1$ and $z_0 = \theta_0$: the first $a^2 - a$ is zero and the first $w$ is $\theta_0 - \theta^*$. The last square is not negative, so what is left is $a_t^2 \delta_t \le \frac L2 \lVert \theta_0 - \theta^* \rVert^2$. Since $a_t$ grows by at least a half per step, from 1, the gap is at most $2L \lVert \theta_0 - \theta^* \rVert^2/(t+1)^2$, as Nesterov's method has it without a penalty. On the diabetes data, at $\lambda = 4$, until the gap is $10^{-8}$ of that at zero:

# %%
from optlib.methods import coordinate_descent, coordinate_descent_random

lowest = problem.f(lasso_path([4.0], tol=1e-13)[0])
def gaps(step, seed=0, **hyper):
    run = minimize(problem, problem.start, step, steps=80, seed=seed, **hyper)
    gap = (run.losses - lowest) / (run.losses[0] - lowest)
    return np.maximum(gap, 1e-12), int(np.argmax(gap <= 1e-8))


runs = {"ista": gaps(ista, lr=1 / L), "fista": gaps(fista, lr=1 / L),
        "coordinate_descent": gaps(coordinate_descent, parts=10)}
random = [gaps(coordinate_descent_random, seed, parts=10) for seed in range(10)]
print({name: count for name, (_, count) in runs.items()})
print("random order:", interval([count for _, count in random])[:3])

# %%
plot.curves(
    {name: gap for name, (gap, _) in runs.items()}
    | {"random order": np.median([gap for gap, _ in random], axis=0)},
    log="y", marks=False, xlabel="step, or sweep over ten coordinates",
    ylim=(1e-11, 2),
    title="Gap to the lowest loss",
    caption="On this lasso coordinate descent needs the fewest passes over the data. "
    "Diabetes data, rates 1/L; random order: median of ten seeds.",
    alt="Plot of the gap, logarithmic, against steps. Coordinate descent falls below "
    "1e-8 after 10 sweeps, in random order after 20. FISTA goes down in waves and "
    "needs 48 steps; ISTA falls along a line and needs 64.",
)

# %% [markdown]
# Coordinate descent takes ten sweeps, in random order 20 (97.9 % interval of the median: 15 to 23), FISTA 48 steps, ISTA 64, all untuned. But each coordinate needs a minimum in closed form, and the weights of a network have none in general.
#
# With a smooth convex loss and a separable convex penalty, whose kinks lie along the axes, coordinate descent arrives if level sets are bounded {cite}`tseng2001convergence`; other kinks can stop it. On $|x - y| + \frac{1}{10}(x + y)^2$, whose minimum is zero at the origin, start from $(1, 1)$:

# %%
line = np.linspace(-2, 2, 4001)
def roof(x, y):
    return abs(x - y) + 0.1 * (x + y) ** 2


a = b = 1.0
for _ in range(3):
    a = line[roof(line, b).argmin()]
    b = line[roof(a, line).argmin()]
print(f"after 3 sweeps at ({a:.1f}, {b:.1f}), where the loss is {roof(a, b):.1f}")

# %% [markdown]
# Each coordinate alone is at its best; a block of both would see the way down. Groups are blocks, and {eq}`eq-ch09-group` solves for one at once if its columns are orthogonal and have mean square 1. Put age with sex, bmi with blood pressure, and the six blood values together:

# %%
from optlib.problems import group_lasso

blocks = [[0, 1], [2, 3], [4, 5, 6, 7, 8, 9]]
Q = np.hstack([np.linalg.qr(X[:, b])[0] for b in blocks]) * len(X) ** 0.5
for weight in (5, 8):
    grouped = group_lasso(weight, blocks, Q, y)
    run = minimize(grouped, grouped.start, coordinate_descent, steps=30, parts=3)
    lengths = [np.linalg.norm(run.theta[rows]) for rows in blocks]
    print(f"weight {weight}: lengths", *(f"{length:.2f}" for length in lengths))

# %% [markdown]
# At 8 the pair of age and sex is gone as one.
#
# The widget sends the two weights of the beginning through both rules. Raise the quiet noise until both weights of Adam with L2 move alike, and put it back to 0.01. Then raise $\lambda$ to 1: AdamW shrinks ten times as fast, the quiet weight of Adam with L2 starts down hardly faster.

# %%
from optlib.widgets import Decay

Decay()

# %% [markdown]
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D0-16 D0-17 D0-18 D0-19 D1-39 D1-40 D1-41 D1-42 D2-10 D2-11 D2-20 D2-21 D2-29 D3-28 X-06 X-14
#
# **After the step, not before.** Doc 0 says this of {eq}`eq-adamw`, which has no order: the decay acts on the old weight, and the fraction does not see it. Before or in one line is the same, 1.92079 in the cell; after is 1.92076.
#
# **The correct L2 penalty.** Doc 0 calls AdamW so. It is no L2 penalty: no number in the gradient does what it does, unless all scales are equal. With a fixed scale it is the weighted penalty of {eq}`eq-ch09-scaled`. Where runs settled, Adam with L2 had found the minimum of the L2 loss at each noise, AdamW only where the noise was 1.
#
# **Which $\lambda$?** Doc 0 multiplies it by $\eta$, as PyTorch does; the paper does not, and its $\lambda$ is $\eta$ times that one. The edge at 0.28 is at 0.028 in the paper's.
#
# **All Transformers use it.** Llama 2 was trained with AdamW and $\lambda = 0.1$ {cite}`touvron2023llama`. BERT's code decays beside the step and has no bias correction {cite}`devlin2019bert`. T5 used Adafactor {cite}`raffel2020exploring`.
#
# **The penalty without its half.** Doc 1 adds $\lVert\theta\rVert^2$ and puts $\lambda\theta$ into the gradient. The gradient would be $2\theta$; the penalty meant is $\frac\lambda2 \lVert\theta\rVert^2$. The same passage says normalization for regularization.
#
# **2019, another problem.** Doc 1 dates AdamW by its conference; the preprint is of November 2017. It says that AdamW comes from another problem. Unless its scale stands still no loss has its steps; it is close to a proximal step, {eq}`eq-ch09-linearized`.
#
# **Two views of one thing.** Decay and penalty are one for SGD, and not for momentum and Adam: 0.97 and 0.02 under one, 0.81 and 0.84 under the other. The four documents call what AdamW brings correct, different, slightly better and often better. On 200 digits, with both tuned, no difference in the test error was seen.
#
# **A lost formula, and 0.0001.** Doc 2's AdamW is {eq}`eq-adamw`; what it decouples is decay, not L2. Its code asks for a decay of 0.0001, a value that is usual for SGD. At $\eta = 0.001$ that is a half-life of 6.9 million steps; doc 0 has 0.01 to 0.1.
#
# **Blanks.** The proximal formulas that doc 2 has lost are {eq}`eq-ch09-prox` and {eq}`eq-ch09-group`, the norm in its text is the 1-norm.
#
# **Coordinate descent.** Doc 2 names no condition. It stalls at $(1, 1)$ in the cell above, because the kink runs across the axes.
#
# **Decay against overfitting.** Doc 2 gives this reason alone. In normalized layers decay changes no function, only how fast directions turn.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} Soft thresholding
# :name: decay-and-prox-1
#
# $x = (-1,\ 0.2,\ 0.5)$, $\eta\lambda = 0.3$. Give the prox of $\lambda \lVert \cdot \rVert_1$, three numbers.
# :::

# %%
answer = ...
check("decay-and-prox-1", answer)

# %% [markdown]
# :::{exercise} A group
# :name: decay-and-prox-2
#
# The group $(3, 4)$ shrinks with $\eta\lambda = 1$. Give the two numbers.
# :::

# %%
answer = ...
check("decay-and-prox-2", answer)

# %% [markdown]
# :::{exercise} Half a weight
# :name: decay-and-prox-3
#
# AdamW with $\eta = 0.001$ and $\lambda = 0.1$, and a weight without gradient. After how many steps is at most half of it left?
# :::

# %%
answer = ...
check("decay-and-prox-3", answer)

# %% [markdown]
# :::{exercise} The same decay by a penalty
# :name: decay-and-prox-4
#
# SGD with $\eta = 0.1$. Each weight shall lose a thousandth of itself per step. Which $\lambda$ has the penalty $\frac\lambda2\lVert\theta\rVert^2$ that does this?
# :::

# %%
answer = ...
check("decay-and-prox-4", answer)

# %% [markdown]
# :::{exercise} Two penalties at once
# :name: decay-and-prox-5
#
# The elastic net adds $\lambda |z| + \frac{\mu}{2} z^2$. Derive its prox for $x > \eta\lambda$. The answer is an expression in `x`, `eta`, `lam` (for $\lambda$) and `mu`, in a string.
# :::

# %%
answer = ...
check("decay-and-prox-5", answer)


# %% [markdown]
# :::{exercise} A sweep over the diabetes data
# :name: decay-and-prox-6
#
# Write one sweep of cyclic coordinate descent for $\frac{1}{2n} \lVert X\theta - y \rVert^2 + \lambda \lVert \theta \rVert_1$. `theta` has shape $(p,)$, `X` $(n, p)$, `y` $(n,)$; `weight` is $\lambda$. The columns of `X` need not have mean square 1. Return the new `theta` and leave the old one as it was. It is run on the diabetes data and compared to $10^{-9}$.
# :::

# %%
def sweep(theta, X, y, weight):
    return ...


check("decay-and-prox-6", sweep)

# %% [markdown]
# :::{exercise} Which weight shrinks fastest?
# :name: decay-and-prox-7
#
# Under Adam with L2, noise of standard deviation 1, 0.1 and 0.001 on three weights that start at 1, $\lambda = 0.1$. Which one is nearest to zero after 500 steps at $\eta = 0.001$? `"loud"`, `"middle"`, `"quiet"`, or `"none"` if they stay together. The widget `Decay` shows two of them at a time.
# :::

# %%
answer = ...
check("decay-and-prox-7", answer)

# %% [markdown]
# ## Summary
#
# An L2 penalty belongs to the loss, weight decay to the step. Under SGD they are one, $\lambda = \lambda'/\eta$. Under Adam the penalty is divided by the scale of the gradients: quiet weights shrink fast and loud ones hardly, and yet on a noisy bowl the run settles where the penalized loss is lowest. AdamW shrinks all at one speed and settles where noise and $\lambda$ together decide. A proximal step solves for the penalty: with the 1-norm it puts weights at zero, and with a set it keeps to constraints. Where one coordinate has its minimum in closed form, going round the coordinates needs no rate; on a convex loss it can stall where kinks run across them.
#
# ## Sources
#
# Loshchilov and Hutter {cite}`loshchilov2019decoupled` separated decay from Adam and proved that no single L2 coefficient gives it; Zhuang and coauthors {cite}`zhuang2022understanding` read it as a proximal step. Parikh and Boyd {cite}`parikh2014proximal` survey proximal operators; ISTA and FISTA with the proof used here are from Beck and Teboulle {cite}`beck2009fast`, the group lasso from Yuan and Lin {cite}`yuan2006model`. The lasso is Tibshirani's {cite}`tibshirani1996regression`, the diabetes data are those of Efron and coauthors {cite}`efron2004least`. Tseng {cite}`tseng2001convergence` says when coordinate descent converges, Wright {cite}`wright2015coordinate` what is known about its speed, and Friedman, Hastie and Tibshirani {cite}`friedman2010regularization` compute lasso paths with it. The simplex is reached as by Duchi and coauthors {cite}`duchi2008efficient`.
