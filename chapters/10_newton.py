# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
#   notation:
#     C: caution
#     I: I
#     T_0: warmup
#     \gamma: damping
#     \nabla^2 J: hess
#     \sigma: sigma
#     \tau: tau
# ---

# %% [markdown]
# (ch-newton)=
# # 10 Newton and quasi-Newton methods
#
# On $J = \sqrt{1+x^2}$, Newton's method goes from $x$ to $-x^3$. From 0.5 it goes to $-0.125$, then to 0.002, then to $-0.000000007$: at each step the digits triple. From 1.01 it goes to $-1.03$, to 1.09, and after six steps it stands at $1.01^{729} = 1413$. The loss is convex and has one minimum, at zero. Why does one percent decide?
#
# After this chapter you can derive Newton's step and its speed, keep it from running away, build curvature from differences of gradients, and say when noise spoils that. You need chapter 1, and chapters 4 and 7 for the comparison.

# %%
import numpy as np

from optlib import Problem, minimize, plot
from optlib.exercises import check
from optlib.methods import bfgs, lbfgs, newton, newton_search
from optlib.problems import digits_softmax, mgh, rosenbrock
from optlib.rules import adam, nesterov, sgd

root = Problem(
    lambda x: (1 + x**2) ** 0.5,
    grad=lambda x: x / (1 + x**2) ** 0.5,
    hess=lambda x: (1 + x**2) ** -1.5,
)
for start in (0.5, 0.99, 1.0, 1.01):
    path = minimize(root, start, newton, steps=6).path
    print(*(f"{x:.4g}" for x in path))

# %% [markdown]
# ## The step that solves the model
#
# Chapter 1 put a line in the place of the loss. Keep one more term of Taylor's series, with the Hessian $H$, the matrix of second derivatives:
#
# ```{math}
# :label: eq-ch10-taylor
# \begin{aligned}
# J(\theta + p) &= J(\theta) + \nabla J(\theta)^\top p \\
# & \quad + \frac12\, p^\top H p + O(\lVert p \rVert^3)
# \end{aligned}
# ```
#
# Let $p^*$ solve $H p^* = -g$ and complete the square:
#
# ```{math}
# :label: eq-ch10-model
# \begin{aligned}
# & g^\top p + \frac12\, p^\top H p \\
# & = \frac12\, (p - p^*)^\top H\, (p - p^*) + \frac12\, g^\top p^*
# \end{aligned}
# ```
# % for p in R^3, p^* in R^3, H in Sym^3
# % let g = -H p^*
# % check
#
# If all eigenvalues of $H$ are positive ($H$ is *positive definite*), the square is smallest at $p = p^*$, and going there, with $H = \nabla^2 J(\theta_{t-1})$, is Newton's method:
#
# ```{math}
# :label: eq-newton-theta
# \theta_t = \theta_{t-1} - \nabla^2 J(\theta_{t-1})^{-1}\, \nabla J(\theta_{t-1})
# ```
# % with \gamma = 0
#
# On a quadratic the model is the loss, so one step ends at the minimum:
#
# ```{math}
# :label: eq-ch10-one-step
# \theta - H^{-1}\, \nabla J(\theta) = \theta^*
# ```
# % for \theta in R^3, \theta^* in R^3, H in SPD^3
# % let \nabla J(\theta) = H (\theta - \theta^*)
# % check
#
# There is no learning rate: a gradient over a Hessian has the unit of $\theta$.
#
# :::{rule} newton
# :::
#
# `damping` comes below. The code solves $Hp = -g$ and never inverts $H$. Hilbert's ill-conditioned matrix shows why:

# %%
i = np.arange(10)
H = 1 / (np.add.outer(i, i) + 1)
g = H @ np.ones(10)
for name, p in (("solve", np.linalg.solve(H, g)), ("inverse", np.linalg.inv(H) @ g)):
    left = np.linalg.norm(H @ p - g) / np.linalg.norm(g)
    print(f"{name}: H p = g to better than 1e-12: {left < 1e-12}")

# %% [markdown]
# The inverse fails.
#
# ## How fast, and from where
#
# Let $e = \theta_{t-1} - \theta^*$. The gradient vanishes at $\theta^*$, so $g = \bar H e$, where $\bar H$ is the mean of the Hessians between $\theta^*$ and $\theta_{t-1}$. Newton leaves $e - H^{-1} \bar H e = H^{-1} (H - \bar H)\, e$. Suppose that near $\theta^*$ the Hessian changes by at most $K$ per unit of length, and that its eigenvalues are at least $\ell > 0$. At the share $s$ of the way from $\theta^*$ the Hessian differs from $H$ by at most $K (1-s) \lVert e \rVert$, on average by at most half of $K \lVert e \rVert$. And $H^{-1}$ lengthens a vector at most by $1/\ell$. Together:
#
# ```{math}
# :label: eq-ch10-quadratic
# \lVert \theta_t - \theta^* \rVert \le \frac{K}{2\ell}\, \lVert \theta_{t-1} - \theta^* \rVert^2
# ```
#
# The error is squared, so once $\frac{K}{2\ell} \lVert e \rVert$ is well below one the number of correct digits about doubles at each step. For a cubic in one dimension, with curvature $\ell$ at the minimum and $\ell + Ke$ where the step begins, that is what happens:
#
# ```{math}
# :label: eq-ch10-cubic
# e - \frac{\ell e + \frac12 K e^2}{\ell + K e} = \frac{K}{2\, (\ell + K e)}\, e^2
# ```
# % for e in positive, K in positive
# % check
#
# Besides a smooth Hessian this used a positive curvature and a start near enough. The square root shows what the second is worth, a quartic the first:
#
# ```{math}
# :label: eq-ch10-cubed
# \begin{aligned}
# x - \frac{x\, (1+x^2)^{-1/2}}{(1+x^2)^{-3/2}} &= -x^3 , \\
# x - \frac{4 x^3}{12 x^2} &= \frac23\, x
# \end{aligned}
# ```
# % for x in positive
# % check
#
# On the root the curvature far out is much smaller, so the step is too long, and beyond 1 it ends farther away than it began. On $x^4$, convex too, the curvature at the minimum is zero, and the error shrinks by a third at each step.
#
# Now a real loss: logistic regression, with an L2 penalty of 0.001, on 455 tumors with 30 measurements each. Run Newton's method from zero, plain and with a damping of 0.001:

