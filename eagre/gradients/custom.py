"""Functions with gradients of the user's own: `custom_gradient` and what is made of it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.primitive import Primitive
from eagre.core.tensor import Tensor
from eagre.gradients.tape import GradientTape
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace, finish
from eagre.primitives.state import read_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eagre.core.specs import TensorSpec


class WithGradient(Primitive):
    """The first `count` inputs as they are, as results that depend on the next `sources` inputs.

    `rule` takes the gradients of the results and the remaining inputs, and returns a gradient or
    None for each source. No gradient flows to the other inputs.
    """

    public = "custom_gradient"
    reads_variables = True
    needs = ()

    def infer(
        self, *specs: TensorSpec, count: int, sources: int, rule: Any
    ) -> tuple[TensorSpec, ...]:
        """The specs of the results."""
        return specs[:count]

    def kernel(self, *arrays: Any, count: int, sources: int, rule: Any) -> Any:
        return arrays[:count]

    def gradients(
        self, wanted: list[bool], grad: Any, output: Any, inputs: Any, params: Any
    ) -> list[Any]:
        """What the rule says."""
        count, sources = params["count"], params["sources"]
        rest = inputs[count + sources :]
        return [None] * count + list(params["rule"](grad, rest)) + [None] * len(rest)


    def remember(self, inputs: tuple[Any, ...], output: Any, params: Any) -> tuple[Any, Any]:
        """Only what the rule reads is kept with its value."""
        first = params["count"] + params["sources"]
        kept, outputs = super().remember(inputs, output, params)
        return (*kept[:first], *inputs[first:]), outputs


with_gradient = WithGradient()


class _Reads(ambient.Recorder):
    """Notes the trainable variables that are read."""

    __slots__ = ("handles",)
    takes_calls = False

    def __init__(self) -> None:
        self.handles: list[Any] = []

    def record(self, primitive: Any, inputs: tuple[Any, ...], params: Any, output: Any) -> None:
        """Keep the handle of what is read."""
        if primitive is not read_variable or not getattr(inputs[0], "array", None):
            return
        if not inputs[0].array.is_watched:
            return
        if not any(handle is inputs[0] for handle in self.handles):
            self.handles.append(inputs[0])

    def variables(self) -> list[Any]:
        """The variables that were read."""
        return [handle.array.owner() for handle in self.handles]

    def __enter__(self) -> _Reads:
        ambient.enter(self)
        return self

    def __exit__(self, *error: object) -> None:
        ambient.leave(self)


def custom_gradient(f: Any = None) -> Any:
    """A function with a gradient of its own.

    Args:
        f: takes tensors, returns `(result, grad_fn)`. `grad_fn` takes a gradient for each tensor
            of the result, and returns one for each argument, or None; if `f` reads variables, it
            takes them by name, `variables`, and returns `(grads, variable_grads)`.

    Keyword arguments of `f` have no gradient. What `grad_fn` computes is differentiated in turn.

    Raises:
        TypeError: `f` reads variables and `grad_fn` does not take them.
        ValueError: the number of gradients is not that of the arguments.

    >>> @tf.custom_gradient
    ... def softplus(x):
    ...     e = tf.exp(x)
    ...     return tf.math.log(1.0 + e), lambda upstream: upstream * (1.0 - 1.0 / (1.0 + e))
    >>> x = tf.constant(100.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = softplus(x)
    >>> tape.gradient(y, x).numpy()
    np.float32(1.0)
    """
    if f is None:
        return custom_gradient

    @wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        tensors = structure.map_structure(to_tensor, args, expand_composites=True)
        with _Reads() as reads:
            outcome: Any = f(*tensors, **kwargs)
        if outcome.__class__ is not tuple or len(outcome) != 2 or not callable(outcome[1]):
            raise TypeError(
                f"custom_gradient expected {_name(f)} to return (result, grad_fn). "
                f"Received: {outcome!r:.80}"
            )
        result, grad_fn = outcome
        return _attach(result, structure.flatten(tensors, True), reads, grad_fn, _name(f))

    return decorated


def _attach(
    result: Any, arguments: list[Tensor], reads: _Reads, grad_fn: Any, name: str
) -> Any:
    """The result as values whose gradients `grad_fn` tells."""
    leaves = [to_tensor(leaf) for leaf in structure.flatten(result, expand_composites=True)]
    variables = reads.variables()
    check = _checked(grad_fn, len(arguments), variables, name)
    rule, captured = _rule(check, leaves)
    sources = [*arguments, *reads.handles]
    params = {"count": len(leaves), "sources": len(sources), "rule": rule}
    outputs = apply(with_gradient, (*leaves, *sources, *captured), params)
    return structure.pack_sequence_as(result, list(outputs), expand_composites=True)


def _checked(grad_fn: Any, count: int, variables: list[Any], name: str) -> Any:
    """The user's function as one that returns a gradient for each argument and each variable."""

    def grads_of_sources(grads: Sequence[Tensor]) -> list[Any]:
        if not variables:
            found, of_variables = grad_fn(*grads), []
        else:
            found, of_variables = _with_variables(grad_fn, grads, variables, name)
        found = structure.flatten(found, expand_composites=True)
        of_variables = structure.flatten(of_variables)
        _check_count("arguments", found, count, name)
        _check_count("variables", of_variables, len(variables), name)
        return [None if g is None else to_tensor(g) for g in (*found, *of_variables)]

    return grads_of_sources


def _with_variables(grad_fn: Any, grads: Any, variables: list[Any], name: str) -> Any:
    try:
        return grad_fn(*grads, variables=variables)
    except TypeError as error:
        if "variables" not in str(error):
            raise
        names = ", ".join(variable.name for variable in variables)
        raise TypeError(
            f"custom_gradient expected the grad_fn of {name} to take `variables`, since {name} "
            f"reads some. Received: {error}; read were {names}"
        ) from None


def _check_count(what: str, grads: list[Any], count: int, name: str) -> None:
    if len(grads) != count:
        raise ValueError(
            f"custom_gradient expected the grad_fn of {name} to return {count} gradients, one "
            f"for each of its {what}. Received: {len(grads)}"
        )


def _rule(grads_of_sources: Any, results: list[Tensor]) -> tuple[Any, list[Tensor]]:
    """The rule, and the tensors that it reads. While tracing it is a graph: then it holds as well
    for other values, where the graph that is being traced runs."""
    if ambient.executing_eagerly():

        def at_once(grads: Any, _: Any) -> list[Any]:
            return grads_of_sources(grads)

        return at_once, []
    is_there: list[bool] = []
    graph = Graph("grad_fn")
    with Trace(graph):
        seeds = [graph.add_input(x.spec, f"grad_{i}") for i, x in enumerate(results)]
        grads = grads_of_sources(seeds)
        is_there += [grad is not None for grad in grads]
        finish(graph, [grad for grad in grads if grad is not None])
    captured = list(graph.captures)
    graph.close(captured)

    def rule(grads: Sequence[Tensor], rest: Sequence[Tensor]) -> list[Any]:
        found = iter(graph.run([*grads, *rest]))
        return [next(found) if there else None for there in is_there]

    return rule, captured


def _list(*grads: Any) -> list[Any]:
    return list(grads)


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)


