# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
#   notation:
#     C: C
#     D: D
#     \chi: corrected
#     \gamma: gamma
#     \rho: rho
#     \rho_\infty: rho_inf
#     \varrho: threshold
#     q: q
#     r: r
#     w: w
# ---

# %% [markdown]
# (ch-repairing-adam)=
# # 8 Repairing Adam: AMSGrad, RAdam, warm-up, AdaBound
#
# On the interval from $-1$ to 1 the loss is $3\theta$, then $-\theta$, then $-\theta$, then $3\theta$ again, and so on for ever. Three steps add up to $\theta$, so the best place is $-1$. Gradient descent goes there. Does Adam?

# %%
import numpy as np

from optlib import Optimizer, minimize, plot
from optlib.ops import maximum, sqrt
from optlib.problems import reddi, reddi_random
from optlib.rules import adabound, adam, amsgrad, radam, sgd


def play(rule, slopes, lr, **hyper):
    """Where a rule stands before each slope, and at the end; kept in [-1, 1]."""
    at, now = [0.0 * slopes[0]], Optimizer(rule, 0.0 * slopes[0], lr=lr, **hyper)
    for g in slopes:
        before = 1.0 * now.theta
        at.append(np.clip(at[-1] + now.step(g) - before, -1, 1))
    return np.array(at)


# %%
slopes = np.array([reddi().batches(t) for t in range(1, 10_000)])
fading = dict(beta1=0.0, beta2=0.1)
ends = {"sgd": play(sgd, slopes, lambda t: 0.1 / t**0.5)}
ends["adam"] = play(adam, slopes, lambda t: 0.1 / t**0.5, **fading)
for name, at in ends.items():
    regret = (slopes * (at[:-1] + 1)).mean()
    print(f"{name:4}: ends at {at[-1]:.2f}, average regret {regret:.2f}")


# %% [markdown]
# The *regret* (chapter 5) is what you paid beyond what the best fixed place would have cost. At the worst place it is 2 per period, two thirds a step, and that is where Adam ends, with $\beta_1 = 0$, $\beta_2 = 0.1$ and rates of $0.1/\sqrt t$. These losses are convex, even straight, and their slopes are bounded.
#
# After this chapter you can say why, where the proof of Adam's convergence breaks and which line repairs it, what is special about Adam's first steps, and what warm-up, RAdam and AdaBound change. You need Adam (chapter 7) and schedules (chapter 5).
#
# ## One period by hand
#
# Call the large slope $C$, and let $\beta_1 = 0$ and $\epsilon = 0$. A step is $\eta\, g_t/\sqrt{v_t}$. After many periods $v$ takes three values in turn, each from the one before: $V_1$ after the slope $C$, then $V_2$ and $V_3$ after the two slopes of $-1$.
#
# ```{math}
# :label: eq-ch08-cycle
# \begin{aligned}
# V_1 &= \frac{C^2 + \beta_2 + \beta_2^2}{1 + \beta_2 + \beta_2^2} = \beta_2 V_3 + (1 - \beta_2)\, C^2 , \\
# V_2 &= \frac{\beta_2 C^2 + \beta_2^2 + 1}{1 + \beta_2 + \beta_2^2} = \beta_2 V_1 + (1 - \beta_2) , \\
# V_3 &= \frac{\beta_2^2 C^2 + 1 + \beta_2}{1 + \beta_2 + \beta_2^2} = \beta_2 V_2 + (1 - \beta_2) .
# \end{aligned}
# ```
# % for C in (2, 9), \beta_2 in (0, 1)
# % let V_1 = \frac{C^2 + \beta_2 + \beta_2^2}{1 + \beta_2 + \beta_2^2}
# % let V_2 = \frac{\beta_2 C^2 + \beta_2^2 + 1}{1 + \beta_2 + \beta_2^2}
# % let V_3 = \frac{\beta_2^2 C^2 + 1 + \beta_2}{1 + \beta_2 + \beta_2^2}
# % check
#
# With rates that hardly change any more, a period moves $\theta$ by $\eta$ times
#
# $$
# \frac{1}{\sqrt{V_2}} + \frac{1}{\sqrt{V_3}} - \frac{C}{\sqrt{V_1}} .
# $$
#
# The small slopes are divided by the small roots. At $C = 3$, $\beta_2 = 0.1$ the way up is $0.76 + 0.97$, the way down 1.05, and Adam climbs. The $C$ has inflated its own divisor, and is nearly forgotten when the next slopes come. A longer memory helps:

# %%
def climb(C, b):
    total = 1 + b + b * b
    one, two, three = C**2 + b + b * b, b * C**2 + b * b + 1, b * b * C**2 + 1 + b
    return sqrt(total) * (1 / sqrt(two) + 1 / sqrt(three) - C / sqrt(one))


b = np.linspace(0, 1, 100_000, endpoint=False)
for C in (10, 3, 2.1, 2.01):
    print(f"C = {C:5}: Adam climbs up to beta2 = {b[climb(C, b) > 0].max():.3f}")

# %% [markdown]
# At $C = 3$ Adam is right again above $\beta_2 = 0.472$, at $C = 2.01$ only above 0.987. But no $\beta_2$ is large enough for all problems. At $C = 2$ the losses of a period cancel, $V_1$ is the largest of the three, and for every $\beta_2 < 1$ the way up is longer:
#
# ```{math}
# :label: eq-ch08-two
# \frac{1}{\sqrt{V_2}} + \frac{1}{\sqrt{V_3}} > \frac{2}{\sqrt{V_1}} .
# ```
# % for \beta_2 in (0, 1)
# % let C = 2
# % let V_1 = \frac{C^2 + \beta_2 + \beta_2^2}{1 + \beta_2 + \beta_2^2}
# % let V_2 = \frac{\beta_2 C^2 + \beta_2^2 + 1}{1 + \beta_2 + \beta_2^2}
# % let V_3 = \frac{\beta_2^2 C^2 + 1 + \beta_2}{1 + \beta_2 + \beta_2^2}
# % check
#
# By continuity that still holds for a $C$ a little above 2, where $-1$ is already the best place. The usual 0.999 fails there, too. The order of the words decides: for a given sum of smooth losses a large enough $\beta_2$ brings Adam close to a critical point {cite}`zhang2022adam`; for given $\beta_1 < \sqrt{\beta_2}$ there is a problem on which it fails {cite}`reddi2018convergence`.
#
# No strict period is needed. Draw the slope $C$ with a probability that makes the mean slope 0.2, ten series side by side:

# %%
lines = reddi_random(gain=0.2, runs=10)
draws = [lines.batches(t) for t in range(1, 5001)]
for beta2 in (0.1, 0.9):
    for rule in (adam, amsgrad):
        at = play(rule, draws, lambda t: 0.3 / t**0.5, beta1=0.0, beta2=beta2)[-1]
        print(f"{beta2}, {rule.__name__:7}: from {at.min():.2f} to {at.max():.2f}")

# %% [markdown]
# With $\beta_2 = 0.1$ Adam is wrong in all ten, with 0.9 in none. AMSGrad, the repair to come, is right in all ten with both.
#
# ## Where the proof breaks
#
# Stay in one coordinate with $\beta_1 = 0$. Write $w_t = \sqrt{v_t}/\eta_t$ for one over the rate, so that a step is $g_t/w_t$, and $e_t = \theta_t - \theta^*$ for the signed distance from the best place. Square $e_t = e_{t-1} - g_t/w_t$ and solve for what the step costs:
#
# ```{math}
# :label: eq-ch08-step
# g_t e_{t-1} = \frac{w_t}{2} \left(e_{t-1}^2 - e_t^2\right) + \frac{g_t^2}{2 w_t} .
# ```
# % for w_t in positive, g_t in real, e_0 in real
# % let e_t = e_{t-1} - g_t / w_t
# % check
#
# The left side is the regret of this step where the losses are straight, and at least the regret where they are convex. (Pulling $\theta_t$ back into the interval only shortens $e_t$, so the left side is then at most the right one.) Add up $T$ steps, and sort the squares by their index:
#
# ```{math}
# :label: eq-ch08-telescope
# \begin{aligned}
# \sum_{t=1}^{T} w_t \left(e_{t-1}^2 - e_t^2\right) &= w_1 e_0^2 - w_T e_T^2 \\
# &\quad + \sum_{t=1}^{T-1} \left(w_{t+1} - w_t\right) e_t^2 .
# \end{aligned}
# ```
# % for T in 2..9, w_t in positive, e_t in real
# % check
#
# Here the proof replaces $e_t^2$ by the square of the width $D$ of the interval, which is sound if no $w_{t+1} - w_t$ is negative. Then the sum telescopes to at most $w_T D^2$. The published proof of Adam's convergence assumed this sign. For SGD and AdaGrad it holds while $\eta_t$ does not rise. Adam's $v_t$ falls at the two small slopes of each period, and $w_t$ with it:

