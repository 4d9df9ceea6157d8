"""What is computed of a whole dataset: reduce, get_single_element."""

from __future__ import annotations

from typing import Any

from eagre.core import ambient, structure
from eagre.core.errors import InvalidArgumentError
from eagre.data.cursors import Element, Run
from eagre.data.dataset import Dataset
from eagre.data.functions import ElementFunction
from eagre.data.mapping import first_of, relaxed_state
from eagre.data.sources import arrays_of
from eagre.data.specs import normalized, spec_of


def reduced(source: Dataset, initial: Any, function: Any) -> Any:
    """The last state of a scan whose function returns states alone."""
    if not ambient.executing_eagerly():
        from eagre.data.graph_iteration import reduce_in_graph

        return reduce_in_graph(source, initial, function)
    name = "Dataset.reduce"
    state = normalized(initial, f"{name}(initial_state)")
    values: Element = tuple([arrays_of(value) for value in structure.flatten(state)])

    def sample() -> Any:
        element = first_of(source)
        return None if element is None else (values, element)

    found, _ = reduction(source, state, function, sample)
    with ambient.outside(None):
        cursor = Run(source).cursor
        while (element := cursor.next()) is not None:
            values = found(values, element)
    return found.layout.pack(values)


def reduction(
    source: Dataset, state: Any, function: Any, sample: Any
) -> tuple[ElementFunction, Any]:
    """The function of `reduce`, and the spec that a state has before and after each element."""
    name = "Dataset.reduce"
    spec = structure.map_structure(spec_of, state)
    found = ElementFunction(name, function, [spec, source.element_spec], sample)
    for _ in range(20):
        relaxed = relaxed_state(spec, found.spec, name)
        if relaxed == spec:
            break
        spec = relaxed
        found = ElementFunction(name, function, [spec, source.element_spec], sample)
    return found, spec


def as_single(source: Dataset) -> Any:
    """The only element."""
    if not ambient.executing_eagerly():
        from eagre.data.graph_iteration import single_in_graph

        return single_in_graph(source)
    name = "Dataset.get_single_element"
    with ambient.outside(None):
        elements = Run(source).cursor.elements(2)
    if len(elements) != 1:
        count = "none" if not elements else "more than one"
        raise InvalidArgumentError(f"{name} expected a dataset of one element. Received: {count}")
    return source.layout.pack(elements[0])
