"""What tells datasets from those of TensorFlow's oracle: orders by chance, functions, memory."""

import gc
import tracemalloc

import numpy as np
import pytest

import eagre as tf

D = tf.data.Dataset


def test_a_function_of_another_number_of_arguments():
    pairs = D.zip(D.range(2), D.from_tensors("a"))
    with pytest.raises(TypeError) as caught:
        pairs.map(lambda pair: pair)
    assert caught.value.__notes__[1].startswith(
        "It calls the function with 2 arguments, one for each of: (TensorSpec(shape=(), dtype=")


def ints(dataset):
    return [int(x) for x in dataset]


@pytest.mark.parametrize("source", [D.range(50), D.range(50).filter(lambda x: x >= 0)])
@pytest.mark.parametrize("window", [1, 7, 50, 80])
def test_shuffle(source, window):
    dataset = source.shuffle(window, seed=3)
    first, second = ints(dataset), ints(dataset)
    assert sorted(first) == sorted(second) == list(range(50))
    assert (first == second) == (window == 1)
    assert all(x <= place + window - 1 for place, x in enumerate(first))
    assert ints(source.shuffle(window, seed=3)) == first
    again = source.shuffle(window, reshuffle_each_iteration=False)
    assert ints(again) == ints(again)
    both = ints(source.shuffle(window, seed=3).repeat(2))
    assert (both[:50] == both[50:]) == (window == 1)


def test_permutations_are_alike():
    counts = np.zeros([4, 4])
    for seed in range(2000):
        for place, x in enumerate(ints(D.range(4).shuffle(4, seed=seed))):
            counts[place, x] += 1
    assert abs(counts - 500).max() < 100


def test_set_seed_governs_orders():
    tf.random.set_seed(5)
    first = ints(D.range(20).shuffle(20))
    second = ints(D.range(20).shuffle(20))
    tf.random.set_seed(5)
    assert ints(D.range(20).shuffle(20)) == first != second
    tf.random.set_seed(None)


def test_samples_follow_the_weights():
    a, b = D.range(1).repeat(), D.range(1, 2).repeat()
    drawn = ints(D.sample_from_datasets([a, b], [0.2, 0.8], seed=1).take(4000))
    assert 0.77 < np.mean(drawn) < 0.83


def test_whole_batches_have_the_bits_of_single_elements():
    values = np.random.default_rng(0).normal(size=[100, 3]).astype(np.float32)
    scale = tf.Variable(3.0)
    dataset = D.from_tensor_slices(values).map(lambda x: (x * scale + 1.0) / 7.0)
    assert "whole batches" in dataset.explain()
    whole = np.concatenate([batch.numpy() for batch in dataset.batch(7)])
    single = np.stack([element.numpy() for element in dataset])
    assert whole.tobytes() == single.tobytes()
    scale.assign(0.0)
    assert all((batch.numpy() == np.float32(1) / np.float32(7)).all() for batch in dataset.batch(9))
    assert "whole batches" not in D.from_tensor_slices(values).map(tf.sin).explain()


def test_functions_that_cannot_be_traced_run_as_python():
    dataset = D.range(4).map(lambda x: int(x.numpy()) + 1)
    assert "the function is Python" in dataset.explain()
    assert ints(dataset) == [1, 2, 3, 4]
    assert dataset.element_spec == tf.TensorSpec(None, tf.int32)
    with pytest.raises(TypeError, match="at least one element"):
        D.range(0).map(lambda x: int(x.numpy()))


def test_errors_of_functions_tell_of_the_element():
    def fail(x):
        tf.debugging.assert_less(x, tf.constant(3, tf.int64))
        return x

    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        ints(D.range(5).map(fail))
    assert "in element 3 of Dataset.map, made at" in caught.value.__notes__[-1]


