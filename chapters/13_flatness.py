# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# (ch-flatness)=
# # 13 Flat minima and wrappers: SAM, Lookahead, noise
#
# Two weights in a chain should multiply to one. The loss $\frac12 (xy - 1)^2$ is zero at $(1, 1)$, at $(2, \frac12)$ and at $(4, \frac14)$, on a whole hyperbola, the floor of a valley. All these minima are equally low. Walk straight across the floor, and the loss rises with curvature $x^2 + y^2$, which is 2 at $(1, 1)$ and 16.06 at $(4, \frac14)$. A minimum with a large curvature is called *sharp*, one with a small curvature *flat*. Start above the sharp end, at $(4, \frac12)$:

# %%
import numpy as np

from optlib import Optimizer, minimize, plot
from optlib.flatness import sharpness
from optlib.problems import quadratic, valley
from optlib.rules import adam, adamw, momentum, sgd
from optlib.wrappers import sam

# %%
bent = valley()  # starts at (4, 0.5)
paths = {"sgd": minimize(bent, bent.start, sgd, steps=4000, lr=0.05).path}
uphill = sam(bent, radius=0.1)
paths["sam"] = minimize(uphill, bent.start, sgd, steps=4000, lr=0.05).path
for name, path in paths.items():
    print(f"{name}: ends at {path[-1].round(2)}, loss {bent.f(path[-1]):.5f}, "
          f"sharpness {sharpness(bent.grad, path[-1]):.1f}")


# %% [markdown]
# Gradient descent, `sgd` with the full gradient, stays at the sharp end, with a curvature of 15.8. The second run makes one change, to the place where it takes the gradient, and ends at the flat end. What moves it, and is flat better?
#
# After this chapter you can derive SAM and say what it converges to, what a measure of sharpness tells, and what Lookahead, averages of weights and added noise change. You need noise floors (chapter 2), saddles (chapter 3) and momentum (chapter 4).
#
# ## What gradient descent keeps
#
# *Sharpness* here is the largest eigenvalue of the Hessian; `sharpness` finds it from differences of gradients. On the floor it is $x^2 + y^2$, near it almost. Write $r = xy - 1$, so that the gradient is $(r y, r x)$, and follow $x^2 - y^2$ through one step to $(\hat x, \hat y)$:
#
# ```{math}
# :label: eq-ch13-kept
# \hat x^2 - \hat y^2 = (1 - \eta^2 r^2)\,(x^2 - y^2) .
# ```
# % for x in (-4, 4), y in (-4, 4)
# % let r = x y - 1
# % let \hat x = x - \eta r y
# % let \hat y = y - \eta r x
# % check
#
# The first powers of $\eta$ cancel. Once $r$ is small nothing happens to $x^2 - y^2$, and its value, 15.75 at the start, decides where on the floor the run ends. Since $(x^2 + y^2)^2 = (x^2 - y^2)^2 + 4 (xy)^2$, that is where $x^2 + y^2 = \sqrt{15.75^2 + 4} = 15.9$. The first steps, where $r$ is not small, take off a little. The start decides which minimum you get.
#
# ## Uphill first
#
# If flat minima are wanted, ask for them. Instead of a low loss at $\theta$, ask for a low worst loss within a radius $\rho$ {cite}`foret2021sharpness`:
#
# ```{math}
# :label: eq-ch13-minmax
# \min_\theta \; \max_{\lVert p \rVert \le \rho} \; J(\theta + p) .
# ```
#
# (This $\rho$ is a length, `radius` in the code, and has nothing to do with RMSProp's.) For the inner maximum, put the straight line $J(\theta) + g^\top p$ for $J(\theta + p)$. By the inequality of Cauchy and Schwarz the line is highest where $p$ points along the gradient and is as long as allowed:
#
# ```{math}
# :label: eq-ch13-eps
# g^\top p \le \rho\, \lVert g \rVert = g^\top \hat\epsilon, \quad \hat\epsilon = \rho\, \frac{g}{\lVert g \rVert} .
# ```
# % for g in R^3, q in R^3, s in (-1, 1), \rho in positive
# % where \lVert q \rVert > 0
# % let p = \frac{s \rho}{\lVert q \rVert} q
# % let \hat\epsilon = \frac{\rho}{\lVert g \rVert} g
# % check
#
# Now differentiate $J(\theta + \hat\epsilon(\theta))$. The chain rule gives $\nabla J$ at the displaced point, and a second term from the change of $\hat\epsilon$, which needs a Hessian. *Sharpness-aware minimization*, SAM, drops it:
#
# ```{math}
# :label: eq-ch13-sam
# \begin{aligned}
# g_t &= \nabla J(\theta_{t-1}) , \\
# \theta_t &= \theta_{t-1} - \eta\, \nabla J\left(\theta_{t-1} + \rho\, \frac{g_t}{\lVert g_t \rVert}\right) .
# \end{aligned}
# ```
#
# Both gradients are those of the same batch. Where $g_t = 0$ nothing is added. Any rule may take the second gradient in the place of its own, so in `optlib` SAM is a function from problem to problem:
#
# :::{rule} sam
# :::
#
# How much was dropped? At three points, SAM's gradient and that of $J(\theta + \hat\epsilon(\theta))$ by differences; then what $\hat\epsilon$ finds of the maximum on the circle:

