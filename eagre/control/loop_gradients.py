"""The gradient of `while_loop`: the loop again with values kept, then a loop from last to first.

Sums that are there already go along: for what the loop only reads as the start of the totals, for
a loop variable in the first iteration. So all is added in the order of the eager tape.
"""

from __future__ import annotations

from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from eagre.control.branching import cond
from eagre.control.choosing import switch_case
from eagre.control.flow import Flow, given_to_run
from eagre.control.looping import (
    positions_read,
    specs_in,
    varying,
    while_loop,
    while_primitive,
)
from eagre.control.sharing import shared_by_iteration
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.shapes import TensorShape
from eagre.gradients.graph_gradients import (
    Places,
    backward_run,
    nothing_like,
    refuse_effects,
    value_spec,
)
from eagre.gradients.perhaps import Perhaps, either
from eagre.primitives.arithmetic import maximum, minimum
from eagre.primitives.comparison import equal, greater, logical_and, logical_or
from eagre.primitives.families import INEXACTS
from eagre.primitives.rearrangement import shape_of_tensor

if TYPE_CHECKING:
    from collections.abc import Sequence


def accumulate(
    wanted: list[Any], sums: dict[Any, Any], grads: Any, output: Any, inputs: Any, params: Any
) -> None:
    """Add the gradients of the inputs of a loop to the sums."""
    loop = _LoopGradient(wanted, sums, grads, output, inputs, params)
    if loop.positions:
        loop.flow.put(sums, loop.run())


