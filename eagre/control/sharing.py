"""Which inputs of a branch or body are one tensor, for the order of additions.

Eager code adds what comes to a tensor to one sum, whatever variables hold it. In a loop's first
iteration the loop variables are what they started with; in a later one they are what the body
made, or passed on, before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eagre.graph.graph import Graph

Shared = tuple[tuple[int, int], ...]
"""Pairs of a position and the last one that holds the same tensor."""


def shared_by_iteration(
    body: Graph, count: int, keys: Sequence[Any], among: Iterable[int]
) -> tuple[list[Shared], int]:
    """What is shared in the iterations 0, 1, 2 …, and from which of these on it comes again.

    `keys` tell which inputs of the loop are one tensor; positions that are not `among` count for
    nothing.
    """
    positions = sorted(among)
    places = {id(x): i for i, x in enumerate(body.inputs)}
    found: list[Shared] = []
    shared = shared_pairs([(i, ("no key", i) if keys[i] is None else keys[i]) for i in positions])
    while shared not in found:
        found.append(shared)
        last = dict(shared)

        def token(i: int, last: dict[int, int] = last) -> Any:
            end = id(body.outputs[i]) if i < count else id(body.inputs[i])
            place = places.get(end)
            return ("made", end) if place is None else ("held", last.get(place, place))

        shared = shared_pairs([(i, token(i)) for i in positions])
    return found, found.index(shared)


def shared_pairs(pairs: Sequence[tuple[int, Any]]) -> Shared:
    """What is shared among positions, given with what tells their tensors apart."""
    last = {token: i for i, token in pairs}
    return tuple([(i, last[token]) for i, token in pairs if last[token] != i])