# %%
from optlib.problems import cancer_logistic

tumors = cancer_logistic(l2=1e-3)
best = minimize(tumors, tumors.start, newton, steps=20).theta
L = np.linalg.eigvalsh(tumors.hess(tumors.start)).max()
lines = {"newton": (newton, {}), "damped": (newton, {"damping": 1e-3}),
         "sgd": (sgd, {"lr": 1 / L})}
errors = {}
for name, (step, hyper) in lines.items():
    path = minimize(tumors, tumors.start, step, steps=12, **hyper).path
    errors[name] = np.linalg.norm(path - best, axis=1) / np.linalg.norm(best)
print("Newton:", *(f"{e:.1g}" for e in errors["newton"][4:10]))
print("damped:", *(f"{e:.1g}" for e in errors["damped"][4:10]))

# %%
plot.digits(
    errors, rule={"damped": "bfgs"},
    alt="Lines of the correct digits over 12 steps. Newton's stays below 1 for five "
    "steps, then bends up: 1, 2, 4, 7, and 14 digits after ten. The damped line "
    "rises evenly to 3 digits. Gradient descent (SGD) stays near 0.",
    caption="Newton's method gains little in five steps, then doubles its digits. "
    "Damped by 0.001, it ends up gaining the same at each step; gradient descent, at "
    "the untuned rate 1/L, gains next to nothing. Logistic regression, from zero.",
)

# %% [markdown]
# From the sixth step on the relative error goes 0.08, 0.01, 0.0002, 0.00000007. About the first five steps {eq}`eq-ch10-quadratic` says nothing. Nor does it where the Hessian is not positive. Run Newton's method and gradient descent on `two_wells` from a grid of starts:

# %%
from optlib.problems import basins, lattice
from optlib.problems.landscapes import LANDSCAPES, gradient, minima

place = LANDSCAPES["two_wells"]
f, starts = place.f, lattice(place.window, 90, 80)
wells = [m[1:] for m in minima(f, place.window)]

def gradients(at):  # (..., 2)
    return np.moveaxis(gradient(f, np.moveaxis(at, -1, 0)), 0, -1)

def hessians(at, h=1e-5):
    columns = [gradients(at + d) - gradients(at - d) for d in h * np.eye(2)]
    return np.stack(columns, axis=-1) / (2 * h)


# %%
at = np.moveaxis(starts, 0, -1)
for _ in range(40):
    at = at - np.linalg.solve(hessians(at), gradients(at)[..., None])[..., 0]
away = np.array([np.linalg.norm(at - well, axis=-1) for well in wells])
ends = {"newton": np.where(away.min(axis=0) < 0.01, away.argmin(axis=0), -1),
        "sgd": basins("two_wells", sgd, starts, lr=0.05)}
lost = ends["newton"] < 0
end = at[lost][0]
one = np.abs(at[lost] - end).max() < 1e-6
print(f"lost: {lost.mean():.0%}, all of them at {end.round(2)}: {one}")
print("curvatures there:", np.linalg.eigvalsh(hessians(end)).round(1))

# %%
plot.basins(
    ends, place.window, wells, f=f,
    alt="Two maps of starts around two wells. Under gradient descent (SGD) a nearly "
    "straight border divides them. Under Newton's method a hatched funnel lies "
    "between the wells, 26 % of the area; along its 2 sides run thin strips of "
    "starts that end in the well across.",
    caption="Newton's method looks for a slope of zero and takes any. Hatched starts "
    "end at no minimum. Gradient descent, at the rate 0.05, has no such starts.",
)

# %% [markdown]
# From 26 % of the starts Newton's method ends at the saddle between the wells. Where an eigenvalue is negative the model has a maximum along its eigenvector, and {eq}`eq-newton-theta` solves for it all the same.
#
# ## Damping, and a search
#
# Add $\lambda I$ to the Hessian. Along an eigenvector of curvature $h$ the step becomes $-g/(h+\lambda)$, and what it leaves of the error is
#
# ```{math}
# :label: eq-ch10-damped
# 1 - \frac{h}{h + \lambda} = \frac{\lambda}{h + \lambda}
# ```
# % check
#
# With $\lambda = 0$ that is Newton's step, far above all curvatures gradient descent at the rate $1/\lambda$. If $\lambda$ exceeds the size of the most negative eigenvalue, the damped model has a minimum and the step goes downhill. But a $\lambda$ that stays costs the doubling of digits: the error shrinks by a factor, as in the first figure.

# %%
from optlib.widgets import Damping

Damping(landscape="two_wells", start=[0.0, 0.5], damping=1.0)

# %% [markdown]
# The widget shows the damped path, gradient descent at the rate $1/\lambda$ beside it, and dotted where the first step ends for every $\lambda$. It begins in the funnel: the damped path ends at the saddle, and gradient descent leaves the map. Raise $\lambda$ to 10, above the size of the negative curvature in the table: both paths end in one well. Then drag the ring close to that well, set $\lambda$ to zero, and watch the gap close.
#
# Or choose the length of the step. *Modified Cholesky* factors $H$ and, wherever a pivot is not safely positive, puts a positive one in its place; the step then goes downhill. Along $p$, with $d = \nabla J(\theta)^\top p < 0$, a search accepts a length $\alpha$ if it satisfies the *strong Wolfe conditions*:
#
# ```{math}
# :label: eq-ch10-wolfe
# \begin{aligned}
# J(\theta + \alpha p) &\le J(\theta) + 10^{-4}\, \alpha\, d , \\
# \lvert \nabla J(\theta + \alpha p)^\top p \rvert &\le 0.9\, \lvert d \rvert
# \end{aligned}
# ```
#
# The first is Armijo's rule from chapter 1; the second forbids ends that are still steep. The length 1 is tried first.

