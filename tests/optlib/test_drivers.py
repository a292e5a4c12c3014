"""The three drivers with steps of every kind, against plain loops."""

import pickle
from functools import partial
from itertools import islice

import numpy as np
import pytest

from optlib import Optimizer, Problem, descend, minimize, rules
from optlib.methods import nesterov_lookahead
from optlib.schedules import cosine, reduce_on_plateau
from optlib.transforms import clip_global_norm, gradient_noise, weight_decay_l2
from optlib.wrappers import lookahead, polyak_average, sam
from tests.optlib import steps

H = np.diag([1.0, 4.0])
START = np.array([3.0, -2.0])


def quadratic(**more):
    return Problem(lambda x: 0.5 * x @ H @ x, grad=lambda x: H @ x, hess=lambda x: H, **more)


def tree_problem(**more):
    """Half the sum of squares of a dict of two arrays."""
    return Problem(
        lambda p: 0.5 * sum((a**2).sum() for a in p.values()), grad=lambda p: {k: 1.0 * a for k, a in p.items()}, **more
    )


def tree():
    return {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "c": np.array([5.0, -6.0])}


def loop(rule, theta, grad, n, **hyper):
    """The plain loop that every driver must equal: (iterates, states)."""
    state, path = (theta,) if rule is steps.from_start else (), [theta]
    timed = "t" in rule.__code__.co_varnames[: rule.__code__.co_argcount]
    for t in range(1, n + 1):
        out = rule(theta, grad(theta), *state, **hyper, **({"t": t} if timed else {}))
        theta, *state = out if isinstance(out, tuple) else (out,)
        path.append(theta)
    return path, state


ALL = [getattr(rules, n) for n in rules.ELEMENTWISE] + [steps.float_state, steps.from_start, steps.normalized]


@pytest.mark.parametrize("rule", ALL, ids=lambda r: r.__name__)
def test_drivers_agree_with_the_plain_loop(rule):
    problem = quadratic()
    path, state = loop(rule, START, problem.grad, 12, lr=0.05)
    run = minimize(problem, START, rule, steps=12, lr=0.05)
    np.testing.assert_array_equal(run.path, path)
    np.testing.assert_array_equal(list(islice(descend(rule, START, problem.grad, lr=0.05), 12)), path[1:])
    opt = Optimizer(rule, START, lr=0.05)
    for _ in range(12):
        opt.step(problem.grad(opt.theta))
    np.testing.assert_array_equal(opt.theta, path[-1])
    for a, b in zip(opt.state[0], state):
        np.testing.assert_array_equal(a, b)
    assert run.evaluations == {"f": 0, "grad": 12, "hess": 0} and opt.t == run.t == 12
    np.testing.assert_array_equal(run.losses, [problem.f(x) for x in path])


def test_a_method_gets_functions():
    run = minimize(quadratic(), START, steps.newton, steps=1)
    np.testing.assert_allclose(run.theta, 0, atol=1e-15)
    assert run.evaluations == {"f": 0, "grad": 1, "hess": 1}
    np.testing.assert_allclose(next(descend(steps.newton, START, lambda x: H @ x, lambda x: H)), 0, atol=1e-15)
    opt = Optimizer(steps.newton, START)
    opt.step(grad=lambda x: H @ x, hess=lambda x: H)
    np.testing.assert_allclose(opt.theta, 0, atol=1e-15)


def test_a_method_sees_a_structure_as_one_vector():
    run = minimize(tree_problem(), tree(), nesterov_lookahead, steps=5, lr=0.1)
    flat = minimize(lambda x: 0.5 * (x**2).sum(), np.array([1.0, 2, 3, 4, 5, -6]), nesterov_lookahead, steps=5, lr=0.1)
    np.testing.assert_allclose(np.r_[run.theta["W"].ravel(), run.theta["c"]], flat.theta, rtol=1e-15)
    assert run.path[3].keys() == {"W", "c"} and run.path[3]["W"].shape == (2, 2)
    (first,) = islice(descend(nesterov_lookahead, tree(), tree_problem().grad, lr=0.1), 1)
    np.testing.assert_allclose(first["W"], 0.9 * tree()["W"], rtol=1e-15)


def test_the_average_is_the_answer_and_theta_is_where_the_gradient_is_asked():
    problem, asked = quadratic(), []
    watched = problem.replace(grad=lambda x: asked.append(x) or H @ x)
    run = minimize(watched, START, steps.schedule_free, steps=6, lr=0.1)
    z = average = theta = START
    for t in range(1, 7):
        np.testing.assert_allclose(asked[t - 1], theta, rtol=1e-14)
        z = z - 0.1 * (H @ theta)
        average = average + (z - average) / t
        theta = 0.1 * z + 0.9 * average
        np.testing.assert_allclose(run.path[t], average, rtol=1e-15)
    np.testing.assert_allclose(run.place, theta, rtol=1e-14)
    np.testing.assert_allclose(run.losses[-1], problem.f(average), rtol=1e-14)
    opt = Optimizer(steps.schedule_free, START, lr=0.1)
    for _ in range(6):
        opt.step(problem.grad(opt.theta))
    np.testing.assert_allclose(opt.answer, average, rtol=1e-14)
    assert not np.allclose(opt.theta, opt.answer)


