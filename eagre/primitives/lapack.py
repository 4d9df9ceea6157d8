"""The routines of LAPACK that NumPy holds, without what `np.linalg` does around each call.

`np.linalg` computes float32 in float64, and its checks take longer than small matrices. Here a
routine has the precision of its matrices, but for small ones, whose accuracy costs nothing.
A routine that fails fills its result with NaN; `np.linalg` is then asked whether it did.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SMALL = 32
"""Rows of matrices that are computed in double precision."""

LinAlgError = np.linalg.LinAlgError
_routines: Any = getattr(np.linalg, "_umath_linalg", None)
_WIDE = {"f": "d", "F": "D"}
_REAL = {"f": "f", "d": "d", "F": "f", "D": "d"}


def _letter(x: Any) -> str:
    """NumPy's letter of the dtype in which matrices are computed."""
    letter: str = x.dtype.char
    return _WIDE.get(letter, letter) if x.shape[-2] <= SMALL else letter


def _as_dtype(x: Any, letter: str) -> Any:
    return x if x.dtype.char == letter else x.astype(letter)


def _has_failed(x: Any) -> bool:
    """Whether the first element of one of the results is NaN."""
    if not x.size:
        return False
    first = x.item(0) if x.ndim == 2 else x[..., 0, 0]
    return first != first if x.ndim == 2 else bool((first != first).any())


def cholesky(x: Any) -> Any:
    """The lower triangular factor; LinAlgError unless matrices are positive definite."""
    letter = _letter(x)
    factor = _routines.cholesky_lo(x, signature=f"{letter}->{letter}")
    if _has_failed(factor):
        raise LinAlgError("not positive definite")
    return _as_dtype(factor, x.dtype.char)


def inverse(x: Any) -> Any:
    """The inverse; LinAlgError for singular matrices."""
    letter = _letter(x)
    result = _routines.inv(x, signature=f"{letter}->{letter}")
    if _has_failed(result):
        np.linalg.inv(x)
    return _as_dtype(result, x.dtype.char)


def solve(a: Any, b: Any) -> Any:
    """The solution of a x = b for matrices b; LinAlgError for singular a."""
    letter = _letter(a)
    result = _routines.solve(a, b, signature=f"{letter}{letter}->{letter}")
    if _has_failed(result):
        np.linalg.solve(a, b)
    return _as_dtype(result, a.dtype.char)


def determinant(x: Any) -> Any:
    """The determinant."""
    letter = _letter(x)
    return _as_dtype(_routines.det(x, signature=f"{letter}->{letter}"), x.dtype.char)


def sign_and_log(x: Any) -> tuple[Any, Any]:
    """The sign of the determinant and the logarithm of its absolute value, which is real."""
    letter, own = _letter(x), x.dtype.char
    sign, log = _routines.slogdet(x, signature=f"{letter}->{letter}{_REAL[letter]}")
    return _as_dtype(sign, own), _as_dtype(log, _REAL[own])


def eigen(x: Any) -> tuple[Any, Any]:
    """Eigenvalues, which are real, and eigenvectors by the lower triangle of Hermitian matrices."""
    letter, own = _letter(x), x.dtype.char
    values, vectors = _routines.eigh_lo(x, signature=f"{letter}->{_REAL[letter]}{letter}")
    if _has_failed(vectors):
        np.linalg.eigh(x)
    return _as_dtype(values, _REAL[own]), _as_dtype(vectors, own)


def singular_values(x: Any) -> Any:
    """The singular values, the largest first."""
    letter = _letter(x)
    values = _routines.svd(x, signature=f"{letter}->{_REAL[letter]}")
    return _as_dtype(values, _REAL[x.dtype.char])


def singular_vectors(x: Any, is_full: bool) -> tuple[Any, Any, Any]:
    """Unitary u, singular values s and unitary v^H with u diag(s) v^H = x."""
    letter, own = _letter(x), x.dtype.char
    routine = _routines.svd_f if is_full else _routines.svd_s
    u, s, v = routine(x, signature=f"{letter}->{letter}{_REAL[letter]}{letter}")
    if _has_failed(u):
        np.linalg.svd(x, is_full)
    return _as_dtype(u, own), _as_dtype(s, _REAL[own]), _as_dtype(v, own)


if not hasattr(_routines, "svd_s"):
    # Another NumPy than those whose routines are known: its own functions give the same.
    _public: Any = np.linalg
    cholesky, inverse, solve = _public.cholesky, _public.inv, _public.solve
    determinant, sign_and_log, eigen = _public.det, _public.slogdet, _public.eigh
    singular_values, singular_vectors = _public.svdvals, _public.svd
