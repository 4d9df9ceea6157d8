"""`Session`: what runs a graph that was built by hand, and holds the values of its variables."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from eagre.compat.feeds import feed_array
from eagre.control.calling import call
from eagre.core import ambient, structure
from eagre.core.doors import apply
from eagre.core.primitive import Operation
from eagre.core.tensor import Cell, EagerTensor, SymbolicTensor, wrap
from eagre.graph.building import get_default_graph
from eagre.graph.by_hand import sessions
from eagre.graph.parts import part_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from eagre.graph.graph import Graph

_MOST_PLANS = 256
"""For how many pairs of fetches and feeds a graph remembers what has to run."""


class Session:
    """Runs operations of a graph that was built by hand.

    Each session has values of its own for the variables of its graph. As a context it makes its
    graph the default one and itself the session that `eval` and `run` take.

    Args:
        target: must be empty: there are no servers.
        graph: what to run; by default the default graph.
        config: kept, but without effect.

    >>> with tf.Graph().as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [None], name="x")
    ...     total = tf.reduce_sum(x * x)
    ...     with tf.compat.v1.Session() as session:
    ...         session.run(total, feed_dict={x: [1.0, 2.0]})
    np.float32(5.0)
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if target:
            raise ValueError(
                f"Session expected an empty target, for there are no servers. "
                f"Received: target={target!r}"
            )
        self.graph = get_default_graph() if graph is None else graph
        """The graph that the session runs."""
        self.config = config
        self._cells: dict[int, EagerTensor] = {}
        self._is_closed = False
        self._contexts: list[ExitStack] = []
        self.graph.by_hand()

    # Running ----------------------------------------------------------------------------------

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """Do what the fetches need, each operation once, and return their values.

        Args:
            fetches: a tensor, an operation, a variable, the name of one, or a structure of them.
            feed_dict: values for placeholders, or for any other tensors, in place of computing
                them.

        Returns:
            NumPy arrays in the structure of `fetches`; None for operations.

        Raises:
            FailedPreconditionError: a variable has no value yet in this session.
            InvalidArgumentError: a placeholder is needed and was not fed.
        """
        self._check_open()
        leaves = structure.flatten(fetches, expand_composites=True)
        wanted = [self._fetched(leaf) for leaf in leaves]
        feeds = [(self._fed(key), value) for key, value in (feed_dict or {}).items()]
        values = [feed_array(value, tensor) for tensor, value in feeds]
        part = self._plan(wanted, [tensor for tensor, _ in feeds])
        arrays = iter(self._run(part, values))
        results = [next(arrays) if isinstance(x, SymbolicTensor) else None for x in wanted]
        return structure.pack_sequence_as(fetches, results, expand_composites=True)

    def make_callable(
        self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function that takes a value for each tensor of `feed_list` and runs the fetches."""
        tensors = [self._fed(each) for each in feed_list or ()]

        def run(*values: Any) -> Any:
            if len(values) != len(tensors):
                raise ValueError(
                    "make_callable expected a value for each tensor of feed_list. "
                    f"Received: {len(values)} values for {len(tensors)} tensors"
                )
            return self.run(fetches, dict(zip(tensors, values, strict=True)))

        return run

    def _fetched(self, leaf: Any) -> SymbolicTensor | Operation:
        found = self._element(leaf, "fetches", True)
        if not self.graph.is_fetchable(found):
            raise ValueError(
                f"Session.run(fetches) expected what may be fetched. Received: {found!r}, for "
                "which graph.prevent_fetching was called"
            )
        return found

    def _fed(self, key: Any) -> SymbolicTensor:
        tensor = self._element(key, "feed_dict", False)
        if not self.graph.is_feedable(tensor):
            raise ValueError(
                f"Session.run(feed_dict) expected what may be fed. Received: {tensor!r}, for "
                "which graph.prevent_feeding was called"
            )
        return tensor

    def _element(self, leaf: Any, argument: str, may_be_operation: bool) -> Any:
        """The tensor or operation of the graph that an argument is or names."""
        try:
            return self.graph.as_graph_element(leaf, allow_operation=may_be_operation)
        except (KeyError, ValueError, TypeError) as error:
            is_value = may_be_operation and not isinstance(error, TypeError)
            kind = ValueError if is_value else TypeError
            raise kind(f"Session.run({argument}): {error.args[0]}") from None

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError("Session.run expected an open session. Received: a closed one")
        if not self.graph.operations:
            raise RuntimeError(
                "Session.run expected a graph that has operations. Received: an empty one. Enter "
                "the graph by `with graph.as_default():` to add some, or give its session graph=…"
            )

    def _plan(self, wanted: Sequence[Any], feeds: Sequence[SymbolicTensor]) -> Graph:
        """What has to run, found once for each pair of fetches and feeds."""
        plans = self.graph.by_hand().plans
        key = (tuple([id(each) for each in wanted]), tuple([id(each) for each in feeds]))
        if key not in plans:
            if len(plans) >= _MOST_PLANS:
                plans.pop(next(iter(plans)))
            tensors = [each for each in wanted if isinstance(each, SymbolicTensor)]
            operations = [each for each in wanted if isinstance(each, Operation)]
            plans[key] = part_of(self.graph, tensors, operations, feeds)
        return plans[key]

    def _run(self, part: Graph, values: Sequence[Any]) -> list[Any]:
        captures = [self._value_of_capture(outer) for outer in part.captures]
        inputs = (*[wrap(value) for value in values], *captures)
        levels = ambient.stack()
        ambient.replace_stack(())
        try:
            outputs = apply(call, inputs, {"graph": part})
        finally:
            ambient.replace_stack(levels)
        return [output.numpy() for output in outputs]

    def _value_of_capture(self, outer: Any) -> Any:
        """What stands outside of the graph; for a variable of the graph the value held here."""
        if id(outer) not in self.graph.by_hand().handles:
            return outer
        if id(outer) not in self._cells:
            cell = outer.array
            own = Cell(None, cell.spec, cell.name, cell.is_watched)
            own.owner = cell.owner
            self._cells[id(outer)] = wrap(own)
        return self._cells[id(outer)]

    # Opening and closing ----------------------------------------------------------------------

    def close(self) -> None:
        """Let go of the values of the variables; nothing can be run any more."""
        self._is_closed = True
        self._cells.clear()

    @contextmanager
    def as_default(self) -> Iterator[Session]:
        """A context in which `eval` and `run` take this session."""
        token = sessions.set((*sessions.get(), self))
        try:
            yield self
        finally:
            sessions.reset(token)

    def __enter__(self) -> Session:
        contexts = ExitStack()
        contexts.enter_context(self.graph.as_default())
        contexts.enter_context(self.as_default())
        self._contexts.append(contexts)
        return self

    def __exit__(self, *error: Any) -> None:
        self._contexts.pop().close()
        self.close()


class InteractiveSession(Session):
    """A session that is the default one, and its graph the default graph, until it is closed.

    >>> graph = tf.Graph()
    >>> session = tf.compat.v1.InteractiveSession(graph=graph)
    >>> (tf.constant(1.0) + 1.0).eval()
    np.float32(2.0)
    >>> session.close()
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._level = self.graph.as_default()
        self._level.__enter__()
        sessions.set((*sessions.get(), self))

    def close(self) -> None:
        """Let go of the values of the variables, and be the default session no more."""
        super().close()
        sessions.set(tuple(each for each in sessions.get() if each is not self))
        ambient.leave(self._level)


def get_default_session() -> Session | None:
    """The session that `eval` and `run` take, None if there is none."""
    found = sessions.get()
    return found[-1] if found else None
