"""What whole families of primitives share: shape rules, dtype rules, broadcasting gradients."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import as_operand
from eagre.core.doors import NO_PARAMS, apply, binary_door, element_door
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.outline import SMALL
from eagre.core.primitive import Primitive
from eagre.core.shapes import broadcast_sizes, count
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor
from eagre.primitives import batching
from eagre.primitives.sums import sum_to_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.dtypes import DType

FLOATS = frozenset({dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64})
COMPLEXES = frozenset({dtypes.complex64, dtypes.complex128})
SIGNED = frozenset({dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64})
UNSIGNED = frozenset({dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64})
INTEGERS = SIGNED | UNSIGNED
REALS = FLOATS | INTEGERS
INEXACTS = FLOATS | COMPLEXES
NUMBERS = REALS | COMPLEXES
BOOLS = frozenset({dtypes.bool_})
EVERYTHING = NUMBERS | BOOLS | {dtypes.string} | dtypes.NARROW
WIDE = frozenset({dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64})
"""The dtypes of numbers that may become sizes while tracing."""
_NAMES = {
    FLOATS: "floating-point numbers",
    COMPLEXES: "complex numbers",
    INTEGERS: "integers",
    REALS: "real numbers",
    INEXACTS: "floating-point or complex numbers",
    NUMBERS: "numbers",
    NUMBERS | {dtypes.string}: "numbers or strings",
    NUMBERS | BOOLS: "numbers or booleans",
    BOOLS: "booleans",
    SIGNED | INEXACTS: "signed numbers",
    SIGNED | FLOATS: "signed real numbers",
    REALS | BOOLS: "real numbers or booleans",
    EVERYTHING: "numbers, booleans or strings",
}
_zeros: Any = np.zeros
_empty: Any = np.empty
HALVES = frozenset({dtypes.float16, dtypes.bfloat16})


def check_dtypes(primitive: Primitive, specs: Any, allowed: frozenset[DType]) -> DType:
    """The common dtype of the specs; an error when they differ or it is not allowed."""
    dtype = specs[0].dtype
    for spec in specs:
        if spec.dtype != dtype:
            names = ", ".join(each.dtype.name for each in specs)
            raise DTypeMismatchError(
                f"{primitive.public} expected tensors of one dtype. Received: dtypes {names}. "
                "Use tf.cast to bring them together."
            )
    if dtype not in allowed:
        expected = _NAMES.get(allowed) or ", ".join(sorted(each.name for each in allowed))
        raise DTypeMismatchError(
            f"{primitive.public} expected {expected}. Received: dtype={dtype.name}. "
            "Use tf.cast to convert the tensor."
        )
    return dtype


def contiguous(array: Any) -> Any:
    """The array in row-major order: bits must not depend on how a value lies in memory."""
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


def as_dtype(x: Any, dtype: Any) -> Any:
    """The array in a NumPy dtype, without a copy where it has it."""
    return x if x.dtype == dtype else x.astype(dtype)


def has_nan(x: Any) -> bool:
    """Whether there is a NaN, which is what `argmax` finds then."""
    flat = x.reshape(-1)
    found = flat[flat.argmax()] if flat.size else 0.0
    return bool(found != found)


def is_finite(x: Any) -> bool:
    """Whether there is neither an infinity nor a NaN, of which one would be an extreme."""
    if x.dtype.kind == "c" or not x.size:
        return bool(np.isfinite(x).all())
    flat = x.reshape(-1)
    return isfinite(flat[flat.argmax()]) and isfinite(flat[flat.argmin()])


def own_if_small(view: Any) -> Any:
    """A copy of a view that shows less than half of its base, which it would keep alive."""
    base = view.base
    if base is not None and SMALL < base.nbytes > 2 * view.nbytes:
        return view.copy()
    return view


def filled(shape: Any, value: Any) -> Any:
    """A new array in which each element is that of `value`, an array without axes."""
    if value.dtype.kind != "O" and not any(value.tobytes()):
        # Memory that the system hands out is blank already.
        return _zeros(shape, value.dtype)
    result = _empty(shape, value.dtype)
    result[...] = value
    return result


class Elementwise(Primitive):
    """A function of the elements; inputs broadcast."""

    vectorize = batching.broadcasting
    broadcasts = True
    takes: frozenset[DType] = NUMBERS
    gives: DType | None = None
    """The dtype of the output, None for the inputs' own."""

    is_exact = True
    """Whether NumPy computes it in one correctly rounded step (add, compare, move), so that the
    bits cannot depend on the memory layout. Other kernels get row-major arrays."""

    scalar: Any = None
    """`(emit, *values) -> value`: the element formula for a code generator."""

    def infer(self, *specs: Any, **params: Any) -> TensorSpec:
        """Broadcast the shapes."""
        dtype = check_dtypes(self, specs, self.takes)
        sizes = specs[0].sizes
        for spec in specs[1:]:
            try:
                sizes = broadcast_sizes(sizes, spec.sizes)
            except InvalidArgumentError:
                shapes = " and ".join(str(each.shape) for each in specs)
                raise InvalidArgumentError(
                    f"{self.public} expected shapes that broadcast: each size equal or 1. "
                    f"Received: shapes {shapes}"
                ) from None
        return TensorSpec.of(sizes, self.gives or dtype)