class _LoopGradient:
    """One backward pass over a loop.

    `carried` are the loop variables that a gradient flows to in some iteration, `fixed` those of
    the other inputs that it reaches, `kept` the further outputs of the body that have a gradient.
    `flagged` are those of the carried and fixed ones of which each iteration tells whether there
    is a gradient; the others have one after any iteration.
    """

    def __init__(
        self, wanted: list[Any], sums: Any, grads: Any, output: Any, inputs: Any, params: Any
    ) -> None:
        self.inputs, self.output, self.params = inputs, output, params
        self.count, body = params["count"], params["body"]
        self.body = body
        self.specs = specs_in(body, self.count)
        self.fixed_specs = {i: value_spec(body.inputs[i]) for i in range(self.count, len(inputs))}
        self.flow = Flow(wanted, sums, grads, body.inputs, body.inputs[: self.count])
        self.seeds = dict(zip(self.flow.given, self.flow.seeds, strict=True))
        history = zip(params["history"], grads[self.count :], strict=False)
        self.flows = {i: g for i, g in history if g is not None and self.specs[i].dtype in INEXACTS}
        self.kept = sorted(i for i in self.flows if i >= self.count)
        self.last, self.others, self.fixed = self._flowing()
        self.carried = sorted({*self.last, *self.others})
        self.positions = (*self.carried, *self.fixed)
        self._share(wanted)
        self._make_ways()
        specs = self.specs[: self.count]
        reads = [i for way in self.ways for i in positions_read(way.run, specs)]
        self.history = _history(inputs, output, params, [*dict.fromkeys(reads)])

    def _flowing(self) -> tuple[dict[int, bool], dict[int, bool], list[int]]:
        """To which loop variables gradients flow at the end of the last iteration and at the end
        of the others, and whether surely; and the other inputs that they reach."""
        variables = [i for i in range(self.count) if self.specs[i].dtype in INEXACTS]
        others = [i for i in self.flow.positions if i >= self.count]
        last = {i: g.__class__ is not Perhaps for i, g in self.seeds.items() if i in variables}
        reached: set[int] = set()
        flowing: dict[int, bool] = last
        rest: dict[int, bool] | None = None
        while True:
            given, doubtful = self.given(flowing)
            places = Places((*variables, *others), given, doubtful=doubtful)
            run = backward_run(self.body, places)
            reached.update(run.reached)
            after = {i: bool(run.presence[i]) for i in run.reached if i < self.count}
            after |= {i: _is_sure(g) for i, g in self.flows.items() if i < self.count}
            joined = after if rest is None else _joined(rest, after)
            if joined == rest:
                return last, joined, sorted(i for i in reached if i >= self.count)
            flowing = rest = joined

    def _share(self, wanted: list[Any]) -> None:
        """Find out which inputs of an iteration are one tensor, and which sums go along."""
        shared, self.again = shared_by_iteration(self.body, self.count, wanted, self.positions)
        self.holders = dict(shared[0])
        last = {wanted[i]: i for i in sorted(self.positions)}
        holders = [last.get(wanted[i]) for i in self.flow.summed]
        pairs = zip(holders, self.flow.before, strict=True)
        self.before: dict[Any, Any] = {
            i: total for i, total in pairs if i in self.fixed or self._is_joined(i)
        }
        self.flow.summed = list(self.before)
        self.first = [i for i in self.carried if i in self.before]
        if self.first and not self.again:
            # The first iteration is one of its own.
            shared, self.again = [*shared, shared[0]], 1
        self.shared = shared

    def _is_joined(self, position: int | None) -> bool:
        """Whether a loop variable's sum goes along: it has one shape in all iterations."""
        sizes = self.specs[position].sizes if position in self.carried else None
        return sizes is not None and None not in sizes

    def _make_ways(self) -> None:
        """The backward runs of an iteration: for what its inputs share, and what flows to it."""
        while True:
            flows = [self.last] if self.last == self.others else [self.last, self.others]
            self.backs = len(flows)
            fronts = range(len(self.shared))
            self.ways = [_Way(self, front, flowing) for front in fronts for flowing in flows]
            before = self.ways[self.backs :] or self.ways
            lost = [i for i in self.others if not all(way.run.presence[i] for way in before)]
            if not any(self.others[i] for i in lost):
                break
            self.others = self.others | dict.fromkeys(lost, False)
        doubtful = [i for each in flows for i, is_there in each.items() if not is_there]
        self.flagged = [
            i
            for i in self.positions
            if i in doubtful or not all(way.run.presence[i] for way in self.ways)
        ]

    def given(self, flowing: dict[int, bool]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The places of gradients that come to the end of an iteration, and those in doubt."""
        carried = sorted(flowing)
        unsure = [i for i in self.kept if not _is_sure(self.flows[i])]
        return (*carried, *self.kept), (*[i for i in carried if not flowing[i]], *unsure)

    def run(self) -> dict[int, Any]:
        """The new sums by position."""
        self.end = self.history.iterations() - 1
        starts = {i: self._start(i) for i in self.positions}
        flags = [_flag(self._given_at_start(i)) for i in self.flagged]
        shapes = [self._spec(i).shape for i in self.positions]
        _, totals, flags = while_loop(
            lambda i, *_: i >= 0,
            self._step,
            (self.end, list(starts.values()), [*map(to_tensor, flags)]),
            (TensorShape([]), shapes, [TensorShape([]) for _ in flags]),
        )
        found = dict(zip(self.positions, totals, strict=True))
        there = dict(zip(self.flagged, flags, strict=True))
        return {
            i: self._result(i, found, there)
            for i in self.positions
            if i in self.flow.positions and i not in self.holders
        }

    def _spec(self, position: int) -> Any:
        return (self.specs if position < self.count else self.fixed_specs)[position]

    def _given_at_start(self, position: int) -> Any:
        """The gradient of a loop variable's last value, or the sum of another input; or None."""
        return (self.seeds if position < self.count else self.before).get(position)

    def _start(self, position: int) -> Any:
        given = self._given_at_start(position)
        if given is not None:
            return to_tensor(given)
        return nothing_like((self.output if position < self.count else self.inputs)[position])

    def _step(self, index: Any, totals: Any, flags: Any) -> Any:
        """One iteration backward."""
        totals = dict(zip(self.positions, totals, strict=True))
        flags = dict(zip(self.flagged, flags, strict=True))
        fronts = [
            partial(self._by_end, self.ways[i : i + self.backs], index, totals, flags)
            for i in range(0, len(self.ways), self.backs)
        ]
        found = fronts[0]() if len(fronts) == 1 else switch_case(self._front(index), fronts)
        for i, total in zip(self.positions, found, strict=False):
            total.set_shape(self._spec(i).shape)
        count = len(self.positions)
        return index - 1, found[:count], found[count:]

    def _front(self, index: Any) -> Any:
        """The number of what the inputs share in an iteration."""
        again, period = self.again, len(self.shared) - self.again
        later = maximum(index - again, to_tensor(0))
        return minimum(index, to_tensor(again)) + (later % period if period > 1 else 0)

    def _by_end(self, ways: Sequence[_Way], index: Any, totals: Any, flags: Any) -> list[Any]:
        """Back through an iteration: if there are two ways, the first one is for the last."""
        back = [partial(self._back, way, index, totals, flags) for way in ways]
        return back[0]() if len(back) == 1 else cond(equal(index, self.end), back[0], back[1])

    def _back(self, way: _Way, index: Any, totals: Any, flags: Any) -> list[Any]:
        history, no = self.history, to_tensor(False)
        values = [history.value(i, index) for i in range(self.count)]
        grads = [
            totals[i] if is_sure else Perhaps(totals[i], flags[i])
            for i, is_sure in sorted(way.flowing.items())
        ]
        grads += [self._flow_at(i, index) for i in self.kept]
        sums = [
            totals[i] if _is_sure(self.before.get(i)) else Perhaps(totals[i], flags.get(i, no))
            for i in self.fixed
        ]
        sums += [reduce(add, self._parts(i, way.front, index)) for i in way.added]
        own = [id(x) for x in self.body.outputs[self.count :]]
        places = [self.count + own.index(id(x)) for x in way.run.kept]
        kept = [history.value(i, index) for i in places]
        given = [*values, *self.inputs[self.count :], *given_to_run(grads), *given_to_run(sums)]
        return way.run.results([*given, *kept], self.positions, self.flagged)

    def _parts(self, position: int, front: int, index: Any) -> list[Any]:
        """What the body's part is added to, in the gradient of a loop variable."""
        flow = [self._flow_at(position, index)] if position in self.flows else []
        return flow + ([self.before[position]] if self.takes_sum(position, front) else [])

    def takes_sum(self, position: int, front: int) -> bool:
        """Whether the sum of what a loop variable starts with goes along in an iteration."""
        return front == 0 and position in self.first

    def _flow_at(self, position: int, index: Any) -> Any:
        """The gradient of what was kept of an iteration."""
        flow = self.flows[position]
        value = self.history.cut(to_tensor(flow)[index], position, index)
        return value if _is_sure(flow) else Perhaps(value, flow.is_there)

    def _result(self, position: int, found: dict[int, Any], flags: dict[int, Any]) -> Any:
        """The sum at a position, also where no iteration has put together what is one tensor."""
        total = found[position]
        group = [i for i, holder in self.holders.items() if holder == position]
        parts = [found[i] for i in group]
        given = [self._given_at_start(i) for i in (*group, position)]
        if position in self.first:
            parts.append(self.before[position])
            given.append(self.before[position])
        went = greater(self.history.iterations(), to_tensor(0))
        if parts:
            total = cond(went, lambda: total, lambda: to_tensor(reduce(add, parts[::-1], total)))
        there = either([_flag(each) for each in given])
        if there is True and position not in flags:
            return total
        there = to_tensor(there)
        after = flags.get(position, went)
        return Perhaps(total, logical_or(logical_and(went, after), logical_and(~went, there)))


class _Way:
    """The backward run of an iteration from certain gradients, with the sums that go along.

    `front` numbers what its inputs share, `flowing` says what comes to its end and whether surely,
    `added` are the loop variables with a sum.
    """

    def __init__(self, loop: _LoopGradient, front: int, flowing: dict[int, bool]) -> None:
        self.front, self.flowing = front, flowing
        self.added = [i for i in loop.carried if i in loop.flows or loop.takes_sum(i, front)]
        unsure = [i for i in loop.fixed if not _is_sure(loop.before.get(i))]
        for i in self.added:
            flow = _is_sure(loop.flows.get(i))
            if not flow and not (loop.takes_sum(i, front) and _is_sure(loop.before[i])):
                unsure.append(i)
        given, doubtful = loop.given(flowing)
        summed, shared = (*loop.fixed, *self.added), loop.shared[front]
        places = Places(loop.positions, given, summed, shared, doubtful, tuple(unsure))
        self.run = backward_run(loop.body, places)


def _is_sure(grad: Any) -> bool:
    """Whether there is a gradient, whatever the values."""
    return grad is not None and grad.__class__ is not Perhaps


def _flag(grad: Any) -> Any:
    """Whether there is a gradient: True, False or a tensor."""
    return grad.is_there if grad.__class__ is Perhaps else grad is not None


def _joined(a: dict[int, bool], b: dict[int, bool]) -> dict[int, bool]:
    """What comes to one of two iterations, and whether surely to both."""
    return {i: a.get(i, False) and b.get(i, False) for i in {**a, **b}}


def _history(inputs: Any, output: Any, params: Any, reads: Sequence[int]) -> _History:
    """What the loop has kept, or what it keeps when it runs again."""
    count = params["count"]
    if not params.get("runs_once"):
        refuse_effects(params["condition"])
        refuse_effects(params["body"])
        body = params["body"]
        shapes = varying([*reads, *params["history"]], specs_in(body, count))
        params = {**params, "history": tuple(reads), "shapes": shapes}
        output = apply(while_primitive, inputs, params)
    return _History(inputs, output[count:], params)


class _History:
    """The values that loop variables have at the start of each iteration, and those that the body
    puts out besides."""

    def __init__(self, inputs: Any, outputs: Sequence[Any], params: Any) -> None:
        positions, shapes = params["history"], params["shapes"]
        self.inputs = inputs
        self.specs = specs_in(params["body"], params["count"])
        self.stacks: dict[int, Any] = dict(zip(positions, outputs, strict=False))
        self.shapes: dict[int, Any] = dict(zip(shapes, outputs[len(positions) :], strict=True))

    def iterations(self) -> Any:
        """How many iterations there were."""
        return shape_of_tensor(next(iter(self.stacks.values())))[0]

    def value(self, position: int, index: Any) -> Any:
        """The value at the start of an iteration; something of its kind if it is not kept."""
        if position not in self.stacks:
            return self.inputs[position]
        return self.cut(self.stacks[position][index], position, index)

    def cut(self, padded: Any, position: int, index: Any) -> Any:
        """What is left of a padded value when it has the shape of that iteration."""
        if position not in self.shapes:
            return padded
        sizes = self.shapes[position][index]
        key = [
            slice(None, sizes[axis]) if n is None else slice(None)
            for axis, n in enumerate(self.specs[position].shape)
        ]
        return padded[tuple(key)]
