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
    apply_with_shape,
    check_dtypes,
    contiguous,
    shape_of,
    sum_to,
    target_shape,
    unbroadcast,
)
from eagre.primitives.rearrangement import expand_dims, reshape, squeeze
from eagre.primitives.sums import sum_to_shape

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
        if min(a.ndim, b.ndim) < 2:
            raise ValueError("a vector")
        if b.ndim == 2 and not transpose_a and a.size:
            # One product of all rows: those of a batch may be few.
            rows = contiguous(a).reshape(a.size // a.shape[-1], a.shape[-1])
            product = rows.dot(b.T if transpose_b else b)
            return product.reshape(*a.shape[:-1], product.shape[-1])
        if transpose_a:
            a = a.swapaxes(-1, -2)
        if transpose_b:
            b = b.swapaxes(-1, -2)
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
            # For two matrices the products below have the same bits at half the overhead.
            if not transpose_a and not (a.ndim == 2 == b.ndim):
                parts = (grad, other) if transpose_b else (other, grad)
                return apply_with_shape(summed_product, parts, shape_of(b))
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


def _summed_of_batches(
    primitive: Primitive, batched: batching.Flags, *inputs: Any, shape: Any
) -> Any:
    """The products for all examples, and then the sums."""
    flags, (x, y), _ = batching.without_sizes(batched, inputs, shape)
    turned = {"transpose_a": True, "transpose_b": False}
    product = batching.broadcasting(matmul_primitive, flags, x, y, **turned)
    rest = (False,) * (len(inputs) - 2)
    return batching.sum_to(sum_to, (True, *rest), product, *inputs[2:], shape=shape)


class SummedProduct(Primitive):
    """The product of the transpose of `x` with `y`, summed to the shape of what was broadcast.

    Both have all axes that are summed. Where one matrix was broadcast, it is one product of all
    the rows of a batch.
    """

    vectorize = _summed_of_batches
    public = "matmul"
    needs = ("x", "y")

    def infer(self, x: TensorSpec, y: TensorSpec, sizes: Any = None, *, shape: Any) -> TensorSpec:
        """The shape asked for."""
        matmul_primitive.infer(x, y, transpose_a=True, transpose_b=False)
        return TensorSpec.of(shape, x.dtype)

    def kernel(self, x: Any, y: Any, sizes: Any = None, *, shape: Any) -> Any:
        shape, lead = target_shape(shape, sizes), x.shape[:-2]
        if len(shape) == 2 and lead and lead == y.shape[:-2] and x.size and y.size:
            x, y = [
                contiguous(part).reshape(part.size // part.shape[-1], part.shape[-1])
                for part in (x, y)
            ]
        product = matmul_primitive.kernel(x, y, transpose_a=True, transpose_b=False)
        return product if product.shape == shape else sum_to_shape(product, shape)

    def gradient(
        self, grad: Any, output: Any, x: Any, y: Any, sizes: Any = None, *, shape: Any
    ) -> Any:
        grads = (
            lambda: unbroadcast(matmul(conjugated(y), grad, False, True), x),
            lambda: unbroadcast(matmul(conjugated(x), grad, False, False), y),
        )
        return grads if sizes is None else (*grads, None)


summed_product = SummedProduct()


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
