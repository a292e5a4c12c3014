# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
#   notation:
#     I: I
#     \Delta: delta
#     \epsilon_0: eps_root
#     \gamma: retract
#     d: d
#     s: s
# ---

# %% [markdown]
# (ch-per-coordinate)=
# # 6 Per-coordinate steps: Rprop, AdaGrad, RMSProp, AdaDelta
#
# A model has one weight for each word. The loss of an example is half the sum of the squared errors of the weights whose words it has, and $J$ is the mean over the examples. One word is in every example, another in one of 300, so the gradient of the second weight is a 300th of its error. A step with a rate of 1 removes the first error. The second loses a 300th of itself.

# %%
import numpy as np

from optlib import Optimizer, minimize, plot
from optlib.rules import adadelta, adagrad, adagrad_full, adam, momentum
from optlib.rules import rmsprop, rmsprop_centered, rprop, sgd

for every in (1, 300):
    error, t = 1.0, 0
    while error > 0.01:
        t += 1
        error = sgd(error, error / every, lr=1.0)
    print(f"a word in one of {every} examples: error below 0.01 after step {t}")

# %% [markdown]
# The second needs 1,380 steps. No single rate helps: any above 2 makes the first weight diverge. A rate of 300 for the second alone would do it in one step. So give each weight a rate of its own. But who sets a million of them?
#
# After this chapter you can derive such rates from the gradients alone, say when they help and when they hurt, and check a rule by its units. You need the norms of chapter 1, the noise of chapter 2 and the rates $1/\sqrt t$ of chapter 5.
#
# ## Only the sign: Rprop
#
# The rules of this chapter divide each coordinate of the gradient by a number of its own,
#
# $$
# \theta_t = \theta_{t-1} - \eta\, A_t^{-1} g_t ,
# $$
#
# with $A_t$ diagonal: a rate for each coordinate. The oldest leaves only the sign of the gradient. Rprop {cite}`riedmiller1993direct` keeps a step length $\Delta$ for each coordinate, at first $\Delta_0 = \eta$. It remembers a gradient $\bar g$ and compares signs:
#
# ```{math}
# :label: eq-rprop-s
# s_t = \operatorname{sign}(g_t) \operatorname{sign}(\bar g_{t-1}) .
# ```
#
# While the sign stays, the step is multiplied by $\eta^+ = 1.2$, up to $\delta_{\max} = 50$. When it turns, the coordinate has jumped over a minimum: halve the step ($\eta^- = 0.5$, down to $\delta_{\min} = 10^{-6}$), take the last move back, and forget the gradient, so that the turn counts once.
#
# ```{math}
# :label: eq-rprop
# \begin{aligned}
# \Delta_t &= \begin{cases} \min(\eta^+ \Delta_{t-1}, \delta_{\max}) & \text{if } s_t > 0 \\ \max(\eta^- \Delta_{t-1}, \delta_{\min}) & \text{if } s_t < 0 \\ \Delta_{t-1} & \text{otherwise,} \end{cases} \\
# d_t &= \begin{cases} -d_{t-1} & \text{if } s_t < 0 \\ -\operatorname{sign}(g_t)\, \Delta_t & \text{otherwise,} \end{cases} \\
# \bar g_t &= \begin{cases} 0 & \text{if } s_t < 0 \\ g_t & \text{otherwise,} \end{cases} \\
# \theta_t &= \theta_{t-1} + d_t .
# \end{aligned}
# ```
# % with \gamma = 1
# % where t > 1
#
# :::{rule} rprop
# :::
#
# Try it with the full gradient: softmax regression on the digits, 100 steps, nine first lengths from $10^{-4}$ to 1, and nine rates for gradient descent:

# %%
from optlib.grammar import call, read, start
from optlib.problems import digits, minibatches


def side_by_side(rule, theta, gradient, steps, lr):
    """Many runs in one array; gradient(theta, t) and lr have a row for each."""
    form = read(rule)
    state = start(form, theta)
    for t in range(1, steps + 1):
        g = gradient(theta, t)
        theta, *state = call(rule, form, theta, [g], state, t, {"lr": lr})
    return theta


# %%
N = 1437
X, Y = np.c_[digits().X, np.ones(N)], np.eye(10)[digits().y]
def slope(W, rows):  # W: (runs, 65, 10), rows: (runs, B)
    x, z = X[rows], X[rows] @ W
    P = np.exp(z - z.max(axis=-1, keepdims=True))
    P = P / P.sum(axis=-1, keepdims=True) - Y[rows]
    return np.swapaxes(x, -1, -2) @ P / rows.shape[-1]


def loss(W):  # the full loss of each run
    z = X @ W
    z -= z.max(axis=-1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=-1)) - (z * Y).sum(axis=-1)).mean(axis=-1)


# %%
def whole(W, t):
    return slope(W, np.arange(N)[None])


for rule, rates in ((sgd, np.logspace(-0.5, 1.5, 9)), (rprop, np.logspace(-4, 0, 9))):
    lr = rates[:, None, None]
    ends = loss(side_by_side(rule, np.zeros((9, 65, 10)), whole, 100, lr))
    print(f"{rule.__name__:5}: full loss from {ends.min():.3f} to {ends.max():.3f}")

# %% [markdown]
# Over four decades of the first length Rprop ends between 0.018 and 0.035. Gradient descent, over two decades of the rate, ends between 0.073 and 0.545. Now use batches. Let a coordinate have the gradient 0.1 nine times and $-0.9$ the tenth time. They sum to zero, so it should stay.

# %%
stream = np.array(20 * (9 * [0.1] + [-0.9]))
def plain(theta, g, g_old=0.0, delta=0.01, *, lr):  # neither takes back nor forgets
    delta *= {1.0: 1.2, -1.0: 0.5}.get(np.sign(g * g_old), 1.0)
    return theta - np.sign(g) * delta, g, delta


for rule in (sgd, rmsprop, plain, rprop):
    opt = Optimizer(rule, 0.0, lr=0.01)
    end = [opt.step(g) for g in stream][-1]
    print(f"{rule.__name__:8}: {end + 0.0:9.2f}")

