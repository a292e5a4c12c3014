"""The rules that see whole arrays or keep an average: stored runs of other libraries, identities and closed forms."""

import numpy as np
import pytest

from optlib import Optimizer, minimize, ops, rules
from optlib.grammar import Matrix, read, start
from optlib.problem import Problem
from tests.reference.replay import replay
from tests.reference.vectors import close, distance, load, stream

NAMES = [n for n in rules.__all__ if read(getattr(rules, n)).asks == ("g",) and n not in rules.ELEMENTWISE]
THROUGH_EIGENVECTORS = {"shampoo", "soap", "adagrad_full"}
MATRICES = [n for n in NAMES if read(getattr(rules, n)).scope is Matrix]
STREAMS = load("streams_arrays")
STORED = {name: load(name) for name in NAMES}
# of the largest parameter of the run: full AdaGrad divides by roots of eigenvalues that are a millionth of others, and
# Prodigy multiplies gradients with a way from the start that is as short as theta's last digits
FLOAT32 = {"adagrad_full": 1e-5, "prodigy": 1e-3}


def replayed(name, case, dtype=np.float64, **changes):
    theta, gradients = stream(STREAMS, case["stream"])
    return replay(
        getattr(rules, name), theta.astype(dtype), gradients.astype(dtype), case["lr"], case["hyper"] | changes
    )


def run(rule, theta, gradients, **hyper):
    """(path, states after the last step)."""
    state, path = start(read(rule), theta), []
    for t, g in enumerate(gradients, 1):
        theta, *state = rule(theta, g, *state, **({"t": t} if read(rule).timed else {}), **hyper)
        path.append(theta)
    return np.array(path), dict(zip(read(rule).state, state))


def draw(*shape, seed=0, steps=8):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape), rng.standard_normal((steps, *shape))


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_the_library_in_double(name):
    bound = 1e-8 if name in THROUGH_EIGENVECTORS else 1e-12
    for case in STORED[name]["cases"]:
        got = replayed(name, case)
        assert close(got, case["theta"], bound), (case["stream"], case["hyper"], distance(got, case["theta"]))


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_the_library_in_single(name):
    bound = FLOAT32.get(name, 1e-6)
    for case in STORED[name]["cases"]:
        got, want = replayed(name, case, np.float32), np.array(case["theta"])
        assert got.dtype == np.float32
        assert np.max(np.abs(got - want)) <= bound * max(1, np.max(np.abs(want))), (case["stream"], case["hyper"])


@pytest.mark.parametrize("name", NAMES)
def test_another_setting_is_told_apart(name):
    """The stored runs see each hyperparameter: a change of one percent shows."""
    for key in STORED[name]["cases"][0]["hyper"]:
        worst = 0
        for case in STORED[name]["cases"]:
            value = case["hyper"][key]
            other = value + 1 if isinstance(value, int) else 0.99 * value + 1e-3
            worst = max(worst, distance(replayed(name, case, **{key: other}), case["theta"]))
        assert worst > 1e-6, key


def test_the_streams_hold_what_they_are_for():
    for name, made in STORED.items():
        cases = made["cases"]
        assert made["made_by"] and all(len(c["theta"]) >= 8 for c in cases)
        assert len({np.shape(STREAMS[c["stream"]]["theta"]) for c in cases}) >= (1 if name == "adagrad_full" else 2), (
            name
        )
        assert name == "lars" or any(len(set(c["lr"])) > 3 for c in cases), name  # of LARS's rate see below
    assert np.max(STREAMS["spike"]["g"]) == 1e6 and not np.array(STREAMS["zeros"]["g"])[3].any()
    assert not np.array(STREAMS["asleep"]["g"])[:, :, 1].any() and not np.any(STREAMS["origin"]["theta"])


# -- layers


def test_lamb_moves_each_array_by_its_own_length():
    theta, gradients = draw(3, 4)
    path, _ = run(rules.lamb, theta, gradients, lr=0.01)
    before = np.array([theta, *path[:-1]])
    lengths = np.linalg.norm(path - before, axis=(1, 2)) / np.linalg.norm(before, axis=(1, 2))
    assert np.allclose(lengths, 0.01, rtol=1e-12)


