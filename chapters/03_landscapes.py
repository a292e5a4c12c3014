# ---
# jupyter:
#   file_format: mystnb
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# (ch-landscapes)=
# # 3 Loss landscapes: ravines, saddles, plateaus
#
# At the origin of $J(x, y) = \frac12x^2 - \frac12y^2 + \frac14y^4$ the slope is zero, and on both sides along $y$ the loss falls. Put gradient descent a millionth beside the ridge, at $y = 10^{-6}$, with a learning rate of 0.01. Each step multiplies $y$ by 1.01, so $y$ doubles every 70 steps, and 19 doublings turn a millionth into a half. That is about 1,330 steps; the run takes 1,334. From a millionth of a millionth it needs 2,722, only twice as many. From zero it never leaves. Which of the three is the normal case?
#
# After this chapter you can tell what a point without slope is, how long a run stays near it, and what slows it there. You need chapters 1 and 2, eigenvalues and logarithms.

# %%
import numpy as np

from optlib import minimize, plot
from optlib.exercises import check
from optlib.problem import Problem
from optlib.problems import basins, critical_point, digits, digits_mlp, lattice
from optlib.problems import quadratic, random_field, saddle, slice_plane, spectrum
from optlib.problems import surface, two_wells
from optlib.problems.landscapes import LANDSCAPES, minima
from optlib.rules import adagrad, adam, momentum, sgd
from optlib.widgets import Basins

# %% [markdown]
# ## One landscape, four rules
#
# In a loss with two wells and a ridge between them, four rules set out from one point: SGD, here with exact gradients; momentum (chapter 4), which adds to each step 0.9 of the step before; AdaGrad and Adam (chapters 6 and 7), which divide each coordinate of the gradient by a measure of its past size. Each has the best of thirteen rates, by the mean loss over 100 steps.

# %%
wells, place, trips = two_wells(), LANDSCAPES["two_wells"], {}
bottoms = np.array([(x, y) for _, x, y in minima(place.f, place.window)])
for rule in (sgd, momentum, adagrad, adam):
    rates = np.geomspace(0.01, 1, 13)
    runs = [minimize(wells, wells.start, rule, steps=100, lr=lr) for lr in rates]
    runs = [run for run in runs if run.ended != "diverged"]
    best = min(runs, key=lambda run: run.losses.mean())
    trips[rule.__name__] = best.path
    print(f"{rule.__name__:8s} ends at {best.losses[-1]:.2f}")

# %%
plot.paths(
    place.f, trips, place.window, minimum=bottoms,
    alt="Level curves of a loss with a deep well on the left and a shallow one on "
    "the right, and four paths from (0.3, 1.32). SGD and AdaGrad end in the right "
    "well at 0.37; momentum and Adam cross the ridge and end in the left one at "
    "-0.33.",
    caption="From one start, SGD and AdaGrad end in the nearer well, momentum and "
    "Adam in the deeper one. Each at the best of 13 rates for this start, 100 steps.",
)

# %% [markdown]
# SGD and AdaGrad end at 0.37, momentum and Adam at $-0.33$. One start ranks nothing. Where does a path slow down, and which well does it reach?
#
# ## Where the slope is zero
#
# At a *critical point* $\theta_c$ the gradient vanishes. Nearby, only the bend is left of the model of chapter 1:
#
# ```{math}
# :label: eq-ch03-bend
# J(\theta_c + e) \approx J(\theta_c) + \tfrac12\, e^\top H e .
# ```
#
# Along an eigenvector of $H$ with eigenvalue $h$ the loss rises if $h > 0$ and falls if $h < 0$. All positive: a minimum. All negative: a maximum. Both signs: a *saddle*. One negative eigenvalue is enough to leave by. Where none is negative and some are zero, higher derivatives decide.
#
# Newton's method jumps to where the linear model of the gradient vanishes, so it finds critical points of every kind. From two hundred random places of the picture:

# %%
left, right, bottom, top = place.window
draws = np.random.default_rng(0).uniform((left, bottom), (right, top), (200, 2))
ends = [critical_point(wells, start) for start in draws]
found = {tuple(end.round(3)) for end in ends if end is not None}
for point in sorted(found, key=lambda p: wells.f(np.array(p))):
    value = wells.f(np.array(point))
    h = np.linalg.eigvalsh(wells.hess(np.array(point)))
    kind = "minimum" if h[0] > 0 else "maximum" if h[1] < 0 else "saddle"
    print(f"{kind} at {value:.2f}, curvatures {h[0]:.1f} and {h[1]:.1f}")