def test_scopes_on_a_structure():
    per_array = minimize(tree_problem(), tree(), steps.normalized, steps=1, lr=0.1).theta
    for k, a in tree().items():
        np.testing.assert_allclose(per_array[k], a - 0.1 * a / np.linalg.norm(a), rtol=1e-15)
    together = minimize(tree_problem(), tree(), steps.global_normalized, steps=1, lr=0.1).theta
    size = np.sqrt(sum((a**2).sum() for a in tree().values()))
    for k, a in tree().items():
        np.testing.assert_allclose(together[k], a - 0.1 * a / size, rtol=1e-15)
    opt = Optimizer(steps.global_normalized, tree(), lr=0.1)
    opt.step(tree())
    np.testing.assert_allclose(opt.theta["c"], together["c"], rtol=1e-15)


def test_matrix_scope_takes_matrices_only():
    W = tree()["W"]
    opt = Optimizer(steps.whitened, W, lr=0.1)
    opt.step(W)
    np.testing.assert_allclose(opt.theta, W - 0.1 * np.linalg.solve(W @ W.T + np.eye(2), W), rtol=1e-14)
    with pytest.raises(
        ValueError, match=r"whitened takes matrices \(two-dimensional arrays\); theta\['c'\] has shape \(2,\)"
    ):
        Optimizer(steps.whitened, tree())


def test_a_list_scope_sees_the_list():
    run = minimize(
        lambda p: (p[0] ** 2).sum() + (p[1] ** 2).sum(), [np.ones(2), np.ones(3)], steps.layers, steps=1, lr=0.1
    )
    np.testing.assert_allclose(run.theta[0], 0.8)
    np.testing.assert_allclose(run.theta[1], 0.6)


def test_a_dict_of_rules_one_for_each_part():
    parts = {"c": partial(rules.adam, lr=0.5), "W": partial(steps.whitened, lr=0.1)}
    run = minimize(tree_problem(), tree(), parts, steps=4)
    alone = minimize(lambda x: 0.5 * (x**2).sum(), tree()["c"], rules.adam, steps=4, lr=0.5)
    np.testing.assert_allclose(run.theta["c"], alone.theta, rtol=1e-14)
    opt = Optimizer(parts, tree())
    for _ in range(4):
        opt.step({k: 1.0 * a for k, a in opt.theta.items()})
    np.testing.assert_allclose(opt.theta["W"], run.theta["W"], rtol=1e-14)
    with pytest.raises(TypeError, match=r"the steps are for \['W'\], theta has \['W', 'c'\]"):
        minimize(tree_problem(), tree(), {"W": rules.sgd})


def test_floats_and_lists_of_floats_stay_python_numbers():
    run = minimize(Problem(lambda x: x * x, grad=lambda x: 2 * x), 3, rules.adam, steps=5, lr=0.1)
    assert type(run.theta) is float and run.path.shape == (6,)
    pair = Problem(lambda p: p[0] ** 2 + 2 * p[1] ** 2, grad=lambda p: [2 * p[0], 4 * p[1]])
    run = minimize(pair, [3.0, -1.0], rules.adam, steps=5, lr=0.1)
    assert [type(x) for x in run.theta] == [float, float] and run.path.shape == (6, 2)
    as_array = minimize(
        Problem(lambda p: p[0] ** 2 + 2 * p[1] ** 2, grad=lambda p: np.array([2, 4.0]) * p), np.array([3.0, -1.0]),
        rules.adam, steps=5, lr=0.1,
    )  # fmt: skip
    np.testing.assert_allclose(run.path, as_array.path, rtol=1e-15)


def test_two_estimates_are_asked_by_name():
    opt = Optimizer(steps.second_estimate, START, lr=1.0)
    opt.step(H @ START, h_new=np.array([1.0, 4.0]))
    np.testing.assert_allclose(opt.theta, START - H @ START / np.array([1.1, 1.4]), rtol=1e-15)
    with pytest.raises(TypeError, match="second_estimate asks g and h_new; this step was given no h_new"):
        opt.step(H @ START)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rule", [getattr(rules, n) for n in rules.ELEMENTWISE], ids=rules.ELEMENTWISE)
