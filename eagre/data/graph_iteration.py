"""Datasets in functions: `for x in dataset` as a loop of the graph, `reduce` and their like.

Each run of the graph goes through the dataset with an iterator of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.control.host_calls import host_call
from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.data.graph_iterator import GraphIterator, specs_of
from eagre.data.results import reduction
from eagre.data.specs import normalized
from eagre.data.symbolic import symbols_of, with_values
from eagre.functions.autograph.branching import State
from eagre.functions.autograph.conversion import convert
from eagre.functions.autograph.looping import graph_loop
from eagre.ops.creation import constant

_NUMBER = TensorSpec.of((), dtypes.int64)


def cardinality_in_graph(dataset: Any) -> Any:
    """The number of elements that a dataset has when the graph runs."""
    symbols = symbols_of(dataset)
    if not symbols:
        return constant(dataset.size(), dtypes.int64)

    def count(*values: Any) -> Any:
        return [wrap(np.array(with_values(dataset, symbols, values).size(), np.int64))]

    (found,) = apply(host_call, tuple(symbols), {"function": count, "specs": (_NUMBER,)})
    return found


def single_in_graph(dataset: Any) -> Any:
    """The only element that a dataset has when the graph runs."""
    symbols = symbols_of(dataset)

    def fetch(*values: Any) -> Any:
        element = with_values(dataset, symbols, values).get_single_element()
        return structure.flatten(element)

    parts = apply(host_call, tuple(symbols), {"function": fetch, "specs": specs_of(dataset)})
    return structure.pack_sequence_as(dataset.element_spec, list(parts))


class _Step:
    """What `reduce` does for an element: the user's function, of a state and an element."""

    def __init__(self, function: Any, state: Any, spec: Any) -> None:
        self._function, self._state = convert(function), state
        values, leaves = structure.flatten(state), structure.flatten(spec)
        self._shapes = [
            (value, leaf.shape) for value, leaf in zip(values, leaves, strict=True)
        ]

    def options(self) -> Any:
        """The shapes that the state has before and after each element."""
        return {"shape_invariants": self._shapes}

    def __call__(self, element: Any, values: Any) -> Any:
        state = structure.pack_sequence_as(self._state, list(values))
        return structure.flatten(normalized(self._function(state, element), "Dataset.reduce"))


def reduce_in_graph(dataset: Any, initial: Any, function: Any) -> Any:
    """The last state, computed by a loop of the graph."""
    state = normalized(initial, "Dataset.reduce(initial_state)", to_value)
    values = structure.flatten(state)
    step = _Step(function, state, reduction(dataset, state, function, None)[1])
    return structure.pack_sequence_as(state, list(iterate(dataset, step, values)))


def to_value(value: Any, name: str) -> Any:
    """A part of the state as a tensor of the graph."""
    return to_tensor(value, name=name)


def iterate(iterable: Any, body: Any, values: Any) -> Any:
    """Let the graph call `body(element, values)`, which returns new values, for each element.

    `body.goes_on(values)`, where there is such a function, says whether a further element is
    wanted, and `body.names` what the values are called.
    """
    loop = _Loop(iterable, body, values)
    graph_loop("for", loop.test, loop.step, loop, getattr(body, "options", None))
    return loop.values


class _Loop(State):
    """What the loop carries: whether there is an element, its components, and the values."""

    __slots__ = ("body", "element", "iterator", "values")

    def __init__(self, iterable: Any, body: Any, values: Any) -> None:
        names = getattr(body, "names", None) or tuple([f"value_{n}" for n in range(len(values))])
        super().__init__(("ag__element", *names), self._get, self._put)
        self.body, self.values = body, tuple(values)
        self.iterator = iterable if isinstance(iterable, GraphIterator) else GraphIterator(iterable)
        self.element = self.iterator.attempt(self._goes_on())

    def _get(self) -> Any:
        return (self.element, *self.values)

    def _put(self, values: Any) -> None:
        self.element, self.values = values[0], tuple(values[1:])

    def test(self) -> Any:
        """Whether there is an element."""
        return self.element[0]

    def step(self) -> None:
        """Do the block for the element, and fetch the next one."""
        element = self.iterator.element(self.element[1:])
        self.values = tuple(self.body(element, self.values))
        self.element = self.iterator.attempt(self._goes_on())

    def _goes_on(self) -> Any:
        asked = getattr(self.body, "goes_on", None)
        return to_tensor(True if asked is None else asked(self.values))
