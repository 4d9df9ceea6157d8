"""`trace_origins`: each tensor knows the line and the operation that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.origin import Origin, origins
from eagre.graph.observing import Observer

if TYPE_CHECKING:
    from eagre.core.primitive import Primitive


class trace_origins(Observer):
    """Context in which each tensor that is made has its `origin`.

    An origin has the user's `line`, the `name` of the operation and the origins of its `inputs`,
    and prints as a tree. Tensors keep it afterwards; others have None. An error raised within it
    tells where the inputs of the operation were made.

    >>> with tf.debugging.trace_origins():
    ...     x = tf.constant([1.0, 2.0])
    ...     y = tf.exp(x) + 1.0
    >>> y.origin.name, [origin.name for origin in y.origin.inputs]
    ('add', ['exp', 'constant'])
    >>> tf.constant(1.0).origin is None
    True
    """

    __slots__ = ()
    public = "trace_origins"

    def done(
        self, line: str, primitive: Primitive, inputs: tuple[Any, ...], params: Any, output: Any
    ) -> None:
        """Note where the outputs come from."""
        before = tuple([origins.get(x) for x in inputs])
        for each in output if output.__class__ is tuple else (output,):
            origins.set(each, Origin(primitive.public, line, each.spec, before))

    def made(self, line: str, tensor: Any) -> None:
        """Note where a constant comes from."""
        origins.set(tensor, Origin("constant", line, tensor.spec))

    def failed(self, error: Exception, primitive: Primitive, inputs: tuple[Any, ...]) -> None:
        """Tell where the inputs were made."""
        for number, x in enumerate(inputs, 1):
            origin = origins.get(x)
            if origin is not None:
                error.add_note(f"input {number} of {primitive.public} was made by {origin.name} "
                               f"at {origin.line}")
