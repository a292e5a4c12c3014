# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
#   notation:
#     D: start
#     F: final
#     K: every
#     P: period
#     T: steps
#     T_d: decay
#     T_w: warmup
#     \eta_0: peak
#     \eta_{\min}: floor
#     \gamma: factor
#     \mu_{\max}: high
#     \mu_{\min}: low
#     a: begin
#     c: growth
#     d: done
#     f: fall
#     n: before
#     q: power
#     r: rise
#     w: up
#     z: tail
# ---

# %% [markdown]
# (ch-schedules)=
# # 5 Learning-rate schedules
#
# You stand 3 away from the minimum of a bowl of curvature 1, each gradient carries noise of variance 1, and you may take 100 steps. At the rate 0.5 every step halves the distance, but chapter 2 puts the floor of the mean square at $0.5/1.5 = 1/3$. At the rate 0.005 the floor is 0.0025, but $0.995^{100} = 0.61$ of the distance is still there.

# %%
import numpy as np

def settle(rates, square=9.0):
    """The mean square of the distance after steps at these rates; h = sigma = 1."""
    for lr in rates:
        square = (1 - lr) ** 2 * square + lr**2
    return square


best = min(np.geomspace(0.005, 0.5, 200), key=lambda lr: settle([lr] * 100))
for lr in (0.5, round(best, 2), 0.005):
    print(f"100 steps at {lr}: {settle([lr] * 100):.4f}")

# %% [markdown]
# The 0.04 in the middle is the best of 200 constant rates. How much can a rate gain that is allowed to change?
#
# After this chapter you can answer this, derive a schedule from what it is for, find its highest rate with one short run, and say when a schedule does not help. You need the floor of chapter 2 and the momentum of chapter 4.
#
# ## The best rate of each step
#
# Along one direction of curvature $h$ the mean square of the error, $s_t$, obeys the recursion of chapter 2, now with a rate $\eta_t$ of its own in each step:
#
# $$
# s_t = (1 - \eta_t h)^2 s_{t-1} + \eta_t^2 \sigma^2 .
# $$
#
# A step may be as greedy as it likes: a smaller $s_t$ is a better start for every later step. The derivative by $\eta_t$ is zero at $\eta_t = h s_{t-1}/(h^2 s_{t-1} + \sigma^2)$, and there
#
# ```{math}
# :label: eq-ch05-greedy
# (1 - \eta h)^2 s + \eta^2 \sigma^2 = \frac{1}{\frac{1}{s} + \frac{h^2}{\sigma^2}} .
# ```
# % for s in positive, \sigma in positive
# % let \eta = h s / (h^2 s + \sigma^2)
# % check
#
# Each step adds $h^2/\sigma^2$ to $1/s$, as each measurement adds its weight to a mean. After $t$ steps the square is $1/(1/s_0 + t h^2/\sigma^2)$. With $s = s_{t-1}$, the rate of step $t$ is
#
# ```{math}
# :label: eq-ch05-best-rate
# \frac{h s}{h^2 s + \sigma^2} = \frac{1}{h (t + \frac{\sigma^2}{h^2 s_0})} .
# ```
# % for s_0 in positive, \sigma in positive
# % let s = 1 / (1 / s_0 + (t-1) h^2 / \sigma^2)
# % check
#
# No rates chosen before the run do better on this bowl. Begin high, end like $1/t$:

# %%
from optlib.schedules import cosine

t = np.arange(1, 101)
print(f"best of all: {settle(1 / (t + 1 / 9)):.4f}")
print(f"half a cosine from 0.09: {settle(cosine(t, peak=0.09, steps=100)):.4f}")

