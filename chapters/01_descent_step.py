# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# (ch-descent-step)=
# # 1 The descent step
#
# A bowl is a hundred times steeper in one direction than in the other: $J(\theta) = \frac12(\theta_1^2 + 100\,\theta_2^2)$. Start at $(1, 1)$, where the loss $J$ is 50.5, and take a hundred steps, each a fixed multiple of minus the gradient. The multiple is the *learning rate*: 0.019 in a first run, 0.021 in a second.

# %%
import numpy as np

from optlib import minimize, plot
from optlib.problems import quadratic
from optlib.rules import sgd

bowl = quadratic((1, 100))
for lr in (0.019, 0.021):
    run = minimize(bowl, bowl.start, sgd, steps=100, lr=lr)
    print(f"rate {lr}: the loss goes from {run.losses[0]} to {run.losses[-1]:.2g}")

# %% [markdown]
# The second rate is a tenth larger. The first run ends at a loss of 0.011, the second at 9.5 billion. After this chapter you can say beforehand where the edge between the two lies, how many steps the best rate needs, and what to do when nobody tells you how steep the bowl is. You need derivatives, eigenvalues and NumPy.
#
# ## Which way is down
#
# Stand at $\theta$ and look at a point $\theta + p$ nearby. To first order, the loss there is
#
# ```{math}
# :label: eq-ch01-taylor
# J(\theta + p) \approx J(\theta) + \nabla J(\theta)^\top p ,
# ```
#
# the loss here plus the slope along $p$. The gradient is a column of slopes, one for each parameter, and the transpose makes the sum of products that is this slope. What the line leaves out is the bend of the loss, which grows like the square of the distance. Add the bend, $\frac12 p^\top H p$ with the matrix $H$ of second derivatives, and the error that is left grows like the cube. Test both on Rosenbrock's function, a bent valley with its minimum at $(1, 1)$.

# %%
from optlib.problems import rosenbrock

valley = rosenbrock()
theta, p = valley.start, np.array([0.6, 0.8])
g, H = valley.grad(theta), valley.hess(theta)
s = np.logspace(-3, -1, 9)
truth = np.array([valley.f(theta + k * p) for k in s]) - valley.f(theta)
line = abs(truth - s * (g @ p))
bend = abs(truth - s * (g @ p) - s**2 / 2 * (p @ H @ p))
slopes = [np.polyfit(np.log(s), np.log(error), 1)[0] for error in (line, bend)]
print(f"slopes: {slopes[0]:.1f} and {slopes[1]:.1f}")

# %%
plot.curves(
    {"slope only": line, "with bend": bend}, s, log="xy", xlabel="distance",
    title="Error of the model of the loss",
    caption="The model with the slope alone is wrong by the square of the distance, "
    "with the bend by its cube. Rosenbrock's valley at (-1.15, -0.62).",
    alt="Line plot, both axes logarithmic: distance from 0.001 to 0.1, error of two "
    "models of the loss. Both fall on straight lines; the one with the slope alone "
    "has slope 2, the one with second derivatives slope 3 and lies lower throughout.",
)

# %% [markdown]
# The errors fall like the square and the cube of the distance. At 0.001 the slope alone is off by less than a thousandth: near $\theta$ it decides where the loss goes.
#
# Which $p$ goes down most? A longer step goes down more, so compare steps of length at most one. But length can be measured in more than one way. Take $\lVert p \rVert_2 \le 1$ first, at a place where $g = \nabla J(\theta)$ is not zero. The Cauchy–Schwarz inequality bounds the slope along any $p$,
#
# ```{math}
# :label: eq-ch01-cauchy
# g^\top p \ge -\lVert g \rVert_2 \, \lVert p \rVert_2 ,
# ```
# % for g in R^3, p in R^3
# % check
#
# and so by $-\lVert g \rVert_2$ for every allowed $p$, with equality only for $p = -g/\lVert g \rVert_2$. Now measure length by the largest coordinate, $|p_i| \le 1$ for each $i$. Each goes to the end of its range, $p = -\operatorname{sign}(g)$, and
#
# ```{math}
# :label: eq-ch01-sign
# g^\top p = -\lVert g \rVert_1 .
# ```
# % let p = -\operatorname{sign}(g)
# % for g in R^3
# % check
#
# Or count a step as longer in some directions than in others, $p^\top P p \le 1$ with a positive definite matrix $P$. Write $P = R^\top R$ and $q = Rp$. Then $p^\top P p = \lVert q \rVert_2^2$, the slope is $g^\top p = (R^{-\top} g)^\top q$, and by the first case $q$ points along $-R^{-\top} g$. Back in $p$ that is the direction $-R^{-1} R^{-\top} g = -P^{-1} g$.

