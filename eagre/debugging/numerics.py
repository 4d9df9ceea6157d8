"""`enable_check_numerics`: an error at the first operation that makes NaN or infinity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.control.branching import conditional
from eagre.control.looping import while_primitive
from eagre.core import ambient
from eagre.core.errors import InvalidArgumentError
from eagre.core.origin import shown_spec
from eagre.debugging.numbers import is_bad, short, summary
from eagre.graph.observing import Observer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.primitive import Primitive

_MOVING = frozenset({
    "rearrangement", "padding", "repeating", "turning", "indexing", "picking", "scattering",
    "state", "sorting", "complex_parts",
})
"""The modules of primitives that put values elsewhere: they make no bad numbers."""

_CHOOSING = frozenset({"clip", "identity", "stop_gradient", "maximum", "minimum"})
"""The names of other primitives whose output holds nothing but elements of their inputs."""


class NumericsCheck(Observer):
    """A level that looks at every output. Branches and loops of graphs run step by step."""

    __slots__ = ()
    public = "enable_check_numerics"

    def perform(self, primitive: Primitive, inputs: tuple[Any, ...], params: Any) -> Any:
        """Do an operation; the graphs that it holds run where this level sees them."""
        if primitive is conditional and "count" not in params:
            condition, *values = inputs
            name = "true_graph" if condition.array else "false_graph"
            return tuple(self._run(params[name], values))
        if primitive is while_primitive and not params["history"] and not params.get("shapes"):
            return self._loop(inputs, params)
        return super().perform(primitive, inputs, params)

    def _run(self, graph: Any, values: Sequence[Any]) -> list[Any]:
        ambient.enter(self)
        try:
            return graph.run(values)
        finally:
            ambient.leave(self)

    def _loop(self, inputs: tuple[Any, ...], params: Any) -> Any:
        count = params["count"]
        carried, fixed = list(inputs[:count]), inputs[count:]
        while self._run(params["condition"], [*carried, *fixed])[0].array:
            carried = self._run(params["body"], [*carried, *fixed])
        return tuple(carried)

    def done(
        self, line: str, primitive: Primitive, inputs: tuple[Any, ...], params: Any, output: Any
    ) -> None:
        """Raise if an output holds NaN or infinity that was not merely moved."""
        module = type(primitive).__module__.rpartition(".")[2]
        if module in _MOVING or primitive.name in _CHOOSING:
            return
        for each in output if output.__class__ is tuple else (output,):
            if is_bad(each):
                raise _error(line, primitive, inputs, each)


def _error(line: str, primitive: Primitive, inputs: Any, output: Any) -> InvalidArgumentError:
    found: Any = summary(output)
    came = [str(number) for number, x in enumerate(inputs, 1) if is_bad(x)]
    shown = "; ".join(short(x) for x in inputs[:3])
    already = f" (input {' and '.join(came)} had some already)" if came else ""
    return InvalidArgumentError(
        f"enable_check_numerics expected finite numbers. Received: {found.bad} of {found.count}"
        f"{already} from {primitive.public} at {line}, {shown_spec(output.spec)}, of inputs {shown}"
    )


def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """From now on, make NaN and infinity an error, in this thread.

    The error names the operation and the user's line; in a gradient, the line of the operation
    that the gradient is of. Functions run operation by operation, and everything takes several
    times as long. Operations that only move values let them pass. Calling it again changes
    nothing.

    Args:
        stack_height_limit, path_length_limit: without effect: one line is named, with its path.

    Raises:
        InvalidArgumentError: later, by the operation whose output is not finite.

    >>> tf.debugging.enable_check_numerics()
    >>> try:
    ...     tf.math.log([-1.0, 2.0])
    ... except tf.errors.InvalidArgumentError as error:
    ...     "1 NaN of 2 from log at" in str(error)
    True
    >>> tf.debugging.disable_check_numerics()
    """
    if _level() is None:
        NumericsCheck().__enter__()


def disable_check_numerics() -> None:
    """End what `enable_check_numerics` began in this thread.

    >>> tf.debugging.disable_check_numerics()
    """
    level = _level()
    if level is not None:
        ambient.leave(level)


def _level() -> NumericsCheck | None:
    levels = [level for level in ambient.stack() if isinstance(level, NumericsCheck)]
    return levels[0] if levels else None
