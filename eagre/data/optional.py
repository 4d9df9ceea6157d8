"""`tf.experimental.Optional`: an element that is there, or not."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec, TypeSpec
from eagre.core.tensor import EagerTensor, Tensor
from eagre.data.specs import normalized, spec_of
from eagre.primitives.checking import assertion


class OptionalSpec(TypeSpec):
    """What is known of an optional: the spec of its value.

    >>> tf.OptionalSpec(tf.TensorSpec([], tf.int32))
    OptionalSpec(TensorSpec(shape=(), dtype=tf.int32, name=None))
    """

    __slots__ = ("element_spec",)

    def __init__(self, element_spec: Any) -> None:
        self.element_spec = element_spec

    @property
    def value_type(self) -> type:
        """The class of the values."""
        return Optional

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether an optional, or one of a spec, has a value that fits."""
        other = getattr(spec_or_value, "element_spec", None)
        return other is not None and self.element_spec == other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OptionalSpec) and self.element_spec == other.element_spec

    def __hash__(self) -> int:
        return hash(tuple(structure.flatten(self.element_spec)))

    def __repr__(self) -> str:
        return f"OptionalSpec({self.element_spec!r})"


_REFUSAL = "Optional.get_value expected an optional with a value: ask has_value() first."


class Optional:
    """A value that may be there: what `iterator.get_next_as_optional()` returns.

    >>> iterator = iter(tf.data.Dataset.range(1))
    >>> first, second = iterator.get_next_as_optional(), iterator.get_next_as_optional()
    >>> bool(first.has_value()), first.get_value().numpy(), bool(second.has_value())
    (True, np.int64(0), False)
    """

    is_container = True

    def __init__(self, value: Any, element_spec: Any, is_there: Any = True) -> None:
        self._value, self._spec, self._is_there = value, element_spec, is_there

    @staticmethod
    def empty(element_spec: Any) -> Optional:
        """An optional without a value.

        >>> bool(tf.experimental.Optional.empty(tf.TensorSpec([], tf.int32)).has_value())
        False
        """
        return Optional(None, element_spec, False)

    @staticmethod
    def from_value(value: Any) -> Optional:
        """An optional with a value.

        >>> tf.experimental.Optional.from_value((1, 2)).get_value()[1].numpy()
        np.int32(2)
        """
        element = normalized(value, "Optional.from_value")
        return Optional(element, structure.map_structure(spec_of, element))

    @property
    def element_spec(self) -> Any:
        """The spec of the value."""
        return self._spec

    def has_value(self, name: str | None = None) -> Tensor:
        """Whether there is a value, a bool scalar."""
        return to_tensor(self._is_there)

    def get_value(self, name: str | None = None) -> Any:
        """The value.

        Raises:
            InvalidArgumentError: there is none.
        """
        if self._is_there is False:
            raise InvalidArgumentError(f"{_REFUSAL} Received: an empty one.")
        if self._is_there is not True:
            assertion(self._is_there, message=_REFUSAL, labels=(), summarize=0)
        return self._value

    def __composite__(self) -> tuple[list[Any], Any]:
        value = self._value
        if self._is_there is False:
            value = structure.map_structure(nothing, self._spec)
        return [self.has_value(), value], self._like

    def _like(self, parts: Any) -> Optional:
        """An optional of other parts: whether there is a value, and that."""
        flag, value = parts
        is_known = isinstance(flag, EagerTensor)
        return Optional(value, self._spec, bool(flag.array) if is_known else flag)

    def __repr__(self) -> str:
        return "<Optional without a value>" if self._is_there is False else (
            f"<Optional {self._value!r}>"
        )


def nothing(spec: TensorSpec) -> Any:
    """What stands for a tensor of an element where there is none."""
    sizes = tuple([size or 0 for size in spec.sizes or ()])
    if spec.dtype is dtypes.string:
        return to_tensor(np.full(sizes, b"", object))
    return to_tensor(np.zeros(sizes, spec.dtype.numpy))
