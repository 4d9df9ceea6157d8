"""Optimizers: each step against the formula in float64, and against Keras."""

import copy
import json

import numpy as np
import pytest

import eagre as tf
from tests.oracle.make_optimizers import (
    OPTIMIZERS,
    OPTIONS,
    ROWS,
    SCHEDULES,
    START,
    cases,
    grads,
    sparse_grads,
)
from tests.state.optimizer_formulas import FORMULAS

ALL = {**OPTIMIZERS, **OPTIONS}


def make(name, **more):
    kind, options = ALL[name]
    return getattr(tf.optimizers, kind)(**(options | more))


def walk(optimizer, dtype=tf.float32, steps=None):
    variable = tf.Variable(START, dtype=dtype)
    for grad in steps or grads():
        optimizer.apply_gradients([(tf.constant(grad, dtype), variable)])
        yield variable.numpy()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float64_follows_the_formula(name):
    kind, options = OPTIMIZERS[name]
    # A rate that is a number is kept as a float32 variable.
    options = options | {"learning_rate": float(np.float32(options["learning_rate"]))}
    expected = list(FORMULAS[kind](np.array(START), np.array(grads()), **options))
    for step, (value, wanted) in enumerate(
            zip(walk(make(name), tf.float64), expected, strict=True)):
        np.testing.assert_allclose(value, wanted, rtol=1e-9, err_msg=f"step {step}")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_follows_keras(name):
    for step, (value, wanted) in enumerate(zip(walk(make(name)), cases()[name], strict=True)):
        np.testing.assert_allclose(value, wanted, rtol=3e-5, err_msg=f"step {step}")


@pytest.mark.parametrize("name", OPTIONS)
def test_what_all_optimizers_share_follows_keras(name):
    wanted = cases("options")[name]
    for step, (value, each) in enumerate(zip(walk(make(name)), wanted, strict=True)):
        np.testing.assert_allclose(value, each, rtol=3e-5, atol=1e-6, err_msg=f"step {step}")


def slices(values, places, dtype=tf.float32):
    values = tf.reshape(tf.constant(values, dtype), [-1, 2])
    return tf.IndexedSlices(values, tf.constant(places, tf.int32), tf.constant([3, 2]))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_slices_follow_keras(name):
    optimizer, variable = make(name), tf.Variable(ROWS)
    wanted = cases("values sparse")[name]
    for step, (grad, each) in enumerate(zip(sparse_grads(), wanted, strict=True)):
        optimizer.apply_gradients([(slices(*grad), variable)])
        np.testing.assert_allclose(
            variable.numpy(), each, rtol=3e-5, atol=1e-6, err_msg=f"step {step}")


@pytest.mark.parametrize("name", ALL)
def test_slices_with_repeated_indices_are_as_dense_gradients(name):
    results = []
    for dense in (False, True):
        optimizer, variable = make(name), tf.Variable(ROWS)
        for parts in sparse_grads(repeats=True):
            grad = slices(*parts)
            each = tf.convert_to_tensor(grad) if dense else grad
            optimizer.apply_gradients([(each, variable)])
        results.append(variable.numpy())
    np.testing.assert_allclose(*results, rtol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_a_traced_step_is_the_eager_step(name):
    optimizer, variable = make(name), tf.Variable(START)

    @tf.function
    def graph(grad):
        optimizer.apply_gradients([(grad, variable)])
        return variable.value()

    for grad, wanted in zip(grads(), walk(make(name)), strict=True):
        np.testing.assert_array_equal(graph(tf.constant(grad)).numpy(), wanted)
    per_step = optimizer.gradient_accumulation_steps or 1
    assert optimizer.iterations.numpy() == len(grads()) // per_step


@pytest.mark.parametrize("dtype", [tf.float16, tf.bfloat16])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_half_precision_keeps_its_dtype(name, dtype):
    small = [np.clip(grad, -2.0, 2.0).tolist() for grad in grads()[:3]]
    # Epsilons of float32 vanish in float16.
    more = {"epsilon": 1e-3} if hasattr(make(name), "epsilon") else {}
    ours = list(walk(make(name, **more), dtype, small))
    single = list(walk(make(name, **more), steps=small))
    assert ours[-1].dtype == dtype.as_numpy_dtype
    np.testing.assert_allclose(ours[-1].astype(np.float32), single[-1], rtol=0.05, atol=0.02)


# Ftrl forgets where weights began.
@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if not name.startswith("ftrl")])
def test_variables_of_other_shapes_and_dtypes_side_by_side(name):
    optimizer = make(name, **({"weight_decay": 0.0} if name == "adamw" else {}))
    both = [tf.Variable(1.0), tf.Variable([[2.0, 3.0]], dtype=tf.float64)]
    optimizer.apply_gradients([(tf.constant(1.0), both[0]),
                               (tf.constant([[1.0, -1.0]], tf.float64), both[1])])
    assert both[0].numpy() < 1.0
    assert (both[1].numpy() < [[2.0, np.inf]]).all()
    assert both[1].numpy()[0, 1] > 3.0
    assert optimizer.iterations.numpy() == 1


