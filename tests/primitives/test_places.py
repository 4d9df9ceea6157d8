"""Indices as kernels meet them: whether they are inside, and where runs of equal ones begin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.primitives.places import starts_of_runs


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    count=st.sampled_from([0, 1, 2, 7, 8, 9, 4095, 4096, 4097, 9000]),
    longest=st.sampled_from([1, 2, 9, 100, 5000]),
    seed=st.integers(0, 1000),
)
def test_runs_begin_where_neighbors_differ(count, longest, seed):
    lengths = np.random.default_rng(seed).integers(1, longest + 1, count)
    places = np.repeat(np.arange(count) % 5, lengths)[:count]
    expected = [i for i in range(count) if not i or places[i] != places[i - 1]]
    assert starts_of_runs(places).tolist() == expected


SORTED = [tf.math.segment_sum, tf.math.segment_prod, tf.math.segment_max, tf.math.segment_min]


@pytest.mark.parametrize("function", [*SORTED, tf.math.segment_mean], ids=lambda f: f.__name__)
@pytest.mark.parametrize("count, segments", [(10_000, 7), (10_000, 9000), (70_000, 300)])
def test_many_elements_in_sorted_segments(function, count, segments):
    random = np.random.default_rng(0)
    ids = np.sort(random.integers(0, segments, count)).astype(np.int32)
    x = (1 + random.random((count, 2)) / 1000).astype(np.float32)
    expected = getattr(tf.math, "unsorted_" + function.__name__)(x, ids, int(ids[-1]) + 1).numpy()
    is_empty = np.bincount(ids) == 0
    if function in SORTED[2:]:
        expected[is_empty] = 0
    np.testing.assert_allclose(function(x, ids), expected, 2e-5)
    assert is_empty.any() == (segments == 9000)


@pytest.mark.parametrize("function", SORTED, ids=lambda f: f.__name__)
@pytest.mark.parametrize("ids, problem", [
    ([0, 2, 1], "in ascending order"), ([-1, 0, 0], "of at least 0"), ([0, -1, 2], "ascending"),
])  # fmt: skip
def test_ids_that_are_not_sorted_are_refused(function, ids, problem):
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{function.__name__} .*{problem}"):
        function([1.0, 2.0, 3.0], ids)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{function.__name__} .*{problem}"):
        tf.function(function)(tf.constant([1.0, 2.0, 3.0]), tf.constant(ids))


@pytest.mark.parametrize("function", SORTED, ids=lambda f: f.__name__)
def test_sorted_segments_of_a_batch(function):
    x = tf.constant(np.random.default_rng(0).random((4, 6), np.float32))
    ids = tf.constant([0, 0, 1, 3, 3, 3])
    found = tf.vectorized_map(lambda row: function(row, ids), x)
    np.testing.assert_array_equal(found, [function(row, ids) for row in x])


def test_bins_beyond_the_limits():
    x = tf.constant([0, 10**12, 3, 3, 2**62], tf.int64)
    assert tf.math.bincount(x, maxlength=5).numpy().tolist() == [1, 0, 0, 2, 0]
    assert tf.math.bincount(x, minlength=9, maxlength=2).numpy().tolist() == [1, 0]
    assert tf.math.bincount(x, maxlength=0).shape == (0,)
    assert tf.math.bincount(tf.constant([], tf.int32), minlength=3).numpy().tolist() == [0, 0, 0]


@pytest.mark.parametrize("options, problem", [
    ({}, "expected arr of at least 0. Received: arr with -3"),
    ({"maxlength": 2}, "expected arr of at least 0. Received: arr with -3"),
    ({"maxlength": -1}, "expected maxlength of at least 0. Received: maxlength=-1"),
    ({"minlength": [1, 2]}, r"expected minlength to be a scalar. Received: .*\(2,\)"),
    ({"dtype": tf.bool}, "expected a dtype of numbers. Received: dtype=bool"),
])  # fmt: skip
def test_bins_that_cannot_be(options, problem):
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"bincount {problem}"):
        tf.math.bincount([5, -3, 1], **options)
