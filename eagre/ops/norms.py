"""Norms of vectors and matrices, and clipping by them."""

from __future__ import annotations

import math
from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible, broadcast_sizes
from eagre.ops.axes import axes_of
from eagre.ops.reductions import reduce_max, reduce_sum
from eagre.ops.shaping import cast
from eagre.ops.squares import sum_of_squares
from eagre.primitives import arithmetic, comparison, rearrangement, transcendental
from eagre.primitives.families import FLOATS, INEXACTS, one_like, zero_like
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.primitives.rearrangement import normalized_axis


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
) -> Any:
    """The norm of vectors (one axis, or all elements) or of matrices (two axes).

    Args:
        ord: of vectors "euclidean", infinity or a positive number; of matrices "euclidean",
            "fro" (the same), 1, 2 or infinity.
        axis: None for all elements as one vector, an axis, or two for matrices.

    Raises:
        ValueError: a norm that is not among these, or axes that are none of these.

    >>> tf.norm([3.0, 4.0]).numpy()
    np.float32(5.0)
    >>> tf.norm([[1.0, 2.0], [3.0, 4.0]], ord=1, axis=[0, 1]).numpy()
    np.float32(6.0)
    """
    x = to_tensor(tensor)
    keepdims = bool(keepdims)
    if isinstance(axis, list | tuple):
        axes = axes_of(axis)
        if len(axes) != 2 or axes[0] == axes[1]:
            raise ValueError(
                "norm expected axis to be None, an integer or two different integers. "
                f"Received: axis={axis}"
            )
        return _norm_of_matrices(x, ord, axes, keepdims)
    if ord == "euclidean" or ord == 2:
        return _euclidean(x, axis, keepdims)
    if isinstance(ord, str) or ord <= 0:
        raise ValueError(
            "norm expected ord to be 'euclidean', infinity or a positive number for vectors. "
            f"Received: ord={ord!r}"
        )
    sizes = abs(x)
    if ord == 1:
        return reduce_sum(sizes, axis, keepdims)
    if ord == math.inf:
        return reduce_max(sizes, axis, keepdims)
    return reduce_sum(sizes**ord, axis, keepdims) ** (1.0 / ord)


def _euclidean(x: Any, axis: Any, keepdims: bool) -> Any:
    if x.dtype not in INEXACTS:
        raise InvalidArgumentError(
            "norm expected floating-point or complex numbers for ord=2. "
            f"Received: dtype={x.dtype.name}. Use tf.cast."
        )
    if x.is_complex:
        total = reduce_sum(x * arithmetic.conjugate(x), axis, keepdims)
    else:
        total = sum_of_squares(x, axis, keepdims)
    return transcendental.sqrt(total)


