"""`Dataset`: the description of a pipeline. Iterating it makes a `Cursor` for each stage."""

from __future__ import annotations

from itertools import count
from typing import Any

from eagre.core import dtypes, structure
from eagre.core.errors import InaccessibleTensorError, UnimplementedError
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.data.cursors import Cursor, Element, IndexedCursor, Run, pipeline
from eagre.data.iterator import Iterator, NumpyIterator
from eagre.data.options import Options
from eagre.data.specs import INFINITE, UNKNOWN, Layout
from eagre.data.transformations import Transformations
from eagre.graph.trace import user_line
from eagre.ops.creation import constant

next_number = count().__next__


class Dataset(Transformations):
    """A sequence of elements, which are tensors or structures of tensors.

    A dataset describes a pipeline and holds no position: each `for` goes through it from the
    start. Methods return new datasets.

    >>> dataset = tf.data.Dataset.range(5).map(lambda x: x * x).batch(2)
    >>> for batch in dataset:
    ...     print(batch.numpy())
    [0 1]
    [4 9]
    [16]
    """

    __dataset__ = True
    inputs: tuple[Dataset, ...] = ()
    seed: Any = None
    """The `Seed` of a stage that draws."""
    is_indexed = False
    """Whether elements can be had by their numbers, each as cheap as the other and again."""

    def __init__(self, spec: Any, *inputs: Dataset, stage: str = "Dataset") -> None:
        self.layout = Layout(spec)
        self.inputs = inputs
        self.number = next_number()
        self.line = user_line()
        self.stage = f"Dataset.{stage}" if stage[0].islower() else stage

    # What a stage says ------------------------------------------------------------------------

    def begin(self, run: Run, key: int) -> Cursor:
        """A new pass; `key` tells it from other passes of the same run."""
        return IndexedCursor(self)

    def size(self) -> int:
        """How many elements there are, `INFINITE` or `UNKNOWN`."""
        return self.inputs[0].size()

    def element(self, index: int) -> Element:
        """The components of the element of a number that exists."""
        raise UnimplementedError(
            f"at expected a dataset that gives elements by their numbers. Received: "
            f"{self.stage}, which has to be gone through. Use dataset.skip(index).take(1)."
        )

    def span(self, start: int, stop: int) -> Element:
        """Consecutive elements, stacked; of indexed datasets only."""
        raise NotImplementedError

    def gather(self, indices: Any) -> Element:
        """The elements of these numbers, stacked; of indexed datasets only."""
        raise NotImplementedError

    def demand_values(self) -> None:
        """Refuse a stage made while tracing, of numbers that only the running graph knows."""
        for name, value in vars(self).items():
            values = value if isinstance(value, list | tuple) else (value,)
            if any(isinstance(each, SymbolicTensor) for each in values):
                raise InaccessibleTensorError(
                    f"{self.stage} at {self.line} expected tensors with values. Received: symbolic "
                    f"{name.lstrip('_')}. Make the dataset outside the traced function."
                )

    def detail(self) -> str:
        """What `explain` says of the stage besides its spec."""
        return ""

    # What everybody asks ----------------------------------------------------------------------

    @property
    def element_spec(self) -> Any:
        """The spec of the elements, in their structure.

        >>> tf.data.Dataset.range(3).batch(2).element_spec
        TensorSpec(shape=(None,), dtype=tf.int64, name=None)
        """
        return self.layout.spec

    def cardinality(self) -> Tensor:
        """The number of elements, or one of the two negative numbers for infinite and unknown.

        >>> tf.data.Dataset.range(7).batch(2).cardinality().numpy()
        np.int64(4)
        >>> bool(tf.data.Dataset.range(7).repeat().cardinality() == tf.data.INFINITE_CARDINALITY)
        True
        """
        return constant(self.size(), dtypes.int64)

    def __iter__(self) -> Any:
        return Iterator(self)

    def __graph_iterate__(self, body: Any, state: Any) -> Any:
        from eagre.data.graph_iteration import iterate

        return iterate(self, body, state)

    def __len__(self) -> int:
        size = self.size()
        if size == INFINITE:
            raise TypeError("len() expected a finite dataset. Received: one without an end")
        if size == UNKNOWN:
            raise TypeError(
                "len() expected a dataset whose length is known before it is iterated. Received: "
                f"{self!r}. Use dataset.reduce(0, lambda count, _: count + 1)."
            )
        return size

    def __bool__(self) -> bool:
        return True

    def as_numpy_iterator(self) -> NumpyIterator:
        """An iterator whose elements hold NumPy arrays in place of tensors.

        >>> list(tf.data.Dataset.from_tensor_slices({"a": [1, 2]}).as_numpy_iterator())
        [{'a': np.int32(1)}, {'a': np.int32(2)}]
        """
        if any(not hasattr(leaf, "dtype") for leaf in self.layout.leaves):
            raise TypeError(
                "Dataset.as_numpy_iterator expected elements of tensors. Received: "
                f"element_spec={self.element_spec!r}"
            )
        return NumpyIterator(self)

    def options(self) -> Options:
        """The options of the whole pipeline.

        >>> tf.data.Dataset.range(3).options().deterministic
        """
        merged = Options()
        for each in reversed(pipeline(self)):
            merged = merged.merge(getattr(each, "own_options", Options()))
        return merged

    def explain(self) -> str:
        """What each stage is, where it was made, and how its function runs.

        >>> print(tf.data.Dataset.range(3).map(lambda x: x + 1).explain())
        Dataset.map at ...: int64[], 3 elements; the function is a graph, for whole batches
        Dataset.range at ...: int64[], 3 elements
        """
        return "\n".join(_explained(node) for node in pipeline(self))

    def __repr__(self) -> str:
        return f"<{self.stage} element_spec={self.element_spec!r}>"

    # Where elements come from -----------------------------------------------------------------

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


def _explained(node: Dataset) -> str:
    known = {INFINITE: "no end", UNKNOWN: "unknown length"}
    size = node.size()
    specs = structure.map_structure(_short, node.element_spec)
    text = f"{node.stage} at {node.line}: {str(specs).replace(chr(39), '')}, "
    return text + known.get(size, f"{size} elements") + node.detail()


def _short(spec: Any) -> str:
    if not hasattr(spec, "dtype"):
        return f"dataset of {structure.map_structure(_short, spec.element_spec)}"
    sizes = "..." if spec.sizes is None else ", ".join(map(str, spec.sizes))
    return f"{spec.dtype.name}[{sizes}]"