def test_none_leaves_a_variable_as_it_is():
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    tf.optimizers.SGD(0.5).apply_gradients([(tf.constant(1.0), v), (None, w)])
    assert [v.numpy(), w.numpy()] == [0.5, 1.0]


def test_no_gradient_is_an_error_and_no_step():
    optimizer, v = tf.optimizers.SGD(0.5), tf.Variable(1.0)
    with pytest.raises(ValueError, match="gradient"):
        optimizer.apply_gradients([(None, v)])
    assert optimizer.iterations.numpy() == 0


def test_a_gradient_that_does_not_fit_changes_nothing():
    optimizer, v = tf.optimizers.Adam(0.5), tf.Variable([1.0, 2.0])
    with pytest.raises(ValueError, match="shape"):
        optimizer.apply_gradients([(tf.ones(3), v)])
    assert v.numpy().tolist() == [1.0, 2.0]
    assert optimizer.iterations.numpy() == 0


def test_pairs_may_come_from_zip():
    v = tf.Variable(1.0)
    tf.optimizers.SGD(0.5).apply_gradients(zip([tf.constant(1.0)], [v], strict=True))
    assert v.numpy() == 0.5


def test_the_learning_rate_may_be_a_variable():
    rate, v = tf.Variable(0.5), tf.Variable(1.0)
    optimizer = tf.optimizers.SGD(rate)
    optimizer.apply_gradients([(tf.constant(1.0), v)])
    rate.assign(0.25)
    optimizer.apply_gradients([(tf.constant(1.0), v)])
    assert v.numpy() == 0.25


def test_the_learning_rate_may_be_a_function_of_the_step():
    seen, v = [], tf.Variable(1.0)

    def schedule(step):
        seen.append(int(step))
        return 0.5 / tf.cast(step + 1, tf.float32)

    optimizer = tf.optimizers.SGD(schedule)
    for _ in range(2):
        optimizer.apply_gradients([(tf.constant(1.0), v)])
    assert seen == [0, 1]
    assert v.numpy() == pytest.approx(1.0 - 0.5 - 0.25)


def test_the_learning_rate_may_be_assigned():
    optimizer, v = tf.optimizers.SGD(0.5), tf.Variable(1.0)
    optimizer.learning_rate = 0.25
    optimizer.apply_gradients([(tf.constant(1.0), v)])
    assert v.numpy() == 0.75


def test_slots_are_variables_of_the_optimizer():
    optimizer, v = tf.optimizers.Adam(0.1), tf.Variable([1.0], name="w")
    own = ["iterations:0", "learning_rate:0"]
    assert [variable.name for variable in optimizer.variables] == own
    optimizer.build([v])
    names = [variable.name for variable in optimizer.variables]
    assert names == [*own, "w/mean:0", "w/variance:0"]
    assert optimizer.trainable_variables == ()


