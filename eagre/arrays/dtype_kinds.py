"""What there is to know of dtypes, and of the namespace itself, in the array API standard."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eagre.arrays.creating import DEVICE, check_device
from eagre.arrays.promotion import default_dtype, dtype_of
from eagre.core import dtypes
from eagre.core.tensor import Tensor

_KINDS: dict[str, tuple[str, ...]] = {
    "bool": ("bool",),
    "signed integer": ("int8", "int16", "int32", "int64"),
    "unsigned integer": ("uint8", "uint16", "uint32", "uint64"),
    "real floating": ("float32", "float64"),
    "complex floating": ("complex64", "complex128"),
}
_KINDS["integral"] = _KINDS["signed integer"] + _KINDS["unsigned integer"]
_KINDS["numeric"] = _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]
_BEYOND = {"real floating": ("float16", "bfloat16"), "numeric": ("float16", "bfloat16")}


class FloatLimits(NamedTuple):
    """What `finfo` returns."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: dtypes.DType


class IntegerLimits(NamedTuple):
    """What `iinfo` returns."""

    bits: int
    max: int
    min: int
    dtype: dtypes.DType


def finfo(type: Any, /) -> FloatLimits:
    """The limits of a floating-point dtype, or of the parts of a complex one.

    >>> from eagre import array_api
    >>> array_api.finfo(tf.float32).eps
    1.1920928955078125e-07
    """
    dtype = _dtype_in(type).real_dtype
    if not dtype.is_floating:
        raise TypeError(f"finfo expected a floating-point dtype. Received: {dtype.name}")
    one = np.ones((), dtype.numpy)
    eps = float(np.nextafter(one, one + one) - one) if dtype != dtypes.bfloat16 else 2.0**-7
    smallest = {2: 2.0**-14, 4: 2.0**-126, 8: 2.0**-1022}[dtype.size]
    if dtype == dtypes.bfloat16:
        smallest = 2.0**-126
    largest = float(dtype.max)
    return FloatLimits(dtype.size * 8, eps, largest, -largest, smallest, dtype)


def iinfo(type: Any, /) -> IntegerLimits:
    """The limits of an integer dtype.

    >>> from eagre import array_api
    >>> array_api.iinfo(tf.int8).max
    127
    """
    dtype = _dtype_in(type)
    if not dtype.is_integer:
        raise TypeError(f"iinfo expected an integer dtype. Received: {dtype.name}")
    return IntegerLimits(dtype.size * 8, int(dtype.max), int(dtype.min), dtype)


def _dtype_in(value: Any) -> dtypes.DType:
    return value.dtype if isinstance(value, Tensor) else dtype_of(value)


def isdtype(dtype: Any, kind: Any) -> bool:
    """Whether a dtype is of a kind: a dtype, the name of a kind, or a tuple of these.

    >>> from eagre import array_api
    >>> array_api.isdtype(tf.int8, "integral"), array_api.isdtype(tf.int8, (tf.bool, "numeric"))
    (True, True)
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, each) for each in kind)
    name = dtype_of(dtype).name
    if not isinstance(kind, str):
        return name == dtype_of(kind).name
    if kind not in _KINDS:
        raise ValueError(f"isdtype expected one of {', '.join(_KINDS)}. Received: kind={kind!r}")
    return name in _KINDS[kind] + _BEYOND.get(kind, ())


def can_cast(from_: Any, to: Any, /) -> bool:
    """Whether promotion can lead from a dtype, or from an array's, to another.

    >>> from eagre import array_api
    >>> array_api.can_cast(tf.int8, tf.float32), array_api.can_cast(tf.float32, tf.int8)
    (True, False)
    """
    return bool(np.can_cast(_dtype_in(from_).numpy, dtype_of(to).numpy))


class NamespaceInfo:
    """What `__array_namespace_info__` returns: dtypes, devices, and what is supported."""

    def capabilities(self) -> dict[str, Any]:
        """What the standard leaves open."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """The device on which arrays are made."""
        return DEVICE

    def devices(self) -> list[str]:
        """All devices."""
        return [DEVICE]

    def default_dtypes(self, *, device: Any = None) -> dict[str, dtypes.DType]:
        """The dtypes of arrays that are made without one."""
        check_device(device, "default_dtypes")
        return {
            "real floating": default_dtype(float),
            "complex floating": default_dtype(complex),
            "integral": default_dtype(int),
            "indexing": default_dtype(int),
        }

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, dtypes.DType]:
        """The standard's dtypes of a kind, a tuple of kinds, or all."""
        check_device(device, "dtypes")
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if kind is None:
            kinds = ("bool", "numeric")
        return {name: dtypes.as_dtype(name) for each in kinds for name in _KINDS[each]}


def namespace_info() -> NamespaceInfo:
    """Dtypes, devices and capabilities of the namespace.

    >>> from eagre import array_api
    >>> array_api.__array_namespace_info__().default_dtypes()["real floating"]
    tf.float64
    """
    return NamespaceInfo()

API_VERSION = "2024.12"
