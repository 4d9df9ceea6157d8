"""Elements that a Python generator yields."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec, TypeSpec
from eagre.data.cursors import Course, Cursor, Element
from eagre.data.dataset import Dataset
from eagre.data.sources import arrays_of
from eagre.data.specs import UNKNOWN, normalized

_NAME = "Dataset.from_generator"


def signature_of(output_types: Any, output_shapes: Any, output_signature: Any) -> Any:
    """The element spec that the arguments of `from_generator` declare."""
    if output_signature is not None:
        if output_types is not None or output_shapes is not None:
            raise TypeError(
                f"{_NAME} expected output_signature alone, or output_types with output_shapes. "
                "Received: both"
            )
        return normalized(output_signature, _NAME, _checked_spec)
    if output_types is None:
        raise TypeError(
            f"{_NAME} expected output_signature, a structure of tf.TensorSpec. Received: None"
        )
    types = normalized(output_types, _NAME, lambda value, name: dtypes.as_dtype(value))
    if output_shapes is None:
        return structure.map_structure(lambda dtype: TensorSpec.of(None, dtype), types)
    flat = _up_to(types, output_shapes)
    specs = [TensorSpec(s, d) for s, d in zip(flat, structure.flatten(types), strict=True)]
    return structure.pack_sequence_as(types, specs)


def _checked_spec(value: Any, name: str) -> Any:
    if not isinstance(value, TypeSpec):
        raise TypeError(
            f"{name} expected output_signature to be a structure of tf.TensorSpec. "
            f"Received: {described(value)}"
        )
    return value


def _up_to(types: Any, shapes: Any) -> list[Any]:
    """The shapes that stand in the places of the types: shapes are nests themselves."""
    if not structure.is_nested(types):
        return [shapes]
    pairs = (
        [(types[key], shapes[key]) for key in sorted(types)]
        if hasattr(types, "keys")
        else list(zip(types, shapes, strict=True))
    )
    return [shape for part, below in pairs for shape in _up_to(part, below)]


class FromGenerator(Dataset):
    """What a function yields, which is called for each pass."""

    def __init__(self, function: Any, spec: Any, args: Any) -> None:
        if not callable(function):
            raise TypeError(
                f"{_NAME} expected a function that returns an iterable. "
                f"Received: generator={described(function)}"
            )
        super().__init__(spec, stage="from_generator")
        self.function = function
        self.args = [to_tensor(arg, name=_NAME) for arg in args or ()]

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _GeneratorCursor(self)

    def components(self, value: Any, position: int) -> Element:
        """The components of what was yielded, if it fits the signature."""
        spec = self.layout.spec
        if not structure.is_nested(spec):
            return (self._component(value, spec, position, "element"),)
        element = normalized(value, _NAME, _Leaf)
        if structure.paths(element, "element") != self.layout.places():
            raise DTypeMismatchError(
                f"{_NAME} expected values in the structure of the signature, {spec!r}. Received: "
                f"{value!r:.200} as element {position}"
            )
        leaves = zip(structure.flatten(element), self.layout.leaves, self.layout.places(),
                     strict=True)  # fmt: skip
        return tuple([self._component(x.value, leaf, position, at) for x, leaf, at in leaves])

    def _component(self, value: Any, spec: Any, position: int, place: str) -> Any:
        place = f"{place} of element {position}" if place != "element" else f"element {position}"
        try:
            array = arrays_of(to_tensor(value, spec.dtype, name=_NAME))
        except (TypeError, ValueError, OverflowError) as error:
            raise DTypeMismatchError(
                f"{_NAME} expected values of {spec.dtype.name}, as the signature says. Received: "
                f"{described(value)} as {place}"
            ) from error
        if not spec.is_compatible_with(TensorSpec.of(array.shape, spec.dtype)):
            raise InvalidArgumentError(
                f"{_NAME} expected values of shape {spec.shape}, as the signature says. Received: "
                f"a value of shape {array.shape} as {place}"
            )
        return array


class _Leaf:
    """A value that is one leaf, though it may be a list."""

    __slots__ = ("value",)

    def __init__(self, value: Any, name: str) -> None:
        self.value = value


class _GeneratorCursor(Cursor):
    __slots__ = ("_dataset", "_position", "_values")

    def __init__(self, dataset: FromGenerator) -> None:
        self._dataset = dataset
        self._values: Any = None
        self._position = 0

    def next(self) -> Element | None:
        if self._values is None:
            args: list[Any] = [arrays_of(arg).copy()[()] for arg in self._dataset.args]
            values: Any = self._dataset.function(*args)
            self._values = iter(values)
        position = self._position
        for value in self._values:
            self._position = position + 1
            return self._dataset.components(value, position)
        return None

    def state(self) -> Any:
        return self._position

    def restore(self, state: Any) -> None:
        self.skip(state)
