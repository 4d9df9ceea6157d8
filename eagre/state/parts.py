"""Reading and writing parts of a variable: methods of `tf.Variable`.

Where places repeat, updates are done one after the other, so that the last of several stays.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.conversion import CALLED, scalar, to_tensor
from eagre.core.doors import apply
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.shapes import Sizes, TensorShape, are_compatible
from eagre.core.tensor import Tensor
from eagre.ops.axes import integer_of
from eagre.ops.selection import gather
from eagre.ops.shaping import cast
from eagre.primitives import comparison
from eagre.primitives.families import shape_of
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.primitives.indexing import replace_slice, slice_primitive
from eagre.primitives.rearrangement import (
    broadcast_to,
    expand_dims,
    shape_of_tensor,
    squeeze,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class VariableParts:
    """What a variable's value is read and written by, part for part."""

    __slots__ = ()

    if TYPE_CHECKING:
        value: Callable[[], Any]
        assign: Callable[[Any], Any]

    # Reading ----------------------------------------------------------------------------------

    def sparse_read(self, indices: Any, name: str | None = None) -> Any:
        """The parts along the first axis that `indices` name, as `tf.gather`."""
        return gather(self.value(), indices)

    def gather_nd(self, indices: Any, name: str | None = None) -> Any:
        """The parts that vectors of indices name, as `tf.gather_nd`."""
        from eagre.ops.gathering import gather_nd

        return gather_nd(self.value(), indices)

    def part(self, key: Any, bounds: Any) -> Part:
        """What brackets name, to be assigned."""
        return Part(self, key, bounds)

    # Counting ---------------------------------------------------------------------------------

    def count_up_to(self, limit: int) -> Any:
        """Add 1 to a scalar of int32 or int64, and return what it was before.

        Raises:
            OutOfRangeError: the value is `limit` or more, and stays.

        >>> v = tf.Variable(1)
        >>> v.count_up_to(2).numpy(), v.numpy()
        (np.int32(1), np.int32(2))
        """
        from eagre.primitives.checking import demand_in_range

        limit = integer_of(limit, "limit")
        before = self.value()
        if before.dtype not in (dtypes.int32, dtypes.int64) or before.sizes != ():
            raise DTypeMismatchError(
                "count_up_to expected a scalar variable of int32 or int64. "
                f"Received: shape={before.shape}, dtype={before.dtype.name}"
            )
        bound = scalar(limit, before.dtype)
        message = f"count_up_to expected a value below {limit}. Received: value="
        before = demand_in_range(before, before < bound, message=message)
        self.assign(before + 1)
        return before

    # Writing parts along the first axis -------------------------------------------------------

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        """Add `tf.IndexedSlices` to the value.

        >>> v = tf.Variable([1.0, 2.0, 3.0])
        >>> v.scatter_add(tf.IndexedSlices([10.0, 20.0], [0, 2])).numpy()
        array([11.,  2., 23.], dtype=float32)
        """
        from eagre.ops.scattering import tensor_scatter_nd_add

        return self._write_slices(tensor_scatter_nd_add, sparse_delta)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        """Subtract `tf.IndexedSlices` from the value."""
        from eagre.ops.scattering import tensor_scatter_nd_sub

        return self._write_slices(tensor_scatter_nd_sub, sparse_delta)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        """Put the values of `tf.IndexedSlices` in place of parts."""
        from eagre.ops.scattering import tensor_scatter_nd_update

        return self._write_slices(tensor_scatter_nd_update, sparse_delta)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        """Make parts the maximum of themselves and the values of `tf.IndexedSlices`."""
        from eagre.ops.scattering import tensor_scatter_nd_max

        return self._write_slices(tensor_scatter_nd_max, sparse_delta)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        """Make parts the minimum of themselves and the values of `tf.IndexedSlices`."""
        from eagre.ops.scattering import tensor_scatter_nd_min

        return self._write_slices(tensor_scatter_nd_min, sparse_delta)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        """Multiply parts by the values of `tf.IndexedSlices`."""
        return self._write_slices(_multiplied, sparse_delta)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        """Divide parts by the values of `tf.IndexedSlices`; integers are cut to integers."""
        return self._write_slices(_divided, sparse_delta)

    def batch_scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: Any = None
    ) -> Any:
        """Put values in place of parts: `indices` [..., count] name them along its last axis.

        >>> v = tf.Variable([[1, 2], [3, 4]])
        >>> v.batch_scatter_update(tf.IndexedSlices([[9], [8]], [[1], [0]])).numpy()
        array([[1, 9],
               [8, 4]], dtype=int32)
        """
        from eagre.ops.scattering import tensor_scatter_nd_update

        indices = _checked_slices(sparse_delta).indices
        if not indices.ndim:
            raise InvalidArgumentError(
                "batch_scatter_update expected indices of known rank with at least one axis. "
                f"Received: indices.shape={indices.shape}"
            )
        vectors = expand_dims(indices, axis=(indices.ndim,))
        if indices.ndim > 1:
            from eagre.ops.gathering import batch_places

            value = self.value()
            vectors = batch_places(vectors, value, indices.ndim - 1, "batch_scatter_update")
        return self._write(tensor_scatter_nd_update, vectors, sparse_delta.values)

    # Writing parts that vectors of indices name -----------------------------------------------

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Add to the parts that vectors of indices name.

        >>> tf.Variable([[1, 2], [3, 4]]).scatter_nd_add([[0, 1]], [10]).numpy()
        array([[ 1, 12],
               [ 3,  4]], dtype=int32)
        """
        from eagre.ops.scattering import tensor_scatter_nd_add

        return self._write(tensor_scatter_nd_add, indices, updates)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Subtract from the parts that vectors of indices name."""
        from eagre.ops.scattering import tensor_scatter_nd_sub

        return self._write(tensor_scatter_nd_sub, indices, updates)

    def scatter_nd_max(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Put updates where they are larger in the parts that vectors of indices name."""
        from eagre.ops.scattering import tensor_scatter_nd_max

        return self._write(tensor_scatter_nd_max, indices, updates)

    def scatter_nd_min(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Put updates where they are smaller in the parts that vectors of indices name."""
        from eagre.ops.scattering import tensor_scatter_nd_min

        return self._write(tensor_scatter_nd_min, indices, updates)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Put updates in place of the parts that vectors of indices name."""
        from eagre.ops.scattering import tensor_scatter_nd_update

        return self._write(tensor_scatter_nd_update, indices, updates)

    def _write_slices(self, write: Any, sparse_delta: Any) -> Any:
        """A scalar in place of the values goes to all of the places."""
        slices = _checked_slices(sparse_delta)
        indices = slices.indices
        rank = indices.ndim
        if rank is None:
            raise InvalidArgumentError(
                f"{CALLED} expected indices of known rank. Received: indices.shape={indices.shape}"
            )
        vectors = expand_dims(indices, axis=(rank,))
        updates = slices.values
        if updates.sizes == ():
            updates = broadcast_to(updates, shape_of(gather(self.value(), indices)))
        return self._write(write, vectors, updates)

    def _write(self, write: Any, indices: Any, updates: Any) -> Any:
        value = self.value()
        updates = to_tensor(updates, hint=value.dtype)
        indices = _checked_indices(value, to_tensor(indices), updates)
        return self.assign(write(value, indices, updates))


class Part:
    """The part of a variable that a key names, with its tensors as `bounds`: `v[key].assign`."""

    __slots__ = ("bounds", "key", "variable")

    def __init__(self, variable: Any, key: Any, bounds: Any) -> None:
        self.variable = variable
        self.key = key
        self.bounds = bounds

    def assign(self, value: Any, name: Any = None) -> Any:
        """Put `value`, which is broadcast, in place of the part; return the variable.

        Raises:
            ValueError: the dtype is not the variable's, or the shape does not fit.

        >>> v = tf.Variable([1, 2, 3])
        >>> v[1:].assign(9).numpy()
        array([1, 9, 9], dtype=int32)
        """
        value = to_tensor(value, self.variable.dtype, name="assign")
        return self._write(lambda _, value: value, value)

    def assign_add(self, delta: Any, name: Any = None) -> Any:
        """Add `delta`, which is broadcast, to the part; return the variable."""
        delta = to_tensor(delta, self.variable.dtype, name="assign_add")
        return self._write(operator.add, delta)

    def assign_sub(self, delta: Any, name: Any = None) -> Any:
        """Subtract `delta`, which is broadcast, from the part; return the variable."""
        delta = to_tensor(delta, self.variable.dtype, name="assign_sub")
        return self._write(operator.sub, delta)

    def _write(self, change: Callable[[Any, Any], Any], value: Any) -> Any:
        whole = self.variable.value()
        now = apply(slice_primitive, (whole, *self.bounds), {"key": self.key})
        value = change(now, _repeated(value, now))
        inputs = (whole, value, *self.bounds)
        return self.variable.assign(apply(replace_slice, inputs, {"key": self.key}))


def _repeated(value: Any, part: Any) -> Any:
    """The value in the shape of a part of a variable; leading axes of size 1 too many are gone."""
    surplus = 0 if None in (value.ndim, part.ndim) else value.ndim - part.ndim
    if surplus > 0 and value.sizes[:surplus] == (1,) * surplus:
        value = squeeze(value, axis=tuple(range(surplus)))
    if value.sizes == part.sizes and None not in (part.sizes or (None,)):
        return value
    if not _fits(value.sizes, part.sizes):
        raise InvalidArgumentError(
            f"{CALLED} expected a value that broadcasts to the part's shape {part.shape}. "
            f"Received: shape={value.shape}"
        )
    return broadcast_to(value, shape_of(part))


def _fits(sizes: Sizes, wanted: Sizes) -> bool:
    if sizes is None or wanted is None:
        return True
    pairs = zip(reversed(sizes), reversed(wanted), strict=False)
    return len(sizes) <= len(wanted) and all(n in (1, None) or m in (n, None) for n, m in pairs)


def _checked_slices(sparse_delta: Any) -> IndexedSlices:
    if not isinstance(sparse_delta, IndexedSlices):
        came = "a tensor" if isinstance(sparse_delta, Tensor) else described(sparse_delta)
        raise TypeError(f"{CALLED} expected tf.IndexedSlices. Received: sparse_delta={came}")
    return sparse_delta


def _checked_indices(value: Any, indices: Any, updates: Any) -> Any:
    """The indices, unless they or the updates do not fit the value."""
    from eagre.primitives.checking import demand
    from eagre.primitives.scattering import check_vectors, part_sizes

    depth = check_vectors(f"{CALLED}", value.spec, indices.spec)
    if updates.dtype != value.dtype:
        raise DTypeMismatchError(
            f"{CALLED} expected updates of the variable's dtype {value.dtype.name}. "
            f"Received: dtype={updates.dtype.name}. Use tf.cast."
        )
    wanted = part_sizes(value.spec, indices.spec, depth)
    if not are_compatible(wanted, updates.sizes):
        raise InvalidArgumentError(
            f"{CALLED} expected updates of shape {TensorShape.of(wanted)}, for a variable of shape "
            f"{value.shape} and indices of shape {indices.shape}. "
            f"Received: updates.shape={updates.shape}"
        )
    limits = shape_of_tensor(value)[: depth if depth is not None else shape_of_tensor(indices)[-1]]
    is_inside = comparison.logical_and(indices >= 0, indices < cast(limits, indices.dtype))
    return demand(
        indices,
        is_inside,
        message=f"{CALLED} expected indices inside the variable's shape {value.shape}. "
        "Received: indices=",
    )


def _products(value: Any, indices: Any, updates: Any) -> Any:
    """For each part of the value the product of its updates, 1 where there are none."""
    from eagre.ops.segments import unsorted_segment_prod

    numbers = squeeze(indices, axis=(indices.ndim - 1,))
    return unsorted_segment_prod(updates, numbers, shape_of_tensor(value)[0])


def _multiplied(value: Any, indices: Any, updates: Any) -> Any:
    return value * _products(value, indices, updates)


def _divided(value: Any, indices: Any, updates: Any) -> Any:
    from eagre.ops.division import truncatediv
    from eagre.primitives.checking import demand

    message = f"{CALLED} expected updates other than 0. Received: updates="
    updates = demand(updates, comparison.not_equal(updates, scalar(0, updates.dtype)),
                     message=message)
    products = _products(value, indices, updates)
    return truncatediv(value, products) if value.dtype.is_integer else value / products
