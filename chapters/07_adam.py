# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# (ch-adam)=
# # 7 Adam, Adamax, Nadam
#
# Stand at $\theta = 1$ with a learning rate of 0.01, and let the first gradient be 0.002, then 2, then 2000. Gradient descent would go to 0.99998, to 0.98, or to $-19$. Adam?

# %%
import numpy as np

from optlib import Optimizer, minimize, plot
from optlib.ops import sqrt
from optlib.rules import adam, adamax, momentum, nadam, rmsprop, sgd

for g in (0.002, 2.0, 2000.0):
    theta, m, v = adam(1.0, g, lr=0.01)
    print(f"gradient {g:g}: theta goes from 1 to {theta:.4f}")

# %% [markdown]
# The gradient is a million times larger, and the step is the same. After this chapter you know what the step measures once the size of the gradient is gone, what the hats are for, when a step is longer than $\eta$, and how Adamax and Nadam differ. You need momentum (chapter 4) and the idea of RMSProp: divide each coordinate of the gradient by the root of $v$, a fading average of its squares, in which each step keeps the share $\rho = 0.9$ {cite}`tieleman2012lecture`.
#
# ## Two averages
#
# Adam keeps two averages for each parameter, one of the gradients and one of their squares {cite}`kingma2015adam`:
#
# ```{math}
# :label: eq-adam-moments
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 .
# \end{aligned}
# ```
#
# Both start at zero. Put the first line into itself, again and again, and each gradient appears with a weight that fades with its age:
#
# ```{math}
# :label: eq-ch07-unrolled
# m_t = (1 - \beta_1) \sum_{k=1}^{t} \beta_1^{t-k}\, g_k .
# ```
# % let m_0 = 0
# % let m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t
# % check
#
# After $1/(1-\beta_1)$ steps a weight has fallen to about a third. With the usual $\beta_1 = 0.9$ the average $m$ looks back ten steps; with $\beta_2 = 0.999$ the average $v$ looks back a thousand. The first says where the gradients point, the second how large they are.

# %%
rng = np.random.default_rng(0)
gradients = 0.5 + rng.normal(size=150)
ms, vs, m, v = [], [], 0.0, 0.0
for g in gradients:
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    ms.append(m)
    vs.append(v)
print(f"after 150 steps: m is {ms[-1]:.2f}, the root of v is {np.sqrt(vs[-1]):.2f}")

# %%
plot.stream(
    gradients, {"m": np.array(ms), "root of v": np.sqrt(vs)},
    caption="Noisy gradients with mean 0.5 and standard deviation 1. The average m "
    "has settled after some twenty steps; the root of v is still climbing at the "
    "end, at 0.42.",
    alt="Stems of 150 noisy gradients between -1.9 and 2.5, with two curves. The "
    "average m rises quickly and then wanders around 0.5. The root of v starts at "
    "zero and climbs all the way to 0.4, far below 1.1, the size of these gradients.",
)

# %% [markdown]
# The gradients here have a root mean square of 1.1. The curve of $\sqrt v$ ends at 0.42, because most of the weight of $v$ still lies on the zero it started from. Divide by it now, and you divide by too little.
#
# ## The missing weight
#
# To see how much too little, take a gradient that never changes. Then each average holds the sum of its weights, times $g$ or times $g^2$:
#
# ```{math}
# :label: eq-ch07-weights
# (1 - \beta_2) \sum_{k=1}^{t} \beta_2^{t-k} = 1 - \beta_2^t .
# ```
# % check
#
# The weights fall short of one by $\beta_2^t$, the weight that still lies on the zero at the start. The same holds for $m$, so that $m_t/\sqrt{v_t}$ is $(1 - \beta_1^t)/\sqrt{1 - \beta_2^t}$ times what it should be. At $t = 1$ that is $0.1/\sqrt{0.001} = 3.16$: the numerator is a tenth of what it should be, the denominator a thirtieth.

