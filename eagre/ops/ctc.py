"""Connectionist temporal classification: the loss of labels whose places in time are unknown."""

from __future__ import annotations

from typing import Any

from eagre.control.looping import while_loop
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.activations import check_floats
from eagre.ops.creation import fill, ones_like, zeros_like
from eagre.ops.joining import concat
from eagre.ops.math import exp, log, maximum
from eagre.ops.one_hot import one_hot
from eagre.ops.padding import pad
from eagre.ops.reductions import argmax, cumsum, reduce_logsumexp, reduce_max, reduce_sum
from eagre.ops.selection import gather, where
from eagre.ops.sequences import sequence_mask
from eagre.ops.shaping import cast, expand_dims, reshape, shape, transpose
from eagre.primitives import picking, transcendental
from eagre.primitives.families import shape_of
from eagre.primitives.rearrangement import stack

_NEVER = -1e30
"""The logarithm of no chance: finite, so that differences of it are numbers."""


def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: Any = None,
    name: str | None = None,
) -> Any:
    """-log of the chance that frames of logits spell the labels: a loss [batch].

    A frame spells a class or a blank; repeated classes count once, then blanks are left out.
    Where there are too few frames for the labels the loss is infinite.

    Args:
        labels: [batch, most labels], dense; what follows `label_length` labels is not read.
        logits: [frames, batch, classes], or [batch, frames, classes] if not `logits_time_major`.
        unique: not used.
        blank_index: the class that is the blank, by default 0; -1 is the last one.

    Graves et al., "Connectionist temporal classification", 2006.

    >>> tf.nn.ctc_loss([[1]], tf.zeros([2, 1, 3]), [1], [2]).numpy().round(4)
    array([1.0986], dtype=float32)
    """
    logits = to_tensor(logits)
    check_floats("ctc_loss", logits=logits)
    labels = cast(to_tensor(labels), dtypes.int64)
    if logits.ndim not in (3, None) or labels.ndim not in (2, None):
        raise InvalidArgumentError(
            "ctc_loss expected labels [batch, labels] and logits with three axes. "
            f"Received: labels.shape={labels.shape}, logits.shape={logits.shape}"
        )
    if not logits_time_major:
        logits = transpose(logits, [1, 0, 2])
    lengths = cast(to_tensor(label_length), dtypes.int64)
    frames = cast(to_tensor(logit_length), dtypes.int64)
    blank = _blank(blank_index, logits)
    states, may_skip = _states(labels, lengths, blank)
    logs = transcendental.log_softmax.door(logits, axis=-1)
    count = shape_of(logs)[0]
    width = shape(states)[1]
    chances = picking.take_along(logs, _for_frames(states, count))
    last = _forward(chances, may_skip, frames, count)
    ends = one_hot(2 * lengths, width, on_value=True, off_value=False, dtype=dtypes.bool_)
    before = one_hot(2 * lengths - 1, width, on_value=True, off_value=False, dtype=dtypes.bool_)
    total = reduce_logsumexp(where(ends | before, last, zeros_like(last) + _NEVER), 1)
    return where(total > _NEVER / 2, -total, zeros_like(total) + float("inf"))


def _blank(blank_index: Any, logits: Any) -> Any:
    blank = 0 if blank_index is None else int(blank_index)
    classes = None if logits.sizes is None else logits.sizes[-1]
    if classes is not None and not -classes <= blank < classes:
        raise ValueError(
            f"ctc_loss expected a blank_index in [{-classes}, {classes}). "
            f"Received: blank_index={blank_index}"
        )
    number = to_tensor(blank, dtypes.int64)
    return cast(shape(logits)[-1], dtypes.int64) + number if blank < 0 else number


def _states(labels: Any, lengths: Any, blank: Any) -> tuple[Any, Any]:
    """The classes [batch, 2 * labels + 1] with blanks between them; where a blank may be left."""
    size = shape(labels)
    known = sequence_mask(lengths, size[1])
    labels = where(known, labels, ones_like(labels) * blank)
    blanks = ones_like(labels) * blank
    first = fill(stack([size[0], to_tensor(1)]), blank)
    pairs = reshape(stack([labels, blanks], 2), stack([size[0], 2 * size[1]]))
    states = concat([first, pairs], 1)
    earlier = pad(states, [[0, 0], [2, 0]])[:, :-2]
    place = cumsum(ones_like(states), 1)
    return states, (states != blank) & ((states != earlier) | (place == 2))


