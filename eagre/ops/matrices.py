"""Parts and products of matrices: diagonals, bands, transposes, traces. Matrices are the last
two axes, the leading ones are a batch.
"""

from __future__ import annotations

from math import prod
from typing import Any

from eagre.core.conversion import as_operand, to_tensor
from eagre.core.errors import DTypeMismatchError, FailedPreconditionError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.tensor import SymbolicTensor
from eagre.ops.axes import array_of
from eagre.ops.linalg import matmul
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import as_shape
from eagre.primitives import comparison, diagonals, padding, rearrangement, reductions, turning
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.contraction import dot
from eagre.primitives.diagonals import diagonal_length
from eagre.primitives.families import REALS, shape_of
from eagre.primitives.known_values import known_value
from eagre.primitives.rearrangement import expand_dims, reshape

_ALIGNMENTS = ("LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT")


def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Any:
    """The last two axes exchanged.

    >>> tf.linalg.matrix_transpose([[[1, 2, 3]]]).shape
    TensorShape([1, 3, 1])
    """
    result = diagonals.matrix_transpose(to_tensor(a))
    return conjugated(result) if conjugate else result


def adjoint(matrix: Any, name: str | None = None) -> Any:
    """The conjugated transpose of the last two axes.

    >>> tf.linalg.adjoint([[1 + 2j, 3j]]).numpy()
    array([[1.-2.j],
           [0.-3.j]])
    """
    return conjugated(diagonals.matrix_transpose(as_matrices(matrix, "adjoint")))


def as_matrices(value: Any, name: str) -> Any:
    """A tensor of at least two axes; an error for others."""
    x = to_tensor(value, name=name)
    if x.sizes is not None and len(x.sizes) < 2:
        raise InvalidArgumentError(
            f"{name} expected matrices: a tensor with at least two axes. Received: shape={x.shape}"
        )
    return x


def trace(x: Any, name: str | None = None) -> Any:
    """The sum of the diagonal.

    >>> tf.linalg.trace([[1, 2], [3, 4]]).numpy()
    np.int32(5)
    """
    diagonal = diagonals.diag_part(as_matrices(x, "trace"), k=0)
    return reductions.reduce_sum(diagonal, axis=(-1,), keepdims=False)