# %%
saddle = Problem(
    lambda t: t[0] ** 2 / 2 - t[1] ** 2 / 2 + t[1] ** 4 / 4,
    grad=lambda t: np.array([t[0], t[1] ** 3 - t[1]]),
    hess=lambda t: np.diag([1, 3 * t[1] ** 2 - 1]),
)
for step in (newton, newton_search):
    run = minimize(saddle, np.array([1.0, 0.1]), step, steps=50, gtol=1e-9)
    print(f"{step.__name__:13s} ends at {run.theta.round(6) + 0.0} in {run.t} steps")
print(minimize(root, 1.5, newton_search, steps=50, gtol=1e-9))

# %% [markdown]
# From $(1, 0.1)$ the plain method goes to the saddle at 0, uphill along the second axis; with both repairs it reaches the well at $(0, 1)$. On the root it now converges from 1.5.
#
# Where the loss is half a sum of squared residuals with the slopes $A$, the Hessian is $A^\top A$ and terms that each have a residual as a factor. *Gauss-Newton* drops these; *Levenberg-Marquardt* adds a damping to $A^\top A$, tenfold less after each good step. Fit twelve rates of an enzyme, $\theta_1 c/(\theta_2 + c)$, as measured and with the residuals taken off:

# %%
from optlib.methods import gauss_newton, levenberg_marquardt
from optlib.problems import least_squares, puromycin

measured = puromycin()
best = minimize(measured, measured.start, gauss_newton, steps=40).theta
left = measured.residual(best)
clean = least_squares(lambda th: measured.residual(th) - left, measured.jacobian)
errors = {}
for name, data, step, hyper in (
    ("gauss_newton", clean, gauss_newton, {}),
    ("levenberg_marquardt", clean, levenberg_marquardt, {"damping": 1.0}),
    ("Gauss-Newton, measured", measured, gauss_newton, {}),
):
    path = minimize(data, measured.start, step, steps=7, **hyper).path
    errors[name] = np.linalg.norm(path / best - 1, axis=1)
print("measured:", *(f"{e:.0e}" for e in errors["Gauss-Newton, measured"]))

# %%
plot.digits(
    errors, rule={"Gauss-Newton, measured": "diagonal_newton"},
    alt="Correct digits over 7 steps from 0.2. Without residuals Gauss-Newton "
    "doubles them to 14 in five steps, Levenberg-Marquardt gets to 13 in six. On the "
    "measured rates Gauss-Newton gains one digit a step and has 6.6 at the end.",
    caption="The residuals decide the order. Two parameters, twelve rates, from "
    "(200, 0.1); damping 1 at the start.",
)

# %% [markdown]
# Without residuals Gauss-Newton doubles its digits; with them it gains one a step. Levenberg-Marquardt, as its damping falls tenfold, gains one more each time.
#
# ## What a Hessian costs
#
# From here on $p$ is the number of parameters. A Hessian has $p^2$ entries, and elimination multiplies once for each entry of ever smaller squares, $1 + 4 + \dots + p^2$ times, about $p^3/3$:

# %%
multiplications = sum(k**2 for k in range(1, 1001))
print(f"p = 1000: {multiplications / (1000**3 / 3):.2f} times p^3 / 3")
for p in (650, 10**5, 10**9):
    costs = f"{p**2:.0e} entries, {4 * p**2:.0e} bytes, {p**3 / 3:.0e} products"
    print(f"p = {p}: {costs}")

# %% [markdown]
# A billion parameters are out of reach. But a curvature that is good enough can be learned from gradients that you have anyway.
#
# ## Curvature from gradients
#
# Take a step $s$, and let $y$ be the change of the gradient along it. On a quadratic $y = Hs$. So demand of an estimate of the *inverse*, from now on called $H_t$, the *secant equation*
#
# ```{math}
# :label: eq-ch10-secant
# \begin{aligned}
# H_t\, y_t &= s_t , \quad s_t = \theta_t - \theta_{t-1} , \\
# y_t &= \nabla J(\theta_t) - \nabla J(\theta_{t-1})
# \end{aligned}
# ```
#
# One vector equation leaves most of a matrix open, so change as little as possible. In coordinates $R\theta$ the step is $Rs$ and the change of the gradient $R^{-\top} y$, and if $s^\top y > 0$, there is an $R$ that makes both the same vector $u$. Measure there (with any such $R$ the result is the same). In an orthonormal basis that begins with the direction of $u$, a symmetric $X$ with $X u = u$ has its first row and column fixed and the rest free. The nearest to an old $A$, entry by entry, keeps the rest of $A$: $X = P A P + u u^\top / u^\top u$ with $P = I - u u^\top / u^\top u$. Back in the old coordinates this is BFGS, with $A = H_{t-1}$:
#
# ```{math}
# :label: eq-ch10-bfgs
# H_t = \left(I - \frac{s y^\top}{s^\top y}\right) A \left(I - \frac{y s^\top}{s^\top y}\right) + \frac{s s^\top}{s^\top y}
# ```
# % for A in SPD^3, s in R^3, y in R^3
# % where s^\top y > 0
# % let H_t = A + \frac{s^\top y + y^\top A y}{(s^\top y)^2}\, s s^\top - \frac{A y s^\top + s y^\top A}{s^\top y}
# % check
#
# The factor on the right sends $y$ to zero, and the last term sends it to $s$. Ask for the quadratic form of $H_t$ in any direction $v$, and with $V$ for the first factor you find
#
# ```{math}
# :label: eq-ch10-form
# \begin{aligned}
# H_t\, y &= s , \\
# v^\top H_t\, v &= (V^\top v)^\top A\, (V^\top v) + \frac{(s^\top v)^2}{s^\top y}
# \end{aligned}
# ```
# % for A in SPD^3, s in R^3, y in R^3, v in R^3
# % where s^\top y > 0
# % let V = I - \frac{s y^\top}{s^\top y}
# % let H_t = V A V^\top + \frac{s s^\top}{s^\top y}
# % check
#
# So $H_t$ stays positive definite if $A$ is and $s^\top y > 0$. (Where the last term vanishes, $V^\top v = v$.) If $s^\top y \le 0$ there is no such matrix, because $y^\top H_t\, y = s^\top y$. The second Wolfe condition rules that out. Let a search go $\alpha$ times along its direction, and let $d$ and $q$ be the slopes along it at the two ends; the condition says $q \ge 0.9\, d$, and then
#
# ```{math}
# :label: eq-ch10-curved
# s^\top y = \alpha\, (q - d) \ge -0.1\, \alpha\, d > 0
# ```
# % for d in (-2, 0), \alpha in positive, w in positive, p in R^3
# % where p^\top p > 0
# % let q = 0.9 d + w
# % let s = \alpha p
# % let y = \frac{(q - d) p}{p^\top p}
# % check
#
# Without the condition one wrong pair is enough:

# %%
from optlib.methods.quasi_newton import bfgs_update

s, y = np.array([1.0, 0.0]), np.array([-0.5, 1.0])  # the gradient fell along s
V = np.eye(2) - np.outer(s, y) / (s @ y)
broken = V @ np.eye(2) @ V.T + np.outer(s, s) / (s @ y)
print("eigenvalues with s'y < 0:", np.linalg.eigvalsh(broken).round(2))
print("the library keeps the old matrix:", bfgs_update(np.eye(2), s, y).tolist())

# %%
valley = rosenbrock()
truth = np.linalg.inv(valley.hess(valley.minimum))
for steps in (0, 10, 20, 25, 30):
    run = minimize(valley, valley.start, bfgs, steps=steps)
    H = run.state[0][0]
    wrong = np.linalg.norm(H - truth) / np.linalg.norm(truth)
    print(f"step {steps:2d}: loss {run.losses[-1]:.0e}, error of H {wrong:.2f}")

# %% [markdown]
# One eigenvalue is negative, and a later step can go uphill. With the condition, BFGS learns the inverse Hessian at the minimum of Rosenbrock's valley, to 0.47 in 25 steps and to 0.01 in 30.
#
# On ten standard problems {cite}`more1981testing` ours and SciPy's stop as soon as no component of the gradient exceeds $10^{-6}$:

# %%
from scipy import optimize

from optlib.problems.mgh import MGH

def ratio(name, ours, theirs, **more):
    p = mgh(name)
    run = minimize(p, p.start, ours, steps=1000, gtol=1e-6)
    options = {"gtol": 1e-6, "maxiter": 1000} | more
    ref = optimize.minimize(p.f, p.start, jac=p.grad, method=theirs, options=options)
    same = abs(run.losses[-1] - ref.fun) < 1e-6 * (1 + ref.fun)
    return same, run.evaluations["grad"] / ref.njev

for name, table in (
    ("BFGS", [ratio(name, bfgs, "BFGS") for name in MGH]),
    ("L-BFGS", [ratio(name, lbfgs, "L-BFGS-B", ftol=0) for name in MGH]),
):
    same, gradients = np.array(table).T
    print(f"{name}: same loss on {same.sum():.0f} of 10; "
          f"median of the ratios at most 1: {np.median(gradients) <= 1}")

# %% [markdown]
# All agree, and in the median ours ask for no more gradients. (A relative, `sr1`, adds one outer product to an estimate of the Hessian itself, and bounds the step.)
#
# ## A matrix that is never written down
#
# BFGS keeps $p^2$ numbers. *L-BFGS* keeps the last $M$ pairs, $2Mp$ numbers, and lets the factors of {eq}`eq-ch10-bfgs` act on the gradient one by one: those on the right from the newest pair back to the oldest, then a multiple of the identity, then those on the left from the oldest to the newest. That takes about $6Mp$ multiplications, or $4Mp$ where each $s^\top y$ is kept:
#
# :::{rule} methods.lbfgs.two_loop
# :::
#
# Softmax regression on 1,437 digits has 650 weights; the penalty is 0.001, and the gap is $J - J^*$, with $J^*$ from a long run. All start from zero; the other rules get 300 gradients, at the best of seven rates (and two momenta) for a gap of $10^{-6}$.

# %%
images = digits_softmax(l2=1e-3)
rates = np.geomspace(0.5, 11.3, 7)
tries = {"lbfgs": [(lbfgs, {})], "sgd": [(sgd, {"lr": 2 * lr}) for lr in rates],
         "nesterov": [(nesterov, {"lr": lr, "momentum": mu})
                      for lr in rates for mu in (0.8, 0.9)],
         "adam": [(adam, {"lr": lr / 5}) for lr in rates]}

def first(gap, level):
    return int(np.argmax(gap < level)) if gap.min() < level else 301

def best(problem, lowest):
    found = {}
    for name, rules in tries.items():
        runs = [(minimize(problem, problem.start, rule, steps=300, **hyper), hyper)
                for rule, hyper in rules]
        ways = [(run.losses - lowest, rules[0][0], hyper) for run, hyper in runs]
        found[name] = min(ways, key=lambda way: (first(way[0], 1e-6), way[0][-1]))
    return found


# %%
lowest, tuned = {}, {}
for data, problem in (("digits", images), ("tumors", tumors)):
    long = minimize(problem, problem.start, lbfgs, steps=400, gtol=1e-11)
    lowest[data] = long.losses[-1]
    tuned[data] = problem, best(problem, lowest[data])
    print(f"{data}: gradients for a gap of 1e-2, 1e-4, 1e-6")
    for name, (gap, rule, hyper) in tuned[data][1].items():
        counts = [first(gap, level) for level in (1e-2, 1e-4, 1e-6)]
        if rule is lbfgs:
            runs = [minimize(problem, problem.start, rule, steps=n) for n in counts]
            counts = [run.evaluations["grad"] for run in runs]
            print("  losses that L-BFGS asks for:", runs[-1].evaluations["f"])
        print(f"  {name:9s}", *("over 300" if n > 300 else n for n in counts))

# %% [markdown]
# L-BFGS asks for 61 gradients on the digits (in 59 steps) and for 26 on the tumors. Nesterov takes 135 and 103, Adam 152 and 153, gradient descent 243 on the tumors and more than 300 on the digits. Now the clock:

# %%
from time import perf_counter

def milliseconds(problem, rule, steps, hyper):
    if rule is not lbfgs:
        problem = problem.replace(f=None)  # its loss is not needed
    began = perf_counter()
    minimize(problem, problem.start, rule, steps=steps, **hyper)
    return 1000 * (perf_counter() - began)

clock, rule_of = {}, {}
for data, (problem, found) in tuned.items():
    for name, (gap, rule, hyper) in found.items():
        if gap.min() < 1e-6:
            row, n = f"{plot.palette.label(name)}, {data}", first(gap, 1e-6)
            clock[row] = [milliseconds(problem, rule, n, hyper) for _ in range(9)]
            rule_of[row] = name

# %%
plot.dots(
    clock, log="x", rule=rule_of, title="Milliseconds to a gap of 1e-6",
    alt="Dot plot of the milliseconds to a gap of 1e-6, logarithmic. On the digits "
    "L-BFGS, Nesterov and Adam lie within a factor of two; on the tumors, about ten "
    "times faster, L-BFGS, Nesterov, Adam and SGD lie within a factor of four.",
    caption="On the clock L-BFGS loses most of its lead. Nine runs each, median and "
    "10-90 %, on one core of the machine that built this page; tuning not counted.",
)

# %% [markdown]
# On the digits the lead is gone: L-BFGS also asks for 65 losses, each a pass over all images as a gradient is, and runs its two loops. But nobody chose a rate for it.
#
# It loses where you stop early. Give gradient descent one pass over the digits in batches of 20, at a rate tuned for that:

# %%
from optlib.compare import compare

def small(seed):
    p = digits_softmax(batch=20, l2=1e-3, seed=seed)
    return p, p.start

quick = compare(small, {"sgd": (sgd, {"lr": (0.1, 10)})}, steps=71, trials=8,
                score=lambda p, theta: p.full(theta) - lowest["digits"],
                cache=False, progress=False)
middle, low, high, _ = quick.interval("sgd")
print(f"gap after one pass: {middle:.2f} ({low:.2f} to {high:.2f})")
for steps in (1, 3, 6):
    run = minimize(images, images.start, lbfgs, steps=steps)
    print(f"L-BFGS after {run.evaluations['grad']} gradients of all images:",
          f"{run.losses[-1] - lowest['digits']:.2f}")

# %% [markdown]
# One pass in batches ends at a gap of 0.09 (0.09 to 0.12). L-BFGS needs eight gradients of all images, eight passes, to come to 0.11.
#
# ## Gradients that disagree
#
# All this was for gradients that are exact. Take $H_B$ and $g_B$ of a batch. Both are right on average; $H_B^{-1} g_B$ is not, because a mean of inverses is no inverse of the mean. On the tumors, from zero, with a penalty of 0.01 and batches drawn with repeats:

# %%
ridge = cancer_logistic(l2=1e-2)
at, H = ridge.start, ridge.hess(ridge.start)
exact = np.linalg.solve(H, ridge.grad(at))
for size in (30, 60, 120, 240):
    rng, steps, slopes = np.random.default_rng(0), [], []
    for _ in range(1000):
        rows = rng.choice(455, size)
        slopes.append(ridge.grad(at, rows))
        sides = np.column_stack([slopes[-1], ridge.grad(at)])
        steps.append(np.linalg.solve(ridge.hess(at, rows), sides))
    means = *np.mean(steps, axis=0).T, np.linalg.solve(H, np.mean(slopes, axis=0))
    off = [np.linalg.norm(m - exact) / np.linalg.norm(exact) for m in means]
    print(f"batches of {size:3d}: mean step off by {off[0]:.2f}; "
          f"full gradient {off[1]:.1f}, full Hessian {off[2]:.2f}")

# %% [markdown]
# With batches of 60 the mean of 1,000 Newton steps is off by a third of the exact step. With the full gradient it is off by more than its own length: that is the inverse alone. A batch's gradient errs together with its Hessian and takes most of that back. With the full Hessian it is off by 0.05, what is left of the noise.
#
# Pairs suffer more. $y$ is a small difference, and if its two gradients come from different batches it is mostly their disagreement. Run L-BFGS without a search on batches of 50, with both gradients of a pair from all images, from the step's batch, or one from the next, and compare $s^\top y$ with its value on all images:

# %%
from optlib.methods.lbfgs import two_loop

def stream(seed, kind, lr=0.1, steps=100):
    p = digits_softmax(batch=50, l2=1e-3, seed=seed)
    theta, pairs, shares = p.start, (), []
    slope = images.grad(theta)
    for t in range(1, steps + 1):
        batch, other = p.batches(t), p.batches(t + (kind == "next batch"))
        g, before = p.grad(theta, batch), slope
        s = -lr * two_loop(pairs, g)
        theta, slope = theta + s, images.grad(theta + s)
        y = slope - before if kind == "all images" else p.grad(theta, other) - g
        shares.append(np.vdot(s, y) / np.vdot(s, slope - before))
        if np.vdot(s, y) > 0:
            pairs = (*pairs, (s, y))[-10:]
    return shares, images.f(theta)


# %%
print("s'y over its value on all images: median of all pairs, 10 to 90 %")
for name in ("all images", "same batch", "next batch"):
    found = [stream(seed, name) for seed in range(10)]
    share = np.array([shares for shares, _ in found])
    low, middle, high = np.percentile(share, (10, 50, 90))
    print(f"{name}: {middle:.1f}, {low:.1g} to {high:.1g}; "
          f"{np.mean(share <= 0):.0%} not positive")
    gap = np.sort([loss - lowest["digits"] for _, loss in found])
    print(f"  gap after 100 steps: smallest {gap[0]:.2f}, above 0.1 on "
          f"{np.sum(gap > 0.1)} of 10 seeds")