# %%
v, w = 0.0, []
for t, g in enumerate(slopes, start=1):
    v = 0.1 * v + 0.9 * g**2
    w.append(sqrt(v) * t**0.5 / 0.1)
print(f"one over the rate falls at {np.mean(np.diff(w) < 0):.0%} of all steps")


# %% [markdown]
# ## AMSGrad: never forget the largest
#
# Keep the largest $v$ so far, and divide by its root {cite}`reddi2018convergence`:
#
# ```{math}
# :label: eq-amsgrad
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 , \\
# \bar v_t &= \max(\bar v_{t-1},\, v_t) , \\
# \theta_t &= \theta_{t-1} - \eta\, \frac{m_t}{\sqrt{\bar v_t} + \epsilon} .
# \end{aligned}
# ```
# % with \chi = 0
#
# :::{rule} amsgrad
# :::
#
# As in the paper, nothing is corrected (`corrected=0`); PyTorch corrects $m$ and $\bar v$, and optax corrects $v$ before it takes the maximum. Now $w_t = \sqrt{\bar v_t}/\eta_t$ never falls while $\eta_t$ does not rise, and the proof goes through. Still with $\beta_1 = \epsilon = 0$, let all $|g_t| \le G$ and $\eta_t = \eta/\sqrt t$. Then $w_T \le G\sqrt T/\eta$. The last term of {eq}`eq-ch08-step` is small: $g_t^2 \le v_t/(1-\beta_2) \le \bar v_t/(1-\beta_2)$ and $\sqrt{\bar v_t} \le G$, so it is at most $\frac{\eta G}{2 (1-\beta_2)} \cdot \frac{1}{\sqrt t}$. The sum of $1/\sqrt t$ stays below $2\sqrt T$:
#
# ```{math}
# :label: eq-ch08-root
# \sum_{t=1}^{T} \frac{1}{\sqrt t} \le 2 \sqrt T .
# ```
# % for T in 1..60
# % check
#
# So for convex losses on the interval the regret of $T$ steps is at most $\left(\frac{G D^2}{2 \eta} + \frac{\eta G}{1-\beta_2}\right) \sqrt T$, and its average goes to zero like $1/\sqrt T$. (With $\beta_1 > 0$ the paper's proof asks that $\beta_1$ decays.) Doc 1 takes the maximum over two steps, which is not enough:

# %%
def two_step(theta, g, m=0, v=0, *, lr=1e-3, beta1=0.9, beta2=0.999):
    m, before = beta1 * m + (1 - beta1) * g, v
    v = beta2 * v + (1 - beta2) * g**2
    return theta - lr * m / sqrt(maximum(before, v)), m, v


ends["amsgrad"] = play(amsgrad, slopes, lambda t: 0.1 / t**0.5, **fading)
ends["two steps"] = play(two_step, slopes, lambda t: 0.1 / t**0.5, **fading)
for name in ("amsgrad", "two steps"):
    regret = (slopes * (ends[name][:-1] + 1)).mean()
    print(f"{name:9}: ends at {ends[name][-1]:.2f}, average regret {regret:.3f}")

# %%
t = np.unique(np.geomspace(1, len(slopes), 300).astype(int))
plot.curves(
    {n: (t, at[t]) for n, at in ends.items()}, log="x", marks=False,
    rule={"two steps": "amsgrad"}, hlines={"best": -1.0}, title="Where it stands",
    caption="Adam climbs to the worst place, and a maximum over two steps climbs "
    "more slowly. SGD and AMSGrad go to the best one. Slopes 3, -1, -1; "
    "rates 0.1/√t, no momentum, beta2 = 0.1.",
    alt="Line plot, logarithmic axis of steps from 1 to 9,999, places from -1 to 1. "
    "Adam climbs to 1, the worst place, and stays; the maximum over two steps climbs "
    "more slowly to 0.35. SGD and AMSGrad fall to -1, SGD first.",
)

# %% [markdown]
# AMSGrad's average regret is 0.019, far below the bound, which is 0.60 for these numbers ($G = 3$, $D = 2$, $T = 9999$). Nobody chooses $\beta_2 = 0.1$. With $\beta_1 = 0.9$ and $\beta_2 = 0.99$ the large slope has to be rarer. Take 101 once, then $-1$ a hundred times:

