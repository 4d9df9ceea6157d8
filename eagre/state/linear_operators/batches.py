"""Leading axes that broadcast, also where their sizes are known only when a graph runs.

A list of sizes has ints, and scalar tensors in the place of those that are unknown.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.shapes import broadcast_sizes
from eagre.ops.shaping import as_shape, axis_sizes, known_as
from eagre.primitives.checking import broadcast_shapes
from eagre.primitives.rearrangement import broadcast_to, reshape


def known_sizes(sizes: Any) -> tuple[int | None, ...]:
    """The sizes, None for unknown ones."""
    return tuple([n if isinstance(n, int) else None for n in sizes])


def vector_of(sizes: Any) -> Any:
    """The sizes as a tensor."""
    shape = as_shape(list(sizes), "LinearOperator")
    return to_tensor(np.array(shape, np.int32)) if shape.__class__ is tuple else shape


def common_batch(*batches: Any, name: str = "LinearOperator") -> list[Any]:
    """The sizes to which several lists of sizes broadcast."""
    known: Any = reduce(
        lambda a, b: broadcast_sizes(a, b, name), [known_sizes(batch) for batch in batches]
    )
    if None not in known:
        return list(known)
    vector = reduce(broadcast_shapes, [vector_of(batch) for batch in batches])
    return [vector[i] if n is None else n for i, n in enumerate(known)]


def with_batch(x: Any, batch: Any, inner: int = 2) -> Any:
    """The tensor with these sizes before its last `inner` axes."""
    sizes = [*batch, *inner_sizes(x, inner)]
    known = known_sizes(sizes)
    if None not in known and x.sizes == known:
        return x
    return known_as(broadcast_to(x, as_shape(sizes, "LinearOperator")), sizes)


def share_batch(*tensors: Any, inner: int = 2) -> list[Any]:
    """The tensors with common leading axes before their last `inner` ones."""
    batch = common_batch(*[batch_of(x, inner) for x in tensors])
    return [with_batch(x, batch, inner) for x in tensors]


def batch_of(x: Any, inner: int = 2) -> list[Any]:
    """The sizes of all but the last `inner` axes."""
    sizes = axis_sizes(x, "LinearOperator")
    return sizes[: len(sizes) - inner]


def inner_sizes(x: Any, inner: int = 2) -> list[Any]:
    """The sizes of the last `inner` axes."""
    sizes = axis_sizes(x, "LinearOperator")
    return sizes[len(sizes) - inner :]


def reshaped(x: Any, sizes: Any) -> Any:
    """The elements in the shape of a list of sizes."""
    return known_as(reshape(x, as_shape(list(sizes), "LinearOperator")), sizes)
