"""`while_loop`: a function repeated as long as a condition on its values is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.control.branches import close_together, trace_inner
from eagre.core import dtypes, structure
from eagre.core.ambient import executing_eagerly
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, UnimplementedError
from eagre.core.primitive import Primitive, apply
from eagre.core.shapes import TensorShape, are_compatible
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.gradients.backpropagate import zeros_like
from eagre.gradients.graph_gradients import backward_graph
from eagre.primitives.families import INEXACTS
from eagre.primitives.rearrangement import shape_of_tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eagre.graph.graph import Graph


class WhileLoop(Primitive):
    """`body` repeated on the first `count` inputs while `condition` holds; the rest stay.

    The outputs are the final values and, for each position in `history`, the values at the start
    of all iterations, stacked.
    """

    can_fail = True
    needs = ("inputs",)

    def infer(
        self, *values: TensorSpec, condition: Graph, body: Graph, count: int, history: Any
    ) -> tuple[TensorSpec, ...]:
        """The specs that the body takes."""
        specs = [x.spec for x in body.inputs[:count]]
        stacks = [specs[i] for i in history]
        return (*specs, *[_stacked(spec) for spec in stacks])

    def kernel(
        self, *values: Any, condition: Graph, body: Graph, count: int, history: Any
    ) -> Any:
        carried, fixed = list(values[:count]), values[count:]
        stacks: list[list[Any]] = [[] for _ in history]
        while condition.compute([*carried, *fixed])[0]:
            for stack, position in zip(stacks, history, strict=True):
                stack.append(carried[position])
            carried = body.compute([*carried, *fixed])
        return (*carried, *[_stack(s, values[i]) for s, i in zip(stacks, history, strict=True)])

    def gradients(
        self, wanted: list[bool], grad: Any, output: Any, inputs: Any, params: Any
    ) -> list[Any]:
        """Run forward again with all values kept, then the body's gradient from last to first."""
        return _loop_gradients(wanted, grad, inputs, params)


def _stacked(spec: TensorSpec) -> TensorSpec:
    return TensorSpec.of(None if spec.sizes is None else (None, *spec.sizes), spec.dtype)


def _stack(values: list[Any], first: Any) -> Any:
    if any(value.shape != first.shape for value in values):
        raise UnimplementedError(
            "while_loop has no gradient yet where a loop variable changes its shape. "
            f"Received: shapes {sorted({value.shape for value in values})}"
        )
    return np.stack(values) if values else np.zeros((0, *first.shape), first.dtype)


while_primitive = WhileLoop()


def _loop_gradients(wanted: list[bool], grad: Any, inputs: Any, params: Any) -> list[Any]:
    count, body, history = params["count"], params["body"], params["history"]
    specs = [x.spec for x in body.inputs]
    carried = [i for i in range(count) if specs[i].dtype in INEXACTS]
    fixed = [
        i for i in range(count, len(inputs)) if wanted[i] and specs[i].dtype in INEXACTS
    ]
    backward = backward_graph(body, [*carried, *fixed])
    everything = tuple(range(count))
    kept = apply(while_primitive, inputs, {**params, "history": everything})[count:]
    invariants = inputs[count:]
    flows = {history[i]: g for i, g in enumerate(grad[count:])}

    def step(index: Any, grads: Any, totals: Any) -> Any:
        values = [stack[index] for stack in kept]
        found = backward.run([*values, *invariants, *grads])
        new = [
            part + flows[i][index] if i in flows else part
            for i, part in zip(carried, found[: len(carried)], strict=True)
        ]
        return (
            index - 1,
            new,
            [a + b for a, b in zip(totals, found[len(carried) :], strict=True)],
        )

    start = (
        shape_of_tensor(kept[0])[0] - 1,
        [grad[i] for i in carried],
        [zeros_like(inputs[i]) for i in fixed],
    )
    shapes = (
        TensorShape([]),
        [specs[i].shape for i in carried],
        [specs[i].shape for i in fixed],
    )
    _, grads, totals = while_loop(lambda i, *_: i >= 0, step, start, shapes)
    result: list[Any] = [None] * len(inputs)
    for i, part in zip([*carried, *fixed], [*grads, *totals], strict=True):
        result[i] = part
    return result


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
        loop_vars: a list or tuple of (structures of) tensors.
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
    if executing_eagerly():
        result = _run(cond, body, values, maximum_iterations)
    else:
        result = _trace(cond, body, values, shape_invariants, maximum_iterations)
    return type(loop_vars)(result) if type(loop_vars) in (list, tuple) else result


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
    return to_tensor(value, name="while_loop(loop_vars)")