def test_lamb_knows_no_scale_of_the_gradient_and_lars_forgets_it_but_for_the_decay():
    theta, gradients = draw(3, 4)
    plain, _ = run(rules.lamb, theta, gradients, eps=0.0)
    assert close(run(rules.lamb, theta, 1e3 * gradients, eps=0.0)[0], plain)
    plain, _ = run(rules.lars, theta, gradients, weight_decay=0.0)
    assert close(run(rules.lars, theta, 1e3 * gradients, weight_decay=0.0)[0], plain)


@pytest.mark.parametrize("rule", [rules.lars, rules.lamb])
def test_arrays_of_zeros_can_leave_zero(rule):
    theta, _ = run(rule, np.zeros((2, 2)), np.ones((1, 2, 2)))
    assert np.isfinite(theta).all() and theta.all()
    still, _ = run(rule, np.ones((2, 2)), np.zeros((2, 2, 2)), weight_decay=0.0)
    assert (still == 1).all()


def test_lars_with_a_ratio_of_one_is_momentum_with_the_rate_inside():
    """Gradients as long as theta / trust: then the array's own rate is one, whatever the rate does."""
    rates = [0.1, 0.1, 0.01, 0.01, 0.3, 0.3]
    theta, gradients = draw(2, 3, steps=6)
    b, ours, other, c = 0, theta, theta, 0
    for g, lr in zip(gradients, rates):
        g = g * np.linalg.norm(ours) / np.linalg.norm(g) / 20
        ours, b = rules.lars(ours, g, b, lr=lr, trust=0.05, weight_decay=0.0)
        other, c = rules.momentum_inside(other, g, c, lr=lr)
    assert close(ours, other)


# -- matrices


def test_full_adagrad_on_one_parameter_is_adagrad():
    theta, gradients = draw(1)
    full, _ = run(rules.adagrad_full, theta, gradients, lr=0.1, eps=1e-3)
    assert close(full, run(rules.adagrad, theta, gradients, lr=0.1, eps=1e-3)[0])
    G, number = 0.0, 1.0
    for g in (2.0, -1.0):
        number, G = rules.adagrad_full(number, g, G, lr=0.1, eps=0.0)
    assert number == pytest.approx(1 - 0.1 + 0.1 / 5**0.5, rel=1e-15) and type(number) is float


def test_full_adagrad_on_gradients_along_the_axes_is_adagrad():
    theta, gradients = draw(4, steps=8)
    gradients = gradients * np.eye(4)[np.arange(8) % 4]
    full, _ = run(rules.adagrad_full, theta, gradients, lr=0.1, eps=1e-3)
    assert close(full, run(rules.adagrad, theta, gradients, lr=0.1, eps=1e-3)[0])


def test_full_adagrad_turns_with_the_coordinates():
    theta, gradients = draw(5)
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((5, 5)))[0]
    path, _ = run(rules.adagrad_full, theta, gradients, lr=0.1)
    turned, _ = run(rules.adagrad_full, turn @ theta, gradients @ turn.T, lr=0.1)
    assert close(turned, path @ turn.T, 1e-8)


def test_full_adagrad_sees_all_arrays_as_one_vector():
    theta, gradients = draw(5)
    whole, parts = Optimizer(rules.adagrad_full, theta), Optimizer(rules.adagrad_full, [theta[:2], theta[2:]])
    for g in gradients:
        whole.step(g)
        parts.step([g[:2], g[2:]])
    assert close(np.concatenate(parts.theta), whole.theta)
    matrix = Optimizer(rules.adagrad_full, theta[:4].reshape(2, 2))
    vector = Optimizer(rules.adagrad_full, theta[:4])
    for g in gradients:
        matrix.step(g[:4].reshape(2, 2))
        vector.step(g[:4])
    assert close(matrix.theta.ravel(), vector.theta) and matrix.state[0][0].shape == (4, 4)
    problem = Problem(lambda a: float(np.sum(a**4)), grad=lambda a: 4 * a**3)
    ended = [
        minimize(problem, a, rules.adagrad_full, steps=5, lr=0.1).theta for a in (theta[:4].reshape(2, 2), theta[:4])
    ]
    assert ended[0].shape == (2, 2) and close(ended[0].ravel(), ended[1])


