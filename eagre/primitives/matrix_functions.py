"""Functions of matrices (the last two axes) that are given by power series.

Gradients: Mathias, "A chain rule for matrix functions", 1996.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching, lapack
from eagre.primitives.diagonals import adjoint
from eagre.primitives.families import COMPLEXES, contiguous, shape_of, zero_like
from eagre.primitives.linear_algebra import LAPACK, check_square, refuse_rectangle
from eagre.primitives.rearrangement import broadcast_to, concat
from eagre.primitives.scipy_kernels import scipy_module


class MatrixFunction(Primitive):
    """A function of square matrices that is given by its power series.

    f([[x, y], [0, x]]) has the derivative of f at x in the direction y above its diagonal.
    """

    vectorize = batching.as_it_is
    has_one_input = True
    needs = ("x",)
    takes = LAPACK

    def infer(self, x: TensorSpec) -> TensorSpec:
        """The same shape."""
        check_square(self, x, self.takes)
        return x

    def kernel(self, x: Any) -> Any:
        refuse_rectangle(x)
        wide = np.complex128 if x.dtype.kind == "c" else np.float64
        return self.of_matrices(contiguous(x).astype(wide)).astype(x.dtype)

    def of_matrices(self, x: Any) -> Any:
        """The values for matrices in double precision."""
        result = np.empty_like(x)
        for place in np.ndindex(*x.shape[:-2]):
            result[place] = self.of_matrix(x[place])
        return result

    def of_matrix(self, x: Any) -> Any:
        """The value for one matrix in double precision."""
        raise NotImplementedError

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        turned = adjoint(x)
        zeros = broadcast_to(zero_like(grad), shape_of(grad))
        above = concat(turned, grad, axis=-1)
        below = concat(zeros, turned, axis=-1)
        size = shape_of(x)[-1]
        return (self(concat(above, below, axis=-2))[..., :size, size:],)


class MatrixExponential(MatrixFunction):
    """The exponential: Higham, "The scaling and squaring method revisited", 2005."""

    public = "expm"

    def kernel(self, x: Any) -> Any:
        refuse_rectangle(x)
        wide = np.complex128 if x.dtype.kind == "c" else np.float64
        return self.of_matrices(contiguous(x).astype(wide), x.dtype).astype(x.dtype)

    def of_matrices(self, x: Any, dtype: Any = None) -> Any:
        """The values for matrices in double precision, as exact as a dtype holds them."""
        norm: Any = np.abs(x).sum(-2).max(-1, initial=0.0)
        is_finite = np.isfinite(norm)
        if not is_finite.all():
            x = np.where(is_finite[..., None, None], x, 0)
            return np.where(is_finite[..., None, None], self.of_matrices(x, dtype), np.nan)
        degree, limit = (7, 3.0) if dtype in _SINGLE else (13, 5.371920351148152)
        steps = np.maximum(np.frexp(norm / limit)[1], 0)
        most = int(steps.max(initial=0))
        if most:
            x = x * np.ldexp(1.0, -steps)[..., None, None]
        result: Any = pade_of_exponential(x, degree)
        for step in range(most):
            is_due = (steps > step)[..., None, None]
            np.copyto(result, np.matmul(result, result), where=is_due)
        return result


_SINGLE = (np.float32, np.complex64)


@lru_cache
def pade_factors(degree: int) -> Any:
    """The factors of the powers of x^2 in the odd and in the even part of a numerator.

    They stand in rows: the lower powers of the odd part and of the even one, then, of degree 13,
    those that are multiplied by x^6.
    """
    factors = [1.0]
    for power in range(1, degree + 1):
        ratio = (degree - power + 1) / (power * (2 * degree - power + 1))
        factors.append(factors[-1] * ratio)
    odd, even = factors[1::2], factors[0::2]
    if degree == 7:
        return np.array([odd, even])
    return np.array([odd[:4], even[:4], [0.0, *odd[4:]], [0.0, *even[4:]]])


def pade_of_exponential(x: Any, degree: int) -> Any:
    """The approximant of a degree: 13 is exact in double precision for norms up to 5.37, and 7 in
    single precision for norms up to 3.9."""
    powers = np.empty((4, *x.shape), x.dtype)
    powers[0] = np.eye(x.shape[-1])
    np.matmul(x, x, powers[1])
    np.matmul(powers[1], powers[1], powers[2])
    np.matmul(powers[2], powers[1], powers[3])
    factors = pade_factors(degree).astype(x.dtype)
    parts = factors.dot(powers.reshape(4, x.size)).reshape(len(factors), *x.shape)
    if degree == 13:
        parts[:2] += np.matmul(parts[2:], powers[3])
    odd, even = np.matmul(x, parts[0]), parts[1]
    return lapack.solve(even - odd, even + odd)


class MatrixSquareRoot(MatrixFunction):
    """The principal square root: Björck and Hammarling, "A Schur method for the square root of a
    matrix", 1983. NaN where a real matrix has no real one, or a singular one none at all."""

    public = "sqrtm"

    def of_matrix(self, x: Any) -> Any:
        if not np.isfinite(x).all():
            return np.full_like(x, np.nan)
        triangle, basis = complex_schur(x)
        root = basis @ root_of_triangle(triangle) @ basis.conj().T
        if x.dtype.kind == "c":
            return root
        is_real = np.abs(root.imag).max(initial=0.0) <= 1e-8 * np.abs(root).max(initial=0.0)
        return root.real if is_real else np.full_like(x, np.nan)


def complex_schur(x: Any) -> Any:
    """The upper triangular t and the unitary u with x = u t u^H."""
    return scipy_module("linalg").schur(x, output="complex")


def root_of_triangle(x: Any) -> Any:
    """The square root of an upper triangular matrix, diagonal by diagonal."""
    size = len(x)
    root = np.diag(np.sqrt(np.diag(x)))
    for distance in range(1, size):
        for row in range(size - distance):
            column = row + distance
            inner = slice(row + 1, column)
            rest = x[row, column] - root[row, inner] @ root[inner, column]
            root[row, column] = rest / (root[row, row] + root[column, column])
    return root


class MatrixLogarithm(MatrixFunction):
    """The principal logarithm: square roots until a quadrature is exact. NaN if singular.

    Higham, "Functions of Matrices", 2008, chapter 11.
    """

    public = "logm"
    takes = COMPLEXES

    def of_matrix(self, x: Any) -> Any:
        if not np.isfinite(x).all():
            return np.full_like(x, np.nan)
        triangle, basis = complex_schur(x)
        if not np.diag(triangle).all():
            return np.full_like(x, np.nan)
        identity = np.eye(len(x))
        roots = 0
        while np.abs(triangle - identity).sum(0).max(initial=0.0) > 0.25 and roots < 100:
            triangle, roots = root_of_triangle(triangle), roots + 1
        nodes, weights = np.polynomial.legendre.leggauss(10)
        rest = triangle - identity
        terms = [
            weight / 2 * lapack.solve(identity + (node + 1) / 2 * rest, rest)
            for node, weight in zip(nodes, weights, strict=True)
        ]
        return basis @ (2.0**roots * sum(terms)) @ basis.conj().T


matrix_exponential = MatrixExponential()
matrix_square_root = MatrixSquareRoot()
matrix_logarithm = MatrixLogarithm()
