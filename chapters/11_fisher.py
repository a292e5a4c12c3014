# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
#   notation:
#     A: A
#     F: fisher
#     I: I
#     \delta: delta
#     \gamma: damping
#     \sigma: sigma
#     \tau: tau
#     \varphi: phi
#     c: c
#     d: d
#     q: q
#     y: y
# ---

# %% [markdown]
# (ch-fisher)=
# # 11 Fisher information and the natural gradient
#
# A coin shows heads half of the time. Bend it, so that it is 51 times in 100. The share of heads in $n$ tosses has a standard error of $0.5/\sqrt n$, and until twice that is down to the 0.01 that you have put on, you can hardly tell: 10,000 tosses. Another coin shows heads once in 100. Put the same 0.01 on it and heads come twice as often. Here 396 tosses will do.

# %%
import numpy as np

from optlib import families, fisher, minimize, plot
from optlib.methods import natural_gradient
from optlib.problems import cancer_logistic
from optlib.rules import adam, sgd

for chance in (0.5, 0.01):
    F = families.bernoulli.fisher(np.array([chance]))[0, 0]
    print(f"heads {chance}: F = {F:.0f}, tosses {4 / (F * 0.01**2):.0f}")

# %% [markdown]
# The cell counts with a number $F$, one over the variance of a toss, so that the share has a standard error of $1/\sqrt{n F}$. Gradient descent measures both steps as 0.01. What would it be to measure a step by what it does to the distribution?
#
# After this chapter you can derive the Fisher matrix in three ways, take the step that it makes steepest, say why that step does not care how you write your parameters, and tell what Adam's second moment has to do with it. You need Adam (chapter 7), the step as a minimizer (chapter 1), and Newton's step $-H^{-1} \nabla J$ (chapter 10).
#
# ## The slope of a log-likelihood
#
# Let $p(x; \theta)$ be the probability of $x$ (or its density; then read integrals for sums). Its *score* is the gradient $s(x) = \nabla_\theta \log p(x; \theta)$: which way should $\theta$ move to make this $x$ more likely? For a coin with $p(1) = \theta$ the score of heads is $1/\theta$, that of tails $-1/(1 - \theta)$. Rare outcomes pull hard. On average the pulls cancel, and their mean square is the number that the cell printed:
#
# ```{math}
# :label: eq-ch11-coin
# \begin{aligned}
# \theta \cdot \frac{1}{\theta} - (1 - \theta) \cdot \frac{1}{1 - \theta} &= 0 , \\
# \theta \cdot \frac{1}{\theta^2} + (1 - \theta) \cdot \frac{1}{(1 - \theta)^2} &= \frac{1}{\theta (1 - \theta)} .
# \end{aligned}
# ```
# % for \theta in (0, 1)
# % check
#
# Neither is special to coins. Let what is possible be the same for every $\theta$, as here. Probabilities add up to one for every $\theta$, so $\sum_x \nabla p = 0$. By the chain rule $\nabla \log p = \nabla p / p$, that is, $\nabla p = p\, s$. Put it in:
#
# ```{math}
# :label: eq-ch11-score
# \sum_x p(x; \theta)\, s(x) = E[s] = 0 .
# ```
#
# Differentiate once more. Each term is a product, and $\nabla p$ is again $p\, s$:
#
# ```{math}
# :label: eq-ch11-twice
# \sum_x p\, s\, s^\top + \sum_x p\, \nabla^2 \log p = 0 .
# ```
#
# The first sum is the *Fisher matrix* $F$, the mean of the squared score. So
#
# ```{math}
# :label: eq-ch11-fisher
# F = E\left[ s\, s^\top \right] = -E\left[ \nabla^2 \log p(x; \theta) \right] ,
# ```
#
# where both means are over $x$ drawn from the model at the same $\theta$. (For a density, differentiation must pass under the integral. For the bell it may.) Let SymPy do it for a coin, a bell (the normal distribution) with mean $m$ and width $\sigma$, its standard deviation, and a die with three faces of chances $a$, $b$, $1 - a - b$:

# %%
import sympy as sp

x, y, t, a, b, m, u = sp.symbols("x y t a b m u", real=True)
sigma = sp.symbols("sigma", positive=True)

def over(*outcomes):  # the mean over a few outcomes
    return lambda e: sum(chance * e.subs(seen) for chance, seen in outcomes)

def over_bell(e):
    bell = sp.exp(-u**2 / 2) / sp.sqrt(2 * sp.pi)
    e = sp.expand(e.subs(x, m + sigma * u))
    return sp.integrate(e * bell, (u, -sp.oo, sp.oo))


