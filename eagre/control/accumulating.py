"""`map_fn`, `scan`, `foldl` and `foldr`: a function applied to one part after the other.

Eagerly they are Python loops over the parts along the first axis. While tracing they are one
`while_loop` operation, which keeps the values of all its iterations where they are results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from eagre.control.branches import close_together, trace_inner
from eagre.control.branching import cond
from eagre.control.flow import zeros_of
from eagre.control.looping import while_primitive
from eagre.core import dtypes, structure
from eagre.core.ambient import executing_eagerly
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.graph.graph import apply_flow
from eagre.primitives import rearrangement, turning
from eagre.primitives.rearrangement import shape_of_tensor


class _Parts:
    """Tensors in a structure, cut into parts along their first axes."""

    def __init__(self, elems: Any, name: str, is_reversed: bool = False) -> None:
        self.name = name
        self.elems = elems
        self.is_reversed = is_reversed
        self.tensors = [to_tensor(leaf, name=name) for leaf in structure.flatten(elems)]
        self.count = self._checked_count()
        self.rows: list[Any] | None = None

    def _checked_count(self) -> Any:
        """How many parts there are: an int where that is known, else a scalar tensor."""
        shapes = [x.sizes for x in self.tensors]
        known = {sizes[0] for sizes in shapes if sizes and sizes[0] is not None}
        if not shapes or () in shapes or len(known) > 1:
            came = ", ".join(str(x.shape) for x in self.tensors) or "none"
            raise ValueError(
                f"{self.name} expected elems of tensors whose first axes have one size. "
                f"Received: shapes {came}"
            )
        return known.pop() if known else shape_of_tensor(self.tensors[0])[0]

    def __getitem__(self, index: Any) -> Any:
        """Part number `index` in the order of the loop, in the structure of the elements."""
        if self.is_reversed:
            index = self.count - 1 - index
        if executing_eagerly():
            leaves = self._rows()[index]
        else:
            leaves = [x[index] for x in self.tensors]
        return structure.pack_sequence_as(self.elems, list(leaves))

    def _rows(self) -> list[Any]:
        """All parts, cut at once: the gradient is then one concatenation."""
        if self.rows is None:
            self.rows = list(zip(*[_cut(x) for x in self.tensors], strict=True))
        return self.rows

    def specs(self) -> list[TensorSpec]:
        """What is known of one part."""
        return [
            TensorSpec.of(None if x.sizes is None else x.sizes[1:], x.dtype) for x in self.tensors
        ]


def _cut(x: Any) -> list[Any]:
    if not x.sizes[0]:
        return []
    pieces = rearrangement.split(x, sizes=(1,) * x.sizes[0], axis=0)
    return [rearrangement.reshape(piece, x.sizes[1:]) for piece in pieces]


def _parts(fn: Any, elems: Any, name: str, is_reversed: bool = False) -> _Parts:
    if not callable(fn):
        raise TypeError(f"{name} expected fn to be a function. Received: fn={fn!r}")
    return _Parts(elems, name, is_reversed)


def _as_leaves(result: Any, like: Any, wanted: list[Any], name: str) -> list[Any]:
    """The tensors of a result that has the structure of `like` and the wanted dtypes."""
    try:
        structure.assert_same_structure(like, result, check_types=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} expected fn to return the structure {like!r}. Received: {result!r}"
        ) from error
    leaves = [to_tensor(leaf, name=name) for leaf in structure.flatten(result)]
    for leaf, dtype in zip(leaves, wanted, strict=True):
        if leaf.dtype != dtype:
            raise TypeError(
                f"{name} expected fn to return {dtype.name}. Received: {leaf.dtype.name}"
            )
    return leaves


def _stacked(rows: list[Any], name: str) -> Any:
    if any(x.sizes != rows[0].sizes for x in rows):
        came = ", ".join(sorted({str(x.shape) for x in rows}))
        raise InvalidArgumentError(
            f"{name} expected results of one shape, to stack them. Received: shapes {came}"
        )
    return rearrangement.stack(rows)


def _zeros(spec: TensorSpec, lead: tuple[int, ...] = ()) -> Any:
    return to_tensor(zeros_of(spec, lead))


# In a graph -----------------------------------------------------------------------------------


def _loop(step: Any, first: int, count: Any, initial: list[Any], keep: bool, name: str) -> Any:
    """The values after `step(index, *values)` for all indices from `first` to `count`.

    With `keep`, also the values at the start of all iterations, stacked.
    """
    specs = [TensorSpec.of((), dtypes.int32), *[x.spec for x in initial]]
    functions = {
        "cond": lambda index, *values: index < count,
        "fn": lambda index, *values: [index + 1, *step(index, *values)],
    }
    condition, body = trace_inner(functions, specs, name)
    wider = [_common(a, b.spec) for a, b in zip(specs, body.outputs, strict=True)]
    while [spec.sizes for spec in wider] != [spec.sizes for spec in specs]:
        specs = wider
        condition, body = trace_inner(functions, specs, name)
        wider = [_common(a, b.spec) for a, b in zip(specs, body.outputs, strict=True)]
    captures = close_together([condition, body])
    history = tuple(range(1, len(specs))) if keep else ()
    outputs = apply_flow(
        while_primitive,
        (to_tensor(np.int32(first)), *initial, *captures),
        {"condition": condition, "body": body, "count": len(specs), "history": history},
    )
    return outputs[1 : len(specs)], outputs[len(specs) : len(specs) + len(history)]


def _common(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    """What both specs know."""
    return TensorSpec.of(a.shape.most_specific_compatible_shape(b.shape).sizes, a.dtype)


def _joined(stack: Any, last: Any) -> Any:
    """The values at the start of all iterations, and the one after them."""
    return rearrangement.concat(stack, rearrangement.expand_dims(last, axis=(0,)), axis=0)


def _with_count(x: Any, count: Any) -> Any:
    if isinstance(count, int) and x.sizes is not None:
        x.set_shape((count, *x.sizes[1:]))
    return x


# The functions --------------------------------------------------------------------------------


def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """`fn` of each part of `elems` along the first axis, stacked.

    Args:
        elems: a tensor, or a structure of tensors whose first axes have one size.
        fn_output_signature: the dtype, or structure of dtypes or specs, that `fn` returns; by
            default those of `elems`.

    >>> tf.map_fn(lambda x: x * x, tf.constant([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    parts = _parts(fn, elems, "map_fn")
    signature = dtype if fn_output_signature is None else fn_output_signature
    like = elems if signature is None else signature
    wanted = (
        [x.dtype for x in parts.tensors]
        if signature is None
        else [_dtype_of(leaf) for leaf in structure.flatten(signature)]
    )

    def leaves_of(index: Any) -> list[Any]:
        leaves = _as_leaves(fn(parts[index]), like, wanted, "map_fn")
        _check_shapes(leaves, signature)
        return leaves

    if not executing_eagerly():
        found = _map_traced(leaves_of, parts)
    elif parts.count:
        rows = [leaves_of(index) for index in range(parts.count)]
        found = [_stacked(list(column), "map_fn") for column in zip(*rows, strict=True)]
    else:
        found = [_zeros(spec, (0,)) for spec in _specs_of(leaves_of, "map_fn")]
    return structure.pack_sequence_as(like, found)


def _check_shapes(leaves: list[Any], signature: Any) -> None:
    """Raises where a result does not have the shape of its spec in the signature."""
    for leaf, spec in zip(leaves, structure.flatten(signature), strict=False):
        if isinstance(spec, TensorSpec) and not spec.shape.is_compatible_with(leaf.shape):
            raise ValueError(
                f"map_fn expected fn to return the shape {spec.shape}, as fn_output_signature "
                f"says. Received: shape={leaf.shape}"
            )


def _dtype_of(leaf: Any) -> dtypes.DType:
    return leaf.dtype if isinstance(leaf, TensorSpec) else dtypes.as_dtype(leaf)


def _specs_of(leaves_of: Any, name: str) -> list[TensorSpec]:
    """What `fn` returns for a part, found by tracing it."""
    (graph,) = trace_inner({"fn": leaves_of}, [TensorSpec.of((), dtypes.int32)], name)
    return [output.spec for output in graph.outputs]


def _map_traced(leaves_of: Any, parts: _Parts) -> list[Any]:
    """The loop starts from zeros of the shape of the results or, if that is not known, from the
    first result; either way there is one value more than results, or one iteration less."""
    specs = _specs_of(leaves_of, "map_fn")
    is_known = all(spec.shape.is_fully_defined() for spec in specs)
    if is_known:
        initial = [_zeros(spec) for spec in specs]
    else:
        initial = _first_result(leaves_of, parts.count, specs)
    first = 0 if is_known else 1
    last, stacks = _loop(
        lambda index, *_: leaves_of(index), first, parts.count, initial, True, "map_fn"
    )
    joined = [_joined(stack, x) for stack, x in zip(stacks, last, strict=True)]
    cut = [x[1:] if is_known else x[: parts.count] for x in joined]
    return [_with_count(x, parts.count) for x in cut]


def _first_result(leaves_of: Any, count: Any, specs: list[TensorSpec]) -> list[Any]:
    """The result for the first part; something empty where there is no part."""
    if isinstance(count, int):
        return leaves_of(0) if count else [_zeros(spec) for spec in specs]
    found = cond(count > 0, lambda: leaves_of(0), lambda: [_zeros(spec) for spec in specs])
    return list(found)


def scan(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """The values of `value = fn(value, part)` for all parts of `elems` along the first axis,
    stacked.

    Args:
        initializer: the first value; without it the first part is the first value and result.
        reverse: whether to go from the last part to the first.

    >>> tf.scan(lambda total, x: total + x, tf.constant([1, 2, 3])).numpy()
    array([1, 3, 6], dtype=int32)
    """
    parts = _parts(fn, elems, "scan", reverse)
    start, like, step, first = _start(fn, parts, initializer)
    if executing_eagerly():
        rows = [start] if first else []
        for index in range(first, parts.count):
            rows.append(step(index, *(rows[-1] if rows else start)))
        rows = rows[::-1] if reverse else rows
        found = [_stacked(list(column), "scan") for column in zip(*rows, strict=True)]
        if not rows:
            found = [_zeros(x.spec, (0,)) for x in start]
    else:
        last, stacks = _loop(step, first, parts.count, start, True, "scan")
        joined = [_joined(stack, x) for stack, x in zip(stacks, last, strict=True)]
        found = [_with_count(x if first else x[1:], parts.count) for x in joined]
        found = [turning.reverse(x, axis=(0,)) for x in found] if reverse else found
    return structure.pack_sequence_as(like, found)


def _start(fn: Any, parts: _Parts, initializer: Any) -> tuple[list[Any], Any, Any, int]:
    """The first values, their structure, the step on values, and the index of the first part."""
    if initializer is None and parts.count.__class__ is int and not parts.count:
        raise InvalidArgumentError(
            f"{parts.name} needs an initializer where elems has no parts. Received: none"
        )
    value = parts[0] if initializer is None else initializer
    start = [to_tensor(leaf, name=parts.name) for leaf in structure.flatten(value)]
    wanted = [x.dtype for x in start]

    def step(index: Any, *values: Any) -> list[Any]:
        result = fn(structure.pack_sequence_as(value, list(values)), parts[index])
        return _as_leaves(result, value, wanted, parts.name)

    return start, value, step, int(initializer is None)


def _fold(fn: Any, parts: _Parts, initializer: Any) -> Any:
    values, like, step, first = _start(fn, parts, initializer)
    if executing_eagerly():
        for index in range(first, parts.count):
            values = step(index, *values)
    else:
        values, _ = _loop(step, first, parts.count, values, False, parts.name)
    return structure.pack_sequence_as(like, list(values))


def foldl(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last value of `value = fn(value, part)` for the parts of `elems`, first to last.

    Without `initializer` the first part is the first value.

    >>> tf.foldl(lambda value, x: value * 10 + x, tf.constant([1, 2, 3])).numpy()
    np.int32(123)
    """
    return _fold(fn, _parts(fn, elems, "foldl"), initializer)


def foldr(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last value of `value = fn(value, part)` for the parts of `elems`, last to first.

    Without `initializer` the last part is the first value.

    >>> tf.foldr(lambda value, x: value * 10 + x, tf.constant([1, 2, 3])).numpy()
    np.int32(321)
    """
    return _fold(fn, _parts(fn, elems, "foldr", True), initializer)
