"""The doors for inputs that have each a dtype of its own, and for several outputs: `apply` cut to
two and to three inputs, and to one input that is parted.

They do the same steps in the same order as the doors in eagre/core/doors.py.
"""

from __future__ import annotations

from _thread import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.ambient import interpreters, recorders
from eagre.core.doors import accept, apply, named, quietly, recorder_of, recover, way_to_run
from eagre.core.tensor import EagerTensor, as_array, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.primitive import Primitive

ndarray = np.ndarray


def mixed_door(primitive: Primitive, count: int) -> Callable[..., Any]:
    """The door for so many inputs and one output."""
    return {2: _door_of_two, 3: _door_of_three}[count](primitive)


def _door_of_two(primitive: Primitive) -> Callable[..., Any]:
    accepted = primitive.accepted
    run, kernel = way_to_run(primitive)
    usual: Any = (None, None)  # the dtypes met last: comparing is cheaper than looking them up

    def door(x: Any, y: Any, **params: Any) -> Any:
        nonlocal usual
        if interpreters or y.__class__ is not EagerTensor or x.__class__ is not EagerTensor:
            return apply(primitive, (x, y), params)
        a = x.array
        b = y.array
        first, second = usual
        if a.dtype is not first or b.dtype is not second:
            signature = (a.dtype, b.dtype)
            if signature not in accepted:
                accept(primitive, (x, y), params, signature)
            if signature in accepted:
                usual = signature
        try:
            result = run(kernel, a, b, **params)
        except Exception as error:
            result = recover(error, primitive, (x, y), params)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if (x.id or y.id) and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x, y), params, output)
        return output

    return named(door, primitive)


def _door_of_three(primitive: Primitive) -> Callable[..., Any]:
    accepted = primitive.accepted
    run, kernel = way_to_run(primitive)
    usual: Any = (None, None, None)

    def door(x: Any, y: Any, z: Any, **params: Any) -> Any:
        nonlocal usual
        if interpreters or not x.__class__ is y.__class__ is z.__class__ is EagerTensor:
            return apply(primitive, (x, y, z), params)
        a, b, c = x.array, y.array, z.array
        first, second, third = usual
        if a.dtype is not first or b.dtype is not second or c.dtype is not third:
            signature = (a.dtype, b.dtype, c.dtype)
            if signature not in accepted:
                accept(primitive, (x, y, z), params, signature)
            if signature in accepted:
                usual = signature
        try:
            result = run(kernel, a, b, c, **params)
        except Exception as error:
            result = recover(error, primitive, (x, y, z), params)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x, y, z), params, output)
        return output

    return named(door, primitive)


def parting_door(primitive: Primitive) -> Callable[..., Any]:
    """`apply` for one input and a tuple of outputs."""
    kernel, accepted = primitive.kernel, primitive.accepted

    def door(x: Any, **params: Any) -> Any:
        if interpreters or x.__class__ is not EagerTensor:
            return apply(primitive, (x,), params)
        array = x.array
        if array.dtype not in accepted:
            accept(primitive, (x,), params, array.dtype)
        try:
            result = quietly(kernel, array, **params)
        except Exception as error:
            result = recover(error, primitive, (x,), params)
        output = tuple([wrap(as_array(each)) for each in result])
        if x.id and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x,), params, output)
        return output

    return named(door, primitive)
