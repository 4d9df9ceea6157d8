"""`Dataset`: the description of a pipeline. Iterating it makes a `Cursor` for each stage."""

from __future__ import annotations

from itertools import count
from typing import Any

from eagre.core import ambient, dtypes
from eagre.core.errors import InaccessibleTensorError, UnimplementedError
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.data.cursors import Course, Cursor, Element, IndexedCursor, pipeline
from eagre.data.explaining import explained
from eagre.data.functions import ElementFunction
from eagre.data.iterator import Iterator, NumpyIterator
from eagre.data.methods.sources import Sources
from eagre.data.options import Options
from eagre.data.specs import INFINITE, UNKNOWN, Layout
from eagre.data.transformations import Transformations
from eagre.graph.trace import user_line
from eagre.ops.creation import constant

next_number = count().__next__


class Dataset(Transformations, Sources):
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
    pace: Any = None
    """The `Pace` of a stage with threads, as its last run chose it."""
    clock: Any = None
    """The `Clock` of the last iteration."""
    is_same = False
    """Whether the elements are those of the input, in the same order."""
    incidental: frozenset[str] = frozenset()
    """Attributes on which no element depends."""
    made_of: Any = None
    """Positional and named arguments of a dataset that was made while tracing."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        made = object.__new__(cls)
        if ambient.stacks and not ambient.executing_eagerly():
            made.made_of = args, kwargs
        return made

    def __init__(self, spec: Any, *inputs: Dataset, stage: str = "Dataset") -> None:
        self.layout = Layout(spec)
        self.inputs = inputs
        self.number = next_number()
        self.line = user_line()
        self.stage = f"Dataset.{stage}" if stage[0].islower() else stage

    def __getattr__(self, name: str) -> Any:
        """Raises the error for what no dataset has; it names the nearest that there is."""
        if name.startswith("_"):
            raise AttributeError(name, name=name, obj=self)
        from difflib import get_close_matches

        near = get_close_matches(name, dir(Dataset), 1)
        advice = f" Did you mean Dataset.{near[0]}?" if near else ""
        raise AttributeError(f"Dataset has no attribute {name!r}.{advice}")

    # What a stage says ------------------------------------------------------------------------

    def begin(self, run: Course, key: int) -> Cursor:
        """A new pass; `key` tells it from other passes of the same run."""
        return IndexedCursor(self)

    def cursor(self, run: Course, key: int) -> Cursor:
        """What `begin` gives, as stages that go through this dataset ask for it."""
        made = self.begin(run, key)
        return made if run.clock is None else run.clock.timed(self, made)

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
            if isinstance(value, ElementFunction):
                name, values = "tensors in its function", value.traced()[1]
            elif name == "made_of":
                name, values = "arguments", (value or ((),))[0]
            if any(isinstance(each, SymbolicTensor) for each in values):
                raise InaccessibleTensorError(
                    f"{self.stage} at {self.line} expected tensors with values. Received: symbolic "
                    f"{name.lstrip('_')}. Go through it with for or reduce in the traced function, "
                    "or make it outside."
                )

    def is_threaded(self) -> bool:
        """Whether the last run computed what comes here in another thread."""
        return False

    is_any_order_allowed = False
    """Whether the user would take elements of the stage in any order."""

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
        if ambient.stacks and not ambient.executing_eagerly():
            from eagre.data.graph_iteration import cardinality_in_graph

            return cardinality_in_graph(self)
        return constant(self.size(), dtypes.int64)

    def __iter__(self) -> Any:
        if ambient.stacks and ambient.is_in_function():
            from eagre.data.graph_iterator import GraphIterator

            return GraphIterator(self)
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

        After an iteration it says besides how many calls ran at a time, how far ahead elements
        were computed, and which part of the waiting each stage was the reason of.
        """
        return explained(self, self.clock)

    def __repr__(self) -> str:
        return f"<{self.stage} element_spec={self.element_spec!r}>"