def _new_value(value: Any) -> Any:
    return to_tensor(value, name="while_loop, in what body returns,")


def _as_list(result: Any, values: list[Any]) -> list[Any]:
    """What a body returned, as a list of the structure of the loop variables."""
    if not isinstance(result, list | tuple):
        result = [result]
    result = structure.map_structure(_new_value, list(result))
    try:
        structure.assert_same_structure(values, result)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "while_loop expected body to return the structure of the loop variables. "
            f"Received: {len(result)} values for {len(values)} variables"
        ) from error
    return result


def _trace(cond: Any, body: Any, values: list[Any], shapes: Any, maximum: Any) -> list[Any]:
    if maximum is not None:
        return _trace_bounded(cond, body, values, shapes, maximum)
    leaves = structure.flatten(values)
    specs = _invariants(leaves, values, shapes)

    def on_leaves(function: Any) -> Any:
        return lambda *flat: function(*structure.pack_sequence_as(values, list(flat)))

    functions = {
        "cond": on_leaves(cond),
        "body": on_leaves(lambda *args: structure.flatten(_as_list(body(*args), values))),
    }
    condition, step = trace_inner(functions, specs, "while_loop")
    _check_invariants(specs, step)
    verdict = condition.outputs[0].spec
    if verdict.dtype != dtypes.bool_ or verdict.sizes not in ((), None):
        raise TypeError(
            f"while_loop expected cond to return a bool scalar. Received: {verdict.dtype.name} "
            f"with shape {verdict.shape}"
        )
    captures = close_together([condition, step])
    params = {"condition": condition, "body": step, "count": len(leaves), "history": ()}
    outputs = apply(while_primitive, (*leaves, *captures), params)
    return structure.pack_sequence_as(values, list(outputs))


def _trace_bounded(cond: Any, body: Any, values: Any, shapes: Any, maximum: Any) -> list[Any]:
    limit = to_tensor(maximum, dtypes.int32)
    if shapes is not None:
        shapes = [TensorShape([]), *shapes]

    def bounded(index: Any, *args: Any) -> Any:
        from eagre.primitives.comparison import logical_and

        return logical_and(index < limit, to_tensor(cond(*args)))

    def step(index: Any, *args: Any) -> Any:
        return [index + 1, *_as_list(body(*args), values)]

    return _trace(bounded, step, [to_tensor(0), *values], shapes, None)[1:]


def _invariants(leaves: list[Any], values: list[Any], shapes: Any) -> list[TensorSpec]:
    if shapes is None:
        return [leaf.spec for leaf in leaves]
    declared = [
        each.sizes if isinstance(each, TensorSpec) else TensorShape(each).sizes
        for each in _flatten_shapes(shapes)
    ]
    if len(declared) != len(leaves):
        raise ValueError(
            f"while_loop expected a shape invariant for each of the {len(leaves)} loop variables. "
            f"Received: {len(declared)}"
        )
    for number, (sizes, leaf) in enumerate(zip(declared, leaves, strict=True)):
        if not are_compatible(sizes, leaf.sizes):
            raise ValueError(
                "while_loop expected shape_invariants that fit the loop variables. Received: "
                f"{TensorShape.of(sizes)} for loop variable {number} of shape {leaf.shape}"
            )
    return [
        TensorSpec.of(sizes, leaf.dtype) for sizes, leaf in zip(declared, leaves, strict=True)
    ]


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
