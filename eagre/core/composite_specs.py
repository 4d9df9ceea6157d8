"""What the specs of composites share: they are known by their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.python_numbers import described
from eagre.core.shapes import TensorShape
from eagre.core.specs import TypeSpec

if TYPE_CHECKING:
    from collections.abc import Iterable


class CompositeSpec(TypeSpec):
    """What is known of a composite without its values, in `fields`: shapes, dtypes and flags."""

    __slots__ = ("fields",)

    fields: tuple[Any, ...]
    value_type: type
    """The class of the composites."""

    @classmethod
    def from_value(cls, value: Any) -> Any:
        """The spec of a composite."""
        if not isinstance(value, cls.value_type):
            raise TypeError(
                f"{cls.__name__}.from_value expected tf.{cls.value_type.__name__}. "
                f"Received: {described(value) if not hasattr(value, 'shape') else 'a tensor'}"
            )
        return cls(*cls._fields_of(value))

    @classmethod
    def _fields_of(cls, value: Any) -> tuple[Any, ...]:
        """What is known of a composite."""
        raise NotImplementedError

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether one composite can have both this spec and that of a spec or composite."""
        if isinstance(spec_or_value, self.value_type):
            spec_or_value = self.from_value(spec_or_value)
        return type(spec_or_value) is type(self) and all(
            a.is_compatible_with(b) if isinstance(a, TensorShape) else a == b
            for a, b in zip(self.fields, spec_or_value.fields, strict=True)
        )

    def is_subtype_of(self, other: Any) -> bool:
        """Whether each composite of this spec has the spec `other` too."""
        return type(other) is type(self) and all(
            a.is_subtype_of(b) if isinstance(a, TensorShape) else a == b
            for a, b in zip(self.fields, other.fields, strict=True)
        )

    def most_specific_compatible_type(self, other: Any) -> Any:
        """The spec that knows only what this one and `other` agree on."""
        common = self.most_specific_common_supertype([other])
        if common is None:
            name = type(self).__name__
            raise ValueError(
                f"{name}.most_specific_compatible_type expected a spec that differs in shapes "
                f"only. Received: {self!r} and other={other!r}"
            )
        return common

    def most_specific_common_supertype(self, others: Iterable[Any]) -> Any:
        """The spec that knows what all agree on, None where they differ in more than shapes."""
        fields = self.fields
        for other in others:
            if type(other) is not type(self):
                return None
            pairs = list(zip(fields, other.fields, strict=True))
            if any(a != b for a, b in pairs if not isinstance(a, TensorShape)):
                return None
            fields = [
                a.most_specific_compatible_shape(b) if isinstance(a, TensorShape) else a
                for a, b in pairs
            ]
        return type(self)(*fields)

    def __eq__(self, other: object) -> bool:
        # Of shapes the plain sizes: a TensorShape of unknown rank equals itself too.
        return (
            isinstance(other, CompositeSpec)
            and type(other) is type(self)
            and self._key() == other._key()
        )

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return tuple([f.sizes if isinstance(f, TensorShape) else f for f in self.fields])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.fields))})"
