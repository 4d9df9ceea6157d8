"""Long inputs take quicker ways through sorting, picking and shuffling: with the same results."""

from __future__ import annotations

import numpy as np
import pytest

import eagre as tf
from eagre.primitives.random_bits import as_stream, flat_words
from eagre.primitives.random_choices import random_permutation
from eagre.primitives.sorting import stable_order

LONG = 1200


def keys_with_ties(dtype):
    """Few different numbers, and for floats both zeros, infinities and NaN of both signs."""
    random = np.random.default_rng(0)
    if np.dtype(dtype).kind != "f":
        limits = np.iinfo(dtype)
        keys = random.integers(0, 20, (3, LONG)).astype(dtype)
        keys[0, ::7], keys[1, ::9] = limits.min, limits.max
        return keys
    keys = np.round(random.normal(size=(3, LONG)), 1).astype(dtype)
    for place, value in enumerate((-0.0, 0.0, np.nan, -np.nan, np.inf, -np.inf)):
        keys[:, place :: 11 + place] = value
    return keys


@pytest.mark.parametrize("dtype", ["int32", "uint32", "float32", "float16", "float64", "int64"])
def test_long_keys_are_ordered_stably(dtype):
    keys = keys_with_ties(dtype)
    expected = np.argsort(keys, -1, "stable")
    np.testing.assert_array_equal(stable_order(keys), expected)
    # A view that is not in row-major order.
    np.testing.assert_array_equal(stable_order(keys[:, ::-1][..., ::2]),
                                  np.argsort(keys[:, ::-1][..., ::2], -1, "stable"))


@pytest.mark.parametrize("k", [0, 1, 5, 150, 151, LONG])
@pytest.mark.parametrize("dtype", ["int32", "float32", "float64"])
def test_the_top_is_the_start_of_the_descending_order(dtype, k):
    keys = keys_with_ties(dtype)
    if keys.dtype.kind == "f":
        keys[2, 4:] = np.nan
    values, indices = tf.math.top_k(keys, k)
    expected = tf.argsort(keys, direction="DESCENDING", stable=True)[:, :k]
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_array_equal(values, np.take_along_axis(keys, expected.numpy(), 1))


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("dtype", ["int32", "float32", "float64"])
def test_many_values_are_found_as_few_are(dtype, side):
    keys = np.resize(keys_with_ties(dtype), (2, 5000))
    rows = np.sort(keys[:, ::-1], -1)
    found = tf.searchsorted(rows, keys, side=side).numpy()
    for number in range(2):
        expected = np.searchsorted(rows[number], keys[number], side)
        np.testing.assert_array_equal(found[number], expected)
        np.testing.assert_array_equal(tf.searchsorted(rows[number], keys[number], side), expected)


@pytest.mark.parametrize("dtype", ["int32", "uint32", "float32", "float64", "int64"])
def test_different_elements_come_in_their_order(dtype):
    keys = keys_with_ties(dtype)[0]
    keys = keys[keys == keys]
    y, idx, count = tf.unique_with_counts(keys)
    assert list(dict.fromkeys(keys.tolist())) == y.numpy().tolist()
    np.testing.assert_array_equal(y.numpy()[idx.numpy()], keys)
    np.testing.assert_array_equal(count, np.bincount(idx.numpy()))


def test_each_nan_differs():
    y, idx = tf.unique([np.nan, 1.0, np.nan])
    assert idx.numpy().tolist() == [0, 1, 2]
    assert np.isnan(y.numpy()).tolist() == [True, False, True]