def test_shampoo_of_order_one_is_full_adagrad():
    """One factor and the exponent -1/2: on a column, Shampoo's rows alone are AdaGrad's matrix."""
    theta, gradients = draw(4)
    full, _ = run(rules.adagrad_full, theta, gradients, lr=0.1, eps=0.0, eps_root=1e-2)
    L, place, path = np.zeros((4, 4)), theta[:, None], []
    for g in gradients[:, :, None]:
        _, L, _ = rules.shampoo(place, g, L, np.zeros((1, 1)))
        place = place - 0.1 * ops.inverse_root(L + 1e-2 * np.eye(4), 2) @ g
        path.append(place[:, 0])
    assert close(path, full, 1e-10)


def test_shampoo_is_a_product_of_kronecker_factors():
    theta, gradients = draw(3, 2)
    path, state = run(rules.shampoo, theta, gradients, lr=0.1, eps=0.1)
    big = np.kron(state["L"] + 0.1 * np.eye(3), state["R"] + 0.1 * np.eye(2))
    values, vectors = np.linalg.eigh(big)
    step = vectors * values**-0.25 @ vectors.T @ gradients[-1].ravel()
    assert close(path[-2] - path[-1], 0.1 * step.reshape(3, 2))


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2), (1, 4)])
@pytest.mark.parametrize("eps", [1e-7, 0.5])
def test_muon_sends_each_singular_value_through_five_polynomials(shape, eps):
    theta, (g,) = draw(*shape, steps=1)
    left, s, right = np.linalg.svd(1.5 * g, full_matrices=False)
    s = s / (np.sqrt(np.sum(s**2)) + eps)
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    got, _ = rules.muon(theta, g, lr=0.1, momentum=0.5, eps=eps, weight_decay=0.2, scale=3.0)
    assert close(got, theta - 0.1 * (3.0 * left * s @ right + 0.2 * theta))


def test_muons_singular_values_are_near_one_and_its_scale_is_free():
    (g,) = draw(32, 64, steps=1)[1]
    s = np.linalg.svd(ops.orthogonalize(g), compute_uv=False)
    assert 0.68 < s.min() < s.max() < 1.14
    assert close(ops.orthogonalize(1e8 * g, 0.0), ops.orthogonalize(g, 0.0))
    assert not ops.orthogonalize(np.zeros((2, 3))).any() and not ops.orthogonalize(np.zeros((2, 3)), 0.0).any()


def test_adafactor_is_exact_where_the_squares_are_a_product():
    """Where g**2 is an outer product, R C / mean(R) is g**2 itself: the first step is one of signs."""
    rng = np.random.default_rng(0)
    size, sign = np.outer(rng.uniform(1, 9, 4), rng.uniform(1, 9, 3)), rng.choice([-1, 1], (4, 3))
    theta = rng.standard_normal((4, 3))
    path, _ = run(rules.adafactor, theta, [size * sign])
    assert close(path[0], theta - 0.01 * np.sqrt(np.mean(theta**2)) * sign)


def test_adafactor_keeps_the_fading_means_of_rows_and_columns():
    theta, gradients = draw(3, 5, steps=6)
    _, state = run(rules.adafactor, theta, gradients, decay=0.5, eps=0.25)
    new = np.arange(1.0, 7) ** -0.5  # what the newest of t squares weighs
    squares = np.average(gradients**2 + 0.25, axis=0, weights=new * np.append(np.cumprod((1 - new[1:])[::-1])[::-1], 1))
    assert close(state["R"], squares.mean(1, keepdims=True)) and close(state["C"], squares.mean(0, keepdims=True))


def test_adafactors_steps_are_bounded_by_its_clip():
    theta, gradients = draw(3, 5, steps=8)
    gradients[4] *= 1e3
    path, _ = run(rules.adafactor, theta, gradients, lr=0.1, clip=1.0)
    before = np.array([theta, *path[:-1]])
    relative = np.sqrt(np.mean((path - before) ** 2, (1, 2)) / np.mean(before**2, (1, 2)))
    assert relative.max() <= 0.1 * (1 + 1e-12) and np.isclose(relative[4], 0.1)


