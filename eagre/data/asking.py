"""Functions in the place of methods, as older programs have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.python_numbers import described
from eagre.data.dataset import Dataset
from eagre.data.iterator import Iterator
from eagre.data.specs import datasets_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.tensor import Tensor

    Transformation = Callable[[Dataset], Dataset]

sample_from_datasets = Dataset.sample_from_datasets


def choose_from_datasets(
    datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = False
) -> Dataset:
    """`Dataset.choose_from_datasets`, which by default goes on when one dataset has ended.

    >>> a, b = tf.data.Dataset.range(1), tf.data.Dataset.range(5, 7)
    >>> choices = tf.data.Dataset.range(2).repeat(3)
    >>> chosen = tf.data.experimental.choose_from_datasets([a, b], choices)
    >>> [int(x) for x in chosen]
    [0, 5, 6]
    """
    return Dataset.choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


def cardinality(dataset: Any) -> Tensor:
    """The number of elements, or a negative number for infinite and for unknown.

    >>> tf.data.experimental.cardinality(tf.data.Dataset.range(3)).numpy()
    np.int64(3)
    """
    return datasets_in(dataset, "cardinality(dataset)")[0].cardinality()


def get_single_element(dataset: Any) -> Any:
    """The element of a dataset that has one.

    >>> tf.data.experimental.get_single_element(tf.data.Dataset.from_tensors(7)).numpy()
    np.int32(7)
    """
    return datasets_in(dataset, "get_single_element(dataset)")[0].get_single_element()


def get_structure(dataset_or_iterator: Any) -> Any:
    """The spec of the elements of a dataset or iterator.

    >>> tf.data.experimental.get_structure(tf.data.Dataset.range(3))
    TensorSpec(shape=(), dtype=tf.int64, name=None)
    """
    if not isinstance(dataset_or_iterator, Dataset | Iterator):
        raise TypeError(
            "get_structure expected a dataset or an iterator. "
            f"Received: {described(dataset_or_iterator)}"
        )
    return dataset_or_iterator.element_spec


Counter = Dataset.counter


def map_and_batch(
    map_func: Any,
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Transformation:
    """`Dataset.map`, then `Dataset.batch`, for `Dataset.apply`.

    >>> both = tf.data.experimental.map_and_batch(lambda x: x * x, 2)
    >>> [batch.numpy().tolist() for batch in tf.data.Dataset.range(3).apply(both)]
    [[0, 1], [4]]
    """
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError(
            "map_and_batch expected num_parallel_batches or num_parallel_calls. Received: "
            f"num_parallel_batches={num_parallel_batches!r} and "
            f"num_parallel_calls={num_parallel_calls!r}"
        )
    calls = num_parallel_calls
    if num_parallel_batches is not None:
        calls = num_parallel_batches * batch_size

    def both(dataset: Dataset) -> Dataset:
        return dataset.map(map_func, num_parallel_calls=calls).batch(batch_size, drop_remainder)

    return both


def parallel_interleave(
    map_func: Any,
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Transformation:
    """`Dataset.interleave` of `cycle_length` datasets at once, for `Dataset.apply`.

    >>> turns = tf.data.experimental.parallel_interleave(tf.data.Dataset.range, 2)
    >>> [int(x) for x in tf.data.Dataset.range(2, 4).apply(turns)]
    [0, 0, 1, 1, 2]
    """
    deterministic = None if sloppy is None else not sloppy
    return lambda dataset: dataset.interleave(
        map_func, cycle_length, block_length, cycle_length, deterministic
    )


def from_list(elements: Any, name: str | None = None) -> Dataset:
    """The elements of a list, which may differ in shape.

    >>> dataset = tf.data.experimental.from_list([(1, "a"), (2, "b")])
    >>> list(dataset.as_numpy_iterator())
    [(np.int32(1), b'a'), (np.int32(2), b'b')]
    """
    from eagre.data.sources import list_elements
    from eagre.data.windows import Kept

    return Kept(*list_elements(elements), stage="from_list")


def enumerate_dataset(start: Any = 0) -> Transformation:
    """`Dataset.enumerate`, for `Dataset.apply`.

    >>> dataset = tf.data.Dataset.from_tensors("a").apply(tf.data.experimental.enumerate_dataset())
    >>> list(dataset.as_numpy_iterator())
    [(np.int64(0), b'a')]
    """
    return lambda dataset: dataset.enumerate(start)


def scan(initial_state: Any, scan_func: Any) -> Transformation:
    """`Dataset.scan`, for `Dataset.apply`.

    >>> count = tf.data.experimental.scan(5, lambda state, x: (state + 1, state))
    >>> [int(x) for x in tf.data.Dataset.range(3).apply(count)]
    [5, 6, 7]
    """
    return lambda dataset: dataset.scan(initial_state, scan_func)


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Transformation:
    """`Dataset.shuffle`, then `Dataset.repeat`, for `Dataset.apply`.

    >>> both = tf.data.experimental.shuffle_and_repeat(3, count=2)
    >>> len(tf.data.Dataset.range(3).apply(both))
    6
    """
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def take_while(predicate: Any) -> Transformation:
    """`Dataset.take_while`, for `Dataset.apply`.

    >>> small = tf.data.experimental.take_while(lambda x: x < 2)
    >>> [int(x) for x in tf.data.Dataset.range(5).apply(small)]
    [0, 1]
    """
    return lambda dataset: dataset.take_while(predicate)


def unbatch() -> Transformation:
    """`Dataset.unbatch`, for `Dataset.apply`.

    >>> dataset = tf.data.Dataset.from_tensors([1, 2]).apply(tf.data.experimental.unbatch())
    >>> [int(x) for x in dataset]
    [1, 2]
    """
    return lambda dataset: dataset.unbatch()


def unique() -> Transformation:
    """`Dataset.unique`, for `Dataset.apply`.

    >>> dataset = tf.data.Dataset.from_tensor_slices([1, 1]).apply(tf.data.experimental.unique())
    >>> [int(x) for x in dataset]
    [1]
    """
    return lambda dataset: dataset.unique()


def group_by_window(
    key_func: Any, reduce_func: Any, window_size: Any = None, window_size_func: Any = None
) -> Transformation:
    """`Dataset.group_by_window`, for `Dataset.apply`.

    >>> pairs = tf.data.experimental.group_by_window(
    ...     lambda x: x % 2, lambda key, group: group.batch(2), 2)
    >>> [x.numpy().tolist() for x in tf.data.Dataset.range(4).apply(pairs)]
    [[0, 2], [1, 3]]
    """
    return lambda dataset: dataset.group_by_window(
        key_func, reduce_func, window_size, window_size_func
    )


def group_by_reducer(key_func: Any, reducer: Any) -> Transformation:
    """For each key one element, made of all elements that have it, in the order of the keys.

    >>> count = tf.data.experimental.Reducer(
    ...     lambda key: 0, lambda state, x: state + 1, lambda state: state)
    >>> grouped = tf.data.experimental.group_by_reducer(lambda x: x % 3, count)
    >>> [int(x) for x in tf.data.Dataset.range(7).apply(grouped)]
    [3, 2, 2]
    """
    from eagre.data.groups import GroupByReducer

    return lambda dataset: GroupByReducer(dataset, key_func, reducer)


def bucket_by_sequence_length(
    element_length_func: Any,
    bucket_boundaries: Any,
    bucket_batch_sizes: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: Any = False,
    no_padding: Any = False,
    drop_remainder: Any = False,
) -> Transformation:
    """`Dataset.bucket_by_sequence_length`, for `Dataset.apply`.

    >>> words = tf.data.Dataset.range(1, 4).map(lambda n: tf.fill([n], n))
    >>> buckets = tf.data.experimental.bucket_by_sequence_length(tf.size, [3], [2, 2])
    >>> [batch.numpy().tolist() for batch in words.apply(buckets)]
    [[[1, 0], [2, 2]], [[3, 3, 3]]]
    """
    return lambda dataset: dataset.bucket_by_sequence_length(
        element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes, padding_values,
        pad_to_bucket_boundary, no_padding, drop_remainder,
    )  # fmt: skip


def rejection_resample(
    class_func: Any, target_dist: Any, initial_dist: Any = None, seed: Any = None
) -> Transformation:
    """`Dataset.rejection_resample`, for `Dataset.apply`.

    >>> only_even = tf.data.experimental.rejection_resample(lambda x: x % 2, [1, 0], [0.5, 0.5])
    >>> [int(x) for kind, x in tf.data.Dataset.range(6).apply(only_even)]
    [0, 2, 4]
    """
    return lambda dataset: dataset.rejection_resample(class_func, target_dist, initial_dist, seed)


def ignore_errors(log_warning: Any = False) -> Transformation:
    """`Dataset.ignore_errors`, for `Dataset.apply`.

    >>> checked = tf.data.Dataset.range(3).map(
    ...     lambda x: tf.debugging.check_numerics(1 / x, "division"))
    >>> [float(x) for x in checked.apply(tf.data.experimental.ignore_errors())]
    [1.0, 0.5]
    """
    return lambda dataset: dataset.ignore_errors(log_warning)


def assert_cardinality(expected_cardinality: Any) -> Transformation:
    """The same elements, of which the number is known to be that: another one is an error.

    Raises:
        FailedPreconditionError: on the way, when there turn out to be more or fewer.

    >>> some = tf.data.Dataset.range(9).filter(lambda x: x % 3 == 0)
    >>> len(some.apply(tf.data.experimental.assert_cardinality(3)))
    3
    """
    from eagre.data.guarding import AssertCardinality

    return lambda dataset: AssertCardinality(dataset, expected_cardinality)


def pad_to_cardinality(cardinality: Any, mask_key: str = "valid") -> Transformation:
    """Dictionaries with a flag more, followed by dictionaries of zeros whose flag is false.

    >>> dataset = tf.data.Dataset.from_tensor_slices({"x": [5, 6]})
    >>> padded = dataset.apply(tf.data.experimental.pad_to_cardinality(3))
    >>> [(int(each["x"]), bool(each["valid"])) for each in padded]
    [(5, True), (6, True), (0, False)]
    """
    from eagre.data.guarding import PadToCardinality

    return lambda dataset: PadToCardinality(dataset, cardinality, mask_key)


def dense_to_ragged_batch(
    batch_size: Any, drop_remainder: Any = False, row_splits_dtype: Any = dtypes.int64
) -> Transformation:
    """`Dataset.ragged_batch`, for `Dataset.apply`."""
    return lambda dataset: dataset.ragged_batch(batch_size, drop_remainder, row_splits_dtype)


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Transformation:
    """`Dataset.sparse_batch`, for `Dataset.apply`: refused."""
    return lambda dataset: dataset.sparse_batch(batch_size, row_shape)


def save(
    dataset: Any,
    path: Any,
    compression: Any = None,
    shard_func: Any = None,
    checkpoint_args: Any = None,
) -> None:
    """`Dataset.save` as a function.

    >>> tf.data.experimental.save(tf.data.Dataset.range(3), "some numbers")
    >>> [int(x) for x in tf.data.experimental.load("some numbers")]
    [0, 1, 2]
    """
    datasets_in(dataset, "save(dataset)")[0].save(path, compression, shard_func, checkpoint_args)


def load(
    path: Any, element_spec: Any = None, compression: Any = None, reader_func: Any = None
) -> Dataset:
    """`Dataset.load` as a function.

    >>> tf.data.Dataset.range(2).save("two numbers")
    >>> [int(x) for x in tf.data.experimental.load("two numbers")]
    [0, 1]
    """
    return Dataset.load(path, element_spec, compression, reader_func)


def snapshot(
    path: Any, compression: Any = "AUTO", reader_func: Any = None, shard_func: Any = None
) -> Transformation:
    """`Dataset.snapshot`, for `Dataset.apply`.

    >>> kept = tf.data.Dataset.range(2).apply(tf.data.experimental.snapshot("kept"))
    >>> [int(x) for x in kept]
    [0, 1]
    """
    return lambda dataset: dataset.snapshot(path, compression, reader_func, shard_func)


def get_next_as_optional(iterator: Any) -> Any:
    """`Iterator.get_next_as_optional` as a function.

    >>> found = tf.data.experimental.get_next_as_optional(iter(tf.data.Dataset.range(3)))
    >>> found.get_value().numpy()
    np.int64(0)
    """
    return iterator.get_next_as_optional()


def make_saveable_from_iterator(iterator: Any, external_state_policy: Any = None) -> Any:
    """What a checkpoint saves of an iterator: the iterator itself.

    >>> iterator = iter(tf.data.Dataset.range(3))
    >>> tf.data.experimental.make_saveable_from_iterator(iterator) is iterator
    True
    """
    if not isinstance(iterator, Iterator):
        raise TypeError(
            "make_saveable_from_iterator expected an iterator of a dataset. "
            f"Received: {described(iterator)}"
        )
    return iterator


def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Transformation:
    """The same elements: there is one device.

    >>> moved = tf.data.Dataset.range(2).apply(tf.data.experimental.copy_to_device("/cpu:0"))
    >>> [int(x) for x in moved]
    [0, 1]
    """
    return lambda dataset: dataset.prefetch(0)


def prefetch_to_device(device: str, buffer_size: Any = None) -> Transformation:
    """`Dataset.prefetch`, for `Dataset.apply`: there is one device.

    >>> ahead = tf.data.experimental.prefetch_to_device("/cpu:0")
    >>> [int(x) for x in tf.data.Dataset.range(2).apply(ahead)]
    [0, 1]
    """
    return lambda dataset: dataset.prefetch(-1 if buffer_size is None else buffer_size)


def RandomDataset(  # noqa: N802
    seed: Any = None, rerandomize_each_iteration: bool | None = None, name: str | None = None
) -> Dataset:
    """`Dataset.random` under its older name.

    >>> len(list(tf.data.experimental.RandomDataset(seed=4).take(2)))
    2
    """
    return Dataset.random(seed, rerandomize_each_iteration)
