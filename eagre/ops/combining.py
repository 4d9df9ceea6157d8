"""Sums, norms and polynomials of tensors, and elementwise functions composed of others."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.core.shapes import TensorShape
from eagre.ops.activations import check_floats
from eagre.ops.axes import integer_of
from eagre.ops.creation import zeros_like
from eagre.ops.reductions import reduce_sum
from eagre.ops.selection import same_dtype
from eagre.ops.squares import sum_of_squares
from eagre.primitives import adding, arithmetic, cumulative, segments, special, transcendental
from eagre.primitives.families import NUMBERS
from eagre.primitives.indexed_slices import IndexedSlices


def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of tensors of one shape and dtype.

    >>> tf.add_n([[1, 2], [3, 4]]).numpy()
    array([4, 6], dtype=int32)
    """
    is_list = hasattr(inputs, "__iter__") and not isinstance(inputs, str | bytes | dict)
    tensors = [to_tensor(x) for x in inputs] if is_list else []
    if not tensors:
        raise (ValueError if is_list else TypeError)(f"add_n expected tensors. Received: {inputs=}")
    return adding.add_n(*tensors) if len(tensors) > 1 else tensors[0]


def is_inf(x: Any, name: str | None = None) -> Any:
    """Whether an element is infinite.

    >>> tf.math.is_inf([1.0, float('-inf')]).numpy()
    array([False,  True])
    """
    x = to_tensor(x)
    check_floats("is_inf", x=x)
    return arithmetic.absolute(x) == float("inf")


def rint(x: Any, name: str | None = None) -> Any:
    """The nearest integer, of a floating-point dtype; halves go to the even one.

    >>> tf.math.rint([0.5, 1.5]).numpy()
    array([0., 2.], dtype=float32)
    """
    x = to_tensor(x)
    check_floats("rint", x=x)
    return arithmetic.rint.door(x)


def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    """The float32 or float64 number beside x1 in the direction of x2. Shapes broadcast.

    >>> tf.math.nextafter([1.0], [2.0]).numpy()
    array([1.0000001], dtype=float32)
    """
    x1, x2 = same_dtype(x1, x2, "nextafter")
    return special.next_after.door(x1, x2)


def log_sigmoid(x: Any, name: str | None = None) -> Any:
    """log(sigmoid(x)), without overflow.

    >>> tf.math.log_sigmoid([0.0]).numpy()
    array([-0.6931472], dtype=float32)
    """
    x = to_tensor(x)
    check_floats("log_sigmoid", x=x)
    return -transcendental.softplus(-x)


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The square root of the sum of squares over axes; that of integers is cut to an integer.

    >>> tf.math.reduce_euclidean_norm([3.0, 4.0]).numpy()
    np.float32(5.0)
    """
    x = to_tensor(input_tensor)
    if x.dtype not in NUMBERS:
        raise DTypeMismatchError(
            f"reduce_euclidean_norm expected numbers. Received: dtype={x.dtype.name}"
        )
    if x.dtype.is_integer:
        total = reduce_sum(arithmetic.square(x), axis, keepdims)
        root = transcendental.sqrt(arithmetic.cast(total, dtype=dtypes.float64))
        return arithmetic.cast(root, dtype=x.dtype)
    if x.dtype.is_complex:
        total = reduce_sum(x * arithmetic.conjugated(x), axis, keepdims)
    else:
        total = sum_of_squares(x, axis, keepdims)
    return transcendental.sqrt(total)


def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """log(exp(x) summed up to each element), without overflow (with `exclusive`, before each one).

    >>> tf.math.cumulative_logsumexp([0.0, 0.0]).numpy()
    array([0.       , 0.6931472], dtype=float32)
    """
    return cumulative.cumulative_logsumexp.door(
        to_tensor(x), axis=integer_of(axis), exclusive=bool(exclusive), reverse=bool(reverse)
    )


def accumulate_n(
    inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None
) -> Any:
    """The sum of tensors of one shape and dtype, which may be told beforehand.

    >>> tf.math.accumulate_n([[1, 2], [3, 4]]).numpy()
    array([4, 6], dtype=int32)
    """
    if not isinstance(inputs, list | tuple) or not inputs:
        raise ValueError(f"accumulate_n expected a list of tensors. Received: inputs={inputs!r}")
    tensors = [to_tensor(x, name="accumulate_n") for x in inputs]
    first = tensors[0]
    dtype = first.dtype if tensor_dtype is None else dtypes.as_dtype(tensor_dtype)
    known = first.shape if shape is None else TensorShape(shape)
    total = None
    for x in tensors:
        if x.dtype != dtype or x.dtype not in NUMBERS:
            found = f"{dtype.name} and {x.dtype.name}"
            raise TypeError(f"accumulate_n expected numbers of one dtype. Received: {found}")
        if not known.is_compatible_with(x.shape):
            raise ValueError(
                f"accumulate_n expected tensors of one shape. Received: {known} and {x.shape}"
            )
        total = x if total is None else total + x
    return total


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A number times a tensor; `tf.IndexedSlices` stay slices.

    >>> tf.scalar_mul(2.0, [1.0, 3.0]).numpy()
    array([2., 6.], dtype=float32)
    """
    if isinstance(x, IndexedSlices):
        return x.with_values(scalar_mul(scalar, x.values))
    x = to_tensor(x)
    scalar = to_tensor(scalar, x.dtype, name="scalar_mul")
    if scalar.ndim not in (0, None):
        raise ValueError(
            f"scalar_mul expected a scalar. Received: scalar.shape={scalar.shape}. Use multiply."
        )
    return arithmetic.multiply.door(scalar, x)


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Any:
    """The polynomial of x whose coefficients stand in a list, that of the highest power first.

    >>> tf.math.polyval([1.0, 2.0, 3.0], 2.0).numpy()
    np.float32(11.0)
    """
    if not isinstance(coeffs, list):
        kind = type(coeffs).__name__
        raise ValueError(f"polyval expected coeffs to be a list. Received: coeffs of type {kind}")
    x = to_tensor(x)
    if not coeffs:
        return zeros_like(x)
    first, *others = [same_dtype(each, x, "polyval")[0] for each in coeffs]
    if not others:
        return first
    # A product by one changes nothing.
    power = x if coeffs[0].__class__ in (int, float) and coeffs[0] == 1 else first * x
    result = others[0] + power
    for coefficient in others[1:]:
        result = coefficient + result * x
    return result


def invert_permutation(x: Any, name: str | None = None) -> Any:
    """The permutation y for which y[x[i]] = i.

    Raises:
        InvalidArgumentError: `x` does not have each number in [0, size) once.

    >>> tf.math.invert_permutation([2, 0, 1]).numpy()
    array([1, 2, 0], dtype=int32)
    """
    return segments.invert_permutation.door(to_tensor(x))
