"""Inverses, determinants and linear systems of matrices (the last two axes).

Gradients: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.doors import binary_door, pair_door
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, broadcast_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching, lapack
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.contraction import matmul
from eagre.primitives.diagonals import adjoint, band_part, check_matrices
from eagre.primitives.families import (
    COMPLEXES,
    as_dtype,
    check_dtypes,
    contiguous,
    has_nan,
    unbroadcast,
)
from eagre.primitives.rearrangement import expand_dims
from eagre.primitives.scipy_kernels import triangular_solver

LAPACK = frozenset({dtypes.float32, dtypes.float64}) | COMPLEXES
"""The dtypes that have routines of linear algebra."""

LAPACK_AND_HALF = LAPACK | {dtypes.float16}
"""The same and float16, which is computed in float32."""

_where: Any = np.where

BLOCK = 16
"""Rows of triangular systems of which many are solved at once."""

FEW = 8
"""Triangular systems that are solved one by one, however small."""


def check_square(primitive: Primitive, x: TensorSpec, takes: Any = LAPACK) -> None:
    """An error for what is no batch of square matrices of a dtype that the primitive takes."""
    check_dtypes(primitive, (x,), takes)
    check_matrices(primitive, input=x)
    if x.sizes is not None and None not in x.sizes[-2:] and x.sizes[-1] != x.sizes[-2]:
        raise InvalidArgumentError(
            f"{primitive.public} expected square matrices. Received: shape={x.shape}"
        )


def refuse_rectangle(x: Any) -> None:
    """The same for kernels, which leave the words to `infer`."""
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError("not square")


def singular(primitive: Primitive) -> InvalidArgumentError:
    """The error for matrices that have no inverse."""
    return InvalidArgumentError(
        f"{primitive.public} expected invertible matrices. Received: a singular one. "
        "Use tf.linalg.pinv or tf.linalg.lstsq."
    )


def in_single(function: Any, x: Any) -> Any:
    """A NumPy function of an array; halves are computed in float32."""
    if x.dtype.itemsize == 2:
        return function(x.astype(np.float32)).astype(x.dtype)
    return function(x)


class MatrixInverse(Primitive):
    """The inverse of square matrices."""

    vectorize = batching.as_it_is
    public = "inv"
    has_one_input = True
    can_fail = True
    needs = ("output",)

    def infer(self, x: TensorSpec) -> TensorSpec:
        """The same shape."""
        check_square(self, x, LAPACK_AND_HALF)
        return x

    def kernel(self, x: Any) -> Any:
        refuse_rectangle(x)
        if has_nan(x):
            raise singular(self)
        try:
            return in_single(lapack.inverse, x)
        except lapack.LinAlgError:
            raise singular(self) from None

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        y = conjugated(output)
        return (-matmul(matmul(y, grad, True, False), y, False, True),)


def _nan_of_nan(x: Any, result: Any) -> Any:
    """NaN for matrices with a NaN: LAPACK takes such a pivot for 0 and the determinant is 0."""
    if not has_nan(x):
        return result
    return _where(np.isnan(x).any((-2, -1)), result.dtype.type(np.nan), result)


class Determinant(Primitive):
    """The determinant of square matrices."""

    vectorize = batching.as_it_is
    public = "det"
    has_one_input = True
    needs = ("output", "x")

    def infer(self, x: TensorSpec) -> TensorSpec:
        """The shape without the matrices."""
        check_square(self, x)
        return TensorSpec.of(None if x.sizes is None else x.sizes[:-2], x.dtype)

    def kernel(self, x: Any) -> Any:
        return _nan_of_nan(x, lapack.determinant(x))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        scale = expand_dims(grad * conjugated(output), axis=(-2, -1))
        return (scale * adjoint(matrix_inverse(x)),)


class LogDeterminant(Primitive):
    """The sign of the determinant and the logarithm of its absolute value."""

    vectorize = batching.as_it_is
    public = "slogdet"
    needs = ("output", "x")

    def infer(self, x: TensorSpec) -> Any:
        """Twice the shape without the matrices; both have the dtype of the matrices."""
        check_square(self, x)
        spec = TensorSpec.of(None if x.sizes is None else x.sizes[:-2], x.dtype)
        return spec, spec

    def kernel(self, x: Any) -> Any:
        sign, log = lapack.sign_and_log(x)
        return _nan_of_nan(x, sign), as_dtype(_nan_of_nan(x, log), x.dtype)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        of_sign, of_log = grad
        # The logarithm is real, and a sign moves along the circle: one part of each counts.
        turn = of_sign * conjugated(output[0])
        scale = (of_log + conjugated(of_log) + turn - conjugated(turn)) * 0.5
        return (expand_dims(scale, axis=(-2, -1)) * adjoint(matrix_inverse(x)),)


class Solve(Primitive):
    """The solution x of a x = b, where a and b have the same leading axes."""

    vectorize = batching.together
    public = "solve"
    can_fail = True
    needs = ("a", "output")

    def __init__(self) -> None:
        super().__init__()
        self.door = binary_door(self)

    def infer(self, a: TensorSpec, b: TensorSpec) -> TensorSpec:
        """The shape of b."""
        check_dtypes(self, (a, b), LAPACK)
        check_square(self, a)
        check_matrices(self, rhs=b)
        if a.sizes is None or b.sizes is None:
            return TensorSpec.of(b.sizes, b.dtype)
        if not are_compatible(a.sizes[:-1], b.sizes[:-1]):
            raise InvalidArgumentError(
                "solve expected a matrix and an rhs with the same leading axes and as many rows. "
                f"Received: matrix.shape={a.shape}, rhs.shape={b.shape}"
            )
        return TensorSpec.of(b.sizes, b.dtype)

    def kernel(self, a: Any, b: Any) -> Any:
        refuse_rectangle(a)
        if b.ndim != a.ndim or a.shape[:-1] != b.shape[:-1]:
            raise ValueError("shapes that do not fit")
        try:
            return lapack.solve(a, b)
        except lapack.LinAlgError:
            raise singular(self) from None

    def gradient(self, grad: Any, output: Any, a: Any, b: Any) -> Any:
        of_b = solve(adjoint(a), grad)
        return lambda: -matmul(of_b, conjugated(output), False, True), of_b


class TriangularSolve(Primitive):
    """The solution x of a x = b for triangular a; leading axes broadcast."""

    vectorize = batching.broadcasting
    needs = ("a", "output")

    def __init__(self) -> None:
        super().__init__()
        self.door = pair_door(self)

    def infer(self, a: TensorSpec, b: TensorSpec, *, lower: bool, adjoint: bool) -> TensorSpec:
        """[..., rows, columns of b]."""
        dtype = check_dtypes(self, (a, b), LAPACK)
        check_square(self, a)
        check_matrices(self, rhs=b)
        if a.sizes is None or b.sizes is None:
            return TensorSpec.of(None, dtype)
        if not are_compatible(a.sizes[-1:], b.sizes[-2:-1]):
            raise InvalidArgumentError(
                "triangular_solve expected an rhs with as many rows as the matrix. "
                f"Received: matrix.shape={a.shape}, rhs.shape={b.shape}"
            )
        try:
            batch = broadcast_sizes(a.sizes[:-2], b.sizes[:-2])
        except InvalidArgumentError:
            raise InvalidArgumentError(
                "triangular_solve expected leading axes that broadcast. "
                f"Received: matrix.shape={a.shape}, rhs.shape={b.shape}"
            ) from None
        rows = a.sizes[-1] if b.sizes[-2] is None else b.sizes[-2]
        return TensorSpec.of((*(batch or ()), rows, b.sizes[-1]), dtype)

    def kernel(self, a: Any, b: Any, *, lower: bool, adjoint: bool) -> Any:
        refuse_rectangle(a)
        if b.ndim < 2 or a.shape[-1] != b.shape[-2]:
            raise ValueError("shapes that do not fit")
        a, shape = contiguous(a), b.shape
        if a.ndim > 2 or b.ndim > 2:
            shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), *b.shape[-2:])
            b = np.broadcast_to(b, shape)
        result = np.array(b, order="C")
        if a.shape[-1] > BLOCK or prod(shape[:-2]) < FEW:
            solve_each_triangle(a, result, lower, adjoint)
        elif adjoint:
            substitute(np.conj(a.swapaxes(-1, -2)), result, not lower)
        else:
            substitute(a, result, lower)
        return result

    def gradient(
        self, grad: Any, output: Any, a: Any, b: Any, *, lower: bool, adjoint: bool
    ) -> Any:
        moved = triangular_solve(a, grad, lower=lower, adjoint=not adjoint)

        def of_a() -> Any:
            left, right = (output, moved) if adjoint else (moved, output)
            whole = -matmul(left, conjugated(right), False, True)
            widths = {"lower": -1, "upper": 0} if lower else {"lower": 0, "upper": -1}
            return unbroadcast(band_part(whole, **widths), a)

        return of_a, lambda: unbroadcast(moved, b)


def solve_each_triangle(a: Any, x: Any, lower: bool, adjoint: bool) -> None:
    """Solve triangular systems one by one, in place: `x` is the right side, then the solution.

    BLAS goes by columns: it sees transposes, and is asked for x^T a^T = b^T.
    """
    if not x.size:
        return
    solver, turned = triangular_solver(x.dtype.char), 2 if adjoint else 0
    if x.ndim == 2:
        solver(1, a.T, x.T, 1, not lower, turned, 0, 1)
        return
    a = np.broadcast_to(a, (*x.shape[:-2], *a.shape[-2:]))
    for place in np.ndindex(*x.shape[:-2]):
        solver(1, a[place].T, x[place].T, 1, not lower, turned, 0, 1)


def substitute(a: Any, x: Any, lower: bool) -> None:
    """Solve many small triangular systems at once, row by row and in place."""
    size = a.shape[-1]
    for row in range(size) if lower else reversed(range(size)):
        known = slice(0, row) if lower else slice(row + 1, size)
        done = np.matmul(a[..., row : row + 1, known], x[..., known, :])
        x[..., row, :] = (x[..., row, :] - done[..., 0, :]) / a[..., row, row, None]


matrix_inverse = MatrixInverse()
determinant = Determinant()
log_determinant = LogDeterminant()
solve = Solve()
triangular_solve = TriangularSolve()
