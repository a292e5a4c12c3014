"""One look per optimizer through the whole book: hue = family, (lightness, marker, dash) = member.

The hue answers the question of the organizing derivation: in which distance is the step measured?
Every color has a light and a dark form; `themed` writes both into one SVG, and the page chooses.
tests/optlib/test_palette.py holds what is promised here: contrast, and distance for color-blind eyes.
"""

import re

FAMILIES = {
    "euclid": "squared 2-norm",
    "diagonal": "diagonal, summed or averaged squares",
    "adam": "diagonal with momentum",
    "norm": "a norm that is not Euclidean",
    "curvature": "a matrix",
    "penalty": "plus a penalty r",
    "wrapper": "around any rule",
    "free": "no gradient",
}

RULES = {  # name: (family, on light, on dark, marker, place in the family)
    "sgd": ("euclid", "#044094", "#a0abfa", "o", 0),
    "momentum": ("euclid", "#14628c", "#3a8aff", "v", 1),
    "nesterov": ("euclid", "#257da3", "#73e8fe", "s", 2),
    "averaged_sgd": ("euclid", "#5a568a", "#c9ccf9", "X", 3),
    "momentum_inside": ("euclid", "#0660cb", "#8b95c9", "^", 4),
    "momentum_ema": ("euclid", "#444e70", "#74aab9", "D", 5),
    "nesterov_lookahead": ("euclid", "#014a58", "#81c1d4", "P", 6),
    "adagrad": ("diagonal", "#895108", "#d2b43a", "P", 0),
    "rmsprop": ("diagonal", "#743503", "#bd7d50", "h", 1),
    "adadelta": ("diagonal", "#9a6324", "#e1c06d", "X", 2),
    "rprop": ("diagonal", "#694000", "#bc9157", "^", 3),
    "adafactor": ("diagonal", "#8b5b38", "#f2d5b6", "D", 4),
    "rmsprop_centered": ("diagonal", "#7d4b2c", "#d78303", "v", 5),
    "adagrad_full": ("diagonal", "#594212", "#cfa04a", "s", 6),
    "diagonal_newton": ("diagonal", "#573517", "#d3be9b", "o", 7),
    "vsgd": ("diagonal", "#6b4e3b", "#b79d81", "h", 8),
    "adam": ("adam", "#b64752", "#fd7a83", "^", 0),
    "adamw": ("adam", "#68020c", "#fd4b04", "P", 1),
    "nadam": ("adam", "#8e2340", "#e7626f", "D", 2),
    "adamax": ("adam", "#be4560", "#fca197", "v", 3),
    "amsgrad": ("adam", "#823b25", "#d69070", "o", 4),
    "radam": ("adam", "#ad5a54", "#f1b79c", "s", 5),
    "adabound": ("adam", "#672c17", "#c27c6e", "X", 6),
    "adam_l2": ("adam", "#cf3d43", "#d67041", "o", 7),
    "adabelief": ("adam", "#923839", "#cf7d58", "s", 8),
    "yogi": ("adam", "#bf2e03", "#ea8b60", "D", 9),
    "adan": ("adam", "#7c3014", "#fc9874", "P", 10),
    "ademamix": ("adam", "#dd2c22", "#faaf8d", "^", 11),
    "adopt": ("adam", "#a8182b", "#fe5f2b", "^", 12),
    "lion": ("norm", "#7739e7", "#b27fc0", "v", 0),
    "signsgd": ("norm", "#3d36a2", "#c8aaff", "X", 1),
    "muon": ("norm", "#a04dc4", "#e37ce6", "h", 2),
    "lamb": ("norm", "#684283", "#e1bbfa", "P", 3),
    "lars": ("norm", "#6e6db4", "#9e80c8", "o", 4),
    "newton": ("curvature", "#014b30", "#33be9d", "D", 0),
    "bfgs": ("curvature", "#19815c", "#64d39b", "X", 1),
    "lbfgs": ("curvature", "#0b7f7c", "#3cbfbf", "v", 2),
    "natural_gradient": ("curvature", "#2c6b36", "#98d99c", "P", 3),
    "kfac": ("curvature", "#3e7d5f", "#a2e1cf", "o", 4),
    "shampoo": ("curvature", "#076e72", "#5cb0b7", "^", 5),
    "soap": ("curvature", "#1e5e58", "#53a191", "s", 6),
    "sophia": ("curvature", "#5f7b68", "#96bca7", "h", 7),
    "sr1": ("curvature", "#496751", "#1debe7", "v", 8),
    "gauss_newton": ("curvature", "#335843", "#82e5b6", "X", 9),
    "levenberg_marquardt": ("curvature", "#09504a", "#80ab8b", "o", 10),
    "fista": ("penalty", "#906f12", "#fdeb44", "h", 0),
    "ista": ("penalty", "#5a6200", "#d8de73", "s", 1),
    "coordinate_descent": ("penalty", "#4c6030", "#aa9d25", "X", 2),
    "sam": ("wrapper", "#dc177d", "#ef91c9", "s", 0),
    "lookahead": ("wrapper", "#a15189", "#ffb3d5", "h", 1),
    "weight_ema": ("wrapper", "#814c62", "#e46ea4", "X", 2),
    "schedule_free_sgd": ("wrapper", "#4f2246", "#f3c8e6", "^", 3),
    "prodigy": ("wrapper", "#896789", "#dfa2b9", "o", 4),
    "schedule_free_adamw": ("wrapper", "#812845", "#fa518c", "v", 5),
    "cma_es": ("free", "#66727d", "#e5f0fb", "X", 0),
    "random_search": ("free", "#383e45", "#a2acb7", "P", 1),
    "evolution_strategies": ("free", "#677381", "#e3e9ef", "s", 2),
    "spsa": ("free", "#485460", "#969ca2", "h", 3),
    "bayesian": ("free", "#242d36", "#b1c0d0", "D", 4),
}

