"""Graphs that are built by hand, as before eager execution: names, order, collections.

`Graph.as_default` makes a graph one of these. Each operation then has a name, `scope/name`, and
those that have to be done before it; operations run only where a fetch needs them.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from eagre.core.primitive import Operation
from eagre.core.python_numbers import described
from eagre.core.tensor import SymbolicTensor

if TYPE_CHECKING:
    from collections.abc import Generator

    from eagre.core.tensor import EagerTensor

sessions: ContextVar[tuple[Any, ...]] = ContextVar("sessions", default=())
"""The default sessions of this thread, outermost first."""


class MissingElementError(KeyError):
    """Nothing in a graph has the name."""

    def __str__(self) -> str:
        return self.args[0]


class Hand:
    """What a graph keeps only if it is built by hand."""

    def __init__(self) -> None:
        self.scope = ""
        self.by_name: dict[str, Operation] = {}
        self.controls: dict[int, tuple[Operation, ...]] = {}
        self.demanded: tuple[Operation, ...] = ()
        """What the `control_dependencies` that are entered ask for."""
        self.collections: dict[Any, list[Any]] = {}
        self.handles: dict[int, EagerTensor] = {}
        """The handles of variables whose values sessions hold."""
        self.plans: dict[Any, Any] = {}
        self.stores: dict[str, Any] = {}
        self.not_fed: set[int] = set()
        self.not_fetched: set[int] = set()
        self.is_finalized = False
        self._used: dict[str, int] = {}

    def unique(self, name: str, mark_as_used: bool = True) -> str:
        """A name that nothing has, `name` itself or that with a number; letter case is ignored."""
        key = name.lower()
        count = self._used.get(key, 0)
        if mark_as_used:
            self._used[key] = count + 1
        if not count:
            return name
        while f"{key}_{count}" in self._used:
            count += 1
        if mark_as_used:
            self._used[f"{key}_{count}"] = 1
        return f"{name}_{count}"

    def label(self, operation: Operation, name: str) -> None:
        """Give an operation its name, which nothing else has."""
        if operation.label is not None:
            del self.by_name[operation.label]
        operation.label = name
        self.by_name[name] = operation
        for place, output in enumerate(operation.outputs):
            output.name = f"{name}:{place}"


class GraphByHand:
    """The methods of `tf.Graph` for building by hand."""

    hand: Hand | None
    operations: list[Operation]
    seed: int | None = None
    building_function = False
    """Whether the graph is that of a function: those of `tf.function` are no different here."""

    # Building ---------------------------------------------------------------------------------

    def as_default(self) -> Any:
        """A context in which operations are added to this graph, to run in a session.

        >>> graph = tf.Graph()
        >>> with graph.as_default():
        ...     x = tf.add(1.0, 2.0, name="x")
        >>> with tf.compat.v1.Session(graph=graph) as session:
        ...     session.run("x:0")
        np.float32(3.0)
        """
        from eagre.graph.building import Building

        return Building(self.by_hand() and self)

    def by_hand(self) -> Hand:
        """What the graph keeps for being built by hand; it is from now on."""
        if self.hand is None:
            self.hand = Hand()
            for operation in self.operations:
                self.hand.label(operation, self.hand.unique(operation.primitive.name))
        return self.hand

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """A name within the current scope that no operation has yet."""
        hand = self.by_hand()
        return hand.unique(hand.scope + name, mark_as_used)

    def get_name_scope(self) -> str:
        """The names of the scopes that are entered, outermost first."""
        return self.by_hand().scope.rstrip("/")

    @contextmanager
    def name_scope(self, name: str | None) -> Generator[str, None, None]:
        """A context in which names of operations begin with `name`.

        A name that ends in a slash is that of a scope entered before; an empty one leaves all.
        """
        hand = self.by_hand()
        before = hand.scope
        is_whole = not name or name.endswith("/")
        hand.scope = (name or "") if is_whole else f"{self.unique_name(name or '')}/"
        try:
            yield hand.scope
        finally:
            hand.scope = before

    @contextmanager
    def control_dependencies(self, control_inputs: Any) -> Generator[None, None, None]:
        """A context whose operations are done after those that are given; None asks for nothing.

        Args:
            control_inputs: operations, tensors and variables.
        """
        hand = self.by_hand()
        before = hand.demanded
        asked = [] if control_inputs is None else [self.operation_of(x) for x in control_inputs]
        hand.demanded = (*before, *asked) if control_inputs is not None else ()
        try:
            yield
        finally:
            hand.demanded = before

    def operation_of(self, element: Any) -> Operation:
        """The operation that an element of the graph is, or that makes it."""
        found = self.as_graph_element(element)
        if isinstance(found, Operation):
            return found
        if found.operation is None:
            raise ValueError(
                "control_dependencies expected what an operation makes. "
                f"Received: {found!r}, an argument of the graph"
            )
        return found.operation

    @contextmanager
    def device(self, device_name_or_function: Any) -> Generator[None, None, None]:
        """A context that changes nothing: there is one device."""
        yield

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Generator[None, None, None]:
        """A context that changes nothing: there is one device."""
        yield

    def finalize(self) -> None:
        """Let no further operation be added."""
        self.by_hand().is_finalized = True

    @property
    def finalized(self) -> bool:
        """Whether no further operation may be added."""
        return self.hand is not None and self.hand.is_finalized

    # Reading ----------------------------------------------------------------------------------

    def get_operations(self) -> list[Operation]:
        """The operations, in the order in which they were added."""
        return list(self.operations)

    def num_operations(self) -> int:
        """How many operations there are."""
        return len(self.operations)

    @property
    def version(self) -> int:
        """A number that grows with each operation."""
        return len(self.operations)

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of a name.

        Raises:
            KeyError: there is none.
        """
        return self.as_graph_element(name, allow_tensor=False)

    def get_tensor_by_name(self, name: str) -> Any:
        """The tensor of a name such as "x:0", which is the first output of the operation "x".

        Raises:
            KeyError: there is none.
            ValueError: the name is that of an operation.
        """
        return self.as_graph_element(name, allow_operation=False)

    def as_graph_element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Any:
        """The tensor or operation of this graph that `obj` is, names, or stands for.

        Raises:
            KeyError: nothing in the graph has that name.
            TypeError: it is of a kind that is not allowed, or nothing of a graph.
            ValueError: it belongs to another graph, or a name has not the right form.
        """
        if isinstance(obj, str):
            return self._named(obj, allow_tensor, allow_operation)
        element = getattr(obj, "__graph_element__", obj)
        flags = {"tensor": allow_tensor, "operation": allow_operation}
        allowed = [kind for kind, is_allowed in flags.items() if is_allowed]
        kind = _kind_of(element)
        if kind not in allowed:
            raise TypeError(
                f"Graph expected a symbolic {' or '.join(allowed)}, or the name of one. "
                f"Received: {described(obj)}"
            )
        if element.graph is not self:
            raise ValueError(
                f"Graph expected an element of this graph. Received: {element!r} of another graph"
            )
        return element

    def _named(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        path, colon, place = name.partition(":")
        if not (allow_tensor if colon else allow_operation):
            wanted = "a tensor, such as 'x:0'" if allow_tensor else "an operation, such as 'x'"
            raise ValueError(f"Graph expected the name of {wanted}. Received: {name!r}")
        operation = None if self.hand is None else self.hand.by_name.get(path)
        if operation is None:
            raise MissingElementError(
                f"Graph expected the name of one of its operations. Received: {name!r}. "
                "graph.get_operations() lists them."
            )
        if not colon:
            return operation
        if not place.isdigit() or int(place) >= len(operation.outputs):
            raise MissingElementError(
                f"Graph expected the place of one of the {len(operation.outputs)} outputs of "
                f"operation {path!r}. Received: {name!r}"
            )
        return operation.outputs[int(place)]

    def controls_of(self, operation: Operation) -> tuple[Operation, ...]:
        """What has to be done before an operation, besides what makes its inputs."""
        return () if self.hand is None else self.hand.controls.get(id(operation), ())

    # Collections ------------------------------------------------------------------------------

    @property
    def collections(self) -> list[Any]:
        """The names of the collections."""
        return list(self.by_hand().collections)

    def get_all_collection_keys(self) -> list[Any]:
        """The names of the collections that hold anything."""
        return [key for key, values in self.by_hand().collections.items() if values]

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Put a value into the collection of a name, which may hold it already."""
        self.get_collection_ref(name).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Put a value into several collections, unless it is there already."""
        for name in dict.fromkeys([names] if isinstance(names, str) else names):
            if not any(each is value for each in self.get_collection_ref(name)):
                self.add_to_collection(name, value)

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """What is in a collection; with a scope, what has a name that it matches from the start."""
        from re import match

        values = self.by_hand().collections.get(name, [])
        if scope is None:
            return list(values)
        return [each for each in values if hasattr(each, "name") and match(scope, each.name)]

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The list itself that a collection is."""
        return self.by_hand().collections.setdefault(name, [])

    def clear_collection(self, name: Any) -> None:
        """Take everything out of a collection."""
        self.by_hand().collections.pop(name, None)

    # Running ----------------------------------------------------------------------------------

    def is_feedable(self, tensor: Any) -> bool:
        """Whether a session may be given a value for a tensor."""
        return id(tensor) not in self.by_hand().not_fed

    def prevent_feeding(self, tensor: Any) -> None:
        """Let no session be given a value for a tensor."""
        self.by_hand().not_fed.add(id(self.as_graph_element(tensor, allow_operation=False)))

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Whether a session may be asked for a tensor or an operation."""
        return id(tensor_or_op) not in self.by_hand().not_fetched

    def prevent_fetching(self, op: Any) -> None:
        """Let no session be asked for an operation or for its outputs."""
        operation = self.as_graph_element(op, allow_tensor=False)
        self.by_hand().not_fetched.update(map(id, (operation, *operation.outputs)))

    def session_for(self, session: Any, name: str) -> Any:
        """The session that is given, or else the default one; it has to run this graph."""
        found = sessions.get()[-1] if session is None and sessions.get() else session
        if found is None or found.graph is not self:
            came = "no session" if found is None else "a session of another graph"
            raise ValueError(
                f"{name} expected a session of the graph of the tensor or operation. "
                f"Received: {came}. Use `with tf.compat.v1.Session(graph=graph):`, or session=…"
            )
        return found


def _kind_of(element: Any) -> str | None:
    if isinstance(element, SymbolicTensor):
        return "tensor"
    return "operation" if isinstance(element, Operation) else None
