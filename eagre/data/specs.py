"""What is known of elements: their specs, and the way between an element and its components.

An element is a structure of tensors and datasets. On its way through a pipeline it is a flat tuple
of *components*: NumPy arrays, and datasets as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec, TypeSpec
from eagre.core.tensor import SymbolicTensor, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.data.dataset import Dataset

INFINITE = -1
UNKNOWN = -2


class DatasetSpec(TypeSpec):
    """What is known of a dataset that is an element: the spec of its own elements.

    >>> tf.data.Dataset.range(4).window(2).element_spec
    DatasetSpec(TensorSpec(shape=(), dtype=tf.int64, name=None), TensorShape([]))
    """

    __slots__ = ("element_spec",)

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self.element_spec = element_spec

    @property
    def value_type(self) -> type:
        """The class of the values: `tf.data.Dataset`."""
        from eagre.data.dataset import Dataset

        return Dataset

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a dataset, or a dataset of a spec, has elements that fit."""
        other = getattr(spec_or_value, "element_spec", None)
        return other is not None and are_compatible(self.element_spec, other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatasetSpec) and self.element_spec == other.element_spec

    def __hash__(self) -> int:
        return hash(tuple(structure.flatten(self.element_spec)))

    def __repr__(self) -> str:
        return f"DatasetSpec({self.element_spec!r}, TensorShape([]))"


class Layout:
    """The structure of elements: `spec`, its flat `leaves`, and `pack`, which makes elements."""

    __slots__ = ("leaves", "pack", "spec")

    def __init__(self, spec: Any) -> None:
        self.spec = spec
        self.leaves: list[Any] = structure.flatten(spec)
        self.pack: Callable[[Any], Any] = _packer(spec, self.leaves)

    def places(self) -> list[str]:
        """How messages call the components: `element['x'][0]`."""
        return structure.paths(self.spec, "element")


def _packer(spec: Any, leaves: list[Any]) -> Callable[[Any], Any]:
    """The function that makes an element of components; the usual structures go a short way."""
    if all(isinstance(leaf, TensorSpec) for leaf in leaves):
        if not structure.is_nested(spec):
            return lambda parts: wrap(parts[0])
        if spec.__class__ is tuple and len(spec) == len(leaves) and leaves == list(spec):
            return lambda parts: tuple([wrap(part) for part in parts])
    return lambda parts: structure.pack_sequence_as(spec, [_shown(part) for part in parts])


def _shown(part: Any) -> Any:
    return wrap(part) if isinstance(part, np.ndarray) else part


def normalized(value: Any, name: str, leaf: Any = None) -> Any:
    """The element with tensors for leaves. Lists are values and not structures, as in `tf.data`."""
    if value.__class__ is not list and structure.is_nested(value):
        parts = [normalized(part, name, leaf) for part in _parts(value)]
        shallow = structure.pack_sequence_as(_shallow(value), list(range(len(parts))))
        return structure.map_structure(parts.__getitem__, shallow) if parts else value
    return (leaf or _as_value)(value, name)


def _parts(value: Any) -> list[Any]:
    if hasattr(value, "keys"):
        return [value[key] for key in sorted(value)]
    if hasattr(value, "__attrs_attrs__"):
        return [getattr(value, each.name) for each in value.__attrs_attrs__]
    return list(value)


def _shallow(value: Any) -> Any:
    """The outermost nest with leaves for parts."""
    if hasattr(value, "keys"):
        return dict.fromkeys(value, 0) if value.__class__ is dict else _emptied(value)
    if hasattr(value, "__attrs_attrs__"):
        return _emptied(value)
    if hasattr(value, "_fields"):
        return value.__class__(*[0] * len(value))
    return tuple([0] * len(value))


def _emptied(value: Any) -> Any:
    """A nest of a rarer class with a leaf in the place of each of its parts."""
    from copy import copy

    made = copy(value)
    for name in value if hasattr(value, "keys") else [a.name for a in value.__attrs_attrs__]:
        if hasattr(value, "keys"):
            made[name] = 0
        else:
            object.__setattr__(made, name, 0)
    return made


def _as_value(value: Any, name: str) -> Any:
    return value if is_dataset(value) else as_value(value, name)


