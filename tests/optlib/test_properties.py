"""What holds for every rule on any input, with Hypothesis.

Nothing is modified, kinds of numbers stay, units are what the derivation says, coordinates may be renamed, arrays
may be split and runs may be cut anywhere.
"""

import pickle
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optlib import Optimizer, Problem, minimize, rules
from optlib.drivers import blocks
from optlib.grammar import Matrix, Model, call, read, start
from optlib.schedules import cosine
from optlib.transforms import gradient_noise

T = 4  # gradients a run
few = settings(max_examples=5, deadline=None, derandomize=True, database=None,
               suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])  # fmt: skip
every_rule = pytest.mark.parametrize("name", rules.__all__)

size = st.floats(2.0**-6, 8.0, width=32)
number = st.one_of(st.just(0.0), size, size.map(lambda x: -x))
one, two = st.integers(1, 5), st.tuples(st.integers(1, 3), st.integers(1, 4))


def scope(name):
    return read(getattr(rules, name)).scope


@st.composite
def streams(draw, name, dtype=np.float64):
    """(theta, gradients), theta of a shape that the rule takes, T gradients of that shape."""
    vectors = one.map(lambda n: (n,))
    shapes = {Matrix: two, Model: vectors}.get(scope(name), st.one_of(st.just(()), vectors, two))
    shape = draw(shapes)
    return draw(hnp.arrays(dtype, shape, elements=number)), draw(hnp.arrays(dtype, (T, *shape), elements=number))


def run(name, theta, gradients, **changed):
    """The iterates of a plain loop; `changed` may be hyperparameters or starts of states."""
    rule, path = getattr(rules, name), [theta]
    signature = read(rule)
    state = [changed.pop(n, s) for n, s in zip(signature.state, start(signature, theta))]
    for t, g in enumerate(gradients, 1):
        asked = [{"g": g, "h_new": abs(g)}[n] for n in signature.asks]
        theta, *state = call(rule, signature, theta, asked, state, t, changed)
        path.append(theta)
    return path, state


@every_rule
@few
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_inputs_are_left_alone_and_kinds_of_numbers_stay(name, data, dtype):
    rule, (theta, gradients) = getattr(rules, name), data.draw(streams(name, dtype))
    signature = read(rule)
    if theta.ndim:  # every second element of a larger array: neither contiguous nor alone
        theta = np.repeat(theta, 2, axis=-1)[..., ::2]
    given_to = [theta, gradients[0], abs(gradients[0])]
    opt = Optimizer(rule, theta)
    opt.step(gradients[0], **{n: given_to[2] for n in signature.asks[1:]})
    state = start(signature, theta)
    for t, g in enumerate(gradients, 1):
        asked = [{"g": g, "h_new": abs(g)}[n] for n in signature.asks]
        before = [np.array(a, copy=True) for a in (theta, *asked, *state)]
        out = call(rule, signature, theta, asked, state, t, {})
        for a, b in zip((theta, *asked, *state), before):
            np.testing.assert_array_equal(a, b)
        theta, state = out[0], out[1:]
        assert theta.shape == given_to[0].shape and theta.dtype == dtype
        for key, s in zip(signature.state, state):
            wanted = float if key in signature.numbers else dtype
            assert (type(s) if wanted is float else s.dtype) == wanted, key
    assert opt.theta.shape == given_to[0].shape and opt.theta.dtype == dtype
    if signature.average is None:  # the optimizer's copy is contiguous, and sums round by the layout
        np.testing.assert_array_equal(opt.theta, run(name, given_to[0].copy(), gradients[:1])[0][1])


@pytest.mark.parametrize("name", [n for n in rules.__all__ if scope(n) is not Matrix])
@few
@given(theta=number, gradients=st.lists(number, min_size=T, max_size=T))
def test_python_numbers_stay_python_numbers(name, theta, gradients):
    path, state = run(name, theta, gradients)
    assert all(type(x) is float for x in path)
    assert all(type(s) in (float, int) for s in state)
    arrays, _ = run(name, np.array([theta]), [np.array([g]) for g in gradients])
    np.testing.assert_allclose(path, np.concatenate(arrays), rtol=1e-9, atol=1e-12)