def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The product of matrices [..., n, k] and vectors [..., k]; leading axes broadcast.

    >>> tf.linalg.matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0]).numpy()
    array([21., 43.], dtype=float32)
    """
    a, b = same_dtype(a, b, "matvec")
    is_turned, vector = transpose_a or adjoint_a, b.sizes
    sizes: Any = as_matrices(a, "matvec").sizes
    inner = None if sizes is None else sizes[-2 if is_turned else -1]
    if vector == () or not are_compatible((vector or (None,))[-1:], (inner,)):
        raise InvalidArgumentError(
            f"matvec expected vectors of length {inner}. "
            f"Received: a.shape={a.shape}, b.shape={b.shape}"
        )
    if not is_turned and vector is not None and len(vector) == 1:
        return dot(a, b)
    product = matmul(a, expand_dims(b, axis=(-1,)), transpose_a, adjoint_a=adjoint_a)
    return rearrangement.squeeze(product, axis=(-1,))


def cross(a: Any, b: Any, name: str | None = None) -> Any:
    """The cross product of vectors of three elements along the last axis.

    >>> tf.linalg.cross([1, 0, 0], [0, 1, 0]).numpy()
    array([0, 0, 1], dtype=int32)
    """
    a, b = same_dtype(a, b, "cross")
    if a.dtype not in REALS or not a.shape.is_compatible_with(b.shape):
        raise InvalidArgumentError(
            "cross expected real tensors of one shape. "
            f"Received: a.shape={a.shape}, b.shape={b.shape}, dtype={a.dtype.name}"
        )
    sizes = a.sizes or b.sizes
    if sizes == ():
        raise InvalidArgumentError("cross expected vectors. Received: a.shape=()")
    if sizes is not None and sizes[-1] not in (3, None):
        raise FailedPreconditionError(
            f"cross expected a last axis of size 3. Received: a.shape={a.shape}"
        )
    # Element i of the difference is that of a[i] b[i + 1] and a[i + 1] b[i]: element i - 1 of all.
    roll = turning.roll.door
    ahead = {"shift": (-1,), "axis": (-1,)}
    return roll(a * roll(b, **ahead) - roll(a, **ahead) * b, **ahead)


# Diagonals ------------------------------------------------------------------------------------


def diag(
    diagonal: Any,
    name: str = "diag",
    k: Any = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Any:
    """Matrices with the vectors along the last axis on diagonal `k`.

    Args:
        k: 0 for the main diagonal, positive above it; or (lowest, highest) for a band, whose
            diagonals are the rows of `diagonal`, the highest first.
        num_rows: the rows, by default as few as hold the diagonals; likewise num_cols.
        padding_value: what stands elsewhere.
        align: to which side the diagonals above and below are moved, "RIGHT_LEFT" and so on.

    >>> tf.linalg.diag([1, 2]).numpy()
    array([[1, 0],
           [0, 2]], dtype=int32)
    >>> tf.linalg.diag([1], k=1).numpy()
    array([[0, 1],
           [0, 0]], dtype=int32)
    """
    x = to_tensor(diagonal)
    low, high = _band(k, "diag")
    _check_alignment(align, "diag")
    if x.sizes is not None and len(x.sizes) < (1 if low == high else 2):
        raise InvalidArgumentError(
            "diag expected a diagonal with an axis for its elements, and before it one for the "
            f"diagonals of a band. Received: diagonal.shape={x.shape}, k={k}"
        )
    *batch, length = _parts(x)
    rows, columns = _matrix_sizes(length, low, high, int(num_rows), int(num_cols))
    if low == high:
        result = _put(x, [*batch, rows, columns], low)
    else:
        count = None if x.sizes is None else x.sizes[-2]
        if count not in (high - low + 1, None):
            raise InvalidArgumentError(
                f"diag expected {high - low + 1} diagonals for k={k}. Received: {count}"
            )
        result = _put_band(x, (low, high), (rows, columns), align)
    if padding_value == 0:
        return result
    inside = _band_mask(result, low, high)
    return comparison.select(inside, result, as_operand(padding_value, x, "diag"))


def _parts(x: Any) -> list[Any]:
    """The sizes as ints or scalar tensors."""
    shape = shape_of(x)
    if shape.__class__ is tuple:
        return list(shape)
    if x.sizes is None:
        raise ValueError("diag expected a tensor of known rank. Received: one of unknown rank")
    return [shape[axis] if size is None else size for axis, size in enumerate(x.sizes)]


def _put(x: Any, sizes: list[Any], k: int) -> Any:
    return diagonals.put_diagonal(x, as_shape(tuple(sizes), "diag"), k)


def _band(k: Any, name: str) -> tuple[int, int]:
    """The lowest and the highest diagonal."""
    if k.__class__ is int:
        return k, k
    found = _integers(k)
    if len(found) not in (1, 2):
        raise InvalidArgumentError(f"{name} expected k to be one or two integers. Received: {k}")
    low, high = found[0], found[-1]
    if low > high:
        raise InvalidArgumentError(
            f"{name} expected k to be the lowest and the highest diagonal. Received: k={k}"
        )
    return low, high


def _check_band(name: str, low: int, high: int, rows: Any, columns: Any) -> None:
    """Raises unless both diagonals are within matrices whose size is known."""
    if not isinstance(rows, int) or not isinstance(columns, int):
        return
    if not all(k == 0 or -rows < k < columns for k in (low, high)):
        raise InvalidArgumentError(
            f"{name} expected diagonals k in ({-rows}, {columns}). Received: k={(low, high)}"
        )


def _integers(value: Any) -> list[int]:
    """One integer or several, none where it is something else or has no value yet."""
    if value.__class__ is int:
        return [value]
    if isinstance(value, SymbolicTensor) and known_value(value) is None:
        return []
    values = array_of(value, "k")
    return values.reshape(-1).tolist() if values.dtype.kind in "iu" else []


def _check_alignment(align: str, name: str) -> None:
    if align not in _ALIGNMENTS:
        raise InvalidArgumentError(
            f"{name} expected align to be one of {', '.join(_ALIGNMENTS)}. Received: {align!r}"
        )


def _matrix_sizes(length: Any, low: int, high: int, rows: int, columns: int) -> tuple[Any, Any]:
    """The sizes of matrices whose longest diagonal of the band has this length."""
    above, before = max(-high, 0), max(low, 0)
    if rows == columns == -1:
        size = length + max(above, before)
        return size, size
    wide = length + before if columns == -1 else columns
    high_enough = length + above if rows == -1 else rows
    if isinstance(length, int) and min(high_enough - above, wide - before) != length:
        raise InvalidArgumentError(
            f"diag expected num_rows and num_cols for which the longest diagonal has {length} "
            f"elements. Received: num_rows={rows}, num_cols={columns}, k={low} to {high}"
        )
    return high_enough, wide


def _is_left(k: int, align: str) -> bool:
    """Whether a diagonal that is shorter than its row stands at its start."""
    upper, lower = align.split("_")
    return (upper if k > 0 else lower) == "LEFT"


def _put_band(x: Any, band: tuple[int, int], sizes: tuple[Any, Any], align: str) -> Any:
    low, high = band
    if not all(isinstance(size, int) for size in (*sizes, x.sizes[-1])):
        raise ValueError("diag of a band expected known sizes. Received: unknown ones")
    result = None
    for row, k in enumerate(range(high, low - 1, -1)):
        length = diagonal_length(sizes, k)
        start = 0 if _is_left(k, align) else x.sizes[-1] - length
        part = _put(x[..., row, start : start + length], [*_parts(x)[:-2], *sizes], k)
        result = part if result is None else result + part
    return result


def _band_mask(like: Any, low: int, high: int) -> Any:
    """Where the last two axes of a tensor are within a band of diagonals."""
    shape = shape_of(like)
    rows, columns = [_range(shape[axis]) for axis in (-2, -1)]
    rows = expand_dims(rows, axis=(-1,))
    if low == high:
        return comparison.equal(rows + low, columns)
    offset = columns - rows
    return comparison.logical_and(offset >= low, offset <= high)


def _range(limit: Any) -> Any:
    from eagre.ops.creation import range as numbers

    return numbers(limit)


def diag_part(
    input: Any,
    name: str = "diag_part",
    k: Any = 0,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Any:
    """The elements on diagonal `k`, or on several diagonals: the reverse of `diag`.

    Raises:
        InvalidArgumentError: fewer than two axes, or a diagonal outside the matrix.

    >>> tf.linalg.diag_part([[1, 2], [3, 4]]).numpy()
    array([1, 4], dtype=int32)
    >>> tf.linalg.diag_part([[1, 2], [3, 4]], k=(-1, 0)).numpy()
    array([[1, 4],
           [3, 0]], dtype=int32)
    """
    x = to_tensor(input)
    low, high = _band(k, "diag_part")
    _check_alignment(align, "diag_part")
    if low == high:
        return diagonals.diag_part.door(x, k=low)
    parts = [diagonals.diag_part.door(x, k=each) for each in range(high, low - 1, -1)]
    if any(part.sizes is None or part.sizes[-1] is None for part in parts):
        raise ValueError("diag_part of a band expected known sizes. Received: unknown ones")
    longest = max(part.sizes[-1] for part in parts)
    value = as_operand(padding_value, x, "diag_part")
    padded = []
    for part, k in zip(parts, range(high, low - 1, -1), strict=True):
        room = longest - part.sizes[-1]
        side = (0, room) if _is_left(k, align) else (room, 0)
        paddings = ((0, 0),) * (len(part.sizes) - 1) + (side,)
        padded.append(padding.pad(part, value, paddings=paddings))
    return rearrangement.stack(padded, axis=-2)


def set_diag(
    input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT"
) -> Any:
    """The matrices with other elements on diagonal `k`, or on several diagonals.

    >>> tf.linalg.set_diag([[1, 2], [3, 4]], [8, 9]).numpy()
    array([[8, 2],
           [3, 9]], dtype=int32)
    """
    x = to_tensor(input)
    diagonal = to_tensor(diagonal, x.dtype, name="set_diag")
    low, high = _band(k, "set_diag")
    _check_alignment(align, "set_diag")
    if x.sizes is not None and len(x.sizes) < 2:
        raise InvalidArgumentError(
            f"set_diag expected matrices. Received: input.shape={x.shape}"
        )
    if low == high:
        return diagonals.set_diagonal.door(x, diagonal, k=low)
    parts = _parts(x)
    _check_band("set_diag", low, high, parts[-2], parts[-1])
    placed = _put_band(diagonal, (low, high), (parts[-2], parts[-1]), align)
    return comparison.select(_band_mask(x, low, high), placed, x)


def band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Any:
    """The matrices with zeros outside a band around the diagonal; -1 keeps a whole triangle.

    >>> tf.linalg.band_part([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 0, 1).numpy()
    array([[1, 2, 0],
           [0, 5, 6],
           [0, 0, 9]], dtype=int32)
    """
    widths = []
    for argument, width in (("num_lower", num_lower), ("num_upper", num_upper)):
        found = _integers(width)
        if len(found) != 1:
            raise DTypeMismatchError(
                f"band_part expected an integer. Received: {argument}={width!r}"
            )
        widths.append(max(found[0], -1))
    return diagonals.band_part.door(to_tensor(input), lower=widths[0], upper=widths[1])


def tensor_diag(diagonal: Any, name: str | None = None) -> Any:
    """The tensor of shape [*s, *s] with the elements of `diagonal`, of shape s, where i = j.

    >>> tf.linalg.tensor_diag([1, 2]).numpy()
    array([[1, 0],
           [0, 2]], dtype=int32)
    """
    x = to_tensor(diagonal)
    if x.sizes == ():
        raise InvalidArgumentError("tensor_diag expected at least one axis. Received: a scalar")
    parts = _parts(x)
    flat = diagonals.diagonal_matrix(reshape(x, as_shape((prod(parts),), "tensor_diag")))
    return reshape(flat, as_shape((*parts, *parts), "tensor_diag"))


def tensor_diag_part(input: Any, name: str | None = None) -> Any:
    """The elements where i = j of a tensor of shape [*s, *s].

    >>> tf.linalg.tensor_diag_part([[1, 2], [3, 4]]).numpy()
    array([1, 4], dtype=int32)
    """
    x = to_tensor(input)
    parts = _parts(x)
    half = len(parts) // 2
    known = x.sizes or ()
    fits = all(None in pair or pair[0] == pair[1]
               for pair in zip(known[:half], known[half:], strict=False))
    if not parts or len(parts) % 2 or not fits:
        raise InvalidArgumentError(
            "tensor_diag_part expected an even number of axes, the second half as the first. "
            f"Received: shape={x.shape}"
        )
    size = prod(parts[:half])
    matrix = reshape(x, as_shape((size, size), "tensor_diag_part"))
    return reshape(diagonals.diag_part(matrix, k=0), as_shape(tuple(parts[:half]), "tensor_diag"))