# %%
t = np.arange(1, 3001)
ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
peak, calm = t[ratio.argmax()], t[ratio > 1.1][-1] + 1
print(f"times {ratio[0]:.2f} at first, {ratio.max():.2f} at t = {peak},",
      f"below 1.1 from t = {calm}")

# %%
plot.curves(
    {"uncorrected": ratio}, t, log="xy", marks=False,
    rule={"uncorrected": "adam"}, hlines={"as asked": 1.0},
    title="Length of the uncorrected step, over the learning rate",
    caption="Without correction the first steps are three to seven times too long, "
    "and it takes 1,751 steps to come within a tenth. Constant gradient, defaults.",
    alt="Line plot, both axes logarithmic: step from 1 to 3,000 against step length "
    "over learning rate. The curve starts at 3.2, peaks at 6.6 at step 12, and falls "
    "slowly toward the dotted line at 1, which it reaches within a tenth only near "
    "step 1,750.",
)


# %% [markdown]
# The twelfth step is 6.57 times as long as asked, and the excess stays above a tenth through step 1,750, because $m$ fills a hundred times faster than $v$. So divide each average by the weight it really has. The results get hats:
#
# ```{math}
# :label: eq-adam-hats
# \hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad \hat v_t = \frac{v_t}{1 - \beta_2^t} .
# ```
#
# If the gradients come from a distribution that does not change, the means of $\hat m_t$ and $\hat v_t$ are right from the first step on. The hats do not make them less noisy: $\hat v_1$ is one squared gradient. The step is
#
# ```{math}
# :label: eq-adam-theta
# \theta_t = \theta_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} .
# ```
#
# The small $\epsilon$ keeps the divisor from zero. As code:
#
# :::{rule} adam
# :::
#
# ## What a step measures
#
# The gradient's size has canceled. To see what $\hat m/\sqrt{\hat v}$ still measures, feed it gradients with mean $a$ and noise of standard deviation 1. The average $m$ comes near the mean $a$, $v$ near the square of the mean plus the variance, $a^2 + 1$, and the ratio should be around $a/\sqrt{a^2 + 1}$.

# %%
def walk(rule, gradients, **hyper):
    """The steps a rule makes of a stream of gradients, over the learning rate."""
    opt = Optimizer(rule, 0.0, lr=1.0, **hyper)
    return -np.diff([0.0] + [opt.step(float(g)) for g in gradients])


noise = rng.normal(size=6000)
for mean in (10, 1, 0.1, 0):
    steps, expected = walk(adam, mean + noise)[1000:], mean / np.hypot(mean, 1)
    print(
        f"mean {mean:4}: average step {steps.mean():5.2f}, expected {expected:.2f},"
        f" typical size {np.sqrt((steps**2).mean()):.2f}"
    )

# %% [markdown]
# Where gradients agree, a step is nearly $\eta$. Where they are only noise, Adam still takes steps of typical size $\sqrt{(1-\beta_1)/(1+\beta_1)} = 0.23$ times $\eta$, but they cancel. The average step is the mean gradient over its root mean square, a measure of how far the signal stands out of the noise {cite}`balles2018dissecting`. A step is small where gradients contradict each other, however large they are.
#
# Can a step exceed $\eta$? For one gradient after a long silence, $m = 0.1\,g$ and $v = 0.001\,g^2$ with all corrections gone: again 3.16. Kingma and Ba print this as an upper bound. There are longer steps, up to $7.27\,\eta$. Call the weights $w_j = (1-\beta_1)\beta_1^j$ and $u_j = (1-\beta_2)\beta_2^j$, so that $m_t = \sum_j w_j\, g_{t-j}$ and $v_t = \sum_j u_j\, g_{t-j}^2$. How large $m_t$ can be for a given $v_t$ follows from the Cauchy–Schwarz inequality:
#
# $$
# m_t^2 = \Big( \sum_j \frac{w_j}{\sqrt{u_j}} \cdot \sqrt{u_j}\, g_{t-j} \Big)^2 \le \sum_j \frac{w_j^2}{u_j} \cdot v_t .
# $$
#
# The sum on the right is geometric. For $\beta_1^2 < \beta_2$ it stays finite however long the past, and its root is at most
#
# ```{math}
# :label: eq-ch07-longest
# \sqrt{\frac{(1-\beta_1)^2}{1-\beta_2} \cdot \frac{1}{1 - \beta_1^2/\beta_2}} \approx 7.27 .
# ```
# % let \beta_1 = 0.9
# % let \beta_2 = 0.999
# % check
#
# Equality needs $g_{t-j}$ in proportion to $w_j/u_j$, that is, to $(\beta_1/\beta_2)^j$: gradients that grow by 11 % a step. (The hats only shorten the step.)

