"""The dtypes of tensors, and what converts to them.

Each dtype is one object: `tf.float32` is `as_dtype("float32")`. NumPy's side of a dtype is its
attribute `numpy`. The public name `tf.bool` stands here as `bool_`, for the builtin is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.caller import Called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class DType:
    """The type of a tensor's elements."""

    __slots__ = (
        "as_datatype_enum",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "is_unsigned",
        "name",
        "numpy",
        "size",
    )

    name: str
    as_datatype_enum: int
    numpy: Any
    """The `np.dtype` of arrays of this dtype, None where there is none."""
    size: int
    is_floating: bool
    is_integer: bool
    is_unsigned: bool
    is_complex: bool
    is_bool: bool

    def __new__(cls, type_value: Any) -> DType:
        return as_dtype(type_value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"DType cannot be changed. Received: attribute {name!r} of {self!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"DType cannot be changed. Received: attribute {name!r} of {self!r}")

    def __getattr__(self, name: str) -> Any:
        """Fill `numpy` on first use where the NumPy type lives in another library."""
        if name == "numpy" and self.name in _ELSEWHERE:
            numpy = np.dtype(getattr(_import_ml_dtypes(self.name), self.name))
            object.__setattr__(self, "numpy", numpy)
            return numpy
        raise AttributeError(f"DType has no attribute {name!r}. Received: {self!r}")

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __int__(self) -> int:
        return self.as_datatype_enum

    def __hash__(self) -> int:
        return self.as_datatype_enum

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, DType):
            return False
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __reduce__(self) -> tuple[Callable[[Any], DType], tuple[str]]:
        """Copy to the same object."""
        return as_dtype, (self.name,)

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy scalar type, such as `np.float32`."""
        if self.numpy is None:
            raise TypeError(f"DType.as_numpy_dtype needs a dtype of arrays. Received: {self!r}")
        return object if self is string else self.numpy.type

    @property
    def base_dtype(self) -> DType:
        """The dtype itself: there are no reference dtypes."""
        return self

    @property
    def real_dtype(self) -> DType:
        """The dtype of the real part."""
        if not self.is_complex:
            return self
        return float32 if self is complex64 else float64

    @property
    def is_numeric(self) -> bool:
        """Whether the elements are numbers to compute with: those of NARROW are only stored."""
        is_number = self.is_floating or self.is_integer or self.is_complex
        return is_number and self not in NARROW

    @property
    def is_numpy_compatible(self) -> bool:
        """Whether NumPy arrays hold this dtype."""
        return self.numpy is not None

    @property
    def is_quantized(self) -> bool:
        """False: there are no quantized dtypes."""
        return False

    @property
    def min(self) -> Any:
        """The smallest finite value."""
        return self._bounds("min")

    @property
    def max(self) -> Any:
        """The largest finite value."""
        return self._bounds("max")

    @property
    def limits(self) -> tuple[Any, Any]:
        """The range in which images of this dtype lie: from 0 to the largest value, or to 1."""
        if self.is_bool:
            return 0, True
        if self.is_integer and self not in NARROW:
            return 0, self.max
        if self is float32 or self is float64:
            return 0, 1
        raise ValueError(
            f"DType.limits needs an integer dtype, float32, float64 or bool. Received: {self!r}"
        )

    def is_compatible_with(self, other: Any) -> bool:
        """Whether `other` converts to this very dtype."""
        return self is as_dtype(other)

    def is_subtype_of(self, other: Any) -> bool:
        """Whether `other` is this dtype: a dtype has no kinds."""
        return self is other

    def most_specific_common_supertype(self, types: Iterable[Any]) -> DType | None:
        """This dtype, if all others are it too, else None."""
        return self if all(each is self for each in types) else None

    def _bounds(self, which: str) -> Any:
        library: Any = _import_ml_dtypes(self.name) if self.name in _ELSEWHERE else np
        if self.is_integer:
            return int(getattr(library.iinfo(self.numpy), which))
        if self.is_floating:
            return getattr(library.finfo(self.numpy), which)
        raise TypeError(f"DType.{which} needs an integer or float dtype. Received: {self!r}")


def _import_ml_dtypes(name: str) -> Any:
    try:
        import ml_dtypes
    except ImportError as error:
        raise ImportError(
            f"{name} needs the package ml_dtypes. Install it: pip install ml_dtypes"
        ) from error
    return ml_dtypes


_ELSEWHERE = frozenset(
    "bfloat16 float8_e5m2 float8_e4m3fn float8_e4m3fnuz float8_e4m3b11fnuz float8_e5m2fnuz "
    "float4_e2m1fn int4 uint4 int2 uint2".split()
)
"""The names of dtypes whose NumPy type lives in ml_dtypes."""


def _make(name: str, enum: int, code: str | None, kind: str, size: int) -> DType:
    """Make a dtype; `code` is NumPy's, `kind` one of NumPy's letters (`f`, `i`, `u`, `c`, `b`)."""
    dtype = object.__new__(DType)
    values: dict[str, Any] = {
        "name": name,
        "as_datatype_enum": enum,
        "size": size,
        "is_floating": kind == "f",
        "is_integer": kind in ("i", "u"),
        "is_unsigned": kind == "u",
        "is_complex": kind == "c",
        "is_bool": kind == "b",
    }
    if name not in _ELSEWHERE:
        values["numpy"] = None if code is None else np.dtype(code)
    for attribute, value in values.items():
        object.__setattr__(dtype, attribute, value)
    return dtype


float16 = half = _make("float16", 19, "f2", "f", 2)
bfloat16 = _make("bfloat16", 14, None, "f", 2)
float32 = _make("float32", 1, "f4", "f", 4)
float64 = double = _make("float64", 2, "f8", "f", 8)
int8 = _make("int8", 6, "i1", "i", 1)
int16 = _make("int16", 5, "i2", "i", 2)
int32 = _make("int32", 3, "i4", "i", 4)
int64 = _make("int64", 9, "i8", "i", 8)
uint8 = _make("uint8", 4, "u1", "u", 1)
uint16 = _make("uint16", 17, "u2", "u", 2)
uint32 = _make("uint32", 22, "u4", "u", 4)
uint64 = _make("uint64", 23, "u8", "u", 8)
bool_ = _make("bool", 10, "?", "b", 1)
complex64 = _make("complex64", 8, "c8", "c", 8)
complex128 = _make("complex128", 18, "c16", "c", 16)
string = _make("string", 7, "O", "O", 0)
resource = _make("resource", 20, None, "", 0)
variant = _make("variant", 21, None, "", 0)

float8_e5m2 = _make("float8_e5m2", 24, None, "f", 1)
float8_e4m3fn = _make("float8_e4m3fn", 25, None, "f", 1)
float8_e4m3fnuz = _make("float8_e4m3fnuz", 26, None, "f", 1)
float8_e4m3b11fnuz = _make("float8_e4m3b11fnuz", 27, None, "f", 1)
float8_e5m2fnuz = _make("float8_e5m2fnuz", 28, None, "f", 1)
int4 = _make("int4", 29, None, "i", 1)
uint4 = _make("uint4", 30, None, "u", 1)
int2 = _make("int2", 31, None, "i", 1)
uint2 = _make("uint2", 32, None, "u", 1)
float4_e2m1fn = _make("float4_e2m1fn", 33, None, "f", 1)

ALL: tuple[DType, ...] = (
    float16, bfloat16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64,
    bool_, complex64, complex128, string, resource, variant,
)  # fmt: skip
"""Every dtype to compute with, once."""

NARROW = frozenset({
    float8_e5m2, float8_e4m3fn, float8_e4m3fnuz, float8_e4m3b11fnuz, float8_e5m2fnuz, int4, uint4,
    int2, uint2, float4_e2m1fn,
})  # fmt: skip
"""Dtypes of at most eight bits that are stored, moved and cast: nothing is computed in them."""


class _ByNumPy(dict[Any, DType]):
    """From NumPy's dtypes; the unusual ones are worked out when they come."""

    def __missing__(self, key: Any) -> DType:
        if not isinstance(key, np.dtype):
            raise TypeError(f"from_numpy expected a np.dtype. Received: dtype={key!r}")
        return self._unusual(key)

    def _unusual(self, dtype: Any) -> DType:
        if dtype.kind in ("S", "U"):
            return string
        if dtype.type.__name__ in _ELSEWHERE:
            self[dtype] = found = _BY_NAME[dtype.type.__name__]
            return found
        native = dtype.newbyteorder("=")
        if native in self:
            return self[native]
        raise TypeError(
            f"{Called('as_dtype')} expected a NumPy dtype among bool, integers, floats of 16 to 64 "
            "bits, complex, bytes, str and object. "
            f"Received: dtype={dtype!r}. Convert with array.astype(...)."
        )


