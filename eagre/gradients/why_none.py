"""Why a gradient is None: the place where the way from the source to the target breaks."""

from __future__ import annotations

from typing import Any

from eagre.core.dtypes import resource
from eagre.core.tensor import Tensor
from eagre.gradients.history import History, Making, Step, Taking, Watch, name_of
from eagre.primitives.families import INEXACTS
from eagre.primitives.state import assign_variable, read_variable

SHOWN = 5
"""How many names a message lists."""


class GradientWarning(UserWarning):
    """A gradient is None, and probably by mistake."""


class WhyNone:
    """Why a gradient is None; it prints as a few lines.

    `reason` is one of "integer", "not watched", "watched late", "not recorded", "stopped",
    "through an integer", "through NumPy", "assigned", "no rule", "no path", "used up" and
    "not None". `line` is the user's line of the break and `operation` the name of the operation
    there, None where they are not known. `depends_on` names what the target does depend on.
    """

    __slots__ = ("advice", "depends_on", "line", "operation", "reason", "text")

    def __init__(
        self,
        reason: str,
        text: str,
        advice: str = "",
        line: str | None = None,
        operation: str | None = None,
        depends_on: tuple[str, ...] = (),
    ) -> None:
        self.reason = reason
        self.text = text
        self.advice = advice
        self.line = line
        self.operation = operation
        self.depends_on = depends_on

    def __str__(self) -> str:
        lines = [f"{self.reason}: {self.text}"]
        if self.depends_on:
            lines.append("The target depends on " + "; ".join(self.depends_on) + ".")
        return "\n".join([*lines, self.advice] if self.advice else lines)

    def __repr__(self) -> str:
        return f"<why None: {self.reason}" + (f" at {self.line}>" if self.line else ">")


def value_of(value: Any) -> Any:
    """The tensor, or the handle of the variable, that somebody asks about."""
    found = getattr(value, "handle", value)
    if not isinstance(found, Tensor):
        raise TypeError(
            "why_none expected a tensor as target and a tensor or variable as source. "
            f"Received: {value!r:.80} of type {type(value).__name__}"
        )
    return found


EXPLAIN = "`with tf.explain_gradients():` around the computation names the line."


def used_up() -> WhyNone:
    """The answer of a tape that kept nothing."""
    return WhyNone(
        "used up",
        "the tape is used up by `gradient`, and all of those gradients were there.",
        "Ask before, use tf.GradientTape(persistent=True), or compute within "
        "`with tf.explain_gradients():`.",
    )


def why(history: History, target: Any, source: Any, tape: Any, number: int) -> WhyNone:
    """The first thing that breaks the way from `source` to `target` on the tape called `number`."""
    return (
        _of_dtypes(target, source)
        or _of_watching(history, source, tape, number)
        or _of_the_way(history, target, source, number)
    )


def has_gradients(value: Any) -> bool:
    """Whether the dtype of a tensor, or of what a handle holds, has gradients."""
    return _dtype(value) in INEXACTS


def _dtype(value: Any) -> Any:
    spec = value.spec
    return getattr(spec, "value", spec).dtype


def _of_dtypes(target: Any, source: Any) -> WhyNone | None:
    for value, role in ((source, "source"), (target, "target")):
        if not has_gradients(value):
            return WhyNone(
                "integer",
                f"the {role} is {name_of(value)}, and only floating-point and complex numbers "
                "have gradients.",
                "Make it of another dtype from the start, for tf.cast has no gradient from or to "
                f"{_dtype(value).name}.",
            )
    return None


# Watching -------------------------------------------------------------------------------------


