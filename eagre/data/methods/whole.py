"""`Whole`: methods for a pipeline as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.python_numbers import described
from eagre.ops.creation import constant

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Whole:
    """What is done with a pipeline as a whole."""

    def apply(self: Any, transformation_func: Any) -> Dataset:
        """What a function of datasets makes of this one.

        >>> [int(x) for x in tf.data.Dataset.range(5).apply(lambda dataset: dataset.take(2))]
        [0, 1]
        """
        made = transformation_func(self)
        if not hasattr(type(made), "__dataset__"):
            raise TypeError(
                "Dataset.apply expected transformation_func to return a dataset. "
                f"Received: {described(made)}"
            )
        return made

    def prefetch(self: Any, buffer_size: Any, name: str | None = None) -> Dataset:
        """The same elements, of which a thread computes some before they are wanted.

        Args:
            buffer_size: how many elements may wait; `tf.data.AUTOTUNE` begins with two, and takes
                more where the consumer finds none though all places had been full.

        There is a thread where both an element and what is done with it take over 100
        microseconds; cheaper elements are computed when they are wanted. A saved iterator stands
        where its consumer stands.

        >>> [int(x) for x in tf.data.Dataset.range(3).prefetch(tf.data.AUTOTUNE)]
        [0, 1, 2]
        """
        from eagre.data.keeping import Prefetch

        return Prefetch(self, buffer_size)

    def with_progress(self: Any, description: str | None = None) -> Dataset:
        """The same elements, with a progress bar of tqdm for each pass, in terminals and notebooks.

        >>> numbers = tf.data.Dataset.range(3).with_progress("numbers")
        >>> [int(x) for x in numbers]
        [0, 1, 2]
        """
        from eagre.data.watching import WithProgress

        return WithProgress(self, description)

    def as_torch(self: Any) -> Any:
        """An IterableDataset of PyTorch, which has to be imported, with this dataset's elements.

        They come as NumPy arrays; give them to a `DataLoader` with `batch_size=None` where the
        pipeline makes batches itself. With several workers each has the elements of its `shard`.
        """
        from eagre.data.torch_faces import as_torch

        return as_torch(self)

    def with_options(self: Any, options: Any, name: str | None = None) -> Dataset:
        """The same elements; the options hold for the whole pipeline.

        >>> options = tf.data.Options()
        >>> options.deterministic = False
        >>> len(tf.data.Dataset.range(3).with_options(options))
        3
        """
        from eagre.data.keeping import WithOptions

        return WithOptions(self, options)

    def get_single_element(self: Any, name: str | None = None) -> Any:
        """The element of a dataset that has one.

        >>> tf.data.Dataset.range(3).batch(3).get_single_element().numpy()
        array([0, 1, 2])
        """
        from eagre.data.results import as_single

        return as_single(self)

    def fingerprint(self: Any) -> Any:
        """A number that says which pipeline this is: stages, arguments, functions and data.

        It is the same in each program that makes the same pipeline with the same version of
        Python. The contents of files, the values of variables and seeds that are not given are no
        part of it.

        >>> first, second = tf.data.Dataset.range(3), tf.data.Dataset.range(4)
        >>> int(first.fingerprint()) == int(tf.data.Dataset.range(3).fingerprint())
        True
        >>> int(first.fingerprint()) == int(second.fingerprint())
        False
        """
        from eagre.data.identity import fingerprint

        return constant(int(fingerprint(self), 16), dtypes.uint64)
