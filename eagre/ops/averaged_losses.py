"""Losses averaged over a batch, and losses with weights."""

from __future__ import annotations

from math import pi
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.tensor import EagerTensor
from eagre.ops.activations import check_floats, relu
from eagre.ops.creation import zeros_like
from eagre.ops.division import divide_no_nan
from eagre.ops.math import abs as absolute
from eagre.ops.math import exp, log, log1p
from eagre.ops.reductions import reduce_sum
from eagre.ops.shaping import cast, expand_dims
from eagre.primitives.comparison import logical_and, select
from eagre.primitives.families import one_like, shape_of


def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None
) -> Any:
    """The sum of the losses [batch, ...], weighted or not, over `global_batch_size`.

    By default that is the size of the batch; integers become float64. `sample_weight` is a
    scalar or has the leading axes of the losses. Over no examples it is 0.

    Raises:
        ValueError: the losses are a scalar.
        InvalidArgumentError: `global_batch_size` is negative.
        TypeError: `global_batch_size` is not an integer.

    >>> tf.nn.compute_average_loss([1.0, 2.0, 3.0], global_batch_size=4).numpy()
    np.float32(1.5)
    """
    losses = to_tensor(per_example_loss)
    is_inexact = losses.dtype.is_floating or losses.dtype.is_complex
    losses = losses if is_inexact else cast(losses, dtypes.float64)
    if losses.ndim == 0:
        raise ValueError(
            "compute_average_loss expected losses with an axis of batch. Received: a scalar"
        )
    if sample_weight is not None:
        weights = cast(to_tensor(sample_weight), losses.dtype)
        while weights.ndim and weights.ndim < losses.ndim:
            weights = expand_dims(weights, -1)
        losses = losses * weights
    size = to_tensor(shape_of(losses)[0] if global_batch_size is None else global_batch_size)
    if size.ndim != 0 or not size.dtype.is_integer:
        raise TypeError(
            "compute_average_loss expected global_batch_size to be an integer. "
            f"Received: global_batch_size={global_batch_size!r}"
        )
    if isinstance(size, EagerTensor) and size.array < 0:
        raise InvalidArgumentError(
            "compute_average_loss expected global_batch_size to be at least 0. "
            f"Received: global_batch_size={global_batch_size!r}"
        )
    return divide_no_nan(reduce_sum(losses), cast(size, losses.dtype))


def scale_regularization_loss(regularization_loss: Any) -> Any:
    """The sum of the loss: there is one replica, for which it is not divided.

    >>> tf.nn.scale_regularization_loss([1.0, 2.0]).numpy()
    np.float32(3.0)
    """
    # Over the one replica that there is, which makes integers floats.
    return reduce_sum(to_tensor(regularization_loss)) / 1


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Any:
    """exp(log_input) - log_input * targets: a Poisson log-likelihood less what targets make up.

    With `compute_full_loss` Stirling's approximation z * log(z) - z + log(2 * pi * z) / 2 is
    added for targets z > 1.

    Raises:
        ValueError: the shapes differ.

    >>> tf.nn.log_poisson_loss([1.0, 2.0], [0.0, 0.0]).numpy()
    array([1., 1.], dtype=float32)
    """
    x = to_tensor(log_input)
    z = to_tensor(targets, hint=x.dtype)
    check_floats("log_poisson_loss", log_input=x, targets=z)
    _check_one_shape("log_poisson_loss", log_input=x, targets=z)
    loss = exp(x) - x * z
    if not compute_full_loss:
        return loss
    is_small = logical_and(z >= 0.0, z <= 1.0)
    # The logarithm is taken of 1 where it is not used: its gradient is finite there.
    safe = select(is_small, one_like(z), z)
    stirling = safe * log(safe) - safe + 0.5 * log(2.0 * pi * safe)
    return loss + select(is_small, zeros_like(z), stirling)


def weighted_cross_entropy_with_logits(
    labels: Any, logits: Any, pos_weight: Any, name: str | None = None
) -> Any:
    """-pos_weight * labels * log(sigmoid(logits)) - (1 - labels) * log(1 - sigmoid(logits)).

    A `pos_weight` above 1 makes missed positives weigh more than false ones.

    Raises:
        ValueError: the shapes differ.

    >>> tf.nn.weighted_cross_entropy_with_logits([1.0, 0.0], [0.0, 0.0], 2.0).numpy()
    array([1.3862944, 0.6931472], dtype=float32)
    """
    x = to_tensor(logits)
    z = to_tensor(labels, hint=x.dtype)
    check_floats("weighted_cross_entropy_with_logits", logits=x, labels=z)
    _check_one_shape("weighted_cross_entropy_with_logits", logits=x, labels=z)
    weight = 1.0 + (pos_weight - 1.0) * z
    return (1.0 - z) * x + weight * (log1p(exp(-absolute(x))) + relu(-x))


def _check_one_shape(name: str, **tensors: Any) -> None:
    (one, x), (other, y) = tensors.items()
    if not are_compatible(x.sizes, y.sizes):
        raise ValueError(
            f"{name} expected {one} and {other} of one shape. "
            f"Received: {one}.shape={x.shape}, {other}.shape={y.shape}"
        )
