"""`cond`: one of two functions, chosen by the value of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.control import batched_flow
from eagre.control.branches import close_together, settle, trace_inner
from eagre.core import dtypes, structure
from eagre.core.conversion import DTypeMismatchError, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive, apply
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.gradients.graph_gradients import backward_graph
from eagre.primitives.families import INEXACTS

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

    def gradients(
        self, wanted: list[bool], grad: Any, output: Any, inputs: Any, params: Any
    ) -> list[Any]:
        """The gradients of the branch that was taken: again a `cond`."""
        condition, *values = inputs
        positions = [i for i, want in enumerate(wanted[1:]) if want and values[i].dtype in INEXACTS]
        specs = [x.spec for x in params["true_graph"].outputs]
        seeds = [g for g, spec in zip(grad, specs, strict=True) if spec.dtype in INEXACTS]

        def of(graph: Graph) -> Callable[[], list[Any]]:
            return lambda: backward_graph(graph, positions).run([*values, *seeds])

        found = cond(condition, of(params["true_graph"]), of(params["false_graph"]))
        result: list[Any] = [None] * len(inputs)
        for position, part in zip(positions, found, strict=True):
            result[position + 1] = part
        return result


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