# %%
plot.balls(
    title="One gradient, three steepest steps",
    caption="Steps of length at most one fill a disk, a square or an ellipse. The "
    "steepest one ends where a level line of the linear model, the hairline, touches "
    "the edge.",
    alt="Three panels with a disk, a square and a tilted ellipse. In each, the same "
    "dashed arrow is minus the gradient and a solid arrow the steepest step: along "
    "the dashed arrow in the disk, to a corner in the square, turned away from it in "
    "the ellipse. A hairline touches each shape where the solid arrow ends.",
)

# %% [markdown]
# *How do you measure the length of a step?* Many methods of this book differ in their answer. The 2-norm gives the direction of this chapter. The largest coordinate gives the sign methods, a $P$ made of second derivatives Newton's method, a diagonal $P$ learned along the way AdaGrad, RMSProp and Adam.
#
# ## Gradient descent
#
# Under $\lVert p \rVert_2 \le 1$ every steepest step has length one, however small the slope. Instead leave the length free and add a term that grows with its square, $\lVert p \rVert^2 / 2\eta$. Complete the square:
#
# ```{math}
# :label: eq-ch01-charge
# g^\top p + \frac{1}{2\eta} \lVert p \rVert^2 = \frac{1}{2\eta} \lVert p + \eta g \rVert^2 - \frac{\eta}{2} \lVert g \rVert^2 ,
# ```
# % for g in R^3, p in R^3, \eta in (0, 2)
# % check
#
# The sum is lowest at $p = -\eta g$. That is *gradient descent*, which Cauchy proposed in 1847 {cite}`cauchy1847methode`:
#
# ```{math}
# :label: eq-sgd-theta
# \theta_t = \theta_{t-1} - \eta\, g_t, \qquad g_t = \nabla J(\theta_{t-1}) .
# ```
#
# The learning rate $\eta$ says how far you go for one unit of slope. The code is one line.
#
# :::{rule} sgd
# :::
#
# The rule, and with it every figure, is called SGD, with an s for *stochastic*, because its formula stays the same when $g_t$ comes from a random batch of the data, the subject of chapter 2. Here every gradient is the full one. Every rule in this book is such a function: it takes $\theta$ and a gradient, later also what it has stored, and returns the new values. The caller, above `minimize`, chooses $\eta$, supplies the gradient and decides when to stop. By hand, `sgd(1.0, 2.0, lr=0.1)` is 0.8.
#
# ## How far: one direction at a time
#
# Back to the bowl, in any number of dimensions: $J(\theta) = \frac12 \theta^\top H \theta$ with a symmetric positive definite $H$, whose gradient is $H\theta$. Split $\theta$ along the eigenvectors of $H$ and let $e_{i,t}$ be the part along the $i$-th, with curvature $h_i$. The direction with the largest curvature is called *stiff*, the one with the smallest *flat*. Multiplying by $H$ multiplies the $i$-th part by $h_i$, so a step makes of it
#
# ```{math}
# :label: eq-ch01-mode
# e_{i,t} = (1 - \eta h_i)\, e_{i,t-1} = (1 - \eta h_i)^t\, e_{i,0} .
# ```
# % let e_{i,t} = e_{i,t-1} - \eta h_i e_{i,t-1}
# % for e_{i,0} in real, h_i in (0, 3), \eta in (0, 1), t in 1..8, i in 1..3
# % check
#
# Each part has its own factor $1 - \eta h_i$ a step, whatever the other parts do. If $\eta h_i$ is below 1 it shrinks and keeps its side. Between 1 and 2 it overshoots and changes sides, but still shrinks. At 2 it bounces between two points forever, and above 2 it grows. All parts shrink if and only if the one with the largest curvature $L$ does, that is, for
#
# ```{math}
# :label: eq-ch01-edge
# 0 < \eta < \frac{2}{L} .
# ```
#
# The bowl has $L = 100$ and its edge at 0.02. At 0.021 the stiff direction has the factor $1 - 2.1 = -1.1$. Its error is $1.1^{100} \approx 13{,}781$ after a hundred steps, and the loss, fifty times its square, is that 9.5 billion.

