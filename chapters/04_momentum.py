# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# (ch-momentum)=
# # 4 Momentum and Nesterov acceleration
#
# A ravine has curvature 1 along its floor and 100 across. The best constant rate of gradient descent, $\eta = 2/101$, takes two percent off the error at each step, a factor of $99/101$. From $(1, 1)$ it needs 709 steps to get within a millionth. Give the method one more number per parameter, a sum in which older gradients fade, and it needs 95. With 10,000 across it is 70,811 steps against 1,074: a hundred times as many without the sum, eleven times with it, about the root of a hundred. Why the root?
#
# After this chapter you can derive that root and the best pair of learning rate and momentum, translate between the ways of writing momentum and Nesterov's method, and say when momentum does not help. You need chapter 1 and complex numbers.

# %%
import numpy as np

from optlib import minimize, plot
from optlib.exercises import check
from optlib.methods import nesterov_lookahead
from optlib.problems import digits_softmax, lessard, quadratic, spectrum
from optlib.rules import momentum, momentum_ema, momentum_inside, nesterov, sgd
from optlib.widgets import Explorer


# %% [markdown]
# ## A ball with friction
#
# Let a ball of mass one be pushed by $-\nabla J$ and braked by friction $\gamma$:
#
# ```{math}
# :label: eq-ch04-ode
# \ddot\theta + \gamma\,\dot\theta = -\nabla J(\theta)
# ```
#
# Cut time into slices of length $\delta$, write $\theta_t$ for the place after $t$ of them, and put differences for derivatives:
#
# ```{math}
# :label: eq-ch04-slices
# \frac{\theta_t - 2\theta_{t-1} + \theta_{t-2}}{\delta^2} + \gamma\,\frac{\theta_{t-1} - \theta_{t-2}}{\delta} = -g_t
# ```
# % for t in 2..12, \delta in positive, \gamma in positive
# % let \theta_t = \theta_{t-1} - \delta^2 g_t + (1 - \gamma\delta)(\theta_{t-1} - \theta_{t-2})
# % check
#
# Solve for $\theta_t$ and write $\eta = \delta^2$ and $\mu = 1 - \gamma\delta$:
#
# ```{math}
# :label: eq-ch04-heavy-ball
# \theta_t = \theta_{t-1} - \eta\, g_t + \mu\,(\theta_{t-1} - \theta_{t-2})
# ```
# % for t in 2..12
# % let b_t = \mu b_{t-1} + g_t
# % let \theta_t = \theta_{t-1} - \eta b_t
# % check
#
# A gradient step, plus a part $\mu$ of the step before: this is *heavy ball*, and $\mu$ is called its *momentum*. The learning rate is the square of a time slice; the momentum is the part of the velocity that friction leaves. On $J = \theta^2/2$ with $\gamma = 1$, from rest at 1, the true motion is a fading cosine. Compare after five units of time:

# %%
def motion(t, w=3**0.5 / 2):
    return np.exp(-t / 2) * (np.cos(w * t) + np.sin(w * t) / 3**0.5)

def bowl(theta):
    return theta**2 / 2

for eta in (1e-2, 1e-3, 1e-4):
    n = round(5 / eta**0.5)
    ball = minimize(bowl, 1.0, momentum, steps=n, lr=eta, momentum=1 - eta**0.5).theta
    error = abs(ball - motion(n * eta**0.5)) / eta**0.5
    n = round(0.5 / eta)
    creep = minimize(bowl, 1.0, momentum, steps=n, lr=eta, momentum=0.9).theta
    print(f"eta = {eta:g}: error {error:.2f} sqrt(eta); with 0.9 kept: {creep:.4f}")
print(f"gradient flow, exp(-5): {np.exp(-5):.4f}")

# %% [markdown]
# The error is $0.16\sqrt\eta$, in proportion to the slice. Keep $\mu = 0.9$ as $\eta$ goes to zero, and the friction is $0.1/\sqrt\eta$: in $0.5/\eta$ steps the ball creeps to $e^{-5}$, like gradient descent with ten times the rate.
#
# ## Three ways to write it
#
# Equation {eq}`eq-ch04-heavy-ball` keeps two positions. Libraries keep a buffer, which at a constant $\eta$ gives the same path:
#
# ```{math}
# :label: eq-momentum
# \begin{aligned}
# b_t &= \mu b_{t-1} + g_t, \\
# \theta_t &= \theta_{t-1} - \eta\, b_t
# \end{aligned}
# ```
#
# :::{rule} momentum
# :::
#
# Indeed $-\eta b_{t-1}$ is the step before. Unroll the buffer from $b_0 = 0$:
#
# ```{math}
# :label: eq-ch04-unrolled
# b_t = \sum_{k=1}^{t} \mu^{t-k} g_k, \quad \sum_{k=1}^{t} \mu^{t-k} = \frac{1-\mu^t}{1-\mu}
# ```
# % let b_0 = 0
# % let b_t = \mu b_{t-1} + g_t
# % check
#
# In the long run the weights add up to $1/(1-\mu)$, ten for $\mu = 0.9$: the buffer is a fading *sum*. Under a constant gradient the steps end as those of the rate $\eta/(1-\mu)$, the *effective* rate. Two other conventions store a multiple of the same buffer. One puts the learning rate inside, so that the buffer is minus the last step:
#
# ```{math}
# :label: eq-momentum-inside
# \begin{aligned}
# b_t &= \mu b_{t-1} + \eta\, g_t, \\
# \theta_t &= \theta_{t-1} - b_t
# \end{aligned}
# ```
#
# The other makes the buffer a true average:
#
# ```{math}
# :label: eq-momentum-ema
# \begin{aligned}
# b_t &= \mu b_{t-1} + (1-\mu)\, g_t, \\
# \theta_t &= \theta_{t-1} - \eta\, b_t
# \end{aligned}
# ```
#
# To convert, multiply the buffer by $\eta$, or by $1-\mu$; the average also needs $1/(1-\mu)$ times the learning rate.

