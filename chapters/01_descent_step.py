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
# A bowl is a hundred times steeper in one direction than in the other: $J(\theta) = \frac12(\theta_1^2 + 100\,\theta_2^2)$. Start at $(1, 1)$, where the loss is 50.5, and walk a hundred steps against the gradient, with a learning rate of 0.019 and then with 0.021.

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
# A tenth more, and instead of a hundredth you get ten billion. After this chapter you can say beforehand where the edge lies, how fast the best rate can be, and what to do when nobody tells you how steep the bowl is. You need derivatives, eigenvalues and NumPy.
#
# ## Which way is down
#
# Stand at $\theta$ and look a short way $p$ in some direction. To first order, the loss there is
#
# ```{math}
# :label: eq-ch01-taylor
# J(\theta + p) \approx J(\theta) + \nabla J(\theta)^\top p ,
# ```
#
# the loss here plus the slope times the way. The gradient is a column of slopes, one for each parameter, and the transpose makes the sum of products that is the slope along $p$. What the line leaves out is bend: a term with $p$ twice, so ten times closer must be a hundred times less wrong. With the matrix $H$ of second derivatives you can put the bend in, $\frac12 p^\top H p$, and what is left has $p$ three times.

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
# Both lines are straight on logarithmic axes, with slopes 2 and 3. Close enough, the slope is all that counts.
#
# So which $p$ goes down most? The question has no answer until you say how long a step may be. Take $\lVert p \rVert_2 \le 1$ first, at a place where $g = \nabla J(\theta)$ is not zero. The Cauchy–Schwarz inequality bounds the slope along any $p$,
#
# ```{math}
# :label: eq-ch01-cauchy
# g^\top p \ge -\lVert g \rVert_2 \, \lVert p \rVert_2 ,
# ```
# % for g in R^3, p in R^3
# % check
#
# and so by $-\lVert g \rVert_2$ within the ball, with equality only for $p = -g/\lVert g \rVert_2$. Now measure length by the largest coordinate, $|p_i| \le 1$ for each $i$. The coordinates no longer compete: each goes to the end of its range, $p = -\operatorname{sign}(g)$, and
#
# ```{math}
# :label: eq-ch01-sign
# g^\top p = -\lVert g \rVert_1 .
# ```
# % let p = -\operatorname{sign}(g)
# % for g in R^3
# % check
#
# Or count a step along a stiff direction as longer, $p^\top P p \le 1$ with a positive definite matrix $P$. Write $P = R^\top R$, as Cholesky does, and $q = Rp$. Then $p^\top P p = \lVert q \rVert_2^2$, the slope is $g^\top p = (R^{-\top} g)^\top q$, and by the first case $q$ points along $-R^{-\top} g$. Back in $p$ that is the direction $-R^{-1} R^{-\top} g = -P^{-1} g$.

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
# The dashed arrow is the same in the three panels, the solid one is not. *In which distance is a step long?* is the question that orders this book. The 2-norm gives the direction of this chapter. The largest coordinate gives the sign methods, a $P$ made of second derivatives Newton's method, a diagonal $P$ learned on the way AdaGrad, RMSProp and Adam. They differ in price as well: one gradient a step for most, a matrix for Newton, and values of $J$ alone for the methods that do without gradients.
#
# ## The step
#
# A ball forbids long steps. It is smoother to charge for them: let a step cost its squared length over $2\eta$, and pay with the slope. Completing the square,
#
# ```{math}
# :label: eq-ch01-charge
# g^\top p + \frac{1}{2\eta} \lVert p \rVert^2 = \frac{1}{2\eta} \lVert p + \eta g \rVert^2 - \frac{\eta}{2} \lVert g \rVert^2 ,
# ```
# % for g in R^3, p in R^3, \eta in (0, 2)
# % check
#
# which is lowest at $p = -\eta g$. That is *gradient descent*, which Cauchy proposed in 1847 {cite}`cauchy1847methode`:
#
# ```{math}
# :label: eq-sgd-theta
# \theta_t = \theta_{t-1} - \eta\, g_t, \qquad g_t = \nabla J(\theta_{t-1}) .
# ```
#
# The learning rate $\eta$ says how much way a unit of slope buys. As code it is one line.
#
# :::{rule} sgd
# :::
#
# The name has an s for *stochastic*, because nothing changes when $g_t$ comes from a random batch of the data instead of all of it; chapter 2 is about what that costs. Here every gradient is the full one. All rules of this book have this form. They get $\theta$ and a gradient, later also what they remember, and return the new values. What decides $\eta$, where the gradient comes from and when to stop is left to whoever calls them; above, that was `minimize`. You can call a rule by hand: `sgd(1.0, 2.0, lr=0.1)` is 0.8.
#
# ## How far: one direction at a time
#
# Back to the bowl, in any number of dimensions: $J(\theta) = \frac12 \theta^\top H \theta$ with a symmetric positive definite $H$, whose gradient is $H\theta$. Split $\theta$ along the eigenvectors of $H$ and let $e_{i,t}$ be the part along the $i$-th, with curvature $h_i$. Multiplying by $H$ multiplies that part by $h_i$, so a step makes of it
#
# ```{math}
# :label: eq-ch01-mode
# e_{i,t} = (1 - \eta h_i)\, e_{i,t-1} = (1 - \eta h_i)^t\, e_{i,0} .
# ```
# % let e_{i,t} = e_{i,t-1} - \eta h_i e_{i,t-1}
# % for e_{i,0} in real, h_i in (0, 3), \eta in (0, 1), t in 1..8, i in 1..3
# % check
#
# Each direction lives alone and multiplies itself by the same factor at every step. If $\eta h_i$ is below 1 it shrinks and keeps its side. Between 1 and 2 it overshoots and changes sides, but still shrinks. At 2 it bounces between two points for ever, and above 2 it grows. Everything shrinks if and only if the largest curvature $L$ does, that is, for
#
# ```{math}
# :label: eq-ch01-edge
# 0 < \eta < \frac{2}{L} .
# ```
#
# The bowl has $L = 100$ and its edge at 0.02. At 0.021 the stiff direction has the factor $1 - 2.1 = -1.1$. A tenth more each time is $1.1^{100} \approx 13{,}781$ after a hundred steps, and the loss, fifty times its square, is the ten billion of the first cell.

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
    caption="The best rate stands right before the edge. Bowl with curvatures 1 and "
    "100, from (1, 1).",
    alt="Line plot, both axes logarithmic: learning rate against the loss after 100 "
    "steps. The loss falls slowly from 0.45 to 0.01 at a rate of 0.019, then rises "
    "almost vertically and leaves the picture just past the dotted line at 2/L = "
    "0.02.",
)

