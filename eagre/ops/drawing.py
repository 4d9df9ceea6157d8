"""How random numbers are drawn from a stream: what the functions and generators share.

A stream is a function of a shape that gives a key and a counter. It is called when all arguments
have been found right, since it may change a state.
"""

from __future__ import annotations

import enum
from operator import index
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import scalar, to_tensor
from eagre.core.doors import apply
from eagre.core.errors import DTypeMismatchError
from eagre.ops.shaping import as_shape
from eagre.primitives import arithmetic, indexing
from eagre.primitives.families import FLOATS, apply_with_shape, shape_of
from eagre.primitives.random_bits import (
    FULL_RANGE,
    PHILOX,
    THREEFRY,
    random_bits,
    random_integers,
    refuse_negative,
)
from eagre.primitives.random_choices import random_categories, random_permutation
from eagre.primitives.random_distributions import random_uniform


class Algorithm(enum.Enum):
    """The algorithms of random bits.

    >>> tf.random.Algorithm.PHILOX.value
    1
    """

    PHILOX = PHILOX
    THREEFRY = THREEFRY
    AUTO_SELECT = 3


SIGNED_INTEGERS = frozenset({dtypes.int32, dtypes.int64})
_ANY_UNIFORM = FLOATS | FULL_RANGE


def algorithm_number(alg: Any, name: str) -> int:
    """The algorithm that a user names in any way; Philox where the choice is left to eagre."""
    number = alg.value if isinstance(alg, Algorithm) else alg
    number = 3 if alg is None else number
    if isinstance(alg, str):
        plain = alg.strip().lower().replace("-", "").replace("_", "")
        number = {"philox": PHILOX, "threefry": THREEFRY, "autoselect": 3}.get(plain)
    elif not hasattr(number, "__index__"):
        raise TypeError(f"{name} expected alg to be a string or a number. Received: alg={alg!r}")
    if number is None or index(number) not in (PHILOX, THREEFRY, 3):
        raise ValueError(
            f"{name} expected alg to be 'philox' (1), 'threefry' (2) or 'auto_select' (3). "
            f"Received: alg={alg!r}"
        )
    return THREEFRY if index(number) == THREEFRY else PHILOX


def draw_normal(
    primitive: Any,
    name: str,
    stream: Any,
    shape: Any,
    mean: Any,
    stddev: Any,
    dtype: Any,
    algorithm: int = PHILOX,
) -> Any:
    """Numbers of a (truncated) normal distribution."""
    dtype = check_dtype(dtypes.as_dtype(dtype), FLOATS, name)
    shape = _sizes(shape, name)
    if mean.__class__ is float and mean == 0 and stddev.__class__ is float and stddev == 1:
        return _draw(primitive, stream(shape), shape, dtype, algorithm)
    mean, stddev = scalar(mean, dtype, f"{name}(mean)"), scalar(stddev, dtype, f"{name}(stddev)")
    return _draw(primitive, stream(shape), shape, dtype, algorithm) * stddev + mean


def draw_uniform(
    name: str,
    stream: Any,
    shape: Any,
    minval: Any,
    maxval: Any,
    dtype: Any,
    algorithm: int = PHILOX,
) -> Any:
    """Floats or integers between bounds, or integers of the full range."""
    dtype = check_dtype(dtypes.as_dtype(dtype), _ANY_UNIFORM, name)
    shape = _sizes(shape, name)
    if dtype.is_integer:
        return _draw_integers(name, stream, shape, minval, maxval, dtype, algorithm)
    if minval.__class__ is int and minval == 0 and maxval is None:
        return _draw(random_uniform, stream(shape), shape, dtype, algorithm)
    low = scalar(minval, dtype, f"{name}(minval)")
    high = scalar(1 if maxval is None else maxval, dtype, f"{name}(maxval)")
    numbers = _draw(random_uniform, stream(shape), shape, dtype, algorithm)
    return numbers * (high - low) + low


def _draw_integers(
    name: str, stream: Any, shape: Any, minval: Any, maxval: Any, dtype: Any, algorithm: int
) -> Any:
    if (minval is None) != (maxval is None):
        raise ValueError(
            f"{name} expected both minval and maxval for integers, or None for both. "
            f"Received: minval={minval}, maxval={maxval}, dtype={dtype.name}"
        )
    if minval is None:
        return _draw(random_bits, stream(shape), shape, dtype, algorithm)
    check_dtype(dtype, SIGNED_INTEGERS, f"{name} with minval and maxval")
    low = scalar(minval, dtype, f"{name}(minval)")
    high = scalar(maxval, dtype, f"{name}(maxval)")
    return _draw(random_integers, stream(shape), shape, dtype, algorithm, low, high)


def draw_bits(name: str, stream: Any, shape: Any, dtype: Any, algorithm: int = PHILOX) -> Any:
    """Integers of the full range of their dtype."""
    dtype = check_dtype(dtypes.as_dtype(dtype), FULL_RANGE, name)
    shape = _sizes(shape, name)
    return _draw(random_bits, stream(shape), shape, dtype, algorithm)


def draw_categories(name: str, stream: Any, logits: Any, num_samples: Any, dtype: Any) -> Any:
    logits = to_tensor(logits, name=f"{name}(logits)")
    dtype = check_dtype(dtypes.as_dtype(dtype), SIGNED_INTEGERS, name)
    samples = _sizes([num_samples], f"{name}(num_samples)")
    batch = shape_of(logits)[:1]
    if batch.__class__ is tuple and samples.__class__ is tuple:
        shape = (*batch, *samples)
    else:
        shape = as_shape([*_scalars(batch), *_scalars(samples)], name)
    stream = stream(shape, logits.dtype.name, dtype.name)
    return _draw(random_categories, stream, samples, dtype, PHILOX, logits)


def _scalars(shape: Any) -> Any:
    """The sizes of a vector of one size."""
    return shape if shape.__class__ is tuple else [shape[0]]


def draw_shuffled(value: Any, stream: Any, algorithm: int = PHILOX) -> Any:
    if value.ndim == 0:
        return arithmetic.identity(value)
    shape = shape_of(value)
    order = _draw(random_permutation, stream(shape), shape[:1], dtypes.int64, algorithm)
    return indexing.gather(value, order, axis=0)


def _draw(primitive: Any, stream: Any, shape: Any, dtype: Any, algorithm: int, *inputs: Any) -> Any:
    if shape.__class__ is tuple:
        params = {"shape": shape, "dtype": dtype, "algorithm": algorithm}
        return apply(primitive, (*stream, *inputs), params)
    return apply_with_shape(primitive, (*stream, *inputs), shape, dtype=dtype, algorithm=algorithm)


def _sizes(shape: Any, name: str) -> Any:
    shape = as_shape(shape, name)
    if shape.__class__ is tuple:
        for size in shape:
            if size < 0:
                refuse_negative(name, shape)
    return shape


def check_dtype(dtype: dtypes.DType, allowed: frozenset[dtypes.DType], name: str) -> dtypes.DType:
    if dtype not in allowed:
        expected = ", ".join(sorted(each.name for each in allowed))
        raise DTypeMismatchError(
            f"{name} expected a dtype out of {expected}. Received: dtype={dtype.name}"
        )
    return dtype