# %%
b = a = 0.0
for t in range(200):  # a constant gradient of one
    _, b = momentum(0.0, 1.0, b)
    _, a = momentum_ema(0.0, 1.0, a)
print(f"buffers end at {b:.1f} and {a:.1f}")
path = minimize(bowl, 1.0, momentum, steps=100, lr=0.05).path
for rule, lr in ((momentum_inside, 0.05), (momentum_ema, 0.5)):
    other = minimize(bowl, 1.0, rule, steps=100, lr=lr).path
    same = np.allclose(path, other, rtol=0, atol=1e-14)
    print(f"{rule.__name__} at {lr}: same path: {same}")


# %% [markdown]
# Now divide $\eta$ by ten after step 20.

# %%
def dropped(t):
    return 0.05 if t <= 20 else 0.005

drop = {}
for rule in (momentum, momentum_inside):
    drop[rule.__name__] = minimize(bowl, 1.0, rule, steps=60, lr=dropped).path
    print(f"{rule.__name__:15s}", drop[rule.__name__][21:24].round(3))
gap = abs(drop["momentum"] - drop["momentum_inside"])
print(f"largest difference {gap.max():.2f}")

# %%
plot.curves(
    drop, title=r"Parameter $\theta_t$", vlines={"rate divided by ten": 20},
    alt="Two lines over 60 steps. They are one until step 20, where the rate is "
    "divided by ten and both are at -0.12. With the rate outside the buffer the "
    "line creeps back to 0; with the rate inside it swings up to 0.40.",
    caption="When the rate drops, the convention with the rate outside slows down at "
    "once; with the rate inside it runs on to 0.4. On θ²/2 from 1, momentum 0.9, "
    "rate 0.05, then 0.005.",
)

# %% [markdown]
# With the rate outside, the drop shortens the next step at once. With the rate inside, the buffer still holds steps of the old length, and the parameter runs on to 0.40 before it turns. If the rate drops you want the first, and this book uses it.
#
# ## Why the square root
#
# On a quadratic, follow the error $e_t$ along an eigenvector of curvature $h$. There $g_t = h\, e_{t-1}$, and {eq}`eq-ch04-heavy-ball` reads
#
# ```{math}
# :label: eq-ch04-error
# e_t = (1 + \mu - \eta h)\, e_{t-1} - \mu\, e_{t-2}
# ```
# % for t in 2..12
# % let b_t = \mu b_{t-1} + h e_{t-1}
# % let e_t = e_{t-1} - \eta b_t
# % check
#
# So one matrix does the step:
#
# ```{math}
# :label: eq-ch04-companion
# \begin{pmatrix} e_t \\ e_{t-1} \end{pmatrix} = \begin{pmatrix} 1 + \mu - \eta h & -\mu \\ 1 & 0 \end{pmatrix} \begin{pmatrix} e_{t-1} \\ e_{t-2} \end{pmatrix}
# ```
# % for t in 2..12
# % let e_t = (1 + \mu - \eta h) e_{t-1} - \mu e_{t-2}
# % check
#
# In $t$ steps the matrix acts $t$ times, so the error is made of the $t$-th powers of its eigenvalues, with a factor $t$ where both are equal. These are the roots of
#
# ```{math}
# :label: eq-ch04-polynomial
# z^2 - (1 + \mu - \eta h)\, z + \mu = 0
# ```
# % let z = \frac{1 + \mu - \eta h + \sqrt{(1 + \mu - \eta h)^2 - 4\mu}}{2}
# % where (1 + \mu - \eta h)^2 \ge 4\mu
# % check
#
# and the larger modulus is the factor per step in the long run. The product of the roots is $\mu$, so complex roots, which are conjugate, both have modulus $\sqrt\mu$, *whatever $h$ is*. Gradient descent has a different factor for each curvature; heavy ball has the same factor for a whole band of them. The band is where the discriminant is negative. It factors,
#
# ```{math}
# :label: eq-ch04-band
# (1 + \mu - \eta h)^2 - 4\mu = \left((1-\sqrt\mu)^2 - \eta h\right)\left((1+\sqrt\mu)^2 - \eta h\right)
# ```
# % check
#
# so $\eta h$ must lie between $(1-\sqrt\mu)^2$ and $(1+\sqrt\mu)^2$. A lower $\mu$ makes a smaller factor and a narrower band. The best band should just hold all curvatures, from $\ell$ to $L$.
#
# Could real roots do better? Ask when both satisfy $|z| \le r$. Their product is $\mu$, so $\mu \le r^2$. Call the left side of {eq}`eq-ch04-polynomial` $P(z)$. If the roots are complex or lie between $-r$ and $r$, then $P$ is not negative at these two ends: $P(\pm r) = r^2 \mp (1+\mu-\eta h)\,r + \mu \ge 0$. Conversely, if that holds and $\mu \le r^2$, no real root lies beyond an end: the other would be there too, or at that end, and their product would exceed $r^2$. Divide by $r$: $|1+\mu-\eta h| \le r + \mu/r$, or
#
# ```{math}
# :label: eq-ch04-window
# (1-r)\left(1-\frac{\mu}{r}\right) \le \eta h \le (1+r)\left(1+\frac{\mu}{r}\right)
# ```
# % for r in (0, 1), s in (-1, 1)
# % let h = (1 + \mu + s (r + \mu/r)) / \eta
# % where \mu \le r^2
# % check
#
# Set $r = 1$, with strict signs: for $\mu < 1$ the iteration is stable for $\eta < 2(1+\mu)/L$, nearly twice the edge of gradient descent when $\mu$ is near one. For $L = 100$ and $\mu = 0.9$ that is 0.038:

