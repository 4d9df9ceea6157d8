"""Random permutations of numbers that need not be held in memory."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import scalar, to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.ops.shaping import cast
from eagre.primitives.index_shuffling import WIDE
from eagre.primitives.index_shuffling import index_shuffle as primitive
from eagre.primitives.padding import pad

_FIRST = 498247692
"""What TensorFlow puts before a seed of two numbers, for the cipher takes three."""


def random_index_shuffle(
    index: Any, seed: Any, max_index: Any, rounds: int = 4, name: str | None = None
) -> Any:
    """Where `index` goes in a random permutation of 0 to `max_index`; `seed` has three numbers.

    Inputs are scalars or vectors of one length; the seed is [3] or [n, 3]. Other seeds and
    numbers of rounds, which are even and at least 4, make other permutations.

    Raises:
        InvalidArgumentError: an index outside, or shapes and numbers that do not fit.

    >>> [int(tf.random_index_shuffle(i, [1, 2, 3], 3)) for i in range(4)]
    [2, 0, 3, 1]
    """
    index, seed = to_tensor(index, name="random_index_shuffle"), to_tensor(seed)
    if index.dtype not in WIDE:
        raise DTypeMismatchError(
            "random_index_shuffle expected index of 32 or 64 bits. "
            f"Received: index.dtype={index.dtype.name}"
        )
    return primitive.door(index, seed, cast(max_index, index.dtype), rounds=int(rounds))


def index_shuffle(index: Any, seed: Any, max_index: Any) -> Any:
    """Where `index` goes in a random permutation of 0 to `max_index`: a function of the seed.

    Args:
        index: a scalar or a vector of int32, int64, uint32 or uint64.
        seed: two integers, or for each index two: [n, 2].
        max_index: the largest index, a scalar or a vector.

    Raises:
        InvalidArgumentError: an index outside 0 to `max_index`, or shapes that do not fit.

    >>> tf.random.experimental.index_shuffle([0, 1, 2, 3], [5, 6], 100).numpy()
    array([ 3, 81,  2, 78], dtype=int32)
    """
    seed = to_tensor(seed, name="index_shuffle(seed)")
    is_pair = seed.sizes is None or seed.sizes[-1:] in ((2,), (None,))
    if seed.dtype not in WIDE or not is_pair:
        raise InvalidArgumentError(
            "index_shuffle expected a seed of integers, of shape [2] or [n, 2]. "
            f"Received: seed.shape={seed.shape}, seed.dtype={seed.dtype.name}"
        )
    pairs = ((0, 0),) * ((seed.ndim or 1) - 1) + ((1, 0),)
    whole = pad.door(seed, scalar(_FIRST, seed.dtype), paddings=pairs)
    return random_index_shuffle(index, whole, max_index)
