"""`Storing`: methods that keep elements, in memory and in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Storing:
    """Elements that are kept."""

    def cache(self: Any, filename: Any = "", name: str | None = None) -> Dataset:
        """The same elements, which are kept when they have come once: in memory, or in a folder.

        Args:
            filename: the path of a folder. A program that is started later, with the same
                pipeline before `cache`, reads the elements from there.

        Elements are there when a pass has come to its end. A folder with the elements of another
        pipeline is refused.

        >>> [int(x) for x in tf.data.Dataset.range(3).cache().repeat(2)]
        [0, 1, 2, 0, 1, 2]
        >>> cached = tf.data.Dataset.range(3).map(lambda x: x * x).cache("squares")
        >>> [int(x) for x in cached]
        [0, 1, 4]
        >>> len(tf.data.Dataset.load("squares"))
        3
        """
        if filename not in ("", None, b""):
            from eagre.data.storage.keeping import KeptInFiles

            return KeptInFiles(self, filename, "cache")
        from eagre.data.keeping import Cache

        return Cache(self)

    def snapshot(
        self: Any,
        path: Any,
        compression: Any = "AUTO",
        reader_func: Any = None,
        shard_func: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """The same elements, written by the first pass to its end and read by further ones.

        Args:
            path: a folder, in which each pipeline has a folder of its own.
            compression: None or `"AUTO"` for none, or `"GZIP"`.
            reader_func: what makes a dataset of the dataset of shards, each of which is a dataset.
            shard_func: the number of the shard of an element; by default there is one shard.

        >>> squares = tf.data.Dataset.range(3).map(lambda x: x * x).snapshot("snapshots")
        >>> [int(x) for x in squares], [int(x) for x in squares]
        ([0, 1, 4], [0, 1, 4])
        """
        from eagre.data.storage.keeping import KeptInFiles

        return KeptInFiles(self, path, "snapshot", compression, reader_func, shard_func)

    def save(
        self: Any,
        path: Any,
        compression: Any = None,
        shard_func: Any = None,
        checkpoint_args: Any = None,
    ) -> None:
        """Write all elements into a folder, for `Dataset.load`.

        Args:
            path: the folder; what was saved there before is replaced when all is written.
            compression: None or `"AUTO"` for none, or `"GZIP"`.
            shard_func: the number of the shard of an element; by default there is one shard.
            checkpoint_args: arguments of a `tf.train.CheckpointManager`. A save that is killed
                goes on from its last checkpoint.

        >>> tf.data.Dataset.range(5).save("numbers")
        >>> [int(x) for x in tf.data.Dataset.load("numbers")]
        [0, 1, 2, 3, 4]
        """
        from eagre.data.storage.saving import save

        save(self, path, compression, shard_func, checkpoint_args)

    @staticmethod
    def load(
        path: Any,
        element_spec: Any = None,
        compression: Any = None,
        reader_func: Any = None,
        wait: bool = False,
    ) -> Dataset:
        """The elements that `Dataset.save` has written.

        Args:
            element_spec: a spec that the elements fit; by default that of the saved dataset.
            compression: accepted; it stands in the folder.
            reader_func: what makes a dataset of the dataset of shards, each of which is a dataset;
                by default one shard comes after the other.
            wait: whether to wait until another program has finished saving.

        Files are read when their elements are wanted, and elements can be had by their numbers.

        >>> tf.data.Dataset.from_tensor_slices({"a": ["x", "y"]}).save("letters")
        >>> list(tf.data.Dataset.load("letters").as_numpy_iterator())
        [{'a': b'x'}, {'a': b'y'}]
        """
        from eagre.data.storage.loading import loaded

        return loaded(path, element_spec, compression, reader_func, wait)