# %% [markdown]
# The lowest way from one well to the other leads over the saddle at 0.86.
#
# ## How long a saddle holds
#
# Along an eigenvector with $h < 0$ the factor of chapter 1 is larger than one:
#
# ```{math}
# :label: eq-ch03-leave
# e_t = (1 + \eta |h|)\, e_{t-1} = (1 + \eta |h|)^t\, e_0 .
# ```
# % for h in (-3, 0), e_0 in real, t in 1..8
# % let e_t = e_{t-1} - \eta h e_{t-1}
# % check
#
# Set its size equal to a distance $r$ and solve for $t$:
#
# ```{math}
# :label: eq-ch03-escape
# (1 + \eta |h|)^t\, |e_0| = r, \quad t = \frac{\ln(r / |e_0|)}{\ln(1 + \eta |h|)} .
# ```
# % for h in (-3, 0), e_0 in (0.01, 0.1), r in (1, 2), \eta in (0.1, 1)
# % let t = \ln(r/|e_0|) / \ln(1 + \eta |h|)
# % check
#
# The distance to the ridge stands inside a logarithm: with $\eta|h| = 0.01$, a thousand times nearer costs 694 more steps, each time.

# %%
def leave(rule, y, problem, lr):
    def away(t, theta, loss):
        return abs(theta[1]) > 0.5

    start = np.array([1.0, y])
    run = minimize(problem, start, rule, steps=5000, lr=lr, callback=away)
    return f"{run.t} steps" if abs(run.theta[1]) > 0.5 else "never"

ridge = saddle()
for y in (1e-2, 1e-6, 1e-12, 0.0):
    print(f"from {y:5.0e}: SGD {leave(sgd, y, ridge, 0.01)}, "
          f"momentum {leave(momentum, y, ridge, 0.01)}, "
          f"SGD at 0.1 {leave(sgd, y, ridge, 0.1)}")

# %% [markdown]
# The runs of SGD at 0.01 take 15 steps more than the formula says: the term $\frac14y^4$ slows the last part. "Never" is exact: with $y = 0$ the gradient has no part along $y$. Among the starts nearby only this line, of area zero, leads to the saddle. In general, if the loss is twice continuously differentiable, no curvature exceeds $L$ in size and $\eta < 1/L$, the starts that lead to any one saddle with a negative eigenvalue have volume zero {cite}`lee2016gradient`.
#
# ### Faster with momentum, but why
#
# At the same rate momentum leaves after 216 steps, SGD after 1,334. Its step is $-\eta g_t$ plus $\mu$ times the last step, so along the eigenvector $e_t = (1 + \mu + \eta|h|)\, e_{t-1} - \mu\, e_{t-2}$. A sequence $z^t$ obeys that if $z$ solves a quadratic equation:
#
# ```{math}
# :label: eq-ch03-momentum
# z^2 - (1 + \mu + \eta|h|)\, z + \mu = 0 .
# ```
# % for h in (-3, 0)
# % let z = \frac{1 + \mu + \eta |h| + \sqrt{(1 + \mu + \eta |h|)^2 - 4\mu}}{2}
# % check
#
# The larger root takes over (exercise 5). With $\mu = 0.9$ and $\eta|h| = 0.01$ it is 1.065, six steps of SGD in one. But under a steady gradient the steps of momentum 0.9 are those of a tenfold rate, and SGD at that rate, in the last column, is faster still, 139 steps against 216. So momentum pays where a stiff direction forbids the larger rate:

# %%
stiff = quadratic((100, -1))
for rule, lr in ((sgd, 0.019), (momentum, 0.0361)):
    print(f"{rule.__name__} at {lr}: {leave(rule, 1e-6, stiff, lr)}")

# %% [markdown]
# Each has 95 % of its largest stable rate for $L = 100$, with momentum $2(1+\mu)/L$ (chapter 4). Momentum leaves nearly eight times as soon.
#
# ### Noise finds the way out
#
# Now start exactly on the ridge and add noise of standard deviation $\sigma$ to each gradient, as batches do. Near the ridge the mean square $c_t$ of $y$ obeys
#
# ```{math}
# :label: eq-ch03-noise
# \begin{aligned}
# c_t &= (1 + \eta)^2\, c_{t-1} + \eta^2\sigma^2 \\
# &= \eta^2\sigma^2\, \frac{(1+\eta)^{2t} - 1}{(1+\eta)^2 - 1} .
# \end{aligned}
# ```
# % for \sigma in positive, t in 1..8
# % let c_0 = 0
# % let c_t = (1 + \eta)^2 c_{t-1} + \eta^2 \sigma^2
# % check
#
# For large $t$ its root grows like a run without noise from a distance of $\sigma\sqrt{\eta/(2+\eta)}$. For $\sigma = 0.1$ and $\eta = 0.01$ that is 0.007, and {eq}`eq-ch03-escape` gives 428 steps.