# %% [markdown]
# The rate, 0.1, was not tuned. With pairs from all images the smallest gap of ten seeds is 0.02: a constant rate has a floor. Pairs from one batch do about as well here: all are positive, since the batch loss is convex, and they overstate the curvature by a third in the median. With the next batch 28 % of the pairs are not positive, a tenth are about 40 times too large or more, and the gap is above 0.1 on all ten seeds. So what breaks L-BFGS here is differences between batches.
#
# ## One curvature a coordinate
#
# The diagonal of $H$ is as long as the gradient, and dividing by it costs next to nothing:
#
# ```{math}
# :label: eq-diagonal-newton-theta
# \theta_t = \theta_{t-1} - \eta\, \frac{g_t}{|\hat h_t| + \epsilon}
# ```
#
# Here $\hat h_t$ is the diagonal or an estimate of it; the absolute value keeps the step downhill. Turn a bowl with curvatures 1 and 100 by 45 degrees, and both entries are 50.5: gradient descent at the rate $1/50.5$. Three ways lead to a diagonal without the matrix.
#
# **Products.** The slope of the gradient along $v$ is $Hv$, so two gradients measure it, exactly on a quadratic. With the unit vectors for $v$ the diagonal takes $p$ products:
#
# ```{math}
# :label: eq-ch10-product
# H v = \frac{\nabla J(\theta + \epsilon v) - \nabla J(\theta - \epsilon v)}{2\epsilon}
# ```
# % for H in SPD^3, \theta in R^3, v in R^3
# % let \nabla J(\theta) = H \theta
# % check
#
# **Random signs.** Hutchinson estimates the trace by $z^\top H z$, with random signs $z$. Keep the terms of this sum apart. Coordinate $i$ of $z \odot Hz$ is $\sum_k H_{ik} z_i z_k$; the term $k = i$ is $H_{ii}$, and the others have mean zero. So $\mathbb{E}[z \odot Hz] = \operatorname{diag}(H)$, with the variance $\sum_{k \ne i} H_{ik}^2$: what stands beside the diagonal is the noise. In two dimensions two choices of signs give the mean:
#
# ```{math}
# :label: eq-ch10-hutchinson
# \begin{aligned}
# & \frac12 \begin{pmatrix} 1 \\ 1 \end{pmatrix} \odot H \begin{pmatrix} 1 \\ 1 \end{pmatrix} + \frac12 \begin{pmatrix} 1 \\ -1 \end{pmatrix} \odot H \begin{pmatrix} 1 \\ -1 \end{pmatrix} \\
# & = \begin{pmatrix} H_{11} \\ H_{22} \end{pmatrix}
# \end{aligned}
# ```
# % for a in real, b in real, c in real
# % let H = \begin{pmatrix} a & b \\ b & c \end{pmatrix}
# % let H_{11} = a
# % let H_{22} = c
# % check
#
# **Backpropagation, once more.** LeCun carries second derivatives back through the layers {cite}`lecun1988using`. A unit puts out $a_j = \varphi(z_j)$, and the next layer takes in $z_k = \sum_j W_{jk} a_j$:
#
# ```{math}
# :label: eq-ch10-layer
# \begin{aligned}
# \frac{\partial^2 J}{\partial a_j^2} &= \sum_{k,l} W_{jk} W_{jl} \frac{\partial^2 J}{\partial z_k \partial z_l} , \\
# \frac{\partial^2 J}{\partial z_j^2} &= \varphi'(z_j)^2\, \frac{\partial^2 J}{\partial a_j^2} + \varphi''(z_j)\, \frac{\partial J}{\partial a_j}
# \end{aligned}
# ```
#
# Drop the mixed derivatives, $k \ne l$, and one number a unit is enough. It starts at the logits of a softmax, with the probabilities' $p_k (1 - p_k)$; a weight that carries $a_j$ into $z_k$ gets $a_j^2\, \partial^2 J/\partial z_k^2$. The secant equation would give a diagonal matrix $y_i/s_i$. Compare all with the exact diagonal of a network trained for 100 steps on 100 digits:

# %%
from optlib import trees
from optlib.curvature import hutchinson
from optlib.models import second, softmax
from optlib.problems import digits, digits_mlp

X, Y = digits().X[:100], softmax.one_hot(digits().y[:100], 10)
net = digits_mlp((8, 8), activation="tanh", size=100)
theta = minimize(net, net.start, adam, steps=100, lr=0.01).theta

def flat(tree):
    return trees.ravel(trees.leaves(tree))

def shaped(vector):
    return trees.like(theta, trees.unravel(vector, trees.leaves(theta)))

def product(v):
    return second.hessian_vector(theta, v, X, Y, "tanh")


# %%
exact = np.array([e @ flat(product(shaped(e))) for e in np.eye(len(flat(theta)))])
found = {"LeCun": flat(second.diagonal(theta, X, Y, "tanh"))}
for n in (1, 100):
    rng = np.random.default_rng(0)
    signs = hutchinson(product, theta, rng, samples=n)
    found[f"Hutchinson, {n} products"] = flat(signs)
s = -0.1 * flat(net.grad(theta))
y, moved = flat(net.grad(shaped(flat(theta) + s))) - flat(net.grad(theta)), s != 0
found["secant, y/s"] = np.divide(y, s, out=0 * s, where=moved)
for name, h in found.items():
    error = np.median(abs(h - exact)[moved]) / np.median(abs(exact)[moved])
    like = np.corrcoef(h, exact)[0, 1]
    print(f"{name:24s} error {error:.2f}, correlation {like:.2f}")