# %%
def worst(theta, radius=0.1):
    g = bent.grad(theta)
    return bent.f(theta + radius * g / np.linalg.norm(g))


turn = 0.1 * np.exp(1j * np.linspace(0, 2 * np.pi, 10_001))
for point in ([4, 0.5], [3, 0.5], [1.5, 0.5]):
    theta = np.array(point)
    exact = [(worst(theta + e) - worst(theta - e)) / 2e-6 for e in 1e-6 * np.eye(2)]
    around = bent.f(theta[:, None] + [turn.real, turn.imag]).max()
    print(f"{point}: gradient {uphill.grad(theta).round(3)}, "
          f"exact {np.round(exact, 3)}; worst {worst(theta):.4f} of {around:.4f}")


# %% [markdown]
# Both agree to a percent here. As $\hat\epsilon$ has a fixed length, it can only turn, and $g$ has no part in the direction of the turn; so the dropped term is of order $\rho^2$. The cost of SAM is a second gradient. SAM keeps nothing from step to step; during the step there is one displaced copy of the weights.

# %%
def counted(theta):
    calls.append(1)
    return bent.grad(theta)


for rule in (sgd, adamw):
    for wrap in (lambda p: p, sam):
        calls = []
        problem = wrap(bent.replace(grad=counted))
        run = minimize(problem, problem.start, rule, steps=560)
        name = rule.__name__ + (" with SAM" if wrap is sam else "")
        print(f"{name:14}: {len(calls):4} gradients, "
              f"{len(run.state[0])} arrays kept")

# %% [markdown]
# ## Why it drifts
#
# Expand the second gradient. With $H$ for the Hessian, on a quadratic,
#
# ```{math}
# :label: eq-ch13-expand
# \nabla J(\theta + \hat\epsilon) = g + \rho\, H \frac{g}{\lVert g \rVert} ,
# ```
# % for \theta in R^3, H in SPD^3, \rho in positive
# % let g = H \theta
# % let \hat\epsilon = \frac{\rho}{\lVert g \rVert} g
# % let \nabla J(\theta) = H \theta
# % where \lVert g \rVert > 0
# % check
#
# and elsewhere to first order in $\rho$. The second term is $\rho$ times the gradient of $\lVert \nabla J \rVert$. So SAM goes down $J + \rho\, \lVert \nabla J \rVert$, to first order. On the floor both parts vanish at every point, flat or sharp, so this does not say why the run drifts along it. It drifts because it never reaches the floor.
#
# Look across it, where the loss is $\frac12 h e^2$ in the distance $e$ from the floor. The step goes to $e - \eta h\, (e + \rho \operatorname{sign} e)$. However small $e$ is, the step is at least $\eta h \rho$ long, so near the floor it overshoots. For $\eta h < 2$ it settles where each step leads from $\bar e$ to $-\bar e$:
#
# ```{math}
# :label: eq-ch13-bounce
# \bar e - \eta h\, (\bar e + \rho) = -\bar e, \quad \bar e = \frac{\eta h \rho}{2 - \eta h} .
# ```
# % for \rho in positive, h in positive, \eta in positive
# % let \bar e = \frac{\eta h \rho}{2 - \eta h}
# % where \eta h < 2
# % check
#
# While the sides alternate, a step multiplies $|e| - \bar e$ by $\eta h - 1$, and so the size comes to $\bar e$.

# %%
for radius in (0.05, 0.5):
    bowl = quadratic((1, 10))
    run = minimize(sam(bowl, radius=radius), bowl.start, sgd, steps=2000, lr=0.05)
    print(f"radius {radius}: settles at {abs(run.theta).round(4)}, "
          f"formula {0.05 * 10 * radius / (2 - 0.05 * 10):.4f}")

