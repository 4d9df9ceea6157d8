"""Datasets that a traced function makes of its tensors: each run of the graph has its own."""

import gc
import weakref

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


@pytest.mark.parametrize(
    "make",
    [
        lambda n: D.range(n),
        lambda n: D.range(5).take(n),
        lambda n: D.range(5).batch(n),
        lambda n: D.range(5).map(lambda x: x + n),
        lambda n: D.range(5).shuffle(n, seed=1),
        lambda n: D.range(3).scan(n, lambda s, x: (s + x, s)),
        lambda n: D.from_tensors({"a": n}).repeat(2),
    ],
)
def test_what_is_symbolic_is_gone_through_by_the_graph(make):
    def first_two(n):
        iterator = iter(make(n))
        return next(iterator), next(iterator)

    for n in (3, 4):
        got = tf.nest.flatten(tf.function(first_two)(number(n)))
        expected = tf.nest.flatten(first_two(number(n)))
        assert [x.numpy().tolist() for x in got] == [x.numpy().tolist() for x in expected]
    found = tf.function(lambda n: make(n).reduce(ZERO, lambda s, x: s + 1))
    assert int(found(number(3))) > 0


def test_errors_in_the_graph_name_stage_and_line():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Dataset.batch.batch_size. expected"):
        tf.function(lambda n: D.range(5).batch(n).reduce(ZERO, lambda s, x: s))(ZERO)


# Iterators ------------------------------------------------------------------------------------


def test_each_run_of_the_graph_has_an_iterator_of_its_own():
    @tf.function
    def first_and_rest(n):
        iterator = iter(D.range(n))
        first = next(iterator)
        total = ZERO
        for x in iterator:
            total = total * 10 + x
        return first, total

    assert [int(x) for _ in range(2) for x in first_and_rest(number(5))] == [0, 1234, 0, 1234]
    assert [int(x) for x in first_and_rest(number(3))] == [0, 12]
    assert first_and_rest.experimental_get_tracing_count() == 1


def test_iterators_in_branches_and_loops_and_inner_functions():
    @tf.function
    def take(iterator):
        return next(iterator) * 10

    @tf.function
    def run(n):
        iterator = iter(D.range(n))
        total = ZERO
        for i in tf.range(4):
            if i % 2 == 0:
                total += next(iterator)
            else:
                total += take(iterator)
        return total

    def expected(n):
        iterator = iter(range(n))
        return sum(next(iterator) * (10 if i % 2 else 1) for i in range(4))

    assert int(run(number(9))) == expected(9)
    with pytest.raises(tf.errors.OutOfRangeError, match="after 2 elements"):
        run(number(2))


def test_an_iterator_that_a_graph_made_ends_with_the_run():
    made = []

    class Numbers:
        def __iter__(self):
            return iter([1, 2, 3])

    def numbers():
        source = Numbers()
        made.append(weakref.ref(source))
        yield from source

    dataset = D.from_generator(numbers, output_signature=tf.TensorSpec([], tf.int64))

    @tf.function
    def fails(x):
        for y in dataset:
            tf.debugging.assert_less(y, x)
        return x

    with pytest.raises(tf.errors.InvalidArgumentError):
        fails(number(2))
    gc.collect()
    assert len(made) == 1 and made[0]() is None


def test_optionals_go_through_loops_branches_and_calls():
    @tf.function
    def total_of(iterator):
        total, found = ZERO, iterator.get_next_as_optional()
        while found.has_value():
            total += found.get_value()
            found = iterator.get_next_as_optional()
        return total, found

    iterator = iter(D.range(5))
    total, last = total_of(iterator)
    assert int(total) == 10 and not bool(last.has_value())
    with pytest.raises(tf.errors.InvalidArgumentError, match="get_value expected"):
        last.get_value()
    value = tf.function(lambda x: x.get_value() if x.has_value() else -1)
    optional = tf.experimental.Optional
    assert int(value(optional.from_value(number(7)))) == 7
    assert int(value(optional.empty(tf.TensorSpec([], tf.int64)))) == -1
    assert value.experimental_get_tracing_count() == 1


def test_next_with_something_else_at_the_end():
    @tf.function
    def three(n):
        iterator = iter(D.range(n))
        return [next(iterator, number(-1)) for _ in range(3)]

    assert [int(x) for x in three(number(2))] == [0, 1, -1]
    assert [int(x) for x in three(number(5))] == [0, 1, 2]


def test_enumerate_and_zip_of_datasets():
    @tf.function
    def run(n):
        total = ZERO
        for i, x in enumerate(D.range(5, 5 + n), 1):
            total += i * x
        for x, y in zip(D.range(n), D.range(10, 20)):  # noqa: B905 as users write it
            if x > 2:
                break
            total += 1000 * x * y
        return total

    assert int(run(number(4))) == sum(i * (i + 4) for i in range(1, 5)) + 1000 * (11 + 24)


def test_a_batch_of_functions_that_go_through_datasets():
    @tf.function
    def total(n):
        result = ZERO
        for x in D.range(n):
            result += x
        return result

    found = tf.vectorized_map(total, tf.constant([1, 5, 0, 3], tf.int64), warn=False)
    assert found.numpy().tolist() == [0, 10, 0, 3]