# %%
rng, out = np.random.default_rng(0), np.zeros(100)
theta = np.array([np.ones(100), np.zeros(100)])
for t in range(1, 3001):
    noisy = ridge.grad(theta) + 0.1 * rng.standard_normal((2, 100))
    theta = sgd(theta, noisy, lr=0.01)
    out[(out == 0) & (abs(theta[1]) > 0.5)] = t
low, middle, high = np.percentile(out, (10, 50, 90))
print(f"{np.sum(out > 0)} leave, median {middle:.0f}, 80 % {low:.0f} to {high:.0f}")


# %% [markdown]
# All 100 runs leave, eight in ten between steps 393 and 649. The median, 483, is 428 plus 15 for the quartic term plus 40, because half of the runs stay within 0.67 of the root mean square. With noise, then, none of the three starts at the beginning is the normal case: the saddle costs some hundreds of steps from each.
#
# ### Where the logarithm fails
#
# At the *monkey saddle* of $\frac13(x^3 - 3xy^2) + \frac14(x^2+y^2)^2$ three valleys meet, and all second derivatives vanish. Along a valley, at a small distance $r$, the slope is about $r^2$:
#
# ```{math}
# :label: eq-ch03-monkey
# r_t = r_{t-1} + \eta\, r_{t-1}^2, \quad \frac{1}{r_t} = \frac{1}{r_{t-1}} - \frac{\eta}{1 + \eta\, r_{t-1}} .
# ```
# % for r_0 in positive, t in 1..3
# % let r_t = r_{t-1} + \eta r_{t-1}^2
# % check
#
# So $1/r$ comes down by about $\eta$ a step, and leaving takes about $1/(\eta r_0)$ steps.

# %%
def gone(t, theta, loss):
    return np.hypot(*theta) > 0.5

monkey = surface("monkey_saddle")
for r in (0.1, 0.03, 0.01):
    start = np.array([-r, 0.0])
    run = minimize(monkey, start, sgd, steps=20_000, lr=0.01, callback=gone)
    print(f"from {r}: {run.t} steps, {run.t * 0.01 * r:.2f} times 1 / (eta r)")


# %% [markdown]
# Here ten times nearer takes ten times as long.
#
# ## Plateaus
#
# The loss $J(\theta) = 1/(1 + \mathrm{e}^\theta)$ falls from 1 to 0 around $\theta = 0$. Start far to the left, at $-d$, and count the steps to $-2$, where the loss has begun to fall. Where the slope has the size $s$, one unit of $\theta$ takes $1/(\eta s)$ steps:
#
# ```{math}
# :label: eq-ch03-plateau
# s = \frac{\mathrm{e}^\theta}{(1 + \mathrm{e}^\theta)^2}, \quad \frac{1}{s} = \mathrm{e}^{-\theta} + 2 + \mathrm{e}^{\theta} .
# ```
# % let s = \frac{\mathrm{e}^\theta}{(1 + \mathrm{e}^\theta)^2}
# % check
#
# Added up from $-d$ to $-2$ in small pieces, that is $\mathrm{e}^d - \mathrm{e}^2 + 2(d - 2)$ and a little less than $0.14$, over $\eta$. With $\eta = 1$ and $d = 8$ it makes 2,986 steps.

# %%
def sign_step(theta, g, *, lr):
    return theta - lr * np.sign(g)

def there(t, theta, loss):
    return theta > -2

plain = Problem(grad=lambda theta: -1 / (np.exp(-theta) + 2 + np.exp(theta)))
times, depths = {}, [4, 6, 8, 10]
for rule in (sgd, momentum, adagrad, sign_step, adam):
    lr, name = 1 if rule in (sgd, momentum) else 0.1, rule.__name__.replace("_", " ")
    runs = [minimize(plain, -float(d), rule, steps=50_000, lr=lr, callback=there)
            for d in depths]
    times[name] = [run.t for run in runs]
    print(f"{name:9s}", *(f"{n:6d}" for n in times[name]))

