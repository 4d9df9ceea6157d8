"""Values let through only if they are as they should be, also where tracing cannot know."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError, OpError, OutOfRangeError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, broadcast_sizes, format_sizes, merge_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import BOOLS, FLOATS, INTEGERS, REALS, check_dtypes
from eagre.primitives.places import is_below
from eagre.primitives.summaries import listed


def shown(x: Any) -> str:
    """The elements for a message, in one line."""
    text = np.array2string(x, threshold=20, edgeitems=3, separator=", ")
    return text.replace("\n", "")


class Demand(Primitive):
    """`x`, unless some element of the condition is false: then an error with the message."""

    vectorize = batching.demand
    keeps_order = True
    input_count = 2
    needs = ()
    can_fail = True
    error: type[OpError] = InvalidArgumentError

    def infer(self, x: TensorSpec, condition: TensorSpec, *, message: str) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (condition,), BOOLS)
        return x

    def kernel(self, x: Any, condition: Any, *, message: str) -> Any:
        if not condition.all():
            raise self.error(f"{message}{shown(x)}")
        return x

    def gradient(self, grad: Any, output: Any, x: Any, condition: Any, *, message: str) -> Any:
        return grad, None


class DemandInRange(Demand):
    """`demand` for what goes on until a limit."""

    error = OutOfRangeError


class DemandBelow(Primitive):
    """`x`, unless some element is not in [0, limit): then an error with the message.

    Without a limit, `x` unless some element is negative.
    """

    vectorize = batching.as_it_is
    has_one_input = is_silent = keeps_order = True
    needs = ()
    can_fail = True

    def infer(self, x: TensorSpec, *, limit: int | None, message: str) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), REALS)
        return x

    def kernel(self, x: Any, *, limit: int | None, message: str) -> Any:
        if x.dtype.kind in "iu":
            fits = not x.size or is_below(x, limit)
        else:
            fits = (x >= 0).all() and (limit is None or (x < limit).all())
        if not fits:
            raise InvalidArgumentError(f"{message}{shown(x)}")
        return x

    def gradient(
        self, grad: Any, output: Any, x: Any, *, limit: int | None, message: str
    ) -> Any:
        return (grad,)


class EnsureShape(Primitive):
    """`x`, unless its shape is not the one that is expected."""

    vectorize = batching.ensure_shape
    has_one_input = True
    is_exact = True
    keeps_order = True
    needs = ()
    can_fail = True

    def infer(self, x: TensorSpec, *, shape: Any) -> TensorSpec:
        """What is known and what is expected, put together."""
        if not are_compatible(x.sizes, shape):
            raise self._misfit(format_sizes(x.sizes), shape)
        return TensorSpec.of(merge_sizes(x.sizes, shape), x.dtype)

    def kernel(self, x: Any, *, shape: Any) -> Any:
        if not are_compatible(x.shape, shape):
            raise self._misfit(format_sizes(x.shape), shape)
        return x

    def _misfit(self, came: str, shape: Any) -> InvalidArgumentError:
        return InvalidArgumentError(
            f"ensure_shape expected a tensor of shape {shape}. Received: x.shape={came}"
        )

    def gradient(self, grad: Any, output: Any, x: Any, *, shape: Any) -> Any:
        return (grad,)


class BroadcastShapes(Primitive):
    """The shape, as a vector, to which two shapes broadcast."""

    stops_gradients = True
    can_fail = True
    public = "broadcast_dynamic_shape"

    def infer(self, x: TensorSpec, y: TensorSpec) -> TensorSpec:
        """A vector as long as the longer one."""
        dtype = check_dtypes(self, (x, y), INTEGERS)
        if x.rank not in (1, None) or y.rank not in (1, None):
            raise InvalidArgumentError(
                "broadcast_dynamic_shape expected vectors of sizes. "
                f"Received: shape_x of shape {x.shape}, shape_y of shape {y.shape}"
            )
        lengths = [None if each.sizes is None else each.sizes[0] for each in (x, y)]
        known = [length for length in lengths if length is not None]
        return TensorSpec.of((max(known) if len(known) == 2 else None,), dtype)

    def kernel(self, x: Any, y: Any) -> Any:
        if not x.ndim == y.ndim == 1:
            raise ValueError("not vectors")
        sizes = broadcast_sizes(tuple(x.tolist()), tuple(y.tolist()), self.public)
        return np.array(sizes, x.dtype)


class Assertion(Primitive):
    """Nothing, unless some element of the condition is false: then an error that shows the data."""

    is_exact = True
    vectorize = batching.as_it_is
    public = "Assert"
    effect = "check"
    can_fail = True
    stops_gradients = True

    def infer(
        self, condition: TensorSpec, *data: TensorSpec, message: str, labels: Any, summarize: int
    ) -> tuple[()]:
        """No output."""
        check_dtypes(self, (condition,), BOOLS)
        return ()

    def kernel(
        self, condition: Any, *data: Any, message: str, labels: Any, summarize: int
    ) -> tuple[()]:
        if not condition.all():
            texts = [listed(array, summarize) for array in data]
            shown = [f"{name}{text}" for name, text in zip(labels, texts, strict=True)]
            raise InvalidArgumentError(f"{message} Received: {', '.join(shown) or 'False'}")
        return ()


class CheckNumerics(Primitive):
    """`tensor`, unless it holds NaN or infinity: then an error. The same holds for its gradient."""

    vectorize = batching.as_it_is
    effect = "check"
    has_one_input = True
    needs = ()
    can_fail = True

    def infer(self, tensor: TensorSpec, *, message: str) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (tensor,), FLOATS)
        return tensor

    def kernel(self, tensor: Any, *, message: str) -> Any:
        if not np.isfinite(tensor).all():
            kinds = [("Inf", np.isinf(tensor).any()), ("NaN", np.isnan(tensor).any())]
            found = " and ".join([kind for kind, is_there in kinds if is_there])
            text = f"check_numerics expected finite numbers. Received: {found} values. {message}"
            raise InvalidArgumentError(text.strip())
        return tensor

    def gradient(self, grad: Any, output: Any, tensor: Any, *, message: str) -> Any:
        return (check_numerics(grad, message=f"They are in the gradient. {message}".strip()),)


assertion = Assertion()
check_numerics = CheckNumerics()
demand = Demand()
demand_below = DemandBelow()
demand_in_range = DemandInRange()
ensure_shape = EnsureShape()
broadcast_shapes = BroadcastShapes()