# %% [markdown]
# The curve is a long slope with a cliff at its end. On the left you waste steps; six percent past the best rate you end fifty times higher than you started. That is why one tries rates on a logarithmic grid, from below.
#
# Near the cliff the stiff direction is fine, yet the loss is no lower than 0.01. The gentle direction holds it up: its factor is $1 - 0.019 = 0.981$, and $0.981^{100}$ is still 0.15. A larger rate would help it and hurt the other. The best compromise makes both ends of the spectrum equally slow. With $\ell$ for the smallest curvature, set $1 - \eta\ell = \eta L - 1$ and get
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
# Only the ratio $\kappa = L/\ell$ is left, the *condition number*. This $\eta$ is best in the long run, for the worst direction. After a hundred steps the figure prefers 0.0190 to $2/101 = 0.0198$, because the loss still weighs the stiff direction a hundredfold. Since $\ln\frac{\kappa-1}{\kappa+1} \approx -\frac{2}{\kappa}$, getting from a distance of $\sqrt2$ to a millionth takes about $\frac{\kappa}{2} \ln(\sqrt2 \cdot 10^6) \approx 7.1\,\kappa$ steps. Is that so?

# %%
for kappa in (10, 100, 1000, 10000):
    ravine = quadratic((1, kappa))
    run = minimize(ravine, ravine.start, sgd, steps=8 * kappa, lr=2 / (1 + kappa))
    steps = np.argmax(np.linalg.norm(run.path, axis=1) < 1e-6)
    print(f"kappa {kappa:5}: {steps:5} steps to 1e-6, {steps / kappa:.2f} times kappa")

# %% [markdown]
# Seven steps for each unit of $\kappa$, over three decades. On a ravine with $\kappa = 10^4$ the best constant rate in the world needs seventy thousand steps to cross a bowl that you could draw on a napkin. Chapter 4 turns $\kappa$ into its square root.
#
# Feel the two factors before you read on. Move the rate until the stiff direction starts to bounce, and find the rate at which both dots are equally far from zero. Then raise $\kappa$ and watch the room between too slow and too fast close.

# %%
from optlib.widgets import Explorer

Explorer(question="descent")

