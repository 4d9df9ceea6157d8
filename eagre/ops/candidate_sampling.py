"""Candidate samplers: classes for losses that look at a few classes instead of all.

Each gives `(sampled_candidates, true_expected_count, sampled_expected_count)`: the classes
[num_sampled], and how often each true class [batch, num_true] and each sampled one is expected
among them. Their numbers are TensorFlow's after `tf.random.set_seed`.
"""

from __future__ import annotations

from operator import index
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops.counting import bincount
from eagre.ops.math import expm1, log, log1p
from eagre.ops.random import global_stream, state_handle
from eagre.ops.reductions import argmax, reduce_any, reduce_sum
from eagre.ops.selection import boolean_mask, gather, where
from eagre.ops.sequences import reverse
from eagre.ops.shaping import cast, expand_dims, size
from eagre.primitives.comparison import select
from eagre.primitives.random_candidates import random_candidates
from eagre.primitives.state import assign_variable, read_variable


class CandidateSampler(NamedTuple):
    """What the candidate samplers return."""

    sampled_candidates: Any
    true_expected_count: Any
    sampled_expected_count: Any


_NO_WEIGHTS = np.zeros(0, np.int64)


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    seed: Any = None,
    name: str | None = None,
) -> CandidateSampler:
    """`num_sampled` classes below `range_max`, each as likely as the others.

    With `unique` none comes twice. `true_classes` is int64 [batch, num_true].

    Raises:
        InvalidArgumentError: more unique classes are asked for than there are, or the shape of
            `true_classes` does not fit.

    >>> tf.random.set_seed(3)
    >>> sampled, true_count, _ = tf.random.uniform_candidate_sampler([[1]], 1, 2, False, 4)
    >>> sampled.shape, true_count.numpy()
    (TensorShape([2]), array([[0.5]], dtype=float32))
    """
    name = "uniform_candidate_sampler"
    request = _Request(name, true_classes, num_true, num_sampled, unique, range_max)
    drawn = request.draw(request.stream(seed), "uniform", _NO_WEIGHTS)
    return request.counted(drawn, lambda ids: cast(ids * 0 + 1, dtypes.float64) / request.classes)


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    seed: Any = None,
    name: str | None = None,
) -> CandidateSampler:
    """`num_sampled` classes below `range_max`, which are rarer the larger they are.

    Class k has probability log((k + 2) / (k + 1)) / log(range_max + 1), as words have that are
    ordered by frequency. Arguments and errors are those of `uniform_candidate_sampler`.

    >>> tf.random.set_seed(3)
    >>> _, count, _ = tf.random.log_uniform_candidate_sampler([[0, 6]], 2, 3, False, 7)
    >>> count.numpy().round(4)
    array([[1.    , 0.1926]], dtype=float32)
    """
    name = "log_uniform_candidate_sampler"
    request = _Request(name, true_classes, num_true, num_sampled, unique, range_max)
    drawn = request.draw(request.stream(seed), "log_uniform", _NO_WEIGHTS)
    whole = float(np.log1p(request.classes))

    def chance(ids: Any) -> Any:
        wide = cast(ids, dtypes.float64)
        return log((wide + 2.0) / (wide + 1.0)) / whole

    return request.counted(drawn, chance)


