"""Numbers in even steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives.families import REALS, check_dtypes

_arange: Any = np.arange


class Range(Primitive):
    """Numbers from start up to, not including, limit."""

    can_fail = True
    stops_gradients = True

    def infer(self, start: TensorSpec, limit: TensorSpec, delta: TensorSpec) -> TensorSpec:
        """A vector whose length depends on the values."""
        dtype = check_dtypes(self, (start, limit, delta), REALS)
        for name, spec in (("start", start), ("limit", limit), ("delta", delta)):
            if spec.sizes not in ((), None):
                raise InvalidArgumentError(
                    f"range expected scalars. Received: {name}.shape={spec.shape}"
                )
        return TensorSpec.of((None,), dtype)

    def kernel(self, start: Any, limit: Any, delta: Any) -> Any:
        first, last, step = start.item(), limit.item(), delta.item()
        if step == 0 or (last < first if step > 0 else last > first):
            raise InvalidArgumentError(
                "range expected a delta that leads from start to limit. "
                f"Received: start={start}, limit={limit}, delta={delta}"
            )
        if start.dtype.kind in "iu":
            return _arange(first, last, step, start.dtype)
        count = int(np.ceil(np.abs((limit.astype(np.float64) - start) / delta)))
        # Repeated addition, as TensorFlow does it; numpy.arange multiplies.
        steps = np.full(count, delta, start.dtype)
        steps[:1] = start
        return np.add.accumulate(steps)


range_primitive = Range()