# %%
heads, tails = (t, {x: 1}), (1 - t, {x: 0})
faces = (a, {x: 1, y: 0}), (b, {x: 0, y: 1}), (1 - a - b, {x: 0, y: 0})
die = x * sp.log(a) + y * sp.log(b) + (1 - x - y) * sp.log(1 - a - b)
laws = {  # log p up to a constant, its parameters, and the mean
    "coin": (x * sp.log(t) + (1 - x) * sp.log(1 - t), [t], over(heads, tails)),
    "bell": (-(((x - m) / sigma) ** 2) / 2 - sp.log(sigma), [m, sigma], over_bell),
    "die ": (die, [a, b], over(*faces)),
}

# %%
squares = {}
for name, (log_p, theta, mean) in laws.items():
    score = sp.Matrix([sp.diff(log_p, v) for v in theta])
    squares[name] = square = (score * score.T).applyfunc(mean).applyfunc(sp.factor)
    bend = -sp.hessian(log_p, theta).applyfunc(mean)
    zero = sp.simplify(score.applyfunc(mean)).is_zero_matrix
    same = sp.simplify(square - bend).is_zero_matrix
    inverse = square.inv().applyfunc(sp.factor).tolist()
    print(f"{name}: mean score 0 {zero}, equal {same}, inverse of F {inverse}")

# %% [markdown]
# All three have mean score zero, and both forms agree. (For coin and die the inverse is the covariance of what one toss counts.) The word *mean* cannot be left out. For one draw $x = m$ of the bell, minus the Hessian is $\operatorname{diag}(1, -1)/\sigma^2$: negative in the width, where $F$ is $2/\sigma^2$.
#
# A model that reads inputs has a distribution $p(y \mid x; \theta)$ for each of them. Its $F$ is the mean over the inputs of the data and over labels $y$ *from the model*. Logistic regression gives a tumor with measurements $x$ (the last a 1, for the bias) the chance $q = 1/(1 + \mathrm{e}^{-x^\top \theta})$ to be benign. By its logit $z = x^\top \theta$ the score is $y - q$, with mean square $q (1 - q)$. By $\theta$ it is $(y - q)\, x$, so $F$ is the mean of $q (1 - q)\, x x^\top$. Draw labels and compare; then do the same with the labels that the data happen to have. With 455 tumors and five measurements, each matrix is compared by the Frobenius norm (the root of the sum of all squared entries) of the difference over that of $F$:

# %%
tumors = cancer_logistic(5)
fit = minimize(tumors, tumors.start, natural_gradient, steps=12).theta  # see below
away = np.random.default_rng(0).normal(size=6)
for name, theta in (("away", away), ("zero", 0 * fit), ("fit", fit)):
    Z, P = tumors.logit_jacobian(theta), tumors.probabilities(theta)
    F, rngs = fisher.exact(Z, P), [np.random.default_rng(seed) for seed in range(5)]
    same = np.allclose(F, tumors.hess(theta), rtol=1e-12)
    drawn = [fisher.distance(fisher.monte_carlo(Z, P, rng, 200), F) for rng in rngs]
    data = fisher.distance(fisher.empirical(Z, P, tumors.labels(theta)), F)
    print(f"{name}: equal to the Hessian {same}; drawn labels off by "
          f"{np.median(drawn):.3f}, the data's by {data:.2f}")

# %% [markdown]
# The $F$ of the formula is the Hessian of this loss; the reason comes two sections on. With 200 labels drawn for each tumor it is met to within two percent, at the median of five seeds. The labels of the data give another matrix, the *empirical* Fisher matrix: off by 2.47 times the size of $F$ at random parameters, and still by 0.21 at the fit. At $\theta = 0$ it is exact, for there every squared residual $(y - q)^2$ is a quarter, whoever gives the label.
#
# ## Half the square of a distance
#
# How different are two distributions? The *Kullback-Leibler divergence*
#
# ```{math}
# :label: eq-ch11-kl
# \mathrm{KL}(p_\theta \Vert p_{\theta'}) = E_\theta\left[ \log p(x; \theta) - \log p(x; \theta') \right]
# ```
#
# is what each draw from the first tells, on average, in favor of it over the second. Look at it as a function $D(\theta')$ near $\theta$. At $\theta' = \theta$ it is zero. Its gradient is $-E_\theta[\nabla \log p(x; \theta')]$, at $\theta$ minus the mean score, so zero by {eq}`eq-ch11-score`. Its Hessian is $-E_\theta[\nabla^2 \log p(x; \theta')]$, at $\theta$ the matrix $F$ by {eq}`eq-ch11-fisher`. Taylor then says
#
# ```{math}
# :label: eq-ch11-half
# \mathrm{KL}(p_\theta \Vert p_{\theta + \delta}) = \frac12\, \delta^\top F \delta + O(\lVert \delta \rVert^3) .
# ```
#
# Let SymPy take the mean of {eq}`eq-ch11-kl`, then differentiate twice:

# %%
for name, (log_p, theta, mean) in laws.items():
    other = {v: sp.Symbol(f"{v}_other", positive=True) for v in theta}
    bend = sp.hessian(mean(log_p - log_p.subs(other)), list(other.values()))
    bend = bend.subs({w: v for v, w in other.items()})
    print(f"{name}: equal to F {sp.simplify(bend - squares[name]).is_zero_matrix}")

# %% [markdown]
# All three are. By this square, 10,000 tosses of the first coin bring evidence of $10{,}000 \cdot \frac12 \cdot 4 \cdot 0.01^2 = 2$ between straight and bent, and so do 396 of the second, where the third order counts, too. The divergence is not symmetric, but both directions have this square, for the $F$ of the other end differs by no more than the order of $\delta$. Two bells with one mean and widths $\sigma$ and $\tau = \sigma\, \mathrm{e}^{\delta}$ show what the third order does. Under the first, $(x - m)^2$ has the mean $\sigma^2$, so the divergence from the first to the second is
#
# ```{math}
# :label: eq-ch11-widths
# \ln \frac{\tau}{\sigma} + \frac{\sigma^2}{2 \tau^2} - \frac12 = \delta + \frac{\exp(-2 \delta) - 1}{2} .
# ```
# % for \sigma in positive, \delta in real
# % let \tau = \sigma \exp(\delta)
# % check
#
# That is $\delta^2 - \frac23 \delta^3$ and smaller terms: by the log width, $F$ is 2. The other direction has $-\delta$ for $\delta$, and bends the other way:

# %%
d = np.linspace(-0.6, 0.6, 61)
plot.curves(
    {"KL(p, q)": d + (np.exp(-2 * d) - 1) / 2,
     "KL(q, p)": (np.exp(2 * d) - 1) / 2 - d, "square": d**2},
    d, marks=False, xlabel="log width of q less that of p", title="Divergence",
    caption="Near zero both directions of the divergence are one parabola. Two bells "
    "with the same mean.",
    alt="Line plot over log widths from -0.6 to 0.6. Three curves touch at 0. "
    "At -0.6 KL(p, q) is 0.56, the square 0.36, KL(q, p) 0.25; at 0.6 the two "
    "divergences have changed places.",
)

# %% [markdown]
# On the tumors, take second differences of the divergence near $\theta$:

# %%
P, h = tumors.probabilities(away), 1e-3
def kl(move):
    return fisher.kl(P, tumors.probabilities(away + move))


moves = h * np.eye(6)
bend = np.array([[kl(u + v) - kl(u - v) - kl(v - u) + kl(-u - v) for u in moves]
                 for v in moves]) / (4 * h * h)
print(f"off by {fisher.distance(bend, tumors.fisher(away)):.0e}")

# %% [markdown]
# They agree to a few parts in ten million. So the steps with one value of $\delta^\top F \delta$, an ellipse, lead to models that are about equally far. Draw it for logistic regression on one measurement, and with it what the empirical matrix takes for it:

# %%
single = cancer_logistic(1)
best = minimize(single, single.start, natural_gradient, steps=12).theta
places = {"wrong sign": np.array([2.0, 0.0]), "halfway": best / 2, "fit": best}
panels = {}
for name, theta in places.items():
    Z, P = single.logit_jacobian(theta), single.probabilities(theta)
    Y = single.labels(theta)
    panels[name] = {"F": fisher.exact(Z, P), "empirical": fisher.empirical(Z, P, Y)}
    reach = [np.linalg.eigvalsh(M)[0] ** -0.5 for M in panels[name].values()]
    print(f"{name:10}: q (1 - q) {P.prod(axis=1).mean():.2f}, (y - q)^2 "
          f"{((Y - P)[:, 1] ** 2).mean():.2f}; "
          f"longest half-axis {reach[0]:.1f}, empirical {reach[1]:.1f}")

# %%
plot.ellipses(
    panels, rule={"F": "natural_gradient"}, xlabel="weight", ylabel="bias",
    caption="Where the model is wrong the empirical matrix finds steps too long, "
    "where it is right but not yet sure, too short. Steps with the square 1.",
    alt="Three panels over weight and bias with two ellipses around zero. At the "
    "wrong sign the empirical one reaches 1.3, inside that of F, which reaches 4.3. "
    "Halfway it reaches 6.9, around that of F, 3.8. At the fit the two all but meet.",
)