# %%
ravine = quadratic((1, 100))
for rule, lr in ((sgd, 0.0201), (momentum, 0.037), (momentum, 0.0385)):
    theta = minimize(ravine, ravine.start, rule, steps=300, lr=lr).theta
    distance = np.linalg.norm(theta)
    print(f"{rule.__name__} at {lr}: distance {distance:.0e} after 300 steps")


# %% [markdown]
# Heavy ball converges at 0.037, not at 0.0385. For a smaller factor, demand the left end of {eq}`eq-ch04-window` of $\ell$, the right end of $L$, and divide; every curvature between them then passes as well:
#
# ```{math}
# :label: eq-ch04-kappa
# \kappa \le \frac{(1+r)(1+\mu/r)}{(1-r)(1-\mu/r)} \le \left(\frac{1+r}{1-r}\right)^2
# ```
# % for r in (0, 1), s in (0, 1)
# % let \kappa = 1 + s ((1+r)(1+\mu/r) / ((1-r)(1-\mu/r)) - 1)
# % where \mu \le r^2
# % check
#
# The middle grows with $\mu$, which is at most $r^2$. So no pair has a smaller factor in the long run than the $r$ that solves the outer inequality as an equation, and one pair reaches it:
#
# ```{math}
# :label: eq-ch04-best
# r^* = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}, \quad \mu^* = \left(\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\right)^2, \quad \eta^* = \frac{(1+r^*)^2}{L} = \frac{(1-r^*)^2}{\ell}
# ```
# % let L = \kappa \ell
# % let r^* = 1 - 2/(\sqrt\kappa + 1)
# % let \mu^* = (r^*)^2
# % let \eta^* = 4/(\sqrt L + \sqrt\ell)^2
# % check
#
# Gradient descent has the factor $1 - 2/(\kappa+1)$, heavy ball $1 - 2/(\sqrt\kappa+1)$. That is where the square root comes from.

# %%
def near(t, theta, loss):
    return np.linalg.norm(theta) < 1e-6

def steps(kappa, rule, **hyper):
    problem = quadratic((1, kappa))
    hyper |= {"steps": 80_000, "callback": near, "progress": False}
    return minimize(problem, problem.start, rule, **hyper).t

kappas = np.array([10, 100, 1000, 10_000])
count = {"sgd": [], "momentum": [], "nesterov_lookahead": []}
for kappa, r in zip(kappas, (kappas**0.5 - 1) / (kappas**0.5 + 1)):
    count["sgd"].append(steps(kappa, sgd, lr=2 / (kappa + 1)))
    best = {"lr": (1 + r) ** 2 / kappa, "momentum": r**2}
    count["momentum"].append(steps(kappa, momentum, **best))
    nag = steps(kappa, nesterov_lookahead, lr=1 / kappa, momentum=r)
    count["nesterov_lookahead"].append(nag)
for name, values in count.items():
    print(f"{name:18s}", *(f"{n:6d}" for n in values))

# %%
plot.curves(
    count, kappas, log="xy",
    title="Steps to a distance of 1e-6", xlabel=r"condition number $\kappa$",
    slopes={"slope 1": (1, 60, 120), "slope 1/2": (0.5, 100, 50)},
    alt="Log-log lines over condition numbers from 10 to 10,000. Gradient descent "
    "rises with slope 1 from 71 to 70,811 steps, momentum with slope 1/2 from 27 to "
    "1,074, Nesterov parallel to it from 44 to 1,660.",
    caption="Steps to a distance of 1e-6: gradient descent rises like the condition "
    "number, heavy ball like its root, and so does Nesterov, a method that comes "
    "below. The first two at their best rate and momentum, Nesterov at rate 1/L.",
)

# %% [markdown]
# The slopes are 1 and $\frac12$, for heavy ball a little more, because at the best pair both ends of the spectrum have a double root. With two roots, $(z_1^t - z_2^t)/(z_1 - z_2)$ solves {eq}`eq-ch04-error`, and as they meet it becomes $t\,z^{t-1}$. The factor $t$ is why heavy ball takes 95 steps where $r = 9/11$ alone would take about 70. A pair beside it, with split roots, can reach a given distance sooner: $\eta = 0.032$ with $\mu = 0.68$ takes 77. All pairs, for $\kappa = 100$:

# %%
plot.stability(
    (1, 100),
    {"no memory": (2 / 101, 0), "best pair": (4 / 121, 81 / 121), "0.9": (0.01, 0.9)},
    alt="Map of learning rate (logarithmic) against momentum for curvatures 1 and "
    "100, with contours of steps per decimal digit. The stable region widens upward "
    "from rate 0.02 to 0.04. Below, three paths of 60 steps: factor 0.980 without "
    "momentum, 0.818 at the best pair, 0.949 at 0.9.",
    caption="Contours count the steps per digit. B, the best pair, is the lower tip "
    "of a wedge that opens upward; inside it all roots are complex, and only "
    "momentum counts. A is gradient descent, C momentum 0.9.",
)

# %% [markdown]
# Path B first swings out of the picture, as $t\,r^t$ does, and still arrives before A and C. Above B the contours run level: the learning rate hardly matters. That speaks for 0.9, although it is best only at $\kappa \approx 1{,}440$. A search over pairs agrees with {eq}`eq-ch04-best`:

# %%
share, mu = np.meshgrid(np.linspace(0.05, 0.999, 400), np.linspace(0, 0.99, 397))
for kappa in (10, 100, 4000):
    eta = share * 2 * (1 + mu) / kappa
    ends = [plot.spectral_radius(eta, mu, h) for h in (1, kappa)]
    best = mu.flat[np.maximum(*ends).argmin()]
    law = ((kappa**0.5 - 1) / (kappa**0.5 + 1)) ** 2
    print(f"kappa = {kappa}: best momentum {best:.2f}, law {law:.2f}")

# %% [markdown]
# ## What momentum does not do
#
# **It does not end the swinging.** Where $\eta h < 1$, a direction swings as soon as $\mu > (1-\sqrt{\eta h})^2$. Where $\eta h > 1$ it bounces even at $\mu = 0$, and a little momentum calms it. Take $h = 100$ and $\eta = 0.019$, and count the changes of sign until position and step are below $10^{-6}$.

# %%
for mu in (0, 0.5, 0.9, 0.99):
    hyper = {"lr": 0.019, "momentum": mu}
    path = minimize(lambda x: 50 * x**2, 1.0, momentum, steps=3000, **hyper).path
    still = (abs(path[1:]) < 1e-6) & (abs(np.diff(path)) < 1e-6)
    n = still.argmax() + 1
    turns = np.sum(np.sign(path[1 : n + 1]) != np.sign(path[:n]))
    print(f"mu = {mu}: {turns} changes of sign in {n} steps")

# %% [markdown]
# With $\mu = 0.5$ it swings 25 times in place of 139. With 0.9 it swings 132 times, at every second step; with 0.99, 1,311 times.
#
# **At small rates it does not average noise away.** Add noise to the gradient of $\theta^2/2$, with mean zero, variance one, and independent from step to step. Now {eq}`eq-ch04-error` ends with $-\eta$ times the noise of step $t$. Multiply it by $e_t$, $e_{t-1}$ and $e_{t-2}$ and take means; only $e_t$ has met that noise, and the mean of their product is $-\eta$. Once the errors have settled, $c_k$, the mean of $e_t e_{t-k}$, obeys
#
# ```{math}
# :label: eq-ch04-means
# \begin{aligned}
# c_0 &= (1+\mu-\eta)\, c_1 - \mu\, c_2 + \eta^2, \\
# c_1 &= (1+\mu-\eta)\, c_0 - \mu\, c_1, \\
# c_2 &= (1+\mu-\eta)\, c_1 - \mu\, c_0
# \end{aligned}
# ```
# % let c_0 = \frac{\eta (1+\mu)}{(1-\mu)(2(1+\mu) - \eta)}
# % let c_1 = \frac{(1+\mu-\eta) c_0}{1+\mu}
# % let c_2 = \frac{(1+\mu-\eta)^2 c_0}{1+\mu} - \mu c_0
# % check
#
# Solved, they give the variance
#
# ```{math}
# :label: eq-ch04-variance
# c_0 = \frac{\eta\,(1+\mu)}{(1-\mu)\left(2(1+\mu) - \eta\right)}
# ```
# % let c_0 = \eta^2 / (1 - (1-\mu)(1+\mu-\eta)^2/(1+\mu) - \mu^2)
# % check
#
# For small $\eta$ it is half of $\eta/(1-\mu)$: the effective rate decides, whatever the momentum. A large rate is another matter:

# %%
rng = np.random.default_rng(0)
for effective, mu in ((0.1, 0), (0.1, 0.9), (1.5, 0), (1.5, 0.9)):
    lr, theta, b, seen = effective * (1 - mu), np.zeros(2000), 0.0, []
    for t in range(1000):
        g = theta + rng.standard_normal(2000)
        theta, b = momentum(theta, g, b, lr=lr, momentum=mu)
        seen.append(theta.var())
    exact = lr * (1 + mu) / ((1 - mu) * (2 * (1 + mu) - lr))
    floor = np.mean(seen[300:])
    print(f"effective rate {effective}, mu {mu}: variance {floor:.2f},",
          f"formula {exact:.2f}")