# %%
silence = [1e-6, *np.zeros(20_000)]
ends = {"one gradient": [1.0], "growing gradients": 1.11 ** np.arange(80)}
for name, end in ends.items():
    longest = walk(adam, [*silence, *end], eps=1e-30).max()
    print(f"{name} after silence: longest step {longest:.2f} times the learning rate")


# %% [markdown]
# ## Scale the loss, turn the axes
#
# Multiply the loss by $10^4$: $m$ and $\sqrt{v}$ grow by the same factor, and the path stays. Only $\epsilon$ does not grow, and that shows once the gradients are as small as $\epsilon$. TensorFlow's RMSProp puts it inside the root, where $10^{-8}$ acts like $10^{-4}$. The same in Adam:

# %%
def inside(theta, g, m=0, v=0, t=1, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**t) / sqrt(v / (1 - beta2**t) + eps), m, v


for g in (1e-2, 1e-4, 1e-6, 1e-8):
    a, b = walk(adam, [g])[0], walk(inside, [g])[0]
    print(f"gradient {g:.0e}: first step {a:.3f}, with eps inside the root {b:.4f}")

# %% [markdown]
# With $\epsilon$ outside the root, a first gradient of size $\epsilon$ makes half a step, one of $\epsilon/10$ an eleventh. Llama 2 was trained with $\epsilon = 10^{-5}$ {cite}`touvron2023llama`: a coordinate whose gradients are much smaller than that moves as under momentum, with the effective rate $\eta/\epsilon$.
#
# Two programs can differ even with $\epsilon$ outside the root. Some fold the corrections into the rate. Multiply numerator and denominator of {eq}`eq-adam-theta` by $\sqrt{1-\beta_2^t}$:
#
# ```{math}
# :label: eq-ch07-efficient
# \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} = \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot \frac{m_t}{\sqrt{v_t} + \epsilon \sqrt{1 - \beta_2^t}} .
# ```
# % let \hat m_t = m_t / (1 - \beta_1^t)
# % let \hat v_t = v_t / (1 - \beta_2^t)
# % for m_t in real, v_t in positive
# % check
#
# The $\epsilon$ changes as well. Programs that fold but keep the plain $\epsilon$ compute something else for the first thousand steps, except where $\epsilon$ does not matter.
#
# Turning the axes does matter. If a ravine lies along them, the gradient of coordinate $i$ is $h_i \theta_i$, the curvature $h_i$ cancels, and there is no ravine. Turn everything by thirty degrees, the start included:

# %%
from optlib.problems import quadratic

for degrees in (0, 30):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    ravine = quadratic((1, 100), angle=np.radians(degrees))
    corner = np.array([c - s, c + s])
    losses = minimize(ravine, corner, adam, steps=100, lr=0.05).losses
    print(f"turned by {degrees:2} degrees: from {losses[0]:.1f} to {losses[100]:.1g}")

