"""Losses over many classes that look at the true ones and at a sample of the others."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.candidate_sampling import compute_accidental_hits, log_uniform_candidate_sampler
from eagre.ops.creation import zeros_like
from eagre.ops.joining import concat
from eagre.ops.linalg import matmul
from eagre.ops.losses import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
)
from eagre.ops.math import log
from eagre.ops.normalization import embedding_lookup
from eagre.ops.reductions import reduce_sum
from eagre.ops.scattering import scatter_nd
from eagre.ops.shaping import cast, expand_dims, shape, stop_gradient
from eagre.primitives.families import one_like
from eagre.primitives.rearrangement import stack


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: Any = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    name: str = "nce_loss",
) -> Any:
    """The noise-contrastive estimate of a loss [batch]: true classes against sampled ones.

    Args:
        weights: [classes, size], or a list of tensors that hold its rows one after the other.
        biases: [classes].
        labels: the true classes [batch, num_true].
        inputs: [batch, size].
        sampled_values: what a candidate sampler returns; by default that of
            `tf.random.log_uniform_candidate_sampler` with unique classes.
        remove_accidental_hits: whether sampled classes that are true ones are left out.

    Gutmann and Hyvärinen, "Noise-contrastive estimation", 2010.

    >>> weights, sampled = tf.ones([3, 2]), ([2], [[1.0]], [1.0])
    >>> tf.nn.nce_loss(
    ...     weights, tf.zeros([3]), [[1]], [[0.0, 0.0]], 1, 3, sampled_values=sampled
    ... ).numpy().round(4)
    array([1.3863], dtype=float32)
    """
    logits, targets = _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits, None, "nce_loss",
    )  # fmt: skip
    return reduce_sum(sigmoid_cross_entropy_with_logits(labels=targets, logits=logits), 1)


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: Any = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    seed: Any = None,
    name: str = "sampled_softmax_loss",
) -> Any:
    """The softmax cross entropy [batch] over the true classes and sampled ones.

    Arguments are as those of `nce_loss`. Jean et al., "On using very large target vocabulary for
    neural machine translation", 2014.

    >>> weights, sampled = tf.ones([3, 2]), ([2], [[1.0]], [1.0])
    >>> tf.nn.sampled_softmax_loss(
    ...     weights, tf.zeros([3]), [[1]], [[0.0, 0.0]], 1, 3, sampled_values=sampled
    ... ).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    logits, targets = _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits, seed, "sampled_softmax_loss",
    )  # fmt: skip
    return softmax_cross_entropy_with_logits(targets, logits)


def _sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: Any,
    sampled_values: Any,
    drops_hits: bool,
    seed: Any,
    name: str,
) -> tuple[Any, Any]:
    """Logits [batch, num_true + num_sampled] less the logarithms of expected counts; targets."""
    inputs = to_tensor(inputs)
    labels = cast(to_tensor(labels), dtypes.int64)
    if labels.ndim not in (2, None) or inputs.ndim not in (2, None):
        raise InvalidArgumentError(
            f"{name} expected labels [batch, num_true] and inputs [batch, size]. "
            f"Received: labels.shape={labels.shape}, inputs.shape={inputs.shape}"
        )
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(
            labels, num_true, num_sampled, True, num_classes, seed
        )
    ids, true_count, sampled_count = [stop_gradient(x) for x in sampled_values]
    ids = cast(ids, dtypes.int64)
    true_weights = embedding_lookup(weights, labels)
    true = reduce_sum(expand_dims(inputs, 1) * true_weights, -1)
    true = true + embedding_lookup(biases, labels) - log(cast(true_count, inputs.dtype))
    sampled = matmul(inputs, embedding_lookup(weights, ids), transpose_b=True)
    sampled = sampled + embedding_lookup(biases, ids)
    if drops_hits:
        sampled = sampled + _hit_weights(labels, ids, num_true, sampled)
    sampled = sampled - log(cast(sampled_count, inputs.dtype))
    share = one_like(true) / cast(to_tensor(num_true), true.dtype)
    targets = concat([zeros_like(true) + share, zeros_like(sampled)], 1)
    return concat([true, sampled], 1), targets


def _hit_weights(labels: Any, ids: Any, num_true: Any, like: Any) -> Any:
    """The least number where a sampled class is a true one, else 0; in the shape of logits."""
    rows, places, _ = compute_accidental_hits(labels, ids, num_true)
    least = cast(rows * 0, like.dtype) + float(like.dtype.min)
    found = stack([cast(rows, dtypes.int64), places], 1)
    return scatter_nd(found, least, shape(like, dtypes.int64))
