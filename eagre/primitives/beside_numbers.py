"""Kernels for one number beside many elements, where NumPy computes one element at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

MANY = 8192
_ROW = 2048
_FEW = 256
_where: Any = np.where


def by_rows(ufunc: Any) -> Any:
    """The ufunc, with a row of equal numbers in the place of a number beside many: it is then
    computed many elements at a time."""

    def kernel(x: Any, y: Any) -> Any:
        if x.size < MANY and y.size < MANY:
            return ufunc(x, y)
        if x.ndim and y.ndim or not (x.flags.c_contiguous and y.flags.c_contiguous):
            return ufunc(x, y)
        result = np.empty(x.shape if x.ndim else y.shape, x.dtype)
        end = result.size // _ROW * _ROW
        rest = result.size - end
        parts = [(slice(end), _ROW)] + [(slice(end, None), rest)] * bool(rest)
        for part, columns in parts:
            rows = [_in_rows(each, part, columns) for each in (x, y, result)]
            ufunc(rows[0], rows[1], out=rows[2])
        return result

    return staticmethod(kernel)


def _in_rows(x: Any, part: slice, columns: int) -> Any:
    return x.reshape(-1)[part].reshape(-1, columns) if x.ndim else np.full(columns, x)


def has_zeros(x: Any) -> bool:
    """Whether an element is zero: of few elements counting takes a quarter of what `all` takes."""
    return np.count_nonzero(x) < x.size if x.size < _FEW else not x.all()


def powers(x: Any, y: Any) -> Any:
    """`np.power`, but for the square roots that it takes where one exponent is 0.5 for all."""
    if y.ndim == 0 and y.item() == 0.5 and y.dtype.kind == "f":
        # They are no powers of -0.0 and of minus infinity.
        return _where(x == -np.inf, np.abs(x), np.sqrt(x) + 0.0)
    return np.power(x, y)
