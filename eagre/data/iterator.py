"""Iterators: what goes through a dataset, is saved in checkpoints, and goes on where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import ambient, structure
from eagre.core.errors import (
    InvalidArgumentError,
    OutOfRangeError,
)
from eagre.core.specs import TypeSpec
from eagre.data.clock import Clock
from eagre.data.cursors import Run
from eagre.data.specs import are_compatible

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Iterator:
    """The elements of a dataset, one after the other: what `iter(dataset)` returns.

    It is a state machine. `state()` says in a few plain numbers where it stands, `restore(state)`
    takes an iterator of the same dataset there, and a checkpoint that holds it does both.

    >>> iterator = iter(tf.data.Dataset.range(5).shuffle(5, seed=1).repeat())
    >>> seen = [int(next(iterator)) for _ in range(7)]
    >>> state = iterator.state()
    >>> rest = [int(next(iterator)) for _ in range(7)]
    >>> iterator.restore(state)
    >>> rest == [int(next(iterator)) for _ in range(7)]
    True
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._pack = dataset.layout.pack
        with ambient.outside(None):
            self._run = Run(dataset, clock=self._new_clock())
        self._next = self._run.cursor.next
        self._position = 0

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        if ambient.stacks:
            return self._next_among_levels()
        element = self._next()
        if element is None:
            self._end()
            raise StopIteration
        self._position += 1
        if self._position == self._clock.due:
            self._look()
        return self._pack(element)

    def _new_clock(self) -> Clock:
        """A clock, which the dataset knows as that of its last iteration."""
        clock = self._dataset.clock = self._clock = Clock()
        return clock

    def _end(self) -> None:
        """The last element has come."""
        self._clock.stop(self._position)
        self._run.course.end()

    def _look(self) -> None:
        """Let the clock go on or off: the cursor has other methods then."""
        self._clock.look(self._position)
        self._next = self._run.cursor.next

    def _next_among_levels(self) -> Any:
        """The next element while a tape or a trace is there: tapes do not look into pipelines."""
        if not ambient.executing_eagerly():
            return next(self._in_graph())
        components = self.next_components()
        if components is None:
            raise StopIteration
        return self._pack(components)

    _face: Any = None

    def _in_graph(self) -> Any:
        """What stands for the iterator while a graph is traced."""
        from eagre.data.graph_iterator import GraphIterator

        self._face = self._face or GraphIterator(self)
        return self._face

    def next_components(self) -> Any:
        """The components of the next element, None at the end."""
        with ambient.outside(None):
            element = self._next()
        if element is None:
            self._end()
            return None
        self._position += 1
        if self._position == self._clock.due:
            self._look()
        return element

    def get_next(self) -> Any:
        """The next element; in a function the one that comes when its graph runs.

        Raises:
            OutOfRangeError: there is none.
        """
        if not ambient.executing_eagerly():
            return self._in_graph().get_next()
        return self._pack(self.existing_components())

    def get_next_as_optional(self) -> Any:
        """The next element as a `tf.experimental.Optional`, which is empty at the end."""
        from eagre.data.optional import Optional

        if not ambient.executing_eagerly():
            return self._in_graph().get_next_as_optional()
        components = self.next_components()
        if components is None:
            return Optional.empty(self.element_spec)
        return Optional(self._pack(components), self.element_spec)

    def existing_components(self) -> Any:
        """The components of the next element, which is expected to be there."""
        components = self.next_components()
        if components is None:
            raise OutOfRangeError(
                f"Iterator.get_next expected a further element. Received: the end of "
                f"{self._dataset.stage}, after {self._position} elements"
            )
        return components

    @property
    def element_spec(self) -> Any:
        """The spec of the elements."""
        return self._dataset.element_spec

    @property
    def layout(self) -> Any:
        """The structure of the elements."""
        return self._dataset.layout

    def __graph_iterate__(self, body: Any, state: Any) -> Any:
        from eagre.data.graph_iteration import iterate

        return iterate(self, body, state)

    # Where it stands --------------------------------------------------------------------------

    def state(self) -> Any:
        """Where the iterator stands: lists, numbers and texts, and no elements."""
        return [self._position, self._run.state()]

    def restore(self, state: Any) -> None:
        """Go to where an iterator of the same dataset stood when it gave this state."""
        before = self._run, self._position
        try:
            with ambient.outside(None):
                self._run = Run(self._dataset, 0, clock=self._new_clock())
                self._position, inner = state
                self._run.restore(self._dataset, inner)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            self._run, self._position = before
            raise InvalidArgumentError(
                "Iterator.restore expected the state of an iterator of the same dataset. "
                f"Received: {state!r:.80}, for {self._dataset!r}"
            ) from error
        self._clock.begin(self._position)
        self._next = self._run.cursor.next

    def __checkpoint__(self) -> dict[str, Any]:
        import json

        return {"state": json.dumps(self.state(), separators=(",", ":"))}

    def __restore__(self, values: Any) -> None:
        import json

        text = values["state"]
        text = text.item() if hasattr(text, "item") else text
        self.restore(json.loads(text))

    def __repr__(self) -> str:
        return f"<Iterator at {self._position} of {self._dataset!r}>"


class IteratorSpec(TypeSpec):
    """What is known of an iterator: the spec of its elements.

    >>> tf.data.IteratorSpec(tf.TensorSpec([], tf.int64))
    IteratorSpec(TensorSpec(shape=(), dtype=tf.int64, name=None))
    """

    __slots__ = ("element_spec",)

    def __init__(self, element_spec: Any) -> None:
        self.element_spec = element_spec

    @property
    def value_type(self) -> type:
        """The class of the values."""
        return Iterator

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether an iterator, or one of a spec, has elements that fit."""
        other = getattr(spec_or_value, "element_spec", None)
        return other is not None and are_compatible(self.element_spec, other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IteratorSpec) and self.element_spec == other.element_spec

    def __hash__(self) -> int:
        return hash(tuple(structure.flatten(self.element_spec)))

    def __repr__(self) -> str:
        return f"IteratorSpec({self.element_spec!r})"


class NumpyIterator:
    """The elements of a dataset with NumPy arrays for tensors: `dataset.as_numpy_iterator()`."""

    def __init__(self, dataset: Dataset) -> None:
        self._iterator = Iterator(dataset)

    def __iter__(self) -> NumpyIterator:
        return self

    def __next__(self) -> Any:
        element = next(self._iterator)
        if structure.is_nested(element):
            return structure.map_structure(lambda tensor: tensor.numpy(), element)
        return element.numpy()

    def state(self) -> Any:
        """Where the iterator stands."""
        return self._iterator.state()

    def restore(self, state: Any) -> None:
        """Go to where an iterator of the same dataset stood when it gave this state."""
        self._iterator.restore(state)

    def __checkpoint__(self) -> dict[str, Any]:
        return self._iterator.__checkpoint__()

    def __restore__(self, values: Any) -> None:
        self._iterator.__restore__(values)
