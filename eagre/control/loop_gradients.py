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
from eagre.control.flow import Flow
from eagre.control.looping import (
    positions_read,
    specs_in,
    varying,
    while_loop,
    while_primitive,
)
from eagre.control.sharing import Shared, shared_by_iteration
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.shapes import TensorShape
from eagre.gradients.graph_gradients import (
    BackwardRun,
    backward_run,
    nothing_like,
    refuse_effects,
    value_spec,
)
from eagre.primitives.arithmetic import maximum, minimum
from eagre.primitives.families import INEXACTS
from eagre.primitives.rearrangement import shape_of_tensor

if TYPE_CHECKING:
    from collections.abc import Sequence



def accumulate(
    wanted: list[Any], sums: dict[Any, Any], grads: Any, output: Any, inputs: Any, params: Any
) -> None:
    """Add the gradients of the inputs of a loop to the sums."""
    loop = _LoopGradient(wanted, sums, grads, output, inputs, params)
    if loop.carried or loop.fixed:
        loop.flow.put(sums, loop.run())


class _LoopGradient:
    """One backward pass over a loop.

    `carried` are the loop variables that a gradient flows to in some iteration, `fixed` those of
    the other inputs that it reaches, `kept` the further outputs of the body that have a gradient.
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
        history = zip(params["history"], grads[self.count :], strict=False)
        self.flows = {i: g for i, g in history if g is not None and self.specs[i].dtype in INEXACTS}
        self.kept = sorted(i for i in self.flows if i >= self.count)
        self.carried, self.fixed = self._reached()
        among = [*self.carried, *self.fixed]
        self.shared, self.again = shared_by_iteration(body, self.count, wanted, among)
        self.holders = dict(self.shared[0])
        last = {wanted[i]: i for i in sorted(among)}
        holders = [last.get(wanted[i]) for i in self.flow.summed]
        pairs = zip(holders, self.flow.before, strict=True)
        self.before = {i: total for i, total in pairs if i in self.fixed or self._is_joined(i)}
        self.flow.summed = list(self.before)
        self.added = [i for i in self.carried if i in self.flows or i in self.before]
        self.ways = [self._backward_run(each) for each in self.shared]
        reads = [i for run in self.ways for i in positions_read(run, self.specs[: self.count])]
        self.history = _history(inputs, output, params, [*dict.fromkeys(reads)])

    def _reached(self) -> tuple[list[int], list[int]]:
        """Follow the gradients through the body until no further loop variable is reached."""
        variables = [i for i in range(self.count) if self.specs[i].dtype in INEXACTS]
        others = [i for i in self.flow.positions if i >= self.count]
        flowing = {*self.flow.given, *self.flows}.intersection(variables)
        while True:
            run = backward_run(self.body, [*variables, *others], [*sorted(flowing), *self.kept])
            reached = flowing.union(i for i in run.reached if i < self.count)
            if reached == flowing:
                return sorted(flowing), [i for i in run.reached if i >= self.count]
            flowing = reached

    def _is_joined(self, position: int | None) -> bool:
        """Whether a loop variable's sum goes along: it has one shape in all iterations."""
        sizes = self.specs[position].sizes if position in self.carried else None
        return sizes is not None and None not in sizes

    def _backward_run(self, shared: Shared) -> BackwardRun:
        """The body's, with the sums that go along in each step."""
        summed = [*self.fixed, *self.added]
        given = [*self.carried, *self.kept]
        return backward_run(self.body, [*self.carried, *self.fixed], given, summed, shared)

    def run(self) -> dict[int, Any]:
        """The new sums by position."""
        before = self.before
        seeds = dict(zip(self.flow.given, self.flow.seeds, strict=True))
        start = (
            self.history.iterations() - 1,
            [seeds[i] if i in seeds else nothing_like(self.output[i]) for i in self.carried],
            [before[i] if i in before else nothing_like(self.inputs[i]) for i in self.fixed],
        )
        shapes = (
            TensorShape([]),
            [self.specs[i].shape for i in self.carried],
            [self.fixed_specs[i].shape for i in self.fixed],
        )
        index, grads, totals = while_loop(
            lambda i, *_: i >= 0, self._step, start, shapes
        )
        grads = dict(zip(self.carried, grads, strict=True))
        found = {**dict(zip(self.fixed, totals, strict=True)), **grads}
        return {
            i: self._without_iterations(i, total, grads)
            for i, total in found.items()
            if i in self.flow.positions and i not in self.holders
        }

    def _step(self, index: Any, grads: Any, totals: Any) -> Any:
        """One iteration backward."""
        history = self.history
        values = [history.value(i, index) for i in range(self.count)]
        kept = [history.cut(self.flows[i][index], i, index) for i in self.kept]
        sums = [*totals, *[self._sum_at(i, index) for i in self.added]]
        given = [*values, *self.inputs[self.count :], *grads, *kept, *sums]
        ways = [partial(self._back, way, given, index) for way in self.ways]
        found = ways[0]() if len(ways) == 1 else switch_case(self._way(index), ways)
        for i, total in zip((*self.carried, *self.fixed), found, strict=True):
            total.set_shape((self.specs[i] if i < self.count else self.fixed_specs[i]).shape)
        return index - 1, found[: len(self.carried)], found[len(self.carried) :]

    def _way(self, index: Any) -> Any:
        """Which of the ways goes back through an iteration."""
        again, period = self.again, len(self.ways) - self.again
        later = maximum(index - again, to_tensor(0))
        return minimum(index, to_tensor(again)) + (later % period if period > 1 else 0)

    def _back(self, way: BackwardRun, given: Sequence[Any], index: Any) -> list[Any]:
        own = [id(x) for x in self.body.outputs[self.count :]]
        places = [self.count + own.index(id(x)) for x in way.kept]
        return way.graph.run([*given, *[self.history.value(i, index) for i in places]])

    def _sum_at(self, position: int, index: Any) -> Any:
        """What the body's part is added to, in the gradient of a loop variable."""
        before, total = self.before.get(position), None
        if position in self.flows:
            total = self.history.cut(self.flows[position][index], position, index)
        if before is None:
            return total
        first = cond(index == 0, lambda: before, lambda: nothing_like(before))
        return first if total is None else total + first

    def _without_iterations(self, position: int, total: Any, grads: Any) -> Any:
        """The sum at a position, also where no iteration has put together what is one tensor."""
        parts = [grads[i] for i, holder in self.holders.items() if holder == position]
        if position in grads and position in self.before:
            parts.append(self.before[position])
        if not parts:
            return total
        return cond(
            self.history.iterations() > 0, lambda: total, lambda: reduce(add, parts[::-1], total)
        )


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
