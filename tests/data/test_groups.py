"""Groups, buckets, resampling and ignored errors, beside plain Python."""

import gc
import logging
import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf

D = tf.data.Dataset
SOME = settings(max_examples=60, deadline=None)


def grouped(values, key, size):
    """What group_by_window gives, in Python."""
    waiting, found = {}, []
    for value in values:
        group = waiting.setdefault(key(value), [])
        group.append(value)
        if len(group) == size(key(value)):
            found.append(waiting.pop(key(value)))
    return found + [waiting[each] for each in sorted(waiting)]


@SOME
@given(st.lists(st.integers(-50, 50), min_size=1), st.integers(1, 4), st.integers(1, 4))
def test_groups_are_those_of_python(values, keys, size):
    dataset = D.from_tensor_slices(np.array(values, np.int64))
    groups = dataset.group_by_window(
        lambda x: x % keys, lambda key, window: window.batch(100),
        window_size_func=lambda key: key + size)
    expected = grouped(values, lambda x: x % keys, lambda key: key + size)
    assert [group.numpy().tolist() for group in groups] == expected


@SOME
@given(st.lists(st.integers(0, 12), min_size=1, max_size=30),
       st.lists(st.integers(1, 12), unique=True, max_size=3).map(sorted), st.booleans())
def test_buckets_are_those_of_python(lengths, boundaries, drops):
    sizes = [len(boundaries) + 1 - place for place in range(len(boundaries) + 1)]

    def key(length):
        return sum(bound <= length for bound in boundaries)

    words = D.from_tensor_slices(lengths).map(lambda n: tf.fill([n], n + 1))
    batches = words.bucket_by_sequence_length(
        tf.size, boundaries, sizes, padding_values=-1, drop_remainder=drops)
    expected = [
        group for group in grouped(lengths, key, lambda each: sizes[each])
        if not drops or len(group) == sizes[key(group[0])]
    ]
    found = [batch.numpy() for batch in batches]
    assert [batch.shape for batch in found] == [(len(g), max(g)) for g in expected]
    for batch, group in zip(found, expected, strict=True):
        for row, length in zip(batch, group, strict=True):
            assert row.tolist() == [length + 1] * length + [-1] * (len(row) - length)


def test_resampled_classes_are_as_frequent_as_wanted():
    kinds = np.random.default_rng(0).choice(3, 6000, p=[0.7, 0.2, 0.1]).astype(np.int32)
    dataset = D.from_tensor_slices((kinds, np.arange(6000)))
    for initial in (None, [0.7, 0.2, 0.1]):
        pairs = list(dataset.rejection_resample(lambda kind, x: kind, [0.2, 0.3, 0.5], initial, 5))
        shares = np.bincount([int(kind) for kind, _ in pairs], minlength=3) / len(pairs)
        np.testing.assert_allclose(shares, [0.2, 0.3, 0.5], atol=0.05)
        numbers = [int(element[1]) for _, element in pairs]
        assert numbers == sorted(set(numbers))
        assert 900 < len(pairs) < 1500


def test_ignored_errors_are_counted_and_logged(caplog):
    dataset = D.range(6).map(
        lambda x: tf.debugging.check_numerics(1 / (x % 3), "a third")).ignore_errors(True)
    assert "no error so far" in dataset.explain()
    with caplog.at_level(logging.WARNING, "eagre"):
        assert [float(x) for x in dataset] == [1.0, 0.5, 1.0, 0.5]
    assert dataset.ignored == 2
    assert len(caplog.records) == 2
    assert "element 3 of Dataset.map" in caplog.text
    assert "errors ignored: 2, the last one InvalidArgumentError: check_numerics" in (
        dataset.explain())
    quiet = D.range(6).ignore_errors()
    list(quiet)
    assert quiet.ignored == 0


def test_an_error_that_would_come_forever_is_raised():
    dataset = tf.data.TextLineDataset("missing").repeat().ignore_errors()
    found = []
    try:
        found = list(dataset)
    except tf.errors.NotFoundError:
        assert dataset.ignored > 0
    assert found == []


def test_groups_of_ever_new_keys_hold_no_memory():
    dataset = D.counter().group_by_window(lambda x: x // 3, lambda key, window: window, 3)
    iterator = iter(dataset)
    for _ in range(2000):
        next(iterator)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(6000):
        next(iterator)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 100_000
    assert len(str(iterator.state())) < 600