# %% [markdown]
# With a fixed radius and rate SAM does not converge to the minimizer of a bowl. From most starts it ends bouncing along the direction of the largest curvature {cite}`bartlett2023dynamics`.
#
# In the valley the bounces lead along the floor. Let $s = \sqrt{x^2 + y^2}$ and $d = \rho \operatorname{sign} r$. The gradient is taken at $(\tilde x, \tilde y)$, where the residual is $\tilde r$, and one step of SAM does this to $x^2 - y^2$, as $x \tilde y - y \tilde x = d\, (x^2 - y^2)/s$:
#
# ```{math}
# :label: eq-ch13-drift
# \begin{aligned}
# \tilde x &= x + \frac{d y}{s} , \quad \tilde y = y + \frac{d x}{s} , \\
# \tilde r &= \tilde x \tilde y - 1 = r + d s + \frac{d^2 x y}{s^2} , \\
# q &= 1 - \frac{2 \eta d \tilde r}{s} - \eta^2 \tilde r^2 \left(1 - \frac{d^2}{s^2}\right) , \\
# \hat x^2 - \hat y^2 &= q\, (x^2 - y^2) .
# \end{aligned}
# ```
# % for x in (0.1, 5), y in (0.1, 5), \rho in (0, 1)
# % let r = x y - 1
# % let s = \sqrt{x^2 + y^2}
# % let d = \rho \operatorname{sign}(r)
# % let \tilde x = x + \frac{d y}{s}
# % let \tilde y = y + \frac{d x}{s}
# % let \tilde r = \tilde x \tilde y - 1
# % let q = 1 - 2 \eta d \tilde r / s - \eta^2 \tilde r^2 (s^2 - d^2) / s^2
# % let \hat x = x - \eta \tilde r \tilde y
# % let \hat y = y - \eta \tilde r \tilde x
# % check
#
# There is now a term of first order in $\eta$, and as $d$ and $\tilde r$ have the same sign it shrinks $x^2 - y^2$ on both sides of the floor. At the distance $\bar e$ the residual is $|r| = s\, \bar e$, to first order, and $h = s^2$. Put that in and leave out higher powers of $\rho$. Then $|\tilde r| = s\, (\bar e + \rho) = 2 s \rho/(2 - \eta h)$, and $x^2 - y^2$ shrinks in each step by the share
#
# ```{math}
# :label: eq-ch13-rate
# 2 \eta \rho\, \frac{2 \rho}{2 - \eta h} + \eta^2 h\, \frac{4 \rho^2}{(2 - \eta h)^2} = \frac{8 \eta \rho^2}{(2 - \eta h)^2} .
# ```
# % for \rho in positive, h in positive
# % where \eta h < 2
# % check

# %%
gap = np.abs(paths["sam"][:, 0] ** 2 - paths["sam"][:, 1] ** 2)
for t in (100, 500, 1000, 2000):
    h = (paths["sam"][t] ** 2).sum()
    share = 1 - (gap[t + 2] / gap[t]) ** 0.5  # two steps, one bounce each way
    print(f"step {t}: sharpness {h:5.2f}, share {share:.5f}, "
          f"formula {8 * 0.05 * 0.1**2 / (2 - 0.05 * h) ** 2:.5f}")

# %% [markdown]
# Formula and run agree to a percent. So $x^2 - y^2$ fades, and $x^2 + y^2$ comes down to 2. In the figure SAM's path is a band: it jumps from one edge to the other, and the band narrows as the curvature falls. Twice the radius drifts four times as fast and jumps twice as far.

# %%
plot.paths(
    lambda x, y: (x * y - 1) ** 2 / 2, {n: paths[n] for n in ("sam", "sgd")},
    (0, 4.6, 0, 2.4), dots=False, places={"flattest": (1, 1)},
    caption="From one start SGD stops at the sharp end of the floor and SAM drifts "
    "along it nearly to the flattest point. Rate 0.05, radius 0.1, 4,000 steps.",
    alt="Level curves of the valley along the hyperbola xy = 1, with two paths "
    "from (4, 0.5). SGD goes straight down to the floor at (3.97, 0.25) and stops. "
    "SAM jumps across the floor, in a band that narrows as it drifts to (1.03, 0.97), "
    "near the flattest point.",
)

# %% [markdown]
# The widget runs both from a start that you drag, and draws $x^2 + y^2$ along the way. Set 300 steps and find the smallest radius that brings SAM below 2.1; it is near 0.3. Then start left of the diagonal and watch it drift the other way. Last, set the radius to 1 and move the step: SAM climbs so far off the floor that $x^2 + y^2$ falls below 2, and the loss reaches 0.045 again and again.

# %%
from optlib.widgets import Valley

Valley()


