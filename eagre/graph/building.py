"""The level that adds operations to a graph built by hand, and the graph that is the default one.

An operation is named by the argument `name` of the public function that the user called, where
there is one, and else by its primitive; of several operations of one call the last has the name.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from eagre.core import ambient
from eagre.core.primitive import Operation
from eagre.core.tensor import Cell, SymbolicTensor, Tensor
from eagre.graph.graph import Graph, effects_of
from eagre.graph.placeholders import no_operation
from eagre.graph.trace import Trace
from eagre.primitives.constants import constant
from eagre.primitives.state import assign_variable, read_variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eagre.core.primitive import Primitive
    from eagre.graph.by_hand import Hand

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_NAMES_OF_VARIABLES = frozenset({"__init__", "get_variable"})


class Building(Trace):
    """The interpreter that adds operations to a graph built by hand."""

    __slots__ = ("_call", "_effects", "_last", "_name", "is_base")
    is_ground = True

    def __init__(self, graph: Any) -> None:
        super().__init__(graph)
        self.is_base = False
        self._call: Any = None
        self._forget_call()

    @property
    def hand(self) -> Hand:
        """What the graph keeps for being built by hand."""
        return self.graph.by_hand()

    def interpret(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: Any) -> Any:
        """Add the operation to the graph, under a name."""
        return self._add(primitive, tuple([self.inside(x, primitive) for x in inputs]), params)

    def literal(self, tensor: Any) -> Tensor:
        """A value made while building is a constant of the graph."""
        return self._add(constant, (), {"value": tensor.array})

    def value_of(self, tensor: Tensor) -> Tensor:
        """The tensor: it has no value before a session runs the graph."""
        return tensor

    def inside(self, tensor: Tensor, primitive: Primitive) -> Tensor:
        """The tensor of this graph that stands for `tensor`."""
        home = _home(tensor)
        if home is not None and home is not self.graph:
            raise ValueError(
                "Graph expected tensors and variables of the default graph. "
                f"Received: {_shown(tensor)} of another graph. Enter that graph by "
                "`with graph.as_default():`."
            )
        return super().inside(tensor, primitive)

    def take_variable(self, variable: Any, value: Tensor) -> None:
        """Add a variable whose value sessions hold: operations that give it one and read it."""
        hand, cell = self.hand, variable.handle.array
        cell.name = hand.unique(hand.scope + cell.name)
        hand.handles[id(variable.handle)] = variable.handle
        handle = self.inside(variable.handle, assign_variable)
        name = hand.unique(f"{cell.name}/Assign")
        initializer = self._add(assign_variable, (handle, value), {}, name=name).operation
        self._effects = ()
        variable.note_graph(initializer, self._add(read_variable, (handle,), {}, name=cell.name))
        names = ["variables", *["trainable_variables"] * variable.trainable]
        self.graph.add_to_collections(names, variable)

    def group(self, operations: Iterable[Operation]) -> Operation:
        """An operation that does nothing but have these done before."""
        self._add(no_operation, (), {}, tuple(operations))
        return self.graph.operations[-1]

    def group_effects(self, since: int) -> Operation:
        """An operation that has done before whatever was added and changes variables.

        `since` is how many operations there were before. First values are not among it.
        """
        first = {id(x.initializer) for x in self.graph.get_collection("variables")}
        added = self.graph.operations[since:]
        return self.group(
            each for each in added if "write" in effects_of(each) and id(each) not in first
        )

    # Names and order --------------------------------------------------------------------------

    def _add(
        self,
        primitive: Primitive,
        inputs: Any,
        params: Any,
        controls: tuple[Operation, ...] = (),
        name: str | None = None,
    ) -> Any:
        hand, graph = self.hand, self.graph
        if hand.is_finalized:
            raise RuntimeError(
                f"{primitive.public} expected a graph that takes operations. "
                f"Received: {graph.name!r}, which is finalized. Build in another graph."
            )
        line, call = _user_call()
        output = graph.add(primitive, inputs, params, self.line or line)
        operation = graph.operations[-1]
        if call is None or call is not self._call:
            self._forget_call()
            self._call, given = call, _given_name(call)
            self._name = given and _full_name(hand, given)
        hand.label(operation, name or self._name_for(operation))
        controls = tuple({id(x): x for x in (*hand.demanded, *self._effects, *controls)}.values())
        if controls:
            hand.controls[id(operation)] = controls
        if not effects_of(operation) <= {None, "read"}:
            # What the same call does next comes after it: a draw after the state has moved on.
            self._effects = (*self._effects, operation)
        return output

    def _name_for(self, operation: Operation) -> str:
        hand = self.hand
        if self._name is None:
            return hand.unique(hand.scope + operation.primitive.name)
        if self._last is not None:
            hand.label(self._last, hand.unique(f"{self._name}/{self._last.primitive.name}"))
        self._last = operation
        return self._name

    def _forget_call(self) -> None:
        """The next operation is of another call than the last."""
        self._call, self._name, self._last = None, None, None
        self._effects: tuple[Operation, ...] = ()

    def __exit__(self, *error: object) -> None:
        self._forget_call()
        super().__exit__(*error)


def _home(tensor: Any) -> Any:
    """The graph that a tensor, or the variable of a handle, belongs to, None where to none."""
    if isinstance(tensor, SymbolicTensor):
        return tensor.graph
    owner = tensor.array.owner if tensor.array.__class__ is Cell else None
    snapshot = getattr(owner and owner(), "__graph_element__", None)
    return None if snapshot is None else snapshot.graph


def _shown(tensor: Any) -> str:
    return f"{tensor!r}" if isinstance(tensor, SymbolicTensor) else f"{tensor.array.owner()!r}"


def _user_call() -> tuple[str, Any]:
    """The user's innermost line, and the frame of the public function that is called there."""
    frame, call = sys._getframe(3), None  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, call = frame.f_back, frame
    return f"{frame.f_code.co_filename}:{frame.f_lineno}", call


