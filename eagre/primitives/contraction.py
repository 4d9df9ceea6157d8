"""Products of matrices, and of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.doors import apply, binary_door, pair_door
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, broadcast_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.families import (
    NUMBERS,
    check_dtypes,
    contiguous,
    shape_of,
    unbroadcast,
)
from eagre.primitives.rearrangement import expand_dims, reshape, squeeze

_MANY = 1 << 15
_EXACT = float(1 << 53)
_extremes: Any = (np.minimum.reduce, np.maximum.reduce)


class Matmul(Primitive):
    """The product of two matrices, or of batches of them whose shapes broadcast."""

    vectorize = batching.broadcasting

    def __init__(self) -> None:
        super().__init__()
        self.door = pair_door(self)

    def infer(
        self, a: TensorSpec, b: TensorSpec, *, transpose_a: bool, transpose_b: bool
    ) -> TensorSpec:
        """[..., rows of a, columns of b]."""
        dtype = check_dtypes(self, (a, b), NUMBERS)
        for name, x in (("a", a), ("b", b)):
            if x.sizes is not None and len(x.sizes) < 2:
                raise InvalidArgumentError(
                    f"matmul expected tensors with at least two axes. Received: {name}.shape="
                    f"{x.shape}. Use tf.tensordot or tf.linalg.matvec for vectors."
                )
        if a.sizes is None or b.sizes is None:
            return TensorSpec.of(None, dtype)
        rows, inner = reversed(a.sizes[-2:]) if transpose_a else a.sizes[-2:]
        inner_b, columns = reversed(b.sizes[-2:]) if transpose_b else b.sizes[-2:]
        if inner is not None and inner_b is not None and inner != inner_b:
            raise InvalidArgumentError(_misfit(a, b, transpose_a, transpose_b))
        try:
            batch = broadcast_sizes(a.sizes[:-2], b.sizes[:-2])
        except InvalidArgumentError:
            raise InvalidArgumentError(
                "matmul expected leading axes that broadcast. "
                f"Received: a.shape={a.shape}, b.shape={b.shape}"
            ) from None
        return TensorSpec.of((*(batch or ()), rows, columns), dtype)

    def kernel(self, a: Any, b: Any, *, transpose_a: bool, transpose_b: bool) -> Any:
        if not (a.flags.c_contiguous and b.flags.c_contiguous):
            # Products with vectors round otherwise where rows are apart.
            is_of_vector = 1 in (*a.shape[-2:], *b.shape[-2:])
            readable = contiguous if is_of_vector else _with_whole_rows
            a, b = readable(a), readable(b)
        if a.itemsize == 2 and a.dtype.kind not in "iu":
            wide = a.astype(np.float32), b.astype(np.float32)
            product = self.kernel(*wide, transpose_a=transpose_a, transpose_b=transpose_b)
            return product.astype(a.dtype)
        if a.dtype.kind in "iu" and min(a.size, b.size) and a.size * b.shape[-1] > _MANY:
            return _product_of_integers(a, b, transpose_a, transpose_b)
        # For two matrices `dot` calls the same BLAS routine at half the overhead.
        if a.ndim == 2 and b.ndim == 2:
            return (a.T if transpose_a else a).dot(b.T if transpose_b else b)
        if transpose_a:
            a = a.swapaxes(-1, -2)
        if transpose_b:
            b = b.swapaxes(-1, -2)
        if min(a.ndim, b.ndim) < 2:
            raise ValueError("a vector")
        return np.matmul(a, b)

    needs = ("a", "b")

    def gradient(
        self, grad: Any, output: Any, a: Any, b: Any, *, transpose_a: bool, transpose_b: bool
    ) -> Any:
        def of_a() -> Any:
            other = conjugated(b)
            if transpose_a:
                return unbroadcast(matmul(other, grad, transpose_b, True), a)
            return unbroadcast(matmul(grad, other, False, not transpose_b), a)

        def of_b() -> Any:
            other = conjugated(a)
            if transpose_b:
                return unbroadcast(matmul(grad, other, True, transpose_a), b)
            return unbroadcast(matmul(other, grad, not transpose_a, False), b)

        return of_a, of_b


def _with_whole_rows(x: Any) -> Any:
    """The array, if BLAS takes its rows as they lie; else a row-major copy."""
    if x.ndim > 2 and x.dtype.kind in "fc" and x.flags.aligned and x.size:
        *_, row, step = x.strides
        if step == x.itemsize and row % step == 0 and row >= x.shape[-1] * step:
            return x
    return contiguous(x)


def _product_of_integers(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> Any:
    """The product by BLAS in float64 where all its sums are exact, since NumPy has no blocks."""
    inner = a.shape[-2] if transpose_a else a.shape[-1]
    largest = [max(abs(int(extreme(x, None))) for extreme in _extremes) for x in (a, b)]
    dtype = a.dtype
    if largest[0] * largest[1] * inner < _EXACT:
        a, b = a.astype(np.float64), b.astype(np.float64)
    if transpose_a:
        a = a.swapaxes(-1, -2)
    if transpose_b:
        b = b.swapaxes(-1, -2)
    # What does not fit wraps around, as sums of integers do.
    wide = np.matmul(a, b)
    return wide if wide.dtype == dtype else wide.astype(np.int64).astype(dtype)


def _misfit(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> str:
    message = (
        "matmul expected the columns of a to agree with the rows of b. "
        f"Received: a.shape={a.shape}, b.shape={b.shape}"
    )
    if transpose_a or transpose_b:
        message += f", transpose_a={transpose_a}, transpose_b={transpose_b}"
    elif a.sizes[-1] == b.sizes[-1]:
        message += ". Did you mean transpose_b=True?"
    elif a.sizes[-2] == b.sizes[-2]:
        message += ". Did you mean transpose_a=True?"
    return message


matmul_primitive = Matmul()


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    """The matrix product of `a` and `b`, each transposed in its last two axes if asked."""
    return matmul_primitive.door(a, b, transpose_a=transpose_a, transpose_b=transpose_b)


def _dots_of_batches(primitive: Primitive, batched: batching.Flags, a: Any, b: Any) -> Any:
    """A vector that is the same for all examples; else products of matrices and columns."""
    if not batched[1]:
        return apply(primitive, (a, b), {})
    lead = batching.rank_of(a, batched[0]) - 1
    a = a if lead else expand_dims(a, axis=(-2,))
    ones = tuple(range(1, max(lead, 1)))
    column = expand_dims(expand_dims(b, axis=ones) if ones else b, axis=(-1,))
    return squeeze(matmul(a, column), axis=(-1,) if lead else (-2, -1))


class Dot(Primitive):
    """The sums of the products of the vector `b` with what lies along the last axis of `a`."""

    vectorize = _dots_of_batches
    needs = ("a", "b")

    def __init__(self) -> None:
        super().__init__()
        self.door = binary_door(self)

    def infer(self, a: TensorSpec, b: TensorSpec) -> TensorSpec:
        """The shape of a without its last axis."""
        dtype = check_dtypes(self, (a, b), NUMBERS)
        fits = a.sizes != () and (b.sizes is None or len(b.sizes) == 1)
        if fits and a.sizes is not None and b.sizes is not None:
            fits = are_compatible(a.sizes[-1:], b.sizes)
        if not fits:
            raise InvalidArgumentError(
                "dot expected a vector as long as the last axis of a. "
                f"Received: a.shape={a.shape}, b.shape={b.shape}"
            )
        return TensorSpec.of(None if a.sizes is None else a.sizes[:-1], dtype)

    def kernel(self, a: Any, b: Any) -> Any:
        if not (a.flags.c_contiguous and b.flags.c_contiguous):
            a, b = contiguous(a), contiguous(b)
        if b.ndim != 1 or not a.ndim:
            raise ValueError("no vector")
        if a.itemsize == 2 and a.dtype.kind not in "iu":
            return self.kernel(a.astype(np.float32), b.astype(np.float32)).astype(a.dtype)
        if a.ndim < 3:
            return a.dot(b)
        size = a.shape[-1]
        if not a.size:
            return np.zeros(a.shape[:-1], a.dtype)
        return a.reshape(a.size // size, size).dot(b).reshape(a.shape[:-1])

    def gradient(self, grad: Any, output: Any, a: Any, b: Any) -> Any:
        def of_b() -> Any:
            rows = reshape(conjugated(a), batching.vector_of([-1, shape_of(b)[0]]))
            return reshape(matmul(reshape(grad, (1, -1)), rows), (-1,))

        return lambda: expand_dims(grad, axis=(-1,)) * conjugated(b), of_b


dot_primitive = Dot()


def dot(a: Any, b: Any) -> Any:
    """The sums of the products of the vector `b` with what lies along the last axis of `a`."""
    return dot_primitive.door(a, b)
