"""The gradient of `while_loop`: the loop again with values kept, then a loop from last to first.

Sums that are there already go along: for what the loop only reads as the start of the totals, for
a loop variable in the first iteration. So all is added in the order of the eager tape.
"""

from __future__ import annotations

from math import inf, prod
from typing import TYPE_CHECKING, Any

from eagre.control.branching import cond
from eagre.control.flow import Flow
from eagre.control.looping import while_loop, while_primitive
from eagre.core.primitive import apply
from eagre.core.shapes import TensorShape
from eagre.gradients.graph_gradients import BackwardRun, backward_run, nothing_like
from eagre.primitives.families import INEXACTS
from eagre.primitives.rearrangement import shape_of_tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.specs import TensorSpec
    from eagre.graph.graph import Graph


def accumulate(
    wanted: list[Any], sums: dict[Any, Any], grads: Any, output: Any, inputs: Any, params: Any
) -> None:
    """Add the gradients of the inputs of a loop to the sums."""
    loop = _LoopGradient(wanted, sums, grads, output, inputs, params)
    if loop.carried:
        loop.flow.put(sums, loop.run())


class _LoopGradient:
    """One backward pass over a loop.

    `carried` are the loop variables that a gradient flows to in some iteration, `fixed` those of
    the other inputs that it reaches.
    """

    def __init__(
        self, wanted: list[Any], sums: Any, grads: Any, output: Any, inputs: Any, params: Any
    ) -> None:
        self.inputs, self.output, self.params = inputs, output, params
        self.count, self.body = params["count"], params["body"]
        self.specs = [x.spec for x in self.body.inputs]
        self.flow = Flow(wanted, sums, grads, self.body.inputs, self.body.inputs[: self.count])
        history = zip(params["history"], grads[self.count :], strict=False)
        self.flows = {i: grad for i, grad in history if grad is not None}
        self.carried, self.fixed = self._reached()
        pairs = zip(self.flow.summed, self.flow.before, strict=True)
        self.before = {i: total for i, total in pairs if i in self.fixed or self._is_joined(i)}
        self.flow.summed = list(self.before)
        self.backward = self._backward_run()
        reads = _positions_read(self.backward.graph, self.specs[: self.count])
        self.kept = _History(inputs, params, reads, params["history"])

    def _reached(self) -> tuple[list[int], list[int]]:
        """Follow the gradients through the body until no further loop variable is reached."""
        variables = [i for i in range(self.count) if self.specs[i].dtype in INEXACTS]
        others = [i for i in self.flow.positions if i >= self.count]
        flowing = {*self.flow.given, *self.flows}.intersection(variables)
        while True:
            run = backward_run(self.body, [*variables, *others], sorted(flowing))
            reached = flowing.union(i for i in run.reached if i < self.count)
            if reached == flowing:
                return sorted(flowing), [i for i in run.reached if i >= self.count]
            flowing = reached

    def _is_joined(self, position: int) -> bool:
        """Whether a loop variable's sum goes along: it has one shape in all iterations."""
        sizes = self.specs[position].sizes
        return position in self.carried and sizes is not None and None not in sizes

    def _backward_run(self) -> BackwardRun:
        """The body's, with the sums that go along in each step."""
        self.added = [i for i in self.carried if i in self.flows or i in self.before]
        summed = [*self.fixed, *self.added]
        return backward_run(self.body, [*self.carried, *self.fixed], self.carried, summed)

    def run(self) -> dict[int, Any]:
        """The new sums by position."""
        before = self.before
        seeds = dict(zip(self.flow.given, self.flow.seeds, strict=True))
        start = (
            self.kept.iterations() - 1,
            [seeds[i] if i in seeds else nothing_like(self.output[i]) for i in self.carried],
            [before[i] if i in before else nothing_like(self.inputs[i]) for i in self.fixed],
        )
        shapes = (
            TensorShape([]),
            [self.specs[i].shape for i in self.carried],
            [self.specs[i].shape for i in self.fixed],
        )
        index, grads, totals = while_loop(
            lambda i, *_: i >= 0, self._step, start, shapes
        )
        found = dict(zip(self.fixed, totals, strict=True))
        for i, grad in zip(self.carried, grads, strict=True):
            if i in self.flow.positions:
                found[i] = self._without_iterations(grad, before.get(i)) if i in before else grad
        return found

    def _step(self, index: Any, grads: Any, totals: Any) -> Any:
        """One iteration backward."""
        values = [self.kept.value(i, index) for i in range(self.count)]
        sums = [*totals, *[self._sum_at(i, index) for i in self.added]]
        found = self.backward.graph.run([*values, *self.inputs[self.count :], *grads, *sums])
        return index - 1, found[: len(self.carried)], found[len(self.carried) :]

    def _sum_at(self, position: int, index: Any) -> Any:
        """What the body's part is added to, in the gradient of a loop variable."""
        before, total = self.before.get(position), None
        if position in self.flows:
            total = self.kept.cut(self.flows[position][index], position, index)
        if before is None:
            return total
        first = cond(index == 0, lambda: before, lambda: nothing_like(before))
        return first if total is None else total + first

    def _without_iterations(self, grad: Any, before: Any) -> Any:
        """The sum of a loop variable, also where no iteration has taken the old one in."""
        return cond(self.kept.iterations() > 0, lambda: grad, lambda: before + grad)


def _positions_read(backward: Graph, specs: Sequence[TensorSpec]) -> list[int]:
    """The loop variables of which the backward graph reads values; the cheapest if there is none,
    because one of them tells the number of iterations."""
    read = {id(x) for operation in backward.operations for x in operation.inputs}
    read |= {id(x) for x in backward.outputs}
    found = [i for i in range(len(specs)) if id(backward.inputs[i]) in read]
    return found or [min(range(len(specs)), key=lambda i: _elements(specs[i]))]


def _elements(spec: TensorSpec) -> float:
    """How many elements there are, as far as is known."""
    sizes: Any = (None,) if spec.sizes is None else spec.sizes
    return inf if None in sizes else prod(sizes)


class _History:
    """The values that loop variables have at the start of each iteration of a second run."""

    def __init__(
        self, inputs: Any, params: Any, positions: Sequence[int], others: Sequence[int]
    ) -> None:
        """`others` are positions of which only the shapes have to be known."""
        specs = [x.spec for x in params["body"].inputs]
        varying = [
            i
            for i in sorted({*positions, *others})
            if specs[i].sizes is not None and None in specs[i].shape
        ]
        params = {**params, "history": tuple(positions), "shapes": tuple(varying)}
        outputs = apply(while_primitive, inputs, params)[params["count"] :]
        self.inputs = inputs
        self.stacks: dict[int, Any] = dict(zip(positions, outputs, strict=False))
        self.shapes: dict[int, Any] = dict(zip(varying, outputs[len(positions) :], strict=True))

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
            for axis, n in enumerate(padded.shape)
        ]
        return padded[tuple(key)]