# %%
lrs = np.append(np.linspace(0.0005, 0.0195, 39), [0.0199, 0.0202, 0.0206, 0.021])
losses = [minimize(bowl, bowl.start, sgd, steps=100, lr=lr).losses[-1] for lr in lrs]
best = int(np.argmin(losses))
print(f"lowest loss after 100 steps: {losses[best]:.3f} at {lrs[best]:.4f}")
print(f"at {lrs[-3]} it is {losses[-3]:.0f}")

# %%
plot.sweep(
    lrs, {"sgd": np.array(losses)}, vlines={"2 / L": 0.02}, ceiling=100,
    title="Loss after 100 steps",
    caption="The loss falls as the rate grows, is lowest at 0.019, and shoots up "
    "just before the edge at 0.02. Bowl with curvatures 1 and 100, from (1, 1).",
    alt="Line plot, both axes logarithmic: learning rate against the loss after 100 "
    "steps. The loss falls slowly from 0.45 to 0.01 at a rate of 0.019, then rises "
    "almost vertically and leaves the picture just past the dotted line at 2/L = "
    "0.02.",
)

# %% [markdown]
# The best rate is 0.019. Half of it ends seven times higher; 0.0202, six percent above it, ends at 2,624. So try rates from below.
#
# At 0.019 the stiff part is down to $0.9^{100} \approx 3 \cdot 10^{-5}$, yet the loss is still 0.01. The flat direction keeps it there: $0.981^{100}$ is still 0.15. A larger rate shrinks the flat part faster and the stiff part more slowly. The best compromise makes both ends of the spectrum equally slow. With $\ell$ for the smallest curvature, set $1 - \eta\ell = \eta L - 1$ and get
#
# ```{math}
# :label: eq-ch01-best
# \eta = \frac{2}{L + \ell}, \qquad \max(|1 - \eta \ell|, |1 - \eta L|) = \frac{\kappa - 1}{\kappa + 1} .
# ```
# % let \eta = \frac{2}{L + \ell}
# % let \kappa = L / \ell
# % for L in (2, 9), \ell in (0.1, 1)
# % check
#
# Only the ratio $\kappa = L/\ell$ is left, the *condition number*. This $\eta$ is best in the long run, for the worst direction. In the figure 0.0190 beats $2/101 \approx 0.0198$, because a hundred steps are too few: at 0.0198 the stiff part has come down only to $0.98^{100} \approx 0.13$, and the loss counts its square a hundredfold. Since $\ln\frac{\kappa-1}{\kappa+1} \approx -\frac{2}{\kappa}$, getting from a distance of $\sqrt2$ to a millionth takes about $\frac{\kappa}{2} \ln(\sqrt2 \cdot 10^6) \approx 7.1\,\kappa$ steps.

# %%
for kappa in (10, 100, 1000, 10000):
    ravine = quadratic((1, kappa))
    run = minimize(ravine, ravine.start, sgd, steps=8 * kappa, lr=2 / (1 + kappa))
    steps = np.argmax(np.linalg.norm(run.path, axis=1) < 1e-6)
    print(f"kappa {kappa:5}: {steps:5} steps, {steps / kappa:.2f} times kappa")

# %% [markdown]
# That holds over three decades. With $\kappa = 10^4$ the best constant rate needs 70,811 steps for two parameters. Chapter 4 turns $\kappa$ into its square root.
#
# In the widget the two dots are the factors of the two directions. Move the rate until the stiff direction starts to bounce, then until both dots are equally far from zero. Raise $\kappa$: the rates between too slow and too fast become few.

# %%
from optlib.widgets import Explorer

Explorer(question="descent")

