"""The code's side of a proof: a step's names and lines, what it gives on symbols, what it gives at points."""

import ast
import functools
import inspect
import random
import textwrap
from pathlib import Path

import numpy as np
import sympy as sp

from book.proofs.points import domain_of
from book.proofs.tokens import MathError
from book.proofs.words import MATRICES, Choices, mp, numeric_words
from optlib.grammar import Matrix, read, start
from optlib.lives import over, telling
from optlib.lives.symbolic import PLACES, WORDS, each, shape_of, state_shapes, symbolic_inputs, symbols, trace

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = {"outer", "solve", "eye"}  # with these a rule on a vector has matrices; its vectors are columns
DEFINITE = {"fisher", "hess"}  # functions of theta whose value is a matrix, positive definite here
SWITCHES = {"beta2": 1 - 2 / mp.mpf(5)}  # where a divisor is zero that no draw meets: RAdam's, with rho_inf = 4
POINTS, MOST, MATRIX_POINTS = 100, 800, 50  # points of a proof; tried until every branch was entered; on matrices


def known_steps():
    """{name: step} of all rules and methods of optlib, and of the schedules that are functions of t alone."""
    from optlib import methods, rules, schedules

    steps = {name: getattr(module, name) for module in (rules, methods) for name in module.__all__}
    return steps | {name: inspect.unwrap(getattr(schedules, name)) for name in schedules.TIMED}


def settings_of(step):
    """{setting: domain} of a schedule, whose steps and lengths are whole numbers; {} for any other step."""
    from optlib import schedules

    if step.__module__ != schedules.__name__:
        return {}
    domains = {schedules.whole: "1..12", schedules.share: "(0, 1)"}
    return {name: domains[test] for name, (test, _) in schedules.ACCEPTED.items() if test in domains}