def test_optimizer_keeps_dtype_shape_and_the_callers_arrays(rule, dtype):
    rng = np.random.default_rng(0)
    for theta in (
        np.array(1.5, dtype),
        rng.normal(size=(3, 4)).astype(dtype)[:, ::2],
        rng.normal(size=70_000).astype(dtype),
    ):
        g, before = rng.normal(size=theta.shape).astype(dtype), theta.copy()
        given = g.copy()
        opt = Optimizer(rule, theta)
        opt.step(g)
        opt.step(g)
        assert opt.theta.dtype == dtype and opt.theta.shape == theta.shape
        np.testing.assert_array_equal(theta, before)
        np.testing.assert_array_equal(g, given)
        path, _ = loop(rule, before, lambda _, g=g: g, 2)
        assert path[-1].dtype == dtype, "the rule itself keeps the dtype"
        np.testing.assert_array_equal(opt.theta, path[-1])


def test_schedules_move_and_remember():
    run = minimize(quadratic(), START, rules.sgd, steps=3, lr=partial(cosine, peak=0.1, steps=3))
    x = START
    for lr in (0.1, 0.05, 0.0):
        x = x - lr * H @ x
    np.testing.assert_allclose(run.theta, x, rtol=1e-14)
    flat = Problem(lambda x: 1.0, grad=lambda x: 0 * x + 1)
    run = minimize(flat, 0.0, rules.sgd, steps=6, lr=partial(reduce_on_plateau, lr=1.0, factor=0.5, patience=1))
    np.testing.assert_allclose(np.diff(run.path), [-1, -1, -0.5, -0.5, -0.25, -0.25])
    assert run.memory[0]["lr"][0] == 0.25
    with pytest.raises(TypeError, match=r"the schedule of lr needs a start: partial\(reduce_on_plateau, lr=...\)"):
        minimize(flat, 0.0, rules.sgd, lr=reduce_on_plateau)


def test_a_moving_beta1_enters_the_correction_at_its_current_value():
    def beta1(t):
        return 0.5 if t == 1 else 0.8

    run = minimize(quadratic(), START, rules.adam, steps=2, lr=0.1, beta1=beta1, eps=0.0)
    g1 = H @ START
    x1 = START - 0.1 * np.sign(g1)
    g2 = H @ x1
    m = 0.8 * 0.5 * g1 + 0.2 * g2
    v = 0.999 * 0.001 * g1**2 + 0.001 * g2**2
    x2 = x1 - 0.1 * (m / (1 - 0.8**2)) / np.sqrt(v / (1 - 0.999**2))
    np.testing.assert_allclose(run.theta, x2, rtol=1e-12)


def test_transforms_see_what_they_ask():
    clipped = partial(clip_global_norm, max_norm=1.0)
    run = minimize(tree_problem(), tree(), rules.sgd, steps=1, lr=1.0, transforms=[clipped])
    size = np.sqrt(sum((a**2).sum() for a in tree().values()))
    np.testing.assert_allclose(run.theta["W"], tree()["W"] * (1 - 1 / size), rtol=1e-14)
    run = minimize(
        quadratic(), START, rules.sgd, steps=1, lr=1.0, transforms=[partial(weight_decay_l2, weight_decay=0.5)]
    )
    np.testing.assert_allclose(run.theta, START - H @ START - 0.5 * START, rtol=1e-15)
    run = minimize(
        quadratic(), START, rules.sgd, steps=1, lr=1.0, transforms=[partial(gradient_noise, variance=4.0)], seed=3
    )
    noise = np.random.default_rng(3).standard_normal(2) * 2
    np.testing.assert_allclose(run.theta, START - H @ START - noise, rtol=1e-14)

    def wants_loss(g, loss):
        return g

    with pytest.raises(TypeError, match="a transform may ask theta, t and rng; wants_loss asks loss"):
        minimize(quadratic(), START, rules.sgd, transforms=[wants_loss])


def test_wrappers():
    slow = fast = START
    for t in range(1, 7):
        fast = fast - 0.1 * H @ fast
        if t % 3 == 0:
            slow = slow + 0.5 * (fast - slow)
            fast = slow
    run = minimize(quadratic(), START, lookahead(rules.sgd, every=3, alpha=0.5), steps=6, lr=0.1)
    np.testing.assert_allclose(run.theta, fast, rtol=1e-14)
    plain = minimize(quadratic(), START, rules.adam, steps=6, lr=0.1)
    averaged = minimize(quadratic(), START, polyak_average(rules.adam), steps=6, lr=0.1)
    np.testing.assert_allclose(averaged.theta, plain.path[1:].mean(0), rtol=1e-14)
    wrapped = minimize(tree_problem(), tree(), polyak_average(lookahead(rules.momentum, every=2)), steps=3, lr=0.1)
    assert wrapped.ended == "stopped" and wrapped.theta.keys() == {"W", "c"}
    alpha_one = minimize(quadratic(), START, lookahead(rules.momentum, alpha=1.0), steps=11, lr=0.05)
    np.testing.assert_allclose(alpha_one.theta, minimize(quadratic(), START, rules.momentum, steps=11, lr=0.05).theta)