# %%
rare = [reddi(101, 101).batches(t) for t in range(1, 100 * 101 + 1)]
for rule in (adam, two_step, amsgrad):
    at = play(rule, rare, lambda t: 0.5 / t**0.5, beta2=0.99)
    print(f"{rule.__name__:8}: halfway {at[5050]:.2f}, at the end {at[-1]:.2f}")

# %% [markdown]
# Adam and the two steps are at the worst place, or nearly. AMSGrad is on its way to the best, at $-0.80$, and slow: one large slope in a hundred sets the divisor of all steps.
#
# In the widget find the $\beta_2$ at which Adam's line turns, and compare it with the printed 0.472. Then bring $C$ close to 2 and look for it again. Last, raise the momentum.

# %%
from optlib.widgets import Regret

Regret()

# %% [markdown]
# ## The first steps
#
# RAdam and warm-up look at Adam's beginning. Feed it pure noise of variance one, in 100,000 coordinates at once:

# %%
rng, m, v, b2 = np.random.default_rng(0), 0.0, 0.0, 0.999
spread, times = {}, (1, 2, 5, 10, 30, 100)
for t in range(1, 101):
    g = rng.standard_normal(100_000)
    m, v = 0.9 * m + 0.1 * g, b2 * v + (1 - b2) * g**2
    if t in times:
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - b2**t)
        spread[t] = np.percentile(v_hat**-0.5, (10, 50, 90))
        step = np.abs(m_hat / v_hat**0.5).mean()
        print(f"t = {t:3}: mean of v {v.mean():.3f}, of v hat {v_hat.mean():.2f},",
              f"rate up to {spread[t][2]:.2f}, step {step:.2f}")

# %% [markdown]
# The mean of $\hat v$ is 1.00 from the first step on, as it should be. It is $v$ *without* its hat that is too small. What is wide is the spread of $\hat v$, and so of the rate $1/\sqrt{\hat v}$: one coordinate in ten has a rate of 7.94 times the right one or more at $t = 1$, and of 1.43 or more at $t = 10$.
#
# How wide? If $\hat v$ were the plain mean of the last $n$ squares, $n \hat v$ would have a $\chi^2$ distribution with $n$ degrees of freedom. It is a fading mean, so choose $n$ such that both look back equally far. The mean age of the last $n$ is $(n-1)/2$, that of the fading weights is
#
# ```{math}
# :label: eq-ch08-age
# \frac{\sum_{k=0}^{t-1} k\, \beta_2^k}{\sum_{k=0}^{t-1} \beta_2^k} = \frac{\beta_2}{1 - \beta_2} - \frac{t \beta_2^t}{1 - \beta_2^t} .
# ```
# % check
#
# Twice that, plus one, is the number of gradients that $\hat v$ rests on {cite}`liu2020variance`:
#
# ```{math}
# :label: eq-radam-rho
# \begin{aligned}
# \rho_\infty &= \frac{2}{1 - \beta_2} - 1 , \\
# \rho_t &= \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t} .
# \end{aligned}
# ```
#
# With $\rho$ degrees of freedom the means of $1/\hat v$ and of $1/\hat v^2$ are $\frac{\rho}{\rho-2}$ and $\frac{\rho^2}{(\rho-2)(\rho-4)}$, so the variance of $1/\hat v$ is
#
# ```{math}
# :label: eq-ch08-variance
# \frac{q^2}{(q-2)(q-4)} - \left(\frac{q}{q-2}\right)^2 = \frac{2 q^2}{(q-2)^2 (q-4)} ,
# ```
# % for q in (5, 50)
# % check
#
# with $q$ for $\rho$; it is finite only above $\rho = 4$. A root halves small relative errors: divide by four times the mean, and the variance of $1/\sqrt{\hat v}$ is about $\frac{\rho}{2 (\rho-2)(\rho-4)}$. At $\rho = 30$ that is 9 % too much, at $\rho = 5$ it is 0.83 where 0.25 is right. RAdam multiplies Adam's step by the number that makes this estimate what it will be in the end:
#
# ```{math}
# :label: eq-radam-r
# r_t = \sqrt{\max\left(\frac{(\rho_t - 4)(\rho_t - 2)\, \rho_\infty}{(\rho_\infty - 4)(\rho_\infty - 2)\, \rho_t},\, 0\right)} .
# ```
# % where \rho_\infty > 4
#
# While $\rho_t \le 4$ the estimate has no value (the variance of $1/\sqrt{\hat v}$ itself is finite from $\rho > 2$ on), and RAdam steps by momentum alone:
#
# ```{math}
# :label: eq-radam-update
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 , \\
# \hat m_t &= \frac{m_t}{1 - \beta_1^t} , \qquad \hat v_t = \frac{v_t}{1 - \beta_2^t} , \\
# \theta_t &= \theta_{t-1} - \eta\, \hat m_t \cdot \begin{cases} r_t / \sqrt{\hat v_t} & \text{if } \rho_t > 4 , \\ 1 & \text{otherwise.} \end{cases}
# \end{aligned}
# ```
# % with \epsilon = 0
# % with \varrho = 4
# % where v_t > 0
#
# :::{rule} radam
# :::