def test_in_functions():
    @tf.function
    def total(limit):
        found = tf.constant(0, tf.int64)
        for a, b in D.range(5).shuffle(5).repeat().enumerate():
            if a >= limit:
                break
            found += b
        return found

    assert int(total(tf.constant(5, tf.int64))) == 10
    assert int(total(tf.constant(10, tf.int64))) == 20

    iterator = iter(D.range(9))

    @tf.function
    def two():
        return next(iterator), next(iterator)

    assert [int(x) for x in two()] == [0, 1]
    assert [int(x) for x in two()] == [2, 3]

    @tf.function
    def some():
        count = 0
        for x in iterator:
            count += 1
            if x == 6:
                break
        return count

    assert int(some()) == 3
    assert int(next(iterator)) == 7
    assert int(some()) == 1
    with pytest.raises(tf.errors.OutOfRangeError):
        two()


def test_batches_of_unknown_sizes_in_functions():
    @tf.function
    def widths(dataset):
        sizes = tf.constant(0)
        for batch in dataset:
            sizes = sizes * 10 + tf.shape(batch["a"])[0]
        return sizes

    assert int(widths(D.from_tensor_slices({"a": ["x"] * 5}).batch(2))) == 221
    assert int(widths(D.from_tensor_slices({"a": np.ones([4, 2])}).batch(3))) == 31


def test_tapes_do_not_look_into_pipelines():
    weight = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        total = 0.0
        for x in D.from_tensor_slices([1.0, 2.0]).map(lambda x: x * 3.0):
            total += weight * x
    assert tape.gradient(total, weight).numpy() == 9.0


def test_iterators():
    iterator = iter(D.range(2))
    assert isinstance(iterator, tf.data.Iterator) and iter(iterator) is iterator
    assert iterator.element_spec == tf.TensorSpec([], tf.int64)
    assert int(iterator.get_next()) == 0 and int(next(iterator)) == 1
    with pytest.raises(StopIteration):
        next(iterator)


def test_options():
    options = tf.data.Options()
    options.threading.private_threadpool_size = 3
    other = tf.data.Options()
    other.deterministic = False
    merged = D.range(3).with_options(options).batch(2).with_options(other).options()
    assert merged.threading.private_threadpool_size == 3 and merged.deterministic is False
    assert tf.data.Options().merge(other) == other != options


def test_compressed_lines(tmp_path):
    import gzip
    import zlib

    text = b"a\r\nb\n\nc"
    (tmp_path / "g").write_bytes(gzip.compress(text))
    (tmp_path / "z").write_bytes(zlib.compress(text))
    for name, kind in (("g", "GZIP"), ("z", "ZLIB")):
        dataset = tf.data.TextLineDataset(str(tmp_path / name), kind)
        assert list(dataset.as_numpy_iterator()) == [b"a", b"b", b"", b"c"]


def test_long_iterations_hold_no_memory():
    dataset = D.range(1000).shuffle(1000).map(lambda x: x + 1).repeat().batch(10)
    iterator = iter(dataset)
    for _ in range(500):
        next(iterator)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(3000):
        next(iterator)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 50_000


def test_stages_have_all_methods():
    dataset = D.range(6).shuffle(3, seed=1)
    stages = [dataset, dataset.batch(2), dataset.window(2), dataset.map(lambda x: x), D.random(),
              dataset.padded_batch(2), dataset.cache(), dataset.take(2), dataset.repeat(2),
              dataset.interleave(D.range), dataset.unique(), dataset.enumerate()]
    names = [name for name in dir(D) if not name.startswith("_") and callable(getattr(D, name))]
    for stage in stages:
        assert all(callable(getattr(stage, name)) for name in names), stage


def test_debug_mode(monkeypatch):
    from eagre.data import functions

    monkeypatch.setitem(functions.debugging, "is_on", False)
    tf.data.experimental.enable_debug_mode()
    seen = []
    assert ints(D.range(3).map(lambda x: seen.append(int(x)) or x)) == [0, 1, 2]
    assert seen[-3:] == [0, 1, 2]