def learned_unigram_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    seed: Any = None,
    name: str | None = None,
) -> CandidateSampler:
    """`num_sampled` classes below `range_max`, as often as they were true classes before.

    Each class counts once from the beginning. What is learned stays with the operation: with a
    seed that is all calls with the same arguments, without one the operation of a graph.
    Arguments and errors are those of `uniform_candidate_sampler`.

    >>> tf.random.set_seed(3)
    >>> learned = tf.random.learned_unigram_candidate_sampler
    >>> _, first, _ = learned([[2]], 1, 1, False, range_max=3, seed=5)
    >>> _, second, _ = learned([[2]], 1, 1, False, range_max=3, seed=5)
    >>> first.numpy().round(3), second.numpy()
    (array([[0.333]], dtype=float32), array([[0.5]], dtype=float32))
    """
    name = "learned_unigram_candidate_sampler"
    request = _Request(name, true_classes, num_true, num_sampled, unique, range_max)
    identity = (*request.identity, seed)
    handle = None if seed is None else _learned.get(identity)
    if handle is None:
        handle = state_handle([1] * request.classes, name)
        if seed is not None:
            _learned[identity] = handle
    counts = read_variable(handle)
    drawn = request.draw(request.stream(seed), "counts", counts)
    result = request.counted(drawn, _share_of(counts))
    seen = bincount(request.true, minlength=request.classes, maxlength=request.classes)
    assign_variable(handle, counts + cast(seen, dtypes.int64))
    return result


_learned: dict[Any, Any] = {}


def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    vocab_file: Any = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Any = (),
    seed: Any = None,
    name: str | None = None,
) -> CandidateSampler:
    """`num_sampled` classes below `range_max` with chances in proportion to given weights.

    Args:
        vocab_file: a file of comma-separated lines whose last entry is the weight of a class.
        distortion: the power to which weights are raised.
        num_reserved_ids: so many classes of weight 0 come first.
        num_shards: only classes whose number has the remainder `shard` get a place.
        unigrams: the weights, in place of `vocab_file`.

    The other arguments and errors are those of `uniform_candidate_sampler`.

    >>> tf.random.set_seed(3)
    >>> fixed = tf.random.fixed_unigram_candidate_sampler
    >>> fixed([[1]], 1, 4, False, range_max=2, unigrams=[1.0, 3.0])[1].numpy()
    array([[3.]], dtype=float32)
    """
    name = "fixed_unigram_candidate_sampler"
    request = _Request(name, true_classes, num_true, num_sampled, unique, range_max)
    if bool(vocab_file) == bool(len(unigrams)):
        raise InvalidArgumentError(
            f"{name} expected either vocab_file or unigrams. "
            f"Received: vocab_file={vocab_file!r}, unigrams={list(unigrams)}"
        )
    table = list(unigrams) if len(unigrams) else _weights_in(vocab_file)
    reserved = sum(place % num_shards == shard for place in range(num_reserved_ids))
    # TensorFlow numbers the weights from the reserved classes that this shard has.
    kept = [float(w) ** distortion for place, w in enumerate(table, reserved)
            if place % num_shards == shard]
    weights = np.array([0.0] * reserved + kept, np.float32)
    if len(weights) != request.classes:
        raise InvalidArgumentError(
            f"{name} expected as many weights as there are classes. "
            f"Received: {len(weights)} weights, range_max={range_max}"
        )
    drawn = request.draw(request.stream(seed, (distortion, weights.tobytes())), "weights", weights)
    return request.counted(drawn, _share_of(to_tensor(weights)))


def _weights_in(file: Any) -> list[float]:
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return [float(line.rsplit(",", 1)[-1]) for line in lines if line.strip()]


def _share_of(weights: Any) -> Any:
    """The function from classes to their part of all weights."""
    wide = cast(weights, dtypes.float64)
    shares = wide / reduce_sum(wide)
    return lambda ids: gather(shares, ids)


def all_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    seed: Any = None,
    name: str | None = None,
) -> CandidateSampler:
    """All classes below `num_sampled`, each once.

    >>> tf.random.all_candidate_sampler([[1]], 1, 3, True).sampled_candidates.numpy()
    array([0, 1, 2])
    """
    name = "all_candidate_sampler"
    request = _Request(name, true_classes, num_true, num_sampled, unique, num_sampled)
    number = request.number
    ones = cast(request.true * 0 + 1, dtypes.float32)
    return CandidateSampler(
        to_tensor(np.arange(number)), ones, to_tensor(np.ones(number, np.float32))
    )