# %%
plot.curves(
    times, depths, log="y", rule={"sign step": "signsgd"},
    title=r"Steps to $\theta = -2$", xlabel="distance $d$ of the start",
    alt="Lines over starting distances 4 to 10, steps on a logarithmic axis. SGD "
    "rises straight from 53 to 22,040, momentum almost straight from 15 to 2,265; "
    "AdaGrad, the sign step and Adam flatten and reach 373, 81 and 61.",
    caption="On a plateau the steps of SGD and momentum grow in number like the "
    "exponential of the distance; for rules that divide by the size of the slope "
    "they grow about linearly. Rate 1 for the first two, 0.1 for the others, not "
    "tuned: what counts is how each line grows.",
)

# %% [markdown]
# Two units farther out cost SGD seven times as many steps, which is $\mathrm{e}^2$, and momentum four to seven times; a sign step needs 20 more, AdaGrad a hundred more. Steps that are divided by the size of the slope do not feel that it is tiny. Near a minimum that hurts: a sign step of 0.1 hops around it. And where the slope is zero none of these rules moves.
#
# ## Ravines
#
# Chapter 1 has the ravine: along curvature $h$ the factor is $1 - \eta h$, which is negative for $\eta > 1/h$. So gradient descent bounces between the walls as soon as $\eta > 1/L$. Count the changes of sign in a hundred steps with $L = 100$:

# %%
ravine = quadratic((1, 100))
for lr in (0.005, 0.015, 0.019):
    path = minimize(ravine, ravine.start, sgd, steps=100, lr=lr).path
    turns = (np.sign(path[1:]) != np.sign(path[:-1])).sum(axis=0)
    print(f"rate {lr}: {turns[0]} along the floor, {turns[1]} across")


# %% [markdown]
# Above 0.01 the run changes sides at every step, at 0.005 never. A remedy is a rate for each coordinate: with a hundredth of it across, the ravine is a round bowl. AdaGrad learns such rates from the gradients. Try it on a ravine along a coordinate, then on one turned by 45 degrees, with its start:

# %%
def walk(angle, word):
    c, s = np.cos(angle), np.sin(angle)
    start, runs = np.array([[c, -s], [s, c]]) @ (-1.6, 0.5), {}
    for rule, lr in ((sgd, 2 / 31), (adagrad, 0.9)):
        run = minimize(quadratic((1, 30), angle=angle), start, rule, steps=40, lr=lr)
        runs[rule.__name__] = run.path
        print(f"{word}, {rule.__name__}: ends at {np.linalg.norm(run.theta):.3f}")
    return runs

straight, slanted = walk(0.0, "along the axes"), walk(np.pi / 4, "turned")

# %%
plot.paths(
    lambda x, y: (x**2 + 30 * y**2) / 2, straight, (-2, 0.9, -0.8, 0.8),
    minimum=(0, 0), equal=True, height=2.9,
    alt="Long level ellipses along the horizontal axis, two paths from (-1.6, 0.5). "
    "SGD zigzags and ends 0.116 from the minimum; AdaGrad is within 0.001 after 11 "
    "steps.",
    caption="A ravine along an axis: AdaGrad soon arrives. Curvatures 1 and 30, 40 "
    "steps, SGD at its best constant rate, AdaGrad at 0.9, which suits the ravine "
    "below.",
)

# %%
plot.paths(
    lambda x, y: ((x + y) ** 2 + 30 * (y - x) ** 2) / 4, slanted,
    (-1.9, 0.6, -1.9, 0.4), minimum=(0, 0), equal=True, height=4.4,
    alt="The same ellipses turned by 45 degrees, with the paths from the turned "
    "start. SGD zigzags as before and ends at 0.116; AdaGrad jumps across, comes "
    "back to the floor, creeps along it and ends 0.290 from the minimum.",
    caption="The same ravine and start, turned by 45 degrees. The path of SGD turns "
    "along; that of AdaGrad does not.",
)

