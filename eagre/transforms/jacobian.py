"""Jacobians: the gradients of all elements of a target, computed as one batch."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import Tensor
from eagre.gradients.backpropagate import zeros_like
from eagre.gradients.graph_gradients import gradients_in
from eagre.gradients.perhaps import zeros_if_absent
from eagre.gradients.tape import UnconnectedGradients, as_unconnected
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace
from eagre.primitives.arithmetic import cast
from eagre.primitives.batching import moved, reshaped, sizes_of, vector_of
from eagre.primitives.comparison import equal
from eagre.primitives.constants import constant
from eagre.primitives.ranges import range_primitive
from eagre.primitives.rearrangement import broadcast_to, concat, expand_dims
from eagre.transforms.rows import each_row
from eagre.transforms.vectorize import allow, batch_whole

if TYPE_CHECKING:
    from eagre.gradients.tape import GradientTape


def jacobian(
    tape: GradientTape, target: Any, sources: Any, unconnected: Any, parallel: Any, at_once: bool
) -> Any:
    """What `GradientTape.jacobian` documents."""
    name = "GradientTape.jacobian"
    target = _checked_target(target, name)
    sizes = _known_sizes(target, name)
    for source in [sources] if isinstance(sources, Tensor) else structure.flatten(sources):
        _check_source(source, name)
    unconnected = as_unconnected(unconnected, name)
    rows = _identity(_product(sizes), target.dtype)
    seeds = reshaped(rows, [_product(sizes), *sizes])
    graph, found = _backward(tape, target, sources, unconnected)
    outputs = iter(_run(graph, seeds, parallel, at_once))
    parts = [None if grad is None else _with_sizes(next(outputs), 1, sizes) for grad in found]
    return _packed(sources, parts)


def batch_jacobian(
    tape: GradientTape, target: Any, source: Any, unconnected: Any, parallel: Any, at_once: bool
) -> Any:
    """What `GradientTape.batch_jacobian` documents."""
    name = "GradientTape.batch_jacobian"
    target = _checked_target(target, name)
    _check_source(source, name)
    sizes = _known_sizes(target, name)
    _check_batches(target, source)
    as_unconnected(unconnected, name)
    count = _product(sizes[1:])
    rows = expand_dims(_identity(count, target.dtype), axis=(1,))
    seeds = reshaped(broadcast_to(rows, vector_of([count, sizes[0], count])), [count, *sizes])
    graph, _ = _backward(tape, target, source, UnconnectedGradients.ZERO)
    (found,) = _run(graph, seeds, parallel, at_once)
    return _with_sizes(moved(found, 1, 0), 2, sizes)


def jacobian_in_graph(level: Trace, target: Tensor, source: Tensor) -> Tensor:
    """The derivatives of each element of `target` by each of `source`, both of an open graph.

    Raises:
        ValueError: the rank of the target is not known.
    """
    sizes = _known_sizes(target, "hessians")
    inner = Trace(Graph("backward"))
    with inner as graph:
        seed = graph.add_input(target.spec, "grad")
        (found,) = gradients_in(level.graph, [target], [source], [seed])
        grad = zeros_like(source) if found is None else to_tensor(zeros_if_absent(found))
        graph.outputs = [inner.inside(grad, constant)]
    graph.drop_unused()
    seeds = reshaped(_identity(_product(sizes), target.dtype), [_product(sizes), *sizes])
    (rows,) = _run(graph, seeds, None, True)
    return _with_sizes(rows, 1, sizes)


def _checked_target(target: Any, name: str) -> Tensor:
    if not isinstance(target, Tensor):
        kind = type(target).__name__
        raise TypeError(f"{name} expected target to be a tensor. Received: a value of type {kind}")
    return target


def _check_source(source: Any, name: str) -> None:
    if not isinstance(source, Tensor) and getattr(source, "handle", None) is None:
        kind = type(source).__name__
        raise TypeError(
            f"{name} expected sources to be tensors or variables. Received: a value of type {kind}"
        )


def _known_sizes(x: Tensor, name: str) -> list[Any]:
    if x.sizes is None:
        raise ValueError(f"{name} needs tensors of known rank. Received: shape={x.shape}")
    return sizes_of(x)


def _check_batches(target: Tensor, source: Any) -> None:
    shapes = [x.shape.sizes for x in (target, source)]
    batches = [-1 if sizes == () else sizes and sizes[0] for sizes in shapes]
    if -1 in batches or (None not in batches and batches[0] != batches[1]):
        raise ValueError(
            "GradientTape.batch_jacobian expected a target and a source with first axes of one "
            f"size. Received: target.shape={target.shape}, source.shape={source.shape}"
        )


def _product(sizes: list[Any]) -> Any:
    """How many elements there are: an int where it is known, else a scalar tensor."""
    total: Any = prod([n for n in sizes if n.__class__ is int])
    for size in sizes:
        total = total if size.__class__ is int else size * total
    return total


def _identity(size: Any, dtype: dtypes.DType) -> Tensor:
    ends = [to_tensor(n, dtypes.int32) for n in (0, size, 1)]
    numbers = range_primitive(*ends)
    return cast(equal(expand_dims(numbers, axis=(1,)), numbers), dtype=dtype)


def _backward(
    tape: GradientTape, target: Tensor, sources: Any, unconnected: Any
) -> tuple[Graph, list[Any]]:
    """The graph from the gradient of a target to those of the sources, and where there is none."""
    level = Trace(Graph("backward"))
    with level as graph:
        seed = graph.add_input(target.spec, "grad")
        grads = tape.gradient(target, sources, seed, unconnected)
        # Slices of a source are a composite: here they are one dense leaf.
        found = [grads] if isinstance(sources, Tensor) else structure.flatten(grads)
        dense = [to_tensor(grad) for grad in found if grad is not None]
        graph.outputs = [level.inside(grad, constant) for grad in dense]
    graph.drop_unused()
    return graph, found


def _run(graph: Graph, seeds: Tensor, parallel: Any, at_once: bool) -> list[Tensor]:
    """The outputs of a graph for all gradients of its target, `parallel` of them at a time."""
    captures = graph.captures
    flags = (True, *[False] * len(captures))
    if not graph.outputs:
        return []
    if not at_once:
        graph.close(captures)
        return list(each_row(graph, [seeds, *captures], flags))
    size = seeds.sizes[0] if seeds.sizes else None
    if parallel is None or size is None or size <= parallel:
        return batch_whole(graph, [seeds, *captures], flags, missing=allow)
    if parallel < 1:
        raise InvalidArgumentError(
            "GradientTape.jacobian expected parallel_iterations of at least 1. "
            f"Received: parallel_iterations={parallel}"
        )
    pieces = [seeds[start : start + parallel] for start in range(0, size, parallel)]
    parts = [batch_whole(graph, [piece, *captures], flags, missing=allow) for piece in pieces]
    return [concat(*each, axis=0) for each in zip(*parts, strict=True)]


def _with_sizes(x: Tensor, axis: int, sizes: list[Any]) -> Tensor:
    """The tensor with the sizes of the target in place of its first axes."""
    return reshaped(x, [*sizes, *sizes_of(x)[axis:]])


def _packed(sources: Any, parts: list[Any]) -> Any:
    if isinstance(sources, Tensor) or not structure.is_nested(sources):
        return parts[0]
    return structure.pack_sequence_as(sources, parts)