class _Request:
    """The arguments that the samplers share, checked."""

    def __init__(
        self, name: str, true: Any, num_true: Any, number: Any, unique: Any, classes: Any
    ) -> None:
        self.name = name
        self.true = to_tensor(true, dtypes.int64, name=f"{name}(true_classes)")
        self.number, self.classes = index(number), index(classes)
        self.unique = bool(unique)
        self.identity = (name, index(num_true), self.number, self.unique, self.classes)
        if not are_compatible(self.true.sizes, (None, index(num_true))):
            raise InvalidArgumentError(
                f"{name} expected true_classes [batch, num_true]. "
                f"Received: true_classes.shape={self.true.shape}, num_true={num_true}"
            )
        if self.number < 1 or self.classes < 1:
            raise ValueError(
                f"{name} expected num_sampled and range_max of at least 1. "
                f"Received: num_sampled={number}, range_max={classes}"
            )
        if self.unique and self.number > self.classes:
            raise InvalidArgumentError(
                f"{name} expected a range_max of at least num_sampled for unique classes. "
                f"Received: num_sampled={number}, range_max={classes}"
            )

    def stream(self, seed: Any, *more: Any) -> Any:
        kinds = [str(part) for part in (*self.identity, *more)]
        return global_stream(seed, self.name, *kinds)((self.number,))

    def draw(self, stream: Any, kind: str, weights: Any) -> Any:
        return random_candidates(
            *stream,
            to_tensor(weights),
            kind=kind,
            number=self.number,
            unique=self.unique,
            classes=self.classes,
        )

    def counted(self, drawn: Any, chance: Any) -> CandidateSampler:
        """The classes with the counts to expect; `chance` gives the probability of a class."""
        sampled, tries = drawn
        tries = cast(tries, dtypes.float64)
        expected = [_expected(chance(ids), self.number, tries) for ids in (self.true, sampled)]
        return CandidateSampler(sampled, *expected)


def _expected(chance: Any, number: int, tries: Any) -> Any:
    unique = -expm1(tries * log1p(-chance))
    count = select(tries == float(number), chance * float(number), unique)
    return cast(count, dtypes.float32)


def compute_accidental_hits(
    true_classes: Any,
    sampled_candidates: Any,
    num_true: Any,
    seed: Any = None,
    name: str | None = None,
) -> tuple[Any, Any, Any]:
    """Where sampled classes are true ones: rows, places among the sampled ones, and weights.

    `true_classes` is [batch, num_true]; each weight is the least number of float32, which takes
    the place out of a softmax when it is added to its logit.

    >>> rows, places, weights = tf.nn.compute_accidental_hits([[1, 2], [3, 4]], [4, 1, 9], 2)
    >>> rows.numpy(), places.numpy()
    (array([0, 1], dtype=int32), array([1, 0]))
    """
    name = "compute_accidental_hits"
    true = to_tensor(true_classes, dtypes.int64, name=f"{name}(true_classes)")
    sampled = to_tensor(sampled_candidates, dtypes.int64, name=f"{name}(sampled_candidates)")
    fits = are_compatible(true.sizes, (None, index(num_true)))
    if not fits or not are_compatible(sampled.sizes, (None,)):
        raise InvalidArgumentError(
            f"{name} expected true_classes [batch, num_true] and sampled_candidates [sampled]. "
            f"Received: true_classes.shape={true.shape}, num_true={num_true}, "
            f"sampled_candidates.shape={sampled.shape}"
        )
    is_hit = expand_dims(true, -1) == reverse(sampled, [0])
    last = argmax(is_hit, -1)
    found = reduce_any(is_hit, -1)
    rows = where(found)[:, 0]
    weights = cast(rows * 0, dtypes.float32) + float(np.finfo(np.float32).min)
    places = size(sampled, dtypes.int64) - 1 - boolean_mask(last, found)
    return cast(rows, dtypes.int32), places, weights