# %% [markdown]
# At an effective rate of 0.1 the variance is 0.05 with or without momentum. At 1.5, near the edge of gradient descent at 2, momentum 0.9 has a quarter of the variance, 0.78 against 3.00. At equal effective rates momentum helps against noise only where the effective rate comes near that edge, along stiff directions.
#
# ## Nesterov: the gradient where the coasting ends
#
# Heavy ball will move by $-\eta\mu b_{t-1}$ whatever the next gradient says. Nesterov's method takes the gradient where that move ends:
#
# ```{math}
# :label: eq-nesterov-lookahead
# \begin{aligned}
# b_t &= \mu b_{t-1} + \nabla J(\theta_{t-1} - \eta\mu b_{t-1}), \\
# \theta_t &= \theta_{t-1} - \eta\, b_t
# \end{aligned}
# ```
#
# Libraries are handed a gradient taken at the parameters they store. They take a gradient step, and coast at once by what the new buffer says:
#
# ```{math}
# :label: eq-nesterov
# \begin{aligned}
# b_t &= \mu b_{t-1} + g_t, \\
# \theta_t &= \theta_{t-1} - \eta\,(g_t + \mu b_t)
# \end{aligned}
# ```
#
# :::{rule} nesterov
# :::
#
# This is the same method, with the look-ahead point stored in place of $\theta$. Call that point $\phi_{t-1} = \theta_{t-1} - \eta\mu b_{t-1}$ and let $g_t$ be the gradient there. With {eq}`eq-nesterov-lookahead`,
#
# ```{math}
# :label: eq-ch04-change
# \begin{aligned}
# \phi_t &= \theta_t - \eta\mu b_t = \theta_{t-1} - \eta b_t - \eta\mu b_t \\
# &= \phi_{t-1} + \eta\mu b_{t-1} - \eta b_t - \eta\mu b_t = \phi_{t-1} - \eta\,(g_t + \mu b_t)
# \end{aligned}
# ```
# % let b_t = \mu b_{t-1} + g_t
# % let \theta_t = \theta_{t-1} - \eta b_t
# % let \phi_t = \theta_t - \eta\mu b_t
# % check
#
# because $\mu b_{t-1} - b_t = -g_t$. That is {eq}`eq-nesterov` for $\phi$. What a library reports is the look-ahead point; the $\theta_t$ of {eq}`eq-nesterov-lookahead` lies $\eta\mu b_t$ behind it. The proof uses one $\eta$ for two steps. When the rate drops tenfold after step 20, the two forms part by 0.031:

# %%
for name, lr in (("constant rate", 0.01), ("drop at 20", lambda t: dropped(t) / 5)):
    textbook, library = (
        minimize(ravine, ravine.start, rule, steps=100, lr=lr).path
        for rule in (nesterov_lookahead, nesterov)
    )
    ahead = textbook[1:] + 0.9 * np.diff(textbook, axis=0)  # the last step is -eta b
    gap = abs(ahead - library[1:]).max()
    print(f"{name}: gap {'below 1e-14' if gap < 1e-14 else round(gap, 3)}")
print("momentum 0 is descent:", nesterov(1.0, 2.0, momentum=0)[0] == sgd(1.0, 2.0))

# %% [markdown]
# Along curvature $h$ the gradient is $h$ times the error at the look-ahead point, so
#
# ```{math}
# :label: eq-ch04-nesterov-error
# e_t = (1 - \eta h) \left( (1 + \mu)\, e_{t-1} - \mu\, e_{t-2} \right)
# ```
# % for t in 2..12
# % let b_t = \mu b_{t-1} + h (e_{t-1} - \eta \mu b_{t-1})
# % let e_t = e_{t-1} - \eta b_t
# % check
#
# and the product of the two roots is $\mu(1-\eta h)$ instead of $\mu$, so at rates up to $1/L$ stiff directions have a smaller factor than $\sqrt\mu$. At $\eta = 1/L$ the stiffest vanishes in one step, and the best momentum for the flattest, $h = \ell$, gives a double root,
#
# ```{math}
# :label: eq-ch04-nesterov-root
# \begin{aligned}
# &z^2 - (1+\mu)\left(1 - \frac{1}{\kappa}\right) z + \mu\left(1 - \frac{1}{\kappa}\right) = 0, \\
# &\mu = \frac{\sqrt\kappa-1}{\sqrt\kappa+1}, \quad z = 1 - \frac{1}{\sqrt\kappa}
# \end{aligned}
# ```
# % let \mu = \frac{\sqrt\kappa-1}{\sqrt\kappa+1}
# % let z = 1 - 1/\sqrt\kappa
# % check
#
# The number of steps again grows like $\sqrt\kappa$, in the long run about twice that of heavy ball. In the figure above, with 158 against 95 and 1,660 against 1,074, it is 1.5 to 1.7 times, because of $t\,r^t$.

# %%
root = 301**0.5  # of 3 kappa + 1
for rule, lr, mu in (
    (momentum, 0.01, 0.9), (nesterov_lookahead, 0.01, 0.9),
    (momentum, 4 / 121, 81 / 121), (nesterov_lookahead, 1 / 100, 9 / 11),
    (nesterov_lookahead, 4 / 301, (root - 2) / (root + 2)),
):
    n = steps(100, rule, lr=lr, momentum=mu)
    print(f"{rule.__name__:18s} rate {lr:.4f}, momentum {mu:.3f}: {n} steps")

