# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# (ch-stochastic-gradients)=
# # 2 Stochastic gradients and mini-batches
#
# You have 1,437 images of digits and may look at each of them once. Take one step along the gradient over all of them. Or take 45 steps, each along the gradient over 32 images that no step before it has used (29 in the last). Both cost 1,437 gradients of single images. The loss of softmax regression starts at $\ln 10 = 2.30$.

# %%
import numpy as np

from optlib import minimize, plot
from optlib.problems import digits, digits_softmax, minibatches
from optlib.rules import nesterov, sgd

# %%
rates = 10 ** np.linspace(-2, 2, 9)
for size, steps in ((1437, 1), (32, 45)):
    reader = digits_softmax(batch=size)
    runs = [minimize(reader, reader.start, sgd, steps=steps, lr=k) for k in rates]
    best = min(reader.full(run.theta) for run in runs)
    print(f"steps: {steps:2}, images a step: {size:4}, full loss {best:.2f}")

# %% [markdown]
# At the best of the same nine learning rates one exact step ends at 0.77, and 45 inexact ones at 0.21. If 32 images are that good, why not one? And why would anybody use 1,437?
#
# After this chapter you can say how wrong the gradient of a batch is, what a larger batch buys, where the noise stops a run, and how to get past that place. You need chapter 1, and the mean and the variance of a sum.
#
# ## A sample of the gradient
#
# The loss on a data set is a mean over its $N$ examples, and so is its gradient:
#
# $$
# J(\theta) = \frac{1}{N} \sum_{i=1}^{N} J_i(\theta), \qquad \nabla J(\theta) = \frac{1}{N} \sum_{i=1}^{N} \nabla J_i(\theta) .
# $$
#
# Estimate it from a sample: draw a *mini-batch* $B_t$ of $B$ examples and take the mean of their gradients. The rule is that of chapter 1 with another $g_t$:
#
# ```{math}
# :label: eq-sgd-minibatch
# \theta_t = \theta_{t-1} - \eta\, g_t, \qquad g_t = \nabla J_{B_t}(\theta_{t-1}) .
# ```
#
# :::{rule} sgd
# :::
#
# This is *stochastic gradient descent*, SGD, also when $B > 1$. Its gradient is right on average: every draw brings each example with the same chance, so the mean of $g_t$ over all batches that could have been drawn is $\nabla J(\theta_{t-1})$. It is *unbiased*.
#
# How far off is a single batch? Look at one coordinate, let $x_i$ be its value in $\nabla J_i$, and $d_i = x_i - \frac1N \sum_j x_j$ how far that is from the mean. The $d_i$ sum to zero; call the mean of their squares $\sigma^2$. The square of a sum of $B$ of them has $B$ squares, each $\sigma^2$ on average, and $B(B-1)$ products of two draws, each on average some $c$. If examples may be drawn repeatedly, the draws are independent and $c = 0$. If a batch holds each example at most once, then after $d_i$ any other $d_j$ is equally likely, and
#
# ```{math}
# :label: eq-ch02-pairs
# c = \frac{1}{N(N-1)} \sum_{i=1}^{N} d_i \left(\sum_{j=1}^{N} d_j - d_i\right) = -\frac{\sigma^2}{N-1} .
# ```
# % for N in 2..7, x_i in real
# % let d_i = x_i - \frac{1}{N} \sum_{k=1}^{N} x_k
# % let \sigma = \sqrt{\frac{1}{N} \sum_{k=1}^{N} d_k^2}
# % let c = -\frac{1}{N(N-1)} \sum_{k=1}^{N} d_k^2
# % check
#
# Divide by $B^2$, because the batch takes a mean. With repeats the variance of $g_t$ is $\sigma^2/B$. Without, it is
#
# ```{math}
# :label: eq-ch02-variance
# \frac{B \sigma^2 + B (B-1)\, c}{B^2} = \frac{\sigma^2}{B} \cdot \frac{N - B}{N - 1} ,
# ```
# % for N in 2..40, B in 1..40, \sigma in positive
# % let c = -\frac{\sigma^2}{N-1}
# % where B \le N
# % check
#
# nearly the same while $B$ is far below $N$, and zero at $B = N$. Add up the coordinates: from here on $\sigma^2$ is the mean of $\lVert \nabla J_i - \nabla J \rVert^2$ at the present $\theta$. For the digits at $\theta = 0$:

# %%
N, reader, rng = 1437, digits_softmax(), np.random.default_rng(0)
full = reader.grad(reader.start)
def miss(rows):
    return ((reader.grad(reader.start, rows) - full) ** 2).sum()


variance = np.mean([miss([i]) for i in range(N)])
print(f"sigma^2 = {variance:.1f}; squared full gradient: {(full**2).sum():.2f}")

# %% [markdown]
# The squared error of one image is 71 times the squared length of the full gradient. Take 400 batches of each size, both ways:

# %%
sizes = np.array([1, 4, 16, 64, 256, 1024, 1400])
again = [np.mean([miss(rng.integers(N, size=B)) for _ in range(400)]) for B in sizes]
once = [np.mean([miss(rng.permutation(N)[:B]) for _ in range(400)]) for B in sizes]
print("with repeats, times B:", (again * sizes).round(1))
print("without, times B:     ", (once * sizes).round(1))

# %%
B = np.append(np.geomspace(1, 1400, 60), np.linspace(1402, 1436, 35))
plot.curves(
    {"with repeats": (B, variance / B),
     "each once": (B, variance / B * (N - B) / (N - 1)),
     "measured": (np.tile(sizes, 2), np.append(again, once))},
    log="xy", xlabel="batch size B", title="Squared error of the gradient",
    marks={"with repeats": False, "each once": False, "measured": "only"},
    caption="The error falls as 1/B; where a batch holds each image at most once, "
    "it also falls to zero at B = N. Lines: the formulas. Points: means over 400 "
    "batches of the digits at the start.",
    alt="Log-log plot of the squared error of a batch gradient against the batch "
    "size. Two lines run together with slope -1 from 14 at one image to 0.05 at "
    "256. With repeats it goes on to 0.01 at 1,437; with each image once the line "
    "plunges toward zero there. Measured points lie on both lines.",
)

# %% [markdown]
# With repeats the product is constant; without, it falls to 0.4 at 1,400 of 1,437. All this needs random draws. Take 32 neighbors in a file that is sorted by digit:

# %%
order = np.argsort(digits().y, kind="stable")
neighbors = np.mean([miss(order[k : k + 32]) for k in range(0, N - 31, 32)])
print(f"32 neighbors, times 32: {32 * neighbors:.0f} in place of {variance:.1f}")

# %% [markdown]
# On average they are as right as before, but the squared error of each is 25 times as large, nearly that of a single image. So shuffle first.
#
# ## What a step costs
#
# A step on all data asks for $N$ single gradients, $O(N)$; on a batch, $O(B)$; on one example, $O(1)$. To see what that does to a run, let each image stand in the file 4 and 16 times, which changes neither the loss nor its gradient, and count single gradients until the full loss is 0.5, at the rate 1 for all. From here on a penalty of $\frac12 10^{-3}\lVert\theta\rVert^2$ keeps the lowest loss away from zero:

# %%
X, Y = np.c_[digits().X, np.ones(N)], np.eye(10)[digits().y]
def gradients(W, rows):  # W: (runs, 65, 10), rows: (runs, B)
    x, z = X[rows], X[rows] @ W
    P = np.exp(z - z.max(axis=-1, keepdims=True))
    P = P / P.sum(axis=-1, keepdims=True) - Y[rows]
    return np.swapaxes(x, -1, -2) @ P / rows.shape[-1] + 1e-3 * W


def loss(W, rows=slice(None)):  # of each run, on all images unless rows are given
    z = X[rows] @ W
    z -= z.max(axis=-1, keepdims=True)
    fit = np.log(np.exp(z).sum(axis=-1)) - (z * Y[rows]).sum(axis=-1)
    return fit.mean(axis=-1) + 5e-4 * (W**2).sum(axis=(-1, -2))