def _given_name(call: Any) -> str | None:
    """The argument `name` of the function that runs in a frame, if it names its result."""
    if call is None or call.f_code.co_name in _NAMES_OF_VARIABLES:
        return None
    code = call.f_code
    if "name" not in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        return None
    name = call.f_locals["name"]
    return name if isinstance(name, str) and name else None


def _full_name(hand: Hand, name: str) -> str:
    return name[:-1] if name.endswith("/") else hand.unique(hand.scope + name)


# The default graph ----------------------------------------------------------------------------

_default: ContextVar[Graph | None] = ContextVar("default_graph", default=None)


def ground() -> Building | None:
    """The level of the graph built by hand that operations go to, within functions too."""
    found = [level for level in ambient.stack() if isinstance(level, Building)]
    return found[-1] if found else None


def builder() -> Building | None:
    """The innermost interpreter, if it is that of a graph built by hand."""
    level = ambient.interpreter()
    return level if isinstance(level, Building) else None


def get_default_graph() -> Graph:
    """The graph that operations are added to; outside of all, one that belongs to the thread.

    >>> with tf.Graph().as_default() as graph:
    ...     tf.compat.v1.get_default_graph() is graph
    True
    """
    level = ambient.interpreter()
    return level.graph if isinstance(level, Trace) else collecting_graph()


def collecting_graph() -> Graph:
    """The graph built by hand whose collections and variables count now."""
    level = ground()
    if level is not None:
        return level.graph
    if (graph := _default.get()) is None:
        graph = Graph()
        graph.by_hand()
        _default.set(graph)
    return graph


def reset_default_graph() -> None:
    """Put an empty graph in place of the default one of this thread.

    Raises:
        AssertionError: the default graph is one that was entered by `as_default`.
    """
    level = ground()
    if level is not None and not level.is_base:
        raise AssertionError(
            "reset_default_graph expected the default graph of the thread. "
            f"Received: {level.graph!r}, entered by `with graph.as_default():`. Leave it first."
        )
    _default.set(None)
    if level is not None:
        ambient.leave(level)
        disable_eager_execution()


def disable_eager_execution() -> None:
    """Let operations of this thread be added to the default graph, to run in sessions."""
    if _base() is None:
        with ambient.outside(None):
            level = Building(get_default_graph())
        level.is_base = True
        ambient.replace_stack((level, *ambient.stack()))


def enable_eager_execution(
    config: Any = None, device_policy: Any = None, execution_mode: Any = None
) -> None:
    """Let operations run at once, as they do unless `disable_eager_execution` was called.

    Raises:
        ValueError: the default graph has operations already.
    """
    level = _base()
    if level is None:
        return
    if level.graph.operations:
        raise ValueError(
            "enable_eager_execution expected to be called before the default graph is built. "
            f"Received: a graph of {len(level.graph.operations)} operations"
        )
    ambient.leave(level)


def executing_eagerly_outside_functions() -> bool:
    """Whether operations run at once, or would outside of the functions that are traced.

    >>> tf.compat.v1.executing_eagerly_outside_functions()
    True
    """
    return ground() is None


def _base() -> Building | None:
    levels = [level for level in ambient.stack() if isinstance(level, Building) and level.is_base]
    return levels[0] if levels else None


def last_effect() -> Operation | None:
    """The operation that was just added to a graph built by hand, None elsewhere."""
    level = builder()
    return None if level is None else level.graph.operations[-1]


def group_of(elements: Iterable[Any]) -> Operation | None:
    """An operation of a graph built by hand that has these done before, None elsewhere."""
    level = builder()
    if level is None:
        return None
    return level.group([level.graph.operation_of(element) for element in elements])
