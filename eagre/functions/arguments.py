"""The arguments of a call as data: what becomes a tensor of the graph, and what chooses the graph.

Tensors, arrays and variables are *leaves*: a graph takes them as inputs, and only their specs
matter for the choice. All else is part of the choice: numbers and strings by value, other objects
by identity. Two calls with equal keys run the same graph.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.dtypes import DType
from eagre.core.python_numbers import described
from eagre.core.shapes import TensorShape
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor, SymbolicTensor
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Arguments:
    """What was read from the arguments of a call: parts of the key, leaves, and objects that the
    key knows by identity."""

    __slots__ = ("leaves", "objects", "parts")

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.parts: list[Any] = []
        self.leaves: list[Any] = []
        self.objects: list[Any] = []
        for value in args:
            if value.__class__ is EagerTensor:
                array = value.array
                self.leaves.append(value)
                self.parts.append((array.dtype, array.shape))
            else:
                self.read(value)
        if kwargs:
            self.read(kwargs)

    def read(self, value: Any) -> None:
        """Add what one argument says."""
        reader = _READERS.get(value.__class__) or _reader_for(value)
        reader(self, value)

    def _read_tensor(self, value: Any) -> None:
        self.leaves.append(value)
        self.parts.append((value.dtype.numpy, value.sizes))

    def _read_spec(self, value: TensorSpec) -> None:
        self.leaves.append(value)
        self.parts.append((value.dtype.numpy, value.sizes))

    def _read_array(self, value: Any) -> None:
        self._read_tensor(to_tensor(value))

    def _read_variable(self, variable: Variable) -> None:
        """A variable by its spec, and by the place where it was met before, if it was."""
        handle: Any = variable.handle
        place = next((i for i, leaf in enumerate(self.leaves) if leaf is handle), None)
        self.leaves.append(handle)
        spec = handle.spec.value
        self.parts.append((Variable, spec.dtype.numpy, spec.sizes, variable.trainable, place))

    def _read_list(self, value: Any) -> None:
        self.parts.append((value.__class__, len(value)))
        for part in value:
            self.read(part)

    def _read_dictionary(self, value: Any) -> None:
        try:
            keys = sorted(value)
        except TypeError:
            keys = structure.flatten(value)  # which says what keys it expects
        self.parts.append((dict, *keys))
        for key in keys:
            self.read(value[key])

    def _read_nest(self, value: Any) -> None:
        self.parts.append((value.__class__, *structure.paths(value, expand_composites=True)))
        for part in structure.flatten(value, expand_composites=True):
            self.read(part)

    def _read_value(self, value: Any) -> None:
        self.parts.append((value.__class__, value))

    def _read_float(self, value: Any) -> None:
        """By all bits: -0.0 is not 0.0, and NaN is itself."""
        self.parts.append((value.__class__, repr(value)))

    def _read_object(self, value: Any) -> None:
        value = _lasting(value)
        self.objects.append(value)
        self.parts.append((value.__class__, id(value)))


_READERS: dict[type, Callable[[Arguments, Any], None]] = {
    SymbolicTensor: Arguments._read_tensor,
    EagerTensor: Arguments._read_tensor,
    Variable: Arguments._read_variable,
    np.ndarray: Arguments._read_array,
    list: Arguments._read_list,
    tuple: Arguments._read_list,
    dict: Arguments._read_dictionary,
    float: Arguments._read_float,
    complex: Arguments._read_float,
}
for _kind in (type(None), bool, int, str, bytes, frozenset, range, DType, TensorShape):
    _READERS[_kind] = Arguments._read_value


def _reader_for(value: Any) -> Callable[[Arguments, Any], None]:
    """How arguments of a further type are read."""
    if isinstance(value, TensorSpec):
        return Arguments._read_spec
    if isinstance(value, Variable):
        return Arguments._read_variable
    if structure.is_nested(value) or hasattr(value, "__composite__"):
        return Arguments._read_nest
    if isinstance(value, np.generic) or hasattr(value, "__array__") or hasattr(value, "__tensor__"):
        return Arguments._read_array
    try:
        weakref.ref(value)
    except TypeError:
        return _reader_without_references(value)
    return Arguments._read_object


def _reader_without_references(value: Any) -> Callable[[Arguments, Any], None]:
    try:
        hash(value)
    except TypeError:
        raise TypeError(
            "function expected arguments that it can tell apart: tensors, numbers, strings, lists, "
            "tuples and dictionaries of such, or objects that weak references may refer to. "
            f"Received: {described(value)}. Give its class a slot __weakref__, or pass its parts."
        ) from None
    return Arguments._read_value


def substitute(
    args: Any, kwargs: Any, stand_ins: Sequence[Any], integers: dict[int, Any] | None = None
) -> tuple[Any, Any]:
    """The arguments with stand-ins in the places of the leaves, and of integers by their count."""
    nest = (args, kwargs)
    remaining, count = iter(stand_ins), 0
    flat = structure.flatten(nest, expand_composites=True)
    for place, value in enumerate(flat):
        if is_leaf(value):
            flat[place] = next(remaining)
        elif value.__class__ is int:
            flat[place] = (integers or {}).get(count, value)
            count += 1
    return structure.pack_sequence_as(nest, flat, expand_composites=True)


_LEAF_READERS = (
    Arguments._read_tensor,
    Arguments._read_spec,
    Arguments._read_array,
    Arguments._read_variable,
)


def without_objects(args: Any, kwargs: Any) -> tuple[Any, Any]:
    """The arguments with weak references in the places of objects that are known by identity."""
    nest = (args, kwargs)
    flat = structure.flatten(nest)
    kept = [weakref.ref(_lasting(value)) if _is_object(value) else value for value in flat]
    return structure.pack_sequence_as(nest, kept)


def _lasting(value: Any) -> Any:
    """The object by which an argument is known: that of a method outlives it."""
    lasting = getattr(value.__class__, "__lasting__", None)
    return value if lasting is None else lasting(value)


def _is_object(value: Any) -> bool:
    reader = _READERS.get(value.__class__) or _reader_for(value)
    return reader is Arguments._read_object


def is_leaf(value: Any) -> bool:
    """Whether an argument is an input of the graph."""
    reader = _READERS.get(value.__class__) or _reader_for(value)
    return reader in _LEAF_READERS


def spec_of(leaf: Any) -> TensorSpec:
    """What a graph has to know of a leaf."""
    return leaf if isinstance(leaf, TensorSpec) else leaf.spec