# %%
def count(size, data, lr=1.0):
    draw, W, asked = minibatches(data, size), np.zeros((1, 65, 10)), 0
    while loss(W) > 0.5:
        rows = draw(1 + asked // size)[None] % N
        W, asked = sgd(W, gradients(W, rows), lr=lr), asked + size
    return asked


# %%
for data in (N, 4 * N, 16 * N):
    print(f"{data:5} images: {count(32, data)} in batches, {count(data, data)} full")

# %% [markdown]
# The full gradient pays for every copy, the batches for none; with sixteen copies the ratio is 700. In seconds every call costs time of its own, and processors prefer large matrices. Compare 1,437 calls on one image with one on all:

# %%
from timeit import repeat

W = np.zeros((1, 65, 10))
def seconds(rows):  # rows: (calls, images a call)
    def calls():
        return [gradients(W, r[None]) for r in rows]

    return min(repeat(calls, number=1, repeat=3))


singly, at_once = seconds(np.arange(N)[:, None]), seconds(np.arange(N)[None])
print("more than ten times:", singly > 10 * at_once)


# %% [markdown]
# One by one they take more than ten times as long. So a larger batch is worth its cost if it saves steps.
#
# ## What a step gains
#
# Write $g$ for the full gradient $\nabla J(\theta_{t-1})$, the slope, and $\xi$ for the noise of the batch, $g_t = g + \xi$. Where the gradient changes by at most $L$ per unit of distance, chapter 1 bounds the change of loss by $g^\top p + \frac{L}{2} \lVert p \rVert^2$ for any step $p$. Here $p = -\eta (g + \xi)$:
#
# ```{math}
# :label: eq-ch02-expand
# \begin{aligned}
# & -\eta\, g^\top (g + \xi) + \frac{\eta^2 L}{2} \lVert g + \xi \rVert^2 \\
# & = -\eta \left(1 - \frac{\eta L}{2}\right) \lVert g \rVert^2 - \eta (1 - \eta L)\, g^\top \xi + \frac{\eta^2 L}{2} \lVert \xi \rVert^2 .
# \end{aligned}
# ```
# % for g in R^3, \xi in R^3, \eta in (0, 2)
# % check
#
# Take the mean $E$ over all batches that could be drawn. The middle term vanishes with the mean of $\xi$, the mean of $\lVert \xi \rVert^2$ is at most $\sigma^2/B$, and
#
# $$
# E\, J(\theta_t) \le J(\theta_{t-1}) - \eta \left(1 - \frac{\eta L}{2}\right) \lVert g \rVert^2 + \frac{\eta^2 L\, \sigma^2}{2 B} .
# $$
#
# What the slope gains is of order $\eta$, what the noise costs of order $\eta^2$. While the slope is not zero, a small enough rate wins on average. The derivative of the bound by $\eta$, $-(1 - \eta L)\lVert g \rVert^2 + \eta L \sigma^2/B$, vanishes at $\eta = \frac{1}{L} \cdot \frac{B}{B + B^*}$ with the $B^*$ below, and the gain guaranteed there is
#
# ```{math}
# :label: eq-ch02-gain
# \begin{aligned}
# \eta \left(1 - \frac{\eta L}{2}\right) \lVert g \rVert^2 - \frac{\eta^2 L\, \sigma^2}{2 B} &= \frac{\lVert g \rVert^2}{2 L} \cdot \frac{B}{B + B^*} , \\
# B^* &= \frac{\sigma^2}{\lVert g \rVert^2} .
# \end{aligned}
# ```
# % for g in R^3, B in positive, \sigma in positive
# % let B^* = \sigma^2 / \lVert g \rVert^2
# % let \eta = \frac{B}{L (B + B^*)}
# % check
#
# At $B^*$, the *critical* batch, noise and slope are equally long {cite}`mccandlish2018empirical`. Far below it, twice the batch has twice the best rate and gains twice as much: half as many steps at the same cost in gradients, and half the time if the batch is computed in parallel. To scale $\eta$ with $B$ is the *linear scaling rule* {cite}`goyal2017accurate`. No batch, however large, gains more than twice what $B^*$ gains. And $B^*$ is no constant. Along a run with the full gradient:

# %%
def noise_and_slope(theta):  # sigma^2 and the squared length of the full gradient
    each = gradients(np.broadcast_to(theta, (N, 65, 10)), np.arange(N)[:, None])
    g = each.mean(axis=0)
    return ((each - g) ** 2).sum() / N, (g**2).sum()


# %%
reader = digits_softmax(l2=1e-3)
path = minimize(reader, reader.start, sgd, steps=100, lr=1.0).path
for t in (0, 20, 100):
    noise, signal = noise_and_slope(path[t])
    critical = noise / signal
    print(f"loss {loss(path[t]):.2f}: sigma^2 {noise:4.1f}, critical {critical:.0f}")


# %% [markdown]
# It goes from 71 to 1,711, because the slope shrinks faster than the noise. By the bound, the lower the target, the larger the batches that are worth their cost. Count steps to a full loss of 0.5 and of 0.35, on a grid of 10 %, with the best of eleven rates from 0.056 to 17.8, chosen for each batch size and target on three seeds and measured on five others:

# %%
def learn(size, rates, seeds, times, repeats=False):
    """The full loss at these steps, an array (times, rates, seeds)."""
    draws, seen = [minibatches(N, size, k, repeats=repeats) for k in seeds], []
    lr = np.repeat(rates, len(seeds))[:, None, None]
    W = np.zeros((len(lr), 65, 10))
    for t in range(1, max(times) + 1):
        rows = np.tile([draw(t) for draw in draws], (len(rates), 1))
        W = sgd(W, gradients(W, rows), lr=lr)
        if t in times:
            seen.append(loss(W))
    return np.reshape(seen, (len(times), len(rates), len(seeds)))


# %%
rates, steps = 10 ** np.linspace(-1.25, 1.25, 11), {0.5: {}, 0.35: {}}
for size, most in ((1, 2000), (4, 700), (16, 200), (64, 80), (256, 60), (N, 60)):
    times = sorted({round(1.1**k) for k in range(80) if 1.1**k <= most})
    losses = learn(size, rates, range(8) if size < N else [0], times)
    for target, found in steps.items():
        there = losses <= target
        first = np.where(there.any(0), np.array(times)[there.argmax(0)], np.inf)
        best = first[:, :3].mean(axis=1).argmin()
        found[size] = np.resize(first[best, -5:], 5)
        middle = np.median(found[size])
        print(f"to {target}, B = {size}: rate {rates[best]:.2f}, {middle:.0f} steps")

# %%
plot.compare(
    {f"to {target}": np.transpose([*n.values()]) for target, n in steps.items()},
    list(steps[0.5]), xlabel="batch size B", title="Steps to a full loss",
    slopes={"slope -1": (-1, 8, 700)}, marks=True,
    caption="At first four times the batch needs a quarter of the steps, from 64 "
    "on hardly fewer. Median and 10-90 % of five seeds, on a grid of 10 %; for each "
    "batch size and target the best of eleven rates on three other seeds. The full "
    "batch has no seed.",
    alt="Log-log plot of steps against batch size, 1 to 1,437. To a loss of 0.5 the "
    "median falls from 335 steps at one image to 19 at 64 and stays near there; to "
    "0.35 it falls from 956 to 37 at 64 and then to about 33. A reference line of "
    "slope -1 stands above.",
)

# %% [markdown]
# At first the rule holds: to 0.5, four images in place of one need 73 steps in place of 335, at three times the rate. From 16 to 64 images the steps about halve, beyond 64 they hardly fall. That is far below $B^*$, which was 1,711 where the loss was 0.35. The bound is about one step; what the noise of many adds up to is the next question.
#
# ## Where the noise stops you
#
# Near a minimum the slope vanishes and the noise does not. Take one direction with curvature $h$ and the minimum at 0. Let $\sigma^2$ be the variance in this direction, the same everywhere, and draw each batch afresh from all examples, so that $\xi_t$ has mean zero and variance $\sigma^2/B$ whatever came before. The error obeys
#
# ```{math}
# :label: eq-ch02-error
# e_t = (1 - \eta h)\, e_{t-1} - \eta\, \xi_t .
# ```
# % for e_0 in real, \xi_t in real
# % let e_t = e_{t-1} - \eta (h e_{t-1} + \xi_t)
# % check
#
# Square it and take the mean. The mixed term vanishes, since $\xi_t$ knows nothing of $e_{t-1}$, and the mean square $s_t$ of $e_t$ is $(1-\eta h)^2 s_{t-1} + \eta^2 \sigma^2/B$. For $\eta < 2/h$ it tends to the value that reproduces itself:
#
# ```{math}
# :label: eq-ch02-floor
# \begin{aligned}
# s_t &= s^* + (1 - \eta h)^{2t} (s_0 - s^*), \\
# s^* &= \frac{\eta\, \sigma^2}{h\,(2 - \eta h)\, B} .
# \end{aligned}
# ```
# % for s_0 in positive, \sigma in positive, B in positive, t in 1..8
# % let s_t = (1-\eta h)^2 s_{t-1} + \eta^2 \sigma^2 / B
# % let s^* = \eta^2 \sigma^2 / (B (1 - (1-\eta h)^2))
# % where \eta h < 2
# % check
#
# The start is forgotten as fast as without noise, but the error comes down to a *floor*. In the loss it is
#
# ```{math}
# :label: eq-ch02-loss-floor
# \frac{h}{2}\, s^* = \frac{\eta\, \sigma^2}{2\,(2 - \eta h)\, B} \ge \frac{\eta\, \sigma^2}{4 B} ,
# ```
# % for \sigma in positive, B in positive
# % let s^* = \eta^2 \sigma^2 / (B (1 - (1-\eta h)^2))
# % where \eta h < 2
# % check
#
# nearly equal for small rates. The curvature has dropped out, so with many directions the floors add up to $\eta\,\sigma^2/4B$ with the sum of their $\sigma^2$. Half the rate or twice the batch halves it. Put $h = \sigma = 1$ and run 2,000 copies:

# %%
rng = np.random.default_rng(0)
for eta, B in ((0.5, 1), (0.1, 1), (0.02, 1), (0.1, 5), (1.9, 1)):
    theta, seen = np.zeros(2000), []
    for t in range(1000):
        g = theta + rng.standard_normal(2000) / B**0.5
        theta = sgd(theta, g, lr=eta)
        seen.append(theta.var())
    floor = np.mean(seen[300:])
    print(f"rate {eta}, B = {B}: {floor:.3g}, formula {eta / (2 - eta) / B:.3g}")

# %% [markdown]
# The formula holds to one percent in each row. At 1.9, close to the edge, the floor is nineteen times the variance of the noise.
#
# In the widget each of 64 examples has a bowl of its own, with curvatures 1 and 4 and its lowest point at a dot; $J$ is their mean. A batch pulls toward the mean of its dots. The ellipse is the long run's error, out to two standard deviations. Multiply $B$ by four, then $\eta$ by four: the ellipse is nearly back, and the path gets there sooner. Bring $\eta$ near the edge $2/4$: the ellipse stretches along the stiff direction.

# %%
from optlib.widgets import Batches

Batches()

# %% [markdown]
# Two ways lead below the floor. One is to *average*. Solve {eq}`eq-ch02-error` for $e_{t-1}$ and sum over $T$ steps:
#
# ```{math}
# :label: eq-ch02-average
# \frac{1}{T} \sum_{t=1}^{T} e_{t-1} = \frac{e_0 - e_T}{\eta h T} - \frac{1}{h T} \sum_{t=1}^{T} \xi_t .
# ```
# % for e_0 in real, \xi_t in real, T in 1..8
# % let e_t = e_{t-1} - \eta (h e_{t-1} + \xi_t)
# % check
#
# The second term has variance $\sigma^2/(h^2 T B)$, whatever the rate, and the first fades like $1/T$: the average goes to the minimum although the iterates do not {cite}`polyak1992acceleration`. This used one $h$ everywhere; on other losses a bias can stay. The other is to lower the rate. Robbins and Monro ask {cite}`robbins1951stochastic`
#
# $$
# \sum_t \eta_t = \infty, \qquad \sum_t \eta_t^2 < \infty .
# $$
#
# On the bowl both conditions can be read off {eq}`eq-ch02-error`. Take rates below $1/h$. What came before step $n$ is multiplied by $\prod (1 - \eta_t h)$, which goes to zero if and only if the sum is infinite; otherwise a part of the start stays forever. The noise after step $n$ leaves at most $\frac{\sigma^2}{B} \sum_{t > n} \eta_t^2$, which is small for large $n$ if that sum is finite. For $h = 1$ and $\eta_t = 1/(t+1)$ the error is a plain mean, with the start as one observation:
#
# ```{math}
# :label: eq-ch02-mean
# e_t = \frac{1}{t+1} \left(e_0 - \sum_{k=1}^{t} \xi_k\right) .
# ```
# % for e_0 in real, \xi_t in real
# % let e_t = (1 - \frac{1}{t+1}) e_{t-1} - \frac{1}{t+1} \xi_t
# % check
#
# With $1/(t+1)^2$ the product stops at one half.

# %%
noise = np.random.default_rng(0).standard_normal((4096, 1000))
def walk(rate, h=1.0):
    """The mean square of e, and of its average from the start, after each step."""
    e, total, squares = np.full(1000, 3.0), 0.0, []
    for t, xi in enumerate(noise, start=1):
        e, total = sgd(e, h * e + xi, lr=rate(t)), total + e
        squares.append([np.mean(e**2), np.mean((total / t) ** 2)])
    return np.transpose(squares)


# %%
lines = dict(zip(("rate 0.1", "averaged"), walk(lambda t: 0.1)))
lines["1/(t + 1)"] = walk(lambda t: 1 / (t + 1))[0]
lines["1/(t + 1)²"] = walk(lambda t: 1 / (t + 1) ** 2)[0]
for name, line in lines.items():
    print(f"{name:10}: {line[99]:.4f} after 100 steps, {line[-1]:.5f} after 4096")
print(f"1/(t + 1) where h = 0.1: {walk(lambda t: 1 / (t + 1), 0.1)[0][-1]:.1f}")

# %%
plot.curves(
    lines, np.arange(1, 4097), log="xy", marks=False,
    title="Mean squared distance",
    caption="A constant rate stays at its floor; its average, and a rate of "
    "1/(t + 1), go on falling; a rate whose sum is finite stops. Curvature 1, "
    "noise of variance 1, mean over 1,000 runs from a distance of 3.",
    alt="Log-log plot over 4,096 steps of the mean squared distance, which is 9 at "
    "the start. The rate 0.1 falls to 0.05 by step 40 and stays. Its average starts "
    "more slowly and falls to 0.0003; 1/(t + 1) falls along a straight line to "
    "0.0002; the square of that rate stops at 2.3.",
)

# %% [markdown]
# The constant rate stays at its floor, $0.1/1.9 = 0.053$; its average ends at 0.00030 and $1/(t+1)$ at 0.00024, which is $1/4096$, the variance of a mean of 4,096 observations. The square of that rate ends at 2.3, a quarter of the 9 at the start and a little noise. But the two conditions say nothing about speed: where the curvature is 0.1 in place of 1, $1/(t+1)$ is still at 2.0. Nor is the second one needed: $1/\sqrt t$ violates it, and on this bowl its floor, about $\eta_t/2$, sinks to zero all the same.
#
# ## Digits: ahead early, a floor later
#
# Held fixed: the model with its penalty, the start at zero, a new order at every pass, and the budget of the tuning. For each of three batch sizes the best of five rates, from 0.03 to 3.2, is chosen by the full loss after five passes on two seeds. Ten other seeds then go on at that rate.

# %%
lowest = minimize(reader, reader.start, nesterov, steps=800, lr=1.0, momentum=0.97)

# %%
rates, gaps, bands = 10 ** np.linspace(-1.5, 0.5, 5), {}, {}
for size, passes in ((1, 10), (32, 80), (N, 1000)):
    a_pass, seeds = -(-N // size), range(10, 20) if size < N else [0]
    scores = learn(size, rates, (0, 1), [5 * a_pass]).mean(axis=(0, 2))
    tuned = rates[scores.argmin()]
    times = np.geomspace(max(1, a_pass / 50), passes * a_pass, 25)
    times = np.unique(np.append(times, [a_pass, 5 * a_pass]).astype(int))
    gap = learn(size, [tuned], seeds, times.tolist())[:, 0].T - lowest.losses[-1]
    low, middle, high = plot.spread(gap)
    gaps[f"B = {size}"], bands[f"B = {size}"] = (times * size, middle), (low, high)
    one, five = (middle[times == k * a_pass][0] for k in (1, 5))
    print(f"B = {size}, rate {tuned:.2g}: gap {one:.3f} after 1 pass, {five:.3f}",
          f"after 5, {middle[-1]:.4f} after {passes}")

# %%
plot.curves(
    gaps, bands=bands, log="xy", xlabel="images seen", marks=False,
    title="Full loss above its minimum",
    caption="Small batches are ahead until they reach their floor. Median and "
    "10-90 % of ten seeds; constant rates 0.1, 1 and 1, the best of five after "
    "five passes on two other seeds. The full batch has no seed.",
    alt="Log-log plot of the gap of the full loss against images seen, from 28 to "
    "1.4 million. B = 1 falls first, to 0.076 after 1,437 images, and flattens near "
    "0.02. B = 32 follows, passes below it near 9,000 and flattens between 0.004 "
    "and 0.007. The full batch begins at 1,437 images with 1.8, is at 1.3 after "
    "7,000, and is below both after a million.",
)

# %% [markdown]
# After one pass single images lead, with 0.076 against 0.223 for batches of 32. After five, the budget of the tuning, the bands overlap, and the full gradient is at 1.267. Then single images stay near 0.02, batches of 32 near 0.006. The full gradient has no floor, and after a thousand passes is below both.
#
# The formula is for small rates and for batches drawn afresh; these runs go through the file in passes. The mean gap of long runs at $B = 32$, drawn both ways:

# %%
for repeats in (True, False):
    gap = learn(32, [1.0, 0.5], range(6), range(3000, 4500, 50), repeats)
    one, half = gap.mean(axis=(0, 2)) - lowest.losses[-1]
    name = "drawn afresh" if repeats else "in passes"
    print(f"{name}: {one:.4f} at rate 1, {half:.4f} at rate 0.5")
sigma2, _ = noise_and_slope(lowest.theta)
print(f"formula: {sigma2 / 128:.4f} and {sigma2 / 256:.4f}")

# %% [markdown]
# Drawn afresh, the runs stop above the formula, less so at the smaller rate: it drops the $\eta h$ of {eq}`eq-ch02-loss-floor`. In passes they stop lower: each image has its turn, and at a fixed $\theta$ the noise of a whole pass adds up to nearly nothing. So small batches suit huge data, where you stop early; to go on, end with a lower rate or larger batches.
#
# ## Data that never repeat
#
# In the first pass no batch has been seen before. If the file is a random sample, $J_{B_t}(\theta_{t-1})$ is then an unbiased estimate of the loss on *all* images of this kind, since $\theta_{t-1}$ knows nothing of $B_t$. Let $J$ be that loss, and suppose that it is convex, that $E \lVert g_t \rVert^2 \le M^2$, and that the start is $D$ away from a minimizer $\theta^*$, where the loss is $J^*$. With $e_t = \theta_t - \theta^*$ a step changes the squared distance by
#
# ```{math}
# :label: eq-ch02-distance
# \lVert e_{t-1} - \eta\, g_t \rVert^2 - \lVert e_{t-1} \rVert^2 = -2 \eta\, g_t^\top e_{t-1} + \eta^2 \lVert g_t \rVert^2 .
# ```
# % for e_t in R^3, g_t in R^3, \eta in (0, 2)
# % check
#
# On average $g_t^\top e_{t-1}$ is $\nabla J(\theta_{t-1})^\top e_{t-1}$, which by convexity is at least the gap $J(\theta_{t-1}) - J^*$. Sum over $T$ steps: of the distances the first stays, and the last, with a minus, can be dropped. Divided by $2\eta T$, the mean of the expected gaps is at most $D^2/2\eta T + \eta M^2/2$. At the rate that makes this smallest, $\eta = D/(M\sqrt T)$,
#
# ```{math}
# :label: eq-ch02-online
# \frac{D^2}{2 \eta\, T} + \frac{\eta\, M^2}{2} = \frac{D M}{\sqrt T} .
# ```
# % for D in positive, M in positive, T in 1..50
# % let \eta = \frac{D}{M \sqrt T}
# % check
#
# A convex loss is no larger at the average of the $\theta_{t-1}$ than its average over them. So one pass over $T$ fresh batches brings the expected loss on unseen data within $DM/\sqrt T$ of the best, and the losses met on the way are a test. Both end when examples come back. Give each of 60 seeds 200 images of its own, batches of 8, a rate of 0.3, and the other 1,237 images as a test:

# %%
order = np.array([np.random.default_rng(seed).permutation(N) for seed in range(60)])
mine, others = order[:, :200], order[:, 200:]
draws = [minibatches(200, 8, seed) for seed in range(60)]

# %%
W, excess = np.zeros((60, 65, 10)), []
for t in range(1, 40 * 25 + 1):  # 25 batches a pass
    rows = np.array([images[draw(t)] for images, draw in zip(mine, draws)])
    if t <= 25 or t > 39 * 25:
        excess.append(loss(W, others) - loss(W, rows))
    W = sgd(W, gradients(W, rows), lr=0.3)
for name, found in (("first", excess[:25]), ("40th", excess[25:])):
    each = np.mean(found, axis=0)
    mean, half = each.mean(), 1.96 * each.std(ddof=1) / 60**0.5
    print(f"{name} pass: test - batch {mean:.3f} (95 %: {mean - half:.3f} to",
          f"{mean + half:.3f})")

# %% [markdown]
# In the first pass zero lies within the interval of the mean over the seeds. In the 40th the test loss is 0.17 above that of the next batch, which the run has met 39 times: now its gradient tells of the loss on the file alone.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D1-04 D2-01 D2-38 X-17
#
# **A mini-batch for the whole.** Doc 1 derives descent along the full gradient, calls it SGD, and then puts a batch in its place as an approximation. It is a poor one: at the start the squared error of 32 images is 0.44, the squared gradient 0.20. SGD works because the mean is right and the noise costs only in proportion to $\eta^2$.
#
# **Three blanks.** Doc 2 has lost what an update costs. In single gradients it is $O(N)$ for the full data, $O(B)$ for a mini-batch, $O(1)$ for pure SGD, which is $B = 1$.
#
# **Thirty-two to a few thousand.** Doc 2 gives this range for batches. Where it ends depends on the model and on the target: on these digits more than 64 images saved few steps.
#
# **Help or nuisance.** Docs 2 and 3 hope that noise frees a run from bad places, docs 0 and 2 want it tamed. Both mean what a step adds to the mean square, $\eta^2\sigma^2/B$. It can carry a run off a saddle or out of a shallow well (chapter 3); near the end it adds up to the floor.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} Steps in a pass
# :name: stochastic-gradients-1
#
# 1,437 images, batches of 50, each image once a pass, and the last batch takes what is left. How many steps has a pass?
# :::

# %%
answer = ...
check("stochastic-gradients-1", answer)

# %% [markdown]
# :::{exercise} Each example once
# :name: stochastic-gradients-2
#
# Single gradients of one parameter have variance $\sigma^2 = 4$ over $N = 100$ examples. What is the variance of the mean of $B = 25$ of them, drawn without repeats? Give the exact number or a fraction.
# :::

# %%
answer = ...
check("stochastic-gradients-2", answer)

# %% [markdown]
# :::{exercise} A floor
# :name: stochastic-gradients-3
#
# Curvature $h = 2$, $\sigma^2 = 1$, $\eta = 0.1$, batches of 4. Where does the mean square of the error settle? Give 3 significant digits.
# :::

# %%
answer = ...
check("stochastic-gradients-3", answer)

# %% [markdown]
# :::{exercise} When all examples agree
# :name: stochastic-gradients-4
#
# Every example has its minimum at 0, but a curvature of its own: $\nabla J_i(\theta) = h_i \theta$, with mean $h$ and variance $\tau^2$ over the examples. Take $B = 1$ and derive the factor by which one step multiplies the mean of $\theta^2$. Below which $\eta$ is it smaller than one? The answer is an expression in `h` and `tau`, in a string. Where is the floor now?
# :::

# %%
answer = ...
check("stochastic-gradients-4", answer)


# %% [markdown]
# :::{exercise} One pass over the digits
# :name: stochastic-gradients-5
#
# Write one pass of SGD for softmax regression: batches of `size` rows in the order in which they stand, the last one shorter where `size` does not divide their number. Without biases, `W` has shape $(64, 10)$, `X` $(n, 64)$, `Y` $(n, 10)$ with a one at each label. `gradient(W, X, Y)` is given and returns the gradient of the mean cross-entropy of the rows it gets. Return the new `W` and leave the old one as it was. It is run on the digits and compared to $10^{-9}$.
# :::

# %%
def one_pass(W, X, Y, gradient, lr, size):
    return ...


check("stochastic-gradients-5", one_pass)

# %% [markdown]
# :::{exercise} Which rates may a run have?
# :name: stochastic-gradients-6
#
# Which of these satisfies both conditions of Robbins and Monro? `"a"`: $1/\sqrt t$. `"b"`: $1/(10 + t)$. `"c"`: 0.001. `"d"`: $1/t^2$.
# :::

# %%
answer = ...
check("stochastic-gradients-6", answer)

# %% [markdown]
# ## Summary
#
# The gradient of a random batch has the right mean and the variance $\sigma^2/B$, times $\frac{N-B}{N-1}$ where no example comes twice. A step gains in proportion to $\eta$ and loses to noise in proportion to $\eta^2$. Up to a certain size a larger batch replaces as many steps as it costs. With a constant rate a run stops at a floor, in the loss $\eta\sigma^2/4B$ for small rates and batches drawn afresh, and lower in shuffled passes. Averaging the iterates or lowering the rate leads below it; where all examples agree there is none (exercise 4).
#
# ## Sources
#
# Stochastic approximation and its two conditions are due to Robbins and Monro {cite}`robbins1951stochastic`, averaging in the form used here to Polyak and Juditsky {cite}`polyak1992acceleration`. Bottou, Curtis and Nocedal {cite}`bottou2018optimization` follow the descent lemma with noise to convex and other losses. Goyal and coauthors {cite}`goyal2017accurate` scaled the rate with the batch up to 8,192 images, McCandlish and coauthors {cite}`mccandlish2018empirical` measured $B^*$ along large runs. Mandt, Hoffman and Blei {cite}`mandt2017stochastic` describe where SGD with a constant rate settles; for small $\eta$ their covariance is that of {eq}`eq-ch02-floor`.
