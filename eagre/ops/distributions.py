"""Random numbers of gamma, Poisson, binomial and bounded normal distributions.

They are drawn by rejection, one by one: see `primitives/random_rejection.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import scalar, to_tensor
from eagre.ops.conversions import broadcast_dynamic_shape
from eagre.ops.drawing import check_dtype
from eagre.ops.joining import concat
from eagre.ops.random import global_stream, stateless_stream
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import as_shape
from eagre.primitives import arithmetic, rearrangement, reductions
from eagre.primitives.families import FLOATS, apply_with_shape, shape_of
from eagre.primitives.random_bits import PHILOX, refuse_negative
from eagre.primitives.random_counts import random_binomial, random_poisson
from eagre.primitives.random_normals import random_bounded_normal
from eagre.primitives.random_rejection import COUNTS, random_gamma

# Gamma ------------------------------------------------------------------------------------------


def gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Numbers of gamma distributions: for each `alpha` and `beta` as many as `shape` says.

    `alpha` is the shape of a distribution, `beta` (by default 1) the inverse of its scale; the
    result is [*shape, *alpha]. Gradients flow to both. No number is 0: the least one is the
    smallest normal one of the dtype. They are TensorFlow's to the rounding of logarithms.

    Raises:
        InvalidArgumentError: an alpha is negative, infinite or NaN.

    Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; Figurnov,
    Mohamed and Mnih, "Implicit reparameterization gradients", 2018.

    >>> tf.random.set_seed(7)
    >>> tf.random.gamma([2], [0.5, 3.0], seed=9).numpy().round(1)
    array([[0.3, 2.7],
           [0. , 3.7]], dtype=float32)
    """
    dtype = check_dtype(dtypes.as_dtype(dtype), FLOATS, "gamma")
    alpha, beta = _alpha_and_beta(alpha, beta, dtype, "gamma")
    full = _with_samples(shape, alpha, "gamma")
    stream = global_stream(seed, "gamma", dtype.name)
    return _scaled_gamma(stream, full, alpha, beta, dtype)


def stateless_gamma(
    shape: Any,
    seed: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """Numbers of gamma distributions, a function of the seed: see `gamma`.

    Here `shape` is that of the result, and ends with the shape of `alpha` and `beta`.

    >>> tf.random.stateless_gamma([2, 2], [1, 2], alpha=[0.5, 3.0]).numpy().round(4)
    array([[0.067 , 4.6746],
           [0.6282, 3.3504]], dtype=float32)
    """
    dtype = check_dtype(dtypes.as_dtype(dtype), FLOATS, "stateless_gamma")
    alpha, beta = _alpha_and_beta(alpha, beta, dtype, "stateless_gamma")
    stream = stateless_stream(seed, PHILOX, "stateless_gamma")
    return _scaled_gamma(stream, _full_shape(shape, "stateless_gamma"), alpha, beta, dtype)


def _alpha_and_beta(alpha: Any, beta: Any, dtype: Any, name: str) -> tuple[Any, Any]:
    """Both parameters; alpha has the shape to which they broadcast."""
    alpha = to_tensor(alpha, dtype, name=f"{name}(alpha)")
    beta = scalar(1 if beta is None else beta, dtype, f"{name}(beta)")
    return _spread(alpha, beta)[0], beta


def _spread(*tensors: Any) -> list[Any]:
    """Tensors broadcast to their common shape."""
    shapes = [shape_of(x) for x in tensors]
    shape = shapes[0]
    for other in shapes[1:]:
        shape = shape if shape is other else _common_shape(shape, other)
    return [x if shape is own else rearrangement.broadcast_to(x, shape)
            for x, own in zip(tensors, shapes, strict=True)]


def _common_shape(one: Any, other: Any) -> Any:
    shape = broadcast_dynamic_shape(to_tensor(one, dtypes.int32), to_tensor(other, dtypes.int32))
    return as_shape(shape, "broadcast_dynamic_shape")


def _scaled_gamma(stream: Any, shape: Any, alpha: Any, beta: Any, dtype: Any) -> Any:
    drawn = _draw(random_gamma, stream, shape, dtype, alpha)
    return arithmetic.maximum.door(drawn / beta, scalar(_SMALLEST[dtype.name], dtype))


_SMALLEST = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126,
             "float64": 2.0**-1022}
"""The smallest normal number of each dtype."""


def _draw(primitive: Any, stream: Any, shape: Any, dtype: Any, *parameters: Any) -> Any:
    inputs = (*stream(shape), *parameters)
    return apply_with_shape(primitive, inputs, shape, dtype=dtype, algorithm=PHILOX)


def _full_shape(shape: Any, name: str) -> Any:
    shape = as_shape(shape, name)
    if shape.__class__ is tuple:
        refuse_negative(name, shape)
    return shape


def _with_samples(shape: Any, parameter: Any, name: str) -> Any:
    """The shape of samples followed by that of the parameter."""
    shape, own = _full_shape(shape, name), shape_of(parameter)
    if shape.__class__ is tuple and own.__class__ is tuple:
        return (*shape, *own)
    return concat([to_tensor(shape, dtypes.int32), to_tensor(own, dtypes.int32)], 0)


# Counts -----------------------------------------------------------------------------------------


