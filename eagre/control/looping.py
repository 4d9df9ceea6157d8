"""`while_loop`: a function repeated as long as a condition on its values is true."""

from __future__ import annotations

from math import inf, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.control import batched_flow
from eagre.control.branches import close_together, settle, trace_inner
from eagre.control.flow import unranked, variables_read, zeros_of
from eagre.core import dtypes, structure
from eagre.core.ambient import executing_eagerly
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError, UnimplementedError
from eagre.core.primitive import Primitive
from eagre.core.shapes import TensorShape, are_compatible
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.gradients.keeping import runs_again, widened
from eagre.graph.graph import apply_flow
from eagre.primitives import batching
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from eagre.gradients.graph_gradients import BackwardRun
    from eagre.graph.graph import Graph


class WhileLoop(Primitive):
    """`body` repeated on the first `count` inputs while `condition` holds; the rest stay.

    The outputs are the final values, for each position in `history` the values of all iterations,
    stacked, and for each position in `shapes` the shapes of these values. A position is that of a
    loop variable, whose values are those at the start of iterations, or from `count` on that of a
    further output of the body. Where shapes differ, which they may at positions in `shapes`, what
    is stacked is padded with zeros. `runs_once` says that a gradient finds there all it needs.
    """

    vectorize = batched_flow.while_loop
    can_fail = True
    needs = ("inputs",)
    reads_variables = True

    def infer(
        self,
        *values: TensorSpec,
        condition: Graph,
        body: Graph,
        count: int,
        history: Any,
        shapes: Any = (),
        runs_once: bool = False,
    ) -> tuple[TensorSpec, ...]:
        """The specs that the body takes."""
        specs = specs_in(body, count)
        stacks = [_stacked(specs[i]) for i in history]
        return (*specs[:count], *stacks, *[_spec_of_shapes(specs[i]) for i in shapes])

    def kernel(
        self,
        *values: Any,
        condition: Graph,
        body: Graph,
        count: int,
        history: Any,
        shapes: Any = (),
        runs_once: bool = False,
    ) -> Any:
        carried, fixed = list(values[:count]), values[count:]
        rows: dict[int, list[Any]] = {i: [] for i in (*history, *shapes)}
        while condition.compute([*carried, *fixed])[0]:
            found = body.compute([*carried, *fixed])
            for position, kept in rows.items():
                kept.append(carried[position] if position < count else found[position])
            carried = found[:count]
        if not rows:
            return tuple(carried)
        specs = specs_in(body, count)
        first = {i: values[i] if i < count else zeros_of(specs[i]) for i in rows}
        stacks = [_stack(rows[i], first[i], i in shapes) for i in history]
        return (*carried, *stacks, *[batching.shapes_of(rows[i], first[i].ndim) for i in shapes])

    def recording(self, params: Any) -> Any:
        """The parameters with which a loop keeps what its gradient cannot compute again."""
        body, condition = params["body"], params["condition"]
        if params.get("runs_once") or (runs_again(body) and runs_again(condition)):
            return params
        key = "recording", id(condition), params["history"]
        if key not in body.memo:
            body.memo[key] = condition, _with_history(params)
        return body.memo[key][1]

    def variables_read(self, inputs: tuple[Any, ...], params: Any) -> list[Any]:
        """The variables that are read within."""
        return variables_read(inputs, params["condition"], params["body"])

    def remember(self, inputs: tuple[Any, ...], output: Any, params: Any) -> tuple[Any, Any]:
        """The values of iterations are kept where the loop does not run again."""
        _, outlines = super().remember(inputs, output, params)
        count = params["count"] if params.get("runs_once") else len(output)
        return inputs, (*outlines[:count], *output[count:])

    def accumulate(
        self, wanted: list[Any], sums: dict[Any, Any], grads: Any, output: Any, inputs: Any,
        params: Any,
    ) -> None:
        """Run forward again with values kept, then the body's gradient from last to first."""
        from eagre.control.loop_gradients import accumulate

        accumulate(wanted, sums, grads, output, inputs, params)


def specs_in(body: Graph, count: int) -> list[TensorSpec]:
    """What is known of loop variables, and of what else the body puts out."""
    return [*[x.spec for x in body.inputs[:count]], *[x.spec for x in body.outputs[count:]]]