# %% [markdown]
# The best schedule ends at 0.0100, less than half of the 0.0230 of the best constant rate. But {eq}`eq-ch05-best-rate` asks $h$, $\sigma$ and $s_0$, and a loss has many directions, each with its own. On a direction with $h = 0.01$ the rate made for $h = 1$ leaves $\prod (1 - 0.01/t) \approx 100^{-0.01} = 0.95$ of the distance after the same 100 steps. The half cosine asks only for the number of steps and one peak, here close to the best, and ends at 0.0158. So keep two things, a high rate first and a low one last, and choose the way between by other means.
#
# ## When the end is not known
#
# How low must the rate go if nobody says when the run ends? Take the step of chapter 2 on a convex loss, $\lVert e_{t-1} - \eta_t g_t \rVert^2$ with $e_t = \theta_t - \theta^*$, and divide by $2\eta_t$:
#
# $$
# g_t^\top e_{t-1} = \frac{\lVert e_{t-1} \rVert^2 - \lVert e_t \rVert^2}{2 \eta_t} + \frac{\eta_t}{2} \lVert g_t \rVert^2 .
# $$
#
# By convexity the left side is at least the loss of step $t$ minus what $\theta^*$ would have had. The sum of these differences is the *regret* of a run; the losses of the steps may even differ, as those of batches do. Add up, and sort the squares, here $s_t = \lVert e_t \rVert^2$, by their index:
#
# ```{math}
# :label: eq-ch05-abel
# \sum_{t=1}^{T} \frac{s_{t-1} - s_t}{2 \eta_t} = \frac{s_0}{2 \eta_1} - \frac{s_T}{2 \eta_T} + \sum_{t=1}^{T-1} \frac{s_t}{2} \left(\frac{1}{\eta_{t+1}} - \frac{1}{\eta_t}\right) .
# ```
# % for T in 1..8, s_t in positive, \eta_t in positive
# % check
#
# Let the rates never rise, all distances be at most $R$, and $\lVert g_t \rVert \le M$. Then each bracket is at least zero, each square at most $R^2$, and the brackets add up to $1/\eta_T - 1/\eta_1$. Leave out $-s_T/2\eta_T$, which is never positive:
#
# $$
# \text{regret} \le \frac{R^2}{2 \eta_T} + \frac{M^2}{2} \sum_{t=1}^{T} \eta_t .
# $$
#
# A low last rate makes the first term large, high rates the second. Try $\eta_t = \eta_0/\sqrt t$ {cite}`zinkevich2003online`. For its sum,
#
# ```{math}
# :label: eq-ch05-root-sum
# \sum_{t=1}^{T} \frac{1}{\sqrt t} \le 2 \sqrt T ,
# ```
# % for T in 1..60
# % check
#
# because $1/\sqrt t$ is at most $2\sqrt t - 2\sqrt{t-1}$. Both terms now grow like $\sqrt T$. With the $\eta_0$ that makes their sum smallest,
#
# ```{math}
# :label: eq-ch05-regret
# \frac{R^2 \sqrt T}{2 \eta_0} + \eta_0 M^2 \sqrt T = \sqrt 2\, R M \sqrt T .
# ```
# % for R in positive, M in positive, T in 1..50
# % let \eta_0 = \frac{R}{\sqrt 2 M}
# % check
#
# This holds at every $T$, and the bound per step, $\sqrt 2 RM/\sqrt T$, goes to zero. A constant rate has the bound $RM\sqrt T$ with $\eta = R/(M\sqrt T)$, so it must know $T$; the root need not, for $\sqrt 2$ times the bound and distances that stay within $R$. In the library this is
#
# ```{math}
# :label: eq-inverse-sqrt-lr
# \eta_t = \eta_0 \min\left(\frac{t}{T_w}, \sqrt{\frac{T_w}{t}}\right) ,
# ```
#
# with $T_w$ steps of warm-up before it, as the transformer was trained {cite}`vaswani2017attention`; $T_w = 1$ is none. Test it with losses $|\theta - z_t|$, where $z_t$ is 1 with probability 0.55 and else $-1$. The parameter is kept within $[-1, 1]$, which brings it no farther from any point inside, and the best in hindsight is the more frequent end. So $R = 2$, $M = 1$, and the constant rate 0.3 is the one for a run of 44 steps:

# %%
t = np.arange(1, 4097)
luck = np.random.default_rng(0).random((4096, 200))
z = np.where(luck < 0.55, 1.0, -1.0)  # (steps, runs)
def regret(rates):
    theta, lost, total = np.zeros(200), [], np.zeros(200)
    for lr, target in zip(rates, z):
        total = total + abs(theta - target)
        lost.append(total)
        theta = np.clip(theta + lr * np.sign(target - theta), -1, 1)
    best = np.minimum(np.cumsum(1 - z, axis=0), np.cumsum(1 + z, axis=0))
    return ((lost - best) / t[:, None]).mean(axis=1)


# %%
from optlib import plot, schedules

root = schedules.inverse_sqrt(t, peak=2**0.5)
lines = {"rate 0.3": regret(np.full(4096, 0.3)), "inverse root": regret(root)}
lines["bound"] = 8**0.5 / t**0.5  # R = 2, M = 1
plot.curves(
    lines, t, log="xy", marks=False, title="Regret per step",
    caption="The regret per step of the rate 0.3 stops falling; that of the inverse "
    "root falls to the end and stays below its bound. Mean of 200 runs.",
    alt="Log-log plot over 4,096 steps of the regret per step. Both runs start near "
    "1 and fall together to 0.11 at step 64. The constant rate flattens at 0.07, the "
    "inverse square root falls to 0.02 at the end. The bound, a straight line "
    "down to 0.04, lies above the root throughout and meets the constant near 1,500.",
)

