"""Reading and writing parts: slices, gather, scatter."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.caller import Called
from eagre.core.doors import apply
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.primitives import batched_indexing
from eagre.primitives.families import (
    BOOLS,
    INTEGERS,
    NUMBERS,
    Moving,
    apply_with_shape,
    check_dtypes,
    is_list,
    own_if_small,
    shape_of,
    static_sizes,
    target_shape,
    zero_like,
)
from eagre.primitives.indexed_slices import slices_of_gather
from eagre.primitives.keys import Bound, filled_key, mask_of, parse_key
from eagre.primitives.places import add_rows, is_below, taken
from eagre.primitives.rearrangement import broadcast_to, normalized_axis


class Slice(Moving):
    """`x[key]` for a key of ints, slices, None (a new axis) and one Ellipsis."""

    vectorize = batched_indexing.sliced
    has_one_input = True
    name = "strided_slice"
    public = "tensor[...]"

    def infer(self, x: TensorSpec, *bounds: TensorSpec, key: Any) -> TensorSpec:
        """Each part of the key takes, keeps or makes an axis."""
        for bound in bounds:
            check_dtypes(self, (bound,), INTEGERS)
            if bound.sizes not in ((), None):
                raise InvalidArgumentError(
                    f"tensor[...] expected scalar indices. Received: shape={bound.shape}"
                )
        if x.sizes is None:
            return TensorSpec.of(None, x.dtype)
        return TensorSpec.of(_sliced_sizes(x.sizes, key), x.dtype)

    def kernel(self, x: Any, *bounds: Any, key: Any) -> Any:
        result = x[filled_key(key, bounds) if bounds else key]
        return own_if_small(result) if result.__class__ is np.ndarray else result

    def known(self, x: Any, *bounds: Any, key: Any) -> Any:
        """The part of what is known of a vector."""
        whole = static_sizes(x)
        if whole is None or bounds or not is_list(x):
            return None
        return tuple(np.atleast_1d(np.array(whole, object)[key]).tolist())

    def gradient(self, grad: Any, output: Any, x: Any, *bounds: Any, key: Any) -> Any:
        return (unslice(grad, shape_of(x), bounds, key), *[None] * len(bounds))


def _sliced_sizes(sizes: tuple[Any, ...], key: tuple[Any, ...]) -> tuple[Any, ...]:
    taken = sum(part is not None and part is not Ellipsis for part in key)
    if sum(part is Ellipsis for part in key) > 1:
        raise InvalidArgumentError(
            f"tensor[...] expected at most one Ellipsis (...). Received: {key}"
        )
    if taken > len(sizes):
        raise InvalidArgumentError(
            f"tensor[...] expected at most {len(sizes)} indices for shape {sizes}. "
            f"Received: {taken}"
        )
    result: list[Any] = []
    axis = 0
    for part in key if Ellipsis in key else (*key, Ellipsis):
        if part is None:
            result.append(1)
        elif part is Ellipsis:
            result.extend(sizes[axis : axis + len(sizes) - taken])
            axis += len(sizes) - taken
        else:
            result.extend(_sliced_size(sizes[axis], part, axis))
            axis += 1
    return tuple(result)


def _sliced_size(size: Any, part: Any, axis: int) -> tuple[Any, ...]:
    if part.__class__ is not slice:
        if isinstance(part, int) and size is not None and not -size <= part < size:
            raise InvalidArgumentError(
                f"tensor[...] expected an index in [{-size}, {size}) for axis {axis}. "
                f"Received: {part}"
            )
        return ()
    if part.step == 0:
        raise InvalidArgumentError(f"tensor[...] expected a step that is not 0. Received: {part}")
    known = not any(isinstance(x, Bound) for x in (part.start, part.stop, part.step))
    if part == slice(None):
        return (size,)
    return (len(range(*part.indices(size))) if known and size is not None else None,)


class Unslice(Primitive):
    """Zeros of a shape with `x` at `key`: the reverse of `slice`."""

    vectorize = batched_indexing.unsliced
    needs = ()

    def infer(self, x: TensorSpec, *rest: TensorSpec, key: Any, shape: Any) -> TensorSpec:
        """The shape that was sliced."""
        return TensorSpec.of(shape, x.dtype)

    def kernel(self, x: Any, *rest: Any, key: Any, shape: Any) -> Any:
        sizes, bounds = _sizes_and_bounds(rest, shape)
        result = np.zeros(target_shape(shape, sizes), x.dtype)
        result[filled_key(key, bounds)] = x
        return result

    def gradient(self, grad: Any, output: Any, x: Any, *rest: Any, key: Any, shape: Any) -> Any:
        _, bounds = _sizes_and_bounds(rest, shape)
        return (slice_primitive(grad, *bounds, key=key), *[None] * len(rest))


def _sizes_and_bounds(rest: Any, shape: Any) -> tuple[Any, Any]:
    if shape is not None and None not in shape:
        return None, rest
    return rest[-1], rest[:-1]


class ReplaceSlice(Primitive):
    """A copy of `x` with `part`, of the shape of `x[key]`, in the place of that."""

    vectorize = batched_indexing.replaced
    public = "tensor[...]"
    needs = ()
    can_fail = True

    def infer(self, x: TensorSpec, part: TensorSpec, *bounds: TensorSpec, key: Any) -> TensorSpec:
        """The shape of `x`."""
        place = slice_primitive.infer(x, *bounds, key=key)
        if part.dtype != x.dtype:
            raise DTypeMismatchError(
                f"{self.public} expected a part of dtype {x.dtype.name}. "
                f"Received: part.dtype={part.dtype.name}"
            )
        if not are_compatible(place.sizes, part.sizes):
            raise InvalidArgumentError(
                f"{self.public} expected a part of shape {place.shape}. "
                f"Received: part.shape={part.shape}"
            )
        return x

    def kernel(self, x: Any, part: Any, *bounds: Any, key: Any) -> Any:
        key = filled_key(key, bounds)
        result = x.copy(order="C")
        place = result[key if Ellipsis in key else (*key, Ellipsis)]  # a view of scalars too
        if part.dtype != x.dtype:
            raise TypeError("a part of another dtype")
        if part.shape != place.shape:
            raise ValueError("a part that does not fit")
        place[...] = part
        return result

    def gradient(
        self, grad: Any, output: Any, x: Any, part: Any, *bounds: Any, key: Any
    ) -> Any:
        """None flows to what is replaced."""
        return (
            lambda: apply(replace_slice, (grad, _zeros_like(part), *bounds), {"key": key}),
            lambda: apply(slice_primitive, (grad, *bounds), {"key": key}),
            *[None] * len(bounds),
        )


def _zeros_like(x: Any) -> Any:
    return broadcast_to(zero_like(x), shape_of(x))


class Gather(Primitive):
    """The parts of `x` along an axis that the indices name.

    The gradient for axis 0 is `IndexedSlices`, for others, negative ones too, dense.
    """

    is_exact = is_silent = True
    input_count = 2
    vectorize = batched_indexing.gather
    needs = ("indices",)
    can_fail = True

    def infer(self, x: TensorSpec, indices: TensorSpec, *, axis: int) -> TensorSpec:
        """The shape of the indices in place of the axis."""
        _check_indices(self, indices)
        if x.sizes is None or indices.sizes is None:
            return TensorSpec.of(None, x.dtype)
        axis = normalized_axis(axis, len(x.sizes), self.public)
        return TensorSpec.of((*x.sizes[:axis], *indices.sizes, *x.sizes[axis + 1 :]), x.dtype)

    def kernel(self, x: Any, indices: Any, *, axis: int) -> Any:
        size = x.shape[axis]
        try:
            return taken(x, indices, axis)
        except IndexError:
            _refuse_outside(self.public, indices, size)
            raise

    def gradient(self, grad: Any, output: Any, x: Any, indices: Any, *, axis: int) -> Any:
        if axis == 0:
            return lambda: slices_of_gather(grad, indices, x), None
        rank = x.ndim
        axis = axis if rank is None or axis >= 0 else axis + rank
        return lambda: scatter_add(grad, indices, shape_of(x), axis), None


class ScatterAdd(Primitive):
    """Zeros of a shape to which updates are added at indices along an axis."""

    vectorize = batched_indexing.scatter_add
    needs = ("indices",)
    can_fail = True

    def infer(
        self, updates: TensorSpec, indices: TensorSpec, sizes: Any = None, *, axis: int, shape: Any
    ) -> TensorSpec:
        """The shape asked for."""
        _check_indices(self, indices)
        return TensorSpec.of(shape, check_dtypes(self, (updates,), NUMBERS))

    def kernel(
        self, updates: Any, indices: Any, sizes: Any = None, *, axis: int, shape: Any
    ) -> Any:
        shape = target_shape(shape, sizes)
        axis %= len(shape)
        _refuse_outside(self.public, indices, shape[axis])
        result = np.zeros(shape, updates.dtype)
        if axis == 0:
            add_rows(result, indices.reshape(-1), updates.reshape(indices.size, *shape[1:]))
            return result
        place: Any = (slice(None),) * axis + (indices,)
        np.add.at(result, place, updates)
        return result

    def gradient(
        self,
        grad: Any,
        output: Any,
        updates: Any,
        indices: Any,
        sizes: Any = None,
        *,
        axis: int,
        shape: Any,
    ) -> Any:
        grads = (gather(grad, indices, axis=axis), None)
        return grads if sizes is None else (*grads, None)


def _check_indices(primitive: Primitive, indices: TensorSpec) -> None:
    if indices.dtype not in INTEGERS:
        raise DTypeMismatchError(
            f"{primitive.public} expected indices of an integer dtype. "
            f"Received: indices.dtype={indices.dtype.name}"
        )


def _refuse_outside(name: str, indices: Any, size: int) -> None:
    if not indices.size or is_below(indices, size):
        return
    place = tuple(np.argwhere((indices < 0) | (indices >= size))[0].tolist())
    where = "".join(f"[{i}]" for i in place)
    raise InvalidArgumentError(
        f"{name} expected indices in [0, {size}). Received: indices{where} = {indices[place]}"
    )


slice_primitive = Slice()
unslice_primitive = Unslice()
replace_slice = ReplaceSlice()
gather = Gather()
scatter_add_primitive = ScatterAdd()


def unslice(x: Any, shape: Any, bounds: Any, key: Any) -> Any:
    """Zeros of a shape with `x` at `key`."""
    return apply_with_shape(unslice_primitive, (x, *bounds), shape, key=key)


def scatter_add(updates: Any, indices: Any, shape: Any, axis: int) -> Any:
    """Zeros of a shape to which `updates` are added at `indices` along `axis`."""
    return apply_with_shape(scatter_add_primitive, (updates, indices), shape, axis=axis)


def getitem(x: Any, key: Any) -> Any:
    """`x[key]`: ints, slices, None, Ellipsis, integer scalars, or one boolean mask."""
    kind = key.__class__
    if kind is int:
        return slice_primitive.door(x, key=(key,))
    if kind is not EagerTensor:
        parts = key if kind is tuple else (key,)
        if _is_plain(parts):
            return slice_primitive.door(x, key=parts)
    return sliced_by(x, key)[0]


def sliced_by(x: Any, key: Any) -> tuple[Any, Any, Any]:
    """`x[key]`, and the key and its bounds as the primitives take them; both are None for masks."""
    if key.__class__ is tuple and _is_plain(key):
        return slice_primitive.door(x, key=key), key, ()
    mask = mask_of(key)
    if mask is not None:
        return boolean_mask.door(x, mask), None, None
    key, bounds = parse_key(key)
    if bounds:
        return apply(slice_primitive, (x, *bounds), {"key": key}), key, bounds
    return slice_primitive.door(x, key=key), key, ()


def _is_plain(key: tuple[Any, ...]) -> bool:
    """Whether a key has only ints, None, Ellipsis and slices of ints: nothing to convert."""
    for part in key:
        kind = part.__class__
        if kind is int or part is None or part is Ellipsis:
            continue
        if kind is not slice:
            return False
        for end in (part.start, part.stop, part.step):
            if end is not None and end.__class__ is not int:
                return False
    return True


class BooleanMask(Primitive):
    """The parts of `x`, along its leading axes, where the mask is true."""

    is_silent = True
    input_count = 2
    vectorize = batched_indexing.boolean_mask
    needs = ("mask",)

    def infer(self, x: TensorSpec, mask: TensorSpec) -> TensorSpec:
        """As many as the mask has true elements."""
        check_dtypes(self, (mask,), BOOLS)
        if mask.sizes is None or x.sizes is None:
            return TensorSpec.of(None, x.dtype)
        rank = len(mask.sizes)
        fits = rank <= len(x.sizes) and all(
            None in (a, b) or a == b for a, b in zip(mask.sizes, x.sizes, strict=False)
        )
        if not rank or not fits:
            raise InvalidArgumentError(
                f"{Called(self.public)} expected a mask of the shape of the tensor's leading axes. "
                f"Received: mask.shape={mask.shape}, tensor.shape={x.shape}"
            )
        return TensorSpec.of((None, *x.sizes[rank:]), x.dtype)

    def kernel(self, x: Any, mask: Any) -> Any:
        rank = mask.ndim
        if not rank or x.shape[:rank] != mask.shape:
            raise ValueError("a mask that does not fit")
        if rank > 1:
            x, mask = x.reshape(mask.size, *x.shape[rank:]), mask.reshape(-1)
        # Brackets go from element to element by a branch, which processors guess badly.
        return x.compress(mask, 0)

    def gradient(self, grad: Any, output: Any, x: Any, mask: Any) -> Any:
        return unmask(grad, mask, shape_of(x)), None


class Unmask(Primitive):
    """Zeros of a shape with the parts of `x` where the mask is true."""

    vectorize = batched_indexing.unmask
    needs = ("mask",)

    def infer(self, x: Any, mask: Any, sizes: Any = None, *, shape: Any) -> TensorSpec:
        """The shape asked for."""
        return TensorSpec.of(shape, x.dtype)

    def kernel(self, x: Any, mask: Any, sizes: Any = None, *, shape: Any) -> Any:
        result = np.zeros(target_shape(shape, sizes), x.dtype)
        result[mask] = x
        return result

    def gradient(
        self, grad: Any, output: Any, x: Any, mask: Any, sizes: Any = None, *, shape: Any
    ) -> Any:
        grads = (boolean_mask(grad, mask), None)
        return grads if sizes is None else (*grads, None)


boolean_mask = BooleanMask()
unmask_primitive = Unmask()


def unmask(x: Any, mask: Any, shape: Any) -> Any:
    """Zeros of a shape with the parts of `x` where the mask is true."""
    return apply_with_shape(unmask_primitive, (x, mask), shape)