# %%
t = np.arange(1, 6001)
rho_inf = 2 / (1 - b2) - 1
rho = rho_inf - 2 * t * b2**t / (1 - b2**t)
r2 = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
r = np.where(rho > 4, np.sqrt(maximum(r2, 0)), np.nan)
print("rho at first:", rho[:6].round(2))
print("r at 5, 100, 1000, 5000:", r[[4, 99, 999, 4999]].round(3))

# %%
linear = np.minimum(1, t * (1 - b2) / 2)
plot.curves(
    {"r of RAdam": (t[4:], r[4:]), "linear warm-up": (t, linear)},
    log="xy", marks=False, rule={"r of RAdam": "radam"}, title="Factor of the rate",
    caption="RAdam's factor is a warm-up: it rises from 0.02 at step 5 to 0.8 at "
    "2/(1 - beta2) = 2,000, where the linear one is done. Beta2 = 0.999.",
    alt="Line plot, both axes logarithmic: steps 1 to 6,000 against the factor of "
    "the rate. Linear warm-up is a straight line from 0.0005 to 1 at step 2,000. The "
    "r of RAdam begins at step 5 near 0.02, runs above that line, crosses it at step "
    "1,512, and bends toward 1.",
)

# %% [markdown]
# Read as a schedule, $r_t$ is a *warm-up*, the practice of raising the rate from a small value over the first steps {cite}`goyal2017accurate`. The linear one is
#
# $$
# \eta_t = \eta \min(1,\, t/T_w) .
# $$
#
# With $T_w = 2/(1-\beta_2)$ Ma and Yarats saw hardly a difference between the two {cite}`ma2021adequacy`. They also doubt the reason. The wide rate never acts alone: at $t = 1$ numerator and denominator are the same $|g|$, and every step is $\eta$. What changes, as the last column of the noise table shows, is the length of a step of pure noise, from 1.00 to 0.18: at first $\hat m$ has averaged nothing away. A third reason concerns SGD as well: at the start many networks are so sharply curved that a rate that is fine later is too large {cite}`gilmer2022loss`.
#
# ## Digits: how large a rate survives
#
# How large may the rate be before a network no longer learns? Held fixed: four hidden layers of 16 and no biases, batches of 64, 200 steps, ten seeds for start and batches, $\beta_2 = 0.98$, and warm-up over $2/(1-\beta_2) = 100$ steps. Rates go up in eighths of a decade. A run has learned if its full loss ends below 1.5. All seeds and rates run side by side:

# %%
from optlib.problems import digits, minibatches

X, Y = digits().X, np.eye(10)[digits().y]
def turned(a):
    return np.swapaxes(a, -1, -2)


def layers(Ws, x):  # W: (rates, seeds, inputs, outputs)
    a = [x]
    for W in Ws[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    z = a[-1] @ Ws[-1]
    return a, z - z.max(axis=-1, keepdims=True)


def loss(Ws):
    z = layers(Ws, X)[1]
    return (np.log(np.exp(z).sum(axis=-1)) - (z * Y).sum(axis=-1)).mean(axis=-1)


# %%
def gradients(Ws, x, y):
    a, z = layers(Ws, x)
    p = np.exp(z)
    d, out = (p / p.sum(axis=-1, keepdims=True) - y) / x.shape[-2], []
    for W, before in zip(Ws[::-1], a[::-1]):
        out.append(turned(before) @ d)
        d = (d @ turned(W)) * (before > 0)
    return out[::-1]


def start(seed, sizes=(64, 16, 16, 16, 16, 10)):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) * (2 / s[0]) ** 0.5 for s in zip(sizes, sizes[1:])]