# %% [markdown]
# At the wrong sign the squared residuals average 0.58 where the model expects 0.15, and the empirical ellipse reaches 1.3 where that of $F$ reaches 4.3. Halfway the model is less sure than it could be: 0.10 for an expected 0.15, and 6.9 instead of 3.8. At the fit both averages are 0.09, and the half-axes 8.1 and 7.8.
#
# ## The steepest way down
#
# Now measure the step by what it does. Which $\delta$ lowers $J$ most, to first order, among those with $\frac12 \delta^\top F \delta \le c$? Write $g = \nabla J$, not zero. The linear model $g^\top \delta$ is lowest on the edge, where its gradient is a multiple of that of the constraint: $g + \nu F \delta = 0$ with some $\nu > 0$. So $\delta$ points along $-F^{-1} g$, if $F$ has an inverse, and the edge says how far:
#
# ```{math}
# :label: eq-ch11-constrained
# \delta = -\sqrt{\frac{2 c}{g^\top F^{-1} g}}\; F^{-1} g , \qquad \frac12\, \delta^\top F \delta = c .
# ```
# % for g in R^3, F in SPD^3, c in positive
# % where g^\top F^{-1} g > 0
# % let \delta = -\sqrt{\frac{2 c}{g^\top F^{-1} g}} F^{-1} g
# % check
#
# No step $d$ with $\frac12 d^\top F d \le c$ does better, because
#
# ```{math}
# :label: eq-ch11-schwarz
# (g^\top d)^2 \le \left( g^\top F^{-1} g \right) \left( d^\top F d \right) .
# ```
# % for g in R^3, F in SPD^3, d in R^3
# % check
#
# This is the Cauchy-Schwarz inequality, and {eq}`eq-ch11-constrained` attains it. The direction $F^{-1} \nabla J$ is the *natural gradient* {cite}`amari1998natural`. With a learning rate for a length, and $F$ taken where you stand, *natural gradient descent* is
#
# ```{math}
# :label: eq-natural-gradient-theta
# \theta_t = \theta_{t-1} - \eta\, F(\theta_{t-1})^{-1}\, \nabla J(\theta_{t-1}) .
# ```
# % with \gamma = 0
#
# In the form of chapter 1, it minimizes $g^\top d + \frac{1}{2\eta} d^\top F d$ over steps $d = \theta - \theta_{t-1}$: the squared length has been replaced by twice the divergence, to second order. Complete the square to see it:
#
# ```{math}
# :label: eq-ch11-model
# \begin{aligned}
# & g^\top d + \frac{1}{2 \eta}\, d^\top F d \\
# & = \frac{1}{2 \eta} \left( d + \eta F^{-1} g \right)^\top F \left( d + \eta F^{-1} g \right) \\
# & \quad - \frac{\eta}{2}\, g^\top F^{-1} g .
# \end{aligned}
# ```
# % for g in R^3, F in SPD^3, d in R^3
# % check
#
# :::{rule} natural_gradient
# :::
#
# A coin whose heads have come up in a share $y$ of all tosses has $J = -y \log \theta - (1 - y) \log (1 - \theta)$. Its natural gradient,
#
# ```{math}
# :label: eq-ch11-share
# \theta (1 - \theta) \left( -\frac{y}{\theta} + \frac{1 - y}{1 - \theta} \right) = \theta - y ,
# ```
# % for \theta in (0, 1), y in (0, 1)
# % check
#
# leads straight to $y$, and with $\eta = 1$ in one step. In general the natural step is Newton's with $F$ for $H$. How far apart are those two? Let a model put out *logits* $z$, one a class, with probabilities $q = \operatorname{softmax}(z)$ and the loss $-\log q_y$. Its gradient by $z$ is $q$ less the one-hot label, and its Hessian by $z$ is $\operatorname{diag}(q) - q q^\top$, in which no label occurs. The mean squared score is the same matrix. For its entries $1, 1$ and $1, 2$ add up the cases $y = 1$, $y = 2$, and all other:
#
# ```{math}
# :label: eq-ch11-softmax
# \begin{aligned}
# & q_1 (1 - q_1)^2 + (1 - q_1)\, q_1^2 = q_1 - q_1^2 , \\
# & (1 - q_1 - q_2)\, q_1 q_2 - q_1 (1 - q_1)\, q_2 \\
# & \quad - q_2\, q_1 (1 - q_2) = - q_1 q_2 .
# \end{aligned}
# ```
# % for q_1 in (0, 1), q_2 in (0, 1)
# % check
#
# Let $J_i$ be the loss of example $i$, $J$ their mean, and $Z_i$ the derivative of its logits by $\theta$, a row for each class. Differentiate twice by the chain rule:
#
# ```{math}
# :label: eq-ch11-ggn
# \begin{aligned}
# \nabla^2 J &= \frac1n \sum_{i} Z_i^\top \left( \operatorname{diag}(q_i) - q_i q_i^\top \right) Z_i \\
# & \quad + \frac1n \sum_{i, k} \frac{\partial J_i}{\partial z_{ik}} \nabla^2 z_{ik} .
# \end{aligned}
# ```
#
# The first sum is the *generalized Gauss-Newton matrix*. Since a score by $\theta$ is $Z_i^\top$ times that by $z$, it is also $F$. The second sum vanishes where logits are linear in $\theta$: for logistic and softmax regression $F$ *is* the Hessian, natural gradient descent with $\eta = 1$ is Newton's method, and statisticians call it iteratively reweighted least squares. (With a logit for every class $F$ has no inverse: add one number to all of them, and no probability changes. Hold one logit at zero.) In a network the second sum is there. It is an average of residuals times curvatures, small where the residuals are, and with labels from the model its mean is zero. What is left out can be indefinite; $F$ never is. The same holds for a squared error with a Gaussian output, with $I/\sigma^2$ in the middle {cite}`martens2020new`.
#
# ## The same path in other parameters
#
# Let $\theta$ be a smooth function of new parameters $\varphi$, with an invertible Jacobian matrix $A$. By the chain rule scores and gradients become $A^\top s$ and $A^\top g$, so the Fisher matrix becomes $A^\top F A$. A small step $\delta$ in $\varphi$ moves $\theta$ by $A \delta$:
#
# ```{math}
# :label: eq-ch11-invariant
# A \left( A^\top F A \right)^{-1} A^\top g = F^{-1} g .
# ```
# % for g in R^3, F in SPD^3, A in R^3x3
# % where g^\top (A^\top F A)^{-1} g > 0
# % check
#
# The natural gradient moves the distribution the same way, whatever you call its parameters. The gradient would move it along $A A^\top g$. If $\theta$ is linear in $\varphi$ this holds for steps of any length, else for small ones: a finite step is straight in one set of parameters and bent in the other. Fit a bell to the bell with mean 1 and width 0.5, from $(-0.5, 1)$, once with parameters mean and width, once with mean and log width, and look where the two are at equal $\eta t$, up to 2:

# %%
goal = np.array([1.0, 0.5])
def pull(theta):  # the gradient of KL(goal, theta) by mean and width
    far, width = theta[0] - goal[0], theta[1]
    return np.array([far / width**2, (width**2 - goal[1] ** 2 - far**2) / width**3])


def plain(theta):  # mean and log width, as mean and width
    return np.stack([theta[..., 0], np.exp(theta[..., 1])], axis=-1)


# %%
from optlib import Problem

width = Problem(grad=pull, fisher=families.gaussian.fisher)
log_width = Problem(grad=lambda v: pull(plain(v)) * [1, np.exp(v[1])],
                    fisher=families.gaussian_log.fisher)
def both(step, lr, time=2):
    one, two = (minimize(bell, np.array(start), step, steps=round(time / lr), lr=lr)
                for bell, start in ((width, [-0.5, 1.0]), (log_width, [-0.5, 0.0])))
    return one.path, plain(two.path)


for lr in (0.1, 0.01, 0.001):
    apart = [np.abs(np.subtract(*both(s, lr))).max() for s in (sgd, natural_gradient)]
    print(f"rate {lr}: gradient paths {apart[0]:.2f} apart, natural {apart[1]:.1e}")

# %% [markdown]
# However small the steps, two gradient runs come to be 0.09 apart at the same $\eta t$. The natural ones come together in proportion to the rate. Follow them to $\eta t = 12$:

# %%
runs = dict(zip(("gradient, width", "gradient, log width"), both(sgd, 0.02, 12)))
runs["natural, both"] = both(natural_gradient, 0.02, 12)[0]
def divergence(mean, width):
    return np.log(width / 0.5) + (0.25 + (1 - mean) ** 2) / (2 * width**2) - 0.5


plot.paths(
    divergence, runs, (-0.8, 1.4, 0.3, 1.3), minimum=tuple(goal), dots=False,
    rule={name: "natural_gradient" if "nat" in name else "sgd" for name in runs},
    caption="The gradient takes another path in each parametrization; the natural "
    "ones are too close to draw both. A bell fitted to a bell; rate 0.02, 600 steps.",
    alt="Level curves over mean and width with three paths from (-0.5, 1) to "
    "(1, 0.5). All rise at first: the gradient ones to widths of 1.19 and 1.22, the "
    "natural one to 1.12. The gradient paths cross it and each other on the way.",
)