def _for_frames(states: Any, count: Any) -> Any:
    """The states for each frame."""
    zeros = fill(stack([to_tensor(count), to_tensor(1), to_tensor(1)]), to_tensor(0, dtypes.int64))
    return zeros + expand_dims(states, 0)


def _forward(chances: Any, may_skip: Any, frames: Any, count: Any) -> Any:
    """The logarithms of the chances to be in each state at the last frame of each sequence."""
    never = to_tensor(_NEVER, chances.dtype) + zeros_like(cast(may_skip, chances.dtype))
    start = where(cumsum(ones_like(cast(may_skip, dtypes.int32)), 1) == 1, zeros_like(never), never)

    def step(frame: Any, state: Any) -> Any:
        one = concat([never[:, :1], state[:, :-1]], 1)
        two = pad(state, [[0, 0], [2, 0]], constant_values=_NEVER)[:, :-2]
        moved = _log_sum(state, one, where(may_skip, two, never))
        moved = maximum(moved + gather(chances, frame), never)
        goes_on = expand_dims(cast(frame, dtypes.int64) < frames, 1)
        return frame + 1, where(goes_on, moved, state)

    frame = to_tensor(0)
    return while_loop(lambda i, _: i < to_tensor(count), step, (frame, start))[1]


def _log_sum(*terms: Any) -> Any:
    """log(sum(exp(terms))), elementwise."""
    parts = stack(list(terms))
    peak = reduce_max(parts, 0)
    return peak + log(reduce_sum(exp(parts - expand_dims(peak, 0)), 0))


def ctc_unique_labels(labels: Any, name: str | None = None) -> tuple[Any, Any]:
    """The different labels of each row, filled up with 0, and the place of each label there.

    `labels` is [batch, labels]; both results have its shape.

    >>> values, places = tf.nn.ctc_unique_labels([[3, 4, 3, 5]])
    >>> values.numpy(), places.numpy()
    (array([[3, 4, 5, 0]]), array([[0, 1, 0, 2]], dtype=int32))
    """
    x = to_tensor(labels)
    if x.ndim not in (2, None):
        raise InvalidArgumentError(
            f"ctc_unique_labels expected labels [batch, labels]. Received: labels.shape={x.shape}"
        )
    first = argmax(expand_dims(x, 2) == expand_dims(x, 1), 2)
    here = cumsum(ones_like(first), 1) - 1
    is_new = cast(first == here, dtypes.int64)
    places = picking.take_along(cumsum(is_new, 1) - 1, first)
    values = picking.put_along(cast(x, dtypes.int64) * is_new, places, shape_of(x))
    return values, cast(places, dtypes.int32)


def collapse_repeated(labels: Any, seq_length: Any, name: str | None = None) -> tuple[Any, Any]:
    """Runs of equal labels made one label, and the lengths that are left.

    `labels` is [batch, labels]; the result is as wide as its longest row, filled up with 0.

    >>> rows, lengths = tf.nn.collapse_repeated([[1, 1, 2, 2, 1], [3, 3, 3, 4, 0]], [5, 4])
    >>> rows.numpy(), lengths.numpy()
    (array([[1, 2, 1],
           [3, 4, 0]], dtype=int32), array([3, 2], dtype=int32))
    """
    x, lengths = to_tensor(labels), to_tensor(seq_length)
    if x.ndim not in (2, None) or lengths.ndim not in (1, None):
        raise InvalidArgumentError(
            "collapse_repeated expected labels [batch, labels] and seq_length [batch]. "
            f"Received: labels.shape={x.shape}, seq_length.shape={lengths.shape}"
        )
    is_new = concat([ones_like(x[:, :1], dtypes.bool_), x[:, 1:] != x[:, :-1]], 1)
    is_kept = is_new & sequence_mask(lengths, shape(x)[1])
    kept = cast(is_kept, dtypes.int32)
    left = reduce_sum(kept, 1)
    places = maximum(cumsum(kept, 1) - 1, 0)
    rows = picking.put_along(x * cast(kept, x.dtype), places, shape_of(x))
    return rows[:, : reduce_max(left)], cast(left, lengths.dtype)
