"""Blocks of space moved to the batch or to the channels, and back."""

from __future__ import annotations

from math import prod
from typing import Any

from eagre.core.caller import Called
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import Tensor
from eagre.ops.axes import array_of, plain_integers, plain_pairs
from eagre.ops.padding import pad
from eagre.ops.shaping import as_shape, axis_sizes, known_as, transpose
from eagre.primitives import rearrangement
from eagre.primitives.checking import demand


def _rearranged(x: Any, split: list[Any], perm: list[int], merged: list[Any], name: str) -> Any:
    """Axes taken apart, in another order, and put together."""
    x = rearrangement.reshape(x, as_shape(split, name))
    x = transpose(x, perm)
    return known_as(rearrangement.reshape(x, as_shape(merged, name)), merged)


def _blocks(block_shape: Any, pairs: Any, rank: int, name: str, what: str) -> tuple[Any, Any]:
    """The sizes of the block and a pair for each, checked."""
    blocks, table = plain_integers(block_shape), plain_pairs(pairs)
    if blocks and table and len(blocks) == len(table) < rank and min(blocks) > 0:
        if min(map(min, table)) >= 0:
            return blocks, table
    blocks, table = array_of(block_shape, "block_shape"), array_of(pairs, what)
    if blocks.ndim != 1 or blocks.dtype.kind not in "iu" or table.shape != (len(blocks), 2):
        raise InvalidArgumentError(
            f"{name} expected a vector block_shape and a pair of {what} for each of its sizes. "
            f"Received: block_shape={block_shape}, {what}={pairs}"
        )
    if rank < 1 + len(blocks):
        raise InvalidArgumentError(
            f"{name} expected a tensor of rank {1 + len(blocks)} or more for this block_shape. "
            f"Received: rank {rank}"
        )
    if (blocks < 1).any() or (table < 0).any():
        raise InvalidArgumentError(
            f"{name} expected blocks of at least 1 and {what} of at least 0. "
            f"Received: block_shape={block_shape}, {what}={pairs}"
        )
    return blocks.tolist(), table.tolist()


def _refuse_remainder(size: Any, block: int, name: str, what: str, divisor: str) -> None:
    if isinstance(size, int) and size % block:
        raise InvalidArgumentError(
            f"{name} expected {what} that {divisor} divides. Received: {size}, {divisor} is {block}"
        )