# %% [markdown]
# From 50.5 the loss falls to 0.0009 along the axes, and to 0.5 in the turned ravine.
#
# With $\beta_1 = \beta_2 = 0$ and $\epsilon = 0$ the step is $\eta\, g/\sqrt{g^2} = \eta \operatorname{sign}(g)$, the steepest step in the largest-coordinate norm of chapter 1. Adam is that step, smoothed twice.
#
# The widget sends Adam a stream of gradients, one a step. Send the outlier and read off the first steps after it. Then let the signal flip its sign at every step and lower $\beta_1$ to zero: the steps grow to $\eta$. Compare with and without the hats at step 12.

# %%
from optlib.widgets import Stream

Stream()

# %% [markdown]
# ## Adamax: the largest instead of the average
#
# Squares are one choice of power. With $q$ in their place, let $v$ average $|g|^q$, and divide by the $q$-th root. Use $\beta_2^q$ for $\beta_2$, so that after the root an old gradient still fades by $\beta_2$ a step. Unrolled as before,
#
# $$
# v_t^{1/q} = (1-\beta_2^q)^{1/q} \Big( \sum_{k=1}^{t} \big(\beta_2^{t-k} |g_k|\big)^q \Big)^{1/q} .
# $$
#
# Let $q$ grow. The first factor tends to one, because $\beta_2^q$ vanishes. The second is the $q$-norm of the $t$ numbers $\beta_2^{t-k}|g_k|$. It is at least the largest of them and at most $t^{1/q}$ times the largest, and $t^{1/q}$ tends to one. In the limit only the largest counts:
#
# ```{math}
# :label: eq-ch07-largest
# u_t = \max_{k = 1, \ldots, t} \beta_2^{t-k} |g_k| .
# ```

# %%
g = rng.normal(size=50)
aged = 0.99 ** np.arange(49, -1, -1) * abs(g)
for q in (2, 8, 32, 128, 512):
    root = ((1 - 0.99**q) * (aged**q).sum()) ** (1 / q)
    print(f"q = {q:3}: {root:.3f}, largest {aged.max():.3f}")

# %% [markdown]
# The root is 0.768 at $q = 2$, and at 128 it agrees with the largest, 1.853, to three decimals. A fading maximum needs no sum. Let the old one fade and compare it with the new gradient:
#
# ```{math}
# :label: eq-adamax
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# u_t &= \max(\beta_2 u_{t-1},\, |g_t|) , \\
# \theta_t &= \theta_{t-1} - \frac{\eta}{1 - \beta_1^t} \cdot \frac{m_t}{u_t} .
# \end{aligned}
# ```
# % with \epsilon = 0
# % where u_t > 0
#
# There is no hat on $u$. After one step it is $|g_1|$, not a thousandth of it: a maximum with zero loses nothing. The steps are bounded: each gradient in $m_t$ is at most $u_t/\beta_2^{t-k}$, so $|m_t| \le (1-\beta_1) \sum_j (\beta_1/\beta_2)^j\, u_t$. In the long run the factor of $u_t$ is $\beta_2 (1-\beta_1)/(\beta_2 - \beta_1) = 1.009$, so a step is at most one percent longer than $\eta$. (Kingma and Ba print $\eta$ as the bound; gradients that fade by $\beta_2$ a step exceed it.)
#
# Is Adamax less disturbed by outliers? Send 1,500 ones, but a single 100 in place of the five-hundredth.

# %%
stream = np.ones(1500)
stream[499] = 100.0
outlier = {"adam": walk(adam, stream), "adamax": walk(adamax, stream)}
for name, steps in outlier.items():
    print(f"{name:6}: step {steps[499]:.2f} at the outlier,",
          f"{steps[599]:.3f} a hundred later")
fading = walk(adamax, 0.999 ** np.arange(300))
print(f"gradients that fade by beta2: longest step of Adamax {fading.max():.3f}")

# %%
plot.curves(
    {name: steps[480:] for name, steps in outlier.items()},
    np.arange(481, 1501), log="y", marks=False,
    title="Step over the learning rate",
    caption="One gradient of 100 among ones, at step 500. Adamax takes no long step, "
    "and then hardly any step for a thousand.",
    alt="Line plot, logarithmic vertical axis: steps 481 to 1,500 against the "
    "length of a step over the learning rate. Both rules step by 1 until step 500. "
    "Adam jumps to 2.1 and then drops to 0.2, recovering to 0.42; Adamax drops to "
    "0.01 and climbs to 0.03 by the end.",
)

