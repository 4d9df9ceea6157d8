"""Means, variances and what is made of them; biases, dropout and embeddings."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.complex_parts import imag, real
from eagre.ops.joining import concat
from eagre.ops.math import squared_difference
from eagre.ops.reductions import (
    reduce_mean,
    reduce_sum,
)
from eagre.ops.selection import gather, same_dtype
from eagre.ops.shaping import cast, stop_gradient
from eagre.ops.squares import reduce_variance, sum_of_squares
from eagre.primitives import arithmetic, rearrangement, transcendental
from eagre.primitives.comparison import select
from eagre.primitives.families import COMPLEXES, HALVES, shape_of, zero_like
from eagre.primitives.rearrangement import stack


def moments(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The mean and the variance over axes; halves are computed in float32.

    `shift` is not used.

    >>> mean, variance = tf.nn.moments(tf.constant([1.0, 3.0]), axes=[0])
    >>> mean.numpy(), variance.numpy()
    (np.float32(2.0), np.float32(1.0))
    """
    x = to_tensor(x)
    y = cast(x, dtypes.float32) if x.dtype in HALVES else x
    mean = reduce_mean(y, axes, keepdims)
    if y.dtype.is_floating:
        variance = reduce_variance(y, axes, keepdims)
    else:
        center = stop_gradient(reduce_mean(y, axes, keepdims=True))
        variance = reduce_mean(squared_difference(y, center), axes, keepdims)
    return cast(mean, x.dtype), cast(variance, x.dtype)


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: Any,
    name: str | None = None,
) -> Any:
    """scale * (x - mean) / sqrt(variance + variance_epsilon) + offset.

    `offset` and `scale` may be None. All shapes broadcast. Ioffe and Szegedy, "Batch
    normalization: accelerating deep network training by reducing internal covariate shift", 2015.

    >>> tf.nn.batch_normalization(tf.constant([1.0, 3.0]), 2.0, 1.0, None, None, 0.0).numpy()
    array([-1.,  1.], dtype=float32)
    """
    x = to_tensor(x)
    _, mean = same_dtype(x, mean, "batch_normalization")
    _, variance = same_dtype(x, variance, "batch_normalization")
    factor = transcendental.rsqrt(variance + variance_epsilon)
    if scale is not None:
        factor = factor * scale
    shift = -mean * factor if offset is None else offset - mean * factor
    return x * factor + shift


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Any:
    """x / sqrt(max(sum(abs(x) ** 2), epsilon)), with the sum over axes, by default all.

    >>> tf.nn.l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    x = to_tensor(x)
    axis = dim if axis is None else axis
    total = _sum_of_squares(x, axis)
    inverse = transcendental.rsqrt(arithmetic.maximum.door(total, epsilon))
    return x * (cast(inverse, x.dtype) if x.dtype in COMPLEXES else inverse)


def _sum_of_squares(x: Any, axis: Any) -> Any:
    """That of the absolute values, in real numbers."""
    if x.dtype not in COMPLEXES:
        return sum_of_squares(x, axis, keepdims=True)
    squares = arithmetic.square(real(x)) + arithmetic.square(imag(x))
    return reduce_sum(squares, axis, keepdims=True)


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Any:
    """`value` [batch, ..., channels] plus `bias` [channels].

    With a `data_format` that begins with "NC", `value` is [batch, channels, ...].

    Raises:
        InvalidArgumentError: the bias has not as many elements as there are channels.

    >>> tf.nn.bias_add([[1.0, 2.0]], [10.0, 20.0]).numpy()
    array([[11., 22.]], dtype=float32)
    """
    value, bias = same_dtype(value, bias, "bias_add")
    is_first = data_format is not None and data_format.startswith("NC")
    if not (data_format is None or is_first or data_format.startswith("N")
            and data_format.endswith("C")):
        raise ValueError(
            "bias_add expected a data_format that begins with NC, or with N and ends with C. "
            f"Received: data_format={data_format!r}"
        )
    _check_bias(value, bias, 1 if is_first else -1)
    if is_first and value.ndim is None:
        raise ValueError("bias_add with channels first needs a value of known rank.")
    if is_first and value.ndim > 2:
        bias = rearrangement.expand_dims(bias, axis=tuple(range(1, value.ndim - 1)))
    return value + bias


def _check_bias(value: Any, bias: Any, axis: int) -> None:
    fits = bias.ndim in (1, None) and (value.ndim is None or value.ndim >= 2)
    if fits and bias.sizes is not None and value.sizes is not None:
        count, channels = bias.sizes[0], value.sizes[axis]
        fits = count is None or channels is None or count == channels
    if not fits:
        raise InvalidArgumentError(
            "bias_add expected a value with at least two axes and a bias with one, as long as "
            "there are channels. "
            f"Received: value.shape={value.shape}, bias.shape={bias.shape}"
        )


def dropout(
    x: Any, rate: Any, noise_shape: Any = None, seed: Any = None, name: str | None = None
) -> Any:
    """`x` with each element set to 0 with probability `rate`, the others scaled by 1 / (1 - rate).

    Args:
        rate: a number in [0, 1), or a scalar tensor.
        noise_shape: the shape in which elements are kept or dropped together; it broadcasts to
            that of `x`, and None in it stands for the size of `x`.

    Raises:
        ValueError: `x` is not of a floating-point dtype, or `rate` is outside [0, 1).

    Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.

    >>> tf.nn.dropout([1.0, 2.0], rate=0.0).numpy()
    array([1., 2.], dtype=float32)
    """
    from eagre.ops.random import uniform

    return _dropped(
        x, rate, lambda shape, dtype: uniform(shape, seed=seed, dtype=dtype), noise_shape, "dropout"
    )


def stateless_dropout(
    x: Any,
    rate: Any,
    seed: Any,
    rng_alg: Any = None,
    noise_shape: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.nn.dropout` whose choice follows from `seed`, two integers, alone.

    Args:
        rng_alg: "philox", "threefry" or "auto_select".

    >>> x = tf.ones([6])
    >>> tf.nn.experimental.stateless_dropout(x, 0.5, seed=[1, 2]).numpy()
    array([2., 0., 2., 0., 0., 2.], dtype=float32)
    """
    from eagre.ops.random import stateless_uniform

    def sample(shape: Any, dtype: Any) -> Any:
        return stateless_uniform(shape, seed, dtype=dtype, alg=rng_alg or "auto_select")

    return _dropped(x, rate, sample, noise_shape, "stateless_dropout")


