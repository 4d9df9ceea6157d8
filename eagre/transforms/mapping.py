"""`vectorized_map`: a function of one example, done for a whole batch at once."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, UnimplementedError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace
from eagre.primitives.batching import size_of
from eagre.primitives.constants import constant
from eagre.primitives.rearrangement import squeeze
from eagre.transforms.rows import rows_of
from eagre.transforms.vectorize import batch_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.primitive import Operation
    from eagre.core.tensor import Tensor


def vectorized_map(
    fn: Callable[..., Any],
    elems: Any,
    fallback_to_while_loop: bool = True,
    warn: bool = True,
) -> Any:
    """What `fn` makes of each example, stacked: its operations are done for all examples at once.

    `fn` is traced once. It must not assign variables; random numbers differ between examples.
    Bradbury et al., "JAX: composable transformations of Python+NumPy programs", 2018.

    Args:
        fn: takes the structure of `elems` for one example, returns a structure of tensors.
        elems: tensors, or a structure of them, whose first axis is that of examples. Where its
            size is 1 and that of others is more, all examples share what stands there.
        fallback_to_while_loop: whether operations that cannot do a batch at once may do one
            example after the other.
        warn: whether a warning says so.

    Raises:
        UnimplementedError: an operation cannot do a batch at once, and must not fall back.

    >>> tf.vectorized_map(lambda x: tf.reduce_sum(x * x), tf.constant([[1.0, 2.0], [3.0, 4.0]]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 5., 25.], dtype=float32)>
    """
    if not callable(fn):
        raise TypeError(f"vectorized_map expected fn to be a function. Received: {described(fn)}")
    leaves = structure.flatten(elems, expand_composites=True)
    values = [to_tensor(leaf, name="vectorized_map(elems)") for leaf in leaves]
    batched = _which_are_batched(values)
    pairs = list(zip(values, batched, strict=True))
    values = [x if is_batched else squeeze(x, axis=(0,)) for x, is_batched in pairs]
    specs = rows_of(values, batched)
    graph, pack = _traced(fn, elems, specs)
    flags = (*batched, *[False] * len(graph.captures))
    values = [*values, *graph.captures]

    def missing(operation: Operation) -> None:
        _report(operation, fallback_to_while_loop, warn)

    return pack(batch_whole(graph, values, flags, size_of(flags, values), missing))


def _which_are_batched(values: list[Tensor]) -> list[bool]:
    if not values:
        raise ValueError("vectorized_map expected at least one tensor. Received: elems without any")
    scalars = [x for x in values if x.sizes == ()]
    if scalars:
        raise InvalidArgumentError(
            "vectorized_map expected tensors with an axis of examples. "
            f"Received: elems with a scalar of dtype {scalars[0].dtype.name}"
        )
    sizes = [None if x.sizes is None else x.sizes[0] for x in values]
    several = sorted({n for n in sizes if n not in (1, None)})
    if len(several) > 1:
        raise InvalidArgumentError(
            "vectorized_map expected as many examples in each of elems, or 1. "
            f"Received: first axes of sizes {several}"
        )
    return [n != 1 for n in sizes] if several else [True] * len(sizes)


def _traced(fn: Any, elems: Any, specs: list[TensorSpec]) -> tuple[Graph, Any]:
    """The graph of `fn`, and what puts its outputs in the structure that `fn` returns."""
    graph = Graph(getattr(fn, "__name__", "function").strip("<>"))
    level = Trace(graph)
    with level:
        inputs = [graph.add_input(spec, f"example_{i}") for i, spec in enumerate(specs)]
        result = fn(structure.pack_sequence_as(elems, inputs, expand_composites=True))
        leaves = structure.flatten(result, expand_composites=True)
        name = "vectorized_map, in what fn returns,"
        outputs = [None if leaf is None else to_tensor(leaf, name=name) for leaf in leaves]
        graph.outputs = [level.inside(x, constant) for x in outputs if x is not None]

    def pack(found: list[Tensor]) -> Any:
        rest = iter(found)
        packed = [None if output is None else next(rest) for output in outputs]
        return structure.pack_sequence_as(result, packed, expand_composites=True)

    return graph, pack


def _report(operation: Operation, may_loop: bool, warns: bool) -> None:
    text = (
        "vectorized_map expected operations that can do a whole batch at once. "
        f"Received: {operation.primitive.public} at {operation.line}"
    )
    if not may_loop:
        raise UnimplementedError(f"{text}, and fallback_to_while_loop=False")
    if warns:
        told = f"{text}, which does one example after the other. Pass warn=False if that is meant."
        warnings.warn(told, stacklevel=9)