# %% [markdown]
# ## When the loss is not a bowl
#
# Suppose only that the gradient is continuous and changes by at most $L$ per unit of distance, $\lVert \nabla J(\theta + p) - \nabla J(\theta) \rVert \le L \lVert p \rVert$. Go straight from $\theta$ to $\theta + p$ and add up the slopes in between. At the share $s$ of the distance the gradient differs from the one at the start by at most $L s \lVert p \rVert$, so by Cauchy–Schwarz the slope along $p$ differs by at most $L s \lVert p \rVert^2$, hence
#
# $$
# J(\theta + p) - J(\theta) - g^\top p = \int_0^1 \big(\nabla J(\theta + s p) - g\big)^\top p \; ds \le \int_0^1 L s\, \lVert p \rVert^2\, ds = \frac{L}{2} \lVert p \rVert^2 .
# $$
#
# The loss lies under a bowl of curvature $L$. For the step $p = -\eta g_t$ this gives the *descent lemma*:
#
# ```{math}
# :label: eq-ch01-lemma
# J(\theta_t) \le J(\theta_{t-1}) - \eta \left(1 - \frac{\eta L}{2}\right) \lVert g_t \rVert^2 .
# ```
#
# So with $0 < \eta < 2/L$ the loss falls at every step, unless the gradient is zero already: the edge of the bowl holds for every loss with such a gradient. The guaranteed decrease is largest at $\eta = 1/L$, where it is $\lVert g_t \rVert^2 / 2L$.
#
# If $J$ is also convex and has a minimizer $\theta^*$, with $J^* = J(\theta^*)$, the slope limits the *gap* $J(\theta) - J^*$ that is left. A convex function lies above its tangents, also above the one at $\theta_{t-1}$: $J^* \ge J(\theta_{t-1}) + g_t^\top (\theta^* - \theta_{t-1})$. Take $\eta \le 1/L$, so that the bracket is at least one half. With $e = \theta_{t-1} - \theta^*$ for the error and $g$ for $g_t$, the lemma and the tangent add up to $J(\theta_t) - J^* \le g^\top e - \frac{\eta}{2}\lVert g \rVert^2$. Complete the square on the right:
#
# ```{math}
# :label: eq-ch01-square
# g^\top e - \frac{\eta}{2} \lVert g \rVert^2 = \frac{1}{2\eta} \left( \lVert e \rVert^2 - \lVert e - \eta g \rVert^2 \right) .
# ```
# % for g in R^3, e in R^3, \eta in (0, 2)
# % check
#
# This is the squared distance to the minimizer before the step minus the one after it, over $2\eta$. Summed over all steps, the distances cancel in pairs, up to the first and the last, and the last can go, since it enters with a minus. The losses never rise, so $t$ times the last gap is at most the sum of all gaps. What remains, for $\eta \le 1/L$, is
#
# ```{math}
# :label: eq-ch01-bound
# J(\theta_t) - J^* \le \frac{\lVert \theta_0 - \theta^* \rVert^2}{2 \eta\, t} .
# ```
#
# This holds without $\kappa$ and without a bowl, but the bound falls only like $1/t$. On a bowl {eq}`eq-ch01-mode` holds as well. With fifty curvatures between $10^{-4}$ and 1 one takes over from the other:

# %%
from optlib.problems import spectrum

many = quadratic(spectrum(1e4, 50) / 1e4)
run = minimize(many, many.start, sgd, steps=20000, lr=1.0)
t = np.unique(np.logspace(0, np.log10(20000), 60).astype(int))
gap, bound = run.losses[t], (many.start @ many.start) / (2 * t)
share = gap / bound
print(f"gap over bound: {share[0]:.2f} at step 1, at most {share.max():.2f}")

# %%
plot.curves(
    {"gap": gap, "bound": bound}, t, log="xy", rule={"gap": "sgd"}, marks=False,
    title="Loss above its minimum",
    caption="The bound falls as 1/t; the measured gap follows it at a distance, "
    "until the smallest curvatures make it geometric. Learning rate 1/L.",
    alt="Line plot, both axes logarithmic: step from 1 to 20,000 against the gap in "
    "loss. The bound is a straight line of slope -1 from 25 down to 0.001. The gap "
    "runs below it almost in parallel to step 1,000 and then bends steeply down.",
)