# %% [markdown]
# Rprop ends at $-3617$, SGD at 0.00; even a plain version that neither takes back nor forgets is at $-8.07$. Nine small signs outvote a large one, and in Rprop eight of the nine lengthen the step, until it is 50. Each batch is divided by a size of its own, and the quotients no longer average to the gradient. RMSProp, to which this chapter comes, is at $-0.27$. The divisor must be nearly the same from batch to batch, and so must remember.
#
# ## From regret to AdaGrad
#
# What should it remember? Ask for a guarantee on the regret of chapter 5, where the batch of step $t$ brings a convex loss $J_t$ and the run pays $J_t(\theta_{t-1})$. With $e_t = \theta_t - \theta^*$ and $g_t = \nabla J_t(\theta_{t-1})$, convexity bounds it by a linear sum:
#
# $$
# \sum_{t=1}^{T} \big( J_t(\theta_{t-1}) - J_t(\theta^*) \big) \le \sum_{t=1}^{T} g_t^\top e_{t-1} .
# $$
#
# Measure steps with a positive definite matrix $A$ by $p^\top A p$. A step minimizes the linear model plus this squared length over $2\eta$ (a *mirror-descent* step). Complete the square:
#
# ```{math}
# :label: eq-ch06-step
# g^\top p + \frac{1}{2\eta}\, p^\top A p = \frac{1}{2\eta}\, (p + \eta A^{-1} g)^\top A\, (p + \eta A^{-1} g) - \frac{\eta}{2}\, g^\top A^{-1} g .
# ```
# % for g in R^3, p in R^3, A in SPD^3, \eta in (0, 2)
# % check
#
# So $p = -\eta A^{-1} g$. The squared distance to $\theta^*$ becomes
#
# ```{math}
# :label: eq-ch06-distance
# (e - \eta A^{-1} g)^\top A\, (e - \eta A^{-1} g) = e^\top A e - 2 \eta\, g^\top e + \eta^2\, g^\top A^{-1} g .
# ```
# % for e in R^3, g in R^3, A in SPD^3, \eta in (0, 2)
# % check
#
# Solve for $g^\top e$, with $A_t$ at step $t$, and add up. The point after step $t-1$ is the one before step $t$, but measured with another matrix; the difference stays:
#
# ```{math}
# :label: eq-ch06-regret
# \sum_{t=1}^{T} g_t^\top e_{t-1} = \frac{1}{2\eta} \left( e_0^\top A_1 e_0 + \sum_{t=2}^{T} e_{t-1}^\top (A_t - A_{t-1})\, e_{t-1} - e_T^\top A_T e_T \right) + \frac{\eta}{2} \sum_{t=1}^{T} g_t^\top A_t^{-1} g_t .
# ```
# % for e_0 in R^3, g_t in R^3, A_t in SPD^3, T in 1..4
# % let e_t = e_{t-1} - \eta A_t^{-1} g_t
# % check
#
# Now let $A_t$ be diagonal. Both sums split into coordinates. Look at one, and suppose that its entry $a_t > 0$ never decreases and that its error stays within $|e_t| \le D$. (The papers project onto a bounded set: here, cut $\theta_t$ off at the ends of an interval of length $D$ that holds $\theta^*$. This can only shorten $e_t$, and the sum is then at most the right side.) The last term of the bracket is not positive. The others are at most $a_1 D^2 + \sum (a_t - a_{t-1}) D^2 = a_T D^2$, and the coordinate adds to the regret at most
#
# $$
# \frac{D^2 a_T}{2\eta} + \frac{\eta}{2} \sum_{t=1}^{T} \frac{g_t^2}{a_t} .
# $$
#
# Suppose first that $a$ is fixed, and chosen in hindsight. The sum is smallest where its terms are equal, at $a = \frac{\eta}{D} \sqrt{G_T}$, where $G_T$ is the sum of the squared gradients:
#
# ```{math}
# :label: eq-ch06-hindsight
# \frac{D^2 a}{2\eta} + \frac{\eta}{2 a} \sum_{t=1}^{T} g_t^2 = D \sqrt{G_T} .
# ```
# % for D in positive, g_t in positive, T in 1..6
# % let G_T = \sum_{t=1}^{T} g_t^2
# % let a = \frac{\eta}{D} \sqrt{G_T}
# % check
#
# The best fixed divisor is in proportion to the *root* of the sum of squares. Beforehand nobody knows $G_T$, so take what is known, $a_t = \sqrt{G_t}$. The second sum is then no more than twice what it would be with $a = \sqrt{G_T}$, because $g_t^2 = G_t - G_{t-1}$:
#
# ```{math}
# :label: eq-ch06-lemma
# \frac{g_t^2}{\sqrt{G_t}} = \frac{(\sqrt{G_t} - \sqrt{G_{t-1}})(\sqrt{G_t} + \sqrt{G_{t-1}})}{\sqrt{G_t}} \le 2 \left( \sqrt{G_t} - \sqrt{G_{t-1}} \right) .
# ```
# % for g_t in real
# % let G_0 = 0
# % let G_t = G_{t-1} + g_t^2
# % where G_t > 0
# % check
#
# Add this up: everything cancels but $2\sqrt{G_T}$. The coordinate adds at most
#
# ```{math}
# :label: eq-ch06-bound
# \frac{D^2}{2\eta} \sqrt{G_T} + \frac{\eta}{2} \cdot 2 \sqrt{G_T} = \sqrt{2}\, D \sqrt{G_T}
# ```
# % for D in positive, g_t in positive, T in 1..6
# % let G_T = \sum_{t=1}^{T} g_t^2
# % let \eta = \frac{D}{\sqrt{2}}
# % check
#
# at $\eta = D/\sqrt 2$. That is $\sqrt 2$ times what the best fixed rate guarantees in hindsight for the same gradients. Only $D$ must be known. This is AdaGrad {cite}`duchi2011adaptive,mcmahan2010adaptive`.
#
# ```{math}
# :label: eq-adagrad
# \begin{aligned}
# G_t &= G_{t-1} + g_t^2 , \\
# \theta_t &= \theta_{t-1} - \frac{\eta}{\sqrt{G_t} + \epsilon}\, g_t .
# \end{aligned}
# ```
#
# :::{rule} adagrad
# :::
#
# The $\epsilon$ keeps a coordinate without gradients from $0/0$. Over $p$ coordinates the bound is $\sqrt 2\, D \sum_i \sqrt{G_{T,i}}$. The best single rate guarantees $\sqrt p\, D \sqrt{\sum_i G_{T,i}}$, since all coordinates together may be $\sqrt p\, D$ away. By the Cauchy–Schwarz inequality
#
# ```{math}
# :label: eq-ch06-cauchy
# \sum_{i=1}^{p} \sqrt{G_i} \le \sqrt{p \sum_{i=1}^{p} G_i} ,
# ```
# % for G_i in positive, p in 1..6
# % check
#
# with equality only if all $G_i$ are equal. In these bounds the $\sqrt 2$ is all that AdaGrad can lose; where few coordinates get nearly everything it gains.
#
# A whole matrix is possible too. The root of the sum of outer products takes the place of $\sqrt{G_t}$; $I$ is the identity, and $\epsilon_0$ is zero in the paper:
#
# ```{math}
# :label: eq-adagrad-full
# \begin{aligned}
# G_t &= G_{t-1} + g_t g_t^\top , \\
# \theta_t &= \theta_{t-1} - \eta \left( (G_t + \epsilon_0 I)^{1/2} + \epsilon I \right)^{-1} g_t .
# \end{aligned}
# ```
#
# It takes a $p \times p$ matrix and its root at every step, and does not depend on the axes:

# %%
from optlib.problems import quadratic

for degrees in (0, 30):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    ravine = quadratic((1, 100), angle=np.radians(degrees))
    for rule in (adagrad, adagrad_full):
        best, point = np.inf, np.array([2 * c - s, 2 * s + c])
        for lr in np.logspace(-1, 1, 10):
            run = minimize(ravine, point, rule, steps=20, lr=lr)
            best = min(best, run.losses[-1])
        print(f"{degrees:2} degrees, {rule.__name__:12}: from {run.losses[0]:.0f}",
              f"to {best:.1f}, below 1e-12: {best < 1e-12}")

# %% [markdown]
# At the best of ten rates both forms reach the minimum along the axes within 20 steps. In the turned ravine the diagonal one is left at 1.3 of 52; the full one does not notice the turn.
#
# ## A rate that falls
#
# The rate $\eta/\sqrt{G_t}$ can only fall. How far? Multiply all gradients of a coordinate by $c$: the rate is divided by $c$, the steps stay. Under a constant gradient the step is $\eta c/\sqrt{t c^2} = \eta/\sqrt t$.

# %%
for c in (0.01, 1.0, 100.0):
    opt = Optimizer(adagrad, 0.0, lr=0.1)
    moved = [opt.step(c) for _ in range(100)][-1]
    print(f"gradient {c:g}: rate {0.1 / (10 * c):g} at the end, moved {-moved:.3f}")

# %% [markdown]
# All three move by 1.859. If gradients are noise of standard deviation $\sigma$, then $G_t \approx \sigma^2 t$ and the rate is $\eta/(\sigma\sqrt t)$: the square root of chapter 5, scaled for each coordinate. If they fade so fast that their squares have a finite sum, the rate settles. Ten noisy runs and one without noise, on $\frac12\theta^2$ from 5:

# %%
rng, rates = np.random.default_rng(0), {}
for name, size in (("noise", 1.0), ("none", 0.0)):
    theta, G, seen = np.full(10, 5.0), np.zeros(10), []
    for t in range(1, 20_001):
        theta, G = adagrad(theta, theta + size * rng.normal(size=10), G, lr=1.0)
        seen.append(1 / np.sqrt(G))
    rates[name] = np.median(seen, axis=1)
    low, high = np.percentile(seen[-1], (10, 90))
    print(f"{name}: rate {low:.5f} to {high:.5f}; 1 / root of t is {t**-0.5:.5f}")

# %%
plot.curves(
    rates, np.arange(1, 20_001), log="xy", marks=False, rule={"noise": "adagrad"},
    slopes={"slope -1/2": (-0.5, 100, 0.05)}, title="Rate of the coordinate",
    caption="Under noise AdaGrad's rate falls as one over the root of t; without "
    "noise it settles. On θ²/2 from 5, η = 1, noise of variance 1; median of "
    "ten seeds.",
    alt="Log-log plot of the rate over 20,000 steps. Both curves start near 0.2. "
    "Without noise the curve is flat at 0.105 from step 50 on. With noise it falls "
    "along a line of slope -1/2, to 0.007.",
)


# %% [markdown]
# Under noise the rate ends at 0.00699 to 0.00705, with $1/\sqrt t$ at 0.00707; without noise it settles at 0.105. The rates $1/\sqrt t$ have an infinite sum, so no distance is out of reach. But the first gradients are never forgotten. Let the very first be 1,000:

# %%
def arrive(rule, first, lr):
    """Steps on theta^2 / 2 from 10 until theta is within 0.1."""
    opt, theta, t = Optimizer(rule, 10.0, lr=lr), 10.0, 0
    while abs(theta) > 0.1:
        theta, t = opt.step(first if t == 0 else theta), t + 1
    return t


for rule, lr in ((adagrad, 1.0), (rmsprop, 0.01)):
    spike = arrive(rule, 1000.0, lr)
    print(f"{rule.__name__}: {arrive(rule, 10.0, lr)}, with the spike {spike}")


# %% [markdown]
# AdaGrad with $\eta = 1$ needs 132 steps, with the spike 4,580. RMSProp needs 1,020 and 1,080 with $\eta = 0.01$.
#
# ## Rare words
#
# Back to the words. Fifty features are on by chance; the label is a random linear function of them plus noise of 0.01. One pass over 4,000 examples, one a step. In the first case each feature is on in a tenth of the examples, in the second the frequencies run from $10^{-2.5}$, one in 316, to 1. Held fixed: the start at zero, the budget, and the tuning, 16 rates, chosen on five seeds by the error over all weights. Ten other seeds are measured, by the root mean square error of the ten rarest weights in units of a typical weight.