# %% [markdown]
# The same arithmetic has another side. On a ridge, where the curvature is $-h$, the step leads from $e$ to $e + \eta h\,(e - \rho \operatorname{sign} e)$: within $\rho$ of the top it points *to* the top. Take a loss of one number with a sharp well at $-1$ and a flat one at 1.5, equally deep, and start everywhere from $-2$ to 3:

# %%
def wells(x, depth=1.0):  # the slope of two bells, 0.2 and 0.8 wide
    left = depth * (x + 1) / 0.2**2 * np.exp(-(x + 1) ** 2 / (2 * 0.2**2))
    return left + (x - 1.5) / 0.8**2 * np.exp(-(x - 1.5) ** 2 / (2 * 0.8**2))


# %%
for radius in (0, 0.1, 0.4):
    x = np.linspace(-2, 3, 501)
    for _ in range(3000):
        x = x - 0.01 * wells(x + radius * np.sign(wells(x)))
    sharp, flat = abs(x + 1) < 0.5, abs(x - 1.5) < 1
    home = home if radius else sharp
    print(f"radius {radius}: sharp {sharp.mean():.2f}, flat {flat.mean():.2f}, "
          f"on the ridge {(abs(x + 0.4) < 0.1).mean():.2f}; sharp before and "
          f"flat now {(home & flat).sum()}")

# %% [markdown]
# SAM takes starts from the sharp well, and from the flat one too, and leaves them on the ridge. (The rest stands far out, where the loss is level.) No start goes from the sharp to the flat well. So SAM, here with full gradients, finds the flat part of a connected floor; it does not choose the flatter of two wells.
#
# ## Sharp in which units?
#
# Is flat better? A unit with ReLU passes a positive factor through, $\frac1c \max(c z, 0) = \max(z, 0)$. Multiply the weights into a layer by $c$, those out of it by $1/c$, and the network computes the same:

# %%
from optlib.problems import digits_mlp

net = digits_mlp(batch=64)
run = minimize(net.replace(f=None), net.start, momentum, steps=300, lr=0.05)
trained = run.theta
for c in (0.25, 1, 4):
    theta = {**trained, "W1": c * trained["W1"], "b1": c * trained["b1"],
             "W2": trained["W2"] / c}
    print(f"c = {c:4}: full loss {net.f(theta):.4f}, sharpness "
          f"{sharpness(net.grad, theta):.1f}, read right {net.accuracy(theta):.1%}")

# %% [markdown]
# The same function, and sharpness 3.6, 17.3 or 20.8 {cite}`dinh2017sharp`. A second derivative has units: in $\theta = c\,\vartheta$ it is multiplied by $c^2$. So "this minimum is sharper, hence worse" needs at least the words "at weights of comparable size". Keskar and coauthors found that training with large batches ended in sharper minima with larger test errors {cite}`keskar2017large`. A later study finds that sharpness goes with settings of training, such as the rate, more than with the test error, and that on data from another source sharper minima at times did better {cite}`andriushchenko2023modern`.
#
# ## Lookahead: one step back
#
# SAM wraps the problem; the next wrapper goes around the step. *Lookahead* keeps slow weights $\phi$, lets any rule run $k$ fast steps from there, and then goes a part $\alpha$ of the way {cite}`zhang2019lookahead`:
#
# ```{math}
# :label: eq-ch13-lookahead
# \phi \leftarrow \phi + \alpha\, (\theta_k - \phi), \qquad \theta \leftarrow \phi .
# ```
#
# :::{rule} lookahead
# :::
#
# Put SGD inside, on $\frac12 h \theta^2$ with noise of variance $\sigma^2$ in the gradient. Each fast step multiplies by $a = 1 - \eta h$ and adds variance $\eta^2 \sigma^2$. In the long run that gives $V = \eta^2 \sigma^2/(1 - a^2)$, and after $k$ steps from a fixed point $(1 - a^{2k})\,V$. A round of Lookahead multiplies $\phi$ by $1 - \alpha + \alpha a^k$ and adds $\alpha^2 (1 - a^{2k})\, V$. Its own long run, as a share of $V$, is therefore
#
# ```{math}
# :label: eq-ch13-slow
# \frac{\alpha^2 (1 - a^{2k})}{1 - (1 - \alpha + \alpha a^k)^2} = \frac{\alpha\, (1 + a^k)}{2 - \alpha\, (1 - a^k)} .
# ```
# % for a in (0, 1), \alpha in (0, 1), k in 1..9
# % check

# %%
from optlib.wrappers import lookahead

def settled(step, lr, k=5):
    opt, theta = Optimizer(step, np.zeros(2000), lr=lr), np.zeros(2000)
    rng, seen = np.random.default_rng(0), []
    for t in range(1, 1001):
        theta = opt.step(theta + rng.standard_normal(2000))
        if t > 500 and t % k == 0:
            seen.append((theta**2).mean())
    return np.mean(seen)


