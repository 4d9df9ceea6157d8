"""`Sources`: methods that make datasets of other things, and of several datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Sources:
    """Where elements come from."""

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
        """A dataset with one element, which is the whole structure.

        >>> list(tf.data.Dataset.from_tensors([1, 2]).as_numpy_iterator())
        [array([1, 2], dtype=int32)]
        """
        from eagre.data.sources import Tensors

        return Tensors(tensors)

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
        """A dataset of the rows of tensors: their parts along the first axis.

        >>> dataset = tf.data.Dataset.from_tensor_slices(([1, 2], ["a", "b"]))
        >>> list(dataset.as_numpy_iterator())
        [(np.int32(1), b'a'), (np.int32(2), b'b')]
        """
        from eagre.data.sources import Slices

        return Slices(tensors)

    @staticmethod
    def range(*args: Any, **kwargs: Any) -> Dataset:
        """The numbers from `start`, 0 by default, up to but not `stop`, by `step`.

        Args:
            args: `stop`, or `start, stop`, or `start, stop, step`.
            kwargs: `output_type` (`tf.int64` by default), and `name`.

        >>> list(tf.data.Dataset.range(2, 8, 3).as_numpy_iterator())
        [np.int64(2), np.int64(5)]
        """
        from eagre.data.sources import Range

        return Range.of(*args, **kwargs)

    @staticmethod
    def from_generator(
        generator: Any,
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """A dataset of what a generator yields; each iteration calls the function anew.

        Args:
            generator: a function that returns something to iterate.
            output_signature: a structure of `tf.TensorSpec`, which the values have to fit.
            output_types: with `output_shapes`, the same in an older form.
            args: tensors with which `generator` is called, as NumPy arrays.

        An iterator that is restored calls the function, and passes over what it had yielded.

        >>> def squares():
        ...     for number in range(3):
        ...         yield number * number
        >>> spec = tf.TensorSpec([], tf.int32)
        >>> dataset = tf.data.Dataset.from_generator(squares, output_signature=spec)
        >>> list(dataset.as_numpy_iterator())
        [np.int32(0), np.int32(1), np.int32(4)]
        """
        from eagre.data.generators import FromGenerator, signature_of

        spec = signature_of(output_types, output_shapes, output_signature)
        return FromGenerator(generator, spec, args)

    @staticmethod
    def list_files(
        file_pattern: Any, shuffle: Any = None, seed: Any = None, name: str | None = None
    ) -> Dataset:
        """The paths of the files that match a pattern or several.

        Args:
            file_pattern: a path or pattern, or a list, tensor or dataset of them.
            shuffle: whether each iteration has an order of its own, as it has by default; else
                paths are sorted.
            seed: of the order.

        Raises:
            InvalidArgumentError: no file matches.

        >>> for name in "ba":
        ...     tf.io.write_file(f"listed/{name}.txt", name)
        >>> files = tf.data.Dataset.list_files("listed/*.txt", shuffle=False)
        >>> list(files.as_numpy_iterator())
        [b'listed/a.txt', b'listed/b.txt']
        """
        from eagre.data.files import files_listed

        return files_listed(file_pattern, shuffle is None or bool(shuffle), seed)

    @staticmethod
    def from_table(table: Any, columns: Any = None, name: str | None = None) -> Dataset:
        """The rows of a pyarrow Table, or of a dataset of Hugging Face, as dictionaries.

        Args:
            columns: the names of the columns that are wanted; by default all.

        Columns of numbers are not copied. Lists of several lengths are elements of unknown size;
        `padded_batch` makes batches of them.

        >>> import pyarrow
        >>> table = pyarrow.table({"x": [1, 2], "word": ["a", "b"]})
        >>> list(tf.data.Dataset.from_table(table, ["x"]).as_numpy_iterator())
        [{'x': np.int64(1)}, {'x': np.int64(2)}]
        """
        from eagre.data.columns import from_table

        return from_table(table, columns, "from_table")

    @staticmethod
    def from_torch(source: Any, output_signature: Any = None, name: str | None = None) -> Dataset:
        """The elements of a Dataset, an IterableDataset or a DataLoader of PyTorch.

        Args:
            source: with `__getitem__` and `__len__`, or with `__iter__`.
            output_signature: a structure of `tf.TensorSpec`; by default what the first element
                tells, with sizes left open.

        Items that have numbers are shuffled and sharded by their numbers alone.

        >>> class Squares:
        ...     def __len__(self):
        ...         return 4
        ...     def __getitem__(self, index):
        ...         return index * index
        >>> [int(x) for x in tf.data.Dataset.from_torch(Squares())]
        [0, 1, 4, 9]
        """
        from eagre.data.torch_faces import from_torch

        return from_torch(source, output_signature)

    @staticmethod
    def random(
        seed: Any = None, rerandomize_each_iteration: bool | None = None, name: str | None = None
    ) -> Dataset:
        """Numbers from 0 to 2**32 - 1 without an end, as int64.

        >>> dataset = tf.data.Dataset.random(seed=3)
        >>> len(set(dataset.take(100).as_numpy_iterator()))
        100
        """
        from eagre.data.sources import Random

        return Random(seed, bool(rerandomize_each_iteration))

    @staticmethod
    def zip(*args: Any, datasets: Any = None, name: str | None = None) -> Dataset:
        """Elements of several datasets side by side, up to the end of the shortest.

        >>> a, b = tf.data.Dataset.range(3), tf.data.Dataset.range(10, 20)
        >>> list(tf.data.Dataset.zip(a, b).as_numpy_iterator())
        [(np.int64(0), np.int64(10)), (np.int64(1), np.int64(11)), (np.int64(2), np.int64(12))]
        """
        from eagre.data.combining import Zip

        if (datasets is None) == (not args):
            raise TypeError(
                "Dataset.zip expected datasets, or a structure of datasets. Received: "
                f"{len(args)} arguments and datasets={datasets!r}"
            )
        return Zip(datasets if not args else args[0] if len(args) == 1 else args)

    @staticmethod
    def choose_from_datasets(
        datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = True
    ) -> Dataset:
        """Elements of several datasets; another dataset says from which the next one comes.

        >>> words = [tf.data.Dataset.from_tensors(word).repeat() for word in "abc"]
        >>> choices = tf.data.Dataset.from_tensor_slices(tf.constant([2, 0, 1], tf.int64))
        >>> chosen = tf.data.Dataset.choose_from_datasets(words, choices)
        >>> list(chosen.as_numpy_iterator())
        [b'c', b'a', b'b']
        """
        from eagre.data.choosing import Choose

        return Choose(datasets, choice_dataset, stop_on_empty_dataset)

    @staticmethod
    def sample_from_datasets(
        datasets: Any,
        weights: Any = None,
        seed: Any = None,
        stop_on_empty_dataset: bool = False,
        rerandomize_each_iteration: bool | None = None,
    ) -> Dataset:
        """Elements of several datasets; the next one comes from each with a given probability.

        >>> a, b = tf.data.Dataset.range(3), tf.data.Dataset.range(10, 13)
        >>> mixed = tf.data.Dataset.sample_from_datasets([a, b], weights=[0.5, 0.5], seed=1)
        >>> sorted(int(x) for x in mixed)
        [0, 1, 2, 10, 11, 12]
        """
        from eagre.data.choosing import Sample

        differs = bool(rerandomize_each_iteration)
        return Sample(datasets, weights, seed, stop_on_empty_dataset, differs)

    @staticmethod
    def counter(
        start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64, name: str | None = None
    ) -> Dataset:
        """Numbers from `start` on, by `step`, without an end.

        >>> [int(x) for x in tf.data.Dataset.counter(2, 5).take(3)]
        [2, 7, 12]
        """
        from eagre.data.sources import Counting

        return Counting(start, step, dtype)