INK = {  # name: (on light, on dark)
    "paper": ("#ffffff", "#14181e"),
    "ink": ("#1b1f24", "#e8eaed"),
    "muted": ("#59616b", "#a3acb6"),
    "rule": ("#c3c9d0", "#454e59"),
    "grid": ("#e7eaed", "#272e37"),
    "alarm": ("#8f2d00", "#ffb38a"),
}

# landscapes, from high to deep; pale enough that every rule keeps a contrast of 3 on every step
RAMP = [
    ("#fbfcfd", "#161b21"),
    ("#f5f8fa", "#191f27"),
    ("#eff3f7", "#1d252e"),
    ("#e7edf4", "#212a35"),
    ("#e0e8f0", "#252f3c"),
    ("#d7e1ec", "#293544"),
    ("#cddbe8", "#2e3b4b"),
    ("#c4d3e3", "#324153"),
]

DASHES = [
    "-",
    (0, (5, 1.6)),
    (0, (1.2, 1.2)),
    (0, (5, 1.4, 1.2, 1.4)),
    (0, (8, 2)),
    (0, (3, 1.2, 1.2, 1.2, 1.2, 1.2)),
    (0, (2.4, 1.2)),
    (0, (8, 1.4, 2.4, 1.4)),
    (0, (5, 1.2, 1.2, 1.2, 1.2, 1.2)),
    (0, (3.6, 2.4)),
    (0, (8, 1.2, 1.2, 1.2)),
    (0, (1.2, 2.4)),
    (0, (5, 1.2, 2.4, 1.2, 1.2, 1.2)),
]

LABELS = {  # where the printed name is not the rule's name with a capital
    "sgd": "SGD",
    "momentum_inside": "Momentum, rate inside",
    "momentum_ema": "Momentum, averaged",
    "nesterov_lookahead": "Nesterov, look-ahead",
    "averaged_sgd": "averaged SGD",
    "adagrad": "AdaGrad",
    "adagrad_full": "AdaGrad, full matrix",
    "rmsprop": "RMSProp",
    "rmsprop_centered": "RMSProp, centered",
    "adadelta": "AdaDelta",
    "adam_l2": "Adam with L2",
    "adamw": "AdamW",
    "amsgrad": "AMSGrad",
    "radam": "RAdam",
    "adabound": "AdaBound",
    "adabelief": "AdaBelief",
    "ademamix": "AdEMAMix",
    "adopt": "ADOPT",
    "signsgd": "signSGD",
    "lamb": "LAMB",
    "lars": "LARS",
    "diagonal_newton": "diagonal Newton",
    "vsgd": "vSGD",
    "sr1": "SR1",
    "gauss_newton": "Gauss-Newton",
    "levenberg_marquardt": "Levenberg-Marquardt",
    "bfgs": "BFGS",
    "lbfgs": "L-BFGS",
    "kfac": "K-FAC",
    "soap": "SOAP",
    "fista": "FISTA",
    "ista": "ISTA",
    "sam": "SAM",
    "cma_es": "CMA-ES",
    "spsa": "SPSA",
    "weight_ema": "weight EMA",
    "schedule_free_sgd": "Schedule-Free SGD",
    "schedule_free_adamw": "Schedule-Free AdamW",
    "natural_gradient": "natural gradient",
    "bayesian": "Bayesian",
}

DARK = {light: dark for light, dark in [*INK.values(), *RAMP, *(look[1:3] for look in RULES.values())]}


def label(name):
    """The printed name of a rule, the same in figure, prose and widget; any other name is printed as it is."""
    if name in LABELS:
        return LABELS[name]
    return name.replace("_", " ").capitalize() if name in RULES else name


def style(name):
    """Line keywords of a rule; an unknown name gets neutral ink, never the color of somebody else."""
    _, color, _, marker, place = RULES.get(name, ("", INK["ink"][0], "", "o", 0))
    return {"color": color, "marker": marker, "linestyle": DASHES[place]}


def themed(svg):
    """Matplotlib's SVG with every known color as a light-dark pair; the light one before it is the fallback."""

    def both(found):
        key, color = found.group(1), found.group(2).lower()
        if color not in DARK:
            return found.group(0)
        return f"{key}: {color}; {key}: light-dark({color}, {DARK[color]})"

    # a hundredth of a point is enough, and makes the file a third smaller
    svg = re.sub(r' d="[^"]*"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found.group()), svg)
    # hatches carry their color in an attribute, where light-dark() is not allowed
    svg = re.sub(r' (fill|stroke)="(#[0-9a-fA-F]{6})"', r' style="\1: \2"', svg)
    svg = re.sub(r"(fill|stroke): (#[0-9a-fA-F]{6})", both, svg)
    return svg.replace("<svg ", '<svg style="color-scheme: light dark" ', 1)
