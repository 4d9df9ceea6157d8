"""The shape of a tensor, and the same elements in another shape or dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import scalar, to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import TensorShape
from eagre.core.shapes import count as number_of
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor
from eagre.ops.axes import axes_of, integer_of, integers_of
from eagre.primitives import arithmetic, comparison, families, rearrangement
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.primitives.indexing import boolean_mask
from eagre.primitives.rearrangement import normalized_axis

newaxis = None


def identity(input: Any, name: str | None = None) -> Any:
    """A tensor equal to `input`.

    >>> tf.identity([1.0])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    if isinstance(input, IndexedSlices):
        return input.with_values(identity(input.values))
    return arithmetic.identity(to_tensor(input))


def stop_gradient(input: Any, name: str | None = None) -> Any:
    """A tensor equal to `input` through which no gradient flows.

    >>> x = tf.constant(3.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * tf.stop_gradient(x)
    >>> tape.gradient(y, x).numpy()
    np.float32(3.0)
    """
    return arithmetic.stop_gradient(to_tensor(input))


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """The elements converted to another dtype; floats to integers round towards zero.

    >>> tf.cast([1.7, -1.7], tf.int32)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 1, -1], dtype=int32)>
    """
    if x.__class__ is IndexedSlices:
        return x.with_values(cast(x.values, dtype))
    x = to_tensor(x)
    dtype = dtypes.as_dtype(dtype)
    return x if x.dtype is dtype else arithmetic.cast.door(x, dtype=dtype)