def test_adafactors_rate_falls_below_one_over_root_t_and_eps_joins_the_squares():
    theta, (g,) = draw(3, 2, steps=1)
    rows, columns = np.mean(g**2 + 0.5, 1, keepdims=True), np.mean(g**2 + 0.5, 0, keepdims=True)
    for t in (1, 9, 400):
        step = theta - rules.adafactor(theta, g, rows, columns, t, lr=0.3, eps=0.5, clip=9.0)[0]
        u = g / np.sqrt(rows @ columns / np.mean(rows))
        assert close(step, min(0.3, t**-0.5) * np.sqrt(np.mean(theta**2)) * u)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_adafactor_survives_rows_and_columns_without_any_slope(dtype):
    theta, gradients = draw(3, 4)
    gradients[:, 1], gradients[:, :, 2], gradients[0] = 0, 0, 0
    path = replay(rules.adafactor, theta.astype(dtype), gradients.astype(dtype), [0.01] * 8, {})
    assert np.isfinite(path).all() and (path[:, 1] == theta.astype(dtype)[1]).all()


def test_soap_in_the_basis_of_the_axes_is_adam_one_step_late():
    """Bases that stay the identity: Adam with eps on the uncorrected root, on all gradients but the first."""
    theta, gradients = draw(3, 3)
    eye, zeros = np.eye(3), np.zeros((3, 3))
    place, state, path = theta, [zeros, zeros, zeros, zeros, eye, eye], []
    for t, g in enumerate(gradients, 3):  # the basis waits until step 100 + 2
        place, *state = rules.soap(place, g, *state, t, lr=0.1, beta1=0.9, beta2=0.99, eps=0.0, every=100)
        path.append(place)
    other, m, v, late = theta, 0, 0, []
    for t, g in enumerate(gradients, 2):
        other, m, v = rules.adam(other, g, m, v, t, lr=0.1, beta1=0.9, beta2=0.99, eps=0.0)
        late.append(other)
    assert close(path, late)


def test_soap_looks_once_and_then_takes_the_eigenvectors():
    theta, gradients = draw(3, 3)
    path, state = run(rules.soap, theta, gradients[:1])
    assert (path[0] == theta).all() and not state["m"].any() and not state["v"].any() and not state["P"].any()
    _, state = run(rules.soap, theta, gradients[:2])
    first = 0.05 * gradients[0] @ gradients[0].T
    turned = state["P"].T @ first @ state["P"]
    assert np.allclose(turned, np.diag(np.diag(turned)), atol=1e-14)
    assert (np.diff(np.diag(turned)) < 0).all() and np.allclose(state["Q"].T @ state["Q"], np.eye(3), atol=1e-14)


def test_soap_keeps_fading_averages_of_the_products():
    theta, (a, b) = draw(3, 2, steps=2)
    _, state = run(rules.soap, theta, [a, b], beta1=0.5, beta2=0.8)
    assert close(state["L"], 0.16 * a @ a.T + 0.2 * b @ b.T) and close(state["R"], 0.16 * a.T @ a + 0.2 * b.T @ b)


def test_soap_turns_with_the_coordinates():
    theta, gradients = draw(3, 3)
    rng = np.random.default_rng(3)
    left, right = (np.linalg.qr(rng.standard_normal((3, 3)))[0] for _ in range(2))
    path, _ = run(rules.soap, theta, gradients, lr=0.1, every=2)
    turned, _ = run(rules.soap, left @ theta @ right, left @ gradients @ right, lr=0.1, every=2)
    assert close(turned, left @ path @ right, 1e-8)