# %% [markdown]
# At the outlier Adam makes a step of 2.12 $\eta$, Adamax one of 0.11. Afterward the maximum keeps the outlier, fading by a thousandth a step, while the mean square has diluted it: a hundred steps later Adamax steps by 1 % of $\eta$, Adam by 22 %. So Adamax avoids the long step, and hardly moves for the next thousand.
#
# ## Nadam: next step's momentum, now
#
# Nesterov's method (chapter 4) looks ahead along the momentum. Dozat carried the idea over to Adam without moving the point at which the gradient is taken {cite}`dozat2016incorporating`. Split $\hat m_t$ into the old average and the new gradient,
#
# ```{math}
# :label: eq-ch07-split
# \hat m_t = \frac{\beta_1 m_{t-1}}{1 - \beta_1^t} + \frac{(1 - \beta_1)\, g_t}{1 - \beta_1^t} .
# ```
# % let m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t
# % let \hat m_t = m_t / (1 - \beta_1^t)
# % for m_0 in real
# % check
#
# and use in the first part what the *next* step would use there: $m_t$ for $m_{t-1}$, with the correction of the next step, $1 - \beta_1^{t+1}$. The rest is Adam.
#
# ```{math}
# :label: eq-nadam
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t , \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 , \\
# \hat m_t &= \frac{\beta_1 m_t}{1 - \beta_1^{t+1}} + \frac{(1 - \beta_1)\, g_t}{1 - \beta_1^t} , \\
# \hat v_t &= \frac{v_t}{1 - \beta_2^t} , \\
# \theta_t &= \theta_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} .
# \end{aligned}
# ```
#
# In effect the newest gradient gets more weight: $(1-\beta_1)(1+\beta_1)$ in place of $1 - \beta_1$, once the corrections are gone. On a bowl without noise the newest gradient is the most up to date. At the rate 0.05, which is tuned for neither, Nadam's loss is $5.4 \cdot 10^{-5}$ after 101 steps, Adam's $1.9 \cdot 10^{-4}$.

# %%
bowl, asked = quadratic((1, 30)), []
watched = bowl.replace(grad=lambda theta: asked.append(theta) or bowl.grad(theta))
for rule in (adam, nadam):
    run = minimize(bowl, bowl.start, rule, steps=101, lr=0.05)
    print(f"{rule.__name__}: loss {run.losses[-1]:.1e} after 101 steps")
run = minimize(watched, bowl.start, nadam, steps=101, lr=0.05)
print("every gradient taken at theta itself:", np.array_equal(asked, run.path[:-1]))

# %% [markdown]
# Now send RMSProp, Adam, Adamax and Nadam into a tilted ravine, from two starts, for 60 steps, each at the best of the same 29 rates.

# %%
from optlib.problems import landscapes, surface

ravine, rates = surface("tilted_ravine"), np.logspace(-3, 0.5, 29)
for start in ((-1.6, 0.2), (-1.3, -1.5)):
    runs = {}
    for rule in (rmsprop, adam, adamax, nadam):
        begin = np.array(start)
        tries = [minimize(ravine, begin, rule, steps=60, lr=lr) for lr in rates]
        runs[rule.__name__] = min(tries, key=lambda run: run.losses[-10:].max())
    lowest = [f"{name} {run.losses[-1]:.0e}" for name, run in runs.items()]
    print(f"from {start}:", *lowest)