# %%
for lr in (0.02, 0.1, 0.5):
    ak, V = (1 - lr) ** 5, settled(sgd, lr)
    share, slower = settled(lookahead(sgd), lr) / V, 1 - (0.5 + 0.5 * ak) ** 0.2
    print(f"rate {lr}: share {share:.2f}, formula {(1 + ak) / (3 + ak):.2f}; "
          f"SGD as fast: {settled(sgd, slower) / V:.2f}")


# %% [markdown]
# The variance is half and less ($\alpha = \frac12$, $k = 5$, 2,000 runs). But Lookahead is slower as well. When $\eta h k$ is small, variance and speed are both $\alpha$ times those of SGD, as at the rate $\alpha \eta$. The last column is SGD at the rate that forgets its start as fast as Lookahead does; its variance is at none of the three rates above Lookahead's. In one direction nothing is gained. With many curvatures one rate has to serve all, and the mean loss can be computed without a run:

# %%
def mean_loss(h, lr, variance, k=1, alpha=1.0, steps=300):
    """After `steps` steps from 1, for each rate; k = 1 is SGD."""
    a = 1 - lr[:, None] * h
    fast = mixed = slow = np.ones_like(a)  # means of theta^2, theta phi, phi^2
    for t in range(1, steps + 1):
        fast, mixed = a**2 * fast + lr[:, None] ** 2 * variance, a * mixed
        if t % k == 0:
            slow = (1 - alpha) ** 2 * slow + alpha**2 * fast \
                + 2 * alpha * (1 - alpha) * mixed
            fast = mixed = slow
    return (h * fast / 2).sum(axis=1)


# %%
from optlib.problems import spectrum

rates = np.geomspace(1e-5, 0.03, 600)
for kappa, variance in ((100, 100), (100, 1), (100, 0.01), (1000, 1)):
    h, best = spectrum(kappa, 30), []
    for k, alpha in ((1, 1), (5, 0.5)):
        losses = mean_loss(h, rates * 100 / kappa, variance, k, alpha)
        best.append(losses.min())
    print(f"curvatures to {kappa:4}, noise {variance:6}: SGD {best[0]:.4f}, "
          f"Lookahead {best[1]:.4f}")

# %% [markdown]
# Each at its best constant rate, Lookahead with these $k$ and $\alpha$ is 3 to 5 % lower where noise is strong, and twice as high or more where what remains of the start decides.
#
# ## Averages at the end
#
# Against noise a plain average does more. On a bowl the mean of the first $n$ iterates of SGD is known, {eq}`eq-ch02-average`: the noise leaves a variance of $\sigma^2/(h^2 n)$ in it, whatever $\eta$ is, and the start a part that is large while $\eta h n$ is small. Three wrappers use it. *Polyak averaging* takes all iterates {cite}`polyak1992acceleration`, *stochastic weight averaging* (SWA) those from some step on {cite}`izmailov2018averaging`, and an average with fading weights needs no such step:
#
# ```{math}
# :label: eq-ch13-ema
# \bar\theta_t = \beta\, \bar\theta_{t-1} + (1 - \beta)\, \theta_t .
# ```

# %%
from optlib.wrappers import ema_weights, swa

def mean_square(step, lr, steps=2000):
    opt, theta = Optimizer(step, np.ones(2000), lr=lr), np.ones(2000)
    rng = np.random.default_rng(1)
    for _ in range(steps):
        theta = opt.step(theta + rng.standard_normal(2000))
    return (opt.answer**2).mean()


# %%
wrapped = {"last": sgd, "tail": swa(sgd, begin=1001),
           "fading": ema_weights(sgd, decay=0.998)}
for lr in (0.5, 0.1, 0.02, 0.002):
    ends = (f"{name} {mean_square(step, lr):.3f}" for name, step in wrapped.items())
    print(f"rate {lr:5}:", ", ".join(ends))

# %% [markdown]
# The average of the last 1,000 iterates has a mean square of 0.001 at the rates 0.5, 0.1 and 0.02, where the last iterate has 0.339, 0.055 and 0.011. On a bowl it does the work of a falling rate. At 0.002 the start is not forgotten, and both averages are worse than the last iterate.
#
# ## Noise on purpose
#
# *Gradient noise* gives each gradient normal noise whose variance fades {cite}`neelakantan2015adding`:
#
# ```{math}
# :label: eq-ch13-noise
# \begin{aligned}
# \tilde g_t &= g_t + \xi_t , \qquad \xi_t \sim \mathcal N(0, \sigma_t^2) , \\
# \sigma_t^2 &= \frac{\sigma_1^2}{t^\gamma} , \qquad \gamma = 0.55 .
# \end{aligned}
# ```
#
# (The paper counts from $t = 0$ and divides by $(1 + t)^\gamma$.)
#
# :::{rule} gradient_noise
# :::
#
# Does it leave sharp minima? Put 500 runs into each of the two wells above, equally deep at first; then make the sharp one twice as deep:

# %%
from optlib.transforms import gradient_noise

for depth in (1, 2):
    for variance, decay in ((64, 0), (1000, 0.55)):
        rng, x = np.random.default_rng(0), np.repeat([-1.0, 1.5], 500)
        for t in range(1, 2001):
            g = wells(x, depth) + 10 * (x - np.clip(x, -3, 3))  # walls at 3 and -3
            x = x - 0.01 * gradient_noise(g, rng, t, variance=variance, decay=decay)
        left = (x[:500] > -0.4).mean(), (x[500:] < -0.4).mean()
        print(f"depth {depth}, variance {variance:4} / t^{decay:4}: left the sharp "
              f"well {left[0]:.2f}, the flat one {left[1]:.2f}")

# %% [markdown]
# Equally deep, three to four times as many leave the sharp well as leave the flat one. With the sharp one deeper and steady noise it is the other way round: depth counts besides width. With fading noise the sharp well still loses more, 0.15 against 0.09. Neelakantan and coauthors report gains on very deep networks.
#
# ## Digits: is it worth it?
#
# Held fixed: a ReLU network with 32 hidden units, 200 training images a seed, batches of 20, momentum 0.9 in all but Adam. A run may compute 400 gradients, so SAM gets 200 steps; once more it gets 400 steps, at twice the cost. All runs of a method go side by side:

# %%
from optlib.grammar import call, read, start
from optlib.problems import digits, minibatches

X, Y = np.c_[digits().X, np.ones(1437)], np.eye(10)[digits().y]
def turned(a):
    return np.swapaxes(a, -1, -2)


def gradient(theta, x, y):  # theta: W (runs, 65, 32) and V (runs, 32, 10)
    W, V = theta
    a = np.maximum(x @ W, 0)
    z = a @ V
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    d = (p / p.sum(axis=-1, keepdims=True) - y) / x.shape[-2]
    return [turned(x) @ ((d @ turned(V)) * (a > 0)), turned(a) @ d]


# %%
def begin(seed):
    rng = np.random.default_rng(seed)
    W, V = (rng.normal(size=s) * (2 / s[0]) ** 0.5 for s in ((64, 32), (32, 10)))
    return rng.permutation(1437), np.r_[W, np.zeros((1, 32))], V


# %%
def train(rule, seeds, lr, radius=0, variance=0, steps=400):
    order, *theta = map(np.array, zip(*map(begin, seeds)))
    draws = [minibatches(200, 20, seed) for seed in seeds]
    words, rng = read(rule), np.random.default_rng(0)
    states = [start(words, a) for a in theta]
    for t in range(1, steps + 1):
        rows = np.array([own[draw(t)] for own, draw in zip(order, draws)])
        g = gradient(theta, X[rows], Y[rows])
        if np.any(radius):
            length = sum((a**2).sum(axis=(1, 2), keepdims=True) for a in g) ** 0.5
            up = [p + radius * a / length for p, a in zip(theta, g)]
            g = gradient(up, X[rows], Y[rows])
        if np.any(variance):
            g = [a + variance**0.5 * gradient_noise(0 * a, rng, t, variance=1.0)
                 for a in g]
        for k in (0, 1):
            new = call(rule, words, theta[k], [g[k]], states[k], t, {"lr": lr})
            theta[k], *states[k] = new
    return theta, order


# %% [markdown]
# Each method has nine settings: nine rates, or three rates and three radii or variances. The best on six seeds, by the errors on 400 images that were not trained on, is measured on twenty other seeds, by the 360 test images:

# %%
from itertools import product

def misread(theta, x, y):
    z = np.maximum(x @ theta[0], 0) @ theta[1]
    return 100 * (z.argmax(axis=-1) != y.argmax(axis=-1)).mean(axis=-1)


def column(values):
    return np.reshape(values, (-1, 1, 1))


# %%
nine, three = 0.01 * 2 ** (np.arange(9) / 2), np.array([0.04, 0.08, 0.16])
methods = {"momentum": (momentum, 400, nine, "radius", [0]),
           "adam": (adam, 400, nine / 2, "radius", [0]),
           "sam": (momentum, 200, 2 * three, "radius", (0.005, 0.02, 0.06)),
           "SAM, twice": (momentum, 400, three, "radius", (0.02, 0.06, 0.2)),
           "noise": (momentum, 400, three, "variance", (0.0001, 0.001, 0.01))}