# %%
def words(rule, rates, seeds, often):
    """Squared errors at the end, over the mean square weight: (rates, seeds, 50)."""
    draws = [np.random.default_rng(seed) for seed in seeds]
    true = np.array([r.normal(size=50) for r in draws])
    x = np.array([r.random((4000, 50)) < often for r in draws]).astype(float)
    y = (x @ true[..., None])[..., 0] + [0.01 * r.normal(size=4000) for r in draws]

    def gradient(w, t):  # w: (rates, seeds, 50)
        return ((x[:, t - 1] * w).sum(axis=-1) - y[:, t - 1])[..., None] * x[:, t - 1]

    w = np.zeros((len(rates), len(draws), 50))
    w = side_by_side(rule, w, gradient, 4000, rates[:, None, None])
    return (w - true) ** 2 / (true**2).mean(axis=-1, keepdims=True)


# %%
rates, rare = np.logspace(-3, 0.75, 16), 10 ** np.linspace(-2.5, 0, 50)
def measured(rule, often):
    """(best rate, squared errors of ten groups of five weights, a row a seed)."""
    with np.errstate(over="ignore", invalid="ignore"):  # rates that diverge
        tried = words(rule, rates, range(5), often).mean(axis=(1, 2))
    best = rates[[np.nan_to_num(tried, nan=np.inf).argmin()]]
    errors = words(rule, best, range(10, 20), often)
    return best[0], errors.reshape(10, 10, 5).mean(axis=-1)


# %%
ends, groups, rules = {}, {}, (sgd, adagrad, rmsprop)
for often, rule in ((f, r) for f in (np.full(50, 0.1), rare) for r in rules):
    name, one_of = rule.__name__, f"{1 / often[0]:.0f}"
    best, groups[name] = measured(rule, often)
    ends[one_of, name] = end = groups[name][:, :2].mean(axis=1) ** 0.5
    low, middle, high = np.percentile(end, (10, 50, 90))
    print(f"rarest in one of {one_of}, {name:7} at {best:.1g}:",
          f"{middle:.4f} ({low:.4f} to {high:.4f})")

# %% [markdown]
# The brackets hold 10 to 90 % of the seeds. Rules are compared by their differences on the same seed: `paired` gives the median and, for ten seeds, an interval that covers it with a probability of 97.9 %:

# %%
from optlib.compare import paired


def versus(ends, names, base, places=3):
    for name in names:
        d = paired(ends[name], ends[base])
        middle, low, high = (f"{x:.{places}f}" for x in (d.median, d.low, d.high))
        print(f"{name} minus {base}: {middle} ({low} to {high})")


for one_of in ("10", "316"):
    print(f"rarest in one of {one_of}")
    found = {rule.__name__: ends[one_of, rule.__name__] for rule in rules}
    versus(found, ("sgd", "rmsprop"), "adagrad", places=4)

# %%
spreads = {name: plot.spread(errors**0.5) for name, errors in groups.items()}
plot.curves(
    {name: middle for name, (_, middle, _) in spreads.items()},
    rare.reshape(10, 5).mean(axis=1), log="xy",
    bands={name: (low, high) for name, (low, _, high) in spreads.items()},
    xlabel="share of examples with the feature", title="Error of a weight",
    caption="AdaGrad is ahead where features are rare and where they are frequent. "
    "Noise 0.01; root mean square over groups of five weights, median and 10-90 % of "
    "ten seeds; rates tuned on five others.",
    alt="Log-log plot of the error of a weight against its frequency, 0.004 to 0.8. "
    "RMSProp is highest, 0.18 for the rarest and 0.06 for the most frequent; SGD "
    "falls from 0.08 to about 0.013 at the third point and stays there; AdaGrad is "
    "lowest, from 0.013 down to 0.003.",
)

# %% [markdown]
# With equal frequencies no difference is seen between AdaGrad and SGD, at 0.0018 and 0.0017. With unequal ones AdaGrad comes within 0.013 of the rare weights, SGD within 0.058, and the interval of the difference is above zero. AdaGrad's rate for a word depends on its own $k$ gradients alone, early or late; if they are of one size, it falls as $1/\sqrt k$. SGD's one rate is capped by the frequent words: the next of the 16 diverges. RMSProp ends highest, at 0.16: when a rare word returns, its average has faded to nothing, and each sighting makes a step of $3.16\,\eta$, however small the error. The frequent words are off as well, since its rate does not fall.
#
# ## Forget: RMSProp
#
# If the scale of the gradients changes, an average should follow. Let the mean of everything so far, that of the last 19, and a *fading average*, $v_t = \rho v_{t-1} + (1-\rho) x_t$ with $\rho = 0.9$, follow noise around a mean that drifts:

# %%
rng, T = np.random.default_rng(1), 2000
for name, size in (("drifting", 1), ("constant", 0)):
    mean = size * np.sin(np.arange(T) / 100)
    x = mean + rng.normal(size=T)
    total, fading = np.cumsum(x), [0.0]
    for value in x:
        fading.append(0.9 * fading[-1] + 0.1 * value)
    windows = (total[19:] - total[:-19]) / 19
    found = (total / np.arange(1, T + 1), fading[1:], windows)
    errors = [np.sqrt(np.mean((f[-1900:] - mean[-1900:]) ** 2)) for f in found]
    print(f"{name}: all {errors[0]:.2f}, fading {errors[1]:.2f},",
          f"last 19 {errors[2]:.2f}")

# %% [markdown]
# While the mean drifts, the whole past is off by 0.70 and both others by 0.24. When it stands still, the whole past is off by 0.02 only. To forget pays where things change. The two are equally close because both look back nine steps in the mean and keep a 19th of the noise's variance, $(1-\rho)/(1+\rho)$, but the fading average needs one number instead of nineteen. With it AdaGrad becomes RMSProp {cite}`tieleman2012lecture`:
#
# ```{math}
# :label: eq-rmsprop
# \begin{aligned}
# v_t &= \rho v_{t-1} + (1 - \rho)\, g_t^2 , \\
# \theta_t &= \theta_{t-1} - \frac{\eta}{\sqrt{v_t} + \epsilon}\, g_t .
# \end{aligned}
# ```
#
# :::{rule} rmsprop
# :::
#
# The lecture gets there from Rprop, with a divisor that is nearly the same for adjacent batches. Let the gradients shrink to a hundredth after 500 steps, ten seeds:

# %%
g = np.random.default_rng(0).normal(size=(1000, 10))
g[500:] /= 100
rates = {}
for name, rho in (("AdaGrad", None), ("ρ = 0.9", 0.9), ("ρ = 0.99", 0.99)):
    rule, hyper = (rmsprop, {"rho": rho}) if rho else (adagrad, {})
    state, seen = [], []
    for x in g:
        theta, *state = rule(np.zeros(10), x, *state, lr=1.0, **hyper)
        seen.append(-theta / x)
    rates[name] = np.median(seen, axis=1)
    some = rates[name][[0, 499, 549, 599, 999]]
    print(f"{name:8}", *(f"{rate:8.3f}" for rate in some))

# %%
plot.curves(
    rates, np.arange(1, 1001), log="y", marks=False,
    rule={"AdaGrad": "adagrad", "ρ = 0.9": "rmsprop", "ρ = 0.99": "rmsprop"},
    title="Rate of the coordinate", vlines={"gradients shrink": 500},
    caption="When the gradients shrink to a hundredth, RMSProp's rate finds the new "
    "scale, the sooner the smaller ρ; AdaGrad's does not move. Median of ten seeds.",
    alt="Line plot, logarithmic axis: the rate over 1,000 steps. AdaGrad falls to "
    "0.045 by step 500 and stays there. RMSProp with ρ = 0.9 is near 1, rises after "
    "step 500 and is near 100 from step 610 on; with ρ = 0.99 it rises in a straight "
    "line to 12.5 at step 1,000.",
)

# %% [markdown]
# AdaGrad's rate stays. RMSProp's climbs from 1 to 100, within 100 steps for $\rho = 0.9$; for 0.99 it is at 12.5 after 500. The old scale fades from $v$ as $\rho^n$, and the root must fall to a hundredth: $2 \ln 100/\ln(1/\rho)$ is 87 steps for 0.9 and 916 for 0.99. A jump up is noticed at once.
#
# But the average starts at zero, and the lecture does not correct it: the first step is $\eta/\sqrt{1-\rho} = 3.16\,\eta$ at $\rho = 0.9$, and $10\,\eta$ at PyTorch's 0.99. (Chapter 7 corrects it.) And a rate that no longer falls has a floor: on $\frac12\theta^2$ the steps end as jumps of $\eta$ between $\pm\eta/2$, where $\sqrt v = \eta/2$ as well.

# %%
first = [-rmsprop(0.0, 1.0, lr=1.0, rho=rho)[0] for rho in (0.9, 0.99)]
print(f"first steps over the rate: {first[0]:.2f} and {first[1]:.2f}")
for lr in (0.1, 0.01, 0.001):
    opt, theta = Optimizer(rmsprop, 1.0, lr=lr), 1.0
    for t in range(4000):
        theta = opt.step(theta)
    print(f"rate {lr}: ends at a distance of {abs(theta):.4g}")

# %% [markdown]
# Where does $\epsilon$ stand? Some programs put it under the root, where $10^{-8}$ is a guard of $10^{-4}$. A steady gradient, once $v = g^2$:

# %%
for g in (1e-4, 1e-5, 1e-6):
    outside, inside = g / (np.sqrt(g**2) + 1e-8), g / np.sqrt(g**2 + 1e-8)
    print(f"gradient {g:g}: step {outside:.3f} outside the root, {inside:.4f} inside")

# %% [markdown]
# Under the root a gradient of $10^{-6}$ makes a hundredth of a step. This book keeps $\epsilon$ outside.
#
# In the widget all gradients after step 200 are multiplied by the jump. (AdaDelta comes in the next section.) Read off how many steps each rule needs to forget, for a jump down, then for one up. Then raise $\epsilon$ above the smaller gradients.

# %%
from optlib.widgets import Rates

Rates()

# %% [markdown]
# Graves divides by a fading standard deviation {cite}`graves2013generating`:
#
# ```{math}
# :label: eq-rmsprop-centered
# \begin{aligned}
# m_t &= \rho m_{t-1} + (1 - \rho)\, g_t , \\
# v_t &= \rho v_{t-1} + (1 - \rho)\, g_t^2 , \\
# \theta_t &= \theta_{t-1} - \frac{\eta\, g_t}{\sqrt{\max(v_t - m_t^2, 0)} + \epsilon} .
# \end{aligned}
# ```
#
# :::{rule} rmsprop_centered
# :::
#
# Where gradients agree the deviation is small and the step long: with mean 3 and deviation 1, about $\sqrt{10}$ times that of RMSProp. A gradient that never changes leaves only $\epsilon$ to divide by.
#
# ## Units: AdaDelta
#
# Let $\theta$ be a length in meters and the loss a pure number. Then $g$ is in 1/meter, and a step should be in meters. Gradient descent's is $\eta\,g$, so $\eta$ must carry meters squared. In $g/\sqrt{G}$ and $g/\sqrt v$ the units cancel, and $\eta$ carries meters. Newton's $H^{-1}g$ is in meters by itself. To measure in millimeters means $\theta = c\,\varphi$ with $c = 1/1000$; the gradient along $\varphi$ is $c\,g$, and a rule whose units fit makes the same path. For the $\eta$ of $\eta\,g/\sqrt v$ Zeiler takes something in the units of $\theta$, the size of the steps themselves {cite}`zeiler2012adadelta`:
#
# ```{math}
# :label: eq-adadelta
# \begin{aligned}
# v_t &= \rho v_{t-1} + (1 - \rho)\, g_t^2 , \\
# d_t &= \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\, g_t , \\
# \theta_t &= \theta_{t-1} - \eta\, d_t , \\
# u_t &= \rho u_{t-1} + (1 - \rho)\, d_t^2 .
# \end{aligned}
# ```
#
# :::{rule} adadelta
# :::
#
# Here $\eta = 1$ unless you want a factor, and the average $u$ is that of the step before, since $d_t$ is not known yet. At first it is zero, and only $\epsilon$ gets anything to move. From 5, on $\frac12\theta^2$:

# %%
for eps in (0.0, 1e-6):
    opt = Optimizer(adadelta, 5.0, eps=eps)
    path = [5.0]
    for _ in range(3000):
        path.append(opt.step(path[-1]))
    some = [f"{path[t]:.2f} after {t}" for t in (100, 1000, 3000)]
    print(f"eps = {eps:g}: {', '.join(some)}")


# %% [markdown]
# Without $\epsilon$ it never moves. With the usual $10^{-6}$ it creeps at first, and is at 0.74 after 1,000 steps. Change the units of $\theta$, then those of the loss, and see how far a thousand steps go, in the old units:

# %%
def distance(rule, c, k, lr):
    """How far theta = c phi gets in 1,000 steps along phi; k scales the loss."""
    phi = np.array([5 / c])
    return 5 - c * side_by_side(rule, phi, lambda phi, t: k * c**2 * phi, 1000, lr)[0]


for rule, lr in ((sgd, 1e-9), (adagrad, 1e-4), (rmsprop, 1e-5), (adadelta, 1.0)):
    a, b, k = (distance(rule, *units, lr) for units in ((0.1, 1), (10, 1), (1, 1000)))
    base = distance(rule, 1, 1, lr)
    print(f"{rule.__name__:8}: times {a / base:.2g}, {b / base:.2g}, {k / base:.2g}")

# %% [markdown]
# With $c = 0.1$ and 10 the way of gradient descent is multiplied by $c^2$, that of AdaGrad and RMSProp by $c$. A loss 1,000 times as large moves gradient descent alone. AdaDelta should have 1 everywhere, and has 0.15 and 1.2 (at 1.2 it has arrived). Its $\epsilon$ under the upper root is the square of a length, and is $10^{-6}$ in every unit. Drop it, and start $u$ at the same length in each:

# %%
for c in (0.1, 1, 10):
    phi, v, u = 5 / c, 0.0, 1e-6 / c**2
    for _ in range(1000):
        phi, v, u = adadelta(phi, c**2 * phi, v, u, eps=0.0)
    print(f"c = {c:g}, no eps, u started: at {c * phi:.6f}")

# %% [markdown]
# Now the paths agree. The rate has not gone, it has moved into $\epsilon$.
#
# ## Digits, and a recurrent network
#
# Three of the 64 pixels are dark in all 1,437 images, and their weights never get a gradient:

# %%
W = np.zeros((1, 65, 10))
with np.errstate(invalid="ignore", divide="ignore"):
    for rule in (adagrad, rmsprop, adadelta):
        lost = np.isnan(rule(W, whole(W, 1), eps=0.0)[0]).sum()
        print(f"{rule.__name__} without eps: {lost} of 650 weights are no number")


# %% [markdown]
# With its $\epsilon$ each rule leaves them where they are. Now train the model for 300 steps on batches of 64. Held fixed: the start at zero, the batches of each seed, and the tuning, nine rates over two decades, chosen by the full loss on two seeds. Ten other seeds are measured. `falling` is SGD whose rate falls as $1/\sqrt t$.

# %%
def train(rule, rates, seeds):
    """The full loss after 300 steps on batches of 64: (rates, seeds)."""
    draws = [minibatches(N, 64, seed) for seed in seeds]
    def gradient(W, t):
        return slope(W, np.tile([draw(t) for draw in draws], (len(rates), 1)))

    lr = np.repeat(rates, len(seeds))[:, None, None]
    W = side_by_side(rule, np.zeros((len(lr), 65, 10)), gradient, 300, lr)
    return loss(W).reshape(len(rates), len(seeds))


# %%
def falling(theta, g, t=1, *, lr):
    return sgd(theta, g, lr=lr / t**0.5)


results, lowest = {}, {sgd: 0, falling: 0.5, adagrad: -0.5, rmsprop: -2}
lowest |= {rmsprop_centered: -2, adadelta: 0.5, rprop: -5}
for rule, low in lowest.items():
    rates = np.logspace(low, low + 2, 9)
    best = rates[[train(rule, rates, (0, 1)).mean(axis=1).argmin()]]
    results[rule.__name__] = train(rule, best, range(10, 20))[0]
    low, middle, high = np.percentile(results[rule.__name__], (10, 50, 90))
    shown = f"{middle:6.3f} ({low:.3f} to {high:.3f})"
    print(f"{rule.__name__:16} at {best[0]:7.1g}: {shown}")

# %%
others = [name for name in results if name not in ("adagrad", "rprop")]
versus(results, others, "adagrad")

# %% [markdown]
# AdaGrad ends at 0.040, the others but Rprop between 0.061 and 0.105, and every interval of the difference is above zero. The intervals cover the seeds, not the choice of the rates. SGD with a falling rate is farthest from AdaGrad: falling alone does not do it. Rprop on batches ends at 13, far above the $\ln 10 = 2.3$ of the start, at the best of its first lengths.
#
# RMSProp is often recommended for recurrent networks. Let one with 16 units read ten numbers, of which two are marked, and tell the sum of those two. To guess 1 each time has an error of $1/6 = 0.167$. Held fixed: 400 steps on fresh batches of 20, gradients clipped to length one, seven rates over two decades, chosen on two seeds, ten others measured.