def test_slots_do_not_include_the_variables_that_are_trained():
    optimizer, v = tf.optimizers.Adam(0.1), tf.Variable([1.0], name="w")
    optimizer.apply_gradients([(tf.constant([1.0]), v)])
    assert all(variable is not v for variable in optimizer.variables)


def test_a_tape_does_not_watch_slots():
    optimizer, v = tf.optimizers.Adam(0.1), tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        loss = v * v
        optimizer.apply_gradients([(tape.gradient(loss, v), v)])
    assert [variable is v for variable in tape.watched_variables()] == [True]


@pytest.mark.parametrize("name", sorted(OPTIMIZERS.keys() - {"ftrl with penalties"}))
def test_a_valley_is_descended(name):
    optimizer, v = make(name, learning_rate=0.05), tf.Variable([1.5, 1.0])

    def loss():
        return tf.reduce_sum((v - [1.0, 2.0]) ** 2.0 * [1.0, 0.3])

    before = float(loss())
    step = tf.function(lambda: optimizer.minimize(loss, [v]))
    for _ in range(100):
        step()
    assert float(loss()) < 0.98 * before


def test_minimize_with_a_tape():
    optimizer, v = tf.optimizers.SGD(0.25), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = v * v
    assert optimizer.minimize(loss, lambda: [v], tape).numpy() == 1
    assert v.numpy() == 0.5


def test_apply_takes_the_variables_of_build():
    optimizer, v, w = tf.optimizers.SGD(0.5), tf.Variable(1.0), tf.Variable([2.0])
    optimizer.build([v, w])
    optimizer.apply([1.0, [1.0]])
    assert [v.numpy(), w.numpy().tolist()] == [0.5, [1.5]]
    optimizer.apply([[1.0]], [w])
    assert w.numpy().tolist() == [1.0]


def test_a_number_that_is_assigned_as_rate_reaches_traced_steps():
    optimizer, v = tf.optimizers.SGD(0.5), tf.Variable(1.0)
    step = tf.function(lambda: optimizer.apply_gradients([(tf.constant(1.0), v)]))
    step()
    optimizer.learning_rate = 0.25
    step()
    optimizer.learning_rate.assign(0.125)
    step()
    assert v.numpy() == 0.125


def test_a_schedule_as_rate():
    schedule = tf.optimizers.schedules.PiecewiseConstantDecay([0, 1], [0.5, 0.25, 0.125])
    optimizer, v = tf.optimizers.SGD(schedule), tf.Variable(1.0)
    step = tf.function(lambda: optimizer.apply_gradients([(tf.constant(1.0), v)]))
    rates = []
    for _ in range(3):
        rates.append(float(optimizer.learning_rate))
        step()
    assert rates == [0.5, 0.25, 0.125]
    assert v.numpy() == 1.0 - sum(rates)


def test_a_function_of_nothing_as_rate():
    v = tf.Variable(1.0)
    tf.optimizers.SGD(lambda: 0.5).apply_gradients([(tf.constant(1.0), v)])
    assert v.numpy() == 0.5


def test_a_schedule_counts_gradients_that_are_accumulated():
    optimizer = tf.optimizers.SGD(lambda step: step + 1.0, gradient_accumulation_steps=2)
    v = tf.Variable(10.0, dtype=tf.float64)
    optimizer.learning_rate = lambda step: tf.cast(step, tf.float64)
    for _ in range(4):
        optimizer.apply_gradients([(tf.constant(1.0, tf.float64), v)])
    assert v.numpy() == 10.0 - 1.0 - 3.0


def test_averages_take_the_place_of_variables_at_the_end():
    optimizer, v = tf.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5), tf.Variable(4.0)
    for _ in range(2):
        optimizer.apply_gradients([(tf.constant(1.0), v)])
    assert v.numpy() == 2.0
    optimizer.finalize_variable_values([v])
    assert v.numpy() == 0.5 * 3.0 + 0.5 * 2.0