class Code:
    """One step with some hyperparameters fixed.

    domains: {name: text}.  fixed: {hyperparameter: number}.  theta: the name of its first argument.
    """

    def __init__(self, step, domains, fixed=()):
        self.step, self.domains, self.fixed = step, domains | settings_of(step), dict(fixed)
        self.name, self.signature, self.twin = step.__name__, read(step), telling(step)
        self.theta = step.__code__.co_varnames[0]
        self.state = {self.theta, *self.signature.state}
        self.kept = self.state - set(self.lines)  # states that no line changes, such as the start
        self.matrix = self.signature.scope is Matrix or bool(PRODUCTS & set(step.__code__.co_names))
        self.shape = (3, 4) if self.signature.scope is Matrix else shape_of(step)

    @functools.cached_property
    def lines(self):
        """{name: line of its assignment}."""
        source, first = inspect.getsourcelines(self.step)
        return {
            target.id: first + node.lineno - 1
            for node in ast.walk(ast.parse(textwrap.dedent("".join(source))))
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    @functools.cached_property
    def file(self):
        """The source file, seen from the repository's root where it lies there."""
        path = Path(inspect.getsourcefile(self.step)).resolve()
        return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path

    @functools.cached_property
    def moving(self):
        """Names that carry a subscript: states, the gradient, and what is assigned and not the same at each step."""
        names = (self.state - self.kept) | set(self.signature.values)
        still = {str(name) for name in self.signature.hyper}
        for name in set(self.lines) - names:
            value = self.symbolic.values[name] if self.symbolic else np.zeros(1)
            if isinstance(value, np.ndarray) or {str(s) for s in sp.sympify(value).free_symbols} - still:
                names.add(name)
        return names

    # -- on symbols
    @functools.cached_property
    def symbolic(self):
        """The Trace on symbols, or None where SymPy cannot run the step."""
        if self.matrix:
            return None
        try:
            inputs = symbolic_inputs(self.step, self.nonnegative)
            return trace(self.step, inputs | {name: sp.Rational(str(v)) for name, v in self.fixed.items()})
        except TypeError:
            return None

    @functools.cached_property
    def assigned(self):
        """{name: its symbol} of all that the rule computes, as if nothing were known of it; {} where lines branch."""
        body = ast.parse(textwrap.dedent(inspect.getsource(self.step))).body[0].body
        plain = all(isinstance(node, (ast.Assign, ast.Expr, ast.Return)) for node in body)
        return {
            name: symbols(f"{name}_t", np.shape(self.symbolic.values[name]), real=True)
            for name in (self.lines if plain else ())
        }

    def line(self, target):
        """What the line of `target` gives on symbols alone: inputs, and those of the names assigned before it."""
        source, first = inspect.getsourcelines(self.step)
        for node in ast.parse(textwrap.dedent("".join(source))).body[0].body:
            if first + node.lineno - 1 == self.lines[target]:
                before = {n: s for n, s in self.assigned.items() if self.lines[n] < self.lines[target]}
                names = self.step.__globals__ | WORDS | self.symbolic.inputs | before
                return eval(compile(ast.Expression(node.value), str(self.file), "eval"), names)

    # -- at points
    @functools.cached_property
    def nonnegative(self):
        """The states that start at a number >= 0 and stay so while all of them are: found by trying."""
        found = {name for name, value in self.signature.state.items() if not callable(value) and value >= 0}
        if self.matrix:
            return found
        while True:
            rng = random.Random(0)
            leaving, words = set(), numeric_words(Choices())
            for i in range(40):
                inputs = self.point(rng, i, found)
                values = self.run(inputs, words) or {}
                leaving |= {n for n in found if n in values and any(v < 0 for v in np.ravel(values[n]))}
            if not leaving:
                return found
            found -= leaving

    def point(self, rng, i, nonnegative):
        """The inputs of the i-th point; every fifth is a first step."""
        coarse, first = i % 2 == 0, i % 5 == 0
        draw = functools.partial(fill, rng=rng, coarse=coarse)
        inputs = {self.theta: draw("real", self.shape)}
        for k, name in enumerate(self.signature.asks):
            inputs[name] = draw("real", self.shape) if name in self.signature.values else opaque(k, PLACES.get(name, 1))
        starts = dict(zip(self.signature.state, start(self.signature, inputs[self.theta])))
        for name, shape in state_shapes(self.step, self.shape).items():
            value = draw("nonnegative" if name in nonnegative else "real", shape)
            inputs[name] = each(mp.mpf, 1)(starts[name]) + 0 * value if first else value
        if self.shape:  # a norm is zero only where all elements are
            still = {3: {self.theta}, 5: set(inputs) - {self.theta}, 7: set(inputs)}.get(i % 8, set())
            inputs |= {name: 0 * inputs[name] for name in still if not callable(inputs[name])}
        if self.signature.timed:
            inputs["t"] = mp.mpf(1 if first else (2, 3, rng.randint(1, 30))[i % 3])  # a root of an int has 16 digits
        for name, default in self.signature.hyper.items():
            text = self.domains.get(name, "positive")
            zero = default == 0 and text == "positive"
            inputs[name] = draw("nonnegative" if zero else text, ())
        # a rate of zero, where a warm-up begins, on a first step; and no decay
        off = {"lr"} & set(inputs) if i % 10 == 5 else {"weight_decay"} & set(inputs) if i % 8 == 5 else ()
        inputs |= dict.fromkeys(off, mp.mpf(0))
        if i % 8 == 6:
            inputs |= {name: value for name, value in SWITCHES.items() if name in inputs}
        return inputs | {name: mp.mpf(str(value)) for name, value in self.fixed.items()}

    def run(self, inputs, words):
        """All names after one step from `inputs` in a vocabulary, or None where a value is undefined."""
        try:
            return over(self.twin, words)(**inputs)
        except ArithmeticError:
            return None

    @functools.cached_property
    def points(self):
        """[(inputs, values)] at which every branch of the code was entered."""
        if self.matrix:
            return list(self.matrix_points())
        rng, choices, out = random.Random(1), Choices(), []
        words = numeric_words(choices)
        for i in range(MOST):
            inputs = self.point(rng, i, self.nonnegative)
            choices.begin("code")
            values = self.run(inputs, words)
            if values is not None:
                out.append((inputs, values))
            enough = i + 1 >= POINTS and len(out) >= POINTS // 2
            if enough and (not choices.rare() or (self.fixed and i + 1 >= 2 * POINTS)):
                return out  # a fixed hyperparameter may close a branch; the page says that it is fixed
        if rare := choices.rare():
            _, kind, branch, times = rare[0]
            raise MathError(f"{self.name}: the branch {branch} of a {kind} was entered {times} times in {MOST} points")
        raise MathError(f"{self.name} has a value at only {len(out)} of {MOST} points")

    def matrix_points(self):
        """Doubles: states that the step itself reaches in 0 to 3 steps."""
        for i in range(MATRIX_POINTS):
            rng = np.random.default_rng(i)
            plain = random.Random(i)
            hyper = {n: float(fill(self.domains.get(n, "positive"), (), plain, False)) for n in self.signature.hyper}
            hyper |= {name: float(value) for name, value in self.fixed.items()}
            theta = rng.standard_normal(self.shape)
            state = [s + np.zeros(shape) for s, shape in zip(start(self.signature, theta), self.shapes())]
            for t in range(1, i % 4 + 2):
                inputs = {self.theta: theta} | {name: self.asked(name, rng) for name in self.signature.asks}
                inputs |= dict(zip(self.signature.state, state)) | hyper | ({"t": t} if self.signature.timed else {})
                out = self.step(**inputs)
                theta, *state = out if isinstance(out, tuple) else (out,)
            yield columns(inputs), columns(self.twin(**inputs))

    def asked(self, name, rng):
        """What a step on arrays is given for `name`: random values, or a random function of theta, a vector."""
        if name in self.signature.values:
            return rng.standard_normal(self.shape)
        m, (n,) = rng.standard_normal((2, *self.shape * 2)), self.shape
        if name in DEFINITE:
            return lambda theta: m[0] @ m[0].T + (1 + theta @ theta) * np.eye(n)
        return lambda theta: m[0] @ theta + np.cos(m[1] @ theta)

    def shapes(self):
        return state_shapes(self.step, self.shape).values()

    def vocabulary(self, choices):
        return MATRICES if self.matrix else numeric_words(choices)


def columns(values):
    """The values with each vector as a matrix of one column; functions take and give such columns."""

    def column(v):
        if callable(v):
            return lambda theta: column(v(theta[:, 0]))
        return v[:, None] if isinstance(v, np.ndarray) and v.ndim == 1 else v

    return {name: column(v) for name, v in values.items()}


def fill(domain, shape, rng, coarse):
    """One value of a Domain, or an array of values."""
    if shape == ():
        return domain_of(domain).draw(rng, coarse)
    array = np.empty(shape, object)
    for index in np.ndindex(shape):
        array[index] = domain_of(domain).draw(rng, coarse)
    return array


def opaque(k, count):
    """A function of `count` arguments that no equation can know: the k-th thing a step asks."""
    return each(lambda x, *rest: x * x / (k + 2) - 2 * x + mp.cos(3 * x + sum(rest)) + sum(rest), count)
