"""Loops in the graph: what the block changes becomes the variables of a `while_loop`."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.control.branches import settle, trace_inner
from eagre.control.looping import loop_of_tensors, while_loop
from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import TensorShape, are_compatible
from eagre.core.specs import TensorSpec
from eagre.core.tensor import Tensor
from eagre.functions.autograph.branching import State
from eagre.functions.autograph.lists import GrowingList, tracked
from eagre.functions.autograph.values import (
    NUMBERS,
    UNDEFINED,
    Perhaps,
    expanded,
    fits,
    have_one_structure,
    is_same,
    is_tensor_like,
    label,
    shown,
    truth,
)
from eagre.graph.trace import user_line

_ATTEMPTS = 20


class LoopError(TypeError):
    """What a loop leaves in a variable does not go together with what was there before."""


class _AgainError(Exception):
    """The loop has to be traced again: a variable carries something else than was thought."""


def graph_loop(kind: str, test: Any, body: Any, state: State, options: Any = None) -> None:
    """Repeat `body()` while `test()`, a symbolic bool scalar, is true."""
    before = state.get()
    given: dict[str, Any] = (options or dict)() or {}
    carried = [
        _Carried(kind, name, value, _declared(value, given.get("shape_invariants")))
        for name, value in zip(state.names, before, strict=True)
    ]
    try:
        found = _attempts(kind, test, body, state, carried, given.get("maximum_iterations"))
        _check_parts(kind, state.names, found)
    except BaseException:
        state.set(before)
        raise
    state.set(found)


def _check_parts(kind: str, names: tuple[str, ...], found: Any) -> None:
    """Refuse an attribute or item that has no value if there is no iteration: unlike variables,
    those are read where nobody can tell that there is none."""
    for name, value in zip(names, found, strict=False):
        if isinstance(value, Perhaps) and not name.isidentifier():
            raise LoopError(
                f"{kind} over tensors expected {name} to have a value before the loop. Received: "
                f"no value before, {shown(value)} after an iteration, at {user_line()}. Set it "
                "to a tensor of that shape and dtype before."
            )


def _attempts(
    kind: str, test: Any, body: Any, state: State, carried: list[_Carried], maximum: Any
) -> Any:
    for _ in range(_ATTEMPTS):
        try:
            return _trace(kind, test, body, state, carried, maximum)
        except _AgainError:
            for each in carried:
                each.prepare()
        except DTypeMismatchError:
            if not _learn_dtypes(body, state, carried):
                raise
    raise LoopError(f"{kind} expected variables that keep their dtypes. Received: {state.names}")


def _trace(
    kind: str, test: Any, body: Any, state: State, carried: list[_Carried], maximum: Any
) -> Any:
    def restore(values: Any) -> None:
        leaves = iter(values)
        state.set(tuple([each.at_start(leaves) for each in carried]))

    def goes_on(*values: Any) -> Any:
        restore(values)
        return truth(test(), kind)

    def step(*values: Any) -> Any:
        restore(values)
        body()
        after = zip(carried, state.get(), strict=True)
        return [leaf for each, value in after for leaf in each.at_end(value)]

    pairs = [pair for each in carried for pair in each.both()]
    initial = [tensor for tensor, _ in pairs]
    if maximum is None:
        specs = [TensorSpec.of(shape.sizes, tensor.dtype) for tensor, shape in pairs]
        outputs = loop_of_tensors(goes_on, step, initial, specs)
    else:
        shapes = [shape for _, shape in pairs]
        outputs = while_loop(goes_on, step, initial, shapes, maximum_iterations=maximum)
    leaves = iter(outputs)
    return tuple([each.at_start(leaves) for each in carried])


def _learn_dtypes(body: Any, state: State, carried: list[_Carried]) -> bool:
    """Run the block once with Python numbers as they are, to see of which dtypes they become;
    whether that is news."""
    if not any(each.is_weak for each in carried):
        return False
    specs = [TensorSpec.of(shape.sizes, x.dtype) for c in carried for x, shape in c.both(True)]
    news: list[bool] = []

    def run(*values: Any) -> Any:
        leaves = iter(values)
        state.set(tuple([each.at_start(leaves, keeps_numbers=True) for each in carried]))
        body()
        pairs = zip(carried, state.get(), strict=True)
        news[:] = [each.learns(value) for each, value in pairs]
        return []

    try:
        trace_inner({"fn": run}, specs, "for")
    except LoopError:
        raise
    except (TypeError, ValueError):
        return False
    return any(news)


def _declared(value: Any, pairs: Any) -> Any:
    """The shape that set_loop_options declares for a variable, found by its value."""
    for tensor, shape in pairs or ():
        if tensor is value:
            return shape
    return None


class _Leaf:
    """One leaf of a variable: a tensor that the loop carries, or a constant."""

    def __init__(self, value: Any, declared: Any, is_constant: bool = False) -> None:
        self.value = value
        self.is_weak = isinstance(value, NUMBERS)
        self.is_carried = is_tensor_like(value) or (self.is_weak and not is_constant)
        self.dtype: Any = None
        self.declared = declared
        self.may_widen = False

    @property
    def tensor(self) -> Any:
        """The value before the first iteration."""
        return to_tensor(self.value, self.dtype)

    @property
    def shape(self) -> Any:
        """The shape that all iterations keep."""
        shape = self.tensor.shape
        if self.declared is None:
            return shape
        declared = self.declared
        declared = declared.shape if isinstance(declared, TensorSpec) else TensorShape(declared)
        if not are_compatible(declared.sizes, shape.sizes):
            raise InvalidArgumentError(
                "set_loop_options expected shape_invariants that fit the values before the loop. "
                f"Received: {declared} for {shown(self.value)}"
            )
        return declared


class _Carried:
    """What a loop carries of one variable."""

    def __init__(self, kind: str, name: str, value: Any, declared: Any) -> None:
        self.kind = kind
        self.name = label(name)
        self.before = value
        self.declared = declared
        self.flag = value.flag if isinstance(value, Perhaps) else None
        self.like = value.value if isinstance(value, Perhaps) else value
        is_constant = not name.isidentifier()
        self.is_constant = is_constant
        self.rebuild: Any = None
        self.wanted: Any = None
        self.leaves: list[_Leaf] = []
        if value is not UNDEFINED:
            self._take(self.like)

    def _take(self, like: Any) -> None:
        """Carry a value of this structure."""
        self.like = like
        leaves, self.rebuild = expanded(like)
        self.leaves = [_Leaf(leaf, self.declared, self.is_constant) for leaf in leaves]
        for leaf, is_part in zip(self.leaves, _are_parts(like), strict=True):
            leaf.may_widen = is_part

    def prepare(self) -> None:
        """Before the loop is traced again: bring the initial value into the form that an
        iteration has left."""
        wanted, self.wanted = self.wanted, None
        if wanted is None:
            return
        if GrowingList.is_wanted(self.like, wanted):
            self._take(GrowingList.of(self.like, wanted))
        settled = settle(self.like, wanted)
        if settled is not None:
            self._take(settled)

    @property
    def is_weak(self) -> bool:
        """Whether a Python number is carried, whose dtype is open."""
        return any(each.is_weak and each.is_carried for each in self.leaves)

    def both(self, without_numbers: bool = False) -> list[tuple[Any, Any]]:
        """The initial tensors that are carried, with the shapes that they keep."""
        carried = [e for e in self.leaves if e.is_carried and not (without_numbers and e.is_weak)]
        found = [(each.tensor, each.shape) for each in carried]
        if self.flag is not None:
            found.append((to_tensor(self.flag), TensorShape([])))
        return found

    def at_start(self, values: Any, keeps_numbers: bool = False) -> Any:
        """The variable's value at the start of an iteration, of the next ones of `values`."""
        if self.like is UNDEFINED:
            return UNDEFINED
        leaves = [
            next(values) if each.is_carried and not (keeps_numbers and each.is_weak) else each.value
            for each in self.leaves
        ]
        value = tracked(self.rebuild(leaves))
        return value if self.flag is None else Perhaps(value, next(values))

    def at_end(self, value: Any) -> list[Any]:
        """The tensors that the next iteration starts with."""
        flag = value.flag if isinstance(value, Perhaps) else value is not UNDEFINED
        value = value.value if isinstance(value, Perhaps) else value
        if self.like is UNDEFINED:
            if value is UNDEFINED:
                return []
            raise self._starting_from(value)
        if value is UNDEFINED:
            value = self.like
        leaves = [
            new
            for leaf, after in zip(self.leaves, self._parts_of(value), strict=True)
            for new in self._next(leaf, after)
        ]
        if self.flag is None and flag is not True:
            self.flag = True
            raise _AgainError
        return leaves if self.flag is None else [*leaves, to_tensor(flag)]

    def _parts_of(self, value: Any) -> list[Any]:
        """The leaves of a value after an iteration."""
        if isinstance(value, Tensor) and isinstance(self.like, Tensor):
            return [value]
        if GrowingList.is_wanted(self.like, value) and isinstance(self.like, list):
            self.wanted = value
            raise _AgainError
        if not have_one_structure(self.like, value):
            raise self._error("structure", value)
        if settle(self.like, value) is not None:
            self.wanted = value
            raise _AgainError
        leaves, _ = expanded(value)
        return leaves

    def _starting_from(self, value: Any) -> _AgainError:
        """A variable that has no value before the loop starts from zeros of the right kind."""
        leaves, rebuild = expanded(value)
        self._take(rebuild([_initial(leaf) for leaf in leaves]))
        for leaf, after in zip(self.leaves, leaves, strict=True):
            leaf.is_carried = is_tensor_like(after)
            leaf.declared = leaf.declared or (after.shape if leaf.is_carried else None)
            if leaf.is_carried:
                leaf.dtype = to_tensor(after).dtype
        self.flag = False
        return _AgainError()

    def _next(self, leaf: _Leaf, after: Any) -> list[Any]:
        """The leaf after an iteration, as a tensor if it is carried."""
        if not leaf.is_carried:
            if is_same(leaf.value, after):
                return []
            if isinstance(leaf.value, NUMBERS) and isinstance(after, NUMBERS):
                leaf.is_carried = True
                raise _AgainError
            raise self._error("value, which is not a tensor", after)
        dtype = leaf.tensor.dtype
        if isinstance(after, NUMBERS) and fits(after, dtype):
            return [to_tensor(after, dtype)]
        if not is_tensor_like(after) and not isinstance(after, NUMBERS):
            raise self._error("dtype", after)
        tensor = to_tensor(after)
        if tensor.dtype != dtype:
            if leaf.is_weak and leaf.dtype is None and _is_of_kind(leaf.value, tensor.dtype):
                leaf.dtype = tensor.dtype
                raise _AgainError
            raise self._error("dtype", after)
        if not tensor.spec.is_subtype_of(TensorSpec.of(leaf.shape.sizes, dtype)):
            if not leaf.may_widen:
                raise self._error("shape", after)
            leaf.declared = leaf.shape.most_specific_compatible_shape(tensor.shape)
            raise _AgainError
        return [tensor]

    def learns(self, value: Any) -> bool:
        """Take over the dtypes that Python numbers have after an iteration."""
        value = value.value if isinstance(value, Perhaps) else value
        if value is UNDEFINED or not have_one_structure(self.like, value):
            return False
        is_news = False
        for leaf, after in zip(self.leaves, expanded(value)[0], strict=True):
            if not leaf.is_weak or leaf.dtype is not None:
                continue
            dtype = to_tensor(after).dtype if is_tensor_like(after) else None
            if dtype is None or dtype == leaf.tensor.dtype:
                continue
            if not _is_of_kind(leaf.value, dtype):
                raise self._error("dtype", after)
            leaf.dtype, is_news = dtype, True
        return is_news

    def _error(self, what: str, after: Any) -> LoopError:
        advice = {
            "dtype": "Use tf.cast, or start with that dtype.",
            "structure": "Give it a value of one structure before the loop.",
            "shape": "Start with that shape, or declare the sizes that change by "
            "tf.autograph.experimental.set_loop_options(shape_invariants=...).",
        }.get(what, "Give it a tensor before the loop.")
        return LoopError(
            f"{self.kind} over tensors expected {self.name} to keep its {what}. Received: "
            f"{shown(self.before)} before the loop, {shown(after)} after an iteration, at "
            f"{user_line()}. {advice}"
        )


def _are_parts(value: Any) -> list[bool]:
    """For each leaf whether it is part of a composite, whose sizes may change."""
    if isinstance(value, Tensor):
        return [False]
    return [
        hasattr(leaf, "__composite__")
        for leaf in structure.flatten(value)
        for _ in expanded(leaf)[0]
    ]


def _initial(leaf: Any) -> Any:
    """What a variable that has no value yet starts from: an array of zeros."""
    if not is_tensor_like(leaf):
        return leaf
    tensor = to_tensor(leaf)
    return np.zeros(tuple([n or 0 for n in tensor.sizes or ()]), tensor.dtype.numpy)


def _is_of_kind(number: Any, dtype: Any) -> bool:
    """Whether a Python number leaves it open that it is of this dtype."""
    if isinstance(number, bool):
        return False
    if isinstance(number, int):
        return dtype.is_integer
    return fits(number, dtype)
