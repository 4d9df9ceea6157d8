"""What tensors and operations say of the graph that they belong to, by names of TensorFlow 1.

A graph that is built by hand keeps names, the order of effects and default sessions; it is asked
through `graph`, which stands in a layer above.
"""

from __future__ import annotations

from typing import Any

from eagre.core.leaking import is_leaked, way_out


class TensorInGraph:
    """What a symbolic tensor says of its graph."""

    __slots__ = ()
    graph: Any
    name: str
    operation: Any

    def __hash__(self) -> int:
        if self.graph.hand is None:
            raise TypeError(
                "Tensor is unhashable: a key needs to compare as a whole, and tensors compare by "
                f"their elements. Received: {self!r}. Use tensor.ref() as the key."
            )
        return id(self)

    @property
    def value_index(self) -> int:
        """The place of the tensor among the outputs of its operation."""
        outputs = () if self.operation is None else self.operation.outputs
        return next((place for place, each in enumerate(outputs) if each is self), 0)

    def consumers(self) -> list[Any]:
        """The operations that take the tensor."""
        return [each for each in self.graph.operations if any(x is self for x in each.inputs)]

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """The value, as `session.run` gives it; the default session is taken if none is given."""
        return self.graph.session_for(session, "Tensor.eval").run(self, feed_dict)


class OperationInGraph:
    """What an operation says of its graph."""

    __slots__ = ()
    graph: Any
    outputs: tuple[Any, ...]
    params: dict[str, Any]
    primitive: Any

    @property
    def type(self) -> str:
        """The name of the primitive: which kind of operation it is."""
        return self.primitive.name

    @property
    def control_inputs(self) -> list[Any]:
        """The operations that have to be done before, besides those that make the inputs."""
        return list(self.graph.controls_of(self))

    @property
    def device(self) -> str:
        """The name of the device that the operation was placed on: none was asked for."""
        return ""

    def values(self) -> tuple[Any, ...]:
        """The outputs."""
        return self.outputs

    def get_attr(self, name: str) -> Any:
        """A static parameter of the operation.

        Raises:
            ValueError: there is none of that name.
        """
        if name not in self.params:
            raise ValueError(
                f"get_attr expected one of {sorted(self.params)}. Received: name={name!r}"
            )
        return self.params[name]

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Do the operation in a session; the default session is taken if none is given."""
        self.graph.session_for(session, "Operation.run").run(self, feed_dict)


def advice(tensor: Any) -> str:
    """What to do about a symbolic tensor whose value is wanted."""
    if tensor.graph.hand is not None:
        return "has none before a session runs the graph. Use session.run(tensor)."
    if is_leaked(tensor):
        return f"has none outside that. {way_out(tensor)}."
    return (
        "has none while the function is traced. Compute with it by tf operations, or move "
        "this line out of the traced function."
    )