def general_dropout(
    x: Any, rate: Any, uniform_sampler: Any, noise_shape: Any = None, name: str | None = None
) -> Any:
    """`tf.nn.dropout` that draws by `uniform_sampler(shape=..., dtype=...)`.

    >>> x = tf.constant([1.0, 2.0])
    >>> draw = lambda shape, dtype: tf.constant([0.2, 0.7], dtype)
    >>> tf.nn.experimental.general_dropout(x, 0.5, draw).numpy()
    array([0., 4.], dtype=float32)
    """

    def sample(shape: Any, dtype: Any) -> Any:
        return uniform_sampler(shape=shape, dtype=dtype)

    return _dropped(x, rate, sample, noise_shape, "general_dropout")


def _dropped(x: Any, rate: Any, sample: Any, noise_shape: Any, name: str) -> Any:
    """`x` without the elements whose numbers, drawn by `sample`, are below the rate."""
    x = to_tensor(x)
    if not x.dtype.is_floating:
        raise ValueError(
            f"{name} expected x of a floating-point dtype, for it is scaled. "
            f"Received: x.dtype={x.dtype.name}"
        )
    is_number = isinstance(rate, int | float)
    if is_number and not 0 <= rate < 1:
        raise ValueError(f"{name} expected a rate in [0, 1). Received: rate={rate}")
    if is_number and rate == 0:
        return x
    noise = sample(_noise_shape(x, noise_shape), x.dtype)
    if not is_number:
        rate = cast(to_tensor(rate, name=name), x.dtype)
        if rate.ndim:
            raise ValueError(f"{name} expected a scalar rate. Received: rate.shape={rate.shape}")
    return select(noise >= rate, x * (1.0 / (1.0 - rate)), zero_like(x))


def _noise_shape(x: Any, noise_shape: Any) -> Any:
    if noise_shape is None:
        return shape_of(x)
    if not isinstance(noise_shape, list | tuple) or None not in noise_shape:
        return noise_shape
    sizes = shape_of(x)
    filled = [sizes[i] if n is None else n for i, n in enumerate(noise_shape)]
    if all(isinstance(n, int) for n in filled):
        return tuple(filled)
    return stack([cast(n, dtypes.int32) for n in filled])


def embedding_lookup(
    params: Any, ids: Any, max_norm: Any = None, name: str | None = None
) -> Any:
    """The rows of `params` [vocabulary, ...] that `ids` [...] name.

    A list of tensors holds one after the other the rows of a larger one. With `max_norm`, rows of
    a larger L2 norm are scaled down to it.

    Raises:
        InvalidArgumentError: an id is not in [0, vocabulary).

    >>> tf.nn.embedding_lookup(tf.constant([[1.0, 2.0], [3.0, 4.0]]), [1, 0]).numpy()
    array([[3., 4.],
           [1., 2.]], dtype=float32)
    """
    shards: Any = params if isinstance(params, list | tuple) else [params]
    if params is None or not shards:
        raise ValueError(
            f"embedding_lookup expected a tensor, or a list of them. Received: params={params}"
        )
    params = concat(shards, 0) if len(shards) > 1 else shards[0]
    ids = to_tensor(ids)
    rows = gather(params, ids)
    if max_norm is None:
        return rows
    if rows.ndim is None or ids.ndim is None:
        raise ValueError("embedding_lookup with max_norm needs tensors of known rank.")
    axes = tuple(range(ids.ndim, rows.ndim))
    squares = sum_of_squares(rows, axes, keepdims=True) if axes else rows * rows
    _, most = same_dtype(rows, max_norm, "embedding_lookup")
    is_large = squares > most * most
    # The root of what is not scaled would have an infinite gradient at 0.
    safe = select(is_large, squares, zero_like(squares) + 1)
    return select(is_large, rows * (most / transcendental.sqrt(safe)), rows)