# %% [markdown]
# The gap stays near a twentieth of the bound for three decades. From about step 1,000 only the flattest directions are left, and each shrinks by its constant factor.
#
# ## When nobody knows $L$
#
# Take a rate that is surely too large, and halve it until the loss falls by at least a share $c$ of what the slope predicts {cite}`armijo1966minimization`, usually a tiny one such as $10^{-4}$:
#
# ```{math}
# :label: eq-ch01-armijo
# J(\theta - \eta g) \le J(\theta) - c\, \eta\, \lVert g \rVert^2 .
# ```
#
# The search ends: by {eq}`eq-ch01-lemma` every $\eta$ up to $2(1-c)/L$ passes, and the $L$ that counts is the one between here and the end of the step. So the search adapts. A fixed rate must suit the stiffest place along the way, for instance in Rosenbrock's valley.

# %%
from optlib.methods import backtracking

curvatures = np.linalg.eigvalsh(valley.hess(valley.minimum))
print(f"largest curvature at the minimum: {curvatures[-1]:.0f}")
for lr, steps in ((0.0019, 1000), (0.003, 1000), (0.0019, 10_000)):
    run = minimize(valley, valley.start, sgd, steps=steps, lr=lr)
    print(f"rate {lr}, {run.message}, loss {run.losses[-1]:.1g}")
run = minimize(valley, valley.start, backtracking, steps=1000)
asked, end = run.evaluations, run.losses[-1]
print(f"backtracking, {asked['grad']} gradients, {asked['f']} losses: {end:.4f}")

# %% [markdown]
# The fixed rate 0.0019 stands just below the edge at the minimum, $2/1002$. After 1,000 steps backtracking is four times lower, 0.0057 against 0.02, and it cannot diverge. But it asked for the loss nine times a step. Where a loss takes as long as a gradient, the fixed rate makes 10,000 steps in that time and reaches $2 \cdot 10^{-8}$.
#
# ## Digits: a rate far beyond the edge
#
# Softmax regression gives each of the ten digits a score, linear in the 64 pixels, and turns the scores into probabilities. The loss is the mean of minus the logarithm of the right digit's probability, and it is convex. scikit-learn ships 1,797 images; 1,437 are for training, and the mean over all of them is called the *full* loss. A penalty of $\frac{1}{2} 10^{-3}\lVert\theta\rVert^2$ adds curvature $10^{-3}$ in every direction, which makes the loss *strongly* convex.

# %%
from optlib import gradcheck
from optlib.problems import digits, digits_softmax

one_of_each = [int(np.argmax(digits().y == k)) for k in range(10)]
plot.images(
    digits().X[one_of_each], digits().y[one_of_each],
    caption="The first training image of each digit, 8 by 8 pixels, with its label.",
    alt="A row of ten small gray images of handwritten digits, each with its label "
    "below.",
)

# %% [markdown]
# A gradient written by hand needs a test: two losses on either side of $\theta$ must differ by the slope times their distance, for each coordinate.

# %%
reader = digits_softmax(l2=1e-3)
somewhere = np.random.default_rng(0).normal(size=reader.start.shape)
def forgetful(W):
    return reader.grad(W) - 1e-3 * W  # without the penalty


for grad in (reader.grad, forgetful):
    right = gradcheck(reader.f, grad, somewhere).error < 1e-6
    print(f"{grad.__name__}: right is {right}")

# %% [markdown]
# The gradient that forgot its penalty fails.
#
# To know the edge $2/L$ here, bound the curvature. Along a change $z$ of the ten scores the second derivative of one image's loss is the variance of $z$ under the ten probabilities. A variance is at most a quarter of the squared range, and that at most $\frac12 \lVert z \rVert^2$. A change $V$ of the weights changes the scores of image $x_i$ by $V^\top x_i$, and the mean of $\lVert V^\top x_i \rVert^2$ over the images is at most $\lVert V \rVert^2$ times the largest eigenvalue of $X^\top X / n$. So $L$ is at most half that eigenvalue, plus the penalty. ($X$ has a column of ones for the bias.)

# %%
X = np.c_[digits().X, np.ones(len(digits().X))]
L = np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 2 + 1e-3
print(f"L is at most {L:.2f}; the lemma holds up to 2/L = {2 / L:.2f}")
runs = {}
for lr in (1 / L, 2, 8):
    runs[f"rate {lr:.2g}"] = minimize(reader, reader.start, sgd, steps=300, lr=lr)