# What multiplying the loss by c does.  Where the path is the same: the powers of c by which what has units must be
# multiplied along.  eps is a gradient where it stands beside a root, its square where it stands under one.
ONE = """adagrad rmsprop rmsprop_centered adam adamax nadam adamw amsgrad ademamix adan adopt schedule_free_adamw
         prodigy lamb muon soap sophia""".split()
SAME_PATH = {
    **{name: dict(eps=1) for name in ONE},
    **{name: {} for name in ("lion", "signsgd", "rprop")},
    "adam_l2": dict(eps=1, weight_decay=1),
    "lars": dict(weight_decay=1),
    "adagrad_full": dict(eps=1, eps_root=2),
    "adafactor": dict(eps=2),
    "shampoo": dict(eps=2),
    "yogi": dict(eps=1, m=1, v=2),  # its averages do not start at zero
}
TIMES_C = ["sgd", "momentum", "momentum_inside", "momentum_ema", "nesterov", "schedule_free_sgd"]
NEITHER = {
    "adabelief": "eps joins both s, in units of g**2, and its root",
    "adabound": "its bounds are rates in units of theta over g",
    "adadelta": "one eps stands beside g**2 and beside squared steps",
    "radam": "its first steps are momentum, the later ones Adam",
}


def test_the_units_of_every_rule_are_known():
    assert sorted([*SAME_PATH, *TIMES_C, *NEITHER]) == rules.__all__


