"""Datasets that a traced function makes of its tensors: each run of the graph has its own."""

import numpy as np
import pytest

import eagre as tf

D = tf.data.Dataset


def number(value):
    return tf.constant(value, tf.int64)


ZERO = number(0)


def test_one_graph_makes_a_dataset_for_each_run():
    @tf.function
    def triangle(n):
        total = ZERO
        for x in D.range(n):
            if x == 7:
                break
            total += x
        return total

    assert [int(triangle(number(n))) for n in (0, 1, 5, 10)] == [0, 0, 10, 21]
    assert triangle.experimental_get_tracing_count() == 1


def test_variables_and_branches_within_reduce():
    scale = tf.Variable(2, dtype=tf.int64)

    def step(total, x):
        if x % 2 == 0:
            total += x * scale
        scale.assign_add(1)
        return total

    @tf.function
    def run(n):
        return D.range(n).reduce(ZERO, step)

    assert int(run(number(5))) == 2 * 4 + 4 * 6
    assert int(scale) == 7


def test_datasets_within_loops_and_branches_of_the_graph():
    @tf.function
    def pyramid(n):
        total = ZERO
        for i in tf.range(n):
            for x in D.range(i).map(lambda x, i=i: x * i):
                if x > 3:
                    total += D.range(x).reduce(ZERO, lambda s, y: s + y)
        return total

    def expected(n):
        products = [x * i for i in range(n) for x in range(i)]
        return sum(sum(range(x)) for x in products if x > 3)

    assert [int(pyramid(number(n))) for n in (0, 3, 5, 7)] == [expected(n) for n in (0, 3, 5, 7)]


def test_nested_functions_and_structures():
    @tf.function
    def inner(dataset_of, scale):
        total = tf.zeros([2])
        for x, parts in D.from_tensor_slices((dataset_of, {"a": dataset_of * scale})).batch(2):
            total += tf.reduce_sum(x + parts["a"], 0)
        return total

    @tf.function
    def outer(x):
        return inner(x, 2.0) + inner(x * 2.0, 3.0)

    x = np.arange(10, dtype=np.float32).reshape(5, 2)
    np.testing.assert_allclose(outer(x), x.sum(0) * 3 + x.sum(0) * 8)


def test_chance_differs_from_run_to_run_and_follows_seeds():
    @tf.function
    def orders(n, seed):
        given = D.range(n).shuffle(n, seed=seed).batch(n).get_single_element()
        return given, D.range(n).shuffle(n).batch(n).get_single_element()

    (first, one), (second, other) = (orders(number(50), number(3)) for _ in range(2))
    first, second, one, other = (x.numpy().tolist() for x in (first, second, one, other))
    assert first == second == [int(x) for x in D.range(50).shuffle(50, seed=3)]
    assert sorted(one) == sorted(other) == list(range(50)) and one != other
    assert first != orders(number(50), number(4))[0].numpy().tolist()


def test_python_functions_within():
    @tf.function
    def run(n):
        dataset = D.range(3).flat_map(lambda i: D.range(i + 1).map(lambda x: x + n))
        return dataset.reduce(ZERO, lambda s, x: s + x)

    assert int(run(number(10))) == 6 * 10 + 0 + 1 + 3
    assert int(run(number(20))) == 6 * 20 + 0 + 1 + 3


def test_what_is_symbolic_cannot_be_gone_through_by_python():
    for make in (lambda n: D.range(n), lambda n: D.range(5).take(n), lambda n: D.range(5).batch(n),
                 lambda n: D.range(5).map(lambda x: x + n), lambda n: D.range(5).shuffle(n),
                 lambda n: D.range(3).scan(n, lambda s, x: (s, x)), lambda n: D.range(3).window(n),
                 lambda n: D.from_tensors({"a": n}).repeat(2)):  # fmt: skip
        with pytest.raises(TypeError, match="expected tensors with values"):
            tf.function(lambda n, make=make: next(iter(make(n))))(number(3))
        found = tf.function(lambda n, make=make: make(n).reduce(ZERO, lambda s, x: s + 1))
        if "window" not in make.__code__.co_names:
            assert int(found(number(3))) > 0


def test_errors_in_the_graph_name_stage_and_line():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Dataset.batch.batch_size. expected"):
        tf.function(lambda n: D.range(5).batch(n).reduce(ZERO, lambda s, x: s))(ZERO)
