"""`check_gradients`: right gradients pass, wrong ones are named."""

import pytest

import eagre as tf

check = tf.testing.check_gradients


@tf.custom_gradient
def half(x):
    """A square whose gradient is half of what it should be."""
    return x * x, lambda grad: grad * x


@tf.custom_gradient
def wrong_at_second_order(x):
    def grad_fn(grad):
        return grad * tf.stop_gradient(2.0 * x)

    return x * x, grad_fn


@tf.custom_gradient
def not_conjugated(x):
    return x * x, lambda grad: grad * 2.0 * x


def table(function, *args, **options):
    with pytest.raises(AssertionError) as caught:
        check(function, *args, **options)
    return str(caught.value)


def test_right_gradients_pass():
    check(lambda x, y: tf.sin(x) * y, ([1.0, 2.0], 3.0))
    check(lambda x: tf.exp(tf.reduce_sum(x, 0)), [[[1.0, 2.0], [0.3, 0.4]]], order=3)
    check(lambda x: x * x, [[1.0 + 2.0j, 0.5j]])
    check(lambda x: tf.abs(x), [1.0 + 2.0j])
    check(lambda x: {"a": x[0] * x[1]["b"], "n": tf.constant(3)}, [[2.0, {"b": [3.0, 1.0]}]])
    check(lambda x, i: tf.gather(x, i), [[1.0, 2.0, 3.0], [0, 2, 2]])
    check(tf.function(lambda x: tf.tanh(x) * x), [[0.3, 0.7]])
    check(lambda x: tf.stop_gradient(0.0 * x) + x, [2.0])


def test_wrong_gradients_are_named():
    text = table(lambda x, y: half(x) * y, ([1.0, 2.0], 3.0))
    lines = text.splitlines()
    assert lines[1] == "Received: 2 elements of 3 that do not:"
    assert lines[2].split() == ["order", "argument", "element", "gradient", "difference", "ratio"]
    rows = [line.split() for line in lines[3:]]
    assert {(row[0], row[1], row[2], row[-1]) for row in rows} == {
        ("1", "0", "(0,)", "0.5"), ("1", "0", "(1,)", "0.5")}


def test_a_wrong_second_order_is_named():
    check(wrong_at_second_order, [3.0], order=1)
    rows = table(wrong_at_second_order, [3.0]).splitlines()
    assert rows[-1].split()[:3] == ["2", "0", "()"]


def test_wrong_complex_gradients_are_named():
    assert "1 element of 1" in table(not_conjugated, [1.0 + 2.0j], order=1)


def test_a_gradient_that_is_missing_is_named():
    text = table(lambda x: tf.stop_gradient(x) * 2.0, [[1.0, 2.0]])
    assert [row.split()[-1] for row in text.splitlines()[3:]] == ["0", "0"]


def test_leaves_of_structures_are_named():
    text = table(lambda x: x[0] * half(x[1]), [[tf.constant(2.0), 3.0]], order=1)
    assert "0, leaf 1" in text


def test_the_table_is_short():
    assert len(table(half, [[1.0] * 50], order=1).splitlines()) == 3 + 12


def test_compute_gradient_is_the_same_object():
    assert tf.testing.compute_gradient is tf.test.compute_gradient
