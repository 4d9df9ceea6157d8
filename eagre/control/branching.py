"""`cond`: one of two functions, chosen by the value of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.control import batched_flow
from eagre.control.branches import close_together, settle, trace_inner
from eagre.control.flow import Flow
from eagre.core import dtypes, structure
from eagre.core.conversion import DTypeMismatchError, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive, apply
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.gradients.graph_gradients import BackwardRun, backward_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.graph.graph import Graph


class Conditional(Primitive):
    """The outputs of `true_graph` or of `false_graph` for the values; both take all of them."""

    vectorize = batched_flow.conditional
    public = "cond"
    can_fail = True
    needs = ("inputs",)

    def infer(
        self, condition: TensorSpec, *values: TensorSpec, true_graph: Graph, false_graph: Graph
    ) -> tuple[TensorSpec, ...]:
        """What both branches agree on; sizes that differ are unknown."""
        if condition.dtype != dtypes.bool_ or condition.sizes not in ((), None):
            raise InvalidArgumentError(
                f"cond expected a bool scalar. Received: pred of {condition.dtype.name} with "
                f"shape {condition.shape}"
            )
        pairs = zip(true_graph.outputs, false_graph.outputs, strict=True)
        return tuple(_common_spec(a.spec, b.spec) for a, b in pairs)

    def kernel(self, condition: Any, *values: Any, true_graph: Graph, false_graph: Graph) -> Any:
        return tuple((true_graph if condition else false_graph).compute(values))

    def accumulate(
        self, wanted: list[Any], sums: dict[Any, Any], grads: Any, output: Any, inputs: Any,
        params: Any,
    ) -> None:
        """Add the gradients of the branch that was taken: again a `cond`."""
        condition, *values = inputs
        graphs = [params["true_graph"], params["false_graph"]]
        flow = Flow(wanted[1:], sums, grads, graphs[0].parameters, graphs[0].outputs)
        runs = [backward_run(graph, *flow.places()) for graph in graphs]
        reached = [i for i in flow.positions if any(i in run.reached for run in runs)]
        arguments = [*values, *flow.seeds, *flow.before]

        def taken(run: BackwardRun) -> Callable[[], list[Any]]:
            return lambda: [
                total
                for i, total in zip(flow.positions, run.graph.run(arguments), strict=True)
                if i in reached
            ]

        if reached:
            found = cond(condition, taken(runs[0]), taken(runs[1]))
            flow.put(sums, dict(zip(reached, found, strict=True)))


def _common_spec(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    if a.dtype != b.dtype:
        raise DTypeMismatchError(
            "cond expected branches that return the same dtypes. "
            f"Received: {a.dtype.name} if true, {b.dtype.name} if false"
        )
    if a.sizes is None or b.sizes is None or len(a.sizes) != len(b.sizes):
        return TensorSpec.of(None, a.dtype)
    sizes = tuple(m if m == n else None for m, n in zip(a.sizes, b.sizes, strict=True))
    return TensorSpec.of(sizes, a.dtype)


conditional = Conditional()


def cond(
    pred: Any,
    true_fn: Any = None,
    false_fn: Any = None,
    name: str | None = None,
) -> Any:
    """`true_fn()` if `pred` is true, else `false_fn()`.

    While tracing, and `pred` has no value yet, both functions are traced, and the graph chooses
    when it runs; they must return the same structure of tensors of the same dtypes.

    >>> x = tf.constant(-3.0)
    >>> tf.cond(x > 0, lambda: x, lambda: -x).numpy()
    np.float32(3.0)
    """
    for name, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise TypeError(f"cond expected {name} to be a function. Received: {function!r}")
    if isinstance(pred, bool):
        return true_fn() if pred else false_fn()
    pred = to_tensor(pred, name="cond")
    if pred.sizes not in ((), None):
        raise InvalidArgumentError(f"cond expected a scalar pred. Received: shape={pred.shape}")
    if isinstance(pred, EagerTensor):
        return true_fn() if bool(pred) else false_fn()
    if pred.dtype != dtypes.bool_:
        raise TypeError(f"cond expected a bool pred. Received: dtype={pred.dtype.name}")
    true_graph, false_graph = _trace_branches(true_fn, false_fn)
    _check_same_structure(true_graph, false_graph)
    captures = close_together([true_graph, false_graph])
    params = {"true_graph": true_graph, "false_graph": false_graph}
    outputs = apply(conditional, (pred, *captures), params)
    return structure.pack_sequence_as(
        true_graph.output_structure, list(outputs), expand_composites=True
    )


def _trace_branches(true_fn: Any, false_fn: Any) -> tuple[Graph, Graph]:
    """The graphs of both; a composite that has its parts in one gets them in the other."""
    true_graph, if_true = _trace_branch("true_fn", true_fn)
    false_graph, if_false = _trace_branch("false_fn", false_fn)
    if settle(if_true, if_false) is not None:
        true_graph, _ = _trace_branch("true_fn", lambda: settle(true_fn(), if_false))
    if settle(if_false, if_true) is not None:
        false_graph, _ = _trace_branch("false_fn", lambda: settle(false_fn(), if_true))
    return true_graph, false_graph


def _trace_branch(name: str, function: Any) -> tuple[Graph, Any]:
    results: list[Any] = []

    def branch() -> Any:
        results[:] = [function()]
        return results[0]

    (graph,) = trace_inner({name: branch}, [], "cond")
    return graph, results[0]


def _check_same_structure(true_graph: Graph, false_graph: Graph) -> None:
    try:
        structure.assert_same_structure(
            true_graph.output_structure, false_graph.output_structure, expand_composites=True
        )
    except (TypeError, ValueError) as error:
        raise TypeError(
            "cond expected true_fn and false_fn to return the same structure. "
            f"Received: {true_graph.output_structure!r} and {false_graph.output_structure!r} "
            "(0 stands for a tensor)"
        ) from error