# %%
ends = {}
for name, (rule, steps, rates, key, values) in methods.items():
    lr, other, seeds = np.transpose(list(product(rates, values, range(100, 106))))
    own = {key: column(other), "steps": steps}
    theta, order = train(rule, seeds.astype(int), column(lr), **own)
    aside = order[:, 200:600]
    tried = misread(theta, X[aside], Y[aside]).reshape(9, 6).mean(axis=1)
    best = 6 * tried.argmin()
    ends[name] = train(rule, range(20), lr[best], **own | {key: other[best]})
    print(f"{name:10}: rate {lr[best]:.4f}, {key} {other[best]:g}")

# %%
from optlib.compare import paired

T, S = np.c_[digits().X_test, np.ones(360)], np.eye(10)[digits().y_test]
errors, sharp = {}, {}
for name, (theta, order) in ends.items():
    errors[name], seen = misread(theta, T, S), order[:, :200]
    z = np.maximum(X[seen] @ theta[0], 0) @ theta[1]
    losses = np.log(np.exp(z).sum(axis=-1)) - (z * Y[seen]).sum(axis=-1)
    full = losses.mean(axis=-1)
    sharp[name] = [sharpness(lambda p, k=k: gradient(p, X[k], Y[k]), both)
                   for *both, k in zip(*theta, seen)]
    print(f"{name:10}: misread {np.median(errors[name]):.1f} %, sharpness "
          f"{np.median(sharp[name]):.2f}, full loss {np.median(full):.4f}")

# %%
for name in list(ends)[1:]:
    less = [paired(one[name], one["momentum"]) for one in (errors, sharp)]
    print(f"{name:10} less momentum: misread {less[0].low:.2f} to "
          f"{less[0].high:.2f}, sharpness {less[1].low:.2f} to {less[1].high:.2f}")

# %%
plot.dots(
    errors, rule={"SAM, twice": "sam"}, title="Test images misread, percent",
    caption="Tuned alike, none reads better than momentum beyond what seeds "
    "decide. Median and 10-90 % of twenty seeds; 400 gradients a run, and 800 for "
    "SAM, twice.",
    alt="Dot plot with bands of the test images misread, in percent. The medians "
    "are momentum 6.67, Adam 6.94, SAM 7.08, SAM at twice the cost 6.67 and noise "
    "6.67; the bands begin between 4 and 6, end between 8 and 10, and overlap.",
)

# %% [markdown]
# No difference is seen in the test errors: every interval of a difference from momentum (95.9 %, twenty seeds, which set images, start and batches) holds zero, also for SAM at twice the cost. SAM at twice the cost and noise took the smallest radius and the smallest variance of their three, that is, as little of either as they could get. The others chose inside their grids.
#
# The sharpness does differ. SAM at twice the cost has momentum's rate and number of steps, and ends flatter by 0.04 to 0.09. Adam and SAM with 400 gradients end flatter by more than a factor of three, but they took other rates, and ended at a lower full loss. Where images are learned the Hessian of a cross-entropy fades, so this need not be the radius's work. Whatever its cause, no gain in the errors is seen with it.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D0-14 D0-23 D0-24 D0-25 D3-18 D3-27
#
# **Sharper under Adam.** Doc 0 has Adam end in sharper minima than SGD and at times generalize worse. Sharpness alone says nothing, 3.6 or 20.8 for one function; on the digits Adam ended flatter than momentum, and no difference in the errors is seen. Elsewhere adaptive rules were found to generalize worse {cite}`wilson2017marginal`, and not to where all were tuned widely {cite}`choi2019empirical`.
#
# **An undefined $\hat g_t$.** Doc 0 divides a $\hat g_t$ by its norm and does not say what it is. It is the gradient at $\theta_{t-1}$ on the same batch, as in {eq}`eq-ch13-sam`; where it is zero, nothing is added.
#
# **Where it ends.** Doc 0 has SAM seek flat regions and does not say where it ends. With a fixed radius and rate it bounces, by {eq}`eq-ch13-bounce`, and on a ridge it stays.
#
# **Consistently better.** Doc 0 says so of vision and language, and lists SAM as an optimizer that is not adaptive. On the digits no difference was seen at the same cost, nor at twice the cost; and SAM is a wrapper, as adaptive as what it wraps: AdamW with SAM keeps AdamW's two arrays.
#
# **Noise for generalization.** Doc 3 has gradient noise improve generalization and escape sharp minima. Of two equally deep wells it left the sharp one more often, 0.49 against 0.15, and with twice the depth less often, 0.08 against 0.24, at a steady variance; on the digits the least noise tried was chosen, and no gain was seen.
#
# **Stability and convergence.** Doc 3 credits Lookahead with both. It lowers the variance and the speed; tuned, its loss was 3 to 5 % lower where noise decides, and at least twice as high where it does not.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} Which way is up?
# :name: flatness-1
#
# $g = (3, 4)$ and $\rho = 0.05$. Give the displacement $\hat\epsilon$ as a list.
# :::