# %%
plot.paths(
    landscapes.tilted_ravine,
    {name: run.path for name, run in runs.items()}, (-2, 2, -1.7, 1.7),
    title="Four paths into a tilted ravine",
    caption="All set out along the same diagonal, since the first step has the same "
    "length in each coordinate. RMSProp turns at the floor of the ravine; the three "
    "rules with an average of gradients swing past it. Curvatures 1 and 30; rates "
    "chosen by the worst of the last ten losses.",
    alt="Level curves of a tilted ravine, four paths from (-1.3, -1.5), below its "
    "floor, to the minimum at (0, 0). All begin on the same diagonal, up and to the "
    "left. RMSProp turns first, at the floor, and follows it; Nadam, Adam and Adamax "
    "go on beyond it and come back in waves.",
)

# %% [markdown]
# Look at the first steps: all four rules go up and left at 45 degrees, although minus the gradient is steeper and the minimum lies to the right. Which rule is lowest after 60 steps depends on the start: RMSProp from $(-1.6, 0.2)$, Adamax from $(-1.3, -1.5)$, which is the one drawn.
#
# ## Six rules on the digits
#
# A network with one hidden layer of 32 units reads the digits, in 300 steps on batches of 64 images. One of the rules is Adam without its hats, and Adam runs at its default rate as well:

# %%
from functools import partial

from optlib.compare import compare
from optlib.problems import digits_mlp


