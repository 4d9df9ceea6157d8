"""Linear algebra of the array API standard."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eagre.arrays import elementwise, statistics
from eagre.arrays.manipulating import matrix_transpose, moveaxis
from eagre.arrays.promotion import (
    as_array,
    as_inexact,
    promoted,
    promoted_inexact,
    rank_of,
)
from eagre.core import dtypes
from eagre.ops import decompositions, einsum, linalg, reductions, selection, shaping
from eagre.ops import math as numbers
from eagre.ops.creation import eye, zeros_like
from eagre.ops.creation import range as counted
from eagre.ops.joining import stack
from eagre.ops.shaping import axis_sizes, cast
from eagre.primitives.rearrangement import normalized_axis


class EigenResult(NamedTuple):
    """What `eigh` and `eig` return."""

    eigenvalues: Any
    eigenvectors: Any


class QRResult(NamedTuple):
    """What `qr` returns."""

    Q: Any
    R: Any


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Any
    logabsdet: Any


class SVDResult(NamedTuple):
    """What `svd` returns."""

    U: Any
    S: Any
    Vh: Any


# Products -------------------------------------------------------------------------------------


def matmul(x1: Any, x2: Any) -> Any:
    """The product of matrices, or with vectors; leading axes broadcast.

    >>> from eagre import array_api
    >>> array_api.matmul([[1, 2], [3, 4]], [1, 10]).numpy()
    array([21, 43])
    """
    x, y = promoted(x1, x2, name="matmul")
    first, second = rank_of(x, "matmul"), rank_of(y, "matmul")
    if not first or not second:
        raise ValueError(
            "matmul expected at least one axis each. "
            f"Received: shapes {x.shape} and {y.shape}. Use multiply for scalars."
        )
    dtype = x.dtype
    if dtype == dtypes.bool_ or dtype.size < 4:
        # Sums of small integers wrap around alike in a wider dtype.
        wide = dtypes.float32 if dtype.is_floating else dtypes.int32
        x, y = cast(x, wide), cast(y, wide)
    elif dtype == dtypes.uint32 or dtype == dtypes.uint64:
        x, y = cast(x, dtypes.int64), cast(y, dtypes.int64)
    x = shaping.expand_dims(x, 0) if first == 1 else x
    y = shaping.expand_dims(y, 1) if second == 1 else y
    product = linalg.matmul(x, y)
    product = shaping.squeeze(product, [-1]) if second == 1 else product
    product = shaping.squeeze(product, [-1 if second == 1 else -2]) if first == 1 else product
    return cast(product, dtype)


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """The sums of products along an axis; of complex numbers the first is conjugated.

    >>> from eagre import array_api
    >>> array_api.vecdot([1, 2], [3, 4]).numpy()
    np.int64(11)
    """
    x, y = promoted(x1, x2, name="vecdot")
    shared = min(rank_of(x, "vecdot"), rank_of(y, "vecdot"))
    normalized_axis(axis, shared, "vecdot")
    x, y = moveaxis(x, axis, -1), moveaxis(y, axis, -1)
    if not x.shape[-1:].is_compatible_with(y.shape[-1:]):
        raise ValueError(
            f"vecdot expected equal sizes along the axis. Received: shapes {x.shape}, {y.shape}"
        )
    return statistics.sum(elementwise.conj(x) * y, -1, x.dtype)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sums of products over axes of `a` and of `b`: a number of axes, or two lists.

    >>> from eagre import array_api
    >>> array_api.tensordot([[1, 2], [3, 4]], [5, 6], axes=1).numpy()
    array([17, 39])
    """
    x, y = promoted(a, b, name="tensordot")
    dtype = x.dtype
    if dtype.is_integer or dtype == dtypes.bool_:
        x, y = cast(x, dtypes.int64), cast(y, dtypes.int64)
    return cast(einsum.tensordot(x, y, axes), dtype)


