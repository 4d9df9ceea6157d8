"""The levels that an operation passes: one stack for each thread.

A level is an `Interpreter`, which takes operations over (a trace), or a `Recorder`, which looks at
operations that have been done (a tape, a forward accumulator). An operation is done by the
innermost interpreter, or by its kernel when there is none, and then shown to the recorders that
were entered inside that interpreter, outermost first. Whatever a level itself computes is seen
only by the levels outside it.

Two tables keyed by thread hold what `apply` asks for, so that the usual question, "is there any
level at all?", is the truth value of a dictionary and not a thread-local look-up.
"""

from __future__ import annotations

from _thread import get_ident
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eagre.core.primitive import Primitive
    from eagre.core.tensor import Tensor


name_scope: ContextVar[str] = ContextVar("name_scope", default="")
"""The scopes entered by `tf.name_scope`, each followed by a slash: variables are named in them."""


class Level:
    """Something that sees the operations of one thread while it is entered."""

    __slots__ = ()


class Interpreter(Level):
    """A level that does operations in its own way."""

    __slots__ = ("line",)
    is_tracing = False
    is_ground = False
    """Whether it is that of a graph built by hand, which `outside_functions` does not leave."""
    line: str | None
    """The user's line for operations that are done again, None where it is the one now."""

    def interpret(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: Any) -> Any:
        """Do the operation and return its output, or its outputs as a tuple."""
        raise NotImplementedError

    def literal(self, tensor: Tensor) -> Tensor:
        """Take in a tensor that was just made from Python or NumPy values."""
        return tensor

    def value_of(self, tensor: Tensor) -> Tensor:
        """The tensor with its value, where that can be told before anything runs."""
        return tensor

    def note_variable(self, variable: Any) -> None:
        """A variable was made."""

    def note_taking(self, tensor: Any, way: str) -> None:
        """Python took the value of a tensor out, in a way such as `numpy()`."""

    def note_watch(self, recorder: Recorder, value: Any) -> None:
        """A recorder began to watch a value."""

    def follow(self, operations: Any) -> Any:
        """The operations of a tape, for the way back through them."""
        return operations


class Recorder(Level):
    """A level that is shown each operation after it has been done."""

    __slots__ = ()
    takes_calls = True
    """Whether the call of a graph is shown as one operation, and not as those of the graph."""

    def record(
        self, primitive: Primitive, inputs: tuple[Tensor, ...], params: Any, output: Any
    ) -> None:
        """Note the operation, if it matters to this recorder."""
        raise NotImplementedError

    def append(self, entry: tuple[Any, Any, Any, Any], /) -> None:
        """As `record`, for an elementwise operation on values that are too small to let go."""
        self.record(*entry)


class _Several(Recorder):
    """Recorders as one, outermost first."""

    __slots__ = ("recorders", "takes_calls")

    def __init__(self, recorders: list[Recorder]) -> None:
        self.recorders = recorders
        self.takes_calls = all(recorder.takes_calls for recorder in recorders)

    def record(
        self, primitive: Primitive, inputs: tuple[Tensor, ...], params: Any, output: Any
    ) -> None:
        for recorder in self.recorders:
            recorder.record(primitive, inputs, params, output)

    def append(self, entry: tuple[Any, Any, Any, Any], /) -> None:
        for recorder in self.recorders:
            recorder.append(entry)


stacks: dict[int, tuple[Level, ...]] = {}
interpreters: dict[int, Interpreter] = {}
recorders: dict[int, Recorder] = {}
"""For a thread the recorders inside its innermost interpreter, as one."""


def stack() -> tuple[Level, ...]:
    """The levels of this thread, outermost first."""
    return stacks.get(get_ident(), ())


def replace_stack(levels: tuple[Level, ...], thread: int | None = None) -> None:
    """Make `levels` the stack of a thread, by default of this one."""
    thread = get_ident() if thread is None else thread
    for table in (stacks, interpreters, recorders):
        table.pop(thread, None)
    if not levels:
        return
    stacks[thread] = levels
    inside: list[Recorder] = []
    for level in levels:
        if isinstance(level, Interpreter):
            interpreters[thread] = level
            inside = []
        elif isinstance(level, Recorder):
            inside.append(level)
    if inside:
        recorders[thread] = inside[0] if len(inside) == 1 else _Several(inside)


def enter(level: Level) -> None:
    """Put `level` innermost on the stack of this thread."""
    replace_stack((*stack(), level))


def leave(level: Level) -> None:
    """Take the innermost occurrence of `level` off the stack of the thread that holds it."""
    here = get_ident()
    levels = stacks.get(here, ())
    if levels and levels[-1] is level:
        replace_stack(levels[:-1], here)
        return
    threads = [here, *[thread for thread in list(stacks) if thread != here]]
    for thread in threads:
        levels = stacks.get(thread, ())
        for index in reversed(range(len(levels))):
            if levels[index] is level:
                replace_stack(levels[:index] + levels[index + 1 :], thread)
                return


class outside:
    """Context in which this thread has only the levels outside `level` (None: no level)."""

    __slots__ = ("cut", "saved")

    def __init__(self, level: Level | None) -> None:
        levels = stack()
        position = [index for index, each in enumerate(levels) if each is level]
        self.cut = levels[: position[-1]] if position else () if level is None else levels
        self.saved = levels

    def __enter__(self) -> None:
        replace_stack(self.cut)

    def __exit__(self, *error: object) -> None:
        replace_stack(self.saved)


class outside_functions(outside):
    """Context in which only the levels up to the innermost graph built by hand remain."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None)
        levels = self.saved
        places = [i for i, level in enumerate(levels) if getattr(level, "is_ground", False)]
        self.cut = levels[: places[-1] + 1] if places else ()


class unrecorded:
    """Context in which the recorders inside the innermost interpreter see nothing."""

    __slots__ = ("saved",)

    def __enter__(self) -> None:
        self.saved = levels = stack()
        inner = [i for i, level in enumerate(levels) if isinstance(level, Interpreter)]
        replace_stack(levels[: inner[-1] + 1] if inner else ())

    def __exit__(self, *error: object) -> None:
        replace_stack(self.saved)


def interpreter() -> Interpreter | None:
    """The interpreter that does the operations of this thread, if there is one."""
    return interpreters.get(get_ident()) if interpreters else None


def executing_eagerly() -> bool:
    """Whether operations of this thread run at once (`tf.executing_eagerly`)."""
    level = interpreter()
    return level is None or not level.is_tracing


def is_in_function() -> bool:
    """Whether operations of this thread go into a graph that is not built by hand."""
    level = interpreter()
    return level is not None and level.is_tracing and not level.is_ground