# %% [markdown]
# ## Not a bowl: what smoothness still promises
#
# Few losses are quadratic. Suppose only that the gradient is continuous and changes by at most $L$ per unit of distance, $\lVert \nabla J(\theta + p) - \nabla J(\theta) \rVert \le L \lVert p \rVert$. Walk from $\theta$ to $\theta + p$ and add up the slopes on the way. At the share $s$ of the way the gradient differs from the one at the start by at most $L s \lVert p \rVert$, so by Cauchy–Schwarz the slope along $p$ differs by at most $L s \lVert p \rVert^2$, hence
#
# $$
# J(\theta + p) - J(\theta) - g^\top p = \int_0^1 \big(\nabla J(\theta + s p) - g\big)^\top p \; ds \le \int_0^1 L s\, \lVert p \rVert^2\, ds = \frac{L}{2} \lVert p \rVert^2 .
# $$
#
# The loss lies under a bowl of curvature $L$. For the step $p = -\eta g_t$ this says
#
# ```{math}
# :label: eq-ch01-lemma
# J(\theta_t) \le J(\theta_{t-1}) - \eta \left(1 - \frac{\eta L}{2}\right) \lVert g_t \rVert^2 .
# ```
#
# A step pays as long as $\eta < 2/L$, the edge from before, now as a promise for every loss with such a gradient. The bracket and the factor $\eta$ pull against each other; their product is largest at $\eta = 1/L$, where a step gains at least $\lVert g_t \rVert^2 / 2L$.
#
# If $J$ is also convex and has a minimizer $\theta^*$, small slopes mean small losses. A convex function lies above its tangents, so the minimum cannot be lower than the tangent at $\theta_{t-1}$ says: $J^* \ge J(\theta_{t-1}) + g_t^\top (\theta^* - \theta_{t-1})$. Take $\eta \le 1/L$, so that the bracket is at least one half, and put the two together, with $e = \theta_{t-1} - \theta^*$ for the error:
#
# ```{math}
# :label: eq-ch01-square
# g^\top e - \frac{\eta}{2} \lVert g \rVert^2 = \frac{1}{2\eta} \left( \lVert e \rVert^2 - \lVert e - \eta g \rVert^2 \right) .
# ```
# % for g in R^3, e in R^3, \eta in (0, 2)
# % check
#
# The left side bounds $J(\theta_t) - J^*$. The right side is the squared distance to the minimum before the step minus the one after it, over $2\eta$. Add this up over all steps. The distances cancel in pairs, up to the first and the last, and the last can go, since it enters with a minus. The losses never rise, so $t$ times the last gap is at most the sum of all gaps. What remains, for $\eta \le 1/L$, is
#
# ```{math}
# :label: eq-ch01-bound
# J(\theta_t) - J^* \le \frac{\lVert \theta_0 - \theta^* \rVert^2}{2 \eta\, t} .
# ```
#
# No $\kappa$ in it, and no bowl. The price is the $1/t$: ten times closer costs ten times the steps. A quadratic with fifty curvatures between $10^{-4}$ and 1 shows both regimes.

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
    caption="The bound falls as 1/t; the measured gap follows it at a distance, until "
    "the smallest curvature makes it exponential. Learning rate 1/L.",
    alt="Line plot, both axes logarithmic: step from 1 to 20,000 against the gap in "
    "loss. The bound is a straight line of slope -1 from 25 down to 0.001. The gap "
    "runs below it almost in parallel to step 1,000 and then bends steeply down.",
)

# %% [markdown]
# The gap keeps to the slope of the bound for three decades. Only when the last, flattest direction is left does the geometric rate of {eq}`eq-ch01-mode` take over.
#
# ## When nobody knows $L$
#
# Then try. Take a rate that is surely too large, and halve it until the step delivers at least a share $c$ of what the slope promises {cite}`armijo1966minimization`, usually a tiny one such as $10^{-4}$:
#
# ```{math}
# :label: eq-ch01-armijo
# J(\theta - \eta g) \le J(\theta) - c\, \eta\, \lVert g \rVert^2 .
# ```
#
# The search ends: by {eq}`eq-ch01-lemma` every $\eta$ up to $2(1-c)/L$ passes, and the $L$ that counts is the one between here and the end of the step. So the search adapts. A fixed rate must suit the steepest place on the way, for instance in Rosenbrock's valley.

# %%
from optlib.methods import backtracking