# %%
def largest(rule, rates, warm=False, **hyper):
    """The largest of these rates that learns, one a seed."""
    many = [np.array([Ws] * len(rates)) for Ws in zip(*map(start, range(10)))]
    states = [() if rule is sgd else (0, 0)] * len(many)
    draws = [minibatches(len(X), 64, seed) for seed in range(10)]
    for t in range(1, 201):
        rows = np.array([draw(t) for draw in draws])
        lr = rates[:, None, None, None] * (min(1, t / 100) if warm else 1)
        for k, g in enumerate(gradients(many, X[rows], Y[rows])):
            timed = [t] if states[k] else []
            new = rule(many[k], g, *states[k], *timed, lr=lr, **hyper)
            many[k], *states[k] = new if states[k] else (new,)
    return np.array([rates[one][-1] for one in (loss(many) < 1.5).T])


# %%
eighths = 10 ** (np.arange(5) / 8)
edges = {"adam": largest(adam, 0.0422 * eighths, beta2=0.98)}
edges["adam, warm-up"] = largest(adam, 0.1 * eighths, True, beta2=0.98)
edges["radam"] = largest(radam, 0.1 * eighths, beta2=0.98)
edges["sgd"] = largest(sgd, 0.316 * eighths)
edges["sgd, warm-up"] = largest(sgd, 0.316 * eighths, True)

# %%
from optlib.compare import interval

for name in ("adam, warm-up", "radam", "sgd, warm-up"):
    times = edges[name] / edges["sgd" if name[0] == "s" else "adam"]
    found = interval(times)
    above = found.low > 1.01
    print(f"{name:13}: times {found.median:.0f}, interval above 1: {above}")
found = interval(edges["radam"] / edges["adam, warm-up"])
holds = found.low < 1.01 < 1.02 * found.high
print("interval of radam over warm-up holds 1:", holds)

# %%
plot.dots(
    edges, log="x", rule={"adam, warm-up": "adam", "sgd, warm-up": "sgd"},
    title="Largest rate that learns",
    caption="Adam survives about twice the rate with warm-up, and so it does as "
    "RAdam; for SGD the bands overlap. Median and 10-90 % of ten seeds; rates in "
    "eighths of a decade; 200 steps, warm-up over 100.",
    alt="Dot plot with bands, logarithmic axis of the largest rate that learns. "
    "Adam 0.075, from 0.075 to 0.1; Adam with warm-up and RAdam 0.18, both wholly to "
    "the right of it; SGD 0.42, SGD with warm-up 0.49, with overlapping bands.",
)

# %% [markdown]
# With warm-up or as RAdam, Adam survives about twice the rate; the intervals of both ratios (97.9 %, ten seeds) lie above 1. That of RAdam over warm-up holds 1: no difference is seen between them. For SGD the interval holds 1 as well, so here nothing shows that a sharp start limits its rate. Elsewhere it was seen to {cite}`gilmer2022loss`. Which of the three reasons holds for Adam, this experiment does not say.
#
# ## AdaBound: from Adam to SGD
#
# AdaBound takes Adam's rate for each coordinate and keeps it between two bounds that close on one number $\eta_\infty$ {cite}`luo2019adaptive`. These are the equations of the authors' code; the paper corrects nothing and divides the rate by $\sqrt t$:
#
# ```{math}
# :label: eq-adabound
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 , \\
# \underline\eta_t &= \eta_\infty \left(1 - \frac{1}{\gamma t + 1}\right) , \quad \overline\eta_t = \eta_\infty \left(1 + \frac{1}{\gamma t}\right) , \\
# \hat\eta_t &= \eta\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot \frac{1}{\sqrt{v_t} + \epsilon} , \\
# \theta_t &= \theta_{t-1} - \min\left(\max(\hat\eta_t, \underline\eta_t),\, \overline\eta_t\right) m_t .
# \end{aligned}
# ```
#
# :::{rule} adabound
# :::
#
# At $t = 1$ the bounds are $0.0001$ and 100 with the defaults $\gamma = 0.001$, $\eta_\infty = 0.1$, and hardly any rate is bounded. In the limit both are $\eta_\infty$, and the step is $\eta_\infty m_t$, SGD with averaged momentum. Between them lies the factor
#
# ```{math}
# :label: eq-ch08-squeeze
# \frac{\eta_\infty (1 + 1/(\gamma t))}{\eta_\infty (1 - 1/(\gamma t + 1))} = \left(1 + \frac{1}{\gamma t}\right)^2 .
# ```
# % for \gamma in positive, t in 1..50
# % check
#
# But $\eta_\infty$ is a learning rate of SGD: it depends on the units of the loss, and 0.1 suits one and not the next. Multiply a bowl by ten, and again:

# %%
from optlib.problems import quadratic

for scale in (1, 10, 100):
    bowl, ends = quadratic((scale, 30 * scale)), []
    for rule in (adam, adabound):
        run = minimize(bowl, bowl.start, rule, steps=300, lr=0.01)
        worse = run.losses[-1] > run.losses[0]
        ends.append("diverges" if worse else f"{run.losses[-1]:.0e}")
    print(f"loss times {scale:3}: adam {ends[0]}, adabound {ends[1]}")

# %% [markdown]
# Adam's loss grows by the factor, for its path stays the same. AdaBound's path changes, and at 100 the final rate is too large for the bowl and the run diverges. Whoever uses AdaBound has two rates to tune.
#
# ## Digits: four rules, two measures
#
# On the network of chapter 7, one hidden layer of 32 units, batches of 64, 200 steps, each rule has six rates between 0.01 and 0.5; the best on two seeds by the full loss is measured on ten others. AdaBound keeps $\eta_\infty = 0.1$. AMSGrad gets Adam's corrections here, so that only the maximum differs. Then the same runs are scored on the 360 images that nobody trained on.

# %%
from functools import partial

from optlib.compare import compare
from optlib.problems import digits_mlp
from optlib.rules import momentum


def network(seed):
    net = digits_mlp(batch=64, seed=seed)
    return net, net.start


hatted = partial(amsgrad, corrected=1)
rules = {"adam": adam, "amsgrad": hatted, "adabound": adabound, "momentum": momentum}
budget = dict(steps=200, cache=False, progress=False)
found = compare(network, rules, lr=(0.01, 0.5), trials=6, tuning=2, **budget)
print(found.conditions())
for name in rules:
    print(f"{name:8}: full loss {found.interval(name).median:.2f}")


# %%
def test_error(problem, theta):
    return 1 - problem.accuracy(theta)


tuned = {n: partial(rules[n], **one.setting) for n, one in found.outcomes.items()}
unseen = compare(network, tuned, score=test_error, **budget)
for a, b in (("amsgrad", "adam"), ("adabound", "adam"), ("adabound", "momentum")):
    for measured in (found, unseen):
        print(measured.verdict(a, b).partition(":")[0])

# %% [markdown]
# Between AMSGrad and Adam ten seeds see no difference in either measure. Their steps could hardly differ: since $v_t \ge 0.999\, v_{t-1}$, the largest average of 200 steps is at most $0.999^{-199} = 1.22$ times the newest. AdaBound's full loss is higher than that of Adam and that of momentum. But its $\eta_\infty$ was not tuned, and by {eq}`eq-ch08-squeeze` its bounds are still a factor of 36 apart at step 200: these runs do not reach SGD. On unseen images none of the three pairs shows a difference.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D0-13 D0-21 D0-28 D1-38 D3-09 D3-10 D3-14 X-04 X-05 X-09
#
# **Proved for convex losses.** Doc 0 says so of Adam; doc 1 says that it sometimes fails. Doc 1 is right: the first cells are a convex counterexample.
#
# **Maximum of what?** Doc 0 takes the maximum of past squared gradients. It is that of the averages $v_t$; the paper corrects neither average, and its bound needs rates of $\eta/\sqrt t$, a bounded domain and a $\beta_1$ that decays.
#
# **Two steps.** Doc 1 keeps the larger of the current average and the one before, which climbed toward the wrong place above. Doc 0's running maximum is right.
#
# **What warm-up cures.** Doc 0 has $\hat v_t$ too small at the start. For steady noise its mean is right from $t = 1$ on; what is wide is its spread.
#
# **For whom.** Doc 0 gives warm-up to Adam, doc 3 to large batches, docs 1 and 2 to nobody. Both uses exist: under SGD on large batches {cite}`goyal2017accurate`, and under Adam for the Transformer {cite}`vaswani2017attention`.
#
# **What RAdam rectifies.** Doc 3 names the bias from the start at zero. That is what Adam's hats are for. RAdam acts on the variance of $1/\sqrt{\hat v_t}$.
#
# **Both advantages.** Doc 3 credits AdaBound with Adam's speed and SGD's generalization. The proof of the paper had to be corrected {cite}`savarese2019convergence`, and a large comparison finds no method ahead throughout {cite}`schmidt2021descending`. Here, in 200 steps at $\eta_\infty = 0.1$, its loss was higher than theirs, and on unseen images no difference was seen.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} Where it should go
# :name: repairing-adam-1
#
# The losses are $3\theta$, $-\theta$, $-\theta$, again and again, and $\theta$ stays in $[-1, 1]$. Which fixed $\theta$ costs least in the long run?
# :::

