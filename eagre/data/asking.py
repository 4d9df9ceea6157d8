"""Functions in the place of methods, as older programs have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.conversion import described
from eagre.data.dataset import Dataset
from eagre.data.iterator import Iterator
from eagre.data.specs import datasets_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.tensor import Tensor

    Transformation = Callable[[Dataset], Dataset]

choose_from_datasets = Dataset.choose_from_datasets
sample_from_datasets = Dataset.sample_from_datasets


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


def Counter(start: int = 0, step: int = 1, dtype: Any = dtypes.int64) -> Dataset:  # noqa: N802
    """Numbers from `start` on, by `step`, without an end.

    >>> [int(x) for x in tf.data.experimental.Counter(2, 5).take(3)]
    [2, 7, 12]
    """
    bound = 2**63 - 1 if step >= 0 else -(2**63)
    return Dataset.range(start, bound, step, output_type=dtype)


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
