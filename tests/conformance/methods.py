"""Every call of book/methods.toml, run beside the method: how far apart they are after a few steps, or at the end."""

import importlib.metadata
import inspect
import tomllib
import warnings
from pathlib import Path

import jax
import numpy as np
import optax
import optimistix
import pylops
import pyproximal
import pytorch_optimizer
import scipy.optimize
import skglm
import sklearn.linear_model
import torch
from jax import numpy as jnp

from optlib import Problem, methods, minimize, rules, wrappers
from optlib.grammar import read
from optlib.methods import quasi_newton
from optlib.methods.lbfgs import two_loop
from optlib.methods.trust_region import trust_region
from optlib.methods.wolfe import wolfe
from optlib.models import mlp
from optlib.problems import cancer, cancer_logistic, diabetes, lasso, lasso_path, mgh, puromycin
from optlib.problems.least_squares import CONCENTRATION, VELOCITY
from tests.reference.vectors import load

jax.config.update("jax_enable_x64", True)
CALLS = Path(__file__).parents[2] / "book" / "methods.toml"
VERSIONS = ("scipy", "scikit-learn", "torch", "optax", "jax", "optimistix", "pyproximal", "skglm")
VERSIONS += ("pytorch_optimizer",)
NAMES = dict(torch=torch, optax=optax, scipy=scipy, sklearn=sklearn, optimistix=optimistix, skglm=skglm)
NAMES |= dict(pyproximal=pyproximal, pytorch_optimizer=pytorch_optimizer, np=np)
STEPS = 8
BOUND = 1e-9  # of the largest |difference| where steps are the same
ENDS = 1e-6  # of the largest parameter, where both arrive


def calls():
    """[(method, entry)] of all calls."""
    table = tomllib.loads(CALLS.read_text(encoding="utf-8"))
    return [(name, entry) for name, told in table.items() for entry in told.get("library", [])]


# -- where a method and a library meet: {name in a call: what it is}, with the problem
def place(problem, theta=None, **names):
    can = {name: problem.can[name] for name in ("f", "grad", "hess", "residual", "jacobian") if name in problem.can}
    return can | names | {"problem": problem, "theta": problem.start if theta is None else theta}


def rosenbrock():
    def fn(x, args=None):
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    return place(mgh("rosenbrock"), fn=fn, slope=jax.grad(fn))


def tumors(features=30, l2=1e-2):
    X, y, _, _ = cancer()
    return place(cancer_logistic(features, l2=l2), X=np.column_stack([X[:, :features], np.ones(len(X))]), y=y, l2=l2)


def enzyme():
    c, y = jnp.asarray(CONCENTRATION), jnp.asarray(VELOCITY)
    return place(puromycin(), fn=lambda theta, args: theta[0] * c / (theta[1] + c) - y)


def sparse(weight=4.0):
    X, y, _ = diabetes()
    smooth = pyproximal.L2(Op=pylops.MatrixMult(X / len(y) ** 0.5), b=y / len(y) ** 0.5)
    return place(lasso(weight), X=X, y=y, weight=weight, smooth=smooth, weights=np.geomspace(45, 0.5, 20))


def root():
    def f(x):
        return (1 + x * x) ** 0.5

    return place(Problem(f, grad=lambda x: x / f(x), hess=lambda x: f(x) ** -3.0), theta=0.5)


def ball():
    A = np.random.default_rng(0).normal(size=(4, 4))
    B, g = A + A.T, A[0]
    return place(Problem(lambda p: g @ p + p @ B @ p / 2, grad=lambda p: g + B @ p, hess=lambda p: B), np.zeros(4))


def line():
    names = rosenbrock()
    return names | {"direction": -names["grad"](names["theta"])}


PLACES = dict(rosenbrock=rosenbrock, tumors=tumors, few=lambda: tumors(5, 0.0), enzyme=enzyme, sparse=sparse)
PLACES |= dict(root=root, ball=ball, line=line, pairs=rosenbrock, stored=dict)


