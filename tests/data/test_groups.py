"""Groups, buckets, resampling and ignored errors, beside plain Python."""

import gc
import logging
import tracemalloc

import numpy as np
import pytest
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


# Random numbers -----------------------------------------------------------------------------


def drawn(x):
    return tf.cast(tf.random.uniform([]) * 3, tf.int64)


def reducer():
    return tf.data.experimental.Reducer(
        lambda key: tf.random.uniform([]), lambda state, x: state + tf.random.uniform([]),
        lambda state: state * tf.random.uniform([]))


RANDOM = {
    "scan": lambda n: D.range(12).map(lambda x: x, n).scan(
        tf.constant(0.0), lambda state, x: (state + tf.random.uniform([]),) * 2),
    "scan in Python": lambda n: D.range(12).map(lambda x: x, n).scan(
        tf.constant(0.0), lambda state, x: (float(state) + tf.random.uniform([]),) * 2),
    "shuffle in groups": lambda n: D.range(12).map(lambda x: x, n).group_by_window(
        lambda x: x % 2, lambda key, group: group.shuffle(6).batch(2), 6),
    "random keys and sizes": lambda n: D.range(30).map(lambda x: x, n).group_by_window(
        drawn, lambda key, group: group.map(lambda x: (x, tf.random.uniform([]))).batch(9, True)
        .take(1).unbatch() if tf.random.uniform([]) < 2 else group,
        window_size_func=lambda key: 9 + drawn(key)),
    "random lengths": lambda n: D.range(30).map(lambda x: x, n).bucket_by_sequence_length(
        drawn, [1, 2], [3, 3, 3], no_padding=True),
    "random classes": lambda n: D.range(30).map(lambda x: x, n).rejection_resample(
        lambda x: tf.cast(drawn(x) % 2, tf.int32), [0.5, 0.5], [0.7, 0.3]),
    "reducer": lambda n: D.range(12).map(lambda x: x, n).apply(
        tf.data.experimental.group_by_reducer(lambda x: x % 2, reducer())),
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_numbers_are_those_of_the_run(name):
    """They follow from set_seed, whatever else is drawn, how many threads there are, and a cut."""
    results, states = [], []
    for calls in (None, 3):
        tf.random.set_seed(5)
        dataset = RANDOM[name](calls)
        iterator, elements = iter(dataset), []
        states = [iterator.state()]
        for element in iterator:
            elements.append(element)
            states.append(iterator.state())
            if calls:
                tf.random.uniform([])
        results.append(numbers(elements))
    assert results[0] == results[1]
    assert len(results[0]) > 1
    for place, state in enumerate(states):
        other = iter(dataset)
        other.restore(state)
        tf.random.uniform([])
        assert numbers(other) == results[0][place:]
    tf.random.set_seed(6)
    assert numbers(RANDOM[name](None)) != results[0]
    tf.random.set_seed(None)


def numbers(elements):
    return [[x.numpy().tolist() for x in tf.nest.flatten(element)] for element in elements]


def test_passes_of_a_group_differ_and_follow_from_the_seed():
    dataset = D.range(40).group_by_window(lambda x: 0, lambda key, group: group.shuffle(40), 40)

    def passes():
        tf.random.set_seed(3)
        before = float(tf.random.uniform([]))
        found = [[int(x) for x in dataset] for _ in range(2)]
        return before, found, float(tf.random.uniform([]))

    first = passes()
    assert first == passes()
    assert first[1][0] != first[1][1]
    tf.random.set_seed(None)
    assert [int(x) for x in dataset] != [int(x) for x in dataset]
