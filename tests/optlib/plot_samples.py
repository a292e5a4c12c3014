"""One sample of every figure, drawn from real runs on two small landscapes."""

import numpy as np

from optlib import grammar, plot, rules

H = np.array([1.0, 20.0])
BOX = (-2.0, 1.9, -1.35, 2.0)


def valley(x, y):
    return (1 - x) ** 2 + 2.5 * (y - x**2) ** 2


def slope_of_valley(p):
    x, y = p
    return np.array([-2 * (1 - x) - 10 * x * (y - x**2), 5 * (y - x**2)])


def run(name, start, grad, steps, **hyper):
    """The path (steps + 1, 2) of a rule."""
    rule = getattr(rules, name)
    signature, theta = grammar.read(rule), np.asarray(start, float)
    state, path = grammar.start(signature, theta), [theta]
    for t in range(1, steps + 1):
        theta, *state = grammar.call(rule, signature, theta, (grad(theta),), state, t, hyper)
        path.append(theta)
    return np.array(path)


def losses(name, steps, seed=None, **hyper):
    """Losses on the quadratic with eigenvalues H, with noise in the gradient where a seed is given."""
    noise = np.random.default_rng(seed)
    sigma = 0.0 if seed is None else 0.3
    path = run(name, (3.0, 1.0), lambda p: H * p + sigma * noise.normal(size=2), steps, **hyper)
    return (H * path**2).sum(axis=1) / 2


def seeds(name, steps, count=5, **hyper):
    return np.array([losses(name, steps, seed, **hyper) for seed in range(count)])


def sample_paths():
    start = (-1.15, -0.62)
    settings = {"sgd": dict(lr=0.062), "momentum": dict(lr=0.02, momentum=0.85), "adagrad": dict(lr=0.32)}
    runs = {name: run(name, start, slope_of_valley, 60, **hyper) for name, hyper in settings.items()}
    runs["adam"] = run("adam", start, slope_of_valley, 60, lr=0.16)
    return plot.paths(valley, runs, BOX, minimum=(1, 1), title="Four ways to one minimum", alt="Four paths.")


def sample_divergence():
    names = {f"η = {lr}": lr for lr in (0.06, 0.096, 0.105)}
    runs = {name: run("sgd", (-3, 0.6), lambda p: H * p, 60, lr=lr) for name, lr in names.items()}
    return plot.paths(
        lambda x, y: (H[0] * x**2 + H[1] * y**2) / 2,
        runs,
        (-3.4, 1.4, -1.5, 1.5),
        rule=dict.fromkeys(names, "sgd"),
        minimum=(0, 0),
        equal=True,
        height=3.6,
        alt="Three paths in a ravine; the third leaves it.",
    )


def sample_curves():
    runs = {f"η = {lr}": losses("sgd", 120, lr=lr) for lr in (0.02, 0.095, 0.12)}
    runs["momentum"] = losses("momentum", 120, lr=0.05, momentum=0.6)
    runs["bound"] = 20 / np.arange(1, 122)
    return plot.curves(
        runs,
        log="y",
        rule=dict.fromkeys(list(runs)[:3], "sgd"),
        ceiling=1e4,
        title="Gap to the lowest value",
        alt="Losses; one diverges.",
    )


def sample_slopes():
    kappa = np.geomspace(10, 1e4, 7)
    steps = {"sgd": 7 * kappa, "momentum": 9.5 * np.sqrt(kappa), "nesterov": 15.8 * np.sqrt(kappa)}
    slopes = {"slope 1": (1, 60, 1500), "slope 1/2": (0.5, 200, 90)}
    return plot.curves(steps, kappa, log="xy", slopes=slopes, xlabel=r"condition number $\kappa$", alt="Steps.")


def sample_guides():
    lr = np.linspace(0, 0.12, 200)
    factors = {f"h = {h:g}": (lr, abs(1 - lr * h)) for h in H}
    guides = dict(vlines={"2/L": 0.1, "best": 2 / 21}, hlines={"edge": 1})
    return plot.curves(factors, xlabel=r"learning rate $\eta$", title="Factor on the error", alt="Factors.", **guides)


def sample_compare():
    rates = dict(sgd=0.03, momentum=0.01, adam=0.3, adagrad=1.0)
    return plot.compare({n: seeds(n, 200, lr=lr) for n, lr in rates.items()}, title="Loss", alt="Four rules.")


def sample_sweep():
    lrs = np.geomspace(1e-4, 1, 13)
    names = ("sgd", "momentum", "adagrad", "adam")
    with np.errstate(over="ignore", invalid="ignore"):
        grid = {n: np.array([seeds(n, 60, 3, lr=lr)[:, -1] for lr in lrs]) for n in names}
    return plot.sweep(lrs, grid, vlines={"2/L": 0.1}, title="Loss after 60 steps, three seeds", alt="Four U-shapes.")


