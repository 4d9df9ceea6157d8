"""What a variable of a graph built by hand is asked, by names of TensorFlow 1.

Its value stands in sessions: each has its own, from when it runs the variable's initializer.
"""

from __future__ import annotations

from typing import Any

from eagre.core import ambient
from eagre.core.tensor import EagerTensor, Tensor
from eagre.primitives.state import variable_is_initialized


class VariableInGraph:
    """The part of a variable that concerns graphs built by hand."""

    __slots__ = ()
    handle: EagerTensor
    assign: Any
    _initializer: Any = None
    _snapshot: Any = None

    def enter_graph(self, value: Tensor) -> None:
        """Become a variable of the graph that `value` belongs to, which begins with `value`."""
        with ambient.outside_functions():
            level: Any = ambient.interpreter()
            level.take_variable(self, value)

    def note_graph(self, initializer: Any, snapshot: Any) -> None:
        """Take what the graph has for this variable: an operation, and its value as a tensor."""
        self._initializer = initializer
        self._snapshot = snapshot

    @property
    def __graph_element__(self) -> Any:
        return self._snapshot

    @property
    def initializer(self) -> Any:
        """The operation that gives the variable its first value, None where it has one already."""
        return self._initializer

    @property
    def initial_value(self) -> Any:
        """The tensor that the variable begins with."""
        return None if self._initializer is None else self._initializer.inputs[1]

    @property
    def graph(self) -> Any:
        """The graph that the variable belongs to.

        Raises:
            AttributeError: it belongs to none, as variables that are made eagerly.
        """
        if self._snapshot is None:
            raise AttributeError(
                "Variable.graph needs a variable of a graph built by hand. Received: an eager one"
            )
        return self._snapshot.graph

    @property
    def op(self) -> Any:
        """The operation that reads the variable.

        Raises:
            AttributeError: it belongs to no graph.
        """
        return self.graph.operation_of(self)

    def is_initialized(self, name: str | None = None) -> Any:
        """Whether the variable has a value, as a boolean tensor.

        >>> bool(tf.Variable(1.0).is_initialized())
        True
        """
        return variable_is_initialized(self.handle)

    def eval(self, session: Any = None) -> Any:
        """The value that a session holds; the default session is taken if none is given."""
        return self.graph.session_for(session, "Variable.eval").run(self._snapshot)

    def load(self, value: Any, session: Any = None) -> None:
        """Put `value` in place of the variable's value, as `assign` does."""
        if self._initializer is None:
            self.assign(value)
            return
        feeds = {self._initializer.inputs[1]: value}
        self.graph.session_for(session, "Variable.load").run(self._initializer, feeds)