# %% [markdown]
# LeCun's recursion costs one gradient more and errs by 6 % of the median curvature, a hundred products with random signs by 29 %. The secant quotient has a correlation of 0.06 with the truth: the gradient moved because all weights did, and $y_i/s_i$ charges one of them.
#
# ## A rate that lowers itself
#
# How much of a diagonal Newton step should a noisy gradient take? Let $J = \frac12 h\theta^2$, and let the minima of the examples scatter around zero: $g_t = h(\theta_{t-1} - \sigma\xi_t)$, where $\xi_t$ has mean zero and variance one. Only these two count, so let $\xi_t$ be $\pm 1$. The mean loss after the step is
#
# ```{math}
# :label: eq-ch10-after
# \begin{aligned}
# & \frac{h}{4}\left(\theta - \eta h(\theta - \sigma)\right)^2 + \frac{h}{4}\left(\theta - \eta h(\theta + \sigma)\right)^2 \\
# & = \frac{h}{2}\left((1 - \eta h)^2\, \theta^2 + (\eta h)^2 \sigma^2\right) \\
# & = \frac{h}{2}\,(\theta^2 + \sigma^2)\left(\eta h - \frac{\theta^2}{\theta^2 + \sigma^2}\right)^2 \\
# & \quad + \frac{h}{2} \cdot \frac{\theta^2 \sigma^2}{\theta^2 + \sigma^2}
# \end{aligned}
# ```
# % for \sigma in positive
# % check
#
# The square vanishes at the best rate. Write it with the mean of the gradient, $h\theta$, and its mean square:
#
# ```{math}
# :label: eq-ch10-best-rate
# \eta^* = \frac{1}{h} \cdot \frac{\theta^2}{\theta^2 + \sigma^2} = \frac{(h\theta)^2}{h \cdot h^2(\theta^2 + \sigma^2)}
# ```
# % for \sigma in positive
# % let \eta^* = \frac{\theta^2}{h(\theta^2 + \sigma^2)}
# % check
#
# Where gradients agree it is $1/h$, Newton's; where they are noise it goes to zero. *vSGD* {cite}`schaul2013pesky` estimates both means, with averages that look back $\tau$ steps:
#
# ```{math}
# :label: eq-vsgd-averages
# \begin{aligned}
# m_t &= \left(1 - \frac{1}{\tau_{t-1}}\right) m_{t-1} + \frac{1}{\tau_{t-1}}\, g_t , \\
# v_t &= \left(1 - \frac{1}{\tau_{t-1}}\right) v_{t-1} + \frac{1}{\tau_{t-1}}\, g_t^2 , \\
# h_t &= \left(1 - \frac{1}{\tau_{t-1}}\right) h_{t-1} + \frac{1}{\tau_{t-1}}\, |\hat h_t|
# \end{aligned}
# ```
# % with T_0 = 0
#
# ```{math}
# :label: eq-vsgd-theta
# \begin{aligned}
# \hat\eta_t &= \frac{m_t^2}{h_t v_t} , \\
# \theta_t &= \theta_{t-1} - \hat\eta_t\, g_t , \\
# \tau_t &= \left(1 - \frac{m_t^2}{v_t}\right) \tau_{t-1} + 1
# \end{aligned}
# ```
# % with T_0 = 0
# % where h_t > 0
# % where v_t > 0
#
# $\tau$ grows by one a step while gradients cancel, and shrinks to one when they agree. In the code, a first phase of $T_0$ steps moves nothing, because a single gradient would look certain. With $h = \sigma = 1$, from 10, on 200 coordinates with noise of their own:

# %%
from optlib.methods import vsgd

noise = np.random.default_rng(0).standard_normal((1002, 200))
parabola = Problem(
    grad=lambda theta, z: theta - z, h_new=lambda theta, z: np.ones_like(theta),
    batches=lambda t: noise[t],
)
ends = {}
for name, rule, hyper in (("vsgd", vsgd, {}), ("η = 0.3", sgd, {"lr": 0.3}),
                          ("η = 0.03", sgd, {"lr": 0.03})):
    path = minimize(parabola, np.full(200, 10.0), rule, steps=1000, **hyper).path
    ends[name] = (path**2).mean(axis=1)
    print(name, *(f"{ends[name][t]:.4f}" for t in (10, 100, 1000)))

# %%
plot.curves(
    {name: (np.arange(1, 1001), e[1:]) for name, e in ends.items()}, log="xy",
    title="Mean squared distance", slopes={"1/t": (-1, 50, 0.02)},
    rule={"η = 0.3": "sgd", "η = 0.03": "momentum"},
    alt="Log-log lines over 1,000 steps from 100. vSGD stands still for ten steps, "
    "drops to 1 and then falls about like 1/t to 0.0020. The rate 0.3 drops to 0.18 "
    "and stays, the rate 0.03 comes down later and stays at 0.014.",
    caption="A rate that is estimated falls like 1/t by itself; a constant one has a "
    "floor. Mean of 200 coordinates with noise of their own, curvature 1.",
)

# %% [markdown]
# vSGD ends at 0.0020. An average of the 1,000 examples would be at 0.0010, so not knowing the two means has cost a factor of two.
#
# vSGD fails where coordinates act together, since {eq}`eq-ch10-after` knows one. Take ten of them, a curvature of 100 along $(1, \dots, 1)$ and of 1 across:

# %%
H = np.eye(10) + 9.9 * np.ones((10, 10))
together = Problem(
    grad=lambda theta, z: H @ (theta - z), h_new=lambda theta, z: np.diag(H),
    batches=lambda t: noise[t, :10],
)
path = minimize(together, np.full(10, 10.0), vsgd, steps=1000).path
print("diagonal:", np.diag(H)[0])
for t in (10, 12, 20, 1000):
    print(f"step {t:4d}: loss about 1e{np.log10(path[t] @ H @ path[t] / 2):.0f}")

