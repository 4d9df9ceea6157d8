"""Branches in the graph: both blocks are traced, what they leave in variables is put together."""

from __future__ import annotations

from typing import Any

from eagre.control.branches import close_together, settle, trace_inner
from eagre.control.branching import conditional
from eagre.core.conversion import to_tensor
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.functions.autograph.lists import EmptyListError, GrowingList, tracked, untracked
from eagre.functions.autograph.values import (
    UNDEFINED,
    Perhaps,
    common_dtype,
    expanded,
    have_one_structure,
    is_same,
    is_tensor_like,
    label,
    placeholder,
    shown,
)
from eagre.graph.graph import apply_flow
from eagre.graph.trace import Trace, finish, user_line


class State:
    """The variables that a branch or loop changes.

    `names` are those that matter afterwards. `get` and `set` have further ones after them, which
    one block may change and another one needs as they were.
    """

    __slots__ = ("get", "names", "set")

    def __init__(self, names: tuple[str, ...], get: Any, put: Any) -> None:
        self.names = names
        self.get = get or (lambda: ())
        self.set = put or (lambda values: None)


class BranchError(TypeError):
    """What the branches of a condition leave in a variable does not go together."""


def graph_if(test: Any, body: Any, orelse: Any, state: State, kind: str = "if") -> None:
    """Trace both blocks, and let the graph choose by `test`, a symbolic bool scalar."""
    before = state.get()
    try:
        (true_graph, trues), (false_graph, falses) = _both(body, orelse, state, before)
    except RecursionError as error:
        state.set(before)
        raise _too_deep(error) from None
    except BaseException:
        state.set(before)
        raise
    graphs = true_graph, false_graph
    sides = zip(state.names, trues, falses, strict=False)
    merged = [_Merged(label(name), (a, b), graphs, kind) for name, a, b in sides]
    for name, each in zip(state.names, merged, strict=False):
        if each.is_perhaps and not name.isidentifier():
            raise each.part_without_value()
    outputs = _choose(test, graphs, merged)
    values = [each.value(outputs) for each in merged]
    state.set((*values, *before[len(values) :]))


def choose(test: Any, body: Any, orelse: Any, kind: str) -> Any:
    """The value of one of two functions."""
    true_graph, true = _traced_value(body)
    false_graph, false = _traced_value(orelse)
    graphs = true_graph, false_graph
    merged = _Merged("the value", (true, false), graphs, kind)
    return merged.value(_choose(test, graphs, [merged]))


def _both(body: Any, orelse: Any, state: State, before: Any) -> Any:
    """Both blocks, traced. Where one takes an item out of an empty list, the other one tells what
    items it has when the graph runs."""
    try:
        return _traced(body, state, before), _traced(orelse, state, before)
    except EmptyListError:
        known = _with_items(body, orelse, state, before)
        if all(a is b for a, b in zip(known, before, strict=True)):
            raise
        return _traced(body, state, known), _traced(orelse, state, known)


def _with_items(body: Any, orelse: Any, state: State, before: Any) -> tuple[Any, ...]:
    """The values before, of which empty lists are such that have the items of a block."""
    known = before
    for block in (body, orelse):
        try:
            _, values = _traced(block, state, before)
        except EmptyListError:
            continue
        pairs = zip(known, values, strict=True)
        known = [GrowingList.of(a, b) if GrowingList.is_wanted(a, b) else a for a, b in pairs]
    return tuple(known)


def _traced(block: Any, state: State, before: Any) -> tuple[Any, Any]:
    def run() -> Any:
        state.set(tuple([tracked(each) for each in before]))
        if block is not None:
            block()
        return tuple([untracked(each) for each in state.get()])

    return _traced_value(run)


def _traced_value(function: Any) -> tuple[Any, Any]:
    """The graph of a function, without outputs yet, and what the function returns."""
    found: list[Any] = []

    def run() -> Any:
        found[:] = [function()]
        return []

    (graph,) = trace_inner({"branch": run}, [], "if")
    return graph, found[0]


def _choose(test: Any, graphs: tuple[Any, Any], merged: list[_Merged]) -> Any:
    """The operation that chooses, with what `merged` wants of the graphs as outputs."""
    pairs = [pair for each in merged for pair in each.pairs]
    for side, graph in enumerate(graphs):
        _give_out(graph, [pair[side] for pair in pairs], [pair[2] for pair in pairs])
    effects = {op.primitive.effect for graph in graphs for op in graph.all_operations()}
    if not pairs and effects <= {None, "read"}:
        return iter(())
    captures = close_together(graphs)
    params = {"true_graph": graphs[0], "false_graph": graphs[1]}
    return iter(apply_flow(conditional, (test, *captures), params))


def _give_out(graph: Any, leaves: list[Any], dtypes: list[Any]) -> None:
    """Make the leaves outputs; only what is no tensor of the graph yet has to be traced."""
    if all(leaf.__class__ is SymbolicTensor and leaf.graph is graph for leaf in leaves):
        graph.give_out(leaves)
        return
    with Trace(graph):
        pairs = zip(leaves, dtypes, strict=True)
        finish(graph, [_output(leaf, dtype) for leaf, dtype in pairs])