# %% [markdown]
# SGD ends at a distance of 0.116 both times. AdaGrad had arrived; turned, it is still at 0.290. Why? Turn a loss, $\tilde J(\theta) = J(Q\theta)$ with a rotation $Q$. Its gradient is $Q^\top g$ with $g = \nabla J(Q\theta)$, and a step of gradient descent satisfies
#
# ```{math}
# :label: eq-ch03-turn
# Q\,(\theta - \eta\, Q^\top g) = Q\theta - \eta\, g .
# ```
# % for s in (0, 3), \theta in R^2, g in R^2
# % let Q = \begin{pmatrix} \cos s & -\sin s \\ \sin s & \cos s \end{pmatrix}
# % check
#
# So the turned path is the path, turned. With a rate for each coordinate it is not, and at 45 degrees no such rates lower $\kappa$. Take a positive definite matrix with diagonal $a$, $c$ and $d$ off it. Divide the coordinates by $\sqrt p$ and $\sqrt q$, and their rates $p$ and $q$ become one rate on a matrix with diagonal $ap$, $cq$ and $d\sqrt{pq}$ off it. Its squared trace over its determinant, which is $\kappa + 2 + 1/\kappa$ and grows with $\kappa$, is
#
# ```{math}
# :label: eq-ch03-scaling
# \frac{(ap + cq)^2}{pq\,(ac - d^2)} = \frac{4ac}{ac - d^2} + \frac{(ap - cq)^2}{pq\,(ac - d^2)} .
# ```
# % for a in positive, c in positive, d in real, p in positive, q in positive
# % where ac > d^2
# % check
#
# It is least for $ap = cq$: the best rates make the diagonal equal. At 45 degrees it is equal already.
#
# In ten dimensions, with $\kappa = 1000$ and seven starts on the unit sphere, count the steps to a thousandth from the minimum, AdaGrad and Adam at the best of seven rates for that matrix, SGD at its best constant one:

# %%
cloud = np.random.default_rng(0).standard_normal((10, 7))
cloud /= np.linalg.norm(cloud, axis=0)

def arrive(problem, rule, lr):
    out = np.full(7, np.inf)
    def near(t, theta, loss):
        out[(np.linalg.norm(theta, axis=0) < 1e-3) & np.isinf(out)] = t
        return np.isfinite(out).all()

    minimize(problem.replace(f=None), cloud, rule, steps=4000, lr=lr, callback=near)
    return np.sort(out)


# %%
rates = {sgd: [2 / 1001], adagrad: np.geomspace(0.1, 10, 7)}
rates[adam] = np.geomspace(0.03, 1, 7)
for seed, word in ((None, "along the axes"), (0, "turned")):
    problem = quadratic(spectrum(1000, 10), seed=seed)
    for rule, lrs in rates.items():
        n = min((arrive(problem, rule, lr) for lr in lrs), key=lambda out: out[3])
        print(f"{word}, {rule.__name__}: {n[3]:.0f} steps ({n[0]:.0f} to {n[6]:.0f})")


# %% [markdown]
# Along the axes AdaGrad needs 5 steps where SGD needs 2,803. Turned, it needs 2,073 and SGD 2,746; Adam goes from 121 to 226. (Medians, in one rotation.) Rates per coordinate help where the coordinates differ in scale, as the inputs of a model often do, not against a large $\kappa$ as such.
#
# ## Which well?
#
# From random starts, how often does each rule end in the lower of the two wells? Each gets the best of nine rates on 200 starts, by the share in the lower well after 300 steps, and is judged on 200 others.

# %%
def lower(rule, lr, seed, steps=300):
    rng = np.random.default_rng(seed)
    starts = rng.uniform((left, bottom), (right, top), (200, 2)).T
    return np.mean(basins("two_wells", rule, starts, steps=steps, lr=lr) == 0)

rates, chosen = np.geomspace(0.01, 1, 9), {}
for rule in (sgd, momentum, adagrad, adam):
    chosen[rule] = rates[np.argmax([lower(rule, lr, 1) for lr in rates])]
    p = lower(rule, chosen[rule], 2)
    half = 1.96 * np.sqrt(p * (1 - p) / 200)
    print(f"{rule.__name__:8s} at {chosen[rule]:.3f}: {p:.2f} +- {half:.2f}")

# %% [markdown]
# The shares lie between 0.55 and 0.66, each give or take 0.07. Tuned for nothing else, the best rule leaves about a third of its starts in the upper well. Where do they lie?

# %%
grid = lattice(place.window, 66, 60)
maps = {}
for rule in (sgd, momentum, adam):
    maps[rule.__name__] = basins("two_wells", rule, grid, steps=300, lr=chosen[rule])

# %%
plot.basins(
    maps, place.window, bottoms, f=place.f,
    alt="Three maps of the two wells, each start shaded by the minimum that it "
    "reaches: 1 for 54 % under SGD, 61 % under momentum, 68 % under Adam. In each a "
    "border runs down the middle. Strips along the left and right edges go to the "
    "other well, thin for SGD, wider for momentum; for Adam tongues of 1 reach down "
    "to minimum 2.",
    caption="Dark: starts that reach the lower well, 1; pale: the other, 2. Each "
    "rule has starts for both. 300 steps at the rates of the table.",
)

# %% [markdown]
# Around the saddle the three maps have the same border: a run that starts there rolls to its own side. Farther out the first steps are long, those of SGD and momentum where the slope is steep, those of Adam everywhere, and strips of one shade lie in the other. Nothing in these rules searches for the lower well.
#
# In the widget move the start until SGD and momentum part. Choose the basins of momentum and raise its rate: islands appear. Then raise that of SGD above 0.176, which is $2/L$ at the lower minimum: SGD cannot stay there.

