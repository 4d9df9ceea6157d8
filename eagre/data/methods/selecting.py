"""`Selecting`: methods that say which elements come, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Selecting:
    """Which elements come, and in which order."""

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

    def rejection_resample(
        self: Any,
        class_func: Any,
        target_dist: Any,
        initial_dist: Any = None,
        seed: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """Pairs of class and element, some left out by chance, so that classes have frequencies.

        Args:
            class_func: the class of an element, an integer from 0.
            target_dist: how frequent each class is to be.
            initial_dist: how frequent each class is in this dataset; by default that is
                estimated from the elements that have come.
            seed: an integer, for the same choice in each program.

        Each element comes once at most.

        >>> dataset = tf.data.Dataset.range(1000).rejection_resample(
        ...     lambda x: tf.cast(x % 10 == 0, tf.int32), [0.5, 0.5], [0.9, 0.1], seed=1)
        >>> kinds = [int(kind) for kind, x in dataset]
        >>> sum(kinds), 160 < len(kinds) < 240
        (100, True)
        """
        from eagre.data.resampling import Resample

        return Resample(self, class_func, target_dist, initial_dist, seed)

    def ignore_errors(self: Any, log_warning: Any = False, name: str | None = None) -> Dataset:
        """The elements that come without an error; those that raise one are passed over.

        Args:
            log_warning: whether each error is written to the log `eagre`.

        The attribute `ignored` of the dataset counts the errors, and `explain` tells of the last.
        An error that would come forever, as no element is passed by it, is raised.

        >>> dataset = tf.data.Dataset.range(5).map(lambda x: tf.debugging.check_numerics(
        ...     1 / (x - 2), "division")).ignore_errors()
        >>> [float(x) for x in dataset], dataset.ignored
        ([-0.5, -1.0, 1.0, 0.5], 1)
        """
        from eagre.data.guarding import IgnoreErrors

        return IgnoreErrors(self, log_warning)
