"""`Grouping`: methods that put elements together and take them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.errors import UnimplementedError

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
            num_parallel_calls: how many batches threads may stack at a time, where elements come
                one by one and stacking takes longer than a hand-over.
            deterministic: accepted; batches come in order in each case.

        >>> [batch.numpy().tolist() for batch in tf.data.Dataset.range(5).batch(2)]
        [[0, 1], [2, 3], [4]]
        """
        from eagre.data.batching import Batch

        return Batch(self, batch_size, drop_remainder, num_parallel_calls)

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

    def ragged_batch(
        self: Any,
        batch_size: Any,
        drop_remainder: Any = False,
        row_splits_dtype: Any = dtypes.int64,
        name: str | None = None,
    ) -> Dataset:
        """Batches of elements of several shapes: not without ragged tensors, which are not there.

        Elements whose spec has one known shape are batched as by `batch`, as in TensorFlow.

        >>> [batch.numpy().tolist() for batch in tf.data.Dataset.range(3).ragged_batch(2)]
        [[0, 1], [2]]
        """
        leaves = self.layout.leaves
        if not all(getattr(leaf, "shape", None) and leaf.shape.is_fully_defined()
                   or getattr(leaf, "sizes", None) == () for leaf in leaves):  # fmt: skip
            raise UnimplementedError(
                "Dataset.ragged_batch expected elements of one known shape, since there are no "
                f"ragged tensors. Received: element_spec={self.element_spec!r}. "
                "Use Dataset.padded_batch."
            )
        return self.batch(batch_size, drop_remainder)

    def sparse_batch(
        self: Any, batch_size: Any, row_shape: Any, name: str | None = None
    ) -> Dataset:
        """Refused: there are no sparse tensors."""
        raise UnimplementedError(
            "Dataset.sparse_batch cannot return sparse tensors, which are not there. "
            f"Received: row_shape={row_shape!r}. Use Dataset.padded_batch(batch_size, row_shape)."
        )

    def group_by_window(
        self: Any,
        key_func: Any,
        reduce_func: Any,
        window_size: Any = None,
        window_size_func: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """Elements with one key wait until they are `window_size`; then a function takes them.

        Args:
            key_func: the key of an element, an int64 scalar.
            reduce_func: for a key and the dataset of its elements the dataset that comes.
            window_size: how many elements make a group.
            window_size_func: the same for each key.

        At the end the groups that are not complete come in the order of their keys.

        >>> groups = tf.data.Dataset.range(7).group_by_window(
        ...     lambda x: x % 2, lambda key, group: group.batch(3), window_size=3)
        >>> [group.numpy().tolist() for group in groups]
        [[0, 2, 4], [1, 3, 5], [6]]
        """
        from eagre.data.groups import GroupByWindow

        return GroupByWindow(self, key_func, reduce_func, window_size, window_size_func)

    def bucket_by_sequence_length(
        self: Any,
        element_length_func: Any,
        bucket_boundaries: Any,
        bucket_batch_sizes: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        pad_to_bucket_boundary: Any = False,
        no_padding: Any = False,
        drop_remainder: Any = False,
        name: str | None = None,
    ) -> Dataset:
        """Batches of elements of about one length, filled up to one shape.

        Args:
            element_length_func: the length of an element.
            bucket_boundaries: increasing lengths; the first bucket is for those below the first.
            bucket_batch_sizes: a batch size for each bucket, one more than boundaries.
            padded_shapes: as in `padded_batch`.
            padding_values: as in `padded_batch`.
            pad_to_bucket_boundary: whether open sizes are filled up to the boundary less 1 instead
                of the largest element of the batch; no element may reach the last boundary.
            no_padding: whether elements of a batch have one shape already.
            drop_remainder: whether batches that are not full at the end are left out.

        >>> words = tf.data.Dataset.range(1, 6).map(lambda n: tf.fill([n], n))
        >>> batches = words.bucket_by_sequence_length(lambda word: tf.shape(word)[0], [3], [2, 2])
        >>> [batch.numpy().tolist() for batch in batches]
        [[[1, 0], [2, 2]], [[3, 3, 3, 0], [4, 4, 4, 4]], [[5, 5, 5, 5, 5]]]
        """
        from eagre.data.buckets import Bucket

        return Bucket(
            self, element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes,
            padding_values, pad_to_bucket_boundary, no_padding, drop_remainder,
        )  # fmt: skip
