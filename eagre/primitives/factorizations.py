"""Factorizations of matrices (the last two axes): Cholesky, LU, QR, SVD, eigenvalues.

Gradients: Seeger et al., "Auto-differentiating linear algebra", 2017; Giles 2008; of complex
singular vectors Wan and Zhang 2019; of eigenvectors Boeddeker et al. 2017. Where a factor is
free up to a phase, the gradient is that of functions which do not depend on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching, lapack
from eagre.primitives.arithmetic import cast, conjugated, minimum
from eagre.primitives.contraction import matmul
from eagre.primitives.diagonals import (
    adjoint,
    band_part,
    check_matrices,
    diag_part,
    diagonal_matrix,
    half_lower,
    matrix_transpose,
)
from eagre.primitives.families import as_dtype, check_dtypes, contiguous, is_finite, shape_of
from eagre.primitives.linear_algebra import (
    LAPACK,
    LAPACK_AND_HALF,
    check_square,
    refuse_rectangle,
    singular,
    solve,
    triangular_solve,
)
from eagre.primitives.picking import put_along
from eagre.primitives.rearrangement import broadcast_to, concat, expand_dims
from eagre.primitives.scipy_kernels import orthogonal_routines, scipy_module


def safe_reciprocal(x: Any) -> Any:
    """1 / x, and 0 for 0."""
    mirrored = conjugated(x)
    return mirrored / (x * mirrored + 1e-20)


def inverse_gaps(x: Any) -> Any:
    """The matrices 1 / (x[j] - x[i]), with zeros on the diagonal."""
    inverse = safe_reciprocal(expand_dims(x, axis=(-2,)) - expand_dims(x, axis=(-1,)))
    # The steep slope of `safe_reciprocal` at 0 must not count in second gradients.
    return inverse - band_part(inverse, lower=0, upper=0)


class Cholesky(Primitive):
    """The lower triangular factor l of l l^H; only the lower triangle of the input is read.

    Gradients are those of Hermitian matrices, of which both triangles are one value.
    """

    vectorize = batching.as_it_is
    has_one_input = True
    can_fail = True
    needs = ("output",)

    def infer(self, x: TensorSpec) -> TensorSpec:
        """The same shape."""
        check_square(self, x)
        return x

    def kernel(self, x: Any) -> Any:
        refuse_rectangle(x)
        try:
            return lapack.cholesky(x)
        except lapack.LinAlgError:
            raise InvalidArgumentError(
                "cholesky expected positive definite matrices. Received: one that is not. "
                "Adding a small multiple of tf.eye may help."
            ) from None

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        inner = half_lower(matmul(conjugated(output), grad, True, False))
        left = triangular_solve(output, inner, lower=True, adjoint=True)
        whole = triangular_solve(output, adjoint(left), lower=True, adjoint=True)
        return ((whole + adjoint(whole)) * 0.5,)


class Lu(Primitive):
    """Both triangles in one matrix, and the order of the rows: x[p] = l u."""

    vectorize = batching.as_it_is
    can_fail = True
    needs = ("output",)

    def infer(self, x: TensorSpec) -> Any:
        """The shape of the matrices, and that of their rows."""
        check_square(self, x)
        return x, TensorSpec.of(None if x.sizes is None else x.sizes[:-1], dtypes.int32)

    def kernel(self, x: Any) -> Any:
        refuse_rectangle(x)
        packed, order = contiguous(x).copy(), np.empty(x.shape[:-1], np.int32)
        for place in np.ndindex(*x.shape[:-2] if x.size else (0,)):
            packed[place], order[place] = self.of_matrix(packed[place])
        return packed, order

    def of_matrix(self, x: Any) -> Any:
        """The factors of one matrix; LAPACK names the row that each step exchanges with its own."""
        (factorize,) = scipy_module("linalg.lapack").get_lapack_funcs(("getrf",), (x,))
        packed, exchanged, info = factorize(x)
        if info or not np.isfinite(packed).all():
            raise singular(self)
        order = np.arange(len(x))
        for row, other in enumerate(exchanged):
            order[row], order[other] = order[other], order[row]
        return packed, order

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        packed, order = output
        lower, upper = unit_lower(packed), band_part(packed, lower=0, upper=-1)
        of_lower = below_diagonal(grad[0])
        of_upper = band_part(grad[0], lower=0, upper=-1)
        inner = below_diagonal(matmul(conjugated(lower), of_lower, True, False)) + band_part(
            matmul(of_upper, conjugated(upper), False, True), lower=0, upper=-1
        )
        left = triangular_solve(lower, inner, lower=True, adjoint=True)
        rows = triangular_solve(upper, adjoint(left), lower=False, adjoint=False)
        columns = conjugated(rows)
        places = broadcast_to(expand_dims(order, axis=(-2,)), shape_of(columns))
        return (matrix_transpose(put_along(columns, places, shape_of(columns))),)


def below_diagonal(x: Any) -> Any:
    """What stands below the diagonal."""
    return band_part(x, lower=-1, upper=0) - band_part(x, lower=0, upper=0)


def unit_lower(x: Any) -> Any:
    """The lower triangle with ones on the diagonal."""
    ones = diag_part(x, k=0) * 0 + 1
    return below_diagonal(x) + diagonal_matrix(ones)


class Qr(Primitive):
    """Unitary q and upper triangular r with q r = x."""

    vectorize = batching.as_it_is
    needs = ("output", "x")

    def infer(self, x: TensorSpec, *, full_matrices: bool) -> Any:
        """q: [..., rows, k] and r: [..., k, columns]; k is the smaller size, or the rows."""
        check_dtypes(self, (x,), LAPACK_AND_HALF)
        check_matrices(self, input=x)
        if x.sizes is None:
            return TensorSpec.of(None, x.dtype), TensorSpec.of(None, x.dtype)
        *batch, rows, columns = x.sizes
        inner = rows if full_matrices else _smaller(rows, columns)
        return (
            TensorSpec.of((*batch, rows, inner), x.dtype),
            TensorSpec.of((*batch, inner, columns), x.dtype),
        )

    def kernel(self, x: Any, *, full_matrices: bool) -> Any:
        if x.ndim < 2:
            raise ValueError("a vector")
        if x.dtype.char in "fF" and min(x.shape[-2:]) > lapack.SMALL:
            return in_single_precision(x, full_matrices)
        mode = "complete" if full_matrices else "reduced"
        wide = x.astype(np.float32) if x.dtype.itemsize == 2 else x
        return tuple([part.astype(x.dtype, copy=False) for part in np.linalg.qr(wide, mode)])

    def gradient(self, grad: Any, output: Any, x: Any, *, full_matrices: bool) -> Any:
        (q, r), (of_q, of_r) = output, grad
        k = smaller_size(x)
        kept, beyond = of_q[..., :k], x[..., k:]
        # The columns after the first k follow from those: r = [r, q^H beyond].
        kept += matmul(beyond, conjugated(of_r[..., :k, k:]), False, True)
        first, square, of_square = q[..., :k], r[..., :k, :k], of_r[..., :k, :k]
        inner = matmul(square, conjugated(of_square), False, True)
        inner -= matmul(conjugated(kept), first, True, False)
        half = half_lower(inner)
        total = kept + matmul(first, half + adjoint(half))
        if full_matrices:
            rest = matmul(conjugated(of_q[..., k:]), first, True, False)
            total -= matmul(q[..., k:], rest)
        solved = adjoint(triangular_solve(square, adjoint(total), lower=False, adjoint=False))
        return (concat(solved, matmul(first, of_r[..., :k, k:]), axis=-1),)


def in_single_precision(x: Any, is_full: bool) -> tuple[Any, Any]:
    """q and r of matrices of float32 or complex64, for which NumPy has no routine."""
    factorize, form = orthogonal_routines(x.dtype.char)
    *batch, rows, columns = x.shape
    k = min(rows, columns)
    inner = rows if is_full else k
    q, r = np.empty((*batch, rows, inner), x.dtype), np.zeros((*batch, inner, columns), x.dtype)
    for place in np.ndindex(*batch):
        packed, tau, _, _ = factorize(x[place], lwork=_WORK * columns)
        r[place][:k] = np.triu(packed[:k])
        basis = np.zeros((rows, inner), x.dtype, order="F")
        basis[:, :k] = packed[:, :k]
        q[place] = form(basis, tau, lwork=_WORK * inner, overwrite_a=1)[0]
    return q, r


_WORK = 64
"""Columns that LAPACK may turn at once."""


def _smaller(rows: Any, columns: Any) -> Any:
    if rows is None or columns is None:
        return 0 if 0 in (rows, columns) else None
    return min(rows, columns)


def smaller_size(x: Any) -> Any:
    """The smaller size of matrices: an int where the shape is known, else a scalar tensor."""
    shape = shape_of(x)
    rows, columns = shape[-2], shape[-1]
    return min(rows, columns) if shape.__class__ is tuple else minimum(rows, columns)


def real_dtype(dtype: dtypes.DType) -> dtypes.DType:
    """The dtype of absolute values."""
    return {"complex64": dtypes.float32, "complex128": dtypes.float64}.get(dtype.name, dtype)


def check_rectangle(primitive: Primitive, x: TensorSpec) -> None:
    """An error for what is no matrix of numbers with a fraction."""
    check_dtypes(primitive, (x,), LAPACK)
    check_matrices(primitive, tensor=x)


def refuse_not_finite(primitive: Primitive, x: Any) -> None:
    """An error for infinities and NaN."""
    if not is_finite(x):
        raise InvalidArgumentError(
            f"{primitive.public} expected finite numbers. Received: infinity or NaN"
        )


class SingularValues(Primitive):
    """The singular values, the largest first."""

    vectorize = batching.as_it_is
    public = "svd"
    has_one_input = True
    can_fail = True
    needs = ("x",)

    def infer(self, x: TensorSpec) -> TensorSpec:
        """[..., the smaller size], real."""
        check_rectangle(self, x)
        sizes = None if x.sizes is None else (*x.sizes[:-2], _smaller(*x.sizes[-2:]))
        return TensorSpec.of(sizes, real_dtype(x.dtype))

    def kernel(self, x: Any) -> Any:
        refuse_not_finite(self, x)
        return lapack.singular_values(x)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        _, u, v = svd(x, full_matrices=False)
        scaled = u * expand_dims(cast(grad, dtype=x.dtype), axis=(-2,))
        return (matmul(scaled, conjugated(v), False, True),)


class Svd(Primitive):
    """Singular values s and the matrices u and v with x = u diag(s) v^H."""

    vectorize = batching.as_it_is
    can_fail = True
    needs = ("output",)

    def infer(self, x: TensorSpec, *, full_matrices: bool) -> Any:
        """s: [..., k], u: [..., rows, k or rows], v: [..., columns, k or columns]."""
        check_rectangle(self, x)
        real = real_dtype(x.dtype)
        if x.sizes is None:
            unknown = TensorSpec.of(None, x.dtype)
            return TensorSpec.of(None, real), unknown, unknown
        *batch, rows, columns = x.sizes
        inner = _smaller(rows, columns)
        return (
            TensorSpec.of((*batch, inner), real),
            TensorSpec.of((*batch, rows, rows if full_matrices else inner), x.dtype),
            TensorSpec.of((*batch, columns, columns if full_matrices else inner), x.dtype),
        )

    def kernel(self, x: Any, *, full_matrices: bool) -> Any:
        if x.ndim < 2:
            raise ValueError("a vector")
        refuse_not_finite(self, x)
        u, s, v = lapack.singular_vectors(x, full_matrices)
        return s, u, v.swapaxes(-1, -2).conj()

    def gradient(self, grad: Any, output: Any, x: Any, *, full_matrices: bool) -> Any:
        (s, u, v), (of_s, of_u, of_v) = output, grad
        dtype, k = u.dtype, smaller_size(x)
        first_u, first_v = u[..., :k], v[..., :k]
        gaps = cast(inverse_gaps(s * s), dtype=dtype)
        inverse = expand_dims(cast(safe_reciprocal(s), dtype=dtype), axis=(-2,))
        s, of_s = cast(s, dtype=dtype), cast(of_s, dtype=dtype)
        by_u = matmul(conjugated(first_u), of_u[..., :k], True, False)
        by_v = matmul(conjugated(first_v), of_v[..., :k], True, False)
        inner = _antisymmetric(gaps, by_u) * expand_dims(s, axis=(-2,))
        inner += expand_dims(s, axis=(-1,)) * _antisymmetric(gaps, by_v) + diagonal_matrix(of_s)
        if u.is_complex:
            phase = diag_part(by_u, k=0)
            turn = (phase - conjugated(phase)) * 0.5
            inner += diagonal_matrix(turn * inverse[..., 0, :])
        left = matmul(first_u, inner)
        left += (of_u[..., :k] - matmul(first_u, by_u)) * inverse
        right = (of_v[..., :k] - matmul(first_v, by_v)) * inverse
        if full_matrices:
            left -= _of_the_rest(u, of_u, k) * inverse
            right -= _of_the_rest(v, of_v, k) * inverse
        outer = matmul(left, conjugated(first_v), False, True)
        return (outer + matmul(first_u, conjugated(right), False, True),)


def _antisymmetric(gaps: Any, x: Any) -> Any:
    weighted = gaps * x
    return weighted + adjoint(weighted)


def _of_the_rest(u: Any, of_u: Any, k: Any) -> Any:
    """What the columns after the first k, which move to stay orthogonal, contribute."""
    return matmul(u[..., k:], matmul(conjugated(of_u[..., k:]), u[..., :k], True, False))


class Eigh(Primitive):
    """Eigenvalues of a Hermitian matrix in rising order, and its eigenvectors as columns; only
    the lower triangle is read. The values have the dtype of the matrix."""

    vectorize = batching.as_it_is
    needs = ("output",)

    def infer(self, x: TensorSpec) -> Any:
        """[..., size] and [..., size, size]."""
        check_square(self, x)
        return TensorSpec.of(None if x.sizes is None else x.sizes[:-1], x.dtype), x

    can_fail = True

    def kernel(self, x: Any) -> Any:
        refuse_rectangle(x)
        refuse_not_finite(self, x)
        values, vectors = lapack.eigen(x)
        return as_dtype(values, x.dtype), vectors

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        (values, vectors), (of_values, of_vectors) = output, grad
        turned = matmul(conjugated(vectors), of_vectors, True, False)
        inner = diagonal_matrix(of_values) + turned * inverse_gaps(values)
        whole = matmul(matmul(vectors, inner), conjugated(vectors), False, True)
        return (half_lower(whole + adjoint(whole)),)


class Eig(Primitive):
    """Eigenvalues and eigenvectors of square matrices, both complex."""

    vectorize = batching.as_it_is
    needs = ("output",)
    can_fail = True

    def infer(self, x: TensorSpec) -> Any:
        """[..., size] and [..., size, size]."""
        check_square(self, x)
        dtype = {"float32": dtypes.complex64, "float64": dtypes.complex128}.get(x.dtype.name)
        values = None if x.sizes is None else x.sizes[:-1]
        return TensorSpec.of(values, dtype or x.dtype), TensorSpec.of(x.sizes, dtype or x.dtype)

    def kernel(self, x: Any) -> Any:
        refuse_rectangle(x)
        refuse_not_finite(self, x)
        dtype = np.result_type(x.dtype, np.complex64)
        return tuple([part.astype(dtype, copy=False) for part in np.linalg.eig(x)])

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        (values, vectors), (of_values, of_vectors) = output, grad
        turned = matmul(conjugated(vectors), of_vectors, True, False)
        overlaps = matmul(conjugated(vectors), vectors, True, False)
        lengths = diag_part(turned, k=0)
        lengths = (lengths + conjugated(lengths)) * 0.5
        turned -= overlaps * expand_dims(lengths, axis=(-2,))
        gaps = conjugated(inverse_gaps(values))
        inner = diagonal_matrix(of_values) + turned * gaps
        whole = solve(adjoint(vectors), matmul(inner, conjugated(vectors), False, True))
        return (cast(whole, dtype=x.dtype),)


cholesky = Cholesky()
lu = Lu()
qr = Qr()
singular_values = SingularValues()
svd = Svd()
eigh = Eigh()
eig = Eig()
