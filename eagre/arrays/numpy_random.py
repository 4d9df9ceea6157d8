"""`tf.experimental.numpy.random`: NumPy's names for drawing from the global generator."""

from __future__ import annotations

from typing import Any

from eagre.arrays.manipulating import broadcast_arrays
from eagre.arrays.promotion import as_array, default_float, dtype_of
from eagre.core import dtypes
from eagre.ops import distributions
from eagre.ops import random as drawing
from eagre.primitives.families import shape_of


def seed(s: Any) -> None:
    """Set the global seed, as `tf.random.set_seed` does.

    >>> tf.experimental.numpy.random.seed(5)
    """
    try:
        number = int(s)
    except TypeError:
        raise ValueError(f"seed expected an integer. Received: s={s!r}") from None
    drawing.set_seed(number)


def _shape(size: Any) -> Any:
    return () if size is None else size


def standard_normal(size: Any = None) -> Any:
    """Normally distributed numbers with mean 0 and deviation 1.

    >>> tf.experimental.numpy.random.standard_normal((2, 3)).dtype
    tf.float64
    """
    return drawing.normal(_shape(size), dtype=default_float())


def randn(*args: Any) -> Any:
    """Normally distributed numbers in a shape of these sizes.

    >>> tf.experimental.numpy.random.randn(2, 3).shape
    TensorShape([2, 3])
    """
    return standard_normal(args)


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
    """Numbers from `low` up to, not including, `high`.

    >>> tf.experimental.numpy.random.uniform(size=3).shape
    TensorShape([3])
    """
    low, high = (as_array(x, default_float(), name="uniform") for x in (low, high))
    if size is None:
        size = shape_of(broadcast_arrays(low, high)[0])
    return drawing.uniform(size, low, high, default_float())


def random(size: Any = None) -> Any:
    """Numbers from 0 up to, not including, 1.

    >>> tf.experimental.numpy.random.random(2).dtype
    tf.float64
    """
    return uniform(0.0, 1.0, _shape(size))


def rand(*size: Any) -> Any:
    """Numbers from 0 up to, not including, 1, in a shape of these sizes.

    >>> tf.experimental.numpy.random.rand(2, 3).shape
    TensorShape([2, 3])
    """
    return uniform(0.0, 1.0, size)


def poisson(lam: Any = 1.0, size: Any = None) -> Any:
    """Counts of events of which `lam` are expected, as int64; `size` stands before its axes.

    >>> tf.experimental.numpy.random.poisson(3.0, (2, 3)).dtype
    tf.int64
    """
    return distributions.poisson(_shape(size), lam, dtypes.int64)


def randint(low: Any, high: Any = None, size: Any = None, dtype: Any = dtypes.int64) -> Any:
    """Integers from `low` up to, not including, `high`; with one bound, from 0.

    >>> tf.experimental.numpy.random.randint(10, size=4).dtype
    tf.int64
    """
    target = dtype_of(dtype)
    if target not in (dtypes.int32, dtypes.int64):
        raise ValueError(f"randint expected int32 or int64. Received: dtype={target.name}")
    low, high = (0, int(low)) if high is None else (int(low), int(high))
    return drawing.uniform(_shape(size), low, high, target)