curvatures = np.linalg.eigvalsh(valley.hess(valley.minimum))
print(f"largest curvature at the minimum: {curvatures[-1]:.0f}")
for lr, steps in ((0.0019, 1000), (0.003, 1000), (0.0019, 10_000)):
    run = minimize(valley, valley.start, sgd, steps=steps, lr=lr)
    print(f"rate {lr}, {run.message}, loss {run.losses[-1]:.1g}")
run = minimize(valley, valley.start, backtracking, steps=1000)
asked = run.evaluations
print(f"backtracking, {asked['grad']} gradients, {asked['f']} losses: {run.losses[-1]:.4f}")

# %% [markdown]
# The fixed rate 0.0019 stands just below the edge at the minimum, $2/1002$. After 1,000 steps backtracking is four times lower, and it cannot diverge. It also asked for the loss nine times a step. Where a loss costs as much as a gradient, the fixed rate could have made 10,000 steps, and those are far ahead.
#
# ## On real data
#
# Softmax regression reads a digit from its 64 pixels. scikit-learn ships 1,797 images; 1,437 are for training. A penalty of $\frac{1}{2} 10^{-3}\lVert\theta\rVert^2$ makes the loss strongly convex.

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
# Whoever writes a gradient by hand gets it wrong sometimes. The test is cheap: two losses on either side of $\theta$ must differ by the slope times their distance, for each coordinate.

# %%
reader = digits_softmax(l2=1e-3)
somewhere = np.random.default_rng(0).normal(size=reader.start.shape)
def forgetful(W):
    return reader.grad(W) - 1e-3 * W  # without the penalty


for grad in (reader.grad, forgetful):
    print(f"{grad.__name__}: right is {gradcheck(reader.f, grad, somewhere).error < 1e-6}")

# %% [markdown]
# And $L$? For one image the second derivative along a change $z$ of the ten scores is the variance of $z$ under the ten probabilities. A variance is at most a quarter of the squared range, and that at most $\frac12 \lVert z \rVert^2$. A change $V$ of the weights changes the scores of image $x_i$ by $V^\top x_i$, and the mean of $\lVert V^\top x_i \rVert^2$ over the images is at most $\lVert V \rVert^2$ times the largest eigenvalue of $X^\top X / n$. So $L$ is at most half that eigenvalue, plus the penalty. ($X$ has a column of ones for the bias.)

# %%
X = np.c_[digits().X, np.ones(len(digits().X))]
L = np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 2 + 1e-3
print(f"L is at most {L:.2f}; the promise holds up to 2/L = {2 / L:.2f}")
runs = {}
for lr in (1 / L, 2, 8):
    runs[f"rate {lr:.2g}"] = minimize(reader, reader.start, sgd, steps=300, lr=lr)
runs["backtracking"] = minimize(reader, reader.start, backtracking, steps=300, lr=8.0)
for name, run in runs.items():
    rises = (np.diff(run.losses) > 0).sum()
    read = 100 * reader.accuracy(run.theta)
    print(f"{name:12}: full loss {run.losses[-1]:.3f}, {rises:3} rises, reads {read:.0f} %")

# %%
plot.curves(
    {name: run.losses[1:] for name, run in runs.items()},
    np.arange(1, 301), log="xy", marks=False, rule={"rate 0.17": "sgd"}, ylim=(0.25, 12),
    title="Full training loss on the digits",
    caption="The guaranteed rate is smooth and slow, eleven times as much is better, "
    "forty-six times as much is chaos. All start at zero: there is no chance in it "
    "and no seed.",
    alt="Line plot, both axes logarithmic: step from 1 to 300 against the full "
    "training loss for four runs. The rate 0.17 falls smoothly to 0.45, the rate 2 "
    "to 0.27 and backtracking to 0.27 as well, a little ahead; the rate 8 first "
    "climbs to 11, then jumps up and down between 0.3 and 2 to the end, now below "
    "the rate 0.17 and now above.",
)

# %% [markdown]
# The rate $1/L$ keeps its promise and is slow. A rate of 2 is nearly six times the guaranteed edge, never rises, and ends far lower. How?

# %%
path = runs["rate 2"].path[:60]
slopes = [reader.grad(theta) for theta in path]
felt = [
    np.vdot(reader.grad(theta + 1e-4 * g) - g, g) / (1e-4 * np.vdot(g, g))
    for theta, g in zip(path, slopes)
]
print(f"curvature along the gradient: {felt[0]:.2f} at first, at most {max(felt):.1f}")