def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with the value of `f` and the gradient of the identity.

    >>> x = tf.constant(2.6)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = tf.grad_pass_through(tf.round)(x)
    >>> y.numpy(), tape.gradient(y, x).numpy()
    (np.float32(3.0), np.float32(1.0))
    """

    @wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        tensors = structure.map_structure(to_tensor, args)
        with _Reads() as reads:
            result = f(*tensors, **kwargs)

        def through(*grads: Any, variables: Any = ()) -> Any:
            return list(grads), [None] * len(variables)

        grad_fn: Any = through if reads.handles else _list
        return _attach(result, structure.flatten(tensors), reads, grad_fn, _name(f))

    return decorated


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that keeps only its arguments for the gradient, and runs again for it.

    Chen et al., "Training deep nets with sublinear memory cost", 2016.

    >>> x = tf.constant(2.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = tf.recompute_grad(lambda x: x * x * x)(x)
    >>> tape.gradient(y, x).numpy()
    np.float32(12.0)
    """

    @wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        tensors = structure.map_structure(to_tensor, args, expand_composites=True)
        with ambient.unrecorded(), _Reads() as reads:
            result = f(*tensors, **kwargs)
        arguments = structure.flatten(tensors, expand_composites=True)

        def again(*grads: Any, variables: Any = ()) -> Any:
            with GradientTape() as tape:
                tape.watch(arguments)
                value = structure.flatten(f(*tensors, **kwargs), expand_composites=True)
            found = tape.gradient(value, [*arguments, *variables], list(grads))
            return found[: len(arguments)], found[len(arguments) :]

        def of_arguments(*grads: Any) -> list[Any]:
            return again(*grads)[0]

        grad_fn: Any = again if reads.handles else of_arguments
        return _attach(result, arguments, reads, grad_fn, _name(f))

    return decorated
