"""Which function the user called: what an error message begins with."""

from __future__ import annotations

import sys

_SPELLINGS = {
    "getitem": "tensor[...]",
    "binomial": "Generator.binomial",
    "open_checkpoint": "CheckpointView",
}
_RUNNING = frozenset({"graph.graph", "functions.concrete", "control.calling"})
_BETWEEN = frozenset({"apply", "infer", "interpret", "operator", "reflected"})


class Called(str):
    """The function that the user called: looked up when a message is formatted with it.

    It is the outermost function of this package that is running and has a public name; where
    there is none, this very text stands.
    """

    __slots__ = ()

    def __format__(self, specification: str) -> str:
        name = str(self)
        frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        package = __name__.partition(".")[0] + "."
        while frame is not None:
            module, function = frame.f_globals.get("__name__", ""), frame.f_code.co_name
            if not module.startswith(package):
                break
            place = module.removeprefix(package)
            # Draws are computed in these modules, which have nothing that users call.
            is_inner = place in _RUNNING or place.startswith("primitives.random_")
            is_between = is_inner or function in _BETWEEN
            if function[0] not in "_<" and not is_between:
                name = _SPELLINGS.get(function) or function.rstrip("_")
            frame = frame.f_back
        return name


CALLED = Called("tensor")
