"""Optimizers: each step against the formula in float64, and against Keras."""

import numpy as np
import pytest

import eagre as tf
from tests.oracle.make_optimizers import OPTIMIZERS, START, cases, grads


def make(name, **more):
    kind, options = OPTIMIZERS[name]
    return getattr(tf.optimizers, kind)(**(options | more))


def sgd(w, steps, learning_rate, momentum=0.0, nesterov=False):
    velocity = np.zeros_like(w)
    for g in steps:
        velocity = momentum * velocity - learning_rate * g
        w = w + (momentum * velocity - learning_rate * g if nesterov else velocity)
        yield w


def adam(w, steps, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    mean, variance = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(steps, 1):
        mean = beta_1 * mean + (1 - beta_1) * g
        variance = beta_2 * variance + (1 - beta_2) * g * g
        rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        w = w - rate * mean / (np.sqrt(variance) + epsilon)
        yield w


FORMULAS = {"SGD": sgd, "Adam": adam}


def walk(optimizer, dtype=tf.float32):
    variable = tf.Variable(START, dtype=dtype)
    for grad in grads():
        optimizer.apply_gradients([(tf.constant(grad, dtype), variable)])
        yield variable.numpy()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float64_follows_the_formula(name):
    kind, options = OPTIMIZERS[name]
    expected = list(FORMULAS[kind](np.array(START), np.array(grads()), **options))
    for step, (value, wanted) in enumerate(
            zip(walk(make(name), tf.float64), expected, strict=True)):
        np.testing.assert_allclose(value, wanted, rtol=1e-12, err_msg=f"step {step}")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_follows_keras(name):
    for step, (value, wanted) in enumerate(zip(walk(make(name)), cases()[name], strict=True)):
        np.testing.assert_allclose(value, wanted, rtol=3e-5, err_msg=f"step {step}")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_traced_step_is_the_eager_step(name):
    optimizer, variable = make(name), tf.Variable(START)
    optimizer.build([variable])

    def step(grad):
        optimizer.apply_gradients([(grad, variable)])
        return variable.value()

    graph = tf.trace(step, tf.TensorSpec([3], tf.float32))
    for grad, wanted in zip(grads(), walk(make(name)), strict=True):
        np.testing.assert_array_equal(graph(tf.constant(grad)).numpy(), wanted)
    assert optimizer.iterations.numpy() == len(grads())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_variables_of_other_shapes_and_dtypes_side_by_side(name):
    optimizer = make(name)
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
    assert [variable.name for variable in optimizer.variables] == ["iterations:0"]
    optimizer.build([v])
    names = [variable.name for variable in optimizer.variables]
    assert sorted(names) == ["iterations:0", "w/mean:0", "w/variance:0"]
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


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_valley_is_descended(name):
    optimizer, v = make(name), tf.Variable([3.0, -4.0])
    for _ in range(600):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((v - [1.0, 2.0]) ** 2.0 * [1.0, 0.3])
        optimizer.apply_gradients([(tape.gradient(loss, v), v)])
    np.testing.assert_allclose(v.numpy(), [1.0, 2.0], atol=0.05)