# %% [markdown]
# The diagonal says 10.9, and the steep direction stands no rate above $2/100$. At $1/10.9$ a step multiplies the error there by $-8.2$, so from $10^5$ the loss is at $10^{23}$ ten steps later.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D1-06 D1-07 D1-08 D1-09 D2-13 D2-14 D2-15 D2-16 D2-17 D3-06 D3-07 D3-08
#
# **The point of zero slope.** Doc 1 sets the slope of the model to zero and calls the solution its minimum (writing $x$ for $\theta$ once). That is right if the Hessian is positive definite; otherwise it can be a saddle or a maximum, as from 26 % of the starts on the map.
#
# **Batches in Newton's step.** Doc 1 puts the Hessian and the gradient of a batch into the formula. On average that is not Newton's step: with batches of 60 it is off by 0.32 of its length, because the inverse of a batch's Hessian is not right on average.
#
# **LeCun's diagonal.** Doc 1 has LeCun estimate the diagonal of the Hessian by differences of consecutive gradients. He carries second derivatives back through the layers, {eq}`eq-ch10-layer`; the differences have a correlation of 0.06 with the diagonal.
#
# **A method without its name.** Doc 1 tells of a mixture with AdaGrad, by LeCun's team, of 2012. It is vSGD, whose rate is {eq}`eq-ch10-best-rate` with estimates for the two means.
#
# **A lost formula.** Doc 2 has lost Newton's step, which {eq}`eq-newton-theta` restores, and the size of the Hessian. It is $p \times p$: $10^{18}$ entries for $p = 10^9$.
#
# **Quadratic convergence.** Docs 2 and 3 promise it, doc 2 for convex problems. It is local and needs a positive curvature at the minimum: $\sqrt{1+x^2}$ and $x^4$ are convex, and Newton's method runs away from 1.01 on the one and gains a third a step on the other.
#
# **What BFGS stores.** Doc 2 says a limited set of vectors. That is L-BFGS; BFGS keeps a matrix of $p^2$ numbers.
#
# **Why L-BFGS is rare in deep learning.** Docs 2 and 3 name the number of parameters. Its $2Mp$ numbers are affordable; what fails are pairs from different batches, of which 28 % are not positive above.
#
# **Inverting.** Doc 2 counts a matrix inversion. The step needs a solution of $Hp = -g$, and on the Hilbert matrix the inverse does not even satisfy that equation to twelve digits.
#
# **Gradients alone.** Doc 3 says that quasi-Newton methods use gradients alone. They use differences of gradients, the steps between them, and the condition $s^\top y > 0$; the cell with the negative eigenvalue shows what happens without it.
# :::
#
# ## Exercises
#
# :::{exercise} A flatter minimum
# :name: newton-1
#
# $J = x^6$. By which factor does one step of Newton's method multiply $x$? Exactly.
# :::

# %%
answer = ...
check("newton-1", answer)

# %% [markdown]
# :::{exercise} How much damping
# :name: newton-2
#
# Along an eigenvector of curvature $h > 0$ a damped step should leave the share $r$ of the error, $0 < r < 1$. Derive $\lambda$. An expression in `h` and `r`, in a string, such as `"h*r"`.
# :::

# %%
answer = ...
check("newton-2", answer)

# %% [markdown]
# :::{exercise} One dimension
# :name: newton-3
#
# In one dimension $H_{t-1} = 5$, and the last step has $s = 2$, $y = 6$. What is $H_t$ after the update of BFGS, {eq}`eq-ch10-bfgs`? Exactly.
# :::

# %%
answer = ...
check("newton-3", answer)

# %% [markdown]
# :::{exercise} The memory of L-BFGS
# :name: newton-4
#
# $M = 10$ pairs, $p = 10^6$ parameters. How many numbers do the pairs hold?
# :::

# %%
answer = ...
check("newton-4", answer)

# %% [markdown]
# :::{exercise} Which pair?
# :name: newton-5
#
# Which pair can satisfy $Hy = s$ with no positive definite $H$? `"a"`: $s = (1, 0)$, $y = (2, 5)$. `"b"`: $s = (1, 1)$, $y = (1, -0.5)$. `"c"`: $s = (1, 2)$, $y = (-3, 1)$. `"d"`: $s = (0, 1)$, $y = (-9, 0.1)$.
# :::

# %%
answer = ...
check("newton-5", answer)


# %% [markdown]
# :::{exercise} Newton on the tumors
# :name: newton-6
#
# Write one step of Newton's method for logistic regression with the loss $\frac1n \sum_i \left(\ln(1 + \mathrm{e}^{z_i}) - y_i z_i\right) + \frac{\lambda}{2} \lVert \theta \rVert^2$, $z = A\theta$. `A` has shape $(n, p)$, `y` holds zeros and ones, `l2` is $\lambda$. Return the new $\theta$; change no argument. It is run from several places on the tumors and compared to $10^{-9}$.
# :::

# %%
def newton_step(theta, A, y, l2):
    return ...


check("newton-6", newton_step)


# %% [markdown]
# :::{exercise} The matrix behind the two loops
# :name: newton-7
#
# You are given pairs $(s, y)$ of a run on the tumors, as arrays `S` and `Y` of shape $(m, p)$, the oldest first, a number `scale` and a gradient `g`. Start from `scale` times the identity, apply {eq}`eq-ch10-bfgs` for each pair, and return $H g$. The two loops must give the same to $10^{-9}$.
# :::

# %%
def dense_product(S, Y, scale, g):
    return ...


check("newton-7", dense_product)

# %% [markdown]
# :::{exercise} The best rate for one step
# :name: newton-8
#
# A noisy parabola with $h = 2$, $\sigma = 1$, and $\theta = 3$. Which rate makes the mean loss after the next step lowest? Exactly.
# :::

# %%
answer = ...
check("newton-8", answer)

# %% [markdown]
# ## Summary
#
# Near a minimum with positive curvature Newton's method doubles its digits; elsewhere enough damping, or modified Cholesky and a search, keep it downhill. BFGS makes the least change to a matrix under the secant equation, as long as $s^\top y > 0$; L-BFGS does it with $2Mp$ numbers, and with exact gradients it needed less than half as many of them as tuned first-order rules on two regressions, though hardly less time. Pairs from different batches break it. vSGD, with a diagonal of curvatures and averages of the gradient and its square, has a rate that falls by itself, where coordinates do not act together.
#
# ## Sources
#
# Newton's method, modified Cholesky, the Wolfe conditions and BFGS follow Nocedal and Wright {cite}`nocedal2006numerical`; L-BFGS is Liu and Nocedal's {cite}`liu1989limited`, the test problems those of Moré, Garbow and Hillstrom {cite}`more1981testing`. Random signs are Hutchinson's {cite}`hutchinson1989stochastic`. LeCun's recursion is of 1988 {cite}`lecun1988using`, and in the form used for networks in {cite}`lecun1998efficient`. vSGD is by Schaul, Zhang and LeCun {cite}`schaul2013pesky`. Why batches spoil curvature is discussed by Bottou, Curtis and Nocedal {cite}`bottou2018optimization`.