# %% [markdown]
# ## Tumors in other units
#
# Measure a length in meters instead of millimeters, and its weight must be a thousand times larger; the model is the same. Run logistic regression on five measurements of each tumor twice: standardized, and in units that stretch the five by 0.01 to 100. Held fixed: 300 tumors for each of ten seeds, all of them in each of 20 steps, start at zero; each method's rate is the best on three other seeds of 16 drawn from 0.0001 to 30, anew for each set of units.

# %%
from optlib.compare import compare

def some(seed, units):
    model = cancer_logistic(5, units=units)
    rows = np.random.default_rng(seed).permutation(455)[:300]
    names = ("f", "grad", "fisher")
    can = {n: lambda v, n=n: model.can[n](v, rows) for n in names}
    return Problem(**can), model.start


# %%
from optlib.compare import interval, paired

rules = {rule.__name__: rule for rule in (sgd, adam, natural_gradient)}
budget = dict(steps=20, lr=(1e-4, 30), seeds=10, cache=False)
for name, units in (("standard", 1.0), ("stretched", 10.0 ** np.arange(-2, 3))):
    found = compare(lambda seed, u=units: some(seed, u), rules, **budget)
    for key, outcome in found.outcomes.items():
        middle, low, high, _ = interval(outcome.scores)
        print(f"{name:9} {key:16}: {middle:.3f} ({low:.3f} to {high:.3f})")
    pair = [found.outcomes[key].scores for key in ("natural_gradient", "adam")]
    middle, low, high, level = paired(*pair)
    print(f"natural gradient - Adam: {middle:.3f} ({low:.3f} to {high:.3f})")

# %% [markdown]
# In the stretched units gradient descent ends at 0.50 instead of 0.17, Adam at 0.23 instead of 0.17 (medians; the brackets are 97.9 % intervals). Natural gradient descent ends at 0.145 in both: its steps are the same. Seed by seed that is lower than Adam's loss on the standardized measurements, too, by 0.021 (0.018 to 0.024); the interval covers the draw of the tumors, not the choice of the rate. Stretch a measurement by $k$: at the same rate gradient descent then moves that part of the logit $k^2$ times as far, Adam $k$ times, and $A$ is diagonal in {eq}`eq-ch11-invariant`, so the natural step moves it as before. Each of its steps asks for $F$ besides, and solves with it. With a million parameters, $F$ has $10^{12}$ numbers, and solving takes of the order of $10^{18}$ operations.
#
# Nor is $F$ always there to be solved with:

# %%
for features, batch in ((30, None), (5, 4)):
    model = cancer_logistic(features, batch=batch)
    run = minimize(model, model.start, natural_gradient, steps=60)
    why = run.message.split(": ")[1]
    print(f"{features} measurements, batch {batch or 455}: {why}")


def end(seed, damping):
    model = cancer_logistic(5, batch=32, seed=seed)
    run = minimize(model, model.start, natural_gradient, steps=60, damping=damping)
    return model.full(run.theta)


for damping in (0.01, 0.1):
    ends = np.array([end(seed, damping) for seed in range(10)])
    print(f"batch 32, damping {damping}: {np.sum(ends > np.log(2))} of 10 seeds rose")

# %% [markdown]
# With 30 measurements a plane parts the 455 tumors. The loss has no minimum, weights grow, every $q$ tends to 0 or 1, and $F$ with it to zero, until rounding decides. Four tumors give an $F$ of rank four at most, for six parameters. Batches of 32 give one of full rank at first, and a noisy one: a damping $\gamma$, as $(F + \gamma I)^{-1}$, must outweigh its noise. At $\eta = 1$, untuned, six of ten seeds end above the full loss of 0.69 that they began with where $\gamma = 0.01$, and none where it is 0.1. Damping measures in parameters again, and the invariance is gone to that extent.
#
# ## What Adam's second moment is
#
# $\hat v$ averages squared gradients, and its authors call it an approximation to the diagonal of $F$ {cite}`kingma2015adam`. Three things stand between. The labels are those of the data: at best $\hat v$ is the diagonal of the empirical matrix. Adam takes the root, and $F^{-1/2}$ is no step of any of the kinds above: it undoes half of a stretch. And the gradients that it squares are means $\bar g$ over a batch. Let $\sigma^2$ be the variance of one example's gradient in one parameter. A mean of $B$ independent ones has variance $\sigma^2/B$, and its mean square is larger by the square of its mean:
#
# ```{math}
# :label: eq-ch11-batch
# E\left[ \bar g^2 \right] = (\nabla J)^2 + \frac{\sigma^2}{B} .
# ```
#
# The Fisher matrix has no batch in it. Hold $\theta$ still, part of the way down, and let Adam see 2,000 batches of each size, from five seeds:

# %%
model = cancer_logistic(10)
theta = minimize(model, model.start, sgd, steps=20, lr=1.0).theta
F, g = model.fisher(theta), model.grad(theta)
Z, P = model.logit_jacobian(theta), model.probabilities(theta)
each = -fisher.scores(Z, P, model.labels(theta))  # a gradient a tumor
def second_moment(batch, seed):
    rows = np.random.default_rng(seed).integers(455, size=(2000, batch))
    m = v = 0
    for t, mean in enumerate(each[rows].mean(axis=1), start=1):
        _, m, v = adam(theta, mean, m, v, t, lr=0.0)
    return v / (1 - 0.999**2000)


# %%
diagonal, natural = np.diag(F), np.linalg.solve(F, g)
sizes = (1, 4, 16, 64, 256)
seen = {B: [second_moment(B, seed) for seed in range(5)] for B in sizes}
share = {B: [v.sum() / diagonal.sum() for v in vs] for B, vs in seen.items()}
formula = [(g**2 + each.var(axis=0) / B).sum() / diagonal.sum() for B in sizes]
for B, wanted in zip(sizes, formula):
    angle = [fisher.cosine(g / np.sqrt(v), natural) for v in seen[B]]
    alike = [np.corrcoef(np.log(v), np.log(diagonal))[0, 1] for v in seen[B]]
    print(f"B = {B:3}: v over F {np.median(share[B]):.3f}, formula {wanted:.3f},",
          f"correlation {np.median(alike):.2f}, cosine {np.median(angle):.2f}",
          f"({min(angle):.2f} to {max(angle):.2f})")
steps = {"gradient": g, "diagonal of F": g / diagonal,
         "empirical matrix": np.linalg.solve(each.T @ each / 455, g)}
for name, step in steps.items():
    print(f"cosine of natural step and {name}: {fisher.cosine(step, natural):.2f}")

# %%
low, middle, high = plot.spread(np.array([share[B] for B in sizes]).T)
plot.curves(
    {"Adam's second moment": middle, "formula": formula}, sizes, log="xy",
    marks={"Adam's second moment": "only", "formula": False}, hlines={"Fisher": 1},
    rule={"Adam's second moment": "adam"}, xlabel="batch size",
    bands={"Adam's second moment": (low, high)}, xlim=(0.9, 290),
    title="Sum of v over sum of diag F",
    caption="Adam's second moment shrinks with the batch, the Fisher matrix does "
    "not. Logistic regression, ten measurements, five seeds.",
    alt="Plot on two logarithmic axes, batch sizes 1 to 256. Dots of Adam's second "
    "moment lie on the formula's line: 0.63 of the diagonal of F at batch size 1, "
    "0.041 at 16, 0.005 at 256; the fall slows down at the end. F is level at 1.",
)

# %% [markdown]
# The formula is met at every size. At $B = 1$ it gives the diagonal of the empirical matrix, so 0.63 is what the labels do. At 256 half a percent is left: the batch decides, and what stays in the end is $(\nabla J)^2$. The profile over the eleven parameters is that of $F$ until the square of the slope takes over: logarithms correlate by 0.98 at small batches and by 0.70 at 256. And the direction? The gradient divided by $\sqrt{\hat v}$ has a cosine of 0.26 with it at $B = 1$ and 0.20 at 256; divided by the diagonal of $F$ 0.27; the gradient itself 0.21. With the whole empirical matrix it is 0.87: here the labels cost less than the diagonal does. The measurements are correlated, and Adam does not see it. At another $\theta$ the numbers differ.
#
# The widget shows a bell as a ring to drag, and around it all bells within a divergence $c$ (filled), the ellipse $\frac12 \delta^\top F \delta = c$ (dashed) and a circle of radius $\sqrt{2c}$, once over mean and width, once over mean and log width. Arrows are the steps in that picture, open dots where the steps of the other picture end. Lower $c$ to 0.01: the ball becomes its ellipse, and the natural steps all but meet. Drag the ring up and down: over mean and width the ball grows with the width, the circle does not. At mean 1 and width 0.8, with $c = 0.5$, the gradient step taken in the width ends below zero, at no distribution.

# %%
from optlib.widgets import Balls

Balls()

