"""The largest and the smallest elements along an axis; the exact ones are allowed."""

from __future__ import annotations

from typing import Any, NamedTuple

from eagre.core.conversion import to_tensor
from eagre.ops.losses import top_k
from eagre.ops.shaping import transpose
from eagre.primitives.rearrangement import normalized_axis


def approx_max_k(
    operand: Any,
    k: Any,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Any, Any]:
    """The `k` largest elements along an axis, the largest first, and their indices (int32).

    They are exact, so that the last three arguments are not used.

    >>> values, indices = tf.math.approx_max_k([1.0, 3.0, 2.0], 2)
    >>> values.numpy(), indices.numpy()
    (array([3., 2.], dtype=float32), array([1, 2], dtype=int32))
    """
    return _top(to_tensor(operand), k, reduction_dimension, "approx_max_k")


def approx_min_k(
    operand: Any,
    k: Any,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Any, Any]:
    """The `k` smallest elements along an axis, the smallest first: see `approx_max_k`.

    >>> values, indices = tf.math.approx_min_k([1.0, 3.0, 2.0], 2)
    >>> values.numpy(), indices.numpy()
    (array([1., 2.], dtype=float32), array([0, 2], dtype=int32))
    """
    values, indices = _top(-to_tensor(operand), k, reduction_dimension, "approx_min_k")
    return -values, indices


class ApproxTopK(NamedTuple):
    """What `approx_top_k` returns."""

    values: Any
    indices: Any


def approx_top_k(
    input: Any,
    k: Any,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    is_max_k: bool = True,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> ApproxTopK:
    """The `k` largest elements along an axis and their indices, or the smallest ones.

    They are exact: see `approx_max_k`.

    >>> tf.approx_top_k([1.0, 3.0, 2.0], 2).values.numpy()
    array([3., 2.], dtype=float32)
    """
    find = approx_max_k if is_max_k else approx_min_k
    return ApproxTopK(*find(input, k, reduction_dimension))


def _top(x: Any, k: Any, axis: int, name: str) -> tuple[Any, Any]:
    if x.ndim is None or axis in (-1, x.ndim - 1):
        return tuple(top_k(x, k))
    order = list(range(x.ndim))
    axis = normalized_axis(axis, x.ndim, name)
    order[axis], order[-1] = order[-1], order[axis]
    values, indices = top_k(transpose(x, order), k)
    return transpose(values, order), transpose(indices, order)