def test_sam_is_a_problem_for_any_step():
    run = minimize(sam(quadratic(), radius=0.5), START, rules.sgd, steps=1, lr=0.1)
    g = H @ START
    np.testing.assert_allclose(run.theta, START - 0.1 * H @ (START + 0.5 * g / np.linalg.norm(g)), rtol=1e-14)
    zero = minimize(sam(quadratic()), np.zeros(2), rules.sgd, steps=1)
    np.testing.assert_array_equal(zero.theta, 0)
    both = minimize(sam(tree_problem(), radius=1.0), tree(), rules.sgd, steps=1, lr=1.0)
    size = np.sqrt(sum((a**2).sum() for a in tree().values()))
    np.testing.assert_allclose(both.theta["c"], -tree()["c"] / size, rtol=1e-13)


def noisy():
    """A least-squares problem in batches that depend on t alone."""
    data = np.random.default_rng(7).normal(size=(40, 2))
    batches = lambda t: data[np.random.default_rng(t).integers(0, 40, 5)]  # noqa: E731
    return Problem(
        lambda x, b: 0.5 * ((b @ x - 1) ** 2).mean(),
        grad=lambda x, b: b.T @ (b @ x - 1) / len(b),
        batches=batches,
        full=lambda x: 0.5 * ((data @ x - 1) ** 2).mean(),
    )


def test_one_step_sees_one_batch():
    problem, seen = noisy(), []

    def twice(theta: steps.Model, f, grad):
        seen.append((f(theta), grad(theta)))
        return theta - 0.1 * grad(theta)

    run = minimize(problem, START, twice, steps=3)
    for t, (x, (loss, g)) in enumerate(zip(run.path, seen), 1):
        batch = problem.batches(t)
        assert loss == problem.f(x, batch) == run.losses[t - 1]
        np.testing.assert_array_equal(g, problem.grad(x, batch))
    assert run.evaluations == {"f": 3, "grad": 3}, "what is asked twice at one place is answered once"
    assert run.losses[3] == problem.f(run.theta, problem.batches(4))


RESUMED = [
    (noisy(), rules.adam, dict(lr=partial(cosine, peak=0.1, steps=30))),
    (noisy(), rules.sgd, dict(lr=partial(reduce_on_plateau, lr=0.1, factor=0.5, patience=2))),
    (noisy(), steps.float_state, dict(transforms=[gradient_noise])),
    (quadratic(), steps.random_search, {}),
    (quadratic(), nesterov_lookahead, dict(lr=0.05)),
    (noisy(), steps.schedule_free, {}),
    (noisy(), lookahead(rules.momentum, every=4), dict(lr=0.05)),
    (sam(noisy()), rules.nadam, dict(lr=0.05)),
]


@pytest.mark.parametrize("case", range(len(RESUMED)))
def test_a_pickled_run_resumes_bit_for_bit(case):
    problem, step, settings = RESUMED[case]
    whole = minimize(problem, START, step, steps=25, **settings)
    for cut in (0, 1, 13):
        half = pickle.loads(pickle.dumps(minimize(problem, START, step, steps=cut, **settings)))
        rest = minimize(problem, half, step, steps=25 - cut, **settings)
        again = minimize(problem, half, step, steps=25 - cut, **settings)
        np.testing.assert_array_equal(rest.theta, whole.theta)
        np.testing.assert_array_equal(rest.path, whole.path[cut:])
        np.testing.assert_array_equal(rest.losses, whole.losses[cut:])
        np.testing.assert_array_equal(again.path, rest.path)
        assert rest.t == 25


def test_an_optimizer_resumes_bit_for_bit():
    parts = {"W": partial(rules.adam, lr=partial(cosine, peak=0.1, steps=20)), "c": partial(rules.momentum, lr=0.1)}
    make = lambda: Optimizer(parts, tree(), transforms=[gradient_noise], seed=5)  # noqa: E731
    whole, first = make(), make()
    for _ in range(9):
        whole.step({k: 1.0 * a for k, a in whole.theta.items()})
    for _ in range(4):
        first.step({k: 1.0 * a for k, a in first.theta.items()})
    saved = pickle.loads(pickle.dumps(first.state_dict()))
    first.step(tree())  # the saved copy is its own
    second = make()
    second.load_state_dict(saved)
    for _ in range(5):
        second.step({k: 1.0 * a for k, a in second.theta.items()})
    for k in whole.theta:
        np.testing.assert_array_equal(second.theta[k], whole.theta[k])
    with pytest.raises(ValueError, match=r"the saved states are \[\['m', 'v'\], \['b'\]\], this optimizer has"):
        Optimizer(rules.sgd, tree()).load_state_dict(saved)
