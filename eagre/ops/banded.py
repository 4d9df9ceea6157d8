"""Products, systems and eigenvalues of matrices that are given by a few diagonals."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops.complex_parts import real
from eagre.ops.creation import zeros_like
from eagre.ops.decompositions import eigh, eigvalsh
from eagre.ops.matrices import matrix_transpose
from eagre.ops.selection import boolean_mask, same_dtype
from eagre.primitives import banded, diagonals, rearrangement
from eagre.primitives.arithmetic import cast, conjugated
from eagre.primitives.comparison import logical_and
from eagre.primitives.linear_algebra import LAPACK
from eagre.primitives.rearrangement import concat, expand_dims, squeeze

FORMATS = ("compact", "matrix", "sequence")
"""How three diagonals may be given."""


def banded_triangular_solve(
    bands: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    """The x with a x = rhs for triangular matrices of which only some diagonals are not zero.

    `bands` is [..., diagonals, size], the highest diagonal first. Column i holds the elements of
    row i of the matrix; those that lie outside are not read. Leading axes broadcast.

    Args:
        lower: whether the main diagonal is the first and the others are below it; else it is the
            last and the others are above it.
        adjoint: whether to solve adjoint(a) x = rhs.

    Raises:
        InvalidArgumentError: shapes that do not fit, or a zero on the main diagonal.

    >>> tf.linalg.banded_triangular_solve([[2.0, 4.0], [0.0, 1.0]], [[2.0], [5.0]]).numpy()
    array([[1.],
           [1.]], dtype=float32)
    """
    bands, rhs = same_dtype(bands, rhs, "banded_triangular_solve")
    return banded.banded_triangular_solve(bands, rhs, lower=bool(lower), adjoint=bool(adjoint))


def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
    perturb_singular: bool = False,
) -> Any:
    """The x with a x = rhs for matrices with three diagonals; NaN for singular ones.

    `rhs` is [..., size, columns] or [..., size], with the leading axes of `diagonals`.

    Args:
        diagonals_format: "compact" for [..., 3, size], the superdiagonal first, each element in
            the column that is its row of the matrix; "sequence" for the three as a list, the
            outer ones with or without the element that is not read; "matrix" for whole matrices.
        transpose_rhs: whether the last two axes of `rhs` are exchanged before.
        conjugate_rhs: whether `rhs` is conjugated before.
        partial_pivoting: of no effect, rows are always exchanged where it is more exact.

    >>> diagonals = [[1.0, 0.0], [2.0, 2.0], [0.0, 1.0]]
    >>> tf.linalg.tridiagonal_solve(diagonals, [3.0, 3.0]).numpy()
    array([1., 1.], dtype=float32)
    """
    if perturb_singular:
        raise ValueError(
            "tridiagonal_solve gives NaN for singular matrices: it expected "
            f"perturb_singular=False. Received: {perturb_singular=}"
        )
    bands = compact_diagonals(diagonals, diagonals_format, "tridiagonal_solve")
    bands, rhs = same_dtype(bands, rhs, "tridiagonal_solve")
    is_vector = None not in (bands.ndim, rhs.ndim) and rhs.ndim == bands.ndim - 1
    if conjugate_rhs:
        rhs = conjugated(rhs)
    if is_vector:
        rhs = expand_dims(rhs, axis=(-1,))
    elif transpose_rhs:
        rhs = matrix_transpose(rhs)
    _check_system(bands, rhs)
    result = banded.tridiagonal_solve(bands, rhs, adjoint=False)
    return squeeze(result, axis=(-1,)) if is_vector else result


def _check_system(bands: Any, rhs: Any) -> None:
    if bands.sizes is None or rhs.sizes is None:
        return
    if not are_compatible((*bands.sizes[:-2], bands.sizes[-1]), rhs.sizes[:-1]):
        raise InvalidArgumentError(
            "tridiagonal_solve expected an rhs with the leading axes of the diagonals and with as "
            f"many rows as columns there. Received: diagonals of shape {bands.shape}, rhs with "
            f"columns of shape {rhs.shape}"
        )


def tridiagonal_matmul(
    diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None
) -> Any:
    """The product of matrices with three diagonals and `rhs` [..., size, columns].

    Args:
        diagonals_format: as for `tridiagonal_solve`.

    >>> diagonals = [[1.0, 0.0], [2.0, 2.0], [0.0, 1.0]]
    >>> tf.linalg.tridiagonal_matmul(diagonals, [[1.0], [1.0]]).numpy()
    array([[3.],
           [3.]], dtype=float32)
    """
    bands = compact_diagonals(diagonals, diagonals_format, "tridiagonal_matmul")
    bands, rhs = same_dtype(bands, rhs, "tridiagonal_matmul")
    _check_product(bands, rhs)
    return times_tridiagonal(bands, rhs)


def _check_product(bands: Any, rhs: Any) -> None:
    if bands.dtype not in LAPACK or rhs.dtype != bands.dtype:
        raise DTypeMismatchError(
            "tridiagonal_matmul expected float32, float64 or complex numbers, of one dtype. "
            f"Received: dtypes {bands.dtype.name} and {rhs.dtype.name}"
        )
    if bands.sizes is None or rhs.sizes is None:
        return
    if not are_compatible((*bands.sizes[:-2], bands.sizes[-1]), rhs.sizes[:-1]):
        raise InvalidArgumentError(
            "tridiagonal_matmul expected an rhs with the leading axes of the diagonals and with "
            "as many rows as columns there. "
            f"Received: diagonals of shape {bands.shape}, rhs.shape={rhs.shape}"
        )


def times_tridiagonal(bands: Any, x: Any) -> Any:
    """The product with diagonals in the compact format; leading axes broadcast."""
    above, diagonal, below = [expand_dims(bands[..., i, :], axis=(-1,)) for i in (0, 1, 2)]
    own = diagonal * x
    zeros = zeros_like(own[..., :1, :])
    from_below = concat(above[..., :-1, :] * x[..., 1:, :], zeros, axis=-2)
    from_above = concat(zeros, below[..., 1:, :] * x[..., :-1, :], axis=-2)
    return from_below + own + from_above


def compact_diagonals(given: Any, diagonals_format: str, name: str) -> Any:
    """The diagonals of tridiagonal matrices in the compact format."""
    if diagonals_format not in FORMATS:
        raise ValueError(
            f"{name} expected a diagonals_format among {', '.join(FORMATS)}. "
            f"Received: {diagonals_format=}"
        )
    if diagonals_format == "sequence":
        return _stacked(given, name)
    x = to_tensor(given, name=name)
    if diagonals_format == "matrix":
        return _diagonals_of_matrix(x, name)
    if x.sizes is not None and (len(x.sizes) < 2 or x.sizes[-2] not in (3, None)):
        raise InvalidArgumentError(
            f"{name} expected diagonals of shape [..., 3, size]. Received: shape {x.shape}"
        )
    return x


def _stacked(given: Any, name: str) -> Any:
    """Three diagonals in one tensor, the shorter ones with a zero where no element is read."""
    if not isinstance(given, list | tuple) or len(given) != 3:
        raise ValueError(f"{name} expected a list of three diagonals. Received: {given!r:.80}")
    above, diagonal, below = [to_tensor(each, name=name) for each in given]
    return rearrangement.stack(
        [_widened(above, diagonal, True, name), diagonal, _widened(below, diagonal, False, name)],
        axis=-2,
    )


def _widened(x: Any, diagonal: Any, is_above: bool, name: str) -> Any:
    if x.sizes is None or diagonal.sizes is None or None in (x.sizes[-1], diagonal.sizes[-1]):
        return x
    size = diagonal.sizes[-1]
    is_same = are_compatible(x.sizes[:-1], diagonal.sizes[:-1])
    if not is_same or x.sizes[-1] not in (size, size - 1):
        raise InvalidArgumentError(
            f"{name} expected outer diagonals of {size} or {size - 1} elements and the leading "
            f"axes of the main one. Received: shapes {x.shape} and {diagonal.shape}"
        )
    if x.sizes[-1] == size:
        return x
    zero = zeros_like(diagonal[..., :1])
    return concat(x, zero, axis=-1) if is_above else concat(zero, x, axis=-1)


def _diagonals_of_matrix(x: Any, name: str) -> Any:
    sizes = x.sizes
    if sizes is not None and (len(sizes) < 2 or not are_compatible(sizes[-1:], sizes[-2:-1])):
        raise InvalidArgumentError(
            f"{name} expected square matrices. Received: diagonals.shape={x.shape}"
        )
    main = diagonals.diag_part(x, k=0)
    zeros = zeros_like(main[..., :1])
    if sizes is not None and sizes[-1] is not None and sizes[-1] < 2:
        return rearrangement.stack([zeros_like(main), main, zeros_like(main)], axis=-2)
    above = concat(diagonals.diag_part(x, k=1), zeros, axis=-1)
    below = concat(zeros, diagonals.diag_part(x, k=-1), axis=-1)
    return rearrangement.stack([above, main, below], axis=-2)


# Eigenvalues ----------------------------------------------------------------------------------


def eigh_tridiagonal(
    alpha: Any,
    beta: Any,
    eigvals_only: bool = True,
    select: str = "a",
    select_range: Any = None,
    tol: Any = None,
    name: str | None = None,
) -> Any:
    """The eigenvalues of a Hermitian matrix with three diagonals, the smallest first.

    Args:
        alpha: the main diagonal [size], of which real parts count.
        beta: the diagonal above it [size - 1].
        eigvals_only: whether eigenvectors, as columns, are left out.
        select: "a" for all, "i" for the positions select_range[0] to select_range[1], both
            included, "v" for those within the interval `select_range`.
        tol: of no effect, the result is as exact as the dtype allows.

    >>> tf.linalg.eigh_tridiagonal([2.0, 2.0], [1.0]).numpy().round(3)
    array([1., 3.], dtype=float32)
    """
    alpha, beta = same_dtype(alpha, beta, "eigh_tridiagonal")
    _check_symmetric(alpha, beta)
    bounds = _selected(select, select_range, alpha)
    if alpha.sizes == (0,):
        return real(alpha) if eigvals_only else (real(alpha), expand_dims(alpha, axis=(-1,)))
    diagonal = cast(real(alpha), dtype=alpha.dtype) if alpha.is_complex else alpha
    matrix = diagonals.diagonal_matrix(diagonal)
    if alpha.sizes != (1,):
        matrix = matrix + _below(conjugated(beta), alpha)
    if eigvals_only:
        values = eigvalsh(matrix)
        vectors = None
    else:
        values, vectors = eigh(matrix)
    values = real(values)
    if select == "v":
        inside = logical_and(values >= bounds[0], values <= bounds[1])
        values = boolean_mask(values, inside)
        vectors = None if vectors is None else boolean_mask(vectors, inside, axis=1)
    elif select == "i":
        part = slice(bounds[0], bounds[1] + 1)
        values, vectors = values[part], None if vectors is None else vectors[:, part]
    return values if vectors is None else (values, vectors)


def _below(beta: Any, alpha: Any) -> Any:
    """The matrix with `beta` below its main diagonal; the other half is not read."""
    zero = zeros_like(alpha[:1])
    rows = concat(beta, zero, axis=-1)
    inner = diagonals.diagonal_matrix(rows)
    return concat(expand_dims(zeros_like(rows), axis=(0,)), inner[:-1], axis=0)


def _check_symmetric(alpha: Any, beta: Any) -> None:
    if alpha.dtype not in LAPACK or alpha.dtype != beta.dtype:
        raise DTypeMismatchError(
            "eigh_tridiagonal expected float32, float64 or complex numbers, of one dtype. "
            f"Received: dtypes {alpha.dtype.name} and {beta.dtype.name}"
        )
    for argument, x in (("alpha", alpha), ("beta", beta)):
        if x.ndim not in (1, None):
            raise InvalidArgumentError(
                f"eigh_tridiagonal expected vectors. Received: {argument}.shape={x.shape}"
            )
    sizes: list[Any] = [x.sizes[0] if x.sizes else None for x in (alpha, beta)]
    if None not in sizes and sizes[1] != max(sizes[0] - 1, 0):
        raise InvalidArgumentError(
            "eigh_tridiagonal expected a beta with one element less than alpha. "
            f"Received: alpha.shape={alpha.shape}, beta.shape={beta.shape}"
        )


def _selected(select: str, select_range: Any, alpha: Any) -> Any:
    """The two bounds; None where all eigenvalues are wanted."""
    if select == "a":
        return None
    if select not in ("i", "v"):
        raise ValueError(f"eigh_tridiagonal expected select to be a, i or v. Received: {select=}")
    if not isinstance(select_range, list | tuple) or len(select_range) != 2:
        raise ValueError(
            "eigh_tridiagonal expected a select_range of two numbers. "
            f"Received: select_range={select_range!r}"
        )
    first, last = select_range
    if first > last or (select == "v" and first == last):
        raise InvalidArgumentError(
            f"eigh_tridiagonal expected a range that is not empty. Received: {select_range=}"
        )
    if select == "v":
        return [to_tensor(float(each), alpha.dtype.real_dtype) for each in select_range]
    size = alpha.sizes[0] if alpha.sizes else None
    if first < 0 or (size is not None and last >= size):
        raise InvalidArgumentError(
            f"eigh_tridiagonal expected positions from 0 to {(size or 1) - 1}. "
            f"Received: {select_range=}"
        )
    return [int(first), int(last)]