def _norm_of_matrices(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if ord not in ("euclidean", "fro", 1, 2, math.inf):
        raise ValueError(
            "norm expected ord to be 'euclidean', 'fro', 1, 2 or infinity for matrices. "
            f"Received: ord={ord!r}"
        )
    if ord in ("euclidean", "fro"):
        return _euclidean(x, axes, keepdims)
    if ord == 2:
        return _spectral(x, axes, keepdims)
    summed, searched = axes if ord == 1 else axes[::-1]
    sums = reduce_sum(abs(x), summed, True)
    largest = reduce_max(sums, searched, True)
    return largest if keepdims else rearrangement.squeeze(largest, axis=axes)


def _spectral(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    # Loaded when it is used: `import eagre` loads this file.
    from eagre.primitives.factorizations import singular_values

    rank = x.ndim
    if rank is None:
        raise ValueError("norm with ord=2 expected a tensor of known rank. Received: none")
    rows, columns = [normalized_axis(axis, rank, "norm") for axis in axes]
    rest = [axis for axis in range(rank) if axis not in (rows, columns)]
    moved = rearrangement.transpose(x, perm=(*rest, rows, columns))
    largest = reduce_max(singular_values(moved), -1)
    if not keepdims:
        return largest
    return rearrangement.expand_dims(largest, axis=tuple(sorted((rows, columns))))


def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> tuple[Any, Any]:
    """The tensor divided by its norm along `axis`, and that norm with its axes kept.

    >>> unit, length = tf.linalg.normalize([3.0, 4.0])
    >>> unit.numpy(), length.numpy()
    (array([0.6, 0.8], dtype=float32), array([5.], dtype=float32))
    """
    x = to_tensor(tensor)
    length = cast(norm(x, ord, axis, True), x.dtype)
    return x / length, length


def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The Euclidean norm of all elements of all tensors in a list; None in it is left out.

    Of `tf.IndexedSlices` the values count, those of one place each by itself.

    >>> tf.linalg.global_norm([[3.0], [4.0]]).numpy()
    np.float32(5.0)
    """
    found = [x for x in _listed(t_list, "global_norm") if x is not None]
    if not found:
        return to_tensor(0.0)
    halves = []
    for x in found:
        if x.dtype not in FLOATS:
            raise InvalidArgumentError(
                f"global_norm expected floating-point tensors. Received: dtype={x.dtype.name}"
            )
        halves.append(sum_of_squares(_values(x)) / 2)
    total = reduce_sum(rearrangement.stack(halves))
    return transcendental.sqrt(total * 2)


def _listed(t_list: Any, name: str) -> list[Any]:
    if not isinstance(t_list, list | tuple):
        raise TypeError(
            f"{name} expected t_list to be a list of tensors. Received: {type(t_list).__name__}"
        )
    return [x if x is None or isinstance(x, IndexedSlices) else to_tensor(x) for x in t_list]


def _values(x: Any) -> Any:
    return x.values if isinstance(x, IndexedSlices) else x


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """The tensors scaled together so that their global norm is at most `clip_norm`, and the norm.

    All elements are NaN where the norm is infinite or NaN. None in the list stays None.

    Args:
        use_norm: the global norm, if it is known.

    >>> clipped, before = tf.clip_by_global_norm([[3.0], [4.0]], 1.0)
    >>> [x.numpy() for x in clipped], before.numpy()
    ([array([0.6], dtype=float32), array([0.8], dtype=float32)], np.float32(5.0))
    """
    tensors = _listed(t_list, "clip_by_global_norm")
    length = global_norm(tensors) if use_norm is None else to_tensor(use_norm)
    limit = to_tensor(clip_norm, name="clip_by_global_norm", hint=length.dtype)
    one = one_like(length)
    scale = limit * arithmetic.minimum(one / length, one / limit)
    # Zero, but NaN where the norm is not finite.
    scale = scale + (length - length)
    return [None if x is None else _scaled(x, cast(scale, x.dtype)) for x in tensors], length


def _scaled(x: Any, factor: Any) -> Any:
    return x.with_values(x.values * factor) if isinstance(x, IndexedSlices) else x * factor


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """The tensor scaled so that its Euclidean norm along `axes` is at most `clip_norm`.

    Of `tf.IndexedSlices` the values are scaled.

    >>> tf.clip_by_norm([3.0, 4.0], 1.0).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    if isinstance(t, IndexedSlices):
        return t.with_values(clip_by_norm(t.values, clip_norm, axes))
    x = to_tensor(t)
    if x.dtype not in FLOATS:
        raise InvalidArgumentError(
            f"clip_by_norm expected a floating-point tensor. Received: dtype={x.dtype.name}"
        )
    limit = to_tensor(clip_norm, hint=x.dtype, name="clip_by_norm")
    wanted = broadcast_sizes(x.sizes, limit.sizes, "clip_by_norm")
    if not are_compatible(wanted, x.sizes):
        raise InvalidArgumentError(
            "clip_by_norm expected a clip_norm that broadcasts to the tensor. "
            f"Received: t.shape={x.shape}, clip_norm.shape={limit.shape}"
        )
    limit = arithmetic.maximum(limit, zero_like(limit))
    squares = sum_of_squares(x, axes, True)
    is_positive = squares > zero_like(squares)
    # The root of zero has no gradient, so that it is taken of something else.
    safe = comparison.select(is_positive, squares, one_like(squares))
    length = comparison.select(is_positive, transcendental.sqrt(safe), squares)
    return x * limit / arithmetic.maximum(length, limit)