def positions_read(run: BackwardRun, specs: Sequence[TensorSpec]) -> list[int]:
    """The loop variables of which a backward run reads values; the cheapest if there is none,
    because one of them tells the number of iterations."""
    backward = run.graph
    read = {id(x) for operation in backward.operations for x in operation.inputs}
    read |= {id(x) for x in backward.outputs}
    found = [i for i in range(len(specs)) if id(backward.inputs[i]) in read]
    return found or [min(range(len(specs)), key=lambda i: _elements(specs[i]))]


def _elements(spec: TensorSpec) -> float:
    """How many elements there are, as far as is known."""
    sizes: Any = (None,) if spec.sizes is None else spec.sizes
    return inf if None in sizes else prod(sizes)


def varying(positions: Iterable[int], specs: Sequence[TensorSpec]) -> tuple[int, ...]:
    """Those positions at which sizes may change, of which the rank is known."""
    found = [(i, specs[i].sizes) for i in sorted({*positions})]
    return tuple([i for i, sizes in found if sizes is not None and None in sizes])


def _with_history(params: Any) -> dict[str, Any]:
    """The parameters with which all is kept that any gradient reads."""
    count, given = params["count"], params["history"]
    body, run = widened(params["body"])
    specs = specs_in(body, count)
    read = positions_read(run, specs[:count])
    others = [i for i in (*read, *range(count, len(specs))) if i not in given]
    flowing = [i for i in range(count) if specs[i].dtype in INEXACTS]
    return {
        **params,
        "body": body,
        "history": (*given, *others),
        "shapes": varying([*given, *others, *flowing], specs),
        "runs_once": True,
    }


def _stacked(spec: TensorSpec) -> TensorSpec:
    return TensorSpec.of(None if spec.sizes is None else (None, *spec.sizes), spec.dtype)


def _spec_of_shapes(spec: TensorSpec) -> TensorSpec:
    return TensorSpec.of((None, None if spec.sizes is None else len(spec.sizes)), dtypes.int32)


def _ranked(values: list[Any]) -> list[Any]:
    """The values, of which those of branches that were not taken have the shape of another."""
    there = [x for x in values if x is not unranked(x.dtype)]
    if not there or len(there) == len(values):
        return values
    absent = np.broadcast_to(unranked(there[0].dtype), there[0].shape)
    return [absent if x is unranked(x.dtype) else x for x in values]


def _stack(values: list[Any], first: Any, is_padded: bool) -> Any:
    values = _ranked(values)
    if len({value.shape for value in values}) < 2:
        return np.stack(values) if values else np.zeros((0, *first.shape), first.dtype)
    if not is_padded or any(value.ndim != first.ndim for value in values):
        raise UnimplementedError(
            "while_loop needs loop variables to keep their rank where their values are kept for a "
            f"gradient or a result. Received: shapes {sorted({value.shape for value in values})}"
        )
    return batching.padded(values, first.dtype)


while_primitive = WhileLoop()


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """The loop variables after `body` has been applied while `cond` is true.

    Args:
        cond: takes the loop variables, returns a bool scalar.
        body: takes the loop variables, returns new ones of the same structure and dtypes.
        loop_vars: a list or tuple of (structures of) tensors and tensor arrays.
        shape_invariants: shapes that the variables keep, where those change; while tracing,
            a size that changes has to be declared unknown here.
        maximum_iterations: after so many iterations the loop ends in any case.

    >>> tf.while_loop(lambda i: i < 10, lambda i: [i * 2], [tf.constant(1)])[0].numpy()
    np.int32(16)
    """
    if not loop_vars:
        raise ValueError("while_loop expected at least one loop variable. Received: loop_vars=[]")
    for label, function in (("cond", cond), ("body", body)):
        if not callable(function):
            raise TypeError(f"while_loop expected {label} to be a function. Received: {function!r}")
    values = structure.map_structure(_variable, list(loop_vars))
    maximum = _maximum(maximum_iterations)
    if executing_eagerly():
        result = _run(cond, body, values, maximum)
    else:
        result = _trace(cond, body, values, shape_invariants, maximum)
    return type(loop_vars)(result) if type(loop_vars) in (list, tuple) else result


