"""What converted code calls. The type of what is met decides: a symbolic tensor makes a branch or
loop of the graph, anything else is Python's own."""

from __future__ import annotations

from typing import Any

from eagre.control.branches import InnerTrace
from eagre.core import ambient
from eagre.core.conversion import to_tensor
from eagre.functions.autograph.branching import State, graph_if
from eagre.functions.autograph.calls import called
from eagre.functions.autograph.iteration import sequence_of
from eagre.functions.autograph.lists import own_list
from eagre.functions.autograph.logic import (
    and_,
    assertion,
    compare,
    goes_on,
    if_expression,
    not_,
    or_,
    plain,
)
from eagre.functions.autograph.looping import LoopError, graph_loop
from eagre.functions.autograph.values import (
    is_symbolic,
    put_attribute,
    put_item,
    read,
    result,
    slot,
    truth,
)
from eagre.functions.effects import note_assignment, note_augmented, note_change
from eagre.graph.trace import user_line

__all__ = [
    "and_", "assertion", "assigned", "augmented", "called", "changed", "compare",
    "for_statement", "goes_on", "if_expression", "if_statement", "not_", "or_", "own_list", "plain",
    "put_attribute", "put_item", "raised", "read", "result", "slot", "while_statement",
]  # fmt: skip

_MOST_UNROLLED = 10_000


def if_statement(
    test: Any, body: Any, orelse: Any, names: Any = (), get: Any = None, put: Any = None
) -> None:
    """`if test: body() else: orelse()`."""
    if is_symbolic(test):
        graph_if(truth(test, "if"), body, orelse, State(names, get, put))
    elif test:
        body()
    elif orelse is not None:
        orelse()


def while_statement(
    test: Any, body: Any, options: Any = None, names: Any = (), get: Any = None, put: Any = None
) -> None:
    """`while test(): body()`; the rest of the loop goes to the graph when a test is symbolic."""
    if ambient.executing_eagerly():
        while test():
            body()
        return
    while True:
        verdict = test()
        if is_symbolic(verdict):
            return _graph_while(verdict, test, body, State(names, get, put), options)
        if not verdict:
            return None
        body()


class _Extended(State):
    """The state of a loop with one more value besides the user's variables."""

    __slots__ = ("state", "value")

    def __init__(self, value: Any, state: State) -> None:
        super().__init__(("ag__value", *state.names), self._get, self._put)
        self.value = value
        self.state = state

    def _get(self) -> Any:
        return (self.value, *self.state.get())

    def _put(self, values: Any) -> None:
        self.value = values[0]
        self.state.set(values[1:])


def _graph_while(verdict: Any, test: Any, body: Any, state: State, options: Any) -> None:
    """The test after an iteration is computed within it: once, with all that it does."""
    tested = _Extended(truth(verdict, "while"), state)

    def step() -> None:
        body()
        tested.value = truth(test(), "while")

    graph_loop("while", lambda: tested.value, step, tested, options)


def for_statement(
    iterable: Any,
    extra: Any,
    body: Any,
    options: Any = None,
    names: Any = (),
    get: Any = None,
    put: Any = None,
) -> None:
    """`for item in iterable: body(item)`, as long as `extra()`, which knows of jumps, is true."""
    if ambient.executing_eagerly():
        return _python_for(iterable, extra, body)
    state = State(names, get, put)
    if hasattr(iterable, "__graph_iterate__"):
        return _protocol_for(iterable, extra, body, state)
    parts = sequence_of(iterable)
    if parts is not None:
        return _graph_for(parts, extra, body, state, options)
    return _traced_python_for(iterable, extra, body, state)


def _python_for(iterable: Any, extra: Any, body: Any) -> None:
    for item in iterable:
        body(item)
        if extra is not None and not extra():
            break


def _traced_python_for(iterable: Any, extra: Any, body: Any, state: State) -> None:
    """A Python loop while tracing: after a jump that may have happened, the graph decides in
    each further iteration."""
    verdict: Any = True
    for number, item in enumerate(iterable):
        if is_symbolic(verdict):
            if number > _MOST_UNROLLED:
                raise LoopError(
                    "for over a Python iterable expected an end that does not depend on tensors. "
                    f"Received: more than {_MOST_UNROLLED} items, at {user_line()}. Use tf.range."
                )
            graph_if(truth(verdict, "for"), _with_item(body, item), None, state, "for")
        else:
            body(item)
        verdict = True if extra is None else extra()
        if verdict is False:
            break


def _with_item(body: Any, item: Any) -> Any:
    return lambda: body(item)


def _graph_for(parts: Any, extra: Any, body: Any, state: State, options: Any) -> None:
    counted = _Extended(to_tensor(0), state)
    count = parts.count()

    def test() -> Any:
        is_inside = counted.value < count
        return is_inside if extra is None else and_(is_inside, extra)

    def step() -> None:
        index = counted.value
        counted.value = index + 1
        body(parts.item(index))

    graph_loop("for", test, step, counted, options)


def _protocol_for(iterable: Any, extra: Any, body: Any, state: State) -> None:
    """Let an object such as a dataset repeat the block: it hands the state from item to item."""

    def step(item: Any, values: Any) -> Any:
        state.set(tuple(values))
        verdict = True if extra is None else extra()
        if is_symbolic(verdict):
            graph_if(truth(verdict, "for"), _with_item(body, item), None, state, "for")
        elif verdict:
            body(item)
        return state.get()

    def goes_on(values: Any) -> Any:
        state.set(tuple(values))
        return truth(extra(), "for")

    step.names = state.names
    step.goes_on = None if extra is None else goes_on
    state.set(tuple(iterable.__graph_iterate__(step, _as_tensors(state.get()))))


def _as_tensors(values: Any) -> Any:
    """Python numbers as tensors, as a loop carries them."""
    return tuple([to_tensor(v) if isinstance(v, bool | int | float) else v for v in values])


def changed(owner: Any, text: str) -> Any:
    """The object whose attribute or item, which `text` names, is about to be assigned."""
    if not ambient.executing_eagerly():
        note_change(owner, f"changes {text}")
    return owner


def augmented(owner: Any, value: Any, name: str) -> Any:
    """The value in `name += value`, where `owner` is what the name stands for."""
    if not ambient.executing_eagerly():
        note_augmented(owner, name)
    return value


def assigned(value: Any, text: str) -> Any:
    """The value that a name outside the function is about to get."""
    if not ambient.executing_eagerly():
        note_assignment(text)
    return value


def raised(error: Any) -> Any:
    """What `raise` raises; a note says so where that does not depend on the tensor."""
    if not isinstance(ambient.interpreter(), InnerTrace):
        return error
    made = error() if isinstance(error, type) else error
    if isinstance(made, BaseException):
        made.add_note(
            "raise under a tensor's condition happens when the function is traced, whatever the "
            "condition will be. Use tf.debugging.assert_... or tf.debugging.Assert there."
        )
    return made
