"""`cond`: one of two functions, chosen by the value of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.control import batched_flow
from eagre.control.branches import close_together, settle, trace_inner
from eagre.control.flow import Flow, absent_of, given_to_run, packed, variables_read
from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.gradients.graph_gradients import BackwardRun, backward_run, refuse_effects
from eagre.gradients.keeping import runs_again, widened
from eagre.graph.graph import apply_flow
from eagre.primitives.rearrangement import reshape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eagre.graph.graph import Graph


class Conditional(Primitive):
    """The outputs of `true_graph` or of `false_graph` for the values; both take all of them.

    With `count` the branches share so many outputs; the others of each are outputs of their own,
    which are zeros where the other branch is taken.
    """

    vectorize = batched_flow.conditional
    public = "cond"
    can_fail = True
    needs = ("inputs",)
    reads_variables = True

    def infer(
        self,
        condition: TensorSpec,
        *values: TensorSpec,
        true_graph: Graph,
        false_graph: Graph,
        count: int | None = None,
    ) -> tuple[TensorSpec, ...]:
        """What both branches agree on; sizes that differ are unknown."""
        if condition.dtype != dtypes.bool_ or condition.sizes not in ((), None):
            raise InvalidArgumentError(
                f"cond expected a bool scalar. Received: pred of {condition.dtype.name} with "
                f"shape {condition.shape}"
            )
        trues, falses = true_graph.outputs, false_graph.outputs
        pairs = zip(trues[:count], falses[:count], strict=True)
        shared = [_common_spec(a.spec, b.spec) for a, b in pairs]
        own = () if count is None else (*trues[count:], *falses[count:])
        return (*shared, *[x.spec for x in own])

    def kernel(
        self,
        condition: Any,
        *values: Any,
        true_graph: Graph,
        false_graph: Graph,
        count: int | None = None,
    ) -> Any:
        taken, other = (true_graph, false_graph) if condition else (false_graph, true_graph)
        found = taken.compute(values)
        if count is None:
            return tuple(found)
        absent = [absent_of(x.spec) for x in other.outputs[count:]]
        own = (*found[count:], *absent) if condition else (*absent, *found[count:])
        return (*found[:count], *own)

    def recording(self, params: Any) -> Any:
        """The parameters with which a branch keeps what its gradient cannot compute again."""
        graphs = params["true_graph"], params["false_graph"]
        if "count" in params or all(map(runs_again, graphs)):
            return params
        if "recording" not in graphs[0].memo:
            (true_graph, _), (false_graph, _) = map(widened, graphs)
            wide = {"true_graph": true_graph, "false_graph": false_graph}
            graphs[0].memo["recording"] = {**wide, "count": len(graphs[0].outputs)}
        return graphs[0].memo["recording"]

    def variables_read(self, inputs: tuple[Any, ...], params: Any) -> list[Any]:
        """The variables that are read within."""
        return variables_read(inputs[1:], params["true_graph"], params["false_graph"])

    def remember(self, inputs: tuple[Any, ...], output: Any, params: Any) -> tuple[Any, Any]:
        """Of the outputs those of one branch alone are kept with their values."""
        _, outlines = super().remember(inputs, output, params)
        count = params.get("count", len(output))
        return inputs, (*outlines[:count], *output[count:])

    def accumulate(
        self, wanted: list[Any], sums: dict[Any, Any], grads: Any, output: Any, inputs: Any,
        params: Any,
    ) -> None:
        """Add the gradients of the branch that was taken: again a `cond`."""
        condition, *values = inputs
        branches = _branches(params, output, grads)
        flows = [
            Flow(wanted[1:], sums, each.grads, each.graph.parameters, each.graph.outputs)
            for each in branches
        ]
        runs = [backward_run(b.graph, f.places()) for b, f in zip(branches, flows, strict=True)]
        flow = flows[0]
        reached = [i for i in flow.positions if any(i in run.reached for run in runs)]
        doubted = [i for i in reached if not all(run.presence[i] for run in runs)]

        def taken(branch: _Branch, flow: Flow, run: BackwardRun) -> Callable[[], list[Any]]:
            given = [*given_to_run(flow.seeds), *given_to_run(flow.before)]
            arguments = [*values, *given, *branch.values_of(run.kept, params)]
            return lambda: run.results(arguments, reached, doubted)

        if reached:
            trues, falses = [taken(*each) for each in zip(branches, flows, runs, strict=True)]
            flow.put(sums, packed(cond(condition, trues, falses), reached, doubted))


class _Branch(NamedTuple):
    """A branch with what its outputs are and the gradients that flow into them."""

    graph: Graph
    outputs: Sequence[Any]
    grads: Sequence[Any]

    def values_of(self, tensors: Sequence[Any], params: Any) -> list[Any]:
        """The values of outputs of the graph that were kept."""
        if tensors and "count" not in params:
            refuse_effects(self.graph)
        values = dict(zip(map(id, self.graph.outputs), self.outputs, strict=True))
        return [values[id(x)] for x in tensors]


def _branches(params: Any, output: Any, grads: Any) -> tuple[_Branch, _Branch]:
    graphs = params["true_graph"], params["false_graph"]
    trues = len(graphs[0].outputs)
    count = params.get("count", trues)
    ends = ([*range(trues)], [*range(count), *range(trues, len(output))])
    true, false = [
        _Branch(graph, [output[i] for i in places], [grads[i] for i in places])
        for graph, places in zip(graphs, ends, strict=True)
    ]
    return true, false


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
    when it runs; they must return the same structure of tensors of the same dtypes, or None for
    what they do besides. A `pred` of one element is a scalar.

    >>> x = tf.constant(-3.0)
    >>> tf.cond(x > 0, lambda: x, lambda: -x).numpy()
    np.float32(3.0)
    """
    for name, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise TypeError(f"cond expected {name} to be a function. Received: {function!r}")
    if isinstance(pred, bool):
        return true_fn() if pred else false_fn()
    pred = _scalar(to_tensor(pred, name="cond"))
    if isinstance(pred, EagerTensor):
        return true_fn() if bool(pred) else false_fn()
    if pred.dtype != dtypes.bool_:
        raise TypeError(f"cond expected a bool pred. Received: dtype={pred.dtype.name}")
    true_graph, false_graph, nest = _trace_branches(true_fn, false_fn)
    captures = close_together([true_graph, false_graph])
    params = {"true_graph": true_graph, "false_graph": false_graph}
    found = iter(apply_flow(conditional, (pred, *captures), params))
    places = structure.flatten(nest, expand_composites=True)
    leaves = [None if place is None else next(found) for place in places]
    return structure.pack_sequence_as(nest, leaves, expand_composites=True)


