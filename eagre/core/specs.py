"""What is known of a tensor without its value: shape, dtype, name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.shapes import Sizes, TensorShape, are_compatible, as_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable


class TypeSpec:
    """What is known of a value without the value: the kind of `TensorSpec` and of its like."""

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is TypeSpec:
            raise TypeError("TypeSpec cannot be made. Received: a call. Use tf.TensorSpec.")
        return object.__new__(cls)


class TensorSpec(TypeSpec):
    """The shape and dtype of a tensor, and the name of the argument that it stands for."""

    __slots__ = ("dtype", "name", "sizes")

    sizes: Sizes
    dtype: dtypes.DType
    name: str | None

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> None:
        self.sizes = as_sizes(shape, "TensorSpec")
        self.dtype = dtypes.as_dtype(dtype)
        self.name = name

    @staticmethod
    def of(sizes: Sizes, dtype: dtypes.DType) -> TensorSpec:
        """Make a nameless spec of parts that are known to be right."""
        spec = object.__new__(TensorSpec)
        spec.sizes = sizes
        spec.dtype = dtype
        spec.name = None
        return spec

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """The spec of a tensor."""
        sizes, dtype = _parts(tensor)
        if dtype is None:
            raise ValueError(
                "TensorSpec.from_tensor expected a tensor. "
                f"Received: tensor={tensor!r}. Convert it with tf.convert_to_tensor."
            )
        return TensorSpec(sizes, dtype, name)

    @classmethod
    def from_spec(cls, spec: TensorSpec, name: str | None = None) -> TensorSpec:
        """The same shape and dtype, under another name if one is given."""
        return TensorSpec(spec.shape, spec.dtype, name or spec.name)

    @property
    def shape(self) -> TensorShape:
        """The shape, as a `TensorShape`."""
        return TensorShape.of(self.sizes)

    @property
    def value_type(self) -> type:
        """The class of the values: `tf.Tensor`."""
        from eagre.core.tensor import Tensor

        return Tensor

    @property
    def rank(self) -> int | None:
        """The number of axes, None where it is unknown."""
        return None if self.sizes is None else len(self.sizes)

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether one tensor can have both this spec and that of a spec or tensor."""
        sizes, dtype = _parts(spec_or_tensor)
        return dtype is self.dtype and are_compatible(self.sizes, sizes)

    def is_subtype_of(self, other: Any) -> bool:
        """Whether each tensor of this spec has the spec `other` too."""
        return (
            type(self) is type(other)
            and self.dtype is other.dtype
            and self.name in (None, other.name)
            and self.shape.is_subtype_of(other.shape)
        )

    def most_specific_compatible_type(self, other: Any) -> TensorSpec:
        """The spec that knows only what this one and `other` agree on."""
        common = self.most_specific_common_supertype([other])
        if common is None:
            raise ValueError(
                "TensorSpec.most_specific_compatible_type expected a spec of the same dtype and "
                f"name. Received: {self!r} and other={other!r}"
            )
        return common

    def most_specific_common_supertype(self, others: Iterable[Any]) -> TensorSpec | None:
        """The spec that knows what all agree on, None where dtypes or names differ."""
        shape = self.shape
        for other in others:
            if type(self) is not type(other) or self._identity() != other._identity():
                return None
            shape = shape.most_specific_compatible_shape(other.shape)
        return self._with_sizes(shape.sizes)

    def _identity(self) -> tuple[Any, ...]:
        """All that is known besides the shape."""
        return self.dtype, self.name

    def _with_sizes(self, sizes: Sizes) -> TensorSpec:
        return TensorSpec(sizes, self.dtype, self.name)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TensorSpec)
            and type(self) is type(other)
            and self.sizes == other.sizes
            and self._identity() == other._identity()
        )

    def __hash__(self) -> int:
        return hash((self.sizes, self.dtype))

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"


class ResourceSpec(TensorSpec):
    """The handle of a variable; `value` is the spec of what the variable holds."""

    __slots__ = ("value",)

    value: TensorSpec

    def __init__(self, value: TensorSpec) -> None:
        self.sizes = ()
        self.dtype = dtypes.resource
        self.name = None
        self.value = value

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether one handle can have both this spec and that of a spec or tensor."""
        spec = getattr(spec_or_tensor, "spec", spec_or_tensor)
        return isinstance(spec, ResourceSpec) and self.value.is_compatible_with(spec.value)

    def is_subtype_of(self, other: Any) -> bool:
        """Whether each handle of this spec has the spec `other` too."""
        return isinstance(other, ResourceSpec) and self.value.is_subtype_of(other.value)

    def most_specific_common_supertype(self, others: Iterable[Any]) -> TensorSpec | None:
        """The handle of what all values agree on, None where there is no such thing."""
        handles = list(others)
        if not all(isinstance(handle, ResourceSpec) for handle in handles):
            return None
        value = self.value.most_specific_common_supertype([handle.value for handle in handles])
        return None if value is None else ResourceSpec(value)

    def _identity(self) -> tuple[Any, ...]:
        return self.dtype, self.name, self.value

    def __repr__(self) -> str:
        return f"ResourceSpec({self.value!r})"


def _parts(value: Any) -> tuple[Sizes, dtypes.DType | None]:
    """The sizes and dtype of a spec or tensor; the dtype is None where `value` is neither."""
    if isinstance(value, TensorSpec):
        return value.sizes, value.dtype
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if isinstance(shape, TensorShape) and isinstance(dtype, dtypes.DType):
        return shape.sizes, dtype
    return None, None
