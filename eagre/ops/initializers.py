"""Initializers: objects that make a tensor of a shape, called as `initializer(shape, dtype)`."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.tensor import Tensor
from eagre.ops import creation, random


class Initializer:
    """What has a value for each shape and dtype."""

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        """A tensor of the shape; `partition_shape`, where it is given, stands in its place."""
        raise NotImplementedError(f"{type(self).__name__} has no value")

    def get_config(self) -> dict[str, Any]:
        """The arguments with which this initializer was made."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The initializer with the arguments that `get_config` gave."""
        return cls(**{key: value for key, value in config.items() if key != "dtype"})

    def _shape(self, shape: Any, kwargs: dict[str, Any]) -> Any:
        surplus = kwargs.keys() - {"partition_shape", "partition_offset"}
        if surplus:
            raise TypeError(
                f"{type(self).__name__} expected partition_shape and partition_offset as "
                f"keywords. Received: {sorted(surplus)}"
            )
        part = kwargs.get("partition_shape")
        return shape if part is None else part

    def _number_dtype(self, dtype: Any) -> dtypes.DType:
        dtype = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
        if not (dtype.is_numeric or dtype.is_bool):
            raise ValueError(
                f"{type(self).__name__} expected a dtype of numbers or booleans. "
                f"Received: dtype={dtype.name}"
            )
        return dtype


class zeros_initializer(Initializer):
    """Zeros.

    >>> tf.zeros_initializer()([2]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Zeros of the shape."""
        return creation.zeros(self._shape(shape, kwargs), self._number_dtype(dtype))


class ones_initializer(Initializer):
    """Ones.

    >>> tf.ones_initializer()([2], tf.int32).numpy()
    array([1, 1], dtype=int32)
    """

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Ones of the shape."""
        return creation.ones(self._shape(shape, kwargs), self._number_dtype(dtype))


class constant_initializer(Initializer):
    """Values that are given: one for all elements, or one for each.

    >>> tf.constant_initializer([1, 2])([2, 1]).numpy()
    array([[1],
           [2]], dtype=int32)
    """

    def __init__(self, value: Any = 0, support_partition: bool = False) -> None:
        if isinstance(value, Tensor):
            raise TypeError(
                "constant_initializer expected a number, a list or an array. "
                f"Received: value={value!r}"
            )
        self.value = value
        self.support_partition = support_partition

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        """The values arranged in the shape."""
        wanted = self._shape(shape, kwargs)
        if kwargs and not self.support_partition:
            raise ValueError(
                "constant_initializer expected no partitions: support_partition is False. "
                f"Received: {sorted(kwargs)}"
            )
        return creation.constant(self.value, dtype, wanted)

    def get_config(self) -> dict[str, Any]:
        """The arguments with which this initializer was made."""
        return {"value": self.value}


class random_uniform_initializer(Initializer):
    """Evenly distributed numbers from `minval` up to `maxval`; the same ones for each seed.

    >>> tf.random_uniform_initializer(0.0, 1.0, seed=3)([2]).numpy()
    array([0.19591284, 0.93934524], dtype=float32)
    """

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: Any = None) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Numbers of the shape."""
        dtype = dtypes.as_dtype(dtype)
        if not (dtype.is_floating or dtype.is_integer):
            raise ValueError(
                "random_uniform_initializer expected a dtype of real numbers. "
                f"Received: dtype={dtype.name}"
            )
        shape = self._shape(shape, kwargs)
        if self.seed is None:
            return random.uniform(shape, self.minval, self.maxval, dtype)
        return random.stateless_uniform(shape, [self.seed, 0], self.minval, self.maxval, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments with which this initializer was made."""
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


class random_normal_initializer(Initializer):
    """Normally distributed numbers; the same ones for each seed.

    >>> tf.random_normal_initializer(seed=3)([2]).numpy()
    array([-0.03357924,  0.08380252], dtype=float32)
    """

    def __init__(self, mean: Any = 0.0, stddev: Any = 0.05, seed: Any = None) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Numbers of the shape."""
        dtype = dtypes.as_dtype(dtype)
        if not dtype.is_floating:
            raise ValueError(
                "random_normal_initializer expected a floating-point dtype. "
                f"Received: dtype={dtype.name}"
            )
        shape = self._shape(shape, kwargs)
        if self.seed is None:
            return random.normal(shape, self.mean, self.stddev, dtype)
        return random.stateless_normal(shape, [self.seed, 0], self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments with which this initializer was made."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}