runs["backtracking"] = minimize(reader, reader.start, backtracking, steps=300, lr=8.0)
for name, run in runs.items():
    end, rises = run.losses[-1], (np.diff(run.losses) > 0).sum()
    read = 100 * reader.accuracy(run.theta)
    print(f"{name:12}: full loss {end:.3f}, {rises:3} rises, reads {read:.0f} %")

# %%
plot.curves(
    {name: run.losses[1:] for name, run in runs.items()},
    np.arange(1, 301), log="xy", marks=False, rule={"rate 0.17": "sgd"},
    ylim=(0.25, 12), title="Full loss on the digits",
    caption="At the guaranteed rate 0.17 the loss falls smoothly and slowly, at 2 "
    "smoothly and fast. At 8 it jumps, now below the rate 0.17 and now above. All "
    "runs start at zero; nothing here is random.",
    alt="Line plot, both axes logarithmic: step from 1 to 300 against the "
    "full loss for four runs. The rate 0.17 falls smoothly to 0.45, the rate 2 "
    "to 0.27 and backtracking to 0.27 as well, a little ahead; the rate 8 first "
    "climbs to 11, then jumps up and down between 0.3 and 2 to the end, now below "
    "the rate 0.17 and now above.",
)

# %% [markdown]
# A rate of 2, nearly six times the edge, never makes the loss rise and ends far lower than $1/L$. Measure the curvature that its steps meet.

# %%
path = runs["rate 2"].path[:60]
slopes = [reader.grad(theta) for theta in path]
felt = [
    np.vdot(reader.grad(theta + 1e-4 * g) - g, g) / (1e-4 * np.vdot(g, g))
    for theta, g in zip(path, slopes)
]
print(f"along the gradient: {felt[0]:.2f} at first, at most {max(felt):.1f}")

# %% [markdown]
# $L$ bounds the curvature anywhere, in any direction. A step meets the curvature along its own gradient. That is 0.07 at first and reaches about $2/\eta = 1$; on average along a step it stays below, since the loss never rises. With 8 the loss rises at 143 of 300 steps, and still ends lower than with the guaranteed rate, 0.374 against 0.447. Below $2/L$ the loss falls at every step; above, only a run can tell.
#
# ## What the documents say
#
# This book grew out of four texts, doc 0 to doc 3; the page *Sources* describes them. Two entries of the box need a cell.

# %%
step = 1e-4 * bowl.grad(bowl.start)
up, down = bowl.f(bowl.start + step), bowl.f(bowl.start - step)
print(f"a short step from 50.5: {up:.2f} along the gradient, {down:.2f} against it")
run = minimize(lambda x: x**3, 1.0, sgd, steps=10000, lr=0.1)
slope = 3 * run.theta**2
print(f"theta cubed, {run.t} steps from 1: {run.theta:.4f}, slope {slope:.0e}")

# %% [markdown]
# :::{errata} What the documents say, and what is right
# :ids: D1-01 D1-02 D1-03 D1-04 D1-05 D2-37 D3-02 D3-03
#
# **The Taylor models.** Doc 1 multiplies gradient and direction without a transpose and gives no order of the remainder. The product is $\nabla J^\top p$, and the remainders have orders two and three, as in the first figure.
#
# **The sign.** Doc 1 names the direction against the gradient but prints $p = \nabla J$, to be added. Added, it climbs, as the first line above shows.
#
# **A step of the loss.** It then adds a vector to the loss, a number. What moves is $\theta$, by {eq}`eq-sgd-theta`.
#
# **The name.** Doc 1 calls this SGD. With the full gradient it is gradient descent; the stochastic kind takes the gradient of a random batch, which has the right mean.
#
# **A sentence that stops.** Doc 1 breaks off where it wants to say that the direction is the best of first order. It is so in the 2-norm; in another norm another is, as the three panels show.
#
# **Smooth convergence.** Doc 2 says that batch gradient descent converges smoothly on convex losses. The bowl is convex, and 0.021 diverges; on the digits, 8 makes the loss rise.
#
# **To a minimum.** Doc 3 promises local minima. What the lemma gives is a vanishing gradient. On $\theta^3$, which has no minimum, the second line above creeps from 1 toward 0, where the slope vanishes. With a small enough rate gradient descent leaves saddles that have a direction down, from almost every start {cite}`lee2016gradient`; on a convex loss every point with slope zero is a global minimum.
#
# **In proportion.** Doc 3 says that the step is proportional to the negative gradient. For this rule it is, for Adam and the sign methods not: see chapter 7.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} The edge
# :name: descent-step-1
#
# $H = \operatorname{diag}(1, 100)$. Below which value must a constant $\eta$ stay so that gradient descent converges from every start? Give the exact number.
# :::

