"""Losses of predictions that are not yet probabilities, and the ranking of predictions."""

from __future__ import annotations

from typing import Any, NamedTuple

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible, broadcast_sizes
from eagre.ops.activations import check_floats
from eagre.ops.axes import integer_of
from eagre.ops.shaping import cast
from eagre.primitives import counts, picking, rearrangement, transcendental
from eagre.primitives.cross_entropy import sigmoid_cross_entropy
from eagre.primitives.reductions import reduce_sum
from eagre.primitives.squares import reduce_sum_of_squares


def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, name: str | None = None
) -> Any:
    """-sum(labels * log(softmax(logits))) along an axis.

    `labels` has the shape of `logits`, or one that broadcasts with it, and holds probabilities.
    The gradient is that of this formula also where they do not add up to 1.

    >>> labels, logits = [[0.0, 1.0]], [[0.0, 0.0]]
    >>> tf.nn.softmax_cross_entropy_with_logits(labels, logits).numpy()
    array([0.6931472], dtype=float32)
    """
    name = "softmax_cross_entropy_with_logits"
    logits = to_tensor(logits)
    check_floats(name, logits=logits)
    labels = _labels_like(labels, logits)
    sizes = broadcast_sizes(labels.sizes, logits.sizes, name)
    if logits.ndim == 0:
        raise InvalidArgumentError(
            f"{name} expected logits with an axis of classes. Received: logits.shape=()"
        )
    if sizes is not None and None not in sizes:
        logits = rearrangement.broadcast_to(logits, sizes)
    axis = -1 if axis is None else integer_of(axis)
    logs = transcendental.log_softmax.door(logits, axis=axis)
    return -reduce_sum.door(labels * logs, axis=(axis,), keepdims=False)


def _labels_like(labels: Any, logits: Any) -> Any:
    if isinstance(labels, list | tuple):
        labels = to_tensor(labels, hint=logits.dtype)
    return cast(labels, logits.dtype)


def sparse_softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, name: str | None = None
) -> Any:
    """-log(softmax(logits)) at the class that `labels` names.

    `logits` is [..., classes], `labels` [...] of dtype int32 or int64.

    Raises:
        InvalidArgumentError: a label is not in [0, classes).
        ValueError: the shapes do not fit together.

    >>> tf.nn.sparse_softmax_cross_entropy_with_logits([1], [[0.0, 0.0]]).numpy()
    array([0.6931472], dtype=float32)
    """
    name = "sparse_softmax_cross_entropy_with_logits"
    labels, logits = to_tensor(labels), to_tensor(logits)
    if labels.dtype not in (dtypes.int32, dtypes.int64):
        raise InvalidArgumentError(
            f"{name} expected labels of dtype int32 or int64. Received: {labels.dtype.name}"
        )
    check_floats(name, logits=logits)
    known = logits.sizes
    if known == () or (known is not None and not are_compatible(labels.sizes, known[:-1])):
        raise ValueError(
            f"{name} expected labels [...] for logits [..., classes]. "
            f"Received: labels.shape={labels.shape}, logits.shape={logits.shape}"
        )
    logs = transcendental.log_softmax.door(logits, axis=-1)
    column = rearrangement.expand_dims.door(labels, axis=(-1,))
    picked = picking.pick_labels(logs, column)
    return -rearrangement.squeeze.door(picked, axis=(-1,))


def sigmoid_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: str | None = None
) -> Any:
    """-labels * log(sigmoid(logits)) - (1 - labels) * log(1 - sigmoid(logits)).

    Computed as max(x, 0) - x * z + log(1 + exp(-abs(x))), which never overflows.

    Raises:
        ValueError: the shapes differ.

    >>> tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[0.0]).numpy()
    array([0.6931472], dtype=float32)
    """
    if labels is None or logits is None:
        raise ValueError(
            "sigmoid_cross_entropy_with_logits expected both labels and logits. "
            f"Received: labels={labels}, logits={logits}"
        )
    z, x = to_tensor(labels), to_tensor(logits)
    check_floats("sigmoid_cross_entropy_with_logits", labels=z, logits=x)
    if not are_compatible(z.sizes, x.sizes):
        raise ValueError(
            "sigmoid_cross_entropy_with_logits expected labels and logits of one shape. "
            f"Received: labels.shape={z.shape}, logits.shape={x.shape}"
        )
    return sigmoid_cross_entropy.door(z, x)


def l2_loss(t: Any, name: str | None = None) -> Any:
    """sum(t ** 2) / 2.

    >>> tf.nn.l2_loss([1.0, 2.0]).numpy()
    np.float32(2.5)
    """
    t = to_tensor(t)
    check_floats("l2_loss", t=t)
    return reduce_sum_of_squares.door(t, axis=None, keepdims=False) * 0.5


# Ranking ----------------------------------------------------------------------------------------


class TopKV2(NamedTuple):
    """What `top_k` returns."""

    values: Any
    indices: Any


def top_k(
    input: Any,
    k: Any = 1,
    sorted: bool = True,
    index_type: Any = dtypes.int32,
    name: str | None = None,
) -> Any:
    """The `k` largest elements along the last axis and their indices, the largest first.

    Of equal elements the one with the lower index comes first; NaN comes last. They are sorted
    whatever `sorted` says.

    Raises:
        InvalidArgumentError: there are fewer than `k` elements.

    >>> values, indices = tf.nn.top_k([1.0, 3.0, 2.0], k=2)
    >>> values.numpy(), indices.numpy()
    (array([3., 2.], dtype=float32), array([1, 2], dtype=int32))
    """
    x = to_tensor(input)
    indices = picking.top_indices.door(x, k=integer_of(k, "k"), dtype=dtypes.as_dtype(index_type))
    return TopKV2(picking.take_along.door(x, indices), indices)


def in_top_k(targets: Any, predictions: Any, k: Any, name: str | None = None) -> Any:
    """Whether fewer than `k` predictions are larger than that of the target class.

    `predictions` is [batch, classes], `targets` [batch]. False where the target is no class, or
    where a prediction is infinite or NaN.

    Raises:
        InvalidArgumentError: the shapes do not fit together.

    >>> tf.nn.in_top_k([0, 1], [[0.1, 0.9], [0.1, 0.9]], k=1).numpy()
    array([False,  True])
    """
    x = to_tensor(predictions)
    if x.ndim not in (2, None):
        raise InvalidArgumentError(
            "in_top_k expected predictions [batch, classes]. "
            f"Received: predictions.shape={x.shape}"
        )
    return counts.in_top_k(to_tensor(targets), x, to_tensor(k))
