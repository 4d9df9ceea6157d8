"""Kernels for one number beside many elements, where NumPy computes one element at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

MANY = 8192
_ROW = 2048
_FEW = 256
_where: Any = np.where


def beside_number(ufunc: Any, is_lower_bound: bool) -> Any:
    """`np.maximum` or `np.minimum`, which take one element at a time beside a number: a clip with
    one end that is no bound takes many, and so does a row of equal numbers."""

    def kernel(x: Any, y: Any) -> Any:
        if x.size < MANY and y.size < MANY:
            return ufunc(x, y)
        if x.ndim and y.ndim or not (x.flags.c_contiguous and y.flags.c_contiguous):
            return ufunc(x, y)
        # Of two zeros the second one counts, in a clip that of the elements.
        if x.dtype in _ENDS and (y.ndim or y != 0):
            elements, number = (y, x) if y.ndim else (x, y)
            least, greatest = _ENDS[x.dtype]
            bounds = (number, greatest) if is_lower_bound else (least, number)
            return np.clip(elements, *bounds)
        return _by_rows(ufunc, x, y)

    return staticmethod(kernel)


def _ends(code: str) -> tuple[Any, Any]:
    """The least and the greatest number of a dtype as arrays."""
    dtype = np.dtype(code)
    limits = (-np.inf, np.inf) if dtype.kind == "f" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    return np.array(limits[0], dtype), np.array(limits[1], dtype)


_ENDS = {np.dtype(code): _ends(code) for code in "fdbhilqBHILQ"}


def _by_rows(ufunc: Any, x: Any, y: Any) -> Any:
    result = np.empty(x.shape if x.ndim else y.shape, x.dtype)
    end = result.size // _ROW * _ROW
    rest = result.size - end
    parts = [(slice(end), _ROW)] + [(slice(end, None), rest)] * bool(rest)
    for part, columns in parts:
        rows = [_in_rows(each, part, columns) for each in (x, y, result)]
        ufunc(rows[0], rows[1], out=rows[2])
    return result


def _in_rows(x: Any, part: slice, columns: int) -> Any:
    return x.reshape(-1)[part].reshape(-1, columns) if x.ndim else np.full(columns, x)


def has_zeros(x: Any) -> bool:
    """Whether an element is zero: of few elements counting takes a quarter of what `all` takes."""
    return np.count_nonzero(x) < x.size if x.size < _FEW else not x.all()


def powers(x: Any, y: Any) -> Any:
    """`np.power`; of one exponent for all, what it would take one by one for negative numbers."""
    if y.ndim or y.dtype.kind != "f" or y.itemsize == 2:
        return np.power(x, y)
    exponent = y.item()
    if exponent == 0.5:
        # NumPy takes square roots, which are no powers of -0.0 and of minus infinity.
        return _where(x == -np.inf, np.abs(x), np.sqrt(x) + 0.0)
    if exponent == 3:
        return np.multiply(np.multiply(x, x), x)
    if exponent == -1:
        return np.reciprocal(x)
    if exponent in _AT_ONCE or exponent % 1 != 0:
        return np.power(x, y)
    size = np.power(np.abs(x), y)
    return np.copysign(size, x) if exponent % 2 == 1 else size


# Whole exponents for which NumPy has another way than powers.
_AT_ONCE = (0.0, 1.0, 2.0)
