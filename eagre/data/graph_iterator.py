"""Iterators in functions: what `iter(dataset)` and `next(iterator)` are while a graph is traced.

Python calls within the graph make the iterator and fetch its elements; they have an effect, so they
keep their order. The iterator itself is the value of a tensor, and ends with it.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

import numpy as np

from eagre.control.host_calls import OBJECT, boxed, host_call
from eagre.core import ambient, dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.errors import OperatorNotAllowedInGraphError
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.data.optional import Optional, nothing
from eagre.data.symbolic import symbols_of, with_values

_FLAG = TensorSpec.of((), dtypes.bool_)

MOST_IN_TRACES = 1000


class GraphIterator:
    """An iterator of the running graph: what `iter(dataset)` returns in a traced function.

    It stands for one that each run of the graph makes anew, or for `source` itself where that is
    an iterator already.
    """

    def __init__(self, source: Any) -> None:
        self._source = source
        self._handle: Any = None
        self._asked: tuple[Any, int] = (None, 0)
        if not hasattr(source, "get_next"):
            (self._handle,) = _made(source)

    @property
    def element_spec(self) -> Any:
        """The spec of the elements."""
        return self._source.element_spec

    def __iter__(self) -> GraphIterator:
        return self

    def __next__(self) -> Any:
        """The next element for Python, where a Python loop would not see an end."""
        graph = getattr(ambient.interpreter(), "graph", None)
        before, count = self._asked
        count = count + 1 if before is not None and before() is graph else 1
        if count > MOST_IN_TRACES:
            raise OperatorNotAllowedInGraphError(
                f"iter() of a dataset expected at most {MOST_IN_TRACES} elements to be taken by "
                f"Python while a function is traced, where the end is not known. Received: "
                f"{self._source!r}. Let AutoGraph convert the loop, or use dataset.reduce."
            )
        self._asked = (None if graph is None else ref(graph), count)
        return self.get_next()

    def get_next(self) -> Any:
        """The next element when the graph runs; without one that is an OutOfRangeError."""
        return self._packed(self._call(_fetch, self._specs()))

    def get_next_as_optional(self) -> Optional:
        """The next element when the graph runs as an optional, which is empty at the end."""
        flag, *parts = self.attempt(to_tensor(True))
        return Optional(self._packed(parts), self.element_spec, flag)

    def attempt(self, goes_on: Any) -> tuple[Any, ...]:
        """Whether there is a next element, and its parts; none is fetched unless `goes_on`."""
        return tuple(self._call(_attempt, (_FLAG, *self._specs()), goes_on))

    def element(self, parts: Any) -> Any:
        """An element of its parts."""
        return self._packed(parts)

    def _packed(self, parts: Any) -> Any:
        return structure.pack_sequence_as(self.element_spec, list(parts))

    def _specs(self) -> tuple[TensorSpec, ...]:
        return specs_of(self._source)

    def _call(self, function: Any, specs: Any, *inputs: Any) -> Any:
        """`function(iterator, specs, *inputs)`, when the graph runs."""
        source, inner = self._source, specs

        def of_source(*values: Any) -> Any:
            return function(source, inner, *values)

        def of_handle(handle: Any, *values: Any) -> Any:
            return function(handle.array.item(), inner, *values)

        if self._handle is None:
            return apply(host_call, inputs, {"function": of_source, "specs": specs})
        inputs = (self._handle, *inputs)
        return apply(host_call, inputs, {"function": of_handle, "specs": specs})

    def __graph_iterate__(self, body: Any, state: Any) -> Any:
        from eagre.data.graph_iteration import iterate

        return iterate(self, body, state)

    def __repr__(self) -> str:
        return f"<Iterator in a graph of {self._source!r}>"


def specs_of(iterable: Any) -> tuple[TensorSpec, ...]:
    """The specs of the components, which have to be tensors."""
    leaves = iterable.layout.leaves
    if not all(isinstance(leaf, TensorSpec) for leaf in leaves):
        raise TypeError(
            "for over a dataset in a function expected elements of tensors. "
            f"Received: element_spec={iterable.element_spec!r}"
        )
    return tuple(leaves)


def _made(dataset: Any) -> Any:
    """The handle of a new iterator of the dataset."""
    symbols = symbols_of(dataset)

    def make(*values: Any) -> Any:
        return [wrap(boxed(iter(with_values(dataset, symbols, values))))]

    return apply(host_call, tuple(symbols), {"function": make, "specs": (OBJECT,)})


# When the graph runs --------------------------------------------------------------------------


def _fetch(iterator: Any, specs: Any) -> Any:
    return [wrap(part) for part in iterator.existing_components()]


def _attempt(iterator: Any, specs: Any, goes_on: Any) -> Any:
    parts = iterator.next_components() if goes_on.array else None
    if parts is None:
        return [wrap(np.array(False)), *map(nothing, specs[1:])]
    return [wrap(np.array(True)), *map(wrap, parts)]