# %% [markdown]
# At $\eta = 0.01$ and $\mu = 0.9$ Nesterov needs 208 steps, heavy ball 264. With each at its best for quadratics {cite}`lessard2016analysis`, heavy ball wins, 95 against 136. Now take a loss of one parameter with curvature 25 below $\theta = 1$, 1 from there to 2, and 25 above, and give heavy ball the pair that is best for quadratics with curvatures 1 to 25:

# %%
bend, pair = lessard(), {"lr": 1 / 9, "momentum": 4 / 9}
ball = minimize(bend, 3.3, momentum, steps=40, **pair).path
calm = {"lr": 1 / 25, "momentum": 2 / 3}
ahead = minimize(bend, 3.3, nesterov_lookahead, steps=40, **calm).path
print("heavy ball", ball[-3:].round(3), "Nesterov", ahead[-3:].round(3))
many = np.linspace(-5, 5, 1001)  # every start its own run, all at once
ends = minimize(bend.replace(f=None), many, momentum, steps=300, **pair).theta
print(f"share of starts that never arrive: {np.mean(abs(ends) > 0.1):.2f}")

# %%
plot.curves(
    {"momentum": ball, "nesterov_lookahead": ahead},
    title=r"Parameter $\theta_t$", marks=True,
    alt="Two lines over 40 steps from 3.3. Momentum goes around 2.116, 0.647 and "
    "-1.802 and never stops; Nesterov is at 0 after two steps.",
    caption="Heavy ball, at the pair that is best for quadratics with curvatures 1 "
    "to 25, repeats three values forever on a convex loss with these curvatures. "
    "Nesterov arrives in two: its step of 1/25 on curvature 25 lands on the minimum.",
)

# %% [markdown]
# One start in eight between $-5$ and $5$ never arrives: the curvature changes along the path, so no single polynomial describes the steps. Nesterov's method with $\eta = 1/L$ and the $\mu$ of {eq}`eq-ch04-nesterov-root` cannot circle: for every loss with curvatures between $\ell$ and $L$ a theorem bounds the gap $J - J^*$ by a multiple of $(1-1/\sqrt\kappa)^t$ {cite}`nesterov2004introductory`. (On quadratics that is the factor of the error, and the gap falls with its square.)
#
# When the smallest curvature goes to zero, the best $\mu$ goes to one. Nesterov lets it grow toward one:
#
# ```{math}
# :label: eq-ch04-varying
# a_1 = 1, \quad a_t = \frac{1 + \sqrt{1 + 4 a_{t-1}^2}}{2}, \quad \mu_t = \frac{a_{t-1} - 1}{a_t}
# ```
# % for t in 2..12
# % let a_0 = 0
# % let a_t = \frac{1 + \sqrt{1 + 4 a_{t-1}^2}}{2}
# % let \mu_t = \frac{a_t^2 - a_t - a_{t-1}}{a_{t-1} a_t}
# % check
#
# Since $a_t$ grows by about one half a step, $\mu_t$ is about $1 - 3/t$. The bound on the gap, of order $1/t$ in chapter 1, becomes one of order $1/t^2$.

# %%
a = [1.0]
for t in range(3000):
    a.append((1 + (1 + 4 * a[-1] ** 2) ** 0.5) / 2)

def varying(t):
    return (a[t - 2] - 1) / a[t - 1] if t > 1 else 0.0

flat = quadratic(spectrum(1e8, 81) / 1e8)  # from 1e-8 to 1: flat, for 3000 steps
loss = {}
for name, mu in {"sgd": 0.0, "constant 0.9": 0.9, "growing": varying}.items():
    hyper = {"lr": 1.0, "momentum": mu}
    run = minimize(flat, flat.start, nesterov_lookahead, steps=3000, **hyper)
    loss[name] = run.losses
    print(f"{name:13s}", *(f"{loss[name][t]:.1e}" for t in (100, 1000, 3000)))
print("on the ravine:", steps(100, nesterov_lookahead, lr=0.01, momentum=varying))

# %%
plot.curves(
    loss, log="xy", title="Loss",
    rule={"constant 0.9": "nesterov_lookahead", "growing": "nesterov"},
    slopes={"slope -1": (-1, 100, 0.03), "slope -2": (-2, 100, 3e-4)},
    alt="Log-log lines of the loss over 3,000 steps. Gradient descent falls with "
    "slope -1 to 3.6e-4, constant momentum 0.9 runs parallel to it at a tenth, "
    "growing momentum falls with slope -2 to 9e-7.",
    caption="Constant momentum 0.9 ends parallel to gradient descent, ten times "
    "lower; growing momentum falls like 1/t². A loss whose curvatures go down to "
    "1e-8, rate 1/L.",
)

# %% [markdown]
# The ten times are the effective rate again. On the ravine, which has a smallest curvature, growing momentum takes 665 steps; the constant $9/11$ takes 158.
#
# ## Move the pair yourself
#
# In the widget $\kappa = 20$. Drag the dot to the cross, the best pair, and read the factor. Go straight up and watch the path swing while the factor becomes $\sqrt\mu$. Then switch to Nesterov: its edge lies farther left, and heavy ball's best pair diverges. (The edge is $2(1+\mu)/((1+2\mu)L)$, from {eq}`eq-ch04-nesterov-error`.)