class _Merged:
    """What a variable holds after a branch: a Python value where both blocks leave the same one,
    else outputs of the operation."""

    def __init__(self, name: str, values: Any, graphs: Any, kind: str) -> None:
        self.name = name
        self.pairs: list[tuple[Any, Any, Any]] = []
        self.kind = kind
        self.flags = [_flag(each) for each in values]
        self.graphs = graphs
        true, false = [each.value if isinstance(each, Perhaps) else each for each in values]
        self.is_undefined = true is UNDEFINED and false is UNDEFINED
        self.leaves: list[Any] = []
        self.rebuild: Any = lambda leaves: leaves[0]
        if true is false:
            self.leaves = [true]
        elif isinstance(true, Tensor) and isinstance(false, Tensor):
            self._pair(true, false)
        else:
            self._pair_leaves(true, false)
        if self.is_perhaps and not is_same(*self.flags):
            self.pairs.append((*self.flags, None))

    @property
    def is_perhaps(self) -> bool:
        """Whether the variable may have no value."""
        return not self.is_undefined and any(flag is not True for flag in self.flags)

    def _pair_leaves(self, true: Any, false: Any) -> None:
        true, false = self._alike(true, false)
        (trues, rebuild), (falses, other) = [
            self._expanded(side, graph)
            for side, graph in zip((true, false), self.graphs, strict=True)
        ]
        self.rebuild = rebuild or other
        trues = [_Absent(leaf) for leaf in falses] if true is UNDEFINED else trues
        falses = [_Absent(leaf) for leaf in trues] if false is UNDEFINED else falses
        if len(trues) != len(falses):
            raise self._error(true, false)
        for a, b in zip(trues, falses, strict=True):
            self._pair(a, b)

    def _alike(self, true: Any, false: Any) -> Any:
        """Both sides in one form: lists that grow, and tensor arrays that got elements."""
        if true is UNDEFINED or false is UNDEFINED:
            return true, false
        if GrowingList.is_wanted(true, false):
            with Trace(self.graphs[0]):
                true = GrowingList.of(true, false)
            with Trace(self.graphs[1]):
                false = GrowingList.of(false, true)
        if not have_one_structure(true, false):
            raise self._error(true, false)
        with Trace(self.graphs[0]):
            true = _first(settle(true, false), true)
        with Trace(self.graphs[1]):
            false = _first(settle(false, true), false)
        return true, false

    def _expanded(self, side: Any, graph: Any) -> Any:
        if side is UNDEFINED:
            return [], None
        with Trace(graph):
            return expanded(side)

    def _pair(self, a: Any, b: Any) -> None:
        given = [each for each in (a, b) if not isinstance(each, _Absent)]
        is_alone = len(given) == 1
        if is_same(given[0], given[-1]) and not (is_alone and is_tensor_like(given[0])):
            self.leaves.append(given[0])
            return
        dtype = common_dtype(given[0], given[-1])
        if dtype is None:
            raise self._error(a, b)
        self.leaves.append(UNDEFINED)
        self.pairs.append((a, b, dtype))

    def _error(self, true: Any, false: Any) -> BranchError:
        return BranchError(
            f"{self.kind} with a tensor as its condition expected both ways to leave {self.name} "
            f"with values of one structure and dtype. Received: {shown(true)} if true, "
            f"{shown(false)} if false, at {user_line()}. Use tf.cast, or give both the same kind."
        )

    def part_without_value(self) -> BranchError:
        """The error for an attribute or item that has a value on one way only: unlike variables,
        those are read where nobody can tell that there is none."""
        return BranchError(
            f"{self.kind} with a tensor as its condition expected {self.name} to have a value "
            f"before, or on both ways. Received: no value on one way, at {user_line()}. Set it to "
            "a tensor of the same shape and dtype before."
        )

    def value(self, outputs: Any) -> Any:
        """The Python value, which takes its tensors from the outputs of the operation."""
        if self.is_undefined:
            return UNDEFINED
        leaves = [next(outputs) if each is UNDEFINED else each for each in self.leaves]
        value = self.rebuild(leaves)
        if not self.is_perhaps:
            return value
        flag = self.flags[0] if is_same(*self.flags) else next(outputs)
        return Perhaps(value, flag)


def _flag(value: Any) -> Any:
    """Whether a variable has a value: a bool, or a tensor where the graph knows."""
    return value.flag if isinstance(value, Perhaps) else value is not UNDEFINED


def _first(a: Any, b: Any) -> Any:
    return b if a is None else a


class _Absent:
    """Stands for a leaf in the block in which its variable gets no value."""

    def __init__(self, leaf: Any) -> None:
        self.leaf = leaf


def _output(leaf: Any, dtype: Any) -> Any:
    """What a block gives out for a leaf."""
    return placeholder(leaf.leaf) if isinstance(leaf, _Absent) else to_tensor(leaf, dtype)


def _too_deep(error: RecursionError) -> RecursionError:
    text = str(error)
    if text.startswith("if "):
        return error
    came = text.partition(" while ")[0]
    return RecursionError(
        "if with a tensor as its condition cannot end a recursion: both ways are traced, each time "
        f"again. Received: {came}, at {user_line()}. Use a while loop, or a Python condition."
    )