_BY_NUMPY = _ByNumPy(
    {dtype.numpy: dtype for dtype in ALL if dtype is not bfloat16 and dtype.numpy is not None}
)

from_numpy: Callable[[Any], DType] = _BY_NUMPY.__getitem__
"""The dtype of arrays of a `np.dtype`; TypeError where tensors have none."""

_BY_NAME = {dtype.name: dtype for dtype in (*ALL, *NARROW)} | {
    "float": float32,
    "double": float64,
    "half": float16,
}
_BY_ENUM = {dtype.as_datatype_enum: dtype for dtype in (*ALL, *NARROW)}
# C's integer types are more than there are widths: two of them are int64 or int32.
_BY_TYPE: dict[Any, DType] = {
    np.dtype(code).type: _BY_NUMPY[np.dtype(code)] for code in "?bBhHiIlLqQefdFDOSU"
} | {float: float32, bool: bool_, str: string, bytes: string, object: string}


def as_dtype(type_value: Any) -> DType:
    """Convert a dtype, its name or number, or a NumPy or Python type to the `DType`."""
    if isinstance(type_value, DType):
        return type_value
    found = None
    if isinstance(type_value, str):
        found = _BY_NAME.get(type_value)
    elif isinstance(type_value, type):
        found = _from_type(type_value)
    elif type_value.__class__ is int:
        found = _BY_ENUM.get(type_value)
    else:
        numpy = getattr(type_value, "dtype", type_value)
        found = from_numpy(numpy) if isinstance(numpy, np.dtype) else None
    if found is not None:
        return found
    raise TypeError(
        f"{Called('as_dtype')} expected a dtype: a tf.DType such as tf.float32, its name, a NumPy "
        "dtype, float, bool, str or bytes. "
        f"Received: dtype={_shown(type_value)}{_advice(type_value)}"
    )


def _from_type(kind: type) -> DType | None:
    found = _BY_TYPE.get(kind)
    if found is None and kind.__name__ in _ELSEWHERE and issubclass(kind, np.generic):
        return _BY_NAME[kind.__name__]
    return found


def _shown(type_value: Any) -> str:
    return type_value.__name__ if isinstance(type_value, type) else repr(type_value)


def _advice(type_value: Any) -> str:
    if type_value is int:
        return ". Write tf.int32 or tf.int64."
    if type_value is complex:
        return ". Write tf.complex64 or tf.complex128."
    return ""
