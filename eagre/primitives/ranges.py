"""Numbers in even steps."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives.families import REALS, check_dtypes, static_sizes

_arange: Any = np.arange


class Range(Primitive):
    """Numbers from start up to, not including, limit."""

    input_count = 3
    can_fail = True
    stops_gradients = True

    def infer(
        self, start: TensorSpec, limit: TensorSpec, delta: TensorSpec, *, size: int | None = None
    ) -> TensorSpec:
        """A vector whose length depends on the values; tracing may know it."""
        dtype = check_dtypes(self, (start, limit, delta), REALS)
        for name, spec in (("start", start), ("limit", limit), ("delta", delta)):
            if spec.sizes not in ((), None):
                raise InvalidArgumentError(
                    f"range expected scalars. Received: {name}.shape={spec.shape}"
                )
        return TensorSpec.of((size,), dtype)

    def kernel(self, start: Any, limit: Any, delta: Any, *, size: int | None = None) -> Any:
        first, last, step = start.item(), limit.item(), delta.item()
        if not _leads(first, last, step):
            raise InvalidArgumentError(
                "range expected a delta that leads from start to limit. "
                f"Received: start={start}, limit={limit}, delta={delta}"
            )
        if start.dtype.kind in "iu":
            return _arange(first, last, step, start.dtype)
        count = _steps(first, last, step)
        # Repeated addition, as TensorFlow does it; numpy.arange multiplies.
        steps = np.full(count, delta, start.dtype)
        steps[:1] = start
        return np.add.accumulate(steps)


def _leads(first: Any, last: Any, step: Any) -> bool:
    """Whether steps go from the first number towards the last one."""
    is_towards = last >= first if step > 0 else last <= first
    return step != 0 and is_towards and isfinite(last - first)


def _steps(first: Any, last: Any, step: Any) -> int:
    """How many steps of floats there are."""
    return int(np.ceil(np.abs((last - first) / step)))


def known_size(start: Any, limit: Any, delta: Any) -> int | None:
    """How many numbers a range has, where tracing knows it."""
    known = [static_sizes(x) for x in (start, limit, delta)]
    if any(part is None or None in part or len(part) != 1 for part in known):
        return None
    ((first,), (last,), (step,)) = known
    if not _leads(first, last, step):
        return None
    return _steps(first, last, step) if start.dtype.is_floating else len(range(first, last, step))


range_primitive = Range()
