"""What identifies a pipeline: its stages, what they were given, their functions, and their data.

Two pipelines have one fingerprint when they are written alike, in one program or in two. Lines,
names of files of Python, values of variables and seeds drawn by chance are no part of it.
"""

from __future__ import annotations

import hashlib
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from eagre.core.dtypes import DType
from eagre.core.specs import TypeSpec
from eagre.core.tensor import EagerTensor, Tensor
from eagre.data.cursors import Seed, pipeline
from eagre.data.dataset import Dataset
from eagre.data.functions import ElementFunction
from eagre.data.specs import is_dataset
from eagre.graph.graph import Graph

_PASSED = frozenset({
    "calls", "clock", "inputs", "is_any_order_allowed", "layout", "line", "logs", "made_of",
    "number", "own_options", "pace", "places", "seed", "stage",
})  # fmt: skip
"""Attributes of stages that are told in another way, or on which no element depends."""


def fingerprint(dataset: Dataset) -> str:
    """Sixteen hexadecimal digits that differ from those of other pipelines."""
    return _Digest().of(dataset)


class _Digest:
    """Takes in what it is shown, with its kind before it; each object once."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._seen: dict[int, int] = {}
        self._kept: list[Any] = []

    def of(self, dataset: Dataset) -> str:
        """The digest of a pipeline."""
        self._dataset(dataset)
        return self._hash.hexdigest()[:16]

    def _note(self, *texts: Any) -> None:
        for text in texts:
            data = text if isinstance(text, bytes) else str(text).encode()
            self._hash.update(len(data).to_bytes(8, "little") + data)

    def _dataset(self, dataset: Dataset) -> None:
        stages = [stage for stage in pipeline(dataset) if not stage.is_same]
        places = {id(stage): place for place, stage in enumerate(stages)}
        for stage in stages:
            self._note("stage", type(stage).__qualname__, stage.stage, stage.element_spec)
            self._note(*[places[id(_behind(each))] for each in stage.inputs])
            if isinstance(stage.seed, Seed) and "seed" not in stage.incidental:
                given = stage.seed.base if stage.seed.is_given else "by chance"
                self._note("seed", given, stage.seed.differs)
            for name in sorted(vars(stage).keys() - _PASSED - stage.incidental):
                self._note(name)
                self._value(getattr(stage, name))

    def _value(self, value: Any) -> None:
        if value is None or isinstance(value, bool | int | float | str | bytes | DType | TypeSpec):
            self._note(type(value).__name__, value)
        elif isinstance(value, np.ndarray | np.generic):
            self._array(np.asarray(value))
        elif isinstance(value, EagerTensor):
            self._array(value.array)
        elif isinstance(value, list | tuple):
            self._note("list", len(value))
            for each in value:
                self._value(each)
        elif isinstance(value, dict):
            self._note("dict", len(value))
            for key in sorted(value, key=repr):
                self._value(key)
                self._value(value[key])
        else:
            self._object(value)

    def _array(self, array: Any) -> None:
        self._note("array", array.dtype, array.shape)
        if array.dtype == object:
            self._note(*[text if isinstance(text, bytes) else repr(text) for text in array.flat])
        else:
            self._note(np.ascontiguousarray(array).tobytes())

    def _object(self, value: Any) -> None:
        if id(value) in self._seen:
            self._note("again", self._seen[id(value)])
            return
        self._seen[id(value)] = len(self._seen)
        # What was seen has to live on: its identity is what tells it from others.
        self._kept.append(value)
        if is_dataset(value):
            self._dataset(value)
        elif isinstance(value, ElementFunction):
            self._function(value)
        elif isinstance(value, FunctionType | MethodType | BuiltinFunctionType | type):
            self._python(value)
        elif isinstance(value, Graph):
            self._graph(value)
        elif isinstance(value, Tensor):
            self._note("tensor", value.spec)
        else:
            self._note("object", type(value).__module__, type(value).__qualname__)
            function = getattr(value, "python_function", None)
            if function is not None:
                self._value(function)

    def _function(self, function: ElementFunction) -> None:
        graph, captures = function.traced()
        if graph is None:
            self._note("function", function.spec)
            self._value(function.function)
            return
        self._graph(graph)
        self._value(list(captures))

    def _graph(self, graph: Any) -> None:
        numbers = {id(x): place for place, x in enumerate((*graph.inputs, *graph.captured))}
        self._note("graph", *[x.spec for x in (*graph.inputs, *graph.captured)])
        for operation in graph.operations:
            inputs = [numbers.get(id(x), -1) for x in operation.inputs]
            self._note(operation.primitive.name, *inputs)
            self._value(operation.params)
            for output in operation.outputs:
                numbers[id(output)] = len(numbers)
        self._note(*[numbers.get(id(x), -1) for x in graph.outputs])

    def _python(self, function: Any) -> None:
        function = getattr(function, "__func__", function)
        self._note("python", getattr(function, "__qualname__", "").split(".")[-1])
        code = getattr(function, "__code__", None)
        if code is None:
            self._note(getattr(function, "__module__", ""))
            return
        self._code(code)
        self._value(getattr(function, "__defaults__", None))
        for cell in getattr(function, "__closure__", None) or ():
            self._value(_contents(cell))

    def _code(self, code: CodeType) -> None:
        self._note("code", code.co_code, *code.co_names, *code.co_varnames)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._code(constant)
            else:
                self._note(repr(constant))


def _behind(stage: Dataset) -> Dataset:
    """The stage whose elements a stage has that only passes them on."""
    while stage.is_same:
        stage = stage.inputs[0]
    return stage


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # It is empty so far.
        return None