# %%
Basins()

# %% [markdown]
# Does noise carry a run out of a well? Put a hundred runs into each, add noise to the gradient for 2,000 steps of SGD at 0.05, then let them settle.

# %%
for sigma in (1, 2, 3, 4, 8):
    rng, theta = np.random.default_rng(0), bottoms.T.repeat(100, axis=1)
    for t in range(2100):
        noise = sigma * rng.standard_normal(theta.shape) * (t < 2000)
        theta = sgd(theta, wells.grad(theta) + noise, lr=0.05)
    stayed, came = np.mean(theta[0, :100] < 0), np.mean(theta[0, 100:] < 0)
    print(f"noise {sigma}: {came:.2f} moved to the lower well, {stayed:.2f} stayed")


# %% [markdown]
# With noise 1 no run moves. With 3, 0.95 move to the lower well, and 0.08 of those that were there have left. With 8 both groups end alike, 0.61 in the lower well. Noise helps out of a shallow well if it is large enough for the way out and too small for the way back, which nobody knows beforehand. To leave a saddle any noise along a way down will do.
#
# ## Many dimensions
#
# A minimum needs all $n$ eigenvalues positive. Take random polynomials of degree four in $n$ parameters, with normal coefficients up to degree three and $\lVert\theta\rVert^4/4n$ to hold them in. In each of fifty, Newton's method sets out four times.

# %%
def census(n):
    rows = []
    for seed in range(50):
        field, rng = random_field(n, seed), np.random.default_rng(seed)
        for _ in range(4):
            point = critical_point(field, rng.uniform(0, 2) * rng.standard_normal(n))
            if point is not None:
                down = np.mean(np.linalg.eigvalsh(field.hess(point)) < 0)
                rows.append((seed, field.f(point) / n, down))
    return np.array(sorted(rows, key=lambda row: row[1]))  # by height

points = {n: census(n) for n in (2, 10, 40)}


# %%
def correlation(rows):
    return np.corrcoef(rows[:, 1], rows[:, 2])[0, 1]

rng = np.random.default_rng(0)
for n, rows in points.items():
    mixed = np.mean((rows[:, 2] > 0) & (rows[:, 2] < 1))
    of = [rows[rows[:, 0] == seed] for seed in range(50)]
    again = [correlation(np.vstack([of[k] for k in rng.integers(50, size=50)]))
             for _ in range(200)]
    low, high = np.percentile(again, (2.5, 97.5))
    print(f"n = {n}: {mixed:.1f} are saddles, correlation {low:.1f} to {high:.1f}")

# %%
plot.curves(
    {f"n = {n}": (points[n][:, 1], points[n][:, 2]) for n in (2, 40)},
    marks="only", xlabel="height of the critical point, over $n$",
    title="Share of negative eigenvalues",
    alt="Dots: height of critical points, from -5 to 0, against the share of "
    "negative eigenvalues, from 0 to 1. For n = 2 they lie on the levels 0, 0.5 and "
    "1; for n = 40 they form one band, from 0 at -2.3 up to 0.38 near 0.",
    caption="In forty dimensions a higher critical point has more ways down. Found "
    "by Newton's method in fifty random landscapes each.",
)


# %% [markdown]
# For $n = 2$ half of the critical points found are saddles, for $n = 10$ nine tenths, for $n = 40$ nearly all. The share of directions that lead down rises with the height. The correlation is 0.3 to 0.4 for $n = 2$ and 0.9 for $n = 40$ (95 % intervals over the landscapes). Dauphin and coauthors found the same relation on networks {cite}`dauphin2014identifying`. But the points are those that Newton's method finds, some of them twice, and a random polynomial is no network's loss: add a large enough multiple of $\lVert\theta\rVert^2$, and a single minimum is left.
#
# ## A network on the digits
#
# Train networks with one hidden layer on 200 images, each width from twenty random starts, with 120 steps of momentum 0.9 on the full loss, that of all 200. The rate, 0.1 or 0.3, is chosen on two other starts; "reads" is the share of the test images read right. If bad local minima were the trouble, the end would depend on the start.

# %%
def trained(width, lr, seed):
    net = digits_mlp((width,), size=200, seed=seed)
    run = minimize(net.replace(f=None), net.start, momentum, steps=120, lr=lr)
    return net.full(run.theta), 100 * net.accuracy(run.theta), run.theta

