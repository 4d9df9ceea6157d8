"""`Computing`: methods that call a function for each element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Computing:
    """What functions make of elements."""

    def map(
        self: Any,
        map_func: Any,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        synchronous: bool | None = None,
        use_unbounded_threadpool: bool = False,
        name: str | None = None,
        *,
        in_processes: bool = False,
    ) -> Dataset:
        """What a function returns for each element; tuples are its arguments.

        The function is traced once. One that cannot be traced, as it asks for values, runs as
        Python, and is first called when the dataset is made; `explain` says so.

        Args:
            num_parallel_calls: how many calls threads may do at a time; `tf.data.AUTOTUNE` lets
                eagre choose. Calls that take less than a hand-over stay in the caller's thread.
            deterministic: accepted; elements come in order in each case, and `explain` says so.
            synchronous, use_unbounded_threadpool: accepted, and without effect.
            in_processes: eagre's own: whether other processes call the function, which runs there
                as Python, `num_parallel_calls` of them (by default as many as there are cores).
                It helps a function that holds the interpreter, and what it changes is lost.

        >>> pairs = tf.data.Dataset.from_tensor_slices(([1, 2], [10, 20]))
        >>> [int(x) for x in pairs.map(lambda a, b: a + b)]
        [11, 22]
        """
        from eagre.data.mapping import Map

        made = Map(self, map_func, num_parallel_calls, in_processes)
        made.is_any_order_allowed = deterministic is False
        return made

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
            num_parallel_calls: how many of the datasets threads may read at a time, ahead of
                what is wanted; `tf.data.AUTOTUNE` lets eagre choose.
            deterministic: accepted; the order is the same in each case.

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
        made = FlatMap(
            self, map_func, cycle_length, block_length, num_parallel_calls, "interleave"
        )
        made.is_any_order_allowed = deterministic is False
        return made

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
        from eagre.data.results import reduced

        return reduced(self, initial_state, reduce_func)