# %% [markdown]
# The constant rate stops at 0.07; the root is at 0.02 after 4,096 steps and still falls. In a bowl the floor, about $\eta_t \sigma^2/2h$ in the square, sinks with the rate. What the root gives away is the end: the noise of its last rate $\eta_0/\sqrt T$ stays in.
#
# ## When the end is known
#
# Most runs have a budget. The first schedule is none, a constant:
#
# ```{math}
# :label: eq-constant-lr
# \eta_t = \eta_0 .
# ```
#
# *Step decay* multiplies the rate by $\gamma$ after every $K$ steps:
#
# ```{math}
# :label: eq-step-lr
# \eta_t = \eta_0\, \gamma^{\lfloor (t-1) / K \rfloor} .
# ```
#
# Each drop multiplies the floor by about $\gamma$, and the speed in the flat directions as well. The *exponential* has the same factor without the corners, $\gamma = \mathrm{e}^{-K/\tau}$ if you think in the time $\tau$ after which $1/\mathrm{e}$ is left:
#
# ```{math}
# :label: eq-exponential-lr
# \eta_t = \eta_0\, \gamma^{(t-1) / K} .
# ```
#
# It needs $\ln 2/\ln(1/\gamma)$ times $K$ steps to halve. It is low most of the time: on the way to a hundredth it spends half of the run below a tenth. That matters to flat directions, whose error keeps a factor $\prod(1 - \eta_t h) \approx \mathrm{e}^{-h \sum \eta_t}$: what moves them is the sum of the rates. A *polynomial* of power $q$ ends at $\eta_{\min}$ after exactly $T$ steps; $q = 1$ is a straight line:
#
# ```{math}
# :label: eq-polynomial
# \begin{aligned}
# d_t &= \frac{\min(t, T) - 1}{T - 1} , \\
# \eta_t &= \eta_{\min} + (\eta_0 - \eta_{\min}) (1 - d_t)^q .
# \end{aligned}
# ```
# % where T > 1
#
# Here $d_t$ is the share of the run that is done, 0 at the first step, 1 at the last. The line still falls at full slope when it arrives. To stay high for a while, and low for a while, take a function that is flat at both ends, half a wave of the *cosine* {cite}`loshchilov2017sgdr`:
#
# ```{math}
# :label: eq-cosine
# \begin{aligned}
# d_t &= \frac{\min(t, T) - 1}{T - 1} , \\
# \eta_t &= \eta_{\min} + (\eta_0 - \eta_{\min})\, \frac{1 + \cos(\pi d_t)}{2} .
# \end{aligned}
# ```
# % where T > 1
#
# :::{rule} cosine
# :::
#
# Turned by half a circle around its middle the cosine is itself, as the straight line is, so both have the same sum of rates over $T$ steps:
#
# ```{math}
# :label: eq-ch05-cosine-sum
# \sum_{k=0}^{T-1} \frac{1 + \cos(\pi k / (T - 1))}{2} = \sum_{k=0}^{T-1} \left(1 - \frac{k}{T - 1}\right) = \frac{T}{2} .
# ```
# % for T in 2..20
# % check
#
# The cosine spends more of it early, and ends with $1 + \cos \pi d \approx \frac{\pi^2}{2}(1 - d)^2$, quadratically. Both have half the sum of a constant rate, so they must gain elsewhere, by a higher peak or by less noise. Measure it without luck: 50 directions with curvatures from 0.01 to 1, by the recursion alone, with the best of 40 peaks for each schedule and budget.

# %%
curvatures, peaks = np.geomspace(0.01, 1, 50), np.geomspace(1e-3, 1.9, 40)[:, None]
def bowl(rates, noise=1.0, peaks=peaks):
    """The lowest mean loss that any of the peaks leaves in all 50 directions."""
    s = np.ones((len(peaks), 50))
    for lr in rates:
        s = (1 - peaks * lr * curvatures) ** 2 * s + (peaks * lr) ** 2 * noise
    return (s @ curvatures / 2).min()