def outer(x1: Any, x2: Any, /) -> Any:
    """The products of all pairs of elements of two vectors.

    >>> from eagre import array_api
    >>> array_api.linalg.outer([1, 2], [3, 4]).numpy()
    array([[3, 4],
           [6, 8]])
    """
    x, y = promoted(x1, x2, name="outer")
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError(f"outer expected vectors. Received: shapes {x.shape} and {y.shape}")
    return elementwise.multiply(shaping.expand_dims(x, 1), y)


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """The vectors at right angles to pairs of vectors with three elements along an axis.

    >>> from eagre import array_api
    >>> array_api.linalg.cross([1, 0, 0], [0, 1, 0]).numpy()
    array([0, 0, 1])
    """
    x, y = promoted(x1, x2, name="cross")
    x, y = moveaxis(x, axis, 0), moveaxis(y, axis, 0)
    if x.shape[0] != 3 or y.shape[0] != 3:
        raise ValueError(
            f"cross expected three elements along the axis. Received: shapes {x.shape}, {y.shape}"
        )
    parts = [x[i] * y[j] - x[j] * y[i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return moveaxis(stack(parts), 0, axis)


def matrix_power(x: Any, n: int, /) -> Any:
    """The product of `n` equal matrices; for negative `n`, of their inverses.

    >>> from eagre import array_api
    >>> array_api.linalg.matrix_power([[1.0, 1.0], [0.0, 1.0]], 3).numpy()
    array([[1., 3.],
           [0., 1.]])
    """
    x = as_array(x, name="matrix_power") if n >= 0 else decompositions.inv(as_inexact(x, "inv"))
    result: Any = None
    for bit in bin(abs(n))[:1:-1]:
        if bit == "1":
            result = x if result is None else matmul(result, x)
        x = matmul(x, x)
    if result is not None:
        return result
    identity = eye(axis_sizes(x, "matrix_power")[-1], dtype=x.dtype)
    return zeros_like(x) + identity


# Diagonals ------------------------------------------------------------------------------------


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """The elements on the diagonal number `offset` of the last two axes.

    >>> from eagre import array_api
    >>> array_api.linalg.diagonal([[1, 2], [3, 4]], offset=1).numpy()
    array([2])
    """
    x = as_array(x, name="diagonal")
    *batch, rows, columns = axis_sizes(x, "diagonal")
    # A slice of the right start and step of the elements in a row is the diagonal.
    first = offset if offset >= 0 else -offset * columns
    height, width = rows + min(offset, 0), columns - max(offset, 0)
    count = numbers.maximum(numbers.minimum(height, width), 0)
    flat = shaping.reshape(x, shaping.as_shape([*batch, rows * columns], "diagonal"))
    places = first + counted(count) * (columns + 1)
    return selection.gather(flat, places, axis=rank_of(flat, "diagonal") - 1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """The sum of the diagonal number `offset` of the last two axes.

    >>> from eagre import array_api
    >>> array_api.linalg.trace([[1, 2], [3, 4]]).numpy()
    np.int64(5)
    """
    return statistics.sum(diagonal(x, offset=offset), -1, dtype)


# Decompositions -------------------------------------------------------------------------------


def cholesky(x: Any, /, *, upper: bool = False) -> Any:
    """The triangle whose product with its own adjoint is the matrix.

    >>> from eagre import array_api
    >>> array_api.linalg.cholesky([[4.0, 2.0], [2.0, 5.0]]).numpy()
    array([[2., 0.],
           [1., 2.]])
    """
    lower = decompositions.cholesky(as_inexact(x, "cholesky"))
    return elementwise.conj(matrix_transpose(lower)) if upper else lower


def det(x: Any, /) -> Any:
    """The determinant.

    >>> from eagre import array_api
    >>> array_api.linalg.det([[2.0, 0.0], [0.0, 3.0]]).numpy()
    np.float64(6.0)
    """
    return decompositions.det(as_inexact(x, "det"))


def slogdet(x: Any, /) -> SlogdetResult:
    """The sign and the logarithm of the size of the determinant.

    >>> from eagre import array_api
    >>> array_api.linalg.slogdet([[-1.0]]).sign.numpy()
    np.float64(-1.0)
    """
    sign, logarithm = decompositions.slogdet(as_inexact(x, "slogdet"))
    return SlogdetResult(sign, elementwise.real(logarithm))


def inv(x: Any, /) -> Any:
    """The inverse of the matrix.

    >>> from eagre import array_api
    >>> array_api.linalg.inv([[2.0]]).numpy()
    array([[0.5]])
    """
    return decompositions.inv(as_inexact(x, "inv"))


def solve(x1: Any, x2: Any, /) -> Any:
    """What x1 multiplies to x2: a vector, or matrices whose leading axes broadcast.

    >>> from eagre import array_api
    >>> array_api.linalg.solve([[2.0, 0.0], [0.0, 4.0]], [1.0, 1.0]).numpy()
    array([0.5 , 0.25])
    """
    x, y = promoted_inexact(x1, x2, name="solve")
    is_vector = rank_of(y, "solve") == 1
    y = shaping.expand_dims(y, 1) if is_vector else y
    answer = decompositions.solve(*_with_equal_batches(x, y))
    return shaping.squeeze(answer, [-1]) if is_vector else answer


def _with_equal_batches(x: Any, y: Any) -> tuple[Any, Any]:
    if x.shape[:-2] == y.shape[:-2]:
        return x, y
    batch = np.broadcast_shapes(x.shape[:-2].as_list(), y.shape[:-2].as_list())
    return (
        shaping.broadcast_to(x, (*batch, *x.shape[-2:])),
        shaping.broadcast_to(y, (*batch, *y.shape[-2:])),
    )


def qr(x: Any, /, *, mode: str = "reduced") -> QRResult:
    """Columns at right angles, and the upper triangle that multiplies them to the matrix.

    >>> from eagre import array_api
    >>> array_api.linalg.qr([[2.0, 1.0], [0.0, 1.0]]).R.shape
    TensorShape([2, 2])
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr expected mode 'reduced' or 'complete'. Received: mode={mode!r}")
    return QRResult(*decompositions.qr(as_inexact(x, "qr"), full_matrices=mode == "complete"))


def svd(x: Any, /, *, full_matrices: bool = True) -> SVDResult:
    """Singular values in descending order, and the vectors on both sides of them.

    >>> from eagre import array_api
    >>> array_api.linalg.svd([[3.0, 0.0], [0.0, 4.0]]).S.numpy()
    array([4., 3.])
    """
    s, u, v = decompositions.svd(as_inexact(x, "svd"), full_matrices)
    return SVDResult(u, s, elementwise.conj(matrix_transpose(v)))


def svdvals(x: Any, /) -> Any:
    """The singular values in descending order.

    >>> from eagre import array_api
    >>> array_api.linalg.svdvals([[3.0, 0.0], [0.0, 4.0]]).numpy()
    array([4., 3.])
    """
    return decompositions.svd(as_inexact(x, "svdvals"), compute_uv=False)


def eigh(x: Any, /) -> EigenResult:
    """Eigenvalues in ascending order and eigenvectors of a symmetric or Hermitian matrix.

    >>> from eagre import array_api
    >>> array_api.linalg.eigh([[2.0, 0.0], [0.0, 1.0]]).eigenvalues.numpy()
    array([1., 2.])
    """
    values, vectors = decompositions.eigh(as_inexact(x, "eigh"))
    return EigenResult(elementwise.real(values), vectors)


def eigvalsh(x: Any, /) -> Any:
    """The eigenvalues in ascending order of a symmetric or Hermitian matrix.

    >>> from eagre import array_api
    >>> array_api.linalg.eigvalsh([[2.0, 0.0], [0.0, 1.0]]).numpy()
    array([1., 2.])
    """
    return elementwise.real(decompositions.eigvalsh(as_inexact(x, "eigvalsh")))


def eig(x: Any, /) -> EigenResult:
    """Complex eigenvalues and eigenvectors of any square matrix.

    >>> from eagre import array_api
    >>> array_api.linalg.eig([[0.0, 1.0], [-1.0, 0.0]]).eigenvalues.dtype
    tf.complex128
    """
    return EigenResult(*decompositions.eig(as_inexact(x, "eig")))


def eigvals(x: Any, /) -> Any:
    """The complex eigenvalues of any square matrix.

    >>> from eagre import array_api
    >>> array_api.linalg.eigvals([[2.0]]).numpy()
    array([2.+0.j])
    """
    return decompositions.eigvals(as_inexact(x, "eigvals"))


def matrix_rank(x: Any, /, *, rtol: Any = None) -> Any:
    """The number of singular values above `rtol` times the largest one.

    >>> from eagre import array_api
    >>> array_api.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]).numpy()
    np.int64(1)
    """
    x = as_inexact(x, "matrix_rank")
    values = svdvals(x)
    tolerance = _relative(x, rtol, values.dtype)
    least = reductions.reduce_max(values, -1, True) * shaping.expand_dims(tolerance, -1)
    return statistics.count_nonzero(values > least, -1)


def _relative(x: Any, rtol: Any, dtype: Any) -> Any:
    """The relative size below which a singular value counts as zero."""
    if rtol is not None:
        return as_array(rtol, dtype)
    longest = numbers.maximum(*axis_sizes(x, "matrix_rank")[-2:])
    return cast(longest, dtype) * float(np.finfo(dtype.numpy).eps)


def pinv(x: Any, /, *, rtol: Any = None) -> Any:
    """The pseudo-inverse; singular values below `rtol` times the largest one count as zero.

    >>> from eagre import array_api
    >>> array_api.linalg.pinv([[2.0], [0.0]]).numpy()
    array([[0.5, 0. ]])
    """
    x = as_inexact(x, "pinv")
    u, s, vh = svd(x, full_matrices=False)
    least = reductions.reduce_max(s, -1, True) * shaping.expand_dims(
        _relative(x, rtol, s.dtype), -1
    )
    counts = s > least
    nothing = zeros_like(s)
    inverse = selection.where(counts, 1 / selection.where(counts, s, nothing + 1), nothing)
    left = elementwise.conj(matrix_transpose(vh)) * cast(shaping.expand_dims(inverse, -2), x.dtype)
    return linalg.matmul(left, elementwise.conj(matrix_transpose(u)))


# Norms ----------------------------------------------------------------------------------------


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """The length of vectors along axes, by default of all elements.

    >>> from eagre import array_api
    >>> array_api.linalg.vector_norm([3.0, 4.0]).numpy()
    np.float64(5.0)
    """
    x = as_inexact(x, "vector_norm")
    size = numbers.abs(x)
    if ord == float("inf"):
        return reductions.reduce_max(size, axis, keepdims)
    if ord == -float("inf"):
        return reductions.reduce_min(size, axis, keepdims)
    if ord == 0:
        return cast(statistics.count_nonzero(x, axis, keepdims=keepdims), size.dtype)
    if ord == 1:
        return reductions.reduce_sum(size, axis, keepdims)
    if ord == 2:
        return numbers.sqrt(reductions.reduce_sum(numbers.square(size), axis, keepdims))
    return reductions.reduce_sum(size**ord, axis, keepdims) ** (1 / ord)


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """The size of matrices: 'fro', 'nuc', 1, 2, infinity and their negatives.

    >>> from eagre import array_api
    >>> array_api.linalg.matrix_norm([[3.0, 0.0], [0.0, 4.0]]).numpy()
    np.float64(5.0)
    """
    x = as_inexact(x, "matrix_norm")
    if ord == "fro":
        return vector_norm(x, axis=(-2, -1), keepdims=keepdims)
    if ord in (2, -2, "nuc"):
        values = svdvals(x)
        total = reductions.reduce_sum
        norm = {2: reductions.reduce_max, -2: reductions.reduce_min, "nuc": total}[ord](values, -1)
        return shaping.expand_dims(shaping.expand_dims(norm, -1), -1) if keepdims else norm
    if ord not in (1, -1, float("inf"), -float("inf")):
        raise ValueError(
            "matrix_norm expected ord 'fro', 'nuc', 1, 2, inf or a negative of these. "
            f"Received: ord={ord!r}"
        )
    sums = reductions.reduce_sum(numbers.abs(x), -2 if abs(ord) == 1 else -1, True)
    extreme = reductions.reduce_max if ord > 0 else reductions.reduce_min
    return extreme(sums, (-2, -1), keepdims)