def _of_watching(history: History, source: Any, tape: Any, number: int) -> WhyNone | None:
    """The answer where the tape never watched the source."""
    key = history.number(source)
    if any(watch.value == key and watch.tape == number for _, watch in history.of_kind(Watch)):
        return None
    name = history.described(key) or name_of(source)
    watches = tape is None or tape.watches_variables
    if source.dtype is resource:
        if is_trainable(source) and watches:
            return None
        cause = (
            "the tape has watch_accessed_variables=False"
            if is_trainable(source)
            else "it is not trainable"
        )
        return WhyNone(
            "not watched", f"{name}, is not watched: {cause}.", "Call tape.watch(variable)."
        )
    watched = {watch.value for _, watch in history.of_kind(Watch) if watch.tape == number}
    reads = {step.outputs[0] for _, step in history.steps() if step.primitive is read_variable}
    if key in history.reached(watched | (reads if watches else set[int]()), number):
        return None
    advice = "Call tape.watch(tensor) within the tape's block, before the tensor is used."
    if _comes_from_a_variable(history, key):
        advice += (
            " It was computed from a variable: `w = w - step` makes a tensor, "
            "w.assign_sub(step) changes the variable."
        )
    return WhyNone("not watched", f"the source, {name}, is not watched by the tape.", advice)


def is_trainable(handle: Any) -> bool:
    """Whether tapes watch the variable of a handle when it is read."""
    cell = getattr(handle, "array", None)
    return True if cell is None else bool(cell.is_watched)


def _comes_from_a_variable(history: History, key: int) -> bool:
    steps = [step for _, step in history.steps()]
    made = [step for step in steps if key in step.outputs and step.primitive is not read_variable]
    read = {n for step in steps if step.primitive is read_variable for n in step.outputs}
    return any(not read.isdisjoint(step.inputs) for step in made)


# The way --------------------------------------------------------------------------------------


def _of_the_way(history: History, target: Any, source: Any, number: int) -> WhyNone:
    start, end = history.number(source), history.number(target)
    ancestors = history.ancestors(end)
    if start not in ancestors:
        return _through_numpy(history, start, ancestors) or _no_path(history, ancestors, end)
    reached = history.reached({start}, number)
    touched = reached | {start}
    for place, step in history.steps():
        is_on_the_way = not touched.isdisjoint(step.inputs) and (
            not ancestors.isdisjoint(step.outputs)
        )
        if is_on_the_way and reached.isdisjoint(step.outputs):
            return _break(history, place, step, start, number)
    return _connected(history, reached, ancestors)


def _break(history: History, place: int, step: Step, start: int, tape: int) -> WhyNone:
    """What it is about a step that no gradient comes back through it."""
    name, line = step.primitive.public, step.line
    where = "reading the variable" if step.primitive is read_variable else name
    where = f"{where} at {line}" if line else where
    if step.primitive is assign_variable:
        text = f"{where} puts it into a variable, and a variable does not pass gradients on."
        return WhyNone("assigned", text, "Compute with the tensor itself.", line, name)
    if step.primitive.stops_gradients:
        text = f"{where} has no gradient: its output is constant or a step function."
        if name == "stop_gradient":
            text = f"{where} stops the gradient."
        return WhyNone("stopped", text, "", line, name)
    if step.stops:
        kind = history.names.get(step.outputs[0], "integers")
        text = f"{where} makes {kind}, and integers have no gradient."
        return WhyNone("through an integer", text, "", line, name)
    late = [w for i, w in history.of_kind(Watch) if w.value == start and i > place]
    if start in step.inputs and late:
        at = f" at {late[0].line}" if late[0].line else ""
        text = f"{where} used the source before tape.watch{at}."
        return WhyNone("watched late", text, "Watch a tensor before it is used.", line, name)
    text = f"{where} ran {_when(history, place, tape)}."
    return WhyNone("not recorded", text, "Compute it within the tape's block.", line, name)


def _when(history: History, place: int, tape: int) -> str:
    """When a step ran that a tape did not see."""
    seen = [i for i, step in history.steps() if step.tapes is not None and tape in step.tapes]
    seen = sorted(seen + [i for i, watch in history.of_kind(Watch) if watch.tape == tape])
    if not seen or place > seen[-1]:
        return "outside the tape's block"
    return "before the tape's block" if place < seen[0] else "while the tape was not recording"