@pytest.mark.parametrize("name", SAME_PATH)
@few
@given(data=st.data(), c=st.sampled_from([2.0**-8, 0.5, 4.0, 2.0**9]))
def test_a_loss_times_c_makes_the_same_steps(name, data, c):
    theta, gradients = data.draw(streams(name))
    if name == "lars":
        theta = theta + 9  # where theta is zero its own rate is 1, which has no units
    signature = read(getattr(rules, name))
    values = signature.hyper | signature.state | (dict(eps=1e-3) if "eps" in signature.hyper else {})
    units = SAME_PATH[name]
    plain, _ = run(name, theta, gradients, **{k: values[k] for k in units})
    scaled, _ = run(name, theta, c * gradients, **{k: values[k] * c**power for k, power in units.items()})
    if signature.scope is None:  # c is a power of two: not a bit may change
        np.testing.assert_array_equal(scaled, plain)
    else:
        np.testing.assert_allclose(scaled, plain, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", TIMES_C)
@few
@given(data=st.data(), c=st.sampled_from([2.0**-8, 0.5, 4.0, 2.0**9]))
def test_a_loss_times_c_makes_steps_times_c(name, data, c):
    _, gradients = data.draw(streams(name))
    zero = np.zeros(gradients.shape[1:])
    plain, scaled = run(name, zero, gradients)[0], run(name, zero, c * gradients)[0]
    np.testing.assert_array_equal(scaled, c * np.array(plain))


@pytest.mark.parametrize("name", NEITHER)
def test_where_neither_holds(name):
    gradients = np.random.default_rng(0).normal(size=(12, 3))
    eps = {n: 1e-3 for n in read(getattr(rules, name)).hyper if n == "eps"}
    plain = run(name, np.zeros(3), gradients, **eps)[0][-1]
    scaled = run(name, np.zeros(3), 4 * gradients, **{n: 4 * v for n, v in eps.items()})[0][-1]
    assert not np.allclose(scaled, plain, rtol=1e-3) and not np.allclose(scaled, 4 * plain, rtol=1e-3)


@every_rule
@few
@given(data=st.data(), seed=st.integers(0, 99))
def test_coordinates_may_change_places(name, data, seed):
    """Rows and columns for a rule on matrices, all elements for the others."""
    theta, gradients = data.draw(streams(name))
    rng = np.random.default_rng(seed)
    if scope(name) is Matrix:
        if name == "soap":  # square, of full rank, no two eigenvalues alike: else its basis is not determined
            n = min(theta.shape)
            theta, gradients = theta[:n, :n], gradients[:, :n, :n] + rng.normal(size=(T, n, n))
        rows, columns = (rng.permutation(n) for n in theta.shape)
        moved = lambda a: np.asarray(a)[rows][:, columns]  # noqa: E731
    else:
        order = rng.permutation(theta.size)
        moved = lambda a: np.ravel(a)[order].reshape(theta.shape)  # noqa: E731
    plain, _ = run(name, theta, gradients)
    renamed, _ = run(name, moved(theta), [moved(g) for g in gradients])
    for a, b in zip(plain, renamed):
        if scope(name) is None:
            np.testing.assert_array_equal(b, moved(a))
        else:
            np.testing.assert_allclose(b, moved(a), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", [n for n in rules.__all__ if scope(n) is None])
@few
@given(data=st.data(), block=st.sampled_from([8, 16, 24]))
def test_splitting_changes_no_bit(name, data, block):
    """Parts alone, and the optimizer's blocks of one, two or three elements, give the bits of the whole."""
    theta, gradients = data.draw(streams(name))
    theta, gradients = np.atleast_1d(theta), gradients.reshape(T, *np.atleast_1d(theta).shape)
    whole, _ = run(name, theta, gradients)
    cut = data.draw(st.integers(0, theta.shape[-1]))
    parts = [run(name, theta[..., s], gradients[..., s])[0][-1] for s in (slice(cut), slice(cut, None))]
    np.testing.assert_array_equal(np.concatenate(parts, axis=-1), whole[-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        opt = Optimizer(getattr(rules, name), theta)
        for g in gradients:
            opt.step(g, **{n: abs(g) for n in opt._bound.asks[1:]})
    np.testing.assert_array_equal(opt.theta, whole[-1])


@every_rule
@few
@given(data=st.data(), first=st.integers(0, T))
def test_an_optimizer_may_be_saved_and_resumed_at_any_step(name, data, first):
    theta, gradients = data.draw(streams(name))
    make = partial(
        Optimizer, getattr(rules, name), theta, lr=partial(cosine, peak=0.1, steps=T), transforms=[gradient_noise]
    )

    def steps(opt, gradients):
        for g in gradients:
            opt.step(g, **{n: abs(g) for n in read(getattr(rules, name)).asks[1:]})
        return opt

    whole, half = steps(make(), gradients), steps(make(), gradients[:first])
    again = make(seed=99)
    again.load_state_dict(pickle.loads(pickle.dumps(half.state_dict())))
    steps(again, gradients[first:])
    np.testing.assert_array_equal(again.theta, whole.theta)
    np.testing.assert_array_equal(again.answer, whole.answer)
    assert again.t == T and again.rng.bit_generator.state == whole.rng.bit_generator.state
    for a, b in zip(again.state[0], whole.state[0]):
        np.testing.assert_array_equal(a, b)


@every_rule
@few
@given(data=st.data(), first=st.integers(0, T))
def test_a_run_may_be_pickled_and_resumed_at_any_step(name, data, first):
    theta, _ = data.draw(streams(name))
    problem = Problem(lambda x: (x**2).sum(), grad=lambda x: 2 * x, h_new=lambda x: 2 + 0 * x)
    do = partial(minimize, problem, step=getattr(rules, name), lr=partial(cosine, peak=0.1, steps=T))
    do = partial(do, transforms=[gradient_noise])
    whole = do(theta=theta, steps=T)
    rest = do(theta=pickle.loads(pickle.dumps(do(theta=theta, steps=first))), steps=T - first)
    np.testing.assert_array_equal(rest.path, whole.path[first:])
    np.testing.assert_array_equal(rest.losses, whole.losses[first:])
    assert rest.t == T and rest.rng.bit_generator.state == whole.rng.bit_generator.state


@pytest.mark.parametrize("name", ["soap", "shampoo", "muon"])
def test_the_layout_that_a_saved_matrix_loses_costs_no_bit(name):
    """Products of matrices round by the layout of their factors: a transposed one comes back from a file straight."""
    bowl = Problem(lambda x: (x**2).sum(), grad=lambda x: 2 * x)
    for seed in range(6):
        theta = np.random.default_rng(seed).normal(size=(1 + seed % 3, 2 + seed))
        do = partial(minimize, bowl, step=getattr(rules, name), lr=0.1, transforms=[gradient_noise])
        whole = do(theta=theta, steps=6)
        for cut in (1, 2, 3, 5):
            half = pickle.loads(pickle.dumps(do(theta=theta, steps=cut)))
            np.testing.assert_array_equal(do(theta=half, steps=6 - cut).theta, whole.theta)