# -- a library's answer, whatever its call makes
def answer(call, names, steps):
    """What the library has found: theta after `steps` steps or at its end, or a length."""
    names = NAMES | names | {"steps": steps, "p": torch.tensor(names["theta"], dtype=torch.float64, requires_grad=True)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of steps that end before a tolerance is met, as they shall
        made = eval(call, names)
        if isinstance(made, torch.optim.Optimizer):
            return on_torch(made, names, steps)
        if isinstance(made, optax.GradientTransformation):
            return on_optax(made, names, steps)
        if hasattr(made, "fit"):
            return made.fit(names["X"], names["y"]).coef_.ravel()
    for name in ("x", "value"):
        made = getattr(made, name, made)
    return np.asarray(made)


def on_torch(optimizer, names, steps):
    def closure():
        optimizer.zero_grad()
        loss = names["fn"](names["p"])
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return names["p"].detach().numpy().copy()


def on_optax(optimizer, names, steps):
    theta, fn = jnp.asarray(names["theta"]), names["fn"]

    @jax.jit
    def step(theta, state):
        loss, g = jax.value_and_grad(fn)(theta)
        told = {"value": loss, "grad": g, "value_fn": fn}
        if "grad_fn" in inspect.signature(optimizer.update).parameters:  # SAM asks a gradient elsewhere
            told = {"grad_fn": lambda x, _: jax.grad(fn)(x)}
        update, state = optimizer.update(g, state, theta, **told)
        return optax.apply_updates(theta, update), state

    state = optimizer.init(theta)
    for _ in range(steps):
        theta, state = step(theta, state)
    return np.asarray(theta)


# -- what is compared: (after the first step, after the last), the largest |difference|
def apart(ours, theirs):
    return float(np.abs(np.asarray(ours) - np.asarray(theirs)).max())


def share(ours, theirs):
    """The same, as a share of our largest number."""
    return apart(ours, theirs) / float(np.abs(ours).max())


def steps(name, entry, names):
    step, hyper, last = getattr(methods, name), entry.get("with", {}), entry.get("steps", STEPS)
    run = minimize(names["problem"], names["theta"], step, last, **hyper)
    return tuple(apart(run.path[k], answer(entry["call"], names | hyper, k)) for k in (1, last))


def points(name, entry, names):
    """The library's parameters are where our next gradient is taken."""
    hyper, theta, b, found = entry["with"], names["theta"], 0, []
    for k in range(1, STEPS + 1):
        theta, b = getattr(methods, name)(theta, names["grad"], b, **hyper)
        ahead = theta - hyper["lr"] * hyper["momentum"] * b
        found.append(apart(ahead, answer(entry["call"], names | hyper, k)))
    return found[0], found[-1]


def wrapped(name, entry, names):
    """SAM around gradient descent, Lookahead around momentum."""
    hyper, problem, step, more = entry["with"], names["problem"], rules.sgd, {}
    if name == "sam":
        problem = wrappers.sam(problem, radius=hyper["radius"])
    else:
        step, more = wrappers.lookahead(rules.momentum, every=4, alpha=0.3), {"momentum": 0.9}
    run = minimize(problem, names["theta"], step, STEPS, lr=hyper["lr"], **more)
    return tuple(apart(run.path[k], answer(entry["call"], names | hyper, k)) for k in (1, STEPS))


def minimizer(name, entry, names):
    step = getattr(methods, name)
    gtol = 1e-9 if "grad" in read(step).asks else None
    run = minimize(names["problem"], names["theta"], step, 3000, gtol=gtol, **entry.get("with", {}))
    return (share(run.theta, answer(entry["call"], names, 1)),) * 2


def path(name, entry, names):
    return (share(lasso_path(names["weights"]), answer(entry["call"], names, 1)),) * 2


def update(name, entry, names):
    """Both matrices after each of some pairs of a quadratic, from the identity."""
    rng = np.random.default_rng(2)
    A, ours, theirs, found = rng.normal(size=(4, 4)), np.eye(4), eval(entry["call"], NAMES), []
    theirs.initialize(4, "inv_hess" if name == "bfgs" else "hess")
    for _ in range(STEPS):
        s = rng.normal(size=4)
        y = A @ A.T @ s
        ours = getattr(quasi_newton, f"{name}_update")(ours, s, y)
        theirs.update(s, y)
        found.append(apart(ours, theirs.get_matrix()))
    return found[0], found[-1]


def direction(name, entry, names):
    """Each step of the library against our two loops on its own pairs, relative to its length."""
    p = torch.tensor(names["theta"], requires_grad=True)
    optimizer, path = eval(entry["call"], NAMES | {"p": p}), [names["theta"]]
    lr, memory = optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["history_size"]
    for _ in range(4 * STEPS):
        on_torch(optimizer, names | {"p": p}, 1)
        path.append(p.detach().numpy().copy())
    g, pairs, found = [names["grad"](x) for x in path], (), []
    for k in range(len(path) - 1):
        moved = path[k + 1] - path[k]
        if pairs:
            found.append(share(moved, -lr * two_loop(pairs, g[k])))
        if moved @ (g[k + 1] - g[k]) > 1e-10:  # as torch decides
            pairs = (*pairs, (moved, g[k + 1] - g[k]))[-memory:]
    return found[0], max(found)


def length(name, entry, names):
    theirs = answer(entry["call"], names, 1)
    if name == "wolfe":
        ours, _ = wolfe(names["f"], names["grad"], names["theta"], names["direction"])
    else:
        ours = trust_region(names["hess"](names["theta"]), names["grad"](names["theta"]), 0.5)
    return (share(ours, theirs),) * 2


def stored(name, entry, names):
    """A step that was made once, where the library can be installed: see kfac_reference.py."""
    told = load(name)
    assert told["call"] == entry["call"], f"{name}.json was made by another call"
    theta, X, Y = {k: np.array(v) for k, v in told["theta"].items()}, np.array(told["X"]), np.eye(3)[told["y"]]
    g = mlp.gradient(theta, X, Y, "tanh")
    new, *_ = methods.kfac(theta, g, lambda theta: mlp.factors(theta, X, "tanh"), lr=1.0, damping=told["damping"])
    return (max(apart(theta[k] - new[k], told["step"][k]) for k in theta),) * 2


COMPARE = dict(
    stored=stored, steps=steps, points=points, minimizer=minimizer, path=path, update=update, direction=direction
)
COMPARE |= dict(length=length, wrapped=wrapped)


def distances(name, entry):
    return COMPARE[entry["compare"]](name, entry, PLACES[entry["place"]]())


def measured():
    """What tests/reference/methods.json holds; bound: what the difference of a call that is the same may be."""
    rows = []
    for name, entry in calls():
        first, last = distances(name, entry)
        row = dict(method=name, library=entry["of"], compare=entry["compare"], call=entry["call"])
        rows.append(row | dict(first=first, last=last) | ({"bound": BOUND} if entry.get("same") else {}))
    versions = {name: importlib.metadata.version(name).split("+")[0] for name in VERSIONS}
    return dict(made_by=versions | load("kfac")["made_by"], rows=rows)