# %%
answer = ...
check("flatness-1", answer)

# %% [markdown]
# :::{exercise} A wrapper around a wrapper
# :name: flatness-2
#
# `lookahead(adamw, every=5)` runs ten steps, all of them AdamW's, on `sam(problem)`. How many gradients of the loss are computed?
# :::

# %%
answer = ...
check("flatness-2", answer)

# %% [markdown]
# :::{exercise} Another product
# :name: flatness-3
#
# The loss is $\frac12 (xy - c)^2$ with $c > 0$. What is the smallest sharpness on its floor? An expression in `c`, in a string.
# :::

# %%
answer = ...
check("flatness-3", answer)

# %% [markdown]
# :::{exercise} Forward and back
# :name: flatness-4
#
# Lookahead with $k = 2$ and $\alpha = \frac12$ runs around SGD with $\eta = 0.5$ on $\frac12 \theta^2$ from $\theta = 1$. Where is it after four steps? Give the exact number.
# :::

# %%
answer = ...
check("flatness-4", answer)

# %% [markdown]
# :::{exercise} How loud is step 100?
# :name: flatness-5
#
# Gradient noise begins with variance 1 at $t = 1$, and $\gamma = 0.55$. What is its *variance* at $t = 100$? Three significant digits.
# :::

# %%
answer = ...
check("flatness-5", answer)


# %% [markdown]
# :::{exercise} SAM by hand
# :name: flatness-6
#
# Write SAM's gradient. `grad` is a function of theta; return the gradient `radius` uphill of `theta`, an array of any shape, and change nothing you were given. Where the gradient is zero, return zero. It is run on softmax regression of the digits and compared to $10^{-9}$.
# :::

# %%
def sam_gradient(grad, theta, radius):
    return ...


check("flatness-6", sam_gradient)

# %% [markdown]
# :::{exercise} Ten times in, a tenth out
# :name: flatness-7
#
# In a ReLU network with one hidden layer the weights and biases into that layer are multiplied by ten and the weights out of it divided by ten. Which of these keeps its value: `"sharpness"`, `"loss"`, `"gradient"` (its length) or `"length"` (that of all weights)?
# :::

# %%
answer = ...
check("flatness-7", answer)

# %% [markdown]
# ## Summary
#
# In the valley gradient descent hardly changes $x^2 - y^2$, so its start decides how sharp the end is. SAM takes the gradient a radius $\rho$ uphill, for a second gradient a step. With fixed $\rho$ and $\eta$ it bounces with amplitude $\eta h \rho/(2 - \eta h)$, and the bouncing makes it drift along a floor toward small curvature, in the valley by a share of $8\eta\rho^2/(2-\eta h)^2$ a step. Between separate wells it does not choose, and ridges hold it. Sharpness changes with the parametrization while the function does not. Lookahead's slow weights vary less and move more slowly; an average over the tail lowers the noise to that of a mean, where the rate is large enough to forget the start. Added noise leaves wells by depth as well as by width. On the digits, tuned, neither SAM nor noise changed the test error by more than twenty seeds leave open.
#
# ## Sources
#
# SAM is due to Foret, Kleiner, Mobahi and Neyshabur {cite}`foret2021sharpness`; that it bounces, and why it drifts to wide minima, is shown by Bartlett, Long and Bousquet {cite}`bartlett2023dynamics`. Keskar and coauthors connect sharpness with batches {cite}`keskar2017large`, Dinh and coauthors show what rescaling does to it {cite}`dinh2017sharp`, and Andriushchenko and coauthors measure how far it goes with test error {cite}`andriushchenko2023modern`. That adaptive rules generalize worse is the thesis of Wilson and coauthors {cite}`wilson2017marginal`; Choi and coauthors find that, tuned widely enough, they are never behind the simpler rules they contain {cite}`choi2019empirical`. Lookahead is from Zhang, Lucas, Ba and Hinton {cite}`zhang2019lookahead`, averaging from Polyak and Juditsky {cite}`polyak1992acceleration`, SWA from Izmailov and coauthors {cite}`izmailov2018averaging`, gradient noise from Neelakantan and coauthors {cite}`neelakantan2015adding`.