def no_hats(theta, g, m=0, v=0, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return theta - lr * m / (sqrt(v) + eps), m, v


def network(seed):
    net = digits_mlp(batch=64, seed=seed)
    return net, net.start


# %% [markdown]
# `compare` tries six rates for each rule, between 0.005 and 0.2, for momentum between 0.05 and 2, and chooses the one with the lowest full loss on three seeds:

# %%
rules = {"momentum": (momentum, {"lr": (0.05, 2.0)}), "rmsprop": rmsprop}
rules |= {"adam": adam, "no hats": no_hats, "adamax": adamax, "nadam": nadam}
rules["adam, 0.001"] = partial(adam, lr=0.001)
found = compare(
    network, rules, steps=300, lr=(0.005, 0.2), trials=6, cache=False, progress=False
)
print(found.conditions())
for name, one in found.outcomes.items():
    end = f"full loss {found.interval(name).median:.2f}"
    print(f"{name:11}: rate {one.setting.get('lr', 0.001):.2g}, {end}")

# %%
plot.dots(
    {name: np.array(one.scores) for name, one in found.outcomes.items()},
    log="x", rule={"no hats": "adam", "adam, 0.001": "adam"},
    title="Full loss after 300 steps",
    caption="With tuned rates Adam without hats ends lower than Adam, Adamax higher; "
    "at its default rate Adam is at 0.46. Median and 10-90 % of ten seeds; six rates "
    "each, chosen on three other seeds.",
    alt="Dot plot with intervals, logarithmic axis of the full loss. Adam without "
    "hats is lowest, at 0.012. Nadam, Adam and momentum lie between 0.024 and 0.027 "
    "with overlapping intervals, RMSProp at 0.04 with one that reaches 0.09, Adamax "
    "at 0.04, and Adam at the default rate of 0.001 at 0.46.",
)

# %% [markdown]
# A seed decides start and batches, so rules can be compared seed by seed:

# %%
for name in ("momentum", "rmsprop", "no hats", "adamax", "nadam"):
    print(found.verdict(name, "adam").partition(":")[0])


# %% [markdown]
# For Nadam, momentum and RMSProp no difference from Adam is seen; Adamax ends higher. Adam without hats ends lower, at 0.01 against 0.03. Its first steps are several times too long, those near step 300 twice, so its rate falls along the run; whether that is why it ends lower, this experiment does not say. The intervals cover start and batches, not the choice of the rate. The default rate of 0.001 is thirty times too small for this short run.
#
# ## What the documents say
#
# Three entries of the box need a cell: doc 1's extra gradient, its division by $1-\beta$, and a count of what each rule stores.

# %%
def printed(theta, g, m=0, v=0, *, lr, beta1=0.9, beta2=0.999):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return theta - lr * m / sqrt(v) * g, m, v


for start, steps in ((0.0, 389), (6.0, 2000)):
    ends = [
        minimize(lambda x: (x - 3) ** 2 / 2, start, rule, steps=steps, lr=0.01).theta
        for rule in (printed, adam)
    ]
    print(f"from {start:g}: {ends[0]:.4g} with the extra g, {ends[1]:.4g} without")
constant = ratio * np.sqrt(0.001) / 0.1
print("divided by constants:", constant[[0, 11, -1]].round(2), "at t = 1, 12, 3000")
for rule in (sgd, momentum, adam):
    state = Optimizer(rule, np.zeros(1000)).state[0]
    size = sum(np.size(s) for s in state)
    print(f"{rule.__name__} keeps {size} numbers for 1000 parameters")

# %% [markdown]
# :::{errata} What the documents say, and what is right
# :ids: D0-12 D0-15 D0-20 D0-30 D1-32 D1-33 D1-34 D1-35 D1-36 D1-37 D2-09 D2-12 D3-04 D3-05
#
# **Large gradients, small steps.** Doc 0 has it that parameters with large gradients get smaller steps. Their *rates* are smaller, the steps are the same: see the first cell.
#
# **Why the hats matter.** Doc 0 calls the correction critical and does not say in which direction it acts. Without it steps are too long. On the digits, with a tuned rate, it was not needed. The published code of BERT (google-research/bert, `optimization.py`) has no hats and warms the rate up.
#
# **Dividing by what?** Doc 1 divides by $1-\beta$ where $1-\beta^t$ belongs. That is right at the first step only. Then the step is up to 2.08 times too long, and finally $\sqrt{10}$ times too short, as the third line above shows. Its last formula has no correction and no $\epsilon$.
#
# **An extra gradient.** The same formula multiplies the step by $g$ once more. Then $m\,g$ is positive and $\theta$ decreases almost always. Started above the minimum it comes down to it; started below, it is at $-10^{12}$ after 389 steps.
#
# **Relatives.** Doc 1 calls Adam very similar to AdaDelta. AdaDelta multiplies $g$ by a *size*, the root mean square of its past steps; Adam's numerator is a *direction*, and the size is $\eta$. RMSProp with momentum is closer.
#
# **Averages, not expectations.** Doc 1 writes $E[g]$, with an index that drifts between $t$ and $t+1$. $m_t$ and $v_t$ are weighted sums over the gradients so far. They estimate expectations only if the gradients' distribution stays the same.
#
# **Second momentum.** Doc 3 lists $\beta_2$ among the momentum parameters. $v$ is the second *moment*, the average of the squares, and $\beta_2$ sets over how many steps it is taken.
#
# **Four blanks.** Doc 2 has lost its formulas. {eq}`eq-adam-moments`, {eq}`eq-adam-hats` and {eq}`eq-adam-theta` restore them, with $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$.
#
# **Low memory.** Doc 2 says so. By the last lines above Adam keeps two numbers a parameter. No rule in this chapter keeps more; a method that keeps a matrix does.
#
# **Epsilon.** Doc 0 gives $10^{-8}$ for Transformers. The code of BERT has $10^{-6}$ and Llama 2 used $10^{-5}$, a thousand times more.
#
# **Where Nadam looks.** Doc 0 has Nadam take its gradient at an extrapolated point. Nadam takes every gradient at $\theta_{t-1}$, as its cell shows, and gives it more weight.
#
# **Adamax and outliers.** Doc 3 calls it more robust. In the figure with the outlier its steps are a twentieth of Adam's at first, and a fifteenth at the right edge.
# :::
#
# ## Exercises
#
# Throughout, $\beta_1 = 0.9$, $\beta_2 = 0.999$, and $\epsilon = 0$ unless the text says otherwise.

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} The first step without hats
# :name: adam-1
#
# Drop both corrections. How long is the first step, divided by $\eta$? Give 4 significant digits.
# :::

# %%
answer = ...
check("adam-1", answer)