def test_what_each_rule_remembers_of_a_matrix():
    theta, gradients = draw(4, 3, steps=1)
    m, n, p, sizes = 4, 3, 12, {}
    for name in NAMES:
        opt = Optimizer(getattr(rules, name), theta)
        opt.step(gradients[0])
        sizes[name] = sum(np.size(s) for s in opt.state[0])
    assert sizes == {
        "adafactor": m + n, "adagrad_full": p**2, "lamb": 2 * p, "lars": p, "muon": p, "prodigy": 4 * p + 2,
        "schedule_free_adamw": 3 * p + 1, "schedule_free_sgd": 2 * p + 1, "shampoo": m**2 + n**2,
        "soap": 2 * p + 2 * (m**2 + n**2),
    }  # fmt: skip


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize("theta", [1.0, np.ones(3), np.ones((2, 2, 2)), {"W": np.ones((2, 2)), "c": np.ones(2)}])
def test_matrix_rules_refuse_other_shapes_in_one_sentence(name, theta):
    place, shape = (r"theta\['c'\]", r"\(2,\)") if isinstance(theta, dict) else ("theta", str(np.shape(theta)))
    shape = shape if isinstance(theta, dict) else shape.replace("(", r"\(").replace(")", r"\)")
    message = rf"^{name} takes matrices \(two-dimensional arrays\); {place} has shape {shape}$"
    with pytest.raises(ValueError, match=message):
        Optimizer(getattr(rules, name), theta)
    with pytest.raises(ValueError, match=message):
        minimize(Problem(lambda a: 0.0, grad=lambda a: a), theta, getattr(rules, name), steps=1)


def test_a_vector_cannot_be_orthogonalized():
    with pytest.raises(ValueError, match=r"orthogonalize takes matrices \(two-dimensional arrays\), got shape \(3,\)"):
        rules.muon(np.ones(3), np.ones(3))


def test_roots():
    a = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert close(ops.root(a) @ ops.root(a), a) and ops.root(4.0) == 2.0
    assert close(np.linalg.matrix_power(ops.inverse_root(a, 4), 4) @ a, np.eye(2))
    assert not ops.root(np.zeros((2, 2))).any()
    lame = ops.inverse_root(np.diag([0.0, 1.0]), 2)  # a lost eigenvalue counts as rounding, not as infinity
    assert np.isfinite(lame).all() and lame[0, 0] == pytest.approx(2.0**26)


# -- averages


def test_the_schedule_free_answer_is_the_mean_of_z():
    theta, gradients = draw(4)
    place, state, z = theta, [theta, theta, 0.0], []
    for g in gradients:
        place, *state = rules.schedule_free_sgd(place, g, *state, lr=0.1, beta1=0.7)
        z.append(state[0])
        assert close(state[1], np.mean(z, 0)) and close(place, 0.3 * state[0] + 0.7 * state[1])
    assert close(z, theta - 0.1 * np.cumsum(gradients, 0))


def test_the_schedule_free_answer_weighs_with_the_squared_rate():
    theta, gradients = draw(4)
    rates, place, state, z = np.array([0.0, 0.1, 0.2, 0.4, 0.4, 0.1, 0.0, 0.1]), theta, [theta, theta, 0.0], []
    for g, lr in zip(gradients, rates):
        place, *state = rules.schedule_free_sgd(place, g, *state, lr=float(lr))
        z.append(state[0])
    assert close(state[1], np.average(z, axis=0, weights=rates**2))


def test_schedule_free_without_interpolation_is_sgd_with_an_average_and_adam_without_momentum():
    theta, gradients = draw(4)
    state, steps = [theta, theta, 0.0], theta
    adam, other, m, v = [theta, theta, 0, 0.0], theta, 0, 0
    place = spot = theta
    for t, g in enumerate(gradients, 1):
        place, *state = rules.schedule_free_sgd(place, g, *state, lr=0.1, beta1=0.0)
        steps = rules.sgd(steps, g, lr=0.1)
        spot, *adam = rules.schedule_free_adamw(spot, g, *adam, t, lr=0.1, beta1=0.0)
        other, m, v = rules.adam(other, g, m, v, t, lr=0.1, beta1=0.0)
        assert close(place, steps) and close(spot, other)


@pytest.mark.parametrize("rule", [rules.schedule_free_sgd, rules.schedule_free_adamw])
def test_drivers_answer_with_the_average(rule):
    theta, gradients = draw(4)
    opt, whole = Optimizer(rule, theta, lr=0.1), Optimizer(rule, {"a": theta[:1], "b": theta[1:]}, lr=0.1)
    _, state = run(rule, theta, gradients, lr=0.1)
    for g in gradients:
        opt.step(g)
        whole.step({"a": g[:1], "b": g[1:]})
    assert close(opt.answer, state["average"]) and not close(opt.theta, state["average"])
    assert close(np.concatenate(list(whole.answer.values())), opt.answer)
    bowl = minimize(Problem(lambda a: float(a @ a), grad=lambda a: 2 * a), theta, rule, steps=200, lr=0.1)
    assert np.abs(bowl.theta).max() < 0.05 and bowl.losses[-1] == bowl.theta @ bowl.theta