def poisson(
    shape: Any,
    lam: Any,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Numbers of Poisson distributions: for each rate `lam` as many as `shape` says.

    The result is [*shape, *lam]; its numbers are TensorFlow's. No gradient flows to `lam`.

    Raises:
        InvalidArgumentError: a rate is negative or NaN, or infinite for integers.

    Hörmann, "The transformed rejection method for generating Poisson random variables", 1993.

    >>> tf.random.set_seed(7)
    >>> tf.random.poisson([4], [2.0, 50.0], tf.int32, seed=9).numpy()
    array([[ 3, 51],
           [ 3, 39],
           [ 4, 39],
           [ 1, 49]], dtype=int32)
    """
    dtype = check_dtype(dtypes.as_dtype(dtype), COUNTS, "poisson")
    lam = to_tensor(lam, name="poisson(lam)")
    full = _with_samples(shape, lam, "poisson")
    stream = global_stream(seed, "poisson", lam.dtype.name, dtype.name)
    return _draw(random_poisson, stream, full, dtype, lam)


def stateless_poisson(
    shape: Any, seed: Any, lam: Any, dtype: Any = dtypes.int32, name: str | None = None
) -> Any:
    """Numbers of Poisson distributions, a function of the seed: see `poisson`.

    Here `shape` is that of the result, and ends with the shape of `lam`.

    >>> tf.random.stateless_poisson([4, 2], [1, 2], [2.0, 50.0]).numpy()
    array([[ 3, 43],
           [ 4, 56],
           [ 3, 50],
           [ 3, 49]], dtype=int32)
    """
    dtype = check_dtype(dtypes.as_dtype(dtype), COUNTS, "stateless_poisson")
    lam = to_tensor(lam, name="stateless_poisson(lam)")
    stream = stateless_stream(seed, PHILOX, "stateless_poisson")
    return _draw(random_poisson, stream, _full_shape(shape, "stateless_poisson"), dtype, lam)


def stateless_binomial(
    shape: Any,
    seed: Any,
    counts: Any,
    probs: Any,
    output_dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Any:
    """How many of `counts` trials succeed with probability `probs`: a function of the seed.

    `shape` is that of the result, and ends with the shape to which the parameters broadcast.
    The numbers are TensorFlow's; no gradient flows to the parameters. Probabilities below 0
    count as 0, those above 1 as 1, and negative counts as 0.

    Raises:
        InvalidArgumentError: a parameter is NaN, a count is infinite, or the shapes do not fit
            together.

    Hörmann, "The generation of binomial random variates", 1993.

    >>> tf.random.stateless_binomial([4, 2], [1, 2], [10.0, 1000.0], [0.3, 0.4]).numpy()
    array([[  5, 385],
           [  5, 409],
           [  5, 401],
           [  4, 398]], dtype=int32)
    """
    full = _full_shape(shape, "stateless_binomial")
    stream = stateless_stream(seed, PHILOX, "stateless_binomial")
    return draw_binomial("stateless_binomial", stream, full, counts, probs, output_dtype)


def draw_binomial(
    name: str, stream: Any, shape: Any, counts: Any, probs: Any, dtype: Any, algorithm: int = PHILOX
) -> Any:
    """Numbers of successes out of a stream, which is a function of the shape and of `counts`."""
    dtype = check_dtype(dtypes.as_dtype(dtype), COUNTS, name)
    shape = _full_shape(shape, name)
    if not hasattr(counts, "dtype") and not hasattr(probs, "dtype"):
        counts = to_tensor(counts, hint=dtypes.float32)
    counts, probs = _spread(*same_dtype(counts, probs, name))
    inputs = (*stream(shape, counts), counts, probs)
    return apply_with_shape(random_binomial, inputs, shape, dtype=dtype, algorithm=algorithm)


def blocks_for_binomial(shape: Any, counts: Any) -> Any:
    """As a shape, the number of outputs for which a generator reserves blocks."""
    own = shape_of(counts)
    if shape.__class__ is tuple and own.__class__ is tuple:
        samples = prod(shape[: len(shape) - len(own)])
        return (prod(own) * 200 * (samples + 3) // 4,)
    total, batch = (_product(to_tensor(sizes, dtypes.int32)) for sizes in (shape, own))
    one = to_tensor(1, dtypes.int32)
    samples = total // arithmetic.maximum(batch, one)
    return rearrangement.reshape(batch * 200 * (samples + 3) // 4, (1,))


def _product(sizes: Any) -> Any:
    return reductions.reduce_prod(sizes, axis=None, keepdims=False)


# Normal numbers within bounds -------------------------------------------------------------------


def stateless_parameterized_truncated_normal(
    shape: Any,
    seed: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    name: str | None = None,
) -> Any:
    """Normal numbers drawn again where not between two bounds: a function of the seed.

    `shape` is that of the result, and ends with the shape to which the parameters broadcast.
    Bounds are not in units of the deviation; one of them may be infinite. Gradients flow to all
    parameters, to each as if the others were held. The numbers are TensorFlow's to the rounding
    of logarithms where it uses one thread.

    Raises:
        InvalidArgumentError: a deviation is not positive, or bounds are not in order.

    Robert, "Simulation of truncated normal variables", 1995.

    >>> draw = tf.random.stateless_parameterized_truncated_normal
    >>> draw([3], [1, 2], means=0.0, minvals=3.0, maxvals=9.0).numpy().round(4)
    array([3.0513, 3.0011, 3.3942], dtype=float32)
    """
    name = "stateless_parameterized_truncated_normal"
    full = _full_shape(shape, name)
    means = to_tensor(means)
    others = [same_dtype(means, x, name)[1] for x in (stddevs, minvals, maxvals)]
    dtype = check_dtype(means.dtype, FLOATS, name)
    parameters = _spread(means, *others)
    return _draw(random_bounded_normal, stateless_stream(seed, PHILOX, name), full, dtype,
                 *parameters)
