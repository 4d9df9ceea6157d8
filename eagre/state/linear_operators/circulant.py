"""`LinearOperatorCirculant`, also of two and three dimensions: convolutions that go round.

Fourier transforms turn them into products with the spectrum.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.shapes import TensorShape
from eagre.ops import fourier
from eagre.ops.complex_parts import imag, real
from eagre.ops.math import abs as absolute
from eagre.ops.math import equal, log, not_equal
from eagre.ops.matrices import matrix_transpose
from eagre.ops.reductions import reduce_prod, reduce_sum
from eagre.ops.shaping import cast
from eagre.primitives.arithmetic import conjugated
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import batch_of, inner_sizes, reshaped, vector_of
from eagre.state.linear_operators.operator import LinearOperator, parameter, ratio
from eagre.state.linear_operators.sizes import ones_of

_FORWARD = {1: fourier.fft, 2: fourier.fft2d, 3: fourier.fft3d}
_BACKWARD = {1: fourier.ifft, 2: fourier.ifft2d, 3: fourier.ifft3d}


def in_complex(x: Any) -> Any:
    """The numbers as complex ones of their own precision."""
    is_wide = x.dtype in (dtypes.float64, dtypes.complex128)
    return cast(x, dtypes.complex128 if is_wide else dtypes.complex64)


class CirculantOperator(LinearOperator):
    """The inverse transform of the spectrum times the transform, over `block_depth` axes."""

    block_depth = 1
    """Over how many axes the transform goes."""

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: Any = dtypes.complex64,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = None,
    ) -> None:
        self._spectrum = parameter(spectrum, "spectrum", self.block_depth, self)
        if not self._spectrum.dtype.is_complex:
            fact = "an operator with a real spectrum is its own adjoint"
            is_self_adjoint = hints.settled(self, "is_self_adjoint", is_self_adjoint, fact)
        super().__init__(
            input_output_dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            hints.settled(self, "is_square", is_square, "circulant matrices are square"),
            name,
            {"spectrum": spectrum, "input_output_dtype": input_output_dtype},
        )

    def with_spectrum(self, spectrum: Any, **known: Any) -> LinearOperator:
        """An operator of the same kind and dtype."""
        return type(self)(spectrum, self.dtype, **known)

    @property
    def spectrum(self) -> Any:
        """The eigenvalues, in the order of the Fourier transform."""
        return self._spectrum

    @property
    def block_shape(self) -> TensorShape:
        """The sizes of the axes over which the transform goes."""
        return self._spectrum.shape[-self.block_depth :]

    def block_shape_tensor(self) -> Any:
        """The same as a vector."""
        return vector_of(inner_sizes(to_tensor(self._spectrum), self.block_depth))

    def convolution_kernel(self, name: str = "convolution_kernel") -> Any:
        """The first column, with the axes of the spectrum."""
        return cast(_BACKWARD[self.block_depth](in_complex(to_tensor(self._spectrum))), self.dtype)

    def assert_hermitian_spectrum(self, name: str = "assert_hermitian_spectrum") -> None:
        """An InvalidArgumentError unless the matrix is real, up to rounding."""
        kernel = _BACKWARD[self.block_depth](in_complex(to_tensor(self._spectrum)))
        limit = 10 * float(np.finfo(kernel.dtype.numpy).eps)
        size = reduce_sum(absolute(kernel)) + 1
        self._require("assert_hermitian_spectrum", "a spectrum of a real matrix",
                      to_tensor(self._spectrum), absolute(imag(kernel)) <= limit * size)

    def _flat(self) -> Any:
        """The spectrum [..., rows]."""
        spectrum = to_tensor(self._spectrum)
        depth = self.block_depth
        sizes = [*batch_of(spectrum, depth), prod(inner_sizes(spectrum, depth))]
        return spectrum if depth == 1 else reshaped(spectrum, sizes)

    def _sizes(self) -> Any:
        spectrum = to_tensor(self._spectrum)
        size = prod(inner_sizes(spectrum, self.block_depth))
        return [*batch_of(spectrum, self.block_depth), size, size]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return self._filtered(x, adjoint, False)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._filtered(rhs, adjoint, True)

    def _filtered(self, x: Any, adjoint: bool, is_inverse: bool) -> Any:
        """Each column transformed, multiplied with the spectrum or divided, transformed back."""
        depth = self.block_depth
        spectrum = in_complex(to_tensor(self._spectrum))
        spectrum = conjugated(spectrum) if adjoint else spectrum
        block = inner_sizes(spectrum, depth)
        spectrum = reshaped(spectrum, [*batch_of(spectrum, depth), 1, *block])
        rows = matrix_transpose(cast(x, spectrum.dtype))
        waves = _FORWARD[depth](reshaped(rows, [*batch_of(rows, 1), *block]))
        waves = waves / spectrum if is_inverse else waves * spectrum
        result = _BACKWARD[depth](waves)
        flat = reshaped(result, [*batch_of(result, depth), prod(block)])
        return cast(matrix_transpose(flat), self.dtype)

    def _adjoint(self) -> LinearOperator:
        return self.with_spectrum(conjugated(to_tensor(self._spectrum)), **hints.hints_of(self))

    def _inverse(self) -> LinearOperator:
        return self.with_spectrum(1.0 / to_tensor(self._spectrum), **hints.hints_of(self))

    def _determinant(self) -> Any:
        return cast(reduce_prod(self._flat(), -1), self.dtype)

    def _log_abs_determinant(self) -> Any:
        return cast(reduce_sum(log(absolute(self._flat())), -1), self.dtype)

    def _trace(self) -> Any:
        return cast(reduce_sum(self._flat(), -1), self.dtype)

    def _diag_part(self) -> Any:
        size = self._sizes()[-1]
        mean = self.trace() / cast(size, self.dtype)
        return mean[..., None] * ones_of([size], self.dtype)

    def _eigvals(self) -> Any:
        return self._flat()

    def _cond(self) -> Any:
        return ratio(self._flat())

    def _assert_non_singular(self) -> Any:
        spectrum = to_tensor(self._spectrum)
        self._require("assert_non_singular", "a spectrum without zeros", spectrum,
                      not_equal(spectrum, 0))

    def _assert_positive_definite(self) -> Any:
        spectrum = to_tensor(self._spectrum)
        self._require("assert_positive_definite", "a spectrum with positive real parts", spectrum,
                      real(spectrum) > 0)

    def _assert_self_adjoint(self) -> Any:
        spectrum = to_tensor(self._spectrum)
        self._require("assert_self_adjoint", "a real spectrum", spectrum, equal(imag(spectrum), 0))


class LinearOperatorCirculant(CirculantOperator):
    """The matrix whose columns are the first one, each moved by one place from the one before.

    Args:
        spectrum: [..., size], the Fourier transform of the first column.
        input_output_dtype: the dtype of the operator; the imaginary part is left out of real ones.

    >>> spectrum = tf.signal.fft([[1.0, 2.0, 3.0]])[0]
    >>> operator = tf.linalg.LinearOperatorCirculant(spectrum, tf.float32)
    >>> operator.to_dense().numpy().round(3)
    array([[1., 3., 2.],
           [2., 1., 3.],
           [3., 2., 1.]], dtype=float32)
    """


class LinearOperatorCirculant2D(CirculantOperator):
    """The same over two axes: vectors are the elements of [rows, columns] in row-major order.

    >>> operator = tf.linalg.LinearOperatorCirculant2D(tf.ones([2, 3]), tf.float32)
    >>> operator.shape
    TensorShape([6, 6])
    """

    block_depth = 2


class LinearOperatorCirculant3D(CirculantOperator):
    """The same over three axes.

    >>> operator = tf.linalg.LinearOperatorCirculant3D(tf.ones([1, 2, 3]), tf.float32)
    >>> operator.trace().numpy()
    np.float32(6.0)
    """

    block_depth = 3
