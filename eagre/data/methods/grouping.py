"""`Grouping`: methods that put elements together and take them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Grouping:
    """Batches, windows and groups of elements."""

    def batch(
        self: Any,
        batch_size: Any,
        drop_remainder: Any = False,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Consecutive elements, stacked along a new first axis.

        Args:
            drop_remainder: whether a last batch with fewer elements is left out.

        >>> [batch.numpy().tolist() for batch in tf.data.Dataset.range(5).batch(2)]
        [[0, 1], [2, 3], [4]]
        """
        from eagre.data.batching import Batch

        return Batch(self, batch_size, drop_remainder)

    def padded_batch(
        self: Any,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: Any = False,
        name: str | None = None,
    ) -> Dataset:
        """Consecutive elements, filled up at their ends to one shape and stacked.

        Args:
            padded_shapes: a shape for each component; None or -1 is the size of the largest
                element of the batch. By default the shapes of the element spec.
            padding_values: a scalar for each component, or one for all; by default 0 or "".

        >>> dataset = tf.data.Dataset.range(1, 4).map(lambda n: tf.fill([n], n))
        >>> [batch.numpy().tolist() for batch in dataset.padded_batch(3)]
        [[[1, 0, 0], [2, 2, 0], [3, 3, 3]]]
        """
        from eagre.data.batching import PaddedBatch

        return PaddedBatch(self, batch_size, padded_shapes, padding_values, drop_remainder)

    def unbatch(self: Any, name: str | None = None) -> Dataset:
        """The rows of elements, one by one.

        >>> [int(x) for x in tf.data.Dataset.range(4).batch(3).unbatch()]
        [0, 1, 2, 3]
        """
        from eagre.data.batching import Unbatch

        return Unbatch(self)

    def rebatch(
        self: Any, batch_size: Any, drop_remainder: Any = False, name: str | None = None
    ) -> Dataset:
        """Batches of another size; several sizes take turns.

        >>> dataset = tf.data.Dataset.range(6).batch(2).rebatch([1, 3])
        >>> [batch.numpy().tolist() for batch in dataset]
        [[0], [1, 2, 3], [4], [5]]
        """
        from eagre.data.batching import Rebatch

        return Rebatch(self, batch_size, drop_remainder)

    def window(
        self: Any,
        size: Any,
        shift: Any = None,
        stride: Any = 1,
        drop_remainder: Any = False,
        name: str | None = None,
    ) -> Dataset:
        """Datasets of `size` elements, each of which begins `shift` elements after the one before.

        Args:
            shift: by default `size`.
            stride: the distance between elements of a window.
            drop_remainder: whether last windows with fewer elements are left out.

        >>> windows = tf.data.Dataset.range(5).window(3, shift=1, drop_remainder=True)
        >>> [[int(x) for x in window] for window in windows]
        [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        """
        from eagre.data.windows import Window

        return Window(self, size, shift, stride, drop_remainder)