def _maximum(iterations: Any) -> Any:
    """How many iterations there are at most, as a scalar."""
    if iterations is None:
        return None
    maximum = to_tensor(iterations, name="while_loop(maximum_iterations)")
    if maximum.dtype is dtypes.string or maximum.sizes not in ((), None):
        raise DTypeMismatchError(
            "while_loop expected a number for maximum_iterations. "
            f"Received: maximum_iterations={iterations!r}"
        )
    return maximum


def _run(cond: Any, body: Any, values: list[Any], maximum: Any) -> list[Any]:
    iterations = 0
    while _verdict(cond(*values)) and (maximum is None or iterations < int(maximum)):
        values = _as_list(body(*values), values)
        iterations += 1
    return values


def _verdict(value: Any) -> bool:
    """Whether the loop goes on, by what the condition returned."""
    if value.__class__ is EagerTensor and value.array.size != 1:
        raise InvalidArgumentError(
            f"while_loop expected cond to return a bool scalar. Received: shape={value.shape}. "
            "Use tf.reduce_any or tf.reduce_all."
        )
    return bool(value)


def _variable(value: Any) -> Any:
    return _tensor(value, "while_loop(loop_vars)")


def _new_value(value: Any) -> Any:
    return _tensor(value, "while_loop, in what body returns,")


def _tensor(value: Any, name: str) -> Any:
    """A tensor, or a composite as it is."""
    return value if hasattr(value, "__composite__") else to_tensor(value, name=name)


def _as_list(result: Any, values: list[Any]) -> list[Any]:
    """What a body returned, as a list of the structure of the loop variables."""
    if not isinstance(result, list | tuple):
        result = [result]
    result = structure.map_structure(_new_value, list(result))
    _check_structure(values, result, expand=False)
    return result


def _check_structure(values: list[Any], result: list[Any], expand: bool) -> None:
    try:
        structure.assert_same_structure(values, result, expand_composites=expand)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "while_loop expected body to return the structure of the loop variables. "
            f"Received: {len(result)} values for {len(values)} variables"
        ) from error


def _trace(cond: Any, body: Any, values: list[Any], shapes: Any, maximum: Any) -> list[Any]:
    if maximum is not None:
        return _trace_bounded(cond, body, values, shapes, maximum)
    graphs, values = _trace_parts(cond, body, values, shapes)
    leaves = structure.flatten(values, expand_composites=True)
    return structure.pack_sequence_as(values, _loop(graphs, leaves), expand_composites=True)


def _loop(graphs: list[Graph], values: list[Any]) -> list[Any]:
    """The operation, and what the variables hold after it."""
    condition, body = graphs
    verdict = condition.outputs[0].spec
    if verdict.dtype is not dtypes.bool_ or verdict.sizes not in ((), None):
        raise TypeError(
            f"while_loop expected cond to return a bool scalar. Received: {verdict.dtype.name} "
            f"with shape {verdict.shape}"
        )
    captures = close_together(graphs)
    params = {"condition": condition, "body": body, "count": len(values), "history": ()}
    return list(apply_flow(while_primitive, (*values, *captures), params)[: len(values)])


def loop_of_tensors(cond: Any, body: Any, values: list[Any], specs: list[TensorSpec]) -> list[Any]:
    """`while_loop` in a trace, of tensors alone; `body` returns a list of such of these specs."""
    return _loop(trace_inner({"cond": cond, "body": body}, specs, "while_loop"), values)


def _trace_parts(
    cond: Any, body: Any, values: list[Any], shapes: Any
) -> tuple[list[Graph], list[Any]]:
    """The graphs of `cond` and `body`, and the first values with all of their parts.

    Composites get the parts that they have after the body, and their parts the sizes that stay.
    """
    specs = _invariants(values, shapes)
    while True:
        results: list[Any] = []
        graphs = _trace_both(cond, body, values, specs, results)
        settled = settle(values, results)
        if settled is not None:
            values = settled
            specs = _invariants(values, shapes)
            continue
        _check_structure(values, results, expand=True)
        is_part = structure.flatten(structure.map_structure(_part_flags, values))
        wider = [
            _common(spec, output.spec) if may_widen else spec
            for spec, output, may_widen in zip(specs, graphs[1].outputs, is_part, strict=True)
        ]
        if [spec.sizes for spec in wider] == [spec.sizes for spec in specs]:
            _check_invariants(specs, graphs[1])
            return graphs, values
        specs = wider