def test_the_average_of_a_variable_that_comes_later():
    optimizer, v = tf.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5), tf.Variable(4.0)
    optimizer.apply_gradients([(tf.constant(1.0), tf.Variable(0.0))])
    optimizer.apply_gradients([(tf.constant(2.0), v)])
    optimizer.finalize_variable_values([v])
    assert v.numpy() == 0.5 * 4.0 + 0.5 * 2.0


def test_the_loss_scale_is_taken_out_again():
    optimizer, v = tf.optimizers.SGD(0.5, loss_scale_factor=8.0), tf.Variable(1.0)
    optimizer.minimize(lambda: optimizer.scale_loss(v * v), [v])
    assert v.numpy() == 0.0


def test_weights_that_do_not_decay():
    weights = [tf.Variable(1.0, name=name) for name in ("kernel", "bias", "gain")]
    optimizer = tf.optimizers.AdamW(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay([weights[2]], ["^b.as"])
    optimizer.apply_gradients([(tf.constant(0.0), each) for each in weights])
    assert [float(each) for each in weights] == [0.75, 1.0, 1.0]


def test_a_gradient_that_does_not_fit_leaves_the_others_out_too():
    optimizer, v, w = tf.optimizers.SGD(0.5), tf.Variable(1.0), tf.Variable(1.0)
    with pytest.raises(ValueError, match="shape"):
        optimizer.apply_gradients([(tf.constant(1.0), v), (tf.ones(3), w)])
    assert [v.numpy(), optimizer.iterations.numpy()] == [1.0, 0]


def test_the_constraint_of_a_variable():
    v = tf.Variable(1.0, constraint=lambda value: tf.clip_by_value(value, 0.5, 1.0))
    tf.optimizers.SGD(1.0).apply_gradients([(tf.constant(1.0), v)])
    assert v.numpy() == 0.5


def test_a_copy_goes_its_own_way():
    optimizer, v = tf.optimizers.Adam(0.1), tf.Variable(1.0)
    optimizer.apply_gradients([(tf.constant(1.0), v)])
    copied = copy.deepcopy((optimizer, v))
    copied[0].apply_gradients([(tf.constant(1.0), copied[1])])
    assert v.numpy() > copied[1].numpy()
    assert [int(optimizer.iterations), int(copied[0].iterations)] == [1, 2]
    assert len(optimizer.variables) == len(copied[0].variables) == 4


# As dictionaries ------------------------------------------------------------------------------


def without_name(config):
    return {key: value for key, value in config.items() if key != "name"}


@pytest.mark.parametrize("name", ALL)
def test_get_config_says_what_keras_says(name):
    config = make(name).get_config()
    assert without_name(config) == cases("configs")[name]
    again = type(make(name)).from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    np.testing.assert_array_equal(list(walk(again))[-1], list(walk(make(name)))[-1])


@pytest.mark.parametrize("name", SCHEDULES)
def test_get_config_with_a_schedule(name):
    kind, options = SCHEDULES[name]
    optimizer = tf.optimizers.SGD(getattr(tf.optimizers.schedules, kind)(**options))
    config = json.loads(json.dumps(optimizer.get_config()))
    assert without_name(config) == cases("configs")["schedule " + name]
    again = tf.optimizers.SGD.from_config(config)
    assert float(again.learning_rate) == float(optimizer.learning_rate)


class Halving(tf.optimizers.schedules.LearningRateSchedule):
    """A schedule of a user."""

    def __init__(self, first):
        self.first = first

    def __call__(self, step):
        return self.first / 2.0 ** tf.cast(step, tf.float32)

    def get_config(self):
        return {"first": self.first}


def test_a_schedule_of_ones_own():
    optimizer, v = tf.optimizers.SGD(Halving(0.5)), tf.Variable(1.0)
    for _ in range(2):
        optimizer.apply_gradients([(tf.constant(1.0), v)])
    assert v.numpy() == 0.25
    config = optimizer.get_config()
    again = tf.optimizers.SGD.from_config(config, custom_objects={"Halving": Halving})
    assert again.learning_rate.numpy() == 0.5
    with pytest.raises(ValueError, match="custom_objects"):
        tf.optimizers.SGD.from_config(config)