def shape(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The shape as an integer vector.

    >>> tf.shape(tf.zeros([2, 3]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    vector = families.shape_tensor.door(to_tensor(input))
    if out_type is None:
        return vector
    dtype = dtypes.as_dtype(out_type)
    if dtype is not dtypes.int32 and dtype is not dtypes.int64:
        raise DTypeMismatchError(
            f"shape expected out_type to be int32 or int64. Received: out_type={dtype.name}"
        )
    return cast(vector, dtype)


def size(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The number of elements.

    >>> tf.size(tf.zeros([2, 3])).numpy()
    np.int32(6)
    """
    x = to_tensor(input)
    count = number_of(x.sizes)
    if count is None:
        from eagre.ops.reductions import reduce_prod

        return reduce_prod(shape(x, out_type))
    return scalar(count, dtypes.int32 if out_type is None else dtypes.as_dtype(out_type))


def rank(input: Any, name: str | None = None) -> Any:
    """The number of axes, as a scalar tensor.

    >>> tf.rank(tf.zeros([2, 3])).numpy()
    np.int32(2)
    """
    x = to_tensor(input)
    if x.ndim is None:
        return families.shape_tensor(families.shape_tensor(x))[0]
    return scalar(x.ndim, dtypes.int32)


def as_shape(value: Any, name: str) -> Any:
    """What a user gave as a shape: a tuple of ints, or a vector that is known later."""
    kind = value.__class__
    if kind is int:
        return (value,)
    if kind is tuple or kind is list:
        for part in value:
            if part.__class__ is not int:
                break
        else:
            return tuple(value)
    if isinstance(value, TensorShape):
        if value.sizes is None:
            raise InvalidArgumentError(
                f"{name} expected a shape of known rank. Received: shape={value!r}"
            )
        value = value.as_list()
    elif isinstance(value, int | np.integer) or hasattr(value, "__index__") and not is_vector(
        value
    ):
        value = [value]
    if isinstance(value, list | tuple):
        return _shape_of_parts(value, name)
    vector = to_tensor(value, name=f"{name}(shape)")
    if not vector.dtype.is_integer or vector.ndim not in (1, None):
        raise DTypeMismatchError(
            f"{name} expected a shape: integers in a list or a vector. Received: shape={value!r}"
        )
    return _known_shape(vector)


def _known_shape(vector: Any) -> Any:
    """The sizes in a vector as ints, if all of them are known."""
    known = families.static_sizes(vector)
    return vector if known is None or None in known else known


def is_vector(value: Any) -> bool:
    return isinstance(value, Tensor | np.ndarray) and value.ndim != 0


def _shape_of_parts(parts: Any, name: str) -> Any:
    symbolic = [p for p in parts if isinstance(p, Tensor) and not isinstance(p, EagerTensor)]
    if symbolic and not any(part is None for part in parts):
        return _known_shape(
            rearrangement.stack([arithmetic.cast(to_tensor(p), dtype=dtypes.int32) for p in parts])
        )
    try:
        return tuple([p.__index__() for p in parts])
    except (TypeError, AttributeError):
        raise DTypeMismatchError(
            f"{name} expected a shape of integers. Received: shape={parts!r}{_way_to_size(parts)}"
        ) from None


def _way_to_size(parts: Any) -> str:
    """What to write for a size that `tensor.shape` does not know."""
    if not any(part is None for part in parts):
        return ""
    return ". A size that is None is known when the graph runs: write tf.shape(tensor)[axis]"


def vector_of(value: Any, name: str, argument: str) -> Any:
    """Integers for the axes, of which a single number is none: ints, or a vector known later."""
    if value.__class__ is not tuple and value.__class__ is not list and getattr(
        value, "ndim", getattr(value, "rank", 0)
    ) == 0:
        raise InvalidArgumentError(
            f"{name} expected {argument} in a list or a vector. Received: {argument}={value!r}"
        )
    return as_shape(value, name)


def static_shape(shape: Any, name: str) -> tuple[int, ...]:
    result = as_shape(shape, name)
    if result.__class__ is not tuple or (result and min(result) < 0):
        raise InvalidArgumentError(
            f"{name} expected sizes of at least 0. Received: shape={shape}"
        )
    return result


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """The elements in row-major order in another shape; one size may be -1.

    >>> tf.reshape([1, 2, 3, 4], [2, -1])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    """
    if tensor.__class__ is not EagerTensor:
        tensor = to_tensor(tensor)
    shape = as_shape(shape, "reshape")
    if shape.__class__ is tuple:
        return rearrangement.reshape_primitive.door(tensor, shape=shape)
    return rearrangement.reshape(tensor, shape)


def transpose(
    a: Any, perm: Any = None, conjugate: bool = False, name: str = "transpose"
) -> Any:
    """The axes in the order `perm`, by default reversed.

    >>> tf.transpose([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 3],
           [2, 4]], dtype=int32)>
    """
    a = to_tensor(a)
    rank = a.ndim
    if perm is None:
        if rank is None:
            raise ValueError(
                f"transpose needs perm for a tensor of unknown rank. Received: shape={a.shape}"
            )
        perm = tuple(range(rank - 1, -1, -1))
    elif (perm := _permutation(perm)) and min(perm) < 0 and rank is not None:
        perm = tuple([normalized_axis(axis, rank, "transpose") for axis in perm])
    result = rearrangement.transpose.door(a, perm=perm)
    return arithmetic.conjugated(result) if conjugate else result


def _permutation(perm: Any) -> tuple[int, ...]:
    """The axes in a list, vector or range, as a tuple of ints."""
    if perm.__class__ is tuple or perm.__class__ is list:
        for axis in perm:
            if axis.__class__ is not int:
                return tuple([integer_of(axis, "perm") for axis in perm])
        return tuple(perm)
    if isinstance(perm, SymbolicTensor) and perm.ndim in (1, None):
        return integers_of(perm, "perm")
    if np.ndim(perm) != 1:
        raise InvalidArgumentError(
            f"transpose expected perm to be a list of axes. Received: perm={perm!r}"
        )
    return tuple([integer_of(axis, "perm") for axis in perm])


def expand_dims(input: Any, axis: Any, name: str | None = None) -> Any:
    """A new axis of size 1 at `axis` of the result.

    >>> tf.expand_dims([1, 2], 0).shape
    TensorShape([1, 2])
    """
    if axis.__class__ is not int:
        axis = integer_of(axis, takes_lists=True)
    return rearrangement.expand_dims.door(to_tensor(input), axis=(axis,))


def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:
    """The tensor without its axes of size 1, or without those that `axis` names.

    >>> tf.squeeze([[[1], [2]]]).shape
    TensorShape([2])
    """
    x = to_tensor(input)
    if axis is None or (isinstance(axis, list | tuple) and not axis):
        if x.sizes is None or None in x.sizes:
            return _squeezed_later(x)
        axis = [i for i, n in enumerate(x.sizes) if n == 1]
    return rearrangement.squeeze.door(x, axis=tuple(dict.fromkeys(axes_of(axis))))


def _squeezed_later(x: Any) -> Any:
    """`squeeze` of sizes that are known when the graph runs; the rank is unknown until then."""
    sizes = rearrangement.shape_of_tensor(x)
    return rearrangement.reshape(x, boolean_mask(sizes, comparison.not_equal.door(sizes, 1)))


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Any:
    """The tensor repeated along axes of size 1 and new leading axes.

    >>> tf.broadcast_to([1, 2], [2, 2])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [1, 2]], dtype=int32)>
    """
    sizes = vector_of(shape, "broadcast_to", "shape")
    return rearrangement.broadcast_to(to_tensor(input), sizes)


def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """The tensor, `multiples[i]` times along axis `i`.

    >>> tf.tile([1, 2], [2])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 1, 2], dtype=int32)>
    """
    x = to_tensor(input)
    times = vector_of(multiples, "tile", "multiples")
    if times.__class__ is tuple:
        if times and min(times) < 0:
            raise InvalidArgumentError(
                f"tile expected multiples of at least 0. Received: multiples={multiples}"
            )
        known: Any = x.sizes
        if known is not None and None not in known and len(known) == len(times):
            return _tiled(x, times, known)
        times = list(times)
    elif times.sizes != (None,):
        times = [times[i] for i in range(times.sizes[0])]
    sizes = axis_sizes(x, "tile")
    if isinstance(times, Tensor):
        times = [times[i] for i in range(len(sizes))]
    if len(times) != len(sizes):
        raise InvalidArgumentError(
            f"tile expected one multiple for each of the {len(sizes)} axes. "
            f"Received: multiples={multiples}"
        )
    single = [n for size in sizes for n in (1, size)]
    spread = [n for pair in zip(times, sizes, strict=True) for n in pair]
    whole = [t * n for t, n in zip(times, sizes, strict=True)]
    x = rearrangement.reshape(x, as_shape(single, "tile"))
    x = rearrangement.broadcast_to(x, as_shape(spread, "tile"))
    return known_as(rearrangement.reshape(x, as_shape(whole, "tile")), whole)


def _tiled(x: Any, times: tuple[int, ...], sizes: tuple[int, ...]) -> Any:
    """`tile` where all numbers are known."""
    single: list[int] = []
    spread: list[int] = []
    whole: list[int] = []
    for number, size in zip(times, sizes, strict=True):
        single += (1, size)
        spread += (number, size)
        whole.append(number * size)
    x = rearrangement.reshape_primitive.door(x, shape=tuple(single))
    x = rearrangement.broadcast_to(x, tuple(spread))
    return rearrangement.reshape_primitive.door(x, shape=tuple(whole))


def axis_sizes(x: Any, name: str) -> list[Any]:
    """The sizes of the axes: ints where they are known, else scalar tensors."""
    if x.sizes is None:
        raise ValueError(f"{name} needs a tensor of known rank. Received: shape={x.shape}")
    if None not in x.sizes:
        return list(x.sizes)
    vector = families.shape_tensor(x)
    return [vector[i] if n is None else n for i, n in enumerate(x.sizes)]


def known_as(x: Any, sizes: Any) -> Any:
    """The tensor, of which the sizes that are ints are known from now on."""
    if isinstance(x, SymbolicTensor):
        x.set_shape([n if isinstance(n, int) else None for n in sizes])
    return x