@pytest.mark.parametrize("width", [1, 2, 3, 8, 63, 64, 65])
@pytest.mark.parametrize("dtype", ["float32", "int8", "complex128", "bool"])
def test_narrow_rows_roll_as_wide_ones_do(width, dtype):
    values = np.random.default_rng(0).integers(-9, 9, (width, 5, 7)).astype(dtype)
    for x in (values.transpose(1, 2, 0), np.ascontiguousarray(values.T)):
        for shift in {0, 1, -1, width // 2, width // 2 + 1, width, 3 * width + 2}:
            rolled = tf.roll(tf.constant(x), shift, -1).numpy()
            np.testing.assert_array_equal(rolled, np.roll(x, shift, -1))


@pytest.mark.parametrize("shape", [(4000,), (50, 80), (50, 80, 3)])
def test_masks_of_all_shapes(shape):
    random = np.random.default_rng(0)
    x = random.normal(size=shape).astype(np.float32)
    for array in (x, np.asfortranarray(x), x[::-1]):
        for rank in range(1, len(shape) + 1):
            mask = random.random(shape[:rank]) < 0.5
            np.testing.assert_array_equal(tf.constant(array)[mask], array[mask])


@pytest.mark.parametrize(
    "dtype", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
)
def test_indices_of_each_dtype_are_inside(dtype):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    index = np.array([2, 0, 1], dtype)
    assert tf.gather(x, index).numpy().tolist() == [[5.0, 6.0], [1.0, 2.0], [3.0, 4.0]]
    assert tf.gather(x, index[:0]).shape == (0, 2)
    assert tf.gather_nd(x, index[:, None]).numpy().tolist() == tf.gather(x, index).numpy().tolist()
    pairs = np.array([[2, 1], [0, 0]], dtype)
    assert tf.gather_nd(x, pairs).numpy().tolist() == [6.0, 1.0]
    for wrong in {3, np.iinfo(dtype).max, np.iinfo(dtype).min} - {0}:
        bad = np.array([0, wrong], dtype)
        with pytest.raises(ValueError, match=rf"indices\[1\] = {wrong}"):
            tf.gather(x, bad)
        with pytest.raises(ValueError, match=r"indices\[1\] = "):
            tf.gather_nd(x, bad[:, None])
        with pytest.raises(ValueError, match=r"gather expected indices"):
            tf.gather(tf.transpose(x), np.array([[0], [wrong]], dtype), batch_dims=1)


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (2, 5, 5), (3, 0), (0, 3), (1, 1)])
def test_bands(shape):
    x = np.arange(1.0, 1 + np.prod(shape), dtype=np.float32).reshape(shape)
    rows, columns = shape[-2:]
    down, across = np.ogrid[:rows, :columns]
    for lower in range(-1, rows + 1):
        for upper in range(-1, columns + 1):
            inside = ((lower < 0) | (down - across <= lower)) & (
                (upper < 0) | (across - down <= upper)
            )
            expected = np.where(inside, x, np.float32(0))
            for array in (x, np.asfortranarray(x)):
                found = tf.linalg.band_part(tf.constant(array), lower, upper)
                np.testing.assert_array_equal(found, expected)


def test_the_way_back_through_unstack_is_one_stack():
    x = tf.constant(np.arange(6.0, dtype=np.float32).reshape(3, 2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        first, _, last = tf.unstack(x)
        y = first * 2.0 + last * last
    assert tape.gradient(y, x).numpy().tolist() == [[2.0, 2.0], [0.0, 0.0], [8.0, 10.0]]


def test_sizes_that_are_unstacked_and_stacked_stay_known():
    def pairs(x):
        batch, length, width = tf.unstack(tf.shape(x))
        return tf.reshape(x, tf.stack([batch, length * width]))

    graph = tf.trace(pairs, tf.TensorSpec([None, 3, 4]))
    assert graph.outputs[0].shape.as_list() == [None, 12]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 10, 100, 101, 1000, 70000])
def test_a_permutation_is_a_sequence_of_swaps(number):
    key, counter = np.array([5], np.uint64), np.array([7, 1], np.uint64)
    words = flat_words(as_stream(key, counter, 1), max(number - 1, 0))
    order = list(range(number))
    for i, word in enumerate(words.tolist()):
        j = i + word % (number - i)
        order[i], order[j] = order[j], order[i]
    found = random_permutation(
        tf.constant(key), tf.constant(counter), shape=(number,), dtype=tf.int64, algorithm=1
    )
    assert found.numpy().tolist() == order


def test_repeating_all_parts_keeps_the_static_shape():
    graph = tf.trace(lambda x: tf.repeat(x, 3, axis=1), tf.TensorSpec([None, 2, 2]))
    assert graph.outputs[0].shape.as_list() == [None, 6, 2]
    x = np.arange(8.0, dtype=np.float32).reshape(2, 2, 2)
    np.testing.assert_array_equal(graph(tf.constant(x)), np.repeat(x, 3, 1))


def test_the_number_of_repeats_may_be_known_later():
    graph = tf.trace(tf.repeat, tf.TensorSpec([None, 2]), tf.TensorSpec([], tf.int64))
    x = np.arange(6.0, dtype=np.float32).reshape(3, 2)
    for times in (0, 1, 4):
        found = graph(tf.constant(x), tf.constant(times, tf.int64))
        np.testing.assert_array_equal(found, np.repeat(x, times))
    with pytest.raises(tf.errors.InvalidArgumentError):
        graph(tf.constant(x), tf.constant(-1, tf.int64))


def test_repeats_below_zero_are_refused_when_the_graph_runs():
    graph = tf.trace(lambda x: tf.repeat(x, -1), tf.TensorSpec([2]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="repeat expected repeats of at least"):
        graph(tf.constant([1.0, 2.0]))


def test_softplus_is_right_at_both_ends():
    x = np.array([-np.inf, -800, -40, -1e-8, 0, 1, 40, 800, np.inf, np.nan])
    with np.errstate(invalid="ignore"):
        expected = np.logaddexp(x, 0)
    np.testing.assert_allclose(tf.nn.softplus(x), expected, rtol=1e-15)
    np.testing.assert_allclose(tf.nn.softplus(x.astype("f")), expected, rtol=3e-7)