# %% [markdown]
# $L$ bounds the curvature anywhere, in any direction. What a step feels is the curvature along its own gradient, and that never exceeds $2/\eta = 1$ here. With 8 the loss rises every other step. "Gradient descent on a convex loss converges smoothly" is true below $2/L$; above it, it may be true or not, and the run has to tell.
#
# The four documents behind this book are not always right. Where a figure above does not decide an entry of the box below, one of these lines does, or a word.

# %%
step = 1e-4 * bowl.grad(bowl.start)
up, down = bowl.f(bowl.start + step), bowl.f(bowl.start - step)
print(f"a short step from 50.5: {up:.2f} along the gradient, {down:.2f} against it")
run = minimize(lambda x: x**3, 1.0, sgd, steps=10000, lr=0.1)
print(f"theta cubed, {run.t} steps from 1: {run.theta:.4f}, slope {3 * run.theta**2:.0e}")

# %% [markdown]
# :::{errata} What the documents say, and what is right
# :ids: D1-01 D1-02 D1-03 D1-04 D1-05 D2-37 D3-02 D3-03
#
# **The Taylor models.** Doc 1 multiplies gradient and direction without a transpose and gives no order of the remainder. The product is $\nabla J^\top p$, a number, and the remainders have orders two and three: the slopes of the first figure.
#
# **The sign.** Doc 1 names the direction against the gradient but prints $p = \nabla J$, to be added. Added, it climbs, as the first line above shows.
#
# **A step of the loss.** Its update then adds a vector to the loss, a number. What moves is $\theta$, by {eq}`eq-sgd-theta`, and the loss follows.
#
# **The name.** Doc 1 calls this SGD. With the full gradient it is gradient descent; the stochastic kind replaces $g_t$ by the gradient of a random batch, which has the right mean. Chapter 2 measures it.
#
# **A sentence that stops.** Doc 1 breaks off where it wants to say that the direction is the best of first order. It is the best in the 2-norm. In another norm another is, as the three balls show.
#
# **Smooth convergence.** Doc 2 says that batch gradient descent converges smoothly on convex losses. The bowl is convex, and 0.021 diverges. On the digits, the run with rate 8 rises again and again.
#
# **To a minimum?** Doc 3 promises local minima. What the lemma gives is a vanishing gradient. The second line above shows a run on $\theta^3$, which has no minimum at all; from 1 it creeps towards the flat place at 0. With a small enough rate, saddles with a direction down are escaped from almost every start {cite}`lee2016gradient`; on a convex loss every flat point is a global minimum.
#
# **In proportion.** Doc 3 says that the step is proportional to the negative gradient. For this rule it is. For Adam and the sign methods it is not, and chapter 7 shows what that changes.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} The edge
# :name: descent-step-1
#
# $H = \operatorname{diag}(1, 100)$. Below which bound must a constant $\eta$ stay so that gradient descent converges from every start? Give the exact number.
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
# Scores are $XW$ with images $X$ of shape $(n, 64)$ and weights $W$ of shape $(64, 10)$; $Y$ of shape $(n, 10)$ has a one where the label is. The loss is the mean over the rows of the cross-entropy between $Y$ and the softmax of the scores. Write its gradient with respect to $W$. It is checked on the digits to $10^{-6}$ of its size, for large scores as well.
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
# The loss near $\theta$ is a slope and a bend. The slope gives a direction once you have said how a step is measured, and the 2-norm gives minus the gradient. The bend decides how far: along a direction with curvature $h$ the error is multiplied by $1 - \eta h$, so the stiffest direction sets the edge $2/L$ and the flattest one the pace, a number of steps in proportion to $\kappa$. Where nobody knows the curvature, halve the rate until the loss falls by a share of what the slope promises, and pay for the losses you ask.
#
# ## Sources
#
# Gradient descent is Cauchy's {cite}`cauchy1847methode`. The descent lemma and a bound like {eq}`eq-ch01-bound`, with other constants, stand in Nesterov's lectures {cite}`nesterov2004introductory`; Boyd and Vandenberghe {cite}`boyd2004convex` treat steepest descent in several norms, and Nocedal and Wright {cite}`nocedal2006numerical` the practice of line searches, whose first rule is Armijo's {cite}`armijo1966minimization`. That gradient descent avoids strict saddles from almost every start is due to Lee and coauthors {cite}`lee2016gradient`. Backpropagation, by which the gradients of networks are computed, became known through Rumelhart, Hinton and Williams {cite}`rumelhart1986learning`.
