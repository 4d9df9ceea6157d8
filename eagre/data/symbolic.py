"""Datasets of tensors of a function that is being traced: they are made anew when its graph runs.

While a function is traced, a dataset notes the arguments that it was made of. A running graph has
values for the symbolic tensors among them, and makes the same dataset of these.
"""

from __future__ import annotations

from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any

from eagre.core.tensor import SymbolicTensor
from eagre.data.cursors import pipeline
from eagre.data.functions import ElementFunction
from eagre.data.specs import is_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eagre.data.dataset import Dataset


def symbols_of(dataset: Dataset) -> list[SymbolicTensor]:
    """The symbolic tensors that a pipeline depends on, each once."""
    found: dict[int, SymbolicTensor] = {}
    for stage in pipeline(dataset):
        for symbol in _own_symbols(stage):
            found[id(symbol)] = symbol
    return list(found.values())


def _own_symbols(stage: Dataset) -> Iterator[SymbolicTensor]:
    args, kwargs = stage.made_of or ((), {})
    for function in _functions(stage):
        yield from [x for x in function.traced()[1] if isinstance(x, SymbolicTensor)]
    yield from _symbols(([*args], kwargs))


def _functions(stage: Dataset) -> list[ElementFunction]:
    return [each for each in vars(stage).values() if isinstance(each, ElementFunction)]


def _symbols(value: Any) -> Iterator[SymbolicTensor]:
    if isinstance(value, SymbolicTensor):
        yield value
    elif isinstance(value, dict):
        yield from _symbols(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _symbols(each)
    elif isinstance(value, FunctionType):
        yield from _symbols([cell.cell_contents for cell in _filled(value)])


def _filled(function: FunctionType) -> list[CellType]:
    """The closure of a function, but for the cells that are still empty."""
    empty = CellType()
    return [cell for cell in function.__closure__ or () if cell != empty]


def with_values(dataset: Dataset, symbols: list[SymbolicTensor], values: Any) -> Dataset:
    """The dataset, made of values in the place of symbolic tensors."""
    if not symbols:
        return dataset
    known = {id(symbol): value for symbol, value in zip(symbols, values, strict=True)}
    return _Making(known).dataset(dataset)


class _Making:
    """Makes datasets anew, each once."""

    def __init__(self, known: dict[int, Any]) -> None:
        self._known = known
        self._made: dict[int, Dataset] = {}

    def dataset(self, node: Dataset) -> Dataset:
        """The dataset for a dataset; the same one if nothing in it is symbolic."""
        if id(node) not in self._made:
            self._made[id(node)] = self._anew(node)
        return self._made[id(node)]

    def _anew(self, node: Dataset) -> Dataset:
        is_symbolic = any(True for _ in _own_symbols(node))
        changes = any(self.dataset(each) is not each for each in node.inputs)
        if node.made_of is None or not (is_symbolic or changes):
            return node
        functions = {id(each.function): each for each in _functions(node)}
        args, kwargs = node.made_of
        found = type(node)(
            *[self._value(each, functions) for each in args],
            **{name: self._value(each, functions) for name, each in kwargs.items()},
        )
        found.line = node.line
        if node.seed is not None and not node.seed.is_given:
            found.seed = node.seed
        return found

    def _value(self, value: Any, functions: dict[int, ElementFunction]) -> Any:
        if isinstance(value, SymbolicTensor):
            return self._known[id(value)]
        if is_dataset(value):
            return self.dataset(value)
        if id(value) in functions:
            known = functions[id(value)]
            captures = [self._known.get(id(x), x) for x in known.traced()[1]]
            return known.like(self._closed(value), captures)
        if isinstance(value, FunctionType):
            return self._closed(value)
        if isinstance(value, dict):
            # A copy keeps the class of the mapping.
            found = value.copy()
            found.update({key: self._value(part, functions) for key, part in value.items()})
            return found
        if isinstance(value, list | tuple):
            parts = [self._value(part, functions) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        return value

    def _closed(self, function: Any) -> Any:
        """A function that runs as Python, with values in its closure."""
        if not isinstance(function, FunctionType) or not any(True for _ in _symbols(function)):
            return function
        filled = {id(cell) for cell in _filled(function)}
        cells = [
            CellType(self._value(cell.cell_contents, {})) if id(cell) in filled else cell
            for cell in function.__closure__ or ()
        ]
        found = FunctionType(
            function.__code__, function.__globals__, function.__name__, function.__defaults__,
            tuple(cells),
        )  # fmt: skip
        found.__kwdefaults__ = function.__kwdefaults__
        return found
