"""`tf.contrib.eager`: the names of the first eager programs."""

import subprocess
import sys

import numpy as np
import pytest

import eagre as tf
import eagre.contrib.eager as tfe


def test_names_are_those_of_today():
    assert tfe is tf.contrib.eager
    assert tfe.Variable is tf.Variable and tfe.GradientTape is tf.GradientTape
    assert tfe.defun is tfe.function is tf.function
    assert tfe.py_func is tf.py_function
    assert tfe.gradients_function is tf.gradients_function
    assert tfe.executing_eagerly() is True and tfe.enable_eager_execution() is None


def test_implicit_gradients():
    v, w = tfe.Variable(3.0), tfe.Variable(2.0)
    unused = tf.Variable(1.0, trainable=False)

    def loss(x, power=1.0):
        return v * w * x**power + unused

    value, pairs = tfe.implicit_value_and_gradients(loss)(2.0, power=2.0)
    assert value.numpy() == 25.0
    assert [grad.numpy() for grad, _ in pairs] == [8.0, 12.0]
    assert [of is each for (_, of), each in zip(pairs, (v, w), strict=True)] == [True, True]
    again = tfe.implicit_gradients(loss)(2.0, power=2.0)
    assert [grad.numpy() for grad, _ in again] == [8.0, 12.0]


def test_implicit_gradients_of_structures_and_of_variables_without_one():
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    _, pairs = tfe.implicit_value_and_gradients(
        lambda: {"a": v * v, "b": tf.stop_gradient(w) + v})()
    assert [None if grad is None else grad.numpy() for grad, _ in pairs] == [7.0, None]


def test_implicit_gradients_within_each_other():
    v = tf.Variable(3.0)
    first = tfe.implicit_gradients(lambda: v * v * v)
    ((second, of),) = tfe.implicit_gradients(lambda: first()[0][0])()
    assert second.numpy() == 18.0 and of is v


def test_a_program_of_2017():
    rng = np.random.default_rng(0)
    x = rng.normal(size=[100]).astype(np.float32)
    weight, bias = tfe.Variable(5.0), tfe.Variable(10.0)

    def loss(inputs, wanted):
        return tf.reduce_mean(tf.square(inputs * weight + bias - wanted))

    optimizer = tf.compat.v1.train.GradientDescentOptimizer(learning_rate=0.1)
    grad = tfe.implicit_gradients(loss)
    step = tf.compat.v1.train.get_or_create_global_step()
    before = int(step)
    for _ in range(100):
        optimizer.apply_gradients(grad(x, 3.0 * x + 2.0), global_step=step)
    np.testing.assert_allclose([weight.numpy(), bias.numpy()], [3.0, 2.0], atol=1e-3)
    assert int(step) == before + 100


@pytest.mark.parametrize("mode", [tfe.SYNC, tfe.ASYNC, None])
def test_modes_change_nothing(mode):
    with tfe.execution_mode(mode):
        x = tf.constant(1.0) + 1.0
    tfe.set_execution_mode(mode)
    assert tfe.async_wait() is None and tfe.async_clear_error() is None
    assert x.numpy() == 2.0


def test_num_gpus():
    assert tfe.num_gpus() == len(tf.config.list_physical_devices("GPU"))


def test_py_func():
    found = tfe.py_func(lambda x: np.sort(x.numpy())[::-1], [tf.constant([1.0, 3.0])], tf.float32)
    assert found.numpy().tolist() == [3.0, 1.0]


def test_run_ends_the_program_with_what_main_returns():
    with pytest.raises(SystemExit) as ended:
        tfe.run(len, ["program", "word"])
    assert ended.value.code == 2


def test_run_finds_main():
    program = ("import eagre as tf\ndef main(argv):\n    assert argv[1:] == ['word']\n"
               "    return 3\ntf.contrib.eager.run()\n")
    assert subprocess.run([sys.executable, "-c", program, "word"], check=False).returncode == 3


def test_mean():
    mean = tfe.metrics.Mean("mean loss")
    assert np.isnan(mean.result())
    given = tf.constant([1.0, 2.0])
    assert mean(given) is given
    mean([[4, 5], [6, 7]], weights=[[1.0], [0.5]])
    assert mean.result().dtype == tf.float64
    assert mean.result().numpy() == (1.0 + 2.0 + 9.0 + 6.5) / (2 + 2 + 1)
    mean.init_variables()
    mean(8.0)
    assert mean.result().numpy() == 8.0
    assert tfe.metrics.Mean(dtype=tf.float32).result().dtype == tf.float32


def test_accuracy():
    accuracy = tfe.metrics.Accuracy()
    accuracy([1, 2], tf.constant([1, 0]))
    accuracy([[1]], [[1]], weights=2.0)
    assert accuracy.result().numpy() == 3.0 / 4.0
    with pytest.raises(ValueError, match="one shape"):
        accuracy([1, 2], [[1, 2]])


def test_metrics_are_saved(tmp_path):
    mean, other = tfe.metrics.Mean(), tfe.metrics.Mean()
    mean([1.0, 2.0])
    tf.train.Checkpoint(mean=other).read(tf.train.Checkpoint(mean=mean).write(tmp_path / "x"))
    assert other.result().numpy() == 1.5


def test_iterators():
    dataset = tf.data.Dataset.from_tensor_slices([1, 2, 3])
    elements = tfe.Iterator(dataset)
    assert elements.next().numpy() == 1
    assert [element.numpy() for element in elements] == [2, 3]
    with pytest.raises(StopIteration):
        elements.next()
    once = tf.compat.v1.data.make_one_shot_iterator(dataset)
    assert [once.get_next().numpy() for _ in range(3)] == [1, 2, 3]
    with pytest.raises(tf.errors.OutOfRangeError):
        once.get_next()


def test_what_is_not_there_says_so():
    with pytest.raises(AttributeError, match=r"tf\.contrib\.eager\.Saver cannot be found"):
        _ = tfe.Saver
    with pytest.raises(AttributeError, match=r"tf\.compat\.v1\.Sessions cannot be found"):
        _ = tf.compat.v1.Sessions