def _connected(history: History, reached: set[int], ancestors: set[int]) -> WhyNone:
    """The answer where nothing breaks the way: an operation has no gradient for its input."""
    for _, step in history.steps():
        on_the_way = not reached.isdisjoint(step.inputs) and not ancestors.isdisjoint(step.outputs)
        if on_the_way and step.primitive.public == "custom_gradient":
            text = f"custom_gradient at {step.line or 'a line not known'} is on the way."
            advice = "See whether its grad_fn returns None for the argument."
            return WhyNone("no rule", text, advice, step.line, "custom_gradient")
    return WhyNone(
        "not None",
        "the tape has all operations from the source to the target, so there is a gradient "
        "unless one of them has none for this input, as gathering has none for its indices.",
    )


def _through_numpy(history: History, start: int, ancestors: set[int]) -> WhyNone | None:
    """The answer where a value that depends on the source was taken out, and tensors made later."""
    descendants = history.descendants(start)
    made = [(i, each) for i, each in history.of_kind(Making) if each.value in ancestors]
    for place, taking in history.of_kind(Taking):
        later = [each for i, each in made if i > place]
        if taking.value in descendants and later:
            return WhyNone(
                "through NumPy",
                f"{taking.way} at {taking.line} takes the value out, and {later[-1].line} makes "
                "a tensor again: what is computed between them is not recorded.",
                "Compute with tf operations all the way.",
                taking.line,
                taking.way,
            )
    return None


def _no_path(history: History, ancestors: set[int], end: int) -> WhyNone:
    made = {number for _, step in history.steps() for number in step.outputs}
    steps = [step for _, step in history.steps()]
    leaves = [n for n in history.names if n in ancestors and n not in made]
    names = list(dict.fromkeys(history.described(n) for n in leaves))
    advice = "" if history.has_lines else EXPLAIN
    if not any(end in step.outputs for step in steps):
        text = (
            "the tape did not record the target: it was computed before or outside the tape's "
            "block, from what is not watched, or behind an operation without gradient."
        )
        if history.has_lines:
            text = "the target was not computed here by any operation."
        return WhyNone("not recorded", text, advice)
    shown = tuple(names[:SHOWN] + ([f"{len(names) - SHOWN} more"] if len(names) > SHOWN else []))
    text = "nothing leads from the source to the target."
    return WhyNone("no path", text, advice, depends_on=shown)


# A likely mistake -----------------------------------------------------------------------------


def likely_mistake(history: History, tape: Any, targets: Any, values: Any, grads: Any) -> str:
    """What to say of gradients that are None, or nothing where that is nothing special.

    `targets` and `values` are tensors and handles, and `grads` belong to `values`. A tensor that
    nobody watches is always worth a word, for its user named it; a variable only if it is alone,
    since many are in a list by the way.
    """
    missing = [value for value, grad in zip(values, grads, strict=True) if grad is None]
    is_alone = len(missing) == len(values)
    recorded = {number for _, step in history.steps() for number in step.outputs}
    watched = {watch.value for _, watch in history.of_kind(Watch)}
    for value in missing:
        if value.dtype is resource:
            found = _of_variable(value, tape) if is_alone else ""
        else:
            found = _of_tensor(value, recorded, watched)
        if found:
            return found
    if is_alone and missing and targets and recorded.isdisjoint(x.id for x in targets):
        return (
            f"a target that it recorded. Received: {name_of(targets[0])}, computed outside its "
            "block, or not by tf operations with gradients from what is watched"
        )
    return ""


def _of_tensor(tensor: Any, recorded: set[int], watched: set[int]) -> str:
    if tensor.dtype not in INEXACTS:
        is_said = tensor.id in watched  # by a warning of `watch`
        return "" if is_said else f"{_NUMBERS}. Received: {name_of(tensor)}"
    if tensor.id in recorded or tensor.id in watched:
        return ""
    return f"{_WATCHED}. Received: {name_of(tensor)}, for which tape.watch was not called"


def _of_variable(handle: Any, tape: Any) -> str:
    if not has_gradients(handle):
        return f"{_NUMBERS}. Received: {name_of(handle)}"
    if not is_trainable(handle):
        return f"{_WATCHED}. Received: {name_of(handle)}, which is not trainable"
    return ""


_NUMBERS = "sources of floating-point or complex numbers"
_WATCHED = "sources that it watches"
