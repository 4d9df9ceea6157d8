"""The operation that made the first bad number: found in a recorded run by bisection.

If a value is bad, let the frontier at a moment be the values that have been made by then and that
it is still to be computed from. The frontier is empty at the start and bad at the end, so somewhere
a step makes a bad value of good ones, or of one that came in bad; halving the interval finds such
a step and looks at few values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import structure
from eagre.core.tensor import Tensor
from eagre.debugging.numbers import is_bad

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def first_bad(steps: Sequence[Any], target: Any) -> Any:
    """The step that makes a bad number of good ones, on the way to `target` if that is bad."""
    if target is None or not is_bad(target):
        return next((step for step in steps if _makes_bad(step)), None)
    path = _path_to(steps, target)
    low, high = 0, len(path)
    if not path:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _frontier_is_bad(path, middle, target):
            high = middle
        else:
            low = middle
    return path[low]


def _makes_bad(step: Any) -> bool:
    return any(map(is_bad, step.outputs)) and not any(map(is_bad, step.inputs))


def _path_to(steps: Sequence[Any], target: Any) -> list[Any]:
    """The steps that lead to a value, in their order."""
    needed, path = {id(target)}, []
    for step in reversed(steps):
        if not needed.isdisjoint(map(id, step.outputs)):
            path.append(step)
            needed.update(map(id, step.inputs))
    return path[::-1]


def _frontier_is_bad(path: Sequence[Any], place: int, target: Any) -> bool:
    """Whether a value that is made before `place` and used from there on is bad."""
    made = {id(output): output for step in path[:place] for output in step.outputs}
    used = {id(x) for step in path[place:] for x in step.inputs} | {id(target)}
    return any(is_bad(made[number]) for number in used if number in made)


def first_bad_number(fn: Callable[..., Any], *args: Any) -> Any:
    """The first operation of `fn(*args)` that makes NaN or infinity, None if there is none.

    The run is recorded without looking at values; where a result is not finite, bisection looks
    at few of them afterwards. So it costs less than `enable_check_numerics`, but keeps all values
    until it is done.

    >>> def loss(x):
    ...     return tf.reduce_sum(tf.math.log(x - 1.0) * 2.0)
    >>> tf.debugging.first_bad_number(loss, tf.constant([1.0, 2.0])).name
    'log'
    """
    from eagre.debugging.recording import record

    with record() as run:
        result = fn(*args)
    leaves = structure.flatten(result, expand_composites=True)
    bad = [leaf for leaf in leaves if isinstance(leaf, Tensor) and is_bad(leaf)]
    return first_bad(run.steps, bad[0] if bad else None)