def _scalar(pred: Any) -> Any:
    """The one element of a condition."""
    if pred.sizes is None or not pred.sizes:
        return pred
    if any(size != 1 for size in pred.sizes):
        raise InvalidArgumentError(f"cond expected a scalar pred. Received: shape={pred.shape}")
    return reshape(pred, shape=())


def _trace_branches(true_fn: Any, false_fn: Any) -> tuple[Graph, Graph, Any]:
    """The graphs of both, and the structure of what they return.

    A composite that has its parts in one branch gets them in the other.
    """
    true_graph, if_true, first = _trace_branch("true_fn", true_fn)
    false_graph, if_false, second = _trace_branch("false_fn", false_fn)
    if settle(if_true, if_false) is not None:
        true_graph, _, first = _trace_branch("true_fn", lambda: settle(true_fn(), if_false))
    if settle(if_false, if_true) is not None:
        false_graph, _, second = _trace_branch("false_fn", lambda: settle(false_fn(), if_true))
    return true_graph, false_graph, _same_structure(first, second)


def _trace_branch(name: str, function: Any) -> tuple[Graph, Any, Any]:
    """The graph of a branch, what the branch returned, and that with 0 in place of each tensor.

    The graph gives out what is not None.
    """
    results: list[Any] = []

    def branch() -> Any:
        result = function()
        nest = structure.map_structure(_placeholder, result, expand_composites=True)
        results[:] = [result, nest]
        leaves = structure.flatten(result, expand_composites=True)
        return [leaf for leaf in leaves if leaf is not None]

    (graph,) = trace_inner({name: branch}, [], "cond")
    return graph, results[0], results[1]


def _same_structure(first: Any, second: Any) -> Any:
    """The structure, if both are the same."""
    try:
        structure.assert_same_structure(first, second, expand_composites=True)
        leaves, others = [structure.flatten(each, True) for each in (first, second)]
        if leaves != others:
            raise TypeError("None stands beside a tensor")
    except (TypeError, ValueError) as error:
        raise TypeError(
            "cond expected true_fn and false_fn to return the same structure. "
            f"Received: {first!r} and {second!r} (0 stands for a tensor)"
        ) from error
    return first


def _placeholder(leaf: Any) -> int | None:
    return None if leaf is None else 0
