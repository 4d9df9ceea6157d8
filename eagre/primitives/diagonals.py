"""Parts of matrices: the transpose, diagonals, bands. Matrices are the last two axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.families import (
    BOOLS,
    NUMBERS,
    apply_with_shape,
    check_dtypes,
    shape_of,
    target_shape,
    zero_like,
)
from eagre.primitives.rearrangement import broadcast_to


def check_matrices(primitive: Primitive, **specs: TensorSpec) -> None:
    """An error for tensors of less than two axes."""
    for name, spec in specs.items():
        if spec.sizes is not None and len(spec.sizes) < 2:
            raise InvalidArgumentError(
                f"{primitive.public} expected matrices: tensors with at least two axes. "
                f"Received: {name}.shape={spec.shape}"
            )


def diagonal_length(shape: Any, k: int) -> int:
    """How many elements diagonal `k` has; above the main one `k` is positive."""
    return max(0, min(shape[-2] + min(k, 0), shape[-1] - max(k, 0)))


class MatrixTranspose(Primitive):
    """The last two axes exchanged."""

    vectorize = batching.as_it_is
    has_one_input = True
    needs = ()

    def infer(self, x: TensorSpec) -> TensorSpec:
        """[..., columns, rows]."""
        check_matrices(self, a=x)
        if x.sizes is None:
            return x
        return TensorSpec.of((*x.sizes[:-2], x.sizes[-1], x.sizes[-2]), x.dtype)

    def kernel(self, x: Any) -> Any:
        return x.swapaxes(-1, -2)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (matrix_transpose(grad),)


class DiagPart(Primitive):
    """The elements on one diagonal."""

    vectorize = batching.as_it_is
    has_one_input = is_silent = True
    needs = ()

    def infer(self, x: TensorSpec, *, k: int) -> TensorSpec:
        """[..., length of the diagonal]."""
        dtype = check_dtypes(self, (x,), NUMBERS | BOOLS)
        check_matrices(self, input=x)
        if x.sizes is None:
            return TensorSpec.of(None, dtype)
        rows, columns = x.sizes[-2:]
        if rows is None or columns is None:
            return TensorSpec.of((*x.sizes[:-2], None), dtype)
        if not _is_inside(k, rows, columns):
            raise InvalidArgumentError(
                f"{self.public} expected a diagonal k in ({-rows}, {columns}). "
                f"Received: k={k} for shape={x.shape}"
            )
        return TensorSpec.of((*x.sizes[:-2], diagonal_length(x.sizes, k)), dtype)

    def kernel(self, x: Any, *, k: int) -> Any:
        if not _is_inside(k, *x.shape[-2:]):
            raise ValueError("no such diagonal")
        return x.diagonal(k, -2, -1).copy()

    def gradient(self, grad: Any, output: Any, x: Any, *, k: int) -> Any:
        return (put_diagonal(grad, shape_of(x), k),)


def _is_inside(k: int, rows: int, columns: int) -> bool:
    return k == 0 or -rows < k < columns


class PutDiagonal(Primitive):
    """Zeros of a shape with `x` on one diagonal: the reverse of `diag_part`."""

    is_exact = has_one_input = is_silent = True
    vectorize = batching.shaped
    public = "diag"
    needs = ()

    def infer(self, x: TensorSpec, sizes: Any = None, *, k: int, shape: Any) -> TensorSpec:
        """The shape asked for."""
        dtype = check_dtypes(self, (x,), NUMBERS | BOOLS)
        if shape is None or None in shape:
            return TensorSpec.of(shape, dtype)
        if not _is_matrix_shape(shape):
            raise InvalidArgumentError(
                f"{self.public} expected a shape of matrices. Received: shape={shape}"
            )
        wanted: Any = (*shape[:-2], diagonal_length(shape, k))
        if not are_compatible(x.sizes, wanted):
            raise InvalidArgumentError(
                f"{self.public} expected a diagonal of shape {wanted} for k={k} in matrices of "
                f"shape {shape}. Received: diagonal.shape={x.shape}"
            )
        return TensorSpec.of(shape, dtype)

    def kernel(self, x: Any, sizes: Any = None, *, k: int, shape: Any) -> Any:
        shape = target_shape(shape, sizes)
        if not _is_matrix_shape(shape):
            raise ValueError("no shape of matrices")
        result = np.zeros(shape, x.dtype)
        diagonal = diagonal_of(result, k)
        if x.shape != diagonal.shape:
            raise InvalidArgumentError(
                f"{self.public} expected a diagonal of shape {diagonal.shape} for k={k}. "
                f"Received: diagonal.shape={x.shape}"
            )
        diagonal[...] = x
        return result

    def gradient(
        self, grad: Any, output: Any, x: Any, sizes: Any = None, *, k: int, shape: Any
    ) -> Any:
        grads = (diag_part(grad, k=k),)
        return grads if sizes is None else (*grads, None)


def diagonal_of(x: Any, k: int) -> Any:
    """A view of diagonal `k` of a row-major array, through which it can be written."""
    length = diagonal_length(x.shape, k)
    rows, columns = x.shape[-2:]
    flat = x.reshape(*x.shape[:-2], rows * columns)
    start = max(k, 0) + max(-k, 0) * columns
    return flat[..., start : start + length * (columns + 1) : columns + 1]


def _is_matrix_shape(shape: Any) -> bool:
    return len(shape) >= 2 and min(shape) >= 0


class SetDiagonal(Primitive):
    """The matrices with other elements on diagonal `k`."""

    input_count = 2
    is_silent = True
    vectorize = batching.together
    public = "set_diag"
    needs = ()

    def infer(self, x: TensorSpec, y: TensorSpec, *, k: int) -> TensorSpec:
        """The shape of the matrices."""
        check_dtypes(self, (x, y), NUMBERS | BOOLS)
        check_matrices(self, input=x)
        if x.sizes is not None and None not in x.sizes[-2:]:
            rows, columns = x.sizes[-2:]
            wanted: Any = (*x.sizes[:-2], diagonal_length(x.sizes, k))
            if not _is_inside(k, rows or 0, columns or 0) or not are_compatible(y.sizes, wanted):
                raise InvalidArgumentError(
                    f"set_diag expected a diagonal of shape {wanted} for input.shape={x.shape}, "
                    f"k={k}. Received: diagonal.shape={y.shape}"
                )
        return x

    def kernel(self, x: Any, y: Any, *, k: int) -> Any:
        result = x.copy(order="C")
        diagonal = diagonal_of(result, k)
        if y.shape != diagonal.shape or not _is_inside(k, *x.shape[-2:]):
            raise ValueError("a diagonal that does not fit")
        diagonal[...] = y
        return result

    def gradient(self, grad: Any, output: Any, x: Any, y: Any, *, k: int) -> Any:
        zero = shape_of(y)
        return (
            lambda: set_diagonal(grad, broadcast_to(zero_like(grad), zero), k=k),
            lambda: diag_part(grad, k=k),
        )


def _clear_rows(x: Any, lower: int, upper: int) -> None:
    """Zeros in place of what is outside a band, row by row: there are no more rows than columns."""
    rows, columns = x.shape[-2:]
    for row in range(rows):
        if 0 <= lower < row:
            x[..., row, : row - lower] = 0
        if 0 <= upper < columns - row - 1:
            x[..., row, row + upper + 1 :] = 0


class BandPart(Primitive):
    """The matrix with zeros outside a band; a width of -1 means no bound."""

    vectorize = batching.as_it_is
    has_one_input = is_silent = True
    needs = ()

    def infer(self, x: TensorSpec, *, lower: int, upper: int) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), NUMBERS | BOOLS)
        check_matrices(self, input=x)
        if x.sizes is not None:
            for name, width, size in zip(
                ("num_lower", "num_upper"), (lower, upper), x.sizes[-2:], strict=True
            ):
                if size is not None and width > size:
                    raise InvalidArgumentError(
                        f"{self.public} expected {name} of at most {size}, the size of that axis, "
                        f"or a negative one for the whole. Received: {name}={width}"
                    )
        return x

    def kernel(self, x: Any, *, lower: int, upper: int) -> Any:
        rows, columns = x.shape[-2], x.shape[-1]
        if lower > rows or upper > columns:
            raise ValueError("wider than the matrix")
        result = x.copy(order="C")
        if rows <= columns:
            _clear_rows(result, lower, upper)
        else:
            _clear_rows(result.swapaxes(-1, -2), upper, lower)
        return result

    def gradient(self, grad: Any, output: Any, x: Any, *, lower: int, upper: int) -> Any:
        return (band_part(grad, lower=lower, upper=upper),)


matrix_transpose = MatrixTranspose()
diag_part = DiagPart()
put_diagonal_primitive = PutDiagonal()
set_diagonal = SetDiagonal()
band_part = BandPart()


def put_diagonal(x: Any, shape: Any, k: int) -> Any:
    """Zeros of a shape with `x` on diagonal `k`."""
    return apply_with_shape(put_diagonal_primitive, (x,), shape, k=k)


def diagonal_matrix(x: Any) -> Any:
    """Square matrices with `x` on the main diagonal."""
    from eagre.primitives.rearrangement import concat, shape_of_tensor

    shape = shape_of(x)
    if shape.__class__ is tuple:
        return put_diagonal(x, (*shape, shape[-1]), 0)
    shape = shape_of_tensor(x)
    return put_diagonal(x, concat(shape, shape[-1:], axis=0), 0)


def adjoint(x: Any) -> Any:
    """The conjugated transpose."""
    return matrix_transpose(conjugated(x))


def half_lower(x: Any) -> Any:
    """The lower triangle, with half of the diagonal: with its adjoint it makes one matrix."""
    return band_part(x, lower=-1, upper=0) - band_part(x, lower=0, upper=0) * 0.5
