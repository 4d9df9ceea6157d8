"""Where the keys and counters of random numbers come from: seeds, and states that move on.

The primitives here are functions too: who holds a state assigns the new one. Each draw of `n`
numbers moves a state on by `256 * n` blocks, more than any distribution needs.
"""

from __future__ import annotations

from _thread import allocate_lock
from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import target_shape
from eagre.primitives.philox import philox_block
from eagre.primitives.random_bits import (
    COUNTER_LENGTHS,
    PHILOX,
    THREEFRY,
    refuse_negative,
)

_LARGEST_SEED = 2**31 - 1
_SEED_WITHOUT_GLOBAL = 87654321
_KEY_OF_SEEDS = 0x02461E293EC8F720
_MASK_64 = 0xFFFFFFFFFFFFFFFF
_MASK_128 = (1 << 128) - 1


def _counter_length(algorithm: int) -> int:
    if algorithm not in COUNTER_LENGTHS:
        raise InvalidArgumentError(
            f"seed expected an algorithm out of {sorted(COUNTER_LENGTHS)}. "
            f"Received: algorithm={algorithm}"
        )
    return COUNTER_LENGTHS[algorithm]


def _stream_specs(algorithm: int) -> tuple[TensorSpec, TensorSpec]:
    """The specs of a key and a counter."""
    length = _counter_length(algorithm)
    return TensorSpec.of((1,), dtypes.uint64), TensorSpec.of((length,), dtypes.uint64)


def _as_stream(key: int, *counter: int) -> tuple[Any, Any]:
    """A key and a counter as arrays."""
    return np.array([key], np.uint64), np.array(counter, np.uint64)


def _check_state(primitive: Primitive, state: TensorSpec, sizes: tuple[int, ...]) -> None:
    if state.dtype != dtypes.int64 or not are_compatible(state.sizes, sizes):
        raise InvalidArgumentError(
            f"{primitive.public} expected a state of dtype int64 and shape {sizes}. "
            f"Received: dtype={state.dtype.name}, shape={state.shape}"
        )


class StreamFromSeed(Primitive):
    """The key and the counter that belong to a seed of two integers."""

    vectorize = batching.by_rows
    public = "seed"
    stops_gradients = True

    def infer(self, seed: TensorSpec, *, algorithm: int) -> Any:
        """A key and a counter."""
        if not seed.dtype.is_integer or not are_compatible(seed.sizes, (2,)):
            raise InvalidArgumentError(
                "seed expected two integers: a vector of shape (2,). "
                f"Received: seed.shape={seed.shape}, seed.dtype={seed.dtype.name}"
            )
        return _stream_specs(algorithm)

    def kernel(self, seed: Any, *, algorithm: int) -> Any:
        """Philox scrambles the seed by itself; ThreeFry takes it as the key."""
        first, second = seed.tolist()
        first, second = first & _MASK_64, second & _MASK_64
        if algorithm == THREEFRY:
            return _as_stream(first & 0xFFFFFFFF | (second & 0xFFFFFFFF) << 32, 0)
        if algorithm != PHILOX:
            raise ValueError("an algorithm that there is not")
        words = philox_block(_KEY_OF_SEEDS, first | second << 64)
        return _as_stream(words[0] | words[1] << 32, 0, words[2] | words[3] << 32)


class Advance(Primitive):
    """The key and the counter in a generator's state, and the state after a draw of a shape.

    A state is the counter followed by the key, in int64.
    """

    vectorize = batching.Carried(0)
    public = "Generator"
    stops_gradients = True

    def infer(self, state: TensorSpec, *sizes: TensorSpec, shape: Any, algorithm: int) -> Any:
        """A key, a counter and a state."""
        _check_state(self, state, (_counter_length(algorithm) + 1,))
        return (*_stream_specs(algorithm), state)

    def kernel(self, state: Any, sizes: Any = None, *, shape: Any, algorithm: int) -> Any:
        if state.shape != (COUNTER_LENGTHS[algorithm] + 1,):
            raise ValueError("another length")
        words = state.view(np.uint64)
        key, counter = words[-1:], words[:-1]
        step = 256 * prod(target_shape(shape, sizes))
        if algorithm == PHILOX:
            low, high, last = words.tolist()
            moved = (low | high << 64) + step & _MASK_128
            after = moved & _MASK_64, moved >> 64, last
        else:
            low, last = words.tolist()
            after = low + step & _MASK_64, last
        return key, counter, np.array(after, np.uint64).view(np.int64)


# Operations with seeds ------------------------------------------------------------------------