# %%
Explorer(question="stability")


# %% [markdown]
# ## Momentum on the digits
#
# Train the softmax regression of chapter 1 on 1,437 digits, from zero, for 180 steps: first with exact gradients, then with batches of 32, four passes over the images. Every rule gets the same nine effective rates, and what counts is the full loss at the end.

# %%
def final(rule, mu, effective, batch=None, seed=0):
    problem = digits_softmax(batch=batch, seed=seed)
    problem = problem.replace(f=None)  # no loss on the way
    hyper = {"lr": effective * (1 - mu), "momentum": mu, "steps": 180}
    return problem.full(minimize(problem, problem.start, rule, **hyper).theta)

rules = {f"momentum {mu}": (momentum, mu) for mu in (0, 0.9, 0.99)}
rules["nesterov 0.9"] = nesterov, 0.9
rates = np.geomspace(4, 1024, 9)
for name, which in rules.items():
    losses = [final(*which, rate) for rate in rates]
    best = rates[np.argmin(losses)]
    print(f"all images, {name:13s}: {min(losses):.3f} at effective rate {best:.0f}")


# %% [markdown]
# With exact gradients 0.9 ends at a quarter and 0.99 at a tenth of the loss of gradient descent, at effective rates two and sixteen times as large. With batches choose the rate on four seeds, and measure on twenty others:

# %%
def seeds(which, rate, numbers):
    return np.array([final(*which, rate, batch=32, seed=n) for n in numbers])

small, grid, judged = np.geomspace(1, 32, 9), {}, {}
for name, which in rules.items():
    grid[name] = np.array([seeds(which, rate, range(100, 104)) for rate in small])
    tuned = small[np.median(grid[name], axis=1).argmin()]
    judged[name] = seeds(which, tuned, range(20))
    print(f"batches of 32, {name:13s}: mean {judged[name].mean():.2f}")
for name, other in (("momentum 0.9", "momentum 0"), ("nesterov 0.9", "momentum 0.9")):
    change = judged[name] - judged[other]  # on the same batches, seed by seed
    half = 2.09 * change.std(ddof=1) / 20**0.5  # 95 % interval of a mean of 20
    print(f"{name} minus {other}: {change.mean():+.3f} +- {half:.3f}")

# %%
plot.sweep(
    small, grid, title="Full loss after four passes",
    xlabel=r"effective rate $\eta/(1-\mu)$", ceiling=1, height=4.6,
    rule={"momentum 0": "sgd", "momentum 0.99": "momentum",
          "momentum 0.9": "momentum", "nesterov 0.9": "nesterov"},
    alt="Log-log lines of the full loss against the effective rate from 1 to 32, "
    "for momentum 0, 0.9, 0.99 and Nesterov 0.9. All start together at 0.2; gradient "
    "descent (momentum 0) turns up at 4, near 0.14, Nesterov only at 13, near 0.08; "
    "momentum 0.99 is lowest at 6, at 0.14.",
    caption="At small effective rates the rules fall together. Gradient descent "
    "(momentum 0) turns up first, Nesterov last. Median and range of four seeds, "
    "batches of 32.",
)

# %% [markdown]
# With batches the gain shrinks. Momentum 0.9 ends $0.033 \pm 0.024$ below gradient descent, 0.99 gains nothing, and Nesterov ends another $0.034 \pm 0.012$ lower, though with exact gradients it was behind heavy ball. (The intervals cover the order of the batches, not the choice of the rate.) In the figure gradient descent turns up first, at 4, and Nesterov last, at 13. The damping in {eq}`eq-ch04-nesterov-error` may be why; this experiment cannot tell.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D0-02 X-01 X-15 D1-14 D1-15 D1-16 D1-17 D2-02 D2-03 D2-04 D2-05 D2-27 D2-28 D3-25 D3-29
#
# **Three momentums.** Doc 0 has the learning rate inside the buffer. Doc 1 stores the step itself, which is doc 0's buffer with the other sign. Doc 2's code has the rate outside; its formula is lost, and {eq}`eq-momentum` restores it. All give one path until the rate drops. Here $g_t = \nabla J(\theta_{t-1})$, on the batch of step $t$ if there are batches.
#
# **Average or sum.** Doc 2 speaks of an average of past gradients. Its code keeps a sum, with weights that add up to ten at $\mu = 0.9$: see the buffers under a constant gradient.
#
# **What it is for.** Doc 1 lists momentum under methods that adapt the rate. Momentum keeps its rate; it changes the exponent of $\kappa$. Doc 1's heading calls Nesterov's method "adaptive": it is *accelerated*.
#
# **Where it comes from.** Doc 1 names Nesterov and 1983 for the look-ahead form, and nobody for momentum. Heavy ball is Polyak's, that form Sutskever's and colleagues', and Nesterov's own has growing momentum {eq}`eq-ch04-varying`.
#
# **Two Nesterovs.** Doc 1 prints the look-ahead form, docs 2 and 3 describe it in words (doc 2's formula, lost, is {eq}`eq-nesterov-lookahead`), doc 0 applies it to Nadam (chapter 7). The flag in doc 2's code selects {eq}`eq-nesterov`. Both are one method; the reported weights differ by $\eta\mu b_t$.
#
# **A flag is added, not exchanged.** Doc 2 replaces `momentum=0.9` by `nesterov=True`. But {eq}`eq-nesterov` with $\mu = 0$ is gradient descent, and PyTorch refuses the combination with a `ValueError`.
#
# **Better in theory.** True in docs 2 and 3 for smooth convex losses and exact gradients: $1/t^2$ with growing momentum, $1 - 1/\sqrt\kappa$ a step with strong convexity. It says nothing about noise, and on quadratics tuned heavy ball is faster; the cycle shows that heavy ball has no such guarantee.
#
# **0.9 to 0.99, and less swinging.** Doc 3 calls these values optimal. By {eq}`eq-ch04-best` they are for $\kappa$ between 1,440 and 158,000; at 100 the best is 0.67. Docs 2 and 3 promise less oscillation; the changes of sign show when.
# :::
#
# ## Exercises
#
# :::{exercise} The effective rate
# :name: momentum-1
#
# The rule `momentum` runs with $\eta = 0.01$, $\mu = 0.9$, and the gradient is $g$ at every step. In the long run each step is minus a positive number times $g$. Give that number, the effective learning rate, exactly.
# :::