# %%
answer = ...
check("descent-step-1", answer)

# %% [markdown]
# :::{exercise} The best constant
# :name: descent-step-2
#
# For the same $H$: which constant $\eta$ makes the slowest direction as fast as possible, and by which factor does the error shrink per step in that direction? Give `[eta, factor]`, exact or with 4 significant digits.
# :::

# %%
answer = ...
check("descent-step-2", answer)

# %% [markdown]
# :::{exercise} What one step buys
# :name: descent-step-3
#
# One parameter, $J(\theta) = \frac12 h\,\theta^2$, and $g$ is the slope at $\theta$. Derive the exact change $J(\theta - \eta g) - J(\theta)$, written with `eta`, `h` and `g` alone. The answer is an expression in a string, such as `"eta + h*g"`. Compare it with {eq}`eq-ch01-lemma` afterwards.
# :::

# %%
answer = ...
check("descent-step-3", answer)


# %% [markdown]
# :::{exercise} The gradient of softmax regression
# :name: descent-step-4
#
# Scores are $XW$ with images $X$ of shape $(n, 64)$ and weights $W$ of shape $(64, 10)$; $Y$ of shape $(n, 10)$ has a one where the label is. The softmax turns a row of scores $z$ into the probabilities $p_j = e^{z_j} / \sum_k e^{z_k}$, and the loss is the mean over the rows of the cross-entropy, $-\sum_j Y_{ij} \ln p_{ij}$. Write its gradient with respect to $W$. It is checked on the digits to $10^{-6}$ of its size, for large scores as well.
# :::

# %%
def gradient(W, X, Y):
    return ...


check("descent-step-4", gradient)

# %% [markdown]
# :::{exercise} Steepest, but how measured
# :name: descent-step-5
#
# $g = (3, -4)$. Which $p$ with $\max_i |p_i| \le 1$ makes the linear model $g^\top p$ smallest? Give an array of two numbers.
# :::

# %%
answer = ...
check("descent-step-5", answer)

# %% [markdown]
# :::{exercise} Which one is left?
# :name: descent-step-6
#
# $J = \frac12(x^2 + 100\,y^2)$ from $(1, 1)$ with $\eta = 0.0199$. Which coordinate is larger in size after 100 steps? Answer `"x"`, `"y"` or `"equal"`; decide from the factors before you run it.
# :::

# %%
answer = ...
check("descent-step-6", answer)

# %% [markdown]
# ## Summary
#
# The loss near $\theta$ is a slope and a bend. The slope gives a direction once you have said how a step is measured, and the 2-norm gives minus the gradient. The bend decides how far: along a direction with curvature $h$ the error is multiplied by $1 - \eta h$, so the stiffest direction sets the edge $2/L$ and the flattest one the pace, a number of steps in proportion to $\kappa$. Where nobody knows the curvature, halve the rate until the loss falls by a share of what the slope predicts; each try asks for the loss once more.
#
# ## Sources
#
# Gradient descent is Cauchy's {cite}`cauchy1847methode`. The descent lemma and a bound like {eq}`eq-ch01-bound`, with other constants, stand in Nesterov's lectures {cite}`nesterov2004introductory`; Boyd and Vandenberghe {cite}`boyd2004convex` treat steepest descent in several norms, and Nocedal and Wright {cite}`nocedal2006numerical` the practice of line searches, whose first rule is Armijo's {cite}`armijo1966minimization`. Lee and coauthors show that gradient descent avoids strict saddles from almost every start {cite}`lee2016gradient`.