class Unary(Elementwise):
    """An elementwise function of one tensor."""

    broadcasts = False
    has_one_input = True

    def __init__(self) -> None:
        super().__init__()
        if not self.is_exact:
            self.kernel_for_rows = self.kernel
            self.kernel = on_contiguous_one(self.kernel)
        self.door = element_door(self)


class Binary(Elementwise):
    """An elementwise function of two tensors of one dtype."""

    is_light = True

    def __init__(self) -> None:
        super().__init__()
        if self.is_exact_for_reals:
            self.kernel_for_reals = self.kernel
        if not self.is_exact:
            self.kernel = on_contiguous(self.kernel)
        self.door = binary_door(self)


class Moving(Primitive):
    """A function that moves elements, or shows them otherwise, and computes nothing."""

    is_exact = True
    is_silent = True
    needs = ()


def on_contiguous_one(kernel: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The kernel of one array on a row-major copy of what is not row-major."""

    def contiguous_kernel(x: Any) -> Any:
        return kernel(x if x.flags.c_contiguous else np.ascontiguousarray(x))

    return contiguous_kernel


def on_contiguous(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel on row-major copies of what is not row-major."""

    def contiguous_kernel(*arrays: Any) -> Any:
        return kernel(*map(contiguous, arrays))

    return contiguous_kernel


# Sizes that may be unknown --------------------------------------------------------------------


class ShapeOf(Primitive):
    """The shape of a tensor, as an int32 vector."""

    is_exact = True
    vectorize = batching.shape
    has_one_input = True
    needs = ()
    stops_gradients = True

    def infer(self, x: TensorSpec) -> TensorSpec:
        """A vector as long as the rank."""
        rank = None if x.sizes is None else len(x.sizes)
        return TensorSpec.of((rank,), dtypes.int32)

    def kernel(self, x: Any) -> Any:
        """NumPy's shape."""
        return np.array(x.shape, np.int32)

    def known(self, x: Any) -> Any:
        """The sizes that are known."""
        return x.sizes


shape_tensor = ShapeOf()


def shape_of(x: Tensor) -> Any:
    """The shape of `x`: a tuple of ints where it is known, else a symbolic int32 vector."""
    sizes = x.sizes
    if sizes is None or None in sizes:
        return apply(shape_tensor, (x,), NO_PARAMS)
    return sizes


def static_sizes(shape: Any) -> Any:
    """What tracing knows of the numbers in a tensor of sizes: a tuple with None, or None."""
    if shape.__class__ is tuple:
        return shape
    if isinstance(shape, EagerTensor):
        return tuple(shape.array.ravel().tolist())
    operation = shape.operation if isinstance(shape, SymbolicTensor) else None
    if operation is not None:
        primitive = operation.primitive
        if primitive.keeps_order:
            return static_sizes(operation.inputs[0])
        known = None
        if primitive.known is not None:
            known = primitive.known(*operation.inputs, **operation.params)
        if known is not None and operation.has_several_outputs:
            known = next(n for n, x in zip(known, operation.outputs, strict=True) if x is shape)
        if known is not None:
            return known
    length = count(shape.sizes)
    return None if length is None else (None,) * length


def known_number(x: Any) -> int | None:
    """The integer that a tensor of one element is known to hold, None where it is not known."""
    numbers = static_sizes(x)
    if numbers is None or len(numbers) != 1 or numbers[0].__class__ is not int:
        return None
    return numbers[0]


def is_list(x: Any) -> bool:
    """Whether a tensor is a scalar or a vector, as sizes are."""
    return x.sizes is not None and len(x.sizes) < 2


def known_by(compute: Callable[[Any, Any], Any]) -> Any:
    """The rule `known` of an operation on pairs of integers, given as Python has it."""

    def known(self: Primitive, x: Any, y: Any) -> Any:
        left, right = static_sizes(x), static_sizes(y)
        if left is None or right is None or not (is_list(x) and is_list(y)):
            return None
        pairs = np.broadcast(np.array(left, object), np.array(right, object))
        return tuple([compute(*pair) if _are_sizes(*pair) else None for pair in pairs])

    return known


def _are_sizes(*numbers: Any) -> bool:
    """Whether numbers are integers that do not overflow when two are added or multiplied."""
    return all(number.__class__ is int and abs(number) < 2**15 for number in numbers)


def apply_with_shape(
    primitive: Primitive, inputs: tuple[Tensor, ...], shape: Any, **params: Any
) -> Tensor:
    """Apply a primitive that takes a shape: a tuple is a parameter, a vector the last input."""
    if isinstance(shape, EagerTensor):
        shape = tuple(shape.array.tolist())
    known = static_sizes(shape)
    if known is not None and None not in known:
        return primitive.door(*inputs, shape=known, **params)
    if known is not None:
        known = tuple([None if size is None or size < 0 else size for size in known])
    return apply(primitive, (*inputs, shape), {"shape": known, **params})


def target_shape(shape: Any, sizes: Any) -> tuple[int, ...]:
    """The shape for a kernel: the parameter, or the value of the input that holds the sizes."""
    return shape if sizes is None else tuple(sizes.tolist())


class SumTo(Primitive):
    """Sum over the axes along which a value of `shape` was broadcast to the shape of `x`."""

    vectorize = batching.sum_to
    has_one_input = True
    needs = ()

    def infer(self, x: TensorSpec, sizes: Any = None, *, shape: Any) -> TensorSpec:
        """The wanted shape."""
        return TensorSpec.of(shape, check_dtypes(self, (x,), NUMBERS))

    def kernel(self, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        """Sum the leading axes away and the axes of size 1 with the size kept."""
        return sum_to_shape(x, target_shape(shape, sizes))

    def gradient(
        self, grad: Any, output: Any, x: Any, sizes: Any = None, *, shape: Any
    ) -> tuple[Any, ...]:
        """Broadcast back."""
        from eagre.primitives.rearrangement import broadcast_to

        grads = (broadcast_to(grad, shape_of(x)),)
        return grads if sizes is None else (*grads, None)


sum_to = SumTo()


def unbroadcast(grad: Any, x: Any) -> Any:
    """Sum a gradient to the shape of the input that it belongs to."""
    if grad.__class__ is x.__class__ is EagerTensor and grad.array.shape == x.array.shape:
        return grad  # what the lines below find out, at a third of the cost
    sizes = x.sizes
    if sizes is not None and None not in sizes:
        return grad if grad.sizes == sizes else sum_to.door(grad, shape=sizes)
    return apply_with_shape(sum_to, (grad,), shape_of(x))


def zero_like(x: Any) -> Any:
    """A scalar zero of the dtype of `x`; it broadcasts."""
    return as_operand(0, x, "zero")


def one_like(x: Any) -> Any:
    """A scalar one of the dtype of `x`; it broadcasts."""
    return as_operand(1, x, "one")
