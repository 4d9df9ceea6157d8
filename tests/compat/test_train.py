"""Optimizers, decays and the global step of TensorFlow 1, against TensorFlow."""

import numpy as np
import pytest

import eagre as tf
from eagre.compat import global_step
from tests.oracle.make_optimizers import (
    DECAY_STEPS,
    DECAYS,
    FIRST_VERSION,
    ROWS,
    START,
    cases,
    grads,
    sparse_grads,
)

train = tf.compat.v1.train


def make(name):
    kind, options = FIRST_VERSION[name]
    return getattr(train, kind)(**options)


def walk(optimizer, start, steps):
    variable = tf.Variable(start)
    for grad in steps:
        optimizer.apply_gradients([(grad, variable)])
        yield variable.numpy()


def slices():
    for values, places in sparse_grads(repeats=True):
        values = tf.reshape(tf.constant(values, tf.float32), [-1, 2])
        yield tf.IndexedSlices(values, tf.constant(places, tf.int32), tf.constant([3, 2]))


@pytest.mark.parametrize("name", FIRST_VERSION)
def test_dense_steps(name):
    found = walk(make(name), START, map(tf.constant, grads()))
    for step, (value, wanted) in enumerate(zip(found, cases("first")[name], strict=True)):
        np.testing.assert_allclose(value, wanted, rtol=5e-5, atol=1e-6, err_msg=f"step {step}")


@pytest.mark.parametrize("name", FIRST_VERSION)
def test_sparse_steps(name):
    found = walk(make(name), ROWS, slices())
    wanted = cases("first sparse")[name]
    for step, (value, each) in enumerate(zip(found, wanted, strict=True)):
        np.testing.assert_allclose(value, each, rtol=5e-5, atol=1e-6, err_msg=f"step {step}")


@pytest.mark.parametrize("name", FIRST_VERSION)
def test_a_traced_step_is_the_eager_step(name):
    optimizer, variable = make(name), tf.Variable(ROWS)

    @tf.function
    def step(grad):
        optimizer.apply_gradients([(grad, variable)])
        return variable.value()

    for grad, wanted in zip(slices(), walk(make(name), ROWS, slices()), strict=True):
        np.testing.assert_array_equal(step(grad).numpy(), wanted)


def test_minimize_counts_the_global_step():
    v, w, counter = tf.Variable(1.0), tf.Variable(1.0), tf.Variable(0, trainable=False)
    optimizer = train.GradientDescentOptimizer(learning_rate=0.25)
    assert optimizer.minimize(lambda: v * v + w, global_step=counter) is None
    assert [v.numpy(), w.numpy(), counter.numpy()] == [0.5, 0.75, 1]
    optimizer.minimize(lambda: v * v + w, counter, [w])
    assert [v.numpy(), w.numpy(), counter.numpy()] == [0.5, 0.5, 2]


def test_compute_gradients():
    v, w = tf.Variable(3.0), tf.Variable(1.0)
    optimizer = train.AdamOptimizer(0.1)
    ((grad, of),) = optimizer.compute_gradients(lambda: v * v)
    assert grad.numpy() == 6.0 and of is v
    pairs = optimizer.compute_gradients(lambda: v * v, [w, v], grad_loss=tf.constant(0.5))
    assert pairs[0] == (None, w) and pairs[1][0].numpy() == 3.0


def test_the_rate_may_be_a_function():
    v = tf.Variable(1.0)
    step = tf.Variable(0, trainable=False)
    rate = train.piecewise_constant(step, [0], [0.5, 0.25])
    optimizer = train.GradientDescentOptimizer(rate)
    for _ in range(2):
        optimizer.minimize(lambda: v * 1.0, global_step=step)
    assert v.numpy() == 0.25


@pytest.mark.parametrize(("name", "slots"), [
    ("adam", ["m", "v"]), ("momentum", ["momentum"]), ("rmsprop", ["rms"]),
    ("centered rmsprop", ["mg", "momentum", "rms"]), ("ftrl", ["accum", "linear"]),
    ("adadelta", ["accum", "accum_update"]), ("gradient descent", [])])
def test_slots_have_their_old_names(name, slots):
    optimizer, v = make(name), tf.Variable([1.0])
    assert optimizer.get_slot_names() == [] and optimizer.get_slot(v, "m") is None
    optimizer.apply_gradients([(tf.constant([2.0]), v)])
    assert optimizer.get_slot_names() == slots
    found = [optimizer.get_slot(v, slot) for slot in slots]
    assert all(any(slot is each for each in optimizer.variables()) for slot in found)
    assert optimizer.get_slot(v, "surely not") is None


def test_a_checkpoint_takes_the_slots_along(tmp_path):
    v = tf.Variable([1.0])
    optimizer = train.AdamOptimizer(0.1)
    optimizer.apply_gradients([(tf.constant([2.0]), v)])
    path = tf.train.Checkpoint(v=v, optimizer=optimizer).write(tmp_path / "x")
    other, again = tf.Variable([0.0]), train.AdamOptimizer(0.1)
    tf.train.Checkpoint(v=other, optimizer=again).read(path)
    for each, of in ((optimizer, v), (again, other)):
        each.apply_gradients([(tf.constant([1.0]), of)])
    assert v.numpy() == other.numpy()


@pytest.mark.parametrize("name", DECAYS)
def test_decays(name):
    function, options = DECAYS[name]
    step = tf.Variable(0, dtype=tf.int64)
    rate = getattr(train, function)(**{**options, _step_name(function): step})
    found = [float((step.assign(each), rate())[1]) for each in DECAY_STEPS]
    np.testing.assert_allclose(found, cases("decays")[name], rtol=2e-5, atol=1e-8)

    @tf.function
    def traced():
        return getattr(train, function)(**{**options, _step_name(function): step})

    assert float(traced()) == found[-1]


def _step_name(function):
    return "x" if function == "piecewise_constant" else "global_step"


def test_the_global_step(monkeypatch):
    monkeypatch.setattr(global_step, "_found", [])
    assert train.get_global_step() is None
    step = train.get_or_create_global_step()
    assert step is train.get_global_step() is train.get_or_create_global_step()
    assert (step.dtype, step.trainable, step.numpy(), step.name) == (
        tf.int64, False, 0, "global_step:0")
    with pytest.raises(ValueError, match="get_or_create"):
        train.create_global_step()


@pytest.mark.parametrize("name", [
    "GradientDescentOptimizer", "AdamOptimizer", "MomentumOptimizer", "piecewise_constant",
    "get_or_create_global_step", "exponential_decay"])
def test_names_of_the_first_version_say_where_they_are(name):
    with pytest.raises(AttributeError, match=rf"Did you mean tf\.compat\.v1\.train\.{name}\?"):
        getattr(tf.train, name)