class OperationSeeds:
    """The numbers that TensorFlow gives to operations without a seed, for each global seed.

    They are `random.Random(global_seed).randint(0, 2**31 - 1)`, again and again. Any of them can
    be asked for; cheap are those near others that were asked for lately.
    """

    def __init__(self) -> None:
        self.lock = allocate_lock()
        # Those of blocks that take no time to find again must not push out the others.
        self.first: dict[tuple[int, int], _Seeds] = {}
        self.later: dict[tuple[int, int], _Seeds] = {}

    def __call__(self, seed: int, position: int) -> int:
        """Number `position` of the sequence that belongs to the global seed."""
        number, place = divmod(position, _BLOCK)
        blocks, key = self.later if number else self.first, (seed, number)
        with self.lock:
            seeds = blocks.pop(key, None)
            if seeds is None:
                seeds = _Seeds(self._source_of(seed, number))
                if len(blocks) == _MOST_BLOCKS:
                    del blocks[next(iter(blocks))]
            blocks[key] = seeds
            return seeds.at(place)

    def _source_of(self, seed: int, number: int) -> Any:
        """Where the seeds of a block come from: those of the block before it, if that is there."""
        from random import Random

        before = (self.first if number == 1 else self.later).get((seed, number - 1))
        if before is not None and before.source is not None:
            before.at(_BLOCK - 1)
            source, before.source = before.source, None
            return source
        source = Random(seed)
        for _ in range(number * _BLOCK):
            _next_seed(source)
        return source


class _Seeds:
    """The seeds of a block as far as they were asked for, and the source of the next ones."""

    __slots__ = ("found", "source")

    def __init__(self, source: Any) -> None:
        self.source = source
        self.found: list[int] = []

    def at(self, place: int) -> int:
        while len(self.found) <= place:
            self.found.append(_next_seed(self.source))
        return self.found[place]


def _next_seed(source: Any) -> int:
    """`source.randint(0, 2**31 - 1)`, by the way that this goes, at a fifth of the time."""
    number = source.getrandbits(32)
    while number > _LARGEST_SEED:
        number = source.getrandbits(32)
    return number


_BLOCK = 64
_MOST_BLOCKS = 256


operation_seeds = OperationSeeds()


def seed_pair(global_seed: int, seed: int) -> tuple[int, int]:
    """The two seeds of an operation; two zeros would mean chance to TensorFlow."""
    pair = global_seed % _LARGEST_SEED, seed % _LARGEST_SEED
    return pair if pair != (0, 0) else (0, _LARGEST_SEED)


class NextStream(Primitive):
    """The key and the counter of the next operation without a seed, and the state after it.

    The state is the global seed, whether the user has set it, how many operations without a seed
    there were since then, and how often a seed has been set.
    """

    vectorize = batching.Carried(0)
    stops_gradients = True

    def infer(self, state: TensorSpec) -> Any:
        """A key, a counter and a state."""
        _check_state(self, state, (4,))
        return (*_stream_specs(PHILOX), state)

    def kernel(self, state: Any) -> Any:
        global_seed, _, position, _ = state.tolist()
        first, second = seed_pair(global_seed, operation_seeds(global_seed, position))
        return (*_as_stream(first, 0, second), state + _ONE_OPERATION)


_ONE_OPERATION = np.array([0, 0, 1, 0])


class SeededStream(Primitive):
    """The key and the counter of an operation with a seed of its own, and its place after it.

    `place` is how many blocks operations of this kind and seed have used, and since which setting
    of the global seed they count.
    """

    vectorize = batching.Carried(1)
    stops_gradients = True

    def infer(
        self, state: TensorSpec, place: TensorSpec, *sizes: TensorSpec, shape: Any, **params: Any
    ) -> Any:
        """A key, a counter and a place."""
        _check_state(self, state, (4,))
        _check_state(self, place, (2,))
        return (*_stream_specs(PHILOX), place)

    def kernel(
        self, state: Any, place: Any, sizes: Any = None, *, shape: Any, seed: int, use: str
    ) -> Any:
        global_seed, is_set, _, setting = state.tolist()
        used, since = place.tolist()
        used = used if since == setting else 0
        first, second = seed_pair(global_seed if is_set else _SEED_WITHOUT_GLOBAL, seed)
        shape = target_shape(shape, sizes)
        refuse_negative(use, shape)
        blocks = _BLOCKS.get(use, _blocks_of_numbers)(shape)
        return (*_as_stream(first, used, second), np.array([used + blocks, setting]))


def _blocks_of_numbers(shape: tuple[int, ...]) -> int:
    return 256 * prod(shape)


def _blocks_of_shuffle(shape: tuple[int, ...]) -> int:
    number = shape[0]
    return -(-(number - 1) // 4) if number > 1 and prod(shape) > 1 else 0


def _blocks_of_categories(shape: tuple[int, ...]) -> int:
    batch, samples = shape
    return 512 * batch * (-(-samples // 4) * 4)


def _blocks_of_candidates(shape: tuple[int, ...]) -> int:
    return 512 * shape[0]


def _blocks_of_boxes(shape: tuple[int, ...]) -> int:
    return shape[0]


# What TensorFlow reserves is more for some operations than it is for others.
_BLOCKS = {
    "sample_distorted_bounding_box": _blocks_of_boxes,
    "shuffle": _blocks_of_shuffle,
    "categorical": _blocks_of_categories,
    "uniform_candidate_sampler": _blocks_of_candidates,
    "log_uniform_candidate_sampler": _blocks_of_candidates,
    "learned_unigram_candidate_sampler": _blocks_of_candidates,
    "fixed_unigram_candidate_sampler": _blocks_of_candidates,
}

stream_from_seed = StreamFromSeed()
advance = Advance()
next_stream = NextStream()
seeded_stream = SeededStream()