def _trace_both(
    cond: Any, body: Any, values: list[Any], specs: list[TensorSpec], results: list[Any]
) -> list[Graph]:
    """The graphs of both functions on parts; `results` becomes what the body returns."""

    def packed(parts: Any) -> list[Any]:
        return structure.pack_sequence_as(values, list(parts), expand_composites=True)

    def step(*parts: Any) -> list[Any]:
        results[:] = _as_list(body(*packed(parts)), values)
        return structure.flatten(results, expand_composites=True)

    functions = {"cond": lambda *parts: cond(*packed(parts)), "body": step}
    return trace_inner(functions, specs, "while_loop")


def _part_flags(leaf: Any) -> list[bool]:
    """For each part of a composite True, for a tensor one False."""
    return [hasattr(leaf, "__composite__")] * len(_parts_of(leaf))


def _parts_of(leaf: Any) -> list[Any]:
    return structure.flatten(leaf, expand_composites=True)


def _common(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    """What both specs know of sizes."""
    return TensorSpec.of(a.shape.most_specific_compatible_shape(b.shape).sizes, a.dtype)


def _trace_bounded(cond: Any, body: Any, values: Any, shapes: Any, maximum: Any) -> list[Any]:
    limit = to_tensor(maximum, dtypes.int32, name="while_loop(maximum_iterations)")
    if shapes is not None:
        shapes = [TensorShape([]), *shapes]

    def bounded(index: Any, *args: Any) -> Any:
        from eagre.primitives.comparison import logical_and

        return logical_and(index < limit, to_tensor(cond(*args)))

    def step(index: Any, *args: Any) -> Any:
        return [index + 1, *_as_list(body(*args), values)]

    return _trace(bounded, step, [to_tensor(0), *values], shapes, None)[1:]


def _invariants(values: list[Any], shapes: Any) -> list[TensorSpec]:
    """The specs of all parts; a composite finds the invariants of its own."""
    leaves = structure.flatten(values)
    if shapes is None:
        return [part.spec for leaf in leaves for part in _parts_of(leaf)]
    declared = [
        each.sizes if isinstance(each, TensorSpec) else TensorShape(each).sizes
        for each in _flatten_shapes(shapes)
    ]
    if len(declared) != len(leaves):
        raise ValueError(
            f"while_loop expected a shape invariant for each of the {len(leaves)} loop variables. "
            f"Received: {len(declared)}"
        )
    specs: list[TensorSpec] = []
    for number, (sizes, leaf) in enumerate(zip(declared, leaves, strict=True)):
        if hasattr(leaf, "__composite__"):
            specs += [part.spec for part in _parts_of(leaf)]
            continue
        if not are_compatible(sizes, leaf.sizes):
            raise ValueError(
                "while_loop expected shape_invariants that fit the loop variables. Received: "
                f"{TensorShape.of(sizes)} for loop variable {number} of shape {leaf.shape}"
            )
        specs.append(TensorSpec.of(sizes, leaf.dtype))
    return specs


def _flatten_shapes(shapes: Any) -> list[Any]:
    if isinstance(shapes, list | tuple) and not all(
        each is None or isinstance(each, int) for each in shapes
    ):
        return [leaf for each in shapes for leaf in _flatten_shapes(each)]
    return [] if isinstance(shapes, list | tuple) and not shapes else [shapes]


def _check_invariants(specs: Sequence[TensorSpec], body: Graph) -> None:
    for number, (spec, output) in enumerate(zip(specs, body.outputs, strict=True)):
        if spec.dtype != output.dtype:
            raise TypeError(
                f"while_loop expected body to keep dtypes. Received: loop variable {number} of "
                f"{spec.dtype.name} becomes {output.dtype.name}"
            )
        if not output.spec.is_subtype_of(spec):
            raise InvalidArgumentError(
                f"while_loop expected body to keep shapes. Received: loop variable {number} of "
                f"shape {spec.shape} becomes {output.shape}. Declare the sizes that change as "
                "None in shape_invariants."
            )