# %%
T, H = 10, 16
def sums(rng, n):
    """n sequences of T pairs (number, mark), and the sums of the marked numbers."""
    x, row = np.zeros((n, T, 2)), np.arange(n)
    x[..., 0] = rng.random((n, T))
    x[row, rng.integers(T // 2, size=n), 1] = 1
    x[row, rng.integers(T // 2, T, size=n), 1] = 1
    return x, (x[..., 0] * x[..., 1]).sum(axis=1)


def weights(rng):
    U, V, c = rng.normal(size=(2, H)) / 2, rng.normal(size=(H, H)), rng.normal(size=H)
    return np.concatenate([U.ravel(), V.ravel() / 4, np.zeros(H), c / 4, [0.0]])


# %%
def network(w, x):  # w: (runs, p), x: (runs, n, T, 2)
    """The states of a recurrent network after each number, and its answers."""
    U, V, b, c, d = np.split(w, np.cumsum([2 * H, H * H, H, H]), axis=1)
    U, V, b, c = U.reshape(-1, 2, H), V.reshape(-1, H, H), b[:, None], c[:, None]
    h = [np.zeros((*x.shape[:2], H))]
    for t in range(T):
        h.append(np.tanh(x[:, :, t] @ U + h[-1] @ V + b))
    return V, c, h, (h[-1] * c).sum(axis=-1) + d


# %%
def clipped(w, x, y):  # y: (runs, n)
    """The gradient of the mean squared error, at most of length 1."""
    V, c, h, answers = network(w, x)
    g = 2 * (answers - y)[..., None] / y.shape[1]
    back, parts = g * c, [0, 0, 0, (g * h[-1]).sum(axis=1), g.sum(axis=1)]
    for t in reversed(range(T)):
        back = back * (1 - h[t + 1] ** 2)
        inputs = x[:, :, t], h[t], np.ones((*y.shape, 1))
        for k, into in enumerate(inputs):
            parts[k] = parts[k] + np.swapaxes(into, 1, 2) @ back
        back = back @ np.swapaxes(V, 1, 2)
    g = np.concatenate([part.reshape(len(w), -1) for part in parts], axis=1)
    length = np.linalg.norm(g, axis=1, keepdims=True)
    return g / np.maximum(1, length)


# %%
def recur(rule, rates, seeds):
    """The error on 500 new sequences after 400 steps on batches of 20."""
    rngs, k = [np.random.default_rng(seed) for seed in seeds], len(rates)
    w = np.tile([weights(rng) for rng in rngs], (k, 1))
    def gradient(w, t):
        x, y = zip(*(sums(rng, 20) for rng in rngs))
        return clipped(w, np.tile(x, (k, 1, 1, 1)), np.tile(y, (k, 1)))

    w = side_by_side(rule, w, gradient, 400, np.repeat(rates, len(seeds))[:, None])
    x, y = sums(np.random.default_rng(99), 500)
    return ((network(w, x[None])[-1] - y) ** 2).mean(axis=1).reshape(k, -1)


# %%
recurrent = {}
lowest = {sgd: -1.5, momentum: -2.5, adagrad: -2, rmsprop: -3, adam: -3}
for rule, low in lowest.items():
    rates = np.logspace(low, low + 2, 7)
    best = rates[[recur(rule, rates, (0, 1)).mean(axis=1).argmin()]]
    recurrent[rule.__name__] = recur(rule, best, range(10, 20))[0]
    low, middle, high = np.percentile(recurrent[rule.__name__], (10, 50, 90))
    shown = f"{middle:.3f} ({low:.3f} to {high:.3f})"
    print(f"{rule.__name__:8} at {best[0]:.1g}: {shown}")

# %%
versus(recurrent, ("sgd", "adagrad", "adam", "momentum"), "rmsprop")

# %% [markdown]
# RMSProp ends at 0.053, lower than SGD at 0.085. Between it and AdaGrad, at 0.039, no difference is seen. Momentum, which knows nothing of coordinates, is lower at 0.021, and so is Adam, which has both, at 0.015. In this small case the average of gradients does more than the divisor.
#
# ## What the documents say
#
# Two entries of the box need a cell.

# %%
rng, G = np.random.default_rng(0), 0.0
for t in range(1, 10_001):
    G = adagrad(0.0, 2 * rng.normal(), G)[1]
    if t in (100, 10_000):
        print(f"after {t}: G = {G:.0f}, G / t = {G / t:.1f}")
for rule in (adagrad, momentum):
    opt = Optimizer(rule, 0.0, lr=1.0)
    moved = np.diff([opt.step(g) for g in (1.0, 0.0, 0.0, 0.0)]) + 0.0
    print(f"{rule.__name__}: after one gradient, then zeros: {moved.round(2)}")

# %%
W = side_by_side(sgd, W, whole, 100, 3.0)[0]
P = np.exp(X @ W)
P /= P.sum(axis=1, keepdims=True)
live = X.max(axis=0) > 0
square = (X.T**2 @ (P - Y) ** 2 / N)[live].ravel()  # mean over single images
hessian = (X.T**2 @ (P * (1 - P)) / N)[live].ravel()  # its diagonal
for name, v in (("v", square), ("root of v", np.sqrt(square))):
    together = np.corrcoef(v, hessian)[0, 1]
    print(f"{name} and the curvature: correlation {together:.2f}")
print(f"v over the curvature: median {np.median(square / hessian):.2f}")

# %% [markdown]
# :::{errata} What the documents say, and what is right
# :ids: D0-05 D0-06 D0-07 D0-08 D0-09 D0-10 D0-11 D1-18 D1-19 D1-20 D1-21 D1-22 D1-23 D1-24 D1-25 D1-26 D1-27 D1-28 D1-29 D1-30 D1-31 D2-06 D2-07 D2-08 X-08 X-10 X-13 X-16
#
# **Epsilon.** Under the root in doc 0's AdaGrad and RMSProp, outside in its Adam; left out in doc 1, lost in doc 2. Here it stands outside, as with Duchi and coauthors. Under the root $10^{-8}$ acts as $10^{-4}$; without it the weights of three pixels are no numbers.
#
# **Formulas.** Doc 1 divides by a matrix where the inverse root of its diagonal is meant, and squares $g(i,i)$ for $g_{\tau,i}$. {eq}`eq-adagrad`, {eq}`eq-adagrad-full` and {eq}`eq-rmsprop` restore what docs 1 and 2 lack.
#
# **Large gradients, smaller updates.** Doc 0 says so of AdaGrad. Its rate is smaller, its update the same: 1.859 three times.
#
# **A rate that decays to zero.** So say docs 0 and 2, and that training stalls. The rate goes to zero if and only if the sum of squares is infinite; with noise it falls like $1/\sqrt t$, whose sum is infinite. Near an optimum, where doc 2 sees the harm, falling is welcome. Large first gradients do the harm: 4,580 steps for 132.
#
# **Not for non-convex problems.** Doc 0 says so, and recommends AdaGrad for word embeddings, which are not convex. Ward, Wu and Bottou {cite}`ward2019adagrad` prove that the gradient goes to zero without convexity, for one rate that all coordinates share. In the recurrent network no difference to RMSProp is seen.
#
# **Sparse features, early.** Doc 0 has them gain early. They gain at each occurrence, early or late.
#
# **RMSProp does not collapse.** Doc 0 leaves out what comes with it: a floor, $\eta/2$ on $\frac12\theta^2$, and a first step of 3.16 or $10\,\eta$ for want of a correction.
#
# **Rprop.** Doc 1 has it for batches of one, failing on mini-batches for some reason. It needs the full gradient; on batches its signs do not cancel. Doc 1's rule does not say that only signs enter and that the factors multiply, and lacks the bounds and the turn. Besides the paper of 1993 there is one of 1992 {cite}`riedmiller1992rprop`.
#
# **Who copied whom.** RMSProp was presented as Rprop for mini-batches, not as a copy of AdaGrad, which McMahan and Streeter found as well. RMSProp and AdaDelta are both of late 2012; which came first is open.
#
# **Moment, momentum.** Doc 1's $G_t$ is a sum and no second moment: it grows from 373 to 39,848 while $G_t/t$ stays near 4. Nor is it momentum: after one gradient and then zeros AdaGrad stands still.
#
# **The full matrix.** Doc 1 says that it is never used. It is behind Shampoo, chapter 12.
#
# **Why fade?** Doc 1 guesses that such averages usually win. They do where things drift, 0.24 against 0.70, and not where they stand still, 0.23 against 0.02.
#
# **Hamiltonian.** Doc 1 means the Hessian, and sees no interpretation of $v$. If the labels came from the model, the mean of $gg^\top$ would be the Hessian of this loss. On the digits the diagonals correlate with 0.97, though $v$ is 0.30 of the curvature in the median. But RMSProp divides by the root, which is not Newton's step.
#
# **AdaDelta.** Doc 1 has an extra $\eta$, no $\epsilon$, and a numerator that is not known yet. Without $\epsilon$ AdaDelta never leaves its start, and only without it are its units right. Adam's $\eta$ has those of $\theta$ again.
#
# **Rho.** It is 0.9 in doc 0, and in doc 2, which has lost the letter; 0.99 in PyTorch; $\beta$ in doc 1.
#
# **Standing.** RMSProp is for recurrent networks (doc 0), a first choice overshadowed by Adam (doc 2), an afterthought (doc 3). On the small recurrent network above it ended between SGD and Adam.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} Three equal gradients
# :name: per-coordinate-1
#
# AdaGrad with $\eta = 1$ and $\epsilon = 0$ sees the gradient 1 three times. How far has the parameter moved? Give 5 significant digits.
# :::

# %%
answer = ...
check("per-coordinate-1", answer)

# %% [markdown]
# :::{exercise} Four signs
# :name: per-coordinate-2
#
# Rprop starts with a step length of 0.1. The gradient's signs are $+, +, +, -$. What is the step length $\Delta$ after the fourth? Give the exact number.
# :::

# %%
answer = ...
check("per-coordinate-2", answer)

# %% [markdown]
# :::{exercise} Inside or outside
# :name: per-coordinate-3
#
# The gradient has been $10^{-4}$ for so long that $v = g^2$. RMSProp with $\epsilon = 10^{-8}$ under the root: how long is a step, divided by $\eta$? Give 4 significant digits.
# :::

# %%
answer = ...
check("per-coordinate-3", answer)

# %% [markdown]
# :::{exercise} How long does RMSProp remember?
# :name: per-coordinate-4
#
# Every gradient has size 1, and $v = 1$. From now on every gradient has size $1/s$, with $s > 2$. After how many steps $n$, as a real number, is $\sqrt{v}$ twice its final value $1/s$? Unroll $v$ over $n$ steps and solve. The answer is an expression in `rho` and `s`, in a string; `log` is the natural logarithm.
# :::

# %%
answer = ...
check("per-coordinate-4", answer)


# %% [markdown]
# :::{exercise} Only what was touched
# :name: per-coordinate-5
#
# A gradient of a sparse model comes as `rows`, the places where it is not zero, and `g`, its values there. Write the step of AdaGrad ($\epsilon$ outside the root) that touches only those entries of `theta` and `G`, both of shape $(640,)$. Return the new `theta` and `G`, and leave the old ones as they were. It is run on single digits, whose dark pixels have no gradient, and compared to $10^{-9}$.
# :::

# %%
def touch(theta, G, rows, g, lr, eps):
    return ...


check("per-coordinate-5", touch)

# %% [markdown]
# :::{exercise} What does the rate measure?
# :name: per-coordinate-6
#
# $\theta$ is in meters, the loss in joules. In which units is the $\eta$ of AdaGrad? `"a"`: meters. `"b"`: meters squared per joule. `"c"`: meters per joule. `"d"`: none.
# :::

# %%
answer = ...
check("per-coordinate-6", answer)

# %% [markdown]
# ## Summary
#
# One rate cannot suit coordinates whose gradients come at different frequencies or sizes. For convex losses and errors that stay bounded AdaGrad, which divides by the root of the sum of squares, has up to $\sqrt 2$ the guarantee of the best fixed rates in hindsight. Under noise its rate falls as $1/\sqrt t$; without noise, on $\frac12\theta^2$, it settles; a large first gradient it never forgets. RMSProp follows gradients that shrink to $1/s$ after about $2 \ln s/\ln(1/\rho)$ steps, and ends in jumps of $\eta$. AdaDelta has the units of $\theta$, but for its $\epsilon$. Rprop uses the signs of the full gradient alone.
#
# ## Sources
#
# AdaGrad and its regret are due to Duchi, Hazan and Singer {cite}`duchi2011adaptive`, and with the same rates to McMahan and Streeter {cite}`mcmahan2010adaptive`; the derivation follows theirs, coordinate by coordinate. Rprop is given as in Riedmiller and Braun {cite}`riedmiller1993direct`. RMSProp is from slides of a lecture {cite}`tieleman2012lecture`, its centered form from Graves {cite}`graves2013generating`, AdaDelta with its argument of units from Zeiler {cite}`zeiler2012adadelta`.