def twenty(width):
    def mean(lr):
        return np.mean([trained(width, lr, k)[0] for k in (100, 101)])

    lr = min((0.1, 0.3), key=mean)
    loss, read, thetas = zip(*(trained(width, lr, k) for k in range(20)))
    print(f"width {width:2d}: loss {min(loss):.3g} to {max(loss):.3g}, "
          f"reads {min(read):.0f} to {max(read):.0f} %")
    return np.array(loss), thetas

nets = {width: twenty(width) for width in (2, 4, 8, 16, 32, 64)}

# %%
plot.dots(
    {f"width {width}": loss for width, (loss, _) in nets.items()}, log="x",
    title="Full loss after 120 steps",
    alt="Full loss on a logarithmic axis, six rows of twenty starts each. Width "
    "2 lies around 1.57, width 4 around 1.02, width 8 spreads from 0.0039 to 1.4; "
    "widths 16, 32 and 64 are narrow, at 0.0029, 0.0020 and 0.0016.",
    caption="From width 16 on the end hardly depends on the start. Median and "
    "10-90 % of twenty starts, a tick for each.",
)

# %% [markdown]
# At widths 4 and 8 the largest loss is more than ten times the smallest, from 16 on less than twice. That fits doc 2: for large models many local minima are acceptable. But are the bad ends minima? A unit, $\max(z, 0)$, whose input $z$ is negative on all images is *idle*: it puts out zero, and the slope of its weights is zero, a plateau. Count such units and compare with the loss:

# %%
X = digits().X[:200]

def idle(theta):
    return np.mean((X @ theta["W1"] + theta["b1"] <= 0).all(axis=0))

for width in (2, 4, 8):
    first = [idle(digits_mlp((width,), size=200, seed=k).start) for k in range(20)]
    last = [idle(theta) for theta in nets[width][1]]
    r = np.corrcoef(last, np.log(nets[width][0]))[0, 1]
    print(f"width {width}: idle {np.mean(first):.0%} at the start, "
          f"{np.mean(last):.0%} at the end, correlation {r:.1f}")

# %% [markdown]
# Few units are idle at the start, 44 to 70 % at the end. The more, the higher the loss: the correlation of their share with its logarithm is 0.9 or more. With all units idle a network answers every image alike, and the best it can reach is the 2.29 of the worst runs. So the bad ends of the narrow networks lie on plateaus, and wide ones have units to spare. Nothing shows that the other ends are minima; the runs were stopped.
#
# A network of 32 units has 2,410 parameters, and a picture shows a plane through the trained weights, along two random directions. How far is a step of length one? Ten times the weights and biases into a layer and a tenth of the weights out of it make the same network, for which that step is small. The remedy is to give each column of a direction, the weights into one unit, the length of the same column of the network, and to leave the biases alone {cite}`li2018visualizing`.

# %%
net, theta = digits_mlp((32,), size=200), nets[32][1][0]
copy = theta | {"W1": 10 * theta["W1"], "b1": 10 * theta["b1"]}
copy["W2"] = theta["W2"] / 10
print("the copy has the same loss:", np.isclose(net.f(copy), net.f(theta)))
for word, weights in (("network", theta), ("copy", copy)):
    for how, normalize in (("random", False), ("normalized", True)):
        plane = slice_plane(net.f, weights, points=5, seed=1, normalize=normalize)
        print(f"{word}, loss after one {how} direction: {plane(1.0, 0.0):.1f}")

# %%
view = (-1.2, 1.2, -1, 1)
plot.paths(
    slice_plane(net.f, theta, view, seed=1), {}, view,
    places={"end of training": (0, 0)},
    title="Full loss on a plane through the trained network",
    alt="Level curves on a plane through the weights of a network: one bowl of "
    "rounded curves, low around the end of training, where the loss is 0.002, and "
    "rising to 10 and more at the corners.",
    caption="Around its end point the loss of a trained network looks like a bowl, "
    "in the two directions shown. ReLU, width 32, normalized directions.",
)

