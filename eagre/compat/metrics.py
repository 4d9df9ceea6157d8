"""Metrics of the first eager programs: they gather over many batches what `result` then says."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops.creation import zeros_like
from eagre.ops.math import equal
from eagre.ops.reductions import reduce_sum
from eagre.ops.shaping import broadcast_to, cast, shape, size
from eagre.state.module import Module
from eagre.state.variable import Variable


class Metric(Module):
    """A metric. Subclasses define `call`, which gathers, and `result`."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__("".join(each if each.isalnum() else "_" for each in name or "") or None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Gather from one batch; returns what was given."""
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Gather from one batch; returns what was given."""
        raise NotImplementedError(f"{type(self).__name__} needs a method call, which gathers.")

    def result(self) -> Any:
        """The metric of all batches so far."""
        raise NotImplementedError(f"{type(self).__name__} needs a method result.")

    def init_variables(self) -> None:
        """Forget all batches."""
        for variable in self.variables:
            variable.assign(zeros_like(variable.value()))


class Mean(Metric):
    """The mean of all values, weighted if asked.

    >>> mean = tf.contrib.eager.metrics.Mean("loss")
    >>> _ = mean([1.0, 2.0])
    >>> _ = mean(6.0)
    >>> mean.result().numpy()
    np.float64(3.0)
    """

    def __init__(self, name: str | None = None, dtype: Any = dtypes.float64) -> None:
        super().__init__(name)
        self.dtype = dtypes.as_dtype(dtype)
        self.numer = Variable(0, trainable=False, dtype=self.dtype, name="numer")
        self.denom = Variable(0, trainable=False, dtype=self.dtype, name="denom")

    def call(self, values: Any, weights: Any = None) -> Any:
        """Gather values; weights broadcast to them."""
        numbers = cast(values, self.dtype)
        if weights is None:
            self.numer.assign_add(reduce_sum(numbers))
            self.denom.assign_add(cast(size(numbers), self.dtype))
            return values
        factors = broadcast_to(cast(weights, self.dtype), shape(numbers))
        self.numer.assign_add(reduce_sum(numbers * factors))
        self.denom.assign_add(reduce_sum(factors))
        return values, weights

    def result(self) -> Any:
        """The mean so far; NaN if there were no values."""
        return self.numer.value() / self.denom.value()


class Accuracy(Mean):
    """The part of predictions that are the labels.

    >>> accuracy = tf.contrib.eager.metrics.Accuracy()
    >>> _ = accuracy(labels=[1, 2, 3, 4], predictions=[1, 2, 3, 0])
    >>> accuracy.result().numpy()
    np.float64(0.75)
    """

    def call(self, labels: Any, predictions: Any, weights: Any = None) -> Any:
        """Gather labels and predictions of one shape."""
        known, found = to_tensor(labels), to_tensor(predictions)
        if not are_compatible(known.sizes, found.sizes):
            raise InvalidArgumentError(
                "Accuracy expected labels and predictions of one shape. "
                f"Received: labels.shape={known.shape}, predictions.shape={found.shape}"
            )
        super().call(equal(known, found), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)