# %% [markdown]
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D1-10 D1-11 D1-12 D1-13 D3-26
#
# **A Hessian with a mean.** Doc 1's first task says that the Fisher matrix is the negative Hessian of the log-likelihood. It is its *mean* under the model, {eq}`eq-ch11-fisher`; one draw can have any sign, such as $-1/\sigma^2$ in the width of the bell at $x = m$, where $F$ is $2/\sigma^2$.
#
# **The Hessian of a divergence.** Doc 1's second task, $F$ as the Hessian of the divergence, holds where the two parameters are equal, {eq}`eq-ch11-half`, and in both directions. On the tumors second differences meet $F$ within a millionth.
#
# **Steepest in distribution space.** Doc 1's third task is to see the natural gradient as steepest descent there. {eq}`eq-ch11-constrained` is the steepest small step; between two parametrizations of the bell the gap falls from 0.0038 to 0.000031 with the rate from 0.1 to 0.001.
#
# **Hessian, natural gradient, Fisher, and Adam.** Doc 1's fourth task asks how the four relate. For logistic and softmax regression $F$ is the Hessian; Adam's $\hat v$ is neither, because the data's labels, the batch, {eq}`eq-ch11-batch`, and the root come between: a cosine of 0.26 with the natural step at batches of one and 0.20 at 256, for the gradient's 0.21.
#
# **For probability distributions.** Doc 3 finds natural gradients useful there. What is needed is a distribution with parameters, and what a network says of its input is one; logistic regression is the smallest case.
# :::
#
# ## Exercises

# %%
from optlib.exercises import check

# %% [markdown]
# :::{exercise} A rare coin
# :name: fisher-1
#
# A coin has $\theta = 0.2$. Give its Fisher information.
# :::

# %%
answer = ...
check("fisher-1", answer)

# %% [markdown]
# :::{exercise} The same coin by its logit
# :name: fisher-2
#
# Describe that coin by $\varphi = \log \frac{\theta}{1 - \theta}$. Give its Fisher information in $\varphi$.
# :::

# %%
answer = ...
check("fisher-2", answer)

# %% [markdown]
# :::{exercise} A bell by hand
# :name: fisher-3
#
# A bell has its mean $m$ and its width $\sigma$ for parameters, and $\sigma = 2$. Give the two numbers on the diagonal of $F$, that of the mean first.
# :::

# %%
answer = ...
check("fisher-3", answer)

# %% [markdown]
# :::{exercise} How far is a tenth?
# :name: fisher-4
#
# Two bells have the width 1 and the means 0 and 0.1. Give the Kullback-Leibler divergence from the first to the second.
# :::

# %%
answer = ...
check("fisher-4", answer)

# %% [markdown]
# :::{exercise} Counts
# :name: fisher-5
#
# Counts have the distribution $p(x; r) = r^x \mathrm{e}^{-r} / x!$, whose mean and variance are $r$. Derive its Fisher information, then the natural gradient $F^{-1} J'(r)$ of the loss $J(r) = r - y \log r$ of one count $y$. The answer is an expression in `r` and `y`, in a string.
# :::

# %%
answer = ...
check("fisher-5", answer)


# %% [markdown]
# :::{exercise} Labels from the model
# :name: fisher-6
#
# Write the Monte-Carlo Fisher matrix of logistic regression. `theta` has shape $(p,)$, `X` $(n, p)$; `labels` $(k, n)$ are zeros and ones, $k$ labels for each row of `X`, drawn from the model. Return the mean over all of them of the outer product of the score with itself, shape $(p, p)$. It is run on the breast-cancer data and compared to $10^{-9}$.
# :::

# %%
def fisher_matrix(theta, X, labels):
    return ...


check("fisher-6", fisher_matrix)

# %% [markdown]
# :::{exercise} Batches without end
# :name: fisher-7
#
# Hold $\theta$ where no partial derivative of $J$ is zero, and let Adam see very many batches of fresh examples there. To what does $\hat v$ tend in each parameter as the batches grow without bound? `"fisher"` (the diagonal of $F$), `"variance"` (that of one example's gradient), `"square"` (of the full gradient), or `"zero"`. Look first where the dots go in the figure of Adam's second moment.
# :::

# %%
answer = ...
check("fisher-7", answer)

# %% [markdown]
# ## Summary
#
# The Fisher matrix is the mean of the squared score, minus the mean Hessian of the log-likelihood, and the Hessian of the divergence; all three agree because probabilities add up to one. It measures a step by the change of the distribution. The steepest step in that measure is $-F^{-1} \nabla J$, and it moves the distribution the same way in all parameters, exactly if they are linear in each other, else as the rate goes to zero. For softmax outputs $F$ is the generalized Gauss-Newton matrix, and for logits linear in the parameters the Hessian, so the natural step is Newton's. With the labels of the data in place of the model's it is another matrix. Adam divides by the root of something that has those labels and the batch size in it.
#
# ## Sources
#
# Amari {cite}`amari1998natural` proposed natural gradient descent and its metric. Martens {cite}`martens2020new` reads it as a generalized Gauss-Newton method, with damping, and says what of its invariance survives finite steps. Kunstner, Balles and Hennig {cite}`kunstner2019limitations` show where the empirical Fisher matrix misleads. Kingma and Ba {cite}`kingma2015adam` compare Adam with natural gradient descent in their section 5.