# %% [markdown]
# A step of one along the random direction leads to a loss of 28.7 for the network and 214.5 for its copy, along the normalized one to 11.2 for both. The slice shows one bowl. But the curvature along a random direction is a weighted average of all eigenvalues, in which a few negative ones do not show: a bowl in a slice is no proof of a minimum.
#
# ## What the documents say
#
# :::{errata} What the documents say, and what is right
# :ids: D0-01 D2-32 D2-33 D3-24
#
# **Ill-conditioning.** Doc 0 says that adaptive methods handle it better. AdaGrad does so along an axis, 5 steps against 2,803; turned, little is left, 2,073 against 2,746.
#
# **The missing figure.** Doc 2's picture of an optimizer on a non-convex surface is lost. The first figure takes its place.
#
# **Out of saddles.** Doc 2 has momentum escape more reliably. At the same rate it escapes sooner, 216 steps against 1,334. From $y = 0$ neither leaves, and at ten times the rate gradient descent needs 139.
#
# **Globally good solutions.** Doc 3's exploration, exploitation and globally good solutions are metaphors: no rule above is sure to find the lower of two minima. Tuned for that alone, each leaves about a third or more of its starts in the upper one.
# :::
#
# ## Exercises
#
# :::{exercise} What kind of point?
# :name: landscapes-1
#
# $J(x, y) = x^3 - 3x + y^2$ has two critical points, $(1, 0)$ and $(-1, 0)$. What is the second one? Answer `"minimum"`, `"maximum"` or `"saddle"`.
# :::

# %%
answer = ...
check("landscapes-1", answer)

# %% [markdown]
# :::{exercise} How long does it hold?
# :name: landscapes-2
#
# Gradient descent with $\eta = 0.01$ along an eigenvector with $h = -1$, exactly as in {eq}`eq-ch03-leave`, from $e_0 = 10^{-6}$. After how many steps is $|e_t|$ at least 0.5 for the first time?
# :::

# %%
answer = ...
check("landscapes-2", answer)

# %% [markdown]
# :::{exercise} Ways down
# :name: landscapes-3
#
# At a critical point the Hessian has the rows $(1, 2, 0)$, $(2, 1, 0)$ and $(0, 0, 3)$. How many of its eigenvalues are negative?
# :::

# %%
answer = ...
check("landscapes-3", answer)


# %% [markdown]
# :::{exercise} A fair direction
# :name: landscapes-4
#
# `W` has shape (inputs, units) and is a layer of a network that has read digits; `d` is a random array of the same shape. Return `d` with each column scaled to the length (2-norm) of the same column of `W`. No column of `d` is zero.
# :::

# %%
def normalize(d, W):
    return ...


check("landscapes-4", normalize)

# %% [markdown]
# :::{exercise} The factor of momentum
# :name: landscapes-5
#
# Along an eigenvector with the negative eigenvalue $-h$, $h > 0$, momentum makes $e_t = (1 + \mu + \eta h)\, e_{t-1} - \mu\, e_{t-2}$. Derive the factor by which the error grows per step in the long run, and why it is above one. An expression in `eta`, `h` and `mu`, in a string, such as `"1 + eta*h*mu"`.
# :::

# %%
answer = ...
check("landscapes-5", answer)

# %% [markdown]
# :::{exercise} A scaling that does not help
# :name: landscapes-6
#
# $H$ has the eigenvalues 1 and 100 and is turned by 45 degrees; $D$ is the diagonal of $H$. What is the condition number of $D^{-1/2} H D^{-1/2}$? Give the exact number.
# :::

# %%
answer = ...
check("landscapes-6", answer)

# %% [markdown]
# :::{exercise} Count the wells
# :name: landscapes-7
#
# Run `sgd` at `lr=0.05` for 400 steps on the two wells from the 200 starts `np.random.default_rng(7).uniform(-1.4, 1.4, (2, 200))`, one a column; `basins` takes them all at once. Which share ends in the lower well, where $x < 0$? Three significant digits.
# :::

# %%
answer = ...
check("landscapes-7", answer)

# %% [markdown]
# ## Summary
#
# Where the gradient vanishes, the signs of the eigenvalues tell the kind of point. The steps to leave a saddle grow with the logarithm of one over the distance, and noise keeps that distance up. Where the bend vanishes too, they grow like one over the distance; on a plateau like the exponential of its length. Momentum gains at a saddle what a larger rate gains. Rates per coordinate help on plateaus and in ravines along an axis. Start, rate and noise decide which minimum a run reaches. In many dimensions most critical points found are saddles. The bad ends of narrow networks lay on plateaus; for wide ones the start hardly mattered.
#
# ## Sources
#
# Lee and coauthors prove that gradient descent avoids saddles {cite}`lee2016gradient`; Dauphin and coauthors argue that saddles, not local minima, slow training in many dimensions {cite}`dauphin2014identifying`. Slices with normalized directions are from Li and coauthors {cite}`li2018visualizing`; that rescaling makes a minimum look sharp or flat at will, from Dinh and coauthors {cite}`dinh2017sharp`; AdaGrad from Duchi, Hazan and Singer {cite}`duchi2011adaptive`.
