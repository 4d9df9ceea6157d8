"""Reading and writing one element of an array of elements: what loops do with tensor arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import TensorShape, are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batched_indexing
from eagre.primitives.families import INTEGERS, own_if_small, shape_of, shape_tensor
from eagre.primitives.scattering import zeros


def _check_index(primitive: Primitive, x: TensorSpec, index: TensorSpec) -> None:
    if index.dtype not in INTEGERS:
        raise DTypeMismatchError(
            f"{primitive.public} expected an integer index. Received: dtype={index.dtype.name}"
        )
    if index.sizes not in ((), None) or x.sizes == ():
        raise InvalidArgumentError(
            f"{primitive.public} expected a scalar index. Received: shape={index.shape}"
        )


class ReadElement(Primitive):
    """Element `index` of `x` along the first axis."""

    vectorize = batched_indexing.read_element
    public = "TensorArray.read"
    needs = ("index",)
    can_fail = True

    def infer(self, x: TensorSpec, index: TensorSpec) -> TensorSpec:
        """The shape without its first axis."""
        _check_index(self, x, index)
        return TensorSpec.of(None if x.sizes is None else x.sizes[1:], x.dtype)

    def kernel(self, x: Any, index: Any) -> Any:
        if index.ndim or index.dtype.kind not in "iu" or not x.ndim:
            raise ValueError("no scalar integer")
        if not 0 <= index < len(x):
            raise InvalidArgumentError(
                f"{self.public} expected an index in [0, {len(x)}). Received: index={index}"
            )
        element = x[int(index)]
        return own_if_small(element) if element.__class__ is np.ndarray else element

    def gradient(self, grad: Any, output: Any, x: Any, index: Any) -> Any:
        return lambda: write_element(zeros(grad, shape_of(x)), index, grad, grows=False), None


class WriteElement(Primitive):
    """`x` with `value` in place of element `index`.

    If it grows, an index behind the end adds elements of zeros up to it. Elements without
    content, of a size 0, take the shape of the first value.
    """

    vectorize = batched_indexing.write_element
    public = "TensorArray.write"
    needs = ("index",)
    can_fail = True

    def infer(self, x: TensorSpec, index: TensorSpec, value: TensorSpec, *, grows: bool) -> Any:
        """The shape, of which the sizes that may change are unknown."""
        _check_index(self, x, index)
        if value.dtype != x.dtype:
            raise DTypeMismatchError(
                f"{self.public} expected a value of dtype {x.dtype.name}. "
                f"Received: dtype={value.dtype.name}. Use tf.cast."
            )
        if x.sizes is None:
            return x
        inner, value_sizes = x.sizes[1:], value.sizes
        is_blank = 0 in inner and value_sizes is not None and len(value_sizes) == len(inner)
        if not is_blank and not are_compatible(inner, value_sizes):
            raise _misfit(self.public, TensorShape.of(inner), value.shape)
        inner: Any = value_sizes if is_blank else inner
        return TensorSpec.of((None if grows else x.sizes[0], *inner), x.dtype)

    def kernel(self, x: Any, index: Any, value: Any, *, grows: bool) -> Any:
        if index.ndim or index.dtype.kind not in "iu" or not x.ndim:
            raise ValueError("no scalar integer")
        if index < 0 or not (grows or index < len(x)):
            allowed = "of at least 0" if grows else f"in [0, {len(x)})"
            raise InvalidArgumentError(
                f"{self.public} expected an index {allowed}. Received: index={index}"
            )
        is_blank = 0 in x.shape[1:] and value.ndim == x.ndim - 1
        if value.shape != x.shape[1:] and not is_blank:
            raise _misfit(self.public, x.shape[1:], value.shape)
        size = max(len(x), int(index) + 1)
        blank = b"" if x.dtype == object else 0
        result = np.full((size, *value.shape), blank, x.dtype)
        if not is_blank:
            result[: len(x)] = x
        result[int(index)] = value
        return result

    def gradient(
        self, grad: Any, output: Any, x: Any, index: Any, value: Any, *, grows: bool
    ) -> Any:
        def of_x() -> Any:
            blank = zeros(grad, shape_of(value))
            return _cut_to(write_element(grad, index, blank, grows=False), x)

        return of_x, None, lambda: read_element(grad, index)


def _misfit(name: str, wanted: Any, came: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{name} expected a value of the shape {wanted} of the other elements. "
        f"Received: shape={came}"
    )


def _cut_to(grad: Any, x: Any) -> Any:
    """The part of a gradient that belongs to `x`, which may have had fewer elements."""
    known: Any = x.sizes
    if known is not None and grad.sizes == known and None not in known:
        return grad
    if known is None:
        raise ValueError(
            "TensorArray.write needs an array of known rank for its gradient. "
            f"Received: shape={x.shape}"
        )
    sizes = shape_tensor(x)
    key = [slice(None, sizes[axis] if n is None else n) for axis, n in enumerate(known)]
    return grad[tuple(key)]


read_element = ReadElement()
write_element = WriteElement()