# %%
def shapes(T):
    t = np.arange(1, T + 1)
    return {
        "constant": np.ones(T),
        "1/t": 1 / t,
        "inverse root": schedules.inverse_sqrt(t, peak=1.0),
        "step": schedules.step(t, peak=1.0, every=-(-T // 3)),
        "exponential": schedules.exponential(t, peak=1.0, factor=0.01, every=T - 1),
        "linear": schedules.polynomial(t, peak=1.0, steps=T),
        "cosine": schedules.cosine(t, peak=1.0, steps=T),
    }


# %%
every = {T: shapes(T) for T in (100, 1000, 4000)}
for name in every[100]:
    row = [bowl(every[T][name]) for T in every]
    print(f"{name:13}", *(f"{value:7.3f}" for value in row))
calm = {name: bowl(rates, noise=0.0) for name, rates in every[100].items()}
print("no noise:", ", ".join(f"{name} {value:.4f}" for name, value in calm.items()))
bold = np.geomspace(1e-3, 6, 120)[:, None]
for name in ("constant", "linear"):
    print(f"peaks to 6: {name} {bowl(every[100][name], 0.0, bold):.5f}")

# %% [markdown]
# With noise, $1/t$ is last everywhere; it stands still in the flat directions. At 100 steps nothing gains much on the constant rate. At 4,000 there is a floor to remove: the constant rate ends at 0.134, the straight line at 0.105, the cosine at 0.112. The step comes down too early for the flat directions and stays above the constant rate. Without noise, and with peaks below 2, no schedule that falls does as well as the constant rate. With peaks up to 6 the straight line ends lower, 0.0002 against 0.0004, for its first steps may overshoot in the stiff directions and later ones repair that.

# %%
t = np.arange(1, 301)
shown = {name: rates for name, rates in shapes(300).items() if name != "1/t"}
plot.curves(
    shown, t, marks=False, title="Rate over its peak",
    caption="A constant rate and five that fall, over 300 steps. The step divides by "
    "ten every 100, the exponential by a hundred over the run.",
    alt="Plot of six rates over 300 steps, all starting at 1. The constant stays. "
    "The straight line falls to 0; the cosine lies above it until step 150 and below "
    "it after. The exponential is at 0.1 by step 150. The inverse root is below "
    "0.1 after step 100, the step drops to 0.1 there and to 0.01 at 200.",
)

# %% [markdown]
# ## Warm up, stay, come down
#
# A *warm-up* climbs in a straight line to the peak {cite}`goyal2017accurate`:
#
# ```{math}
# :label: eq-linear-warmup-lr
# \eta_t = \eta_0 \min\left(\frac{t}{T_w}, 1\right) .
# ```
#
# On one noisy direction the best rates fall from the first step, and a warm-up holds them back. It can pay where a rule's averages are not filled yet; chapter 8 asks why. With a cosine behind it, it has trained large language models {cite}`touvron2023llama`:
#
# ```{math}
# :label: eq-warmup-cosine
# \begin{aligned}
# d_t &= \frac{\max(\min(t, T) - T_w, 0)}{T - T_w} , \\
# \eta_t &= \min\left(\frac{t}{T_w}, 1\right) \left(\eta_{\min} + (\eta_0 - \eta_{\min})\, \frac{1 + \cos(\pi d_t)}{2}\right) .
# \end{aligned}
# ```
# % where T > T_w
#
# A cosine must know $T$ from its first step. *Warm-up, stay, decay* {cite}`hu2024minicpm` decides late: it keeps the peak until $T_d$ steps before the end, whenever that is, and then goes down in a straight line.
#
# ```{math}
# :label: eq-wsd
# \begin{aligned}
# d_t &= \frac{\max(\min(t, T) - (T - T_d), 0)}{T_d} , \\
# \eta_t &= \min\left(\frac{t}{T_w}, 1\right) \left(\eta_{\min} + (\eta_0 - \eta_{\min}) (1 - d_t)\right) .
# \end{aligned}
# ```
#
# The widget puts a warm-up, a body and a tail together, on a bowl with the curvatures 1 and 0.05, with the same noise for the schedule and for a constant rate, the dashed line. First find the best constant rate. Then let the schedule beat it: a *straight line* from a peak of 0.3, or a *constant* body with a tail of 150. Then try *three cosines*, and see what each restart undoes.

# %%
from optlib.widgets import Composer

Composer()

# %% [markdown]
# ## Up again: cycles and restarts
#
# A *triangle* of period $P$ goes up and down without end {cite}`smith2017cyclical`:
#
# ```{math}
# :label: eq-triangular
# \begin{aligned}
# d_t &= \frac{t - 1}{P} - \left\lfloor \frac{t - 1}{P} \right\rfloor , \\
# \eta_t &= \eta_{\min} + (\eta_0 - \eta_{\min}) (1 - |2 d_t - 1|) .
# \end{aligned}
# ```
#
# *SGDR* sets cosines one behind the other, each $c$ times as long as the one before {cite}`loshchilov2017sgdr`. Of $n$ cosines the lengths are $P, cP, c^2 P, \dots$, and the next one begins after $a = P \frac{c^n - 1}{c - 1}$ steps; solved for $n$, with half a step added so that no rounding moves a restart:
#
# ```{math}
# :label: eq-sgdr
# \begin{aligned}
# n_t &= \left\lfloor \frac{\ln\left(1 + (c - 1) (t - \frac12) / P\right)}{\ln c} \right\rfloor , \\
# a_t &= P\, \frac{c^{n_t} - 1}{c - 1} , \\
# d_t &= \frac{t - 1 - a_t}{P c^{n_t} - 1} , \\
# \eta_t &= \eta_{\min} + (\eta_0 - \eta_{\min})\, \frac{1 + \cos(\pi d_t)}{2} .
# \end{aligned}
# ```
# % where P > 1
# % where c > 1
#
# For $c = 1$ the limits are $n_t = \lfloor (t - \frac12)/P \rfloor$ and $a_t = P n_t$. A restart is *warm*: the rate begins again, $\theta$ does not. The hope is to leave a minimum for a better one. Start 200 runs in the higher of two wells, add noise of standard deviation 2 to each component of the gradient, and count how many end in the lower one after 600 steps:

# %%
from optlib.problems import two_wells
from optlib.rules import sgd

wells, t = two_wells(), np.arange(1, 601)
def crossed(rates, runs=200):
    rng, theta = np.random.default_rng(0), np.tile([[0.94], [0.09]], runs)
    for lr in rates:
        g = wells.grad(theta) + 2 * rng.standard_normal(theta.shape)
        theta = np.clip(sgd(theta, g, lr=lr), -3, 3)
    return (theta[0] < 0).mean()


# %%
def row(peak):
    shape = {"peak": peak, "period": 100}
    return [crossed(r) for r in (
        np.full(600, peak), schedules.cosine(t, peak=peak, steps=600),
        schedules.sgdr(t, **shape), schedules.triangular(t, **shape),
    )]


print("peak  constant  one cosine  six cosines  triangles")
for peak in (0.02, 0.05, 0.07, 0.1, 0.4):
    print(f"{peak:4}", *(f"{share:10.0%}" for share in row(peak)))

# %% [markdown]
# With 200 runs a share is known to within 7 points (95 %). From 0.05 to 0.1 the constant rate, always at its peak, crosses most often. Six cosines spend the same time at each rate as one, and were not seen to do better: at 0.1 both bring 59 % over, at 0.05 it is 2 % against 8 %. At 0.02 no run crosses, so a restart gains on going on at a low rate, but was not seen to gain on one cosine of the same peak and length. At 0.4 runs leave both wells, and 47 to 60 % end in the lower one.
#
# ## Momentum on a schedule
#
# The effective rate of momentum is $\eta/(1 - \mu)$ (chapter 4), so a schedule of $\mu$ is one of the rate as well. The *one-cycle* policy uses this {cite}`smith2018disciplined`: the rate goes up in a straight line from $\eta_0/D$, down again, and on to nearly zero {cite}`smith2017super`,
#
# ```{math}
# :label: eq-one-cycle
# \begin{aligned}
# d_t &= \frac{\min(t, T) - 1}{T - 1} , \\
# w_t &= \min\left(\frac{d_t}{r}, \frac{f - d_t}{f - r}\right) , \\
# z_t &= \frac{d_t - f}{1 - f} , \\
# \eta_t &= \frac{\eta_0}{D} + \left(\eta_0 - \frac{\eta_0}{D}\right) \max(w_t, 0) - \left(\frac{\eta_0}{D} - \frac{\eta_0}{D F}\right) \max(z_t, 0) ,
# \end{aligned}
# ```
# % where T > 1
#
# and the momentum the other way round:
#
# ```{math}
# :label: eq-one-cycle-momentum
# \begin{aligned}
# d_t &= \frac{\min(t, T) - 1}{T - 1} , \\
# w_t &= \min\left(\frac{d_t}{r}, \frac{f - d_t}{f - r}\right) , \\
# \mu_t &= \mu_{\max} - (\mu_{\max} - \mu_{\min}) \max(w_t, 0) .
# \end{aligned}
# ```
# % where T > 1
#
# The library takes the shares $r = 0.45$ and $f = 0.9$ of the run, $D = 25$ and $F = 10^4$.

# %%
t = np.arange(1, 901)
lr = schedules.one_cycle(t, peak=1.0, steps=900)
mu = schedules.one_cycle_momentum(t, steps=900)
for k in (0, 405, 899):
    print(f"step {k + 1}: rate {lr[k]:.2g}, momentum {mu[k]:.2f},",
          f"effective rate {lr[k] / (1 - mu[k]):.2g}")

# %% [markdown]
# At the peak the rate is 25 times its first value, the effective rate only 8.3 times, from 0.8 to 6.7: the lower momentum takes back a factor of three.
#
# ## How high the peak may be
#
# A *range test* {cite}`smith2017cyclical` looks for the peak in one short run, in which the rate grows by a constant factor each step. The smoothed loss falls where rates are useful and turns up where they are too high.
#
# The rest of the chapter uses a network with 16 hidden units on the digits, batches of 8, 900 steps, which is five passes. All runs of a comparison go side by side in one array, a row each.

# %%
from optlib import range_test
from optlib.problems import digits_mlp

reader = digits_mlp((16,), batch=8)
rates, losses = range_test(reader, reader.start, sgd, low=1e-3, high=30.0, steps=200)
print(f"batch loss lowest at rate {rates[losses.argmin()]:.2f}")

# %%
plot.curves(
    {"one run": (rates, losses)}, log="x", marks=False, xlim=(1e-3, 12),
    xlabel="learning rate", title="Smoothed batch loss", vlines={"lowest": 0.43},
    caption="Useful from about 0.05; too high from about 0.5. One run of 200 steps "
    "on the digits in which the rate grows from 0.001 to 30.",
    alt="Plot of the smoothed batch loss against the rate on a logarithmic axis. It "
    "stays near 2.3 up to 0.04, falls to 1.6 at 0.43, is back at 2.4 by 1.4 and "
    "is near 3 at 12.",
)

# %% [markdown]
# The next section tunes, and its best peaks lie between 0.28 and 0.57.
#
# ## Digits: six schedules and a constant rate
#
# Held fixed: the network, the start of each seed, the batches of each seed, 900 steps, and for every schedule the same eight peaks from 0.1 to 1.13. The peak is chosen by the median full loss of three seeds and measured on ten others. The intervals are for the median of the difference to the constant rate, seed by seed: from the second lowest of the ten to the second highest, which covers in 97.9 % of cases. The one cycle is its rate alone.

# %%
from optlib.problems import digits, minibatches

N, T = 1437, 900
X, Y = np.c_[digits().X, np.ones(N)], np.eye(10)[digits().y]
def forward(theta, x):
    V, W = theta[:, :1040].reshape(-1, 65, 16), theta[:, 1040:].reshape(-1, 16, 10)
    a = np.maximum(x @ V, 0)
    z = a @ W
    return W, a, z - z.max(axis=-1, keepdims=True)


def start(seed):
    rng = np.random.default_rng(seed)
    V, W = rng.standard_normal(1040) / 32.5**0.5, rng.standard_normal(160) / 8**0.5
    return np.r_[V, W]


# %%
def slope(theta, rows):  # theta: (runs, 1200), rows: (runs, batch)
    x, (W, a, z) = X[rows], forward(theta, X[rows])
    P = np.exp(z)
    P = (P / P.sum(axis=-1, keepdims=True) - Y[rows]) / rows.shape[1]
    d = (P @ np.swapaxes(W, 1, 2)) * (a > 0)
    parts = np.swapaxes(x, 1, 2) @ d, np.swapaxes(a, 1, 2) @ P
    return np.concatenate([part.reshape(len(theta), -1) for part in parts], axis=1)


def loss(theta):
    out = []
    for one in theta:
        z = forward(one[None], X)[2][0]
        out.append((np.log(np.exp(z).sum(axis=1)) - (z * Y).sum(axis=1)).mean())
    return np.array(out)


# %%
from optlib.grammar import call, read
from optlib.grammar import start as first

def train(rule, shape, peaks, seeds, looks=(T,)):
    """The full loss after these steps, an array (looks, peaks, seeds)."""
    theta = np.tile([start(seed) for seed in seeds], (len(peaks), 1))
    lr, seen, signature = np.repeat(peaks, len(seeds))[:, None], [], read(rule)
    draws = [minibatches(N, 8, seed) for seed in seeds]
    state = [s + 0 * theta for s in first(signature, theta)]
    for t in range(1, T + 1):
        g = slope(theta, np.tile([draw(t) for draw in draws], (len(peaks), 1)))
        hyper = {"lr": lr * shape[t - 1]}
        theta, *state = call(rule, signature, theta, [g], state, t, hyper)
        if t in looks:
            seen.append(loss(theta))
    return np.reshape(seen, (len(looks), len(peaks), len(seeds)))


# %% [markdown]
# The schedules, with warm-ups of 45 steps (`call` hands a rule what its signature asks for):

# %%
from optlib.compare import paired

t = np.arange(1, T + 1)
six = {name: shapes(T)[name] for name in ("constant", "step", "cosine")}
six["inverse root"] = schedules.inverse_sqrt(t, peak=1.0, warmup=45)
warm = {"peak": 1.0, "steps": T, "warmup": 45}
six["warm-up, cosine"] = schedules.warmup_cosine(t, **warm)
six["warm-up, stay, decay"] = schedules.wsd(t, decay=180, **warm)
six["one cycle"] = schedules.one_cycle(t, peak=1.0, steps=T)


# %%
def tuned(rule, shape, peaks):
    """(best peak, full loss of ten other seeds at the end)."""
    scores = np.median(train(rule, shape, peaks, range(100, 103))[0], axis=1)
    best = peaks[np.nanargmin(scores)]
    return best, train(rule, shape, [best], range(10))[0, 0]


ends, peaks = {}, 0.1 * 2 ** (np.arange(8) / 2)
for name, shape in six.items():
    peak, ends[name] = tuned(sgd, shape, peaks)
    end = f"{np.median(ends[name]):.2f}, worst {ends[name].max():.2f}"
    print(f"{name:21} peak {peak:.2f}: full loss {end}")

# %%
pairs = [(name, "constant") for name in six if name != "constant"]
for one, other in (*pairs, ("cosine", "step"), ("warm-up, stay, decay", "cosine")):
    gap = paired(ends[one], ends[other])
    shown = f"{gap.median:+.2f} ({gap.low:+.2f} to {gap.high:+.2f})"
    print(f"{one} minus {other}: {shown}")

# %%
plot.dots(
    ends, log="x", title="Full loss after 900 steps of SGD",
    caption="Six schedules and a constant rate. Median and 10-90 % of ten seeds; "
    "each peak the best of eight on three other seeds.",
    alt="Dot plot with intervals, logarithmic axis of the full loss. Warm-up, stay, "
    "decay has the lowest median, 0.05; one cycle and the warm-up with a cosine have "
    "0.07, the cosine 0.08, the inverse root 0.10, the constant rate 0.12 with an "
    "interval from 0.10 to 0.43, and the step 0.13.",
)

# %% [markdown]
# All but the step end below the constant rate, the inverse root only just; for the step no difference is seen. The intervals are wide since the constant rate scatters: the worst of its ten runs ends at 0.89, the worst of the cosine, with a higher peak, at 0.10. Between schedules they are narrow: the cosine ends below the step by 0.06, and warm-up, stay, decay below the cosine by 0.03. The step divides by ten after each third; other milestones may do better. The intervals cover start and batches, not the choice of the peak.
#
# ## Does a schedule help every optimizer?
#
# The same network, budget and seeds, and four more rules, each with a constant rate and with a cosine, and tuned on five rates of its own.

# %%
from optlib.rules import adagrad, adam, momentum, rmsprop

grids = {momentum: 0.02, adagrad: 0.1, rmsprop: 0.01, adam: 0.015}
for rule, middle in grids.items():
    peaks, found = middle * 2.0 ** np.arange(-2, 3), {}
    for name in ("constant", "cosine"):
        peak, found[name] = tuned(rule, six[name], peaks)
        print(f"{rule.__name__:8} {name:8} {peak:.3g}: {np.median(found[name]):.2f}")
    gap = paired(found["cosine"], found["constant"])
    print(f"  difference {gap.median:+.2f} ({gap.low:+.2f} to {gap.high:+.2f})")

# %% [markdown]
# Momentum and RMSProp end lower with a cosine, as SGD does above. For Adam no difference is seen in 900 steps; its interval is wide, from $-0.05$ to 0.22. AdaGrad ends higher. It divides by the root of a sum that grows, so its rate falls by itself, like $1/\sqrt t$ while the gradients keep their size (chapter 6). Again the intervals leave out the choice of the rate.
#
# ## Restarts and plateaus on the digits
#
# Three cosines of 300 steps at a peak of 0.4, the median of ten seeds before and after each restart:

# %%
looks = (300, 310, 350, 600, 610, 650, 900)
three = schedules.sgdr(t, peak=1.0, period=300)
seen = np.median(train(sgd, three, [0.4], range(10), looks)[:, 0], axis=1)
begin = np.median(loss(np.array([start(seed) for seed in range(10)])))
print(f"full loss at the start: {begin:.2f}")
print({k: round(float(v), 2) for k, v in zip(looks, seen)})

# %% [markdown]
# Ten steps after the first restart the loss has gone from 0.22 to 0.46, far from the 2.50 of the start: $\theta$ was kept. The third cosine ends at 0.09, where a single one over all 900 steps, with the same peak, ended at 0.08.
#
# All schedules so far are fixed before the run. A *plateau* rule looks: when the loss has not fallen for more than a given number of looks, its patience, it multiplies the rate by $\gamma$. He and coauthors describe it for their residual networks {cite}`he2016deep`. Softmax regression with a small penalty, 40 passes in batches of 32, one seed:
#
# :::{rule} reduce_on_plateau
# :::

# %%
from functools import partial

from optlib import minimize
from optlib.problems import digits_softmax
from optlib.schedules import reduce_on_plateau

reader = digits_softmax(batch=32, l2=1e-3)
def passes(next_rate):
    run, lr, drops, memory = reader.start, 1.0, [], ()
    for epoch in range(1, 41):
        run = minimize(reader, run, sgd, steps=45, lr=lr)
        new, *memory = next_rate(epoch, reader.full(run.theta), lr, *memory)
        drops, lr = drops + [epoch] * (new < lr), new
    return f"full loss {reader.full(run.theta):.4f}, drops after {drops}"


# %%
print("constant:  ", passes(lambda epoch, loss, lr: (lr,)))
print("milestone: ", passes(lambda epoch, loss, lr: (lr * 0.1 ** (epoch == 30),)))
print("plateau:   ", passes(partial(reduce_on_plateau, patience=3)))

# %% [markdown]
# In this run the milestone and the plateau rule both end near 0.265, the constant rate at 0.272. The plateau rule found its drops by itself; it has a patience to choose instead, and needs the full loss after each pass.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D0-27 D2-22 D2-23 D2-24 D2-25 D2-26 D3-13 X-12
#
# **Every optimizer.** Docs 0, 2 and 3 say that all of them gain from a schedule. SGD, momentum and RMSProp did here; for Adam no difference was seen, and AdaGrad, which lowers its own rate, lost. Rules with a line search have no rate to schedule. Doc 0 names cosine, warm-up and 1-cycle without their equations: {eq}`eq-cosine`, {eq}`eq-linear-warmup-lr` and {eq}`eq-one-cycle`.
#
# **The blanks of the decays.** Doc 2 has lost its formulas. They are {eq}`eq-step-lr`, {eq}`eq-exponential-lr`, {eq}`eq-polynomial` and {eq}`eq-inverse-sqrt-lr`. The last two, which it sets in one line, are different things: one must know where it ends, the other never ends.
#
# **Fixed or adaptive.** Under this heading doc 2 lists only schedules that are fixed before the run. The plateau rule looks at the loss and adapts.
#
# **A range without ends.** The cycle of doc 2 goes between $\eta_{\min}$ and $\eta_0$, in straight lines: {eq}`eq-triangular`.
#
# **Restarts.** Docs 2 and 3 treat SGDR and the cosine as two things, or restarts as part of every cosine. SGDR is the cosine, repeated {cite}`loshchilov2017sgdr`, and half a cosine needs no repetition. Only the rate begins again: the loss went back to 0.46, not to the 2.50 of the start.
#
# **By ten every 30 epochs.** Doc 2 gives this as classical for residual networks. He and coauthors divided when the error reached a plateau {cite}`he2016deep`; the fixed 30 comes from an example program.
#
# **Which schedule for images.** Doc 0 recommends a cosine, doc 2 steps. On the digits the cosine ended lower than steps at thirds, by 0.06.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} A quarter of a cosine
# :name: schedules-1
#
# A cosine goes from 1 to 0. What is the rate when a quarter of the run is done? Give 4 significant digits.
# :::

# %%
answer = ...
check("schedules-1", answer)

# %% [markdown]
# :::{exercise} Steps of a tenth
# :name: schedules-2
#
# The rate starts at 0.1 and is multiplied by 0.1 every 30 epochs, counted from epoch 0. What is it in epoch 65?
# :::

# %%
answer = ...
check("schedules-2", answer)

# %% [markdown]
# :::{exercise} A half-life
# :name: schedules-3
#
# The rate is multiplied by 0.95 after each step. After how many steps, counted as a real number, has it fallen to a half? Give 4 significant digits.
# :::

# %%
answer = ...
check("schedules-3", answer)

# %% [markdown]
# :::{exercise} When restarts come
# :name: schedules-4
#
# SGDR with $P = 10$ and $c = 2$. The last steps of the first three cosines, as a list.
# :::

# %%
answer = ...
check("schedules-4", answer)

# %% [markdown]
# :::{exercise} The best rate of one step
# :name: schedules-5
#
# The mean square is `v`, the curvature `h`, the standard deviation of the noise `sigma`. Derive the rate that makes $(1 - \eta h)^2 v + \eta^2 \sigma^2$ smallest. The answer is an expression in `h`, `v` and `sigma`, in a string.
# :::

# %%
answer = ...
check("schedules-5", answer)


# %% [markdown]
# :::{exercise} A run on a schedule
# :name: schedules-6
#
# Train softmax regression on digits with a warm-up and half a cosine that ends at zero, as in {eq}`eq-warmup-cosine`. `batches` holds the rows of each step, its length is $T$; `gradient(W, rows)` returns the gradient at `W`, shape $(64, 10)$; `warmup` is below $T$. Take one step of SGD for each batch, return the last `W` and leave the one you were given as it was. It is compared to $10^{-9}$.
# :::

# %%
def train_softmax(W, gradient, batches, peak, warmup):
    return ...


check("schedules-6", train_softmax)

# %% [markdown]
# :::{exercise} Where a schedule hurts
# :name: schedules-7
#
# A bowl with the curvatures 1 and 0.1; the constant rate and the peak of the cosine are tuned, both below 2. In which run does the cosine end higher than the constant rate? `"a"`: full gradients, 100 steps. `"b"`: noise of variance 1, 1,000 steps. `"c"`: the same with variance 4. `"d"`: variance 1 and 10,000 steps.
# :::

# %%
answer = ...
check("schedules-7", answer)

# %% [markdown]
# ## Summary
#
# A high rate moves a run, a low one ends it near the minimum, and a schedule has both. On one noisy direction the best rate is $1/(h(t + \dots))$; with many directions nobody has it. When the end is unknown, $1/\sqrt t$ has a bound that is $\sqrt 2$ times that of the best constant rate. When it is known, stay high and come down: line, cosine, or a late decay. The gain on the bowl is the floor that goes away, so it needs noise and a run long enough to reach it. On the digits SGD, momentum and RMSProp gained from a cosine, and AdaGrad lost. Restarts were not seen to carry more runs across a ridge than one cosine. The peak is still to be found, by a range test or by tuning.
#
# ## Sources
#
# Rates that fall like $1/t$ go back to Robbins and Monro {cite}`robbins1951stochastic`, the regret of $1/\sqrt t$ to Zinkevich {cite}`zinkevich2003online`; Bottou, Curtis and Nocedal {cite}`bottou2018optimization` treat falling rates and noise floors. Half a cosine and its warm restarts come from Loshchilov and Hutter {cite}`loshchilov2017sgdr`. Smith introduced triangles and the range test {cite}`smith2017cyclical`, raising the rate in a straight line and reading the accuracy; the growth by a factor and the look at the loss came later. One cycle is by Smith and Topin {cite}`smith2017super`, the momentum beside it by Smith {cite}`smith2018disciplined`. Goyal and coauthors warmed up before large batches {cite}`goyal2017accurate`. Defazio and coauthors {cite}`defazio2024road` average instead, and their rate need not fall.