def sample_comparison():
    rates = {
        "sgd": np.geomspace(1e-3, 0.09, 8),
        "momentum": np.geomspace(1e-3, 0.1, 7),
        "adam": np.geomspace(1e-2, 3, 9),
    }
    names = {"sgd": "sgd", "momentum": "heavy", "adam": "adam"}
    with np.errstate(over="ignore", invalid="ignore"):
        runs = {names[n]: seeds(n, 60, 6, lr=r[-3]) for n, r in rates.items()}
        tried = {names[n]: (r, np.array([seeds(n, 60, 3, lr=lr)[:, -1] for lr in r])) for n, r in rates.items()}
    tried["adam"][1][-2:] = np.inf
    joined = {"sgd": True, "heavy": False, "adam": True}
    words = dict(title="Full loss", rates_title="Full loss after 60 steps, tuning seeds")
    return plot.comparison(np.arange(61), runs, tried, rule={"heavy": "momentum"}, joined=joined, **words, alt="Both.")


def sample_comparison_failing():
    x, down = np.arange(41), np.exp(-np.arange(41) / 8)
    up = np.where(x < 9, 2.0**x, np.inf)
    tried = {"sgd": ([0.1, 1.0], [[0.2], [0.1]]), "momentum": ([0.5, 2.0], [[np.inf], [np.inf]])}
    return plot.comparison(x, {"sgd": [down, down], "momentum": [up, up]}, tried, title="Full loss", alt="One fails.")


MATRICES = {
    "here": {"F": ((0.05, 0.01), (0.01, 0.2)), "empirical": ((0.6, 0.0), (0.0, 0.9))},
    "there": {"F": ((0.1, 0.0), (0.0, 0.1)), "empirical": ((0.02, 0.01), (0.01, 0.1))},
}


def sample_ellipses():
    return plot.ellipses(MATRICES, rule={"F": "natural_gradient"}, xlabel="weight", ylabel="bias", alt="Two ellipses.")


def sample_balls():
    return plot.balls(title="Three ways to measure a step of length one", alt="Three balls.")


def sample_stability():
    q = (np.sqrt(20) - 1) / (np.sqrt(20) + 1)
    points = {"best without": (2 / 21, 0), "best pair": ((1 + q) ** 2 / 20, q**2), "diverges": (0.135, 0.2)}
    return plot.stability((1.0, 20.0), points, start=(-1.15, 0.42), alt="A map with three paths.")


def gradients():
    noise = np.random.default_rng(0).normal(size=80)
    return 0.5 * noise + np.where(np.arange(80) < 40, 1, -0.5)


def sample_stream():
    g, m, v, out = gradients(), 0.0, 0.0, []
    for t, x in enumerate(g, 1):
        _, m, v = rules.adam(0.0, x, m, v, t, beta2=0.99)
        out.append((m, np.sqrt(v / (1 - 0.99**t)), -m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.99**t))))
    m, root, step = np.array(out).T
    owner = {"average m": "adam", "root of v": "adam", "step": "adam"}
    averages = {"average m": m, "root of v": root}
    return plot.stream(g, averages, steps={"step": step}, steps_title="Step, in η", rule=owner, alt="A stream.")


def sample_outlier():
    g = np.where(np.arange(100) == 20, 100.0, 1.0)
    fading = {"adam": np.maximum.accumulate(g) ** 0.8, "adamax": np.maximum.accumulate(g)}
    return plot.stream(g, fading, log="y", title="Gradient and what it is divided by", alt="An outlier.")


def sample_dots():
    draw = np.random.default_rng(1).normal
    means = dict(sgd=0.05, momentum=0.04, adam=0.042, nadam=0.039)
    table = {name: draw(mean, 0.002, 20) for name, mean in means.items()}
    return plot.dots(table, vlines={"chance": 0.047}, title="Training loss, 20 seeds", alt="Four rows.")


def sample_images():
    return plot.images(np.random.default_rng(0).integers(0, 17, (12, 64)), range(12), columns=6, alt="Noise.")


def sample_digits():
    errors = {"newton": [0.5 ** (2.0**t) for t in range(7)], "sgd": [0.5 * 0.3**t for t in range(7)]}
    return plot.digits(errors, title="Correct digits", alt="Two lines, one straight, one that doubles.")


SAMPLES = {name[7:]: make for name, make in globals().items() if name.startswith("sample_")}
SAMPLES["derivation"] = plot.derivation
SAMPLES["matrices"] = plot.matrices
