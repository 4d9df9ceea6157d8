"""Complex numbers from real ones, and the parts of complex numbers."""

from __future__ import annotations

from math import pi
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import as_operand, to_tensor
from eagre.ops.creation import zeros_like
from eagre.ops.selection import same_dtype
from eagre.primitives import arithmetic, complex_parts, trigonometry
from eagre.primitives.comparison import select
from eagre.primitives.families import NUMBERS, zero_like


def complex(real: Any, imag: Any, name: str | None = None) -> Any:
    """real + i * imag: two tensors of float32 make complex64, of float64 complex128.

    Raises:
        TypeError: the dtypes differ or are others.

    >>> tf.complex([1.0], [2.0]).numpy()
    array([1.+2.j], dtype=complex64)
    """
    real, imag = same_dtype(real, imag, "complex")
    return complex_parts.complex_primitive.door(real, imag)


def real(input: Any, name: str | None = None) -> Any:
    """The real part; real numbers stay as they are.

    >>> tf.math.real([1 + 2j]).numpy()
    array([1.])
    """
    x = _number(input, "real")
    return arithmetic.cast.door(x, dtype=_real_dtype(x)) if x.dtype.is_complex else x


def imag(input: Any, name: str | None = None) -> Any:
    """The imaginary part; zeros for real numbers.

    >>> tf.math.imag([1 + 2j]).numpy()
    array([2.])
    """
    x = _number(input, "imag")
    return complex_parts.imaginary.door(x) if x.dtype.is_complex else zeros_like(x)


def conj(x: Any, name: str | None = None) -> Any:
    """The complex conjugate; real numbers stay as they are.

    >>> tf.math.conj([1 + 2j]).numpy()
    array([1.-2.j])
    """
    x = _number(x, "conj")
    return arithmetic.conjugate.door(x) if x.dtype.is_complex else x


def angle(input: Any, name: str | None = None) -> Any:
    """The angle of a complex number, in [-pi, pi]; of real ones 0 or pi, without a gradient.

    >>> tf.math.angle([1j, -1]).numpy()
    array([1.57079633, 3.14159265])
    """
    x = _number(input, "angle")
    if x.dtype.is_complex:
        return trigonometry.atan2(imag(x), real(x))
    if not x.dtype.is_floating:
        raise TypeError(
            f"angle expected a floating-point or complex dtype. Received: dtype={x.dtype.name}"
        )
    return select(x < 0, as_operand(pi, x, "angle"), zero_like(x))


def _number(value: Any, name: str) -> Any:
    x = to_tensor(value, name=name)
    if x.dtype not in NUMBERS:
        raise TypeError(f"{name} expected numbers. Received: dtype={x.dtype.name}")
    return x


def _real_dtype(x: Any) -> Any:
    return dtypes.float32 if x.dtype == dtypes.complex64 else dtypes.float64