# %% [markdown]
# :::{exercise} When is it longest?
# :name: adam-2
#
# The gradient is constant and nothing is corrected. At which step $t$ is the step longest? Give a whole number. Read it off the figure of the first 3,000 steps, then make sure with a few lines of NumPy.
# :::

# %%
answer = ...
check("adam-2", answer)

# %% [markdown]
# :::{exercise} There and back
# :name: adam-3
#
# With corrections, the first gradient is 1 and the second $-1$. Compute by hand the second change $\theta_2 - \theta_1$, divided by $\eta$, with its sign. Give 3 significant digits. Did the parameter turn around?
# :::

# %%
answer = ...
check("adam-3", answer)

# %% [markdown]
# :::{exercise} A long memory
# :name: adam-4
#
# Adamax. All gradients have size 1, except one of size 100. What is $u$ a hundred steps after that one? Give 4 significant digits.
# :::

# %%
answer = ...
check("adam-4", answer)

# %% [markdown]
# :::{exercise} What Adam carries
# :name: adam-5
#
# A model has 1,000 parameters. How many numbers does Adam carry from step to step, besides $\theta$ and $t$?
# :::

# %%
answer = ...
check("adam-5", answer)

# %% [markdown]
# :::{exercise} The sum of the weights
# :name: adam-6
#
# Derive $(1-\beta_2) \sum_{k=1}^{t} \beta_2^{t-k}$ without a sum. Multiply it out, or use the geometric series. The answer is an expression in `beta2` and `t`, in a string.
# :::

# %%
answer = ...
check("adam-6", answer)


# %% [markdown]
# :::{exercise} Adam by hand
# :name: adam-7
#
# Write one step of Adam with both corrections and $\epsilon$ outside the root. Return `theta, m, v` and change none of the arrays you were given. It is run for five steps on gradients of the digits, with a small and a large $\epsilon$, and compared to $10^{-9}$.
# :::

# %%
def step(theta, g, m, v, t, lr, beta1, beta2, eps):
    return ...


check("adam-7", step)

# %% [markdown]
# :::{exercise} What it does not see
# :name: adam-8
#
# With $\epsilon = 0$, which of these leaves all iterates of Adam as they are, for every loss and every start? `"a"`: the loss times 1000. `"b"`: other axes, turned by 30 degrees. `"c"`: $\theta$ measured in thousandths, with the same $\eta$. `"d"`: a constant added to the gradient.
# :::

# %%
answer = ...
check("adam-8", answer)

# %% [markdown]
# ## Summary
#
# Adam divides an average of gradients by the root of an average of their squares. The size of the gradient cancels and its reliability remains: steps of $\eta$ where gradients agree, steps that cancel where they do not. The hats restore the weight that averages lack when they start at zero. Each coordinate has its own scale, so turning the axes changes the path. The scale looks back a thousand steps, so one outlier is felt for that long, and more under Adamax, which keeps the largest gradient in place of the mean square. Nadam counts the newest gradient nearly twice. On a small network, with tuned rates, no difference was seen between Nadam and Adam, and Adam without hats ended lower.
#
# ## Sources
#
# Adam and Adamax are due to Kingma and Ba {cite}`kingma2015adam`, whose Algorithm 1 and defaults are used here. RMSProp is from a lecture by Hinton {cite}`tieleman2012lecture`, the idea of a rate for each coordinate from Duchi, Hazan and Singer {cite}`duchi2011adaptive`. Nadam is Dozat's {cite}`dozat2016incorporating`; this chapter keeps $\beta_1$ constant, as optax does, while PyTorch lets it rise slowly, and it leaves out a factor $\beta_2$ that his Algorithm 2 has and implementations drop. Reading the step as a sign times a signal-to-noise ratio follows Balles and Hennig {cite}`balles2018dissecting`. The $\epsilon$ of Llama 2 is from its report {cite}`touvron2023llama`, that of BERT {cite}`devlin2019bert` from its published code.