# -- parameter-free


def test_prodigys_estimate_grows_only_and_stays_below_the_distance():
    """On a convex loss d is a lower bound on the distance from the start to the minimizer."""
    for scale in (0.1, 1.0, 30.0):
        theta, seen = np.full(3, 1.0), []
        state = start(read(rules.prodigy), theta)
        for _ in range(300):
            slope = np.sign(theta + scale) * np.abs(theta + scale) ** 0.5
            theta, *state = rules.prodigy(theta, slope, *state)
            seen.append(state[-1])
        distance = np.abs(1.0 + scale)  # in the maximum norm
        assert (np.diff(seen) >= 0).all() and seen[0] >= 1e-6
        assert seen[-1] <= distance and seen[-1] > distance / 20


def test_prodigy_before_its_estimate_moves_is_adam_without_correction():
    theta, gradients = draw(3, steps=1)
    got, m, v, s, *_ = rules.prodigy(theta, gradients[0], 0, 0, 0, theta, 0.0, 2e-3, eps=0.0)
    assert close((theta - got) / 2e-3, 0.1 * gradients[0] / np.sqrt(0.001 * gradients[0] ** 2))
    assert close(s / (4e-6 * (1 - np.sqrt(0.999))), gradients[0])  # its sum of gradients has their sign
    assert close(m, 0.1 * 2e-3 * gradients[0]) and close(v, 0.001 * 4e-6 * gradients[0] ** 2)


def test_prodigys_estimate_waits_for_a_slope():
    path, state = run(rules.prodigy, np.ones(2), np.zeros((3, 2)))
    assert (path == 1).all() and state["d"] == 1e-6


def test_prodigy_has_one_estimate_for_all_arrays():
    theta, gradients = draw(4)
    whole = Optimizer(rules.prodigy, theta, lr=100.0)
    parts = Optimizer(rules.prodigy, {"a": theta[:1], "b": theta[1:].reshape(1, 3)}, lr=100.0)
    for g in gradients:
        whole.step(g)
        parts.step({"a": g[:1], "b": g[1:].reshape(1, 3)})
    assert close(np.concatenate([np.ravel(a) for a in parts.theta.values()]), whole.theta)


# -- all of them


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_drivers_keep_dtype_shape_and_the_callers_arrays_and_resume_bit_for_bit(name, dtype):
    rng = np.random.default_rng(0)
    theta = rng.normal(size=(3, 6)).astype(dtype)[:, ::2]  # not contiguous
    gradients = [rng.normal(size=(3, 3)).astype(dtype).T for _ in range(6)]
    before, given = theta.copy(), [g.copy() for g in gradients]
    opt = Optimizer(getattr(rules, name), theta)
    for i, g in enumerate(gradients):
        if i == 3:
            saved = opt.state_dict()
        opt.step(g)
    np.testing.assert_array_equal(theta, before)
    np.testing.assert_array_equal(gradients, given)
    assert opt.theta.dtype == dtype and opt.theta.shape == (3, 3) and np.isfinite(opt.theta).all()
    assert all(s.dtype == dtype for s in opt.state[0] if isinstance(s, np.ndarray)), name
    again = Optimizer(getattr(rules, name), theta)
    again.load_state_dict(saved)
    for g in gradients[3:]:
        again.step(g)
    np.testing.assert_array_equal(again.theta, opt.theta)
    pure, _ = run(getattr(rules, name), before if name != "adagrad_full" else before.ravel(),
                  [g if name != "adagrad_full" else g.ravel() for g in given])  # fmt: skip
    np.testing.assert_allclose(opt.theta, pure[-1].reshape(3, 3), rtol=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in MATRICES])
def test_python_numbers_stay_so(name):
    rule = getattr(rules, name)
    theta, *state = rule(1.0, 2.0, *start(read(rule), 1.0))
    assert type(theta) is float and all(type(s) is float for s in state), (name, state)
