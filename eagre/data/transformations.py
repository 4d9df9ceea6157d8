"""`Transformations`: the methods of a dataset that return other datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.conversion import described

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Transformations:
    """What may be done to a dataset.

    Where a method takes `num_parallel_calls`, `deterministic` or `buffer_size` for work beside the
    caller's, these are accepted: stages run in the caller's thread, in order. `name` is accepted
    as well.
    """

    # Which elements ---------------------------------------------------------------------------

    def take(self: Any, count: Any, name: str | None = None) -> Dataset:
        """The first `count` elements; all of them for -1.

        >>> [int(x) for x in tf.data.Dataset.range(10).take(3)]
        [0, 1, 2]
        """
        from eagre.data.combining import Take

        return Take(self, count)

    def skip(self: Any, count: Any, name: str | None = None) -> Dataset:
        """All elements but the first `count`; none for -1.

        >>> [int(x) for x in tf.data.Dataset.range(5).skip(3)]
        [3, 4]
        """
        from eagre.data.combining import Skip

        return Skip(self, count)

    def shard(self: Any, num_shards: Any, index: Any, name: str | None = None) -> Dataset:
        """The elements whose number leaves the remainder `index` when divided by `num_shards`.

        >>> [int(x) for x in tf.data.Dataset.range(7).shard(3, 1)]
        [1, 4]
        """
        from eagre.data.combining import Shard

        return Shard(self, num_shards, index)

    def repeat(self: Any, count: Any = None, name: str | None = None) -> Dataset:
        """All elements `count` times; without an end for None or -1.

        >>> [int(x) for x in tf.data.Dataset.range(2).repeat(2)]
        [0, 1, 0, 1]
        """
        from eagre.data.combining import Repeat

        return Repeat(self, count)

    def concatenate(self: Any, dataset: Any, name: str | None = None) -> Dataset:
        """The elements of this dataset, then those of another.

        >>> a, b = tf.data.Dataset.range(2), tf.data.Dataset.range(5, 7)
        >>> [int(x) for x in a.concatenate(b)]
        [0, 1, 5, 6]
        """
        from eagre.data.combining import Concatenate

        return Concatenate(self, dataset)

    def enumerate(self: Any, start: Any = 0, name: str | None = None) -> Dataset:
        """Each element with its number before it, an int64.

        >>> letters = tf.data.Dataset.from_tensor_slices(["a", "b"])
        >>> list(letters.enumerate(start=5).as_numpy_iterator())
        [(np.int64(5), b'a'), (np.int64(6), b'b')]
        """
        from eagre.data.combining import Enumerate

        return Enumerate(self, start)

    def shuffle(
        self: Any,
        buffer_size: Any,
        seed: Any = None,
        reshuffle_each_iteration: bool | None = True,
        name: str | None = None,
    ) -> Dataset:
        """The elements in a random order.

        Args:
            buffer_size: how many elements wait at a time; each time one of them is drawn. With
                as many as there are, or more, every order is as likely as the other.
                `tf.data.UNKNOWN_CARDINALITY` stands for all.
            seed: an integer, for the same order in each program.
            reshuffle_each_iteration: whether each pass has an order of its own.

        Elements that have numbers (of tensors in memory, of a range) are shuffled by their numbers
        alone.

        >>> dataset = tf.data.Dataset.range(5).shuffle(5, seed=1)
        >>> sorted(int(x) for x in dataset)
        [0, 1, 2, 3, 4]
        """
        from eagre.data.shuffling import Shuffle

        return Shuffle(self, buffer_size, seed, reshuffle_each_iteration is not False)

    def filter(self: Any, predicate: Any, name: str | None = None) -> Dataset:
        """The elements for which a function is true.

        >>> [int(x) for x in tf.data.Dataset.range(6).filter(lambda x: x % 2 == 0)]
        [0, 2, 4]
        """
        from eagre.data.mapping import Filter

        return Filter(self, predicate)

    def take_while(self: Any, predicate: Any, name: str | None = None) -> Dataset:
        """The elements before the first for which a function is false.

        >>> [int(x) for x in tf.data.Dataset.range(6).take_while(lambda x: x < 2)]
        [0, 1]
        """
        from eagre.data.mapping import TakeWhile

        return TakeWhile(self, predicate)

    def unique(self: Any, name: str | None = None) -> Dataset:
        """Each element once, where it first comes.

        >>> [int(x) for x in tf.data.Dataset.from_tensor_slices([1, 2, 1]).unique()]
        [1, 2]
        """
        from eagre.data.mapping import Unique

        return Unique(self)

    # What becomes of elements -----------------------------------------------------------------

    def map(
        self: Any,
        map_func: Any,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        synchronous: bool | None = None,
        use_unbounded_threadpool: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """What a function returns for each element; tuples are its arguments.

        The function is traced once. One that cannot be traced, as it asks for values, runs as
        Python, and is first called when the dataset is made; `explain` says so.

        >>> pairs = tf.data.Dataset.from_tensor_slices(([1, 2], [10, 20]))
        >>> [int(x) for x in pairs.map(lambda a, b: a + b)]
        [11, 22]
        """
        from eagre.data.mapping import Map

        return Map(self, map_func)

    def flat_map(self: Any, map_func: Any, name: str | None = None) -> Dataset:
        """The elements of the datasets that a function returns, one dataset after the other.

        >>> dataset = tf.data.Dataset.range(3).flat_map(tf.data.Dataset.range)
        >>> [int(x) for x in dataset]
        [0, 0, 1]
        """
        from eagre.data.turns import FlatMap

        return FlatMap(self, map_func)

    def interleave(
        self: Any,
        map_func: Any,
        cycle_length: Any = None,
        block_length: Any = None,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """The elements of the datasets that a function returns, a few datasets taking turns.

        Args:
            cycle_length: how many datasets take turns; by default, and for `tf.data.AUTOTUNE`, 1,
                so that the order is the same on each machine.
            block_length: how many elements of one dataset come in its turn.

        >>> dataset = tf.data.Dataset.range(1, 4)
        >>> def twice(x):
        ...     return tf.data.Dataset.from_tensors(x).repeat(2)
        >>> [int(x) for x in dataset.interleave(twice, cycle_length=2)]
        [1, 2, 1, 2, 3, 3]
        """
        from eagre.data.turns import FlatMap

        if cycle_length in (None, -1):
            cycle_length = 1
        block_length = 1 if block_length is None else block_length
        return FlatMap(self, map_func, cycle_length, block_length, "interleave")

    def scan(self: Any, initial_state: Any, scan_func: Any, name: str | None = None) -> Dataset:
        """What a function of a state and an element returns; it returns the next state first.

        >>> sums = tf.data.Dataset.range(4).scan(
        ...     tf.constant(0, tf.int64), lambda total, x: (total + x, total + x))
        >>> [int(x) for x in sums]
        [0, 1, 3, 6]
        """
        from eagre.data.mapping import Scan

        return Scan(self, initial_state, scan_func)

    def reduce(self: Any, initial_state: Any, reduce_func: Any, name: str | None = None) -> Any:
        """The last state, where a function makes the next one of a state and an element.

        >>> tf.data.Dataset.range(5).reduce(tf.constant(0, tf.int64), lambda s, x: s + x).numpy()
        np.int64(10)
        """
        from eagre.data.mapping import reduced

        return reduced(self, initial_state, reduce_func)

    # Batches ----------------------------------------------------------------------------------

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

    # The pipeline as a whole ------------------------------------------------------------------

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
        """The same elements: so far nothing is computed before it is wanted.

        >>> [int(x) for x in tf.data.Dataset.range(3).prefetch(tf.data.AUTOTUNE)]
        [0, 1, 2]
        """
        from eagre.data.keeping import Prefetch

        return Prefetch(self, buffer_size)

    def cache(self: Any, filename: Any = "", name: str | None = None) -> Dataset:
        """The same elements, which are kept in memory when they have come once.

        A file to keep them in cannot be named yet.

        >>> [int(x) for x in tf.data.Dataset.range(3).cache().repeat(2)]
        [0, 1, 2, 0, 1, 2]
        """
        from eagre.data.keeping import Cache

        return Cache(self, filename)

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
        from eagre.data.mapping import as_single

        return as_single(self)