# %%
answer = ...
check("repairing-adam-1", answer)

# %% [markdown]
# :::{exercise} Two maxima
# :name: repairing-adam-2
#
# $v$ is 9, 1, 1, 1 in four steps. What are the running maximum and the maximum over two steps after the fourth? Give a list of both, in this order.
# :::

# %%
answer = ...
check("repairing-adam-2", answer)

# %% [markdown]
# :::{exercise} A period of two
# :name: repairing-adam-3
#
# The slopes are $c$, $-1$, $c$, $-1$, and so on. Derive the value that $v$ has after each slope $c$ once it repeats itself, as {eq}`eq-ch08-cycle` does for three. The answer is an expression in `c` and `beta2`, in a string.
# :::

# %%
answer = ...
check("repairing-adam-3", answer)

# %% [markdown]
# :::{exercise} How many gradients in the end?
# :name: repairing-adam-4
#
# What is $\rho_\infty$ for $\beta_2 = 0.999$?
# :::

# %%
answer = ...
check("repairing-adam-4", answer)

# %% [markdown]
# :::{exercise} The first adaptive step
# :name: repairing-adam-5
#
# $\beta_2 = 0.999$. The paper's rule divides by the root of $\hat v$ when $\rho_t > 4$. Code that waits until $\rho_t \ge 5$ begins later. At which $t$ does each begin? Give a list, the paper's first. A few lines of NumPy will do.
# :::

# %%
answer = ...
check("repairing-adam-5", answer)


# %% [markdown]
# :::{exercise} AMSGrad by hand
# :name: repairing-adam-6
#
# Write one step of AMSGrad as in {eq}`eq-amsgrad`, without corrections. Return `theta, m, v, v_max` and change none of the arrays you were given. It is run on gradients of the digits and compared to $10^{-9}$.
# :::

# %%
def step(theta, g, m, v, v_max, lr, beta1, beta2, eps):
    return ...


check("repairing-adam-6", step)

# %% [markdown]
# :::{exercise} Whose late steps grow with the loss?
# :name: repairing-adam-7
#
# Every gradient of a long run is multiplied by 1,000, and $\epsilon$ does not matter. After very many steps, whose steps are a thousand times longer than before: those of `"adam"`, of `"adabound"`, of `"both"`, or of `"neither"`?
# :::

# %%
answer = ...
check("repairing-adam-7", answer)

# %% [markdown]
# ## Summary
#
# On straight losses that are steep once in three steps Adam can go to the worst place, because a large slope inflates its own divisor and is forgotten when the small ones come. For every $\beta_2$ there is such a problem. The proof breaks where one over the rate falls. AMSGrad keeps the largest average; for convex losses on an interval and rates of $\eta/\sqrt t$ its average regret goes to zero. In 200 steps on the digits no difference was seen. In the first steps of pure noise the mean of $\hat v$ is right and its spread is wide; from the spread RAdam derives a warm-up of about $2/(1-\beta_2)$ steps. On a deep narrow network RAdam and linear warm-up both about doubled the largest rate at which Adam learns. AdaBound's rates tend to one rate of SGD, which has to be tuned.
#
# ## Sources
#
# The counterexamples, the gap in the proof and AMSGrad are from Reddi, Kale and Kumar {cite}`reddi2018convergence`; the random series is their Theorem 3. RAdam is due to Liu and coauthors {cite}`liu2020variance`, the doubts about its reason and the rule $2/(1-\beta_2)$ to Ma and Yarats {cite}`ma2021adequacy`, the view from curvature to Gilmer and coauthors {cite}`gilmer2022loss`. AdaBound is from Luo and coauthors {cite}`luo2019adaptive`. Others mend the same place: Yogi lets $v$ fall only slowly {cite}`zaheer2018adaptive`, AdaBelief averages the surprise $(g - m)^2$ {cite}`zhuang2020adabelief`, and ADOPT divides by the $v$ before the new gradient, so that no slope inflates its own divisor {cite}`taniguchi2024adopt`. Their equations are on their cards.