def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    """Each place within a block becomes an element of the batch, after a border of zeros.

    `input` [batch, *spatial, ...] becomes [batch * prod(block_shape), *spatial / block_shape, ...].

    >>> tf.space_to_batch_nd([[1, 2, 3, 4]], [2], [[0, 0]]).numpy()
    array([[1, 3],
           [2, 4]], dtype=int32)
    """
    called = Called("space_to_batch_nd")
    x = to_tensor(input)
    rank = len(axis_sizes(x, called))
    blocks, pairs = _blocks(block_shape, paddings, rank, called, "paddings")
    count = len(blocks)
    if any(n for pair in pairs for n in pair):
        x = pad(x, [[0, 0], *pairs, *[[0, 0]] * (rank - count - 1)])
    batch, *sizes = axis_sizes(x, called)
    split, merged = [batch], [batch * prod(blocks)]
    for size, block in zip(sizes, blocks, strict=False):
        _refuse_remainder(size, block, called, "a padded size", "its block")
        split += [size // block, block]
        merged.append(size // block)
    inner = [1 + 2 * i for i in range(count)]
    rest = range(1 + 2 * count, rank + count)
    perm = [*[1 + axis for axis in inner], 0, *inner, *rest]
    return _rearranged(
        x, [*split, *sizes[count:]], perm, [*merged, *sizes[count:]], called
    )


def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    """The same as `space_to_batch_nd`.

    >>> tf.space_to_batch([[1, 2, 3]], [2], [[0, 1]]).numpy()
    array([[1, 3],
           [2, 0]], dtype=int32)
    """
    return space_to_batch_nd(input, block_shape, paddings)


def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    """The reverse of `space_to_batch`: `crops` are cut off from the result.

    >>> tf.batch_to_space([[1, 3], [2, 4]], [2], [[0, 1]]).numpy()
    array([[1, 2, 3]], dtype=int32)
    """
    x = to_tensor(input)
    batch, *sizes = axis_sizes(x, "batch_to_space")
    blocks, pairs = _blocks(block_shape, crops, 1 + len(sizes), "batch_to_space", "crops")
    count, whole = len(blocks), prod(blocks)
    _refuse_remainder(batch, whole, "batch_to_space", "a batch", "the size of a block")
    split = [*blocks, batch // whole, *sizes]
    grown = [size * block for size, block in zip(sizes, blocks, strict=False)]
    inner = [axis for i in range(count) for axis in (count + 1 + i, i)]
    perm = [count, *inner, *range(2 * count + 1, count + 1 + len(sizes))]
    merged = [batch // whole, *grown, *sizes[count:]]
    x = _rearranged(x, split, perm, merged, "batch_to_space")
    key = [_inside(size, *pair) for size, pair in zip(grown, pairs, strict=True)]
    return x[(slice(None), *key)] if any(n for pair in pairs for n in pair) else x


def _inside(size: Any, before: int, after: int) -> slice:
    """What is left of an axis when both ends are cut off."""
    message = f"batch_to_space expected at least {before + after} to crop from. Received: size "
    if isinstance(size, Tensor):
        size = demand(size, size >= before + after, message=message)
    elif size < before + after:
        raise InvalidArgumentError(f"{message}{size}, crops ({before}, {after})")
    return slice(before, size - after)


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Any, Any]:
    """The paddings with which blocks divide the sizes, and the crops that undo what they add.

    >>> [x.numpy().tolist() for x in tf.required_space_to_batch_paddings([5], [2])]
    [[[0, 1]], [[0, 1]]]
    """
    sizes: Any = to_tensor(input_shape)
    blocks: Any = to_tensor(block_shape)
    zeros = sizes - sizes
    start, end = zeros, zeros
    if base_paddings is not None:
        base = to_tensor(base_paddings)
        start, end = base[:, 0], base[:, 1]
    full = sizes + start + end
    extra = (blocks - full % blocks) % blocks
    return (
        rearrangement.stack([start, end + extra], 1),
        rearrangement.stack([zeros, extra], 1),
    )


def _image(input: Any, block_size: Any, data_format: str, name: str) -> tuple[Any, Any, int]:
    """The tensor, its sizes and the block, checked."""
    x = to_tensor(input)
    block = int(block_size)
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError(
            f"{name} expected a data_format of 'NHWC' or 'NCHW'. Received: {data_format!r}"
        )
    if block < 2:
        raise InvalidArgumentError(f"{name} expected blocks of at least 2. Received: {block_size=}")
    if x.ndim not in (4, None):
        raise InvalidArgumentError(
            f"{name} expected a tensor of four axes. Received: shape={x.shape}"
        )
    return x, axis_sizes(x, name), block


def space_to_depth(
    input: Any, block_size: Any, data_format: str = "NHWC", name: str | None = None
) -> Any:
    """Each place within a block becomes a channel.

    `input` [batch, height, width, channels] becomes
    [batch, height / block, width / block, block * block * channels].

    >>> tf.nn.space_to_depth([[[[1], [2]], [[3], [4]]]], 2).numpy()
    array([[[[1, 2, 3, 4]]]], dtype=int32)
    """
    x, sizes, block = _image(input, block_size, data_format, "space_to_depth")
    is_last = data_format == "NHWC"
    batch, height, width, channels = sizes if is_last else [sizes[i] for i in (0, 2, 3, 1)]
    for size in (height, width):
        _refuse_remainder(size, block, "space_to_depth", "height and width", "block_size")
    grid = [height // block, block, width // block, block]
    depth = channels * block * block
    if is_last:
        split, perm = [batch, *grid, channels], [0, 1, 3, 2, 4, 5]
        merged = [batch, grid[0], grid[2], depth]
    else:
        split, perm = [batch, channels, *grid], [0, 3, 5, 1, 2, 4]
        merged = [batch, depth, grid[0], grid[2]]
    return _rearranged(x, split, perm, merged, "space_to_depth")


def depth_to_space(
    input: Any, block_size: Any, data_format: str = "NHWC", name: str | None = None
) -> Any:
    """Channels become places within a block: the reverse of `space_to_depth`.

    >>> tf.nn.depth_to_space([[[[1, 2, 3, 4]]]], 2).numpy().reshape(2, 2)
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    x, sizes, block = _image(input, block_size, data_format, "depth_to_space")
    is_last = data_format == "NHWC"
    batch, height, width, depth = sizes if is_last else [sizes[i] for i in (0, 2, 3, 1)]
    _refuse_remainder(depth, block**2, "depth_to_space", "channels", "block_size squared")
    channels = depth // (block * block)
    if is_last:
        split, perm = [batch, height, width, block, block, channels], [0, 1, 3, 2, 4, 5]
        merged = [batch, height * block, width * block, channels]
    else:
        split, perm = [batch, block, block, channels, height, width], [0, 3, 4, 1, 5, 2]
        merged = [batch, channels, height * block, width * block]
    return _rearranged(x, split, perm, merged, "depth_to_space")
