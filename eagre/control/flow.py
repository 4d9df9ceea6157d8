"""What flows backward through an operation that holds graphs: gradients in, sums out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.control.sharing import shared_pairs
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.gradients.graph_gradients import Places, has_gradient
from eagre.gradients.perhaps import Perhaps
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.specs import TensorSpec
    from eagre.core.tensor import Tensor
    from eagre.graph.graph import Graph


def zeros_of(spec: TensorSpec, lead: tuple[int, ...] = ()) -> Any:
    """An array of zeros of a spec, whose unknown sizes are taken for 0, with `lead` before."""
    zero = b"" if spec.dtype == dtypes.string else 0
    shape = (*lead, *[n or 0 for n in spec.sizes or ()])
    return np.broadcast_to(np.array(zero, spec.dtype.numpy), shape)


@cache
def unranked(dtype: Any) -> Any:
    """What stands for an output of unknown rank of the branch that was not taken: one array of
    the dtype, which is known by that."""
    return np.array(b"" if np.dtype(dtype).kind == "O" else 0, dtype)


def absent_of(spec: TensorSpec) -> Any:
    """What stands for an output of the branch that was not taken."""
    return unranked(spec.dtype.numpy) if spec.sizes is None else zeros_of(spec)


def variables_read(inputs: Sequence[Any], *graphs: Graph) -> list[Any]:
    """Those inputs of an operation that one of its graphs, which all take them, reads."""
    places = {place for graph in graphs for place in _places_read(graph)}
    return [x for place, x in enumerate(inputs) if place in places]


def _places_read(graph: Graph) -> set[int]:
    if "places_read" not in graph.memo:
        read = {
            id(x)
            for each in graph.operations
            if each.primitive.reads_variables
            for x in each.primitive.variables_read(each.inputs, each.params)
        }
        places = {place for place, x in enumerate(graph.parameters) if id(x) in read}
        graph.memo["places_read"] = places
    return graph.memo["places_read"]


class Flow:
    """The gradients of outputs that are there, and the inputs that want theirs.

    `positions` are those inputs, `given` the places of the outputs, `seeds` their gradients,
    `summed` the positions that have a sum already, `before` those sums. Inputs that are one tensor
    have one sum, at the last of their positions: `shared` are pairs of another one and that one.
    """

    def __init__(
        self,
        keys: Sequence[Any],
        sums: dict[Any, Any],
        grads: Sequence[Any],
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
    ) -> None:
        self.keys = keys
        self.positions = [
            i for i, x in enumerate(inputs) if keys[i] is not None and has_gradient(x)
        ]
        pairs = zip(grads, outputs, strict=False)
        self.given = [
            i for i, (g, x) in enumerate(pairs) if g is not None and x.dtype in INEXACTS
        ]
        self.seeds = [grads[i] for i in self.given]
        self.shared = shared_pairs([(i, keys[i]) for i in self.positions])
        others = dict(self.shared)
        self.summed = [i for i in self.positions if i not in others and keys[i] in sums]
        self.before = [_without_slices(sums[keys[i]]) for i in self.summed]

    def places(self) -> Places:
        """What a backward run has to know."""
        return Places(
            tuple(self.positions),
            tuple(self.given),
            tuple(self.summed),
            self.shared,
            doubtful_of(self.given, self.seeds),
            doubtful_of(self.summed, self.before),
        )

    def put(self, sums: dict[Any, Any], found: dict[int, Any]) -> None:
        """Keep new sums by position; where the old one did not come along, it is added."""
        for position, total in found.items():
            key = self.keys[position]
            took_sum_along = position in self.summed or key not in sums
            sums[key] = total if took_sum_along else sums[key] + total


def _without_slices(total: Any) -> Any:
    return total if total.__class__ is Perhaps else to_tensor(total)


def doubtful_of(places: Sequence[int], grads: Sequence[Any]) -> tuple[int, ...]:
    """Those places of whose gradients only values tell whether they are there."""
    pairs = zip(places, grads, strict=True)
    return tuple([place for place, grad in pairs if grad.__class__ is Perhaps])


def given_to_run(grads: Sequence[Any]) -> list[Any]:
    """Gradients as a backward run takes them: values, then what tells whether they are there."""
    flags = [grad.is_there for grad in grads if grad.__class__ is Perhaps]
    return [*map(to_tensor, grads), *flags]


def packed(totals: Sequence[Any], places: Sequence[int], doubted: Sequence[int]) -> dict[int, Any]:
    """Sums by place of what a backward run returns: `Perhaps` for those in doubt."""
    found = dict(zip(places, totals, strict=False))
    flags = zip(doubted, totals[len(places) :], strict=True)
    return found | {i: Perhaps(found[i], flag) for i, flag in flags}