def as_value(value: Any, name: str, dtype: Any = None) -> Any:
    """The tensor of a value: one with a value of its own, unless it depends on a trace."""
    if value is None:
        raise TypeError(f"{name} expected tensors. Received: None")
    is_symbolic = any(isinstance(x, SymbolicTensor) for x in structure.flatten(value))
    if is_symbolic or ambient.executing_eagerly():
        return to_tensor(value, dtype, name=name)
    with ambient.outside(None):
        return to_tensor(value, dtype, name=name)


def is_dataset(value: Any) -> bool:
    """Whether a value is a dataset."""
    return hasattr(type(value), "__dataset__")


def spec_of(value: Any) -> Any:
    """The spec of a leaf of an element."""
    return DatasetSpec(value.element_spec) if is_dataset(value) else value.spec


def are_compatible(spec: Any, other: Any) -> bool:
    """Whether one element can have both specs."""
    try:
        structure.assert_same_structure(spec, other, check_types=False)
    except (TypeError, ValueError):
        return False
    pairs = zip(structure.flatten(spec), structure.flatten(other), strict=True)
    return all(type(a) is type(b) and a.is_compatible_with(b) for a, b in pairs)


def common_spec(spec: Any, others: list[Any], name: str) -> Any:
    """The spec that all elements of several datasets have."""
    for other in others:
        if not _have_one_kind(spec, other):
            raise TypeError(
                f"{name} expected elements of one structure and the same dtypes. "
                f"Received: {spec!r} and {other!r}"
            )
        spec = structure.map_structure(_common_leaf, spec, other, check_types=False)
    return spec


def _have_one_kind(spec: Any, other: Any) -> bool:
    try:
        structure.assert_same_structure(spec, other, check_types=False)
    except (TypeError, ValueError):
        return False
    pairs = zip(structure.flatten(spec), structure.flatten(other), strict=True)
    return all(type(a) is type(b) and _dtype(a) == _dtype(b) for a, b in pairs)


def _dtype(spec: Any) -> Any:
    return getattr(spec, "dtype", None)


def _common_leaf(a: Any, b: Any) -> Any:
    if isinstance(a, DatasetSpec):
        return DatasetSpec(common_spec(a.element_spec, [b.element_spec], "Dataset"))
    shape = a.shape.most_specific_compatible_shape(b.shape)
    return TensorSpec.of(shape.sizes, a.dtype)


def integer(value: Any, name: str, least: int | None = None) -> Any:
    """A Python integer from what an argument gives; None where only a running graph knows it."""
    if isinstance(value, SymbolicTensor):
        return None
    tensor: Any = value
    if not isinstance(value, int) or isinstance(value, bool):
        with ambient.outside(None):
            tensor = to_tensor(value, name=name)
        if tensor.sizes not in ((), (1,)) or not tensor.dtype.is_integer:
            raise TypeError(f"{name} expected an integer. Received: {described(value)}")
        tensor = tensor.array.item()
    if least is not None and tensor < least:
        raise InvalidArgumentError(
            f"{name} expected an integer of at least {least}. Received: {tensor}"
        )
    return tensor


def with_batch(spec: Any, size: int | None, name: str) -> Any:
    """The spec of batches of elements."""

    def one(leaf: Any) -> Any:
        if not isinstance(leaf, TensorSpec):
            raise TypeError(f"{name} expected elements of tensors. Received: {leaf!r}")
        return TensorSpec.of(None if leaf.sizes is None else (size, *leaf.sizes), leaf.dtype)

    return structure.map_structure(one, spec)


def without_batch(spec: Any, name: str) -> Any:
    """The spec of the rows of elements."""

    def one(leaf: Any) -> Any:
        if not isinstance(leaf, TensorSpec) or leaf.sizes == ():
            raise ValueError(
                f"{name} expected tensors with at least one axis. Received: {leaf!r}"
            )
        return TensorSpec.of(None if leaf.sizes is None else leaf.sizes[1:], leaf.dtype)

    return structure.map_structure(one, spec)


def datasets_in(nest: Any, name: str) -> list[Dataset]:
    """The datasets that are the leaves of a structure."""
    found = structure.flatten(nest)
    for each in found:
        if not is_dataset(each):
            raise TypeError(f"{name} expected datasets. Received: {described(each)}")
    return found