# %%
answer = ...
check("momentum-1", answer)

# %% [markdown]
# :::{exercise} The edge of stability
# :name: momentum-2
#
# Heavy ball with $\mu = 0.9$ on a quadratic whose largest curvature is $L = 100$. Give the exact edge, below which every $\eta > 0$ makes it converge.
# :::

# %%
answer = ...
check("momentum-2", answer)

# %% [markdown]
# :::{exercise} The best momentum
# :name: momentum-3
#
# Heavy ball, curvatures from 1 to 100, and you may choose both $\eta$ and $\mu$. Which $\mu$ has the smallest factor per step, at the worst curvature? Three significant digits.
# :::

# %%
answer = ...
check("momentum-3", answer)

# %% [markdown]
# :::{exercise} How long is the memory?
# :name: momentum-4
#
# $\mu = 0.9$ and an endless past. Which share of the total weight of all gradients in $b_t$ do the last ten have, the newest included? A number between 0 and 1, three significant digits.
# :::

# %%
answer = ...
check("momentum-4", answer)


# %% [markdown]
# :::{exercise} Two forms, one method
# :name: momentum-5
#
# `nesterov_lookahead` has run on softmax regression of the digits. You are given its `thetas` and `buffers`, arrays of shape $(T+1, 65, 10)$ whose entry $t$ holds $\theta_t$ and $b_t$, with $b_0 = 0$. Return the points, in the same shape, at which the next gradient will be taken. They must equal the $\theta_t$ of `nesterov` to $10^{-12}$.
# :::

# %%
def look_ahead(thetas, buffers, lr, momentum):
    return ...


check("momentum-5", look_ahead)

# %% [markdown]
# :::{exercise} Creeping and swinging
# :name: momentum-6
#
# For $0 < \eta h < 1$, at which $\mu$ below one has $z^2 - (1+\mu-\eta h)\,z + \mu = 0$ a double root? An expression in `eta` and `h`, in a string, such as `"eta*h"`.
# :::

# %%
answer = ...
check("momentum-6", answer)


# %% [markdown]
# :::{exercise} Write it
# :name: momentum-7
#
# Write heavy ball: learning rate outside the buffer, buffer zero at the start. `grad` is a function of theta; return theta after `steps` steps and leave the array `theta` that you were given unchanged. It is run on softmax regression of the digits and compared to $10^{-9}$.
# :::

# %%
def heavy_ball(grad, theta, lr, momentum, steps):
    return ...


check("momentum-7", heavy_ball)

# %% [markdown]
# :::{exercise} After the drop
# :name: momentum-8
#
# At one step the learning rate is divided by ten, as in the figure of $\theta_t$ over 60 steps. In which convention do the old steps keep their full length? Answer `"momentum"`, `"momentum_inside"` or `"momentum_ema"`.
# :::

# %%
answer = ...
check("momentum-8", answer)

# %% [markdown]
# ## Summary
#
# Heavy ball has the same factor, $\sqrt\mu$, for a whole band of curvatures. The band just holds all from $\ell$ to $L$ when $\sqrt\mu = (\sqrt\kappa-1)/(\sqrt\kappa+1)$, and so the number of steps grows like $\sqrt\kappa$ instead of $\kappa$. Compare methods at the same effective rate $\eta/(1-\mu)$, and know which convention you are in before you change $\eta$. With Nesterov's form, $\eta = 1/L$ and its best $\mu$ the factor $1 - 1/\sqrt\kappa$ bounds the gap on every smooth, strongly convex loss; heavy ball's factor holds for quadratics. Against noise momentum helps only where the effective rate is near the edge.
#
# ## Sources
#
# Heavy ball and its speed on quadratics are Polyak's {cite}`polyak1964some`; Rumelhart, Hinton and Williams used it for networks {cite}`rumelhart1986learning`. Nesterov's acceleration is of 1983 {cite}`nesterov1983method`; the look-ahead form is from Sutskever, Martens, Dahl and Hinton {cite}`sutskever2013importance`. Goh draws the roots {cite}`goh2017why`. The cycle, and the best pairs of all these methods, are from Lessard, Recht and Packard {cite}`lessard2016analysis`. The library form is that of PyTorch {cite}`paszke2019pytorch`.
