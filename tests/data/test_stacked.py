"""Functions that run for many stacked elements at once: the bits of single elements."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import eagre as tf

D = tf.data.Dataset
INT, FLOAT = tf.int32, tf.float32
FACTOR = tf.Variable(2.0)

FUNCTIONS = {
    "affine": lambda x: (x * 3.0 - 1.0) / 7.0,
    "square": lambda x: tf.square(x) + x * x,
    "reshape": lambda x: tf.reshape(x, [-1]),
    "transpose": lambda x: tf.transpose(x)[::-1, 1:],
    "axes": lambda x: tf.squeeze(x[None, ..., tf.newaxis], 0),
    "concat": lambda x: tf.concat([x, x * 2.0], 1),
    "stack": lambda x: tf.stack(tf.unstack(x) + tf.split(x[0], 3)[:0], 1),
    "pad": lambda x: tf.pad(x, [[1, 0], [0, 2]], constant_values=2.5),
    "select": lambda x: tf.where(x > 0.5, tf.round(x), -x),
    "compare": lambda x: tf.math.logical_and(x >= 0.0, tf.math.is_finite(x)),
    "cast": lambda x: tf.cast(tf.saturate_cast(x, tf.uint8), tf.float64),
    "one_hot": lambda x: tf.one_hot(tf.cast(x[0], INT), 4, -1.0, 2.0),
    "tile": lambda x: tf.tile(tf.repeat(x, 2, 0), [1, 2]),
    "reverse": lambda x: tf.reverse(x, [1]),
    "gather": lambda x: tf.gather(x, [1, 0, 1]),
    "gather by element": lambda x: tf.gather(tf.constant([5.0, 6.0, 7.0]), tf.cast(x[0] > 0, INT)),
    "divide": lambda x: tf.cast(x, tf.int32) // 3 + tf.cast(x, tf.int32) % 5,
    "bits": lambda x: tf.bitcast(x, tf.int32),
    "zeros": lambda x: tf.zeros_like(x) + tf.ones([3]),
    "constant": lambda x: tf.constant([1.0, 2.0]),
    "several": lambda x: {"a": x[0], "b": (tf.abs(x), tf.shape(x))},
    "image": lambda x: tf.image.flip_left_right(x[:, :, None]) / 255.0,
    "crop": lambda x: tf.image.central_crop(x[:, :, None], 0.5),
    "resize": lambda x: tf.image.resize(x[:, :, None], [3, 5]),
    "smaller": lambda x: tf.image.resize(x[:, :, None], [1, 2], "lanczos3", antialias=True),
    "bicubic": lambda x: tf.image.resize(x[:, :, None], [5, 4], "bicubic"),
    "nearest": lambda x: tf.image.resize(x[:, :, None], [3, 2], "nearest"),
    "ensured": lambda x: tf.ensure_shape(x, [None, 3]) * 2.0,
    "sums": lambda x: tf.cumsum(x, 1, reverse=True) + tf.cumsum(x, 0, exclusive=True),
    "products": lambda x: tf.math.cumprod(x, 1),
    "whole sums": lambda x: (tf.reduce_sum(tf.cast(x, INT)), tf.reduce_mean(tf.cast(x, INT), 0)),
    "whole products": lambda x: tf.reduce_prod(tf.cast(x, INT), 1, keepdims=True),
    "extremes": lambda x: (tf.reduce_max(tf.cast(x, INT), -1), tf.reduce_min(tf.cast(x, INT))),
    "truths": lambda x: (tf.reduce_any(x > 1.0), tf.reduce_all(x > 1.0, 0)),
    "places": lambda x: (tf.argmax(tf.cast(x, INT), 1), tf.argmin(x > 0.0)),
    "sorted": lambda x: (tf.sort(x), tf.argsort(x, direction="DESCENDING")),
    "checked": lambda x: (tf.debugging.assert_positive(FACTOR), x * FACTOR)[1],
}


def flat(element):
    return [part.numpy() for part in tf.nest.flatten(element)]


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=15, deadline=None)
@given(values=arrays(np.float32, [7, 2, 3], elements=st.floats(
    width=32, allow_nan=False, allow_infinity=False)))
def test_stacked_elements_have_the_bits_of_single_ones(name, values):
    values[0, 0, 0] = -0.0
    dataset = D.from_tensor_slices(values).map(FUNCTIONS[name])
    assert "for whole batches" in dataset.explain()
    single = [flat(element) for element in dataset]
    for place, batch in enumerate(dataset.batch(3)):
        for parts in zip(flat(batch), *single[3 * place : 3 * place + 3], strict=True):
            assert parts[0].dtype == parts[1].dtype
            assert parts[0].tobytes() == np.stack(parts[1:]).tobytes()


ODD = st.sampled_from([0.0, -0.0, np.nan, np.inf, -np.inf, 1.0, -1.0, 3.4e38, -3.4e38, 1e-40])


@pytest.mark.parametrize("name", ["sorted", "sums", "products", "resize", "nearest", "truths",
                                  "places", "extremes", "affine"])  # fmt: skip
@settings(max_examples=25, deadline=None)
@given(values=arrays(np.float32, [5, 2, 3], elements=ODD))
def test_odd_numbers_among_stacked_elements(name, values):
    dataset = D.from_tensor_slices(values).map(FUNCTIONS[name])
    single = [flat(element) for element in dataset]
    for parts in zip(flat(next(iter(dataset.batch(5)))), *single, strict=True):
        stacked = np.stack(parts[1:])
        assert np.array_equal(parts[0], stacked, equal_nan=stacked.dtype.kind == "f")
        is_number = stacked == stacked
        assert np.array_equal(np.signbit(parts[0])[is_number], np.signbit(stacked)[is_number])


@pytest.mark.parametrize("function", [
    tf.reduce_max, tf.argmax, lambda x: tf.math.cumprod(tf.complex(x, x)),
    tf.sin, lambda x: tf.reduce_sum(x), lambda x: x @ tf.transpose(x), tf.math.exp,
    lambda x: x + tf.random.uniform([]), lambda x: tf.fill([tf.cast(x[0, 0], INT)], 1),
    lambda x: tf.io.decode_raw(tf.constant("ab"), tf.uint8)[: tf.cast(x[0, 0], INT)],
])
def test_other_functions_run_for_single_elements(function):
    values = np.ones([4, 2, 3], np.float32)
    dataset = D.from_tensor_slices(values).map(function)
    assert "for whole batches" not in dataset.explain()


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.integers(-5, 5), max_size=25), size=st.integers(1, 6))
def test_filters_of_stacked_elements(values, size):
    dataset = D.from_tensor_slices(np.array(values, np.int64)).map(lambda x: x + 1).filter(
        lambda x: x % 3 != 0)
    assert "for whole batches" in dataset.explain()
    single = [int(x) for x in dataset]
    batches = [batch.numpy().tolist() for batch in dataset.batch(size)]
    assert batches == [single[n : n + size] for n in range(0, len(single), size)]


def test_each_batch_of_a_filter_can_be_resumed():
    dataset = D.range(60).filter(lambda x: x % 4 != 1).map(lambda x: x * 2).batch(7)
    iterator = iter(dataset)
    states, batches = [iterator.state()], []
    for batch in iterator:
        batches.append(batch.numpy().tolist())
        states.append(iterator.state())
    for place, state in enumerate(states):
        other = iter(dataset)
        other.restore(state)
        assert [batch.numpy().tolist() for batch in other] == batches[place:]


def outcomes(dataset):
    iterator, found = iter(dataset), []
    while True:
        try:
            found.append(next(iterator).numpy().tolist())
        except StopIteration:
            return found
        except tf.errors.InvalidArgumentError as error:
            found.append([note.split(", made")[0] for note in error.__notes__ if "element" in note])


@pytest.mark.parametrize("apply", [
    lambda d, f: d.map(f), lambda d, f: d.filter(lambda x: f(x) >= 0),
    lambda d, f: d.map(f).map(lambda x: x).filter(lambda x: x >= 0)])
def test_an_error_among_stacked_elements_is_that_of_its_element(apply):
    divisors = np.array([1, 2, 0, 3, 4, 5, 6, 7, 8, 9, 0, 10], np.int64)

    def exact(x):
        return 100 // x

    def single(x):
        return 100 // x + tf.reduce_sum(tf.zeros([0], tf.int64))

    source = D.from_tensor_slices(divisors)
    assert "for whole batches" in apply(source, exact).explain()
    wanted = outcomes(apply(source, single).batch(4))
    assert outcomes(apply(source, exact).batch(4)) == wanted
    assert sum(isinstance(each[0], str) for each in wanted if each) == 2


def large(number, columns=3):
    """An element that is put into its batch as it comes."""
    return np.full([4096, columns], number, np.float32), np.int64(number), b"%d" % number


def generated(shapes):
    def elements():
        for number, columns in enumerate(shapes):
            yield large(number, columns)

    wide = tf.TensorSpec([4096, None], FLOAT)
    signature = (wide, tf.TensorSpec([], tf.int64), tf.TensorSpec([], tf.string))
    return D.from_generator(elements, output_signature=signature)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 40])
@pytest.mark.parametrize("drops", [False, True])
def test_batches_of_large_elements(size, drops):
    expected = [[large(n) for n in range(7)][i : i + size] for i in range(0, 7, size)]
    found = list(generated([3] * 7).batch(size, drop_remainder=drops))
    expected = [batch for batch in expected if not drops or len(batch) == size]
    assert len(found) == len(expected)
    for columns, batch in zip(found, expected, strict=True):
        for column, parts in zip(columns, zip(*batch, strict=True), strict=True):
            np.testing.assert_array_equal(column.numpy(), np.stack(parts))
            assert column.numpy().base is None


@pytest.mark.parametrize("place", [1, 2, 3])
def test_large_elements_of_several_shapes(place):
    """The error tells the same as for small ones, and what follows the batch still comes."""
    shapes = [3] * 6
    shapes[place] = 5
    iterator = iter(generated(shapes).batch(4))
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        next(iterator)
    assert (
        f"in batch 0 element[0] of shape (4096, 3) and, {place} elements later, of shape (4096, 5)"
    ) in str(caught.value)
    assert next(iterator)[1].numpy().tolist() == [4, 5]
